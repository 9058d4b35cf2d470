/* SPDX-License-Identifier: MIT
** The proxy of an endpoint: that of its options, else that of the environment, by the variables of libcurl's manual
** (CURLOPT_PROXY). They are read once, here: libcurl would quote an invalid URL in its errors, including the password. */
#include "http.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMES "must begin with http://, https://, socks4://, socks4a://, socks5:// or socks5h://"

/* Those of libcurl's manual (CURLOPT_PROXY). */
static int is_proxy_scheme(const char *scheme) {
  static const char *const known[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  size_t i;
  for (i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcmp(scheme, known[i])) return 1;
  return 0;
}

/* Desktops set socks:// in the environment, which libcurl reads as SOCKS4. */
static int is_desktop_scheme(const char *scheme) { return !strcmp(scheme, "socks") || is_proxy_scheme(scheme); }

static int is_https(const char *scheme) { return !strcmp(scheme, "https"); }

static int has_https(void) { return (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTPS_PROXY) != 0; }

/* A proxy for plain http sees the requests: it has to be loopback like the host itself. */
static const char *fault(const struct sms_endpoint *e, CURLU *u, const char *url, int (*is_known)(const char *)) {
  if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME)) return "is not a URL";
  if (strstr(url, "://") && !sms_url_part_is(u, CURLUPART_SCHEME, is_known)) return SCHEMES;
  if (sms_url_part_is(u, CURLUPART_SCHEME, is_https) && !has_https())
    return "is https, which this libcurl does not support for proxies";
  return e->secure || sms_url_part_is(u, CURLUPART_HOST, sms_is_loopback)
             ? NULL
             : "is not loopback, and the base URL is plain http";
}

static sms_rc take(struct sms_endpoint *e, const char *url, int (*is_known)(const char *), const char **why) {
  CURLU *u = curl_url();
  if (!u) return SMS_ENOMEM;
  *why = *url ? fault(e, u, url, is_known) : NULL;
  curl_url_cleanup(u);
  return *why ? SMS_EINVALID : sms_buf_addz(&e->proxy, url);
}

sms_rc sms_endpoint_proxy(struct sms_endpoint *e, const char *url, const char **why) {
  return take(e, url, is_proxy_scheme, why);
}

/* ---- the environment ---- */

/* The first variable that is not empty; `which` is its name. */
static const char *setting(const char *const *names, const char **which) {
  for (; *names; names++) {
    const char *value = getenv(*names);
    *which = *names;
    if (value && *value) return value;
  }
  return NULL;
}

static sms_rc is_exempt(const struct sms_endpoint *e, int *exempt) {
  static const char *const names[] = {"no_proxy", "NO_PROXY", NULL};
  const char *which, *list = setting(names, &which);
  char *host = NULL, *port = NULL;
  sms_rc rc = SMS_OK;
  *exempt = 0;
  if (!list) return SMS_OK;
  if (curl_url_get(e->base, CURLUPART_HOST, &host, 0) ||
      curl_url_get(e->base, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT)) {
    rc = SMS_ENOMEM;
  } else {
    size_t n = strlen(host);
    if (*host == '[') host[n - 1] = 0;
    *exempt = sms_noproxy(list, *host == '[' ? host + 1 : host, strtol(port, NULL, 10));
  }
  curl_free(host);
  curl_free(port);
  return rc;
}

static sms_rc refuse(struct sms_endpoint *e, const char *which, const char *why) {
  sms_rc rc = sms_buf_addz(&e->no_way, "the proxy in ");
  if (!rc) rc = sms_buf_addz(&e->no_way, which);
  if (!rc) rc = sms_buf_addz(&e->no_way, " of the environment ");
  return rc ? rc : sms_buf_addz(&e->no_way, why);
}

sms_rc sms_endpoint_environment(struct sms_endpoint *e) {
  static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL};
  const char *which, *why, *url;
  int exempt = 1;
  sms_rc rc = SMS_OK;
  if (e->proxy.ptr) return SMS_OK;
  url = e->local ? NULL : setting(names, &which);
  if (url) rc = is_exempt(e, &exempt);
  if (rc || exempt) return rc;
  rc = take(e, url, is_desktop_scheme, &why);
  return rc == SMS_EINVALID ? refuse(e, which, why) : rc;
}

/* ---- refusals by a proxy ---- */

/* RFC 9110 section 15.5.8, RFC 1929 and RFC 1928 section 6. Asking the proxy again would not help. */
const char *sms_proxy_kind(CURL *easy) {
  long status = 0, code = CURLPX_OK;
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
  curl_easy_getinfo(easy, CURLINFO_PROXY_ERROR, &code);
  if (status == 407 || status == 401) return "auth";
  if (status == 403) return "forbidden";
  switch (code) {
    case CURLPX_NO_AUTH:
    case CURLPX_USER_REJECTED:
    case CURLPX_IDENTD_DIFFER: return "auth";
    case CURLPX_REPLY_NOT_ALLOWED: return "forbidden";
    default: return NULL;
  }
}
