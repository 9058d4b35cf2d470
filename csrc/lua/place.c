/* SPDX-License-Identifier: MIT
** Puts arguments that are sent unchanged into path, query, form or body. Arguments that need a conversion are left
** to `sms.api.request`, which makes the layouts, too. */
#include "binding.h"

#include <stdio.h>
#include <string.h>

/* place(arguments, layout): the places on the stack. A layout is { path, query, query list, form list, body list }; absent ones are
** false. The path is { text, name, text, name, … }; a name with a slash before it is an optional segment. A list is
** { name, text, name, text, … }: the text before a value, `wire=`, or in the body the name of a field. */
enum { ARGUMENTS = 1, LAYOUT, PATH, QUERY, QUERY_LIST, FORM_LIST, BODY_LIST };

enum found { ABSENT, TEXT, ITEMS, OTHER };

/* The wire form of an argument; `s` belongs to the arguments, or to `digits`. */
struct text {
  const char *s;
  size_t len;
  char digits[24]; /* of a 64-bit integer */
};

/* Reads and pops the value at the top. [-1, +0, -] */
static enum found take_text(lua_State *L, struct text *t) {
  enum found found = TEXT;
  switch (lua_type(L, -1)) {
    case LUA_TSTRING: t->s = lua_tolstring(L, -1, &t->len); break;
    case LUA_TBOOLEAN:
      t->s = lua_toboolean(L, -1) ? "true" : "false";
      t->len = strlen(t->s);
      break;
    case LUA_TNUMBER:
      if (!lua_isinteger(L, -1)) found = OTHER;
      t->len = (size_t)snprintf(t->digits, sizeof t->digits, LUA_INTEGER_FMT, (LUAI_UACINT)lua_tointeger(L, -1));
      t->s = t->digits;
      break;
    case LUA_TNIL: found = ABSENT; break;
    case LUA_TTABLE: found = ITEMS; break;
    default: found = OTHER;
  }
  lua_pop(L, 1);
  return found;
}

/* Reads the argument whose name is at the top, and pops the name; its item at `at`, if that is not 0. [-1, +0, -] */
static enum found argument(lua_State *L, lua_Integer at, struct text *t) {
  lua_rawget(L, ARGUMENTS);
  if (!at) return take_text(L, t);
  lua_rawgeti(L, -1, at);
  lua_remove(L, -2);
  return take_text(L, t);
}

static int is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

/* Percent-encodes everything but the unreserved characters of RFC 3986 section 2.3. */
static void add_escaped(luaL_Buffer *b, const struct text *t) {
  static const char hex[] = "0123456789ABCDEF";
  size_t i;
  for (i = 0; i < t->len; i++) {
    unsigned char c = (unsigned char)t->s[i];
    if (is_unreserved(c)) {
      luaL_addchar(b, (char)c);
    } else {
      luaL_addchar(b, '%');
      luaL_addchar(b, hex[c >> 4]);
      luaL_addchar(b, hex[c & 15]);
    }
  }
}

/* Appends the text at a place of a table. [-0, +0, -] */
static void add_part(lua_State *L, luaL_Buffer *b, int table, lua_Integer at) {
  size_t len;
  const char *s;
  lua_rawgeti(L, table, at);
  s = lua_tolstring(L, -1, &len);
  lua_pop(L, 1);
  if (s) luaL_addlstring(b, s, len);
}

/* Whether a segment is a dot segment: RFC 3986 section 5.2.4. */
static int changes_path(const struct text *t) { return t->len == 0 || (t->len <= 2 && !memcmp(t->s, "..", t->len)); }

static int add_segment(lua_State *L, luaL_Buffer *b, lua_Integer at) {
  struct text t;
  enum found found;
  const char *name;
  int may_miss;
  lua_rawgeti(L, PATH, at);
  name = lua_tostring(L, -1);
  if (!name) {
    lua_pop(L, 1);
    return 0;
  }
  may_miss = *name == '/';
  if (may_miss) {
    lua_pop(L, 1);
    lua_pushstring(L, name + 1);
  }
  found = argument(L, 0, &t);
  if (found == ABSENT) return may_miss;
  if (found != TEXT || changes_path(&t)) return 0;
  if (may_miss) luaL_addchar(b, '/');
  add_escaped(b, &t);
  return 1;
}

