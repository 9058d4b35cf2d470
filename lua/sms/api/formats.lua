-- SPDX-License-Identifier: MIT
-- Wire formats: each converts a value that has passed the check of its type to what is sent.

local core = require "sms.core"
local dates = require "sms.dates"
local json = require "sms.json"
local check = require "sms.check"
local Type = require "sms.api.types"

local formats = {}

--- A flag in any spelling → a boolean.
---@param value any
---@param where string
---@param problems string[]
---@return boolean?
function formats.flag(value, where, problems)
  local truth = Type.TRUTH[value]
  if truth ~= nil then return truth end
  check.refuse(problems, where, "a boolean", value)
end

-- On the wire, columns are keys "0", "1", …; a list names the columns from 0.
local function mapping_columns(value)
  local columns, from = {}, value[0] == nil and 1 or 0
  for key, marker in pairs(value) do
    local number = math.type(key) == "integer" and key - from or math.tointeger(tonumber(key))
    if not number or number < 0 or type(marker) ~= "string" then return nil end
    columns[tostring(number)] = marker
  end
  return columns
end

function formats.joined(value)
  if type(value) ~= "table" then return core.text(value) end
  local out = {}
  for i, item in ipairs(value) do out[i] = core.text(item) end
  return table.concat(out, ",")
end

function formats.flag01(value) return value and 1 or 0 end

function formats.flagtext(value) return value and "1" or "0" end

function formats.number(value, where, problems)
  local digits = tostring(value):gsub("^%+", "")
  if digits:match("^0%d") or not digits:match("^%d+$") then
    return check.fault(problems, where, "is sent as a JSON number: give digits only, in international format without a leading 0")
  end
  return json.integer(digits)
end

-- International digits (ITU-T E.164: at most 15), without separators, `+` or `00`.
-- An alias' `min` and `max` count those digits.
function formats.msisdn(value, where, problems, alias)
  if #value <= 15 and #value > 1 and not value:find("%D") and value:byte() ~= 48 then return value end -- the usual case
  local digits = value:gsub("[%s%-%(%)%./]", ""):gsub("^%+", ""):gsub("^00", "")
  if not digits:match("^[1-9]%d+$") or #digits > 15 then
    local what = alias.min and alias.what or "a phone number in international format, at most 15 digits"
    return check.fault(problems, where, "must be " .. what)
  end
  return digits
end

