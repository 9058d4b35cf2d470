/* SPDX-License-Identifier: MIT
** Look-up of the providers' status codes, which are defined in status.def. */
#include "base.h"

#include <string.h>

/* Each word of a line is declared at the top of status.def; a misspelling there does not compile. */
enum {
#define SMS_PROVIDER(name) PROVIDER_##name,
#include "status.def"
  PROVIDERS
};

enum {
#define SMS_KIND(name) KIND_##name,
#include "status.def"
  KINDS
};

enum {
#define SMS_STATE(name) STATE_##name,
#include "status.def"
  STATES
};

enum { OPEN, FINAL };
enum { NO_RETRY, RETRY };

const char *const sms_status_providers[PROVIDERS + 1] = {
#define SMS_PROVIDER(name) #name,
#include "status.def"
    NULL};

const char *const sms_status_kinds[KINDS + 1] = {
#define SMS_KIND(name) #name,
#include "status.def"
    NULL};

const char *const sms_status_states[STATES + 1] = {
#define SMS_STATE(name) #name,
#include "status.def"
    NULL};

static const struct sms_status rows[] = {
#define SMS_STATUS(provider, kind, code, name, state, final, retry, text)                                              \
  {PROVIDER_##provider, KIND_##kind, STATE_##state, #code, #name, text, final, retry},
#include "status.def"
};

#define ROWS (sizeof rows / sizeof rows[0])

const struct sms_status *sms_status_at(size_t i) { return i < ROWS ? &rows[i] : NULL; }

const struct sms_status *sms_status_find(int provider, int kind, const char *code, size_t len) {
  const struct sms_status *named = NULL;
  size_t i;
  for (i = 0; i < ROWS; i++) {
    const struct sms_status *row = &rows[i];
    if (row->provider != provider || row->kind != kind) continue;
    if (sms_word_same(code, len, row->code)) return row;
    if (!named && sms_word_same(code, len, row->name)) named = row;
  }
  return named;
}
