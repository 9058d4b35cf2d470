-- SPDX-License-Identifier: MIT
-- Renders one row of a plan: reads its number, renders, counts and freezes its text. Every row gets a verdict; none is dropped.

local core = require "sms.core"
local json = require "sms.json"
local number = require "sms.number"
local template = require "sms.text.template"

local render = {}

-- Fields of a row that are not variables.
local OWN = { to = true, vars = true, text = true, from = true, key = true, route = true, region = true, at = true, zone = true,
  message = true, index = true, line = true, ok = true, reason = true, error = true }

--- Encodes a value as JSON with sorted keys, so that all processes write the same text.
---@param value any
---@return string
function render.canonical(value)
  if type(value) ~= "table" then return json.encode(value) end
  local out = {}
  if #value > 0 then
    for i, item in ipairs(value) do out[i] = render.canonical(item) end
    return "[" .. table.concat(out, ",") .. "]"
  end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = tostring(key) end
  table.sort(keys)
  for i, key in ipairs(keys) do out[i] = json.encode(key) .. ":" .. render.canonical(value[key]) end
  return "{" .. table.concat(out, ",") .. "}"
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

-- The frozen message. A text with braces gets `template = false`, so that nothing is filled twice.
local function body_of(row, settings, words)
  local body = {}
  for name, value in pairs(settings.message or {}) do body[name] = value end
  for name, value in pairs(type(row.message) == "table" and row.message or {}) do body[name] = value end
  body.text, body.from = words, row.from or settings.from
  if words:find("[{}]") then body.template = false end
  return body
end

local function refused(out, reason, words)
  out.state, out.reason, out.error = "not_sent", reason, words
  return out
end

-- Number and region of a recipient; or nil and a message.
local function read_number(row, settings)
  local to = row.to
  if to == nil or to == "" then return nil, "'to' is missing" end
  if type(to) ~= "string" then return nil,
    ("'to' must be a string, got a %s: a Lua number has lost its + and its zeros"):format(type(to)) end
  local ok, found, region = pcall(number.e164, to, row.region or settings.region)
  if not ok then return nil, (tostring(found):gsub("^%S-%.lua:%d+: ", "")) end
  if not found then return nil, "'to' " .. region end
  return found, region
end

local function check_text(out, words, settings)
  local segments, problem = core.text_sendable(words)
  if not segments then return refused(out, "invalid", "'text' " .. problem) end
  out.segments = segments
  out.cost = settings.price and segments * settings.price or nil
  local most = settings.max_segments
  if most and segments > most then
    return refused(out, "invalid", ("'text' needs %d segments, 'max_segments' is %d"):format(segments, most))
  end
end

-- Checks the message with the route's own client, if the plan was given one.
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
  local words, reason, problem = text_of(row, settings)
  if not words then return refused(out, reason, problem) end
  check_text(out, words, settings)
  local body = body_of(row, settings, words)
  out.body = render.canonical(body)
  if out.state == "ready" and settings.only and not settings.only[found] then
    refused(out, "held", "the number is not among those of 'only'")
  end
  if out.state == "ready" then check_client(out, body, settings) end
end

-- Makes text safe for a database: UTF-8 without NUL.
local function storable(value)
  local out = tostring(value)
  if not utf8.len(out) then return (out:gsub("[\x80-\xFF]", "?"):gsub("%z", "?")) end
  return (out:gsub("%z", "?"))
end

--- Renders and checks one row.
---@param row any           `{ to, vars?, text?, from?, key?, route?, region?, at?, zone?, message? }`, or what `sms.rows` gives
---@param index integer     its place
---@param settings table    of the plan
---@return table record     `{ state, reason?, error?, key, recipient, body, segments, cost, route, sender, region, at, hash, place }`
function render.row(row, index, settings)
  local out = { state = "ready", place = index, route = settings.route, sender = settings.from or "", region = "" }
  if type(row) ~= "table" then
    refused(out, "invalid", "a row is a table, got a " .. type(row))
  else
    out.key = row.key ~= nil and storable(row.key) or nil
    out.route, out.sender, out.at = row.route or settings.route, row.from or out.sender, row.at or settings.at
    if row.ok == false then refused(out, row.reason or "invalid", row.error and storable(row.error)) else fill(out, row, settings) end
    out.recipient = out.recipient or row.to ~= nil and storable(row.to) or ""
  end
  out.recipient = out.recipient or ""
  out.key = out.key or ("row %d"):format(index)
  if out.error then out.error = storable(out.error) end
  local parts = { out.key, out.recipient, out.body or "", out.route, out.sender, out.region, tostring(out.at), out.state, out.reason or "" }
  out.hash = core.hash64(table.concat(parts, "\0"))
  return out
end

return render
