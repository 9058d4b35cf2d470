/* SPDX-License-Identifier: MIT
** The transfers of a pool whose owners should look at them: they have ended, or have data or room. */
#include "http.h"

/* The news wait in a list until the pool's owner asks, for it holds them alive. */
void sms_pool_note(struct sms_transfer *t) {
  if (t->noted || !t->pool) return;
  t->noted = 1;
  t->news = t->pool->news;
  t->pool->news = t;
}

struct sms_transfer *sms_pool_news(struct sms_pool *p) {
  struct sms_transfer *t = p->news;
  if (!t) return NULL;
  p->news = t->news;
  t->news = NULL;
  t->noted = 0;
  return t;
}

void sms_pool_forget(struct sms_transfer *t) {
  struct sms_transfer **at = &t->pool->news;
  if (!t->noted) return;
  while (*at != t) at = &(*at)->news;
  *at = t->news;
  t->news = NULL;
  t->noted = 0;
}
