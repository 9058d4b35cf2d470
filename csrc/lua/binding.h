/* SPDX-License-Identifier: MIT
** Declarations shared by the files of the module `sms.core`. Stack effects as in the Lua manual: popped, pushed, may raise (m memory,
** v errors on purpose). */
#ifndef SMS_BINDING_H
#define SMS_BINDING_H

#include <lauxlib.h>
#include <lua.h>

#include "../http/http.h"

#pragma GCC visibility push(hidden) /* also if compiled without -fvisibility=hidden */

#define SMS_ROWS_MAX 1000000           /* messages of one call */
#define SMS_TEXT_MAX ((size_t)1 << 30) /* a text to be masked, and other copies of Lua strings */

/* Names of classes, used for metatables and in error messages. */
extern const char SMS_AUTH[], SMS_ENDPOINT[], SMS_POOL[], SMS_TRANSFER[], SMS_BUFFER[];

/* core.c calls each once, with the module on top of the stack; it adds its functions. All [-0, +0, m] */
void sms_open_class(lua_State *L);
void sms_open_clock(lua_State *L);
void sms_open_auth(lua_State *L);
void sms_open_endpoint(lua_State *L);
void sms_open_pool(lua_State *L);
void sms_open_transfer(lua_State *L);
void sms_open_codec(lua_State *L);
void sms_open_shape(lua_State *L);
void sms_open_check(lua_State *L);
void sms_open_text(lua_State *L);
void sms_open_secret(lua_State *L);
void sms_open_guard(lua_State *L);
void sms_open_file(lua_State *L);
void sms_open_signals(lua_State *L);
void sms_open_terminal(lua_State *L);
void sms_open_outbox(lua_State *L);
void sms_open_probe(lua_State *L);
void sms_open_chunk(lua_State *L);
void sms_open_rows(lua_State *L);

/* ---- class.c ---- */

struct sms_buf *sms_newbuf(lua_State *L, size_t max); /* [-0, +1, m] scratch memory, freed by the collector */
void sms_newclass(lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods); /* [-0, +0, m] */
void sms_setclass(lua_State *L,
                  const char *name); /* [-0, +0, -] the userdata on top; it begins with a pointer for that */
void *sms_checkclass(lua_State *L, int arg,
                     const char *name);                  /* [-0, +0, v] as luaL_checkudata, of what has this class */
int sms_fail(lua_State *L, sms_rc rc, const char *text); /* [-0, +3, m] nil, kind, text */

/* ---- option.c. Options are raw fields of the table at index arg, which keeps their strings alive. ---- */

/* Refuses unknown names. Returns a bit for each known name (at most 31) that is given. [-0, +0, v] */
unsigned sms_checkoptions(lua_State *L, int arg, const char *const known[]);
int sms_textfield(lua_State *L, int arg, const char *name, struct sms_str *text); /* [-0, +0, v] 0: absent */
const char *sms_namefield(lua_State *L, int arg, const char *name); /* [-0, +0, v] no NUL in it; or NULL */
int sms_tablefield(lua_State *L, int arg, const char *name);        /* [-0, +(0|1), v] 0: absent */
int sms_flagfield(lua_State *L, int arg, const char *name);         /* [-0, +0, v] */
double sms_secondsfield(lua_State *L, int arg, const char *name, double otherwise); /* [-0, +0, v] */
lua_Integer sms_lengthfield(lua_State *L, int arg, const char *name);               /* -1: there is none. [-0, +0, v] */
size_t sms_sizefield(lua_State *L, int arg, const char *name, size_t otherwise);    /* [-0, +0, v] */
struct sms_str sms_checktext(lua_State *L, int arg);                                /* [-0, +0, v] */
long sms_milliseconds(double seconds);                                              /* at least 1 unless 0 */

/* ---- auth.c, endpoint.c, guard.c ---- */

struct sms_auth *sms_toauth(lua_State *L, int arg); /* [-0, +0, v] raises an error for anything but an open one */
struct sms_endpoint *sms_checkendpoint(lua_State *L, int arg); /* [-0, +0, v] NULL: closed */
struct sms_ledger *sms_ledger(lua_State *L);                   /* [-0, +0, m] of this Lua state */

/* ---- lifetime.c. What a pool keeps alive; `pool` and `at` are places on the stack. ---- */

struct sms_transfer *sms_take_free(lua_State *L, int pool,
                                   int body); /* [-0, +1, m] empty, tied to both; from the free list if possible */
