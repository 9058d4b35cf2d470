-- SPDX-License-Identifier: MIT
-- Renders one row of a plan: parses its number, then renders, counts and freezes its text. Every row gets a result; none is dropped.

local core = require "sms.core"
local json = require "sms.json"
local number = require "sms.number"
local template = require "sms.text.template"
local zone = require "sms.outbox.zone"

local render = {}

-- Fields of a row that are not variables.
local OWN = { to = true, vars = true, text = true, from = true, key = true, route = true, region = true, at = true, zone = true,
  message = true, index = true, line = true, ok = true, reason = true, error = true }

-- Maximum nesting of tables in a message; also stops at a table that contains itself.
local MAX_DEPTH = 32

local encode, NO_TEXT = json.encode, "contains text that is not UTF-8 or has a NUL byte"

-- A string, number or boolean as JSON.
local function scalar(value)
  local text, problem = encode(value)
  return text or error(type(value) == "string" and NO_TEXT or "can't be stored: " .. tostring(problem), 0)
end

-- A value as JSON with sorted keys.
local function encoded(value, depth)
  if type(value) ~= "table" then return scalar(value) end
  if depth > MAX_DEPTH then error(("has tables nested more than %d levels deep"):format(MAX_DEPTH), 0) end
  local out, count = {}, #value
  for i = 1, count do out[i] = encoded(value[i], depth + 1) end
  if count > 0 then return "[" .. table.concat(out, ",") .. "]" end
  for key in pairs(value) do
    if type(key) ~= "string" then error(("has a %s as a key"):format(math.type(key) and "number" or type(key)), 0) end
    count = count + 1
    out[count] = key
  end
  table.sort(out)
  for i = 1, count do out[i] = scalar(out[i]) .. ":" .. encoded(value[out[i]], depth + 1) end
  return "{" .. table.concat(out, ",") .. "}"
end

-- Whether JSON contains an escaped NUL. After an escaped backslash, the same characters are plain text.
local function has_nul(text)
  return text:find("\\u0000", 1, true) and text:gsub("\\\\", ""):find("\\u0000", 1, true)
end

--- Encodes a value as JSON with sorted keys, so that all processes write the same text. Raises a description of what can't be stored.
---@param value any
---@return string
function render.canonical(value)
  local text = encoded(value, 1)
  return has_nul(text) and error(NO_TEXT, 0) or text
end

local function variables_of(row)
  if type(row.vars) == "table" then return row.vars end
  local out = {}
  for name, value in pairs(row) do
    if not OWN[name] then out[name] = value end
  end
  return out
end

