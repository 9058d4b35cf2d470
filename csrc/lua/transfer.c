/* SPDX-License-Identifier: MIT
** `sms.transfer` in Lua: a request while it runs and its result. User value 1 is its pool, user
** value 2 the body that libcurl reads from (on the free list: the next one), user value 3 its owner. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

static struct sms_transfer *check_transfer(lua_State *L) { return sms_checkclass(L, 1, SMS_TRANSFER); }

static int transfer_done(lua_State *L) {
  lua_pushboolean(L, check_transfer(L)->done);
  return 1;
}

static void push_body(lua_State *L, const struct sms_buf *b) { lua_pushlstring(L, b->ptr ? b->ptr : "", b->len); }

static void set_body(lua_State *L, const char *name, const struct sms_buf *b) {
  push_body(L, b);
  lua_setfield(L, -2, name);
}

/* nil and { kind, message, attempts, duration, status?, code, body, head? }: `duration` in seconds, `code` libcurl's, `body` and `head` as
** far as they were received. [-0, +2, m] */
static int push_failure(lua_State *L, const struct sms_transfer *t, int head) {
  lua_pushnil(L);
  lua_createtable(L, 0, 8);
  lua_pushstring(L, sms_transfer_kind(t));
  lua_setfield(L, -2, "kind");
  lua_pushstring(L, t->message.len ? t->message.ptr : "the transfer was closed");
  lua_setfield(L, -2, "message");
  lua_pushinteger(L, t->attempts);
  lua_setfield(L, -2, "attempts");
  lua_pushnumber(L, t->duration);
  lua_setfield(L, -2, "duration");
  lua_pushinteger(L, t->code);
  lua_setfield(L, -2, "code");
  if (t->status) {
    lua_pushinteger(L, t->status);
    lua_setfield(L, -2, "status");
  }
  set_body(L, "body", &t->body);
  if (head) set_body(L, "head", &t->head);
  return 2;
}

/* For a response: status, body, attempts, seconds, and on request its header lines and whether the body may be in another charset than
** UTF-8; else nil and the failure, likewise. */
int sms_push_result(lua_State *L, const struct sms_transfer *t, int head) {
  if (t->verdict != SMS_OK) return push_failure(L, t, head);
  lua_pushinteger(L, t->status);
  push_body(L, &t->body);
  lua_pushinteger(L, t->attempts);
  lua_pushnumber(L, t->duration);
  if (!head) return 4;
  push_body(L, &t->head);
  if (!t->labelled) return 5;
  lua_pushboolean(L, 1);
  return 6;
}

/* transfer:result() -> status, body, attempts, seconds | nil, failure; see push_failure */
static int transfer_result(lua_State *L) {
  const struct sms_transfer *t = check_transfer(L);
  if (!t->done) return luaL_error(L, "the transfer is still running");
  return sms_push_result(L, t, 0);
}

/* core.take(transfer) -> nothing before its completion was reported; else the results of pool:exchange. The transfer then belongs to its
** pool again and must not be used again. */
static int take(lua_State *L) {
  struct sms_transfer *t = check_transfer(L);
  int n;
  if (!t->done || t->ready) return 0; /* otherwise the next step of its pool would find another request */
  n = sms_push_result(L, t, 1);
  lua_getiuservalue(L, 1, 1);
  sms_put_free(L, lua_gettop(L), 1, t);
  lua_pop(L, 1);
  return n;
}

/* ---- header ---- */

static void push_lower(lua_State *L, struct sms_str s) {
  luaL_Buffer b;
  char *room = luaL_buffinitsize(L, &b, s.len);
  size_t i;
  for (i = 0; i < s.len; i++) room[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] + ('a' - 'A') : s.ptr[i]);
  luaL_pushresultsize(&b, s.len);
}

/* Joins the value at the top to the one below it, which may be nil. [-2, +1, m] */
static void join(lua_State *L) {
  if (lua_isnil(L, -2)) {
    lua_remove(L, -2);
    return;
  }
  lua_pushliteral(L, ", ");
  lua_insert(L, -2);
  lua_concat(L, 3);
}

