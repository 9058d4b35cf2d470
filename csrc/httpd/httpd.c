/* SPDX-License-Identifier: MIT */
/* httpd.c - the Lua side of `sms.httpd`: `listen`, and the methods of servers and requests. Lua runs only between two turns
** of the loop, never inside a callback of libmicrohttpd, so no Lua error can jump over its frames. */
#define _DEFAULT_SOURCE /* poll, read, clock_gettime */
#include "httpd.h"

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SERVER "sms.httpd.server"
#define REQUEST "sms.httpd.request"
#define SLICE 0.1 /* seconds between two checks for Ctrl-C */

/* [-0, +0, v] The request at 1, NULL when its connection is gone; raises when it has been answered. */
static struct httpd_request *check_unanswered(lua_State *L) {
  struct httpd_request *r = *(struct httpd_request **)luaL_checkudata(L, 1, REQUEST);
  if (r == NULL || r->state != HTTPD_HELD) luaL_error(L, "this request already has a response");
  if (r->conn == NULL) return NULL;
  httpd_forget(r);
  return r;
}

/* [-0, +2, m] */
static int push_failure(lua_State *L, const char *why) {
  lua_pushnil(L);
  lua_pushstring(L, why);
  return 2;
}

/* [-0, +1, -] */
static int push_true(lua_State *L) {
  lua_pushboolean(L, 1);
  return 1;
}

/* [-0, +0, v] An HTTP status that ends an exchange, at 2; headers or none at 3. */
static unsigned check_status(lua_State *L) {
  lua_Integer status = luaL_checkinteger(L, 2);
  luaL_argcheck(L, status >= 200 && status <= 999, 2, "status must be from 200 to 999");
  if (!lua_isnoneornil(L, 3)) luaL_checktype(L, 3, LUA_TTABLE);
  return (unsigned)status;
}

/* [-0, +0, v] One header, its value (text or number) at the top. */
static void add_header(lua_State *L, struct httpd_request *r, const char *name) {
  size_t n;
  const char *value = lua_tolstring(L, -1, &n);
  if (value == NULL) luaL_error(L, "header '%s' must be a string or a list of strings", name);
  if (strlen(value) != n || MHD_add_response_header(r->response, name, value) != MHD_YES)
    luaL_error(L, "header '%s' cannot be sent", name);
}

/* [-0, +0, v] The headers at 3, if any, go into r->response. */
static void add_headers(lua_State *L, struct httpd_request *r) {
  if (lua_isnoneornil(L, 3)) return;
  for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "header names must be strings, got a %s", luaL_typename(L, -2));
    if (lua_istable(L, -1)) {
      lua_Integer i, n = luaL_len(L, -1);
      for (i = 1; i <= n; i++, lua_pop(L, 1)) {
        lua_geti(L, -1, i);
        add_header(L, r, lua_tostring(L, -3));
      }
    } else {
      add_header(L, r, lua_tostring(L, -2));
    }
  }
}

/* request:respond(status, headers?, body?) -> true | nil, message. The response is sent during the next
** turns of the loop. Content-Length and Date are the server's. */
static int request_respond(lua_State *L) {
  struct httpd_request *r = check_unanswered(L);
  unsigned status = check_status(L);
  size_t n;
  const char *body = luaL_optlstring(L, 4, "", &n);
  if (r == NULL) return push_failure(L, "closed");
  r->response = MHD_create_response_from_buffer(n, (void *)(size_t)body, MHD_RESPMEM_MUST_COPY);
  if (r->response == NULL) return push_failure(L, "out of memory");
  add_headers(L, r);
  httpd_send_response(r, status);
  return push_true(L);
}

/* request:drip(status, headers, body, bytes, seconds) -> true | nil, message. Like respond, but the body
** goes out `bytes` at a time, the first at once and each other `seconds` after the one before. */
static int request_drip(lua_State *L) {
  struct httpd_request *r = check_unanswered(L);
  unsigned status = check_status(L);
  size_t n;
  const char *body = luaL_checklstring(L, 4, &n);
  lua_Integer piece = luaL_checkinteger(L, 5);
  lua_Number gap = luaL_checknumber(L, 6);
  luaL_argcheck(L, piece >= 1, 5, "at least one byte");
  luaL_argcheck(L, gap >= 0 && gap <= 3600, 6, "seconds from 0 to 3600");
  if (r == NULL) return push_failure(L, "closed");
  if (!httpd_drip(r, body, n, (size_t)piece, gap)) return push_failure(L, "out of memory");
  add_headers(L, r);
  httpd_send_response(r, status);
  return push_true(L);
}

static const char *const ends[] = {"fin", "reset", "hang", NULL}; /* in the order of enum httpd_end */

static int send_raw(lua_State *L, struct httpd_request *r, const char *bytes, size_t n, int end) {
  if (r == NULL) return push_failure(L, "closed");
  if (!httpd_raw(r, bytes, n, (enum httpd_end)end)) return push_failure(L, "out of memory");
  return push_true(L);
}

