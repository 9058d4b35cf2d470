/* SPDX-License-Identifier: MIT
** libFuzzer harness for what stands on the wire: header lines of responses, masking, percent-encoding, base64, JSON strings, form and
** multipart bodies. What was encoded decodes to what it was; a secret is never left in a masked text. `make fuzz` runs it. */
#include "../../csrc/http/http.h"

#include "../../csrc/httpd/httpd.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(x) ((x) ? (void)0 : abort())
#define MOST ((size_t)1 << 20)

static struct sms_buf copy_of(struct sms_str s) {
  struct sms_buf b;
  sms_buf_init(&b, MOST);
  EXPECT(sms_buf_add(&b, s.ptr, s.len) == SMS_OK);
  return b;
}

static void head(struct sms_str text) {
  struct sms_buf b = copy_of(text);
  struct sms_str name, value;
  size_t at = 0, before = 0;
  while (sms_head_next(&b, &at, &name, &value)) {
    EXPECT(at > before && at <= b.len);
    EXPECT(name.ptr >= b.ptr && name.ptr + name.len <= b.ptr + b.len);
    EXPECT(value.ptr >= b.ptr && value.ptr + value.len <= b.ptr + b.len);
    before = at;
  }
  sms_buf_free(&b);
}

static void encoders(struct sms_str text) {
  struct sms_buf b;
  struct httpd_slice slice;
  char *back = malloc(text.len + 1);
  EXPECT(back);
  sms_buf_init(&b, MOST);
  EXPECT(sms_add_percent(&b, text) == SMS_OK);
  slice.ptr = b.ptr ? b.ptr : "";
  slice.len = b.len;
  EXPECT(b.len <= 3 * text.len);
  if (b.len) {
    char *room = malloc(b.len);
    EXPECT(room && httpd_unescape(slice, room) == text.len && !memcmp(room, text.ptr, text.len));
    free(room);
  }
  sms_buf_cut(&b, 0);
  EXPECT(sms_add_base64(&b, text) == SMS_OK && b.len == (text.len + 2) / 3 * 4);
  sms_buf_cut(&b, 0);
  EXPECT(sms_add_json_string(&b, text) == SMS_OK && b.len >= text.len + 2 && b.ptr[b.len - 1] == '"');
  sms_is_target(text);
  sms_is_token(text);
  sms_buf_free(&b);
  free(back);
}

static int holds(const struct sms_buf *b, struct sms_str part) {
  size_t i;
  for (i = 0; i + part.len <= b->len; i++)
    if (!memcmp(b->ptr + i, part.ptr, part.len)) return 1;
  return 0;
}

/* The first bytes are the secret, the rest the text. */
static void mask(struct sms_str all) {
  struct sms_auth *a = sms_auth_new();
  struct sms_str none = {"", 0}, name = {"k", 1}, secret = {all.ptr, all.len < 8 ? all.len : 8};
  struct sms_str text = {all.ptr + secret.len, all.len - secret.len};
  struct sms_buf out;
  EXPECT(a);
  sms_buf_init(&out, MOST);
  if (secret.len >= 4 && sms_auth_add(a, SMS_BY_QUERY, name, none, secret) == SMS_OK) {
    const struct sms_auth *auth = a;
    EXPECT(sms_auth_mask(&auth, 1, text, SIZE_MAX, &out) == SMS_OK);
    /* `***` between what is left may spell the secret only where it has a star itself. */
    if (!memchr(secret.ptr, '*', secret.len)) EXPECT(!holds(&out, secret));
  }
  sms_buf_free(&out);
  sms_auth_drop(a);
}

static void form(struct sms_str text) {
  struct httpd_slice rest = {text.ptr, text.len}, name, value;
  while (httpd_pair_next(&rest, &name, &value)) {
    char *room = malloc(value.len ? value.len : 1);
    EXPECT(room && httpd_unescape(value, room) <= value.len);
    free(room);
  }
}

static void multipart(struct sms_str text) {
  struct httpd_slice body = {text.ptr, text.len}, boundary = {"b", 1}, rest;
  struct httpd_part part;
  struct sms_buf type = copy_of(text);
  struct httpd_slice found;
  if (type.ptr) httpd_boundary(type.ptr, &found);
  if (httpd_part_first(body, boundary, &rest))
    while (httpd_part_next(boundary, &rest, &part) == 1) EXPECT(rest.ptr + rest.len <= text.ptr + text.len);
  sms_buf_free(&type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *bytes = malloc(size ? size : 1);
  struct sms_str text = {bytes, size};
  EXPECT(bytes);
  memcpy(bytes, data, size);
  head(text);
  encoders(text);
  mask(text);
  form(text);
  multipart(text);
  free(bytes);
  return 0;
}
