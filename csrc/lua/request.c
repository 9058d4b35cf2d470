/* SPDX-License-Identifier: MIT
** `pool:start` and `pool:exchange`: read a request from Lua and start it; the second waits for its end. Wrong types raise an error;
** values that can't be sent are returned as nil, "invalid", text, because they may come from the user. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>

enum {
  POOL = 1,
  ENDPOINT,
  METHOD,
  TARGET,
  BODY,
  TIMEOUT,
  ONCE,
  EXTRA,
  SECONDS,
  COMPLETIONS,
  OWNER = SECONDS,
  WAIT = COMPLETIONS
}; /* places on the stack */

/* The options in `extra`. */
enum {
  IN_TYPE,
  IN_HEADERS,
  IN_FILE,
  IN_PARTS,
  IN_FEED,
  IN_TO_FILE,
  IN_AUTH,
  IN_MAX_BODY,
  IN_PROGRESS,
  IN_STREAM,
  IN_END
};
static const char *const known[] = {
    [IN_TYPE] = "content_type", [IN_HEADERS] = "headers", [IN_FILE] = "file", [IN_PARTS] = "parts",
    [IN_FEED] = "feed",         [IN_TO_FILE] = "to_file", [IN_AUTH] = "auth", [IN_MAX_BODY] = "max_body",
    [IN_PROGRESS] = "progress", [IN_STREAM] = "stream",   [IN_END] = NULL};

/* Bits of the options that are given. */
enum {
  TYPE = 1 << IN_TYPE,
  HEADERS = 1 << IN_HEADERS,
  OTHER_BODY = 1 << IN_FILE | 1 << IN_PARTS | 1 << IN_FEED,
  AUTH = 1 << IN_AUTH,
  SINK = 1 << IN_TO_FILE | 1 << IN_MAX_BODY | 1 << IN_STREAM
};

/* The auth of the request: its own, none for false, else the endpoint's. [-0, +0, v] */
static struct sms_auth *choose_auth(lua_State *L, const struct sms_endpoint *e, unsigned given) {
  struct sms_auth *a = e->auth;
  int type;
  if (lua_isuserdata(L, EXTRA)) return sms_toauth(L, EXTRA);
  if (!(given & AUTH)) return a;
  lua_pushliteral(L, "auth");
  type = lua_rawget(L, EXTRA);
  if (type == LUA_TBOOLEAN && !lua_toboolean(L, -1)) a = NULL;
  else if (type != LUA_TNIL) a = sms_toauth(L, -1);
  lua_pop(L, 1);
  return a;
}

static sms_rc add_headers(lua_State *L, struct sms_transfer *t) {
  sms_rc rc = SMS_OK;
  sms_tablefield(L, EXTRA, "headers");
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
      luaL_error(L, "option 'headers' must map strings to strings");
    if (!rc) rc = sms_transfer_header(t, sms_checktext(L, -2), sms_checktext(L, -1));
  }
  lua_pop(L, 1);
  return rc;
}

/* The part table is at the top of the stack. */
static sms_rc add_part(lua_State *L, struct sms_transfer *t, int place) {
  static const char *const fields[] = {"name", "data", "path", "filename", "type", "feed", "size", NULL};
  struct sms_part part;
  int sources;
  sms_checkoptions(L, -1, fields);
  part.name = sms_namefield(L, -1, "name");
  part.path = sms_namefield(L, -1, "path");
  part.filename = sms_namefield(L, -1, "filename");
  part.type = sms_namefield(L, -1, "type");
  part.feed = sms_flagfield(L, -1, "feed");
  part.size = (curl_off_t)sms_lengthfield(L, -1, "size");
  sources = sms_textfield(L, -1, "data", &part.data) + (part.path != NULL) + part.feed;
  if (!part.name || sources != 1) luaL_error(L, "part %d must have a name, and one of data, path and feed", place);
  return sms_transfer_part(t, &part);
}

/* Whether one of the parts in the table at the top is fed. [-0, +0, v] */
static int any_fed(lua_State *L, int n) {
  int i, fed = 0;
  for (i = 1; i <= n && !fed; i++) {
    if (lua_rawgeti(L, -1, i) == LUA_TTABLE) fed = sms_flagfield(L, -1, "feed");
    lua_pop(L, 1);
  }
  return fed;
}

