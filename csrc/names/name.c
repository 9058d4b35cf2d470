/* SPDX-License-Identifier: MIT
** Unicode character names, which help to find the character that costs a segment. */
#include "names.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* All pages in one object: places in it need no relocation when the module is loaded. */
static const struct pages {
#define SMS_NAMES(page, lines) char p##page[sizeof(lines)];
#include "name.def"
} pages = {
#define SMS_NAMES(page, lines) lines,
#include "name.def"
};

static const struct place {
  uint32_t page, at;
} places[] = {
#define SMS_NAMES(page, lines) {page, offsetof(struct pages, p##page)},
#include "name.def"
};

static const struct numbered {
  uint32_t from, to;
  const char *prefix;
} numbered[] = {
#define SMS_NUMBERED(from, to, prefix) {from, to, prefix},
#include "name.def"
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* A Hangul syllable is named by its letters: Unicode 15.0 section 3.12. */
static size_t syllable(uint32_t code, char *out) {
  static const char *const leads[] = {"G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
                                      "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H"};
  static const char *const vowels[] = {"A",  "AE", "YA", "YAE", "EO", "E",  "YEO", "YE", "O",  "WA", "WAE",
                                       "OE", "YO", "U",  "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
  static const char *const tails[] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D",  "L", "LG", "LM", "LB", "LS", "LT",
                                      "LP", "LH", "M",  "B",  "BS", "S",  "SS", "NG", "J", "C",  "K",  "T",  "P",  "H"};
  uint32_t i = code - 0xAC00;
  return (size_t)snprintf(out, SMS_NAME_MAX, "HANGUL SYLLABLE %s%s%s", leads[i / (21 * 28)], vowels[i / 28 % 21],
                          tails[i % 28]);
}

/* The end of the first words of a name, including the space after them. */
static size_t after_words(const char *name, int words) {
  const char *p = name;
  while (words-- > 0) p = strchr(p, ' ') + 1;
  return (size_t)(p - name);
}

/* Reads a line into the name before it. Its length; 0, with the name untouched: there is no name on this line. */
static size_t read_line(const char **p, char *name) {
  size_t len = 0;
  if (**p != '\n') {
    len = after_words(name, *(*p)++ - 'a');
    while (**p != '\n' && len < SMS_NAME_MAX - 1) name[len++] = *(*p)++;
    name[len] = '\0';
  }
  ++*p;
  return len;
}

static size_t listed(uint32_t code, char *out) {
  size_t low = 0, high = COUNT(places), len = 0;
  const char *p;
  uint32_t i;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (places[middle].page < code / 64) low = middle + 1;
    else high = middle;
  }
  if (low == COUNT(places) || places[low].page != code / 64) return 0;
  p = (const char *)&pages + places[low].at;
  for (i = 0; i <= code % 64; i++) {
    if (!*p) return 0;
    len = read_line(&p, out);
  }
  return len;
}

size_t sms_char_name(uint32_t code, char *out) {
  size_t i, len = 0;
  for (i = 0; i < COUNT(numbered) && !len; i++)
    if (code >= numbered[i].from && code <= numbered[i].to)
      len = (size_t)snprintf(out, SMS_NAME_MAX, "%s%04X", numbered[i].prefix, (unsigned)code);
  if (!len) len = code >= 0xAC00 && code <= 0xD7A3 ? syllable(code, out) : listed(code, out);
  return len ? len : (size_t)snprintf(out, SMS_NAME_MAX, "U+%04X", (unsigned)code);
}
