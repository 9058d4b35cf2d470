/* SPDX-License-Identifier: MIT
** What reading one message (row.c) and reading many into columns (chunk.c) share. Both are closures that `core.row_reader` makes, with
** the same upvalues. */
#ifndef SMS_ROW_H
#define SMS_ROW_H

#include "binding.h"

enum { ROW_COLUMNS = 8 };

/* On the stack: the arguments of `fill`, the columns of its chunk; the message, what is known of it in the order of the columns, its
** variables, what is in work. */
enum {
  SOURCE = 1,
  SEEN,
  CHUNK,
  INDEX,
  LAST,
  PLACES,
  COLUMNS,
  GIVEN = COLUMNS + ROW_COLUMNS,
  TEXT,
  SEGMENTS,
  CALLED, /* in E.164 */
  TO,     /* as it was given */
  FROM,
  REFERENCE,
  CALLBACK,
  CAMPAIGN,
  VARS,
  KEY,
  VALUE,
  RULE,
  ROW_STACK = RULE + LUA_MINSTACK
};

#pragma GCC visibility push(hidden)

/* How many fields a message needs. [-0, +0, m] */
lua_Integer sms_row_needs(lua_State *L);

/* Reads the message at GIVEN, the top; VARS is then the top. 0: Lua has to look at it. [v] */
int sms_read_row(lua_State *L, lua_Integer needed);

/* Pushes what is known of the message; returns how many values. [-0, +ROW_COLUMNS, -] */
int sms_push_row(lua_State *L);

/* The function `read` of `core.row_reader`. */
int sms_row_lua(lua_State *L);

/* Puts upvalues in the place of the only argument, the settings; returns how many. [v] */
int sms_row_settings(lua_State *L);

#pragma GCC visibility pop

#endif
