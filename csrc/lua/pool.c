/* SPDX-License-Identifier: MIT
** `core.pool`: a userdata around the multi handle. lifetime.c describes its user values. */
#include "binding.h"

#include <errno.h>
#include <lauxlib.h>
#include <limits.h>
#include <lua.h>
#include <string.h>

#define MAX_CONNECTIONS 65535
#define USUAL_PER_HOST 16 /* default of concurrent connections, to leave descriptors to the host program */
#define USUAL_TOTAL 64

static long connections(lua_State *L, const char *name, long usual) {
  size_t n = lua_isnoneornil(L, 1) ? (size_t)usual : sms_sizefield(L, 1, name, (size_t)usual);
  if (n > MAX_CONNECTIONS) luaL_error(L, "option '%s' must be at most %d", name, MAX_CONNECTIONS);
  return (long)n;
}

/* core.pool(options?) -> sms.pool. A request without a free connection waits for one, within its timeout. */
static int pool_new(lua_State *L) {
  static const char *const known[] = {"max_connections", "max_total", "sockets", NULL};
  struct sms_pool *p;
  long per_host, total;
  int sockets = 0;
  if (!lua_isnoneornil(L, 1)) sms_checkoptions(L, 1, known);
  if (!lua_isnoneornil(L, 1)) sockets = sms_flagfield(L, 1, "sockets");
  per_host = connections(L, "max_connections", USUAL_PER_HOST);
  total = connections(L, "max_total", per_host > USUAL_TOTAL ? per_host : USUAL_TOTAL);
  p = lua_newuserdatauv(L, sizeof *p, 2);
  memset(p, 0, sizeof *p);
  sms_setclass(L, SMS_POOL);
  p->ledger = sms_ledger(L);
  lua_newtable(L);
  lua_setiuservalue(L, -2, 1);
  if (sms_pool_open(p, per_host, total)) return luaL_error(L, "out of memory");
  if (sockets && sms_sockets_open(p)) return luaL_error(L, "no descriptor for the pool: %s", strerror(errno));
  return 1;
}

static int wait_ms(double seconds) { return seconds > 0 ? (int)sms_milliseconds(seconds) : 0; }

/* pool:step(seconds, completions?) -> number in flight | nil, kind, text. Finished transfers, and those that can be read or fed
** again, are appended to the table `completions`, or their owners, if they have one. */
static int pool_step(lua_State *L) {
  struct sms_pool *p = sms_checkclass(L, 1, SMS_POOL);
  int running, ms = wait_ms(luaL_optnumber(L, 2, 0));
  int list = lua_istable(L, 3) ? 3 : 0;
  sms_rc rc = sms_pool_step(p, ms, &running);
  sms_hand_out(L, p, list);
  if (rc) return sms_fail(L, rc, NULL);
  lua_pushinteger(L, running);
  return 1;
}

/* pool:wait(transfer, seconds, completions?) -> whether it has finished | nil, kind, text. Returns early if it can be read or fed again. */
static int pool_wait(lua_State *L) {
  struct sms_pool *p = sms_checkclass(L, 1, SMS_POOL);
  const struct sms_transfer *t = sms_checkclass(L, 2, SMS_TRANSFER);
  int ms = wait_ms(luaL_optnumber(L, 3, 0));
  int list = lua_istable(L, 4) ? 4 : 0;
  sms_rc rc = SMS_OK;
  luaL_argcheck(L, t->done || t->pool == p, 2, "a transfer of another pool");
  if (!t->done) rc = sms_pool_wait(p, t, ms);
  sms_hand_out(L, p, list);
  if (rc) return sms_fail(L, rc, NULL);
  lua_pushboolean(L, t->done);
  return 1;
}

static int pool_tostring(lua_State *L) {
  const struct sms_pool *p = sms_checkclass(L, 1, SMS_POOL);
  if (p->multi) lua_pushfstring(L, "%s: %d in flight", SMS_POOL, p->count);
  else lua_pushfstring(L, "%s: closed", SMS_POOL);
  return 1;
}

static int pool_close(lua_State *L) {
  sms_pool_close(sms_checkclass(L, 1, SMS_POOL));
  lua_pushnil(L);
  lua_setiuservalue(L, 1, 1);
  lua_pushnil(L);
  lua_setiuservalue(L, 1, 2);
  return 0;
}

/* Until then an external loop may still have to release descriptors. */
static int pool_free(lua_State *L) {
  pool_close(L);
  sms_sockets_free(lua_touserdata(L, 1));
  sms_connections_free(lua_touserdata(L, 1));
  return 0;
}

static const luaL_Reg methods[] = {
    {"start", sms_start},    {"exchange", sms_exchange},      {"step", pool_step},       {"wait", pool_wait},
    {"mode", sms_pool_mode}, {"interest", sms_pool_interest}, {"ready", sms_pool_ready}, {"expired", sms_pool_expired},
    {"close", pool_close},   {"abandon", sms_pool_abandon},   {"fence", sms_pool_fence}, {NULL, NULL}};
static const luaL_Reg meta[] = {
    {"__gc", pool_free}, {"__close", pool_close}, {"__tostring", pool_tostring}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"pool", pool_new}, {"rest", sms_rest}, {"ready", sms_ready}, {NULL, NULL}};

void sms_open_pool(lua_State *L) {
  sms_newclass(L, SMS_POOL, meta, methods);
  luaL_setfuncs(L, functions, 0);
}
