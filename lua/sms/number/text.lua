-- SPDX-License-Identifier: MIT
-- The text of a phone number → candidate runs of digits, or the reason why it is not a number: separators, `tel:` (RFC 3966) and `sms:`
-- (RFC 5724), extensions, spreadsheet notation.

local characters = require "sms.number.characters"
local core = require "sms.core"

local text_of = {}

local EXTENSION = "has an extension, which can't receive messages"
local SEVERAL = "has more than one number"

--- Maximum bytes of a checked text: more than a number in the longest characters, with a separator after each.
text_of.MAX_BYTES = 1000

local SCHEMES = { tel = true, callto = true, sms = true, smsto = true, mms = true, mmsto = true }

local function unescaped(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- The number of a URI, prefixed with the digits of its phone-context; nil and the reason. A text without a scheme is left unchanged.
local function without_scheme(text)
  local scheme, rest = text:match("^%s*([A-Za-z]+):(.*)$")
  if not scheme or not SCHEMES[core.lower(scheme)] then return text end
  rest = characters.to_ascii(unescaped(rest:gsub("^//", ""):gsub("%?.*", "")))
  if not rest then return nil, "is not UTF-8" end
  local digits, parameters = rest:match("^([^;]*)(.*)$")
  local context
  for parameter in parameters:gmatch("[^;]+") do
    local name, value = parameter:match("^%s*([A-Za-z0-9%-]+)=?(.*)$")
    name = name and core.lower(name)
    if name == "ext" then return nil, EXTENSION end
    if name == "phone-context" and value:find("^%s*%+") then context = value end
  end
  if context and not digits:find("^%s*%+") then digits = context .. digits end
  return digits
end

-- Refuses a pause or parameter that is followed by another number, or by digits to dial later.
local function check_tail(text)
  local tail = text:match("[;,](.*)$")
  if not tail then return true end
  local first, second = text:match("^([^;,]*)[;,](.*)$")
  local many = select(2, second:gsub("%d", "")) >= 7 and select(2, first:gsub("%d", "")) >= 7
  return nil, many and not second:find("=", 1, true) and SEVERAL or EXTENSION
end

-- Digits, with a leading plus if there is one; nil and the reason.
local function bare(text)
  local digits = text:gsub("[%s%-%.()/_%[%]~']", "")
  if digits == "" then return nil, "is empty" end
  if digits:find("[A-Za-z]") then return nil, "has letters" end
  local wrong = digits:gsub("^%+?%d*", "")
  if wrong ~= "" then return nil, ("contains '%s', which is not a digit"):format(wrong:match(utf8.charpattern)) end
  if digits == "+" then return nil, "has no digits" end
  return digits
end

--- The candidate runs of digits in a text. Most texts have one; a 0 in brackets and the `.0` of a float are optional.
---@param text string
---@return string[]? runs  digits, with a leading plus if the text has one
---@return string? reason
function text_of.runs(text)
  if text:find("^%+?%d[%d %-]*$") then return { (text:gsub("[ %-]", "")) } end -- the usual case
  if #text > text_of.MAX_BYTES then return nil, ("has %d bytes, too many for a phone number"):format(#text) end
  local ascii = characters.to_ascii(text)
  if not ascii then return nil, "is not UTF-8" end
  local problem, ok
  ascii, problem = without_scheme(ascii)
  if not ascii then return nil, problem end
  ascii = ascii:gsub("[%s,;]+$", "")
  if ascii:find("^%s*%+?%d+[.,]?%d*[eE]%+?%d+$") then
    return nil, "is a number in scientific notation, which has lost its last digits; keep phone numbers as text"
  end
  if ascii:find("[eE][xX][tT]%.?%s*%d") or ascii:find("#", 1, true) or ascii:find("%d%s*[xX]%s*%d+%s*$") then return nil, EXTENSION end
  ok, problem = check_tail(ascii)
  if not ok then return nil, problem end
  local digits
  digits, problem = bare(ascii)
  if not digits then return nil, problem end
  local runs = { digits }
  local shorter, count = ascii:gsub("%(%s*0+%s*%)", "")
  if count > 0 then runs[#runs + 1] = bare(shorter) end
  if ascii:find("^%s*%+?%d+%.0+$") then runs[#runs + 1] = bare(ascii:match("^([^.]*)")) end
  return runs
end

return text_of
