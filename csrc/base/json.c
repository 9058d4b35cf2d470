/* SPDX-License-Identifier: MIT
** Exact JSON numbers with lua-cjson: finds those that it would corrupt, and passes them through it as marked strings.
** Two builds of lua-cjson are in use; neither is exact over all 64-bit integers. */
#define _POSIX_C_SOURCE 200809L /* uselocale */
#include "base.h"

#include <langinfo.h>
#include <locale.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the locale ---- */

/* lua-cjson converts numbers with locale-dependent functions, and keeps the decimal point of the time when it was loaded. */
static int point_is_dot(void) { return !strcmp(nl_langinfo(RADIXCHAR), "."); }

/* Sets this thread's locale for converting numbers; the result is passed to the function that restores it. Free in glibc and musl. */
struct numeric {
  locale_t c_locale, before;
};

static struct numeric plain_numbers(void) {
  struct numeric n;
  n.c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  n.before = n.c_locale ? uselocale(n.c_locale) : (locale_t)0;
  return n;
}

static void usual_numbers(struct numeric n) {
  if (!n.c_locale) return;
  uselocale(n.before);
  freelocale(n.c_locale);
}

int sms_json_float(const char *text, double *number) {
  struct numeric n = plain_numbers();
  char *end;
  *number = strtod(text, &end);
  usual_numbers(n);
  return end > text && !*end;
}

void sms_json_double(double number, char out[SMS_JSON_NUMBER]) {
  struct numeric n = plain_numbers();
  int digits = 14;
  do {
    snprintf(out, SMS_JSON_NUMBER, "%.*g", ++digits, number);
  } while (digits < 17 && strtod(out, NULL) != number);
  usual_numbers(n);
}

void sms_json_decimal(double number, char out[SMS_JSON_NUMBER]) {
  struct numeric n = plain_numbers();
  snprintf(out, SMS_JSON_NUMBER, "%.14g", number);
  usual_numbers(n);
}

int sms_json_is14(double number) {
  char text[SMS_JSON_NUMBER];
  if (!point_is_dot()) return 0;
  snprintf(text, sizeof text, "%.14g", number);
  return strtod(text, NULL) == number;
}

/* ---- reading numbers ---- */

/* A scan of a text from number to number. */
struct walk {
  const char *p, *end;
  int every_number;   /* guard all numbers */
  const char *number; /* where the last number began; it ends at p */
  int guard;          /* whether that number is to be guarded */
  int point;          /* whether it has a fraction or an exponent */
  int nulls;          /* an n was found outside of strings */
  const char *reason; /* what is wrong at p */
};

static int is_digit(char c) { return c >= '0' && c <= '9'; }

static int is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static int goes_on(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '+' || c == '-';
}

static int at(const struct walk *w, char c) { return w->p < w->end && *w->p == c; }

static int skip(struct walk *w, char c) {
  int here = at(w, c);
  w->p += here;
  return here;
}

static size_t skip_digits(struct walk *w) {
  const char *from = w->p;
  while (w->p < w->end && is_digit(*w->p)) w->p++;
  return (size_t)(w->p - from);
}

/* How many of the n digits before end remain without trailing zeros. */
static size_t without_zeros(const char *end, size_t n) {
  while (n > 0 && *--end == '0') n--;
  return n;
}

/* Reads the fraction; *digits without trailing zeros. 0: a point without digits. */
static int read_fraction(struct walk *w, size_t *digits) {
  if (!skip(w, '.')) return 1;
  *digits = skip_digits(w);
  if (!*digits) return 0;
  *digits = without_zeros(w->p, *digits);
  return 1;
}

static int read_exponent(struct walk *w) {
  if (!skip(w, 'e') && !skip(w, 'E')) return 1;
  if (!skip(w, '+')) skip(w, '-');
  return skip_digits(w) > 0;
}

/* A float is guarded when its value may be integral: always with an exponent, never with up to 15 digits of which
** one after the point is not 0, since so few digits are never rounded to a whole number. */
static int read_number(struct walk *w) {
  size_t whole, part = 0;
  const char *point, *power;
  w->number = w->p;
  skip(w, '-');
  whole = skip(w, '0') ? 1 : skip_digits(w);
  point = w->p;
  if (!whole || !read_fraction(w, &part)) return 0;
  power = w->p;
  if (!read_exponent(w) || (w->p < w->end && goes_on(*w->p))) return 0;
  w->point = w->p > point;
  if (w->every_number) w->guard = 1;
  else if (!w->point) w->guard = whole >= SMS_JSON_EXACT_FROM;
  else w->guard = w->p > power || !part || whole + part > 15;
  return 1;
}

/* Whether an odd number of backslashes stands before a quote; the string's text begins at from. */
static int is_escaped(const char *from, const char *quote) {
  const char *p = quote;
  while (p > from && p[-1] == '\\') p--;
  return (quote - p) & 1;
}

/* Past the string that begins at p, or to the end if it is unterminated, which the parser will report. */
static void skip_string(struct walk *w) {
  const char *from = w->p + 1, *quote;
  w->p = from;
  do {
    quote = memchr(w->p, '"', (size_t)(w->end - w->p));
    w->p = quote ? quote + 1 : w->end;
  } while (quote && is_escaped(from, quote));
}

static int wrong(struct walk *w, const char *place, const char *reason) {
  w->p = place;
  w->reason = reason;
  return 0;
}

/* A number before a colon would be a valid key once it is quoted. */
static int is_key(const struct walk *w) {
  const char *p = w->p;
  while (p < w->end && is_space(*p)) p++;
  return p < w->end && *p == ':';
}

