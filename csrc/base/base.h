/* SPDX-License-Identifier: MIT
** The bottom of the C core: buffers, encodings, credentials, files, JSON numbers, status codes, spelling. Independent of Lua and libcurl.
** A function that can fail returns an sms_rc. */
#ifndef SMS_BASE_H
#define SMS_BASE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#pragma GCC visibility push(hidden) /* also if compiled without -fvisibility=hidden */

/* Every buffer has a named maximum, in bytes. */
#define SMS_SECRET_MAX ((size_t)64 << 10) /* one credential in one encoding */
#define SMS_NOTE_MAX ((size_t)4 << 10)    /* the text of an error */

typedef enum {
  SMS_OK,
  SMS_ENOMEM,
  SMS_ETOOBIG,  /* exceeds a named maximum */
  SMS_EINVALID, /* the caller's values cannot be sent */
  SMS_EFILE,    /* a file could not be read or written */
  SMS_ECLOSED,  /* closed by its owner */
  SMS_EFORKED,  /* used in a process other than the one that created it */
  SMS_ECANCELLED,
  SMS_ETIMEOUT, /* its owner's deadline passed */
  SMS_EAGAIN,   /* no room now; try again after a step */
  SMS_ETWICE,   /* libcurl wanted to send a one-attempt request again */
  SMS_ECURL     /* a failure of libcurl; see its code */
} sms_rc;

/* ---- buffer.c ---- */

struct sms_buf {
  char *ptr;            /* followed by a NUL byte whenever it is not NULL */
  size_t len, cap, max; /* len <= max; cap counts the NUL byte */
  int secret;           /* growing and freeing wipe the old contents */
};
void sms_buf_init(struct sms_buf *b, size_t max);
void sms_buf_init_secret(struct sms_buf *b, size_t max);
sms_rc sms_buf_add(struct sms_buf *b, const void *mem, size_t n); /* on failure b is unchanged */
sms_rc sms_buf_addc(struct sms_buf *b, char c);
sms_rc sms_buf_addz(struct sms_buf *b, const char *text);
void sms_buf_cut(struct sms_buf *b, size_t len); /* shortens to len bytes, keeps the memory */
void sms_buf_free(struct sms_buf *b);            /* may be called twice; the maximum stays */
void sms_buf_wipe(struct sms_buf *b);            /* overwrites all memory held, then frees it */
void sms_wipe(void *mem, size_t n);              /* a memset that no optimiser removes */

/* A piece of text that someone else owns; not ended by a NUL byte. */
struct sms_str {
  const char *ptr;
  size_t len;
};

/* ---- encode.c. Checks and encodings of text for the wire. ---- */

int sms_is_token(struct sms_str s);                              /* RFC 9110 section 5.6.2: a header name, a verb */
int sms_is_line(struct sms_str s);                               /* no CR, LF or NUL */
int sms_is_target(struct sms_str s);                             /* "/" and then visible ASCII but no "#" */
sms_rc sms_add_percent(struct sms_buf *b, struct sms_str s);     /* RFC 3986 section 2.3: unreserved kept */
sms_rc sms_add_base64(struct sms_buf *b, struct sms_str s);      /* RFC 4648 section 4 */
sms_rc sms_add_json_string(struct sms_buf *b, struct sms_str s); /* with its quotes */

/* ---- auth.c. Credentials in wiped memory, shared by counting holders. ---- */

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
struct sms_auth *sms_auth_new(void);                /* one holder; NULL if out of memory */
struct sms_auth *sms_auth_hold(struct sms_auth *a); /* accepts NULL */
void sms_auth_drop(struct sms_auth *a);             /* the last holder wipes it; accepts NULL */
sms_rc sms_auth_add(struct sms_auth *a, enum sms_scheme scheme, struct sms_str name, struct sms_str user,
                    struct sms_str value);
