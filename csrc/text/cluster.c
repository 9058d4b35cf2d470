/* SPDX-License-Identifier: MIT
** Extended grapheme clusters: UAX #29 section 3.1.1, rules GB3 to GB13 of Unicode 15.0. */
#include "text.h"

enum property { OTHER, CONTROL, EXTEND, ZWJ, PREPEND, SPACING, REGIONAL, PICTURE, L, V, T, LV, LVT };

static const struct range {
  uint32_t from, to;
  enum property property;
} ranges[] = {
#define SMS_BREAK(from, to, property) {from, to, property},
#include "unicode/grapheme.def"
};

/* Hangul syllables are arranged arithmetically: Unicode 15.0 section 3.12. */
static enum property hangul(uint32_t code) { return (code - 0xAC00) % 28 ? LVT : LV; }

static enum property property_of(uint32_t code) {
  size_t low = 0, high = sizeof ranges / sizeof ranges[0];
  if (code >= 0x20 && code < 0x7F) return OTHER;
  if (code >= 0xAC00 && code <= 0xD7A3) return hangul(code);
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (code > ranges[middle].to) low = middle + 1;
    else high = middle;
  }
  return low < sizeof ranges / sizeof ranges[0] && code >= ranges[low].from ? ranges[low].property : OTHER;
}

/* Which class may follow a syllable's part: GB6 to GB8. */
static int is_syllable(enum property before, enum property after) {
  if (before == L) return after == L || after == V || after == LV || after == LVT;
  if (before == LV || before == V) return after == V || after == T;
  return (before == LVT || before == T) && after == T;
}

/* The state that the rules depend on. */
struct state {
  enum property last;
  int picture; /* GB11: 1 after a pictograph and marks, 2 when a joiner follows them */
  int flags;   /* regional indicators at the end: GB12 */
};

/* Whether the cluster continues with a character of property c, which is then added to the state. */
static int goes_on(struct state *s, enum property c) {
  int same = c == EXTEND || c == ZWJ || c == SPACING || s->last == PREPEND || is_syllable(s->last, c) ||
             (c == PICTURE && s->picture == 2) || (c == REGIONAL && s->last == REGIONAL && s->flags % 2);
  if (s->last == CONTROL || c == CONTROL) same = 0;
  s->picture = c == PICTURE ? 1 : s->picture != 1 ? 0 : c == EXTEND ? 1 : c == ZWJ ? 2 : 0;
  s->flags = c == REGIONAL ? s->flags + 1 : 0;
  s->last = c;
  return same;
}

size_t sms_cluster(const char *text, size_t len) {
  const unsigned char *p = (const unsigned char *)text, *end = p + len;
  struct state s = {CONTROL, 0, 0};
  uint32_t code;
  if (p[0] == '\r' && len > 1 && p[1] == '\n') return 2;
  if (p[0] < 0x80 && (len == 1 || p[1] < 0x80)) return 1;
  p += sms_utf8_known(p, &code);
  goes_on(&s, property_of(code));
  while (p < end) {
    size_t bytes = sms_utf8_known(p, &code);
    if (!goes_on(&s, property_of(code))) break;
    p += bytes;
  }
  return (size_t)((const char *)p - text);
}
