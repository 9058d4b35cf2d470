/* SPDX-License-Identifier: MIT
** The pool: a multi handle, what is in flight on it, and, where an event loop outside does the waiting, what libcurl wishes
** to know of its sockets. For the files of layers 2 and 3 that drive transfers. */
#ifndef SMS_POOL_H
#define SMS_POOL_H

#define SMS_WITH_CURL
#include "../base/sms.h"

#pragma GCC visibility push(hidden) /* also where the compiler is called without -fvisibility=hidden */

/* ---- Layer 2: sockets.c. What a pool wants to know of its sockets and when, for an event loop outside. ---- */

enum { SMS_READ = 1, SMS_WRITE = 2 }; /* what may happen to a socket */

struct sms_sockets {
  int on;                /* the pool is in this mode */
  int epoll;             /* the descriptor that watches the sockets; -1: closed */
  unsigned char *wanted; /* by the number of a socket: what libcurl waits for on it */
  size_t cap;
  int active; /* sockets that are watched */
  int told;   /* a loop outside watches the descriptor */
  double due; /* when libcurl wants to be called without an event; below 0: not */
};
struct sms_pool;
sms_rc sms_sockets_open(struct sms_pool *p); /* before the pool's first transfer; SMS_EFILE: no descriptor is left */
void sms_sockets_opened(struct sms_pool *p, curl_socket_t fd); /* libcurl has a new socket */
sms_rc sms_sockets_ready(struct sms_pool *p);                  /* the descriptor is readable */
sms_rc sms_sockets_expired(struct sms_pool *p);
sms_rc sms_sockets_rest(struct sms_pool *p, int wait_ms); /* waits here, and acts */
double sms_sockets_due(const struct sms_pool *p);         /* seconds from now; below 0: never */
int sms_sockets_change(struct sms_pool *p); /* takes what a loop outside has to do: 1 watch, -1 let go, 0 nothing */
void sms_sockets_free(struct sms_pool *p);  /* after the multi handle; twice is fine */

/* ---- Layer 2: connections.c. The sockets that a pool has open, and whether something lies unread on one. ---- */

enum sms_speech {
  SMS_UNHEARD,
  SMS_LINES,
  SMS_FRAMES
}; /* no answer came yet; HTTP/1; HTTP/2, where frames come unasked */

#define SMS_IP_MAX 46 /* INET6_ADDRSTRLEN */

struct sms_ends { /* of a connection, as libcurl tells them */
  const char *own_ip, *other_ip;
  int own_port, other_port;
};
struct sms_link {
  curl_socket_t fd;
  int own_port, other_port; /* 0: not known yet */
  enum sms_speech speaks;
  unsigned long number; /* from 1 on; of no other connection of this pool */
  int riders;           /* requests that are on it */
  int retired;          /* must not carry another request */
  char own_ip[SMS_IP_MAX], other_ip[SMS_IP_MAX];
};
struct sms_links {
  struct sms_link *list;
  size_t count, cap;
  unsigned long made; /* how many there have been */
};
void sms_links_seat(struct sms_pool *p, struct sms_seat *s); /* its connections count as the pool's from now on */
/* The link that a request is about to travel on, NULL: not known. made: it was opened for this request. */
struct sms_link *sms_links_of(struct sms_pool *p, const struct sms_ends *e, int made);
unsigned long sms_links_enter(struct sms_link *link, int lines); /* a request goes on it; lines: over HTTP/1. Its number */
/* A request leaves a connection, whose number may be 0, or that of one which is closed by now. */
void sms_links_leave(struct sms_pool *p, unsigned long number, enum sms_speech heard, int failed);
int sms_link_spoke(const struct sms_link *link); /* an idle connection of HTTP/1 is not quiet */
void sms_links_free(struct sms_pool *p);         /* after the multi handle; twice is fine */

/* ---- Layer 2: callbacks.c, pool.c. Whether a request has to start once more. ---- */

enum {
  SMS_NOT_AGAIN,
  SMS_UNFIT, /* the kept connection that libcurl chose must not carry it */
  SMS_LOST   /* its stream of HTTP/2 ended before an answer began */
};
int sms_transfer_may_repeat(const struct sms_transfer *t); /* over HTTP/2, once */

/* ---- Layer 2: pool.c. The multi handle and what is in flight on it. ---- */

/* What was begun and sent in a Lua state, by number in the order of the beginnings. */
struct sms_ledger {
  unsigned long begun, sent; /* the last number given; the highest one that was put on a wire */
};

struct sms_pool {
  const char *dress; /* of sms_dress */
  CURLM *multi;      /* NULL: closed */
  int forks;         /* which process made it; see pool.c */
  struct sms_transfer *running, *news;
  int count;                 /* in flight */
  int spares;                /* transfers kept for the next requests */
  struct sms_ledger *ledger; /* of its Lua state, which outlives it */
  double overdue;            /* no transfer's time is over before then, by sms_now; 0: none has a limit */
  struct sms_sockets sockets;
  struct sms_links links;
};
sms_rc sms_pool_open(struct sms_pool *p, long per_host, long total); /* 0: no cap */
int sms_pool_queues(const struct sms_pool *p); /* one may wait for another one, and `overdue` counts */
sms_rc sms_pool_check(const struct sms_pool *p);                     /* SMS_OK, SMS_ECLOSED or SMS_EFORKED */
sms_rc sms_pool_start(struct sms_pool *p, struct sms_transfer *t);   /* p borrows t until it ends */
sms_rc sms_pool_step(struct sms_pool *p, int wait_ms, int *running);
sms_rc sms_pool_wait(struct sms_pool *p, const struct sms_transfer *t, int wait_ms); /* for its end, or news of it */
sms_rc sms_pool_rest(struct sms_pool *const *pools, int n, int wait_ms); /* until one of them has work; acts in none */
void sms_pool_harvest(struct sms_pool *p);                               /* ends what libcurl is done with */
struct sms_transfer *sms_pool_news(struct sms_pool *p); /* takes one that ended, or has data or room; NULL: no more */
void sms_pool_close(struct sms_pool *p);                /* twice is fine; ends what is in flight */

/* ---- Layer 3 ---- */

struct sms_transfer *sms_take_spare(struct lua_State *L, int pool,
                                    int body); /* [-0, +1, m] the same, used before if it can */
int sms_start(struct lua_State *L);            /* the method pool:start, in lua/request.c */
int sms_exchange(struct lua_State *L);         /* the method pool:exchange, there too */
int sms_pool_wishes(struct lua_State *L);
int sms_pool_ready(struct lua_State *L);
int sms_pool_expired(struct lua_State *L);
int sms_pool_mode(struct lua_State *L);
int sms_ready(struct lua_State *L);                                 /* the function core.ready */
int sms_pool_abandon(struct lua_State *L);                          /* lua/guard.c */
struct sms_ledger *sms_ledger(struct lua_State *L);                 /* [-0, +0, m] there, too */
int sms_rest(struct lua_State *L);                                  /* the function core.rest */
void sms_let_go(struct lua_State *L, struct sms_pool *p, int list); /* [-0, +0, m] of lua/pool.c: hands out the news */

#pragma GCC visibility pop

#endif
