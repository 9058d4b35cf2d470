/* SPDX-License-Identifier: MIT
** The map of the C core: layers, types and shared prototypes with their stack effects.
** Layer 1 knows neither Lua nor curl; layer 2 knows curl only; layer 3 (core*.c) knows Lua.
** A file of layer 2, or one of layer 3 that reads its structs, defines SMS_WITH_CURL before including this one.
** Metatable names are what users read in messages. */
#ifndef SMS_H
#define SMS_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* also where the compiler is called without -fvisibility=hidden */

/* Names of classes. */
extern const char SMS_AUTH[], SMS_ENDPOINT[], SMS_POOL[], SMS_TRANSFER[], SMS_BUFFER[];

/* Every buffer has a maximum with a name, in bytes. */
#define SMS_BODY_MAX ((size_t)64 << 20)     /* an answer kept in memory, decompressed; the default */
#define SMS_HEADER_MAX ((size_t)256 << 10)  /* all header lines of one transfer; the default */
#define SMS_FEED_MAX ((size_t)16 << 20)     /* one piece of a fed request body */
#define SMS_FEED_ROOM ((size_t)64 << 10)    /* what a fed body may hold before `feed` says "full" */
#define SMS_STREAM_ROOM ((size_t)256 << 10) /* of a streamed answer waits to be read before libcurl is paused */
#define SMS_HEADER_LINES 1024               /* header lines of one answer */
#define SMS_KEPT_MAX ((size_t)16 << 10)     /* memory of one buffer that waits for the next request */
#define SMS_UPLOAD_FEW 16384L               /* libcurl's buffer for each request; a large one makes the heap's end go and come */
#define SMS_UPLOAD_MANY 65536L              /* the same where a body is read in pieces */
#define SMS_IDLE_MAX 256                    /* configured handles an endpoint keeps for its next requests */
#define SMS_BOUNDARY_MAX 48                 /* of a multipart body that is framed here */
#define SMS_METHOD_MAX 16                   /* an HTTP verb and its NUL */
#define SMS_SENT_MAX ((size_t)256 << 20)    /* a request body that auth had to be written into */
#define SMS_URL_MAX ((size_t)1 << 20)       /* base URL, target and query auth together */
#define SMS_SECRET_MAX ((size_t)64 << 10)   /* one credential in one form */
#define SMS_NOTE_MAX ((size_t)4 << 10)      /* the text of an error */
#define SMS_TEXT_MAX ((size_t)1 << 30)      /* a text to be masked, and other copies of what Lua holds */

typedef enum {
  SMS_OK,
  SMS_ENOMEM,
  SMS_ETOOBIG,  /* past a named maximum */
  SMS_EINVALID, /* the caller's values cannot be sent */
  SMS_EFILE,    /* a file could not be read or written */
  SMS_ECLOSED,  /* closed by its owner */
  SMS_EFORKED,  /* used in another process than the one that made it */
  SMS_ECANCELLED,
  SMS_ETIMEOUT, /* its owner's deadline came */
  SMS_EAGAIN,   /* no room now; try again after a step */
  SMS_ETWICE,   /* libcurl wanted to put a one-attempt request on a wire again */
  SMS_ECURL     /* libcurl said so; its code tells more */
} sms_rc;

/* ---- Layer 1: buffer.c ---- */

struct sms_buf {
  char *ptr;            /* followed by a NUL byte whenever it is not NULL */
  size_t len, cap, max; /* len <= max; cap counts the NUL byte */
  int secret;           /* growth and freeing wipe what was held */
};
void sms_buf_init(struct sms_buf *b, size_t max);
void sms_buf_init_secret(struct sms_buf *b, size_t max);
sms_rc sms_buf_add(struct sms_buf *b, const void *mem, size_t n); /* on failure b is unchanged */
sms_rc sms_buf_addc(struct sms_buf *b, char c);
sms_rc sms_buf_addz(struct sms_buf *b, const char *text);
void sms_buf_cut(struct sms_buf *b, size_t len); /* shortens to len bytes, keeps the memory */
void sms_buf_free(struct sms_buf *b);            /* twice is fine; the maximum stays */
void sms_buf_wipe(struct sms_buf *b);            /* overwrites all memory held, then frees it */
void sms_wipe(void *mem, size_t n);              /* a memset that no optimiser removes */

/* A piece of text that someone else owns; not ended by a NUL byte. */
struct sms_str {
  const char *ptr;
  size_t len;
};

