/* SPDX-License-Identifier: MIT */
/* request.c - the libmicrohttpd side of `sms.httpd`: receives requests, suspends their connections
** until a response is there, and sends it, or breaks the connection as requested. Independent
** of Lua. */
#define _DEFAULT_SOURCE /* strdup, dup2 */
#include "httpd.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* Frees what only receiving and sending need; the caller may still hold the rest. */
static void request_empty(struct httpd_request *r) {
  httpd_forget(r);
  free(r->uri);
  free(r->authority);
  free(r->method);
  free(r->user);
  free(r->password);
  r->uri = r->authority = r->method = r->user = r->password = NULL;
  httpd_buf_free(&r->headers);
  httpd_buf_free(&r->body);
}

/* Frees it once neither owner is left. */
static void request_unref(struct httpd_request *r) {
  if (r->conn != NULL || r->held) return;
  request_empty(r);
  free(r);
}

/* MHD_OPTION_URI_LOG_CALLBACK: the only place where the raw target is visible. The result becomes
** context; httpd_on_done is called for it even if the request never becomes complete. */
void *httpd_on_target(void *cls, const char *uri, struct MHD_Connection *conn) {
  struct httpd_server *s = cls;
  struct httpd_request *r = calloc(1, sizeof *r);
  if (r == NULL) return NULL;
  r->server = s;
  r->conn = conn;
  r->failed = httpd_take_target(r, uri);
  httpd_conn_reads(s, conn);
  r->next = s->all;
  if (s->all) s->all->prev = r;
  s->all = r;
  return r;
}

/* If the head of the response was sent before draining began, it has no `Connection: close`. */
static int says_close(const struct httpd_request *r) {
  return r && r->response && MHD_get_response_header(r->response, "Connection") != NULL;
}

void httpd_on_done(void *cls, struct MHD_Connection *conn, void **context, enum MHD_RequestTerminationCode why) {
  struct httpd_server *s = cls;
  struct httpd_request *r = *context;
  (void)why;
  *context = NULL;
  httpd_conn_waits(s, conn, says_close(r));
  if (r == NULL) return;
  if (r->prev) r->prev->next = r->next;
  else s->all = r->next;
  if (r->next) r->next->prev = r->prev;
  r->conn = NULL;
  r->suspended = 0;
  request_empty(r);
  request_unref(r);
}

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value) {
  struct httpd_request *r = cls;
  size_t at = r->headers.len, n = strlen(name);
  (void)kind;
  if (value == NULL) value = "";
  if (!httpd_buf_add(&r->headers, name, n + 1) || !httpd_buf_add(&r->headers, value, strlen(value) + 1)) {
    r->failed = 503;
    return MHD_NO;
  }
  r->header_count++;
  for (; n > 0; n--, at++) r->headers.ptr[at] = (char)tolower((unsigned char)r->headers.ptr[at]);
  return MHD_YES;
}

/* A response without Lua, for requests that never reach it. */
static enum MHD_Result respond_text(struct httpd_request *r, unsigned status, const char *text) {
  struct MHD_Response *response =
      MHD_create_response_from_buffer(strlen(text), (void *)(size_t)text, MHD_RESPMEM_PERSISTENT);
  enum MHD_Result queued = MHD_NO;
  if (response && r->broken) MHD_add_response_header(response, "Connection", "close");
  if (response) queued = MHD_queue_response(r->conn, status, response);
  if (response) MHD_destroy_response(response);
  r->state = HTTPD_ANSWERED;
  return queued;
}

static enum MHD_Result respond_failed(struct httpd_request *r) {
  switch (r->failed) {
    case 400: return respond_text(r, 400, "bad request\n");
    case 413: return respond_text(r, 413, "the body is larger than max_body\n");
    case 501: return respond_text(r, 501, "the only supported transfer coding is chunked\n");
    default: return respond_text(r, r->failed, "out of memory\n");
  }
}

