/* SPDX-License-Identifier: MIT
** Checks arguments by rules: whether they can be sent without conversion. Rules are plain Lua values that `sms.api.native` makes from
** types. */
#include "binding.h"

#include <math.h>

/* A rule is an integer, or a table that begins with one: a kind, whether the argument is required, minimum and maximum bytes of a
** text or items of a list (maximum 0: no limit). Further entries of the table:
** a text     string.find, form, minimum, maximum, …: it has one of the forms, within its numbers of bytes. A form is a set of bytes (256
**            letters, `1` for each allowed byte) or a Lua pattern
** RULE_RANGE    the minimum and the maximum integer
** RULE_ONE_OF     a table whose keys are the values
** RULE_LIST     the rule of an item
** RULE_OBJECT  the rules of its fields, as those of arguments
** RULE_UNION    the rule of a text, of a number, of a boolean, of a table; false where it takes none */
enum { KIND_BITS = 4, MIN_AT = 5, MAX_AT = 21 };
enum kind {
  RULE_STRING,
  RULE_PHONE_NUMBER,
  RULE_INTEGER,
  RULE_NUMBER,
  RULE_BOOLEAN,
  RULE_ONE_OF,
  RULE_DATE,
  RULE_RANGE,
  RULE_LIST,
  RULE_OBJECT,
  RULE_UNION
};
#define IS_NEEDED(rule) ((rule) >> KIND_BITS & 1)
#define KIND_OF(rule) ((enum kind)((rule) & ((1 << KIND_BITS) - 1)))
#define MIN_OF(rule) ((lua_Unsigned)(rule) >> MIN_AT & 0xFFFF)
#define MAX_OF(rule) ((lua_Unsigned)(rule) >> MAX_AT)
#define MAX_LEVELS 16 /* of values within each other; Lua checks deeper ones */

/* The usual format of a number: only digits, in international format (ITU-T E.164: at most 15). */
static int is_called(const char *s, size_t len) {
  size_t i;
  if (len < 2 || len > 15 || *s == '0') return 0;
  for (i = 0; i < len; i++)
    if (s[i] < '0' || s[i] > '9') return 0;
  return 1;
}

/* The value of this many digits; -1 if they aren't digits. */
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

/* "2020-07-31T14:25:49Z", with or without a fraction: the usual form of ISO 8601. Lua checks the others. */
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

/* A value on the stack, its rule, and the rule's first integer. */
struct checked {
  lua_State *L;
  int value, rule;
  lua_Integer bits;
  int in_table; /* the rule is one */
  int level;
};

/* The integer at an index of the rule. */
static lua_Integer limit(const struct checked *c, lua_Integer at) {
  lua_Integer n;
  lua_rawgeti(c->L, c->rule, at);
  n = lua_tointeger(c->L, -1);
  lua_pop(c->L, 1);
  return n;
}

#define SET_SIZE 256

static int is_made_of(const char *s, size_t len, const char *set) {
  size_t i = 0;
  while (i < len && set[(unsigned char)s[i]] == '1') i++;
  return len > 0 && i == len;
}

static int is_ascii(const char *s, size_t len) {
  while (len && !(*s & 0x80)) s++, len--;
  return len == 0;
}

/* Whether the text matches the pattern at the top of the stack. [-0, +1, m] */
static int matches(const struct checked *c) {
  lua_rawgeti(c->L, c->rule, 2);
  lua_pushvalue(c->L, c->value);
  lua_pushvalue(c->L, -3);
  lua_call(c->L, 2, 1);
  return lua_toboolean(c->L, -1);
}

/* Whether the text has the form at this index of its rule. Limits of a pattern count characters. */
static int has_form(const struct checked *c, lua_Integer at, const char *s, size_t len) {
  lua_Integer least = limit(c, at + 1), most = limit(c, at + 2);
  size_t size;
  const char *form = lua_rawgeti(c->L, c->rule, at) == LUA_TSTRING ? lua_tolstring(c->L, -1, &size) : NULL;
  if (!form || (lua_Integer)len < least || (lua_Integer)len > most) return 0;
  if (size == SET_SIZE) return is_made_of(s, len, form);
  return ((!least && most == LUA_MAXINTEGER) || is_ascii(s, len)) && matches(c);
}

