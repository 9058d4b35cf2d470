/* SPDX-License-Identifier: MIT
** Builds one request on a configured handle: URL, header lines, body. Credentials for the body are in auth_body.c.
** Only settings that differ from the endpoint are made; transfer.c reverts them. */
#define _POSIX_C_SOURCE 200809L
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXPECT_FROM 1000000 /* bytes; below libcurl's own 1 MiB */

/* ---- verb and URL ---- */

static sms_rc set_method(struct sms_transfer *t, struct sms_str method) {
  if (!sms_is_token(method) || method.len >= sizeof t->method)
    return sms_transfer_fail(t, SMS_EINVALID, "the method is not an HTTP verb", NULL);
  memcpy(t->method, method.ptr, method.len);
  t->method[method.len] = 0;
  return SMS_OK;
}

static sms_rc add_query(struct sms_buf *url, const struct sms_auth *a) {
  const struct sms_cred *c;
  sms_rc rc = SMS_OK;
  int mark = url->ptr && strchr(url->ptr, '?') ? '&' : '?';
  for (c = a ? a->first : NULL; c && !rc; c = c->next) {
    if (c->scheme != SMS_BY_QUERY) continue;
    rc = sms_buf_addc(url, (char)mark);
    if (!rc) rc = sms_buf_add(url, c->wire.ptr, c->wire.len);
    mark = '&';
  }
  return rc;
}

/* Consecutive requests often have the same target. */
static CURLcode put_url(const struct sms_transfer *t) {
  struct sms_handle *h = t->handle;
  const char *target = t->url.ptr + t->endpoint->origin_len;
  size_t len = t->url.len - t->endpoint->origin_len;
  CURLcode code;
  if (!h->direct) return curl_easy_setopt(h->easy, CURLOPT_URL, t->url.ptr);
  if (h->target.len == len && !memcmp(h->target.ptr, target, len)) return CURLE_OK;
  sms_buf_cut(&h->target, 0);
  code = curl_easy_setopt(h->easy, CURLOPT_REQUEST_TARGET, target);
  if (!code && sms_buf_add(&h->target, target, len)) sms_buf_cut(&h->target, 0);
  return code;
}

static sms_rc set_url(struct sms_transfer *t, struct sms_str target) {
  sms_rc rc;
  if (!sms_is_target(target))
    return sms_transfer_fail(t, SMS_EINVALID, "the target must begin with / and be percent-encoded, without a fragment",
                             NULL);
  rc = sms_buf_add(&t->url, t->endpoint->prefix.ptr, t->endpoint->prefix.len);
  if (!rc) rc = sms_buf_add(&t->url, target.ptr, target.len);
  if (!rc) rc = add_query(&t->url, t->auth);
  if (!rc && put_url(t)) rc = SMS_ENOMEM;
  return sms_transfer_too_large(t, rc);
}

sms_rc sms_transfer_open(struct sms_transfer *t, struct sms_endpoint *e, struct sms_auth *auth, struct sms_str method,
                         struct sms_str target) {
  sms_rc rc;
  if (e->no_way.len) return sms_transfer_fail(t, SMS_EINVALID, e->no_way.ptr, NULL);
  t->handle = sms_handle_take(e);
  if (!t->handle) return sms_transfer_fail(t, SMS_ENOMEM, "out of memory", NULL);
  t->handle->transfer = t;
  t->endpoint = e;
  t->auth = sms_auth_hold(auth);
  t->body.max = e->max_body;
  t->max_header = e->max_header;
  rc = set_method(t, method);
  return rc ? rc : set_url(t, target);
}

/* ---- header lines ---- */

static int is_form(struct sms_str type) {
  return type.len >= strlen(SMS_FORM_TYPE) && sms_word_same(type.ptr, strlen(SMS_FORM_TYPE), SMS_FORM_TYPE);
}

static int is_credential(const struct sms_auth *a, struct sms_str name) {
  const struct sms_cred *c;
  for (c = a ? a->first : NULL; c; c = c->next) {
    if (c->scheme == SMS_BY_HEADER && c->name.len == name.len && sms_word_same(name.ptr, name.len, c->name.ptr))
      return 1;
    if (sms_auth_in_header(c) && c->scheme != SMS_BY_HEADER && sms_word_same(name.ptr, name.len, "authorization"))
      return 1;
  }
  return 0;
}

