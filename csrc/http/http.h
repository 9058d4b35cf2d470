/* SPDX-License-Identifier: MIT
** Requests over HTTP: endpoints, transfers, and the pool that drives them, on libcurl. Independent of Lua. */
#ifndef SMS_HTTP_H
#define SMS_HTTP_H

#include <curl/curl.h>

#include "../base/base.h"

#pragma GCC visibility push(hidden) /* also if compiled without -fvisibility=hidden */

#define SMS_FORM_TYPE "application/x-www-form-urlencoded"

/* Every buffer has a named maximum, in bytes. */
#define SMS_BODY_MAX ((size_t)64 << 20)    /* a response kept in memory, decompressed; the default */
#define SMS_HEADER_MAX ((size_t)256 << 10) /* all header lines of one transfer; the default */
#define SMS_FEED_MAX ((size_t)16 << 20)    /* one piece of a fed request body */
#define SMS_FEED_ROOM ((size_t)64 << 10)   /* what a fed body may hold before `feed` says "full" */
#define SMS_STREAM_ROOM                                                                                                \
  ((size_t)256 << 10)                   /* of a streamed response that may wait to be read before libcurl is paused */
#define SMS_HEADER_LINES 1024           /* header lines of one response */
#define SMS_KEPT_MAX ((size_t)16 << 10) /* memory of one buffer kept for the next request */
#define SMS_UPLOAD_FEW 16384L /* libcurl's buffer per request; a larger one makes the heap shrink and grow repeatedly */
#define SMS_UPLOAD_MANY 65536L           /* the same if a body is read in pieces */
#define SMS_IDLE_MAX 256                 /* configured handles an endpoint keeps for its next requests */
#define SMS_BOUNDARY_MAX 48              /* of a multipart body that is built here */
#define SMS_METHOD_MAX 16                /* an HTTP verb and its NUL */
#define SMS_TLS_MAX 16                   /* a version of TLS as libcurl writes it, and its NUL */
#define SMS_SENT_MAX ((size_t)256 << 20) /* a request body to which auth was added */
#define SMS_URL_MAX ((size_t)1 << 20)    /* base URL, target and query auth together */

struct sms_transfer;
struct sms_pool;

/* ---- url.c, proxy.c, noproxy.c ---- */

int sms_is_loopback(const char *host);                                    /* `localhost`, 127.0.0.0/8, [::1] */
int sms_url_part_is(CURLU *u, CURLUPart part, int (*test)(const char *)); /* it is present and passes the test */
int sms_noproxy(const char *list, const char *host, long port);           /* the list of NO_PROXY includes this host */
const char *sms_proxy_kind(CURL *easy); /* kind of a refusal by the proxy; NULL: none */

/* ---- headers.c. Header lists share their tails: new lines are prepended, and freeing stops at the shared part. ---- */
sms_rc sms_headers_push(struct curl_slist **head, const char *line);
sms_rc sms_headers_add(struct curl_slist **head, struct sms_str name, struct sms_str value); /* checks both */
sms_rc sms_headers_add_auth(struct curl_slist **head, const struct sms_auth *a);
int sms_headers_have(const struct curl_slist *head, struct sms_str name); /* a header of that name */
void sms_headers_wipe(struct curl_slist *head, const struct curl_slist *stop);

/* ---- endpoint.c. Frozen connection settings, and the easy handles configured with them. ---- */

/* One easy handle, configured for its endpoint. Between requests it keeps everything that is not specific to one request. */
struct sms_handle {
  CURL *easy;
  struct sms_transfer *transfer;    /* the transfer that uses it, for callbacks */
  struct sms_handle *next;          /* in the endpoint's idle list */
  const struct curl_slist *headers; /* what CURLOPT_HTTPHEADER points to */
  long timeout_ms, stall_s;
  const struct sms_pool
      *pool;             /* that its sockets are counted in; see connections.c. Only to be compared: it may be gone */
  int direct;            /* the handle knows the base URL; else each request sets its own whole URL */
  struct sms_buf target; /* of such a handle, CURLOPT_REQUEST_TARGET; empty: not known */
  int sends_bytes;       /* configured for a body in memory, else for no body */
  char method[SMS_METHOD_MAX]; /* CURLOPT_CUSTOMREQUEST; empty: the verb that libcurl chooses */
  char error[CURL_ERROR_SIZE];
};

