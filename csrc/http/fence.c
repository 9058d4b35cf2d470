/* SPDX-License-Identifier: MIT
** The fence of a pool: a time after which none of its requests is sent. A process may be stopped, or its machine suspended, at any
** point; only clocks read immediately before a request is written can show that a lease has expired. */
#define _DEFAULT_SOURCE /* CLOCK_BOOTTIME */
#include "http.h"

#include <time.h>

#ifdef CLOCK_BOOTTIME
#define SMS_STEADY CLOCK_BOOTTIME /* goes on while the machine sleeps */
#else
#define SMS_STEADY CLOCK_MONOTONIC
#endif

static double read_clock(clockid_t which) {
  struct timespec ts;
  clock_gettime(which, &ts);
  return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void sms_clocks(double *steady, double *wall) {
  *steady = read_clock(SMS_STEADY);
  *wall = read_clock(CLOCK_REALTIME);
}

int sms_fence_over(const struct sms_pool *p) {
  double steady, wall;
  if (p->fence_steady == 0) return 0;
  sms_clocks(&steady, &wall);
  return steady >= p->fence_steady || wall >= p->fence_wall;
}