int sms_auth_in_header(const struct sms_cred *c); /* sent as a header line */
/* Appends the beginning of text, with `***` for the secrets of all of them, up to limit bytes of it. */
sms_rc sms_auth_mask(const struct sms_auth *const *all, size_t count, struct sms_str text, size_t limit,
                     struct sms_buf *out);

/* ---- noise.c ---- */

#define SMS_NOISE_MAX 512 /* getentropy returns at most 256 bytes per call */

int sms_noise(char *out, size_t n); /* n hexadecimal digits, n even; -1: not available */

/* ---- watch.c. One descriptor that watches sockets, and can be polled itself. ---- */

#define SMS_WATCH_MAX 32 /* events handled in one call, so that an external loop can do other work in between */

enum { SMS_READ = 1, SMS_WRITE = 2, SMS_BROKEN = 4 }; /* what may happen to a socket */

struct sms_ready {
  int fd, events;
};
int sms_watch_open(void); /* -1 and errno: no descriptor is left */
/* Sets what to report of a socket, once; 0: nothing. -1 and errno; the socket may already be closed. */
int sms_watch_set(int watcher, int fd, int events);
int sms_watch_take(int watcher, struct sms_ready list[SMS_WATCH_MAX], int wait_ms); /* how many; below 0: none */

/* ---- clock.c ---- */

double sms_now(void); /* seconds of a monotonic clock with an arbitrary zero */

/* ---- file.c. Files that are sent, and files that responses are written to. On failure errno says why. ---- */

struct sms_sink { /* a 2xx response written to disk: to `part`, renamed to `path` at the end */
  int on;
  int direct; /* a device or pipe: written directly, without `part` */
  struct sms_buf path, part;
  size_t bytes, max; /* written, to disk or to a reader; at most to be written */
  int fd;
};

sms_rc sms_file_open(const char *path, int *fd, int64_t *size); /* regular files only */
const char *sms_file_problem(int error);
int sms_file_same(const char *path, const char *other); /* whether both exist and are one file, by whatever names */
ssize_t sms_file_read(int fd, char *room, size_t n);    /* like read, but resumes after signals */
void sms_sink_init(struct sms_sink *s);
sms_rc sms_sink_open(struct sms_sink *s, const char *path); /* fails if the response could not be written there */
/* Waits for a pipe's reader until then. */
sms_rc sms_sink_write(struct sms_sink *s, const char *data, size_t n, double deadline);
sms_rc sms_sink_finish(struct sms_sink *s,
                       int keep); /* puts the file in its place or removes it; may be called twice */
void sms_sink_free(struct sms_sink *s);
const char *sms_sink_problem(const struct sms_sink *s, int error);

/* ---- json.c ---- */

#define SMS_JSON_DEPTH 128     /* maximum nesting of arrays and objects, for reading and writing */
#define SMS_JSON_EXACT_FROM 15 /* lua-cjson is not trusted with integers of this many digits */
#define SMS_JSON_MARK 0xFF     /* begins a raw literal that is written; never a byte of UTF-8 */
#define SMS_JSON_NUMBER 40     /* room for any number that sms_json_double writes */

/* What lua-cjson would get wrong in a text, or what is wrong with the text itself. */
struct sms_json_report {
  size_t guarded;     /* numbers that sms_json_guard will quote */
  size_t numbers;     /* all numbers: lua-cjson may read an integer as a float */
  int nulls;          /* there may be nulls */
  size_t points;      /* those with a fraction or an exponent */
  int every_number;   /* all numbers are guarded */
  size_t at;          /* offset of the first byte that is wrong */
  const char *reason; /* NULL: numbers and NUL bytes are correct */
};

/* Checks each number of a JSON text. All of them have to be guarded if the locale's decimal point is not that of JSON, or if every_number
** is set. SMS_EINVALID, with place and reason in the report: a number that RFC 8259 section 6 does not allow, a number as a key, a NUL byte
** outside a string. Everything else is left to the parser. */
sms_rc sms_json_scan(const char *text, size_t len, int every_number, struct sms_json_report *report);