/* ---- Layer 1: encode.c. What text must be to go on a wire, and how it is written there. ---- */

int sms_is_token(struct sms_str s);                              /* RFC 9110 section 5.6.2: a header name, a verb */
int sms_is_line(struct sms_str s);                               /* no CR, LF or NUL */
int sms_is_target(struct sms_str s);                             /* "/" and then visible ASCII but no "#" */
sms_rc sms_add_percent(struct sms_buf *b, struct sms_str s);     /* RFC 3986 section 2.3: unreserved kept */
sms_rc sms_add_base64(struct sms_buf *b, struct sms_str s);      /* RFC 4648 section 4 */
sms_rc sms_add_json_string(struct sms_buf *b, struct sms_str s); /* with its quotes */

/* ---- Layer 1: auth.c. Credentials in wiped memory, shared by counting holders. ---- */

enum sms_scheme { SMS_BY_HEADER, SMS_BY_BASIC, SMS_BY_BEARER, SMS_BY_QUERY, SMS_BY_FORM, SMS_BY_JSON, SMS_SCHEMES };
extern const char *const sms_scheme_names[SMS_SCHEMES + 1]; /* ends with NULL */

struct sms_cred {
  enum sms_scheme scheme;
  struct sms_buf name;  /* of the header, query field, form field or member; empty for basic and bearer */
  struct sms_buf user;  /* basic only */
  struct sms_buf value; /* the secret */
  struct sms_buf wire;  /* as it is sent: `Name: value`, `name=value` or `"name":"value"` */
  struct sms_cred *next;
};
struct sms_auth {
  int holders;
  struct sms_cred *first;
};
struct sms_auth *sms_auth_new(void);                /* one holder; NULL when memory is out */
struct sms_auth *sms_auth_hold(struct sms_auth *a); /* NULL is fine */
void sms_auth_drop(struct sms_auth *a);             /* the last holder wipes all; NULL is fine */
sms_rc sms_auth_add(struct sms_auth *a, enum sms_scheme scheme, struct sms_str name, struct sms_str user,
                    struct sms_str value);
int sms_auth_in_header(const struct sms_cred *c); /* sent as a header line */
/* Appends the beginning of text, with `***` for the secrets of all of them, up to limit bytes of it. */
sms_rc sms_auth_mask(const struct sms_auth *const *all, size_t count, struct sms_str text, size_t limit,
                     struct sms_buf *out);

#ifdef SMS_WITH_CURL
#pragma GCC visibility pop
#include <curl/curl.h>
#include <sys/types.h>
#pragma GCC visibility push(hidden)

/* ---- Layer 2: endpoint.c, headers.c. Frozen connection settings and the easy handles configured with them. ---- */

struct sms_transfer;

/* One easy handle, configured for its endpoint. Between requests it keeps all but what one request set. */
struct sms_seat {
  CURL *easy;
  struct sms_transfer *transfer;  /* who sits here; the callbacks' way to it */
  struct sms_seat *next;          /* in the endpoint's idle list */
  const struct curl_slist *lines; /* what CURLOPT_HTTPHEADER points to */
  long timeout_ms, stall_s;
  const struct sms_pool *pool; /* that its sockets are counted in; see connections.c. Only to be compared: it may be gone */
  int direct;                  /* the handle knows the base URL; else each request sets its own whole URL */
  struct sms_buf target;       /* of such a handle, CURLOPT_REQUEST_TARGET; empty: not known */
  int sends_bytes;             /* shaped for a body in memory, else for no body */
  char method[SMS_METHOD_MAX]; /* CURLOPT_CUSTOMREQUEST; empty: the shape's own verb */
  char error[CURL_ERROR_SIZE];
};

