/* SPDX-License-Identifier: MIT
** Life cycle of a transfer: created empty, fed while it runs, finished once, freed.
** Finishing collects the result's data and returns the handle; nothing of libcurl is kept afterwards. */
#define _POSIX_C_SOURCE 200809L
#include "http.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void sms_transfer_init(struct sms_transfer *t) {
  memset(t, 0, sizeof *t);
  t->file = -1;
  sms_buf_init_secret(&t->url, SMS_URL_MAX);
  sms_buf_init(&t->message, SMS_NOTE_MAX);
  sms_buf_init(&t->head, SIZE_MAX / 2); /* limited in on_header, for all responses together */
  sms_buf_init(&t->body, SMS_BODY_MAX);
  sms_buf_init_secret(&t->sent, SMS_SENT_MAX);
  sms_buf_init(&t->fed.data, SMS_FEED_MAX);
  sms_buf_init_secret(&t->fed.before, SMS_SENT_MAX);
  sms_buf_init_secret(&t->fed.after, SMS_SENT_MAX);
  sms_sink_init(&t->sink);
}

/* ---- fed bodies ---- */

/* Wakes libcurl if it waits for more of the body. May run the callbacks of callbacks.c. */
static sms_rc wake(struct sms_transfer *t) {
  if (!t->fed.paused || !t->pool || sms_pool_check(t->pool)) return SMS_OK;
  t->fed.paused = 0;
  return curl_easy_pause(t->handle->easy, CURLPAUSE_CONT) ? SMS_ECURL : SMS_OK;
}

/* Drops the data that libcurl has already read. */
static void fed_compact(struct sms_fed *f) {
  size_t left = f->data.len - f->at;
  if (f->at == 0) return;
  memmove(f->data.ptr, f->data.ptr + f->at, left);
  sms_buf_cut(&f->data, left);
  f->at = 0;
}

sms_rc sms_transfer_feed(struct sms_transfer *t, struct sms_str piece) {
  struct sms_fed *f = &t->fed;
  size_t left = f->data.len - f->at;
  sms_rc rc;
  if (t->done || f->ended) return SMS_ECLOSED;
  if (left > 0 && left + piece.len > SMS_FEED_ROOM) return SMS_EAGAIN;
  fed_compact(f);
  rc = sms_buf_add(&f->data, piece.ptr, piece.len);
  return rc ? rc : wake(t);
}

sms_rc sms_transfer_feed_end(struct sms_transfer *t) {
  if (t->done) return SMS_ECLOSED;
  t->fed.ended = 1;
  return wake(t);
}

/* ---- streamed responses ---- */

sms_rc sms_transfer_resume(struct sms_transfer *t) {
  if (!t->stream.paused || !t->pool || sms_pool_check(t->pool)) return SMS_OK;
  t->stream.paused = 0;
  return curl_easy_pause(t->handle->easy, CURLPAUSE_CONT) ? SMS_ECURL : SMS_OK;
}

/* ---- the end ---- */

static double seconds(CURL *easy, CURLINFO what) {
  curl_off_t us = 0;
  curl_easy_getinfo(easy, what, &us);
  return (double)us / 1e6;
}

static curl_off_t bytes(CURL *easy, CURLINFO what) {
  curl_off_t n = 0;
  curl_easy_getinfo(easy, what, &n);
  return n;
}

