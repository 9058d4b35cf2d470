/* SPDX-License-Identifier: MIT
** The callbacks that supply request bodies and receive responses. Callbacks of libcurl touch C memory only, so that no Lua error can
** jump across a libcurl frame. */
#define _POSIX_C_SOURCE 200809L
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SINK_SECONDS 30 /* reader_timeout with a pipe's reader where the request has no time-out */

/* ---- responses ---- */

/* Only successful responses are written to disk or streamed; the body of a refusal is needed completely. */
static int bypasses_memory(struct sms_transfer *t) {
  long status = 0;
  if (!t->sink.on && !t->stream.on) return 0;
  curl_easy_getinfo(t->handle->easy, CURLINFO_RESPONSE_CODE, &status);
  return status / 100 == 2;
}

/* Records why the response was refused. Returning 0 instead of the number of bytes makes libcurl end the transfer. */
static size_t refuse(struct sms_transfer *t, sms_rc rc, const char *text, const char *detail) {
  t->verdict = sms_transfer_fail(t, rc, text, detail);
  return 0;
}

/* Seconds for which a pipe's reader may stall: as long as the request may take. */
static double reader_timeout(const struct sms_transfer *t) {
  return t->timeout_ms ? (double)t->timeout_ms / 1e3 - (sms_now() - t->began) : SINK_SECONDS;
}

static size_t write_to_file(struct sms_transfer *t, const char *data, size_t n) {
  if (n > t->sink.max - t->sink.bytes) return refuse(t, SMS_ETOOBIG, "the response is larger than max_body", NULL);
  t->sink.bytes += n;
  if (sms_sink_write(&t->sink, data, n, sms_now() + reader_timeout(t)))
    return refuse(t, SMS_EFILE, "cannot write the response to its file", sms_sink_problem(&t->sink, errno));
  return n;
}

/* Data that does not fit is delivered again once the reader has made room. */
static size_t write_to_stream(struct sms_transfer *t, const char *data, size_t n) {
  sms_pool_mark_ready(t);
  if (t->body.len >= SMS_STREAM_ROOM) {
    t->stream.paused = 1;
    return CURL_WRITEFUNC_PAUSE;
  }
  if (n > t->sink.max - t->sink.bytes) return refuse(t, SMS_ETOOBIG, "the response is larger than max_body", NULL);
  t->sink.bytes += n;
  return sms_buf_add(&t->body, data, n) ? refuse(t, SMS_ENOMEM, "out of memory", NULL) : n;
}

static size_t on_body(char *data, size_t one, size_t n, void *handle) {
  struct sms_transfer *t = ((struct sms_handle *)handle)->transfer;
  (void)one; /* always 1 */
  if (bypasses_memory(t)) return t->stream.on ? write_to_stream(t, data, n) : write_to_file(t, data, n);
  switch (sms_buf_add(&t->body, data, n)) {
    case SMS_OK: return n;
    case SMS_ETOOBIG: return refuse(t, SMS_ETOOBIG, "the response is larger than max_body", NULL);
    default: return refuse(t, SMS_ENOMEM, "out of memory", NULL);
  }
}

static int starts_block(const char *line, size_t n) { return n > 5 && !memcmp(line, "HTTP/", 5); }

static void end_head(struct sms_transfer *t) {
  t->head_ended = 1;
  if (t->no_reuse) curl_easy_setopt(t->handle->easy, CURLOPT_FORBID_REUSE, 0L);
  t->no_reuse = 0;
  if (t->stream.on) sms_pool_mark_ready(t);
}

