/* SPDX-License-Identifier: MIT
** The handshake with a host, for `sms doctor`. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>

/* core.probe(endpoint, seconds) -> { version = "TLSv1.3"?, expires = seconds since 1970? } | nil, kind, text. Only connects and performs
** the handshake; blocks. Values that libcurl doesn't report are absent. */
static int core_probe(lua_State *L) {
  const struct sms_endpoint *e = sms_checkendpoint(L, 1);
  double seconds = luaL_checknumber(L, 2);
  char version[SMS_TLS_MAX];
  time_t expires;
  CURLcode code;
  luaL_argcheck(L, e != NULL, 1, "the endpoint is closed");
  luaL_argcheck(L, seconds > 0, 2, "expected a number of seconds above 0");
  if (e->no_way.len) return sms_fail(L, SMS_EINVALID, e->no_way.ptr);
  code = sms_probe(e, sms_milliseconds(seconds), version, &expires);
  if (code) {
    lua_pushnil(L);
    lua_pushstring(L, sms_curl_kind(code));
    lua_pushstring(L, curl_easy_strerror(code));
    return 3;
  }
  lua_createtable(L, 0, 2);
  if (version[0]) {
    lua_pushstring(L, version);
    lua_setfield(L, -2, "version");
  }
  if (expires != (time_t)-1) {
    lua_pushinteger(L, (lua_Integer)expires);
    lua_setfield(L, -2, "expires");
  }
  return 1;
}

static const luaL_Reg functions[] = {{"probe", core_probe}, {NULL, NULL}};

void sms_open_probe(lua_State *L) { luaL_setfuncs(L, functions, 0); }
