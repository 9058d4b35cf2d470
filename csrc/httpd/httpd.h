/* SPDX-License-Identifier: MIT */
/* httpd.h - the structure of the module `sms.httpd`: a loopback HTTP server on GNU libmicrohttpd that Lua
** drives. server.c, connections.c, request.c, socket.c, stream.c and head.c use libmicrohttpd and are independent of Lua;
** bind.c makes listening sockets and form.c parses bodies, using neither; fields.c,
** options.c and httpd.c use Lua. */
#ifndef SMS_HTTPD_H
#define SMS_HTTPD_H

#include <microhttpd.h>
#include <stddef.h>

#pragma GCC visibility push(hidden) /* also if compiled without -fvisibility=hidden */

#define HTTPD_HEADER_MAX 131072  /* bytes of request line and headers; more gets a 431 */
#define HTTPD_DRAIN_MAX 67108864 /* bytes of a body too large that are read before closing */
#define HTTPD_REQUEST_SECONDS 10 /* allowed for a request's head, and again for its body */
#define HTTPD_IDLE_SECONDS 120u  /* a connection without a request is closed after this long */
#define HTTPD_CHECK 0.1          /* seconds between two checks for clients that have gone */
#define HTTPD_BATCH 0.001        /* seconds in which requests read in one turn are returned without another */
#define HTTPD_NEVER 1e300        /* later than any time */
#define HTTPD_MAX_CONNECTIONS 1000
#define HTTPD_RESERVE 64         /* descriptors that connections leave to the rest of the program */
#define HTTPD_SOCKETS 2          /* listening sockets of a server */
#define HTTPD_CLOSE_MS 250       /* time that `close` allows for responses being sent */
#define HTTPD_WATCH 0.02         /* seconds between checks of a socket that libmicrohttpd does not watch */
#define HTTPD_STREAM_MAX 4194304 /* bytes of a stream that may wait for its reader; with more it is closed */
#define HTTPD_MAX_FIELDS 10000   /* form fields or parts of one request; more leaves the body raw */

struct httpd_buf {
  char *ptr;
  size_t len, cap;
};

enum httpd_state {
  HTTPD_NEW,      /* request line seen, headers not yet */
  HTTPD_READING,  /* headers received, body incomplete */
  HTTPD_QUEUED,   /* complete, waiting for httpd_pop; suspended when a turn begins */
  HTTPD_HELD,     /* popped, waiting for a response; suspended when a turn begins */
  HTTPD_ANSWERED, /* `response` is set and being sent; a drip is suspended between pieces */
  HTTPD_RAW,      /* suspended; `out` is written directly to the socket, then `end` follows */
  HTTPD_HUNG,     /* suspended until the client leaves */
  HTTPD_DROP      /* resumed; the handler refuses, so that libmicrohttpd closes the connection */
};

enum httpd_stream_state { HTTPD_STREAM_NONE, HTTPD_STREAM_OPEN, HTTPD_STREAM_ENDED, HTTPD_STREAM_BROKEN };

enum httpd_end { HTTPD_FIN, HTTPD_RESET, HTTPD_HANG };

struct httpd_server;

/* Has two owners: libmicrohttpd while `conn` is set, the caller while `held` is set. The last to go
** frees it. */
struct httpd_request {
  struct httpd_server *server;
  struct MHD_Connection *conn;       /* NULL once libmicrohttpd is done with it */
  struct httpd_request *prev, *next; /* all requests of the server */
  struct httpd_request *queued;      /* next in the queue */
  enum httpd_state state;
  int suspended, held;
  unsigned failed; /* 0, or the status to respond with; the rest of the body is discarded */
  int broken;      /* its end is unknown: it gets an immediate response, and the connection is closed */
  char *uri;       /* path and query */
  char *authority; /* of a target in absolute form, replaces the Host header; else NULL */
  char *method, *user, *password;
  struct httpd_buf headers; /* name NUL value NUL ..., names in lower case */
  int header_count;
  struct httpd_buf body;
  size_t dropped; /* body bytes discarded */
  unsigned status;
  struct MHD_Response *response;
  enum httpd_stream_state stream;
  struct httpd_buf out; /* a drip's body, raw bytes, or data that a stream's reader has not read */
  size_t out_at;        /* raw bytes sent, or bytes of `out` that the reader has read */
  size_t piece, left;   /* bytes of a drip's piece, and remaining in the current one */
  double gap, due; /* a drip's seconds between pieces, and when the next may go; a stream: when to check its reader */
  enum httpd_end end;
};

/* One connection, in the list of those that wait for the same event; in none while its request is processed. */
struct httpd_conn {
  struct httpd_conn *prev, *next;
  struct httpd_list *list;
  double since; /* when it was added to its list */
  int fd;
  int asked; /* its request line has arrived */
  int gone;  /* shut down, and about to be closed */
};
struct httpd_list {
  struct httpd_conn *first, *last;
};

struct httpd_server {
  struct MHD_Daemon *daemon; /* NULL when closed */
  struct httpd_request *all, *queue, *queue_last;
  struct httpd_list reading, idle; /* a new connection is `reading`, one between two requests `idle` */
  struct httpd_list streaming;     /* connections whose response is a stream */
  int listening[HTTPD_SOCKETS];    /* -1: none */
  const char *address;             /* the last requested address */
  int port, descriptors;
  int connections, ending; /* all open connections; those of them being shut down */
  int capacity;            /* maximum open connections, given the available descriptors */
  int full;                /* no room for a new connection until one has ended */
  int evicted;             /* a stream has been shut down since the last turn */
  int draining;            /* no longer listens; each response closes its connection */
  double request_seconds, next_check;
  double turned; /* when the last turn ended */
  size_t max_body;
  char log[256]; /* the last error of libmicrohttpd or the system */
};

