/* SPDX-License-Identifier: MIT
** The keys of webhook events: join_key of sms.core. lua/sms/webhook.lua handles fields that it does not support. */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "binding.h"

#define FIELDS_MAX 8
#define FIELD_MAX 96 /* bytes; a number has fewer */

struct key {
  char text[FIELDS_MAX * (FIELD_MAX + 1)];
  size_t len;
};

/* Whether a text needs no escape in a key: printable ASCII without the bar and the escape. */
static int is_plain(const char *text, size_t len) {
  size_t i;
  for (i = 0; i < len; i++)
    if (text[i] < ' ' || text[i] > '~' || text[i] == '%' || text[i] == '|') return 0;
  return 1;
}

static int add_text(struct key *k, const char *text, size_t len) {
  if (len > FIELD_MAX || !is_plain(text, len)) return 0;
  memcpy(k->text + k->len, text, len);
  k->len += len;
  return 1;
}

/* Writes at least this many digits. */
static void add_digits(struct key *k, uint64_t n, int least) {
  char digits[20];
  size_t from = sizeof digits;
  do digits[--from] = (char)('0' + n % 10);
  while ((n /= 10) > 0 || sizeof digits - from < (size_t)least);
  memcpy(k->text + k->len, digits + from, sizeof digits - from);
  k->len += sizeof digits - from;
}

static int add_integer(struct key *k, lua_Integer n) {
  if (n < 0) k->text[k->len++] = '-';
  add_digits(k, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, 1);
  return 1;
}

/* Writes three decimal places, like "%.3f" in the C locale. Below the limit a product is off by less than 0.01, so that a value
** farther than that from the middle between two thousandths is rounded correctly. */
static int add_float(struct key *k, lua_Number number) {
  lua_Number thousandths = number * 1000, off;
  uint64_t nearest;
  if (!(number > 0 && number < 1e11)) return 0;
  nearest = (uint64_t)(thousandths + 0.5);
  off = thousandths - (lua_Number)nearest;
  if (off > 0.49 || off < -0.49) return 0;
  add_digits(k, nearest / 1000, 1);
  k->text[k->len++] = '.';
  add_digits(k, nearest % 1000, 3);
  return 1;
}

/* Appends the value at a place of the stack; 0: it is not supported. [-0, +0, -] */
static int add_field(lua_State *L, int arg, struct key *k) {
  size_t len;
  const char *text;
  switch (lua_type(L, arg)) {
    case LUA_TNIL: return 1;
    case LUA_TNUMBER:
      return lua_isinteger(L, arg) ? add_integer(k, lua_tointeger(L, arg)) : add_float(k, lua_tonumber(L, arg));
    case LUA_TSTRING: text = lua_tolstring(L, arg, &len); return add_text(k, text, len);
    default: return 0;
  }
}

int sms_join_key_lua(lua_State *L) {
  struct key k;
  int arg, last = lua_gettop(L);
  luaL_argcheck(L, last <= FIELDS_MAX, FIELDS_MAX + 1, "too many fields");
  k.len = 0;
  for (arg = 1; arg <= last; arg++) {
    if (arg > 1) k.text[k.len++] = '|';
    if (!add_field(L, arg, &k)) return lua_pushnil(L), 1;
  }
  lua_pushlstring(L, k.text, k.len);
  return 1;
}