/* A table of header lines. [-0, +1, m] */
static int push_headers(lua_State *L, const struct sms_buf *head) {
  struct sms_str name, value;
  size_t at = 0;
  lua_newtable(L);
  while (sms_head_next(head, &at, &name, &value)) {
    push_lower(L, name);
    lua_pushvalue(L, -1);
    lua_rawget(L, -3);
    lua_pushlstring(L, value.ptr, value.len);
    join(L);
    lua_rawset(L, -3);
  }
  return 1;
}

/* transfer:headers() -> the last response's, lower-case name -> value, repeated ones joined by ", " */
static int transfer_headers(lua_State *L) { return push_headers(L, &check_transfer(L)->head); }

/* transfer:head() -> the last response's raw header lines */
static int transfer_head(lua_State *L) {
  push_body(L, &check_transfer(L)->head);
  return 1;
}

/* core.headers(head) -> a table as by `headers`, from lines as by `head` */
static int read_headers(lua_State *L) {
  struct sms_str text = sms_checktext(L, 1);
  struct sms_buf head = {NULL, 0, 0, 0, 0};
  head.ptr = (char *)text.ptr; /* only read */
  head.len = text.len;
  return push_headers(L, &head);
}

/* transfer:header(name) -> value or nil; ignores the case of the name */
static int transfer_header(lua_State *L) {
  const struct sms_transfer *t = check_transfer(L);
  const char *wanted = luaL_checkstring(L, 2);
  struct sms_str name, value;
  size_t at = 0;
  lua_pushnil(L);
  while (sms_head_next(&t->head, &at, &name, &value)) {
    if (!sms_word_same(name.ptr, name.len, wanted)) continue;
    lua_pushlstring(L, value.ptr, value.len);
    join(L);
  }
  return 1;
}

/* ---- figures ---- */

static void push_size(lua_State *L, curl_off_t n) {
  if (n < 0) lua_pushnil(L);
  else lua_pushinteger(L, n);
}

/* transfer:progress() -> bytes up, total up, bytes down, total down; nil for an unknown total */
static int transfer_progress(lua_State *L) {
  struct sms_figures f;
  sms_transfer_figures(check_transfer(L), &f);
  push_size(L, f.up);
  push_size(L, f.up_total);
  push_size(L, f.down);
  push_size(L, f.down_total);
  return 4;
}

/* transfer:timings() -> seconds from the start to the end of each phase */
static int transfer_timings(lua_State *L) {
  struct sms_figures f;
  sms_transfer_figures(check_transfer(L), &f);
  lua_createtable(L, 0, 5);
  lua_pushnumber(L, f.name_lookup);
  lua_setfield(L, -2, "name_lookup");
  lua_pushnumber(L, f.connect);
  lua_setfield(L, -2, "connect");
  lua_pushnumber(L, f.tls);
  lua_setfield(L, -2, "tls");
  lua_pushnumber(L, f.start);
  lua_setfield(L, -2, "start");
  lua_pushnumber(L, f.total);
  lua_setfield(L, -2, "total");
  return 1;
}

/* transfer:effective_url() -> the URL that was requested, secrets masked */
static int transfer_effective_url(lua_State *L) {
  const struct sms_transfer *t = check_transfer(L);
  struct sms_str url = {t->url.ptr ? t->url.ptr : "", t->url.len};
  struct sms_buf *out = sms_newbuf(L, 4 * SMS_URL_MAX);
  const struct sms_auth *auth = t->auth;
  sms_rc rc = sms_auth_mask(&auth, auth != NULL, url, SIZE_MAX, out);
  if (rc) return luaL_error(L, "out of memory");
  lua_pushlstring(L, out->ptr, out->len);
  return 1;
}

/* ---- actions ---- */

/* transfer:feed(data) -> true, or false if there is no room before the next step | nil, "closed"; feed(nil) ends the body */
static int transfer_feed(lua_State *L) {
  struct sms_transfer *t = check_transfer(L);
  sms_rc rc;
  if (!t->fed.on) return luaL_error(L, "the transfer was not started with feed = true");
  rc = lua_isnoneornil(L, 2) ? sms_transfer_feed_end(t) : sms_transfer_feed(t, sms_checktext(L, 2));
  if (rc == SMS_ECLOSED) {
    lua_pushnil(L);
    lua_pushliteral(L, "closed");
    return 2;
  }
  luaL_argcheck(L, rc != SMS_ETOOBIG, 2, "a piece larger than 16 MiB");
  if (rc == SMS_ENOMEM) return luaL_error(L, "out of memory");
  lua_pushboolean(L, rc != SMS_EAGAIN);
  return 1;
}

