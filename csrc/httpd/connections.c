/* SPDX-License-Identifier: MIT */
/* connections.c - the connections of `sms.httpd`: accepts them, limits the time of a request and of an idle connection, finds
** those whose client has gone, and keeps a reserve of descriptors by closing the oldest waiting connections. Independent of Lua. */
#define _DEFAULT_SOURCE /* struct sockaddr_storage */
#include "httpd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_MAX 16 /* connections accepted in one turn; less than half of HTTPD_RESERVE */

/* Lists are in the order of `since`, oldest first. */
static void list_append(struct httpd_list *list, struct httpd_conn *c) {
  c->list = list;
  c->next = NULL;
  c->prev = list->last;
  if (list->last) list->last->next = c;
  else list->first = c;
  list->last = c;
}

static void list_remove(struct httpd_conn *c) {
  if (c->list == NULL) return;
  if (c->prev) c->prev->next = c->next;
  else c->list->first = c->next;
  if (c->next) c->next->prev = c->prev;
  else c->list->last = c->prev;
  c->list = NULL;
}

static struct httpd_conn *conn_of(struct MHD_Connection *conn) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

static void move_to(struct httpd_conn *c, struct httpd_list *list, int asked) {
  if (c == NULL || c->gone) return;
  list_remove(c);
  c->asked = asked;
  c->since = httpd_now();
  if (list) list_append(list, c);
}

void httpd_conn_reads(struct httpd_server *s, struct MHD_Connection *conn) { move_to(conn_of(conn), &s->reading, 1); }
void httpd_conn_works(struct MHD_Connection *conn) { move_to(conn_of(conn), NULL, 1); }
void httpd_conn_streams(struct httpd_server *s, struct MHD_Connection *conn) {
  move_to(conn_of(conn), &s->streaming, 1);
}

/* MHD_OPTION_NOTIFY_CONNECTION. Without memory, a connection has only libmicrohttpd's own limits. */
void httpd_on_connection(void *cls, struct MHD_Connection *conn, void **context,
                         enum MHD_ConnectionNotificationCode code) {
  struct httpd_server *s = cls;
  struct httpd_conn *c = *context;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
    c = info ? calloc(1, sizeof *c) : NULL;
    *context = c;
    if (c == NULL) return;
    c->fd = info->connect_fd;
    c->since = httpd_now();
    list_append(&s->reading, c);
    s->connections++;
  } else if (c != NULL) {
    list_remove(c);
    s->connections--;
    s->ending -= c->gone;
    free(c);
    *context = NULL;
  }
}

/* libmicrohttpd sees the end of the stream at its next turn and closes the connection. */
static void conn_drop(struct httpd_server *s, struct httpd_conn *c) {
  if (c->list == &s->streaming) s->evicted = 1;
  list_remove(c);
  c->gone = 1;
  s->ending++;
  shutdown(c->fd, SHUT_RDWR);
}

void httpd_conn_waits(struct httpd_server *s, struct MHD_Connection *conn, int closes) {
  struct httpd_conn *c = conn_of(conn);
  move_to(c, &s->idle, 0);
  if (c && s->draining && !c->gone && !closes) conn_drop(s, c);
}

static void drop_older(struct httpd_server *s, struct httpd_list *list, double time) {
  while (list->first && list->first->since < time) conn_drop(s, list->first);
}

/* libmicrohttpd misses the end of a stream that arrived together with data. */
static void drop_ended(struct httpd_server *s, struct httpd_list *list, double time) {
  struct httpd_conn *c, *next;
  char byte;
  for (c = list->first; c != NULL && c->since < time; c = next) {
    next = c->next;
    if (recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) conn_drop(s, c);
  }
}

void httpd_conns_check(struct httpd_server *s) {
  double now = httpd_now();
  drop_older(s, &s->reading, now - s->request_seconds);
  drop_older(s, &s->idle, now - HTTPD_IDLE_SECONDS);
  if (now < s->next_check) return;
  s->next_check = now + HTTPD_CHECK;
  if (s->capacity < HTTPD_MAX_CONNECTIONS) s->capacity++;
  drop_ended(s, &s->reading, now - HTTPD_CHECK);
  drop_ended(s, &s->idle, now - HTTPD_CHECK);
}

void httpd_conns_drop_idle(struct httpd_server *s) {
  struct httpd_conn *c, *next;
  drop_older(s, &s->idle, HTTPD_NEVER);
  for (c = s->reading.first; c != NULL; c = next) {
    next = c->next;
    if (!c->asked) conn_drop(s, c);
  }
}

/* The oldest idle connection, else the oldest with an incomplete request, else the oldest stream, whose reader will reconnect. */
static struct httpd_conn *dispensable(const struct httpd_server *s) {
  if (s->idle.first) return s->idle.first;
  return s->reading.first ? s->reading.first : s->streaming.first;
}

static int evict(struct httpd_server *s) {
  struct httpd_conn *c = dispensable(s);
  if (c == NULL) return 0;
  conn_drop(s, c);
  return 1;
}

static int open_now(const struct httpd_server *s) { return s->connections - s->ending; }

/* The lowest free descriptor is assigned, so a high number means that few are left, whatever uses the others. */
static void learn_capacity(struct httpd_server *s, int fd) {
  int reserve = s->descriptors / 4 < HTTPD_RESERVE ? s->descriptors / 4 : HTTPD_RESERVE;
  if (fd >= 0 && fd < s->descriptors - reserve) return;
  if (open_now(s) < s->capacity) s->capacity = open_now(s) > 0 ? open_now(s) : 1;
}

/* accept reports a lack of descriptors even if no connection is waiting. */
static int somebody_waits(int listening) {
  struct pollfd p = {listening, POLLIN, 0};
  return poll(&p, 1, 0) == 1;
}

/* Accepts a connection, closing the oldest waiting one for it if necessary. If all are busy, it remains in the kernel's queue. */
static int take_in(struct httpd_server *s, int listening) {
  struct sockaddr_storage from;
  socklen_t size = sizeof from;
  int fd, waits = dispensable(s) != NULL;
  s->full = open_now(s) >= s->capacity && !waits;
  if (s->full) return 0;
  fd = accept(listening, (struct sockaddr *)&from, &size);
  if (fd < 0 && errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) return 0;
  if (fd < 0 && !somebody_waits(listening)) return 0;
  learn_capacity(s, fd);
  if (open_now(s) >= s->capacity) s->full = !evict(s) && fd < 0;
  if (fd < 0) return 0;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  MHD_add_connection(s->daemon, fd, (struct sockaddr *)&from, size); /* closes fd when it fails */
  return 1;
}

void httpd_conns_accept(struct httpd_server *s, int listening) {
  int i;
  for (i = 0; i < ACCEPT_MAX && take_in(s, listening); i++) {
  }
}

int httpd_descriptors(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < INT_MAX ? (int)limit.rlim_cur : INT_MAX;
}