void sms_transfer_figures(struct sms_transfer *t, struct sms_figures *out) {
  CURL *easy = t->handle ? t->handle->easy : NULL;
  if (easy) {
    struct sms_figures *f = &t->figures;
    f->name_lookup = seconds(easy, CURLINFO_NAMELOOKUP_TIME_T);
    f->connect = seconds(easy, CURLINFO_CONNECT_TIME_T);
    f->tls = seconds(easy, CURLINFO_APPCONNECT_TIME_T);
    f->start = seconds(easy, CURLINFO_STARTTRANSFER_TIME_T);
    f->total = seconds(easy, CURLINFO_TOTAL_TIME_T);
    f->up = bytes(easy, CURLINFO_SIZE_UPLOAD_T);
    f->up_total = bytes(easy, CURLINFO_CONTENT_LENGTH_UPLOAD_T);
    f->down = bytes(easy, CURLINFO_SIZE_DOWNLOAD_T);
    f->down_total = bytes(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
  }
  *out = t->figures;
}

/* Resets the settings of this request on the handle. */
static void reset_handle(struct sms_transfer *t) {
  struct sms_handle *h = t->handle;
  if (t->source == SMS_BYTES) {
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, ""); /* no longer refers to the caller's memory */
  } else if (t->source != SMS_NO_BODY || !strcmp(t->method, "HEAD")) {
    if (t->mime) curl_easy_setopt(h->easy, CURLOPT_MIMEPOST, NULL);
    curl_easy_setopt(h->easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(h->easy, CURLOPT_UPLOAD_BUFFERSIZE, SMS_UPLOAD_FEW);
    h->sends_bytes = 0;
  }
  if (t->undecoded) curl_easy_setopt(h->easy, CURLOPT_HTTP_CONTENT_DECODING, 1L);
  if (t->fresh) curl_easy_setopt(h->easy, CURLOPT_FRESH_CONNECT, 0L);
  if (t->http1) sms_handle_version(h, t->endpoint->http);
  if (!t->own) return;
  curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, t->endpoint->headers);
  h->headers = t->endpoint->headers;
}

/* In a forked process the handle still belongs to the parent's pool: freeing it here would end TLS sessions that the
** parent uses, so it is left. */
static void release_handle(struct sms_transfer *t) {
  if (!t->handle) return;
  if (t->verdict == SMS_EFORKED) {
    t->handle->transfer = NULL;
    sms_endpoint_drop(t->endpoint);
  } else {
    reset_handle(t);
    /* libcurl counts its repeats per handle and fails after five. */
    sms_handle_release(t->endpoint, t->handle, t->verdict == SMS_OK && t->attempts <= 1);
  }
  t->handle = NULL;
  t->endpoint = NULL;
}

static void free_source(struct sms_transfer *t) {
  if (t->mime && t->verdict != SMS_EFORKED) curl_mime_free(t->mime);
  t->mime = NULL;
  if (t->file >= 0) close(t->file);
  t->file = -1;
  sms_headers_wipe(t->own, t->shared);
  t->own = NULL;
  t->shared = NULL;
  sms_buf_free(&t->sent);
  sms_buf_free(&t->fed.data);
  sms_buf_free(&t->fed.before);
  sms_buf_free(&t->fed.after);
}

static void finish_file(struct sms_transfer *t) {
  if (!t->sink.on) return;
  if (t->verdict == SMS_EFORKED) { /* the parent still writes to it */
    if (t->sink.fd >= 0) close(t->sink.fd);
    t->sink.on = 0;
    return;
  }
  if (sms_sink_finish(&t->sink, t->verdict == SMS_OK && t->status / 100 == 2))
    t->verdict =
        sms_transfer_fail(t, SMS_EFILE, "cannot write the response to its file", sms_sink_problem(&t->sink, errno));
}

static const char *default_text(const struct sms_transfer *t) {
  switch (t->verdict) {
    case SMS_ECANCELLED: return "the request was cancelled";
    case SMS_ETIMEOUT: return "the deadline passed";
    case SMS_ECLOSED: return "the transfer was closed";
    case SMS_EFORKED: return "the pool belongs to the parent process; make a new pool in this one";
    case SMS_ENOMEM: return "out of memory";
    default: return t->handle && t->handle->error[0] ? t->handle->error : curl_easy_strerror(t->code);
  }
}

/* libcurl's texts may quote the URL, and with it a credential in the query. */
static void mask_message(struct sms_transfer *t) {
  struct sms_buf masked;
  struct sms_str note = {t->message.ptr, t->message.len};
  const struct sms_auth *auth = t->auth;
  if (!t->auth || !t->message.len) return;
  sms_buf_init(&masked, 4 * SMS_NOTE_MAX);
  if (sms_auth_mask(&auth, 1, note, SIZE_MAX, &masked)) sms_buf_free(&masked);
  sms_buf_wipe(&t->message);
  t->message = masked;
}

/* Whether a look-up or connection failed for lack of descriptors, which libcurl does not report. */
static int no_descriptors(void) {
  int pair[2], third, why = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) return errno == EMFILE || errno == ENFILE ? errno : 0;
  third = socket(AF_UNIX, SOCK_STREAM, 0);
  if (third < 0) why = errno;
  else close(third);
  close(pair[0]);
  close(pair[1]);
  return why == EMFILE || why == ENFILE ? why : 0;
}