struct sms_endpoint {
  int holders;           /* its owner, and each transfer that uses one of its handles */
  int shut;              /* its owner released it: handles are no longer kept */
  CURLU *base;           /* the base URL, only read once it has been checked */
  struct sms_buf prefix; /* scheme, host, port and path prefix, without a slash at the end */
  size_t origin_len;     /* bytes of it before the path prefix */
  struct sms_auth *auth;
  struct curl_slist *custom;                         /* the caller's headers */
  struct curl_slist *headers;                        /* auth headers, then custom */
  struct curl_slist *typeless;                       /* libcurl's own content type switched off, then headers */
  struct curl_slist *json;                           /* content type JSON, then headers */
  struct curl_slist *form;                           /* content type of a form, then headers */
  struct curl_slist *bare;                           /* content type JSON, then custom: no auth in a header */
  struct sms_buf ca_file, proxy, user_agent, no_way; /* no_way: why no request can be sent, or empty */
  int secure, local;                                 /* https; a loopback host */
  long http;                                         /* CURL_HTTP_VERSION_... */
  int speaks_http2;                                  /* has responded over HTTP/2 */
  long connect_ms, stall_s;                          /* 0: off */
  size_t max_body, max_header;
  struct sms_handle *idle;
  int idle_count;
};
struct sms_endpoint *sms_endpoint_new(void);
sms_rc sms_endpoint_url(struct sms_endpoint *e, const char *url, const char **why);
sms_rc sms_endpoint_http(struct sms_endpoint *e, const char *version); /* after the URL */
/* SMS_EINVALID also for a content type and for lengths: a request says those itself. */
sms_rc sms_endpoint_header(struct sms_endpoint *e, struct sms_str name, struct sms_str value);
sms_rc sms_endpoint_seal(struct sms_endpoint *e);                                     /* after all settings, once */
void sms_endpoint_shut(struct sms_endpoint *e);                                       /* released by the owner */
void sms_endpoint_drop(struct sms_endpoint *e);                                       /* released by a transfer */
struct sms_handle *sms_handle_take(struct sms_endpoint *e);                           /* holds e; NULL: out of memory */
void sms_handle_version(struct sms_handle *s, long http);                             /* CURL_HTTP_VERSION_... */
void sms_handle_release(struct sms_endpoint *e, struct sms_handle *s, int reusable);  /* and drops e */
sms_rc sms_endpoint_proxy(struct sms_endpoint *e, const char *url, const char **why); /* proxy.c; after the URL */
sms_rc sms_endpoint_environment(struct sms_endpoint *e); /* after that: uses the environment's if none was given */
/* probe.c: the handshake alone; blocks. If unknown, the version is empty and the certificate's end -1. */
CURLcode sms_probe(const struct sms_endpoint *e, long timeout_ms, char version[SMS_TLS_MAX], time_t *expires);

/* ---- A transfer: one request, from its building to its end. ---- */

enum sms_source { SMS_NO_BODY, SMS_BYTES, SMS_FILE, SMS_PARTS, SMS_FED };

struct sms_fed { /* a body that the caller passes in pieces */
  int on;
  struct sms_buf data;
  size_t at;                    /* bytes already given to libcurl */
  struct sms_buf before, after; /* the rest of a multipart body, of which one part is fed */
  size_t before_at, after_at;
  curl_off_t size; /* of the whole body, or -1: unknown */
  char boundary[SMS_BOUNDARY_MAX + 1];
  int ended;
  int paused; /* libcurl waits for more */
};
struct sms_stream { /* a 2xx response that its owner reads in pieces */
  int on;
  int paused; /* libcurl waits for room */
};

struct sms_figures {
  double name_lookup, connect, tls, start, total; /* seconds since the start, as libcurl counts them */
  curl_off_t up, up_total, down, down_total;      /* bytes; a total is -1 while unknown */
};

enum {
  SMS_RESTART_NONE,
  SMS_RESTART_UNFIT, /* the kept connection that libcurl chose must not carry it */
  SMS_RESTART_LOST   /* its stream of HTTP/2 ended before a response began */
};