/* [-0, +1, m] the path; 0: it has to be built otherwise */
static int push_path(lua_State *L) {
  lua_Integer at, n = (lua_Integer)lua_rawlen(L, PATH);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (at = 1; at <= n; at++) {
    if (at % 2) add_part(L, &b, PATH, at);
    else if (!add_segment(L, &b, at)) return 0;
  }
  luaL_pushresult(&b);
  return 1;
}

/* Appends `wire=value` for an argument of a list, or one of its items; returns its kind. [-0, +0, m] */
static enum found add_pair(lua_State *L, luaL_Buffer *b, int list, lua_Integer at, lua_Integer item, int *count) {
  struct text t;
  enum found found;
  lua_rawgeti(L, list, at);
  found = argument(L, item, &t);
  if (found != TEXT) return found;
  if ((*count)++) luaL_addchar(b, '&');
  add_part(L, b, list, at + 1);
  add_escaped(b, &t);
  return TEXT;
}

/* Appends one argument; a list of values repeats the name. */
static int add_pairs(lua_State *L, luaL_Buffer *b, int list, lua_Integer at, int *count) {
  enum found found = add_pair(L, b, list, at, 0, count);
  lua_Integer item = 0;
  if (found == TEXT || found == ABSENT) return 1;
  if (found != ITEMS) return 0;
  while ((found = add_pair(L, b, list, at, ++item, count)) == TEXT) continue;
  return found == ABSENT;
}

/* [-0, +1, m] the pairs of a list after the text at `before`, nil for none; 0: they have to be built otherwise */
static int push_pairs(lua_State *L, int list, int before) {
  lua_Integer at, n = (lua_Integer)lua_rawlen(L, list);
  luaL_Buffer b;
  int count = 0;
  luaL_buffinit(L, &b);
  if (before && lua_type(L, before) == LUA_TSTRING) {
    size_t len;
    const char *s = lua_tolstring(L, before, &len);
    if (len) {
      luaL_addlstring(&b, s, len);
      count = 1;
    }
  }
  for (at = 1; at < n; at += 2)
    if (!add_pairs(L, &b, list, at, &count)) return 0;
  luaL_pushresult(&b);
  if (count || !before) return 1;
  lua_pop(L, 1);
  lua_pushnil(L);
  return 1;
}

/* The arguments in a JSON body, by their wire names. [-0, +1, m] */
static void push_body(lua_State *L) {
  lua_Integer at, n = (lua_Integer)lua_rawlen(L, BODY_LIST);
  lua_createtable(L, 0, (int)(n < 16 ? n / 2 : 8));
  for (at = 1; at < n; at += 2) {
    lua_rawgeti(L, BODY_LIST, at);
    if (lua_rawget(L, ARGUMENTS) == LUA_TNIL) {
      lua_pop(L, 1);
      continue;
    }
    lua_rawgeti(L, BODY_LIST, at + 1);
    lua_insert(L, -2);
    lua_rawset(L, -3);
  }
}

int sms_place_lua(lua_State *L) {
  int at;
  luaL_checktype(L, ARGUMENTS, LUA_TTABLE);
  luaL_checktype(L, LAYOUT, LUA_TTABLE);
  lua_settop(L, LAYOUT);
  for (at = PATH; at <= BODY_LIST; at++) lua_rawgeti(L, LAYOUT, at - LAYOUT);
  if (lua_type(L, PATH) != LUA_TTABLE || !push_path(L)) return 0;
  if (lua_type(L, QUERY_LIST) != LUA_TTABLE) lua_pushvalue(L, QUERY);
  else if (!push_pairs(L, QUERY_LIST, QUERY)) return 0;
  if (lua_type(L, FORM_LIST) == LUA_TTABLE) return push_pairs(L, FORM_LIST, 0) ? 3 : 0;
  if (lua_type(L, BODY_LIST) != LUA_TTABLE) return 2;
  push_body(L);
  return 3;
}