struct sms_endpoint {
  int holders;           /* its owner, and each transfer that sits on one of its seats */
  int shut;              /* its owner let go: seats are not kept any more */
  CURLU *base;           /* the base URL, only read once it has been checked */
  struct sms_buf prefix; /* scheme, host, port and path prefix, without a slash at the end */
  size_t origin_len;     /* bytes of it before the path prefix */
  struct sms_auth *auth;
  struct curl_slist *custom;   /* the caller's headers */
  struct curl_slist *lines;    /* auth headers, then custom */
  struct curl_slist *typeless; /* libcurl's own content type switched off, then lines */
  struct curl_slist *json;     /* content type JSON, then lines */
  struct curl_slist *bare;     /* content type JSON, then custom: no auth in a header */
  struct sms_buf ca_file, proxy, user_agent, no_way; /* the last: why no request can go out; empty: one can */
  int secure, local;        /* https; a loopback host */
  long http;                /* CURL_HTTP_VERSION_... */
  int framed;               /* has been answered over HTTP/2 */
  long connect_ms, stall_s; /* 0: off */
  size_t max_body, max_header;
  struct sms_seat *idle;
  int idle_count;
};
struct sms_endpoint *sms_endpoint_new(void);
sms_rc sms_endpoint_url(struct sms_endpoint *e, const char *url, const char **why);
sms_rc sms_endpoint_http(struct sms_endpoint *e, const char *version);                /* after the URL */
/* SMS_EINVALID also for a content type and for lengths: a request says those itself. */
sms_rc sms_endpoint_header(struct sms_endpoint *e, struct sms_str name, struct sms_str value);
sms_rc sms_endpoint_seal(struct sms_endpoint *e);                             /* after all settings, once */
void sms_endpoint_shut(struct sms_endpoint *e);                               /* the owner lets go */
void sms_endpoint_drop(struct sms_endpoint *e);                               /* a transfer lets go */
struct sms_seat *sms_seat_take(struct sms_endpoint *e);                       /* holds e; NULL when memory is out */
void sms_seat_speak(struct sms_seat *s, long http);                           /* CURL_HTTP_VERSION_... */
void sms_seat_park(struct sms_endpoint *e, struct sms_seat *s, int reusable); /* and drops e */

/* Header lists share their tails: a new line is put in front, and freeing stops where the shared part begins. */
sms_rc sms_lines_push(struct curl_slist **head, const char *line);
sms_rc sms_lines_header(struct curl_slist **head, struct sms_str name, struct sms_str value); /* checks both */
sms_rc sms_lines_auth(struct curl_slist **head, const struct sms_auth *a);
int sms_lines_have(const struct curl_slist *head, struct sms_str name); /* a header of that name */
void sms_lines_wipe(struct curl_slist *head, const struct curl_slist *stop);

/* ---- Layer 2: callbacks.c. Where request bodies come from and answers go to; every curl callback lives here. ---- */

enum sms_source { SMS_NO_BODY, SMS_BYTES, SMS_FILE, SMS_PARTS, SMS_FED };

struct sms_fed { /* a body that the caller hands over piece by piece */
  int on;
  struct sms_buf data;
  size_t at;                    /* bytes already given to libcurl */
  struct sms_buf before, after; /* the rest of a multipart body, where what is fed is one part of it */
  size_t before_at, after_at;
  curl_off_t size; /* of the whole body, or -1: unknown */
  char boundary[SMS_BOUNDARY_MAX + 1];
  int ended;
  int paused; /* libcurl waits for more */
};
#include "file.h"
struct sms_stream { /* a 2xx answer that its owner reads piece by piece */
  int on;
  int paused; /* libcurl waits for room */
};

/* ---- Layer 2: request.c and auth_body.c build one request, transfer.c brings it to its end. ---- */

struct sms_figures {
  double name_lookup, connect, tls, start, total; /* seconds since the start, as libcurl counts them */
  curl_off_t up, up_total, down, down_total;      /* bytes; a total is -1 while unknown */
};