sms_rc sms_transfer_header(struct sms_transfer *t, struct sms_str name, struct sms_str value) {
  sms_rc rc;
  if (is_credential(t->auth, name))
    return sms_transfer_fail(t, SMS_EINVALID, "a header set by the authentication cannot be overridden", NULL);
  rc = sms_headers_add(&t->own, name, value);
  if (rc == SMS_EINVALID) return sms_transfer_fail(t, rc, "a header has a name or value that cannot be sent", NULL);
  if (rc || !sms_word_same(name.ptr, name.len, "content-type")) return sms_transfer_too_large(t, rc);
  t->typed = 1;
  t->form = is_form(value);
  return SMS_OK;
}

/* Prepends the credentials, and the endpoint's headers that this request does not set itself. */
static sms_rc copy_shared(struct sms_transfer *t) {
  const struct curl_slist *line;
  sms_rc rc = SMS_OK;
  for (line = t->endpoint->custom; line && !rc; line = line->next) {
    struct sms_str name = {line->data, strcspn(line->data, ":;")};
    if (!sms_headers_have(t->own, name)) rc = sms_headers_push(&t->own, line->data);
  }
  return rc ? rc : sms_headers_add_auth(&t->own, t->auth);
}

static sms_rc push_type(struct sms_transfer *t, const char *type) {
  struct sms_str name = {"Content-Type", 12}, value = {type, strlen(type)};
  return sms_headers_add(&t->own, name, value);
}

/* The default description of the body; NULL: nothing. */
static const char *default_type(const struct sms_transfer *t) {
  if (t->source == SMS_BYTES && t->bytes.len > 0) return t->form ? SMS_FORM_TYPE : "application/json";
  return t->source == SMS_FILE || t->source == SMS_FED ? "application/octet-stream" : NULL;
}

static const struct curl_slist *default_headers(const struct sms_transfer *t) {
  const struct sms_endpoint *e = t->endpoint;
  if (t->source == SMS_BYTES && t->bytes.len > 0) return t->form ? e->form : e->json;
  if (t->source == SMS_BYTES) return e->typeless;
  return e->headers;
}

/* libcurl would request a 100 before a body of more than 1 MB or of unknown length, and wait for it. */
static int is_large(const struct sms_transfer *t) {
  return t->source > SMS_BYTES || (t->source == SMS_BYTES && t->bytes.len > EXPECT_FROM);
}

static int in_header(const struct sms_auth *a) {
  const struct sms_cred *c = a ? a->first : NULL;
  while (c && !sms_auth_in_header(c)) c = c->next;
  return c != NULL;
}

/* A small JSON body and nothing else; an auth other than the endpoint's is not in the header. */
static int is_bare(const struct sms_transfer *t) {
  return t->source == SMS_BYTES && t->bytes.len > 0 && !t->own && !t->form && !is_large(t) && !in_header(t->auth);
}

/* Only content type or size differ: prepends lines to those of the endpoint. */
static sms_rc share_headers(struct sms_transfer *t, const char *type) {
  sms_rc rc;
  t->shared = t->own = t->endpoint->headers;
  rc = type ? push_type(t, type) : SMS_OK;
  return rc || !is_large(t) ? rc : sms_headers_push(&t->own, "Expect:");
}

static sms_rc build_headers(struct sms_transfer *t, const char *type) {
  sms_rc rc = SMS_OK;
  if (type && !t->typed) rc = push_type(t, type);
  else if (t->source == SMS_BYTES && !t->typed) rc = sms_headers_push(&t->own, "Content-Type:");
  if (!rc && is_large(t)) rc = sms_headers_push(&t->own, "Expect:");
  return rc ? rc : copy_shared(t);
}

static sms_rc use_headers(struct sms_transfer *t, const struct curl_slist *lines) {
  if (t->handle->headers != lines) curl_easy_setopt(t->handle->easy, CURLOPT_HTTPHEADER, lines);
  t->handle->headers = lines;
  return SMS_OK;
}

