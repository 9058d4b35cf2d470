/* SPDX-License-Identifier: MIT
** Capacity of a message: its user data without the user data header. */
#include "text.h"

const char *const sms_encoding_names[] = {"gsm7", "ucs2", NULL};

/* Octets of the user data header, including its length octet; TS 23.040 sections 9.2.3.24.1, .8, .15, .16.
** A UCS-2 text needs no national tables and sends none. */
static size_t header(const struct sms_rules *r, enum sms_encoding encoding, int several) {
  size_t octets = several ? (r->long_reference ? 6 : 5) : 0;
  if (encoding == SMS_GSM7) octets += (r->locking ? 3u : 0u) + (r->single ? 3u : 0u);
  return octets ? octets + 1 : 0;
}

static size_t units_in(size_t octets, enum sms_encoding encoding) {
  return encoding == SMS_GSM7 ? octets * 8 / 7 : octets / 2;
}

struct sms_room sms_room_of(const struct sms_rules *r, enum sms_encoding encoding) {
  struct sms_room room;
  room.alone = units_in(SMS_USER_DATA - header(r, encoding, 0), encoding);
  room.part = units_in(SMS_USER_DATA - header(r, encoding, 1), encoding);
  return room;
}
