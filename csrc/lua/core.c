/* SPDX-License-Identifier: MIT
** The door of the module `sms.core`, and what its parts share: classes, scratch buffers, the shape of a failure. */
#define _DEFAULT_SOURCE /* clock_gettime, getentropy */
#define SMS_WITH_CURL
#include "../base/sms.h"

#include <lauxlib.h>
#include <lua.h>
#include <time.h>
#include <unistd.h>

const char SMS_AUTH[] = "sms.auth", SMS_ENDPOINT[] = "sms.endpoint", SMS_POOL[] = "sms.pool", SMS_TRANSFER[] = "sms.transfer",
           SMS_BUFFER[] = "sms.buffer";

static int buffer_close(lua_State *L) {
  sms_buf_free(luaL_checkudata(L, 1, SMS_BUFFER));
  return 0;
}

struct sms_buf *sms_newbuf(lua_State *L, size_t max) {
  struct sms_buf *b = lua_newuserdatauv(L, sizeof *b, 0);
  sms_buf_init_secret(b, max);
  luaL_setmetatable(L, SMS_BUFFER);
  return b;
}

void sms_newclass(lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods) {
  luaL_newmetatable(L, name);
  luaL_setfuncs(L, meta, 0);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

void sms_dress(lua_State *L, const char *name) {
  const char **box = lua_touserdata(L, -1);
  *box = name;
  luaL_setmetatable(L, name);
}

void *sms_checkclass(lua_State *L, int arg, const char *name) {
  const char **box = lua_touserdata(L, arg);
  if (lua_type(L, arg) == LUA_TUSERDATA && lua_rawlen(L, arg) >= sizeof *box && *box == name) return box;
  return luaL_checkudata(L, arg, name);
}

static const char *usual_text(sms_rc rc) {
  switch (rc) {
    case SMS_ECLOSED: return "the pool is closed";
    case SMS_EFORKED: return "the pool belongs to the parent process; make a new pool in this one";
    case SMS_ENOMEM: return "out of memory";
    default: return "libcurl failed";
  }
}

int sms_fail(lua_State *L, sms_rc rc, const char *text) {
  lua_pushnil(L);
  lua_pushstring(L, sms_rc_kind(rc));
  lua_pushstring(L, text ? text : usual_text(rc));
  return 3;
}

/* now() -> seconds of a clock that never goes back; its zero means nothing. [-0, +1, -] */
static int core_now(lua_State *L) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9);
  return 1;
}

/* http_date(text) -> epoch seconds or nil: the date forms of RFC 9110 section 5.6.7, read by libcurl. [-0, +1, v] */
static int core_http_date(lua_State *L) {
  time_t t = curl_getdate(luaL_checkstring(L, 1), NULL);
  if (t == (time_t)-1) lua_pushnil(L);
  else lua_pushinteger(L, (lua_Integer)t);
  return 1;
}

/* reference() -> `sms-` and 16 hexadecimal digits from the kernel, other ones in each process and state. [-0, +1, v] */
static int core_reference(lua_State *L) {
  static const char digits[] = "0123456789abcdef";
  unsigned char bytes[8];
  char text[4 + 2 * sizeof bytes] = {'s', 'm', 's', '-'};
  size_t i;
  if (getentropy(bytes, sizeof bytes)) return luaL_error(L, "the system gives no random bytes");
  for (i = 0; i < sizeof bytes; i++) {
    text[4 + 2 * i] = digits[bytes[i] >> 4];
    text[5 + 2 * i] = digits[bytes[i] & 15];
  }
  lua_pushlstring(L, text, sizeof text);
  return 1;
}

static const luaL_Reg buffer_meta[] = {{"__gc", buffer_close}, {NULL, NULL}};
static const luaL_Reg no_methods[] = {{NULL, NULL}};
static const luaL_Reg functions[] = {{"now", core_now}, {"http_date", core_http_date}, {"reference", core_reference}, {NULL, NULL}};

LUAMOD_API int luaopen_sms_core(lua_State *L);

__attribute__((visibility("default"))) int luaopen_sms_core(lua_State *L) {
  luaL_checkversion(L);
  sms_newclass(L, SMS_BUFFER, buffer_meta, no_methods);
  lua_newtable(L);
  sms_open_auth(L);
  sms_open_endpoint(L);
  sms_open_pool(L);
  sms_open_transfer(L);
  sms_open_codec(L);
  sms_open_text(L);
  sms_open_secret(L);
  sms_open_guard(L);
  sms_open_file(L);
  sms_open_signals(L);
  luaL_setfuncs(L, functions, 0);
  return 1;
}
