/* SPDX-License-Identifier: MIT
** Writes Lua values with lua-cjson: checks them first, reporting the path of an unsupported value, and passes numbers and lists that it
** would corrupt as marked strings. Copies only tables that have to change. */
#include "binding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct packer {
  lua_State *L;
  struct sms_json_flat flat;
  int marked; /* whether any literal was marked */
  int fault;  /* whether the problem lies in a value, not in its type */
  char problem[96];
};

/* The tables that enclose the current one, for depth and cycles. */
struct level {
  const void *table;
  const struct level *up;
  int depth;
};

/* Pushes an empty path; the path to a problem is built while returning. [-0, +1, m] */
static enum step refuse(struct packer *p, const char *problem) {
  snprintf(p->problem, sizeof p->problem, "%s", problem);
  lua_pushliteral(p->L, "");
  return FAILED;
}

static enum step refuse_text(struct packer *p, const char *what, size_t bad) {
  char problem[sizeof p->problem];
  snprintf(problem, sizeof problem, "%s is not UTF-8 (byte %lu)", what, (unsigned long)bad + 1);
  p->fault = 1;
  return refuse(p, problem);
}

static enum step refuse_type(struct packer *p, const char *what, const char *type) {
  char problem[sizeof p->problem];
  snprintf(problem, sizeof problem, "%s of type %s", what, type);
  return refuse(p, problem);
}

/* Pushes a raw literal. [-0, +1, m] */
static enum step mark(struct packer *p, const char *literal) {
  lua_pushfstring(p->L, "%c%s", SMS_JSON_MARK, literal);
  p->marked = 1;
  return NEW;
}

static enum step pack_string(struct packer *p) {
  size_t len, bad;
  const char *s = lua_tolstring(p->L, -1, &len);
  bad = sms_utf8_bad(s, len);
  return bad < len ? refuse_text(p, "text", bad) : SAME;
}

static enum step pack_integer(struct packer *p, lua_Integer n) {
  const lua_Integer exact = 100000000000000;
  char text[SMS_JSON_NUMBER];
  if (n < exact && n > -exact) return SAME;
  snprintf(text, sizeof text, LUA_INTEGER_FMT, (LUAI_UACINT)n);
  return mark(p, text);
}

static enum step pack_number(struct packer *p) {
  lua_Number number = lua_tonumber(p->L, -1);
  char text[SMS_JSON_NUMBER];
  int is_whole;
  lua_Integer whole = lua_tointegerx(p->L, -1, &is_whole);
  if (is_whole) return pack_integer(p, whole);
  if (!isfinite(number)) {
    p->fault = 1;
    return refuse(p, "not a finite number");
  }
  if (sms_json_is14(number)) return SAME;
  sms_json_double(number, text);
  return mark(p, text);
}

/* A value of json.integer: its digits are in field 1. */
static enum step pack_raw(struct packer *p) {
  size_t len;
  const char *digits;
  enum step step;
  if (lua_rawgeti(p->L, -1, 1) != LUA_TSTRING) return refuse(p, "not an integer literal");
  digits = lua_tolstring(p->L, -1, &len);
  if (!sms_json_isinteger(digits, len)) return refuse(p, "not an integer literal");
  step = mark(p, digits);
  lua_remove(p->L, -2);
  return step;
}

/* The kinds of keys of a table. */
struct keys {
  lua_Integer names, places, last;
};

/* Counts the key below the value on the top of the stack, or refuses it. */
static enum step count_key(struct packer *p, struct keys *k) {
  lua_State *L = p->L;
  if (lua_type(L, -2) == LUA_TSTRING) {
    size_t len, bad;
    const char *s = lua_tolstring(L, -2, &len);
    bad = sms_utf8_bad(s, len);
    k->names++;
    return bad < len ? refuse_text(p, "a key", bad) : SAME;
  }
  if (!lua_isinteger(L, -2)) return refuse_type(p, "a key", luaL_typename(L, -2));
  if (lua_tointeger(L, -2) < 1) return refuse(p, "a list that does not begin at 1");
  if (lua_tointeger(L, -2) > k->last) k->last = lua_tointeger(L, -2);
  k->places++;
  return SAME;
}

/* A table is a list without holes, or an object; `list`: it was marked as a list. */
static enum step check_keys(struct packer *p, int list, struct keys *k) {
  lua_State *L = p->L;
  int t = lua_gettop(L);
  memset(k, 0, sizeof *k);
  for (lua_pushnil(L); lua_next(L, t); lua_settop(L, t + 1))
    if (count_key(p, k) == FAILED) return FAILED;
  if (k->names && (k->places || list)) return refuse(p, "a list that also has named fields");
  if (k->last != k->places) return refuse(p, "a list with holes");
  return SAME;
}

static int is_name(const char *s, size_t len) {
  size_t i;
  if (len == 0 || len > 64 || (*s >= '0' && *s <= '9')) return 0;
  for (i = 0; i < len; i++)
    if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", s[i]) || !s[i]) return 0;
  return 1;
}

/* Up to 40 bytes of a key that is not a name, on one line. */
static void tame(const char *s, size_t len, char out[41]) {
  size_t i, n = len < 40 ? len : 40;
  for (i = 0; i < n; i++) out[i] = (char)(s[i] < ' ' || s[i] > '~' || s[i] == '"' ? '?' : s[i]);
  out[n] = 0;
}

