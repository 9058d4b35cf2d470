/* SPDX-License-Identifier: MIT
** A C host with a Lua state in each of several threads, all of them at work with sms.core at once, states opened and closed all the
** time. `make threads` builds it with the thread sanitizer and runs it: `threads [how many] [states of each]`. */
#define _POSIX_C_SOURCE 200809L
#include "alloc.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS_MAX 64

int luaopen_sms_core(lua_State *L);

static const char work[] =
    "local url = ...\n"
    "local core = require 'sms.core'\n"
    "local auth <close> = core.auth { { scheme = 'header', name = 'apikey', value = 'secret' } }\n"
    "local pool <close> = core.pool()\n"
    "local endpoint <close> = core.endpoint { base_url = url, auth = auth }\n"
    "local transfers = {}\n"
    "for i = 1, 8 do transfers[i] = assert(pool:start(endpoint, i % 2 == 0 and 'GET' or 'POST', '/' .. i, i % 2 > 0 "
    "and '{}' or nil, 20)) end\n"
    "transfers[8]:cancel()\n"
    "repeat until assert(pool:step(0.2)) == 0\n"
    "for i = 1, 7 do\n"
    "  local status, body = transfers[i]:result()\n"
    "  assert(status == 200 and body:find(' /' .. i .. ' ', 1, true) and body:find('apikey: secret', 1, true), body)\n"
    "end\n"
    "assert(core.status('zoomconnect', 'delivery', 'DELIVERED').final)\n"
    "assert(core.json_reader(tostring, error)('[1.0]') and core.nearest('campagin', { 'campaign' }) == 'campaign')\n"
    "assert(not core.text_count or core.text_count('{}') == 'gsm7')\n";

static char url[64];
static int states = 20;

static int run_state(void) {
  lua_State *L = luaL_newstate();
  int failed;
  if (!L) return 1;
  luaL_openlibs(L);
  luaL_requiref(L, "sms.core", luaopen_sms_core, 0);
  lua_settop(L, 0);
  failed = luaL_loadstring(L, work);
  lua_pushstring(L, url);
  if (!failed) failed = lua_pcall(L, 1, 0, 0);
  if (failed) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return failed;
}

static void *run(void *failures) {
  for (int i = 0; i < states; i++) *(int *)failures += run_state() != 0;
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS_MAX];
  static int failures[THREADS_MAX];
  int n = argc > 1 ? atoi(argv[1]) : 4, failed = 0, port = alloc_peer();
  if (argc > 2) states = atoi(argv[2]);
  if (port < 0 || n < 1 || n > THREADS_MAX) return 2;
  snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
  for (int i = 0; i < n; i++)
    if (pthread_create(&threads[i], NULL, run, &failures[i])) return 2;
  for (int i = 0; i < n; i++) {
    pthread_join(threads[i], NULL);
    failed += failures[i];
  }
  printf("%d threads, %d states, %ld requests, %d states failed\n", n, n * states, alloc_peer_arrived(), failed);
  return failed > 0;
}
