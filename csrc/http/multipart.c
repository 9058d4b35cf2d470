/* SPDX-License-Identifier: MIT
** A multipart body around one part that is fed piece by piece (RFC 7578). libcurl 7.88 does not wake a MIME part that paused
** after it had given some bytes, so these bodies are built here and sent as a fed body. */
#include "http.h"

#include <string.h>

sms_rc sms_multipart_open(struct sms_transfer *t) {
  if (sms_noise(t->fed.boundary, SMS_BOUNDARY_MAX))
    return sms_transfer_fail(t, SMS_EINVALID, "no random bytes available for a boundary", NULL);
  t->fed.boundary[SMS_BOUNDARY_MAX] = 0;
  t->fed.size = -1;
  t->source = SMS_FED;
  return SMS_OK;
}

/* As in HTML forms and libcurl: RFC 7578 leaves the escaping open, WHATWG HTML section 4.10.21.8 defines it. */
static sms_rc add_quoted(struct sms_buf *b, const char *text) {
  sms_rc rc = SMS_OK;
  for (; *text && !rc; text++) {
    if (*text == '"') rc = sms_buf_addz(b, "%22");
    else if (*text == '\r') rc = sms_buf_addz(b, "%0D");
    else if (*text == '\n') rc = sms_buf_addz(b, "%0A");
    else rc = sms_buf_addc(b, *text);
  }
  return rc;
}

static sms_rc add_field(struct sms_buf *b, const char *label, const char *text) {
  sms_rc rc = sms_buf_addz(b, label);
  if (!rc) rc = add_quoted(b, text);
  return rc ? rc : sms_buf_addc(b, '"');
}

static sms_rc add_delimiter(const struct sms_transfer *t, struct sms_buf *b) {
  sms_rc rc = sms_buf_addz(b, "--");
  return rc ? rc : sms_buf_addz(b, t->fed.boundary);
}

static sms_rc add_head(const struct sms_transfer *t, struct sms_buf *b, const struct sms_part *p) {
  const char *type = p->type ? p->type : p->feed ? "application/octet-stream" : NULL;
  sms_rc rc = add_delimiter(t, b);
  if (!rc) rc = add_field(b, "\r\nContent-Disposition: form-data; name=\"", p->name);
  if (!rc && p->filename) rc = add_field(b, "; filename=\"", p->filename);
  if (!rc && type) rc = sms_buf_addz(b, "\r\nContent-Type: ");
  if (!rc && type) rc = sms_buf_addz(b, type);
  return rc ? rc : sms_buf_addz(b, "\r\n\r\n");
}

sms_rc sms_multipart_part(struct sms_transfer *t, const struct sms_part *p) {
  struct sms_buf *b = t->fed.on ? &t->fed.after : &t->fed.before;
  struct sms_str type = {p->type ? p->type : "", p->type ? strlen(p->type) : 0};
  sms_rc rc;
  if (!sms_is_line(type)) return sms_transfer_fail(t, SMS_EINVALID, "the type of a part cannot be sent", NULL);
  if (p->path) return sms_transfer_fail(t, SMS_EINVALID, "a request with a fed part cannot have parts from disk", NULL);
  if (p->feed && t->fed.on) return sms_transfer_fail(t, SMS_EINVALID, "only one part of a request can be fed", NULL);
  rc = add_head(t, b, p);
  if (p->feed) {
    t->fed.on = 1;
    t->fed.size = p->size;
    b = &t->fed.after;
  } else if (!rc) {
    rc = sms_buf_add(b, p->data.ptr, p->data.len);
  }
  if (!rc) rc = sms_buf_addz(b, "\r\n");
  return sms_transfer_too_large(t, rc);
}

/* The whole size, if that of the fed part is known. */
static sms_rc add_size(struct sms_fed *f) {
  curl_off_t around = (curl_off_t)(f->before.len + f->after.len);
  if (f->size < 0) return SMS_OK;
  if (f->size > INT64_MAX - around) return SMS_ETOOBIG;
  f->size += around;
  return SMS_OK;
}

/* The end of the body; its size goes to the request. */
sms_rc sms_multipart_close(struct sms_transfer *t) {
  sms_rc rc = add_delimiter(t, &t->fed.after);
  if (!rc) rc = sms_buf_addz(&t->fed.after, "--\r\n");
  if (!rc) rc = add_size(&t->fed);
  return sms_transfer_too_large(t, rc);
}

/* Takes up to n bytes of b from *at on. */
static size_t take(const struct sms_buf *b, size_t *at, char *room, size_t n) {
  size_t left = b->len - *at;
  if (n > left) n = left;
  if (n > 0) memcpy(room, b->ptr + *at, n);
  *at += n;
  return n;
}

size_t sms_fed_read(struct sms_transfer *t, char *room, size_t n) {
  struct sms_fed *f = &t->fed;
  size_t got = take(&f->before, &f->before_at, room, n);
  if (got == 0) got = take(&f->data, &f->at, room, n);
  if (got > 0) return got;
  if (f->ended) return take(&f->after, &f->after_at, room, n);
  f->paused = 1;
  sms_pool_mark_ready(t);
  return CURL_READFUNC_PAUSE;
}
