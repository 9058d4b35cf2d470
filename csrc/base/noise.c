/* SPDX-License-Identifier: MIT
** Random digits from the kernel, for unpredictable names. */
#define _DEFAULT_SOURCE /* getentropy */
#include "base.h"

#include <unistd.h>
#if defined(__has_include)
#if __has_include(<sys/random.h>)
#include <sys/random.h> /* declared here on macOS */
#endif
#endif

int sms_noise(char *out, size_t n) {
  static const char digits[] = "0123456789abcdef";
  unsigned char bytes[SMS_NOISE_MAX / 2];
  size_t i;
  if (n > SMS_NOISE_MAX || getentropy(bytes, n / 2)) return -1;
  for (i = 0; i < n; i++) out[i] = digits[i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4];
  return 0;
}