/* Whether libcurl may support each of the content codings that a header line names (RFC 9110 section 8.4.1). */
static int may_be_decoded(const char *line, size_t n) {
  static const char *const codings[] = {"identity", "none", "gzip", "x-gzip", "deflate", "br", "zstd"};
  const char *p = memchr(line, ':', n), *end = line + n;
  while (++p < end) {
    size_t i, length = 0, known = 0;
    while (p + length < end && !strchr(", \t\r\n", p[length])) length++;
    for (i = 0; i < sizeof codings / sizeof *codings; i++)
      known += strlen(codings[i]) == length && curl_strnequal(p, codings[i], length);
    if (length && !known) return 0;
    p += length;
  }
  return 1;
}

/* Unknown content codings are ignored: some servers send a charset there, or a transfer encoding. */
static void check_coding(struct sms_transfer *t, const char *line, size_t n) {
  if (may_be_decoded(line, n)) return;
  t->undecoded = 1;
  curl_easy_setopt(t->handle->easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
}

/* Whether a media type has a parameter other than charset=utf-8. */
static int has_label(const char *line, size_t n) {
  static const char usual[] = "charset=utf-8\r\n";
  const char *p = memchr(line, ';', n), *end = line + n;
  if (!p) return 0;
  do p++;
  while (p < end && *p == ' ');
  return (size_t)(end - p) != sizeof usual - 1 || !curl_strnequal(p, usual, sizeof usual - 1);
}

/* Reads Content-Encoding and Content-Type. Called for lines whose eighth byte is a hyphen, nearly all of which begin with `content-`. */
static void check_content(struct sms_transfer *t, const char *line, size_t n) {
  if (n > 16 && line[16] == ':' && curl_strnequal(line, "content-encoding", 16)) check_coding(t, line, n);
  else if (n > 12 && line[12] == ':' && has_label(line, n) && curl_strnequal(line, "content-type", 12)) t->labelled = 1;
}

/* Keeps the header lines of the last response only, without those of a 100 and without trailers; all count towards the maximum. */
static size_t on_header(char *line, size_t one, size_t n, void *handle) {
  struct sms_transfer *t = ((struct sms_handle *)handle)->transfer;
  (void)one;
  t->head_bytes += n;
  if (t->head_bytes > t->max_header || ++t->head_lines > SMS_HEADER_LINES)
    return refuse(t, SMS_ETOOBIG, "the header of the response is larger than max_header", NULL);
  if (starts_block(line, n)) {
    sms_buf_cut(&t->head, 0);
    t->head_ended = t->labelled = 0;
    return n;
  }
  if (t->head_ended) return n;
  if (n > 8 && line[7] == '-') check_content(t, line, n);
  if (n <= 2) end_head(t);
  else if (sms_buf_add(&t->head, line, n)) return refuse(t, SMS_ENOMEM, "out of memory", NULL);
  return n;
}

/* ---- request bodies ---- */

static size_t read_file(struct sms_transfer *t, char *room, size_t n) {
  ssize_t got;
  if ((int64_t)n > t->file_left) n = (size_t)t->file_left;
  if (n == 0) return 0;
  got = sms_file_read(t->file, room, n);
  if (got <= 0) {
    t->verdict = sms_transfer_short_file(t, got);
    return CURL_READFUNC_ABORT;
  }
  t->file_left -= got;
  return (size_t)got;
}

static size_t on_read(char *room, size_t one, size_t n, void *handle) {
  struct sms_transfer *t = ((struct sms_handle *)handle)->transfer;
  if (t->source == SMS_FILE) return read_file(t, room, one * n);
  return t->source == SMS_FED ? sms_fed_read(t, room, one * n) : 0;
}

/* libcurl rewinds a body before sending it again. A fed body cannot be rewound. */
static int on_seek(void *handle, curl_off_t to, int whence) {
  struct sms_transfer *t = ((struct sms_handle *)handle)->transfer;
  if (t->source != SMS_FILE || whence != SEEK_SET || lseek(t->file, (off_t)to, SEEK_SET) < 0) return CURL_SEEKFUNC_FAIL;
  t->file_left = t->file_size - to;
  return CURL_SEEKFUNC_OK;
}

static int is_http1(const struct sms_transfer *t) { return t->http1 || t->endpoint->http == CURL_HTTP_VERSION_1_1; }

/* libcurl 7.88 puts a request on an HTTP/1 connection that is in use once it has seen the same host speak HTTP/2. */
static int is_busy_http1(const struct sms_transfer *t, const struct sms_connection *connection) {
  return connection->requests > 0 && connection->protocol == SMS_HTTP_1 && t->endpoint->speaks_http2 && !is_http1(t);
}

/* Whether the request must not use this kept connection. A connection that failed before is closed by this attempt to use it. */
static int is_unfit(struct sms_transfer *t, const struct sms_connection *connection) {
  if (!connection || t->opened || t->fresh) return 0;
  if (connection->retired) curl_easy_setopt(t->handle->easy, CURLOPT_FORBID_REUSE, 1L);
  return connection->retired || is_busy_http1(t, connection) || sms_connection_is_stale(connection);
}

/* libcurl 8.14 keeps an HTTP/2 connection that never carried a response, and makes all other requests wait for it. */
static void proceed(struct sms_transfer *t, struct sms_connection *connection) {
  if (connection) t->connection = sms_connection_enter(connection, is_http1(t));
  t->no_reuse = connection && connection->protocol == SMS_PROTOCOL_UNKNOWN;
  if (t->no_reuse) curl_easy_setopt(t->handle->easy, CURLOPT_FORBID_REUSE, 1L);
  t->attempts++;
  if (t->wired && *t->wired < t->serial) *t->wired = t->serial;
}

/* Not with a body from a file or in pieces, which would have to be rewound. */
int sms_transfer_may_repeat(const struct sms_transfer *t) {
  return !t->once && !t->repeated && t->endpoint->http != CURL_HTTP_VERSION_1_1 && t->source <= SMS_BYTES;
}

static int abort_request(struct sms_transfer *t, int again) {
  if (again) t->restart = again;
  else refuse(t, SMS_ETWICE, "the connection closed before a response; the request was not repeated", NULL);
  return CURL_PREREQFUNC_ABORT;
}

/* Called each time a request is about to be sent. libcurl repeats a request on its own, a POST too, when a kept connection
** turns out to be dead or a stream of HTTP/2 was refused, and does not say which. A request that may be sent once is stopped here; a
** repeatable one over HTTP/2 is restarted by pool.c. */
static int on_request(void *handle, char *remote_ip, char *local_ip, int remote_port, int local_port) {
  struct sms_transfer *t = ((struct sms_handle *)handle)->transfer;
  struct sms_addresses addresses = {local_ip, remote_ip, local_port, remote_port};
  struct sms_connection *connection;
  long made = 0;
  if (t->connection) sms_connections_leave(t->pool, t->connection, SMS_PROTOCOL_UNKNOWN, 1);
  t->connection = 0;
  if (t->attempts > t->attempts_before && (t->once || t->endpoint->http != CURL_HTTP_VERSION_1_1))
    return abort_request(t, sms_transfer_may_repeat(t) ? SMS_RESTART_LOST : SMS_RESTART_NONE);
  if (t->pool && sms_fence_over(t->pool)) {
    refuse(t, SMS_ECANCELLED, "the fence of the pool has passed; the request was not sent", NULL);
    return CURL_PREREQFUNC_ABORT;
  }
  curl_easy_getinfo(t->handle->easy, CURLINFO_NUM_CONNECTS, &made);
  t->opened = made > 0;
  connection = t->pool ? sms_connections_find(t->pool, &addresses, t->opened) : NULL;
  if (is_unfit(t, connection)) return abort_request(t, SMS_RESTART_UNFIT);
  proceed(t, connection);
  return CURL_PREREQFUNC_OK;
}

void sms_handle_callbacks(struct sms_handle *h) {
  CURL *easy = h->easy;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, h);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, h);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, h);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, h);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, h);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, h);
}