-- The text of a row (its own or the plan's) with placeholders filled; or nil, the reason and a message.
local function text_of(row, settings)
  local source = row.text or settings.text
  if type(source) ~= "string" or source == "" then return nil, "invalid", "'text' is missing" end
  if settings.template == false or not source:find("[{}]") then return source end
  local parsed = settings.parsed[source]
  if not parsed then
    local words
    parsed, words = template.parse(source)
    if not parsed then return nil, "invalid", "'text' " .. words end
    if source == settings.text then settings.parsed[source] = parsed end
  end
  local pieces, missing = template.fill(parsed, variables_of(row), settings.empty == "allow")
  if not pieces then return nil, "variable", missing end
  return table.concat(pieces)
end

local NONE = {}

-- The frozen message. A text with braces gets `template = false`, so that placeholders are not replaced twice.
local function body_of(row, settings, words)
  local body = {}
  for name, value in pairs(settings.message or NONE) do body[name] = value end
  for name, value in pairs(row.message or NONE) do body[name] = value end
  body.text, body.from = words, row.from or settings.from
  if words:find("[{}]") then body.template = false end
  return body
end

local function refused(out, reason, words)
  out.state, out.reason, out.error = "not_sent", reason, words
  return out
end

---------------------------------------------------------------- fields

--- Range of times in seconds since 1970: smaller values are seconds from now, larger ones milliseconds since 1970.
render.FIRST, render.LAST = 1e9, 253402300799

--- What is wrong with a time in seconds since 1970, or nil.
---@param at any
---@return string? problem
function render.moment_problem(at)
  if type(at) ~= "number" then return ("must be a number of seconds since 1970, got a %s"):format(type(at)) end
  if at >= render.FIRST and at <= render.LAST then return nil end
  return ("must be a time in seconds since 1970, such as os.time(); got %s"):format(at)
end

local TYPES = { text = "string", from = "string", route = "string", zone = "string", vars = "table", message = "table" }
local NAMES = { "from", "message", "route", "text", "vars", "zone" }

-- Maximum bytes of a key, within the limit of a PostgreSQL index.
local MAX_KEY = 1000

local IS_KEY = { string = true, number = true, boolean = true }

local function zone_problem(name)
  if not name:find("/", 1, true) or not zone.offset(name, 0) then
    return ("'zone' must be a time zone such as Africa/Johannesburg, got '%s'"):format(name)
  end
end

-- What is wrong with the fields of a row, other than its number and text.
local function problem_of(row)
  if type(row) ~= "table" then return "a row is a table, got a " .. type(row) end
  for i = 1, #NAMES do
    local name = NAMES[i]
    local value = row[name]
    if value ~= nil and type(value) ~= TYPES[name] then
      return ("'%s' must be a %s, got a %s"):format(name, TYPES[name], type(value))
    end
  end
  if row.route == "" then return "'route' is empty" end
  if row.at ~= nil and render.moment_problem(row.at) then return "'at' " .. render.moment_problem(row.at) end
  if row.zone and zone_problem(row.zone) then return zone_problem(row.zone) end
  local key = row.key
  if key == "" then return "'key' is empty" end
  if key ~= nil and not IS_KEY[type(key)] then return ("'key' must be text, got a %s"):format(type(key)) end
  if type(key) == "string" and #key > MAX_KEY then return ("'key' has %d bytes, the maximum is %d"):format(#key, MAX_KEY) end
end

-- Makes text safe for a database: UTF-8 without NUL.
local function storable(value)
  local out = tostring(value)
  if not out:find("[^ -~]") then return out end
  if not utf8.len(out) then out = out:gsub("[\x80-\xFF]", "?") end
  return out:find("\0", 1, true) and (out:gsub("%z", "?")) or out
end

--- The beginning of a text: at most so many bytes, without half a character.
---@param text string
---@param most integer
---@return string
function render.beginning(text, most)
  return #text > most and text:sub(1, utf8.offset(text, 0, most + 1) - 1) or text
end

---------------------------------------------------------------- the row

-- Number and region of a recipient; or nil and a message.
local function read_number(row, settings)
  local to = row.to
  if to == nil or to == "" then return nil, "'to' is missing" end
  if type(to) ~= "string" then return nil,
    ("'to' must be a string, got a %s: a Lua number has lost its + and leading zeros"):format(type(to)) end
  local ok, found, region = pcall(number.e164, to, row.region or settings.region)
  if not ok then return nil, (tostring(found):gsub("^%S-%.lua:%d+: ", "")) end
  if not found then return nil, "'to' " .. region end
  return found, region
end

-- Exclusive upper bound of a row's cost, which the tables can store.
local MAX_COST = 1000000

local function check_text(out, words, settings)
  local segments, problem = core.text_sendable(words)
  if not segments then return refused(out, "invalid", "'text' " .. problem) end
  out.segments = segments
  out.cost = settings.price and segments * settings.price or nil
  if out.cost and out.cost >= MAX_COST then
    local cost = out.cost
    out.cost = nil
    return refused(out, "invalid", ("the text costs %s; the cost must be less than %d"):format(cost, MAX_COST))
  end
  local most = settings.max_segments
  if most and segments > most then
    return refused(out, "invalid", ("'text' needs %d segments, 'max_segments' is %d"):format(segments, most))
  end
end

-- Checks the message with the client of the plan's options, if there is one.
local function check_client(out, body, settings)
  if not settings.client then return end
  local message = {}
  for name, value in pairs(body) do message[name] = value end
  message.to = out.recipient
  local called, ok, problem = pcall(settings.client.check, settings.client, message)
  if not called then return refused(out, "invalid", tostring(ok)) end
  if not ok then return refused(out, "invalid", tostring(problem)) end
end

local function fill(out, row, settings)
  local found, region = read_number(row, settings)
  if not found then return refused(out, "invalid", region) end
  out.recipient, out.key = found, out.key or found
  out.region = settings.quiet and (row.zone or region) or ""
  if settings.quiet and not row.zone and not zone.of_region(region)[1] then
    return refused(out, "invalid", ("no time zone is known for the region '%s', as 'quiet' requires; set the row's 'zone'"):format(region))
  end
  local words, reason, problem = text_of(row, settings)
  if not words then return refused(out, reason, problem) end
  check_text(out, words, settings)
  local body = body_of(row, settings, words)
  local storable_body, text = pcall(render.canonical, body)
  if storable_body then out.body = text elseif out.state == "ready" then return refused(out, "invalid", "the message " .. text) end
  if out.state == "ready" and settings.only and not settings.only[found] then
    refused(out, "held", "the number is not in 'only'")
  end
  if out.state == "ready" then check_client(out, body, settings) end
end

--- Renders and checks one row.
---@param row any           `{ to, vars?, text?, from?, key?, route?, region?, at?, zone?, message? }`, or a row of `sms.rows`
---@param index integer     its place
---@param settings table    of the plan
---@return table record     `{ state, reason?, error?, key, recipient, body, segments, cost, route, sender, region, at, hash, place }`
function render.row(row, index, settings)
  local out = { -- all fields, so that the table is allocated once
    state = "ready", place = index, route = settings.route, sender = settings.from or "", region = "", reason = nil, error = nil, key = nil,
    recipient = nil, body = nil, segments = nil, cost = nil, at = nil, hash = nil,
  }
  local problem, fields = problem_of(row), type(row) == "table" and row or {}
  if IS_KEY[type(fields.key)] and fields.key ~= "" then out.key = render.beginning(storable(fields.key), MAX_KEY) end
  if problem then
    refused(out, "invalid", problem)
  else
    out.route, out.sender, out.at = storable(row.route or settings.route), storable(row.from or out.sender), row.at or settings.at
    if row.ok == false then
      refused(out, storable(row.reason or "invalid"), row.error and storable(row.error))
    else
      fill(out, row, settings)
    end
  end
  out.recipient = out.recipient or fields.to ~= nil and storable(fields.to) or ""
  out.key = out.key or ("row %d"):format(index)
  if out.error then out.error = storable(out.error) end
  out.hash = core.hash64(out.key .. "\0" .. out.recipient .. "\0" .. (out.body or "") .. "\0" .. out.route .. "\0" .. out.sender .. "\0"
    .. out.region .. "\0" .. tostring(out.at) .. "\0" .. out.state .. "\0" .. (out.reason or ""))
  return out
end

--- The columns of a record, as the engines' `insert` takes them.
---@param record table  as `render.row` returns it, with `expires`: seconds from `at` or now, or since 1970
---@param lane integer
---@param reference string
---@param now integer   milliseconds since 1970
---@return any[]
function render.columns(record, lane, reference, now)
  local due, expires = record.at and math.floor(record.at * 1000), record.expires
  if expires then expires = math.floor(expires > render.FIRST and expires * 1000 or (due or now) + expires * 1000) end
  return {
    lane, record.key, reference, record.recipient, record.body, record.segments, record.cost, record.hash, record.state, record.reason,
    record.error, due, expires, record.place,
  }
end

return render
