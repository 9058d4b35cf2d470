/* SPDX-License-Identifier: MIT
** Reads a plain message of a broadcast from Lua in one call: fills its template, counts and checks its text, and looks its number
** up. */
#include "row.h"

#include <stdio.h>
#include <string.h>

#include "../text/text.h"

#define FILLED_MAX 4096    /* bytes of a filled text; longer ones are left to Lua */
#define INTEGER_MAX 24     /* bytes of an integer */
#define E164_MAX_DIGITS 15 /* ITU-T E.164 section 6.2.1 */

/* Upvalues: the settings of `core.row_reader` in the order of their names below, the last template with its pieces, the last text with its
** segments. */
enum {
  UP_RULES = 1,
  UP_PLANS,
  UP_PARSE,
  UP_NUMBER,
  UP_SENDER,
  UP_REFUSAL,
  UP_FROM,
  UP_BARE,
  UP_REGION,
  UP_TEMPLATE,
  UP_PIECES,
  UP_TEXT,
  UP_SEGMENTS,
  UPVALUES = UP_SEGMENTS
};
static const char *const settings[] = {"rules",   "plans", "parse", "number", "sender",
                                       "refusal", "from",  "bare",  "region", NULL};

/* The place of a field; 0 if plain messages do not have it. */
static int place_of(const char *name) {
  static const struct {
    const char *name;
    int place;
  } fields[] = {{"text", TEXT},         {"to", TO},    {"from", FROM}, {"reference", REFERENCE}, {"callback", CALLBACK},
                {"campaign", CAMPAIGN}, {"vars", VARS}};
  size_t i;
  for (i = 0; i < sizeof fields / sizeof *fields; i++)
    if (*name == *fields[i].name && !strcmp(name, fields[i].name)) return fields[i].place;
  return 0;
}

/* Whether the value at VALUE matches the rule of its field; the text is checked when it is filled. */
static int is_good(lua_State *L, int place, lua_Integer *needed) {
  int good;
  if (place == VARS) return lua_type(L, VALUE) == LUA_TTABLE;
  if (place == TEXT) return lua_type(L, VALUE) == LUA_TSTRING;
  lua_pushvalue(L, KEY);
  good = lua_rawget(L, lua_upvalueindex(UP_RULES)) != LUA_TNIL && sms_check_value(L, VALUE, RULE, needed);
  lua_settop(L, VALUE);
  return good;
}

/* Moves each field to its place. */
static int take_apart(lua_State *L, lua_Integer *needed) {
  if (lua_type(L, GIVEN) != LUA_TTABLE || lua_getmetatable(L, GIVEN)) return 0;
  lua_settop(L, VARS);
  for (lua_pushnil(L); lua_next(L, GIVEN); lua_settop(L, KEY)) {
    int place = lua_type(L, KEY) == LUA_TSTRING ? place_of(lua_tostring(L, KEY)) : 0;
    if (!place || !is_good(L, place, needed)) return 0;
    lua_copy(L, VALUE, place);
  }
  return !lua_isnil(L, TEXT) && !lua_isnil(L, TO);
}

/* Whether a value is more than white space, judging by its ASCII bytes, else by the whole value. */
static int says_something(const char *s, size_t len) {
  size_t i;
  for (i = 0; i < len; i++)
    if (s[i] > ' ' && s[i] < 0x7F) return 1;
  return len && sms_utf8_bad(s, len) == len && !sms_text_is_blank(s, len);
}

/* The text of the value at the top; 0: left to Lua. */
static int text_of(lua_State *L, char number[INTEGER_MAX], struct sms_str *out) {
  if (lua_isinteger(L, -1)) {
    snprintf(number, INTEGER_MAX, LUA_INTEGER_FMT, (LUAI_UACINT)lua_tointeger(L, -1));
    out->ptr = number;
    out->len = strlen(number);
    return 1;
  }
  if (lua_type(L, -1) != LUA_TSTRING) return 0;
  out->ptr = lua_tolstring(L, -1, &out->len);
  return says_something(out->ptr, out->len);
}

/* Joins the pieces of the template at the top. */
static int fill(lua_State *L, char *out, size_t *len) {
  int pieces = lua_gettop(L), type;
  lua_Integer i;
  *len = 0;
  for (i = 1; (type = lua_rawgeti(L, pieces, i)) != LUA_TNIL; i++) {
    char number[INTEGER_MAX];
    struct sms_str text;
    if (type == LUA_TTABLE) {
      lua_rawgeti(L, -1, 1);
      lua_rawget(L, VARS);
      if (!text_of(L, number, &text)) return 0;
    } else {
      text.ptr = lua_tolstring(L, -1, &text.len);
    }
    if (text.len > FILLED_MAX - *len) return 0;
    memcpy(out + *len, text.ptr, text.len);
    *len += text.len;
    lua_settop(L, pieces);
  }
  return 1;
}

/* The pieces of the template at TEXT, parsed again only if it differs from that of the previous message. [-0, +1, v] */
static int push_pieces(lua_State *L) {
  if (!lua_rawequal(L, TEXT, lua_upvalueindex(UP_TEMPLATE))) {
    lua_pushvalue(L, lua_upvalueindex(UP_PARSE));
    lua_pushvalue(L, TEXT);
    lua_call(L, 1, 1);
    lua_replace(L, lua_upvalueindex(UP_PIECES));
    lua_pushvalue(L, TEXT);
    lua_replace(L, lua_upvalueindex(UP_TEMPLATE));
  }
  lua_pushvalue(L, lua_upvalueindex(UP_PIECES));
  return lua_type(L, -1) == LUA_TTABLE;
}

