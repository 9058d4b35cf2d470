/* SPDX-License-Identifier: MIT
** The characters that force a text into UCS-2, and what could stand in their place; the facts are the lines of
** swap.def, which tools/unicode.lua writes. */
#include "text.h"

const char *const sms_swap_kinds[] = {"look", "letter", "join", NULL};

enum { LOOK = SMS_LOOK, LETTER = SMS_LETTER, JOIN = SMS_JOIN };

struct swap {
  uint32_t code;
  unsigned char kind;
  char text[11];
};

static const struct swap swaps[] = {
#define SMS_SWAP(code, kind, text) {code, kind, text},
#include "unicode/swap.def"
};

static const struct pair {
  uint32_t letter, mark;
  char text[4];
} pairs[] = {
#define SMS_COMPOSE(letter, mark, text) {letter, mark, text},
#include "unicode/swap.def"
};

static const struct swap *find(uint32_t code) {
  size_t low = 0, high = sizeof swaps / sizeof swaps[0];
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (swaps[middle].code == code) return &swaps[middle];
    if (swaps[middle].code < code) low = middle + 1;
    else high = middle;
  }
  return NULL;
}

static const char *compose(uint32_t letter, uint32_t mark) {
  size_t i;
  for (i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
    if (pairs[i].letter == letter && pairs[i].mark == mark) return pairs[i].text;
  return NULL;
}

#define MARKS_MAX 16 /* maximum marks checked on one letter; a text may have any number */

static int is_mark(uint32_t code) { return code >= 0x300 && code < 0x370; }

/* A letter that may lose its mark: Latin or Greek, if there are swaps for it. */
static int is_letter(uint32_t code) {
  const struct swap *s;
  if (code < 0x80) return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
  if (code < SMS_ALPHABET && sms_gsm7.cost[code])
    return (code >= 0xC0 && code <= 0xFC) || (code >= 0x370 && code < 0x400);
  s = find(code);
  return s && s->kind == LETTER && !is_mark(code);
}

/* Offset of the character before `at`, which is not 0. */
static size_t before(const char *text, size_t at) {
  do at--;
  while ((text[at] & 0xC0) == 0x80);
  return at;
}

/* A combining mark: joined with the preceding letter to one GSM-7 character, else dropped. */
static void swap_mark(const char *text, struct sms_forcing *f) {
  const unsigned char *t = (const unsigned char *)text;
  uint32_t code = f->code;
  size_t at = f->at;
  int marks;
  for (marks = 0; at > 0 && is_mark(code) && marks < MARKS_MAX; marks++) {
    at = before(text, at);
    sms_utf8_known(t + at, &code);
  }
  f->swap = NULL;
  if (!is_letter(code)) return;
  f->kind = SMS_LETTER;
  f->swap = before(text, f->at) == at ? compose(code, f->code) : NULL;
  if (f->swap) {
    f->kind = SMS_LOOK;
    f->from = at;
  } else {
    f->swap = "";
  }
}

static void describe(const char *text, struct sms_forcing *f) {
  const struct swap *s = find(f->code);
  f->swap = s ? s->text : NULL;
  f->kind = s ? (enum sms_swap_kind)s->kind : SMS_LOOK;
  if (is_mark(f->code)) swap_mark(text, f);
}

int sms_forcing_next(const char *text, size_t len, const struct sms_alphabet *a, size_t *at, struct sms_forcing *f) {
  const unsigned char *t = (const unsigned char *)text;
  while (*at < len) {
    size_t from = *at;
    *at += sms_utf8_known(t + from, &f->code);
    if (f->code < SMS_ALPHABET && a->cost[f->code]) continue;
    f->at = f->from = from;
    f->to = *at;
    describe(text, f);
    return 1;
  }
  return 0;
}
