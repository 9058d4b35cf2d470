/* SPDX-License-Identifier: MIT
** A file as a part of a multipart body. It is opened once and read here: libcurl would open it again by its name, and would wait for
** the rest of one that became shorter until the time-out. */
#define _DEFAULT_SOURCE /* strcasecmp, lseek */
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct source {
  struct sms_transfer *transfer;
  int64_t size, left;
  int fd;
};

static size_t on_read(char *room, size_t one, size_t n, void *mine) {
  struct source *s = mine;
  ssize_t got;
  n *= one;
  if ((int64_t)n > s->left) n = (size_t)s->left;
  if (n == 0) return 0;
  got = sms_file_read(s->fd, room, n);
  if (got <= 0) {
    s->transfer->verdict = sms_transfer_short_file(s->transfer, got);
    return CURL_READFUNC_ABORT;
  }
  s->left -= got;
  return (size_t)got;
}

static int on_seek(void *mine, curl_off_t to, int whence) {
  struct source *s = mine;
  if (whence != SEEK_SET || to > s->size || lseek(s->fd, (off_t)to, SEEK_SET) < 0) return CURL_SEEKFUNC_FAIL;
  s->left = s->size - to;
  return CURL_SEEKFUNC_OK;
}

static void on_free(void *mine) {
  struct source *s = mine;
  close(s->fd);
  free(s);
}

/* Whether libcurl derives the type of such a file from its name. */
static int is_known(const char *filename) {
  static const char *const known[] = {".gif", ".jpg", ".jpeg", ".png", ".svg", ".txt", ".htm", ".html", ".pdf", ".xml"};
  const char *end = strrchr(filename, '.');
  size_t i;
  for (i = 0; end && i < sizeof known / sizeof *known; i++)
    if (strcasecmp(end, known[i]) == 0) return 1;
  return 0;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

sms_rc sms_part_file(struct sms_transfer *t, curl_mimepart *part, const struct sms_part *p) {
  const char *filename = p->filename ? p->filename : base_name(p->path);
  struct source *s = malloc(sizeof *s);
  if (!s) return sms_transfer_too_large(t, SMS_ENOMEM);
  s->transfer = t;
  if (sms_file_open(p->path, &s->fd, &s->size)) {
    free(s);
    return sms_transfer_no_file(t, p->path);
  }
  s->left = s->size;
  if (curl_mime_data_cb(part, s->size, on_read, on_seek, on_free, s)) {
    on_free(s);
    return sms_transfer_too_large(t, SMS_ENOMEM);
  }
  if (curl_mime_filename(part, filename) ||
      (!p->type && !is_known(filename) && curl_mime_type(part, "application/octet-stream")))
    return sms_transfer_too_large(t, SMS_ENOMEM);
  return SMS_OK;
}