/* Replaces a template by its filled text. */
static int fill_text(lua_State *L) {
  size_t len;
  char filled[FILLED_MAX];
  const char *s = lua_tolstring(L, TEXT, &len);
  if (!memchr(s, '{', len) && !memchr(s, '}', len)) return 1;
  if (lua_isnil(L, VARS) || lua_isnil(L, lua_upvalueindex(UP_PARSE))) return 0;
  if (!push_pieces(L) || !fill(L, filled, &len)) return 0;
  lua_pushlstring(L, filled, len);
  lua_replace(L, TEXT);
  lua_settop(L, KEY);
  return 1;
}

/* Counts and checks a text. */
static int weigh_text(lua_State *L, lua_Integer *needed) {
  static const struct sms_rules plain = {0, 0, 0, 0};
  struct sms_cost cost;
  size_t len, at;
  const char *s = lua_tolstring(L, TEXT, &len);
  int braces;
  lua_pushliteral(L, "text");
  if (lua_rawget(L, lua_upvalueindex(UP_RULES)) == LUA_TNIL || !sms_check_value(L, TEXT, KEY, needed)) return 0;
  if (sms_text_count(s, len, &plain, &sms_gsm7, &cost) != SMS_OK || cost.segments > SMS_SEGMENTS_MAX) return 0;
  if (sms_text_sendable(s, len, &at, &braces) != SMS_SENDABLE) return 0;
  lua_pushinteger(L, (lua_Integer)cost.segments);
  lua_replace(L, lua_upvalueindex(UP_SEGMENTS));
  lua_pushvalue(L, TEXT);
  lua_replace(L, lua_upvalueindex(UP_TEXT));
  return 1;
}

/* The text with its segments, often the same as in the previous message; each message needs a text. */
static int read_text(lua_State *L, lua_Integer *needed) {
  if (!fill_text(L)) return 0;
  lua_settop(L, VARS);
  if (lua_rawequal(L, TEXT, lua_upvalueindex(UP_TEXT))) --*needed;
  else if (!weigh_text(L, needed)) return 0;
  lua_copy(L, lua_upvalueindex(UP_SEGMENTS), SEGMENTS);
  return 1;
}

/* The recipient in E.164 if its plan has been unpacked, else nil. [-0, +1, m] */
static void push_called(lua_State *L) {
  size_t len, plus;
  const char *s = lua_tolstring(L, TO, &len);
  plus = len > 0 && *s == '+';
  if ((!plus && !lua_toboolean(L, lua_upvalueindex(UP_BARE))) || len <= plus || len - plus > E164_MAX_DIGITS ||
      !sms_number_label(L, s + plus, len - plus, lua_upvalueindex(UP_PLANS)))
    lua_pushnil(L);
  else if (plus) lua_pushvalue(L, TO);
  else lua_pushfstring(L, "+%s", s);
}

/* Calls a function of the settings with the value at a place. [-0, +1, v] */
static void ask(lua_State *L, int setting, int place) {
  lua_pushvalue(L, lua_upvalueindex(setting));
  lua_pushvalue(L, place);
  lua_pushvalue(L, lua_upvalueindex(UP_REGION));
  lua_call(L, 2, 1);
}

/* Sets the recipient in E.164. */
static int read_number(lua_State *L) {
  lua_settop(L, VARS);
  push_called(L);
  if (lua_isnil(L, -1)) ask(L, UP_NUMBER, TO);
  if (lua_isnil(L, -1)) return 0;
  lua_replace(L, CALLED);
  if (lua_isnil(L, lua_upvalueindex(UP_REFUSAL))) return 1;
  ask(L, UP_REFUSAL, CALLED);
  return !lua_toboolean(L, -1);
}

/* Converts the sender to international format, or sets the default sender. */
static int read_sender(lua_State *L) {
  if (lua_isnil(L, FROM)) {
    lua_copy(L, lua_upvalueindex(UP_FROM), FROM);
    return 1;
  }
  ask(L, UP_SENDER, FROM);
  if (lua_isnil(L, -1)) return 0;
  lua_replace(L, FROM);
  return 1;
}

lua_Integer sms_row_needs(lua_State *L) {
  lua_Integer needed;
  lua_rawgeti(L, lua_upvalueindex(UP_RULES), 0);
  needed = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return needed;
}

int sms_read_row(lua_State *L, lua_Integer needed) {
  int good = take_apart(L, &needed) && read_text(L, &needed) && !needed && read_number(L) && read_sender(L);
  lua_settop(L, VARS);
  return good;
}

int sms_push_row(lua_State *L) {
  int i;
  for (i = 0; i < ROW_COLUMNS; i++) lua_pushvalue(L, TEXT + i);
  return ROW_COLUMNS;
}

int sms_row_lua(lua_State *L) {
  lua_settop(L, 1);
  luaL_checkstack(L, ROW_STACK, NULL);
  lua_settop(L, GIVEN);
  lua_copy(L, 1, GIVEN);
  return sms_read_row(L, sms_row_needs(L)) ? sms_push_row(L) : 0;
}

int sms_row_settings(lua_State *L) {
  int i;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  for (i = 0; settings[i]; i++) lua_getfield(L, 1, settings[i]);
  lua_remove(L, 1);
  luaL_checktype(L, UP_RULES, LUA_TTABLE);
  luaL_checktype(L, UP_PLANS, LUA_TTABLE);
  luaL_checktype(L, UP_NUMBER, LUA_TFUNCTION);
  luaL_checktype(L, UP_SENDER, LUA_TFUNCTION);
  lua_settop(L, UPVALUES);
  return UPVALUES;
}
