/* SPDX-License-Identifier: MIT
** Part of sms.h, which has the types that it needs: files that are sent, and files that answers are written to (file.c). On failure
** errno says why; the problems are words for it. */
#ifndef SMS_FILE_H
#define SMS_FILE_H

#include <curl/curl.h>
#include <sys/types.h>

struct sms_sink { /* a 2xx answer that goes to disk: to `part`, renamed to `path` at the end */
  int on;
  int direct; /* a device or pipe: no `part`, what is written is written */
  struct sms_buf path, part;
  size_t bytes, max; /* written, to disk or to a reader; at most to be written */
  int fd;
};

sms_rc sms_file_open(const char *path, int *fd, curl_off_t *size); /* regular files only */
const char *sms_file_problem(int error);
ssize_t sms_file_read(int fd, char *room, size_t n); /* as read, again when a signal came between */
void sms_sink_init(struct sms_sink *s);
sms_rc sms_sink_open(struct sms_sink *s, const char *path); /* fails where the answer could not be written */
/* Waits for a pipe's reader until then. */
sms_rc sms_sink_write(struct sms_sink *s, const char *data, size_t n, double deadline);
sms_rc sms_sink_finish(struct sms_sink *s, int keep); /* puts the file in its place or removes it; twice is fine */
void sms_sink_free(struct sms_sink *s);
const char *sms_sink_problem(const struct sms_sink *s, int error);

/* Those of a request note why themselves. */
struct sms_transfer;
struct sms_part;
sms_rc sms_no_file(struct sms_transfer *t, const char *path);                                /* request.c */
sms_rc sms_part_file(struct sms_transfer *t, curl_mimepart *part, const struct sms_part *p); /* part.c */
sms_rc sms_shorter(struct sms_transfer *t,
                   ssize_t got); /* callbacks.c: a file that is sent has ended early, or could not be read */

#endif