/* A byte that occurs neither in UTF-8 nor in this text, or -1. */
int sms_json_marker(const char *text, size_t len);

/* Writes text with each guarded number as a string that begins with marker; report is that of sms_json_scan.
** out has room for len + 3 * report->guarded bytes. Returns the bytes written. */
size_t sms_json_guard(const char *text, size_t len, const struct sms_json_report *report, int marker, char *out);

/* Writes text, replacing each string that begins with SMS_JSON_MARK by what follows the mark, without quotes.
** out has room for len bytes and may not overlap text. Returns the bytes written. */
size_t sms_json_unquote(const char *text, size_t len, char *out);

/* 1 when text is an integer literal of RFC 8259: digits without leading zeros, a minus sign allowed. */
int sms_json_isinteger(const char *text, size_t len);

/* The value of an integer literal. SMS_ETOOBIG: beyond 64 bits, value untouched. */
sms_rc sms_json_integer(const char *text, size_t len, int64_t *value);

/* Reads a decimal number that ends with NUL, with a point in any locale; 0 if it is not a number. */
int sms_json_float(const char *text, double *number);

/* 1 if what lua-cjson writes (14 significant digits) is JSON in this locale and reads back as this finite number. */
int sms_json_is14(double number);

/* Writes the shortest decimal that reads back as this finite number, NUL-terminated, with a point in any locale. */
void sms_json_double(double number, char out[SMS_JSON_NUMBER]);

/* Writes 14 significant digits at most, NUL-terminated, with a point in any locale. */
void sms_json_decimal(double number, char out[SMS_JSON_NUMBER]);

/* Offset of the first byte that is not UTF-8 (RFC 3629: no surrogates, no overlong forms), or len. */
size_t sms_utf8_bad(const char *text, size_t len);

/* ---- json_repair.c ---- */

/* Repairs a JSON text in place, keeping all offsets: a byte order mark becomes blanks, the escape of an unpaired surrogate
** becomes that of U+FFFD. Returns the number of changes. */
size_t sms_json_repair(char *text, size_t len);

/* ---- status.c ---- */

/* One documented code, with our own description. */
struct sms_status {
  int provider, kind, state; /* places in the lists below */
  const char *code;          /* as text: "2", "-1234", "DELIVERED" */
  const char *name, *text;
  int final;          /* the message will not change its state again */
  int provider_retry; /* the provider says that the same request may succeed later */
};

extern const char *const sms_status_providers[]; /* these three end with NULL */
extern const char *const sms_status_kinds[];
extern const char *const sms_status_states[];

/* The i-th row of status.def, or NULL past the last. */
const struct sms_status *sms_status_at(size_t i);

/* The row of a code, else of a name, ignoring case; NULL: undocumented. */
const struct sms_status *sms_status_find(int provider, int kind, const char *code, size_t len);

/* ---- spelling.c ---- */

#define SMS_WORD_MAX 64 /* bytes; longer words are not compared */

/* A search for the known word nearest to a misspelt one, ignoring case. */
struct sms_guess {
  const char *word;
  size_t len;
  size_t best; /* edits between word and the best candidate so far, plus one; 0: none is near */
};
void sms_guess_init(struct sms_guess *g, const char *word, size_t len);
int sms_guess_try(struct sms_guess *g, const char *candidate, size_t len); /* 1: the best so far */

/* The nearest in a list that ends with NULL, or NULL: at most a third of len + 1 edits away. */
const char *sms_word_nearest(const char *word, size_t len, const char *const list[]);

/* Its place in a list that ends with NULL, case-sensitive, or -1. */
int sms_word_place(const char *word, size_t len, const char *const list[]);

/* 1 if both words are equal, ignoring case. */
int sms_word_same(const char *a, size_t alen, const char *b);

/* 1 if equal. Its running time depends only on the length. */
int sms_equal(const char *a, size_t alen, const char *b, size_t blen);

#pragma GCC visibility pop

#endif
