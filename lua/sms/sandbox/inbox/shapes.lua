-- SPDX-License-Identifier: MIT
-- The JSON objects of the inbox. Ids are always strings; bytes that are not UTF-8 are shown as U+FFFD.

local json = require "sms.json"
local parts = require "sms.sandbox.parts"
local pricing = require "sms.sandbox.messagewhiz.pricing"
local text = require "sms.text"

local shapes = {}

local or_null = function(value) return value == nil and json.null or value end

-- Text that can be represented in JSON.
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

-- Where segments end, in UTF-16 units as a browser counts them; the end of the text is left out.
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

-- First bytes of the image types that a page shows.
local IMAGES = { ["image/png"] = "^\x89PNG\r\n\x1A\n", ["image/jpeg"] = "^\xFF\xD8\xFF", ["image/gif"] = "^GIF8[79]a" }

--- The media type of a file as an image that a page may show, or nil.
---@param file { type: string?, data: string }
---@return string?
function shapes.image(file)
  local pattern = IMAGES[file.type]
  return pattern and file.data:find(pattern) and file.type or nil
end

local function attachments_of(message)
  local out = json.array {}
  for i, file in ipairs(message.files or {}) do
    out[i] = { n = i, name = clean(file.name or ""), type = clean(file.type or ""), size = #file.data, image = shapes.image(file) ~= nil }
  end
  return out
end

--- One text in a list.
function shapes.summary(entry)
  local message = entry.message
  return {
    n = entry.n, provider = message.provider, id = message.id and clean(tostring(message.id)) or json.null, direction = entry.direction,
    from = clean(tostring(message.from)), to = clean(message.to), peer = clean(entry.peer), text = clean(message.text),
    time = message.time, state = message.state, segments = #message.parts, cuts = cuts_of(message), encoding = message.encoding,
    units = message.units, price = entry.direction == "out" and price_of(message) or json.null, request = or_null(entry.request),
    broadcast = message.broadcast_id and tostring(message.broadcast_id) or json.null, attachments = attachments_of(message),
  }
end

---------------------------------------------------------------- a summary as JSON

-- Plain ASCII texts need no encoder.
local function quoted(words)
  if words == nil then return "null" end
  if not words:find '[%c"\\\x7F-\xFF]' then return '"' .. words .. '"' end
  return json.encode(clean(words))
end

local SUMMARY = '{"n":%d,"provider":"%s","id":%s,"direction":"%s","from":%s,"to":%s,"peer":%s,"text":%s,"time":%s,"segments":%d,"cuts":%s,'
  .. '"encoding":"%s","units":%s,"price":%s,"request":%s,"broadcast":%s,"attachments":%s,"state":"'

local function head_of(entry)
  local message = entry.message
  local price = entry.direction == "out" and price_of(message) or json.null
  return SUMMARY:format(entry.n, message.provider, quoted(message.id and tostring(message.id)), entry.direction,
    quoted(tostring(message.from)), quoted(message.to), quoted(entry.peer), quoted(message.text), tostring(message.time), #message.parts,
    #message.parts < 2 and "[]" or json.encode(cuts_of(message)), message.encoding, message.units,
    price == json.null and "null" or ('{"amount":%s,"unit":"%s"}'):format(price.amount, price.unit), entry.request or "null",
    quoted(message.broadcast_id and tostring(message.broadcast_id)), message.files and json.encode(attachments_of(message)) or "[]")
end

-- A text is sent in up to three events within seconds, which differ mostly in its state: the JSON before that is kept.
local MOST_KEPT = 5000
local kept, kept_count = {}, 0

--- The JSON of a summary for events: equal to `json.encode(shapes.summary(entry))`, but much faster.
---@param entry table
---@return string
function shapes.encoded(entry)
  local message, own = entry.message, kept[entry]
  if not own or own.id ~= message.id or own.time ~= message.time or own.price ~= message.price or own.cost ~= message.cost then
    if kept_count >= MOST_KEPT then kept, kept_count = {}, 0 end
    kept_count = kept_count + (own and 0 or 1)
    own = { head = head_of(entry), id = message.id, time = message.time, price = message.price, cost = message.cost }
    kept[entry] = own
  end
  return own.head .. message.state .. '"}'
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

-- The result of `sms.text.analyse`, with byte offsets; null if it refuses the text.
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

-- The saving of `sms.text.optimise`; null if there is none.
local function better_of(body)
  local new, _, saved = text.optimise(body)
  if not new or saved == 0 then return json.null end
  return { text = new, saves = saved, segments = text.analyse(new).segments }
end

--- One text with all details.
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
