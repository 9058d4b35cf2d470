-- SPDX-License-Identifier: MIT
-- `sms number`: phone numbers in international format with region and kind, or the reason why a text is not a number.

local json = require "sms.json"
local number = require "sms.number"

local command = {}

-- A JSON object with its keys in a fixed order; absent ones are left out.
local KEYS = { "number", "e164", "region", "kind", "valid", "reason" }

local function object_of(fields)
  local out = {}
  for _, key in ipairs(KEYS) do
    if fields[key] ~= nil then out[#out + 1] = ("%s:%s"):format(json.encode(key), json.encode(fields[key])) end
  end
  return "{" .. table.concat(out, ",") .. "}"
end

-- Escapes invisible and control characters as in Lua source.
local function shown(text)
  if not utf8.len(text) then return (text:gsub("[^\x20-\x7E]", function(byte) return ("\\x%02X"):format(byte:byte()) end)) end
  return (text:gsub(utf8.charpattern, function(character)
    local code = utf8.codepoint(character)
    local unseen = code < 0x20 or code >= 0x7F and code < 0xA0 or code == 0x61C or code >= 0x200B and code <= 0x200F
      or code >= 0x2028 and code <= 0x202E or code >= 0x2060 and code <= 0x206F or code == 0xFEFF
    return unseen and ("\\u{%X}"):format(code) or nil
  end))
end

-- JSON must be UTF-8; other bytes are escaped as in an error message.
local function check(text, options)
  local found, reason = number.read(text, options.region)
  if options.json then
    local fields = found or { reason = reason }
    fields.number = utf8.len(text) and text or shown(text)
    return found ~= nil, io.stdout:write(object_of(fields), "\n")
  end
  if found then
    return true, io.stdout:write(("%s\t%s\t%s\n"):format(found.e164, found.region, found.kind or found.valid))
  end
  io.stderr:write(("sms: %s %s\n"):format(text == "" and "a number" or shown(text), reason))
  return false, true
end

local function numbers_of(options)
  if #options.number > 0 then
    local at = 0
    return function()
      at = at + 1
      return options.number[at]
    end
  end
  return function()
    local line = io.stdin:read "l"
    return line and line:gsub("\r$", "") or nil
  end
end

--- Runs the command.
---@param options table
---@return integer status  0 when all are numbers, else 1
function command.run(options)
  local status, written, problem = 0, true, nil
  for text in numbers_of(options) do
    local ok
    ok, written, problem = check(text, options)
    if not ok then status = 1 end
    if not written then break end
  end
  if written then written, problem = io.stdout:flush() end
  if written then return status end
  io.stderr:write("sms: standard output: ", tostring(problem), "\n")
  return 1
end

return command
