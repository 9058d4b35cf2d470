-- SPDX-License-Identifier: MIT
-- Makes untrusted text safe for a terminal: escapes characters that would move its cursor, change its colours, send input to the shell
-- or change the writing direction.

local terminal = {}

-- Code points that a terminal interprets instead of showing: controls (C0, DEL, C1) and line separators; direction marks (Unicode UAX
-- #9), which disguise text; and invisible tag characters.
local function is_control(code)
  return code < 0x20 or (code >= 0x7F and code < 0xA0) or code == 0x2028 or code == 0x2029
    or code == 0x061C or code == 0x200E or code == 0x200F or (code >= 0x202A and code <= 0x202E)
    or (code >= 0x2066 and code <= 0x2069) or code == 0xFEFF or (code >= 0xFFF9 and code <= 0xFFFB)
    or (code >= 0xE0000 and code <= 0xE007F)
end

-- Calls `escape` for each sequence to escape: with its code point, or with nil and the byte that is not UTF-8.
local function rewrite(text, escape)
  if not text:find "[\0-\31\127-\255]" then return text end
  local out, at = {}, 1
  while at <= #text do
    local stop = utf8.len(text, at)
    local good_end = #text
    if not stop then
      local _, bad = utf8.len(text, at)
      good_end = bad - 1
    end
    if good_end >= at then
      out[#out + 1] = text:sub(at, good_end):gsub("[\0-\31\127-\255][\128-\191]*", function(sequence)
        local code = utf8.codepoint(sequence)
        return is_control(code) and escape(code) or sequence
      end)
    end
    if good_end < #text then out[#out + 1] = escape(nil, text:byte(good_end + 1)) end
    at = good_end + 2
  end
  return table.concat(out)
end

local function lua_escape(code, byte)
  if code == 0x0A or code == 0x09 then return utf8.char(code) end
  if not code then return ("\\x%02X"):format(byte) end
  return code < 0x80 and ("\\x%02X"):format(code) or ("\\u{%X}"):format(code)
end

local function json_escape(code, byte)
  if code == 0x0A then return "\n" end
  if not code then return "\\ufffd", byte end
  if code < 0x10000 then return ("\\u%04x"):format(code) end
  code = code - 0x10000
  return ("\\u%04x\\u%04x"):format(0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))
end

--- Text made safe to print: controls and direction marks in Lua's notation (`\x1B`, `\u{202E}`), bytes that are not UTF-8 as
--- `\x9B`. Line ends and tabs are kept.
---@param text string
---@return string
function terminal.text(text)
  return rewrite(text, lua_escape)
end

--- The same for one line of a log: line ends and tabs are escaped, too, so that no other line can be forged.
---@param text string
---@return string
function terminal.line(text)
  return (terminal.text(text):gsub("[\n\t]", { ["\n"] = "\\n", ["\t"] = "\\t" }))
end

--- JSON made safe to print: the same characters as `\u001b`, which any JSON parser decodes; bytes that are not UTF-8, which JSON
--- can't hold (RFC 8259 section 8.1), as U+FFFD.
---@param text string  JSON
---@return string
function terminal.json(text)
  return rewrite(text, json_escape)
end

return terminal
