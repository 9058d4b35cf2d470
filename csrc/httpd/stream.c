/* SPDX-License-Identifier: MIT */
/* stream.c - responses of `sms.httpd` without a length, written piece by piece: data wait in a buffer until
** libmicrohttpd takes them; a connection with nothing to send is suspended. Independent of Lua. */
#include "httpd.h"

#include <string.h>
#include <sys/socket.h>

#define BLOCK 65536 /* bytes that libmicrohttpd takes at a time, at most */

/* MHD_ContentReaderCallback. */
static ssize_t on_read(void *cls, uint64_t at, char *to, size_t max) {
  struct httpd_request *r = cls;
  size_t n = r->out.len - r->out_at;
  (void)at;
  if (r->stream == HTTPD_STREAM_BROKEN) return MHD_CONTENT_READER_END_WITH_ERROR;
  if (n == 0 && r->stream == HTTPD_STREAM_ENDED) return MHD_CONTENT_READER_END_OF_STREAM;
  if (n == 0) {
    httpd_suspend(r);
    return 0;
  }
  if (n > max) n = max;
  memcpy(to, r->out.ptr + r->out_at, n);
  r->out_at += n;
  if (r->out_at == r->out.len) r->out_at = r->out.len = 0;
  return (ssize_t)n;
}

int httpd_stream(struct httpd_request *r) {
  r->response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, on_read, r, NULL);
  if (r->response == NULL) return 0;
  r->stream = HTTPD_STREAM_OPEN;
  r->due = httpd_now() + HTTPD_CHECK;
  httpd_conn_streams(r->server, r->conn);
  return 1;
}

/* If libmicrohttpd waits for the socket, it sees the shutdown; if suspended, it asks on_read. */
void httpd_stream_break(struct httpd_request *r) {
  if (r->conn == NULL || r->stream == HTTPD_STREAM_BROKEN) return;
  r->stream = HTTPD_STREAM_BROKEN;
  httpd_buf_free(&r->out);
  r->out_at = 0;
  shutdown(httpd_socket(r), SHUT_RDWR);
  httpd_resume(r);
}

void httpd_stream_end(struct httpd_request *r) {
  if (r->conn == NULL || r->stream != HTTPD_STREAM_OPEN) return;
  r->stream = HTTPD_STREAM_ENDED;
  httpd_resume(r);
}

/* First makes room by dropping bytes that have been read. */
int httpd_stream_write(struct httpd_request *r, const char *bytes, size_t n) {
  struct httpd_buf *b = &r->out;
  if (r->conn == NULL || r->stream != HTTPD_STREAM_OPEN) return 0;
  if (r->out_at > 0) {
    memmove(b->ptr, b->ptr + r->out_at, b->len - r->out_at);
    b->len -= r->out_at;
    r->out_at = 0;
  }
  if (n > HTTPD_STREAM_MAX - b->len || !httpd_buf_add(b, bytes, n)) {
    httpd_stream_break(r);
    return 0;
  }
  httpd_resume(r);
  return 1;
}

double httpd_stream_chore(struct httpd_request *r, double most) {
  double wait = r->due - httpd_now();
  if (wait <= 0 || r->server->evicted) {
    wait = HTTPD_CHECK;
    r->due = httpd_now() + wait;
    if (httpd_left(httpd_socket(r))) httpd_stream_break(r);
  }
  return wait < most ? wait : most;
}
