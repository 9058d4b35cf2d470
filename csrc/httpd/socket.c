/* SPDX-License-Identifier: MIT */
/* socket.c - the connection under a request of `sms.httpd`: suspended, resumed, its socket, and whether the client has left. Independent of
** Lua. */
#define _DEFAULT_SOURCE
#include "httpd.h"

#include <errno.h>
#include <sys/socket.h>

void httpd_suspend(struct httpd_request *r) {
  if (r->suspended) return;
  MHD_suspend_connection(r->conn);
  r->suspended = 1;
}

void httpd_resume(struct httpd_request *r) {
  if (!r->suspended) return;
  r->suspended = 0;
  MHD_resume_connection(r->conn);
}

int httpd_socket(struct httpd_request *r) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->conn, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

int httpd_left(int fd) {
  char c;
  ssize_t n = recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}
