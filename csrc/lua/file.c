/* SPDX-License-Identifier: MIT
** Files for the Lua side: the bytes of a file to send, and a sink for a response. */
#define _DEFAULT_SOURCE /* close, ssize_t */
#include "binding.h"

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>
#include <unistd.h>

#define SINK "sms.sink"
#define SINK_SECONDS 30 /* for which a pipe's reader may stall */

static const char NUL_BYTE[] = "the path contains a NUL byte";

static int fail(lua_State *L, const char *doing, const char *path, const char *why) {
  lua_pushnil(L);
  lua_pushfstring(L, "cannot %s %s: %s", doing, path, why);
  return 2;
}

/* Fills b with n bytes; NULL, or why not. */
static const char *read_exactly(int fd, struct sms_buf *b, size_t n) {
  char piece[16384];
  while (b->len < n) {
    size_t most = n - b->len < sizeof piece ? n - b->len : sizeof piece;
    ssize_t got = sms_file_read(fd, piece, most);
    if (got < 0) return strerror(errno);
    if (got == 0) return "it became shorter while it was read";
    if (sms_buf_add(b, piece, (size_t)got)) return "out of memory";
  }
  return NULL;
}

/* core.read_file(path, most?) -> bytes, size | nil, message. The first `most` bytes (default: all), and the file's size. It must be a
** regular file; pipes are refused. */
static int read_file(lua_State *L) {
  size_t n;
  const char *path = luaL_checklstring(L, 1, &n), *why;
  lua_Integer most = luaL_optinteger(L, 2, LUA_MAXINTEGER);
  struct sms_buf *b = sms_newbuf(L, SMS_TEXT_MAX);
  int64_t size;
  int fd;
  luaL_argcheck(L, most >= 0, 2, "at least 0");
  if (strlen(path) != n) return fail(L, "read", path, NUL_BYTE);
  if (sms_file_open(path, &fd, &size)) return fail(L, "read", path, sms_file_problem(errno));
  why = most > (lua_Integer)SMS_TEXT_MAX && size > (int64_t)SMS_TEXT_MAX ? "it is too large" : NULL;
  if (!why) why = read_exactly(fd, b, (size_t)(most < size ? most : size));
  close(fd);
  if (why) return fail(L, "read", path, why);
  lua_pushlstring(L, b->len ? b->ptr : "", b->len);
  lua_pushinteger(L, (lua_Integer)size);
  return 2;
}

/* core.same_file(path, path) -> whether both name one existing file. */
static int same_file(lua_State *L) {
  lua_pushboolean(L, sms_file_same(luaL_checkstring(L, 1), luaL_checkstring(L, 2)));
  return 1;
}

static int sink_fail(lua_State *L, const struct sms_sink *s, const char *path) {
  return fail(L, "write", path, sms_sink_problem(s, errno));
}

/* core.sink(path) -> sms.sink | nil, message. Written data are invisible before `keep`, except in a device or pipe. */
static int sink_new(lua_State *L) {
  size_t n;
  const char *path = luaL_checklstring(L, 1, &n);
  struct sms_sink *s;
  if (strlen(path) != n) return fail(L, "write", path, NUL_BYTE);
  lua_settop(L, 1);
  s = lua_newuserdatauv(L, sizeof *s, 1);
  sms_sink_init(s);
  luaL_setmetatable(L, SINK);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  return sms_sink_open(s, path) ? sink_fail(L, s, path) : 1;
}

/* sink:keep(bytes) -> true | nil, message. Writes all bytes, moves the file into place and closes the sink. */
static int sink_keep(lua_State *L) {
  struct sms_sink *s = luaL_checkudata(L, 1, SINK);
  size_t n;
  const char *bytes = luaL_checklstring(L, 2, &n), *path;
  sms_rc rc;
  lua_getiuservalue(L, 1, 1);
  path = lua_tostring(L, -1);
  luaL_argcheck(L, s->on, 1, "the sink is closed");
  rc = sms_sink_write(s, bytes, n, sms_now() + SINK_SECONDS);
  if (rc) {
    int why = errno;
    sms_sink_finish(s, 0);
    errno = why;
  } else {
    rc = sms_sink_finish(s, 1);
  }
  if (rc) return sink_fail(L, s, path);
  lua_pushboolean(L, 1);
  return 1;
}

static int sink_close(lua_State *L) {
  sms_sink_free(luaL_checkudata(L, 1, SINK));
  return 0;
}

static const luaL_Reg meta[] = {{"__gc", sink_close}, {"__close", sink_close}, {NULL, NULL}};
static const luaL_Reg methods[] = {{"keep", sink_keep}, {"close", sink_close}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"read_file", read_file}, {"same_file", same_file}, {"sink", sink_new}, {NULL, NULL}};

void sms_open_file(lua_State *L) {
  sms_newclass(L, SINK, meta, methods);
  luaL_setfuncs(L, functions, 0);
}
