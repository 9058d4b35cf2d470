/* SPDX-License-Identifier: MIT
** Flat objects, the usual request bodies: names with texts or flags. They are written in the pass that checks them, unless
** a text needs an escape. */
#include "binding.h"

#include <string.h>

static void add(struct sms_json_flat *o, const char *s, size_t len) {
  o->over |= len > sizeof o->text - o->len;
  if (o->over) return;
  memcpy(o->text + o->len, s, len);
  o->len += len;
}

/* Whether lua-cjson would escape one of the bytes. */
static int has_escapes(const char *s, size_t len) {
  size_t i;
  for (i = 0; i < len; i++) {
    unsigned char c = (unsigned char)s[i];
    if (c < ' ' || c == '"' || c == '/' || c == '\\' || c == 127) return 1;
  }
  return 0;
}

/* Appends the text at a place and what follows it. 0: not a text. */
static int add_text(lua_State *L, int at, struct sms_json_flat *o, char follower) {
  const char end[] = {'"', follower};
  size_t len;
  const char *s = lua_type(L, at) == LUA_TSTRING ? lua_tolstring(L, at, &len) : NULL;
  if (!s || sms_utf8_bad(s, len) < len) return 0;
  o->over = o->over || has_escapes(s, len);
  add(o, "\"", 1);
  add(o, s, len);
  add(o, end, sizeof end);
  return 1;
}

static int add_flag(lua_State *L, int at, struct sms_json_flat *o) {
  if (!lua_isboolean(L, at)) return 0;
  if (lua_toboolean(L, at)) add(o, "true,", 5);
  else add(o, "false,", 6);
  return 1;
}

int sms_json_is_flat(lua_State *L, struct sms_json_flat *o) {
  int t = lua_gettop(L), good = 1;
  add(o, "{", 1);
  for (lua_pushnil(L); good && lua_next(L, t); lua_settop(L, t + 1))
    good = add_text(L, t + 1, o, ':') && (add_flag(L, t + 2, o) || add_text(L, t + 2, o, ','));
  lua_settop(L, t);
  o->over |= !good || o->len == 1;
  if (!o->over) o->text[o->len - 1] = '}';
  return good;
}
