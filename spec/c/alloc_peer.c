/* SPDX-License-Identifier: MIT
** The peer of alloc.h: a loop over poll(2), a fixed number of connections, nothing allocated. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "alloc.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 64
#define REQUEST_MAX 65536

struct connection {
  size_t len;
  char data[REQUEST_MAX + 1];
};

static long *arrived;                                  /* shared with the peer */
static struct pollfd sockets[CONNECTIONS + 1];         /* the listener comes first */
static struct connection connections[CONNECTIONS + 1]; /* at the same places */

long alloc_peer_arrived(void) { return *arrived; }

/* "unpacked", as gzip writes it. */
static const unsigned char packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
                                       0x2b, 0xcd, 0x2b, 0x48, 0x4c, 0xce, 0x4e, 0x4d, 0x01, 0x00,
                                       0x96, 0x62, 0x2f, 0xca, 0x08, 0x00, 0x00, 0x00};

/* more: MSG_MORE, when the rest follows at once; else the rest would wait for the receiver's acknowledgement. */
static void put(int fd, const void *data, size_t n, int more) {
  const char *at = data;
  while (n > 0) {
    ssize_t done = send(fd, at, n, MSG_NOSIGNAL | more);
    if (done <= 0) return;
    at += done;
    n -= (size_t)done;
  }
}

static void answer(int fd, const char *request, size_t n) {
  int zipped = !strncmp(request, "GET /gzip ", 10), bare = !strncmp(request, "HEAD ", 5);
  const void *body = zipped ? (const void *)packed : request;
  size_t len = zipped ? sizeof packed : n;
  char head[200];
  int wrote = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nX-One: a\r\nX-One: b\r\n%sContent-Length: %zu\r\n\r\n",
                       zipped ? "Content-Encoding: gzip\r\n" : "", len);
  put(fd, head, (size_t)wrote, bare ? 0 : MSG_MORE);
  if (!bare) put(fd, body, len, 0);
}

/* How many bytes the chunks of a body have, its end included; 0: they are not all there. */
static size_t chunks(const char *at) {
  const char *from = at, *line;
  for (;;) {
    unsigned long size = strtoul(at, NULL, 16);
    if (!(line = strstr(at, "\r\n"))) return 0;
    if (strlen(line + 2) < size + 2) return 0;
    at = line + 2 + size + 2;
    if (size == 0) return (size_t)(at - from);
  }
}

/* How many bytes the request at the beginning has; 0: it is not all there. What the trial sends holds no NUL byte. */
static size_t whole(const char *data) {
  const char *end = strstr(data, "\r\n\r\n"), *length = strstr(data, "Content-Length: ");
  size_t head, body = 0;
  if (!end) return 0;
  head = (size_t)(end - data) + 4;
  if (length && length < end) {
    body = strtoul(length + 16, NULL, 10);
    return strlen(data) >= head + body ? head + body : 0;
  }
  if (!strstr(data, "Transfer-Encoding: chunked")) return head;
  body = chunks(data + head);
  return body ? head + body : 0;
}

static void serve(int place) {
  struct connection *c = &connections[place];
  ssize_t got = recv(sockets[place].fd, c->data + c->len, REQUEST_MAX - c->len, 0);
  size_t n;
  if (got <= 0) {
    close(sockets[place].fd);
    sockets[place].fd = -1;
    return;
  }
  c->len += (size_t)got;
  c->data[c->len] = 0;
  while ((n = whole(c->data)) > 0) {
    ++*arrived;
    answer(sockets[place].fd, c->data, n);
    c->len -= n;
    memmove(c->data, c->data + n, c->len + 1);
  }
}

static void take(void) {
  int fd = accept(sockets[0].fd, NULL, NULL), place = 1;
  while (place < CONNECTIONS && sockets[place].fd >= 0) place++;
  if (sockets[place].fd >= 0) abort();
  sockets[place].fd = fd;
  sockets[place].events = POLLIN;
  connections[place].len = 0;
}

/* Ends when the pipe at `life` does. */
static void loop(int life) {
  int i;
  sockets[CONNECTIONS].fd = life;
  sockets[CONNECTIONS].events = POLLIN;
  for (;;) {
    if (poll(sockets, CONNECTIONS + 1, -1) < 0 || sockets[CONNECTIONS].revents) _exit(0);
    if (sockets[0].revents) take();
    for (i = 1; i < CONNECTIONS; i++)
      if (sockets[i].fd >= 0 && sockets[i].revents) serve(i);
  }
}

static int listen_on(struct sockaddr_in *name) {
  socklen_t n = sizeof *name;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  memset(name, 0, sizeof *name);
  name->sin_family = AF_INET;
  name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || bind(fd, (struct sockaddr *)name, sizeof *name) || listen(fd, CONNECTIONS)) return -1;
  return getsockname(fd, (struct sockaddr *)name, &n) ? -1 : fd;
}

int alloc_peer(void) {
  struct sockaddr_in name;
  int i, life[2], fd = listen_on(&name);
  arrived = mmap(NULL, sizeof *arrived, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (fd < 0 || arrived == MAP_FAILED || pipe(life)) return -1;
  switch (fork()) {
    case -1: return -1;
    case 0: break;
    default:
      close(life[0]);
      close(fd);
      return ntohs(name.sin_port); /* life[1] closes with this process */
  }
  close(life[1]);
  for (i = 0; i <= CONNECTIONS; i++) sockets[i].fd = -1;
  sockets[0].fd = fd;
  sockets[0].events = POLLIN;
  loop(life[0]);
  return -1;
}