/* transfer:read() -> a piece of the streamed response, "" if none is available yet | nil after the last one */
static int transfer_read(lua_State *L) {
  struct sms_transfer *t = check_transfer(L);
  if (!t->stream.on) return luaL_error(L, "the transfer was not started with stream = true");
  if (t->done && t->body.len == 0) return 0;
  push_body(L, &t->body);
  sms_buf_cut(&t->body, 0);
  if (sms_transfer_resume(t)) return luaL_error(L, "libcurl failed to continue");
  return 1;
}

/* transfer:status() -> status and attempts as soon as the header has arrived | nil */
static int transfer_status(lua_State *L) {
  const struct sms_transfer *t = check_transfer(L);
  long status = t->status;
  if (t->handle && t->head_ended) curl_easy_getinfo(t->handle->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200) return 0;
  lua_pushinteger(L, status);
  lua_pushinteger(L, t->attempts);
  return 2;
}

static void stop(lua_State *L, struct sms_transfer *t, sms_rc why) {
  if (t->pool) sms_pool_stop(t, why);
  if (!t->anchor) return;
  lua_getiuservalue(L, 1, 1);
  sms_unanchor(L, lua_gettop(L), t);
  lua_pop(L, 1);
}

/* transfer:cancel(why?) ends it with the kind "cancelled", or "timeout" if `why` is that */
static int transfer_cancel(lua_State *L) {
  static const char *const reasons[] = {"cancelled", "timeout", NULL};
  struct sms_transfer *t = check_transfer(L);
  stop(L, t, luaL_checkoption(L, 2, "cancelled", reasons) ? SMS_ETIMEOUT : SMS_ECANCELLED);
  return 0;
}

static int transfer_free(lua_State *L) {
  struct sms_transfer *t = check_transfer(L);
  stop(L, t, SMS_ECLOSED);
  sms_transfer_free(t);
  lua_pushnil(L);
  lua_setiuservalue(L, 1, 2);
  return 0;
}

/* Afterwards the result has kind "closed". A taken transfer is closed by its pool. */
static int transfer_close(lua_State *L) { return check_transfer(L)->free ? 0 : transfer_free(L); }

static int transfer_tostring(lua_State *L) {
  const struct sms_transfer *t = check_transfer(L);
  if (!t->done) lua_pushfstring(L, "%s: %s in flight", SMS_TRANSFER, t->method);
  else if (t->verdict) lua_pushfstring(L, "%s: %s %s", SMS_TRANSFER, t->method, sms_transfer_kind(t));
  else lua_pushfstring(L, "%s: %s %d", SMS_TRANSFER, t->method, (int)t->status);
  return 1;
}

/* transfer:owner(value?) sets the owner -> the value; without one -> the owner */
static int transfer_owner(lua_State *L) {
  check_transfer(L);
  if (lua_isnone(L, 2)) {
    lua_getiuservalue(L, 1, 3);
    return 1;
  }
  lua_settop(L, 2);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, 1, 3);
  return 1;
}

static const luaL_Reg methods[] = {
    {"done", transfer_done},         {"owner", transfer_owner},     {"result", transfer_result},
    {"headers", transfer_headers},   {"header", transfer_header},   {"head", transfer_head},
    {"progress", transfer_progress}, {"timings", transfer_timings}, {"effective_url", transfer_effective_url},
    {"status", transfer_status},     {"feed", transfer_feed},       {"read", transfer_read},
    {"cancel", transfer_cancel},     {"close", transfer_close},     {NULL, NULL}};
static const luaL_Reg meta[] = {
    {"__gc", transfer_free}, {"__close", transfer_close}, {"__tostring", transfer_tostring}, {NULL, NULL}};

static const luaL_Reg functions[] = {{"headers", read_headers}, {"take", take}, {NULL, NULL}};

void sms_open_transfer(lua_State *L) {
  sms_newclass(L, SMS_TRANSFER, meta, methods);
  luaL_setfuncs(L, functions, 0);
}
