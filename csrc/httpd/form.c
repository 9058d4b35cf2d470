/* SPDX-License-Identifier: MIT */
/* form.c - parses application/x-www-form-urlencoded and multipart/form-data bodies without
** copying them. Not libmicrohttpd's MHD_PostProcessor: release 0.9.75 refuses a bare '=' in a form value
** ("token=YWJj=="), and cannot tell an empty part from the start of one that a buffer's end has cut. */
#include "httpd.h"

#include <string.h>

static struct httpd_slice slice(const char *from, const char *to) {
  struct httpd_slice s = {from, (size_t)(to - from)};
  return s;
}

static char small(char c) { return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); }

/* Ignores case in any locale: in a Turkish one, strncasecmp does not match the I of content-disposition. */
int httpd_same(const char *a, const char *b, size_t n) {
  for (; n > 0 && small(*a) == small(*b); a++, b++, n--)
    if (!*a) return 1;
  return n == 0;
}

/* The first occurrence of needle in s, or NULL. */
static const char *find(struct httpd_slice s, const char *needle, size_t n) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  while ((size_t)(end - p) >= n) {
    const char *hit = memchr(p, needle[0], (size_t)(end - p) - n + 1);
    if (hit == NULL) return NULL;
    if (memcmp(hit, needle, n) == 0) return hit;
    p = hit + 1;
  }
  return NULL;
}

/* The value of `; name=value` or `; name="value"` among a header's parameters (RFC 9110 5.6.6). */
static int parameter(struct httpd_slice s, const char *name, struct httpd_slice *value) {
  size_t n = strlen(name);
  const char *p = s.ptr, *end = s.ptr + s.len;
  while ((p = memchr(p, ';', (size_t)(end - p))) != NULL) {
    int quoted, ours;
    const char *from;
    for (p++; p < end && (*p == ' ' || *p == '\t'); p++) {
    }
    ours = (size_t)(end - p) > n && httpd_same(p, name, n) && p[n] == '=';
    while (p < end && *p != '=' && *p != ';') p++;
    if (p == end || *p == ';') continue;
    quoted = ++p < end && *p == '"';
    from = p += quoted;
    while (p < end && (quoted ? *p != '"' : *p != ';' && *p != ' ' && *p != '\t')) p++;
    if (ours) {
      *value = slice(from, p);
      return 1;
    }
  }
  return 0;
}

/* Whether this is a multipart/form-data body, and its boundary. */
int httpd_boundary(const char *content_type, struct httpd_slice *boundary) {
  struct httpd_slice all = {content_type, strlen(content_type)};
  if (!httpd_same(content_type, "multipart/form-data", 19)) return 0;
  return parameter(all, "boundary", boundary) && boundary->len >= 1 && boundary->len <= 70; /* RFC 2046 5.1.1 */
}

/* Finds CR LF "--" boundary; `dashes`: also look for one at the very start, where it has no
** CR LF. Sets *after past it and returns where it begins, or NULL. */
static const char *delimiter(struct httpd_slice s, struct httpd_slice boundary, int at_start, const char **after) {
  char needle[4 + 70] = "\r\n--";
  size_t n = 4 + boundary.len;
  const char *hit;
  memcpy(needle + 4, boundary.ptr, boundary.len);
  if (at_start && s.len >= n - 2 && memcmp(s.ptr, needle + 2, n - 2) == 0) {
    *after = s.ptr + n - 2;
    return s.ptr;
  }
  hit = find(s, needle, n);
  *after = hit ? hit + n : NULL;
  return hit;
}

/* Skips the preamble; *rest then begins after the first delimiter. */
int httpd_part_first(struct httpd_slice body, struct httpd_slice boundary, struct httpd_slice *rest) {
  const char *after;
  if (delimiter(body, boundary, 1, &after) == NULL) return 0;
  *rest = slice(after, body.ptr + body.len);
  return 1;
}

static void part_header(struct httpd_slice line, struct httpd_part *part) {
  static const char disposition[] = "content-disposition:", type[] = "content-type:";
  if (line.len >= sizeof type && httpd_same(line.ptr, type, sizeof type - 1)) {
    const char *p = line.ptr + sizeof type - 1, *end = line.ptr + line.len;
    while (p < end && *p == ' ') p++;
    part->type = slice(p, end);
  } else if (line.len >= sizeof disposition && httpd_same(line.ptr, disposition, sizeof disposition - 1)) {
    parameter(line, "name", &part->name);
    parameter(line, "filename", &part->filename);
  }
}

/* Reads the header lines of a part up to the empty one; returns where its data begin, or NULL. */
static const char *part_headers(struct httpd_slice s, struct httpd_part *part) {
  const char *eol;
  while ((eol = find(s, "\r\n", 2)) != NULL && eol != s.ptr) {
    part_header(slice(s.ptr, eol), part);
    s = slice(eol + 2, s.ptr + s.len);
  }
  return eol ? eol + 2 : NULL;
}

/* RFC 2046 5.1.1, RFC 7578. *rest begins after a delimiter; afterwards it begins after the next one.
** Returns 1 and a part, 0 after the closing delimiter, -1 if the body is not well formed. */
int httpd_part_next(struct httpd_slice boundary, struct httpd_slice *rest, struct httpd_part *part) {
  const char *end = rest->ptr + rest->len, *from = rest->ptr, *to, *after;
  static const struct httpd_part none = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
  if (rest->len >= 2 && memcmp(from, "--", 2) == 0) return 0;
  while (from < end && (*from == ' ' || *from == '\t')) from++;
  if (end - from < 2 || memcmp(from, "\r\n", 2) != 0) return -1;
  *part = none;
  from = part_headers(slice(from + 2, end), part);
  if (from == NULL) return -1;
  to = delimiter(slice(from, end), boundary, 1, &after);
  if (to == NULL) return -1;
  part->data = slice(from, to);
  *rest = slice(after, end);
  return 1;
}

/* The next `name=value` of an urlencoded body, still escaped (WHATWG URL 5.1); 0 when none is left. */
int httpd_pair_next(struct httpd_slice *rest, struct httpd_slice *name, struct httpd_slice *value) {
  const char *end = rest->ptr + rest->len, *from = rest->ptr, *amp, *equals;
  while (from < end && *from == '&') from++;
  if (from == end) return 0;
  amp = memchr(from, '&', (size_t)(end - from));
  if (amp == NULL) amp = end;
  equals = memchr(from, '=', (size_t)(amp - from));
  *name = slice(from, equals ? equals : amp);
  *value = slice(equals ? equals + 1 : amp, amp);
  *rest = slice(amp, end);
  return 1;
}

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* '+' is a space, %XX a byte; a '%' without two hex digits is literal. Returns the bytes written. */
size_t httpd_unescape(struct httpd_slice from, char *to) {
  size_t i, n = 0;
  for (i = 0; i < from.len; i++) {
    char c = from.ptr[i];
    if (c == '%' && from.len - i > 2 && hex(from.ptr[i + 1]) >= 0 && hex(from.ptr[i + 2]) >= 0) {
      c = (char)(hex(from.ptr[i + 1]) * 16 + hex(from.ptr[i + 2]));
      i += 2;
    }
    to[n++] = c == '+' && from.ptr[i] == '+' ? ' ' : c;
  }
  return n;
}
