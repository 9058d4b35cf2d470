/* SPDX-License-Identifier: MIT
** The other way to drive a pool: libcurl's callbacks write down which sockets it wants watched and when it wants to be
** called; the wishes are handed out after libcurl has returned, to an event loop outside or to poll(2) here. */
#define _POSIX_C_SOURCE 200809L
#include "pool.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_WISHES 16

/* ---- what libcurl wishes ---- */

static struct sms_wish *find(struct sms_sockets *s, curl_socket_t fd) {
  size_t i;
  for (i = 0; i < s->count; i++)
    if (s->list[i].fd == fd) return &s->list[i];
  return NULL;
}

static void forget(struct sms_sockets *s, struct sms_wish *w) { *w = s->list[--s->count]; }

static struct sms_wish *add(struct sms_sockets *s, curl_socket_t fd) {
  if (s->count == s->cap) {
    size_t cap = s->cap ? 2 * s->cap : FIRST_WISHES;
    struct sms_wish *list = realloc(s->list, cap * sizeof *list);
    if (!list) return NULL;
    s->list = list;
    s->cap = cap;
  }
  s->list[s->count] = (struct sms_wish){fd, 0, 0, 0, 0, 0};
  return &s->list[s->count++];
}

static int events_of(int what) {
  if (what == CURL_POLL_INOUT) return SMS_READ | SMS_WRITE;
  return what == CURL_POLL_IN ? SMS_READ : what == CURL_POLL_OUT ? SMS_WRITE : 0;
}

/* Without memory for a wish libcurl ends all transfers of the pool, which is better than one that never wakes. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *pool, void *unused) {
  struct sms_sockets *s = &((struct sms_pool *)pool)->sockets;
  struct sms_wish *w = find(s, fd);
  (void)easy, (void)unused;
  if (!w && what == CURL_POLL_REMOVE) return 0;
  if (!w && !(w = add(s, fd))) return -1;
  if (w->told && w->events == 0) w->renewed = 1; /* taken off and put on again: another socket of the same number */
  w->events = events_of(what);
  w->changed = 1;
  if (w->events == 0 && !w->told) forget(s, w);
  return 0;
}

static int on_timer(CURLM *multi, long ms, void *pool) {
  (void)multi;
  ((struct sms_pool *)pool)->sockets.due = ms < 0 ? -1 : sms_now() + (double)ms / 1e3;
  return 0;
}

/* While a loop outside watches its number a socket stays open, so that the number cannot come to mean another file. */
int sms_sockets_close(struct sms_pool *p, curl_socket_t fd) {
  struct sms_wish *w = find(&p->sockets, fd);
  if (!w || !w->told) return close(fd);
  w->closing = w->changed = 1;
  w->events = 0;
  return 0;
}

void sms_sockets_open(struct sms_pool *p) {
  p->sockets.on = 1;
  p->sockets.due = -1;
  curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p);
  curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p);
}

/* ---- handing out ---- */

void sms_sockets_untold(struct sms_pool *p) {
  size_t i;
  for (i = 0; i < p->sockets.count; i++) {
    p->sockets.list[i].told = p->sockets.list[i].renewed = 0;
    p->sockets.list[i].changed = 1;
  }
}

void sms_sockets_told(struct sms_pool *p) {
  struct sms_sockets *s = &p->sockets;
  size_t i;
  for (i = s->count; i-- > 0;) {
    struct sms_wish *w = &s->list[i];
    if (!w->changed && !w->told && !w->closing) forget(s, w);
  }
}

void sms_sockets_release(struct sms_pool *p) {
  struct sms_sockets *s = &p->sockets;
  size_t i;
  for (i = s->count; i-- > 0;) {
    struct sms_wish *w = &s->list[i];
    if (!w->closing || w->told) continue;
    close(w->fd);
    forget(s, w);
  }
}

/* Whoever still watches a number then has lost its pool, and the sockets cannot wait for it. */
void sms_sockets_free(struct sms_pool *p) {
  struct sms_sockets *s = &p->sockets;
  size_t i;
  for (i = 0; i < s->count; i++)
    if (s->list[i].closing) close(s->list[i].fd);
  free(s->list);
  free(s->polls);
  s->list = NULL;
  s->polls = NULL;
  s->count = s->cap = s->polls_cap = 0;
}

double sms_sockets_due(const struct sms_pool *p) {
  double left;
  if (p->sockets.due < 0) return -1;
  left = p->sockets.due - sms_now();
  return left > 0 ? left : 0;
}

/* ---- acting ---- */

static sms_rc act(struct sms_pool *p, curl_socket_t fd, int mask) {
  int running;
  CURLMcode code = curl_multi_socket_action(p->multi, fd, mask, &running);
  return code && code != CURLM_BAD_SOCKET ? SMS_ECURL : SMS_OK;
}

