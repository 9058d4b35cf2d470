/* SPDX-License-Identifier: MIT
** Reads JSON with lua-cjson: numbers that it would corrupt are guarded before and restored afterwards. No heap memory is held
** across a call that may raise. */
#include "binding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TEXT = 1, GIVEN }; /* places: the text, and the text passed to lua-cjson instead */

/* The result for a text: a value, an error of lua-cjson, or an error of our own scan. */
enum reading { READ, REFUSED, MALFORMED };

/* Pushes the text for lua-cjson: the same, or a copy with the numbers that it would
** corrupt as marked strings. *marker: their mark, -1 if there are none. Returns 0 after an error, with the message. [-0, +1, m] */
static int push_guarded(lua_State *L, int every_number, struct sms_json_report *report, int *marker) {
  size_t len;
  const char *text = lua_tolstring(L, TEXT, &len);
  luaL_Buffer b;
  *marker = -1;
  if (sms_json_scan(text, len, every_number, report) != SMS_OK) {
    lua_pushfstring(L, "%s at byte %I", report->reason, (LUAI_UACINT)report->at + 1);
    return 0;
  }
  if (report->guarded && (*marker = sms_json_marker(text, len)) < 0) {
    lua_pushliteral(L, "not UTF-8");
    return 0;
  }
  if (report->guarded) {
    len = sms_json_guard(text, len, report, *marker, luaL_buffinitsize(L, &b, len + 3 * report->guarded));
    luaL_pushresultsize(&b, len);
  } else {
    lua_pushvalue(L, TEXT);
  }
  return 1;
}

struct restorer {
  lua_State *L;
  int marker;          /* -1: there are no marked strings */
  size_t left;         /* values that may still have to change; some are never reached if an object repeats a key */
  const char *problem; /* why the last step failed */
  char note[64];
};

/* Pushes the number whose literal follows the marker, as scanned before. [-0, +(0|1), m] */
static enum step restore_literal(struct restorer *r, const char *literal, size_t len) {
  int64_t value;
  double number;
  if (sms_json_isinteger(literal, len)) {
    if (sms_json_integer(literal, len, &value) == SMS_OK) lua_pushinteger(r->L, (lua_Integer)value);
    else lua_pushlstring(r->L, literal, len);
    return NEW;
  }
  if (sms_json_float(literal, &number) && isfinite(number)) {
    lua_pushnumber(r->L, number);
    return NEW;
  }
  snprintf(r->note, sizeof r->note, "number out of range: %.32s", literal);
  r->problem = r->note;
  return FAILED;
}

static enum step restore_string(struct restorer *r) {
  size_t len;
  const char *s = lua_tolstring(r->L, -1, &len);
  if (len < 2 || (unsigned char)*s != r->marker) return SAME; /* always, if there are no marks */
  return restore_literal(r, s + 1, len - 1);
}

int sms_json_whole(lua_State *L, lua_Integer *value) {
  lua_Number number;
  if (lua_isinteger(L, -1)) return 0;
  number = lua_tonumber(L, -1);
  if (!(number >= (lua_Number)LUA_MININTEGER && number < -(lua_Number)LUA_MININTEGER)) return 0;
  *value = (lua_Integer)number;
  return (lua_Number)*value == number;
}

static int is_whole(struct restorer *r, lua_Integer *value) {
  r->left--;
  return sms_json_whole(r->L, value);
}

static enum step restore_number(struct restorer *r) {
  lua_Integer value;
  if (!is_whole(r, &value)) return SAME;
  lua_pushinteger(r->L, value);
  return NEW;
}

static enum step restore_table(struct restorer *r, int depth);

static enum step restore(struct restorer *r, int type, int depth) {
  switch (type) {
    case LUA_TSTRING: return restore_string(r);
    case LUA_TNUMBER: return restore_number(r);
    case LUA_TTABLE: return restore_table(r, depth + 1);
    case LUA_TLIGHTUSERDATA:
      if (lua_touserdata(r->L, -1)) return SAME;
      lua_pushnil(r->L);
      return NEW;
    default: return SAME;
  }
}

/* The number at the top, which the table at t has under the key below it. [-1, +0, -] */
static void restore_in_place(struct restorer *r, int t) {
  lua_Integer value;
  int whole = is_whole(r, &value);
  lua_pop(r->L, 1);
  if (!whole) return;
  lua_pushvalue(r->L, -1);
  lua_pushinteger(r->L, value);
  lua_rawset(r->L, t);
}

