/* SPDX-License-Identifier: MIT
** Layer 1 of the codecs without Lua: every input ends at a forbidden page and every output at another, so that one byte
** too many ends the program. Prints what fails; the exit status tells whether anything did. */
#define _DEFAULT_SOURCE
#include "../../csrc/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES 4

/* Memory of some pages; the page after it is forbidden. */
struct wall {
  char *start, *end;
};

static int failures, checks;

static void check(int ok, int line, const char *what) {
  checks++;
  if (ok) return;
  failures++;
  printf("spec/c/codec.c:%d: %s\n", line, what);
}

#define CHECK(x) check((x) != 0, __LINE__, #x)

static struct wall wall_new(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  struct wall w;
  w.start = mmap(NULL, (PAGES + 1) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (w.start == MAP_FAILED || mprotect(w.start + PAGES * page, page, PROT_NONE) != 0) {
    perror("wall");
    exit(2);
  }
  w.end = w.start + PAGES * page;
  return w;
}

static struct wall in, out;

/* The text right before the forbidden page, without a NUL. */
static const char *put(const char *text, size_t len) {
  char *at = in.end - len;
  memcpy(at, text, len);
  return at;
}

/* Guards a text in exactly the room it asks for. 0: the scan refused it. */
static size_t guard(const char *text, size_t len, const char **result) {
  struct sms_json_report report;
  const char *t = put(text, len);
  size_t room, n;
  int marker;
  if (sms_json_scan(t, len, 0, &report) != SMS_OK) return 0;
  marker = sms_json_marker(t, len);
  if (marker < 0) return 0;
  room = len + 3 * report.guarded;
  *result = out.end - room;
  n = sms_json_guard(t, len, &report, marker, out.end - room);
  CHECK(n == room);
  return n;
}

static int guards_as(const char *text, const char *expected) {
  const char *result;
  size_t n = guard(text, strlen(text), &result);
  return n == strlen(expected) && memcmp(result, expected, n) == 0;
}

static int refuses_at(const char *text, size_t len, size_t at) {
  struct sms_json_report report;
  return sms_json_scan(put(text, len), len, 0, &report) == SMS_EINVALID && report.reason && report.at == at;
}

static void test_guard(void) {
  CHECK(guards_as("[1,2.5,\"1.0\"]", "[1,2.5,\"1.0\"]"));
  CHECK(guards_as("2.0", "\"\xFF"
                         "2.0\""));
  CHECK(guards_as("-1e3", "\"\xFF"
                          "-1e3\""));
  CHECK(guards_as("99999999999999", "99999999999999"));
  CHECK(guards_as("100000000000000", "\"\xFF"
                                     "100000000000000\""));
  CHECK(guards_as("{\"a\\\"\":1.0}", "{\"a\\\"\":\"\xFF"
                                     "1.0\"}"));
  CHECK(guards_as("\"\xFF\",1.0", "\"\xFF\",\"\xFE"
                                  "1.0\""));
  CHECK(guards_as("\"open 1.0", "\"open 1.0"));
  CHECK(guards_as("\"open\\", "\"open\\"));
}

static void test_refusals(void) {
  static const char *const bad[] = {"-", "1.", "1e", "1e+", "01", "-01", "0x1", "1.5.", "1:", "1.0 :", "1a", "1+"};
  size_t i;
  for (i = 0; i < sizeof bad / sizeof bad[0]; i++) CHECK(refuses_at(bad[i], strlen(bad[i]), 0));
  CHECK(refuses_at("[1]\0", 4, 3));
  CHECK(refuses_at("[1, 02]", 7, 4));
}

/* Whether baring what was guarded gives the text again. A text with an 0xFF of its own is marked with another byte. */
static int comes_back(const char *text, size_t len) {
  const char *result;
  char back[64];
  size_t n = guard(text, len, &result);
  if (n == 0 || memchr(text, 0xFF, len)) return 1;
  return sms_json_unquote(result, n, back) == len && memcmp(back, text, len) == 0;
}

/* Every text of up to five bytes over the letters that matter. */
static void test_every_short_text(void) {
  static const char letters[] = "\"\\0-.e9:+ \xFF";
  size_t base = sizeof letters - 1, len, n, i, total = 1;
  char text[5];
  for (len = 1; len <= sizeof text; len++) {
    total *= base;
    for (n = 0; n < total; n++) {
      size_t rest = n;
      for (i = 0; i < len; i++, rest /= base) text[i] = letters[rest % base];
      CHECK(comes_back(text, len));
    }
  }
}

static int unquotes_as(const char *text, const char *expected) {
  size_t len = strlen(text), n = sms_json_unquote(put(text, len), len, out.end - len);
  return n == strlen(expected) && memcmp(out.end - len, expected, n) == 0;
}

static void test_unquote(void) {
  CHECK(unquotes_as("[\"\xFF"
                    "12\",\"a\"]",
                    "[12,\"a\"]"));
  CHECK(unquotes_as("\"\xFF[]\"", "[]"));
  CHECK(unquotes_as("\"\xFF\"", ""));
  CHECK(unquotes_as("\"\xFF"
                    "12",
                    "\"\xFF"
                    "12"));
  CHECK(unquotes_as("\xFF\"", "\xFF\""));
  CHECK(unquotes_as("\"\xFF"
                    "1\"\"\xFF"
                    "2\"",
                    "12"));
  CHECK(unquotes_as("", ""));
}

static int is_value(const char *digits, int64_t expected) {
  int64_t value;
  size_t len = strlen(digits);
  return sms_json_integer(put(digits, len), len, &value) == SMS_OK && value == expected;
}

static int is_too_large(const char *digits) {
  int64_t value = 42;
  size_t len = strlen(digits);
  return sms_json_integer(put(digits, len), len, &value) == SMS_ETOOBIG && value == 42;
}

static void test_integers(void) {
  CHECK(is_value("0", 0));
  CHECK(is_value("-0", 0));
  CHECK(is_value("9223372036854775807", INT64_MAX));
  CHECK(is_value("-9223372036854775807", -INT64_MAX));
  CHECK(is_value("-9223372036854775808", INT64_MIN));
  CHECK(is_too_large("9223372036854775808"));
  CHECK(is_too_large("-9223372036854775809"));
  CHECK(is_too_large("18446744073709551615"));
  CHECK(is_too_large("18446744073709551616"));
  CHECK(is_too_large("99999999999999999999999999999999999999"));
  CHECK(sms_json_isinteger(put("-12", 3), 3));
  CHECK(!sms_json_isinteger(put("012", 3), 3));
  CHECK(!sms_json_isinteger(put("-", 1), 1));
  CHECK(!sms_json_isinteger(put("1\0", 2), 2));
  CHECK(!sms_json_isinteger(in.end, 0));
}

static void test_doubles(void) {
  static const double numbers[] = {
      0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -2.2250738585072014e-308, 1e300, 123456789.123456789};
  char text[SMS_JSON_NUMBER];
  size_t i;
  for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    sms_json_double(numbers[i], text);
    CHECK(strtod(text, NULL) == numbers[i]);
    CHECK(strlen(text) < 26);
  }
  CHECK(sms_json_is14(0.1));
  {
    volatile double sum = 0.1 + 0.2; /* a double, also where sums are longer (x87) */
    CHECK(!sms_json_is14(sum));
  }
}

