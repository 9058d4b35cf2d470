/* SPDX-License-Identifier: MIT
** The body of a request, and the file to which its response is written. */
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

sms_rc sms_transfer_bytes(struct sms_transfer *t, struct sms_str body) {
  t->source = SMS_BYTES;
  t->bytes = body;
  return SMS_OK;
}

sms_rc sms_transfer_fed(struct sms_transfer *t) {
  t->source = SMS_FED;
  t->fed.on = 1;
  t->fed.size = -1;
  return SMS_OK;
}

sms_rc sms_transfer_file(struct sms_transfer *t, const char *path) {
  t->source = SMS_FILE;
  if (sms_file_open(path, &t->file, &t->file_size)) return sms_transfer_no_file(t, path);
  t->file_left = t->file_size;
  return SMS_OK;
}

static sms_rc fill_part(struct sms_transfer *t, curl_mimepart *part, const struct sms_part *p) {
  struct sms_str type = {p->type ? p->type : "", p->type ? strlen(p->type) : 0};
  sms_rc rc = SMS_OK;
  if (!sms_is_line(type)) return sms_transfer_fail(t, SMS_EINVALID, "the type of a part cannot be sent", NULL);
  if (p->path) rc = sms_part_file(t, part, p);
  else if (curl_mime_data(part, p->data.ptr, p->data.len)) rc = sms_transfer_too_large(t, SMS_ENOMEM);
  if (rc) return rc;
  if (curl_mime_name(part, p->name) || (p->filename && !p->path && curl_mime_filename(part, p->filename)) ||
      (p->type && curl_mime_type(part, p->type)))
    return sms_transfer_too_large(t, SMS_ENOMEM);
  return SMS_OK;
}

sms_rc sms_transfer_part(struct sms_transfer *t, const struct sms_part *p) {
  curl_mimepart *part;
  if (t->fed.boundary[0]) return sms_multipart_part(t, p);
  t->source = SMS_PARTS;
  if (!t->mime) t->mime = curl_mime_init(t->handle->easy);
  part = t->mime ? curl_mime_addpart(t->mime) : NULL;
  return part ? fill_part(t, part, p) : sms_transfer_too_large(t, SMS_ENOMEM);
}

sms_rc sms_transfer_sink(struct sms_transfer *t, const char *path) {
  char text[256];
  sms_rc rc = sms_sink_open(&t->sink, path);
  if (rc != SMS_EFILE) return sms_transfer_too_large(t, rc);
  snprintf(text, sizeof text, "cannot write %.200s", path);
  return sms_transfer_fail(t, rc, text, sms_sink_problem(&t->sink, errno));
}
