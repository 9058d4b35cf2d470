/* SPDX-License-Identifier: MIT
** The part of layer 1 that turns words into values: JSON around lua-cjson, status codes, misspelt names.
** Knows neither Lua nor curl, allocates nothing: callers bring the memory. lua/status.c gives it to Lua. */
#ifndef SMS_CODEC_H
#define SMS_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "sms.h"

#pragma GCC visibility push(hidden) /* also where the compiler is called without -fvisibility=hidden */

/* ---- json.c ---- */

#define SMS_JSON_DEPTH 128     /* how deep arrays and objects nest, both ways */
#define SMS_JSON_EXACT_FROM 15 /* lua-cjson is not trusted with integers of this many digits */
#define SMS_JSON_MARK 0xFF     /* begins a raw literal on its way out; never a byte of UTF-8 */
#define SMS_JSON_NUMBER 40     /* room for any number that sms_json_double writes */

/* What lua-cjson would get wrong in a text, or what is wrong with the text itself. */
struct sms_json_report {
  size_t guarded;     /* numbers that sms_json_guard will put into quotes */
  size_t numbers;     /* all that there are: lua-cjson may read an integer as a float */
  int nulls;          /* there may be some */
  size_t points;      /* those with a fraction or an exponent */
  int every_number;   /* all of them are guarded */
  size_t at;          /* offset of the first byte that is wrong */
  const char *reason; /* NULL: nothing is wrong as far as numbers and NUL bytes go */
};

/* Looks at each number of the JSON text; all of them are to be guarded where the locale's decimal point is none of JSON, or if every_number
** says so. SMS_EINVALID, with place and reason in the report: a number that RFC 8259 section 6 does not allow, a number as a key, a NUL byte
** outside a string. All else is for the parser to judge. */
sms_rc sms_json_scan(const char *text, size_t len, int every_number, struct sms_json_report *report);

/* A byte that no UTF-8 text has and this one does not have either, or -1. */
int sms_json_marker(const char *text, size_t len);

/* Writes text with each guarded number as a string that begins with marker; report is what sms_json_scan said of it.
** out has room for len + 3 * report->guarded bytes. Returns the bytes written. */
size_t sms_json_guard(const char *text, size_t len, const struct sms_json_report *report, int marker, char *out);

/* Writes text with each string that begins with SMS_JSON_MARK as what follows the mark, without quotes.
** out has room for len bytes and may not overlap text. Returns the bytes written. */
size_t sms_json_unquote(const char *text, size_t len, char *out);

/* 1 when text is an integer literal of RFC 8259: digits without leading zeros, a minus sign allowed. */
int sms_json_isinteger(const char *text, size_t len);

/* The value of an integer literal. SMS_ETOOBIG: beyond 64 bits, value untouched. */
sms_rc sms_json_integer(const char *text, size_t len, int64_t *value);

/* Reads a decimal number that ends with NUL, with a point in any locale; 0 when it is none. */
int sms_json_float(const char *text, double *number);

/* 1 when what lua-cjson writes, 14 significant digits, is JSON in this locale and gives back this finite number. */
int sms_json_is14(double number);

/* Writes the shortest decimal that reads back as this finite number, NUL-terminated, with a point in any locale. */
void sms_json_double(double number, char out[SMS_JSON_NUMBER]);

/* Writes 14 significant digits at most, NUL-terminated, with a point in any locale. */
void sms_json_decimal(double number, char out[SMS_JSON_NUMBER]);

/* Offset of the first byte that is not UTF-8 (RFC 3629: no surrogates, no overlong forms), or len. */
size_t sms_utf8_bad(const char *text, size_t len);

/* ---- json_mend.c ---- */

/* In place, without a change of any offset: the byte order mark before a JSON text becomes blanks, the escape of a surrogate that has no
** partner becomes that of U+FFFD. Returns how many. */
size_t sms_json_mend(char *text, size_t len);

/* ---- status.c ---- */

/* One documented code. The texts are our own words. */
struct sms_status {
  int provider, kind, state; /* places in the lists below */
  const char *code;          /* as text: "2", "-1234", "DELIVERED" */
  const char *name, *text;
  int final;     /* the message will not change its state again */
  int provider_retry; /* the provider says that the same request may succeed later */
};

extern const char *const sms_status_providers[]; /* these three end with NULL */
extern const char *const sms_status_kinds[];
extern const char *const sms_status_states[];

/* The i-th row of status.def, or NULL past the last. */
const struct sms_status *sms_status_at(size_t i);

/* The row of a code, else the row of a name, letters of any case; NULL: nobody documented it. */
const struct sms_status *sms_status_find(int provider, int kind, const char *code, size_t len);

/* ---- spelling.c ---- */

#define SMS_WORD_MAX 64 /* bytes; longer words are not compared */

/* A search for the known word that a misspelt one was meant to be. Letters of any case are the same. */
struct sms_guess {
  const char *word;
  size_t len;
  size_t best; /* edits between word and the best candidate so far, plus one; 0: none is near */
};
void sms_guess_init(struct sms_guess *g, const char *word, size_t len);
int sms_guess_try(struct sms_guess *g, const char *candidate, size_t len); /* 1: the best so far */

/* The nearest in a list that ends with NULL, or NULL: at most a third of len + 1 edits away. */
const char *sms_word_nearest(const char *word, size_t len, const char *const list[]);

/* Its place in a list that ends with NULL, letters as they are, or -1. */
int sms_word_place(const char *word, size_t len, const char *const list[]);

/* 1 when both words have the same letters of any case. */
int sms_word_same(const char *a, size_t alen, const char *b);

/* 1 when equal. The time it takes tells the length, nothing else. */
int sms_equal(const char *a, size_t alen, const char *b, size_t blen);

#pragma GCC visibility pop

#endif
