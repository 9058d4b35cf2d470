/* SPDX-License-Identifier: MIT
** The transfers of a pool whose owners should check them: they have ended, or have data or room. */
#include "http.h"

/* Transfers wait in a list until the pool's owner asks for them, since it keeps them alive. */
void sms_pool_mark_ready(struct sms_transfer *t) {
  if (t->ready || !t->pool) return;
  t->ready = 1;
  t->next_ready = t->pool->ready;
  t->pool->ready = t;
}

struct sms_transfer *sms_pool_next_ready(struct sms_pool *p) {
  struct sms_transfer *t = p->ready;
  if (!t) return NULL;
  p->ready = t->next_ready;
  t->next_ready = NULL;
  t->ready = 0;
  return t;
}

void sms_pool_unmark_ready(struct sms_transfer *t) {
  struct sms_transfer **at = &t->pool->ready;
  if (!t->ready) return;
  while (*at != t) at = &(*at)->next_ready;
  *at = t->next_ready;
  t->next_ready = NULL;
  t->ready = 0;
}
