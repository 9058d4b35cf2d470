/* SPDX-License-Identifier: MIT
** Reads option tables and arguments. A mistake raises an error at the caller's line, which names the option. */
#include "binding.h"

#include <lauxlib.h>
#include <limits.h>
#include <lua.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

static int unknown(lua_State *L, const char *const known[]) {
  size_t len;
  const char *name = luaL_tolstring(L, -2, &len); /* a copy: lua_next needs the key unchanged */
  const char *near = sms_word_nearest(name, len, known);
  if (near) return luaL_error(L, "unknown option '%s'; did you mean '%s'?", name, near);
  return luaL_error(L, "unknown option '%s'", name);
}

unsigned sms_checkoptions(lua_State *L, int arg, const char *const known[]) {
  unsigned given = 0;
  luaL_checktype(L, arg, LUA_TTABLE);
  arg = lua_absindex(L, arg);
  for (lua_pushnil(L); lua_next(L, arg); lua_pop(L, 1)) {
    size_t len;
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &len) : NULL;
    int place = name ? sms_word_place(name, len, known) : -1;
    if (place < 0) unknown(L, known);
    given |= 1u << place;
  }
  return given;
}

/* [-0, +1, m] the raw field's type */
static int push_field(lua_State *L, int arg, const char *name) {
  arg = lua_absindex(L, arg);
  lua_pushstring(L, name);
  return lua_rawget(L, arg);
}

static int wrong_type(lua_State *L, const char *name, const char *wanted) {
  return luaL_error(L, "option '%s' must be %s, not %s", name, wanted, luaL_typename(L, -1));
}

int sms_textfield(lua_State *L, int arg, const char *name, struct sms_str *text) {
  int type = push_field(L, arg, name);
  text->ptr = "";
  text->len = 0;
  if (type == LUA_TSTRING) text->ptr = lua_tolstring(L, -1, &text->len);
  else if (type != LUA_TNIL) wrong_type(L, name, "a string");
  lua_pop(L, 1);
  return type == LUA_TSTRING;
}

const char *sms_namefield(lua_State *L, int arg, const char *name) {
  struct sms_str text;
  if (!sms_textfield(L, arg, name, &text)) return NULL;
  if (strlen(text.ptr) != text.len) luaL_error(L, "option '%s' must not contain a NUL byte", name);
  return text.ptr;
}

int sms_tablefield(lua_State *L, int arg, const char *name) {
  int type = push_field(L, arg, name);
  if (type == LUA_TTABLE) return 1;
  if (type != LUA_TNIL) wrong_type(L, name, "a table");
  lua_pop(L, 1);
  return 0;
}

int sms_flagfield(lua_State *L, int arg, const char *name) {
  int type = push_field(L, arg, name), flag = lua_toboolean(L, -1);
  if (type != LUA_TBOOLEAN && type != LUA_TNIL) wrong_type(L, name, "a boolean");
  lua_pop(L, 1);
  return flag;
}

double sms_secondsfield(lua_State *L, int arg, const char *name, double otherwise) {
  int type = push_field(L, arg, name);
  double seconds = type == LUA_TNIL ? otherwise : lua_tonumber(L, -1);
  if (type != LUA_TNUMBER && type != LUA_TNIL) wrong_type(L, name, "a number of seconds");
  if (!(seconds >= 0 && seconds <= HUGE_VAL)) luaL_error(L, "option '%s' must be 0 seconds or more", name);
  lua_pop(L, 1);
  return seconds;
}

lua_Integer sms_lengthfield(lua_State *L, int arg, const char *name) {
  int exact, type = push_field(L, arg, name);
  lua_Integer n = lua_tointegerx(L, -1, &exact);
  lua_pop(L, 1);
  if (type == LUA_TNIL) return -1;
  if (type != LUA_TNUMBER || !exact || n < 0) luaL_error(L, "option '%s' must be an integer of 0 or more", name);
  return n;
}

/* Sizes beyond the address space are capped. */
size_t sms_sizefield(lua_State *L, int arg, const char *name, size_t otherwise) {
  lua_Integer n = sms_lengthfield(L, arg, name);
  if (n < 0) return otherwise;
  return (lua_Unsigned)n > SIZE_MAX ? SIZE_MAX : (size_t)n;
}

struct sms_str sms_checktext(lua_State *L, int arg) {
  struct sms_str text;
  if (lua_type(L, arg) != LUA_TSTRING) luaL_checktype(L, arg, LUA_TSTRING);
  text.ptr = lua_tolstring(L, arg, &text.len);
  return text;
}

/* libcurl partly uses 32 bits, so longer times are capped at 24 days. */
long sms_milliseconds(double seconds) {
  double ms = ceil(seconds * 1e3);
  return ms >= INT_MAX ? INT_MAX : (long)ms;
}
