/* SPDX-License-Identifier: MIT
** Reads messages of a broadcast into the columns of the call that they share.
**
** fill(source, seen, chunk, index, last) reads messages, those behind `index` of a list, or what a function gives, into the columns of
** `chunk` (lua/sms/bulk/chunk.lua), as long as they fit: a column is a list, or the value, if any, that all have. It returns what `read`
** (row.c) does for the first one that doesn't fit, or false and the message; true at the end; nothing when `last` is read, or sooner where the
** function has waited. `seen`, where given, gets the index of each number; a number that it has doesn't fit. */
#include "row.h"

static const char *const names[ROW_COLUMNS] = {"text", "segments",  "to",       "written",
                                               "from", "reference", "callback", "campaign"};
enum { CALLED_AT = CALLED - TEXT, WRITTEN_AT = TO - TEXT };

/* A run of messages into the columns of a chunk. */
struct run {
  lua_Integer needed;     /* fields that a message needs */
  lua_Integer count;      /* messages of the chunk */
  lua_Integer last;       /* the last message to read */
  int lists[ROW_COLUMNS]; /* whether a column is a list */
  int open;               /* whether there is a chunk that takes messages */
  int seen;               /* whether numbers are written down */
  int from_list;          /* whether the source is a list */
};

static void begin_run(lua_State *L, struct run *run) {
  int i;
  run->needed = sms_row_needs(L);
  run->last = lua_tointeger(L, LAST);
  for (i = 0; i < ROW_COLUMNS; i++) run->lists[i] = lua_type(L, COLUMNS + i) == LUA_TTABLE;
  run->open = run->lists[CALLED_AT];
  run->count = run->open ? (lua_Integer)lua_rawlen(L, PLACES) : 0;
  run->seen = lua_type(L, SEEN) == LUA_TTABLE;
  run->from_list = lua_type(L, SOURCE) == LUA_TTABLE;
}

/* Whether the columns take the message that has been read: what all have, it has, too, and its number is new. */
static int fits(lua_State *L, const struct run *run) {
  int i, fresh;
  if (!run->open || (!run->lists[WRITTEN_AT] && !lua_rawequal(L, CALLED, TO))) return 0;
  for (i = 0; i < ROW_COLUMNS; i++)
    if (!run->lists[i] && i != WRITTEN_AT && !lua_rawequal(L, COLUMNS + i, TEXT + i)) return 0;
  if (!run->seen) return 1;
  lua_pushvalue(L, CALLED);
  fresh = lua_rawget(L, SEEN) == LUA_TNIL;
  lua_settop(L, VARS);
  return fresh;
}

/* Puts the message that has been read into the columns; it is there when its index is. */
static void append(lua_State *L, struct run *run, lua_Integer index) {
  int i;
  if (run->seen) {
    lua_pushvalue(L, CALLED);
    lua_pushinteger(L, index);
    lua_rawset(L, SEEN);
  }
  ++run->count;
  for (i = 0; i < ROW_COLUMNS; i++) {
    if (!run->lists[i] || lua_isnil(L, TEXT + i)) continue;
    lua_pushvalue(L, TEXT + i);
    lua_rawseti(L, COLUMNS + i, run->count);
  }
  lua_pushinteger(L, index);
  lua_rawseti(L, PLACES, run->count);
}

/* Goes on with what the source gave, at the top; `index` is that of the message before. */
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

int sms_fill_chunk(lua_State *L) {
  int i, open;
  lua_Integer index = luaL_checkinteger(L, INDEX);
  luaL_checkinteger(L, LAST);
  luaL_checkstack(L, ROW_STACK, NULL);
  lua_settop(L, LAST);
  open = lua_type(L, CHUNK) == LUA_TTABLE;
  if (open && lua_getfield(L, CHUNK, "index") != LUA_TTABLE) luaL_argerror(L, CHUNK, "has no index");
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
