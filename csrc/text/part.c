/* SPDX-License-Identifier: MIT
** Splits a text into segments. Each part takes as much as fits; only an escape pair, a surrogate pair and, on request,
** a grapheme cluster stay together (3GPP TS 23.040 section 9.2.3.24.1, TS 23.038 section 6.2.1.1). */
#include "text.h"

#include <string.h>

/* Whether clusters matter. A 7-bit alphabet without combining signs has only one kind: CR LF. */
static int has_clusters(const char *text, size_t len, const struct sms_alphabet *a) {
  return !a || a->marked || (len && memchr(text, '\r', len));
}

void sms_parts_init(struct sms_parts *p, const char *text, size_t len, const struct sms_rules *r,
                    const struct sms_alphabet *a, const struct sms_cost *cost) {
  struct sms_room room = sms_room_of(r, cost->encoding);
  p->text = text;
  p->len = len;
  p->alphabet = cost->encoding == SMS_GSM7 ? a : NULL;
  p->room = cost->units <= room.alone ? room.alone : room.part;
  p->graphemes = r->graphemes && has_clusters(text, len, p->alphabet);
  p->to = p->cluster = p->units = 0;
  p->torn = -1; /* no part has been returned yet */
}

/* Takes plain Latin while it fits. */
static void take_runs(struct sms_parts *p, size_t end) {
  const unsigned char *text = (const unsigned char *)p->text;
  while (end - p->to >= SMS_RUN && p->room - p->units >= SMS_RUN && sms_is_latin(text + p->to)) {
    p->to += SMS_RUN;
    p->units += SMS_RUN;
  }
}

/* Units of the character at offset `at`, and its bytes. */
static size_t units_at(const struct sms_parts *p, size_t at, size_t *bytes) {
  uint32_t code;
  *bytes = sms_utf8_known((const unsigned char *)p->text + at, &code);
  return p->alphabet ? p->alphabet->cost[code] : 1u + (*bytes == 4);
}

/* Takes characters up to `end` while they fit. */
static void take_chars(struct sms_parts *p, size_t end) {
  int latin = !p->alphabet || p->alphabet->latin;
  size_t bytes, units, i;
  for (;;) {
    if (latin) take_runs(p, end);
    for (i = 0; i < SMS_RUN; i++) {
      if (p->to == end || p->units + (units = units_at(p, p->to, &bytes)) > p->room) return;
      p->to += bytes;
      p->units += units;
    }
  }
}

/* Takes the whole cluster; nothing if it does not fit after others; as much as fits if it is larger than a part.
** 0: the part is full. */
static int take_cluster(struct sms_parts *p) {
  size_t from = p->to, before = p->units;
  size_t end = p->cluster > from ? p->cluster : from + sms_cluster(p->text + from, p->len - from);
  take_chars(p, end);
  if (p->to == end) return 1;
  if (before) {
    p->to = from;
    p->units = before;
  } else {
    p->cluster = end;
    p->torn = 1;
  }
  return 0;
}

int sms_parts_next(struct sms_parts *p) {
  if (p->to == p->len && p->torn >= 0) return 0;
  p->units = 0;
  p->torn = 0;
  if (!p->graphemes) take_chars(p, p->len);
  else
    while (p->to < p->len && take_cluster(p)) continue;
  return 1;
}
