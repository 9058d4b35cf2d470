-- SPDX-License-Identifier: MIT
-- Records the exchanges of a client with its provider in a file, and replays them without the network: `transport = sms.cassette(path)`.

local check = require "sms.check"
local disguise = require "sms.cassette.disguise"
local json = require "sms.json"
local tape = require "sms.cassette.tape"

local cassette = {}
cassette.__index = cassette
cassette.__name = "sms.cassette"

local MODES = { "auto", "record", "replay" }
local OPTIONS = { "mode", "repeats", "texts" }

---------------------------------------------------------------- requests and responses as entries

local FORM = "application/x-www-form-urlencoded"

-- Response headers that concern the connection, or contain a secret.
local DROPPED = {
  ["set-cookie"] = true, connection = true, ["keep-alive"] = true, ["transfer-encoding"] = true, ["content-length"] = true,
  ["content-encoding"] = true,
}

local function add(entry, body)
  for name, value in pairs(body) do entry[name] = value end
  return entry
end

-- A request as stored in the file; `hide` replaces what must not be stored.
local function entry_of(data, hide, mask)
  local entry = {
    provider = data.provider, method = data.method, host = data.base_url, path = hide(data.path),
    query = data.query ~= "" and hide(data.query) or nil, content_type = data.headers["content-type"],
  }
  if not data.parts then return add(entry, tape.body(data.body, hide, mask)) end
  entry.parts = {}
  for i, part in ipairs(data.parts) do
    local one = { name = part.name, filename = part.filename and hide(part.filename), type = part.type }
    entry.parts[i] = add(one, tape.body(part.data, hide, mask))
  end
  return entry
end

local function response_of(response, hide, mask)
  local entry = { status = response.status, headers = {} }
  for name, value in pairs(response.headers or {}) do
    if not DROPPED[name:lower()] then entry.headers[name:lower()] = hide(tostring(value)) end
  end
  return add(entry, tape.body(response.body, hide, mask))
end

-- The parts by which requests are compared, each as a string.
local PARTS = { "provider", "method", "host", "path", "query", "content_type", "body" }

local function body_text(entry)
  if entry.json ~= nil then
    local value = entry.json
    if type(value) == "string" then value = json.decode(value) end
    return tape.canonical(value)
  end
  if entry.text and entry.content_type == FORM then return disguise.sorted(entry.text) end
  if not entry.parts then return entry.text or entry.hex or "" end
  local out = {}
  for i, part in ipairs(entry.parts) do
    out[i] = ("%s %s %s %s"):format(part.name, part.filename or "", part.type or "", body_text(part))
  end
  return table.concat(out, "\n")
end

local function compared(entry)
  local out = {}
  for i, name in ipairs(PARTS) do
    local value = name == "body" and body_text(entry) or entry[name] or ""
    out[i] = name == "query" and disguise.sorted(value) or value
  end
  return out
end

---------------------------------------------------------------- replaying

local SHOWN = 40 -- bytes on each side of the first difference

