/* SPDX-License-Identifier: MIT
** Coerces decoded responses to declared shapes, the types in the documents. Shapes are plain Lua values,
** made from types by lua/sms/api. Numbers that lua-cjson turned into floats become integers again, if they have not been restored
** before. */
#include "binding.h"

/* A shape is one of the scalars, or a table that begins with one of the others:
** { SHAPE_OBJECT, a letter for each field, name, shape, optional, name, shape, optional, … },
** { SHAPE_LIST, shape of the items or false, whether they are tables },
** { SHAPE_UNION, shape of tables or false, shape of scalars or false, its words }, { SHAPE_TABLE }. */
enum shape {
  SHAPE_ANY,
  SHAPE_STRING,
  SHAPE_BOOLEAN,
  SHAPE_NUMBER,
  SHAPE_SCALAR,
  SHAPE_OBJECT,
  SHAPE_LIST,
  SHAPE_UNION,
  SHAPE_TABLE,
  SHAPES
};

/* Their names in `core.shapes`, and the expected type in error messages. */
static const char *const names[SHAPES] = {"any",    "string", "boolean", "number", "scalar",
                                          "object", "list",   "union",   "table"};
static const char *const wanted[SHAPES] = {"",          "text",   "true or false", "a number", "a single value",
                                           "an object", "a list", "either",        "an object"};

/* Stack: the value, its shape, the whole decoded value that it is part of, the count of numbers in that. */
enum { VALUE = 1, SHAPE, WHOLE, NUMBERS };

/* Count of numbers visited and made exact; NULL if all are already exact. */
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

/* Describes the value at the top. [-0, +0, -] */
static const char *description_of(lua_State *L) {
  switch (lua_type(L, -1)) {
    case LUA_TSTRING: return "text";
    case LUA_TNUMBER: return "a number";
    case LUA_TBOOLEAN: return "true or false";
    case LUA_TNIL: return "missing";
    case LUA_TTABLE: return first_key(L) == LUA_TNUMBER ? "a list" : "an object";
    default: return luaL_typename(L, -1);
  }
}

/* Pushes how the value at the top differs; callers prepend the path. [-0, +1, m] */
static enum step mismatch(lua_State *L, const char *from) {
  lua_pushfstring(L, " is %s instead of %s", description_of(L), from);
  return FAILED;
}

static enum step coerce_string(lua_State *L) {
  if (lua_type(L, -1) != LUA_TNUMBER || !lua_isinteger(L, -1)) return SAME;
  lua_pushfstring(L, "%I", (LUAI_UACINT)lua_tointeger(L, -1));
  return NEW;
}

/* The boolean at the top, in one of the providers' spellings: 1, "1", "true" and their opposites; -1 for any other value. */
static int truth_of(lua_State *L) {
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
  return truth;
}

static enum step coerce_boolean(lua_State *L) {
  int truth = truth_of(L);
  if (truth < 0) return SAME;
  lua_pushboolean(L, truth);
  return NEW;
}

/* Kinds of scalars are not checked, because providers write numbers as text and text as numbers. */
static enum step coerce_scalar(lua_State *L, enum shape shape) {
  int type = lua_type(L, -1);
  if (shape == SHAPE_ANY) return SAME;
  if (type == LUA_TNIL || type == LUA_TTABLE) return mismatch(L, wanted[shape]);
  if (shape == SHAPE_STRING) return coerce_string(L);
  return shape == SHAPE_BOOLEAN && type != LUA_TBOOLEAN ? coerce_boolean(L) : SAME;
}

/* Whether a value of this Lua type already matches the shape with this letter. */
static int is_coerced(int type, char letter) {
  switch (letter) {
    case 't': return type == LUA_TSTRING;
    case 'f': return type == LUA_TBOOLEAN;
    case 'n': return type == LUA_TNUMBER;
    case 's': return type != LUA_TTABLE;
    default: return 0;
  }
}

/* Pushes the member of the object at `object` that is at `at` of the shape. [-0, +1, -] */
static int push_member(lua_State *L, int object, int shape, lua_Integer at) {
  lua_rawgeti(L, shape, at);
  return lua_rawget(L, object);
}

/* Converts that member, the number at the top, to a flag or an exact number, in the object only. [-0, +0, m] */
static void settle_number(lua_State *L, int object, int shape, lua_Integer at, int is_flag) {
  lua_Integer value;
  int truth = is_flag ? truth_of(L) : -1;
  if (truth < 0 && !sms_json_whole(L, &value)) return;
  lua_rawgeti(L, shape, at);
  if (truth < 0) lua_pushinteger(L, value);
  else lua_pushboolean(L, truth);
  lua_rawset(L, object);
}

