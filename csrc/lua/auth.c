/* SPDX-License-Identifier: MIT
** `core.auth`: credentials as a userdata that reveals only names, masks secrets in texts, and wipes them at the end. */
#include "binding.h"

#include <lauxlib.h>
#include <lua.h>

struct auth_box {
  const char *class_name; /* of sms_setclass */
  struct sms_auth *auth;  /* NULL: closed, or not filled yet */
};

struct sms_auth *sms_toauth(lua_State *L, int arg) {
  struct auth_box *box = sms_checkclass(L, arg, SMS_AUTH);
  if (!box->auth) luaL_error(L, "the auth is closed");
  return box->auth;
}

/* Reads the credential table at the top of the stack. [-0, +0, v] */
static void add_credential(lua_State *L, struct sms_auth *a, int place) {
  static const char *const known[] = {"scheme", "name", "user", "value", NULL};
  struct sms_str name, user, value;
  const char *scheme;
  int which = 0;
  sms_checkoptions(L, -1, known);
  scheme = sms_namefield(L, -1, "scheme");
  lua_pushstring(L, scheme ? scheme : "");
  which = luaL_checkoption(L, -1, NULL, sms_scheme_names);
  lua_pop(L, 1);
  sms_textfield(L, -1, "name", &name);
  sms_textfield(L, -1, "user", &user);
  sms_textfield(L, -1, "value", &value);
  switch (sms_auth_add(a, (enum sms_scheme)which, name, user, value)) {
    case SMS_OK: return;
    case SMS_EINVALID:
      luaL_error(
          L, "credential %d (%s) cannot be sent: a name, user or value is missing, surplus, or contains CR, LF or NUL",
          place, sms_scheme_names[which]);
      return;
    default: luaL_error(L, "credential %d (%s) is too large", place, sms_scheme_names[which]);
  }
}

/* core.auth(list) -> sms.auth; copies the list. */
static int auth_new(lua_State *L) {
  struct auth_box *box;
  lua_Integer i, n;
  luaL_checktype(L, 1, LUA_TTABLE);
  n = luaL_len(L, 1);
  box = lua_newuserdatauv(L, sizeof *box, 0);
  box->auth = NULL;
  sms_setclass(L, SMS_AUTH);
  box->auth = sms_auth_new();
  if (!box->auth) return luaL_error(L, "out of memory");
  for (i = 1; i <= n; i++) {
    lua_rawgeti(L, 1, i);
    add_credential(L, box->auth, (int)i);
    lua_pop(L, 1);
  }
  return 1;
}

/* The auths of the list at index 1, in a userdata that is pushed. [-0, +1, v] */
static const struct sms_auth **all_of(lua_State *L, size_t count) {
  const struct sms_auth **all = lua_newuserdatauv(L, count * sizeof *all, 0);
  size_t i;
  for (i = 0; i < count; i++) {
    lua_rawgeti(L, 1, (lua_Integer)i + 1);
    all[i] = sms_toauth(L, -1);
    lua_pop(L, 1);
  }
  return all;
}

/* core.mask(auths, text, limit?) -> text with `***` for each secret of each of them, raw, percent-encoded, JSON-escaped or
** as Basic credentials; at most `limit` bytes of it, and no secret is cut in two there. */
static int mask(lua_State *L) {
  struct sms_str text = sms_checktext(L, 2);
  lua_Integer limit = luaL_optinteger(L, 3, (lua_Integer)SMS_TEXT_MAX);
  const struct sms_auth **all;
  struct sms_buf *out;
  size_t count;
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argcheck(L, limit >= 0, 3, "bytes, 0 or more, expected");
  count = (size_t)lua_rawlen(L, 1);
  all = all_of(L, count);
  out = sms_newbuf(L, SMS_TEXT_MAX);
  if (sms_auth_mask(all, count, text, (size_t)limit, out)) return luaL_error(L, "the text is too large to be masked");
  lua_pushlstring(L, out->ptr, out->len);
  sms_buf_free(out);
  return 1;
}

static void set_text(lua_State *L, const char *field, const struct sms_buf *b) {
  if (b->len == 0) return;
  lua_pushlstring(L, b->ptr, b->len);
  lua_setfield(L, -2, field);
}

/* auth:reveal() -> the list; only for transports written in Lua. */
static int auth_reveal(lua_State *L) {
  const struct sms_cred *c = sms_toauth(L, 1)->first;
  lua_Integer i = 0;
  lua_newtable(L);
  for (; c; c = c->next) {
    lua_createtable(L, 0, 4);
    lua_pushstring(L, sms_scheme_names[c->scheme]);
    lua_setfield(L, -2, "scheme");
    set_text(L, "name", &c->name);
    set_text(L, "user", &c->user);
    lua_pushlstring(L, c->value.ptr, c->value.len);
    lua_setfield(L, -2, "value");
    lua_rawseti(L, -2, ++i);
  }
  return 1;
}

static int auth_tostring(lua_State *L) {
  const struct auth_box *box = sms_checkclass(L, 1, SMS_AUTH);
  const struct sms_cred *c = box->auth ? box->auth->first : NULL;
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addstring(&b, SMS_AUTH);
  luaL_addstring(&b, box->auth ? ":" : ": closed");
  for (; c; c = c->next) {
    luaL_addchar(&b, ' ');
    luaL_addstring(&b, sms_scheme_names[c->scheme]);
    if (c->name.len) luaL_addchar(&b, ' ');
    luaL_addlstring(&b, c->name.ptr ? c->name.ptr : "", c->name.len);
    if (c->next) luaL_addchar(&b, ',');
  }
  luaL_pushresult(&b);
  return 1;
}

/* Endpoints and transfers hold the credentials too; the last to release them wipes them. */
static int auth_close(lua_State *L) {
  struct auth_box *box = sms_checkclass(L, 1, SMS_AUTH);
  sms_auth_drop(box->auth);
  box->auth = NULL;
  return 0;
}

static const luaL_Reg methods[] = {{"reveal", auth_reveal}, {"close", auth_close}, {NULL, NULL}};
static const luaL_Reg meta[] = {
    {"__gc", auth_close}, {"__close", auth_close}, {"__tostring", auth_tostring}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"auth", auth_new}, {"mask", mask}, {NULL, NULL}};

void sms_open_auth(lua_State *L) {
  sms_newclass(L, SMS_AUTH, meta, methods);
  luaL_setfuncs(L, functions, 0);
}
