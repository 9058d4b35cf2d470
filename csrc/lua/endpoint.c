/* SPDX-License-Identifier: MIT
** `core.endpoint`: connection settings, checked once and frozen. Errors are raised and name the option. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>
#include <math.h>

struct endpoint_box {
  const char *class_name;        /* of sms_setclass */
  struct sms_endpoint *endpoint; /* NULL: closed, or not filled yet */
};

struct sms_endpoint *sms_checkendpoint(lua_State *L, int arg) {
  struct endpoint_box *box = sms_checkclass(L, arg, SMS_ENDPOINT);
  return box->endpoint;
}

static void check(lua_State *L, sms_rc rc, const char *name, const char *why) {
  if (rc == SMS_OK) return;
  luaL_error(L, "option '%s' %s", name, rc == SMS_EINVALID ? why : "is too large");
}

static void read_text(lua_State *L, const char *name, struct sms_buf *b) {
  const char *text = sms_namefield(L, 1, name);
  struct sms_str line = {text ? text : "", 0};
  if (!text) return;
  sms_textfield(L, 1, name, &line);
  check(L, sms_is_line(line) ? SMS_OK : SMS_EINVALID, name, "must not contain CR or LF");
  check(L, sms_buf_addz(b, text), name, "");
}

static void read_urls(lua_State *L, struct sms_endpoint *e) {
  const char *base = sms_namefield(L, 1, "base_url"), *proxy = sms_namefield(L, 1, "proxy");
  const char *http = sms_namefield(L, 1, "http"), *why = "";
  sms_rc rc;
  if (!base) luaL_error(L, "option 'base_url' is missing");
  rc = sms_endpoint_url(e, base, &why);
  check(L, rc, "base_url", why);
  rc = proxy ? sms_endpoint_proxy(e, proxy, &why) : SMS_OK;
  check(L, rc, "proxy", why);
  rc = http ? sms_endpoint_http(e, http) : SMS_OK;
  check(L, rc, "http", "must be \"1.1\" or \"2\"");
}

static void read_headers(lua_State *L, struct sms_endpoint *e) {
  if (!sms_tablefield(L, 1, "headers")) return;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    struct sms_str name, value;
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
      luaL_error(L, "option 'headers' must map strings to strings");
    name = sms_checktext(L, -2);
    value = sms_checktext(L, -1);
    check(L, sms_endpoint_header(e, name, value), "headers",
          "has a name or value that cannot be sent: CR, LF or NUL, or a header that each request sets itself");
  }
  lua_pop(L, 1);
}

static void read_auth(lua_State *L, struct sms_endpoint *e) {
  lua_pushliteral(L, "auth");
  if (lua_rawget(L, 1) != LUA_TNIL) e->auth = sms_auth_hold(sms_toauth(L, -1));
  lua_pop(L, 1);
}

static void read_limits(lua_State *L, struct sms_endpoint *e) {
  double stall = sms_secondsfield(L, 1, "stall_timeout", (double)e->stall_s);
  e->connect_ms = sms_milliseconds(sms_secondsfield(L, 1, "connect_timeout", (double)e->connect_ms / 1e3));
  e->stall_s = (sms_milliseconds(stall) + 999) / 1000;
  e->max_body = sms_sizefield(L, 1, "max_body", e->max_body);
  e->max_header = sms_sizefield(L, 1, "max_header", e->max_header);
}

/* core.endpoint(options) -> sms.endpoint */
static int endpoint_new(lua_State *L) {
  static const char *const known[] = {"base_url", "auth",       "headers",         "ca_file",
                                      "proxy",    "user_agent", "connect_timeout", "stall_timeout",
                                      "http",     "max_body",   "max_header",      NULL};
  struct endpoint_box *box;
  sms_checkoptions(L, 1, known);
  lua_settop(L, 1);
  box = lua_newuserdatauv(L, sizeof *box, 0);
  box->endpoint = NULL;
  sms_setclass(L, SMS_ENDPOINT);
  box->endpoint = sms_endpoint_new();
  if (!box->endpoint) return luaL_error(L, "out of memory");
  read_urls(L, box->endpoint);
  read_text(L, "ca_file", &box->endpoint->ca_file);
  read_text(L, "user_agent", &box->endpoint->user_agent);
  read_limits(L, box->endpoint);
  read_auth(L, box->endpoint);
  read_headers(L, box->endpoint);
  if (sms_endpoint_seal(box->endpoint)) return luaL_error(L, "out of memory");
  return 1;
}

static int endpoint_tostring(lua_State *L) {
  const struct sms_endpoint *e = sms_checkendpoint(L, 1);
  lua_pushfstring(L, "%s: %s", SMS_ENDPOINT, e && e->prefix.ptr ? e->prefix.ptr : "closed");
  return 1;
}

/* Transfers in flight continue; handles and settings are freed with the last one. */
static int endpoint_close(lua_State *L) {
  struct endpoint_box *box = sms_checkclass(L, 1, SMS_ENDPOINT);
  if (box->endpoint) sms_endpoint_shut(box->endpoint);
  box->endpoint = NULL;
  return 0;
}

static const luaL_Reg methods[] = {{"close", endpoint_close}, {NULL, NULL}};
static const luaL_Reg meta[] = {
    {"__gc", endpoint_close}, {"__close", endpoint_close}, {"__tostring", endpoint_tostring}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"endpoint", endpoint_new}, {NULL, NULL}};

void sms_open_endpoint(lua_State *L) {
  sms_newclass(L, SMS_ENDPOINT, meta, methods);
  luaL_setfuncs(L, functions, 0);
}
