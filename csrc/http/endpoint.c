/* SPDX-License-Identifier: MIT
** Frozen connection settings: base URL, limits, headers, TLS, and idle easy handles configured with them.
** Everything that does not change from request to request is done here, once per handle. */
#include "http.h"

#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 10000L /* default of connect_timeout */
#define STALL_S 60L       /* default of stall_timeout */

struct sms_endpoint *sms_endpoint_new(void) {
  struct sms_endpoint *e = calloc(1, sizeof *e);
  if (!e) return NULL;
  e->holders = 1;
  sms_buf_init(&e->prefix, SMS_URL_MAX);
  sms_buf_init(&e->ca_file, SMS_NOTE_MAX);
  sms_buf_init_secret(&e->proxy, SMS_URL_MAX);
  sms_buf_init(&e->no_way, SMS_NOTE_MAX);
  sms_buf_init(&e->user_agent, SMS_NOTE_MAX);
  e->connect_ms = CONNECT_MS;
  e->stall_s = STALL_S;
  e->max_body = SMS_BODY_MAX;
  e->max_header = SMS_HEADER_MAX;
  e->http = CURL_HTTP_VERSION_2TLS;
  return e;
}

/* ---- URLs ---- */

static int has_part(CURLU *u, CURLUPart part) {
  char *text = NULL;
  int there = curl_url_get(u, part, &text, 0) == CURLUE_OK;
  curl_free(text);
  return there;
}

static int is_https(const char *scheme) { return !strcmp(scheme, "https"); }

static int is_http(const char *scheme) { return !strcmp(scheme, "http"); }

/* Whether requests can use only their target; not if a proxy for plain http needs the whole URL. */
static int is_direct(const struct sms_endpoint *e) { return e->secure || (e->local && !e->proxy.ptr); }

/* What is wrong with a base URL, or NULL. */
static const char *base_fault(struct sms_endpoint *e, CURLU *u) {
  e->secure = sms_url_part_is(u, CURLUPART_SCHEME, is_https);
  e->local = sms_url_part_is(u, CURLUPART_HOST, sms_is_loopback);
  if (!e->secure && !sms_url_part_is(u, CURLUPART_SCHEME, is_http))
    return "must begin with https:// (or http:// for a loopback host)";
  if (has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_PASSWORD)) return "must not contain a user name or password";
  if (has_part(u, CURLUPART_QUERY) || has_part(u, CURLUPART_FRAGMENT)) return "must not contain a query or a fragment";
  if (!e->secure && !e->local) return "is plain http to a host that is not loopback; use https";
  return NULL;
}

static const char *read_base(struct sms_endpoint *e, CURLU *u, const char *url) {
  char *whole = NULL;
  const char *why;
  if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME)) return "is not a URL";
  if ((why = base_fault(e, u)) != NULL) return why;
  if (curl_url_get(u, CURLUPART_URL, &whole, 0)) return "is not a URL";
  if (sms_buf_addz(&e->prefix, whole)) why = "is too long";
  curl_free(whole);
  while (!why && e->prefix.len > 0 && e->prefix.ptr[e->prefix.len - 1] == '/')
    sms_buf_cut(&e->prefix, e->prefix.len - 1);
  if (!why) e->origin_len = (size_t)(strstr(e->prefix.ptr, "://") + 3 - e->prefix.ptr);
  if (!why) e->origin_len += strcspn(e->prefix.ptr + e->origin_len, "/");
  return why;
}

sms_rc sms_endpoint_url(struct sms_endpoint *e, const char *url, const char **why) {
  e->base = curl_url();
  if (!e->base) return SMS_ENOMEM;
  *why = read_base(e, e->base, url);
  return *why ? SMS_EINVALID : SMS_OK;
}

/* HTTP/2 is negotiated over TLS; with plain http it has to be requested explicitly. */
sms_rc sms_endpoint_http(struct sms_endpoint *e, const char *version) {
  if (!strcmp(version, "1.1")) e->http = CURL_HTTP_VERSION_1_1;
  else if (strcmp(version, "2")) return SMS_EINVALID;
  else if (!e->secure) e->http = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  return SMS_OK;
}

/* ---- headers ---- */

sms_rc sms_endpoint_header(struct sms_endpoint *e, struct sms_str name, struct sms_str value) {
  if (sms_word_same(name.ptr, name.len, "content-type")) return SMS_EINVALID; /* each body has its own */
  return sms_headers_add(&e->custom, name, value);
}

/* Otherwise libcurl would build these lines for each request. */
static sms_rc accept_gzip(struct sms_endpoint *e) {
  struct sms_str name = {"Accept-Encoding", 15};
  return sms_headers_have(e->custom, name) ? SMS_OK : sms_headers_push(&e->custom, "Accept-Encoding: gzip");
}

static sms_rc name_agent(struct sms_endpoint *e) {
  struct sms_str name = {"User-Agent", 10}, value = {e->user_agent.ptr, e->user_agent.len};
  return !value.len || sms_headers_have(e->custom, name) ? SMS_OK : sms_headers_add(&e->custom, name, value);
}