/* request:raw(bytes, "fin"|"reset"|"hang") -> true | nil, message. Writes these very bytes to the socket
** (under TLS, below it), then ends the connection so. A reset may cost the client bytes that it has not
** read. */
static int request_raw(lua_State *L) {
  struct httpd_request *r = check_unanswered(L);
  size_t n;
  const char *bytes = luaL_checklstring(L, 2, &n);
  return send_raw(L, r, bytes, n, luaL_checkoption(L, 3, "fin", ends));
}

/* request:stream(status, headers?) -> true | nil, message. Begins a response without a length; `write` adds to it. It ends with `finish`,
** with `close`, when the request is collected, or with the server. */
static int request_stream(lua_State *L) {
  struct httpd_request *r = check_unanswered(L);
  unsigned status = check_status(L);
  if (r == NULL) return push_failure(L, "closed");
  if (!httpd_stream(r)) return push_failure(L, "out of memory");
  add_headers(L, r);
  httpd_send_response(r, status);
  return push_true(L);
}

/* [-0, +0, v] The request at 1, whose response is a stream. */
static struct httpd_request *check_stream(lua_State *L) {
  struct httpd_request *r = *(struct httpd_request **)luaL_checkudata(L, 1, REQUEST);
  if (r == NULL || r->state != HTTPD_ANSWERED || r->stream == HTTPD_STREAM_NONE)
    luaL_error(L, "this request is not a stream");
  return r;
}

/* request:write(bytes) -> true | nil, "closed": the reader has left, or has let more than 4 MiB wait. */
static int request_write(lua_State *L) {
  struct httpd_request *r = check_stream(L);
  size_t n;
  const char *bytes = luaL_checklstring(L, 2, &n);
  if (!httpd_stream_write(r, bytes, n)) return push_failure(L, "closed");
  return push_true(L);
}

/* request:finish() -> true. The stream is whole; may be called twice. */
static int request_finish(lua_State *L) {
  httpd_stream_end(check_stream(L));
  return push_true(L);
}

/* request:close("fin"|"reset"|"hang") -> true | nil, message. No response; a stream that is open is cut off. */
static int request_close(lua_State *L) {
  struct httpd_request *r = *(struct httpd_request **)luaL_checkudata(L, 1, REQUEST);
  if (r && r->stream == HTTPD_STREAM_OPEN) {
    httpd_stream_break(r);
    return push_true(L);
  }
  r = check_unanswered(L);
  return send_raw(L, r, "", 0, luaL_checkoption(L, 2, "fin", ends));
}

/* __gc and __close: an unanswered request gets a 500. */
static int request_gc(lua_State *L) {
  struct httpd_request **box = luaL_checkudata(L, 1, REQUEST);
  struct httpd_request *r = *box;
  *box = NULL;
  if (r) httpd_release(r);
  return 0;
}

/* Methods are upvalue 1, requests' metatable upvalue 2; the fields are user value 2. */
static int request_index(lua_State *L) {
  lua_settop(L, 2);
  if (!lua_getmetatable(L, 1) || !lua_rawequal(L, -1, lua_upvalueindex(2))) luaL_checkudata(L, 1, REQUEST);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL || lua_getiuservalue(L, 1, 2) != LUA_TTABLE) return 1;
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  return 1;
}

static int request_tostring(lua_State *L) {
  struct httpd_request *r = *(struct httpd_request **)luaL_checkudata(L, 1, REQUEST);
  int open = r && r->conn && r->state == HTTPD_HELD;
  lua_pushfstring(L, REQUEST ": %s", open ? "waits for a response" : "answered");
  return 1;
}

static struct httpd_server *check_server(lua_State *L) {
  struct httpd_server *s = luaL_checkudata(L, 1, SERVER);
  if (s->daemon == NULL) luaL_error(L, "attempt to use a closed server");
  return s;
}

/* [-0, +1, m] Takes the oldest request off the queue; s is at 1. */
static int push_request(lua_State *L, struct httpd_server *s) {
  struct httpd_request **box = lua_newuserdatauv(L, sizeof *box, 2);
  *box = NULL;
  luaL_setmetatable(L, REQUEST);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1); /* keeps the server alive */
  *box = httpd_pop(s);
  httpd_push_fields(L, *box);
  lua_setiuservalue(L, -2, 2);
  httpd_buf_free(&(*box)->body);
  return 1;
}

/* server:next(seconds = 0) -> request | nil (time-out, or a signal hook is due) | nil, message. Turns the loop, but
** for a request that waits since a moment ago: this is where connections are accepted, read and written. */
static int server_next(lua_State *L) {
  struct httpd_server *s = check_server(L);
  double begun = httpd_now(), until = begun + luaL_optnumber(L, 2, 0), left = 0;
  lua_Hook hook = lua_gethook(L);
  if (s->queue && begun - s->turned < HTTPD_BATCH) return push_request(L, s);
  do {
    if (!httpd_turn(s, s->queue || !(left > 0) ? 0 : left < SLICE ? left : SLICE)) return push_failure(L, s->log);
    if (s->queue) return push_request(L, s);
    left = until - httpd_now();
  } while (left > 0 && lua_gethook(L) == hook);
  lua_pushnil(L);
  return 1;
}

