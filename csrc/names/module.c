/* SPDX-License-Identifier: MIT
** Opens the module `sms.names`. Compiled before the other file: a build without the header of Lua 5.4 stops here, naming the package. */

/* clang-format off */
#if defined(__has_include)
#if !__has_include(<lua.h>)
#error "lua.h of Lua 5.4 is missing. Debian, Ubuntu: apt-get install liblua5.4-dev (Fedora: lua-devel, Alpine: lua5.4-dev)"
#define SMS_STOP
#endif
#endif
/* clang-format on */

#ifndef SMS_STOP
#include "names.h"

#include <lauxlib.h>
#include <lua.h>

/* of(code_point) -> its Unicode name, or `U+E000` and the like if it has none. [-0, +1, v] */
static int of(lua_State *L) {
  char name[SMS_NAME_MAX];
  lua_Integer code = luaL_checkinteger(L, 1);
  luaL_argcheck(L, code >= 0 && code <= 0x10FFFF, 1, "not a code point");
  lua_pushlstring(L, name, sms_char_name((uint32_t)code, name));
  return 1;
}

static const luaL_Reg functions[] = {{"of", of}, {NULL, NULL}};

LUAMOD_API int luaopen_sms_names(lua_State *L);

__attribute__((visibility("default"))) int luaopen_sms_names(lua_State *L) {
  luaL_checkversion(L);
  luaL_newlib(L, functions);
  return 1;
}
#endif

/* ISO C requires a declaration in every file. */
typedef int sms_lua_found;
