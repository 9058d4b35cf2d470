/* SPDX-License-Identifier: MIT
** libFuzzer harness for the texts: clang -g -O1 -fsanitize=fuzzer,address,undefined spec/c/fuzz_text.c csrc/text/*.c csrc/base/spelling.c
** csrc/names/name.c
** The first two bytes of an input choose the rules. Whatever the bytes are, nothing is read past them, parts rejoin, no part
** holds more than its room, and no pair is torn. */
#include "../../csrc/names/names.h"
#include "../../csrc/text/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(x) ((x) ? (void)0 : abort())

static void parts(const char *text, size_t len, const struct sms_rules *r, const struct sms_alphabet *a,
                  const struct sms_cost *cost) {
  struct sms_parts p;
  size_t from = 0, units = 0, n = 0;
  sms_parts_init(&p, text, len, r, a, cost);
  while (sms_parts_next(&p)) {
    EXPECT(p.to <= len && p.units <= p.room && (p.to > from || len == 0));
    EXPECT(p.to == len || ((unsigned char)text[p.to] & 0xC0) != 0x80);
    from = p.to;
    units += p.units;
    n++;
  }
  EXPECT(from == len && units == cost->units && n == cost->segments && p.room - p.units == cost->remaining);
}

static void clusters(const char *text, size_t len) {
  size_t at = 0;
  while (at < len) {
    size_t bytes = sms_cluster(text + at, len - at);
    EXPECT(bytes > 0 && bytes <= len - at);
    at += bytes;
  }
}

static void forcing(const char *text, size_t len, const struct sms_alphabet *a, const struct sms_cost *cost) {
  struct sms_forcing f;
  char name[SMS_NAME_MAX];
  size_t at = 0, n = 0;
  while (sms_forcing_next(text, len, a, &at, &f)) {
    EXPECT(sms_char_name(f.code, name) == strlen(name));
    EXPECT(f.from <= f.at && f.at < f.to && f.to <= len);
    n++;
  }
  EXPECT((n > 0) == (cost->encoding == SMS_UCS2));
}

static void sendable(const char *text, size_t len) {
  size_t at = 0;
  int braces;
  enum sms_sendable result = sms_text_sendable(text, len, &at, &braces);
  EXPECT(result != SMS_CONTROL || at < len);
  EXPECT((result == SMS_BLANK) <= sms_text_is_blank(text, len));
}

static void exercise(const char *text, size_t len, struct sms_rules r, int language) {
  struct sms_alphabet a;
  struct sms_cost cost;
  sms_alphabet_make(&a, r.locking, r.single);
  if (sms_text_count(text, len, &r, &a, &cost) != SMS_OK) {
    EXPECT(cost.bad < len);
    return;
  }
  parts(text, len, &r, &a, &cost);
  clusters(text, len);
  forcing(text, len, &a, &cost);
  sendable(text, len);
  if (r.locking || r.single) return;
  sms_text_choose(text, len, language, &r, &a, &cost);
  parts(text, len, &r, &a, &cost);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct sms_rules r = {0, 0, 0, 0};
  char *text;
  if (size < 2) return 0;
  r.long_reference = data[0] & 1;
  r.graphemes = data[0] >> 1 & 1;
  if (data[0] & 4) r.single = data[1] % (SMS_LANGUAGES + 1);
  if ((data[0] & 8) && sms_language_locks(data[1] >> 4)) r.locking = data[1] >> 4;
  text = malloc(size - 2 ? size - 2 : 1);
  if (!text) return 0;
  memcpy(text, data + 2, size - 2);
  exercise(text, size - 2, r, data[1] % (SMS_LANGUAGES + 1));
  free(text);
  return 0;
}