struct sms_transfer {
  const char *class_name; /* of sms_setclass */
  struct sms_pool *pool;  /* not NULL exactly while it is in flight */
  struct sms_transfer *prev, *next;
  struct sms_transfer *next_ready;
  int ready,
      watched; /* is in its pool's list of those that are ready; its end is listed there, else its holder waits for it */
  int anchor;  /* reference that keeps it alive in its pool; 0: none */
  struct sms_endpoint *endpoint;
  struct sms_handle *handle; /* not NULL exactly from opening to the end */
  struct sms_auth *auth;
  int once, attempts, done;
  unsigned long serial,
      *wired;           /* its number in the ledger, and the ledger's count of sent requests; NULL: not counted */
  const void *starter;  /* the coroutine that began it; only compared */
  int no_figures, free; /* keeps no timings after the end; is on its pool's free list */
  unsigned long
      connection; /* the number of the connection on which it was sent, see connections.c; 0: none yet, or not known */
  int opened;     /* that connection was opened for it */
  int restart;    /* why it must be restarted; see on_request in callbacks.c */
  int attempts_before;    /* attempts when it was last passed to libcurl */
  int fresh, http1;       /* libcurl must open a connection for it; must use HTTP/1.1 for it */
  int repeated, no_reuse; /* was resent after its stream was lost; its connection is not kept if no response begins */
  sms_rc verdict;         /* what ended it, SMS_OK for a response */
  const char *refused;    /* the kind of a proxy's refusal; NULL: none */
  CURLcode code;
  long status;                             /* 0: no response */
  long timeout_ms;                         /* 0: none */
  double began, duration;                  /* seconds; began: on a monotonic clock */
  struct sms_buf url, message, head, body; /* message: of an error */
  size_t max_header, head_bytes;
  int head_lines, head_ended;
  int undecoded,
      labelled; /* the content coding is unknown and not decoded; the media type has other parameters than charset=utf-8 */
  char method[SMS_METHOD_MAX];
  struct curl_slist *own;          /* header lines of this request alone, in front of the endpoint's */
  const struct curl_slist *shared; /* where the endpoint's part begins */
  int typed;                       /* own has a content type */
  int form;                        /* the body is application/x-www-form-urlencoded */
  enum sms_source source;
  struct sms_str bytes; /* SMS_BYTES; memory of the caller or of `sent` */
  struct sms_buf sent;  /* a body to which auth was added */
  int file;             /* SMS_FILE; a descriptor or -1 */
  int64_t file_size, file_left;
  curl_mime *mime; /* SMS_PARTS */
  struct sms_fed fed;
  struct sms_sink sink;
  struct sms_stream stream;
  struct sms_figures figures;
};

/* ---- errors.c. Why a transfer failed. ---- */

const char *sms_transfer_kind(const struct sms_transfer *t); /* NULL for a response */
const char *sms_rc_kind(sms_rc rc);                          /* of an error that is not libcurl's */
const char *sms_curl_kind(CURLcode code);                    /* from curl.def */
sms_rc sms_transfer_fail(struct sms_transfer *t, sms_rc rc, const char *text,
                         const char *detail);                          /* detail may be NULL */
sms_rc sms_transfer_too_large(struct sms_transfer *t, sms_rc rc);      /* for SMS_ENOMEM and SMS_ETOOBIG */
sms_rc sms_transfer_no_file(struct sms_transfer *t, const char *path); /* errno says why */
sms_rc sms_transfer_short_file(struct sms_transfer *t,
                               ssize_t got); /* a file that is sent has ended early, or could not be read */

/* ---- request.c. Building a request, in this order. On failure `message` has the reason and only sms_transfer_free may follow. ---- */

void sms_transfer_init(struct sms_transfer *t);
sms_rc sms_transfer_open(struct sms_transfer *t, struct sms_endpoint *e, struct sms_auth *auth, struct sms_str method,
                         struct sms_str target);
sms_rc sms_transfer_header(struct sms_transfer *t, struct sms_str name, struct sms_str value);
sms_rc sms_transfer_seal(struct sms_transfer *t, const char *content_type); /* after the body. NULL: JSON */

/* ---- body.c: one of these between opening and sealing; multipart.c, part.c, auth_body.c ---- */

