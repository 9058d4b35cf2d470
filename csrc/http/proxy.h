/* SPDX-License-Identifier: MIT
** Proxies of endpoints: which one is used, and what it refused. For files of layer 2. */
#ifndef SMS_PROXY_H
#define SMS_PROXY_H

#define SMS_WITH_CURL
#include "../base/sms.h"

#pragma GCC visibility push(hidden) /* also where the compiler is called without -fvisibility=hidden */

int sms_noproxy(const char *list, const char *host, long port); /* noproxy.c: the list of NO_PROXY means this host */

/* ---- proxy.c ---- */

sms_rc sms_endpoint_proxy(struct sms_endpoint *e, const char *url, const char **why); /* after the URL */
sms_rc sms_endpoint_environment(struct sms_endpoint *e); /* after that: the environment's, where none was given */
const char *sms_proxy_kind(CURL *easy);                  /* of a refusal by the proxy; NULL: it refused nothing */

/* ---- endpoint.c ---- */

int sms_is_loopback(const char *host);                                    /* `localhost`, 127.0.0.0/8, [::1] */
int sms_url_part_is(CURLU *u, CURLUPart part, int (*test)(const char *)); /* there is one, and it passes */

#pragma GCC visibility pop

#endif