/* Makes the number at the top exact, an item of the list at `list` whose index is below it. [-0, +0, m] */
static void restore_item(lua_State *L, int list, met_count *met) {
  lua_Integer value;
  ++*met;
  if (!sms_json_whole(L, &value)) return;
  lua_pushinteger(L, value);
  lua_rawseti(L, list, lua_tointeger(L, -3));
  lua_pushinteger(L, value);
  lua_replace(L, -2);
}

static enum step coerce(lua_State *L, int shape, met_count *met);

/* Coerces the member at `at` of the shape of the object at `object`; the member and its own shape are on the stack. An optional member of
** another type is left unchanged. [-0, +any, m] */
static enum step coerce_member(lua_State *L, int object, int shape, lua_Integer at, met_count *met) {
  int own = lua_gettop(L);
  enum step step;
  lua_pushvalue(L, own - 1);
  step = coerce(L, own, met);
  lua_rawgeti(L, shape, at);
  if (step == NEW) {
    lua_insert(L, -2);
    lua_rawset(L, object);
  } else if (step == FAILED) {
    lua_rawgeti(L, shape, at + 2);
    if (lua_toboolean(L, -1)) return SAME;
    lua_pushfstring(L, ".%s%s", lua_tostring(L, -2), lua_tostring(L, -3));
    return FAILED;
  }
  return SAME;
}

/* Coerces the member at the top, of this Lua type, which is at `at` of the shape of the object at `object`. [-0, +any, m] */
static enum step coerce_named(lua_State *L, int object, int shape, lua_Integer at, int type, char letter,
                              met_count *met) {
  if (met && type == LUA_TNUMBER) {
    ++*met;
    settle_number(L, object, shape, at, letter == 'f');
    if (letter != 't' && letter != '+') return SAME;
    push_member(L, object, shape, at);
  } else if (is_coerced(type, letter)) {
    return SAME;
  }
  lua_rawgeti(L, shape, at + 1);
  return coerce_member(L, object, shape, at, met);
}

#define HELD 8 /* values kept on the stack until it is truncated */

static enum step coerce_object(lua_State *L, int shape, met_count *met) {
  int object = lua_gettop(L), named = 0;
  lua_Integer i;
  const char *letter;
  if (lua_type(L, object) != LUA_TTABLE) return mismatch(L, wanted[SHAPE_OBJECT]);
  lua_rawgeti(L, shape, 2);
  letter = lua_tostring(L, -1); /* the shape keeps it alive */
  for (i = 3; letter && *letter; i += 3, letter++) {
    int type = push_member(L, object, shape, i);
    if (type != LUA_TNIL) {
      named = 1;
      if (coerce_named(L, object, shape, i, type, *letter, met) == FAILED) return FAILED;
    }
    if (lua_gettop(L) > object + HELD) lua_settop(L, object);
  }
  lua_settop(L, object);
  return named || first_key(L) != LUA_TNUMBER ? SAME : mismatch(L, wanted[SHAPE_OBJECT]);
}

/* Null leaves a hole in a list, which `#` may treat as the end: only allowed in lists of scalars. */
static enum step check_holes(lua_State *L, int shape, lua_Integer count, lua_Integer last) {
  int tables;
  lua_rawgeti(L, shape, 3);
  tables = lua_toboolean(L, -1);
  lua_pop(L, 1);
  if (count >= last || !tables) return SAME;
  lua_pushliteral(L, " has null among its items");
  return FAILED;
}