/* Whether the text has one of the forms of its rule. */
static int has_a_form(const struct checked *c, const char *s, size_t len) {
  lua_Integer at, n = (lua_Integer)lua_rawlen(c->L, c->rule);
  int good = 0, top = lua_gettop(c->L);
  for (at = 3; at + 1 < n && !good; at += 3) {
    good = has_form(c, at, s, len);
    lua_settop(c->L, top);
  }
  return good;
}

static int check_string(const struct checked *c) {
  size_t len;
  const char *s = lua_type(c->L, c->value) == LUA_TSTRING ? lua_tolstring(c->L, c->value, &len) : NULL;
  if (!s || len < MIN_OF(c->bits) || (MAX_OF(c->bits) && len > MAX_OF(c->bits))) return 0;
  if (KIND_OF(c->bits) == RULE_PHONE_NUMBER) return is_called(s, len);
  if (KIND_OF(c->bits) == RULE_DATE) return is_date(s, len);
  return !c->in_table || has_a_form(c, s, len);
}

static int is_in_range(const struct checked *c) {
  lua_Integer n = lua_tointeger(c->L, c->value);
  return lua_isinteger(c->L, c->value) && n >= limit(c, 2) && n <= limit(c, 3);
}

static int is_one_of(const struct checked *c) {
  int found = 0;
  if (lua_type(c->L, c->value) == LUA_TNUMBER && !lua_isinteger(c->L, c->value)) return 0;
  if (lua_rawgeti(c->L, c->rule, 2) == LUA_TTABLE) {
    lua_pushvalue(c->L, c->value);
    found = lua_rawget(c->L, -2) != LUA_TNIL;
    lua_pop(c->L, 1);
  }
  lua_pop(c->L, 1);
  return found;
}

static int check(lua_State *L, int value, int rule, int level, lua_Integer *needed);

/* Whether all fields of a table match their rules, and all required ones are present. */
static int has_fields(lua_State *L, int object, int rules, int level) {
  int good, name = lua_gettop(L) + 1;
  lua_Integer needed;
  if (lua_type(L, object) != LUA_TTABLE || lua_getmetatable(L, object)) return 0; /* a metatable may add fields */
  lua_rawgeti(L, rules, 0);
  needed = lua_tointeger(L, -1);
  lua_settop(L, name - 1);
  good = 1;
  for (lua_pushnil(L); good && lua_next(L, object); lua_settop(L, name)) {
    if (lua_type(L, name) != LUA_TSTRING) return 0;
    lua_pushvalue(L, name);
    lua_rawget(L, rules);
    good = check(L, name + 1, name + 2, level, &needed);
  }
  return good && needed == 0;
}

static int is_object(const struct checked *c) {
  int good, top = lua_gettop(c->L);
  good = lua_rawgeti(c->L, c->rule, 2) == LUA_TTABLE && has_fields(c->L, c->value, top + 1, c->level);
  lua_settop(c->L, top);
  return good;
}

/* A list has at least one item here: an empty table is written as an object. */
static int is_list(const struct checked *c) {
  lua_State *L = c->L;
  int good = 1, top = lua_gettop(L);
  lua_Integer count = 0, n, place;
  if (lua_type(L, c->value) != LUA_TTABLE || lua_getmetatable(L, c->value)) {
    lua_settop(L, top);
    return 0;
  }
  n = (lua_Integer)lua_rawlen(L, c->value);
  lua_rawgeti(L, c->rule, 2);
  for (lua_pushnil(L); good && lua_next(L, c->value); lua_settop(L, top + 2), count++) {
    place = lua_isinteger(L, top + 2) ? lua_tointeger(L, top + 2) : 0;
    good = place > 0 && place <= n && check(L, top + 3, top + 1, c->level, NULL);
  }
  lua_settop(L, top);
  return good && count == n && n > 0 && (lua_Unsigned)n >= MIN_OF(c->bits) &&
         (!MAX_OF(c->bits) || (lua_Unsigned)n <= MAX_OF(c->bits));
}

