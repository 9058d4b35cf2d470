/* SPDX-License-Identifier: MIT
** Comparison of words: the known name nearest to a misspelt one, and equality in constant time. */
#include "base.h"

#include <string.h>

static unsigned char lower(char c) {
  unsigned char u = (unsigned char)c;
  return (unsigned char)(u >= 'A' && u <= 'Z' ? u + ('a' - 'A') : u);
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* The three rows of the edit matrix in use: current, previous, and the one before. */
struct rows {
  size_t before[SMS_WORD_MAX + 1], last[SMS_WORD_MAX + 1], now[SMS_WORD_MAX + 1];
};

static size_t cell(const struct rows *r, const char *a, size_t i, const char *b, size_t j) {
  size_t change = r->last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
  size_t edits = least(change, least(r->last[j], r->now[j - 1]) + 1);
  if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
    edits = least(edits, r->before[j - 2] + 1);
  return edits;
}

/* Damerau-Levenshtein distance in its optimal string alignment form; both words fit SMS_WORD_MAX. */
static size_t distance(const char *a, size_t n, const char *b, size_t m) {
  struct rows r;
  size_t i, j;
  memset(&r, 0, sizeof r);
  for (j = 0; j <= m; j++) r.now[j] = j;
  for (i = 1; i <= n; i++) {
    memcpy(r.before, r.last, sizeof r.before);
    memcpy(r.last, r.now, sizeof r.last);
    r.now[0] = i;
    for (j = 1; j <= m; j++) r.now[j] = cell(&r, a, i, b, j);
  }
  return r.now[m];
}

void sms_guess_init(struct sms_guess *g, const char *word, size_t len) {
  g->word = word;
  g->len = len;
  g->best = 0;
}

int sms_guess_try(struct sms_guess *g, const char *candidate, size_t len) {
  size_t edits;
  if (g->len > SMS_WORD_MAX || len > SMS_WORD_MAX) return 0;
  edits = distance(g->word, g->len, candidate, len);
  if (edits > (g->len + 1) / 3 || (g->best && edits + 1 >= g->best)) return 0;
  g->best = edits + 1;
  return 1;
}

const char *sms_word_nearest(const char *word, size_t len, const char *const list[]) {
  const char *found = NULL;
  struct sms_guess g;
  sms_guess_init(&g, word, len);
  for (; *list; list++)
    if (sms_guess_try(&g, *list, strlen(*list))) found = *list;
  return found;
}

int sms_word_place(const char *word, size_t len, const char *const list[]) {
  int i;
  for (i = 0; list[i]; i++)
    if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0) return i;
  return -1;
}

int sms_word_same(const char *a, size_t alen, const char *b) {
  size_t i;
  if (strlen(b) != alen) return 0;
  for (i = 0; i < alen; i++)
    if (lower(a[i]) != lower(b[i])) return 0;
  return 1;
}

int sms_equal(const char *a, size_t alen, const char *b, size_t blen) {
  volatile unsigned char differ = alen != blen;
  const char *other = differ ? a : b;
  size_t i;
  for (i = 0; i < alen; i++) differ = (unsigned char)(differ | (a[i] ^ other[i]));
  return !differ;
}
