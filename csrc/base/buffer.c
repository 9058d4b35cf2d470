/* SPDX-License-Identifier: MIT
** Growing byte buffers, each created with a maximum; secret ones leave nothing behind in memory. */
#include "base.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256 /* bytes of the first allocation */

/* Called through a volatile pointer, so that the compiler cannot remove the writes. */
static void *(*const volatile set_memory)(void *, int, size_t) = memset;

void sms_wipe(void *mem, size_t n) {
  if (n) set_memory(mem, 0, n);
}

void sms_buf_init(struct sms_buf *b, size_t max) {
  memset(b, 0, sizeof *b);
  b->max = max;
}

void sms_buf_init_secret(struct sms_buf *b, size_t max) {
  sms_buf_init(b, max);
  b->secret = 1;
}

/* Gives b room for `need` bytes and the NUL; a secret is copied explicitly, since realloc would leave a copy behind. */
static sms_rc reserve(struct sms_buf *b, size_t need) {
  size_t cap = b->cap ? b->cap : FIRST_SIZE;
  char *ptr;
  while (cap <= need) cap = cap > b->max / 2 ? b->max + 1 : cap * 2;
  ptr = b->secret ? malloc(cap) : realloc(b->ptr, cap);
  if (!ptr) return SMS_ENOMEM;
  if (b->secret && b->ptr) {
    memcpy(ptr, b->ptr, b->len + 1);
    sms_wipe(b->ptr, b->cap);
    free(b->ptr);
  }
  b->ptr = ptr;
  b->cap = cap;
  return SMS_OK;
}

sms_rc sms_buf_add(struct sms_buf *b, const void *mem, size_t n) {
  if (n > b->max - b->len) return SMS_ETOOBIG;
  if (b->len + n >= b->cap) {
    sms_rc rc = reserve(b, b->len + n);
    if (rc) return rc;
  }
  if (n) memcpy(b->ptr + b->len, mem, n);
  b->len += n;
  b->ptr[b->len] = 0;
  return SMS_OK;
}

sms_rc sms_buf_addc(struct sms_buf *b, char c) { return sms_buf_add(b, &c, 1); }

sms_rc sms_buf_addz(struct sms_buf *b, const char *text) { return sms_buf_add(b, text, strlen(text)); }

void sms_buf_cut(struct sms_buf *b, size_t len) {
  if (!b->ptr || len >= b->len) return;
  if (b->secret) sms_wipe(b->ptr + len, b->len - len);
  b->len = len;
  b->ptr[len] = 0;
}

void sms_buf_free(struct sms_buf *b) {
  if (b->secret && b->ptr) sms_wipe(b->ptr, b->cap);
  free(b->ptr);
  b->ptr = NULL;
  b->len = b->cap = 0;
}

void sms_buf_wipe(struct sms_buf *b) {
  if (b->ptr) sms_wipe(b->ptr, b->cap);
  sms_buf_free(b);
}