static int server_port(lua_State *L) {
  lua_pushinteger(L, check_server(L)->port);
  return 1;
}

/* server:drain() -> number of remaining connections. From the first call on, the server does not listen, closes connections without a
** request, and answers the others with `Connection: close`; `next` continues until none remain. */
static int server_drain(lua_State *L) {
  struct httpd_server *s = check_server(L);
  httpd_drain(s);
  lua_pushinteger(L, s->connections);
  return 1;
}

static int server_close(lua_State *L) {
  httpd_stop(luaL_checkudata(L, 1, SERVER));
  return 0;
}

static int server_tostring(lua_State *L) {
  struct httpd_server *s = luaL_checkudata(L, 1, SERVER);
  if (s->daemon) lua_pushfstring(L, SERVER ": port %d", s->port);
  else lua_pushliteral(L, SERVER ": closed");
  return 1;
}

/* httpd.listen(options?) -> server | nil, message. Options: host (an address, or "localhost" for 127.0.0.1 and ::1; "127.0.0.1"),
** port (0: any free one), max_body (bytes, 64 MiB; more gets a 413), request_timeout (seconds for a request's head, and again
** for its body; 10; an incomplete one is then dropped), certificate and key (PEM text; with them the server speaks TLS),
** public (true allows other addresses than loopback). */
static int server_listen(lua_State *L) {
  static const struct httpd_server closed;
  struct httpd_options o;
  struct httpd_server *s;
  const char *why;
  lua_settop(L, 1);
  if (lua_isnil(L, 1)) lua_newtable(L), lua_replace(L, 1);
  luaL_checktype(L, 1, LUA_TTABLE);
  httpd_read_options(L, &o);
  s = lua_newuserdatauv(L, sizeof *s, 2);
  *s = closed;
  luaL_setmetatable(L, SERVER);
  lua_getfield(L, 1, "certificate");
  lua_setiuservalue(L, -2, 1);
  lua_getfield(L, 1, "key");
  lua_setiuservalue(L, -2, 2);
  why = httpd_start(s, &o);
  if (why == NULL) return 1;
  lua_pushnil(L);
  lua_pushfstring(L, "cannot listen on %s port %d: %s", s->address ? s->address : o.host, o.port, why);
  return 2;
}

/* httpd.now() -> seconds of a monotonic clock. */
static int now(lua_State *L) {
  lua_pushnumber(L, httpd_now());
  return 1;
}

/* httpd.time() -> seconds since the epoch, with fractions. */
static int wall_time(lua_State *L) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  lua_pushnumber(L, (double)t.tv_sec + (double)t.tv_nsec / 1e9);
  return 1;
}

/* httpd.stdin_closed() -> whether standard input has ended. Never blocks; available input is
** thrown away. */
static int stdin_closed(lua_State *L) {
  struct pollfd p = {0, POLLIN, 0};
  char scratch[512];
  int closed = 0;
  while (!closed && poll(&p, 1, 0) > 0) {
    ssize_t n = read(0, scratch, sizeof scratch);
    closed = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
  }
  lua_pushboolean(L, closed);
  return 1;
}

static const luaL_Reg server_methods[] = {
    {"next", server_next}, {"port", server_port}, {"drain", server_drain}, {"close", server_close}, {NULL, NULL}};

static const luaL_Reg server_meta[] = {
    {"__gc", server_close}, {"__close", server_close}, {"__tostring", server_tostring}, {NULL, NULL}};

static const luaL_Reg request_methods[] = {
    {"respond", request_respond}, {"drip", request_drip},     {"raw", request_raw},     {"stream", request_stream},
    {"write", request_write},     {"finish", request_finish}, {"close", request_close}, {NULL, NULL}};

static const luaL_Reg request_meta[] = {
    {"__gc", request_gc}, {"__close", request_gc}, {"__tostring", request_tostring}, {NULL, NULL}};

static const luaL_Reg functions[] = {
    {"listen", server_listen}, {"now", now}, {"time", wall_time}, {"stdin_closed", stdin_closed}, {NULL, NULL}};

int luaopen_sms_httpd(lua_State *L);

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int luaopen_sms_httpd(lua_State *L) {
  luaL_newmetatable(L, SERVER);
  luaL_setfuncs(L, server_meta, 0);
  luaL_newlib(L, server_methods);
  lua_setfield(L, -2, "__index");
  luaL_newmetatable(L, REQUEST);
  luaL_setfuncs(L, request_meta, 0);
  luaL_newlib(L, request_methods);
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, request_index, 2);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, functions);
  return 1;
}
