/* SPDX-License-Identifier: MIT
** Files that are sent, and files that responses are written to. Opening never waits for the other end of a pipe. */
#define _DEFAULT_SOURCE /* fchown, readlink */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40   /* symbolic links followed to a file, as in the kernel */
#define ATTEMPTS_MAX 8 /* names tried for a temporary file */
#define NEW_MODE 0600  /* downloads may be lists of phone numbers */

static int is_out_of_time(double deadline) {
  errno = EAGAIN;
  return sms_now() >= deadline;
}

static sms_rc check_regular(const struct stat *st) {
  errno = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
  return S_ISREG(st->st_mode) ? SMS_OK : SMS_EFILE;
}

/* Also checked before opening, because opening a pipe or device may have effects, such as releasing a writer that waits for a reader. */
sms_rc sms_file_open(const char *path, int *fd, int64_t *size) {
  struct stat st;
  int why;
  *fd = -1;
  if (stat(path, &st) || check_regular(&st)) return SMS_EFILE;
  *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (*fd < 0) return SMS_EFILE;
  if (fstat(*fd, &st) == 0 && check_regular(&st) == SMS_OK) {
    *size = st.st_size;
    return SMS_OK;
  }
  why = errno;
  close(*fd);
  *fd = -1;
  errno = why;
  return SMS_EFILE;
}

const char *sms_file_problem(int error) { return error == EINVAL ? "it is not a regular file" : strerror(error); }

