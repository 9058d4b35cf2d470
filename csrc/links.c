/* SPDX-License-Identifier: MIT
** The sockets that a pool has open. A kept connection of HTTP/1 on which something lies unread before the request goes out
** has ended, or answers what nobody asked; libcurl (7.88) takes the bytes for a sign of life. Here they are seen in time. */
#define _POSIX_C_SOURCE 200809L
#include "pool.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_LINKS 16

/* ---- which there are ---- */

static struct sms_link *find(const struct sms_links *l, curl_socket_t fd) {
  size_t i;
  for (i = 0; i < l->count; i++)
    if (l->list[i].fd == fd) return &l->list[i];
  return NULL;
}

static sms_rc add(struct sms_links *l, curl_socket_t fd) {
  if (l->count == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : FIRST_LINKS;
    struct sms_link *list = realloc(l->list, cap * sizeof *list);
    if (!list) return SMS_ENOMEM;
    l->list = list;
    l->cap = cap;
  }
  l->list[l->count++] = (struct sms_link){fd, 0, SMS_UNHEARD};
  return SMS_OK;
}

/* For libcurl, between socket(2) and connect(2). Without memory the connection is not made. */
static int on_open(void *pool, curl_socket_t fd, curlsocktype purpose) {
  (void)purpose;
  return add(&((struct sms_pool *)pool)->links, fd) ? CURL_SOCKOPT_ERROR : CURL_SOCKOPT_OK;
}

static int on_close(void *pool, curl_socket_t fd) {
  struct sms_pool *p = pool;
  struct sms_link *link = find(&p->links, fd);
  if (link) *link = p->links.list[--p->links.count];
  return p->sockets.on ? sms_sockets_close(p, fd) : close(fd);
}

/* A connection keeps the closing function of the handle that opened it. */
void sms_links_seat(struct sms_pool *p, struct sms_seat *s) {
  curl_easy_setopt(s->easy, CURLOPT_SOCKOPTFUNCTION, on_open);
  curl_easy_setopt(s->easy, CURLOPT_SOCKOPTDATA, p);
  curl_easy_setopt(s->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
  curl_easy_setopt(s->easy, CURLOPT_CLOSESOCKETDATA, p);
  s->pool = p;
}

void sms_links_free(struct sms_pool *p) {
  free(p->links.list);
  memset(&p->links, 0, sizeof p->links);
}

/* ---- what is known of them ---- */

int sms_socket_port(curl_socket_t fd) {
  struct sockaddr_storage name;
  struct sockaddr_in in;
  socklen_t n = sizeof name;
  if (getsockname(fd, (struct sockaddr *)&name, &n)) return 0;
  memcpy(&in, &name, sizeof in); /* IPv6 has its port at the same place */
  return ntohs(in.sin_port);
}

/* The link whose own end has this port. A port is asked for once, when its connection has been made. */
static struct sms_link *of_port(const struct sms_links *l, int port) {
  size_t i;
  for (i = 0; i < l->count && port; i++)
    if (l->list[i].port == port) return &l->list[i];
  for (i = 0; i < l->count && port; i++)
    if (!l->list[i].port && (l->list[i].port = sms_socket_port(l->list[i].fd)) == port) return &l->list[i];
  return NULL;
}

void sms_links_heard(struct sms_pool *p, int port, long http) {
  struct sms_link *link = of_port(&p->links, port);
  if (link) link->speaks = http >= CURL_HTTP_VERSION_2_0 ? SMS_FRAMES : SMS_LINES;
}

int sms_links_spoke(const struct sms_pool *p, int port) {
  const struct sms_link *link = of_port(&p->links, port);
  char byte;
  if (!link || link->speaks != SMS_LINES) return 0;
  return recv(link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}
