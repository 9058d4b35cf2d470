/* SPDX-License-Identifier: MIT
** Event-driven pools: libcurl's callbacks report which sockets to watch and when to call it. One descriptor watches them
** (base/watch.c), and an external event loop or poll(2) watches only that one. libcurl closes sockets without notice (of look-ups, of
** connections that failed), so a loop must not register them itself. */
#define _POSIX_C_SOURCE 200809L
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_NUMBERS 64
#define FIRED                                                                                                          \
  8 /* in addition to SMS_READ and SMS_WRITE: nothing is reported of the socket until it is registered again */

/* ---- interest ---- */

static sms_rc room_for(struct sms_sockets *s, size_t number) {
  size_t cap = s->cap ? s->cap : FIRST_NUMBERS;
  unsigned char *wanted;
  if (number < s->cap) return SMS_OK;
  while (cap <= number) cap *= 2;
  wanted = realloc(s->wanted, cap);
  if (!wanted) return SMS_ENOMEM;
  memset(wanted + s->cap, 0, cap - s->cap);
  s->wanted = wanted;
  s->cap = cap;
  return SMS_OK;
}

static int events_of(int what) {
  if (what == CURL_POLL_INOUT) return SMS_READ | SMS_WRITE;
  return what == CURL_POLL_IN ? SMS_READ : what == CURL_POLL_OUT ? SMS_WRITE : 0;
}

/* Without memory, libcurl ends all transfers of the pool, which is better than one that never wakes. A socket may be closed
** before libcurl removes it. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *pool, void *unused) {
  struct sms_sockets *s = &((struct sms_pool *)pool)->sockets;
  int events = events_of(what);
  (void)easy, (void)unused;
  if (room_for(s, (size_t)fd)) return -1;
  s->active += (events != 0) - (s->wanted[fd] != 0);
  s->wanted[fd] = (unsigned char)events;
  if (sms_watch_set(s->watcher, fd, events) && (errno == ENOMEM || errno == ENOSPC)) return -1;
  return 0;
}

/* libcurl may have closed a socket of this number without notice, and treats the new one as the same. */
void sms_sockets_opened(struct sms_pool *p, curl_socket_t fd) {
  const struct sms_sockets *s = &p->sockets;
  if ((size_t)fd < s->cap && s->wanted[fd]) sms_watch_set(s->watcher, fd, s->wanted[fd]);
}

static int on_timer(CURLM *multi, long ms, void *pool) {
  (void)multi;
  ((struct sms_pool *)pool)->sockets.due = ms < 0 ? -1 : sms_now() + (double)ms / 1e3;
  return 0;
}

sms_rc sms_sockets_open(struct sms_pool *p) {
  p->sockets.watcher = sms_watch_open();
  if (p->sockets.watcher < 0) return SMS_EFILE;
  p->sockets.on = 1;
  p->sockets.due = -1;
  curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p);
  curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p);
  return SMS_OK;
}

/* An external loop must stop watching the descriptor before it is closed. */
int sms_sockets_change(struct sms_pool *p) {
  struct sms_sockets *s = &p->sockets;
  int wanted = p->multi && s->active > 0;
  if (!p->multi && !s->registered) sms_sockets_free(p);
  if (wanted == s->registered) return 0;
  s->registered = wanted;
  return wanted ? 1 : -1;
}

/* The pool of a remaining watcher is gone. */
void sms_sockets_free(struct sms_pool *p) {
  struct sms_sockets *s = &p->sockets;
  if (s->on && s->watcher >= 0) close(s->watcher);
  free(s->wanted);
  s->wanted = NULL;
  s->cap = 0;
  s->watcher = -1;
  s->active = 0;
}

int sms_pool_queues(const struct sms_pool *p) { return p->count > 1 && p->overdue > 0; }

double sms_sockets_due(const struct sms_pool *p) {
  double due = p->sockets.due, left;
  if (sms_pool_queues(p) && (due < 0 || p->overdue < due)) due = p->overdue;
  if (due < 0) return -1;
  left = due - sms_now();
  return left > 0 ? left : 0;
}

/* ---- acting ---- */

static sms_rc act(struct sms_pool *p, curl_socket_t fd, int mask) {
  int running;
  CURLMcode code = curl_multi_socket_action(p->multi, fd, mask, &running);
  return code && code != CURLM_BAD_SOCKET ? SMS_ECURL : SMS_OK;
}

static int mask_of(int events) {
  return (events & SMS_READ ? CURL_CSELECT_IN : 0) | (events & SMS_WRITE ? CURL_CSELECT_OUT : 0) |
         (events & SMS_BROKEN ? CURL_CSELECT_ERR : 0);
}

