/* SPDX-License-Identifier: MIT
** Initialises libcurl once per process, and counts forks: a forked process must not touch its parent's transfers. */
#define _GNU_SOURCE /* dladdr */
#include "http.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

/* Number of forks between this process and the one that loaded this library; getpid would be a system call each time. */
static volatile sig_atomic_t forks;

static void forked(void) { forks = forks + 1; }

/* The code around an address is never unloaded. */
static void keep_loaded(const void *address) {
  Dl_info here;
  if (dladdr(address, &here) && here.dli_fname) dlopen(here.dli_fname, RTLD_LAZY | RTLD_NODELETE);
}

/* libcurl is set up once per process and stays: a name lookup may still run in its own thread when the last Lua
** state closes, so its code must not be unloaded either, and there is no global clean-up. A fork calls us as well. */
static void set_up(void) {
  const void *address;
  CURLcode (*function)(long) = curl_global_init;
  memcpy(&address, &function, sizeof address);
  keep_loaded(address);
  keep_loaded((const void *)&forks);
  pthread_atfork(NULL, NULL, forked);
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

int sms_setup(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, set_up);
  return (int)forks;
}

sms_rc sms_pool_check(const struct sms_pool *p) {
  if (!p->multi) return SMS_ECLOSED;
  return p->forks == forks ? SMS_OK : SMS_EFORKED;
}
