/* SPDX-License-Identifier: MIT
** Repairs JSON texts that lua-cjson refuses: with a byte order mark, or half of a surrogate pair. */
#include "base.h"

#include <string.h>

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The code unit of the escape \uXXXX at p, or -1. */
static int escaped_unit(const char *p, const char *end) {
  int unit = 0, i;
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
  for (i = 2; i < 6; i++) {
    int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

size_t sms_json_repair(char *text, size_t len) {
  static const char mark[] = "\xEF\xBB\xBF";
  char *p = text, *end = text + len;
  size_t repaired = 0;
  if (len >= 3 && !memcmp(text, mark, 3)) {
    memset(text, ' ', 3);
    repaired++;
  }
  while (p < end && (p = memchr(p, '\\', (size_t)(end - p))) != NULL) {
    int unit = escaped_unit(p, end), next;
    if (unit < 0xD800 || unit > 0xDFFF) {
      p += 2;
      continue;
    }
    next = unit < 0xDC00 ? escaped_unit(p + 6, end) : -1;
    if (next >= 0xDC00 && next <= 0xDFFF) {
      p += 12;
      continue;
    }
    memcpy(p + 2, "fffd", 4);
    repaired++;
    p += 6;
  }
  return repaired;
}
