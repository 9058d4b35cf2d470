/* SPDX-License-Identifier: MIT
** `core.attempt` and `core.guard`: protected calls of functions that may send requests. They distinguish an error that a debug hook
** raised (such as Ctrl-C in the standalone interpreter) and a lack of memory from other errors, and report whether anything of the call
** was sent. No Lua that a hook could interrupt runs between the end of the protected function and the results of the call. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#define MAX_LEVELS 200 /* checked; each costs as many steps as its depth */

static const char HOOKED[] =
    "sms.hooked"; /* the class of a table that carries an error of a hook until it is caught here */
static const char ledger_key;

struct sms_ledger *sms_ledger(lua_State *L) {
  struct sms_ledger *g;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &ledger_key) != LUA_TUSERDATA) {
    lua_pop(L, 1);
    g = lua_newuserdatauv(L, sizeof *g, 0);
    memset(g, 0, sizeof *g);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &ledger_key);
  }
  g = lua_touserdata(L, -1);
  lua_pop(L, 1); /* the registry keeps it until the state has closed */
  return g;
}

/* ---- origin of errors ---- */

static int attempt(lua_State *L);
static int guarded_call(lua_State *L);

/* Whether the function at a level is `attempt` or `guard`, below which levels are irrelevant. [-0, +0, -] */
static int is_border(lua_State *L, lua_Debug *ar) {
  lua_CFunction f;
  lua_getinfo(L, "f", ar);
  f = lua_tocfunction(L, -1);
  lua_pop(L, 1);
  return f == attempt || f == guarded_call;
}

/* Whether the error that is being handled was raised in a debug hook. A hook in C has no stack level: then the handler
** seems to be called by the hook. */
static int from_hook(lua_State *L) {
  lua_Debug ar;
  int level;
  for (level = 0; level < MAX_LEVELS && lua_getstack(L, level, &ar); level++) {
    if (is_border(L, &ar)) return 0;
    lua_getinfo(L, "n", &ar);
    if (!strcmp(ar.namewhat, "hook")) return 1;
  }
  return 0;
}

static int on_error(lua_State *L) {
  lua_settop(L, 1);
  if (!from_hook(L)) return 1;
  lua_createtable(L, 1, 0);
  lua_insert(L, 1);
  lua_rawseti(L, 1, 1);
  luaL_setmetatable(L, HOOKED);
  return 1;
}

/* For code that receives such a table on its way: to-be-closed variables. */
static int hooked_tostring(lua_State *L) {
  lua_rawgeti(L, 1, 1);
  luaL_tolstring(L, -1, NULL);
  return 1;
}

/* Unwraps the error at the top and pushes its origin. [-1, +2, m] */
static void push_cause(lua_State *L, int status) {
  const char *why = status == LUA_ERRMEM ? "memory" : "error";
  if (lua_istable(L, -1) && lua_getmetatable(L, -1)) {
    luaL_getmetatable(L, HOOKED);
    if (lua_rawequal(L, -1, -2)) why = "hook";
    lua_pop(L, 2);
  }
  if (*why == 'h') {
    lua_rawgeti(L, -1, 1);
    lua_remove(L, -2);
  }
  lua_pushstring(L, why);
}

/* ---- core.attempt(fn, ...) -> true, its results | false, error, "hook" | "memory" | "error" ---- */

static int attempted(lua_State *L, int status, lua_KContext ctx) {
  (void)ctx;
  if (status == LUA_OK || status == LUA_YIELD) {
    lua_pushboolean(L, 1);
    lua_replace(L, 1);
    return lua_gettop(L);
  }
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  push_cause(L, status);
  return 3;
}

static int attempt(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushcfunction(L, on_error);
  lua_insert(L, 1);
  return attempted(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, attempted), 0);
}

/* ---- core.guard(broke, strict?) -> guarded(fn, ...) -> what fn returns | what broke(error, origin, sent, mark, fn, ...) returns.
** A strict one raises what fn returns as nil and a string: a mistake of the script, where it called the method that calls us. ---- */