sms_rc sms_sockets_ready(struct sms_pool *p, curl_socket_t fd, int events) {
  int mask = (events & SMS_READ ? CURL_CSELECT_IN : 0) | (events & SMS_WRITE ? CURL_CSELECT_OUT : 0) |
             (events & SMS_FAILED ? CURL_CSELECT_ERR : 0);
  return act(p, fd, mask);
}

/* libcurl sets the timer anew while it is called; until then it is off. */
sms_rc sms_sockets_expired(struct sms_pool *p) {
  if (p->sockets.due < 0 || p->sockets.due > sms_now()) return SMS_OK;
  p->sockets.due = -1;
  return act(p, CURL_SOCKET_TIMEOUT, 0);
}

/* ---- waiting here ---- */

static sms_rc room_for_polls(struct sms_sockets *s) {
  struct pollfd *polls;
  if (s->polls_cap >= s->count) return SMS_OK;
  polls = realloc(s->polls, s->cap * sizeof *polls);
  if (!polls) return SMS_ENOMEM;
  s->polls = polls;
  s->polls_cap = s->cap;
  return SMS_OK;
}

static size_t fill_polls(struct sms_sockets *s) {
  size_t i, n = 0;
  for (i = 0; i < s->count; i++) {
    const struct sms_wish *w = &s->list[i];
    if (w->events == 0) continue;
    s->polls[n].fd = w->fd;
    s->polls[n].events = (short)((w->events & SMS_READ ? POLLIN : 0) | (w->events & SMS_WRITE ? POLLOUT : 0));
    s->polls[n++].revents = 0;
  }
  return n;
}

static int happened(const struct pollfd *poll) {
  return (poll->revents & (POLLIN | POLLHUP) ? SMS_READ : 0) | (poll->revents & POLLOUT ? SMS_WRITE : 0) |
         (poll->revents & (POLLERR | POLLNVAL) ? SMS_FAILED : 0);
}

static int shorter(int wait_ms, double due) {
  double ms = due * 1e3;
  return due >= 0 && ms < (double)wait_ms ? (int)ms + (ms > (double)(int)ms) : wait_ms;
}

sms_rc sms_sockets_rest(struct sms_pool *p, int wait_ms) {
  struct sms_sockets *s = &p->sockets;
  sms_rc rc = room_for_polls(s);
  size_t i, n = rc ? 0 : fill_polls(s);
  if (rc) return rc;
  if (poll(s->polls, (nfds_t)n, shorter(wait_ms, sms_sockets_due(p))) < 0 && errno != EINTR) return SMS_ENOMEM;
  for (i = 0; i < n && !rc; i++)
    if (s->polls[i].revents) rc = sms_sockets_ready(p, s->polls[i].fd, happened(&s->polls[i]));
  return rc ? rc : sms_sockets_expired(p);
}

/* ---- waiting for several pools ---- */

struct crowd {
  struct pollfd *polls;
  size_t n, cap;
};

static sms_rc join(struct crowd *c, curl_socket_t fd, int events) {
  if (c->n == c->cap) {
    size_t cap = c->cap ? 2 * c->cap : FIRST_WISHES;
    struct pollfd *polls = realloc(c->polls, cap * sizeof *polls);
    if (!polls) return SMS_ENOMEM;
    c->polls = polls;
    c->cap = cap;
  }
  c->polls[c->n++] = (struct pollfd){fd, (short)events, 0};
  return SMS_OK;
}

#define BLIND_MS 50 /* how long to wait at most where libcurl names no socket to wait for */

/* Sockets of a number that does not fit into a set are found ready a little later, by the clock. */
static sms_rc join_polled(struct crowd *c, struct sms_pool *p, int *wait_ms) {
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
    if (events) rc = join(c, fd, events);
  }
  return rc;
}

static sms_rc join_wishes(struct crowd *c, struct sms_pool *p, int *wait_ms) {
  size_t i;
  sms_rc rc = SMS_OK;
  *wait_ms = shorter(*wait_ms, sms_sockets_due(p));
  for (i = 0; i < p->sockets.count && !rc; i++) {
    const struct sms_wish *w = &p->sockets.list[i];
    int events = (w->events & SMS_READ ? POLLIN : 0) | (w->events & SMS_WRITE ? POLLOUT : 0);
    if (events) rc = join(c, w->fd, events);
  }
  return rc;
}

sms_rc sms_pool_rest(struct sms_pool *const *pools, int n, int wait_ms) {
  struct crowd c = {NULL, 0, 0};
  sms_rc rc = SMS_OK;
  int i;
  for (i = 0; i < n && !rc; i++) {
    rc = sms_pool_check(pools[i]);
    if (!rc) rc = pools[i]->sockets.on ? join_wishes(&c, pools[i], &wait_ms) : join_polled(&c, pools[i], &wait_ms);
  }
  if (!rc) poll(c.polls, (nfds_t)c.n, wait_ms);
  free(c.polls);
  return rc;
}