/* Prepends the key to the path at the top of the stack: `[2]`, `.name`, `["odd name"]`. [-0, +0, m] */
static void lengthen_path(lua_State *L, int key) {
  size_t len;
  const char *path = lua_tostring(L, -1);
  if (lua_isinteger(L, key)) {
    lua_pushfstring(L, "[%I]%s", (LUAI_UACINT)lua_tointeger(L, key), path);
  } else {
    const char *s = lua_tolstring(L, key, &len);
    char tamed[41];
    tame(s, len, tamed);
    if (is_name(s, len)) lua_pushfstring(L, ".%s%s", s, path);
    else lua_pushfstring(L, "[\"%s\"]%s", tamed, path);
  }
  lua_remove(L, -2);
}

/* [-0, +1, m] */
static void push_copy(lua_State *L, int t) {
  int copy;
  lua_newtable(L);
  copy = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, t); lua_settop(L, copy + 1)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, copy);
  }
}

static enum step pack(struct packer *p, const struct level *up);

/* Packs each value of the table at the top of the stack. The first change creates a copy, at place t + 1. */
static enum step pack_values(struct packer *p, const struct level *level) {
  lua_State *L = p->L;
  int t = lua_gettop(L), copy = t + 1, key = t + 2;
  lua_pushnil(L);
  for (lua_pushnil(L); lua_next(L, t); lua_settop(L, key)) {
    enum step step = pack(p, level);
    if (step == FAILED) {
      lengthen_path(L, key);
      return FAILED;
    }
    if (step == SAME) continue;
    if (lua_isnil(L, copy)) {
      push_copy(L, t);
      lua_replace(L, copy);
    }
    lua_pushvalue(L, key);
    lua_insert(L, -2);
    lua_rawset(L, copy);
  }
  if (!lua_isnil(L, copy)) return NEW;
  lua_settop(L, t);
  return SAME;
}

/* Whether the metatable marks a table as "array" or "integer". [-0, +0, m] */
static int is_kind(lua_State *L, const char *kind) {
  int same;
  if (luaL_getmetafield(L, -1, "__json") == LUA_TNIL) return 0;
  lua_pushstring(L, kind);
  same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

static int is_around(const struct level *level, const void *table) {
  while (level && level->table != table) level = level->up;
  return level != NULL;
}

/* A table that is marked by its metatable, or has members other than texts and flags. */
static enum step pack_closely(struct packer *p, const struct level *level) {
  struct keys keys;
  int list = is_kind(p->L, "array");
  if (is_kind(p->L, "integer")) return pack_raw(p);
  if (is_around(level->up, level->table)) return refuse(p, "a table that contains itself");
  if (level->depth > SMS_JSON_DEPTH) return refuse(p, SMS_JSON_TOO_DEEP);
  if (check_keys(p, list, &keys) == FAILED) return FAILED;
  if (!keys.last && !keys.names) return list ? mark(p, "[]") : SAME;
  return pack_values(p, level);
}

static enum step pack_table(struct packer *p, const struct level *up) {
  struct level level;
  int has_metatable = lua_getmetatable(p->L, -1);
  if (has_metatable) lua_pop(p->L, 1);
  level.table = lua_topointer(p->L, -1);
  level.up = up;
  level.depth = up ? up->depth + 1 : 1;
  if (!has_metatable && level.depth <= SMS_JSON_DEPTH) {
    p->flat.over = up != NULL; /* only the outermost object is written so */
    if (sms_json_is_flat(p->L, &p->flat)) return SAME;
  }
  return pack_closely(p, &level);
}

/* A step on the value at the top of the stack; after FAILED the path is at the top, above temporary values. */
static enum step pack(struct packer *p, const struct level *up) {
  luaL_checkstack(p->L, LUA_MINSTACK, SMS_JSON_TOO_DEEP);
  switch (lua_type(p->L, -1)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN: return SAME;
    case LUA_TNUMBER: return pack_number(p);
    case LUA_TSTRING: return pack_string(p);
    case LUA_TTABLE: return pack_table(p, up);
    case LUA_TLIGHTUSERDATA:
      if (!lua_touserdata(p->L, -1)) return SAME;
      break;
    default: break;
  }
  return refuse_type(p, "a value", luaL_typename(p->L, -1));
}

/* Returns nil, the path with the problem, and whether the data are invalid. */
static int fail(lua_State *L, const struct packer *p) {
  const char *path = lua_tostring(L, -1);
  luaL_pushfail(L);
  lua_pushfstring(L, "%s: %s", *path ? path + (*path == '.') : "value", p->problem);
  lua_pushboolean(L, p->fault);
  return 3;
}

/* Marked strings of the text on the top of the stack become raw literals. [-0, +1, m] */
static int bare(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, -1, &len);
  luaL_Buffer b;
  char *out = luaL_buffinitsize(L, &b, len);
  luaL_pushresultsize(&b, sms_json_unquote(text, len, out));
  return 1;
}

/* Does not change the value. */
static int write_value(lua_State *L) {
  struct packer p;
  p.L = L;
  p.marked = 0;
  p.fault = 0;
  p.flat.len = 0;
  p.flat.over = 1;
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  if (pack(&p, NULL) == FAILED) return fail(L, &p);
  if (!p.flat.over) {
    lua_pushlstring(L, p.flat.text, p.flat.len);
    return 1;
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, -2);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK) return p.marked ? bare(L) : 1;
  luaL_pushfail(L);
  luaL_tolstring(L, -2, NULL);
  return 2;
}

int sms_json_writer(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_pushcclosure(L, write_value, 1);
  return 1;
}
