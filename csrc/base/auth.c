/* SPDX-License-Identifier: MIT
** Credentials: checked and encoded once, masked in every text that might contain them, wiped at the end. */
#include "base.h"

#include <stdlib.h>
#include <string.h>

#define SHORTEST_MASKED 4 /* bytes; shorter secrets are not masked, since they occur in ordinary text */

const char *const sms_scheme_names[SMS_SCHEMES + 1] = {"header", "basic", "bearer", "query", "form", "json", NULL};

struct sms_auth *sms_auth_new(void) {
  struct sms_auth *a = calloc(1, sizeof *a);
  if (a) a->holders = 1;
  return a;
}

struct sms_auth *sms_auth_hold(struct sms_auth *a) {
  if (a) a->holders++;
  return a;
}

static void cred_free(struct sms_cred *c) {
  sms_buf_free(&c->name);
  sms_buf_free(&c->user);
  sms_buf_free(&c->value);
  sms_buf_free(&c->wire);
  free(c);
}

void sms_auth_drop(struct sms_auth *a) {
  if (!a || --a->holders > 0) return;
  while (a->first) {
    struct sms_cred *c = a->first;
    a->first = c->next;
    cred_free(c);
  }
  free(a);
}

int sms_auth_in_header(const struct sms_cred *c) {
  return c->scheme == SMS_BY_HEADER || c->scheme == SMS_BY_BASIC || c->scheme == SMS_BY_BEARER;
}

static struct sms_str view(const struct sms_buf *b) {
  struct sms_str s = {b->ptr ? b->ptr : "", b->len};
  return s;
}

/* `Authorization: Basic` of RFC 7617; the joined pair lives in a wiped buffer. */
static sms_rc wire_basic(struct sms_cred *c) {
  struct sms_buf pair;
  sms_rc rc;
  sms_buf_init_secret(&pair, 2 * SMS_SECRET_MAX);
  rc = sms_buf_add(&pair, c->user.ptr, c->user.len);
  if (!rc) rc = sms_buf_addc(&pair, ':');
  if (!rc) rc = sms_buf_add(&pair, c->value.ptr, c->value.len);
  if (!rc) rc = sms_buf_addz(&c->wire, "Authorization: Basic ");
  if (!rc) rc = sms_add_base64(&c->wire, view(&pair));
  sms_buf_free(&pair);
  return rc;
}

static sms_rc wire_field(struct sms_cred *c) {
  sms_rc rc = sms_add_percent(&c->wire, view(&c->name));
  if (!rc) rc = sms_buf_addc(&c->wire, '=');
  return rc ? rc : sms_add_percent(&c->wire, view(&c->value));
}

static sms_rc wire_member(struct sms_cred *c) {
  sms_rc rc = sms_add_json_string(&c->wire, view(&c->name));
  if (!rc) rc = sms_buf_addc(&c->wire, ':');
  return rc ? rc : sms_add_json_string(&c->wire, view(&c->value));
}

static sms_rc wire_line(struct sms_cred *c) {
  sms_rc rc = sms_buf_add(&c->wire, c->name.ptr, c->name.len);
  if (c->scheme == SMS_BY_BEARER) rc = sms_buf_addz(&c->wire, "Authorization: Bearer ");
  else if (!rc) rc = sms_buf_addz(&c->wire, ": ");
  return rc ? rc : sms_buf_add(&c->wire, c->value.ptr, c->value.len);
}

static sms_rc wire_form(struct sms_cred *c) {
  switch (c->scheme) {
    case SMS_BY_BASIC: return wire_basic(c);
    case SMS_BY_QUERY:
    case SMS_BY_FORM: return wire_field(c);
    case SMS_BY_JSON: return wire_member(c);
    default: return wire_line(c);
  }
}

/* A name if the scheme has one, a user without a colon (RFC 7617 section 2), and a secret unless basic. */
static int can_be_sent(enum sms_scheme scheme, struct sms_str name, struct sms_str user, struct sms_str value) {
  int named = scheme != SMS_BY_BASIC && scheme != SMS_BY_BEARER;
  if (!sms_is_line(name) || !sms_is_line(user) || !sms_is_line(value)) return 0;
  if (named != (name.len > 0) || (scheme != SMS_BY_BASIC && (user.len > 0 || value.len == 0))) return 0;
  if (scheme == SMS_BY_HEADER && !sms_is_token(name)) return 0;
  return !(scheme == SMS_BY_BASIC && (user.len == 0 || memchr(user.ptr, ':', user.len)));
}

static struct sms_cred *cred_new(enum sms_scheme scheme) {
  struct sms_cred *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->scheme = scheme;
  sms_buf_init_secret(&c->name, SMS_SECRET_MAX);
  sms_buf_init_secret(&c->user, SMS_SECRET_MAX);
  sms_buf_init_secret(&c->value, SMS_SECRET_MAX);
  sms_buf_init_secret(&c->wire, 16 * SMS_SECRET_MAX);
  return c;
}