/* Coerces the items of the list below the top, by the shape of an item at the top. */
static enum step coerce_items(lua_State *L, int shape, met_count *met) {
  int item = lua_gettop(L), list = item - 1;
  lua_Integer count = 0, last = 0;
  for (lua_pushnil(L); lua_next(L, list); lua_settop(L, item + 1), count++) {
    lua_Integer place = lua_tointeger(L, item + 1);
    enum step step;
    if (met && lua_type(L, -1) == LUA_TNUMBER) restore_item(L, list, met);
    step = coerce(L, item, met);
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
  return check_holes(L, shape, count, last);
}

static enum step coerce_list(lua_State *L, int shape, met_count *met) {
  if (lua_type(L, -1) != LUA_TTABLE || first_key(L) == LUA_TSTRING) return mismatch(L, wanted[SHAPE_LIST]);
  lua_rawgeti(L, shape, 2);
  if (lua_toboolean(L, -1)) return coerce_items(L, shape, met);
  lua_pop(L, 1);
  return SAME;
}

/* In a union, tables use the first member that accepts tables, other values the first that accepts scalars. */
static enum step coerce_union(lua_State *L, int shape, met_count *met) {
  enum step step;
  int value = lua_gettop(L);
  lua_rawgeti(L, shape, lua_type(L, value) == LUA_TTABLE ? 2 : 3);
  if (lua_toboolean(L, -1)) {
    lua_insert(L, value);
    step = coerce(L, value, met);
    lua_remove(L, value);
    return step;
  }
  lua_rawgeti(L, shape, 4);
  lua_pushvalue(L, value);
  return mismatch(L, lua_tostring(L, -2));
}

static enum step coerce_table(lua_State *L, int shape, met_count *met) {
  enum shape kind;
  lua_rawgeti(L, shape, 1);
  kind = (enum shape)lua_tointeger(L, -1);
  lua_pop(L, 1);
  switch (kind) {
    case SHAPE_OBJECT: return coerce_object(L, shape, met);
    case SHAPE_LIST: return coerce_list(L, shape, met);
    case SHAPE_UNION: return coerce_union(L, shape, met);
    default: return lua_type(L, -1) == LUA_TTABLE ? SAME : mismatch(L, wanted[SHAPE_TABLE]);
  }
}

/* Coerces the value at the top by the shape at `shape`; after FAILED, path and difference are pushed. */
static enum step coerce(lua_State *L, int shape, met_count *met) {
  luaL_checkstack(L, LUA_MINSTACK, "nested too deeply");
  if (lua_type(L, shape) == LUA_TTABLE) return coerce_table(L, shape, met);
  return coerce_scalar(L, (enum shape)lua_tointeger(L, shape));
}

/* Count of numbers in the table at the top outside of the value. [-0, +0, m] */
static lua_Integer numbers_outside(lua_State *L, int *found) {
  lua_Integer n = 0;
  luaL_checkstack(L, LUA_MINSTACK, "nested too deeply");
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    if (lua_type(L, -1) == LUA_TNUMBER) n++;
    else if (lua_rawequal(L, -1, VALUE)) *found = 1;
    else if (lua_type(L, -1) == LUA_TTABLE) n += numbers_outside(L, found);
  }
  return n;
}

/* Count of numbers in the text outside of the value; -1 if the value isn't part of it. */
static lua_Integer numbers_beside(lua_State *L) {
  lua_Integer n;
  int found = 0;
  if (lua_rawequal(L, VALUE, WHOLE)) return 0;
  if (lua_type(L, WHOLE) != LUA_TTABLE) return -1;
  lua_pushvalue(L, WHOLE);
  n = numbers_outside(L, &found);
  lua_pop(L, 1);
  return found ? n : -1;
}

/* Restores numbers in the value at the top that the shape doesn't declare; numbers outside of it don't count. [-0, +0, m] */
static void restore_others(lua_State *L, lua_Integer numbers, lua_Integer met) {
  lua_Integer beside = met < numbers ? numbers_beside(L) : 0;
  if (lua_type(L, -1) == LUA_TTABLE && (beside < 0 || met + beside != numbers)) sms_json_restore(L, (size_t)numbers);
}

/* coerce(value, shape, whole?, numbers?) -> value | value, difference. Tables are changed in place. whole: the decoded value that contains
** the value, with that many numbers not made exact yet. [-0, +1..2, m] */
static int core_coerce(lua_State *L) {
  enum step step;
  lua_Integer numbers = luaL_optinteger(L, NUMBERS, 0), exact;
  met_count met = 0;
  luaL_checkany(L, SHAPE);
  lua_settop(L, NUMBERS);
  lua_pushvalue(L, VALUE);
  if (numbers > 0 && lua_type(L, VALUE) == LUA_TNUMBER && ++met && sms_json_whole(L, &exact)) {
    lua_pushinteger(L, exact);
    lua_replace(L, -2);
  }
  step = coerce(L, SHAPE, numbers > 0 ? &met : NULL);
  if (step != FAILED) {
    if (numbers > 0) restore_others(L, numbers, met);
    return 1;
  }
  lua_pushvalue(L, VALUE);
  lua_insert(L, -2);
  return 2;
}

static const luaL_Reg functions[] = {{"coerce", core_coerce}, {NULL, NULL}};

void sms_open_shape(lua_State *L) {
  int i;
  luaL_setfuncs(L, functions, 0);
  lua_createtable(L, 0, SHAPES);
  for (i = 0; i < SHAPES; i++) {
    lua_pushinteger(L, i);
    lua_setfield(L, -2, names[i]);
  }
  lua_setfield(L, -2, "shapes");
}
