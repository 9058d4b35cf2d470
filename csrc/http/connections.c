/* SPDX-License-Identifier: MIT
** The sockets that a pool has open, and which of them must not carry another request. A kept connection of HTTP/1 on which
** something lies unread before the request goes out has ended, or answers what nobody asked; libcurl (7.88) takes the bytes for
** a sign of life. One of HTTP/2 whose transfer failed outlives it, and libcurl would use it again. */
#define _POSIX_C_SOURCE 200809L
#include "http.h"

#include <arpa/inet.h>
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

static struct sms_link *add(struct sms_links *l) {
  if (l->count == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : FIRST_LINKS;
    struct sms_link *list = realloc(l->list, cap * sizeof *list);
    if (!list) return NULL;
    l->list = list;
    l->cap = cap;
  }
  return &l->list[l->count++];
}

static void forget(struct sms_links *l, struct sms_link *link) { *link = l->list[--l->count]; }

/* For libcurl, between socket(2) and connect(2). Without memory the connection is not made. A link of the same number is over:
** libcurl closes a connection that was not made without calling on_close. */
static int on_open(void *pool, curl_socket_t fd, curlsocktype purpose) {
  struct sms_pool *p = pool;
  struct sms_link *link = find(&p->links, fd);
  (void)purpose;
  if (!link) link = add(&p->links);
  if (!link) return CURL_SOCKOPT_ERROR;
  memset(link, 0, sizeof *link);
  link->fd = fd;
  link->number = ++p->links.made;
  if (p->sockets.on) sms_sockets_opened(p, fd);
  return CURL_SOCKOPT_OK;
}

static int on_close(void *pool, curl_socket_t fd) {
  struct sms_pool *p = pool;
  struct sms_link *link = find(&p->links, fd);
  if (link) forget(&p->links, link);
  return close(fd);
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

/* ---- by their two ends: two hosts may be reached from one local port ---- */

static int is_end(const struct sockaddr_storage *name, const char *ip, int port) {
  struct sockaddr_in four;
  struct sockaddr_in6 six;
  struct in6_addr address;
  if (name->ss_family == AF_INET) {
    memcpy(&four, name, sizeof four);
    return ntohs(four.sin_port) == port && inet_pton(AF_INET, ip, &address) == 1 &&
           !memcmp(&address, &four.sin_addr, sizeof four.sin_addr);
  }
  if (name->ss_family != AF_INET6) return 0;
  memcpy(&six, name, sizeof six);
  return ntohs(six.sin6_port) == port && inet_pton(AF_INET6, ip, &address) == 1 &&
         !memcmp(&address, &six.sin6_addr, sizeof address);
}

static int has_ends(curl_socket_t fd, const struct sms_ends *e) {
  struct sockaddr_storage own, other;
  socklen_t own_len = sizeof own, other_len = sizeof other;
  return !getsockname(fd, (struct sockaddr *)&own, &own_len) &&
         !getpeername(fd, (struct sockaddr *)&other, &other_len) && is_end(&own, e->own_ip, e->own_port) &&
         is_end(&other, e->other_ip, e->other_port);
}

static struct sms_link *of_ends(const struct sms_links *l, const struct sms_ends *e) {
  size_t i;
  for (i = 0; i < l->count; i++) {
    struct sms_link *link = &l->list[i];
    if (link->own_port == e->own_port && link->other_port == e->other_port && !strcmp(link->own_ip, e->own_ip) &&
        !strcmp(link->other_ip, e->other_ip))
      return link;
  }
  return NULL;
}

/* Looks among those whose ends are not known yet. */
static struct sms_link *meet(struct sms_links *l, const struct sms_ends *e) {
  struct sms_link *link;
  size_t i = 0;
  if (strlen(e->own_ip) >= sizeof link->own_ip || strlen(e->other_ip) >= sizeof link->other_ip) return NULL;
  while (i < l->count && (l->list[i].own_port || !has_ends(l->list[i].fd, e))) i++;
  if (i == l->count) return of_ends(l, e);
  while ((link = of_ends(l, e)) != NULL) link->own_port = -1; /* of one that is over */
  link = &l->list[i];
  link->own_port = e->own_port;
  link->other_port = e->other_port;
  strcpy(link->own_ip, e->own_ip);
  strcpy(link->other_ip, e->other_ip);
  return link;
}

struct sms_link *sms_links_of(struct sms_pool *p, const struct sms_ends *e, int made) {
  struct sms_link *link = NULL;
  if (!e->own_port) return NULL; /* not a connection over IP */
  if (!made) link = of_ends(&p->links, e);
  return link ? link : meet(&p->links, e); /* whom it was made for may have been given up */
}

/* ---- what is known of them ---- */

static struct sms_link *of_number(const struct sms_links *l, unsigned long number) {
  size_t i;
  for (i = 0; i < l->count; i++)
    if (l->list[i].number == number) return &l->list[i];
  return NULL;
}

unsigned long sms_links_enter(struct sms_link *link, int lines) {
  if (lines) link->speaks = SMS_LINES;
  link->riders++;
  return link->number;
}

void sms_links_leave(struct sms_pool *p, unsigned long number, enum sms_speech heard, int failed) {
  struct sms_link *link = number ? of_number(&p->links, number) : NULL;
  if (!link) return;
  link->riders--;
  if (heard) link->speaks = heard;
  if (failed) link->retired = 1;
}

int sms_link_spoke(const struct sms_link *link) {
  char byte;
  if (link->speaks != SMS_LINES) return 0;
  return recv(link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}
