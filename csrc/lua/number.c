/* SPDX-License-Identifier: MIT
** Looks digits up in the plans of phone numbers; lua/sms/number/plan.lua makes the plans and is the face of this. */
#include "binding.h"

/* A plan is rows of two-byte numbers, the lower byte first, a row a node of an automaton: the row that follows for each digit, then the
** label of a number that ends here, 0 for none. The first row is where digits go that no number has: all 0. The last is where to begin. */
enum { DIGITS = 10, ROW = 2 * (DIGITS + 1), MOST_CODE = 3 };

static unsigned number_at(const unsigned char *at) { return at[0] | (unsigned)at[1] << 8; }

/* The label of the digits, 0 where there is none or the plan is broken. */
static unsigned label_of(const unsigned char *plan, size_t size, const char *digits, size_t len) {
  size_t rows = size / ROW, row = rows - 1, i;
  for (i = 0; i < len; i++) {
    unsigned digit = (unsigned)digits[i] - '0';
    if (digit >= DIGITS) return 0;
    row = number_at(plan + row * ROW + 2 * digit);
    if (row == 0 || row >= rows) return 0;
  }
  return number_at(plan + row * ROW + 2 * DIGITS);
}

int sms_number_plan(lua_State *L) {
  size_t len, size, i;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_Integer from = luaL_checkinteger(L, 2), code = 0;
  luaL_checktype(L, 3, LUA_TTABLE);
  luaL_argcheck(L, from >= 1, 2, "must be 1 or more");
  if ((lua_Unsigned)from > len) return 0;
  text += from - 1;
  len -= (size_t)(from - 1);
  if (text[0] == '0') return 0;
  for (i = 0; i < MOST_CODE && i < len; i++) {
    if (text[i] < '0' || text[i] > '9') return 0;
    code = code * 10 + (text[i] - '0');
    if (lua_rawgeti(L, 3, code) == LUA_TSTRING) {
      const char *plan = lua_tolstring(L, -1, &size);
      unsigned label = size >= ROW ? label_of((const unsigned char *)plan, size, text + i + 1, len - i - 1) : 0;
      lua_pushinteger(L, (lua_Integer)label);
      lua_pushinteger(L, code);
      lua_pushinteger(L, (lua_Integer)i + 1);
      return 3;
    }
    lua_pop(L, 1);
  }
  return 0;
}
