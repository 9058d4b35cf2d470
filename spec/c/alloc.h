/* SPDX-License-Identifier: MIT
** Memory that runs out on purpose, for the trial in alloc.c. One counter for all who allocate: Lua, libcurl and the core,
** whose malloc, calloc, realloc and free the linker redirects here (--wrap). */
#ifndef ALLOC_H
#define ALLOC_H

#include <stddef.h>

enum alloc_mode { ALLOC_ONE_FAILS, ALLOC_ALL_FAIL_FROM }; /* the n-th only; the n-th and all later ones */

void alloc_arm(long n, enum alloc_mode mode); /* counting begins at 1 */
long alloc_disarm(void);                      /* how many were refused since alloc_arm */
long alloc_live(void);                        /* blocks that nobody has freed yet */
int alloc_for_curl(void);                     /* curl_global_init_mem; 0: done */
void *alloc_for_lua(void *ud, void *block, size_t old_size, size_t new_size); /* a lua_Alloc */

/* A peer in a process of its own that answers every HTTP request with the bytes of that request, and /gzip with a
** compressed text. It ends with this process. */
int alloc_peer(void);          /* its port on 127.0.0.1, or -1 */
long alloc_peer_arrived(void); /* how many whole requests it has had */

#endif
