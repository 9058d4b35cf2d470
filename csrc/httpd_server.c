/* SPDX-License-Identifier: MIT */
/* httpd_server.c - starts, turns and stops the libmicrohttpd daemon of `sms.httpd`. The program's own
** loop drives it: no thread, and nothing happens outside httpd_turn. Knows no Lua. */
#define _DEFAULT_SOURCE /* struct sockaddr_in6 and its macros */
#include "httpd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct httpd_request *httpd_pop(struct httpd_server *s) {
  struct httpd_request *r = s->queue;
  if (r == NULL) return NULL;
  s->queue = r->queued;
  r->queued = NULL;
  r->held = 1;
  r->state = HTTPD_HELD;
  return r;
}

int httpd_turn(struct httpd_server *s, double seconds) {
  struct httpd_request *r;
  for (r = s->all; r != NULL; r = r->next) seconds = httpd_chore(r, seconds);
  return MHD_run_wait(s->daemon, seconds > 0 ? (int32_t)(seconds * 1000) + 1 : 0) == MHD_YES;
}

/* Grants answers that are on their way a moment; then resumes everything, for libmicrohttpd aborts the
** program when it is stopped with a suspended connection. */
void httpd_stop(struct httpd_server *s) {
  struct httpd_request *r;
  double until = httpd_now() + HTTPD_CLOSE_MS / 1e3;
  if (s->daemon == NULL) return;
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

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

/* Reads host and port; NULL, or why not. */
static const char *parse_host(const struct httpd_options *o, union address *a) {
  int loopback;
  const char *host = strcmp(o->host, "localhost") == 0 ? "127.0.0.1" : o->host;
  memset(a, 0, sizeof *a);
  if (inet_pton(AF_INET, host, &a->v4.sin_addr) == 1) {
    a->v4.sin_family = AF_INET;
    a->v4.sin_port = htons((uint16_t)o->port);
    loopback = ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
  } else if (inet_pton(AF_INET6, host, &a->v6.sin6_addr) == 1) {
    a->v6.sin6_family = AF_INET6;
    a->v6.sin6_port = htons((uint16_t)o->port);
    loopback = IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
  } else {
    return "option 'host' must be an IP address or \"localhost\"";
  }
  return loopback || o->everyone ? NULL : "option 'host' must be a loopback address unless 'public' is true";
}

const char *httpd_host_fault(const struct httpd_options *o) {
  union address a;
  return parse_host(o, &a);
}

const char *httpd_start(struct httpd_server *s, const struct httpd_options *o) {
  union address a;
  const char *why = parse_host(o, &a);
  struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(size_t)o->certificate},
                                 {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(size_t)o->key},
                                 {MHD_OPTION_END, 0, NULL}};
  unsigned flags = MHD_USE_AUTO | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  if (why != NULL) return why;
  if (o->certificate != NULL && MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
    return "this libmicrohttpd was built without TLS";
  if (o->certificate != NULL) flags |= MHD_USE_TLS;
  else tls[0] = tls[2];
  if (a.any.sa_family == AF_INET6) flags |= MHD_USE_IPv6;
  s->max_body = o->max_body;
  strcpy(s->log, "libmicrohttpd did not start");
  s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, httpd_on_access, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, s,
                               MHD_OPTION_SOCK_ADDR, &a.any, MHD_OPTION_URI_LOG_CALLBACK, httpd_on_target, s,
                               MHD_OPTION_NOTIFY_COMPLETED, httpd_on_done, s, MHD_OPTION_CONNECTION_TIMEOUT,
                               HTTPD_IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTPD_HEADER_MAX,
                               MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
  if (s->daemon != NULL) return NULL;
  why = strstr(s->log, "port 0: "); /* it names port 0, whatever the address says */
  return why ? why + 8 : s->log;
}

int httpd_port(const struct httpd_server *s) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : 0;
}
