/* SPDX-License-Identifier: MIT
** Shared by reading one message (row.c) and several into columns (chunk.c). Both are closures created by `core.row_reader`, with
** the same upvalues. */
#ifndef SMS_ROW_H
#define SMS_ROW_H

#include "binding.h"

enum { ROW_COLUMNS = 8 };

/* On the stack: the arguments of `fill`, the columns of its chunk; the message, its fields in the order of the columns, its
** variables, the current value. */
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

/* Number of fields that a message needs. [-0, +0, m] */
lua_Integer sms_row_needs(lua_State *L);

/* Reads the message at GIVEN, the top; VARS is then the top. 0: it is left to Lua. [v] */
int sms_read_row(lua_State *L, lua_Integer needed);

/* Pushes the fields of the message; returns their number. [-0, +ROW_COLUMNS, -] */
int sms_push_row(lua_State *L);

/* The function `read` of `core.row_reader`. */
int sms_row_lua(lua_State *L);

/* Replaces the only argument, the settings, by upvalues; returns their number. [v] */
int sms_row_settings(lua_State *L);

#pragma GCC visibility pop

#endif