struct httpd_options {
  const char *host, *certificate, *key; /* certificate and key must outlive the server */
  int port, everyone;                   /* everyone: addresses other than loopback are allowed */
  double request_seconds;
  size_t max_body;
};

/* Nothing below raises, prints or aborts; an int is 1 for success and 0 for failure unless said otherwise. */

/* buffer.c */
double httpd_now(void);                                            /* seconds of a monotonic clock */
int httpd_buf_add(struct httpd_buf *b, const void *mem, size_t n); /* on failure b is unchanged */
void httpd_buf_free(struct httpd_buf *b);

/* request.c */
void httpd_send_response(struct httpd_request *r, unsigned status); /* sends r->response */
/* Creates r->response from the body. */
int httpd_drip(struct httpd_request *r, const char *body, size_t n, size_t piece, double gap);
int httpd_raw(struct httpd_request *r, const char *bytes, size_t n, enum httpd_end end);
void httpd_forget(struct httpd_request *r);
void httpd_release(struct httpd_request *r); /* released by the caller; if unanswered, sends a 500 */
void httpd_drop(struct httpd_request *r);    /* closes the connection without a response */
double httpd_chore(struct httpd_request *r, double most);
void *httpd_on_target(void *cls, const char *uri, struct MHD_Connection *conn);
void httpd_on_done(void *cls, struct MHD_Connection *conn, void **context, enum MHD_RequestTerminationCode why);
enum MHD_Result httpd_on_access(void *cls, struct MHD_Connection *conn, const char *url, const char *method,
                                const char *version, const char *data, size_t *n, void **context);

/* socket.c */
void httpd_suspend(struct httpd_request *r);
void httpd_resume(struct httpd_request *r); /* may be called twice */
int httpd_socket(struct httpd_request *r);  /* -1: none */
int httpd_left(int fd);                     /* has the client closed its end? */

/* stream.c. All but the first may be called at any time. */
int httpd_stream(struct httpd_request *r); /* makes r->response */
/* 0: the reader has left, is too slow, or the stream has ended. */
int httpd_stream_write(struct httpd_request *r, const char *bytes, size_t n);
void httpd_stream_end(struct httpd_request *r);   /* written data are still sent */
void httpd_stream_break(struct httpd_request *r); /* the connection ends at once */
double httpd_stream_chore(struct httpd_request *r, double most);

/* head.c: rules that a request's head must keep; 0, or the status to refuse it with. */
unsigned httpd_take_target(struct httpd_request *r, const char *target);
unsigned httpd_check_head(struct httpd_request *r, const char *version); /* r->headers are there */

/* bind.c */
const char *httpd_host_fault(const struct httpd_options *o); /* NULL, or what is wrong with the host */
const char *httpd_bind(struct httpd_server *s, const struct httpd_options *o); /* NULL, or why not */
void httpd_unbind(struct httpd_server *s);                                     /* may be called twice */

/* connections.c */
void httpd_on_connection(void *cls, struct MHD_Connection *conn, void **context,
                         enum MHD_ConnectionNotificationCode code);
void httpd_conn_reads(struct httpd_server *s, struct MHD_Connection *conn);   /* part of a request has arrived */
void httpd_conn_works(struct MHD_Connection *conn);                           /* the request is complete */
void httpd_conn_streams(struct httpd_server *s, struct MHD_Connection *conn); /* its response is a stream */
/* Its request has ended; closes: the response announced that the connection will be closed. */
void httpd_conn_waits(struct httpd_server *s, struct MHD_Connection *conn, int closes);
void httpd_conns_accept(struct httpd_server *s, int listening);
void httpd_conns_check(struct httpd_server *s);     /* closes those that timed out or whose client has gone */
void httpd_conns_drop_idle(struct httpd_server *s); /* closes those without a request */
int httpd_descriptors(void);                        /* maximum number for the process */

/* server.c */
const char *httpd_start(struct httpd_server *s, const struct httpd_options *o); /* NULL, or why not */
void httpd_drain(struct httpd_server *s);               /* stops listening; requests already begun are still accepted */
int httpd_turn(struct httpd_server *s, double seconds); /* one turn of the loop, at most that long */
struct httpd_request *httpd_pop(struct httpd_server *s); /* the oldest waiting request, now held; or NULL */
void httpd_stop(struct httpd_server *s);                 /* may be called twice */

/* form.c. Slices point into the body. */
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
int httpd_same(const char *a, const char *b, size_t n);   /* up to the end of both, at most n bytes */
size_t httpd_unescape(struct httpd_slice from, char *to); /* `to` has room for from.len bytes */

/* fields.c, options.c. Stack effects as in the Lua manual: popped, pushed, may raise. */
struct lua_State;
void httpd_read_options(struct lua_State *L, struct httpd_options *o);      /* [-0, +0, v] the table at 1 */
void httpd_push_fields(struct lua_State *L, const struct httpd_request *r); /* [-0, +1, m] one table */

#pragma GCC visibility pop

#endif
