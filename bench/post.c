/* SPDX-License-Identifier: MIT
** Posts webhooks as fast as they are answered: `post PORT PATH BODYFILE COUNT FLIGHT` keeps so many connections busy, a post each, and
** prints `name value` lines. Where the body has `@@@@@@@@`, each post has a number of its own. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 64        /* connections */
#define MOST_MARKS 256 /* numbers in one post */
#define REQUEST 65536  /* bytes of a post */
#define RESPONSE 4096  /* bytes of a response */
static const char mark[] = "@@@@@@@@";

struct peer {
  char response[RESPONSE + 1];
  size_t have;
};

static struct peer peers[MOST];
static struct pollfd polled[MOST];
static char request[REQUEST];
static size_t size, marks[MOST_MARKS], mark_count;
static int begun, ended, errors, count;

static void die(const char *what) {
  fprintf(stderr, "post: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_request(const char *path, const char *body_file) {
  static char body[REQUEST / 2];
  FILE *file = fopen(body_file, "rb");
  char *at;
  size_t length = file ? fread(body, 1, sizeof body - 1, file) : 0;
  if (!length) die("no body");
  fclose(file);
  size = (size_t)snprintf(request, sizeof request,
                          "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          path, length, body);
  for (at = request; mark_count < MOST_MARKS && (at = strstr(at, mark)) != NULL; at += sizeof mark - 1)
    marks[mark_count++] = (size_t)(at - request);
}

static void post(int i) {
  char number[16];
  size_t k;
  snprintf(number, sizeof number, "%08d", ++begun);
  for (k = 0; k < mark_count; k++) memcpy(request + marks[k], number, sizeof mark - 1);
  peers[i].have = 0;
  if (write(polled[i].fd, request, size) != (ssize_t)size) die("a post was not taken whole");
}

/* Whether all of a response is there. */
static int is_whole(const struct peer *p) {
  const char *end = strstr(p->response, "\r\n\r\n"), *line = p->response;
  size_t length = 0;
  if (!end) return 0;
  while (line < end && (line = strstr(line, "\r\n")) != NULL && line < end) {
    line += 2;
    if (!strncasecmp(line, "content-length:", 15)) length = (size_t)atol(line + 15);
  }
  return p->have >= (size_t)(end - p->response) + 4 + length;
}

static void receive(int i) {
  struct peer *p = &peers[i];
  ssize_t n = read(polled[i].fd, p->response + p->have, RESPONSE - p->have);
  if (n <= 0) die("a connection was closed");
  p->have += (size_t)n;
  p->response[p->have] = 0;
  if (!is_whole(p)) return;
  if (strncmp(p->response, "HTTP/1.1 200", 12) != 0) errors++;
  ended++;
  if (begun < count) post(i);
}

static void connect_all(int port, int flight) {
  struct sockaddr_in name;
  int i, on = 1;
  memset(&name, 0, sizeof name);
  name.sin_family = AF_INET;
  name.sin_port = htons((unsigned short)port);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (i = 0; i < flight; i++) {
    polled[i].fd = socket(AF_INET, SOCK_STREAM, 0);
    polled[i].events = POLLIN;
    if (polled[i].fd < 0 || connect(polled[i].fd, (struct sockaddr *)&name, sizeof name)) die("no connection");
    setsockopt(polled[i].fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
}

int main(int argc, char **argv) {
  int i, flight;
  double began;
  if (argc < 6) die("PORT PATH BODYFILE COUNT FLIGHT");
  count = atoi(argv[4]);
  flight = atoi(argv[5]);
  if (flight < 1 || flight > MOST || count < flight) die("FLIGHT");
  write_request(argv[2], argv[3]);
  connect_all(atoi(argv[1]), flight);
  began = now();
  for (i = 0; i < flight; i++) post(i);
  while (ended < count) {
    if (poll(polled, (nfds_t)flight, 10000) <= 0) die("no response");
    for (i = 0; i < flight; i++)
      if (polled[i].revents) receive(i);
  }
  printf("wall %.9f\nerrors %d\n", now() - began, errors);
  return 0;
}