struct sms_part {                     /* of a multipart body; exactly one of data, path and feed */
  const char *name, *filename, *type; /* the last two may be NULL */
  const char *path;
  struct sms_str data;
  int feed;        /* fed piece by piece */
  curl_off_t size; /* of what is fed, or -1: unknown */
};
sms_rc sms_transfer_bytes(struct sms_transfer *t, struct sms_str body); /* borrows body until the end */
sms_rc sms_transfer_file(struct sms_transfer *t, const char *path);
sms_rc sms_transfer_part(struct sms_transfer *t, const struct sms_part *part);
sms_rc sms_transfer_fed(struct sms_transfer *t);
sms_rc sms_transfer_sink(struct sms_transfer *t, const char *path); /* the file to write the response to */
sms_rc sms_multipart_open(struct sms_transfer *t); /* parts around one that is fed; before the first part */
sms_rc sms_multipart_part(struct sms_transfer *t, const struct sms_part *part);
sms_rc sms_multipart_close(struct sms_transfer *t);                /* after the last part */
size_t sms_fed_read(struct sms_transfer *t, char *room, size_t n); /* for libcurl */
sms_rc sms_part_file(struct sms_transfer *t, curl_mimepart *part, const struct sms_part *p);
sms_rc sms_auth_body(struct sms_transfer *t); /* credentials that travel in the body */

/* ---- callbacks.c. Every callback that libcurl calls for a transfer. ---- */

void sms_handle_callbacks(struct sms_handle *s);           /* once per handle */
int sms_transfer_may_repeat(const struct sms_transfer *t); /* over HTTP/2, once */

/* ---- transfer.c. While it runs, and its end. ---- */

sms_rc sms_transfer_feed(struct sms_transfer *t, struct sms_str piece);
sms_rc sms_transfer_feed_end(struct sms_transfer *t);
sms_rc
sms_transfer_resume(struct sms_transfer *t); /* continues a streamed response, whose buffered data has been read */
void sms_transfer_figures(struct sms_transfer *t, struct sms_figures *out); /* also while it runs */
/* The end: gathers figures, finishes files, gives the handle back. Out of the pool already. */
void sms_transfer_finish(struct sms_transfer *t, sms_rc verdict, CURLcode code);
void sms_transfer_renew(
    struct sms_transfer *t); /* not in flight; then as new, and keeps its memory for the next request */
void sms_transfer_free(struct sms_transfer *t); /* not in flight; may be called twice; from then on it is closed */
int sms_head_next(const struct sms_buf *head, size_t *at, struct sms_str *name, struct sms_str *value);

/* ---- sockets.c. What a pool waits for on its sockets, and until when, for an external event loop. ---- */

struct sms_sockets {
  int on;                /* the pool is in this mode */
  int watcher;           /* watches the sockets, see sms_watch_open; -1: closed */
  unsigned char *wanted; /* by the number of a socket: what libcurl waits for on it */
  size_t cap;
  int active;     /* sockets that are watched */
  int registered; /* an external event loop watches the descriptor */
  double due;     /* when libcurl has to be called without an event; below 0: never */
};
sms_rc sms_sockets_open(struct sms_pool *p); /* before the pool's first transfer; SMS_EFILE: no descriptor is left */
void sms_sockets_opened(struct sms_pool *p, curl_socket_t fd); /* libcurl has a new socket */
sms_rc sms_sockets_ready(struct sms_pool *p);                  /* the descriptor is readable */
sms_rc sms_sockets_expired(struct sms_pool *p);
sms_rc sms_sockets_rest(struct sms_pool *p, int wait_ms); /* waits here, and acts */
double sms_sockets_due(const struct sms_pool *p);         /* seconds from now; below 0: never */
int sms_sockets_change(struct sms_pool *p); /* what an external loop has to do: 1 watch, -1 unwatch, 0 nothing */
void sms_sockets_free(struct sms_pool *p);  /* after the multi handle; may be called twice */

/* ---- connections.c. The open sockets of a pool, and whether one has unread data. ---- */

enum sms_protocol {
  SMS_PROTOCOL_UNKNOWN, /* no response yet */
  SMS_HTTP_1,
  SMS_HTTP_2
}; /* over HTTP/2 frames arrive unsolicited */

#define SMS_IP_MAX 46 /* INET6_ADDRSTRLEN */

