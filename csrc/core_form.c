/* SPDX-License-Identifier: MIT
** Values against declared forms: decoded answers are made to keep the word of their types, arguments are looked at whether they are
** already what goes on the wire. Forms are plain Lua values that `sms.shape` and `sms.argument` make of types. */
#include "core_codec.h"

#include <math.h>

/* ---- answers ---- */

/* What a form may be: one of the scalars, or a table that begins with one of the others:
** { OBJECT, a letter for each field, name, form, optional, name, form, optional, … },
** { LIST, form of the items or false, whether they are tables },
** { EITHER, form of tables or false, form of scalars or false, its words }, { TABLE }. */
enum form { ANYTHING, TEXT, FLAG, NUMBER, SINGLE, OBJECT, LIST, EITHER, TABLE, FORMS };

static const char *const wanted[FORMS] = {"",        "text",   "true or false", "a number", "a single value", "an object",
                                          "a list", "either", "an object"};

enum { FORM = 1 + 1 }; /* place of the outermost form */

/* The type of the first key of the table at the top, LUA_TNIL for none. Keys of JSON are texts, or whole numbers in a list. [-0, +0, -] */
static int first_key(lua_State *L) {
  int type = LUA_TNIL;
  lua_pushnil(L);
  if (lua_next(L, -2)) {
    type = lua_type(L, -2);
    lua_pop(L, 2);
  }
  return type;
}

/* What the value at the top is, in words. [-0, +0, -] */
static const char *is_now(lua_State *L) {
  switch (lua_type(L, -1)) {
    case LUA_TSTRING: return "text";
    case LUA_TNUMBER: return "a number";
    case LUA_TBOOLEAN: return "true or false";
    case LUA_TNIL: return "missing";
    case LUA_TTABLE: return first_key(L) == LUA_TNUMBER ? "a list" : "an object";
    default: return luaL_typename(L, -1);
  }
}

/* Says how the value at the top differs; places are put in front on the way back. [-0, +1, m] */
static enum step differs(lua_State *L, const char *from) {
  lua_pushfstring(L, " is %s instead of %s", is_now(L), from);
  return FAILED;
}

static enum step settle_text(lua_State *L) {
  if (lua_type(L, -1) != LUA_TNUMBER || !lua_isinteger(L, -1)) return SAME;
  lua_pushfstring(L, "%I", (LUAI_UACINT)lua_tointeger(L, -1));
  return NEW;
}

/* Flags in the spellings that providers have for them: 1, "1", "true" and their opposites. */
static enum step settle_flag(lua_State *L) {
  int truth = -1;
  if (lua_type(L, -1) == LUA_TNUMBER) {
    lua_Number n = lua_tonumber(L, -1);
    truth = n == 1 ? 1 : n == 0 ? 0 : -1;
  } else if (lua_type(L, -1) == LUA_TSTRING) {
    size_t len;
    const char *s = lua_tolstring(L, -1, &len);
    static const char *const spelt[] = {"0", "1", "false", "true", NULL};
    truth = sms_word_place(s, len, spelt);
    if (truth >= 0) truth &= 1;
  }
  if (truth < 0) return SAME;
  lua_pushboolean(L, truth);
  return NEW;
}

/* Whether a scalar is of the declared kind is not looked at: providers write numbers as text and text as numbers. */
static enum step settle_scalar(lua_State *L, enum form form) {
  int type = lua_type(L, -1);
  if (form == ANYTHING) return SAME;
  if (type == LUA_TNIL || type == LUA_TTABLE) return differs(L, wanted[form]);
  if (form == TEXT) return settle_text(L);
  return form == FLAG && type != LUA_TBOOLEAN ? settle_flag(L) : SAME;
}

/* Whether a value of this Lua type needs no step by the form that has the letter. */
static int is_settled(int type, char letter) {
  switch (letter) {
    case 't': return type == LUA_TSTRING;
    case 'f': return type == LUA_TBOOLEAN;
    case 'n': return type == LUA_TNUMBER;
    case 's': return type != LUA_TTABLE;
    default: return 0;
  }
}

static enum step settle(lua_State *L, int form);

/* Of the object at `object` the member at `at` of its form; the member and its own form are on the stack. Of what may be absent, another
** form is no breach: it stays as it came. [-0, +any, m] */
static enum step settle_member(lua_State *L, int object, int form, lua_Integer at) {
  int own = lua_gettop(L);
  enum step step;
  lua_pushvalue(L, own - 1);
  step = settle(L, own);
  lua_rawgeti(L, form, at);
  if (step == NEW) {
    lua_insert(L, -2);
    lua_rawset(L, object);
  } else if (step == FAILED) {
    lua_rawgeti(L, form, at + 2);
    if (lua_toboolean(L, -1)) return SAME;
    lua_pushfstring(L, ".%s%s", lua_tostring(L, -2), lua_tostring(L, -3));
    return FAILED;
  }
  return SAME;
}