void sms_put_free(lua_State *L, int pool, int at,
                  struct sms_transfer *t); /* [-0, +0, -] nothing else uses t: to the free list, or freed */
void sms_unanchor(lua_State *L, int pool, struct sms_transfer *t); /* [-0, +0, -] the pool stops keeping it alive */
void sms_hand_out(lua_State *L, struct sms_pool *p, int list);     /* [-0, +0, m] hands out the completions */

/* ---- transfer.c ---- */

int sms_push_result(lua_State *L, const struct sms_transfer *t, int head); /* [-0, +2..6, m] of one that has ended */

/* ---- Methods of pools, and functions of the module, that pool.c registers: request.c, sockets.c, guard.c ---- */

int sms_start(lua_State *L);
int sms_exchange(lua_State *L);
int sms_pool_mode(lua_State *L);
int sms_pool_interest(lua_State *L);
int sms_pool_ready(lua_State *L);
int sms_pool_expired(lua_State *L);
int sms_pool_fence(lua_State *L); /* outbox.c */
int sms_pool_abandon(lua_State *L);
int sms_ready(lua_State *L); /* the function core.ready */
int sms_rest(lua_State *L);  /* the function core.rest */

/* ---- Values: JSON, results, arguments, keys. status.c registers them. ---- */

#define SMS_JSON_TOO_DEEP "nested too deeply"

/* A step leaves the value at the top of the stack unchanged, pushes its replacement, or fails. */
enum step { SAME, NEW, FAILED };

/* json_reader(decode, blame) -> function(text) -> value | nil, message; and a second one, which leaves converting floats to integers to
** `coerce`: it returns value, nil, count of numbers. blame(message of decode, the text that it was given, mark in it
** or nil) makes the message. [-0, +2, m] */
int sms_json_reader(lua_State *L);
/* Whether the number at the top is a float that was written as an integer: some builds of lua-cjson return those, and literals of floats
** are not passed to it as numbers. *value: the integer. [-0, +0, -] */
int sms_json_whole(lua_State *L, lua_Integer *value);
/* Converts such numbers to integers in the table at the top, which lua-cjson read and which has at most this many numbers. [-0, +0, m] */
void sms_json_restore(lua_State *L, size_t numbers);
int sms_json_writer(lua_State *L); /* json_writer(encode) -> function(value) -> text | nil, message. [-0, +1, m] */
#define SMS_JSON_FLAT_MAX 1024
struct sms_json_flat { /* an object of texts and flags as JSON */
  size_t len;
  int over; /* lua-cjson has to write it: it has other members, or there is no room */
  char text[SMS_JSON_FLAT_MAX];
};
/* Whether the table at the top maps names to texts or flags, all UTF-8. Writes it to *o, unless that is full. [-0, +0, -] */
int sms_json_is_flat(lua_State *L, struct sms_json_flat *o);
/* check(arguments or nil, rules by name) -> whether they can be sent without conversion. Entry [0] of the rules is the number of arguments
** that are required. False is inconclusive: Lua then decides. [-0, +1, v] */
int sms_check_lua(lua_State *L);
/* Whether a value can be sent without conversion, by one rule; places on the stack. *needed, if given, is reduced by one for a required
** one. [-0, +0, m] */
int sms_check_value(lua_State *L, int value, int rule, lua_Integer *needed);
/* place(checked arguments, layout) -> path, query or nil or false, form or fields of the body; nothing if they need a different
** conversion. [-0, +0..3, v] */
int sms_place_lua(lua_State *L);

/* join_key(field, ...) -> the fields separated by bars: texts of printable ASCII, integers, floats with three decimals,
** nil as nothing; nil if one is too long, holds a bar or an escape, or has another type. At most 8. [-0, +1, v] */
int sms_join_key_lua(lua_State *L);

/* Adds the functions of sendable.c to the module at the top; text.c calls it. [-0, +0, m] */
void sms_open_send(lua_State *L);
/* number_plan(text, from, plans by country code) -> label, code, its digits, if the text from that byte on begins with the code of a
** plan; label 0: the plan has no such number. Else nothing. [-0, +0..3, v] */
int sms_number_plan(lua_State *L);
/* Whether digits are a number of one of the plans in the table at a stack index. [-0, +0, -] */
int sms_number_label(lua_State *L, const char *text, size_t len, int plans);

/* digest(value, seen?) -> 16 hexadecimal digits: equal for equal content, otherwise different with near certainty. `seen` is a table
** for digesting several values that share members: it caches their digests. [-0, +1, v] */
int sms_digest_lua(lua_State *L);

#pragma GCC visibility pop

#endif