struct sms_transfer {
  const char *dress;     /* of sms_dress */
  struct sms_pool *pool; /* not NULL exactly while it is in flight */
  struct sms_transfer *prev, *next;
  struct sms_transfer *news; /* the next one whose owner should look at it */
  int noted, watched;        /* is in that list of its pool; its end goes there, else whoever holds it is waiting for it */
  int anchor;                /* reference that keeps it alive in its pool; 0: none */
  struct sms_endpoint *endpoint;
  struct sms_seat *seat; /* not NULL exactly from opening to the end */
  struct sms_auth *auth;
  int once, attempts, done;
  unsigned long serial, *wired; /* its number in the ledger, and where that counts those that were put on a wire; NULL: nowhere */
  const void *starter;         /* the coroutine that began it; only compared */
  int brief, spare;     /* keeps no figures after the end; is one of its pool's spares */
  unsigned long link;   /* the connection that it went out on, by its number, see connections.c; 0: none yet, or not known */
  int opened;           /* that connection was made for it */
  int again;            /* why it has to start once more: SMS_UNFIT, SMS_LOST; see on_request in callbacks.c */
  int before;           /* attempts when libcurl was given it the last time */
  int fresh, older;     /* libcurl was told to make a connection for it; to use HTTP/1.1 for it */
  int repeated, wary;   /* went out again after its stream was lost; its connection is not kept if no answer begins */
  sms_rc verdict;      /* what ended it, SMS_OK for an answer */
  const char *refused; /* the kind of a proxy's refusal; NULL: none */
  CURLcode code;
  long status;            /* 0: no answer */
  long timeout_ms;        /* 0: none */
  double began, duration; /* seconds; began by a clock that is never set back */
  struct sms_buf url, note, head, body;
  size_t max_header, head_bytes;
  int head_lines, head_ended;
  int undecoded, labelled; /* the body comes as it is, its content coding is unknown; the media type says more than utf-8 */
  char method[SMS_METHOD_MAX];
  struct curl_slist *own;          /* header lines of this request alone, in front of the endpoint's */
  const struct curl_slist *shared; /* where the endpoint's part begins */
  int typed;                       /* own has a content type */
  int form;                        /* the body is application/x-www-form-urlencoded */
  enum sms_source source;
  struct sms_str bytes; /* SMS_BYTES; memory of the caller or of `sent` */
  struct sms_buf sent;  /* a body that auth was written into */
  int file;             /* SMS_FILE; a descriptor or -1 */
  curl_off_t file_size, file_left;
  curl_mime *mime; /* SMS_PARTS */
  struct sms_fed fed;
  struct sms_sink sink;
  struct sms_stream stream;
  struct sms_figures figures;
};

struct sms_part {                     /* of a multipart body; exactly one of data, path and feed */
  const char *name, *filename, *type; /* the last two may be NULL */
  const char *path;
  struct sms_str data;
  int feed;        /* fed piece by piece */
  curl_off_t size; /* of what is fed, or -1: unknown */
};

void sms_transfer_init(struct sms_transfer *t);
/* The building, in this order. On failure `note` has the reason and only sms_transfer_free may follow. */
sms_rc sms_transfer_open(struct sms_transfer *t, struct sms_endpoint *e, struct sms_auth *auth, struct sms_str method,
                         struct sms_str target);
sms_rc sms_transfer_header(struct sms_transfer *t, struct sms_str name, struct sms_str value);
sms_rc sms_transfer_bytes(struct sms_transfer *t, struct sms_str body); /* borrows body until the end */
sms_rc sms_transfer_file(struct sms_transfer *t, const char *path);
sms_rc sms_transfer_part(struct sms_transfer *t, const struct sms_part *part);
sms_rc sms_transfer_fed(struct sms_transfer *t);
sms_rc sms_transfer_sink(struct sms_transfer *t, const char *path);
sms_rc sms_transfer_seal(struct sms_transfer *t, const char *content_type); /* NULL: JSON */
sms_rc sms_frame_open(struct sms_transfer *t); /* multipart.c: parts around one that is fed; before the first part */
sms_rc sms_frame_part(struct sms_transfer *t, const struct sms_part *part);
sms_rc sms_frame_close(struct sms_transfer *t);                    /* after the last part */
size_t sms_fed_read(struct sms_transfer *t, char *room, size_t n); /* for libcurl */
sms_rc sms_transfer_feed(struct sms_transfer *t, struct sms_str piece);
sms_rc sms_transfer_feed_end(struct sms_transfer *t);
sms_rc sms_transfer_resume(struct sms_transfer *t); /* a streamed answer goes on: what was there has been read */
/* The end: gathers figures, settles files, gives the seat back. Out of the pool already. */
void sms_transfer_finish(struct sms_transfer *t, sms_rc verdict, CURLcode code);
void sms_transfer_renew(struct sms_transfer *t); /* not in flight; from then on it is as new, with memory for the next request */
void sms_transfer_free(struct sms_transfer *t); /* not in flight; twice is fine; from then on it is closed */
void sms_transfer_figures(struct sms_transfer *t, struct sms_figures *out); /* also while it runs */
const char *sms_transfer_kind(const struct sms_transfer *t);                /* NULL for an answer */
const char *sms_rc_kind(sms_rc rc);       /* of an error that libcurl had no part in */
const char *sms_curl_kind(CURLcode code); /* from curl.def */
sms_rc sms_note(struct sms_transfer *t, sms_rc rc, const char *text, const char *detail); /* detail may be NULL */
sms_rc sms_too_long(struct sms_transfer *t, sms_rc rc); /* sms_note for SMS_ENOMEM and SMS_ETOOBIG */
sms_rc sms_sign_body(struct sms_transfer *t);           /* auth_body.c */
int sms_head_next(const struct sms_buf *head, size_t *at, struct sms_str *name, struct sms_str *value);
double sms_now(void);

