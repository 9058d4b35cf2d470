/* SPDX-License-Identifier: MIT
** Errors of requests: kinds and texts. */
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- kinds ---- */

const char *sms_curl_kind(CURLcode code) {
  switch (code) {
#define SMS_CURL(which, kind)                                                                                          \
  case which:                                                                                                          \
    return kind;
#include "curl.def"
#undef SMS_CURL
    default: return "network";
  }
}

const char *sms_rc_kind(sms_rc rc) {
  switch (rc) {
    case SMS_OK: return NULL;
    case SMS_ENOMEM:
    case SMS_ETOOBIG: return "too_large";
    case SMS_EINVALID:
    case SMS_EFILE: return "invalid";
    case SMS_ECLOSED:
    case SMS_EFORKED: return "closed";
    case SMS_ECANCELLED: return "cancelled";
    case SMS_ETIMEOUT: return "timeout";
    default: return "network";
  }
}

const char *sms_transfer_kind(const struct sms_transfer *t) {
  if (t->refused) return t->refused;
  return t->verdict == SMS_ECURL ? sms_curl_kind(t->code) : sms_rc_kind(t->verdict);
}

/* ---- texts ---- */

sms_rc sms_transfer_fail(struct sms_transfer *t, sms_rc rc, const char *text, const char *detail) {
  sms_buf_cut(&t->message, 0);
  if (!sms_buf_addz(&t->message, text) && detail && !sms_buf_addz(&t->message, ": ")) sms_buf_addz(&t->message, detail);
  return rc;
}

sms_rc sms_transfer_too_large(struct sms_transfer *t, sms_rc rc) {
  return rc ? sms_transfer_fail(t, rc, rc == SMS_ENOMEM ? "out of memory" : "the request is too large", NULL) : SMS_OK;
}

sms_rc sms_transfer_no_file(struct sms_transfer *t, const char *path) {
  const char *why = sms_file_problem(errno);
  char text[256];
  snprintf(text, sizeof text, "cannot read %.200s", path);
  return sms_transfer_fail(t, SMS_EFILE, text, why);
}

sms_rc sms_transfer_short_file(struct sms_transfer *t, ssize_t got) {
  if (got < 0) return sms_transfer_fail(t, SMS_EFILE, "cannot read the file", strerror(errno));
  return sms_transfer_fail(t, SMS_EFILE, "the file became shorter while it was sent", NULL);
}
