/* SPDX-License-Identifier: MIT
** The clock of durations and deadlines. */
#define _POSIX_C_SOURCE 200809L
#include "base.h"

#include <time.h>

double sms_now(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}
