/* SPDX-License-Identifier: MIT
** Segment counting for Lua: text_count, text_analyse, text_split, text_forcing, text_clusters, text_languages of
** sms.core.
** Offsets are positions in the string, from 1. lua/sms/text.lua exports these functions. */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "binding.h"
#include "../text/text.h"

/* Upvalues of the functions here, so that no names are looked up at run time. */
enum { UP_GSM7 = 1, UP_UCS2, UP_CLASS, UP_ENCODING, UP_UNITS, UP_SEGMENTS, UP_TEXT, UPVALUES = UP_TEXT };

/* A text with its options. */
struct request {
  struct sms_str text;
  struct sms_rules rules;
  int language; /* 0: the tables of rules; else the best tables of this language, or of all if it is ANY */
  const struct sms_alphabet *alphabet;
  struct sms_alphabet own; /* filled only where alphabet points to it */
};

#define ANY (-1)

/* ---- options ---- */

static int wrong_language(lua_State *L, const char *option, struct sms_str name) {
  const char *near = sms_word_nearest(name.ptr, name.len, sms_language_names);
  if (near) return luaL_error(L, "option '%s': unknown language '%s'; did you mean '%s'?", option, name.ptr, near);
  return luaL_error(L, "option '%s': unknown language '%s'; sms.text.languages lists them", option, name.ptr);
}

/* The language of an option, 0 when it is absent. [-0, +0, v] */
static int language_field(lua_State *L, int arg, const char *option) {
  struct sms_str name;
  int place;
  if (!sms_textfield(L, arg, option, &name)) return 0;
  place = sms_language_place(name.ptr, name.len);
  return place > 0 ? place : wrong_language(L, option, name);
}

static int any_field(lua_State *L, int arg) {
  struct sms_str name;
  return sms_textfield(L, arg, "language", &name) && name.len == 3 && memcmp(name.ptr, "any", 3) == 0;
}

static void read_tables(lua_State *L, int arg, struct request *q) {
  q->language = any_field(L, arg) ? ANY : language_field(L, arg, "language");
  q->rules.locking = language_field(L, arg, "locking");
  q->rules.single = language_field(L, arg, "single");
  if (q->rules.locking && !sms_language_locks(q->rules.locking))
    luaL_error(L, "option 'locking': %s has no locking shift table", sms_language_names[q->rules.locking]);
  if (q->language && (q->rules.locking || q->rules.single))
    luaL_error(L, "option 'language' chooses the tables; omit 'locking' and 'single'");
}

/* [-0, +0, v] */
static void read_options(lua_State *L, int arg, struct request *q) {
  static const char *const known[] = {"graphemes", "language", "locking", "reference", "single", NULL};
  size_t reference;
  sms_checkoptions(L, arg, known);
  reference = sms_sizefield(L, arg, "reference", 8);
  if (reference != 8 && reference != 16) luaL_error(L, "option 'reference' must be 8 or 16");
  q->rules.long_reference = reference == 16;
  q->rules.graphemes = sms_flagfield(L, arg, "graphemes");
  read_tables(L, arg, q);
}

/* The text at index 1 and the options at index 2. [-0, +0, v] */
static void read_request(lua_State *L, struct request *q) {
  q->text = sms_checktext(L, 1);
  memset(&q->rules, 0, sizeof q->rules);
  q->language = 0;
  q->alphabet = &sms_gsm7;
  if (lua_isnoneornil(L, 2)) return;
  read_options(L, 2, q);
  if (!q->rules.locking && !q->rules.single) return;
  sms_alphabet_make(&q->own, q->rules.locking, q->rules.single);
  q->alphabet = &q->own;
}

/* ---- results ---- */

/* [-0, +3, m] nil, message, offset */
static int not_utf8(lua_State *L, size_t at) {
  lua_pushnil(L);
  lua_pushfstring(L, "invalid UTF-8 at byte %I", (LUAI_UACINT)at + 1);
  lua_pushinteger(L, (lua_Integer)at + 1);
  return 3;
}

/* Counts, and chooses the tables of a language. SMS_EINVALID: not UTF-8. */
static sms_rc count_text(struct request *q, struct sms_cost *cost) {
  sms_rc rc = sms_text_count(q->text.ptr, q->text.len, &q->rules, q->alphabet, cost);
  if (rc != SMS_OK || !q->language) return rc;
  q->alphabet = &q->own;
  sms_text_choose(q->text.ptr, q->text.len, q->language == ANY ? 0 : q->language, &q->rules, &q->own, cost);
  return SMS_OK;
}