static enum step settle_object(lua_State *L, int form) {
  int object = lua_gettop(L), named = 0;
  lua_Integer i;
  const char *letter;
  if (lua_type(L, object) != LUA_TTABLE) return differs(L, wanted[OBJECT]);
  lua_rawgeti(L, form, 2);
  letter = lua_tostring(L, -1); /* the form keeps it alive */
  for (i = 3; letter && *letter; i += 3, letter++) {
    int type;
    lua_settop(L, object);
    lua_rawgeti(L, form, i);
    type = lua_rawget(L, object);
    if (type == LUA_TNIL) continue;
    named = 1;
    if (is_settled(type, *letter)) continue;
    lua_rawgeti(L, form, i + 1);
    if (settle_member(L, object, form, i) == FAILED) return FAILED;
  }
  lua_settop(L, object);
  return named || first_key(L) != LUA_TNUMBER ? SAME : differs(L, wanted[OBJECT]);
}

/* Null in a list is a hole, which `#` may take for the end: only lists of scalars have room for it. */
static enum step check_holes(lua_State *L, int form, lua_Integer count, lua_Integer last) {
  int tables;
  lua_rawgeti(L, form, 3);
  tables = lua_toboolean(L, -1);
  lua_pop(L, 1);
  if (count >= last || !tables) return SAME;
  lua_pushliteral(L, " has null among its items");
  return FAILED;
}

/* The items of the list at the top, by the form of an item that stands above it. */
static enum step settle_items(lua_State *L, int form) {
  int item = lua_gettop(L), list = item - 1;
  lua_Integer count = 0, last = 0;
  for (lua_pushnil(L); lua_next(L, list); lua_settop(L, item + 1), count++) {
    lua_Integer place = lua_tointeger(L, item + 1);
    enum step step = settle(L, item);
    if (place > last) last = place;
    if (step == FAILED) {
      lua_pushfstring(L, "[%I]%s", (LUAI_UACINT)place, lua_tostring(L, -1));
      return FAILED;
    }
    if (step == SAME) continue;
    lua_pushvalue(L, item + 1);
    lua_insert(L, -2);
    lua_rawset(L, list);
  }
  lua_settop(L, list);
  return check_holes(L, form, count, last);
}

static enum step settle_list(lua_State *L, int form) {
  if (lua_type(L, -1) != LUA_TTABLE || first_key(L) == LUA_TSTRING) return differs(L, wanted[LIST]);
  lua_rawgeti(L, form, 2);
  if (lua_toboolean(L, -1)) return settle_items(L, form);
  lua_pop(L, 1);
  return SAME;
}

/* Of a union, a table goes to the first member that reads tables, anything else to the first that reads scalars. */
static enum step settle_either(lua_State *L, int form) {
  enum step step;
  int value = lua_gettop(L);
  lua_rawgeti(L, form, lua_type(L, value) == LUA_TTABLE ? 2 : 3);
  if (lua_toboolean(L, -1)) {
    lua_insert(L, value);
    step = settle(L, value);
    lua_remove(L, value);
    return step;
  }
  lua_rawgeti(L, form, 4);
  lua_pushvalue(L, value);
  return differs(L, lua_tostring(L, -2));
}

static enum step settle_table(lua_State *L, int form) {
  enum form kind;
  lua_rawgeti(L, form, 1);
  kind = (enum form)lua_tointeger(L, -1);
  lua_pop(L, 1);
  switch (kind) {
    case OBJECT: return settle_object(L, form);
    case LIST: return settle_list(L, form);
    case EITHER: return settle_either(L, form);
    default: return lua_type(L, -1) == LUA_TTABLE ? SAME : differs(L, wanted[TABLE]);
  }
}

/* A step on the value at the top by the form at `form`; what FAILED pushes says how the value differs, behind its place in it. */
static enum step settle(lua_State *L, int form) {
  luaL_checkstack(L, LUA_MINSTACK, "nested too deeply");
  if (lua_type(L, form) == LUA_TTABLE) return settle_table(L, form);
  return settle_scalar(L, (enum form)lua_tointeger(L, form));
}

int sms_settle_lua(lua_State *L) {
  enum step step;
  luaL_checkany(L, FORM);
  lua_settop(L, FORM);
  lua_pushvalue(L, 1);
  step = settle(L, FORM);
  if (step != FAILED) return 1;
  lua_pushvalue(L, 1);
  lua_insert(L, -2);
  return 2;
}

/* ---- arguments ---- */