static size_t bad_utf8(const char *text) {
  size_t len = strlen(text);
  return sms_utf8_bad(put(text, len), len);
}

static void test_utf8(void) {
  CHECK(bad_utf8("abc") == 3);
  CHECK(bad_utf8("a\xE2\x82\xAC\xF0\x9F\x98\x80") == 8);
  CHECK(bad_utf8("a\xE2\x82") == 1);
  CHECK(bad_utf8("a\xF0\x9F\x98") == 1);
  CHECK(bad_utf8("a\xC3") == 1);
  CHECK(bad_utf8("\xED\xA0\x80") == 0);
  CHECK(bad_utf8("ab\xC0\x80") == 2);
  CHECK(sms_utf8_bad(put("a\0b", 3), 3) == 3);
  CHECK(sms_utf8_bad(in.end, 0) == 0);
}

static void test_status(void) {
  const struct sms_status *row = sms_status_find(0, 1, put("delivrd", 7), 7);
  size_t i;
  CHECK(row && strcmp(row->code, "2") == 0 && strcmp(sms_status_states[row->state], "delivered") == 0);
  CHECK(sms_status_find(0, 1, put("2\0", 2), 2) == NULL);
  CHECK(sms_status_find(0, 1, in.end, 0) == NULL);
  for (i = 0; (row = sms_status_at(i)) != NULL; i++)
    CHECK(sms_status_find(row->provider, row->kind, row->code, strlen(row->code)) == row);
  CHECK(sms_status_at(i + 1) == NULL);
}

static void test_words(void) {
  static const char *const list[] = {"messagewhiz", "websms", "zipwhip", NULL};
  char longest[SMS_WORD_MAX];
  struct sms_guess g;
  memset(longest, 'x', sizeof longest);
  CHECK(strcmp(sms_word_nearest(put("zpiwhip", 7), 7, list), "zipwhip") == 0);
  CHECK(sms_word_nearest(in.end, 0, list) == NULL);
  CHECK(sms_word_place(put("websms", 6), 6, list) == 1);
  CHECK(sms_word_place(put("webs", 4), 4, list) == -1);
  sms_guess_init(&g, longest, sizeof longest);
  CHECK(sms_guess_try(&g, put(longest, sizeof longest), sizeof longest));
  CHECK(!sms_guess_try(&g, longest, sizeof longest + 1));
  CHECK(sms_equal(put("ab", 2), 2, "ab", 2));
  CHECK(!sms_equal("abc", 3, put("ab", 2), 2));
}

int main(void) {
  in = wall_new();
  out = wall_new();
  test_guard();
  test_refusals();
  test_every_short_text();
  test_unquote();
  test_integers();
  test_doubles();
  test_utf8();
  test_status();
  test_words();
  printf("%d checks, %d failed\n", checks, failures);
  return failures > 0;
}
