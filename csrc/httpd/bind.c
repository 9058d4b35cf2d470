/* SPDX-License-Identifier: MIT */
/* bind.c - the listening sockets of `sms.httpd`: one for an address, two for "localhost", which is 127.0.0.1 and ::1 at
** the same port. Independent of Lua. */
#define _DEFAULT_SOURCE /* struct sockaddr_in6 and its macros */
#include "httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 511      /* connections that the kernel holds until they are accepted */
#define PORT_ATTEMPTS 16 /* free ports of 127.0.0.1 tried until one is free on ::1, too */

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

/* Reads an address; NULL, or why not. */
static const char *parse_address(const char *host, int port, int everyone, union address *a) {
  int loopback;
  memset(a, 0, sizeof *a);
  if (inet_pton(AF_INET, host, &a->v4.sin_addr) == 1) {
    a->v4.sin_family = AF_INET;
    a->v4.sin_port = htons((uint16_t)port);
    loopback = ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
  } else if (inet_pton(AF_INET6, host, &a->v6.sin6_addr) == 1) {
    a->v6.sin6_family = AF_INET6;
    a->v6.sin6_port = htons((uint16_t)port);
    loopback = IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
  } else {
    return "option 'host' must be an IP address or \"localhost\"";
  }
  return loopback || everyone ? NULL : "option 'host' must be a loopback address unless 'public' is true";
}

static int is_localhost(const char *host) { return strcmp(host, "localhost") == 0; }

const char *httpd_host_fault(const struct httpd_options *o) {
  union address a;
  return is_localhost(o->host) ? NULL : parse_address(o->host, o->port, o->everyone, &a);
}

static int set_flags(int fd) {
  return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0;
}

/* A listening socket, or -1 and errno. */
static int bind_address(const union address *a) {
  int on = 1, fd = socket(a->any.sa_family, SOCK_STREAM, 0);
  int v6 = a->any.sa_family == AF_INET6;
  socklen_t size = v6 ? sizeof a->v6 : sizeof a->v4;
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (v6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (set_flags(fd) && bind(fd, &a->any, size) == 0 && listen(fd, BACKLOG) == 0) return fd;
  on = errno;
  close(fd);
  errno = on;
  return -1;
}

static int port_of(int fd) {
  union address a;
  socklen_t size = sizeof a;
  if (getsockname(fd, &a.any, &size) != 0) return 0;
  return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

static int bind_text(struct httpd_server *s, const char *host, int port) {
  union address a;
  s->address = host;
  parse_address(host, port, 1, &a);
  return bind_address(&a);
}

/* Both loopback addresses, at one port; a machine without IPv6 has the first only. Another program on ::1 would get the
** requests of clients that try it first, so that is a failure. */
static int bind_localhost(struct httpd_server *s, int port) {
  int i;
  for (i = 0; i < (port ? 1 : PORT_ATTEMPTS); i++) {
    httpd_unbind(s);
    if ((s->listening[0] = bind_text(s, "127.0.0.1", port)) < 0) return 0;
    s->port = port_of(s->listening[0]);
    if ((s->listening[1] = bind_text(s, "::1", s->port)) >= 0) return 1;
    if (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT) return 1;
    if (errno != EADDRINUSE) return 0;
  }
  return 0;
}

const char *httpd_bind(struct httpd_server *s, const struct httpd_options *o) {
  const char *why = httpd_host_fault(o);
  int ok;
  s->listening[0] = s->listening[1] = -1;
  if (why != NULL) return why;
  if (is_localhost(o->host)) {
    ok = bind_localhost(s, o->port);
  } else {
    s->listening[0] = bind_text(s, o->host, o->port);
    ok = s->listening[0] >= 0;
    if (ok) s->port = port_of(s->listening[0]);
  }
  if (ok) return NULL;
  snprintf(s->log, sizeof s->log, "%s", strerror(errno));
  httpd_unbind(s);
  return s->log;
}

void httpd_unbind(struct httpd_server *s) {
  int i;
  for (i = 0; i < HTTPD_SOCKETS; i++) {
    if (s->listening[i] >= 0) close(s->listening[i]);
    s->listening[i] = -1;
  }
}
