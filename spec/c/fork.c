/* SPDX-License-Identifier: MIT
** Forking for the spec that proves what a pool does in a child process; compiled by that spec, never installed. */
#include <lauxlib.h>
#include <lua.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

int luaopen_forking(lua_State *L);

/* Ends the child by becoming another program: what it leaves to its parent on purpose is no leak to be reported. */
static void leave(lua_State *L, int verdict) {
  lua_settop(L, 0);
  lua_pushfstring(L, "exit %d", verdict);
  execl("/bin/sh", "sh", "-c", lua_tostring(L, 1), (char *)NULL);
  _exit(98);
}

/* run(fn): calls fn in a child process and returns the integer it returned; 97 when it raised. */
static int run(lua_State *L) {
  int status = 0;
  pid_t child;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  child = fork();
  if (child == 0) {
    lua_settop(L, 1);
    leave(L, lua_pcall(L, 0, 1, 0) == LUA_OK ? (int)lua_tointeger(L, -1) : 97);
  }
  if (child < 0 || waitpid(child, &status, 0) != child) return luaL_error(L, "cannot fork");
  lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : 100);
  return 1;
}

int luaopen_forking(lua_State *L) {
  lua_pushcfunction(L, run);
  return 1;
}
