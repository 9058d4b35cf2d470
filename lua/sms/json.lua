-- SPDX-License-Identifier: MIT
-- JSON on lua-cjson, with exact integers in both directions, whatever its build.
-- The C core passes numbers that lua-cjson would corrupt through it as marked strings.

local core = require "sms.core"

local MAX_DEPTH = 128 -- maximum nesting, for reading and writing; the core has the same limit

-- The core reads a metatable's `__json` to decide how to write a table.
local Array = { __name = "sms.json.array", __json = "array" }
local Frozen = {
  __name = "sms.json.array",
  __json = "array",
  __newindex = function() error("json.empty_array cannot be changed", 2) end,
}
local Integer = {
  __name = "sms.json.integer",
  __json = "integer",
  __tostring = function(self) return self[1] end,
}

-- lua-cjson counts bytes of the guarded text; each guarded number before that place has added three.
local function place(message, guarded, marker)
  return (message:gsub("at character (%d+)", function(character)
    local byte = tonumber(character)
    local _, added = 0, 0
    if marker then _, added = guarded:sub(1, byte):gsub(marker, "") end
    return ("at byte %d"):format(byte - 3 * added)
  end))
end

local function configure(codec)
  codec.decode_invalid_numbers(false)
  codec.decode_max_depth(MAX_DEPTH)
  codec.encode_invalid_numbers(false)
  codec.encode_max_depth(MAX_DEPTH)
  codec.encode_number_precision(14)
  -- A kept buffer would retain the last text, including message texts and phone numbers.
  codec.encode_keep_buffer(false)
  return codec
end

--- A JSON module based on a codec with the interface of lua-cjson, with separate settings.
---@param cjson table  lua-cjson or what behaves like it
---@return table json  decode, encode, array, integer, null, empty_array, new
local function new(cjson)
  local codec = configure(cjson.new())
  local json = {
    new = new,
    --- Written as null. Never decoded: a null is absent.
    null = cjson.null,
    --- Written as [].
    empty_array = setmetatable({}, Frozen),
  }

  --- Reads a JSON text (RFC 8259). An integer within 64 bits is a Lua integer, a larger one its digits as a string;
  --- a number with a point or an exponent is a float; null is absent (in an array it leaves a hole, as a whole text it is
  --- nil without a message); of equal keys the last one counts. At most 128 levels deep.
  ---@param text string
  ---@return any value  nil after a failure, and for null
  ---@return string? message  what is wrong, with its byte if known
  json.decode, json.decode_for_coerce = core.json_reader(codec.decode, place)
  -- The second is for values that `core.coerce` will process, which makes integers exact: its third result is how many numbers the
  -- text has; nothing if they are exact.

  --- Writes a value as JSON. Integers are exact; floats are as short as they can be and read back the same; a float
  --- without a fraction is written as an integer. Tables with the keys 1 to n are arrays, empty ones objects unless marked.
  --- NaN, infinities, text that is not UTF-8, lists with holes, mixed keys, cycles, functions are refused.
  ---@param value any
  ---@return string|nil text
  ---@return string? message  begins with the path to what cannot be written, e.g. `recipients[2].url`
  ---@return boolean? fault  the value is of a type that can be written, but not this value: not UTF-8, not finite
  json.encode = core.json_writer(codec.encode)

  --- Marks a table as a list, so that it is written as [] even if it is empty.
  ---@generic T: table
  ---@param list T
  ---@return T list  the same table
  function json.array(list)
    if type(list) ~= "table" then error("json.array: a table is expected, got a " .. type(list), 2) end
    if list == json.empty_array then return list end
    return setmetatable(list, Array)
  end

  --- An integer of any size, written digit by digit.
  ---@param digits string|integer  e.g. "6593333311": no leading zeros, a minus sign is allowed
  ---@return table integer  for json.encode; tostring returns the digits
  function json.integer(digits)
    local text = math.type(digits) == "integer" and ("%d"):format(digits) or digits
    if type(text) ~= "string" or not (text:find("^%-?[1-9]%d*$") or text:find("^%-?0$")) then
      error("json.integer: digits without leading zeros are expected, got " .. tostring(digits), 2)
    end
    return setmetatable({ text }, Integer)
  end

  return json
end

local found, cjson = pcall(require, "cjson")
if not found then
  -- If lua-cjson is installed but fails to load, its own error is more helpful.
  if not tostring(cjson):find("module 'cjson' not found", 1, true) then error(cjson, 0) end
  error(("lua-cjson for %s is missing: luarocks install lua-cjson (Debian, Ubuntu: lua-cjson; Fedora: lua-cjson; Alpine: lua%s-cjson)")
    :format(_VERSION, _VERSION:match("%d+%.%d+")), 0)
end
return new(cjson)
