/* SPDX-License-Identifier: MIT */
/* The same for `sms.httpd`: a build without the headers of Lua or GNU libmicrohttpd stops here, naming the package. */

/* clang-format off */
#if defined(__has_include)
#if !__has_include(<lua.h>)
#error "lua.h of Lua 5.4 or 5.5 is missing. Debian, Ubuntu: apt-get install liblua5.4-dev (Fedora: lua-devel, Alpine: lua5.4-dev)"
#endif
#if !__has_include(<microhttpd.h>)
#error "microhttpd.h is missing. Debian, Ubuntu: apt-get install libmicrohttpd-dev (Fedora: libmicrohttpd-devel, Alpine: libmicrohttpd-dev)"
#endif
#endif

/* ISO C requires a declaration in every file. */
typedef int sms_httpd_headers_found;
