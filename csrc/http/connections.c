/* SPDX-License-Identifier: MIT
** The open sockets of a pool, and which of them must not carry another request. A kept HTTP/1 connection on which
** there is unread data before a request is sent has been closed, or carries a response to no request; libcurl (7.88) takes the data as a
** sign that it is alive. An HTTP/2 connection outlives a transfer that failed on it, and libcurl would reuse it. */
#define _DEFAULT_SOURCE /* MSG_DONTWAIT, which some systems hide where POSIX alone is asked for */
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_CONNECTIONS 16

/* ---- the list ---- */

static struct sms_connection *find(const struct sms_connections *l, curl_socket_t fd) {
  size_t i;
  for (i = 0; i < l->count; i++)
    if (l->list[i].fd == fd) return &l->list[i];
  return NULL;
}

static struct sms_connection *add(struct sms_connections *l) {
  if (l->count == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : FIRST_CONNECTIONS;
    struct sms_connection *list = realloc(l->list, cap * sizeof *list);
    if (!list) return NULL;
    l->list = list;
    l->cap = cap;
  }
  return &l->list[l->count++];
}

static void forget(struct sms_connections *l, struct sms_connection *connection) { *connection = l->list[--l->count]; }

/* Called by libcurl between socket(2) and connect(2). Without memory, no connection is made. An entry with the same descriptor
** is stale: libcurl closes a connection that failed without calling on_close. */
static int on_open(void *pool, curl_socket_t fd, curlsocktype purpose) {
  struct sms_pool *p = pool;
  struct sms_connection *connection = find(&p->connections, fd);
  (void)purpose;
  if (!connection) connection = add(&p->connections);
  if (!connection) return CURL_SOCKOPT_ERROR;
  memset(connection, 0, sizeof *connection);
  connection->fd = fd;
  connection->number = ++p->connections.made;
  if (p->sockets.on) sms_sockets_opened(p, fd);
  return CURL_SOCKOPT_OK;
}

static int on_close(void *pool, curl_socket_t fd) {
  struct sms_pool *p = pool;
  struct sms_connection *connection = find(&p->connections, fd);
  if (connection) forget(&p->connections, connection);
  return close(fd);
}

/* A connection keeps the close callback of the handle that opened it. */
void sms_connections_watch(struct sms_pool *p, struct sms_handle *h) {
  curl_easy_setopt(h->easy, CURLOPT_SOCKOPTFUNCTION, on_open);
  curl_easy_setopt(h->easy, CURLOPT_SOCKOPTDATA, p);
  curl_easy_setopt(h->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
  curl_easy_setopt(h->easy, CURLOPT_CLOSESOCKETDATA, p);
  h->pool = p;
}

void sms_connections_free(struct sms_pool *p) {
  free(p->connections.list);
  memset(&p->connections, 0, sizeof p->connections);
}

/* ---- look-up by both addresses, since one local port may reach two hosts ---- */

static int is_address(const struct sockaddr_storage *name, const char *ip, int port) {
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

static int has_addresses(curl_socket_t fd, const struct sms_addresses *e) {
  struct sockaddr_storage own, other;
  socklen_t own_len = sizeof own, other_len = sizeof other;
  return !getsockname(fd, (struct sockaddr *)&own, &own_len) &&
         !getpeername(fd, (struct sockaddr *)&other, &other_len) && is_address(&own, e->own_ip, e->own_port) &&
         is_address(&other, e->other_ip, e->other_port);
}

static struct sms_connection *of_addresses(const struct sms_connections *l, const struct sms_addresses *e) {
  size_t i;
  for (i = 0; i < l->count; i++) {
    struct sms_connection *connection = &l->list[i];
    if (connection->own_port == e->own_port && connection->other_port == e->other_port &&
        !strcmp(connection->own_ip, e->own_ip) && !strcmp(connection->other_ip, e->other_ip))
      return connection;
  }
  return NULL;
}

/* Searches the connections whose addresses are not known yet. */
static struct sms_connection *identify(struct sms_connections *l, const struct sms_addresses *e) {
  struct sms_connection *connection;
  size_t i = 0;
  if (strlen(e->own_ip) >= sizeof connection->own_ip || strlen(e->other_ip) >= sizeof connection->other_ip) return NULL;
  while (i < l->count && (l->list[i].own_port || !has_addresses(l->list[i].fd, e))) i++;
  if (i == l->count) return of_addresses(l, e);
  while ((connection = of_addresses(l, e)) != NULL) connection->own_port = -1; /* of a closed connection */
  connection = &l->list[i];
  connection->own_port = e->own_port;
  connection->other_port = e->other_port;
  strcpy(connection->own_ip, e->own_ip);
  strcpy(connection->other_ip, e->other_ip);
  return connection;
}

struct sms_connection *sms_connections_find(struct sms_pool *p, const struct sms_addresses *e, int made) {
  struct sms_connection *connection = NULL;
  if (!e->own_port) return NULL; /* not an IP connection */
  if (!made) connection = of_addresses(&p->connections, e);
  return connection ? connection : identify(&p->connections, e); /* its transfer may have been cancelled */
}

/* ---- state ---- */

static struct sms_connection *of_number(const struct sms_connections *l, unsigned long number) {
  size_t i;
  for (i = 0; i < l->count; i++)
    if (l->list[i].number == number) return &l->list[i];
  return NULL;
}

unsigned long sms_connection_enter(struct sms_connection *connection, int http1) {
  if (http1) connection->protocol = SMS_HTTP_1;
  connection->requests++;
  return connection->number;
}

void sms_connections_leave(struct sms_pool *p, unsigned long number, enum sms_protocol protocol, int failed) {
  struct sms_connection *connection = number ? of_number(&p->connections, number) : NULL;
  if (!connection) return;
  connection->requests--;
  if (protocol) connection->protocol = protocol;
  if (failed) connection->retired = 1;
}

int sms_connection_is_stale(const struct sms_connection *connection) {
  char byte;
  if (connection->protocol != SMS_HTTP_1) return 0;
  return recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}
