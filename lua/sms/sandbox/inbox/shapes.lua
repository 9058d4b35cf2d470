-- SPDX-License-Identifier: MIT
-- The JSON shapes of the inbox. Ids are text always; what is not UTF-8 in a text or body shows as U+FFFD.

local json = require "sms.json"
local parts = require "sms.sandbox.parts"
local pricing = require "sms.sandbox.messagewhiz.pricing"
local text = require "sms.text"

local shapes = {}

local or_null = function(value) return value == nil and json.null or value end

-- Text that JSON can carry.
local function clean(bytes)
  if utf8.len(bytes) then return bytes end
  local out, from = {}, 1
  while from <= #bytes do
    local _, bad = utf8.len(bytes, from)
    out[#out + 1] = bytes:sub(from, (bad or #bytes + 1) - 1)
    if bad then out[#out + 1] = "\u{FFFD}" end
    from = (bad or #bytes) + 1
  end
  return table.concat(out)
end

local function utf16_units(piece)
  local units = 0
  for _, code in utf8.codes(piece) do units = units + (code > 0xFFFF and 2 or 1) end
  return units
end

-- Where segments end, in UTF-16 units as a browser counts them; the end of the text is not told.
local function cuts_of(message)
  local out, at = json.array {}, 0
  if #message.parts < 2 or message.parts[1] == message.text then return out end
  local pieces = utf8.len(message.text) and message.parts or parts.split(clean(message.text)).parts
  for i = 1, #pieces - 1 do
    at = at + utf16_units(clean(tostring(pieces[i])))
    out[i] = at
  end
  return out
end

local function price_of(message)
  if message.provider == "zoomconnect" and message.cost then return { amount = message.cost, unit = "credits" } end
  if message.provider == "messagewhiz" then return { amount = message.price or pricing.of(#message.parts), unit = "EUR" } end
  return json.null
end

--- One text in a list.
function shapes.summary(entry)
  local message = entry.message
  return {
    n = entry.n, provider = message.provider, id = message.id and clean(tostring(message.id)) or json.null, direction = entry.direction,
    from = clean(tostring(message.from)), to = clean(message.to), peer = clean(entry.peer), text = clean(message.text),
    time = message.time, state = message.state, segments = #message.parts, cuts = cuts_of(message), encoding = message.encoding,
    units = message.units, price = entry.direction == "out" and price_of(message) or json.null, request = or_null(entry.request),
    broadcast = message.broadcast_id and tostring(message.broadcast_id) or json.null,
  }
end

local function headers_of(headers)
  local out = {}
  for name, value in pairs(headers or {}) do
    out[clean(name)] = clean(type(value) == "table" and table.concat(value, ", ") or tostring(value))
  end
  return out
end

--- One webhook.
function shapes.webhook(entry)
  local callback, tries = entry.callback, json.array {}
  for i, try in ipairs(entry.tries) do
    tries[i] = {
      time = try.time, status = or_null(try.status), ms = or_null(try.ms), body = clean(try.body or ""),
      error = try.error and clean(try.error) or json.null,
    }
  end
  return {
    n = entry.n, time = entry.time, provider = entry.provider, method = callback.method or "POST", url = clean(callback.url),
    headers = headers_of(callback.headers), body = clean(callback.body or ""), state = entry.state,
    texts = json.array(table.move(entry.texts, 1, #entry.texts, 1, {})), tries = tries,
  }
end

--- One request with its response; `brief` leaves headers and bodies out.
function shapes.request(entry, brief)
  local out = {
    n = entry.n, time = entry.time, provider = entry.provider, method = entry.method, path = clean(entry.path), query = clean(entry.query),
    size = entry.size, status = or_null(entry.status), fault = or_null(entry.fault), close = or_null(entry.close),
    texts = json.array(table.move(entry.texts, 1, #entry.texts, 1, {})),
  }
  if brief then return out end
  out.headers, out.body = headers_of(entry.headers), clean(entry.body)
  out.answer_headers, out.answer, out.answer_size = headers_of(entry.answer_headers), clean(entry.answer or ""), entry.answer_size or 0
  return out
end

local ANALYSED = { "encoding", "units", "segments", "remaining", "locking", "single", "too_long" }

-- What `sms.text.analyse` finds, with byte offsets; null where it finds fault with the text.
local function analysis_of(body)
  local found = text.analyse(body)
  if not found then return json.null end
  local out = { forcing = json.array {}, notes = json.array {} }
  for _, name in ipairs(ANALYSED) do out[name] = found[name] end
  for _, name in ipairs { "forcing", "notes" } do
    for i, item in ipairs(found[name]) do
      local copy = {}
      for key, value in pairs(item) do copy[key] = value end
      out[name][i] = copy
    end
  end
  return out
end

-- What `sms.text.optimise` saves; null for nothing.
local function better_of(body)
  local new, _, saved = text.optimise(body)
  if not new or saved == 0 then return json.null end
  return { text = new, saves = saved, segments = text.analyse(new).segments }
end

--- One text with all that is known about it.
function shapes.details(journal, entry)
  local out, message = shapes.summary(entry), entry.message
  out.parts, out.history, out.webhooks = json.array {}, json.array {}, json.array {}
  for i, piece in ipairs(message.parts) do out.parts[i] = clean(tostring(piece)) end
  for i, step in ipairs(entry.history) do out.history[i] = { state = step.state, time = step.time } end
  for _, n in ipairs(entry.webhooks) do
    if journal.webhooks[n] then table.insert(out.webhooks, shapes.webhook(journal.webhooks[n])) end
  end
  local request = entry.request and journal.requests[entry.request]
  out.request = request and shapes.request(request) or json.null
  out.analysis, out.better = analysis_of(message.text), better_of(message.text)
  return out
end

return shapes
