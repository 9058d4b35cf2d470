/* SPDX-License-Identifier: MIT
** Shared by the classes of `sms.core`: metatables, scratch buffers, the results of a failure. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>

const char SMS_AUTH[] = "sms.auth", SMS_ENDPOINT[] = "sms.endpoint", SMS_POOL[] = "sms.pool",
           SMS_TRANSFER[] = "sms.transfer", SMS_BUFFER[] = "sms.buffer";

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

void sms_setclass(lua_State *L, const char *name) {
  const char **box = lua_touserdata(L, -1);
  *box = name;
  luaL_setmetatable(L, name);
}

void *sms_checkclass(lua_State *L, int arg, const char *name) {
  const char **box = lua_touserdata(L, arg);
  if (lua_type(L, arg) == LUA_TUSERDATA && lua_rawlen(L, arg) >= sizeof *box && *box == name) return box;
  return luaL_checkudata(L, arg, name);
}

static const char *default_text(sms_rc rc) {
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
  lua_pushstring(L, text ? text : default_text(rc));
  return 3;
}

static const luaL_Reg buffer_meta[] = {{"__gc", buffer_close}, {NULL, NULL}};
static const luaL_Reg no_methods[] = {{NULL, NULL}};

void sms_open_class(lua_State *L) { sms_newclass(L, SMS_BUFFER, buffer_meta, no_methods); }
