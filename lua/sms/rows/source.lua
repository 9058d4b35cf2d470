-- SPDX-License-Identifier: MIT
-- Reads a file of recipients as UTF-8, piece by piece: byte order marks, UTF-16 and windows-1252 are recognised and converted.

local charset = require "sms.text.charset"
local failure = require "sms.error"

local source = {}

--- Bytes read at a time.
local PIECE = 64 * 1024

local MARKS = { { "\xEF\xBB\xBF", "utf-8" }, { "\xFF\xFE", "utf-16le" }, { "\xFE\xFF", "utf-16be" } }

--- Values of the option `encoding`.
source.ENCODINGS = { "utf-8", "utf-16le", "utf-16be", "windows-1252" }

-- Number of bytes at the end of a text that may begin a UTF-8 character.
local function unfinished(text)
  for back = 1, math.min(3, #text) do
    local byte = text:byte(-back)
    if byte >= 0xC0 then
      local size = byte >= 0xF0 and 4 or byte >= 0xE0 and 3 or 2
      return size > back and back or 0
    elseif byte < 0x80 then
      return 0
    end
  end
  return 0
end

-- Adjusts pieces so that none ends within a character: `rest(text)` returns how many bytes to keep for the next one.
local function whole_pieces(read, rest)
  local kept = ""
  return function()
    local piece = read()
    if not piece then
      local last = kept
      kept = ""
      return last ~= "" and last or nil
    end
    piece = kept .. piece
    local keep = rest(piece)
    kept = keep > 0 and piece:sub(-keep) or ""
    return keep > 0 and piece:sub(1, -keep - 1) or piece
  end
end

-- UTF-16 → UTF-8 (RFC 2781); unpaired surrogates become U+FFFD.
local function decode_utf16(text, format)
  local out, at = {}, 1
  while at + 1 <= #text do
    local unit = string.unpack(format, text, at)
    at = at + 2
    if unit >= 0xD800 and unit < 0xDC00 and at + 1 <= #text then
      local low = string.unpack(format, text, at)
      if low >= 0xDC00 and low < 0xE000 then
        unit, at = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), at + 2
      end
    end
    if unit >= 0xD800 and unit < 0xE000 then unit = 0xFFFD end
    out[#out + 1] = utf8.char(unit)
  end
  if at <= #text then out[#out + 1] = utf8.char(0xFFFD) end
  return table.concat(out)
end

local function utf16_reader(read, format)
  local pieces = whole_pieces(read, function(text)
    local odd = #text % 2
    if #text - odd < 2 then return odd end
    local unit = string.unpack(format, text, #text - odd - 1)
    return odd + (unit >= 0xD800 and unit < 0xDC00 and 2 or 0)
  end)
  return function()
    local piece = pieces()
    return piece and decode_utf16(piece, format)
  end
end

local readers = {
  ["utf-8"] = function(read) return whole_pieces(read, unfinished) end,
  ["utf-16le"] = function(read) return utf16_reader(read, "<I2") end,
  ["utf-16be"] = function(read) return utf16_reader(read, ">I2") end,
  ["windows-1252"] = function(read)
    local convert = assert(charset.converter "text/csv; charset=windows-1252")
    return function()
      local piece = read()
      return piece and convert(piece)
    end
  end,
}

-- The next bytes of a file, or nil at its end. Raises an error value if reading fails.
local function bytes_of(handle)
  local piece, message = handle:read(PIECE)
  if message then error(failure.new { kind = "invalid", outcome = "not_sent", field = "file", message = message }, 0) end
  return piece
end

-- Counts bytes that continue a character, and bytes that are not part of one.
local function tally(text)
  local good, bad, at = 0, 0, 1
  while true do
    local characters, fault = utf8.len(text, at)
    if characters then return good + #text - at + 1 - characters, bad end
    good, bad, at = good + fault - at - utf8.len(text, at, fault - 1), bad + 1, fault + 1
  end
end

-- Bytes of windows-1252 rarely form UTF-8 characters by chance. A text that is mostly valid UTF-8 is therefore UTF-8 with some
-- damage: its invalid lines are rejected, and the others are read correctly.
local function is_utf8(good, bad)
  return bad == 0 or good >= bad
end

local function is_file_utf8(handle, first)
  local from, kept, piece, good, bad = handle:seek("cur"), "", first, 0, 0
  while piece do
    piece = kept .. piece
    local keep = unfinished(piece)
    kept = keep > 0 and piece:sub(-keep) or ""
    local more_good, more_bad = tally(keep > 0 and piece:sub(1, -keep - 1) or piece)
    good, bad = good + more_good, bad + more_bad
    piece = bytes_of(handle)
  end
  handle:seek("set", from)
  return is_utf8(good, bad + #kept)
end

-- UTF-16 without a byte order mark has a NUL in every other byte of ASCII text.
local function looks_like_utf16(first)
  local head = first:sub(1, 512)
  if #head < 4 or not head:find("\0", 1, true) then return nil end
  local even, odd = 0, 0
  for at = 1, #head - 1, 2 do
    if head:byte(at) == 0 then even = even + 1 end
    if head:byte(at + 1) == 0 then odd = odd + 1 end
  end
  local pairs_held = #head // 2
  if odd > 0.6 * pairs_held and even < odd / 8 then return "utf-16le" end
  if even > 0.6 * pairs_held and odd < even / 8 then return "utf-16be" end
end

-- The encoding and the length of its byte order mark. A seekable file is scanned first; for a stream the first piece
-- decides.
local function encoding_of(handle, first)
  for _, mark in ipairs(MARKS) do
    if first:sub(1, #mark[1]) == mark[1] then return mark[2], #mark[1] end
  end
  local wide = looks_like_utf16(first)
  if wide then return wide, 0 end
  local ok, at = pcall(handle.seek, handle, "cur")
  if ok and at then return is_file_utf8(handle, first) and "utf-8" or "windows-1252", 0 end
  return is_utf8(tally(first:sub(1, #first - unfinished(first)))) and "utf-8" or "windows-1252", 0
end

--- Reads an open file as pieces of UTF-8. Raises an error value if it can't be read, as does `read`.
---@param handle file*
---@param encoding string?  one of `source.ENCODINGS`; else it is recognised
---@return fun(): string? read
---@return string encoding
function source.open(handle, encoding)
  local first = bytes_of(handle) or ""
  local found, skip = encoding_of(handle, first)
  if encoding and encoding ~= found then found, skip = encoding, 0 end
  local pending = first:sub(skip + 1)
  local function read()
    local piece = pending or bytes_of(handle)
    pending = nil
    if piece == "" then piece = bytes_of(handle) end
    return piece
  end
  return readers[found](read), found
end

return source