void sms_seat_callbacks(struct sms_seat *s);                       /* callbacks.c: once per handle */

/* ---- Layer 2: pool.c and sockets.c bring transfers to their end; see pool.h. ---- */

void sms_pool_note(struct sms_transfer *t);             /* its owner should look at it */
void sms_pool_stop(struct sms_transfer *t, sms_rc why); /* ends t at once; idle ones are left alone */
#endif

/* ---- Layer 3: knows Lua. Stack effects as in the Lua manual: popped, pushed, may raise (m memory, v on purpose). ---- */

struct lua_State;
struct luaL_Reg;
void sms_open_auth(struct lua_State *L);     /* [-0, +0, m] each adds its functions to the table on top */
void sms_open_endpoint(struct lua_State *L); /* [-0, +0, m] */
void sms_open_pool(struct lua_State *L);     /* [-0, +0, m] */
void sms_open_transfer(struct lua_State *L); /* [-0, +0, m] */
void sms_open_codec(struct lua_State *L);    /* [-0, +0, m] */
void sms_open_text(struct lua_State *L);     /* [-0, +0, m] */
void sms_open_secret(struct lua_State *L);   /* [-0, +0, m] */
void sms_open_guard(struct lua_State *L);    /* [-0, +0, m] */
void sms_open_file(struct lua_State *L);     /* [-0, +0, m] */
void sms_open_signals(struct lua_State *L);  /* [-0, +0, m] */

/* core.c */
struct sms_buf *sms_newbuf(struct lua_State *L, size_t max); /* [-0, +1, m] scratch that the collector frees */
void sms_newclass(struct lua_State *L, const char *name, const struct luaL_Reg *meta,
                  const struct luaL_Reg *methods);              /* [-0, +0, m] */
void sms_dress(struct lua_State *L, const char *name);                /* [-0, +0, -] the userdata on top; it begins with a pointer for that */
void *sms_checkclass(struct lua_State *L, int arg, const char *name); /* [-0, +0, v] as luaL_checkudata, of what was dressed so */
int sms_fail(struct lua_State *L, sms_rc rc, const char *text); /* [-0, +3, m] nil, kind, text */

/* lua/option.c: options are raw fields of the table at index arg, which stays there and keeps the texts alive. */
void sms_checkoptions(struct lua_State *L, int arg, const char *const known[]);          /* [-0, +0, v] */
int sms_textfield(struct lua_State *L, int arg, const char *name, struct sms_str *text); /* [-0, +0, v] 0: absent */
const char *sms_namefield(struct lua_State *L, int arg, const char *name); /* [-0, +0, v] no NUL in it; or NULL */
int sms_tablefield(struct lua_State *L, int arg, const char *name);        /* [-0, +(0|1), v] 0: absent */
int sms_flagfield(struct lua_State *L, int arg, const char *name);         /* [-0, +0, v] */
double sms_secondsfield(struct lua_State *L, int arg, const char *name, double otherwise); /* [-0, +0, v] */
size_t sms_sizefield(struct lua_State *L, int arg, const char *name, size_t otherwise);    /* [-0, +0, v] */
struct sms_str sms_checktext(struct lua_State *L, int arg);                                /* [-0, +0, v] */
long sms_milliseconds(double seconds);                                                     /* at least 1 unless 0 */

#ifdef SMS_WITH_CURL
struct sms_auth *sms_toauth(struct lua_State *L, int arg); /* [-0, +0, v] raises for anything but an open one */
struct sms_endpoint *sms_checkendpoint(struct lua_State *L, int arg); /* [-0, +0, v] NULL: closed */
struct sms_transfer *sms_newtransfer(struct lua_State *L, int pool,
                                     int body); /* [-0, +1, m] empty, dressed, tied to both */
void sms_keep_spare(struct lua_State *L, int pool, int at,
                    struct sms_transfer *t);    /* [-0, +0, -] nobody else uses t, at index at, any more; frees it */
int sms_push_result(struct lua_State *L, const struct sms_transfer *t, int head); /* [-0, +4..9, m] of one that has ended */
void sms_unanchor(struct lua_State *L, int pool,
                  struct sms_transfer *t); /* [-0, +0, -] the pool stops keeping it alive */
#endif

#pragma GCC visibility pop

#endif
