/* SPDX-License-Identifier: MIT
** What the Lua faces of the codecs share: core_json.c (in), core_pack.c (out), core_codec.c (codes, words, the list). */
#ifndef SMS_CORE_CODEC_H
#define SMS_CORE_CODEC_H

#include <lauxlib.h>
#include <lua.h>

#include "codec.h"

#pragma GCC visibility push(hidden) /* also where the compiler is called without -fvisibility=hidden */

#define SMS_JSON_TOO_DEEP "nested too deeply"

/* A step leaves the value on the top of the stack alone, or pushes what takes its place, or fails. */
enum step { SAME, NEW, FAILED };

int sms_json_guard_lua(lua_State *L);   /* json_guard(text) -> text, marker? | nil, message. [-0, +1..2, m] */
int sms_json_restore_lua(lua_State *L); /* json_restore(value, marker?) -> value | nil, message. [-0, +1..2, m] */
int sms_json_pack_lua(lua_State *L);    /* json_pack(value) -> value, marked | nil, message. [-0, +2, m] */
int sms_json_unpack_lua(lua_State *L);  /* json_unpack(text) -> text. [-0, +1, m] */

#pragma GCC visibility pop

#endif
