-- SPDX-License-Identifier: MIT
-- Picks the leaves out of the few flat XML shapes that ZoomConnect is known to answer. Not an XML parser: bounded, no nesting
-- but that of a bulk response, no namespaces.

local core = require "sms.core"

local xml = {}

--- Most bytes that are checked; anything longer is none of the flat shapes.
xml.MAX = 256 * 1024

local LEAVES = { "messageId", "error", "creditBalance", "message", "code", "developerMessage", "status" }
local NAMED = { lt = "<", gt = ">", amp = "&", quot = '"', apos = "'" }

local function from_entity(name)
  local digits, base = name:match("^#(%d+)$"), 10
  if not digits then digits, base = name:match("^#x(%x+)$"), 16 end
  local point = digits and #digits <= 8 and tonumber(digits, base)
  if point and point <= 0x10FFFF then return utf8.char(point) end
  return NAMED[name]
end

local function unescape(text)
  return (text:gsub("&(#?[A-Za-z0-9]+);", from_entity))
end

--- Whether a text is markup.
---@param text string
---@return boolean
function xml.is(text)
  return text:find("^\239?\187?\191?%s*<[A-Za-z?!]") ~= nil
end

--- Whether the outermost element is the provider's `error`.
---@param text string
---@return boolean
function xml.is_error(text)
  local root = text:sub(1, 1024):gsub("<[?!][^>]*>", ""):match("<([A-Za-z][A-Za-z0-9_:]*)")
  return root == "error"
end

-- The text of the first `<name>…</name>` that holds no other element.
local function leaf(text, name)
  local rest = ">([^<]*)</" .. name .. "%s*>"
  local found = text:match("<" .. name .. rest) or text:match("<" .. name .. "%s[^<>]*" .. rest)
  if found and found:find("%S") then return unescape(found) end
end

-- The pieces between `<sendSmsResponse>` and its end, in order.
local function pieces_of(text)
  local out, at = {}, 1
  text = text:gsub("<sendSmsResponse%s*/>", "<sendSmsResponse></sendSmsResponse>")
  while true do
    local _, from = text:find("<sendSmsResponse>", at, true)
    local to, after = text:find("</sendSmsResponse>", from or 1, true)
    if not from or not to then return out end
    out[#out + 1] = text:sub(from + 1, to - 1)
    at = after + 1
  end
end

--- Reads the flat shapes: `messageId`, `error`, `creditBalance` (a number), `message`, `code`, `developerMessage`, `status`, and
--- `responses`, the rows `{ messageId, error }` of a bulk response.
---@param text string
---@return table? fields  nil for a text that is too long
function xml.read(text)
  if #text > xml.MAX then return nil end
  local out = { responses = {} }
  for _, name in ipairs(LEAVES) do out[name] = leaf(text, name) end
  out.creditBalance = core.number(out.creditBalance)
  for i, piece in ipairs(pieces_of(text)) do
    out.responses[i] = { messageId = leaf(piece, "messageId"), error = leaf(piece, "error") }
  end
  return out
end

return xml
