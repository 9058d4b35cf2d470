/* SPDX-License-Identifier: MIT
** What a pool keeps alive. Its user value 1 holds transfers in flight, by reference; user value 2 is the head of its free list: finished
** transfers that are no longer in use, for the next requests, each with the next one as its user value 2. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>

#define FREE_MAX 128

/* [-0, +1, m] empty, with its class, tied to both. */
static struct sms_transfer *new_transfer(lua_State *L, int pool, int body) {
  struct sms_transfer *t = lua_newuserdatauv(L, sizeof *t, 3);
  sms_transfer_init(t);
  sms_setclass(L, SMS_TRANSFER);
  lua_pushvalue(L, pool);
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, body);
  lua_setiuservalue(L, -2, 2);
  return t;
}

void sms_unanchor(lua_State *L, int pool, struct sms_transfer *t) {
  if (t->anchor && lua_getiuservalue(L, pool, 1) == LUA_TTABLE) luaL_unref(L, -1, t->anchor);
  if (t->anchor) lua_pop(L, 1);
  t->anchor = 0;
}

struct sms_transfer *sms_take_free(lua_State *L, int pool, int body) {
  struct sms_pool *p = lua_touserdata(L, pool);
  struct sms_transfer *t;
  if (lua_getiuservalue(L, pool, 2) != LUA_TUSERDATA) {
    lua_pop(L, 1);
    return new_transfer(L, pool, body);
  }
  t = lua_touserdata(L, -1);
  lua_getiuservalue(L, -1, 2);
  lua_setiuservalue(L, pool, 2);
  p->free_count--;
  t->free = 0;
  lua_pushvalue(L, body);
  lua_setiuservalue(L, -2, 2);
  return t;
}

void sms_put_free(lua_State *L, int pool, int at, struct sms_transfer *t) {
  struct sms_pool *p = lua_touserdata(L, pool);
  int fits = p->multi && p->free_count < FREE_MAX;
  if (!fits) sms_unanchor(L, pool, t);
  if (fits) sms_transfer_renew(t);
  else sms_transfer_free(t);
  t->free = fits;
  p->free_count += fits;
  lua_pushnil(L);
  lua_setiuservalue(L, at, 3);
  if (fits) lua_getiuservalue(L, pool, 2);
  else lua_pushnil(L);
  lua_setiuservalue(L, at, 2);
  if (!fits) return;
  lua_pushvalue(L, at);
  lua_setiuservalue(L, pool, 2);
}

/* Stores the transfer, or its owner if it has one, at a place of the table at `list`. [-0, +0, m] */
static void hand_out(lua_State *L, int list, lua_Integer place, const struct sms_transfer *t) {
  int top = lua_gettop(L);
  lua_getiuservalue(L, 1, 1);
  lua_rawgeti(L, -1, t->anchor);
  if (lua_getiuservalue(L, -1, 3) == LUA_TNIL) lua_pop(L, 1);
  lua_rawseti(L, list, place);
  lua_settop(L, top);
}

/* The pool is at index 1. Releases finished transfers; the table at `list`, if not 0, gets the completions. */
void sms_hand_out(lua_State *L, struct sms_pool *p, int list) {
  struct sms_transfer *t;
  lua_Integer place = list && p->ready ? (lua_Integer)lua_rawlen(L, list) : 0;
  while ((t = p->ready) != NULL) {
    if (list) hand_out(L, list, ++place, t); /* may raise; the completion then waits for the next call */
    sms_pool_next_ready(p);
    if (t->done && !t->no_figures) sms_unanchor(L, 1, t); /* otherwise core.take returns it to the free list */
  }
}