/* An unregistered socket may still report its last event. */
static sms_rc handle(struct sms_pool *p, const struct sms_ready *ready) {
  struct sms_sockets *s = &p->sockets;
  curl_socket_t fd = ready->fd;
  sms_rc rc;
  if (!s->wanted[fd]) return SMS_OK;
  s->wanted[fd] |= FIRED;
  rc = act(p, fd, mask_of(ready->events));
  if (!(s->wanted[fd] & FIRED)) return rc;
  s->wanted[fd] ^= FIRED;
  sms_watch_set(s->watcher, fd, s->wanted[fd]);
  return rc;
}

static sms_rc work_off(struct sms_pool *p, int wait_ms) {
  struct sms_ready list[SMS_WATCH_MAX];
  int i, n = sms_watch_take(p->sockets.watcher, list, wait_ms);
  sms_rc rc = SMS_OK;
  for (i = 0; i < n && !rc; i++) rc = handle(p, &list[i]);
  return rc;
}

sms_rc sms_sockets_ready(struct sms_pool *p) { return work_off(p, 0); }

/* libcurl sets the timer again while it is called; until then it is off. */
sms_rc sms_sockets_expired(struct sms_pool *p) {
  if (p->sockets.due < 0 || p->sockets.due > sms_now()) return SMS_OK;
  p->sockets.due = -1;
  return act(p, CURL_SOCKET_TIMEOUT, 0);
}

/* ---- waiting for one pool ---- */

static int shorter(int wait_ms, double due) {
  double ms = due * 1e3;
  return due >= 0 && ms < (double)wait_ms ? (int)ms + (ms > (double)(int)ms) : wait_ms;
}

sms_rc sms_sockets_rest(struct sms_pool *p, int wait_ms) {
  sms_rc rc = work_off(p, shorter(wait_ms, sms_sockets_due(p)));
  return rc ? rc : sms_sockets_expired(p);
}

/* ---- waiting for several pools ---- */

#define FIRST_POLLS 16

struct poll_set {
  struct pollfd *polls;
  size_t n, cap;
};

static sms_rc add_poll(struct poll_set *c, curl_socket_t fd, int events) {
  if (c->n == c->cap) {
    size_t cap = c->cap ? 2 * c->cap : FIRST_POLLS;
    struct pollfd *polls = realloc(c->polls, cap * sizeof *polls);
    if (!polls) return SMS_ENOMEM;
    c->polls = polls;
    c->cap = cap;
  }
  c->polls[c->n++] = (struct pollfd){fd, (short)events, 0};
  return SMS_OK;
}

#define BLIND_MS 50 /* maximum wait if libcurl reports no socket */

/* Sockets whose number does not fit into an fd_set are polled at intervals. */
static sms_rc add_polled(struct poll_set *c, struct sms_pool *p, int *wait_ms) {
  fd_set in, out, bad;
  long ms = -1;
  int fd, last = -1;
  sms_rc rc = SMS_OK;
  FD_ZERO(&in);
  FD_ZERO(&out);
  FD_ZERO(&bad);
  if (curl_multi_fdset(p->multi, &in, &out, &bad, &last) || curl_multi_timeout(p->multi, &ms)) return SMS_ECURL;
  if (ms >= 0 && ms < *wait_ms) *wait_ms = (int)ms;
  if (p->count > 0 && *wait_ms > BLIND_MS && (last < 0 || last >= FD_SETSIZE - 1)) *wait_ms = BLIND_MS;
  for (fd = 0; fd <= last && !rc; fd++) {
    int events = (FD_ISSET(fd, &in) ? POLLIN : 0) | (FD_ISSET(fd, &out) ? POLLOUT : 0);
    if (events) rc = add_poll(c, fd, events);
  }
  return rc;
}

static sms_rc add_watched(struct poll_set *c, struct sms_pool *p, int *wait_ms) {
  *wait_ms = shorter(*wait_ms, sms_sockets_due(p));
  return add_poll(c, p->sockets.watcher, POLLIN);
}

sms_rc sms_pool_rest(struct sms_pool *const *pools, int n, int wait_ms) {
  struct poll_set c = {NULL, 0, 0};
  sms_rc rc = SMS_OK;
  int i;
  for (i = 0; i < n && !rc; i++) {
    rc = sms_pool_check(pools[i]);
    if (!rc) rc = pools[i]->sockets.on ? add_watched(&c, pools[i], &wait_ms) : add_polled(&c, pools[i], &wait_ms);
  }
  if (!rc) poll(c.polls, (nfds_t)c.n, wait_ms);
  free(c.polls);
  return rc;
}
