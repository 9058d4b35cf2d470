-- SPDX-License-Identifier: MIT
-- Finds text that must not be altered: URLs, bare domain names, mail addresses. If in doubt, a text counts as one:
-- a missed saving costs less than a broken link.

local core = require "sms.core"

-- Non-ASCII white space of Unicode, as UTF-8. It ends a URL, unlike other characters that RFC 3987 allows.
local SPACES = { "\u{85}", "\u{A0}", "\u{1680}", "\u{2028}", "\u{2029}", "\u{202F}", "\u{205F}", "\u{3000}" }
for code = 0x2000, 0x200A do SPACES[#SPACES + 1] = utf8.char(code) end

local is_space = {}
for _, space in ipairs(SPACES) do is_space[space] = (" "):rep(#space) end

-- Punctuation that may follow or enclose a URL in a sentence.
local TRAILING = { "’", "”", "“", "‘", "„", "»", "«", "›", "‹", "…", "–", "—", "\u{200B}", "\u{200C}", "\u{200D}", "\u{FEFF}", "\u{AD}" }
local is_trailing = {}
for _, mark in ipairs(TRAILING) do is_trailing[mark] = true end
for mark in (".,;:!?'\")]}>*"):gmatch(".") do is_trailing[mark] = true end

-- The end of a token without the punctuation of the sentence.
local function trimmed(token)
  local to = #token
  while to > 0 do
    local from = utf8.offset(token, -1, to + 1)
    if not is_trailing[token:sub(from, to)] then return to end
    to = from - 1
  end
  return to
end

-- The start of the scheme before `://`: a letter, then letters, digits, `+`, `-`, `.` (RFC 3986 §3.1).
local function scheme_start(token, colon)
  local before = token:sub(1, colon - 1):reverse():match("^[A-Za-z0-9+.-]*"):reverse()
  local letter = before:find("[A-Za-z]")
  return letter and colon - #before + letter - 1 or colon
end

-- The start of a host or an address: names of any script between dots or an `@`, since domains may be international. An opening
-- quote before it is not part of it.
local function host_start(token)
  for from, run in token:gmatch("()([A-Za-z0-9\x80-\xFF_.@-]+)") do
    if run:find("[A-Za-z0-9\x80-\xFF_-][.@][A-Za-z\x80-\xFF][A-Za-z0-9\x80-\xFF-]") then
      local at = from
      local size = utf8.offset(token, 2, at) - at
      while is_trailing[token:sub(at, at + size - 1)] do
        at = at + size
        size = utf8.offset(token, 2, at) - at
      end
      return at
    end
  end
  return nil
end

-- The start of a link in a token, or nil. All patterns are linear: texts may be long and hostile.
local function link_start(token)
  local colon = token:find("://", 1, true)
  if colon then return scheme_start(token, colon) end
  local lower = core.lower(token)
  return lower:find("mailto:", 1, true) or lower:find("tel:", 1, true) or lower:find("www.", 1, true) or host_start(token)
end

--- The spans of links.
---@param text string  UTF-8
---@return integer[][]  { first, last } in bytes from 1 on, in order
return function(text)
  local spans = {}
  local spaced = text:gsub("[\xC2\xE1\xE2\xE3][\x80-\xBF]+", is_space)
  for at, token in spaced:gmatch("()([^%s<>]+)") do
    local from = link_start(token)
    local to = from and trimmed(token)
    if from and to >= from then spans[#spans + 1] = { at + from - 1, at + to - 1 } end
  end
  return spans
end