/* [-0, +1, -] */
static void push_encoding(lua_State *L, enum sms_encoding encoding) {
  lua_pushvalue(L, lua_upvalueindex(encoding == SMS_GSM7 ? UP_GSM7 : UP_UCS2));
}

static void set_integer(lua_State *L, const char *key, size_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, key);
}

static void set_string(lua_State *L, const char *key, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, key);
}

/* [-0, +1, -] a key of every analysis */
static void push_key(lua_State *L, int upvalue) { lua_pushvalue(L, lua_upvalueindex(upvalue)); }

/* [-0, +0, m] into the table on the top */
static void set_number(lua_State *L, int key, size_t value) {
  push_key(L, key);
  lua_pushinteger(L, (lua_Integer)value);
  lua_rawset(L, -3);
}

/* [-0, +0, m] into the table on the top */
static void set_cost(lua_State *L, const struct sms_cost *cost) {
  push_key(L, UP_ENCODING);
  push_encoding(L, cost->encoding);
  lua_rawset(L, -3);
  set_number(L, UP_UNITS, cost->units);
  set_number(L, UP_SEGMENTS, cost->segments);
}

/* text_count(text, options?) -> encoding, units, segments | nil, message, offset. [-0, +3, v] */
static int text_count(lua_State *L) {
  struct request q;
  struct sms_cost cost;
  read_request(L, &q);
  if (count_text(&q, &cost) != SMS_OK) return not_utf8(L, cost.bad);
  push_encoding(L, cost.encoding);
  lua_pushinteger(L, (lua_Integer)cost.units);
  lua_pushinteger(L, (lua_Integer)cost.segments);
  return 3;
}

/* ---- parts ---- */

/* Adds a place to the field `torn` of the table on the top. [-0, +0, m] */
static void add_torn(lua_State *L, size_t at) {
  if (lua_getfield(L, -1, "torn") == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "torn");
  }
  lua_pushinteger(L, (lua_Integer)at + 1);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  lua_pop(L, 1);
}

/* [-0, +1, m] */
static void push_parts(lua_State *L, const struct request *q, const struct sms_cost *cost) {
  struct sms_parts p;
  size_t from = 0;
  lua_Integer n = 0;
  sms_parts_init(&p, q->text.ptr, q->text.len, &q->rules, q->alphabet, cost);
  lua_createtable(L, cost->segments < SMS_SEGMENTS_MAX ? (int)cost->segments : SMS_SEGMENTS_MAX, 0);
  while (sms_parts_next(&p)) {
    lua_pushlstring(L, q->text.ptr + from, p.to - from);
    lua_rawseti(L, -2, ++n);
    from = p.to;
    if (p.torn) add_torn(L, from);
  }
}

/* text_split(text, options?) -> parts | nil, message, offset; the field `torn` of the list has the places of the bytes
** after cuts inside a cluster, if there are any. [-0, +(1|3), v] */
static int text_split(lua_State *L) {
  struct request q;
  struct sms_cost cost;
  read_request(L, &q);
  if (count_text(&q, &cost) != SMS_OK) return not_utf8(L, cost.bad);
  push_parts(L, &q, &cost);
  return 1;
}

/* ---- analyse ---- */

/* The count without the caller's options, for comparison. [-0, +0, m] */
static void set_plain(lua_State *L, const struct request *q) {
  struct sms_rules standard = {0, 0, 0, 0};
  struct sms_cost cost;
  standard.long_reference = q->rules.long_reference;
  sms_text_count(q->text.ptr, q->text.len, &standard, &sms_gsm7, &cost);
  lua_createtable(L, 0, 3);
  set_cost(L, &cost);
  lua_setfield(L, -2, "plain");
}

static void set_true(lua_State *L, const char *key) {
  lua_pushboolean(L, 1);
  lua_setfield(L, -2, key);
}

/* The caller's options, in a form that can be passed again. [-0, +0, m] */
static void set_options(lua_State *L, const struct request *q) {
  if (q->rules.long_reference) set_integer(L, "reference", 16);
  if (q->rules.graphemes) set_true(L, "graphemes");
  if (q->rules.locking) set_string(L, "locking", sms_language_names[q->rules.locking]);
  if (q->rules.single) set_string(L, "single", sms_language_names[q->rules.single]);
  if (q->rules.graphemes || q->alphabet != &sms_gsm7) set_plain(L, q);
}

