/* SPDX-License-Identifier: MIT
** Counts a text: encoding, units and segments. One pass over the bytes for all but long texts with pairs in
** them. 3GPP TS 23.038 section 6.2 and 23.040 section 9.2.3.24. */
#include "text.h"

#include <string.h>

/* ---- UTF-8 ---- */

static int is_tail(unsigned char c) { return (c & 0xC0) == 0x80; }

/* Bytes of the character at p; 0: not UTF-8. p < end. RFC 3629 section 4: no overlong forms, no surrogates, nothing above
** U+10FFFF. */
static inline size_t char_size(const unsigned char *p, const unsigned char *end) {
  size_t left = (size_t)(end - p);
  if (p[0] < 0x80) return 1;
  if (p[0] < 0xC2 || left < 2 || !is_tail(p[1])) return 0;
  if (p[0] < 0xE0) return 2;
  if (left < 3 || !is_tail(p[2])) return 0;
  if (p[0] < 0xF0) return (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ? 0 : 3;
  if (p[0] > 0xF4 || left < 4 || !is_tail(p[3])) return 0;
  return (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F) ? 0 : 4;
}

/* ---- counting ---- */

/* The state of one pass over a text. */
struct tally {
  const unsigned char *p, *end;
  size_t part;    /* room of a part, in the units counted: septets, then UTF-16 code units */
  size_t septets; /* of the characters before the first foreign one */
  size_t saved;   /* bytes beyond one for each code unit of UTF-16 */
  size_t waste;   /* units left free at the ends of parts because a pair does not fit */
  int foreign;    /* the alphabet lacks the character at p */
};

/* A pair follows this many units: in the last place of a part it would be split. */
static void tally_pair(struct tally *t, size_t units) { t->waste += (units + t->waste) % t->part == t->part - 1; }

/* Skips characters from p that are one byte and one septet each. */
static const unsigned char *skip_single(const unsigned char *p, const unsigned char *stop,
                                        const struct sms_alphabet *a) {
  while (p < stop && *p < 0x80 && a->cost[*p] == 1) p++;
  return p;
}

/* Counts the character at p, of this many bytes. 0: it is foreign, and is not counted. */
static int tally_char(struct tally *t, const struct sms_alphabet *a, size_t size) {
  uint32_t code;
  unsigned char cost;
  sms_utf8_known(t->p, &code);
  cost = code < SMS_ALPHABET ? a->cost[code] : 0;
  if (!cost) return 0;
  if (cost > 1) tally_pair(t, t->septets);
  t->septets += cost;
  t->saved += size - 1;
  t->p += size;
  return 1;
}

/* Counts up to `stop` or the first foreign character. 0: not UTF-8 at p. */
static int tally_septets(struct tally *t, const struct sms_alphabet *a, const unsigned char *stop) {
  for (;;) {
    const unsigned char *from = t->p;
    size_t size;
    t->p = skip_single(from, stop, a);
    t->septets += (size_t)(t->p - from);
    if (t->p >= stop) return 1;
    size = char_size(t->p, t->end);
    if (!size) return 0;
    if (!tally_char(t, a, size)) return t->foreign = 1;
  }
}

/* The same up to the end, faster over plain Latin. */
static int tally_basic(struct tally *t, const struct sms_alphabet *a) {
  while (t->p < t->end && !t->foreign) {
    size_t left = (size_t)(t->end - t->p);
    if (a->latin && left >= SMS_RUN && sms_is_latin(t->p)) {
      t->p += SMS_RUN;
      t->septets += SMS_RUN;
    } else if (!tally_septets(t, a, left < SMS_RUN ? t->end : t->p + SMS_RUN)) {
      return 0;
    }
  }
  return 1;
}

/* The first byte from p on that is not ASCII, or the end. */
static const unsigned char *skip_ascii(const unsigned char *p, const unsigned char *end) {
  uint64_t bytes;
  for (; end - p >= 8; p += 8) {
    memcpy(&bytes, p, sizeof bytes);
    if (bytes & UINT64_C(0x8080808080808080)) break;
  }
  while (p < end && *p < 0x80) p++;
  return p;
}

/* Counts from p to the end in UTF-16; `text` is the beginning. No alphabet has characters that need a surrogate pair, so there are none
** before p. 0: not UTF-8 at p. */
static int tally_wide(struct tally *t, const unsigned char *text) {
  t->waste = 0;
  for (t->p = skip_ascii(t->p, t->end); t->p < t->end; t->p = skip_ascii(t->p, t->end)) {
    size_t size;
    do {
      size = char_size(t->p, t->end);
      if (!size) return 0;
      if (size == 4) tally_pair(t, (size_t)(t->p - text) - t->saved);
      t->saved += size == 4 ? 2 : size - 1;
      t->p += size;
    } while (t->p < t->end && *t->p >= 0x80);
  }
  return 1;
}

/* Without clusters to preserve, every part but the last is full except for units wasted by pairs. */
static void divide(struct sms_cost *c, const struct sms_room *room, size_t waste) {
  size_t taken = c->units + waste;
  c->segments = (taken + room->part - 1) / room->part;
  c->remaining = c->segments * room->part - taken;
  if (c->units > room->alone) return;
  c->segments = 1;
  c->remaining = room->alone - c->units;
}

static void walk(struct sms_cost *c, struct sms_parts *p) {
  c->segments = 0;
  while (sms_parts_next(p)) c->segments++;
  c->remaining = p->room - p->units;
}

/* Counts the whole text. 0: not UTF-8 at p. */
static int tally_all(struct tally *t, const struct sms_rules *r, const struct sms_alphabet *a) {
  const unsigned char *text = t->p;
  t->part = sms_room_of(r, SMS_GSM7).part;
  if (!tally_basic(t, a)) return 0;
  if (!t->foreign) return 1;
  t->part = sms_room_of(r, SMS_UCS2).part;
  return tally_wide(t, text);
}

sms_rc sms_text_count(const char *text, size_t len, const struct sms_rules *r, const struct sms_alphabet *a,
                      struct sms_cost *cost) {
  const unsigned char *bytes = (const unsigned char *)text;
  struct tally t = {bytes, bytes + len, 0, 0, 0, 0, 0};
  struct sms_room room;
  struct sms_parts p;
  if (!tally_all(&t, r, a)) {
    cost->bad = (size_t)(t.p - bytes);
    return SMS_EINVALID;
  }
  cost->encoding = t.foreign ? SMS_UCS2 : SMS_GSM7;
  cost->units = t.foreign ? len - t.saved : t.septets;
  room = sms_room_of(r, cost->encoding);
  divide(cost, &room, t.waste);
  if (!r->graphemes || cost->segments == 1) return SMS_OK;
  sms_parts_init(&p, text, len, r, a, cost);
  if (p.graphemes) walk(cost, &p);
  return SMS_OK;
}

/* ---- national tables ---- */

struct choice {
  const char *text;
  size_t len;
  struct sms_rules rules;
  struct sms_cost cost; /* the lowest so far */
};

/* Keeps the tables if they cost fewer segments. a is scratch space. */
static void try_tables(struct choice *c, int locking, int single, struct sms_alphabet *a) {
  struct sms_rules r = c->rules;
  struct sms_cost cost;
  r.locking = locking;
  r.single = single;
  sms_alphabet_make(a, locking, single);
  if (sms_text_count(c->text, c->len, &r, a, &cost) != SMS_OK || cost.encoding != SMS_GSM7) return;
  if (cost.segments >= c->cost.segments) return;
  c->rules = r;
  c->cost = cost;
}

void sms_text_choose(const char *text, size_t len, int language, struct sms_rules *r, struct sms_alphabet *a,
                     struct sms_cost *cost) {
  struct choice c = {text, len, *r, *cost};
  int i;
  for (i = language ? language : 1; i <= (language ? language : SMS_LANGUAGES) && c.cost.segments > 1; i++) {
    try_tables(&c, 0, i, a);
    if (!sms_language_locks(i)) continue;
    try_tables(&c, i, 0, a);
    try_tables(&c, i, i, a);
  }
  *r = c.rules;
  *cost = c.cost;
  sms_alphabet_make(a, r->locking, r->single);
}
