/* SPDX-License-Identifier: MIT
** The floor of any operation: requests from a list in C on libcurl, written in advance. `replay LIST CA HTTP COUNT read` makes each request
** of the list a few times and then COUNT times, with a call of `warm` before and after these, and reads JSON responses with cJSON;
** with `skip` it takes their status and bytes only. LIST, as operations.lua writes it, holds for each request its verb, URL, number of header lines, those lines, the number of bytes
** of its body and the body, each followed by a line feed. */
#define _POSIX_C_SOURCE 200809L
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_LINE 8192
#define MOST_BODY 1048576
#define WARM 3

struct response {
  char *text;
  size_t len, cap;
};

struct request {
  char method[16], url[MOST_LINE];
  struct curl_slist *lines;
  char *body;
  long length; /* of the body; -1: none */
};

static struct response head, body;
static long errors, bytes;
static int reads;

static void die(const char *what) {
  fprintf(stderr, "replay: %s\n", what);
  exit(1);
}

static size_t keep(char *data, size_t one, size_t n, void *to) {
  struct response *r = to;
  (void)one;
  if (r->len + n + 1 > r->cap) {
    r->cap = (r->len + n + 1) * 2;
    r->text = realloc(r->text, r->cap);
    if (!r->text) die("out of memory");
  }
  memcpy(r->text + r->len, data, n);
  r->len += n;
  r->text[r->len] = 0;
  return n;
}

/* The next line of the list, without its line feed. 0: there is none. */
static int read_line(FILE *list, char *line, size_t room) {
  size_t n;
  if (!fgets(line, (int)room, list)) return 0;
  n = strlen(line);
  if (!n || line[n - 1] != '\n') die("a line is too long");
  line[n - 1] = 0;
  return 1;
}

static int read_request(FILE *list, struct request *r) {
  char line[MOST_LINE];
  int i, count;
  if (!read_line(list, r->method, sizeof r->method)) return 0;
  if (!read_line(list, r->url, sizeof r->url) || !read_line(list, line, sizeof line)) die("a request ends early");
  count = atoi(line);
  for (i = 0; i < count; i++) {
    if (!read_line(list, line, sizeof line)) die("a request ends early");
    r->lines = curl_slist_append(r->lines, line);
  }
  if (!read_line(list, line, sizeof line)) die("a request ends early");
  r->length = atol(line);
  if (r->length > MOST_BODY) die("a body is too long");
  if (r->length < 0) return 1;
  r->body = malloc((size_t)r->length + 1);
  if (!r->body || fread(r->body, 1, (size_t)r->length + 1, list) != (size_t)r->length + 1) die("a body ends early");
  return 1;
}

/* What is the same for all calls of an operation. */
static void configure(CURL *easy, const struct request *r, const char *ca, long http) {
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
  curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, http);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->lines);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, keep);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &head);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  if (r->length >= 0) curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, r->length);
  if (r->length >= 0) curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body);
  if (strcmp(r->method, r->length >= 0 ? "POST" : "GET")) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
}

static void read_response(void) {
  cJSON *root;
  if (!body.len || !strchr("{[", *body.text)) return;
  root = cJSON_Parse(body.text);
  if (!root) errors++;
  cJSON_Delete(root);
}

static void perform(CURL *easy, const struct request *r, int count) {
  long status = 0;
  while (count-- > 0) {
    head.len = body.len = 0;
    curl_easy_setopt(easy, CURLOPT_URL, r->url);
    if (r->length >= 0) curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body);
    if (curl_easy_perform(easy)) errors++;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status / 100 != 2) errors++;
    bytes += (long)body.len;
    if (reads) read_response();
  }
}

/* The mark of measure.lua. */
__attribute__((noinline)) void warm(void);
__attribute__((noinline)) void warm(void) { __asm__ volatile(""); }

int main(int argc, char **argv) {
  FILE *list;
  CURL *easy;
  long http;
  if (argc != 6) die("LIST CA HTTP COUNT read|skip");
  reads = !strcmp(argv[5], "read");
  curl_global_init(CURL_GLOBAL_DEFAULT);
  list = fopen(argv[1], "rb");
  easy = curl_easy_init();
  if (!list || !easy) die("no list or no handle");
  http = strcmp(argv[3], "2") ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS;
  for (;;) {
    struct request r = {"", "", NULL, NULL, -1};
    if (!read_request(list, &r)) break;
    configure(easy, &r, argv[2], http);
    perform(easy, &r, WARM);
    warm();
    perform(easy, &r, atoi(argv[4]));
    warm();
    free(r.body);
    curl_slist_free_all(r.lines);
  }
  curl_easy_cleanup(easy);
  printf("errors %ld\nread %ld\n", errors, bytes);
  return fclose(list);
}
