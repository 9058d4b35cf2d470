/* SPDX-License-Identifier: MIT
** Standard streams of the command line. */
#define _DEFAULT_SOURCE /* struct winsize, sigaction */
#include "binding.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define USUAL_COLUMNS 80 /* of a terminal that does not report its width */

/* core.terminal(descriptor) -> its columns | nil if it is not a terminal. [-0, +1, v] */
static int core_terminal(lua_State *L) {
  lua_Integer fd = luaL_checkinteger(L, 1);
  struct winsize size;
  luaL_argcheck(L, fd >= 0 && fd <= 0xffff, 1, "not a descriptor");
  memset(&size, 0, sizeof size);
  if (!isatty((int)fd)) lua_pushnil(L);
  else if (ioctl((int)fd, TIOCGWINSZ, &size) || size.ws_col == 0) lua_pushinteger(L, USUAL_COLUMNS);
  else lua_pushinteger(L, size.ws_col);
  return 1;
}

static void ignore_sigpipe(void) {
  struct sigaction now;
  if (sigaction(SIGPIPE, NULL, &now) || (now.sa_flags & SA_SIGINFO) || now.sa_handler != SIG_DFL) return;
  now.sa_handler = SIG_IGN;
  (void)sigaction(SIGPIPE, &now, NULL);
}

/* core.keep_streams(): a write to a pipe without a reader fails from now on, instead of ending the process (SIGPIPE). A handler of
** the program is kept. A closed standard stream becomes /dev/null: otherwise the next file or socket would get its number,
** and printed output. For programs, not for libraries: signals and descriptors belong to the process. [-0, +0, -] */
static int core_keep_streams(lua_State *L) {
  int fd;
  (void)L;
  ignore_sigpipe();
  for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", O_RDWR) == -1) break;
  return 0;
}

static const luaL_Reg functions[] = {{"terminal", core_terminal}, {"keep_streams", core_keep_streams}, {NULL, NULL}};

void sms_open_terminal(lua_State *L) { luaL_setfuncs(L, functions, 0); }
