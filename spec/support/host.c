/* SPDX-License-Identifier: MIT */
/* A C program with Lua 5.4 inside, as an application that embeds lua-sms would be: `host [-e code]... [script [args]]`.
** `make torture` builds it with the sanitizers, names it lua5.4 and puts it first on PATH, so that the specs and the Lua
** programs that they start are watched. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

/* Makes the global `arg` as the stand-alone interpreter has it: [0] is argv[script], this program is at the lowest index.
** [-0, +0, m] */
static void set_arg(lua_State *L, int argc, char **argv, int script) {
  lua_createtable(L, argc, 2);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - script);
  }
  lua_setglobal(L, "arg");
}

static lua_State *running; /* what a signal interrupts */

static void stop(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "interrupted!");
}

/* As the stand-alone interpreter does: the next hook raises; a second signal ends the process. */
static void interrupt(int sig) {
  signal(sig, SIG_DFL);
  lua_sethook(running, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

/* Calls the chunk on the stack if it was loaded; an error is printed. [-1, +0, -] */
static int finish(lua_State *L, int status) {
  running = L;
  signal(SIGINT, interrupt);
  if (status == LUA_OK) status = lua_pcall(L, 0, 0, 0);
  signal(SIGINT, SIG_DFL);
  if (status != LUA_OK) {
    fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
    lua_pop(L, 2);
  }
  return status;
}

static int run(lua_State *L, int argc, char **argv) {
  int i = 1, status = LUA_OK;
  while (i + 1 < argc && strcmp(argv[i], "-e") == 0) i += 2;
  set_arg(L, argc, argv, i < argc ? i : 0);
  for (int e = 2; e < i && status == LUA_OK; e += 2) status = finish(L, luaL_loadstring(L, argv[e]));
  if (i < argc && status == LUA_OK) status = finish(L, luaL_loadfile(L, strcmp(argv[i], "-") ? argv[i] : NULL));
  return status;
}

int main(int argc, char **argv) {
  lua_State *L = luaL_newstate();
  int status;
  if (L == NULL) return 2;
  luaL_openlibs(L);
  status = run(L, argc, argv);
  lua_close(L);
  return status == LUA_OK ? 0 : 1;
}