/* The Basic pair; libmicrohttpd's strings are copied, for only MHD_free may free them. */
static void take_credentials(struct httpd_request *r) {
  char *password = NULL, *user = MHD_basic_auth_get_username_password(r->conn, &password);
  if (user != NULL) r->user = strdup(user);
  if (password != NULL) r->password = strdup(password);
  if ((user && !r->user) || (password && !r->password)) r->failed = 503;
  MHD_free(user);
  MHD_free(password);
}

/* Headers are complete. A client that waits for 100 Continue is told that its body is too large before sending it. */
static enum MHD_Result take_headers(struct httpd_request *r, const char *method, const char *version) {
  const char *expect = MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, "Expect");
  const char *length = MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, "Content-Length");
  r->state = HTTPD_READING;
  httpd_conn_reads(r->server, r->conn);
  r->method = strdup(method);
  if (r->method == NULL) r->failed = 503;
  MHD_get_connection_values(r->conn, MHD_HEADER_KIND, on_header, r);
  if (!r->failed) r->failed = httpd_check_head(r, version);
  r->broken = r->failed == 400 || r->failed == 501;
  if (r->broken) return respond_failed(r);
  take_credentials(r);
  if (length && strtoull(length, NULL, 10) > r->server->max_body) {
    r->failed = 413;
    if (expect && httpd_same(expect, "100-continue", sizeof "100-continue")) return respond_failed(r);
  }
  return MHD_YES;
}