/* The system's reason, an errno; 0: none. CURLINFO_OS_ERRNO may be stale, except for the codes that set it. */
static int reason(const struct sms_transfer *t) {
  long why = 0;
  if (!t->handle || t->verdict != SMS_ECURL) return 0;
  switch (t->code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return no_descriptors();
    case CURLE_COULDNT_CONNECT:
      why = no_descriptors();
      if (!why) curl_easy_getinfo(t->handle->easy, CURLINFO_OS_ERRNO, &why);
      return (int)why;
    default: return 0;
  }
}

static void set_message(struct sms_transfer *t) {
  int why = t->message.len ? 0 : reason(t);
  if (!t->message.len) sms_buf_addz(&t->message, default_text(t));
  if (why && !sms_buf_addz(&t->message, ": ")) sms_buf_addz(&t->message, strerror(why));
  mask_message(t);
}

void sms_transfer_finish(struct sms_transfer *t, sms_rc verdict, CURLcode code) {
  struct sms_figures ignored;
  if (t->done) return;
  t->done = 1;
  t->code = code;
  if (!t->verdict) t->verdict = verdict;
  if (t->began > 0) t->duration = sms_now() - t->began;
  if (t->handle && t->head_lines) curl_easy_getinfo(t->handle->easy, CURLINFO_RESPONSE_CODE, &t->status);
  if (t->verdict == SMS_ECURL && t->endpoint->proxy.len) t->refused = sms_proxy_kind(t->handle->easy);
  if (t->watched && !t->no_figures) sms_transfer_figures(t, &ignored); /* else they are not needed */
  finish_file(t);
  if (t->verdict) set_message(t);
  release_handle(t);
  free_source(t);
}

void sms_transfer_free(struct sms_transfer *t) {
  sms_transfer_finish(t, SMS_ECLOSED, CURLE_OK);
  t->verdict = SMS_ECLOSED;
  sms_buf_free(&t->url);
  sms_buf_free(&t->message);
  sms_buf_free(&t->head);
  sms_buf_free(&t->body);
  sms_sink_free(&t->sink);
  sms_auth_drop(t->auth);
  t->auth = NULL;
}

/* Takes over the memory of a buffer that is not large, without its contents. */
static void keep_memory(struct sms_buf *to, struct sms_buf *from) {
  if (from->cap > SMS_KEPT_MAX) {
    sms_buf_free(from);
    return;
  }
  sms_buf_cut(from, 0);
  to->ptr = from->ptr;
  to->cap = from->cap;
}

void sms_transfer_renew(struct sms_transfer *t) {
  struct sms_buf url, head, body;
  const char *class_name;
  int anchor;
  sms_transfer_finish(t, SMS_ECLOSED, CURLE_OK);
  class_name = t->class_name;
  anchor = t->anchor;
  url = t->url;
  head = t->head;
  body = t->body;
  t->url.ptr = t->head.ptr = t->body.ptr = NULL;
  sms_transfer_free(t);
  sms_transfer_init(t);
  t->class_name = class_name;
  t->anchor = anchor;
  keep_memory(&t->url, &url);
  keep_memory(&t->head, &head);
  keep_memory(&t->body, &body);
}

/* ---- header lines of the response ---- */

int sms_head_next(const struct sms_buf *head, size_t *at, struct sms_str *name, struct sms_str *value) {
  while (*at < head->len) {
    const char *line = head->ptr + *at;
    const char *end = memchr(line, '\n', head->len - *at);
    const char *stop = end ? end : head->ptr + head->len;
    const char *colon = memchr(line, ':', (size_t)(stop - line));
    *at = end ? (size_t)(end - head->ptr) + 1 : head->len;
    if (!colon || *line == ' ' || *line == '\t') continue; /* not a field: a folded line, or malformed */
    name->ptr = line;
    name->len = (size_t)(colon - line);
    while (++colon < stop && (*colon == ' ' || *colon == '\t')) continue;
    while (stop > colon && (stop[-1] == '\r' || stop[-1] == ' ' || stop[-1] == '\t')) stop--;
    value->ptr = colon;
    value->len = (size_t)(stop - colon);
    return 1;
  }
  return 0;
}
