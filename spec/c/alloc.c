/* SPDX-License-Identifier: MIT
** The n-th allocation fails, for every n, over each operation of spec/c/alloc_cases.lua: `alloc [word in a case's name]`.
** Each run must end in an error or in exactly the result of a run with memory; the same state must then give that result;
** and when the state is closed nothing may be left. `make alloc` builds this with the sanitizers. */
#define _POSIX_C_SOURCE 200809L
#include "alloc.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST 100000 /* allocations of one operation */

int luaopen_sms_core(lua_State *L);

/* lua-cjson frees its buffers only where nothing is raised in between; that is its own affair. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:cjson.so\nleak:strbuf\n"; }

static long runs, problems;
static const char *expected = "";

/* Shows the detail from where it begins to be another than what was expected. */
static void problem(const char *name, const char *mode, long n, const char *what, const char *detail) {
  size_t same = 0;
  problems++;
  while (detail && detail[same] && detail[same] == expected[same]) same++;
  while (same > 0 && detail[same - 1] != '\n') same--;
  fprintf(stderr, "%s, %s %ld: %s: %.120s\n", name, mode, n, what, detail ? detail + same : "(no text)");
}

/* ---- what the cases see ---- */

static int arrived(lua_State *L) {
  lua_pushinteger(L, alloc_peer_arrived());
  return 1;
}

/* open() -> the module once more, as a new table */
static int open_again(lua_State *L) {
  lua_pushcfunction(L, luaopen_sms_core);
  lua_call(L, 0, 1);
  return 1;
}

/* Lua 5.5 takes a seed too. */
#if LUA_VERSION_NUM >= 505
#define NEW_STATE(allocate) lua_newstate(allocate, NULL, 1)
#else
#define NEW_STATE(allocate) lua_newstate(allocate, NULL)
#endif

/* A state with the list of cases at the top of its stack. */
static lua_State *new_state(int port) {
  lua_State *L = NEW_STATE(alloc_for_lua);
  if (!L) return NULL;
  luaL_openlibs(L);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, luaopen_sms_core);
  lua_setfield(L, -2, "sms.core");
  lua_pop(L, 1);
  if (luaL_loadfile(L, "spec/c/alloc_cases.lua") == LUA_OK) {
    lua_pushfstring(L, "http://127.0.0.1:%d", port);
    lua_pushcfunction(L, arrived);
    lua_pushcfunction(L, open_again);
    if (lua_pcall(L, 3, 1, 0) == LUA_OK) return L;
  }
  fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return NULL;
}

/* ---- one case: its function is at index 2, the result of a run with memory at index 3 ---- */

/* Runs it; what it gave, or the error, is on the top. */
static int call(lua_State *L) {
  lua_settop(L, 3);
  lua_pushvalue(L, 2);
  return lua_pcall(L, 0, 1, 0);
}

static int gave_the_same(lua_State *L) { return lua_type(L, -1) == LUA_TSTRING && lua_rawequal(L, -1, 3); }

static void after_failure(lua_State *L, const char *name, const char *mode, long n, int status) {
  const char *text = lua_tostring(L, -1);
  if (status == LUA_OK && !gave_the_same(L)) problem(name, mode, n, "went on with a wrong result", text);
  if (status != LUA_OK && (!text || strstr(text, "BROKEN"))) problem(name, mode, n, "is not a proper error", text);
  if (call(L) != LUA_OK || !gave_the_same(L)) problem(name, mode, n, "does not recover", lua_tostring(L, -1));
}

static long try_all(lua_State *L, const char *name, enum alloc_mode mode) {
  const char *word = mode == ALLOC_ONE_FAILS ? "only" : "from";
  long n;
  for (n = 1; n < MOST; n++) {
    int status;
    lua_settop(L, 3);
    lua_pushvalue(L, 2);
    alloc_arm(n, mode);
    status = lua_pcall(L, 0, 1, 0);
    runs++;
    if (alloc_disarm() == 0) break;
    after_failure(L, name, word, n, status);
  }
  if (call(L) != LUA_OK || !gave_the_same(L)) problem(name, word, n, "does not end well", lua_tostring(L, -1));
  return n - 1;
}

/* How many blocks are held beyond those before. A thread of a name lookup that was given up frees its own in its own time. */
static long left_since(long before) {
  static const struct timespec moment = {0, 1000000};
  int i;
  for (i = 0; i < 2000 && alloc_live() != before; i++) nanosleep(&moment, NULL);
  return alloc_live() - before;
}

/* The case at place i. 0: there is none. */
static int try_case(int port, int i, const char *only) {
  long before = alloc_live(), one, all, left;
  lua_State *L = new_state(port);
  char name[40];
  if (!L) return problems++, 0;
  if (lua_rawgeti(L, 1, i) != LUA_TTABLE) return lua_close(L), 0;
  lua_rawgeti(L, 2, 1);
  snprintf(name, sizeof name, "%s", lua_tostring(L, -1));
  lua_rawgeti(L, 2, 2);
  lua_replace(L, 2);
  lua_settop(L, 2);
  if (only && !strstr(name, only)) return lua_close(L), 1;
  alarm(300);
  lua_pushvalue(L, 2);
  if (lua_pcall(L, 0, 1, 0) != LUA_OK || lua_type(L, 3) != LUA_TSTRING) {
    problem(name, "run", 0, "does not work with memory", lua_tostring(L, 3));
    return lua_close(L), 1;
  }
  expected = lua_tostring(L, 3);
  one = try_all(L, name, ALLOC_ONE_FAILS);
  all = try_all(L, name, ALLOC_ALL_FAIL_FROM);
  expected = "";
  printf("%-24s %5ld allocations\n", name, one > all ? one : all);
  lua_close(L);
  left = left_since(before);
  if (left != 0) problem(name, "close", left, "blocks are left", "");
  return 1;
}

int main(int argc, char **argv) {
  static lua_State *volatile keeper; /* never closed: what it has loaded keeps its names in the report of a leak */
  int i, port = alloc_peer();
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (port < 0 || alloc_for_curl()) return perror("alloc"), 2;
  if (!(keeper = new_state(port))) return 2;
  for (i = 1; try_case(port, i, argc > 1 ? argv[1] : NULL); i++) continue;
  printf("%d operations, %ld runs out of memory, %ld problems\n", i - 1, runs, problems);
  return problems > 0 || runs == 0;
}
