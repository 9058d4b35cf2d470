/* SPDX-License-Identifier: MIT
** `core.secret_file`: reads a secret from a file that only its owner can read; buffers are wiped. */
#define _POSIX_C_SOURCE 200809L
#include "binding.h"

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_END 2 /* maximum bytes of the line end after a secret */
#define TOO_LARGE "it is too large for a secret"

static const char *fault(sms_rc rc) { return rc == SMS_ENOMEM ? "out of memory" : rc ? TOO_LARGE : NULL; }

/* NULL, or why not. */
static const char *read_all(int fd, struct sms_buf *b) {
  char room[1024];
  const char *why = NULL;
  ssize_t got = 1;
  while (!why && got != 0) {
    got = read(fd, room, sizeof room);
    if (got < 0 && errno != EINTR) why = strerror(errno);
    else if (got > 0) why = fault(sms_buf_add(b, room, (size_t)got));
  }
  sms_wipe(room, sizeof room);
  return why;
}

static const char *drop_line_end(struct sms_buf *b) {
  if (b->len > 0 && b->ptr[b->len - 1] == '\n') sms_buf_cut(b, b->len - 1);
  if (b->len > 0 && b->ptr[b->len - 1] == '\r') sms_buf_cut(b, b->len - 1);
  return b->len > SMS_SECRET_MAX ? TOO_LARGE : NULL;
}

/* NULL, or why not; `others` receives the mode of a file to which users other than its owner have access, which is not read. */
static const char *read_file(const char *path, struct sms_buf *b, mode_t *others) {
  const char *why = NULL;
  struct stat st;
  int64_t size;
  int fd;
  if (sms_file_open(path, &fd, &size)) return sms_file_problem(errno);
  if (fstat(fd, &st)) why = strerror(errno);
  else if (st.st_mode & (S_IRWXG | S_IRWXO)) *others = st.st_mode;
  else if (!(why = read_all(fd, b))) why = drop_line_end(b);
  close(fd);
  return why;
}

/* [-0, +1, m] */
static void push_mode(lua_State *L, mode_t mode) {
  char octal[5] = "0000";
  int i;
  for (i = 0; i < 4; i++) octal[i] = (char)('0' + ((mode >> (9 - 3 * i)) & 7));
  lua_pushfstring(L, "its group or others have access (mode %s); make it 0600", octal);
}

/* core.secret_file(path) -> text without the end of its last line | nil, why not (never containing data of the file) */
static int secret_file(lua_State *L) {
  const char *path = luaL_checkstring(L, 1), *why;
  struct sms_buf *b = sms_newbuf(L, SMS_SECRET_MAX + LINE_END);
  mode_t others = 0;
  why = read_file(path, b, &others);
  if (!why && !others) {
    lua_pushlstring(L, b->ptr, b->len);
    sms_buf_free(b);
    return 1;
  }
  lua_pushnil(L);
  if (others) push_mode(L, others);
  else lua_pushstring(L, why);
  return 2;
}

static const luaL_Reg functions[] = {{"secret_file", secret_file}, {NULL, NULL}};

void sms_open_secret(lua_State *L) { luaL_setfuncs(L, functions, 0); }
