/* SPDX-License-Identifier: MIT
** Digests of decoded values: they distinguish contents, independently of the order of members and of the locale.
** They are not cryptographic. */
#include "binding.h"

#include <string.h>

enum { VALUE = 1, SEEN }; /* places: the value, and the cached digests of shared members */

#define LONG_TEXT 1024 /* minimum bytes of a text whose digest is cached */
#define SHARED_DEPTH 1 /* depth to which digests are cached: values share their direct members, or are the same value */

/* The enclosing tables. */
struct around {
  const void *table;
  const struct around *up;
  int depth;
};

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
  return hash ^ (hash >> 29);
}

/* Little-endian on every machine. */
static uint64_t word_of(const char *text, size_t n) {
  uint64_t word = 0;
  while (n-- > 0) word = word << 8 | (unsigned char)text[n];
  return word;
}

/* Words of 8 bytes, the last one padded with zeros; the length distinguishes padding from real zeros. */
static uint64_t digest_text(const char *text, size_t len, uint64_t kind) {
  uint64_t hash = mix(kind, len);
  for (; len >= 8; text += 8, len -= 8) hash = mix(hash, word_of(text, 8));
  return len ? mix(hash, word_of(text, len)) : hash;
}

/* Returns 1 and the cached digest of the value at the top. [-0, +0, -] */
static int recall(lua_State *L, uint64_t *hash) {
  int found;
  lua_pushvalue(L, -1);
  found = lua_rawget(L, SEEN) != LUA_TNIL;
  *hash = (uint64_t)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return found;
}

/* [-0, +0, m] */
static void keep(lua_State *L, uint64_t hash) {
  lua_pushvalue(L, -1);
  lua_pushinteger(L, (lua_Integer)hash);
  lua_rawset(L, SEEN);
}

/* A long text is also cached by its address, which its use as a key keeps valid: Lua 5.5 compares equal keys byte by byte. */
static int recall_text(lua_State *L, uint64_t *hash) {
  int found = lua_rawgetp(L, SEEN, lua_topointer(L, -1)) != LUA_TNIL;
  *hash = (uint64_t)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return found || recall(L, hash);
}

/* [-0, +0, m] */
static void keep_text(lua_State *L, uint64_t hash) {
  keep(L, hash);
  lua_pushinteger(L, (lua_Integer)hash);
  lua_rawsetp(L, SEEN, lua_topointer(L, -2));
}

static uint64_t digest_string(lua_State *L, int depth) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  uint64_t hash;
  int shared = len >= LONG_TEXT && depth <= SHARED_DEPTH;
  if (shared && recall_text(L, &hash)) return hash;
  hash = digest_text(text, len, LUA_TSTRING);
  if (shared) keep_text(L, hash);
  return hash;
}

/* A float without a fraction equals its integer. */
static uint64_t digest_number(lua_State *L) {
  lua_Number number = lua_tonumber(L, -1);
  uint64_t bits = 0;
  int is_whole;
  lua_Integer whole = lua_tointegerx(L, -1, &is_whole);
  if (is_whole) return mix(LUA_TNUMBER, (uint64_t)whole);
  memcpy(&bits, &number, sizeof number < sizeof bits ? sizeof number : sizeof bits);
  return mix(LUA_TNUMBER + 16, bits);
}

static uint64_t digest(lua_State *L, const struct around *up);

static int is_around(const struct around *a, const void *table) {
  while (a && a->table != table) a = a->up;
  return a != NULL;
}

/* The sum over the members is independent of their order. A table within itself is skipped. */
static uint64_t digest_table(lua_State *L, const struct around *up) {
  struct around here;
  uint64_t sum = 1;
  here.table = lua_topointer(L, -1);
  here.up = up;
  here.depth = up ? up->depth + 1 : 0;
  if (is_around(up, here.table) || here.depth > 2 * SMS_JSON_DEPTH) return 0;
  if (here.depth <= SHARED_DEPTH && recall(L, &sum)) return sum;
  sum = 1;
  luaL_checkstack(L, LUA_MINSTACK, SMS_JSON_TOO_DEEP);
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    uint64_t item = digest(L, &here), key;
    lua_pushvalue(L, -2);
    key = digest(L, &here);
    lua_pop(L, 1);
    sum += mix(key, item);
  }
  if (here.depth <= SHARED_DEPTH) keep(L, sum);
  return sum;
}

/* The digest of the value at the top. [-0, +0, m] */
static uint64_t digest(lua_State *L, const struct around *up) {
  size_t len;
  const char *text;
  uint64_t hash;
  switch (lua_type(L, -1)) {
    case LUA_TSTRING: return digest_string(L, up ? up->depth + 1 : 0);
    case LUA_TNUMBER: return digest_number(L);
    case LUA_TBOOLEAN: return mix(LUA_TBOOLEAN, (uint64_t)lua_toboolean(L, -1));
    case LUA_TTABLE: return digest_table(L, up);
    default:
      text = luaL_tolstring(L, -1, &len);
      hash = digest_text(text, len, (uint64_t)lua_type(L, -2));
      lua_pop(L, 1);
      return hash;
  }
}

int sms_digest_lua(lua_State *L) {
  static const char digits[] = "0123456789abcdef";
  char out[16];
  uint64_t hash;
  int i;
  luaL_checkany(L, VALUE);
  lua_settop(L, SEEN);
  if (lua_isnil(L, SEEN)) {
    lua_newtable(L);
    lua_replace(L, SEEN);
  }
  luaL_checktype(L, SEEN, LUA_TTABLE);
  lua_pushvalue(L, VALUE);
  hash = digest(L, NULL);
  for (i = 15; i >= 0; i--, hash >>= 4) out[i] = digits[hash & 15];
  lua_pushlstring(L, out, sizeof out);
  return 1;
}
