/* SPDX-License-Identifier: MIT
** Reads plain messages of a broadcast from Lua: one per call (row.c), or as many as may share a call of the provider. */
#include "row.h"

/* ---- core.row_reader(settings) -> read, fill ----
**
** read(message) -> text, segments, to in E.164, to as given, from, reference, callback, campaign; nothing for a message that is not plain or
** has a mistake, which is then left to Lua.
**
** fill(source, seen, chunk, index, last) reads messages, those after `index` of a list or those of an iterator, into the columns of
** `chunk` (lua/sms/bulk/chunk.lua), as long as they fit: a column is a list, or the value, if any, that all share. It returns what `read`
** does for the first one that doesn't fit, or false and the message; true at the end; nothing after reading `last`, or earlier if the
** function has waited. `seen`, if given, receives the index of each number; a number already in it does not fit.
**
** The settings: `rules`, those of core.check by name; `plans`, as core.number_plan takes them; `bare`: digits alone begin with a country
** code; `number(to, region)` and `sender(from, region)` convert what the core can't, or return nothing; `region`, the default for both;
** `refusal(to)`, optional, returns a reason against a recipient; `from` is the sender of messages without one; `parse(text)`, optional,
** returns the pieces of a template: literal texts, and a table for each placeholder with its name in [1]; false if Lua has to fill it. */

static const char *const names[ROW_COLUMNS] = {"text", "segments",  "to",       "written",
                                               "from", "reference", "callback", "campaign"};
enum { SEGMENTS_AT = SEGMENTS - TEXT, CALLED_AT = CALLED - TEXT, WRITTEN_AT = TO - TEXT };

/* Reading of messages into the columns of a chunk. */
struct run {
  lua_Integer needed;     /* fields that a message needs */
  lua_Integer count;      /* messages of the chunk */
  lua_Integer last;       /* the last message to read */
  int types[ROW_COLUMNS]; /* of the columns */
  int open;               /* whether there is an open chunk */
  int seen;               /* whether numbers are recorded */
  int from_list;          /* whether the source is a list */
};

static void begin_run(lua_State *L, struct run *run) {
  int i;
  run->needed = sms_row_needs(L);
  run->last = lua_tointeger(L, LAST);
  for (i = 0; i < ROW_COLUMNS; i++) run->types[i] = lua_type(L, COLUMNS + i);
  run->open = run->types[CALLED_AT] == LUA_TTABLE && lua_type(L, PLACES) == LUA_TTABLE;
  run->count = run->open ? (lua_Integer)lua_rawlen(L, PLACES) : 0;
  run->seen = lua_type(L, SEEN) == LUA_TTABLE;
  run->from_list = lua_type(L, SOURCE) == LUA_TTABLE;
}

/* Whether a column accepts a field of a message: a list accepts any, a shared value only itself. `written` is absent if it equals
** `to`; segments are those of the text. */
static int takes(lua_State *L, const struct run *run, int column) {
  int type = run->types[column];
  if (type == LUA_TTABLE || column == SEGMENTS_AT) return 1;
  if (column == WRITTEN_AT) return lua_rawequal(L, CALLED, TO);
  if (type == LUA_TNIL) return lua_isnil(L, TEXT + column);
  return lua_rawequal(L, COLUMNS + column, TEXT + column);
}

/* Whether the columns accept the current message and its number is new. */
static int fits(lua_State *L, const struct run *run) {
  int i, fresh;
  for (i = 0; i < ROW_COLUMNS; i++)
    if (!run->open || !takes(L, run, i)) return 0;
  if (!run->seen) return 1;
  lua_pushvalue(L, CALLED);
  fresh = lua_rawget(L, SEEN) == LUA_TNIL;
  lua_settop(L, VARS);
  return fresh;
}

/* Adds the current message to the columns; its index last, which completes it. */
static void append(lua_State *L, struct run *run, lua_Integer index) {
  int i;
  if (run->seen) {
    lua_pushvalue(L, CALLED);
    lua_pushinteger(L, index);
    lua_rawset(L, SEEN);
  }
  ++run->count;
  for (i = 0; i < ROW_COLUMNS; i++) {
    if (run->types[i] != LUA_TTABLE || lua_isnil(L, TEXT + i)) continue;
    lua_pushvalue(L, TEXT + i);
    lua_rawseti(L, COLUMNS + i, run->count);
  }
  lua_pushinteger(L, index);
  lua_rawseti(L, PLACES, run->count);
}

/* Continues with the message at the top; `index` is that of the previous one. */
static int go_on(lua_State *L, int status, lua_KContext index) {
  struct run run;
  begin_run(L, &run);
  for (;;) {
    if (lua_isnil(L, GIVEN)) {
      lua_pushboolean(L, 1);
      return 1;
    }
    if (!sms_read_row(L, run.needed)) {
      lua_pushboolean(L, 0);
      lua_pushvalue(L, GIVEN);
      return 2;
    }
    if (!fits(L, &run)) return sms_push_row(L);
    append(L, &run, ++index);
    if (status == LUA_YIELD || index >= run.last) return 0;
    lua_settop(L, GIVEN - 1);
    if (run.from_list) {
      lua_rawgeti(L, SOURCE, index + 1);
    } else {
      lua_pushvalue(L, SOURCE);
      lua_callk(L, 0, 1, index, go_on);
    }
  }
}

static int fill_chunk(lua_State *L) {
  int i, open;
  lua_Integer index = luaL_checkinteger(L, INDEX);
  luaL_checkinteger(L, LAST);
  luaL_checkstack(L, ROW_STACK, NULL);
  lua_settop(L, LAST);
  open = lua_type(L, CHUNK) == LUA_TTABLE;
  if (open) lua_getfield(L, CHUNK, "index");
  for (i = 0; i < ROW_COLUMNS && open; i++) {
    lua_getfield(L, CHUNK, names[i]);
    if (lua_isboolean(L, -1)) {
      lua_settop(L, COLUMNS + i - 1);
      lua_pushnil(L);
    }
  }
  lua_settop(L, GIVEN - 1);
  if (lua_type(L, SOURCE) == LUA_TTABLE) {
    lua_rawgeti(L, SOURCE, index + 1);
  } else {
    lua_pushvalue(L, SOURCE);
    lua_callk(L, 0, 1, index, go_on);
  }
  return go_on(L, LUA_OK, index);
}

static int row_reader(lua_State *L) {
  int i, count = sms_row_settings(L);
  luaL_checkstack(L, count + 1, NULL);
  for (i = 1; i <= count; i++) lua_pushvalue(L, i);
  lua_pushcclosure(L, sms_row_lua, count);
  lua_insert(L, 1);
  lua_pushcclosure(L, fill_chunk, count);
  return 2;
}

static const luaL_Reg functions[] = {{"row_reader", row_reader}, {NULL, NULL}};

void sms_open_chunk(lua_State *L) { luaL_setfuncs(L, functions, 0); }
