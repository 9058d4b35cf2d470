/* SPDX-License-Identifier: MIT
** The allocators of alloc.h. What is refused is refused before the real allocator is asked. */
#include "alloc.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t n);
void __real_free(void *block);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t n);
void __wrap_free(void *block);

/* A name lookup allocates in a thread of its own, also that of an address whose plain reading ran out of memory. */
static struct {
  int armed;
  enum alloc_mode mode;
  long count, fail_at, refused, live;
} state;

static long add(long *counter, long n) { return __atomic_add_fetch(counter, n, __ATOMIC_SEQ_CST); }

static int refuses(void) {
  long n;
  if (!__atomic_load_n(&state.armed, __ATOMIC_SEQ_CST)) return 0;
  n = add(&state.count, 1);
  if (state.mode == ALLOC_ONE_FAILS ? n != state.fail_at : n < state.fail_at) return 0;
  add(&state.refused, 1);
  return 1;
}

static void *counted(void *block) {
  if (block) add(&state.live, 1);
  return block;
}

void *__wrap_malloc(size_t n) { return refuses() ? NULL : counted(__real_malloc(n)); }

void *__wrap_calloc(size_t n, size_t size) { return refuses() ? NULL : counted(__real_calloc(n, size)); }

void *__wrap_realloc(void *block, size_t n) {
  if (refuses()) return NULL;
  return block ? __real_realloc(block, n) : counted(__real_malloc(n));
}

void __wrap_free(void *block) {
  if (block) add(&state.live, -1);
  __real_free(block);
}

static char *copy(const char *text) {
  size_t n = strlen(text) + 1;
  char *block = __wrap_malloc(n);
  return block ? memcpy(block, text, n) : NULL;
}

void alloc_arm(long n, enum alloc_mode mode) {
  state.mode = mode;
  state.fail_at = n;
  state.count = state.refused = 0;
  __atomic_store_n(&state.armed, 1, __ATOMIC_SEQ_CST);
}

long alloc_disarm(void) {
  __atomic_store_n(&state.armed, 0, __ATOMIC_SEQ_CST);
  return add(&state.refused, 0);
}

long alloc_live(void) { return add(&state.live, 0); }

int alloc_for_curl(void) {
  return (int)curl_global_init_mem(CURL_GLOBAL_DEFAULT, __wrap_malloc, __wrap_free, __wrap_realloc, copy,
                                   __wrap_calloc);
}

/* Lua may rely on shrinking a block. */
void *alloc_for_lua(void *ud, void *block, size_t old_size, size_t new_size) {
  (void)ud;
  if (new_size == 0) {
    __wrap_free(block);
    return NULL;
  }
  if (block && new_size <= old_size) return __real_realloc(block, new_size);
  return __wrap_realloc(block, new_size);
}
