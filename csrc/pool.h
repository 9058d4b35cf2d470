/* SPDX-License-Identifier: MIT
** The pool: a multi handle, what is in flight on it, and, where an event loop outside does the waiting, what libcurl wishes
** to know of its sockets. For the files of layers 2 and 3 that drive transfers. */
#ifndef SMS_POOL_H
#define SMS_POOL_H

#define SMS_WITH_CURL
#include "sms.h"

#pragma GCC visibility push(hidden) /* also where the compiler is called without -fvisibility=hidden */

/* ---- Layer 2: sockets.c. What a pool wants to know of its sockets and when, for an event loop outside. ---- */

enum { SMS_READ = 1, SMS_WRITE = 2, SMS_FAILED = 4 }; /* what may happen to a socket */

struct sms_wish {
  curl_socket_t fd;
  int events;  /* wanted: SMS_READ, SMS_WRITE; 0: none any more */
  int told;    /* the loop outside watches this number */
  int changed; /* since the last hand-out */
  int renewed; /* since then the number has come to mean another socket */
  int closing; /* libcurl is done with it; it is closed once the loop has let go of it */
};
struct sms_sockets {
  int on; /* the pool is in this mode */
  struct sms_wish *list;
  size_t count, cap;
  double due;           /* when libcurl wants to be called without an event; below 0: not */
  struct pollfd *polls; /* scratch for waiting without a loop outside */
  size_t polls_cap;
};
struct sms_pool;
void sms_sockets_open(struct sms_pool *p);                   /* before the pool's first transfer */
int sms_sockets_close(struct sms_pool *p, curl_socket_t fd); /* now, or once the loop outside has let go of it */
sms_rc sms_sockets_ready(struct sms_pool *p, curl_socket_t fd, int events);
sms_rc sms_sockets_expired(struct sms_pool *p);
sms_rc sms_sockets_rest(struct sms_pool *p, int wait_ms); /* waits here, and acts */
double sms_sockets_due(const struct sms_pool *p);         /* seconds from now; below 0: never */
void sms_sockets_untold(struct sms_pool *p);              /* another loop outside knows of nothing yet */
void sms_sockets_told(struct sms_pool *p);                /* forgets those that are over */
void sms_sockets_release(struct sms_pool *p);             /* the loop has let go: closes what waited for that */
void sms_sockets_free(struct sms_pool *p);                /* after the multi handle; twice is fine */

/* ---- Layer 2: links.c. The sockets that a pool has open, and whether something lies unread on one. ---- */

enum sms_speech {
  SMS_UNHEARD,
  SMS_LINES,
  SMS_FRAMES
}; /* no answer came yet; HTTP/1; HTTP/2, where frames come unasked */

struct sms_link {
  curl_socket_t fd;
  int port; /* of its own end; 0: not asked yet */
  enum sms_speech speaks;
};
struct sms_links {
  struct sms_link *list;
  size_t count, cap;
};
void sms_links_seat(struct sms_pool *p, struct sms_seat *s);   /* its connections count as the pool's from now on */
void sms_links_heard(struct sms_pool *p, int port, long http); /* an answer came; http: CURLINFO_HTTP_VERSION */
int sms_links_spoke(const struct sms_pool *p, int port);       /* an idle connection of HTTP/1 is not quiet */
void sms_links_free(struct sms_pool *p);                       /* after the multi handle; twice is fine */
int sms_socket_port(curl_socket_t fd);                         /* of its own end; 0: none */

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
  struct sms_sockets sockets;
  struct sms_links links;
};
sms_rc sms_pool_open(struct sms_pool *p, long per_host, long total); /* 0: no cap */
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
int sms_start(struct lua_State *L);            /* the method pool:start, in core_start.c */
int sms_exchange(struct lua_State *L);         /* the method pool:exchange, there too */
int sms_pool_wishes(struct lua_State *L);
int sms_pool_ready(struct lua_State *L);
int sms_pool_expired(struct lua_State *L);
int sms_pool_mode(struct lua_State *L);
int sms_ready(struct lua_State *L);                                 /* the function core.ready */
int sms_pool_abandon(struct lua_State *L);                          /* core_guard.c */
struct sms_ledger *sms_ledger(struct lua_State *L);                 /* [-0, +0, m] there, too */
int sms_rest(struct lua_State *L);                                  /* the function core.rest */
void sms_let_go(struct lua_State *L, struct sms_pool *p, int list); /* [-0, +0, m] of core_pool.c: hands out the news */

#pragma GCC visibility pop

#endif