/* type: as the caller set it, or NULL. The endpoint has lines for the default types of bytes. */
static sms_rc set_headers(struct sms_transfer *t, const char *type) {
  const char *usual = default_type(t);
  int alone = t->own || t->auth != t->endpoint->auth;
  sms_rc rc = SMS_OK;
  if (type && usual && !strcmp(type, usual)) type = NULL;
  if (alone && !type && is_bare(t)) return use_headers(t, t->endpoint->bare);
  if (!type && (alone || is_large(t))) type = usual;
  if (alone) rc = build_headers(t, type);
  else if (type || is_large(t)) rc = share_headers(t, type);
  if (rc == SMS_EINVALID) return sms_transfer_fail(t, rc, "the content type cannot be sent", NULL);
  if (rc) return sms_transfer_too_large(t, rc);
  return use_headers(t, t->own ? t->own : default_headers(t));
}

/* ---- setting up the handle ---- */

static const char *configure_body(struct sms_transfer *t) {
  CURL *easy = t->handle->easy;
  if (t->source > SMS_BYTES) curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, SMS_UPLOAD_MANY);
  switch (t->source) {
    case SMS_BYTES:
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->bytes.len);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, t->bytes.ptr);
      t->handle->sends_bytes = 1;
      return "POST";
    case SMS_PARTS: curl_easy_setopt(easy, CURLOPT_MIMEPOST, t->mime); return "POST";
    case SMS_FILE:
    case SMS_FED:
      curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, t->source == SMS_FILE ? (curl_off_t)t->file_size : t->fed.size);
      return "PUT";
    default: break;
  }
  if (t->handle->sends_bytes) curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  t->handle->sends_bytes = 0;
  if (strcmp(t->method, "HEAD")) return "GET";
  curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  return "HEAD";
}

/* Stall detection has a cost, and is useless if the total time-out is shorter. */
static void time_out(const struct sms_transfer *t, struct sms_handle *h) {
  long stall_s = t->endpoint->stall_s;
  if (t->timeout_ms && t->timeout_ms / 1000 <= stall_s) stall_s = 0;
  if (h->timeout_ms != t->timeout_ms) curl_easy_setopt(h->easy, CURLOPT_TIMEOUT_MS, t->timeout_ms);
  h->timeout_ms = t->timeout_ms;
  if (h->stall_s == stall_s) return;
  h->stall_s = stall_s;
  curl_easy_setopt(h->easy, CURLOPT_LOW_SPEED_LIMIT, stall_s ? 1L : 0L);
  curl_easy_setopt(h->easy, CURLOPT_LOW_SPEED_TIME, stall_s);
}

/* If libcurl has no memory for the verb, the request would be sent with another one. */
static sms_rc configure(struct sms_transfer *t) {
  struct sms_handle *h = t->handle;
  const char *own = configure_body(t);
  const char *verb = strcmp(own, t->method) ? t->method : "";
  if (strcmp(h->method, verb)) {
    h->method[0] = 0;
    if (curl_easy_setopt(h->easy, CURLOPT_CUSTOMREQUEST, *verb ? verb : NULL))
      return sms_transfer_too_large(t, SMS_ENOMEM);
    strcpy(h->method, verb);
  }
  time_out(t, h);
  return SMS_OK;
}

/* Writes the content type of a multipart body that is built here to room, unless the caller has set one. */
static const char *multipart_type(const struct sms_transfer *t, const char *content_type, char *room, size_t n) {
  if (!t->fed.boundary[0] || content_type) return content_type;
  snprintf(room, n, "multipart/form-data; boundary=%s", t->fed.boundary);
  return room;
}

sms_rc sms_transfer_seal(struct sms_transfer *t, const char *content_type) {
  char speaks_http2[sizeof t->fed.boundary + 32];
  struct sms_str type = {content_type ? content_type : "", content_type ? strlen(content_type) : 0};
  sms_rc rc;
  if (content_type && !t->typed) t->form = is_form(type);
  rc = sms_auth_body(t);
  if (!rc && t->fed.boundary[0]) rc = sms_multipart_close(t);
  if (!rc) rc = set_headers(t, multipart_type(t, content_type, speaks_http2, sizeof speaks_http2));
  return rc ? rc : configure(t);
}