struct sms_addresses { /* of a connection, as libcurl reports them */
  const char *own_ip, *other_ip;
  int own_port, other_port;
};
struct sms_connection {
  curl_socket_t fd;
  int own_port, other_port; /* 0: not known yet */
  enum sms_protocol protocol;
  unsigned long number; /* from 1; unique within its pool */
  int requests;         /* its requests in flight */
  int retired;          /* must not carry another request */
  char own_ip[SMS_IP_MAX], other_ip[SMS_IP_MAX];
};
struct sms_connections {
  struct sms_connection *list;
  size_t count, cap;
  unsigned long made; /* total so far */
};
void sms_connections_watch(struct sms_pool *p,
                           struct sms_handle *s); /* its connections count as the pool's from now on */
/* The connection on which a request is about to be sent, NULL: not known. made: it was opened for this request. */
struct sms_connection *sms_connections_find(struct sms_pool *p, const struct sms_addresses *e, int made);
unsigned long sms_connection_enter(struct sms_connection *connection,
                                   int http1); /* a request goes on it, over HTTP/1 or not; its number */
/* A request leaves a connection, whose number may be 0, or that of one which is closed by now. */
void sms_connections_leave(struct sms_pool *p, unsigned long number, enum sms_protocol protocol, int failed);
int sms_connection_is_stale(const struct sms_connection *connection); /* an idle HTTP/1 connection has unread data */
void sms_connections_free(struct sms_pool *p);                        /* after the multi handle; may be called twice */

/* ---- pool.c. The multi handle and what is in flight on it. ---- */

/* Requests started and sent in a Lua state, numbered in the order in which they were started. */
struct sms_ledger {
  unsigned long begun, sent; /* the last number assigned; the highest one that was sent */
};

struct sms_pool {
  const char *class_name;               /* of sms_setclass */
  CURLM *multi;                         /* NULL: closed */
  int forks;                            /* which process made it; see setup.c */
  struct sms_transfer *running, *ready; /* in flight; those whose owners should check them */
  int count;                            /* in flight */
  int free_count;                       /* transfers on the free list, for the next requests */
  struct sms_ledger *ledger;            /* of its Lua state, which outlives it */
  double overdue;                       /* no transfer times out before then, by sms_now; 0: none has a limit */
  struct sms_sockets sockets;
  struct sms_connections connections;
  double fence_steady, fence_wall; /* fence.c: no request is sent after either; 0: no fence */
};
void sms_clocks(double *steady, double *wall); /* fence.c: a clock that runs during suspend; since 1970 */
int sms_fence_over(const struct sms_pool *p);
int sms_setup(void); /* setup.c: initialises libcurl once per process; returns the number of forks so far */
sms_rc sms_pool_check(const struct sms_pool *p); /* there, too: SMS_OK, SMS_ECLOSED or SMS_EFORKED */
sms_rc sms_pool_open(struct sms_pool *p, long per_host, long total); /* 0: no cap */
sms_rc sms_pool_start(struct sms_pool *p, struct sms_transfer *t);   /* p borrows t until it ends */
sms_rc sms_pool_step(struct sms_pool *p, int wait_ms, int *running);
sms_rc sms_pool_wait(struct sms_pool *p, const struct sms_transfer *t,
                     int wait_ms);                                       /* for its end, or until it is ready */
sms_rc sms_pool_rest(struct sms_pool *const *pools, int n, int wait_ms); /* until one of them has work; acts in none */
void sms_pool_harvest(struct sms_pool *p);              /* ends the transfers that libcurl has finished */
void sms_pool_stop(struct sms_transfer *t, sms_rc why); /* ends t immediately; does nothing if it is idle */
void sms_pool_close(struct sms_pool *p);                /* may be called twice; ends what is in flight */
int sms_pool_queues(const struct sms_pool *p);          /* one transfer may wait for another, so `overdue` applies */

/* ---- ready.c ---- */

void sms_pool_mark_ready(struct sms_transfer *t);   /* its owner should check it */
void sms_pool_unmark_ready(struct sms_transfer *t); /* its owner need not check it any more */
struct sms_transfer *
sms_pool_next_ready(struct sms_pool *p); /* takes one that ended, or has data or room; NULL: no more */

#pragma GCC visibility pop

#endif
