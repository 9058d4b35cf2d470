/* SPDX-License-Identifier: MIT
** A pool under an event loop outside: what libcurl wishes goes out to Lua, readiness comes back in. Also the waiting for
** several pools at once. */
#include "pool.h"

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

static const char *const event_names[] = {"", "r", "w", "rw", NULL}; /* by their bits */

/* Appends a socket and its events to the list on the top. [-0, +0, m] */
static void push_wish(lua_State *L, curl_socket_t fd, int events) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
  lua_pushinteger(L, fd);
  lua_rawseti(L, -2, n + 1);
  lua_pushstring(L, event_names[events]);
  lua_rawseti(L, -2, n + 2);
}

/* Notes that the loop outside has heard of the i-th wish, of which `told` is a copy, unless it has changed since. */
static void mark_told(struct sms_sockets *s, size_t i, const struct sms_wish *told) {
  struct sms_wish *w = i < s->count ? &s->list[i] : NULL;
  if (!w || w->fd != told->fd || w->events != told->events || w->renewed != told->renewed) return;
  w->changed = w->renewed = 0;
  w->told = w->events != 0;
}

/* [-0, +1, m] the list, or nil. Making it may run a finalizer, and that may make a call on this very pool, which changes its wishes:
** they are copied before, and what is passed over then stays to be told the next time. */
static void push_wishes(lua_State *L, struct sms_sockets *s) {
  size_t i;
  lua_pushnil(L);
  for (i = 0; i < s->count; i++) {
    const struct sms_wish w = s->list[i];
    if (!w.changed) continue;
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      lua_newtable(L);
    }
    if (w.told && (w.renewed || w.events == 0)) push_wish(L, w.fd, 0);
    if (w.events) push_wish(L, w.fd, w.events);
    mark_told(s, i, &w);
  }
}

/* pool:wishes(all?) -> what changed since the last time, or nil; seconds until `expired` is wanted, or nil. With `all` it is
** everything there is, for a loop that was told nothing yet. The list is flat: socket, events, socket, events …; events are "r", "w", "rw", or "" to stop watching. Sockets that were to be let go of are
** closed by the next call. Works on a closed pool, which has only things to let go of. */
int sms_pool_wishes(lua_State *L) {
  struct sms_pool *p = check_pool(L);
  double due = p->multi ? sms_sockets_due(p) : -1;
  if (lua_toboolean(L, 2)) sms_sockets_untold(p);
  sms_sockets_release(p);
  push_wishes(L, &p->sockets);
  sms_sockets_told(p);
  if (due < 0) lua_pushnil(L);
  else lua_pushnumber(L, due);
  return 2;
}

/* Ends what can end after libcurl acted. [-0, +(1|3), m] the method's results */
static int finish(lua_State *L, struct sms_pool *p, sms_rc rc, int list) {
  if (!rc) sms_pool_harvest(p);
  sms_let_go(L, p, lua_istable(L, list) ? list : 0);
  if (rc) return sms_fail(L, rc, NULL);
  lua_pushinteger(L, p->count);
  return 1;
}

/* pool:ready(socket, events, news?) -> how many are in flight | nil, kind, text. Events: "r", "w", "rw", or "" for an error
** on the socket. News as in pool:step. */
int sms_pool_ready(lua_State *L) {
  struct sms_pool *p = check_pool(L);
  curl_socket_t fd = (curl_socket_t)luaL_checkinteger(L, 2);
  int events = luaL_checkoption(L, 3, NULL, event_names);
  sms_rc rc = sms_pool_check(p);
  if (!rc) rc = sms_sockets_ready(p, fd, events ? events : SMS_FAILED);
  return finish(L, p, rc, 4);
}

/* pool:expired(news?) -> how many are in flight | nil, kind, text. To be called when the seconds of `wishes` are over. */
int sms_pool_expired(lua_State *L) {
  struct sms_pool *p = check_pool(L);
  sms_rc rc = sms_pool_check(p);
  if (!rc) rc = sms_sockets_expired(p);
  return finish(L, p, rc, 2);
}

/* core.ready(descriptor, seconds) -> whether it can be read; waits so long for that, or until a signal comes */
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

/* core.rest(pools, seconds) -> true | nil, kind, text. Waits until one of the pools has something to do, and does nothing:
** `step` each of them then. */
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
