/* SPDX-License-Identifier: MIT
** Arguments against rules: whether they are already what goes on the wire. Rules are plain Lua values that `sms.argument` makes of
** types. */
#include "binding.h"

#include <math.h>

/* A rule is an integer, or a table that begins with one: a kind, whether the argument is needed, the least and the most bytes of a
** text (most 0: no limit). { rule, set, most, set, most, … }: the text is made of bytes of one of the sets, which are 256 letters
** each, `1` for a byte that is in it. { rule, values }: one of the keys of a table. */
enum { KIND_BITS = 3, LEAST_AT = 4, MOST_AT = 20 };
enum kind { A_TEXT, A_NUMBER_TO_CALL, AN_INTEGER, A_NUMBER, A_FLAG, ONE_OF, A_DATE };
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

/* The number that so many digits write; -1 when they are none. */
static int digits(const char *s, int count) {
  int n = 0;
  while (count--) {
    if (*s < '0' || *s > '9') return -1;
    n = 10 * n + (*s++ - '0');
  }
  return n;
}

static int is_day(int year, int month, int day) {
  int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (year < 0 || month < 1 || month > 12 || day < 1) return 0;
  if (month == 2) return day <= 28 + leap;
  return day <= 30 + (month + month / 8) % 2;
}

/* "2020-07-31T14:25:49Z", with or without a fraction: the usual form of ISO 8601. Lua looks at the others. */
static int is_date(const char *s, size_t len) {
  const size_t least = sizeof "2020-07-31T14:25:49Z" - 1, most = sizeof "2020-07-31T14:25:49.123456789Z" - 1;
  unsigned hour, minute, second;
  size_t i;
  if (len < least || len > most || s[len - 1] != 'Z') return 0;
  if (s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':') return 0;
  if (len > least && (s[19] != '.' || len == least + 1)) return 0;
  for (i = least; i < len - 1; i++)
    if (s[i] < '0' || s[i] > '9') return 0;
  hour = (unsigned)digits(s + 11, 2);
  minute = (unsigned)digits(s + 14, 2);
  second = (unsigned)digits(s + 17, 2);
  return hour < 24 && minute < 60 && second < 60 && is_day(digits(s, 4), digits(s + 5, 2), digits(s + 8, 2));
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
  if (KIND_OF(bits) == A_DATE) return is_date(s, len);
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
    case A_NUMBER_TO_CALL:
    case A_DATE: return fits_text(L, bits, in_table);
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

/* `core.rules`: what rules are made of. The kinds by name; `needed` is a bit, `least` and `most` are what one byte counts. */
void sms_open_check(lua_State *L) {
  static const struct {
    const char *name;
    lua_Integer value;
  } rules[] = {{"string", A_TEXT},
               {"phone_number", A_NUMBER_TO_CALL},
               {"integer", AN_INTEGER},
               {"number", A_NUMBER},
               {"boolean", A_FLAG},
               {"one_of", ONE_OF},
               {"date", A_DATE},
               {"needed", (lua_Integer)1 << KIND_BITS},
               {"least", (lua_Integer)1 << LEAST_AT},
               {"most", (lua_Integer)1 << MOST_AT}};
  size_t i;
  lua_createtable(L, 0, sizeof rules / sizeof *rules);
  for (i = 0; i < sizeof rules / sizeof *rules; i++) {
    lua_pushinteger(L, rules[i].value);
    lua_setfield(L, -2, rules[i].name);
  }
  lua_setfield(L, -2, "rules");
}
