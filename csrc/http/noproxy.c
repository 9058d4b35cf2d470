/* SPDX-License-Identifier: MIT
** Matches hosts with NO_PROXY: names with their subdomains, addresses and CIDR blocks, each with an optional port. libcurl (7.88)
** supports neither ports nor `*.name`. */
#define _POSIX_C_SOURCE 200809L
#include "http.h"

#include <arpa/inet.h>
#include <string.h>

#define ENTRY_MAX 256 /* no host name is longer */

struct entry {
  char host[ENTRY_MAX];
  size_t len;
  long port; /* -1: any */
  int bits;  /* of a CIDR block; -1: none */
};

/* A number of at most five digits; -1: none. */
static long number(const char *text, size_t n) {
  long value = 0;
  size_t i;
  if (n == 0 || n > 5) return -1;
  for (i = 0; i < n; i++) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = 10 * value + (text[i] - '0');
  }
  return value;
}

/* Removes `after` and the number that follows it from the text; 0 if no number follows. */
static int cut_number(struct sms_str *text, const char *after, long *value) {
  if (!after) return 1;
  *value = number(after + 1, (size_t)(text->ptr + text->len - after) - 1);
  text->len = (size_t)(after - text->ptr);
  return *value >= 0;
}

/* [address]:port, or name:port; an address of IPv6 without brackets has no port. */
static int cut_port(struct sms_str *text, struct entry *e) {
  const char *colon = memchr(text->ptr, ':', text->len);
  const char *bracket = text->len && *text->ptr == '[' ? memchr(text->ptr, ']', text->len) : NULL;
  size_t behind;
  if (!bracket) {
    if (colon && memchr(colon + 1, ':', (size_t)(text->ptr + text->len - colon) - 1)) colon = NULL;
    return cut_number(text, colon, &e->port);
  }
  behind = (size_t)(text->ptr + text->len - bracket) - 1;
  if (behind && (bracket[1] != ':' || !cut_number(text, bracket + 1, &e->port))) return 0;
  text->ptr++;
  text->len = (size_t)(bracket - text->ptr);
  return 1;
}

static int read_entry(struct sms_str text, struct entry *e) {
  long bits = -1;
  e->port = -1;
  if (!cut_port(&text, e) || !cut_number(&text, memchr(text.ptr, '/', text.len), &bits)) return 0;
  e->bits = (int)bits;
  if (text.len && *text.ptr == '.') text.ptr++, text.len--;
  if (text.len && text.ptr[text.len - 1] == '.') text.len--;
  if (text.len == 0 || text.len >= sizeof e->host) return 0;
  memcpy(e->host, text.ptr, text.len);
  e->host[text.len] = 0;
  e->len = text.len;
  return 1;
}

static int same_bits(const unsigned char *a, const unsigned char *b, int bits) {
  int whole = bits / 8, rest = bits % 8;
  if (memcmp(a, b, (size_t)whole)) return 0;
  return !rest || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static int same_address(int family, const char *host, const struct entry *e) {
  unsigned char mine[sizeof(struct in6_addr)], its[sizeof(struct in6_addr)];
  int all = family == AF_INET ? 32 : 128;
  if (inet_pton(family, host, mine) != 1 || inet_pton(family, e->host, its) != 1 || e->bits > all) return 0;
  return same_bits(mine, its, e->bits < 0 ? all : e->bits);
}

static int ends_with(const char *host, size_t n, const char *end) {
  size_t len = strlen(end);
  return len && n > len && sms_word_same(host + n - len, len, end);
}

static int same_name(const char *host, size_t n, const struct entry *e) {
  if (*e->host == '*') return ends_with(host, n, e->host + 1);
  if (n == e->len) return sms_word_same(host, n, e->host);
  return ends_with(host, n, e->host) && host[n - e->len - 1] == '.';
}

static int is_meant(struct sms_str text, const char *host, size_t n, long port) {
  unsigned char address[sizeof(struct in6_addr)];
  struct entry e;
  if (text.len == 1 && *text.ptr == '*') return 1;
  if (!read_entry(text, &e) || (e.port >= 0 && e.port != port)) return 0;
  if (inet_pton(AF_INET, host, address) == 1) return same_address(AF_INET, host, &e);
  if (inet_pton(AF_INET6, host, address) == 1) return same_address(AF_INET6, host, &e);
  return e.bits < 0 && same_name(host, n, &e);
}

int sms_noproxy(const char *list, const char *host, long port) {
  size_t n = strlen(host);
  if (n && host[n - 1] == '.') n--;
  while (*list) {
    struct sms_str text = {list, strcspn(list, ", \t")};
    if (text.len && is_meant(text, host, n, port)) return 1;
    list += text.len;
    list += strspn(list, ", \t");
  }
  return 0;
}
