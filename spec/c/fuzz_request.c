/* SPDX-License-Identifier: MIT
** libFuzzer harness for the building of requests: base URL, target, query of auth, header lines, verb, body. An input is a byte that
** chooses, four lengths, and then the fields. Whatever was accepted can't end a line, change the host or add a header of its own.
** `make fuzz` runs it. */
#include "../../csrc/http/http.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(x) ((x) ? (void)0 : abort())

enum { OWN_BASE = 1, BEARER = 2, BY_QUERY = 4, BY_BODY = 8, SHARED = 16 };
enum { FIRST = 5 }; /* where the fields begin */

static struct sms_str text_of(const char *text) {
  struct sms_str s = {text, strlen(text)};
  return s;
}

/* Cuts a field of at most n bytes off the front. */
static struct sms_str take(struct sms_str *rest, size_t n) {
  struct sms_str field = {rest->ptr, n < rest->len ? n : rest->len};
  rest->ptr += field.len;
  rest->len -= field.len;
  return field;
}

static int is_clean(const char *text, size_t len) {
  size_t i;
  for (i = 0; i < len; i++)
    if ((unsigned char)text[i] <= ' ' || text[i] == 0x7F || text[i] == '#') return 0;
  return 1;
}

/* What stands in front of the target is what was taken for the base. */
static struct sms_endpoint *endpoint_of(struct sms_str base, int flags) {
  struct sms_endpoint *e = sms_endpoint_new();
  char *own = malloc(base.len + 1);
  const char *why = NULL;
  EXPECT(e && own);
  memcpy(own, base.ptr, base.len);
  own[base.len] = '\0';
  if (sms_endpoint_url(e, flags & OWN_BASE ? own : "http://127.0.0.1:9/api", &why) == SMS_OK) {
    EXPECT(!why && (e->secure || e->local) && e->prefix.len > 0 && is_clean(e->prefix.ptr, e->prefix.len));
    EXPECT(!memchr(e->prefix.ptr, '?', e->prefix.len));
  } else {
    EXPECT(why && *why);
    sms_endpoint_shut(e);
    e = NULL;
  }
  free(own);
  return e;
}

static struct sms_auth *auth_of(struct sms_str secret, int flags) {
  struct sms_auth *a = sms_auth_new();
  struct sms_str none = {"", 0};
  sms_rc rc = SMS_OK;
  EXPECT(a);
  if (flags & BEARER) rc = sms_auth_add(a, SMS_BY_BEARER, none, none, secret);
  if (!rc && (flags & BY_QUERY)) rc = sms_auth_add(a, SMS_BY_QUERY, text_of("key"), none, secret);
  if (!rc && (flags & BY_BODY)) rc = sms_auth_add(a, SMS_BY_JSON, text_of("key"), none, secret);
  if (!rc) return a;
  sms_auth_drop(a);
  return NULL;
}

static void judge(const struct sms_transfer *t, const struct sms_endpoint *e, struct sms_str target) {
  const struct curl_slist *line;
  EXPECT(t->url.len >= e->prefix.len + target.len && is_clean(t->url.ptr, t->url.len));
  EXPECT(!memcmp(t->url.ptr, e->prefix.ptr, e->prefix.len) && t->url.ptr[e->prefix.len] == '/');
  EXPECT(!memcmp(t->url.ptr + e->prefix.len, target.ptr, target.len));
  EXPECT(sms_is_token(text_of(t->method)));
  for (line = t->own ? t->own : e->headers; line; line = line->next) {
    size_t name = strcspn(line->data, ":;");
    EXPECT(name > 0 && line->data[name] && !memchr(line->data, 32, name) && !strpbrk(line->data, "\r\n"));
    EXPECT(!(name == 14 && curl_strnequal(line->data, "Content-Length", name)));
    EXPECT(!(name == 17 && curl_strnequal(line->data, "Transfer-Encoding", name)));
  }
}

static void build(struct sms_endpoint *e, struct sms_auth *auth, struct sms_str method, struct sms_str target,
                  struct sms_str name, struct sms_str body) {
  struct sms_transfer t;
  struct sms_str value = take(&body, body.len / 2);
  sms_rc rc;
  sms_transfer_init(&t);
  rc = sms_transfer_open(&t, e, auth, method, target);
  if (!rc && name.len) rc = sms_transfer_header(&t, name, value);
  if (!rc) rc = sms_transfer_bytes(&t, body);
  if (!rc) rc = sms_transfer_seal(&t, NULL);
  if (rc) EXPECT(t.message.len > 0);
  else judge(&t, e, target);
  sms_transfer_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *bytes;
  struct sms_str rest, base, method, target, name;
  struct sms_endpoint *e;
  struct sms_auth *auth;
  if (size < FIRST) return 0;
  bytes = malloc(size);
  EXPECT(bytes);
  memcpy(bytes, data, size);
  rest.ptr = bytes + FIRST;
  rest.len = size - FIRST;
  base = take(&rest, data[1]);
  method = take(&rest, data[2]);
  target = take(&rest, data[3]);
  name = take(&rest, data[4]);
  e = endpoint_of(base, data[0]);
  auth = e ? auth_of(base, data[0]) : NULL;
  if (auth) {
    if (data[0] & SHARED) sms_endpoint_header(e, name, rest);
    if (sms_endpoint_seal(e) == SMS_OK) build(e, auth, method, target, name, rest);
    sms_auth_drop(auth);
  }
  if (e) sms_endpoint_shut(e);
  free(bytes);
  return 0;
}
