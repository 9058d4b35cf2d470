/* SPDX-License-Identifier: MIT
** Status codes and words in Lua, and the list of all codec functions of sms.core: json_reader, json_writer, check, place, join_key,
** digest, status, statuses, number, text, lower, lower_names, upper, trim, nearest, equal. */
#include "binding.h"

#include <string.h>

#define USUAL_HEADERS 8 /* of a request; for more the table grows */

void sms_open_codec(lua_State *L); /* [-0, +0, m] adds its functions to the table on the top of the stack */

/* ---- status ---- */

/* The place of argument arg in a list of names; raises an error with the nearest name otherwise. [-0, +0, v] */
static int check_word(lua_State *L, int arg, const char *what, const char *const list[]) {
  size_t len;
  const char *word = luaL_checklstring(L, arg, &len), *near;
  int place = sms_word_place(word, len, list);
  if (place >= 0) return place;
  near = sms_word_nearest(word, len, list);
  if (near) return luaL_error(L, "unknown %s '%s', did you mean '%s'?", what, word, near);
  lua_pushstring(L, *list++);
  for (; *list; list++) lua_pushfstring(L, "%s, %s", lua_tostring(L, -1), *list);
  return luaL_error(L, "unknown %s '%s', expected one of: %s", what, word, lua_tostring(L, -1));
}

/* Pushes a code: the text of an integer becomes an integer. [-0, +1, m] */
static void push_code(lua_State *L, const char *code, size_t len) {
  int64_t value;
  if (sms_json_isinteger(code, len) && sms_json_integer(code, len, &value) == SMS_OK)
    lua_pushinteger(L, (lua_Integer)value);
  else lua_pushlstring(L, code, len);
}

/* Normalises the code argument: 2.0 and "2" become 2. [-0, +0, m] */
static void normalize_code(lua_State *L, int arg) {
  size_t len;
  const char *code;
  int is_whole;
  lua_Integer whole = lua_tointegerx(L, arg, &is_whole);
  if (lua_type(L, arg) == LUA_TNUMBER && is_whole) {
    lua_pushinteger(L, whole);
    lua_replace(L, arg);
  } else if (lua_type(L, arg) == LUA_TSTRING) {
    code = lua_tolstring(L, arg, &len);
    push_code(L, code, len);
    lua_replace(L, arg);
  }
}

static void set_string(lua_State *L, const char *key, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, key);
}

static void set_boolean(lua_State *L, const char *key, int value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, key);
}

#define STATUS_CLASS "sms.status"

/* Reads the former name of `provider_retry`, which is supported in this version only. [-2, +1, m] */
static int former_name(lua_State *L) {
  static const char former[] = "retryable";
  if (lua_type(L, 2) != LUA_TSTRING || strcmp(lua_tostring(L, 2), former) != 0) return 0;
  luaL_getmetatable(L, STATUS_CLASS);
  if (lua_getfield(L, -1, "warned") == LUA_TNIL) {
    lua_warning(
        L, "sms: a status field is now 'provider_retry'; the former name 'retryable' works in this version only", 0);
    lua_pushboolean(L, 1);
    lua_setfield(L, -3, "warned");
  }
  lua_getfield(L, 1, "provider_retry");
  return 1;
}

/* The table of a row, NULL for an undocumented code, without its code. [-0, +1, m] */
static void push_status(lua_State *L, const struct sms_status *row) {
  lua_createtable(L, 0, 6);
  if (luaL_newmetatable(L, STATUS_CLASS)) {
    lua_pushcfunction(L, former_name);
    lua_setfield(L, -2, "__index");
  }
  lua_setmetatable(L, -2);
  set_string(L, "name", row ? row->name : "UNKNOWN");
  set_string(L, "text", row ? row->text : "The provider does not document this code");
  set_string(L, "state", row ? sms_status_states[row->state] : "unknown");
  set_boolean(L, "final", row && row->final);
  set_boolean(L, "provider_retry", row && row->provider_retry);
}

/* status(provider, kind, code) -> table; an unknown provider or kind raises an error, an unknown code does not. [v] */
static int status(lua_State *L) {
  const struct sms_status *row = NULL;
  int provider, kind;
  lua_settop(L, 3);
  provider = check_word(L, 1, "provider", sms_status_providers);
  kind = check_word(L, 2, "kind", sms_status_kinds);
  normalize_code(L, 3);
  if (lua_type(L, 3) == LUA_TSTRING || lua_type(L, 3) == LUA_TNUMBER) {
    size_t len;
    const char *code;
    lua_pushvalue(L, 3);
    code = lua_tolstring(L, -1, &len);
    row = sms_status_find(provider, kind, code, len);
  }
  push_status(L, row);
  lua_pushvalue(L, 3);
  lua_setfield(L, -2, "code");
  return 1;
}

