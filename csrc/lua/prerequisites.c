/* SPDX-License-Identifier: MIT */
/* Compiled first: a build without the headers of Lua or libcurl stops here, at a line that names
** the package to install, by `make` and by LuaRocks alike. */

/* clang-format off */
#if defined(__has_include)
#if !__has_include(<lua.h>)
#error "lua.h of Lua 5.4 or 5.5 is missing. Debian, Ubuntu: apt-get install liblua5.4-dev (Fedora: lua-devel, Alpine: lua5.4-dev)"
#define SMS_STOP
#endif
#if !__has_include(<curl/curl.h>)
#error "curl/curl.h is missing. Debian, Ubuntu: apt-get install libcurl4-openssl-dev (Fedora: libcurl-devel, Alpine: curl-dev)"
#define SMS_STOP
#endif
#if !__has_include(<sys/epoll.h>) && !__has_include(<sys/event.h>)
#error "neither sys/epoll.h nor sys/event.h is there: the core needs Linux, macOS or a BSD"
#define SMS_STOP
#endif
#endif

#ifndef SMS_STOP
#include <curl/curl.h>
#include <lua.h>
#if LUA_VERSION_NUM != 504 && LUA_VERSION_NUM != 505
#error "these are the headers of another Lua; lua-sms needs 5.4 or 5.5. Debian, Ubuntu: apt-get install liblua5.4-dev"
#elif defined(SMS_LUA) && LUA_VERSION_NUM != SMS_LUA
#error "these are the headers of another Lua than the interpreter's: name their folder with LUA_INCDIR="
#endif
#if LIBCURL_VERSION_NUM < 0x075000
#error "libcurl is older than 7.80. Debian 12 and later have a newer one: apt-get install libcurl4-openssl-dev"
#endif
#endif

/* ISO C requires a declaration in every file. */
typedef int sms_headers_found;