sms_rc sms_endpoint_seal(struct sms_endpoint *e) {
  sms_rc rc = accept_gzip(e);
  if (!rc) rc = name_agent(e);
  if (!rc) rc = sms_endpoint_environment(e);
  if (!e->secure && e->http == CURL_HTTP_VERSION_2TLS) e->http = CURL_HTTP_VERSION_1_1;
  e->headers = e->custom;
  if (!rc) rc = sms_headers_add_auth(&e->headers, e->auth);
  e->typeless = e->json = e->form = e->headers;
  e->bare = e->custom;
  if (!rc) rc = sms_headers_push(&e->typeless, "Content-Type:");
  if (!rc) rc = sms_headers_push(&e->json, "Content-Type: application/json");
  if (!rc) rc = sms_headers_push(&e->form, "Content-Type: " SMS_FORM_TYPE);
  if (!rc) rc = sms_headers_push(&e->bare, "Content-Type: application/json");
  return rc;
}

/* ---- handles ---- */

static void restrict_protocols(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

/* TLS 1.2 or later. libcurl shares connections only between requests with equal TLS settings, and those of HTTP/1.1 and HTTP/2
** must not share: libcurl 7.88 confuses connections to one host, and responses would reach other requests. So the maximum version is
** set explicitly for one of them; the other has TLS 1.3 as its maximum, too. */
void sms_handle_version(struct sms_handle *h, long http) {
  int old = http == CURL_HTTP_VERSION_1_1;
  curl_easy_setopt(h->easy, CURLOPT_HTTP_VERSION, http);
  curl_easy_setopt(h->easy, CURLOPT_PIPEWAIT, old ? 0L : 1L);
  curl_easy_setopt(h->easy, CURLOPT_SSLVERSION,
                   (long)CURL_SSLVERSION_TLSv1_2 | (old ? (long)CURL_SSLVERSION_MAX_TLSv1_3 : 0L));
}

/* Verified TLS. Without a CApath libcurl keeps the parsed CA file for the next connection. */
static CURLcode secure(const struct sms_endpoint *e, CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
  return e->ca_file.len ? curl_easy_setopt(easy, CURLOPT_CAINFO, e->ca_file.ptr) : CURLE_OK;
}

/* The environment is read only once, see proxy.c. */
static CURLcode route(const struct sms_endpoint *e, CURL *easy) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_PROXY, e->proxy.ptr ? e->proxy.ptr : "");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  return code ? code : curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
}

/* Fails if libcurl has no memory to copy a setting: a handle without its CA file or proxy must not be used. */
static CURLcode configure(struct sms_endpoint *e, struct sms_handle *h) {
  CURL *easy = h->easy;
  CURLcode code = curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L); /* time-outs by signal would hit other threads */
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* an abandoned look-up ends in its own thread */
#endif
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  sms_handle_version(h, e->http);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, e->headers);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, h->error);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, SMS_UPLOAD_FEW);
  h->headers = e->headers;
  restrict_protocols(easy);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, e->connect_ms);
  sms_handle_callbacks(h);
  if (is_direct(e))
    curl_easy_setopt(easy, CURLOPT_CURLU, e->base); /* parsed once; requests set CURLOPT_REQUEST_TARGET */
  h->direct = is_direct(e);
  if (!code) code = secure(e, easy);
  return code ? code : route(e, easy);
}

static void handle_free(struct sms_handle *h) {
  curl_easy_cleanup(h->easy);
  sms_buf_free(&h->target);
  free(h);
}

static struct sms_handle *handle_new(struct sms_endpoint *e) {
  struct sms_handle *h = calloc(1, sizeof *h);
  if (!h) return NULL;
  sms_buf_init_secret(&h->target, SMS_URL_MAX);
  h->easy = curl_easy_init();
  if (h->easy && !configure(e, h)) return h;
  handle_free(h);
  return NULL;
}

struct sms_handle *sms_handle_take(struct sms_endpoint *e) {
  struct sms_handle *h = e->idle;
  if (h) {
    e->idle = h->next;
    e->idle_count--;
  } else if (!(h = handle_new(e))) {
    return NULL;
  }
  h->next = NULL;
  e->holders++;
  return h;
}

void sms_handle_release(struct sms_endpoint *e, struct sms_handle *h, int reusable) {
  h->transfer = NULL;
  if (reusable && !e->shut && e->idle_count < SMS_IDLE_MAX) {
    h->error[0] = 0;
    h->next = e->idle;
    e->idle = h;
    e->idle_count++;
  } else {
    handle_free(h);
  }
  sms_endpoint_drop(e);
}

void sms_endpoint_shut(struct sms_endpoint *e) {
  e->shut = 1;
  while (e->idle) {
    struct sms_handle *h = e->idle;
    e->idle = h->next;
    handle_free(h);
  }
  sms_endpoint_drop(e);
}

void sms_endpoint_drop(struct sms_endpoint *e) {
  if (--e->holders > 0) return;
  if (e->bare != e->custom) sms_headers_wipe(e->bare, e->custom);
  if (e->json != e->headers) sms_headers_wipe(e->json, e->headers);
  if (e->form != e->headers) sms_headers_wipe(e->form, e->headers);
  if (e->typeless != e->headers) sms_headers_wipe(e->typeless, e->headers);
  sms_headers_wipe(e->headers, e->custom);
  sms_headers_wipe(e->custom, NULL);
  sms_auth_drop(e->auth);
  curl_url_cleanup(e->base);
  sms_buf_free(&e->prefix);
  sms_buf_free(&e->ca_file);
  sms_buf_free(&e->proxy);
  sms_buf_free(&e->no_way);
  sms_buf_free(&e->user_agent);
  free(e);
}
