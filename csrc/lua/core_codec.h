/* SPDX-License-Identifier: MIT
** What the Lua faces of the codecs share: json_read.c (in), json_write.c (out), event_key.c (keys of events),
** digest.c (digests), shape.c (results), check.c (arguments), status.c (codes, numbers, words, the list),
** number.c (phone numbers), sendable.c (what may be sent). */
#ifndef SMS_CORE_CODEC_H
#define SMS_CORE_CODEC_H

#include <lauxlib.h>
#include <lua.h>

#include "../base/codec.h"

#pragma GCC visibility push(hidden) /* also where the compiler is called without -fvisibility=hidden */

#define SMS_JSON_TOO_DEEP "nested too deeply"

/* A step leaves the value on the top of the stack alone, or pushes what takes its place, or fails. */
enum step { SAME, NEW, FAILED };

/* json_reader(decode, blame) -> function(text) -> value | nil, message; and a second one, which leaves it to `settle` to make integers of
** what came as floats: then it gives value, nil, how many numbers there are. blame(words of decode, the text that it was given, mark in it
** or nil) makes the message. [-0, +2, m] */
int sms_json_reader(lua_State *L);
/* Whether the number at the top was written as an integer and is a float: one build of lua-cjson gives those, and literals of floats do
** not come to it as numbers. *value: the integer. [-0, +0, -] */
int sms_json_whole(lua_State *L, lua_Integer *value);
/* Makes such numbers integers in the table at the top, which has at most so many numbers and was read by lua-cjson. [-0, +0, m] */
void sms_json_restore(lua_State *L, size_t numbers);
int sms_json_writer(lua_State *L); /* json_writer(encode) -> function(value) -> text | nil, message. [-0, +1, m] */
/* settle(value, form, whole?, numbers?) -> value | value, how it differs. Tables are changed in place. whole: what was read and has the
** value in it, with that many numbers still to be made exact. [-0, +1..2, m] */
int sms_settle_lua(lua_State *L);
/* fits(arguments or nil, rules by name) -> whether they are there as they go on the wire. At [0] of the rules is how many arguments
** must be there. False says nothing: another look decides. [-0, +1, v] */
int sms_fits_lua(lua_State *L);

/* join_key(field, ...) -> the fields with bars between them: texts of printable ASCII, integers, floats with three places,
** nil as nothing; nil where one is too long, holds a bar or an escape, or is of another kind. At most 8. [-0, +1, v] */
int sms_join_key_lua(lua_State *L);

/* Adds what sendable.c has to the module at the top; text.c calls it. [-0, +0, m] */
void sms_open_send(lua_State *L);
/* number_plan(text, from, plans by country code) -> label, code, its digits, where the text from that byte on begins with the code of a
** plan; label 0: the plan has no such number. Else nothing. [-0, +0..3, v] */
int sms_number_plan(lua_State *L);

/* digest(value, seen?) -> 16 hexadecimal digits that are the same for the same content, and else others as good as always. `seen` is a table
** for who digests several values that share their members: it keeps their digests. [-0, +1, v] */
int sms_digest_lua(lua_State *L);

#pragma GCC visibility pop

#endif
