/* SPDX-License-Identifier: MIT
** Opens the module `sms.core`: each part adds its functions. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>

LUAMOD_API int luaopen_sms_core(lua_State *L);

__attribute__((visibility("default"))) int luaopen_sms_core(lua_State *L) {
  luaL_checkversion(L);
  lua_newtable(L);
  sms_open_class(L);
  sms_open_auth(L);
  sms_open_endpoint(L);
  sms_open_pool(L);
  sms_open_transfer(L);
  sms_open_codec(L);
  sms_open_shape(L);
  sms_open_check(L);
  sms_open_text(L);
  sms_open_secret(L);
  sms_open_guard(L);
  sms_open_file(L);
  sms_open_signals(L);
  sms_open_terminal(L);
  sms_open_clock(L);
  sms_open_outbox(L);
  sms_open_probe(L);
  sms_open_chunk(L);
  sms_open_rows(L);
  return 1;
}
