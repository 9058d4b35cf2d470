/* SPDX-License-Identifier: MIT
** Counting of texts: alphabets and segments of 3GPP TS 23.038 and 23.040, grapheme
** clusters of UAX #29, swaps for characters that GSM-7 lacks. Independent of Lua and libcurl; allocates nothing, has no
** state. lua/text.c exports it to Lua. Texts are UTF-8; offsets and lengths are in bytes. */
#ifndef SMS_TEXT_H
#define SMS_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "../base/base.h"

#define SMS_USER_DATA 140    /* octets of one message: TP-UD, TS 23.040 section 9.2.3.24 */
#define SMS_SEGMENTS_MAX 255 /* parts that a concatenation header can number, section 9.2.3.24.1 */

/* ---- alphabet.c. What a character costs in septets. TS 23.038 section 6.2.1 and annex A. ---- */

#define SMS_ALPHABET 0x2220 /* every code point of every 7-bit table lies below */
#define SMS_LANGUAGES 13    /* their identifiers are 1 to 13; 0 stands for the default tables */

struct sms_alphabet {
  unsigned char cost[SMS_ALPHABET]; /* septets by code point; 0: the alphabet does not have it */
  int latin;                        /* in ASCII, space to `Z` and `a` to `z` cost one septet each */
  int marked;                       /* it has combining signs; else CR LF is the only cluster of several characters */
};
extern const struct sms_alphabet sms_gsm7;

/* The alphabet of a locking and a single shift table, by identifier; 0 is the default one. A character of the locking table
** costs one septet even if the single shift table has it, too. */
void sms_alphabet_make(struct sms_alphabet *a, int locking, int single);

int sms_language_place(const char *name, size_t len);           /* identifier of a name or ISO 639-1 code, or -1 */
extern const char *const sms_language_names[SMS_LANGUAGES + 2]; /* by identifier, "default" first; ends with NULL */
int sms_language_locks(int language);                           /* has a locking shift table; Spanish has none */

/* ---- room.c. Capacity of messages. ---- */

enum sms_encoding { SMS_GSM7, SMS_UCS2 };
extern const char *const sms_encoding_names[]; /* ends with NULL */

/* Options of a count. All zero: the default alphabet, 8-bit references. */
struct sms_rules {
  int locking, single; /* national tables, by identifier */
  int long_reference;  /* 16-bit concatenation references: section 9.2.3.24.8 instead of 9.2.3.24.1 */
  int graphemes;       /* no part begins inside a grapheme cluster */
};

/* Room in units (septets, or UTF-16 code units) of a single message and of a part of several. */
struct sms_room {
  size_t alone, part;
};
struct sms_room sms_room_of(const struct sms_rules *r, enum sms_encoding encoding);

/* ---- count.c. What a text costs. ---- */

struct sms_cost {
  enum sms_encoding encoding;
  size_t units, segments; /* an empty text is one segment of no units */
  size_t remaining;       /* units that are free in the last segment */
  size_t bad;             /* offset of the first byte that is not UTF-8 */
};

/* SMS_EINVALID, with `bad`: not UTF-8 (RFC 3629). a is the alphabet of r's tables. */
sms_rc sms_text_count(const char *text, size_t len, const struct sms_rules *r, const struct sms_alphabet *a,
                      struct sms_cost *cost);

/* Makes r's tables those of a language that cost the fewest segments, and a their alphabet; the default ones if none
** saves a segment. 0 is any language. The text is UTF-8, and cost is that with the default tables. */
void sms_text_choose(const char *text, size_t len, int language, struct sms_rules *r, struct sms_alphabet *a,
                     struct sms_cost *cost);

/* ---- part.c. Where a text is split; never within an escape pair or surrogate pair. ---- */

/* Iterates over parts. Between calls, only the results may be read. */
struct sms_parts {
  const char *text;
  size_t len;
  const struct sms_alphabet *alphabet; /* NULL: UCS-2 */
  size_t room;
  int graphemes;  /* there may be clusters to keep whole */
  size_t to;      /* result: where the part ends */
  size_t units;   /* result: its units */
  int torn;       /* result: it ends inside a cluster that is larger than a part */
  size_t cluster; /* the end of a torn cluster */
};
/* The text is UTF-8, and `cost` is its cost with r and a. */
void sms_parts_init(struct sms_parts *p, const char *text, size_t len, const struct sms_rules *r,
                    const struct sms_alphabet *a, const struct sms_cost *cost);
int sms_parts_next(struct sms_parts *p); /* 0: no more parts; an empty text has one empty part */

/* ---- cluster.c. ---- */

/* Bytes of the extended grapheme cluster that begins the text: UTF-8, not empty. UAX #29, Unicode 15.0. */
size_t sms_cluster(const char *text, size_t len);

/* ---- swap.c. Characters that force UCS-2, and their replacements. ---- */

/* LOOK: looks the same; LETTER: loses an accent or changes its shape; JOIN: invisible, but may hold an emoji together. */
enum sms_swap_kind { SMS_LOOK, SMS_LETTER, SMS_JOIN };
extern const char *const sms_swap_kinds[]; /* ends with NULL */

/* A character that the alphabet lacks. */
struct sms_forcing {
  size_t at;        /* where it is */
  uint32_t code;    /* its code point */
  const char *swap; /* GSM-7 text, possibly empty; NULL: none */
  size_t from, to;  /* what the swap replaces: also the letter before a combining mark */
  enum sms_swap_kind kind;
};
/* The next one at or after offset *at, which is moved past it; 0: none. The text is UTF-8. */
int sms_forcing_next(const char *text, size_t len, const struct sms_alphabet *a, size_t *at, struct sms_forcing *f);

/* ---- sendable.c. Whether a text may be sent. ---- */

/* CONTROL: a control character (Unicode's Cc) other than CR and LF. BLANK: empty, or only white space and invisible characters. */
enum sms_sendable { SMS_SENDABLE, SMS_CONTROL, SMS_BLANK };
/* The text is UTF-8. *at: where the control character is. *braces: the text holds `{` or `}`; set where it is sendable. */
enum sms_sendable sms_text_sendable(const char *text, size_t len, size_t *at, int *braces);
int sms_text_is_blank(const char *text, size_t len); /* it has no visible characters; the text is UTF-8 */

/* ---- UTF-8, for the files of this part. ---- */

/* Whether the bytes at p are all from space to `Z` or `a` to `z`. Compilers vectorise it. */
#define SMS_RUN 16
static inline int sms_is_latin(const unsigned char *p) {
  unsigned char odd = 0;
  int i;
  for (i = 0; i < SMS_RUN; i++) {
    unsigned char c = p[i];
    odd |=
        (unsigned char)((unsigned char)(c - ' ') > 'Z' - ' ') & (unsigned char)((unsigned char)(c - 'a') > 'z' - 'a');
  }
  return !odd;
}

/* The code point at p and its bytes, in a text known to be UTF-8. */
static inline size_t sms_utf8_known(const unsigned char *p, uint32_t *code) {
  if (p[0] < 0x80) return *code = p[0], 1;
  if (p[0] < 0xE0) return *code = (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu), 2;
  if (p[0] < 0xF0) return *code = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu), 3;
  *code = (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
  return 4;
}

#endif
