/* SPDX-License-Identifier: MIT
** Whether a text may be sent: it has no control characters and is not blank. White_Space and Default_Ignorable_Code_Point are
** properties of the Unicode Character Database (PropList.txt, DerivedCoreProperties.txt, version 15.0). */
#include "text.h"

struct range {
  uint32_t first, last;
};

/* White space and invisible characters beyond ASCII. */
static const struct range unseen[] = {
    {0x0085, 0x0085},   {0x00A0, 0x00A0},   {0x00AD, 0x00AD},   {0x034F, 0x034F}, {0x061C, 0x061C}, {0x115F, 0x1160},
    {0x1680, 0x1680},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},
    {0x3000, 0x3000},   {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFF8},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

static int is_unseen(uint32_t code) {
  size_t i;
  if (code < 0x80) return code <= ' ' || code == 0x7F;
  for (i = 0; i < sizeof unseen / sizeof unseen[0] && code >= unseen[i].first; i++)
    if (code <= unseen[i].last) return 1;
  return 0;
}

int sms_text_is_blank(const char *text, size_t len) {
  const unsigned char *p = (const unsigned char *)text, *end = p + len;
  uint32_t code;
  while (p < end) {
    p += sms_utf8_known(p, &code);
    if (!is_unseen(code)) return 0;
  }
  return 1;
}

/* Up to `stop`, which may lie within a character: C1 is recognised by its first byte, 0xC2. 0: a control character at *p. */
static int pass_plain(const unsigned char **p, const unsigned char *stop, int *braces) {
  for (; *p < stop; ++*p) {
    unsigned char c = **p;
    if (c == '{' || c == '}') *braces = 1;
    if (c < ' ' ? c != '\n' && c != '\r' : c == 0x7F || (c == 0xC2 && (*p)[1] < 0xA0)) return 0;
  }
  return 1;
}

enum sms_sendable sms_text_sendable(const char *text, size_t len, size_t *at, int *braces) {
  const unsigned char *p = (const unsigned char *)text, *end = p + len;
  *braces = 0;
  while (p < end) {
    const unsigned char *stop = end - p < SMS_RUN ? end : p + SMS_RUN;
    if (stop - p == SMS_RUN && sms_is_latin(p)) {
      p = stop;
    } else if (!pass_plain(&p, stop, braces)) {
      *at = (size_t)(p - (const unsigned char *)text);
      return SMS_CONTROL;
    }
  }
  return sms_text_is_blank(text, len) ? SMS_BLANK : SMS_SENDABLE;
}
