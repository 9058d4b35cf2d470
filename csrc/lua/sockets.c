/* SPDX-License-Identifier: MIT
** A pool under an external event loop: Lua gets libcurl's interest in sockets and reports readiness. Also waiting for
** several pools at once. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>
#include <poll.h>

/* A pool made with sockets = true. [-0, +0, v] */
static struct sms_pool *check_pool(lua_State *L) {
  struct sms_pool *p = sms_checkclass(L, 1, SMS_POOL);
  luaL_argcheck(L, p->sockets.on, 1, "a pool made with sockets = true expected");
  return p;
}

/* pool:mode() -> "poll" | "sockets" */
int sms_pool_mode(lua_State *L) {
  const struct sms_pool *p = sms_checkclass(L, 1, SMS_POOL);
  lua_pushstring(L, p->sockets.on ? "sockets" : "poll");
  return 1;
}

/* The list with one entry, the descriptor and its events. [-0, +1, m] */
static void push_interest(lua_State *L, int fd, const char *events) {
  lua_createtable(L, 2, 0);
  lua_pushinteger(L, fd);
  lua_rawseti(L, -2, 1);
  lua_pushstring(L, events);
  lua_rawseti(L, -2, 2);
}

/* pool:interest(all?) -> changes since the last call, or nil; seconds until `expired` must be called, or nil. With `all`, it is
** everything, for a loop that has registered nothing yet. The list is flat: descriptor, events; events are "r", or "" to
** stop watching. A pool has one descriptor, whatever sockets libcurl has open. Descriptors that are no longer watched are closed by
** the next call. Works on a closed pool, which only has a descriptor to release. */
int sms_pool_interest(lua_State *L) {
  struct sms_pool *p = check_pool(L);
  double due = p->multi ? sms_sockets_due(p) : -1;
  int fd = p->sockets.watcher, change;
  if (lua_toboolean(L, 2)) p->sockets.registered = 0;
  change = sms_sockets_change(p);
  if (change) push_interest(L, fd, change > 0 ? "r" : "");
  else lua_pushnil(L);
  if (due < 0) lua_pushnil(L);
  else lua_pushnumber(L, due);
  return 2;
}

/* Finishes transfers after libcurl has acted. [-0, +(1|3), m] the method's results */
static int finish(lua_State *L, struct sms_pool *p, sms_rc rc, int list) {
  if (!rc) sms_pool_harvest(p);
  sms_hand_out(L, p, lua_istable(L, list) ? list : 0);
  if (rc) return sms_fail(L, rc, NULL);
  lua_pushinteger(L, p->count);
  return 1;
}

/* pool:ready(descriptor, events, completions?) -> number in flight | nil, kind, text. To be called when the descriptor of `interest` is
** readable; handles some ready sockets; the others make it readable again. Completions as in pool:step. */
int sms_pool_ready(lua_State *L) {
  struct sms_pool *p = check_pool(L);
  sms_rc rc = sms_pool_check(p);
  if (!rc) rc = sms_sockets_ready(p);
  return finish(L, p, rc, 4);
}

/* pool:expired(completions?) -> number in flight | nil, kind, text. To be called when the seconds of `interest` have passed. */
int sms_pool_expired(lua_State *L) {
  struct sms_pool *p = check_pool(L);
  sms_rc rc = sms_pool_check(p);
  if (!rc) rc = sms_sockets_expired(p);
  return finish(L, p, rc, 2);
}

/* core.ready(descriptor, seconds) -> whether it can be read; waits up to that long, or until a signal */
int sms_ready(lua_State *L) {
  struct pollfd one;
  double seconds = luaL_checknumber(L, 2);
  one.fd = (int)luaL_checkinteger(L, 1);
  one.events = POLLIN;
  one.revents = 0;
  lua_pushboolean(L, poll(&one, 1, seconds > 0 ? (int)sms_milliseconds(seconds) : 0) > 0);
  return 1;
}

#define POOLS_MAX 64

/* core.rest(pools, seconds) -> true | nil, kind, text. Only waits until one of the pools has work:
** call `step` of each then. */
int sms_rest(lua_State *L) {
  struct sms_pool *pools[POOLS_MAX];
  double seconds = luaL_checknumber(L, 2);
  int i, n;
  sms_rc rc;
  luaL_checktype(L, 1, LUA_TTABLE);
  n = (int)lua_rawlen(L, 1);
  luaL_argcheck(L, n <= POOLS_MAX, 1, "at most 64 pools");
  for (i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    pools[i] = sms_checkclass(L, -1, SMS_POOL);
    lua_pop(L, 1);
  }
  rc = sms_pool_rest(pools, n, seconds > 0 ? (int)sms_milliseconds(seconds) : 0);
  if (rc) return sms_fail(L, rc, NULL);
  lua_pushboolean(L, 1);
  return 1;
}
