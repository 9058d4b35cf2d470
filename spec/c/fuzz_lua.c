/* SPDX-License-Identifier: MIT
** libFuzzer harness for what Lua reads: answers, webhooks, forms, JSON. The functions are in spec/c/fuzz_cases.lua; the first byte of
** an input chooses one. Whatever comes, it must not raise. `make fuzz` runs it from the root of the checkout. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int luaopen_sms_core(lua_State *L);
int luaopen_sms_names(lua_State *L);

/* A state with the list of functions at index 1. */
static lua_State *new_state(void) {
  lua_State *L = luaL_newstate();
  if (!L) abort();
  luaL_openlibs(L);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, luaopen_sms_core);
  lua_setfield(L, -2, "sms.core");
  lua_pushcfunction(L, luaopen_sms_names);
  lua_setfield(L, -2, "sms.names");
  lua_settop(L, 0);
  if (luaL_loadfile(L, "spec/c/fuzz_cases.lua") != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    exit(2);
  }
  return L;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static lua_State *L;
  if (!L) L = new_state();
  if (size < 1) return 0;
  lua_settop(L, 1);
  lua_rawgeti(L, 1, (lua_Integer)(data[0] % lua_rawlen(L, 1)) + 1);
  lua_pushlstring(L, (const char *)data + 1, size - 1);
  if (lua_pcall(L, 1, 0, 0) == LUA_OK) return 0;
  fprintf(stderr, "raised: %s\n", luaL_tolstring(L, -1, NULL));
  abort();
}