/* On the stack: the function and its `n` arguments; the mark; the message handler; the results. */
static int finish(lua_State *L, int status, int n) {
  const struct sms_ledger *g = lua_touserdata(L, lua_upvalueindex(2));
  int results = lua_gettop(L) - n - 2, i;
  if (status == LUA_OK || status == LUA_YIELD) {
    int mistake = results > 1 && lua_isnil(L, n + 3) && lua_type(L, n + 4) == LUA_TSTRING;
    if (!mistake || !lua_toboolean(L, lua_upvalueindex(3))) return results;
    luaL_where(L, 2);
    lua_pushvalue(L, n + 4);
    lua_concat(L, 2);
    return lua_error(L);
  }
  push_cause(L, status);
  luaL_checkstack(L, n + 4, NULL);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, -3);
  lua_pushboolean(L, (lua_Integer)g->sent > lua_tointeger(L, n + 1));
  for (i = 0; i <= n; i++) lua_pushvalue(L, i ? i : n + 1);
  lua_call(L, n + 4, LUA_MULTRET);
  return lua_gettop(L) - n - 2;
}

static int finish_later(lua_State *L, int status, lua_KContext ctx) { return finish(L, status, (int)ctx); }

static int guarded_call(lua_State *L) {
  const struct sms_ledger *g = lua_touserdata(L, lua_upvalueindex(2));
  int n = lua_gettop(L), i;
  luaL_checkany(L, 1);
  luaL_checkstack(L, n + 4, NULL);
  lua_pushinteger(L, (lua_Integer)g->begun);
  lua_pushcfunction(L, on_error);
  for (i = 1; i <= n; i++) lua_pushvalue(L, i);
  return finish(L, lua_pcallk(L, n - 1, LUA_MULTRET, n + 2, n, finish_later), n);
}

static int new_guard(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 2);
  sms_ledger(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &ledger_key);
  lua_insert(L, 2);
  lua_pushcclosure(L, guarded_call, 3);
  return 1;
}

/* core.can_yield(thread) -> whether that coroutine is the running one and can yield */
static int can_yield(lua_State *L) {
  lua_pushboolean(L, lua_tothread(L, 1) == L && lua_isyieldable(L));
  return 1;
}

/* core.sent() records in the ledger that a transport in Lua is about to be called. */
static int sent(lua_State *L) {
  struct sms_ledger *g = sms_ledger(L);
  g->sent = ++g->begun;
  return 0;
}

/* pool:abandon(mark) ends transfers that the running coroutine has started since the mark and will not wait for. */
int sms_pool_abandon(lua_State *L) {
  struct sms_pool *p = sms_checkclass(L, 1, SMS_POOL);
  lua_Integer mark = luaL_checkinteger(L, 2);
  if (!p->multi || lua_getiuservalue(L, 1, 1) != LUA_TTABLE) return 0;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    struct sms_transfer *t = lua_type(L, -1) == LUA_TUSERDATA ? lua_touserdata(L, -1) : NULL;
    if (!t || t->free || t->starter != L || (lua_Integer)t->serial <= mark) continue;
    sms_pool_stop(t, SMS_ECANCELLED);
    sms_unanchor(L, 1, t);
    sms_transfer_free(t);
  }
  return 0;
}

static const luaL_Reg hooked_meta[] = {{"__tostring", hooked_tostring}, {NULL, NULL}};
static const luaL_Reg no_methods[] = {{NULL, NULL}};
static const luaL_Reg functions[] = {
    {"attempt", attempt}, {"can_yield", can_yield}, {"guard", new_guard}, {"sent", sent}, {NULL, NULL}};

void sms_open_guard(lua_State *L) {
  sms_newclass(L, HOOKED, hooked_meta, no_methods);
  luaL_setfuncs(L, functions, 0);
}