/* Changes the table at the top of the stack in place, until nothing is left to change. Adds no keys, so the traversal stays valid. */
static enum step restore_table(struct restorer *r, int depth) {
  lua_State *L = r->L;
  int t = lua_gettop(L);
  if (depth > SMS_JSON_DEPTH || !lua_checkstack(L, LUA_MINSTACK)) {
    r->problem = SMS_JSON_TOO_DEEP;
    return FAILED;
  }
  for (lua_pushnil(L); r->left && lua_next(L, t);) {
    int type = lua_type(L, -1);
    enum step step = SAME;
    if (type == LUA_TNUMBER) {
      restore_in_place(r, t);
      continue;
    }
    if (type != LUA_TSTRING || r->marker >= 0) step = restore(r, type, depth);
    if (step == FAILED) return FAILED;
    if (step == NEW) {
      lua_pushvalue(L, t + 1);
      lua_insert(L, -2);
      lua_rawset(L, t);
    }
    lua_pop(L, 1);
  }
  lua_settop(L, t);
  return SAME;
}

/* Returns nil and the message at the top of the stack. */
static int fail(lua_State *L) {
  luaL_pushfail(L);
  lua_insert(L, -2);
  return 2;
}

/* Converts the decoder's message at the top of the stack with `blame`. */
static int blame(lua_State *L, int marker) {
  lua_pushvalue(L, lua_upvalueindex(2));
  luaL_tolstring(L, -2, NULL);
  lua_pushvalue(L, GIVEN);
  if (marker < 0) lua_pushnil(L);
  else lua_pushfstring(L, "%c", marker);
  lua_call(L, 3, 1);
  return fail(L);
}

void sms_json_restore(lua_State *L, size_t numbers) {
  struct restorer r;
  r.L = L;
  r.left = numbers;
  r.marker = -1;
  restore(&r, lua_type(L, -1), 0); /* cannot fail: the decoder has nested as deep */
}

/* Leaves the decoder's value on the stack, above its input; or an error message. [-0, +(1|2), m] */
static enum reading decode(lua_State *L, int every_number, struct sms_json_report *report, int *marker) {
  if (!push_guarded(L, every_number, report, marker)) return MALFORMED;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, GIVEN);
  return lua_pcall(L, 1, 1, 0) == LUA_OK ? READ : REFUSED;
}

/* Replaces a text that the decoder refused: repaired, or with its floats guarded, which it may have misread because it was
** loaded under a locale with another decimal point. Returns 0 if there is nothing to repair. */
static int repair(lua_State *L, const struct sms_json_report *report) {
  size_t len, repaired;
  const char *text = lua_tolstring(L, TEXT, &len);
  luaL_Buffer b;
  char *copy = luaL_buffinitsize(L, &b, len);
  memcpy(copy, text, len);
  repaired = sms_json_repair(copy, len);
  luaL_pushresultsize(&b, len);
  if (!repaired && (!report->points || report->every_number)) {
    lua_pop(L, 1);
    return 0;
  }
  lua_replace(L, TEXT);
  lua_settop(L, TEXT);
  return 1;
}

/* Tables of the decoder are changed in place, if they have numbers or nulls. `later`: plain numbers are not restored. */
static int read_text(lua_State *L, int later) {
  struct sms_json_report report;
  struct restorer r;
  enum reading reading;
  if (lua_type(L, TEXT) != LUA_TSTRING)
    return luaL_error(L, "json.decode: a string is expected, got %s", luaL_typename(L, TEXT));
  lua_settop(L, TEXT);
  reading = decode(L, 0, &report, &r.marker);
  if (reading == REFUSED && repair(L, &report)) reading = decode(L, 1, &report, &r.marker);
  if (reading == MALFORMED) return fail(L);
  if (reading == REFUSED) return blame(L, r.marker);
  r.L = L;
  r.left = report.guarded || report.nulls ? SIZE_MAX : report.numbers;
  if (!r.left) return 1;
  if (later && !report.guarded && !report.nulls) {
    lua_pushnil(L);
    lua_pushinteger(L, (lua_Integer)report.numbers);
    return 3;
  }
  if (restore(&r, lua_type(L, -1), 0) != FAILED) return 1;
  lua_pushstring(L, r.problem);
  return fail(L);
}

static int read_now(lua_State *L) { return read_text(L, 0); }

static int read_for_later(lua_State *L) { return read_text(L, 1); }

int sms_json_reader(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, read_for_later, 2);
  lua_insert(L, 1);
  lua_pushcclosure(L, read_now, 2);
  lua_insert(L, 1);
  return 2;
}
