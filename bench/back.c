/* SPDX-License-Identifier: MIT
** What nginx can't do for the benchmarks: a plain HTTP/1.1 server behind it that waits before it answers and swallows large
** bodies. `back PORTFILE` writes its port there and one that is free for nginx, and lives until its standard input ends. */
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

#define MOST 512         /* connections */
#define WAIT_MS 50       /* before a response to a path that begins with /wait */
#define HEAD 8192        /* bytes of a request's header */
#define LISTENER (MOST)  /* places in the poll table behind the connections */
#define OWNER (MOST + 1) /* standard input */

struct peer {
  char head[HEAD + 1];
  size_t have;
  long long left; /* of the body */
  double due;     /* when to answer; 0: not yet */
};

static struct peer peers[MOST];
static struct pollfd polled[MOST + 2];

/* To a POST, as MessageWhiz answers an import; and to a GET: its campaigns. */
static const char imported[] = "{\"errorCode\":0,\"result\":{\"inserted\":4,\"total\":4,\"wrong\":0,\"duplicate\":0,"
                               "\"recipient_list_id\":267628}}";
static const char listed[] =
    "{\"errorCode\":0,\"result\":[{\"id\":46279,\"name\":\"spring sale\",\"is_default\":0,"
    "\"start_date\":\"2020-07-31T14:25:49.614Z\",\"end_date\":\"2020-08-31T14:25:49.614Z\","
    "\"enabled\":1,\"userList\":[{\"campaign_id\":46279,\"user_id\":1207,\"company_id\":88}]}]}";

/* To a text, in the same way. */
static const char sent[] = "{\"message_id\":\"rbzAV2NXxJ_u5bDL35Hop\"}";

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void drop(int i) {
  close(polled[i].fd);
  polled[i].fd = -1;
}

static void respond(int i) {
  char text[1024];
  const char *answer = strncmp(peers[i].head, "POST ", 5) ? listed : imported;
  if (strstr(peers[i].head, "/sms HTTP/")) answer = sent;
  int n =
      snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
               (int)strlen(answer), answer);
  peers[i].due = 0;
  peers[i].have = 0;
  if (write(polled[i].fd, text, (size_t)n) != n) drop(i);
}

static long long length_of(const char *head) {
  const char *line = head;
  while ((line = strstr(line, "\r\n")) != NULL) {
    line += 2;
    if (!strncasecmp(line, "content-length:", 15)) return atoll(line + 15);
  }
  return 0;
}

/* The header is whole; what is behind it belongs to the body. */
static void begin_body(struct peer *p, const char *end) {
  size_t size = (size_t)(end - p->head) + 4;
  p->left = length_of(p->head) - (long long)(p->have - size);
  if (p->left <= 0) p->due = now_ms() + (strstr(p->head, " /wait") ? WAIT_MS : 0);
}

static void receive(int i) {
  static char waste[256 * 1024];
  struct peer *p = &peers[i];
  const char *end;
  ssize_t n;
  if (p->left > 0) {
    n = read(polled[i].fd, waste, sizeof waste);
    if (n > 0 && (p->left -= n) <= 0) p->due = now_ms();
  } else {
    n = read(polled[i].fd, p->head + p->have, HEAD - p->have);
    if (n > 0) {
      p->have += (size_t)n;
      p->head[p->have] = 0;
      if ((end = strstr(p->head, "\r\n\r\n")) != NULL) begin_body(p, end);
    }
  }
  if (n <= 0) drop(i);
}

static void welcome(void) {
  int on = 1, i, fd = accept(polled[LISTENER].fd, NULL, NULL);
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (i = 0; i < MOST && polled[i].fd >= 0; i++) continue;
  if (i == MOST) {
    close(fd);
    return;
  }
  memset(&peers[i], 0, sizeof peers[i]);
  polled[i].fd = fd;
  polled[i].events = POLLIN;
}

/* Answers what is due; how long until the next is. */
static int answer_due(void) {
  double now = now_ms(), next = 1000;
  int i;
  for (i = 0; i < MOST; i++) {
    if (polled[i].fd < 0 || peers[i].due == 0) continue;
    if (peers[i].due <= now) respond(i);
    else if (peers[i].due - now < next) next = peers[i].due - now;
  }
  return (int)next + 1;
}

static int open_listener(int *port) {
  struct sockaddr_in name;
  socklen_t size = sizeof name;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  memset(&name, 0, sizeof name);
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) || listen(fd, MOST)) return -1;
  if (getsockname(fd, (struct sockaddr *)&name, &size)) return -1;
  *port = ntohs(name.sin_port);
  return fd;
}

/* Writes both ports; returns our own listener. */
static int settle_ports(const char *portfile) {
  int ours, free_one, fd = open_listener(&ours), other = open_listener(&free_one);
  FILE *file = fd >= 0 && other >= 0 ? fopen(portfile, "w") : NULL;
  if (!file) return -1;
  fprintf(file, "%d %d\n", ours, free_one);
  close(other);
  return fclose(file) ? -1 : fd;
}

static int owner_left(void) {
  char byte;
  return (polled[OWNER].revents & (POLLIN | POLLHUP)) && read(STDIN_FILENO, &byte, 1) <= 0;
}

int main(int argc, char **argv) {
  int i;
  for (i = 0; i < MOST; i++) polled[i].fd = -1;
  polled[LISTENER].fd = argc > 1 ? settle_ports(argv[1]) : -1;
  polled[OWNER].fd = STDIN_FILENO;
  polled[LISTENER].events = polled[OWNER].events = POLLIN;
  if (polled[LISTENER].fd < 0) return 1;
  while (!owner_left()) {
    poll(polled, MOST + 2, answer_due());
    for (i = 0; i < MOST; i++)
      if (polled[i].fd >= 0 && (polled[i].revents & (POLLIN | POLLHUP | POLLERR))) receive(i);
    if (polled[LISTENER].revents & POLLIN) welcome();
  }
  return 0;
}
