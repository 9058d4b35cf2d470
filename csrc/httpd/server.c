/* SPDX-License-Identifier: MIT */
/* server.c - starts, drives, drains and stops the libmicrohttpd daemon of `sms.httpd`. The program's own
** loop drives it: there is no thread, and nothing happens outside httpd_turn. Independent of Lua. */
#include "httpd.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct httpd_request *httpd_pop(struct httpd_server *s) {
  struct httpd_request *r = s->queue;
  if (r == NULL) return NULL;
  s->queue = r->queued;
  r->queued = NULL;
  r->held = 1;
  r->state = HTTPD_HELD;
  return r;
}

/* Waits until something can be accepted, read or written. libmicrohttpd that is built without epoll waits on its own, in short
** slices, because it does not know the listening sockets. */
static double wait_for_any(struct httpd_server *s, struct pollfd *p, double seconds) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
  int i, epoll = info ? info->epoll_fd : -1;
  MHD_UNSIGNED_LONG_LONG most;
  if (MHD_get_timeout(s->daemon, &most) == MHD_YES && (double)most / 1e3 < seconds) seconds = (double)most / 1e3;
  if ((s->full || epoll < 0) && seconds > HTTPD_WATCH) seconds = HTTPD_WATCH;
  for (i = 0; i < HTTPD_SOCKETS; i++) p[i].fd = s->full ? -1 : s->listening[i];
  p[HTTPD_SOCKETS].fd = epoll;
  for (i = 0; i <= HTTPD_SOCKETS; i++) p[i].events = POLLIN, p[i].revents = 0;
  poll(p, HTTPD_SOCKETS + 1, epoll < 0 || seconds <= 0 ? 0 : (int)(seconds * 1000) + 1);
  s->full = 0;
  return epoll < 0 ? seconds : 0;
}

/* libmicrohttpd asks repeatedly for the response to a complete request, so those still waiting for one are suspended
** first, by httpd_chore. A request answered between two turns is not, which saves removing its socket from epoll and adding it again. */
int httpd_turn(struct httpd_server *s, double seconds) {
  struct pollfd p[HTTPD_SOCKETS + 1];
  struct httpd_request *r;
  int i;
  for (r = s->all; r != NULL; r = r->next) seconds = httpd_chore(r, seconds);
  s->evicted = 0;
  httpd_conns_check(s);
  seconds = wait_for_any(s, p, seconds);
  for (i = 0; i < HTTPD_SOCKETS; i++)
    if (p[i].revents) httpd_conns_accept(s, p[i].fd);
  i = MHD_run_wait(s->daemon, seconds > 0 ? (int32_t)(seconds * 1000) + 1 : 0) == MHD_YES;
  s->turned = httpd_now();
  return i;
}

/* Takes in connections that the kernel has already accepted, since their clients are connected. */
void httpd_drain(struct httpd_server *s) {
  struct httpd_request *r;
  int i, turn;
  if (s->draining) return;
  for (turn = 0; turn < HTTPD_MAX_CONNECTIONS && !s->full; turn++) {
    int before = s->connections;
    for (i = 0; i < HTTPD_SOCKETS; i++)
      if (s->listening[i] >= 0) httpd_conns_accept(s, s->listening[i]);
    if (s->connections == before) break;
  }
  httpd_unbind(s);
  s->draining = 1;
  httpd_turn(s, 0);
  httpd_conns_drop_idle(s);
  for (r = s->all; r != NULL; r = r->next) {
    httpd_stream_end(r);
    if (r->state == HTTPD_HUNG) httpd_drop(r);
  }
}

/* Waits briefly for responses being sent; then resumes everything, because libmicrohttpd aborts the
** program when it is stopped with a suspended connection. */
void httpd_stop(struct httpd_server *s) {
  struct httpd_request *r;
  double until = httpd_now() + HTTPD_CLOSE_MS / 1e3;
  if (s->daemon == NULL) return;
  httpd_unbind(s);
  for (r = s->all; r != NULL; r = r->next) httpd_stream_end(r);
  do {
    for (r = s->all; r != NULL && !(r->state == HTTPD_ANSWERED && !r->suspended); r = r->next) {
    }
  } while (r != NULL && httpd_now() < until && httpd_turn(s, 0.01));
  s->queue = NULL;
  for (r = s->all; r != NULL; r = r->next) httpd_resume(r);
  MHD_stop_daemon(s->daemon);
  s->daemon = NULL;
}

static void on_log(void *cls, const char *format, va_list arguments) {
  struct httpd_server *s = cls;
  vsnprintf(s->log, sizeof s->log, format, arguments);
  s->log[strcspn(s->log, "\n")] = '\0';
}

const char *httpd_start(struct httpd_server *s, const struct httpd_options *o) {
  const char *why;
  struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(size_t)o->certificate},
                                 {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(size_t)o->key},
                                 {MHD_OPTION_END, 0, NULL}};
  unsigned flags = MHD_USE_AUTO | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_NO_LISTEN_SOCKET;
  if (o->certificate != NULL && MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
    return "this libmicrohttpd was built without TLS";
  if (o->certificate != NULL) flags |= MHD_USE_TLS;
  else tls[0] = tls[2];
  why = httpd_bind(s, o);
  if (why != NULL) return why;
  s->max_body = o->max_body;
  s->request_seconds = o->request_seconds;
  s->descriptors = httpd_descriptors();
  s->capacity = HTTPD_MAX_CONNECTIONS;
  strcpy(s->log, "libmicrohttpd did not start");
  s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, httpd_on_access, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, s,
                               MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, httpd_on_target, s,
                               MHD_OPTION_NOTIFY_CONNECTION, httpd_on_connection, s, MHD_OPTION_NOTIFY_COMPLETED,
                               httpd_on_done, s, MHD_OPTION_CONNECTION_LIMIT, HTTPD_MAX_CONNECTIONS + HTTPD_RESERVE,
                               MHD_OPTION_CONNECTION_TIMEOUT, HTTPD_IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                               (size_t)HTTPD_HEADER_MAX, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
  if (s->daemon != NULL) return NULL;
  httpd_unbind(s);
  return s->log;
}
