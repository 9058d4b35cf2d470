/* SPDX-License-Identifier: MIT
** System functions for the workers of an outbox: the fence of a pool, the clocks that it uses, and a file that only its
** owner can read, with its identity. */
#define _POSIX_C_SOURCE 200809L
#include "binding.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* core.clocks() -> seconds of a clock that continues during suspend, seconds since 1970 */
static int core_clocks(lua_State *L) {
  double steady, wall;
  sms_clocks(&steady, &wall);
  lua_pushnumber(L, steady);
  lua_pushnumber(L, wall);
  return 2;
}

/* pool:fence(seconds?, steady?, wall?): from this many seconds after a reading of core.clocks (default: now), no request of this pool is
** sent: it ends as `not_sent`, kind `cancelled`. It is enough that one clock has passed. Without seconds: no fence. */
int sms_pool_fence(lua_State *L) {
  struct sms_pool *p = sms_checkclass(L, 1, SMS_POOL);
  double seconds, steady, wall;
  if (lua_isnoneornil(L, 2)) {
    p->fence_steady = 0;
    return 0;
  }
  seconds = luaL_checknumber(L, 2);
  luaL_argcheck(L, seconds >= 0, 2, "expected a number of seconds, 0 or more");
  sms_clocks(&steady, &wall);
  steady = luaL_optnumber(L, 3, steady) + seconds;
  wall = luaL_optnumber(L, 4, wall) + seconds;
  p->fence_steady = steady == 0 ? -1 : steady; /* 0 is no fence */
  p->fence_wall = wall;
  return 0;
}

/* Creates a file if there is none. An existing one is not opened: closing it would release all locks of this process on it (POSIX
** fcntl), including those of an SQLite connection, whose write-ahead log another process might then delete. */
static int make_private(const char *path, struct stat *st) {
  int fd;
  if (!stat(path, st)) return 0;
  if (errno != ENOENT) return -1;
  fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
  if (fd >= 0) close(fd);
  else if (errno != EEXIST) return -1;
  return stat(path, st);
}

/* core.private_file(path) -> its device and inode as "device:inode" | nil, text. Creates the file, with mode 0600, if there is none. */
static int core_private_file(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  struct stat st;
  char id[48];
  if (make_private(path, &st)) {
    lua_pushnil(L);
    lua_pushstring(L, strerror(errno));
    return 2;
  }
  if (!S_ISREG(st.st_mode)) {
    lua_pushnil(L);
    lua_pushliteral(L, "it is not a file");
    return 2;
  }
  snprintf(id, sizeof id, "%" PRIuMAX ":%" PRIuMAX, (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
  lua_pushstring(L, id);
  return 1;
}

/* core.hash64(text) -> integer: FNV-1a, 64 bits. Distinguishes plans; not secure against forgery. */
static int core_hash64(lua_State *L) {
  size_t i, len;
  const char *text = luaL_checklstring(L, 1, &len);
  uint64_t hash = 0xcbf29ce484222325u;
  for (i = 0; i < len; i++) hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
  lua_pushinteger(L, (lua_Integer)hash);
  return 1;
}

static const luaL_Reg functions[] = {
    {"clocks", core_clocks}, {"private_file", core_private_file}, {"hash64", core_hash64}, {NULL, NULL}};

void sms_open_outbox(lua_State *L) { luaL_setfuncs(L, functions, 0); }