/* statuses(provider, kind) -> a list of all documented rows, in the order of status.def. [v] */
static int statuses(lua_State *L) {
  const struct sms_status *row;
  size_t i;
  lua_Integer n = 0;
  int provider = check_word(L, 1, "provider", sms_status_providers);
  int kind = check_word(L, 2, "kind", sms_status_kinds);
  lua_newtable(L);
  for (i = 0; (row = sms_status_at(i)) != NULL; i++) {
    if (row->provider != provider || row->kind != kind) continue;
    push_status(L, row);
    push_code(L, row->code, strlen(row->code));
    lua_setfield(L, -2, "code");
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

/* ---- numbers ---- */

static int is_whole(const char *text, size_t len) {
  size_t sign = len > 0 && *text == '-';
  return len > sign && strspn(text + sign, "0123456789") == len - sign;
}

/* number(text) -> the value of a decimal number, as an integer if it is one within 64 bits, in any locale; nil for any other text.
** [-0, +1, -] */
static int number(lua_State *L) {
  size_t len;
  const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &len) : NULL;
  int64_t whole;
  double value;
  if (!text || strspn(text, "0123456789.+-eE") != len) lua_pushnil(L);
  else if (is_whole(text, len) && sms_json_integer(text, len, &whole) == SMS_OK) lua_pushinteger(L, (lua_Integer)whole);
  else if (sms_json_float(text, &value)) lua_pushnumber(L, value);
  else lua_pushnil(L);
  return 1;
}

/* text(value) -> the result of tostring in the C locale. [-0, +1, e] */
static int text(lua_State *L) {
  char out[SMS_JSON_NUMBER];
  luaL_checkany(L, 1);
  if (lua_type(L, 1) != LUA_TNUMBER || lua_isinteger(L, 1)) {
    luaL_tolstring(L, 1, NULL);
    return 1;
  }
  sms_json_decimal(lua_tonumber(L, 1), out);
  lua_pushstring(L, out);
  if (out[strspn(out, "-0123456789")]) return 1;
  lua_pushliteral(L, ".0"); /* otherwise it would look like an integer */
  lua_concat(L, 2);
  return 1;
}

/* ---- words ---- */

/* The text at a place with the 26 letters from `first` shifted, in any locale. [-0, +1, v] */
static int move_letters(lua_State *L, int place, char first, int by) {
  size_t len, i;
  const char *text = luaL_checklstring(L, place, &len);
  luaL_Buffer b;
  char *out = luaL_buffinitsize(L, &b, len);
  for (i = 0; i < len; i++) out[i] = (char)(text[i] >= first && text[i] < first + 26 ? text[i] + by : text[i]);
  luaL_pushresultsize(&b, len);
  return 1;
}

/* lower(text) -> the text with A to Z as a to z. [-0, +1, v] */
static int lower(lua_State *L) { return move_letters(L, 1, 'A', 'a' - 'A'); }

/* upper(text) -> the text with a to z as A to Z. [-0, +1, v] */
static int upper(lua_State *L) { return move_letters(L, 1, 'a', 'A' - 'a'); }

/* lower_names(headers) -> a table with the entries that have string keys: the key in lower case, the value as text. [-0, +1, v] */
static int lower_names(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_createtable(L, 0, USUAL_HEADERS);
  for (lua_pushnil(L); lua_next(L, 1); lua_settop(L, 3)) {
    if (lua_type(L, 3) != LUA_TSTRING) continue;
    move_letters(L, 3, 'A', 'a' - 'A');
    luaL_tolstring(L, 4, NULL);
    lua_rawset(L, 2);
  }
  return 1;
}

static int is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* trim(text) -> the text without blanks and line ends around it, in linear time. [-0, +1, v] */
static int trim(lua_State *L) {
  size_t len, from = 0;
  const char *text = luaL_checklstring(L, 1, &len);
  while (len > 0 && is_blank(text[len - 1])) len--;
  while (from < len && is_blank(text[from])) from++;
  lua_pushlstring(L, text + from, len - from);
  return 1;
}

/* nearest(word, list) -> the nearest string of the list, or nil; other values are ignored. [-0, +1, v] */
static int nearest(lua_State *L) {
  struct sms_guess g;
  lua_Integer i, n;
  size_t len;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_pushnil(L);
  if (lua_type(L, 1) != LUA_TSTRING) return 1;
  sms_guess_init(&g, lua_tolstring(L, 1, &len), 0);
  g.len = len;
  n = (lua_Integer)lua_rawlen(L, 2);
  for (i = 1; i <= n; i++) {
    if (lua_rawgeti(L, 2, i) == LUA_TSTRING) {
      const char *candidate = lua_tolstring(L, -1, &len);
      if (sms_guess_try(&g, candidate, len)) lua_copy(L, -1, 3);
    }
    lua_pop(L, 1);
  }
  return 1;
}

/* equal(a, b) -> boolean, in a time that depends only on the lengths. [-0, +1, v] */
static int equal(lua_State *L) {
  size_t alen, blen;
  const char *a = luaL_checklstring(L, 1, &alen);
  const char *b = luaL_checklstring(L, 2, &blen);
  lua_pushboolean(L, sms_equal(a, alen, b, blen));
  return 1;
}

static const luaL_Reg functions[] = {
    {"json_reader", sms_json_reader},
    {"json_writer", sms_json_writer},
    {"check", sms_check_lua},
    {"place", sms_place_lua},
    {"join_key", sms_join_key_lua},
    {"digest", sms_digest_lua},
    {"status", status},
    {"statuses", statuses},
    {"number", number},
    {"number_plan", sms_number_plan},
    {"text", text},
    {"lower", lower},
    {"lower_names", lower_names},
    {"upper", upper},
    {"trim", trim},
    {"nearest", nearest},
    {"equal", equal},
    {NULL, NULL},
};

void sms_open_codec(lua_State *L) { luaL_setfuncs(L, functions, 0); }
