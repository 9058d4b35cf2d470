/* SPDX-License-Identifier: MIT
** Looks up digits in numbering plans, which lua/sms/number/plan.lua loads. */
#include "binding.h"

/* A plan is rows of two-byte numbers, low byte first. A row is a state of an automaton: the next row for each digit, then the
** label of a number that ends here, 0 for none. The first row is the dead state, all 0. The last one is the initial state. */
enum { DIGITS = 10, ROW = 2 * (DIGITS + 1), MAX_CODE = 3 };

static unsigned number_at(const unsigned char *at) { return at[0] | (unsigned)at[1] << 8; }

/* The label of the digits; 0 if there is none or the plan is corrupt. */
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

/* Looks digits up in the plans. */
struct found {
  unsigned label;
  lua_Integer code; /* -1: no plan has it */
  size_t size;      /* of the code */
};

static struct found look_up(lua_State *L, const char *text, size_t len, int plans) {
  struct found out = {0, -1, 0};
  lua_Integer code = 0;
  size_t size, i;
  if (len == 0 || text[0] == '0') return out;
  for (i = 0; i < MAX_CODE && i < len && text[i] >= '0' && text[i] <= '9'; i++) {
    code = code * 10 + (text[i] - '0');
    if (lua_rawgeti(L, plans, code) == LUA_TSTRING) {
      const char *plan = lua_tolstring(L, -1, &size);
      out.label = size >= ROW ? label_of((const unsigned char *)plan, size, text + i + 1, len - i - 1) : 0;
      out.code = code;
      out.size = i + 1;
      lua_pop(L, 1);
      return out;
    }
    lua_pop(L, 1);
  }
  return out;
}

int sms_number_label(lua_State *L, const char *text, size_t len, int plans) {
  return look_up(L, text, len, plans).label != 0;
}

int sms_number_plan(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_Integer from = luaL_checkinteger(L, 2);
  struct found found;
  luaL_checktype(L, 3, LUA_TTABLE);
  luaL_argcheck(L, from >= 1, 2, "must be 1 or more");
  if ((lua_Unsigned)from > len) return 0;
  found = look_up(L, text + from - 1, len - (size_t)(from - 1), 3);
  if (found.code < 0) return 0;
  lua_pushinteger(L, (lua_Integer)found.label);
  lua_pushinteger(L, found.code);
  lua_pushinteger(L, (lua_Integer)found.size);
  return 3;
}
