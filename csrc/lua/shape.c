/* SPDX-License-Identifier: MIT
** Decoded answers against declared forms: they are made to keep the word of their types. Forms are plain Lua values that `sms.shape`
** makes of types. On the way the numbers that lua-cjson made floats of become integers again, where they were not restored before. */
#include "binding.h"

/* What a form may be: one of the scalars, or a table that begins with one of the others:
** { OBJECT, a letter for each field, name, form, optional, name, form, optional, … },
** { LIST, form of the items or false, whether they are tables },
** { EITHER, form of tables or false, form of scalars or false, its words }, { TABLE }. */
enum form { ANYTHING, TEXT, FLAG, NUMBER, SINGLE, OBJECT, LIST, EITHER, TABLE, FORMS };

static const char *const wanted[FORMS] = {"",          "text",   "true or false", "a number", "a single value",
                                          "an object", "a list", "either",        "an object"};

enum {
  VALUE = 1,
  FORM,
  WHOLE,
  NUMBERS
}; /* places: the value, its form, the text's value that it is in, how many numbers that has */

/* How many numbers were met and made exact; NULL where all of them are already. */
typedef lua_Integer met_count;

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

/* Pushes the member of the object at `object` that is at `at` of the form, in place of what stood above the object. [-?, +1, -] */
static int push_member(lua_State *L, int object, int form, lua_Integer at) {
  lua_settop(L, object);
  lua_rawgeti(L, form, at);
  return lua_rawget(L, object);
}

/* Makes that member exact, the number at the top, in the object only. [-0, +0, m] */
static void meet_member(lua_State *L, int object, int form, lua_Integer at, met_count *met) {
  lua_Integer value;
  ++*met;
  if (!sms_json_whole(L, &value)) return;
  lua_rawgeti(L, form, at);
  lua_pushinteger(L, value);
  lua_rawset(L, object);
}

/* Makes exact the number at the top, which the list at `list` has at the place below it. [-0, +0, m] */
static void meet_item(lua_State *L, int list, met_count *met) {
  lua_Integer value;
  ++*met;
  if (!sms_json_whole(L, &value)) return;
  lua_pushinteger(L, value);
  lua_rawseti(L, list, lua_tointeger(L, -3));
  lua_pushinteger(L, value);
  lua_replace(L, -2);
}

static enum step settle(lua_State *L, int form, met_count *met);

