/* SPDX-License-Identifier: MIT
** The 7-bit alphabets: the default one as a table, those of the national languages made from the rows of national.def. */
#include "text.h"

#include <string.h>

const struct sms_alphabet sms_gsm7 = {{
#define SMS_GSM7(septet, code) [code] = 1,
#define SMS_GSM7_EXTENSION(septet, code) [code] = 2,
#include "gsm7.def"
                                      },
                                      1,
                                      0};

static const uint16_t basic[] = {
#define SMS_GSM7(septet, code) code,
#include "gsm7.def"
};

static const uint16_t extension[] = {
#define SMS_GSM7_EXTENSION(septet, code) code,
#include "gsm7.def"
};

enum {
#define SMS_LANGUAGE(name, code, identifier) LANGUAGE_##name = identifier,
#include "national.def"
};

const char *const sms_language_names[SMS_LANGUAGES + 2] = {
    "default",
#define SMS_LANGUAGE(name, code, identifier) [identifier] = #name,
#include "national.def"
};

static const char *const codes[SMS_LANGUAGES + 2] = {
    "",
#define SMS_LANGUAGE(name, code, identifier) [identifier] = #code,
#include "national.def"
};

/* Sixteen places of a national table; 0 is a place without a character. */
struct row {
  int language;
  uint16_t code[16];
};

static const struct row locking_rows[] = {
#define SMS_LOCKING(name, from, ...) {LANGUAGE_##name, {__VA_ARGS__}},
#include "national.def"
};

static const struct row single_rows[] = {
#define SMS_SINGLE(name, from, ...) {LANGUAGE_##name, {__VA_ARGS__}},
#include "national.def"
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static void add(struct sms_alphabet *a, const uint16_t *code, size_t n, unsigned char cost) {
  size_t i;
  for (i = 0; i < n; i++) a->cost[code[i]] = cost;
}

static void add_rows(struct sms_alphabet *a, const struct row *rows, size_t n, int language, unsigned char cost) {
  size_t i;
  for (i = 0; i < n; i++)
    if (rows[i].language == language) add(a, rows[i].code, COUNT(rows[i].code), cost);
}

/* A locking table replaces the default alphabet, a single shift table the default extension; the cheaper table is applied
** last. The empty places of the rows are undone at the end. The scripts after Portuguese put the capitals of ASCII into
** their single shift tables, and write with combining signs. */
void sms_alphabet_make(struct sms_alphabet *a, int locking, int single) {
  memset(a, 0, sizeof *a);
  if (single) add_rows(a, single_rows, COUNT(single_rows), single, 2);
  else add(a, extension, COUNT(extension), 2);
  if (locking) add_rows(a, locking_rows, COUNT(locking_rows), locking, 1);
  else add(a, basic, COUNT(basic), 1);
  a->cost[0] = 0;
  a->latin = locking <= LANGUAGE_portuguese;
  a->marked = locking > LANGUAGE_portuguese || single > LANGUAGE_portuguese;
}

int sms_language_locks(int language) {
  size_t i;
  for (i = 0; i < COUNT(locking_rows); i++)
    if (locking_rows[i].language == language) return 1;
  return 0;
}

int sms_language_place(const char *name, size_t len) {
  int place = sms_word_place(name, len, sms_language_names);
  return place >= 0 ? place : sms_word_place(name, len, codes);
}