function formats.json(value, where, problems)
  local text, message, fault = json.encode(value)
  if text then return text end
  if fault then return check.fault(problems, where, "can't be written as JSON: " .. message) end
  problems[#problems + 1] = ("%s can't be written as JSON: %s"):format(where, message)
end

function formats.mapping(value, where, problems)
  local columns = mapping_columns(value)
  if columns and next(columns) then return formats.json(columns, where, problems) end
  problems[#problems + 1] = where .. " must name columns: { \"phone_number\", … } or { [\"0\"] = \"phone_number\", … }"
end

local FILE_FIELDS = { path = "string", data = "string", chunks = "function", name = "string", type = "string", size = "integer" }
local FILE_NAMES = { "path", "data", "chunks", "name", "type", "size" }

-- Characters that are not allowed in the header of a part.
local CONTROLS = "[\0-\31\127]"

local FORBIDDEN = { path = { "\0", "a NUL byte" }, name = { CONTROLS, "control characters" }, type = { CONTROLS, "control characters" } }

-- Reads the fields of a file and checks their types.
local function file_fields(value, where, problems)
  local file = {}
  for key, item in pairs(value) do
    if not FILE_FIELDS[key] then
      problems[#problems + 1] = ("%s has no field '%s'%s"):format(where, check.shown(key), check.guess(key, FILE_NAMES, ";"))
    else
      file[key] = check.of[FILE_FIELDS[key]](item, check.inside(where, "." .. key), problems)
      local forbidden = file[key] and FORBIDDEN[key]
      if forbidden and item:find(forbidden[1]) then
        check.fault(problems, check.inside(where, "." .. key), "must not contain " .. forbidden[2])
      end
    end
  end
  return file
end

function formats.file(value, where, problems)
  local before = #problems
  local file = file_fields(value, where, problems)
  if #problems > before then return nil end
  local sources = (file.path and 1 or 0) + (file.data and 1 or 0) + (file.chunks and 1 or 0)
  if sources ~= 1 then
    problems[#problems + 1] = where .. " must be a file: { path = … }, { data = …, name = … } or { chunks = function, name = … }"
  elseif file.size and (not file.chunks or file.size < 0) then
    check.fault(problems, where, "has a 'size', which must be the number of bytes of its 'chunks'")
  elseif not file.path and not file.name then
    problems[#problems + 1] = where .. " lacks the field 'name' (the file name that the provider sees)"
  end
  return file
end

-- Returns a reader of tables whose keys match a pattern and whose values are converted by `read`.
local function named(pattern, read)
  return function(value, where, problems)
    local out = {}
    for key, item in pairs(value) do
      local place = check.inside(where, "." .. check.shown(key))
      if type(key) ~= "string" or not key:find(pattern) then
        problems[#problems + 1] = place .. " has a name that can't be sent"
      else
        out[key] = read(item, place, problems)
      end
    end
    return out
  end
end

local function line(value, where, problems)
  if type(value) == "string" and not value:find(CONTROLS) then return value end
  problems[#problems + 1] = where .. " must be text without control characters"
end

-- Names: tokens of RFC 9110 section 5.6.2.
formats.headers = named("^[A-Za-z0-9!#$%%&'*+.^_`|~-]+$", line)

formats.pairs = named("", function(value, where, problems)
  if type(value) == "string" or type(value) == "boolean" then return value end
  return check.of.number(value, where, problems)
end)

formats.wire_names = named("^[^\0-\31\127]+$", function(value, where, problems)
  if type(value) ~= "table" then return line(value, where, problems) end
  local out = {}
  for i = 1, rawlen(value) do out[i] = line(value[i], check.inside(where, ("[%d]"):format(i)), problems) end
  return out
end)

-- Accepts any object that has the methods of a pool.
function formats.pool(value, where, problems)
  local kind = type(value)
  if kind == "table" or kind == "userdata" and type(getmetatable(value)) == "table" and getmetatable(value).__index then
    if value.start and value.step and value.wait then return value end
  end
  problems[#problems + 1] = where .. " must be a pool made by sms.pool"
end

-- The header of W3C Trace Context, section 3.2: version, trace, parent and flags. Versions later than 00 may have more after a hyphen.
function formats.traceparent(value, where, problems)
  local version, trace, parent, flags, rest = value:match("^([%da-f]+)%-([%da-f]+)%-([%da-f]+)%-([%da-f]+)(.*)$")
  local right = version and #version == 2 and #trace == 32 and #parent == 16 and #flags == 2
    and version ~= "ff" and trace:find("[^0]") and parent:find("[^0]") and (rest == "" or version ~= "00" and rest:find("^%-[%g ]*$"))
  if right then return value end
  problems[#problems + 1] = where .. " must be a W3C traceparent: 00, then 32, 16 and 2 lowercase hexadecimal digits, "
    .. "joined by hyphens; trace id and parent id must not be all zeros"
end

-- A number on the wire, unless that would lose a leading zero.
function formats.digits(value)
  local text = tostring(value)
  return text:match("^[1-9]%d*$") and json.integer(text) or text
end

-- Whether a text is an ISO 8601 date, with or without time and zone.
local function is_iso(text)
  local date, rest = text:match("^(%d%d%d%d%-%d%d%-%d%d)(.*)$")
  if not date or not dates.from_plain(date .. " 00:00:00") then return false end
  if rest == "" then return true end
  local hours, seconds, zone = rest:match("^T(%d%d:%d%d)(:?[%d.]*)([Zz+-]?.*)$")
  if not hours or not (seconds == "" or seconds:find("^:%d%d$") or seconds:find("^:%d%d%.%d+$")) then return false end
  local clock = hours .. (seconds == "" and ":00" or seconds:sub(1, 3))
  return dates.from_plain(date .. " " .. clock) ~= nil
    and (zone == "" or zone:upper() == "Z" or zone:find("^[+-][01]%d:?[0-5]%d$") ~= nil or zone:find("^[+-]2[0-3]:?[0-5]%d$") ~= nil)
end

-- Formats a time by `write`; nil if it is outside the years 1000 to 9999.
local function moment(value, write, format)
  if type(value) == "table" then return dates.written(value, format) end
  return dates.written(value, "%Y") and write(value)
end

function formats.iso_date(value, where, problems, alias)
  if type(value) == "string" and is_iso(value) then return value end
  local text = type(value) ~= "string" and moment(value, dates.iso, "%Y-%m-%dT%H:%M:%S.000Z")
  return text or check.fault(problems, where, "must be " .. alias.what)
end

function formats.plain_date(value, where, problems, alias)
  if type(value) == "string" and dates.from_plain(value) then return value end
  local text = type(value) ~= "string" and moment(value, dates.plain, "%Y-%m-%d %H:%M:%S")
  return text or check.fault(problems, where, "must be " .. alias.what)
end

-- A value within a text of pairs. A comma would end it, and can't be escaped.
local function pair_value(key, value, where, problems, alias)
  local place = check.inside(where, "." .. key)
  if type(value) == "number" and check.holds(alias.dates, key) then value = moment(value, dates.american) end
  if type(value) ~= "string" and math.type(value) ~= "integer" then
    return check.refuse(problems, place, "text or a whole number", value)
  elseif core.text(value):find(",", 1, true) then
    return check.fault(problems, place, "must not contain a comma, which separates filters")
  end
  return ("%s=%s"):format(key, value)
end

local function check_pairs(text, where, problems, alias)
  for piece in (text .. ","):gmatch("([^,]*),") do
    local key = piece:match("^([%w_]+)=")
    if not key then return check.fault(problems, where, "must be comma-separated key=value pairs; no value may contain a comma") end
    if not check.holds(alias.keys, key) then
      return check.fault(problems, where, ("has no filter '%s'%s"):format(key, check.guess(key, alias.keys, ";")))
    end
  end
  return text
end

-- `{ key = value, … }` or its text: comma-separated key=value pairs, in the order of the alias' `keys`.
function formats.pairs_text(value, where, problems, alias)
  if type(value) == "string" then return check_pairs(value, where, problems, alias) end
  local out = {}
  for key in pairs(value) do
    if not check.holds(alias.keys, key) then
      problems[#problems + 1] = ("%s has no field '%s'%s"):format(where, check.shown(key), check.guess(key, alias.keys, ";"))
    end
  end
  for _, key in ipairs(alias.keys) do
    local given = value[key]
    for _, item in ipairs(type(given) == "table" and given or { given }) do
      out[#out + 1] = pair_value(key, item, where, problems, alias)
    end
  end
  return table.concat(out, ",")
end

-- Text is sent unchanged; a time is written in the alias' `format`, in the time zone of the client or else of the alias.
function formats.date(value, where, problems, alias, settings)
  if type(value) == "string" then return value end
  local text = dates.written(value, alias.format, settings and settings.utc_offset or alias.utc_offset, alias.step)
  if not text then
    check.fault(problems, where, "must be a date as text, seconds since 1970, or a table { year = …, month = …, day = …, … }")
  end
  return text
end

return formats
