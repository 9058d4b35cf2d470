/* SPDX-License-Identifier: MIT
** Only the handshake with an endpoint's host: TLS version, and expiry of the certificate. No request and no credentials are
** sent. Uses a separate handle, so that requests have no cost. */
#include "http.h"

#include <stdio.h>
#include <string.h>

#define USING "SSL connection using "

/* libcurl reports the version only in its debug text: "SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384". */
static int on_text(CURL *easy, curl_infotype type, char *data, size_t n, void *user) {
  char *version = user;
  size_t i, from = sizeof USING - 1;
  (void)easy;
  if (type != CURLINFO_TEXT || n <= from || memcmp(data, USING, from) != 0) return 0;
  for (i = 0; from + i < n && i < SMS_TLS_MAX - 1 && data[from + i] > ' '; i++) version[i] = data[from + i];
  version[i] = 0;
  return 0;
}

/* "Nov 30 23:59:59 2027 GMT" of OpenSSL, "2027-11-30 23:59:59 GMT" of others; -1: neither. */
static time_t date_of(const char *text) {
  int year, month, day, hour, minute, second;
  char plain[40];
  if (sscanf(text, "%4d-%2d-%2d %2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second) != 6)
    return curl_getdate(text, NULL);
  snprintf(plain, sizeof plain, "%04d%02d%02d %02d:%02d:%02d GMT", year % 10000, month % 100, day % 100, hour % 100,
           minute % 100, second % 100);
  return curl_getdate(plain, NULL);
}

/* The first certificate of the chain is the host's own. */
static time_t end_of_certificate(CURL *easy) {
  static const char name[] = "Expire date:";
  struct curl_certinfo *chain = NULL;
  const struct curl_slist *line;
  if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) || !chain || chain->num_of_certs < 1) return -1;
  for (line = chain->certinfo[0]; line; line = line->next)
    if (!strncmp(line->data, name, sizeof name - 1)) return date_of(line->data + sizeof name - 1);
  return -1;
}

static CURLcode configure(CURL *easy, const struct sms_endpoint *e, long timeout_ms, char *version) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, e->prefix.ptr);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
  curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_text);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, version);
  if (!code && e->ca_file.len) code = curl_easy_setopt(easy, CURLOPT_CAINFO, e->ca_file.ptr);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PROXY, e->proxy.ptr ? e->proxy.ptr : "");
  return code ? code : curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
}

CURLcode sms_probe(const struct sms_endpoint *e, long timeout_ms, char version[SMS_TLS_MAX], time_t *expires) {
  CURL *easy;
  CURLcode code;
  version[0] = 0;
  *expires = -1;
  sms_setup();
  easy = curl_easy_init();
  if (!easy) return CURLE_OUT_OF_MEMORY;
  code = configure(easy, e, timeout_ms, version);
  if (!code) code = curl_easy_perform(easy);
  if (!code) *expires = end_of_certificate(easy);
  curl_easy_cleanup(easy);
  return code;
}
