/* SPDX-License-Identifier: MIT */
/* head.c - rules for the head of a request, so that a proxy in front and this server see the same request: RFC 9112
** sections 3.2 (target and Host), 5.1 (names), 6.1 to 6.3 (length). Independent of Lua. */
#define _DEFAULT_SOURCE /* strdup, strncasecmp */
#include "httpd.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The authority of a target in absolute form replaces the Host header; user information is refused. */
static unsigned take_absolute(struct httpd_request *r, const char *authority) {
  size_t n = strcspn(authority, "/?#");
  const char *rest = authority + n;
  if (n == 0 || memchr(authority, '@', n) != NULL) return 400;
  r->authority = strndup(authority, n);
  r->uri = malloc(strlen(rest) + 2);
  if (r->authority == NULL || r->uri == NULL) return 503;
  r->uri[0] = '/';
  strcpy(r->uri + (*rest != '/'), rest);
  return 0;
}

unsigned httpd_take_target(struct httpd_request *r, const char *target) {
  if (strncasecmp(target, "http://", 7) == 0) return take_absolute(r, target + 7);
  if (strncasecmp(target, "https://", 8) == 0) return take_absolute(r, target + 8);
  r->uri = strdup(target);
  return r->uri ? 0 : 503;
}

static int is_token(const char *name) {
  const char *p = name;
  while (*p && (isalnum((unsigned char)*p) || strchr("!#$%&'*+-.^_`|~", *p))) p++;
  return p > name && *p == '\0';
}

/* The header at `*at`, which moves on; its name, or NULL at the end. */
static const char *next_header(const struct httpd_buf *headers, size_t *at, const char **value) {
  const char *name;
  if (*at >= headers->len) return NULL;
  name = headers->ptr + *at;
  *value = name + strlen(name) + 1;
  *at = (size_t)(*value - headers->ptr) + strlen(*value) + 1;
  return name;
}

/* The last value of a header, NULL for none; sets `count` to their number. */
static const char *find_header(const struct httpd_buf *headers, const char *wanted, int *count) {
  const char *name, *value, *found = NULL;
  size_t at = 0;
  *count = 0;
  while ((name = next_header(headers, &at, &value)) != NULL)
    if (strcmp(name, wanted) == 0) found = value, ++*count;
  return found;
}

static int are_names_valid(const struct httpd_buf *headers) {
  const char *name, *value;
  size_t at = 0;
  while ((name = next_header(headers, &at, &value)) != NULL)
    if (!is_token(name)) return 0;
  return 1;
}

/* [RFC 9112 6.1] The only supported coding is chunked. */
static unsigned check_length(const struct httpd_buf *headers, int old) {
  int lengths, codings;
  const char *coding = find_header(headers, "transfer-encoding", &codings);
  find_header(headers, "content-length", &lengths);
  if (lengths > 1 || codings > 1 || (lengths && codings) || (codings && old)) return 400;
  return coding && strcasecmp(coding, "chunked") != 0 ? 501 : 0;
}

static unsigned check_host(const struct httpd_buf *headers, int old) {
  int hosts;
  const char *host = find_header(headers, "host", &hosts);
  if (hosts > 1 || (hosts == 0 && !old)) return 400;
  return host && host[strcspn(host, " \t,/@?#\\")] ? 400 : 0;
}

/* [RFC 9112 3.2.2] */
static unsigned put_authority(struct httpd_request *r) {
  struct httpd_buf out = {NULL, 0, 0};
  const char *name, *value;
  size_t at = 0;
  int ok = httpd_buf_add(&out, "host", 5) && httpd_buf_add(&out, r->authority, strlen(r->authority) + 1);
  while (ok && (name = next_header(&r->headers, &at, &value)) != NULL)
    if (strcmp(name, "host") != 0) ok = httpd_buf_add(&out, name, (size_t)(value - name) + strlen(value) + 1);
  httpd_buf_free(&r->headers);
  r->headers = out;
  return ok ? 0 : 503;
}

unsigned httpd_check_head(struct httpd_request *r, const char *version) {
  int old = strcmp(version, "HTTP/1.1") != 0;
  unsigned status = are_names_valid(&r->headers) ? 0 : 400;
  if (!status) status = check_host(&r->headers, old);
  if (!status) status = check_length(&r->headers, old);
  return status || !r->authority ? status : put_authority(r);
}
