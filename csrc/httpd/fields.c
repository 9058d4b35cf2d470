/* SPDX-License-Identifier: MIT */
/* fields.c - what Lua sees of a request of `sms.httpd`: method, path, headers, body, form, parts. */
#include "httpd.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

static void set_string(lua_State *L, const char *name, const char *from, size_t n) {
  if (from == NULL) return;
  lua_pushlstring(L, from, n);
  lua_setfield(L, -2, name);
}

static void set_slice(lua_State *L, const char *name, struct httpd_slice s) { set_string(L, name, s.ptr, s.len); }

/* The first value of that header, or NULL. */
static const char *header(const struct httpd_request *r, const char *wanted) {
  const char *p = r->headers.ptr, *end = p + r->headers.len;
  while (p < end) {
    const char *value = p + strlen(p) + 1;
    if (strcmp(p, wanted) == 0) return value;
    p = value + strlen(value) + 1;
  }
  return NULL;
}

/* [-0, +1, m] Lower-case name to value; repeated ones joined (RFC 9110 5.3). */
static void push_headers(lua_State *L, const struct httpd_request *r) {
  const char *p = r->headers.ptr, *end = p + r->headers.len;
  lua_createtable(L, 0, r->header_count);
  while (p < end) {
    const char *value = p + strlen(p) + 1;
    lua_pushlstring(L, p, (size_t)(value - p) - 1);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) == LUA_TSTRING) lua_pushfstring(L, "%s, %s", lua_tostring(L, -1), value);
    else lua_pushstring(L, value);
    lua_remove(L, -2);
    lua_rawset(L, -3);
    p = value + strlen(value) + 1;
  }
}

/* [-0, +1, m] The list of parts; nil for a body that is not well formed. */
static void push_parts(lua_State *L, struct httpd_slice body, struct httpd_slice boundary) {
  struct httpd_slice rest;
  struct httpd_part part;
  int i, more = -1;
  lua_newtable(L);
  if (httpd_part_first(body, boundary, &rest))
    for (i = 1; i <= HTTPD_MAX_FIELDS && (more = httpd_part_next(boundary, &rest, &part)) == 1; i++) {
      lua_createtable(L, 0, 4);
      set_slice(L, "name", part.name);
      set_slice(L, "filename", part.filename);
      set_slice(L, "type", part.type);
      set_slice(L, "data", part.data);
      lua_rawseti(L, -2, i);
    }
  if (more == 0) return;
  lua_pop(L, 1);
  lua_pushnil(L);
}

static void set_unescaped(lua_State *L, const char *name, struct httpd_slice s) {
  luaL_Buffer b;
  char *room = luaL_buffinitsize(L, &b, s.len);
  luaL_pushresultsize(&b, httpd_unescape(s, room));
  lua_setfield(L, -2, name);
}

/* [-0, +1, m] The list of name and value pairs, unescaped; nil when there are too many. */
static void push_form(lua_State *L, struct httpd_slice rest) {
  struct httpd_slice name, value;
  int i;
  lua_newtable(L);
  for (i = 1; httpd_pair_next(&rest, &name, &value); i++) {
    if (i > HTTPD_MAX_FIELDS) {
      lua_pop(L, 1);
      lua_pushnil(L);
      return;
    }
    lua_createtable(L, 0, 2);
    set_unescaped(L, "name", name);
    set_unescaped(L, "value", value);
    lua_rawseti(L, -2, i);
  }
}

/* [-0, +0, m] Fields `body`, `form` and `parts` of the table at the top. */
static void set_body(lua_State *L, const struct httpd_request *r, const char *type) {
  struct httpd_slice boundary, body = {r->body.ptr ? r->body.ptr : "", r->body.len};
  int has_parts = 0;
  if (type && httpd_boundary(type, &boundary)) {
    push_parts(L, body, boundary);
    has_parts = lua_istable(L, -1);
    lua_setfield(L, -2, "parts");
  } else if (type && httpd_same(type, "application/x-www-form-urlencoded", 33)) {
    push_form(L, body);
    lua_setfield(L, -2, "form");
  }
  if (has_parts || body.len == 0) return;
  lua_pushlstring(L, body.ptr, body.len);
  lua_setfield(L, -2, "body");
}

static void set_text(lua_State *L, const char *name, const char *text) {
  if (text) set_string(L, name, text, strlen(text));
}

/* [-0, +1, m] A request as one table. The body is raw except for well-formed
** multipart. */
void httpd_push_fields(lua_State *L, const struct httpd_request *r) {
  size_t path = strcspn(r->uri, "?");
  lua_createtable(L, 0, 8);
  set_text(L, "method", r->method);
  set_string(L, "path", r->uri, path);
  set_text(L, "query", r->uri + path + (r->uri[path] == '?'));
  set_text(L, "user", r->user);
  set_text(L, "password", r->password);
  push_headers(L, r);
  lua_setfield(L, -2, "headers");
  set_body(L, r, header(r, "content-type"));
}
