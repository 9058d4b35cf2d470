/* SPDX-License-Identifier: MIT
** Layer 1 of the texts without Lua: every text ends at a forbidden page, so that one byte read too many ends the
** program. Prints what fails; the exit status tells whether anything did. */
#define _DEFAULT_SOURCE
#include "../../csrc/names/names.h"
#include "../../csrc/text/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES 4

static int failures, checks;
static char *wall; /* the first forbidden byte */

static void check(int ok, int line, const char *what) {
  checks++;
  if (ok) return;
  failures++;
  printf("spec/c/text.c:%d: %s\n", line, what);
}

#define CHECK(x) check((x) != 0, __LINE__, #x)

static void build_wall(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  char *start = mmap(NULL, (PAGES + 1) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED || mprotect(start + PAGES * page, page, PROT_NONE) != 0) {
    perror("wall");
    exit(2);
  }
  wall = start + PAGES * page;
}

/* The text right before the forbidden page, without a NUL. */
static const char *put(const char *text, size_t len) {
  char *at = wall - len;
  memcpy(at, text, len);
  return at;
}

static const struct sms_rules plain = {0, 0, 0, 0};

/* Whether the text costs so much. */
static int costs(const char *text, enum sms_encoding encoding, size_t units, size_t segments, size_t remaining) {
  struct sms_cost c;
  size_t len = strlen(text);
  return sms_text_count(put(text, len), len, &plain, &sms_gsm7, &c) == SMS_OK && c.encoding == encoding &&
         c.units == units && c.segments == segments && c.remaining == remaining;
}

/* The byte n times, then `tail`. */
static const char *run_of(char c, size_t n, const char *tail) {
  static char text[2048];
  memset(text, c, n);
  strcpy(text + n, tail);
  return text;
}

static void test_limits(void) {
  CHECK(costs("", SMS_GSM7, 0, 1, 160));
  CHECK(costs(run_of('a', 160, ""), SMS_GSM7, 160, 1, 0));
  CHECK(costs(run_of('a', 161, ""), SMS_GSM7, 161, 2, 145));
  CHECK(costs(run_of('a', 306, ""), SMS_GSM7, 306, 2, 0));
  CHECK(costs(run_of('a', 307, ""), SMS_GSM7, 307, 3, 152));
  CHECK(costs(run_of('a', 152, "{aaaaaaaaa"), SMS_GSM7, 163, 2, 142));
  CHECK(costs(run_of('{', 80, ""), SMS_GSM7, 160, 1, 0));
  CHECK(costs(run_of('{', 81, ""), SMS_GSM7, 162, 2, 143));
  CHECK(costs(run_of('a', 69, "\xD0\xB0"), SMS_UCS2, 70, 1, 0));
  CHECK(costs(run_of('a', 70, "\xD0\xB0"), SMS_UCS2, 71, 2, 63));
  CHECK(costs(run_of('a', 66, "\xF0\x9F\x98\x80zzz"), SMS_UCS2, 71, 2, 62));
}

static size_t bad_at(const char *text, size_t len) {
  struct sms_cost c;
  return sms_text_count(put(text, len), len, &plain, &sms_gsm7, &c) == SMS_EINVALID ? c.bad : (size_t)-1;
}

static void test_utf8(void) {
  CHECK(bad_at("\x80", 1) == 0);
  CHECK(bad_at("a\xC3", 2) == 1);
  CHECK(bad_at("\xD0\xB0\xE2\x82", 4) == 2);
  CHECK(bad_at("\xD0\xB0\xF0\x9F\x98", 5) == 2);
  CHECK(bad_at("a\xED\xA0\x80", 4) == 1);
  CHECK(bad_at("\xC0\x80", 2) == 0);
  CHECK(bad_at("\xE0\x9F\xBF", 3) == 0);
  CHECK(bad_at("\xF0\x8F\xBF\xBF", 4) == 0);
  CHECK(bad_at("\xF4\x90\x80\x80", 4) == 0);
  CHECK(bad_at("\xF5\x80\x80\x80", 4) == 0);
  CHECK(bad_at("\xF4\x8F\xBF\xBF", 4) == (size_t)-1);
  CHECK(bad_at("a\0b", 3) == (size_t)-1);
}