static int check_member(const struct checked *c) {
  static const char places[] = {[LUA_TSTRING] = 2, [LUA_TNUMBER] = 3, [LUA_TBOOLEAN] = 4, [LUA_TTABLE] = 5};
  int good, type = lua_type(c->L, c->value), place = type > 0 && type < (int)sizeof places ? places[type] : 0;
  if (!place) return 0;
  lua_rawgeti(c->L, c->rule, place);
  good = check(c->L, c->value, lua_gettop(c->L), c->level, NULL);
  lua_pop(c->L, 1);
  return good;
}

static int check_by_table(const struct checked *c) {
  switch (KIND_OF(c->bits)) {
    case RULE_ONE_OF: return is_one_of(c);
    case RULE_RANGE: return is_in_range(c);
    case RULE_LIST: return is_list(c);
    case RULE_OBJECT: return is_object(c);
    case RULE_UNION: return check_member(c);
    default: return 0;
  }
}

/* Whether the value can be sent without conversion. *needed, if given, counts the required values still missing. [-0, +0, m] */
static int check(lua_State *L, int value, int rule, int level, lua_Integer *needed) {
  struct checked c = {L, value, rule, 0, 0, level + 1};
  int whole;
  c.bits = lua_tointegerx(L, rule, &whole);
  c.in_table = !whole;
  if (!whole) {
    if (lua_type(L, rule) != LUA_TTABLE || level >= MAX_LEVELS) return 0;
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    c.bits = limit(&c, 1);
  }
  if (needed) *needed -= IS_NEEDED(c.bits);
  switch (KIND_OF(c.bits)) {
    case RULE_STRING:
    case RULE_PHONE_NUMBER:
    case RULE_DATE: return check_string(&c);
    case RULE_INTEGER: return lua_isinteger(L, value);
    case RULE_NUMBER: return lua_type(L, value) == LUA_TNUMBER && isfinite(lua_tonumber(L, value));
    case RULE_BOOLEAN: return lua_isboolean(L, value);
    default: return c.in_table && check_by_table(&c);
  }
}

int sms_check_value(lua_State *L, int value, int rule, lua_Integer *needed) { return check(L, value, rule, 0, needed); }

enum { ARGUMENTS = 1, RULES };

int sms_check_lua(lua_State *L) {
  int good;
  luaL_checktype(L, RULES, LUA_TTABLE);
  lua_settop(L, RULES);
  if (lua_isnil(L, ARGUMENTS)) {
    lua_rawgeti(L, RULES, 0);
    good = lua_tointeger(L, -1) == 0;
  } else {
    good = has_fields(L, ARGUMENTS, RULES, 0);
  }
  lua_pushboolean(L, good);
  return 1;
}

/* `core.rules`: constants of rules. The kinds by name; `needed` is a bit, `least` and `most` are the values of one byte or
** item. */
void sms_open_check(lua_State *L) {
  static const struct {
    const char *name;
    lua_Integer value;
  } rules[] = {{"string", RULE_STRING},
               {"phone_number", RULE_PHONE_NUMBER},
               {"integer", RULE_INTEGER},
               {"number", RULE_NUMBER},
               {"boolean", RULE_BOOLEAN},
               {"one_of", RULE_ONE_OF},
               {"date", RULE_DATE},
               {"range", RULE_RANGE},
               {"list", RULE_LIST},
               {"object", RULE_OBJECT},
               {"union", RULE_UNION},
               {"needed", (lua_Integer)1 << KIND_BITS},
               {"least", (lua_Integer)1 << MIN_AT},
               {"most", (lua_Integer)1 << MAX_AT}};
  size_t i;
  lua_createtable(L, 0, sizeof rules / sizeof *rules);
  for (i = 0; i < sizeof rules / sizeof *rules; i++) {
    lua_pushinteger(L, rules[i].value);
    lua_setfield(L, -2, rules[i].name);
  }
  lua_setfield(L, -2, "rules");
}
