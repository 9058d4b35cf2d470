/* SPDX-License-Identifier: MIT
** The floor that everything is measured against: the same calls in C on libcurl and cJSON, with nothing between. The bytes on
** the wire are those of the library: its user agent, gzip offered, header lines of the response kept.
** `floor JOB URL CA HTTP COUNT [FLIGHT]` prints `name value` lines: cpu and wall seconds of what it did, after a warm-up. */
#define _POSIX_C_SOURCE 200809L
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MAX_IN_FLIGHT 128
#define WARM 50
#define KEY "sandbox-key-of-the-bench"

struct answer {
  char *text;
  size_t len, cap;
};

struct call {
  CURL *easy;
  struct answer head, answer;
  char *body;
};

struct job;

/* What one kind of call asks for, and how its response is read; `method` where libcurl would choose another one. */
struct kind {
  const char *name, *method, *path;
  const char *lines[4]; /* of its header */
  char *(*body)(CURL *easy, int number);
  int (*read)(struct job *j, const cJSON *root);
};

struct job {
  const char *name, *base, *ca;
  const struct kind *kind;
  char url[512];
  long http;
  int count, flight;
  long errors, sum; /* what was read from the responses */
  struct curl_slist *lines;
};

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what) {
  fprintf(stderr, "floor: %s\n", what);
  exit(1);
}

static size_t keep(char *data, size_t one, size_t n, void *to) {
  struct answer *a = to;
  (void)one;
  if (a->len + n + 1 > a->cap) {
    a->cap = (a->len + n + 1) * 2;
    a->text = realloc(a->text, a->cap);
    if (!a->text) die("out of memory");
  }
  memcpy(a->text + a->len, data, n);
  a->len += n;
  a->text[a->len] = 0;
  return n;
}

#include "floor_calls.h"

/* ---- one after the other, and many at once ---- */

static void configure(const struct job *j, struct call *c) {
  c->easy = curl_easy_init();
  if (!c->easy) die("no handle");
  curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c->easy, CURLOPT_CAINFO, j->ca);
  curl_easy_setopt(c->easy, CURLOPT_CAPATH, NULL);
  curl_easy_setopt(c->easy, CURLOPT_HTTP_VERSION, j->http);
  curl_easy_setopt(c->easy, CURLOPT_PIPEWAIT, j->http == CURL_HTTP_VERSION_1_1 ? 0L : 1L);
  curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, j->lines);
  curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, 30000L);
  curl_easy_setopt(c->easy, CURLOPT_USERAGENT, "lua-sms/0.1.0");
  curl_easy_setopt(c->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, keep);
  curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, &c->head);
  curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, &c->answer);
  curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c);
  if (j->kind->method) curl_easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, j->kind->method);
}

static void prepare(const struct job *j, struct call *c, int number) {
  curl_easy_setopt(c->easy, CURLOPT_URL, j->url);
  c->head.len = c->answer.len = 0;
  if (!j->kind->body) return;
  c->body = j->kind->body(c->easy, number);
  curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, c->body);
}

static void settle(struct job *j, struct call *c, CURLcode code) {
  if (code || !read_answer(j, c->easy, c->answer.text)) j->errors++;
  free(c->body);
  c->body = NULL;
}

static void sequential(struct job *j, struct call *calls, int count) {
  int i;
  for (i = 0; i < count; i++) {
    prepare(j, calls, i);
    settle(j, calls, curl_easy_perform(calls->easy));
  }
}

static int harvest(struct job *j, CURLM *multi, int *started, int count) {
  CURLMsg *msg;
  int left, ended = 0;
  while ((msg = curl_multi_info_read(multi, &left)) != NULL) {
    CURLcode code = msg->data.result;
    CURL *easy = msg->easy_handle;
    struct call *c = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&c);
    curl_multi_remove_handle(multi, easy);
    settle(j, c, code);
    ended++;
    if (*started >= count) continue;
    prepare(j, c, (*started)++);
    curl_multi_add_handle(multi, easy);
  }
  return ended;
}