/* Of the object at `object` the member at `at` of its form; the member and its own form are on the stack. Of what may be absent, another
** form is no breach: it stays as it came. [-0, +any, m] */
static enum step settle_member(lua_State *L, int object, int form, lua_Integer at, met_count *met) {
  int own = lua_gettop(L);
  enum step step;
  lua_pushvalue(L, own - 1);
  step = settle(L, own, met);
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

static enum step settle_object(lua_State *L, int form, met_count *met) {
  int object = lua_gettop(L), named = 0;
  lua_Integer i;
  const char *letter;
  if (lua_type(L, object) != LUA_TTABLE) return differs(L, wanted[OBJECT]);
  lua_rawgeti(L, form, 2);
  letter = lua_tostring(L, -1); /* the form keeps it alive */
  for (i = 3; letter && *letter; i += 3, letter++) {
    int type = push_member(L, object, form, i), raw = met && type == LUA_TNUMBER;
    if (type == LUA_TNIL) continue;
    named = 1;
    if (raw) meet_member(L, object, form, i, met);
    if (is_settled(type, *letter)) continue;
    if (raw) push_member(L, object, form, i);
    lua_rawgeti(L, form, i + 1);
    if (settle_member(L, object, form, i, met) == FAILED) return FAILED;
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
static enum step settle_items(lua_State *L, int form, met_count *met) {
  int item = lua_gettop(L), list = item - 1;
  lua_Integer count = 0, last = 0;
  for (lua_pushnil(L); lua_next(L, list); lua_settop(L, item + 1), count++) {
    lua_Integer place = lua_tointeger(L, item + 1);
    enum step step;
    if (met && lua_type(L, -1) == LUA_TNUMBER) meet_item(L, list, met);
    step = settle(L, item, met);
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

static enum step settle_list(lua_State *L, int form, met_count *met) {
  if (lua_type(L, -1) != LUA_TTABLE || first_key(L) == LUA_TSTRING) return differs(L, wanted[LIST]);
  lua_rawgeti(L, form, 2);
  if (lua_toboolean(L, -1)) return settle_items(L, form, met);
  lua_pop(L, 1);
  return SAME;
}

/* Of a union, a table goes to the first member that reads tables, anything else to the first that reads scalars. */
static enum step settle_either(lua_State *L, int form, met_count *met) {
  enum step step;
  int value = lua_gettop(L);
  lua_rawgeti(L, form, lua_type(L, value) == LUA_TTABLE ? 2 : 3);
  if (lua_toboolean(L, -1)) {
    lua_insert(L, value);
    step = settle(L, value, met);
    lua_remove(L, value);
    return step;
  }
  lua_rawgeti(L, form, 4);
  lua_pushvalue(L, value);
  return differs(L, lua_tostring(L, -2));
}

static enum step settle_table(lua_State *L, int form, met_count *met) {
  enum form kind;
  lua_rawgeti(L, form, 1);
  kind = (enum form)lua_tointeger(L, -1);
  lua_pop(L, 1);
  switch (kind) {
    case OBJECT: return settle_object(L, form, met);
    case LIST: return settle_list(L, form, met);
    case EITHER: return settle_either(L, form, met);
    default: return lua_type(L, -1) == LUA_TTABLE ? SAME : differs(L, wanted[TABLE]);
  }
}

/* A step on the value at the top by the form at `form`; what FAILED pushes says how the value differs, behind its place in it. */
static enum step settle(lua_State *L, int form, met_count *met) {
  luaL_checkstack(L, LUA_MINSTACK, "nested too deeply");
  if (lua_type(L, form) == LUA_TTABLE) return settle_table(L, form, met);
  return settle_scalar(L, (enum form)lua_tointeger(L, form));
}

/* How many numbers the text has beside those of the value: of what is next to it in the outermost object. -1: it isn't there. */
static lua_Integer numbers_beside(lua_State *L) {
  lua_Integer n = 0;
  int found = 0;
  if (lua_rawequal(L, VALUE, WHOLE)) return 0;
  if (lua_type(L, WHOLE) != LUA_TTABLE) return -1;
  for (lua_pushnil(L); lua_next(L, WHOLE); lua_pop(L, 1)) {
    if (lua_type(L, -1) == LUA_TNUMBER) n++;
    else if (lua_rawequal(L, -1, VALUE)) found = 1;
  }
  return found ? n : -1;
}

/* The numbers that the form knows nothing of, in the value at the top; numbers that stand beside it are nobody's. [-0, +0, m] */
static void restore_others(lua_State *L, lua_Integer numbers, lua_Integer met) {
  lua_Integer beside = met < numbers ? numbers_beside(L) : 0;
  if (lua_type(L, -1) == LUA_TTABLE && (beside < 0 || met + beside != numbers)) sms_json_restore(L, (size_t)numbers);
}

int sms_settle_lua(lua_State *L) {
  enum step step;
  lua_Integer numbers = luaL_optinteger(L, NUMBERS, 0), exact;
  met_count met = 0;
  luaL_checkany(L, FORM);
  lua_settop(L, NUMBERS);
  lua_pushvalue(L, VALUE);
  if (numbers > 0 && lua_type(L, VALUE) == LUA_TNUMBER && ++met && sms_json_whole(L, &exact)) {
    lua_pushinteger(L, exact);
    lua_replace(L, -2);
  }
  step = settle(L, FORM, numbers > 0 ? &met : NULL);
  if (step != FAILED) {
    if (numbers > 0) restore_others(L, numbers, met);
    return 1;
  }
  lua_pushvalue(L, VALUE);
  lua_insert(L, -2);
  return 2;
}