/* Walks the parts of a text that is UTF-8. 0: they do not rejoin, or one holds too much. */
static int parts_are_right(const char *t, size_t len, const struct sms_rules *r, const struct sms_alphabet *a) {
  struct sms_cost c;
  struct sms_parts p;
  size_t n = 0, from = 0, units = 0;
  if (sms_text_count(t, len, r, a, &c) != SMS_OK) return 0;
  sms_parts_init(&p, t, len, r, a, &c);
  while (sms_parts_next(&p)) {
    if (p.units > p.room || p.to > len || (n > 0 && p.to == from)) return 0;
    from = p.to;
    units += p.units;
    n++;
  }
  return from == len && n == c.segments && units == c.units && c.remaining == p.room - p.units;
}

static int clusters_are_right(const char *t, size_t len) {
  size_t at = 0;
  while (at < len) {
    size_t bytes = sms_cluster(t + at, len - at);
    if (bytes == 0 || bytes > len - at) return 0;
    at += bytes;
  }
  return 1;
}

static int forcing_is_right(const char *t, size_t len, const struct sms_alphabet *a) {
  struct sms_forcing f;
  size_t at = 0, last = 0;
  while (sms_forcing_next(t, len, a, &at, &f)) {
    if (at > len || f.to != at || f.from > f.at || f.at < last) return 0;
    if (f.code < SMS_ALPHABET && a->cost[f.code]) return 0;
    last = at;
  }
  return at == len;
}

/* One character after the other, against the fast way. The text is UTF-8. */
static int sendable_is_right(const char *t, size_t len) {
  size_t at = 0, where = len;
  int braces, seen = 0, visible = 0;
  enum sms_sendable result = sms_text_sendable(t, len, &where, &braces);
  while (at < len) {
    uint32_t code;
    size_t size = sms_utf8_known((const unsigned char *)t + at, &code);
    if ((code < 32 && code != '\n' && code != '\r') || (code >= 0x7F && code < 0xA0))
      return result == SMS_CONTROL && where == at;
    seen |= code == '{' || code == '}';
    visible |= code > ' ' && code != 0x200D;
    at += size;
  }
  return visible ? result == SMS_SENDABLE && braces == seen : result == SMS_BLANK && sms_text_is_blank(t, len);
}

static void test_text(const char *t, size_t len, const struct sms_rules *r, const struct sms_alphabet *a) {
  struct sms_cost c;
  struct sms_rules chosen = *r;
  struct sms_alphabet own;
  if (sms_text_count(t, len, r, a, &c) != SMS_OK) {
    CHECK(c.bad < len);
    return;
  }
  CHECK(parts_are_right(t, len, r, a));
  CHECK(clusters_are_right(t, len));
  CHECK(forcing_is_right(t, len, a));
  CHECK(sendable_is_right(t, len));
  if (r->locking || r->single) return;
  sms_text_choose(t, len, 0, &chosen, &own, &c);
  CHECK(parts_are_right(t, len, &chosen, &own));
}

