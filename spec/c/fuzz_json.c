/* SPDX-License-Identifier: MIT
** libFuzzer harness for numbers in JSON, UTF-8, status codes and words: csrc/base/json.c, status.c, spelling.c. What is guarded fits into the
** room that was asked for and comes back as it was; what is found is where it is said to be. `make fuzz` runs it. */
#include "../../csrc/base/base.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(x) ((x) ? (void)0 : abort())

/* Exactly so many bytes, so that the sanitizer sees the first one too many. */
static char *room_for(size_t n) {
  char *room = malloc(n ? n : 1);
  EXPECT(room);
  return room;
}

static void guard(const char *text, size_t len) {
  struct sms_json_report report;
  size_t room;
  char *guarded, *back;
  int marker;
  if (sms_json_scan(text, len, 0, &report) != SMS_OK) {
    EXPECT(report.reason && report.at <= len);
    return;
  }
  marker = sms_json_marker(text, len);
  if (marker < 0) return;
  room = len + 3 * report.guarded;
  guarded = room_for(room);
  EXPECT(sms_json_guard(text, len, &report, marker, guarded) == room);
  back = room_for(room);
  if (marker == SMS_JSON_MARK) EXPECT(sms_json_unquote(guarded, room, back) == len && !memcmp(back, text, len));
  free(guarded);
  free(back);
}

static void integer(const char *text, size_t len) {
  int64_t value = 0;
  if (!sms_json_isinteger(text, len)) return;
  if (sms_json_integer(text, len, &value) == SMS_OK) EXPECT((value < 0) == (text[0] == '-' && value != 0));
}

static void number(const char *text, size_t len) {
  char out[SMS_JSON_NUMBER];
  double n;
  if (len < sizeof n) return;
  memcpy(&n, text, sizeof n);
  if (n - n != 0) return; /* not finite */
  sms_json_double(n, out);
  EXPECT(strlen(out) < sizeof out && strtod(out, NULL) == n);
}

static void words(const char *text, size_t len) {
  static const char *const list[] = {"messagewhiz", "zoomconnect", "websms", "zipwhip", "recipient_lists", NULL};
  int provider = (int)(len % 4), kind = (int)(len % 3);
  const struct sms_status *row = sms_status_find(provider, kind, text, len);
  int place = sms_word_place(text, len, list);
  sms_word_nearest(text, len, list);
  EXPECT(place < 0 || !strncmp(list[place], text, len));
  EXPECT(!row || (row->provider == provider && row->kind == kind));
  EXPECT(sms_equal(text, len, text, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = room_for(size), *out = room_for(size);
  memcpy(text, data, size);
  guard(text, size);
  EXPECT(sms_json_unquote(text, size, out) <= size);
  EXPECT(sms_utf8_bad(text, size) <= size);
  integer(text, size);
  number(text, size);
  words(text, size);
  free(text);
  free(out);
  return 0;
}
