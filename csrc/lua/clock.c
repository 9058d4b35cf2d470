/* SPDX-License-Identifier: MIT
** Clock, HTTP dates, unique references, and libcurl's version information. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>
#include <time.h>

/* now() -> seconds of a monotonic clock with an arbitrary zero. [-0, +1, -] */
static int core_now(lua_State *L) {
  lua_pushnumber(L, (lua_Number)sms_now());
  return 1;
}

/* http_date(text) -> epoch seconds or nil: the date forms of RFC 9110 section 5.6.7, read by libcurl. [-0, +1, v] */
static int core_http_date(lua_State *L) {
  time_t t = curl_getdate(luaL_checkstring(L, 1), NULL);
  if (t == (time_t)-1) lua_pushnil(L);
  else lua_pushinteger(L, (lua_Integer)t);
  return 1;
}

#define REFERENCE_SIZE 16 /* digits of a reference */

/* `sms-` and hexadecimal digits. [-0, +1, m] */
static void push_reference(lua_State *L, const char *digits) {
  char text[4 + REFERENCE_SIZE] = {'s', 'm', 's', '-'};
  memcpy(text + 4, digits, REFERENCE_SIZE);
  lua_pushlstring(L, text, sizeof text);
}

static void draw(lua_State *L, char *digits, size_t size) {
  if (sms_noise(digits, size)) luaL_error(L, "no random bytes available");
}

/* reference() -> a random text from the kernel, unique across processes and states. [-0, +1, v] */
static int core_reference(lua_State *L) {
  char digits[REFERENCE_SIZE];
  draw(L, digits, sizeof digits);
  push_reference(L, digits);
  return 1;
}

/* references(count) -> a list of random references. [-0, +1, v] */
static int core_references(lua_State *L) {
  enum { AT_ONCE = SMS_NOISE_MAX / REFERENCE_SIZE };
  char digits[SMS_NOISE_MAX];
  lua_Integer i, count = luaL_checkinteger(L, 1);
  luaL_argcheck(L, count >= 0 && count <= SMS_ROWS_MAX, 1, "must be a number of messages");
  lua_createtable(L, (int)count, 0);
  for (i = 0; i < count; i++) {
    if (i % AT_ONCE == 0) draw(L, digits, sizeof digits);
    push_reference(L, digits + REFERENCE_SIZE * (i % AT_ONCE));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* libcurl() -> { version, tls?, http2, ca_file? } of the loaded library. [-0, +1, m] */
static int core_libcurl(lua_State *L) {
  const curl_version_info_data *about = curl_version_info(CURLVERSION_NOW);
  lua_createtable(L, 0, 4);
  lua_pushstring(L, about->version);
  lua_setfield(L, -2, "version");
  lua_pushstring(L, about->ssl_version); /* NULL is nil */
  lua_setfield(L, -2, "tls");
  lua_pushboolean(L, (about->features & CURL_VERSION_HTTP2) != 0);
  lua_setfield(L, -2, "http2");
  lua_pushstring(L, about->cainfo);
  lua_setfield(L, -2, "ca_file");
  return 1;
}

static const luaL_Reg functions[] = {{"now", core_now},
                                     {"http_date", core_http_date},
                                     {"reference", core_reference},
                                     {"references", core_references},
                                     {"libcurl", core_libcurl},
                                     {NULL, NULL}};

void sms_open_clock(lua_State *L) { luaL_setfuncs(L, functions, 0); }
