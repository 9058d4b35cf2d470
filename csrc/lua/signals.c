/* SPDX-License-Identifier: MIT
** Counts SIGINT and SIGTERM, for an orderly end of the listener, the sandbox and workers. The handler only counts and reads
** the clock; waits are sliced and check the counts in between. Signals belong to the process: only for the Lua
** state of one thread. */
#define _DEFAULT_SOURCE /* sigaction, clock_gettime */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#define SIGNALS "sms.signals"
#define KINDS 2

/* By kind: signals received, and the number of requests to end that they represent. */
enum { COUNT, REQUESTS, FIGURES };

static const struct {
  const char *name;
  int number;
} kinds[KINDS] = {{"SIGINT", SIGINT}, {"SIGTERM", SIGTERM}};

/* Per process: all users of a signal share its handler. */
static struct {
  volatile sig_atomic_t seen[FIGURES];
  struct timespec last; /* time of the newest; used only by the handler */
  int users;
  struct sigaction before;
} state[KINDS];
static volatile sig_atomic_t newest; /* index into `kinds` */

struct signals {
  int counts[KINDS]; /* whether it is a user of the kind */
  sig_atomic_t from[KINDS][FIGURES];
};

/* Signals of one kind within this interval are one request: timeout(1) and some service managers signal a process and then its group. */
enum { SAME_REQUEST_MS = 10 };

static long long milliseconds_between(const struct timespec *from, const struct timespec *to) {
  return (long long)(to->tv_sec - from->tv_sec) * 1000 + (to->tv_nsec - from->tv_nsec) / 1000000;
}

static void on_signal(int number) {
  int i = number == kinds[1].number;
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (state[i].seen[COUNT] == 0 || milliseconds_between(&state[i].last, &now) >= SAME_REQUEST_MS)
    state[i].seen[REQUESTS]++;
  state[i].last = now;
  newest = i;
  state[i].seen[COUNT]++;
}

/* Whether a signal may be counted. Ignored signals stay ignored. A program's own handler of SIGTERM is kept; that of SIGINT is
** replaced, since that of `lua` raises an error wherever the script happens to be. */
static int is_ours(int i, const struct sigaction *now) {
  if (now->sa_flags & SA_SIGINFO) return kinds[i].number == SIGINT;
  return now->sa_handler == SIG_DFL || (kinds[i].number == SIGINT && now->sa_handler != SIG_IGN);
}

/* Interrupted system calls are restarted (SA_RESTART), so that no write is cut short; poll and the like return nevertheless. */
static void take(struct signals *s, int i) {
  struct sigaction now;
  int figure;
  if (s->counts[i]) return;
  if (state[i].users == 0) {
    if (sigaction(kinds[i].number, NULL, &now) != 0 || !is_ours(i, &now)) return;
    state[i].before = now;
    memset(&now, 0, sizeof now);
    now.sa_handler = on_signal;
    now.sa_flags = SA_RESTART;
    sigemptyset(&now.sa_mask);
    if (sigaction(kinds[i].number, &now, NULL) != 0) return;
  }
  state[i].users++;
  s->counts[i] = 1;
  for (figure = 0; figure < FIGURES; figure++) s->from[i][figure] = state[i].seen[figure];
}

/* The last user restores the previous handler, unless it has been replaced since. */
static void give_back(struct signals *s, int i) {
  struct sigaction now;
  if (!s->counts[i]) return;
  s->counts[i] = 0;
  if (--state[i].users > 0) return;
  if (sigaction(kinds[i].number, NULL, &now) == 0 && now.sa_handler == on_signal)
    sigaction(kinds[i].number, &state[i].before, NULL);
}

static int signals_close(lua_State *L) {
  struct signals *s = luaL_checkudata(L, 1, SIGNALS);
  int i;
  for (i = 0; i < KINDS; i++) give_back(s, i);
  return 0;
}

/* The increase of a count since this value was created. */
static lua_Integer since_made(lua_State *L, int figure) {
  const struct signals *s = luaL_checkudata(L, 1, SIGNALS);
  lua_Integer n = 0;
  int i;
  for (i = 0; i < KINDS; i++)
    if (s->counts[i]) n += state[i].seen[figure] - s->from[i][figure];
  return n;
}

/* signals:count() -> signals received since its creation, the name of the newest or nil. After `close` the count is 0. */
static int signals_count(lua_State *L) {
  lua_Integer n = since_made(L, COUNT);
  lua_pushinteger(L, n);
  if (n > 0) lua_pushstring(L, kinds[newest].name);
  else lua_pushnil(L);
  return 2;
}

/* signals:requests() -> number of requests to end that these represent. After `close` 0. */
static int signals_requests(lua_State *L) {
  lua_pushinteger(L, since_made(L, REQUESTS));
  return 1;
}

/* core.signals(name?, ...) -> sms.signals, a to-be-closed value. From now on these signals ("SIGINT", "SIGTERM"; none named: both) are
** counted and do nothing else, until it is closed. Ignored signals, and SIGTERM if the program handles it, are left alone. */
static int core_signals(lua_State *L) {
  static const char *const names[] = {"SIGINT", "SIGTERM", NULL};
  int i, wanted[KINDS] = {0, 0}, top = lua_gettop(L);
  struct signals *s;
  for (i = 1; i <= top; i++) wanted[luaL_checkoption(L, i, NULL, names)] = 1;
  s = lua_newuserdatauv(L, sizeof *s, 0);
  memset(s, 0, sizeof *s);
  luaL_setmetatable(L, SIGNALS);
  for (i = 0; i < KINDS; i++)
    if (wanted[i] || top == 0) take(s, i);
  return 1;
}

static const luaL_Reg meta[] = {{"__gc", signals_close}, {"__close", signals_close}, {NULL, NULL}};
static const luaL_Reg methods[] = {
    {"count", signals_count}, {"requests", signals_requests}, {"close", signals_close}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"signals", core_signals}, {NULL, NULL}};

void sms_open_signals(lua_State *L) {
  sms_newclass(L, SIGNALS, meta, methods);
  luaL_setfuncs(L, functions, 0);
}
