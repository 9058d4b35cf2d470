/* SPDX-License-Identifier: MIT */
/* httpd.h - the map of the module `sms.httpd`: a loopback HTTP server on GNU libmicrohttpd that Lua
** drives. httpd_server.c and httpd_request.c talk to libmicrohttpd and know no Lua; httpd_form.c takes
** bodies apart and knows neither; httpd_fields.c, httpd_options.c and httpd.c know Lua. */
#ifndef SMS_HTTPD_H
#define SMS_HTTPD_H

#include <microhttpd.h>
#include <stddef.h>

#pragma GCC visibility push(hidden) /* also where the compiler is called without -fvisibility=hidden */

#define HTTPD_HEADER_MAX 131072  /* bytes of request line and headers; more is answered 431 */
#define HTTPD_DRAIN_MAX 67108864 /* bytes of a body too large that are read before closing */
#define HTTPD_IDLE_SECONDS 120u  /* a connection that is silent this long is closed */
#define HTTPD_CLOSE_MS 250       /* what `close` grants to answers that are on their way */
#define HTTPD_WATCH 0.02         /* seconds between looks at a socket that libmicrohttpd does not watch */
#define HTTPD_MAX_FIELDS 10000   /* form fields or parts of one request; more leaves the body raw */

struct httpd_buf {
  char *ptr;
  size_t len, cap;
};

enum httpd_state {
  HTTPD_NEW,      /* request line seen, headers not yet */
  HTTPD_READING,  /* headers kept, body coming in */
  HTTPD_QUEUED,   /* whole and suspended, waiting for httpd_pop */
  HTTPD_HELD,     /* popped, suspended, waiting for an answer */
  HTTPD_ANSWERED, /* `response` is set and goes out; a drip suspends itself between pieces */
  HTTPD_RAW,      /* suspended; `out` goes to the socket past libmicrohttpd, then `end` follows */
  HTTPD_HUNG,     /* suspended until the client leaves */
  HTTPD_DROP      /* resumed; the handler refuses, so that libmicrohttpd closes the connection */
};

enum httpd_end { HTTPD_FIN, HTTPD_RESET, HTTPD_HANG };

struct httpd_server;

/* Has two owners: libmicrohttpd while `conn` is set, the caller while `held` is set. The last to go
** frees it. */
struct httpd_request {
  struct httpd_server *server;
  struct MHD_Connection *conn;       /* NULL once libmicrohttpd is done with it */
  struct httpd_request *prev, *next; /* all that the server knows */
  struct httpd_request *queued;      /* next in the queue */
  enum httpd_state state;
  int suspended, held;
  unsigned failed; /* 0, or the status to answer; what is left of the body is thrown away */
  char *uri, *method, *user, *password;
  struct httpd_buf headers; /* name NUL value NUL ..., names in lower case */
  struct httpd_buf body;
  size_t dropped; /* body bytes thrown away */
  unsigned status;
  struct MHD_Response *response;
  struct httpd_buf out; /* a drip's body, or raw bytes */
  size_t out_at;        /* raw bytes sent */
  size_t piece, left;   /* bytes of a drip's piece, and of the one that goes out now */
  double gap, due;      /* a drip's seconds between pieces, and when the next may go */
  enum httpd_end end;
};

struct httpd_server {
  struct MHD_Daemon *daemon; /* NULL when closed */
  struct httpd_request *all, *queue, *queue_last;
  size_t max_body;
  char log[256]; /* libmicrohttpd's last complaint */
};

struct httpd_options {
  const char *host, *certificate, *key; /* certificate and key must outlive the server */
  int port, everyone;                   /* everyone: addresses other than loopback are allowed */
  size_t max_body;
};

/* Nothing below raises, prints or aborts; an int is 1 for success and 0 for failure unless said otherwise. */

/* httpd_request.c */
double httpd_now(void);                                            /* seconds of a monotonic clock */
int httpd_buf_add(struct httpd_buf *b, const void *mem, size_t n); /* on failure b is unchanged */
void httpd_buf_free(struct httpd_buf *b);
void httpd_answer(struct httpd_request *r, unsigned status); /* sends r->response */
/* Makes r->response out of the body. */
int httpd_drip(struct httpd_request *r, const char *body, size_t n, size_t piece, double gap);
int httpd_raw(struct httpd_request *r, const char *bytes, size_t n, enum httpd_end end);
void httpd_forget(struct httpd_request *r);
void httpd_release(struct httpd_request *r); /* the caller lets go; unanswered becomes 500 */
void httpd_drop(struct httpd_request *r);    /* closes the connection without an answer */
void httpd_resume(struct httpd_request *r);  /* twice is fine */
double httpd_chore(struct httpd_request *r, double most);
void *httpd_on_target(void *cls, const char *uri, struct MHD_Connection *conn);
void httpd_on_done(void *cls, struct MHD_Connection *conn, void **context, enum MHD_RequestTerminationCode why);
enum MHD_Result httpd_on_access(void *cls, struct MHD_Connection *conn, const char *url, const char *method,
                                const char *version, const char *data, size_t *n, void **context);

/* httpd_server.c */
const char *httpd_host_fault(const struct httpd_options *o); /* NULL, or what is wrong with the host */
const char *httpd_start(struct httpd_server *s, const struct httpd_options *o); /* NULL, or why not */
int httpd_port(const struct httpd_server *s);
int httpd_turn(struct httpd_server *s, double seconds);  /* one turn of the loop, at most that long */
struct httpd_request *httpd_pop(struct httpd_server *s); /* the oldest that waits, now held; or NULL */
void httpd_stop(struct httpd_server *s);                 /* twice is fine */

/* httpd_form.c. Slices point into the body. */
struct httpd_slice {
  const char *ptr;
  size_t len;
};
struct httpd_part {
  struct httpd_slice name, filename, type, data; /* absent: ptr is NULL */
};
int httpd_boundary(const char *content_type, struct httpd_slice *boundary);
int httpd_part_first(struct httpd_slice body, struct httpd_slice boundary, struct httpd_slice *rest);
/* 1 and a part, 0 at the end, -1 for a body that is not well formed. */
int httpd_part_next(struct httpd_slice boundary, struct httpd_slice *rest, struct httpd_part *part);
int httpd_pair_next(struct httpd_slice *rest, struct httpd_slice *name, struct httpd_slice *value);
int httpd_same(const char *a, const char *b, size_t n); /* up to the end of both, at most n bytes */
size_t httpd_unescape(struct httpd_slice from, char *to); /* `to` has room for from.len bytes */

/* httpd_fields.c, httpd_options.c. Stack effects as in the Lua manual: popped, pushed, may raise. */
struct lua_State;
void httpd_read_options(struct lua_State *L, struct httpd_options *o);      /* [-0, +0, v] the table at 1 */
void httpd_push_fields(struct lua_State *L, const struct httpd_request *r); /* [-0, +1, m] one table */

#pragma GCC visibility pop

#endif