/* Classes of bytes outside of strings. */
enum begins { NOTHING, STRING, NUMBER, NONE, NUL };
static const unsigned char begins[256] = {
    [0] = NUL,      ['"'] = STRING, ['-'] = NUMBER, ['0'] = NUMBER, ['1'] = NUMBER, ['2'] = NUMBER, ['3'] = NUMBER,
    ['4'] = NUMBER, ['5'] = NUMBER, ['6'] = NUMBER, ['7'] = NUMBER, ['8'] = NUMBER, ['9'] = NUMBER, ['n'] = NONE};

/* Advances past the next number and returns 1; 0 at the end of the text or before an error. */
static int next_number(struct walk *w) {
  for (;;) {
    while (w->p < w->end && begins[(unsigned char)*w->p] == NOTHING) w->p++;
    if (w->p == w->end) return 0;
    switch ((enum begins)begins[(unsigned char)*w->p]) {
      case STRING: skip_string(w); break;
      case NUMBER:
        if (!read_number(w)) return wrong(w, w->number, "invalid number");
        return is_key(w) ? wrong(w, w->number, "a key that is not a string") : 1;
      case NUL: return wrong(w, w->p, "unexpected NUL");
      default: w->nulls = 1; w->p++;
    }
  }
}

static void walk_init(struct walk *w, const char *text, size_t len, int every_number) {
  memset(w, 0, sizeof *w);
  w->p = text;
  w->end = text + len;
  w->every_number = every_number;
}

sms_rc sms_json_scan(const char *text, size_t len, int every_number, struct sms_json_report *report) {
  struct walk w;
  report->every_number = every_number || !point_is_dot();
  walk_init(&w, text, len, report->every_number);
  report->guarded = 0;
  report->numbers = 0;
  report->points = 0;
  while (next_number(&w)) {
    report->guarded += (size_t)w.guard;
    report->points += (size_t)w.point;
    report->numbers++;
  }
  report->nulls = w.nulls;
  report->at = (size_t)(w.p - text);
  report->reason = w.reason;
  return w.reason ? SMS_EINVALID : SMS_OK;
}

/* ---- marks ---- */

int sms_json_marker(const char *text, size_t len) {
  static const unsigned char never[] = {0xFF, 0xFE, 0xC0, 0xC1, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD};
  size_t i;
  for (i = 0; i < sizeof never; i++)
    if (!len || !memchr(text, never[i], len)) return never[i];
  return -1;
}

static char *put(char *out, const char *from, const char *to) {
  size_t n = (size_t)(to - from);
  memcpy(out, from, n);
  return out + n;
}

size_t sms_json_guard(const char *text, size_t len, const struct sms_json_report *report, int marker, char *out) {
  const char *from = text;
  char *o = out;
  struct walk w;
  walk_init(&w, text, len, report->every_number);
  while (next_number(&w)) {
    if (!w.guard) continue;
    o = put(o, from, w.number);
    *o++ = '"';
    *o++ = (char)marker;
    o = put(o, w.number, w.p);
    *o++ = '"';
    from = w.p;
  }
  return (size_t)(put(o, from, text + len) - out);
}

size_t sms_json_unquote(const char *text, size_t len, char *out) {
  const char *from = text, *end = text + len, *mark = text;
  char *o = out;
  while (mark < end && (mark = memchr(mark, SMS_JSON_MARK, (size_t)(end - mark))) != NULL) {
    const char *close = memchr(mark, '"', (size_t)(end - mark));
    mark++;
    if (!close || mark - 1 == from || mark[-2] != '"') continue;
    o = put(o, from, mark - 2);
    o = put(o, mark, close);
    from = mark = close + 1;
  }
  return (size_t)(put(o, from, end) - out);
}

/* ---- values ---- */

int sms_json_isinteger(const char *text, size_t len) {
  struct walk w;
  walk_init(&w, text, len, 0);
  skip(&w, '-');
  return (skip(&w, '0') || skip_digits(&w) > 0) && w.p == w.end;
}

sms_rc sms_json_integer(const char *text, size_t len, int64_t *value) {
  size_t i = len > 0 && *text == '-';
  uint64_t limit = (uint64_t)INT64_MAX + i, n = 0;
  int negative = i > 0;
  for (; i < len; i++) {
    uint64_t digit = (uint64_t)(text[i] - '0');
    if (n > (limit - digit) / 10) return SMS_ETOOBIG;
    n = n * 10 + digit;
  }
  *value = !negative ? (int64_t)n : n == limit ? INT64_MIN : -(int64_t)n;
  return SMS_OK;
}

/* ---- UTF-8 ---- */

/* Bytes of the character that begins at s, 0 when it is not one. n > 0. RFC 3629 section 4. */
static size_t utf8_size(const unsigned char *s, size_t n) {
  size_t size = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : s[0] < 0xF5 ? 4 : 0;
  size_t i;
  if (size > n) return 0;
  for (i = 1; i < size; i++)
    if ((s[i] & 0xC0) != 0x80) return 0;
  if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F)) return 0;
  if ((s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F)) return 0;
  return size;
}

size_t sms_utf8_bad(const char *text, size_t len) {
  const unsigned char *s = (const unsigned char *)text;
  size_t i = 0, size;
  uint64_t eight; /* eight bytes of ASCII at a time */
  for (; i + sizeof eight <= len; i += sizeof eight) {
    memcpy(&eight, s + i, sizeof eight);
    if (eight & UINT64_C(0x8080808080808080)) break;
  }
  while (i < len && (size = utf8_size(s + i, len - i)) > 0) i += size;
  return i;
}
