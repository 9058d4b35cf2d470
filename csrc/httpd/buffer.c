/* SPDX-License-Identifier: MIT */
/* buffer.c - growing buffers of `sms.httpd`, and its clock. Independent of Lua and libmicrohttpd. */
#define _POSIX_C_SOURCE 200809L
#include "httpd.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FIRST 240 /* bytes of a buffer's first allocation; small ones are fast to allocate and free */

double httpd_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int httpd_buf_add(struct httpd_buf *b, const void *mem, size_t n) {
  if (b->cap - b->len < n) {
    size_t cap = b->cap < FIRST ? FIRST : b->cap * 2; /* a buffer filled by one piece has no spare room */
    char *ptr;
    if (cap - b->len < n) cap = b->len + n;
    ptr = realloc(b->ptr, cap);
    if (ptr == NULL) return 0;
    b->ptr = ptr;
    b->cap = cap;
  }
  if (n > 0) memcpy(b->ptr + b->len, mem, n);
  b->len += n;
  return 1;
}

void httpd_buf_free(struct httpd_buf *b) {
  static const struct httpd_buf empty = {NULL, 0, 0};
  free(b->ptr);
  *b = empty;
}