/* A body too large is read to its end and then refused with 413: closing at once would reset the connection before most
** clients have read the response. */
static enum MHD_Result take_body(struct httpd_request *r, const char *data, size_t *n) {
  size_t got = *n;
  *n = 0;
  if (!r->failed && got > r->server->max_body - r->body.len) r->failed = 413;
  if (!r->failed && !httpd_buf_add(&r->body, data, got)) r->failed = 503;
  if (!r->failed) return MHD_YES;
  httpd_buf_free(&r->body);
  r->dropped += got;
  return r->dropped > HTTPD_DRAIN_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result take_end(struct httpd_request *r) {
  struct httpd_server *s = r->server;
  if (r->failed) return respond_failed(r);
  httpd_conn_works(r->conn);
  r->state = HTTPD_QUEUED;
  if (s->queue) s->queue_last->queued = r;
  else s->queue = r;
  s->queue_last = r;
  return MHD_YES;
}

/* Called when headers are complete, for each piece of the body, at its end, and again after each resumption. */
enum MHD_Result httpd_on_access(void *cls, struct MHD_Connection *conn, const char *url, const char *method,
                                const char *version, const char *data, size_t *n, void **context) {
  struct httpd_request *r = *context;
  (void)cls;
  (void)conn;
  (void)url;
  if (r == NULL) return MHD_NO;
  switch (r->state) {
    case HTTPD_NEW: return take_headers(r, method, version);
    case HTTPD_READING: return *n > 0 ? take_body(r, data, n) : take_end(r);
    case HTTPD_ANSWERED: return MHD_queue_response(r->conn, r->status, r->response);
    default: return MHD_NO;
  }
}

/* MHD_ContentReaderCallback of a drip: one piece, then suspended until the next is due. */
static ssize_t on_drip(void *cls, uint64_t at, char *to, size_t max) {
  struct httpd_request *r = cls;
  size_t n = r->out.len - (size_t)at;
  if (r->state == HTTPD_DROP) return MHD_CONTENT_READER_END_WITH_ERROR;
  if (r->left == 0) {
    if (httpd_now() < r->due) {
      httpd_suspend(r);
      return 0;
    }
    r->left = r->piece;
    r->due = httpd_now() + r->gap;
  }
  if (n > max) n = max;
  if (n > r->left) n = r->left;
  memcpy(to, r->out.ptr + at, n);
  r->left -= n;
  return (ssize_t)n;
}

/* A response before the next turn is passed to libmicrohttpd immediately, which accepts it at any time, having no threads.
** If that fails, its next turn calls httpd_on_access, which fails again and so closes the connection. */
void httpd_send_response(struct httpd_request *r, unsigned status) {
  if (r->server->draining) MHD_add_response_header(r->response, "Connection", "close");
  r->status = status;
  r->state = HTTPD_ANSWERED;
  if (r->suspended) httpd_resume(r);
  else MHD_queue_response(r->conn, status, r->response);
}

/* Discards a response that was not sent. */
void httpd_forget(struct httpd_request *r) {
  if (r->response) MHD_destroy_response(r->response);
  r->response = NULL;
  if (r->state == HTTPD_HELD) r->stream = HTTPD_STREAM_NONE;
  httpd_buf_free(&r->out);
  r->out_at = 0;
}

int httpd_drip(struct httpd_request *r, const char *body, size_t n, size_t piece, double gap) {
  if (!httpd_buf_add(&r->out, body, n)) return 0;
  r->piece = piece;
  r->gap = gap;
  r->response = MHD_create_response_from_callback(n, piece < 65536 ? piece : 65536, on_drip, r, NULL);
  return r->response != NULL;
}

/* Ends the TCP connection with RST at once. libmicrohttpd would send FIN first (shutdown before close),
** so the descriptor is closed under it, by replacing it with an unconnected socket. */
static void socket_reset(int fd) {
  struct linger now = {1, 0};
  int other = socket(AF_UNIX, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  if (other < 0) return;
  dup2(other, fd);
  close(other);
}

void httpd_drop(struct httpd_request *r) {
  r->state = HTTPD_DROP;
  httpd_resume(r);
}

static void raw_end(struct httpd_request *r) {
  if (r->end == HTTPD_HANG) {
    r->state = HTTPD_HUNG;
    return;
  }
  if (r->end == HTTPD_RESET) socket_reset(httpd_socket(r));
  httpd_drop(r);
}

/* Sends as much as the socket accepts. */
static void raw_send(struct httpd_request *r) {
  while (r->out_at < r->out.len) {
    ssize_t n = send(httpd_socket(r), r->out.ptr + r->out_at, r->out.len - r->out_at, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (n < 0) break;
    r->out_at += (size_t)n;
  }
  raw_end(r);
}

int httpd_raw(struct httpd_request *r, const char *bytes, size_t n, enum httpd_end end) {
  if (!httpd_buf_add(&r->out, bytes, n)) return 0;
  httpd_suspend(r);
  r->end = end;
  r->state = HTTPD_RAW;
  raw_send(r);
  return 1;
}

void httpd_release(struct httpd_request *r) {
  if (r->conn != NULL && r->state == HTTPD_HELD) {
    static const char text[] = "the request was not answered\n";
    httpd_forget(r);
    r->response = MHD_create_response_from_buffer(sizeof text - 1, (void *)(size_t)text, MHD_RESPMEM_PERSISTENT);
    httpd_send_response(r, 500);
  }
  httpd_stream_end(r);
  r->held = 0;
  request_unref(r);
}

/* Handles what libmicrohttpd does not watch. Returns the seconds until r has to be checked
** again, or `most`. */
double httpd_chore(struct httpd_request *r, double most) {
  double wait = HTTPD_WATCH;
  switch (r->state) {
    case HTTPD_QUEUED:
    case HTTPD_HELD: httpd_suspend(r); return most;
    case HTTPD_ANSWERED:
      if (r->stream) return httpd_stream_chore(r, most);
      if (!r->suspended) return most;
      wait = r->due - httpd_now();
      if (r->server->draining && wait > HTTPD_WATCH) wait = HTTPD_WATCH;
      if (r->server->draining && httpd_left(httpd_socket(r))) httpd_drop(r); /* no one waits for the rest */
      else if (wait <= 0) httpd_resume(r);
      break;
    case HTTPD_RAW: raw_send(r); break;
    case HTTPD_HUNG:
      if (httpd_left(httpd_socket(r))) httpd_drop(r);
      break;
    default: return most;
  }
  return wait < most ? wait : most;
}