static uint32_t next_random(void) {
  static uint32_t state = 20240607;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/* A text of pieces that matter, among them broken ones. */
static size_t random_text(char *text, size_t max, int broken) {
  static const char *const pieces[] = {"a",
                                       "zebra stripes in a row",
                                       "{",
                                       "\xE2\x82\xAC",
                                       "\r\n",
                                       "\r",
                                       "\xD0\xB6",
                                       "\xF0\x9F\x98\x80",
                                       "e\xCC\x81",
                                       "\xE2\x80\x8D",
                                       "\xF0\x9F\x87\xBF",
                                       "\xE0\xA4\xB9\xE0\xA4\xBF",
                                       "\xE1\x84\x80\xE1\x85\xA1",
                                       "\xC4\x9F",
                                       "\xCC\x81",
                                       " ",
                                       "\n",
                                       "\xC2\x9F",
                                       "\x7F",
                                       "}",
                                       "\x80",
                                       "\xE2\x82",
                                       "\xF0\x9F",
                                       "\xED\xA0\x80"};
  size_t known = sizeof pieces / sizeof pieces[0] - (broken ? 0 : 4), len = 0, count = next_random() % 200;
  while (count--) {
    const char *piece = pieces[next_random() % known];
    if (len + strlen(piece) > max) break;
    memcpy(text + len, piece, strlen(piece));
    len += strlen(piece);
  }
  return len;
}

static void test_random(void) {
  static char text[4096];
  struct sms_alphabet a;
  int i;
  for (i = 0; i < 4000; i++) {
    size_t len = random_text(text, sizeof text, i % 8 == 0);
    struct sms_rules r = {0, 0, i % 2, i / 2 % 2};
    if (i % 4 == 0) r.single = 1 + i / 4 % SMS_LANGUAGES;
    if (i % 12 == 0 && sms_language_locks(r.single)) r.locking = r.single;
    sms_alphabet_make(&a, r.locking, r.single);
    test_text(put(text, len), len, &r, &a);
  }
}

/* What the fast path takes for granted. */
static void test_alphabets(void) {
  struct sms_alphabet a;
  unsigned char run[SMS_RUN];
  int locking, single, c;
  sms_alphabet_make(&a, 0, 0);
  CHECK(memcmp(a.cost, sms_gsm7.cost, sizeof a.cost) == 0 && a.latin == sms_gsm7.latin && a.marked == sms_gsm7.marked);
  for (locking = 0; locking <= SMS_LANGUAGES; locking++) {
    if (locking && !sms_language_locks(locking)) continue;
    for (single = 0; single <= SMS_LANGUAGES; single++) {
      sms_alphabet_make(&a, locking, single);
      CHECK(a.cost[0] == 0);
      for (c = 0; c < 256; c++) {
        memset(run, 'x', sizeof run);
        run[c % SMS_RUN] = (unsigned char)c;
        if (a.latin && sms_is_latin(run)) CHECK(c < 0x80 && a.cost[c] == 1);
      }
    }
  }
}

/* What shows nothing, by itself; and what begins with the same bytes and does. */
static void test_blank(void) {
  static const char *const unseen[] = {"",
                                       " ",
                                       "\r\n",
                                       "\xC2\xA0",
                                       "\xC2\xAD",
                                       "\xE2\x80\x8B",
                                       "\xE3\x80\x80",
                                       "\xE3\x85\xA4",
                                       "\xEF\xBB\xBF",
                                       "\xF3\xA0\x84\x80"};
  static const char *const visible[] = {
      "a", ".", "\xC2\xA1", "\xC3\xA0", "\xE2\x80\x90", "\xE3\x80\x81", "\xEF\xBC\x81", "\xF0\x9F\x98\x80"};
  size_t i;
  for (i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
    CHECK(sms_text_is_blank(put(unseen[i], strlen(unseen[i])), strlen(unseen[i])));
  for (i = 0; i < sizeof visible / sizeof visible[0]; i++)
    CHECK(!sms_text_is_blank(put(visible[i], strlen(visible[i])), strlen(visible[i])));
}

static void test_languages(void) {
  CHECK(sms_language_place(put("turkish", 7), 7) == 1);
  CHECK(sms_language_place(put("ur", 2), 2) == 13);
  CHECK(sms_language_place(put("u", 1), 1) == -1);
  CHECK(!sms_language_locks(2));
}

/* The room ends at the forbidden page. */
static void test_names(void) {
  char *name = wall - SMS_NAME_MAX;
  uint32_t code;
  size_t wrong = 0, given = 0;
  for (code = 0; code <= 0x10FFFF; code++) {
    size_t len = sms_char_name(code, name);
    wrong +=
        len >= SMS_NAME_MAX || len != strlen(name) || strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -+()") != len;
    given += strncmp(name, "U+", 2) != 0;
  }
  CHECK(wrong == 0);
  CHECK(given == 149251); /* all characters of Unicode 15.0 and the control characters */
  sms_char_name(0x2542, name);
  CHECK(!strcmp(name, "BOX DRAWINGS VERTICAL HEAVY AND HORIZONTAL LIGHT"));
}

int main(void) {
  build_wall();
  test_limits();
  test_utf8();
  test_alphabets();
  test_languages();
  test_blank();
  test_names();
  test_random();
  printf("%d checks, %d failed\n", checks, failures);
  return failures > 0;
}
