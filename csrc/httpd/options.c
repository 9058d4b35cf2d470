/* SPDX-License-Identifier: MIT */
/* options.c - reads the options of `sms.httpd.listen`, and refuses unknown ones
** by name. */
#include "httpd.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#define DEFAULT_MAX_BODY (64 << 20) /* bytes */
#define NAME_MAX_LENGTH 24          /* longer option names get no suggestion */

static const char *const option_names[] = {"certificate",     "host", "key", "max_body", "port", "public",
                                           "request_timeout", NULL};

static int least(int a, int b) { return a < b ? a : b; }

/* Edit distance of two words; swapping two adjacent letters counts as one. */
static int distance(const char *a, const char *b) {
  int d[NAME_MAX_LENGTH + 1][NAME_MAX_LENGTH + 1];
  int i, j, m = (int)strlen(a), n = (int)strlen(b);
  if (m > NAME_MAX_LENGTH) return m;
  for (i = 0; i <= m; i++) d[i][0] = i;
  for (j = 0; j <= n; j++) d[0][j] = j;
  for (i = 1; i <= m; i++)
    for (j = 1; j <= n; j++) {
      d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[m][n];
}

/* [-0, +0, v] Raises an error for an unknown name, with the nearest known one. */
static void check_option_name(lua_State *L, const char *name) {
  const char *nearest = NULL;
  int i, best = (int)(strlen(name) + 1) / 3;
  for (i = 0; option_names[i]; i++) {
    int d = distance(name, option_names[i]);
    if (d == 0) return;
    if (d <= best) best = d, nearest = option_names[i];
  }
  if (nearest) luaL_error(L, "unknown option '%s' (did you mean '%s'?)", name, nearest);
  luaL_error(L, "unknown option '%s'", name);
}

/* [-0, +1, v] The option of the table at 1; raises unless it is absent or of that type. */
static int get_option(lua_State *L, const char *name, int type) {
  int got = lua_getfield(L, 1, name);
  if (got != LUA_TNIL && got != type)
    luaL_error(L, "option '%s' must be a %s, got a %s", name, lua_typename(L, type), luaL_typename(L, -1));
  return got != LUA_TNIL;
}

/* [-0, +0, v] The string stays in the table at 1. */
static const char *string_option(lua_State *L, const char *name, const char *otherwise) {
  const char *value = get_option(L, name, LUA_TSTRING) ? lua_tostring(L, -1) : otherwise;
  lua_pop(L, 1);
  return value;
}

/* [-0, +0, v] */
static lua_Integer integer_option(lua_State *L, const char *name, lua_Integer low, lua_Integer high,
                                  lua_Integer otherwise) {
  int whole = 1;
  lua_Integer value = get_option(L, name, LUA_TNUMBER) ? lua_tointegerx(L, -1, &whole) : otherwise;
  if (!whole || value < low || value > high)
    luaL_error(L, "option '%s' must be a whole number from %I to %I", name, low, high);
  lua_pop(L, 1);
  return value;
}

/* [-0, +0, v] Seconds, above 0. */
static double seconds_option(lua_State *L, const char *name, double otherwise) {
  double value = get_option(L, name, LUA_TNUMBER) ? lua_tonumber(L, -1) : otherwise;
  if (!(value > 0 && value <= 3600)) luaL_error(L, "option '%s' must be seconds, more than 0 and at most 3600", name);
  lua_pop(L, 1);
  return value;
}

/* [-0, +0, v] */
static const char *pem_option(lua_State *L, const char *name) {
  const char *value = string_option(L, name, NULL);
  if (value && !strstr(value, "-----BEGIN")) luaL_error(L, "option '%s' must be PEM text", name);
  return value;
}

/* [-0, +0, v] Reads the table at 1, where the strings stay; a mistake raises at the caller's line. */
void httpd_read_options(lua_State *L, struct httpd_options *o) {
  const char *fault;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "option names must be strings, got a %s", luaL_typename(L, -2));
    check_option_name(L, lua_tostring(L, -2));
  }
  o->host = string_option(L, "host", "127.0.0.1");
  o->port = (int)integer_option(L, "port", 0, 65535, 0);
  o->max_body = (size_t)integer_option(L, "max_body", 1, 0x7fffffff, DEFAULT_MAX_BODY);
  o->request_seconds = seconds_option(L, "request_timeout", HTTPD_REQUEST_SECONDS);
  o->everyone = get_option(L, "public", LUA_TBOOLEAN) && lua_toboolean(L, -1);
  o->certificate = pem_option(L, "certificate");
  o->key = pem_option(L, "key");
  if (!o->certificate != !o->key) luaL_error(L, "options 'certificate' and 'key' must be given together");
  fault = httpd_host_fault(o);
  if (fault) luaL_error(L, "%s", fault);
}
