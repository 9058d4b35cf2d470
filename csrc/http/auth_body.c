/* SPDX-License-Identifier: MIT
** Credentials in the body: a form field, a part, or a member of the JSON object. */
#include "http.h"

#include <string.h>

static sms_rc into_form(struct sms_transfer *t, const struct sms_cred *c, struct sms_buf *out) {
  sms_rc rc = sms_buf_add(out, t->bytes.ptr, t->bytes.len);
  if (!rc && t->bytes.len) rc = sms_buf_addc(out, '&');
  return rc ? rc : sms_buf_add(out, c->wire.ptr, c->wire.len);
}

static size_t skip_space(struct sms_str s, size_t at) {
  while (at < s.len && s.ptr[at] && strchr(" \t\r\n", s.ptr[at])) at++;
  return at;
}

/* The member is inserted first, so that only the opening brace has to be found. */
static sms_rc into_object(struct sms_transfer *t, const struct sms_cred *c, struct sms_buf *out) {
  struct sms_str body = t->bytes;
  size_t brace, next;
  sms_rc rc;
  if (body.len == 0) body.ptr = "{}", body.len = 2;
  brace = skip_space(body, 0);
  if (brace >= body.len || body.ptr[brace] != '{') return SMS_EINVALID;
  next = skip_space(body, brace + 1);
  rc = sms_buf_add(out, body.ptr, brace + 1);
  if (!rc) rc = sms_buf_add(out, c->wire.ptr, c->wire.len);
  if (!rc && next < body.len && body.ptr[next] != '}') rc = sms_buf_addc(out, ',');
  return rc ? rc : sms_buf_add(out, body.ptr + brace + 1, body.len - brace - 1);
}

static sms_rc auth_bytes(struct sms_transfer *t, const struct sms_cred *c) {
  struct sms_buf out;
  sms_rc rc = SMS_EINVALID;
  sms_buf_init_secret(&out, SMS_SENT_MAX);
  if (c->scheme == SMS_BY_FORM && (t->form || t->bytes.len == 0)) {
    rc = into_form(t, c, &out);
    if (!t->typed) t->form = 1;
  } else if (c->scheme == SMS_BY_JSON && !t->form) {
    rc = into_object(t, c, &out);
  }
  if (rc) {
    sms_buf_free(&out);
    if (rc == SMS_EINVALID) return sms_transfer_fail(t, rc, "the credentials cannot be added to this body", NULL);
    return sms_transfer_too_large(t, rc);
  }
  sms_buf_free(&t->sent);
  t->sent = out;
  t->bytes.ptr = out.ptr;
  t->bytes.len = out.len;
  return SMS_OK;
}

static sms_rc auth_part(struct sms_transfer *t, const struct sms_cred *c) {
  struct sms_part part = {c->name.ptr, NULL, NULL, NULL, {c->value.ptr, c->value.len}, 0, -1};
  return sms_transfer_part(t, &part);
}

static int method_is(const struct sms_transfer *t, const char *const verbs[]) {
  for (; *verbs; verbs++)
    if (!strcmp(t->method, *verbs)) return 1;
  return 0;
}

static int wants_body(const struct sms_auth *a) {
  const struct sms_cred *c;
  for (c = a ? a->first : NULL; c; c = c->next)
    if (c->scheme == SMS_BY_FORM || c->scheme == SMS_BY_JSON) return 1;
  return 0;
}

/* Verbs that usually have a body announce an empty one; credentials may create a body for any but GET and HEAD. */
static void default_body(struct sms_transfer *t) {
  static const char *const usual[] = {"POST", "PUT", "PATCH", NULL}, *const never[] = {"GET", "HEAD", NULL};
  struct sms_str empty = {"", 0};
  if (t->source != SMS_NO_BODY) return;
  if (method_is(t, usual) || (wants_body(t->auth) && !method_is(t, never))) sms_transfer_bytes(t, empty);
}

sms_rc sms_auth_body(struct sms_transfer *t) {
  const struct sms_cred *c;
  sms_rc rc = SMS_OK;
  default_body(t);
  for (c = t->auth ? t->auth->first : NULL; c && !rc; c = c->next) {
    if (c->scheme != SMS_BY_FORM && c->scheme != SMS_BY_JSON) continue;
    if (t->source == SMS_BYTES) rc = auth_bytes(t, c);
    else if ((t->source == SMS_PARTS || t->fed.boundary[0]) && c->scheme == SMS_BY_FORM) rc = auth_part(t, c);
    else
      rc = sms_transfer_fail(
          t, SMS_EINVALID, "the credentials are sent in the body, but this request has none that can hold them", NULL);
  }
  return rc;
}