static void at_once(struct job *j, CURLM *multi, struct call *calls, int count) {
  int started = 0, ended = 0, running;
  while (started < count && started < j->flight) {
    prepare(j, &calls[started], started);
    curl_multi_add_handle(multi, calls[started].easy);
    started++;
  }
  while (ended < count) {
    curl_multi_perform(multi, &running);
    ended += harvest(j, multi, &started, count);
    if (ended < count && curl_multi_poll(multi, NULL, 0, 1000, NULL)) die("poll");
  }
}

/* Before many at once the slow server is asked, so that as many connections are open. */
static void warm_up(struct job *j, CURLM *multi, struct call *calls) {
  char fast[sizeof j->url];
  if (!strcmp(j->name, "connect")) return;
  memcpy(fast, j->url, sizeof fast);
  if (multi) snprintf(j->url, sizeof j->url, "%s/wait%s", j->base, j->kind->path);
  if (multi) at_once(j, multi, calls, WARM + 4 * j->flight);
  else sequential(j, calls, WARM);
  memcpy(j->url, fast, sizeof fast);
  j->errors = 0;
}

/* The mark of measure.lua. */
__attribute__((noinline)) void warm(void);
__attribute__((noinline)) void warm(void) { __asm__ volatile(""); }

static void measured(struct job *j) {
  static struct call calls[MAX_IN_FLIGHT];
  CURLM *multi = j->flight > 1 ? curl_multi_init() : NULL;
  double cpu, wall;
  int i;
  if (multi) curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)MAX_IN_FLIGHT);
  for (i = 0; i < j->flight; i++) configure(j, &calls[i]);
  warm_up(j, multi, calls);
  warm();
  cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
  if (multi) at_once(j, multi, calls, j->count);
  else sequential(j, calls, j->count);
  printf("cpu %.9f\nwall %.9f\n", now(CLOCK_PROCESS_CPUTIME_ID) - cpu, now(CLOCK_MONOTONIC) - wall);
}

/* ---- streams ---- */

static size_t to_file(char *data, size_t one, size_t n, void *file) { return fwrite(data, one, n, file); }

static void upload(struct job *j, struct call *c, const char *path) {
  curl_mime *mime = curl_mime_init(c->easy);
  curl_mimepart *part = curl_mime_addpart(mime);
  curl_mime_name(part, "doc");
  if (curl_mime_filedata(part, path)) die("no file");
  curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, NULL);
  curl_easy_setopt(c->easy, CURLOPT_MIMEPOST, mime);
  settle(j, c, curl_easy_perform(c->easy));
  curl_mime_free(mime);
}

static void download(struct job *j, struct call *c, const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file) die("no file");
  curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, to_file);
  curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, file);
  if (curl_easy_perform(c->easy)) j->errors++;
  fclose(file);
}

static void stream(struct job *j, const char *path) {
  static struct call c;
  double cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
  configure(j, &c);
  curl_easy_setopt(c.easy, CURLOPT_URL, j->url);
  if (!strcmp(j->name, "upload")) upload(j, &c, path);
  else download(j, &c, path);
  printf("cpu %.9f\nwall %.9f\n", now(CLOCK_PROCESS_CPUTIME_ID) - cpu, now(CLOCK_MONOTONIC) - wall);
}

int main(int argc, char **argv) {
  static struct job j;
  struct rusage usage;
  int i;
  if (argc < 7) die("JOB URL CA HTTP COUNT FLIGHT [FILE]");
  j.name = argv[1];
  j.base = argv[2];
  j.ca = argv[3];
  j.http = strcmp(argv[4], "2") ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS;
  j.count = atoi(argv[5]);
  j.flight = atoi(argv[6]);
  if (j.flight < 1 || j.flight > MAX_IN_FLIGHT) die("FLIGHT");
  j.kind = kind_of(j.name);
  snprintf(j.url, sizeof j.url, "%s%s", argv[2], j.kind->path);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  for (i = 0; i < 4 && j.kind->lines[i]; i++) j.lines = curl_slist_append(j.lines, j.kind->lines[i]);
  if (argc > 7) stream(&j, argv[7]);
  else measured(&j);
  getrusage(RUSAGE_SELF, &usage);
  printf("errors %ld\npeak %ld\nread %ld\n", j.errors, usage.ru_maxrss, j.sum);
  return 0;
}
