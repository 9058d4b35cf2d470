/* SPDX-License-Identifier: MIT
** Checks of URLs parsed by libcurl. */
#include "http.h"

#include <arpa/inet.h>
#include <string.h>

/* `localhost`, 127.0.0.0/8 and ::1 as normalised by libcurl's parser; a name that only resembles one is not loopback. */
int sms_is_loopback(const char *host) {
  struct in_addr four;
  struct in6_addr six;
  char bare[INET6_ADDRSTRLEN];
  size_t n = strlen(host);
  if (sms_word_same(host, n, "localhost")) return 1;
  if (inet_pton(AF_INET, host, &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  if (host[0] != '[' || n < 3 || n - 2 >= sizeof bare) return 0;
  memcpy(bare, host + 1, n - 2);
  bare[n - 2] = 0;
  return inet_pton(AF_INET6, bare, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

int sms_url_part_is(CURLU *u, CURLUPart part, int (*test)(const char *)) {
  char *text = NULL;
  int yes = curl_url_get(u, part, &text, 0) == CURLUE_OK && test(text);
  curl_free(text);
  return yes;
}
