/* SPDX-License-Identifier: MIT
** Messages of a bulk call in columns: writes their JSON and creates their rows. A column is a list with a value for each message. */
#include "binding.h"

#include "../text/text.h"

/* ---- core.json_rows(count, names, columns, digits?) -> a JSON list of objects with a member for each name; without names, of the texts of
** the only column. A column is a list; if it has nil or false, the object lacks the member. `digits`: the name of the member that is
** written without its plus, or true for the only column. Returns nothing if a value is not a text in UTF-8. ---- */

enum { COUNT = 1, NAMES, COLUMNS, DIGITS, BUFFER };

struct sheet {
  lua_State *L;
  struct sms_buf *out;
  int width;  /* maximum members of an object; after BUFFER are their columns, then their names with quotes and colon */
  int digits; /* the member without its plus */
};

/* The text of a row in a column. 0: there is none. */
static int cell(struct sheet *r, int column, lua_Integer row, struct sms_str *text) {
  int type = lua_rawgeti(r->L, column, row);
  text->len = 0;
  text->ptr = type == LUA_TSTRING ? lua_tolstring(r->L, -1, &text->len) : NULL;
  lua_pop(r->L, 1); /* the column keeps it alive */
  return type == LUA_TSTRING ? 1 : type == LUA_TNIL || type == LUA_TBOOLEAN ? 0 : -1;
}

static sms_rc add_text(struct sheet *r, struct sms_str text, int digits) {
  if (sms_utf8_bad(text.ptr, text.len) < text.len) return SMS_EINVALID;
  if (digits && text.len && *text.ptr == '+') {
    text.ptr++;
    text.len--;
  }
  return sms_add_json_string(r->out, text);
}

static sms_rc add_object(struct sheet *r, lua_Integer row) {
  sms_rc rc = sms_buf_addc(r->out, '{');
  int i, first = 1;
  for (i = 1; i <= r->width && !rc; i++) {
    struct sms_str text;
    size_t len;
    const char *name;
    int found = cell(r, BUFFER + i, row, &text);
    if (found < 0) return SMS_EINVALID;
    if (!found) continue;
    name = lua_tolstring(r->L, BUFFER + r->width + i, &len);
    if (!first) rc = sms_buf_addc(r->out, ',');
    if (!rc) rc = sms_buf_add(r->out, name, len);
    if (!rc) rc = add_text(r, text, i == r->digits);
    first = 0;
  }
  return rc ? rc : sms_buf_addc(r->out, '}');
}

static sms_rc add_row(struct sheet *r, lua_Integer row) {
  struct sms_str text;
  if (r->width) return add_object(r, row);
  return cell(r, BUFFER + 1, row, &text) > 0 ? add_text(r, text, lua_toboolean(r->L, DIGITS)) : SMS_EINVALID;
}

/* Pushes the columns and then the names after BUFFER. */
static void push_columns(struct sheet *r) {
  lua_State *L = r->L;
  int i, count = r->width ? r->width : 1;
  luaL_checkstack(L, 2 * count + LUA_MINSTACK, NULL);
  for (i = 1; i <= count; i++) {
    lua_rawgeti(L, COLUMNS, i);
    luaL_checktype(L, -1, LUA_TTABLE);
  }
  for (i = 1; i <= r->width; i++) {
    lua_rawgeti(L, NAMES, i);
    luaL_checktype(L, -1, LUA_TSTRING);
    if (lua_rawequal(L, -1, DIGITS)) r->digits = i;
    lua_pushfstring(L, "\"%s\":", lua_tostring(L, -1));
    lua_replace(L, -2);
  }
}

static int json_rows(lua_State *L) {
  struct sheet r;
  lua_Integer row, count = luaL_checkinteger(L, COUNT); /* the result is bounded by SMS_ROWS_MAX and SMS_TEXT_MAX */
  sms_rc rc;
  luaL_checktype(L, COLUMNS, LUA_TTABLE);
  lua_settop(L, DIGITS);
  r.L = L;
  r.digits = 0;
  r.width = lua_istable(L, NAMES) ? (int)lua_rawlen(L, NAMES) : 0;
  r.out = sms_newbuf(L, SMS_TEXT_MAX);
  push_columns(&r);
  rc = sms_buf_addc(r.out, '[');
  for (row = 1; row <= count && !rc; row++) {
    if (row > 1) rc = sms_buf_addc(r.out, ',');
    if (!rc) rc = add_row(&r, row);
  }
  if (!rc) rc = sms_buf_addc(r.out, ']');
  if (rc == SMS_ENOMEM) return luaL_error(L, "not enough memory");
  if (!rc) lua_pushlstring(L, r.out->ptr, r.out->len);
  sms_buf_free(r.out);
  return !rc;
}

/* ---- core.receipts(rows, places, shared, columns, class): stores at each of the places in `rows` a table with the fields of `shared`, the
** value of each of the named `columns`, and the class as its metatable. No table if a column has false. ---- */

enum { ROWS = 1, PLACES, SHARED, FIELDS, CLASS };

/* Pushes names and values of a table. */
static void push_pairs(lua_State *L, int table) {
  for (lua_pushnil(L); lua_next(L, table); lua_pushvalue(L, -2)) luaL_checkstack(L, LUA_MINSTACK, NULL);
}

/* Creates the table of one message; pairs of shared fields end before `columns`, pairs of columns at `top`. 0: a column has false.
** [-0, +1, m] */
static int push_receipt(lua_State *L, lua_Integer at, int columns, int top) {
  int i, row = lua_gettop(L) + 1;
  lua_createtable(L, 0, (top - CLASS) / 2);
  for (i = CLASS + 1; i < top; i += 2) {
    lua_pushvalue(L, i);
    if (i < columns) lua_pushvalue(L, i + 1);
    else if (lua_rawgeti(L, i + 1, at) == LUA_TBOOLEAN) return 0;
    lua_rawset(L, row);
  }
  lua_pushvalue(L, CLASS);
  lua_setmetatable(L, row);
  return 1;
}

static int receipts(lua_State *L) {
  lua_Integer at, count;
  int i, columns, top;
  for (i = ROWS; i <= CLASS; i++) luaL_checktype(L, i, LUA_TTABLE);
  lua_settop(L, CLASS);
  push_pairs(L, SHARED);
  columns = lua_gettop(L) + 1;
  push_pairs(L, FIELDS);
  top = lua_gettop(L);
  for (i = columns; i < top; i += 2) luaL_checktype(L, i + 1, LUA_TTABLE);
  count = (lua_Integer)lua_rawlen(L, PLACES);
  for (at = 1; at <= count; at++, lua_settop(L, top)) {
    lua_rawgeti(L, PLACES, at);
    if (push_receipt(L, at, columns, top)) lua_rawset(L, ROWS);
  }
  return 0;
}

/* ---- core.map_for(count) -> an empty table with room for this many names. ---- */

static int map_for(lua_State *L) {
  lua_Integer count = luaL_checkinteger(L, 1);
  lua_createtable(L, 0, count > 0 && count <= SMS_ROWS_MAX ? (int)count : 0);
  return 1;
}

static const luaL_Reg functions[] = {
    {"json_rows", json_rows}, {"receipts", receipts}, {"map_for", map_for}, {NULL, NULL}};

void sms_open_rows(lua_State *L) { luaL_setfuncs(L, functions, 0); }