/* A rule is an integer, or a table that begins with one: a kind, whether the argument is needed, the least and the most bytes of a
** text (most 0: no limit). { rule, set, most, set, most, … }: the text is made of bytes of one of the sets, which are 256 letters
** each, `1` for a byte that is in it. { rule, values }: one of the keys of a table. */
enum { KIND_BITS = 3, LEAST_AT = 4, MOST_AT = 20 };
enum kind { A_TEXT, A_NUMBER_TO_CALL, AN_INTEGER, A_NUMBER, A_FLAG, ONE_OF };
#define IS_NEEDED(rule) ((rule) >> KIND_BITS & 1)
#define KIND_OF(rule) ((enum kind)((rule) & ((1 << KIND_BITS) - 1)))
#define LEAST_OF(rule) ((lua_Unsigned)(rule) >> LEAST_AT & 0xFFFF)
#define MOST_OF(rule) ((lua_Unsigned)(rule) >> MOST_AT)

/* As most people write a number: digits alone in international form (ITU-T E.164: at most 15). */
static int is_called(const char *s, size_t len) {
  size_t i;
  if (len < 2 || len > 15 || *s == '0') return 0;
  for (i = 0; i < len; i++)
    if (s[i] < '0' || s[i] > '9') return 0;
  return 1;
}

enum { ARGUMENTS = 1, RULES, NAME, VALUE, RULE }; /* places, while one argument is looked at */

/* The text against the sets of its rule. */
static int in_a_set(lua_State *L, const char *s, size_t len) {
  size_t i, size;
  lua_Integer at, n = (lua_Integer)lua_rawlen(L, RULE);
  int good = 0;
  for (at = 2; at < n && !good; at += 2) {
    const char *set = lua_rawgeti(L, RULE, at) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : NULL;
    lua_rawgeti(L, RULE, at + 1);
    good = set && size == 256 && len > 0 && (lua_Integer)len <= lua_tointeger(L, -1);
    for (i = 0; good && i < len; i++) good = set[(unsigned char)s[i]] == '1';
    lua_settop(L, RULE);
  }
  return good;
}

/* sets: its rule is a table of them. */
static int fits_text(lua_State *L, lua_Integer bits, int sets) {
  size_t len;
  const char *s = lua_type(L, VALUE) == LUA_TSTRING ? lua_tolstring(L, VALUE, &len) : NULL;
  if (!s || len < LEAST_OF(bits) || (MOST_OF(bits) && len > MOST_OF(bits))) return 0;
  if (KIND_OF(bits) == A_NUMBER_TO_CALL) return is_called(s, len);
  return !sets || in_a_set(L, s, len);
}

static int is_one_of(lua_State *L) {
  if (lua_rawgeti(L, RULE, 2) != LUA_TTABLE) return 0;
  lua_pushvalue(L, VALUE);
  return lua_rawget(L, -2) != LUA_TNIL;
}

static int fits(lua_State *L, lua_Integer bits, int in_table) {
  switch (KIND_OF(bits)) {
    case A_TEXT:
    case A_NUMBER_TO_CALL: return fits_text(L, bits, in_table);
    case AN_INTEGER: return lua_isinteger(L, VALUE);
    case A_NUMBER: return lua_type(L, VALUE) == LUA_TNUMBER && isfinite(lua_tonumber(L, VALUE));
    case A_FLAG: return lua_isboolean(L, VALUE);
    case ONE_OF: return in_table && is_one_of(L);
  }
  return 0;
}

/* Whether the value goes on the wire as it is; *needed counts those that had to be there. */
static int obeys(lua_State *L, lua_Integer *needed) {
  int whole;
  lua_Integer bits;
  if (lua_type(L, NAME) != LUA_TSTRING) return 0;
  lua_pushvalue(L, NAME);
  lua_rawget(L, RULES);
  bits = lua_tointegerx(L, RULE, &whole);
  if (!whole) {
    if (lua_type(L, RULE) != LUA_TTABLE) return 0;
    lua_rawgeti(L, RULE, 1);
    bits = lua_tointeger(L, -1);
  }
  *needed -= IS_NEEDED(bits);
  return fits(L, bits, !whole);
}

int sms_fits_lua(lua_State *L) {
  lua_Integer needed;
  int good = 1;
  luaL_checktype(L, RULES, LUA_TTABLE);
  lua_settop(L, RULES);
  lua_rawgeti(L, RULES, 0);
  needed = lua_tointeger(L, -1);
  lua_settop(L, RULES);
  if (lua_getmetatable(L, ARGUMENTS)) { /* it may be more than it holds */
    good = 0;
  } else if (lua_type(L, ARGUMENTS) == LUA_TTABLE) {
    for (lua_pushnil(L); good && lua_next(L, ARGUMENTS); lua_settop(L, NAME)) good = obeys(L, &needed);
  } else {
    good = lua_isnil(L, ARGUMENTS);
  }
  lua_pushboolean(L, good && needed == 0);
  return 1;
}