/* text_analyse(text, options?) -> analysis of the class core.text_class | nil, message, offset. [-0, +(1|3), v] */
static int text_analyse(lua_State *L) {
  struct request q;
  struct sms_cost cost;
  read_request(L, &q);
  if (count_text(&q, &cost) != SMS_OK) return not_utf8(L, cost.bad);
  lua_createtable(L, 0, 4); /* the fields of an analysis without options */
  set_cost(L, &cost);
  push_key(L, UP_TEXT);
  lua_pushvalue(L, 1);
  lua_rawset(L, -3);
  set_options(L, &q);
  if (cost.segments > SMS_SEGMENTS_MAX) set_true(L, "too_long");
  lua_pushvalue(L, lua_upvalueindex(UP_CLASS));
  lua_setmetatable(L, -2);
  return 1;
}

/* text_remaining(text, options?) -> units that are free in the last segment | nil, message, offset. [-0, +(1|3), v] */
static int text_remaining(lua_State *L) {
  struct request q;
  struct sms_cost cost;
  read_request(L, &q);
  if (count_text(&q, &cost) != SMS_OK) return not_utf8(L, cost.bad);
  lua_pushinteger(L, (lua_Integer)cost.remaining);
  return 1;
}

/* ---- what forces UCS-2 ---- */

/* [-0, +1, m] */
static void push_forcing(lua_State *L, const struct sms_forcing *f) {
  lua_createtable(L, 0, 7); /* one more for the name, which Lua adds */
  set_integer(L, "offset", f->at + 1);
  set_integer(L, "code_point", f->code);
  if (!f->swap) return;
  set_string(L, "swap", f->swap);
  set_string(L, "kind", sms_swap_kinds[f->kind]);
  set_integer(L, "from", f->from + 1);
  set_integer(L, "to", f->to);
}

/* text_forcing(text, options?) -> list of the characters that the alphabet lacks | nil, message, offset. [-0, +(1|3), v] */
static int text_forcing(lua_State *L) {
  struct request q;
  struct sms_cost cost;
  struct sms_forcing f;
  size_t at = 0;
  lua_Integer n = 0;
  read_request(L, &q);
  if (count_text(&q, &cost) != SMS_OK) return not_utf8(L, cost.bad);
  lua_newtable(L);
  while (cost.encoding == SMS_UCS2 && sms_forcing_next(q.text.ptr, q.text.len, q.alphabet, &at, &f)) {
    push_forcing(L, &f);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

/* text_clusters(text) -> list of grapheme clusters | nil, message, offset. [-0, +(1|3), v] */
static int text_clusters(lua_State *L) {
  struct sms_str text = sms_checktext(L, 1);
  size_t at = sms_utf8_bad(text.ptr, text.len);
  lua_Integer n = 0;
  if (at < text.len) return not_utf8(L, at);
  lua_newtable(L);
  for (at = 0; at < text.len;) {
    size_t bytes = sms_cluster(text.ptr + at, text.len - at);
    lua_pushlstring(L, text.ptr + at, bytes);
    lua_rawseti(L, -2, ++n);
    at += bytes;
  }
  return 1;
}

/* text_languages() -> list of { name, locking }, by National Language Identifier. [-0, +1, m] */
static int text_languages(lua_State *L) {
  int i;
  lua_createtable(L, SMS_LANGUAGES, 0);
  for (i = 1; i <= SMS_LANGUAGES; i++) {
    lua_createtable(L, 0, 2);
    set_string(L, "name", sms_language_names[i]);
    lua_pushboolean(L, sms_language_locks(i));
    lua_setfield(L, -2, "locking");
    lua_rawseti(L, -2, i);
  }
  return 1;
}

static const luaL_Reg functions[] = {
    {"text_count", text_count},         {"text_analyse", text_analyse},
    {"text_remaining", text_remaining}, {"text_split", text_split},
    {"text_forcing", text_forcing},     {"text_clusters", text_clusters},
    {"text_languages", text_languages}, {NULL, NULL},
};

void sms_open_text(lua_State *L) {
  static const char *const keys[] = {"encoding", "units", "segments", "text", NULL};
  int i;
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "text_class");
  lua_pushstring(L, sms_encoding_names[SMS_GSM7]);
  lua_insert(L, -2);
  lua_pushstring(L, sms_encoding_names[SMS_UCS2]);
  lua_insert(L, -2);
  for (i = 0; keys[i]; i++) lua_pushstring(L, keys[i]);
  luaL_setfuncs(L, functions, UPVALUES);
  sms_open_send(L);
}
