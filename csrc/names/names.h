/* SPDX-License-Identifier: MIT
** The module `sms.names`: Unicode character names. Its tables are larger than the whole core, and few programs need names, so
** it is loaded separately. */
#ifndef SMS_NAMES_H
#define SMS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* also if compiled without -fvisibility=hidden */

#define SMS_NAME_MAX 96 /* the longest Unicode name has 88 characters; includes the NUL */

/* Writes the Unicode name of a code point, or `U+E000` and the like if it has none; returns its length. out has room for SMS_NAME_MAX. */
size_t sms_char_name(uint32_t code, char *out);

#pragma GCC visibility pop

#endif