int sms_file_same(const char *path, const char *other) {
  struct stat a, b;
  return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

ssize_t sms_file_read(int fd, char *room, size_t n) {
  ssize_t got;
  do got = read(fd, room, n);
  while (got < 0 && errno == EINTR);
  return got;
}

/* ---- a sink ---- */

/* Replaces the link in b by its target. */
static sms_rc follow(struct sms_buf *b) {
  char to[SMS_NOTE_MAX];
  const char *slash = strrchr(b->ptr, '/');
  ssize_t n = readlink(b->ptr, to, sizeof to);
  if (n < 0 || (size_t)n == sizeof to) return SMS_EFILE;
  sms_buf_cut(b, to[0] == '/' || !slash ? 0 : (size_t)(slash - b->ptr) + 1);
  return sms_buf_add(b, to, (size_t)n);
}

/* Resolves links in a path, whose file may not exist yet. */
static sms_rc resolve(struct sms_buf *b, const char *path) {
  struct stat st;
  sms_rc rc = sms_buf_addz(b, path);
  int i;
  for (i = 0; !rc && lstat(b->ptr, &st) == 0 && S_ISLNK(st.st_mode); i++) {
    errno = ELOOP;
    rc = i < LINKS_MAX ? follow(b) : SMS_EFILE;
  }
  return rc;
}

static sms_rc add_noise(struct sms_buf *b) {
  char digits[16];
  if (sms_noise(digits, sizeof digits)) return SMS_EFILE;
  return sms_buf_add(b, digits, sizeof digits);
}

/* In the target's directory, so that it can be renamed atomically: its name and `.part`, or if that exists or is too long, a
** short unpredictable name. */
static sms_rc name_part(struct sms_sink *s, int attempt) {
  const char *slash = strrchr(s->path.ptr, '/');
  size_t folder = slash ? (size_t)(slash - s->path.ptr) + 1 : 0;
  sms_rc rc;
  sms_buf_cut(&s->part, 0);
  rc = sms_buf_add(&s->part, s->path.ptr, attempt ? folder : s->path.len);
  if (!rc && attempt) rc = sms_buf_addz(&s->part, ".sms-");
  if (!rc && attempt) rc = add_noise(&s->part);
  return rc ? rc : sms_buf_addz(&s->part, ".part");
}

/* O_EXCL: an existing file or link is neither followed nor changed. */
static sms_rc make_part(struct sms_sink *s) {
  sms_rc rc;
  int i;
  for (i = 0; i < ATTEMPTS_MAX; i++) {
    if ((rc = name_part(s, i)) != SMS_OK) return rc;
    s->fd = open(s->part.ptr, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, NEW_MODE);
    if (s->fd >= 0) return SMS_OK;
    if (errno != EEXIST && errno != ENAMETOOLONG) return SMS_EFILE;
  }
  return SMS_EFILE;
}

/* The permissions without set-user-ID and the like, which data from a network must not get. */
static sms_rc take_after(int fd, const struct stat *old) {
  struct stat st;
  if (fstat(fd, &st)) return SMS_EFILE;
  if ((st.st_uid != old->st_uid || st.st_gid != old->st_gid) && fchown(fd, old->st_uid, old->st_gid)) return SMS_EFILE;
  return fchmod(fd, old->st_mode & 0777) ? SMS_EFILE : SMS_OK;
}

static sms_rc open_regular(struct sms_sink *s, const char *path, const struct stat *old) {
  sms_rc rc = old && access(path, W_OK) ? SMS_EFILE : resolve(&s->path, path);
  if (!rc) rc = make_part(s);
  if (!rc && old) rc = take_after(s->fd, old);
  return rc;
}

/* Opens a device, or a pipe that has a reader. */
static sms_rc open_direct(struct sms_sink *s, const char *path) {
  struct stat st;
  s->direct = 1;
  s->fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (s->fd < 0) return SMS_EFILE;
  if (fstat(s->fd, &st) == 0 && !S_ISREG(st.st_mode)) return SMS_OK;
  errno = EINVAL; /* it was replaced after the check */
  return SMS_EFILE;
}

void sms_sink_init(struct sms_sink *s) {
  s->on = s->direct = 0;
  s->bytes = 0;
  sms_buf_init(&s->path, SMS_NOTE_MAX);
  sms_buf_init(&s->part, SMS_NOTE_MAX);
  s->max = SIZE_MAX; /* a file is limited only if the caller sets a limit */
  s->fd = -1;
}

void sms_sink_free(struct sms_sink *s) {
  sms_sink_finish(s, 0);
  sms_buf_free(&s->path);
  sms_buf_free(&s->part);
}

sms_rc sms_sink_open(struct sms_sink *s, const char *path) {
  struct stat st;
  sms_rc rc;
  int why, there = stat(path, &st) == 0;
  if (!there && errno != ENOENT) return SMS_EFILE;
  s->on = 1;
  if (there && S_ISDIR(st.st_mode)) errno = EISDIR, rc = SMS_EFILE;
  else if (*path == '\0') errno = ENOENT, rc = SMS_EFILE;
  else if (there && !S_ISREG(st.st_mode)) rc = open_direct(s, path);
  else rc = open_regular(s, path, there ? &st : NULL);
  why = errno;
  if (rc) sms_sink_finish(s, 0);
  errno = why;
  return rc;
}

const char *sms_sink_problem(const struct sms_sink *s, int error) {
  if (!s->direct) return error == EPERM ? "its owner or group cannot be preserved" : strerror(error);
  if (error == EINVAL) return "it is not a device or a pipe";
  return error == ENXIO || error == EPIPE ? "no process is reading from it"
         : error == EAGAIN                ? "its reader is not reading"
                                          : strerror(error);
}

/* Like write, for a pipe whose reader may have gone: without the signal, which would end the program. */
static ssize_t write_quietly(int fd, const char *data, size_t n) {
  sigset_t pipe, before, pending;
  ssize_t put;
  int why, number;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  if (sigismember(&pending, SIGPIPE) || pthread_sigmask(SIG_BLOCK, &pipe, &before)) return write(fd, data, n);
  put = write(fd, data, n);
  why = errno;
  sigpending(&pending);
  if (sigismember(&pending, SIGPIPE)) sigwait(&pipe, &number);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = why;
  return put;
}

sms_rc sms_sink_write(struct sms_sink *s, const char *data, size_t n, double deadline) {
  while (n > 0) {
    ssize_t put = s->direct ? write_quietly(s->fd, data, n) : write(s->fd, data, n);
    if (put > 0) {
      data += put;
      n -= (size_t)put;
    } else if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      struct pollfd p = {s->fd, POLLOUT, 0};
      if (is_out_of_time(deadline)) return SMS_EFILE;
      poll(&p, 1, 100);
    } else if (put < 0 && errno != EINTR) {
      return SMS_EFILE;
    }
  }
  return SMS_OK;
}

sms_rc sms_sink_finish(struct sms_sink *s, int keep) {
  sms_rc rc = SMS_OK;
  int why;
  if (!s->on) return rc;
  s->on = 0;
  if (s->fd >= 0 && close(s->fd) && keep) rc = SMS_EFILE; /* some file systems report a full disk only now */
  if (keep && !rc && !s->direct && rename(s->part.ptr, s->path.ptr)) rc = SMS_EFILE;
  why = errno;
  if (s->fd >= 0 && !s->direct && (!keep || rc)) unlink(s->part.ptr);
  errno = why;
  s->fd = -1;
  return rc;
}
