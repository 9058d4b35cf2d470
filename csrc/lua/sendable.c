/* SPDX-License-Identifier: MIT
** Whether a text may be sent: text_sendable and text_blank of sms.core. */
#include <stdio.h>

#include "binding.h"
#include "../text/text.h"

/* Counted by the default alphabet, with 8-bit references. */
static sms_rc count(struct sms_str text, struct sms_cost *cost) {
  static const struct sms_rules no_options = {0, 0, 0, 0};
  return sms_text_count(text.ptr, text.len, &no_options, &sms_gsm7, cost);
}

/* [-0, +2, m] nil, message */
static int not_utf8(lua_State *L, size_t at) {
  lua_pushnil(L);
  lua_pushfstring(L, "invalid UTF-8 at byte %I", (LUAI_UACINT)at + 1);
  return 2;
}

/* [-0, +2, m] nil, message */
static int control_character(lua_State *L, struct sms_str text, size_t at) {
  char code[8]; /* `U+` and four digits */
  uint32_t value;
  sms_utf8_known((const unsigned char *)text.ptr + at, &value);
  snprintf(code, sizeof code, "U+%04X", (unsigned)(value & 0xFF));
  lua_pushnil(L);
  lua_pushfstring(L, "contains the control character %s at byte %I; only CR and LF may be sent", code,
                  (LUAI_UACINT)at + 1);
  return 2;
}

/* [-0, +2, m] nil, message */
static int nothing_to_read(lua_State *L, int empty) {
  lua_pushnil(L);
  lua_pushstring(L, empty ? "is empty" : "contains only white space");
  return 2;
}

/* [-0, +2, m] nil, message */
static int too_many(lua_State *L, size_t segments) {
  lua_pushnil(L);
  lua_pushfstring(L, "needs %I segments, a message has at most %d", (LUAI_UACINT)segments, SMS_SEGMENTS_MAX);
  return 2;
}

/* text_sendable(text) -> segments, whether it has braces | nil, message: why the text can't be sent by any provider. [-0, +2, v] */
static int text_sendable(lua_State *L) {
  struct sms_str text = sms_checktext(L, 1);
  struct sms_cost cost;
  size_t at;
  int braces;
  if (count(text, &cost) != SMS_OK) return not_utf8(L, cost.bad);
  switch (sms_text_sendable(text.ptr, text.len, &at, &braces)) {
    case SMS_CONTROL: return control_character(L, text, at);
    case SMS_BLANK: return nothing_to_read(L, text.len == 0);
    case SMS_SENDABLE: break;
  }
  if (cost.segments > SMS_SEGMENTS_MAX) return too_many(L, cost.segments);
  lua_pushinteger(L, (lua_Integer)cost.segments);
  lua_pushboolean(L, braces);
  return 2;
}

/* text_blank(text) -> whether it holds only white space and invisible characters. False if it is not UTF-8.
** [-0, +1, v] */
static int text_blank(lua_State *L) {
  struct sms_str text = sms_checktext(L, 1);
  struct sms_cost cost;
  lua_pushboolean(L, count(text, &cost) == SMS_OK && sms_text_is_blank(text.ptr, text.len));
  return 1;
}

static const luaL_Reg functions[] = {{"text_sendable", text_sendable}, {"text_blank", text_blank}, {NULL, NULL}};

void sms_open_send(lua_State *L) { luaL_setfuncs(L, functions, 0); }
