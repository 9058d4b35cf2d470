/* SPDX-License-Identifier: MIT
** Encodings of text on the wire (percent, base64, JSON), and checks of headers and targets. */
#include "base.h"

#include <string.h>

static int is_alnum(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

int sms_is_token(struct sms_str s) {
  size_t i;
  for (i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (!is_alnum(c) && (c == 0 || !strchr("!#$%&'*+-.^_`|~", c))) return 0;
  }
  return s.len > 0;
}

int sms_is_line(struct sms_str s) {
  return !memchr(s.ptr, 0, s.len) && !memchr(s.ptr, '\r', s.len) && !memchr(s.ptr, '\n', s.len);
}

int sms_is_target(struct sms_str s) {
  size_t i;
  for (i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c <= ' ' || c >= 0x7f || c == '#') return 0;
  }
  return s.len > 0 && s.ptr[0] == '/';
}

sms_rc sms_add_percent(struct sms_buf *b, struct sms_str s) {
  static const char hex[] = "0123456789ABCDEF";
  size_t i;
  sms_rc rc = SMS_OK;
  for (i = 0; i < s.len && !rc; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    char escape[3] = {'%', hex[c >> 4], hex[c & 15]};
    rc = is_alnum(c) || (c && strchr("-._~", c)) ? sms_buf_addc(b, (char)c) : sms_buf_add(b, escape, 3);
  }
  return rc;
}

sms_rc sms_add_base64(struct sms_buf *b, struct sms_str s) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t i, k;
  sms_rc rc = SMS_OK;
  for (i = 0; i < s.len && !rc; i += 3) {
    size_t n = s.len - i < 3 ? s.len - i : 3;
    unsigned long bits = 0;
    char four[4];
    for (k = 0; k < 3; k++) bits = bits << 8 | (k < n ? (unsigned char)s.ptr[i + k] : 0u);
    for (k = 0; k < 4; k++) four[k] = k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=';
    rc = sms_buf_add(b, four, 4);
  }
  return rc;
}

static sms_rc add_json_char(struct sms_buf *b, unsigned char c) {
  static const char hex[] = "0123456789abcdef";
  char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
  char quoted[2] = {'\\', (char)c};
  if (c < 0x20) return sms_buf_add(b, escape, 6);
  return c == '"' || c == '\\' ? sms_buf_add(b, quoted, 2) : sms_buf_addc(b, (char)c);
}

/* Number of bytes at the beginning that need no escape, checked eight at a time. */
static size_t plain_run(const char *s, size_t len) {
  const uint64_t one = UINT64_C(0x0101010101010101), high = 0x80 * one;
  size_t i = 0;
  uint64_t eight;
  for (; i + sizeof eight <= len; i += sizeof eight) {
    uint64_t quote, slash;
    memcpy(&eight, s + i, sizeof eight);
    quote = eight ^ '"' * one;
    slash = eight ^ '\\' * one;
    if (((eight - 0x20 * one) & ~eight & high) || ((quote - one) & ~quote & high) || ((slash - one) & ~slash & high))
      break;
  }
  while (i < len && (unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\') i++;
  return i;
}

sms_rc sms_add_json_string(struct sms_buf *b, struct sms_str s) {
  sms_rc rc = sms_buf_addc(b, '"');
  while (!rc) {
    size_t plain = plain_run(s.ptr, s.len);
    rc = sms_buf_add(b, s.ptr, plain);
    if (plain == s.len) break;
    if (!rc) rc = add_json_char(b, (unsigned char)s.ptr[plain]);
    s.ptr += plain + 1;
    s.len -= plain + 1;
  }
  return rc ? rc : sms_buf_addc(b, '"');
}