sms_rc sms_auth_add(struct sms_auth *a, enum sms_scheme scheme, struct sms_str name, struct sms_str user,
                    struct sms_str value) {
  struct sms_cred **end = &a->first;
  struct sms_cred *c;
  sms_rc rc;
  if (!can_be_sent(scheme, name, user, value)) return SMS_EINVALID;
  if (!(c = cred_new(scheme))) return SMS_ENOMEM;
  rc = sms_buf_add(&c->name, name.ptr, name.len);
  if (!rc) rc = sms_buf_add(&c->user, user.ptr, user.len);
  if (!rc) rc = sms_buf_add(&c->value, value.ptr, value.len);
  if (!rc) rc = wire_form(c);
  if (rc) {
    cred_free(c);
    return rc;
  }
  while (*end) end = &(*end)->next;
  *end = c;
  return SMS_OK;
}

static int hex_digit(char c) {
  static const char digits[] = "0123456789abcdef";
  const char *at = c ? strchr(digits, c | 0x20) : NULL;
  return at && (c >= '0') ? (int)(at - digits) : -1;
}

static int is_hex_of(const char *at, char c) {
  return hex_digit(at[0]) >= 0 && hex_digit(at[1]) >= 0 && hex_digit(at[0]) * 16 + hex_digit(at[1]) == (unsigned char)c;
}

/* Maximum nesting of encodings, so that a long run of `%25` or of backslashes is not scanned from each of its bytes. */
enum { MAX_NESTED = 4, MAX_BACKSLASHES = (1 << MAX_NESTED) - 1 };

/* Percent-encoded, once or several times over: `%2F`, `%252F`. */
static size_t stands_in_url(const char *at, size_t n, char c) {
  size_t i = 1;
  while (i < 2 * MAX_NESTED && i + 2 <= n && !is_hex_of(at + i, c) && !memcmp(at + i, "25", 2)) i += 2;
  return i + 2 <= n && is_hex_of(at + i, c) ? i + 2 : 0;
}

/* JSON-escaped; in a text of JSON within one, a quote has three backslashes before it. */
static size_t stands_in_json(const char *at, size_t n, char c) {
  static const char raw[] = "\"\\/\b\f\n\r\t", escaped[] = "\"\\/bfnrt";
  const char *p = c ? strchr(raw, c) : NULL;
  size_t i = 1;
  if (n >= 2 && p && at[1] == escaped[p - raw]) return 2;
  while (i < n && i < MAX_BACKSLASHES && at[i] == '\\') i++;
  if (i + 5 <= n && !memcmp(at + i, "u00", 3) && is_hex_of(at + i + 3, c)) return i + 5;
  return i < n && p && at[i] == escaped[p - raw] ? i + 1 : 0;
}

/* Number of bytes at `at` that represent the byte c, raw, percent-encoded or JSON-escaped; 0 if none do. */
static size_t stands_for(const char *at, size_t n, char c) {
  size_t encoded = n < 2 ? 0 : at[0] == '%' ? stands_in_url(at, n, c) : at[0] == '\\' ? stands_in_json(at, n, c) : 0;
  return encoded ? encoded : n >= 1 && (at[0] == c || (c == ' ' && at[0] == '+'));
}

/* Number of bytes at the start of text that spell the secret in any mix of encodings; 0 if none do. Raw is tried first:
** a secret that holds `%25` or two backslashes also looks like something encoded. */
static size_t spells(struct sms_str text, struct sms_str secret) {
  size_t at = 0, i;
  if (secret.len < SHORTEST_MASKED) return 0;
  if (text.len >= secret.len && !memcmp(text.ptr, secret.ptr, secret.len)) return secret.len;
  for (i = 0; i < secret.len; i++) {
    size_t n = stands_for(text.ptr + at, text.len - at, secret.ptr[i]);
    if (n == 0) return 0;
    at += n;
  }
  return at;
}

static size_t longest_of(const struct sms_auth *a, struct sms_str text) {
  const struct sms_cred *c;
  size_t best = 0;
  for (c = a->first; c; c = c->next) {
    struct sms_str pair = view(&c->wire);
    size_t n = spells(text, view(&c->value));
    if (n > best) best = n;
    if (c->scheme != SMS_BY_BASIC) continue;
    pair.ptr += strlen("Authorization: Basic ");
    pair.len -= strlen("Authorization: Basic ");
    n = spells(text, pair);
    if (n > best) best = n;
  }
  return best;
}

static size_t longest_secret(const struct sms_auth *const *all, size_t count, struct sms_str text) {
  size_t i, best = 0;
  for (i = 0; i < count; i++) {
    size_t n = longest_of(all[i], text);
    if (n > best) best = n;
  }
  return best;
}

/* The limit does not cut a secret in two. */
sms_rc sms_auth_mask(const struct sms_auth *const *all, size_t count, struct sms_str text, size_t limit,
                     struct sms_buf *out) {
  size_t at = 0, kept = 0, begin = out->len;
  sms_rc rc = SMS_OK;
  while (at < text.len && !rc && out->len - begin + (at - kept) < limit) {
    struct sms_str rest = {text.ptr + at, text.len - at};
    size_t n = longest_secret(all, count, rest);
    if (n == 0) {
      at++;
      continue;
    }
    rc = sms_buf_add(out, text.ptr + kept, at - kept);
    if (!rc) rc = sms_buf_addz(out, "***");
    kept = at += n;
  }
  if (!rc) rc = sms_buf_add(out, text.ptr + kept, at - kept);
  if (!rc && out->len - begin > limit) sms_buf_cut(out, begin + limit);
  return rc;
}
