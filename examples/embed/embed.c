/* SPDX-License-Identifier: MIT
** An application with Lua inside: threads with a Lua state each, every one of them sending many texts at once; a process that
** forks after it has used the library; states that are closed in any order while requests are in flight.
** Build: cc -o embed embed.c -llua5.4 -lpthread (and -I for the folder of lua.h). Run: embed URL [threads] [texts], where URL is
** a sandbox, for example that of `sms sandbox`. Prints one line for each part; the exit status is 0 when all is well. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#define MAX_THREADS 64

/* What every state runs: `count` texts, 20 in flight. Returns how many the provider took. */
static const char program[] =
    "local url, count = ...\n"
    "local sms = require 'sms'\n"
    "client = client or sms.messagewhiz { apikey = 'sandbox-key', base_url = url .. '/messagewhiz' }\n"
    "local at, good = 0, 0\n"
    "local function rows() at = at + 1 if at <= count then return at end end\n"
    "local function send(i) return client:send { to = '1555' .. 1000000 + i, from = 'embed', text = 'text ' .. i } end\n"
    "for receipt in sms.parallel(20, rows, send) do\n"
    "  if receipt and receipt.outcome == 'accepted' then good = good + 1 end\n"
    "end\n"
    "return good\n";

/* Puts requests in flight and returns with them: anyone who closes the state closes them. */
static const char abandon[] =
    "local url = ...\n"
    "local sms = require 'sms'\n"
    "local core = require 'sms.core'\n"
    "pool = core.pool()\n"
    "local endpoint = core.endpoint { base_url = url }\n"
    "transfers = {}\n"
    "for i = 1, 20 do transfers[i] = assert(pool:start(endpoint, 'GET', '/messagewhiz/', nil, 10, true)) end\n"
    "pool:step(0)\n"
    "sms.task(function() sms.messagewhiz { apikey = 'sandbox-key', base_url = url .. '/messagewhiz' }.campaigns:list() end)\n"
    "return #transfers\n";

struct job {
  pthread_t thread;
  const char *url;
  int count, good;
};

static lua_State *new_state(void) {
  lua_State *L = luaL_newstate();
  if (L) luaL_openlibs(L);
  return L;
}

/* Runs code with a URL and a number; the integer it returns, or -1 after printing what went wrong. [-0, +0, -] */
static int run(lua_State *L, const char *code, const char *url, int count) {
  int result = -1;
  if (luaL_loadstring(L, code) == LUA_OK) {
    lua_pushstring(L, url);
    lua_pushinteger(L, count);
    if (lua_pcall(L, 2, 1, 0) == LUA_OK) result = (int)lua_tointeger(L, -1);
  }
  if (result < 0) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_settop(L, 0);
  return result;
}

static void *work(void *arg) {
  struct job *job = arg;
  lua_State *L = new_state();
  job->good = L ? run(L, program, job->url, job->count) : -1;
  if (L) lua_close(L);
  return NULL;
}

static int threads(const char *url, int n, int count) {
  struct job jobs[MAX_THREADS];
  int i, good = 0;
  for (i = 0; i < n; i++) {
    jobs[i] = (struct job){0, url, count, 0};
    if (pthread_create(&jobs[i].thread, NULL, work, &jobs[i])) return 0;
  }
  for (i = 0; i < n; i++) {
    pthread_join(jobs[i].thread, NULL);
    good += jobs[i].good;
  }
  printf("%d threads: %d of %d texts taken\n", n, good, n * count);
  return good == n * count;
}

/* The child uses its copy of a state that has open connections; the parent goes on with its own meanwhile. */
static int forked(const char *url, int count) {
  lua_State *L = new_state();
  int before = run(L, program, url, count), after, status = 0;
  pid_t child;
  fflush(stdout);
  child = fork();
  if (child == 0) {
    int good = run(L, program, url, count);
    lua_close(L);
    _exit(good == count ? 0 : 1);
  }
  after = run(L, program, url, count);
  waitpid(child, &status, 0);
  lua_close(L);
  printf("fork: parent %d and %d of %d texts taken, child %s\n", before, after, count, status == 0 ? "all" : "not all");
  return before == count && after == count && status == 0;
}

/* Several states in one thread, closed first to last and last to first, each with requests in flight. */
static int closings(const char *url) {
  lua_State *states[4];
  int round, i, started = 0;
  for (round = 0; round < 2; round++) {
    for (i = 0; i < 4; i++) {
      states[i] = new_state();
      started += run(states[i], abandon, url, 0);
    }
    for (i = 0; i < 4; i++) lua_close(states[round ? i : 3 - i]);
  }
  printf("closing: %d requests were in flight\n", started);
  return started == 160;
}

int main(int argc, char **argv) {
  const char *url = argc > 1 ? argv[1] : "http://127.0.0.1:8025";
  int n = argc > 2 ? atoi(argv[2]) : 4, count = argc > 3 ? atoi(argv[3]) : 100, good;
  if (n < 1 || n > MAX_THREADS || count < 1) {
    fprintf(stderr, "usage: embed URL [threads, at most %d] [texts]\n", MAX_THREADS);
    return 2;
  }
  good = threads(url, n, count);
  good &= forked(url, count);
  good &= closings(url);
  good &= threads(url, n, count); /* and again, after states have gone */
  return good ? 0 : 1;
}
