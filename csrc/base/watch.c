/* SPDX-License-Identifier: MIT
** One descriptor that watches the sockets of a pool: epoll's on Linux, kqueue's on macOS and the BSDs. It can be polled itself, so that an
** external loop has to watch only one. With -DSMS_KQUEUE it is kqueue's on Linux too, for tests with libkqueue. */
#if defined(__linux__) && !defined(SMS_KQUEUE)
#define _POSIX_C_SOURCE 200809L
#else
#define _DEFAULT_SOURCE /* kqueue is not of POSIX, and the BSDs hide it where that alone is asked for */
#endif
#include "base.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__) && !defined(SMS_KQUEUE)

#include <sys/epoll.h>

int sms_watch_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int sms_watch_set(int watcher, int fd, int events) {
  struct epoll_event e;
  memset(&e, 0, sizeof e);
  e.events = EPOLLONESHOT | (events & SMS_READ ? (uint32_t)EPOLLIN : 0) | (events & SMS_WRITE ? (uint32_t)EPOLLOUT : 0);
  e.data.fd = fd;
  if (!events) return epoll_ctl(watcher, EPOLL_CTL_DEL, fd, &e);
  if (!epoll_ctl(watcher, EPOLL_CTL_MOD, fd, &e)) return 0;
  return errno == ENOENT ? epoll_ctl(watcher, EPOLL_CTL_ADD, fd, &e) : -1;
}

static int events_of(uint32_t events) {
  return (events & (EPOLLIN | EPOLLHUP) ? SMS_READ : 0) | (events & EPOLLOUT ? SMS_WRITE : 0) |
         (events & EPOLLERR ? SMS_BROKEN : 0);
}

int sms_watch_take(int watcher, struct sms_ready list[SMS_WATCH_MAX], int wait_ms) {
  struct epoll_event events[SMS_WATCH_MAX];
  int i, n = epoll_wait(watcher, events, SMS_WATCH_MAX, wait_ms);
  for (i = 0; i < n; i++) list[i] = (struct sms_ready){events[i].data.fd, events_of(events[i].events)};
  return n;
}

#else

#include <fcntl.h>
#include <stdint.h>
#include <sys/event.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>

/* Must not be inherited by programs that a child process executes. */
int sms_watch_open(void) {
  int watcher = kqueue();
  if (watcher < 0 || fcntl(watcher, F_SETFD, FD_CLOEXEC) >= 0) return watcher;
  close(watcher);
  return -1;
}

/* Reading and writing are separate filters of a socket; each is added, or deleted if it may be present. */
static int set_filter(int watcher, int fd, int wanted, short filter) {
  struct kevent change;
  EV_SET(&change, (uintptr_t)fd, filter, wanted ? EV_ADD | EV_ONESHOT : EV_DELETE, 0, 0, NULL);
  return kevent(watcher, &change, 1, NULL, 0, NULL) < 0 && wanted ? -1 : 0;
}

int sms_watch_set(int watcher, int fd, int events) {
  int reading = set_filter(watcher, fd, events & SMS_READ, EVFILT_READ);
  return reading ? reading : set_filter(watcher, fd, events & SMS_WRITE, EVFILT_WRITE);
}

/* EV_EOF: the peer has closed the connection; the error, if any, is the reason. */
static int events_of(const struct kevent *e) {
  int events = e->filter == EVFILT_WRITE ? SMS_WRITE : SMS_READ;
  return e->flags & EV_ERROR || (e->flags & EV_EOF && e->fflags) ? events | SMS_BROKEN : events;
}

int sms_watch_take(int watcher, struct sms_ready list[SMS_WATCH_MAX], int wait_ms) {
  struct kevent events[SMS_WATCH_MAX];
  struct timespec wait;
  int i, n;
  wait.tv_sec = wait_ms / 1000;
  wait.tv_nsec = wait_ms % 1000 * 1000000L;
  n = kevent(watcher, NULL, 0, events, SMS_WATCH_MAX, wait_ms < 0 ? NULL : &wait);
  for (i = 0; i < n; i++) list[i] = (struct sms_ready){(int)events[i].ident, events_of(&events[i])};
  return n;
}

#endif