-- A description of the first difference between two texts.
local function difference(name, recorded, asked)
  local at = 1
  while at <= #recorded and recorded:byte(at) == asked:byte(at) do at = at + 1 end
  local from = math.max(1, at - SHOWN // 2)
  return ("%s was recorded as '%s', but is '%s'"):format(name, recorded:sub(from, at + SHOWN), asked:sub(from, at + SHOWN))
end

-- The similarity of two lists of parts: for each, the share of equal bytes at the beginning.
local function likeness(recorded, asked)
  local sum = 0
  for i, text in ipairs(recorded) do
    local most = math.max(#text, #asked[i], 1)
    local alike = 0
    while alike < #text and text:byte(alike + 1) == asked[i]:byte(alike + 1) do alike = alike + 1 end
    sum = sum + (text == asked[i] and 1 or alike / most)
  end
  return sum
end

local function refused(self, words)
  return nil, { kind = "invalid", attempts = 0, message = ("cassette %s: %s; nothing was sent"):format(self.path, words) }
end

-- The refusal of a request that was not recorded: the nearest recorded one, and the difference.
local function not_held(self, asked)
  local best, most
  for i, one in ipairs(self.exchanges) do
    local alike = likeness(one.compared, asked)
    if not most or alike > most then best, most = i, alike end
  end
  local words = ("no such request was recorded: %s %s"):format(asked[2], asked[4])
  if not best then return refused(self, words .. "; the cassette is empty") end
  local one, differences = self.exchanges[best].compared, {}
  for i, name in ipairs(PARTS) do
    local there, here = self.disguise:told(one[i], asked[i])
    if there ~= here then differences[#differences + 1] = difference(name, there, here) end
  end
  return refused(self, ("%s; the closest is number %d, %s %s: %s"):format(words, best, one[2], one[4], table.concat(differences, "; ")))
end

-- The exchange for a request: the first matching one that has not been replayed, or with `repeats` the last one; and the number of
-- matching ones if there is none left.
local function find(self, asked)
  local text, last, seen = table.concat(asked, "\n"), nil, 0
  for _, one in ipairs(self.exchanges) do
    if not one.replayed and self.disguise:matches(one.text, text) then return one, 0 end
  end
  for _, one in ipairs(self.exchanges) do
    if one.replayed and self.disguise:matches(one.text, text, true) then last, seen = one, seen + 1 end
  end
  return self.repeats and last or nil, seen
end

local function replay(self, data, mask)
  local asked = compared(entry_of(self.disguise:without_texts(data), mask, mask))
  local one, seen = find(self, asked)
  if not one and seen > 0 then
    return refused(self, ("%s %s was recorded %d time%s, but requested again"):format(asked[2], asked[4], seen, seen == 1 and "" or "s"))
  end
  if not one then return not_held(self, asked) end
  one.replayed = true
  if one.failure then
    return nil, { kind = one.failure.kind, message = one.failure.message, attempts = one.failure.attempts }
  end
  local function reveal(text) return self.disguise:reveal(text) end
  local headers = {}
  for name, value in pairs(one.response.headers or {}) do headers[name] = reveal(value) end
  return { status = one.response.status, headers = headers, body = tape.bytes(one.response, reveal) }
end

---------------------------------------------------------------- recording

local function record(self, data, upstream)
  local response, trouble = upstream.send()
  data = self.disguise:without_texts(data)
  local function hide(text) return self.disguise:hide(upstream.mask(text)) end
  if response and upstream.confidential then self.disguise:meet_keys((json.decode(response.body or ""))) end
  local one = {
    request = entry_of(data, hide, upstream.mask), response = response and response_of(response, hide, upstream.mask),
  }
  if not response then
    one.failure = { kind = trouble.kind, message = hide(tostring(trouble.message)), attempts = trouble.attempts or 1 }
  end
  self.exchanges[#self.exchanges + 1] = one
  local ok, problem = tape.write(self.path, self.exchanges)
  if not ok then warn("sms: the cassette ", self.path, " can't be written: ", tostring(problem)) end
  return response, trouble
end

---------------------------------------------------------------- construction

-- Raises an error at the line of the script: its caller is called by `cassette.new`.
local function fail(words, ...)
  error("sms.cassette: " .. words:format(...), 4)
end

local function checked(path, options)
  if type(path) ~= "string" or path == "" or path:find "\0" then fail("expected a path") end
  if options ~= nil and type(options) ~= "table" then fail("options must be a table, got a %s", type(options)) end
  for name, value in pairs(options or {}) do
    if not check.holds(OPTIONS, name) then fail("%s", check.unknown("option", name, OPTIONS)) end
    if name ~= "mode" and type(value) ~= "boolean" then fail("option '%s' must be true or false, got a %s", name, type(value)) end
  end
  local mode = options and options.mode or "replay"
  if not check.holds(MODES, mode) then
    fail("option 'mode' is '%s'%s; valid modes: %s", check.shown(mode), check.guess(mode, MODES), table.concat(MODES, ", "))
  end
  return mode
end

local function exists(path)
  local file = io.open(path, "rb")
  return file ~= nil and file:close()
end

-- A recording starts with an empty file, so that a file that can't be written is reported before anything is sent.
local function begin(self)
  local ok, problem = tape.write(self.path, {})
  if not ok then fail("%s can't be written: %s", self.path, problem) end
end

local function load(self)
  local exchanges, problem = tape.read(self.path)
  if not exchanges then fail("%s (mode = \"record\" makes one)", problem) end
  for _, one in ipairs(exchanges) do
    one.compared = compared(one.request)
    one.text = table.concat(one.compared, "\n")
  end
  self.exchanges = exchanges
end

--- `sms.cassette(path, options?)`: a transport that records the exchanges of a client in a file, or replays them without the network. In
--- the file secrets are masked, and the last seven digits of phone numbers are replaced, consistently. Requests are replayed in the
--- recorded order, each once; one that was not recorded fails with kind `invalid`, and nothing is sent.
---@param path string     of the file
---@param options? { mode?: "replay"|"record"|"auto", repeats?: boolean, texts?: boolean }  `mode`: "replay" (default); "record" overwrites
---  the file and sends requests to the provider; "auto" records if there is no file, otherwise replays. `repeats`: a request that has
---  been used up gets its last response again. `texts`: message texts are hidden, too, and ignored when requests are compared
---@return sms.cassette transport  for the option `transport` of one or several clients
function cassette.new(path, options)
  local mode = checked(path, options)
  if mode == "auto" then mode = exists(path) and "replay" or "record" end
  local self = setmetatable({
    path = path, mode = mode, repeats = options and options.repeats, exchanges = {}, disguise = disguise.new(options and options.texts),
  }, cassette)
  if mode == "record" then begin(self) else load(self) end
  return self
end

--- The recorded requests that have not been replayed; a test may expect none at its end.
---@return string[] requests  method and path
function cassette:unused()
  local out = {}
  for _, one in ipairs(self.mode == "replay" and self.exchanges or {}) do
    if not one.replayed then out[#out + 1] = one.request.method .. " " .. one.request.path end
  end
  return out
end

-- A request of a client, see its option `transport`.
function cassette:__call(data, upstream)
  if self.mode == "replay" then return replay(self, data, upstream.mask) end
  return record(self, data, upstream)
end

function cassette:__tostring()
  return ("sms.cassette: %s, %s, %d exchanges"):format(self.path, self.mode, #self.exchanges)
end

return cassette
