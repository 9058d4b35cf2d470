/* SPDX-License-Identifier: MIT */
/* A Lua interpreter that looks for secrets in its own memory: `secret_image lua|all script [args]`. Freed memory is overwritten,
** Lua's only or everybody's, so that what `image_count(text backwards)` finds is still held by somebody, or was freed unwiped by
** whoever else. The text is given backwards so that it is not found in the question. */
#define _GNU_SOURCE

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#define WINDOW (1 << 16) /* bytes of memory looked at in one step */
#define LONGEST 256      /* bytes of a text to look for */

extern void __libc_free(void *);

static volatile int wipes_all; /* whether `free` overwrites what anybody frees */
static char window[WINDOW + LONGEST];

/* Called through a pointer that the compiler may not look through, so that it cannot drop writes to memory about to be freed. */
static void *(*const volatile set_memory)(void *, int, size_t) = memset;

/* In front of the C library's own: for this program and every library in it. */
void free(void *mem) {
  if (mem && wipes_all) set_memory(mem, 0x5A, malloc_usable_size(mem));
  __libc_free(mem);
}

void *realloc(void *mem, size_t n) {
  size_t old = mem ? malloc_usable_size(mem) : 0;
  void *fresh = malloc(n ? n : 1);
  if (!fresh) return NULL;
  if (mem) memcpy(fresh, mem, old < n ? old : n);
  free(mem);
  return fresh;
}

static void *allocate(void *ud, void *mem, size_t old, size_t n) {
  void *fresh = n ? malloc(n) : NULL;
  (void)ud;
  if (n && !fresh) return NULL;
  if (mem && fresh) memcpy(fresh, mem, old < n ? old : n);
  if (mem) set_memory(mem, 0x5A, malloc_usable_size(mem));
  free(mem);
  return fresh;
}

/* How often the n bytes of `backwards`, turned round, stand in the first `have` bytes of the window. */
static long count_in_window(size_t have, const char *backwards, size_t n) {
  long found = 0;
  for (size_t at = 0; at + n <= have; at++) {
    size_t i = 0;
    while (i < n && window[at + i] == backwards[n - 1 - i]) i++;
    found += i == n;
  }
  return found;
}

/* Reads a range of memory window by window; they overlap by a text's length less one. */
static long count_in_range(int mem, unsigned long from, unsigned long to, const char *backwards, size_t n) {
  long found = 0;
  while (from < to) {
    size_t want = to - from < WINDOW ? to - from : WINDOW;
    ssize_t got = pread(mem, window, want, (off_t)from);
    if (got <= 0) break;
    found += count_in_window((size_t)got, backwards, n);
    from += (size_t)got < want || want < WINDOW ? (unsigned long)got : (unsigned long)got - (n - 1);
  }
  memset(window, 0, sizeof window);
  return found;
}

static int holds_window(unsigned long from, unsigned long to) {
  unsigned long at = (unsigned long)window;
  return at >= from && at < to;
}

/* image_count(backwards) -> how often the text stands in memory that this program can write to. */
static int image_count(lua_State *L) {
  size_t n;
  const char *backwards = luaL_checklstring(L, 1, &n);
  unsigned long from, to;
  char line[512], rights[8];
  long found = 0;
  int mem = open("/proc/self/mem", O_RDONLY);
  FILE *maps = fopen("/proc/self/maps", "r");
  luaL_argcheck(L, n > 0 && n <= LONGEST, 1, "a text of 1 to 256 bytes expected");
  if (mem < 0 || !maps) return luaL_error(L, "/proc cannot be read");
  while (fgets(line, sizeof line, maps)) {
    if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[1] != 'w') continue;
    if (holds_window(from, to)) {
      found += count_in_range(mem, from, (unsigned long)window, backwards, n);
      from = (unsigned long)window + sizeof window;
    }
    found += count_in_range(mem, from, to, backwards, n);
  }
  fclose(maps);
  close(mem);
  lua_pushinteger(L, found);
  return 1;
}

/* Lua 5.5 takes a seed too. */
#if LUA_VERSION_NUM >= 505
#define NEW_STATE(allocate) lua_newstate(allocate, NULL, 1)
#else
#define NEW_STATE(allocate) lua_newstate(allocate, NULL)
#endif

int main(int argc, char **argv) {
  lua_State *L;
  int status;
  if (argc < 3) return 2;
  wipes_all = strcmp(argv[1], "all") == 0;
  L = NEW_STATE(allocate);
  luaL_openlibs(L);
  lua_register(L, "image_count", image_count);
  lua_newtable(L);
  for (int i = 2; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - 2);
  }
  lua_setglobal(L, "arg");
  status = luaL_dofile(L, argv[2]);
  if (status != LUA_OK) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return status == LUA_OK ? 0 : 1;
}