static sms_rc add_parts(lua_State *L, struct sms_transfer *t) {
  sms_rc rc = SMS_OK;
  int i, n = (int)lua_rawlen(L, -1);
  if (n == 0) luaL_error(L, "option 'parts' must not be empty");
  if (any_fed(L, n)) rc = sms_multipart_open(t);
  for (i = 1; i <= n && !rc; i++) {
    lua_rawgeti(L, -1, i);
    rc = add_part(L, t, i);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return rc;
}

static void check_one_body(lua_State *L) {
  static const char *const sources[] = {"file", "parts", "feed", NULL};
  int i, n = !lua_isnil(L, BODY);
  for (i = 0; sources[i]; i++) {
    lua_pushstring(L, sources[i]);
    lua_rawget(L, EXTRA);
    n += lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
  if (n > 1) luaL_error(L, "only one of body, 'file', 'parts' and 'feed' can be given");
}

static sms_rc add_other_body(lua_State *L, struct sms_transfer *t) {
  const char *file = sms_namefield(L, EXTRA, "file");
  check_one_body(L);
  if (file) return sms_transfer_file(t, file);
  if (sms_flagfield(L, EXTRA, "feed")) return sms_transfer_fed(t);
  return sms_tablefield(L, EXTRA, "parts") ? add_parts(L, t) : SMS_OK;
}

/* The size of a file is not limited unless the request sets a limit. */
static sms_rc add_sink(lua_State *L, struct sms_transfer *t) {
  const char *path = sms_namefield(L, EXTRA, "to_file");
  t->body.max = sms_sizefield(L, EXTRA, "max_body", t->body.max);
  t->sink.max = sms_sizefield(L, EXTRA, "max_body", t->sink.max);
  t->stream.on = sms_flagfield(L, EXTRA, "stream");
  if (path && t->stream.on) luaL_error(L, "only one of 'to_file' and 'stream' can be given");
  return path ? sms_transfer_sink(t, path) : SMS_OK;
}

static sms_rc add_extra(lua_State *L, struct sms_transfer *t, unsigned given) {
  sms_rc rc = SMS_OK;
  if (given & HEADERS) rc = add_headers(L, t);
  if (!rc && given & OTHER_BODY) rc = add_other_body(L, t);
  return rc || !(given & SINK) ? rc : add_sink(L, t);
}

/* The text of a checked argument. [-0, +0, -] */
static struct sms_str text_at(lua_State *L, int arg) {
  struct sms_str text;
  text.ptr = lua_tolstring(L, arg, &text.len);
  return text;
}

static sms_rc build(lua_State *L, struct sms_transfer *t, struct sms_endpoint *e, unsigned given) {
  const char *type = NULL;
  sms_rc rc = sms_transfer_open(t, e, choose_auth(L, e, given), text_at(L, METHOD), text_at(L, TARGET));
  if (!rc && given & TYPE) type = sms_namefield(L, EXTRA, "content_type");
  if (!rc) rc = add_extra(L, t, given);
  if (!rc && !lua_isnil(L, BODY)) rc = sms_transfer_bytes(t, text_at(L, BODY));
  return rc ? rc : sms_transfer_seal(t, type);
}

/* Abandons a transfer; pushes the reason. */
static int give_up(lua_State *L, struct sms_transfer *t, sms_rc rc) {
  int n = sms_fail(L, rc, t->message.len ? t->message.ptr : NULL);
  sms_unanchor(L, POOL, t);
  sms_transfer_free(t);
  return n;
}

/* Raises an error for arguments of the wrong type. Returns the bits of the options in `extra`. */
static unsigned check_arguments(lua_State *L) {
  sms_checktext(L, METHOD);
  sms_checktext(L, TARGET);
  if (!lua_isnil(L, BODY)) sms_checktext(L, BODY);
  luaL_argcheck(L, luaL_optnumber(L, TIMEOUT, 0) >= 0, TIMEOUT, "seconds of 0 or more expected");
  if (lua_istable(L, EXTRA)) return sms_checkoptions(L, EXTRA, known);
  if (!lua_isnil(L, EXTRA)) sms_toauth(L, EXTRA);
  return 0;
}

/* Builds the request on a new transfer. */
static sms_rc prepare(lua_State *L, struct sms_transfer *t, struct sms_endpoint *e, unsigned given) {
  t->once = lua_toboolean(L, ONCE);
  t->timeout_ms = sms_milliseconds(lua_tonumber(L, TIMEOUT)); /* nil: 0 */
  return build(L, t, e, given);
}

/* Makes the pool keep the transfer at the top of the stack alive and report its end. [-0, +0, m] */
static void anchor(lua_State *L, struct sms_transfer *t) {
  t->watched = 1;
  if (t->anchor) return;
  lua_getiuservalue(L, POOL, 1);
  lua_pushvalue(L, -2);
  t->anchor = luaL_ref(L, -2);
  lua_pop(L, 1);
}

/* Records its start in the ledger. */
static void enter(lua_State *L, struct sms_pool *p, struct sms_transfer *t) {
  t->serial = ++p->ledger->begun;
  t->wired = &p->ledger->sent;
  t->starter = L;
}

/* Sets the owner of the transfer at the top of the stack. [-0, +0, -] */
static void set_owner(lua_State *L, struct sms_transfer *t) {
  t->no_figures = !lua_isnil(L, OWNER);
  lua_pushvalue(L, OWNER);
  lua_setiuservalue(L, -2, 3);
}

/* Reads `last` arguments and leaves a transfer with their request at the top of the stack. Returns 0, else the number of results
** that report the failure. [-0, +(1|3), m] */
static int open_request(lua_State *L, int last, struct sms_pool **p, struct sms_transfer **t) {
  struct sms_endpoint *e;
  unsigned given;
  sms_rc rc;
  *p = sms_checkclass(L, POOL, SMS_POOL);
  e = sms_checkendpoint(L, ENDPOINT);
  rc = sms_pool_check(*p);
  lua_settop(L, last);
  given = check_arguments(L);
  if (rc) return sms_fail(L, rc, NULL);
  if (!e) return sms_fail(L, SMS_ECLOSED, "the endpoint is closed");
  *t = sms_take_free(L, POOL, BODY);
  if (given) sms_unanchor(L, POOL, *t); /* reading it may raise */
  rc = prepare(L, *t, e, given);
  return rc ? give_up(L, *t, rc) : 0;
}

/* Starts the transfer at the top of the stack; its pool reports its end. [-0, +(0|3), m] */
static int put_in_flight(lua_State *L, struct sms_pool *p, struct sms_transfer *t) {
  sms_rc rc;
  set_owner(L, t);
  anchor(L, t);
  enter(L, p, t);
  rc = sms_pool_start(p, t);
  return rc ? give_up(L, t, rc) : 0;
}

/* pool:start(endpoint, method, target, body?, timeout?, once?, extra?, owner?) -> sms.transfer | nil, kind, text. An `extra` with
** only `auth` may be the auth itself. With an owner it keeps no timings after its end. */
int sms_start(lua_State *L) {
  struct sms_pool *p;
  struct sms_transfer *t;
  int n = open_request(L, OWNER, &p, &t);
  if (n) return n;
  n = put_in_flight(L, p, t);
  return n ? n : 1;
}

/* The result of the transfer at a place, or the transfer itself while it is in flight or its completion has not been reported. */
static int take_or_leave(lua_State *L, int at, struct sms_transfer *t) {
  int n;
  lua_settop(L, at);
  if (!t->done || t->ready) return 1;
  n = sms_push_result(L, t, 1);
  sms_put_free(L, POOL, at, t);
  return n;
}

/* Waits for the transfer at the top of the stack, which nothing else refers to; other completions go to COMPLETIONS. */
static int wait_for_end(lua_State *L, struct sms_pool *p, struct sms_transfer *t) {
  int at = lua_gettop(L);
  double seconds = luaL_optnumber(L, SECONDS, 0);
  sms_rc rc;
  enter(L, p, t);
  rc = sms_pool_start(p, t);
  if (rc) return give_up(L, t, rc);
  sms_pool_wait(p, t,
                seconds > 0 ? (int)sms_milliseconds(seconds) : 0); /* a failed pool is reported by the next wait */
  sms_hand_out(L, p, lua_istable(L, COMPLETIONS) ? COMPLETIONS : 0);
  if (!t->done) {
    anchor(L, t);
    return 1;
  }
  return take_or_leave(L, at, t);
}

static int woken(lua_State *L, int status, lua_KContext at) {
  (void)status;
  return take_or_leave(L, (int)at, lua_touserdata(L, (int)at));
}

/* Starts the transfer at the top of the stack and yields. */
static int wait_in_turn(lua_State *L, struct sms_pool *p, struct sms_transfer *t) {
  int at = lua_gettop(L), n = put_in_flight(L, p, t);
  if (n) return n;
  lua_pushvalue(L, at);
  lua_setfield(L, OWNER, "transfer");
  lua_pushvalue(L, WAIT);
  return lua_yieldk(L, 1, at, woken);
}

/* pool:exchange(endpoint, method, target, body?, timeout?, once?, extra?, seconds?, completions?) -> status, body, attempts, seconds, header
** lines, true if the body may be in a charset other than UTF-8 | sms.transfer, if it takes longer than `seconds` |
** nil, failure, as by transfer:result, with its header lines | nil, kind, text of a request that can't be sent. `extra` has neither `stream`
** nor anything fed.
** pool:exchange(…, extra, owner, value) yields the value; the transfer is in the owner's field `transfer`, and is returned if the
** coroutine is resumed before its end was reported. */
int sms_exchange(lua_State *L) {
  struct sms_pool *p;
  struct sms_transfer *t;
  int n = open_request(L, COMPLETIONS, &p, &t);
  if (n) return n;
  return lua_istable(L, OWNER) ? wait_in_turn(L, p, t) : wait_for_end(L, p, t);
}
