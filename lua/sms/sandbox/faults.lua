-- SPDX-License-Identifier: MIT
-- Faults on demand: those that a request asks for or a script has planned, and their effect on the response.
-- A fault is NAME or NAME=ARGUMENT; `accept-then-NAME` executes the request first, so that its text is in the inbox.

local json = require "sms.json"
local checks = require "sms.check"

local faults = {}
faults.__index = faults

local DAYS = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" }
local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }

-- RFC 9110 §5.6.7, in English whatever the locale.
local function http_date(time)
  local d = os.date("!*t", time)
  return ("%s, %02d %s %04d %02d:%02d:%02d GMT"):format(DAYS[d.wday], d.day, MONTHS[d.month], d.year, d.hour, d.min, d.sec)
end

local function failed(status, headers)
  headers = headers or {}
  headers["content-type"] = "application/json"
  return { status = status, headers = headers, body = assert(json.encode { error = "sandbox fault: HTTP " .. status }) }
end

local HTML = "<!DOCTYPE html>\n<html><head><title>%s</title></head><body><h1>%s</h1><p>sandbox fault</p></body></html>\n"

local function broken(how, fields)
  local fault = fields or {}
  fault.close = how
  return { status = 0, headers = {}, body = "", fault = fault }
end

-- The provider's own response, for faults that corrupt it.
local function like(original, body, fault)
  return { status = original.status, headers = original.headers, body = body or original.body, fault = fault }
end

-- An argument that is a number within bounds, or the default if it is absent.
local function number_of(arg, default, low, high)
  if not arg then return default end
  local value = arg:match("^[%d.]+$") and tonumber(arg)
  if value and value >= low and value <= high then return value end
  return nil, ("its argument must be a number from %s to %s"):format(low, high)
end

---------------------------------------------------------------- the faults

-- Name → { description, `make(arg, original, self, key)` → the response or nil for no fault, `check(arg)` → problem?, `taken`: the
-- request is always carried out, `after`: may also follow `accept-then-` }.
local catalogue = {}

-- 460 is not registered; load balancers log it when the client has closed the connection.
for _, status in ipairs { 408, 460, 500, 502, 503, 504 } do
  catalogue[tostring(status)] = { ("HTTP %d"):format(status), after = true, make = function() return failed(status) end }
end

catalogue["429"] = {
  "HTTP 429 without Retry-After; `429=SECONDS`, `429=date` or `429=date:SECONDS` with one",
  check = function(arg)
    if arg and not arg:find("^%d+$") and not arg:find("^date:?%d*$") then return "its argument is SECONDS, date or date:SECONDS" end
  end,
  make = function(arg)
    local later = arg and arg:match("^date:?(%d*)$")
    if later then arg = http_date(os.time() + (tonumber(later) or 0)) end
    return failed(429, { ["retry-after"] = arg })
  end,
}

catalogue["401-once"] = {
  "HTTP 401 to every other request of one verb and path (or of one ARGUMENT), so that the one after a new login passes",
  make = function(arg, _, self, key)
    key = arg or key
    self.refused[key] = not self.refused[key] or nil
    return self.refused[key] and failed(401) or nil
  end,
}

local function check_status(arg)
  local value, problem = number_of(arg, 200, 200, 599)
  return not math.tointeger(value) and (problem or "its argument must be an HTTP status") or nil
end

catalogue.html = {
  "an HTML page with status 200; `html=502` with another", after = true, check = check_status,
  make = function(arg)
    local status = math.tointeger(tonumber(arg or 200))
    return { status = status, headers = { ["content-type"] = "text/html; charset=utf-8" }, body = HTML:format(status, status) }
  end,
}

catalogue.bom = {
  "the response begins with a byte order mark", taken = true,
  make = function(_, original) return like(original, "\xEF\xBB\xBF" .. original.body) end,
}

catalogue.empty = {
  "status 200 with nothing in it", after = true, make = function() return { status = 200, headers = {}, body = "" } end,
}

catalogue.reset = { "the connection is reset instead of a response", after = true, make = function() return broken("reset") end }
catalogue.close = { "the connection is closed instead of a response", after = true, make = function() return broken("fin") end }
catalogue.hang = { "no response ever", after = true, make = function() return broken("hang") end }

catalogue.refused = {
  "the connection is refused; over HTTP, where it is there already, the same as `reset`",
  make = function() return broken("reset", { unread = true }) end,
}

catalogue["half-json"] = {
  "the request is carried out, and half of the response comes as if it were whole", taken = true,
  make = function(_, original) return like(original, original.body:sub(1, #original.body // 2)) end,
}

catalogue.cut = {
  "the request is carried out, and the connection is reset in the middle of the response", taken = true,
  make = function(_, original)
    local head = "HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    local raw = head:format(original.status, #original.body + 1, original.body:sub(1, #original.body // 2))
    return like(original, nil, { raw = raw, close = "reset" })
  end,
}

local PIECES = 10

catalogue.drip = {
  "the request is carried out, and the response's body comes in ten pieces over half a second, or over SECONDS", taken = true,
  check = function(arg) return (select(2, number_of(arg, 0.5, 0, 3600))) end,
  make = function(arg, original)
    local bytes = math.max(1, math.ceil(#original.body / PIECES))
    return like(original, nil, { bytes = bytes, seconds = (tonumber(arg) or 0.5) / PIECES })
  end,
}

catalogue["duplicate-report"] = {
  "the request is carried out, and each callback about its texts is posted twice", taken = true, marks = true,
  make = function(_, original) return original end,
}

catalogue["early-report"] = {
  "the request is carried out, and its texts' last callback is posted before the response", taken = true, at_once = true,
  make = function(_, original) return like(original, nil, { after = "callbacks" }) end,
}

--- All faults by name, with a description.
---@return table<string, string>
function faults.names()
  local out = {}
  for name, entry in pairs(catalogue) do
    out[name] = entry[1]
    if entry.after then out["accept-then-" .. name] = "the request is carried out, then: " .. entry[1] end
  end
  return out
end

---------------------------------------------------------------- choosing

local function unknown(name)
  local names = checks.names(faults.names())
  return ("there is no fault '%s'%s; there is %s"):format(checks.shown(name), checks.guess(name, names), table.concat(names, ", "))
end

-- "accept-then-html=502" → { name, arg, entry, taken }, or nil and what is wrong.
local function parse(text)
  local name, arg = text:match("^([^=]+)=(.*)$")
  name = name or text
  local base = name:match("^accept%-then%-(.+)$")
  local entry = catalogue[base or name]
  if not entry or base and not entry.after then return nil, unknown(name) end
  if arg and not entry.check and name ~= "401-once" then return nil, ("the fault '%s' takes no argument"):format(name) end
  local problem = entry.check and entry.check(arg)
  if problem then return nil, ("the fault '%s': %s"):format(name, problem) end
  return { name = name, arg = arg, entry = entry, taken = base ~= nil or entry.taken }
end

--- The faults of one sandbox, none planned yet.
---@param state table
function faults.new(state)
  return setmetatable({ state = state, rules = {}, last = 0, refused = {}, arrived = {} }, faults)
end

local MATCHES = { provider = "string", method = "string", path = "string", times = "number", chance = "number" }

local function check_match(match)
  if type(match) ~= "table" then return "`match` must be a table" end
  for name, value in pairs(match) do
    if not MATCHES[name] then return ("`match` has no '%s'; valid names: provider, method, path, times, chance"):format(tostring(name)) end
    if type(value) ~= MATCHES[name] then return ("`match.%s` must be a %s"):format(name, MATCHES[name]) end
  end
  if match.path and not pcall(string.find, "", match.path) then return "`match.path` must be a Lua pattern" end
  if match.times and (not math.tointeger(match.times) or match.times < 1) then return "`match.times` must be an integer of at least 1" end
  if match.chance and not (match.chance >= 0 and match.chance <= 1) then return "`match.chance` must be a number from 0 to 1" end
end

--- Plans a fault: requests that match get it, the oldest rule first, `times` of them (default: all).
---@param rule { match?: { provider?: string, method?: string, path?: string, times?: integer, chance?: number }, fault: string }
---  `path` is a Lua pattern for the path without the provider's prefix; `chance` from 0 to 1, by the sandbox's own random numbers (1)
---@return table? rule  its `hits` count the requests that got it; `n` is its number, never given again
---@return string? problem
function faults:add(rule)
  if type(rule) ~= "table" or type(rule.fault) ~= "string" then return nil, "a fault is { match = { … }, fault = NAME }" end
  for name in pairs(rule) do
    if name ~= "match" and name ~= "fault" then return nil, ("a fault has no '%s'; valid names: match, fault"):format(tostring(name)) end
  end
  local problem = check_match(rule.match or {})
  if problem then return nil, problem end
  local what, wrong = parse(rule.fault)
  if not what then return nil, wrong end
  self.last = self.last + 1
  local planned = { n = self.last, match = rule.match or {}, fault = rule.fault, what = what, hits = 0 }
  self.rules[#self.rules + 1] = planned
  return planned
end

--- Removes all planned faults.
---@param provider? string  only what is planned for this one
function faults:clear(provider)
  local kept = {}
  for _, rule in ipairs(self.rules) do
    if provider and rule.match.provider ~= provider then kept[#kept + 1] = rule end
  end
  self.rules = kept
end

--- The planned faults: `{ match, fault, hits }` each.
function faults:list()
  local out = {}
  for i, rule in ipairs(self.rules) do out[i] = { match = rule.match, fault = rule.fault, hits = rule.hits } end
  return out
end

local function is_used_up(rule)
  return rule.hits >= (rule.match.times or math.huge)
end

--- The rules that are not used up: `{ n, match, fault, hits }` each.
function faults:planned()
  local out = {}
  for _, rule in ipairs(self.rules) do
    if not is_used_up(rule) then out[#out + 1] = { n = rule.n, match = rule.match, fault = rule.fault, hits = rule.hits } end
  end
  return out
end

--- Removes one rule.
---@param n integer
---@return boolean found
function faults:remove(n)
  for i, rule in ipairs(self.rules) do
    if rule.n == n then
      table.remove(self.rules, i)
      return true
    end
  end
  return false
end

local function fits(match, provider, request)
  return (not match.provider or match.provider == provider) and (not match.method or match.method == request.method)
    and (not match.path or request.path:find(match.path) ~= nil)
end

-- A rule without `chance` draws no random number.
local function happens(self, chance)
  return chance == nil or self.state.random:integer(0, 999999) < chance * 1000000
end

local function planned_for(self, provider, request)
  for _, rule in ipairs(self.rules) do
    if not is_used_up(rule) and fits(rule.match, provider, request) and happens(self, rule.match.chance) then
      rule.hits = rule.hits + 1
      return rule.what
    end
  end
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- Removes `_fault=…` from a raw query.
local function without_fault(query)
  local kept, found = {}, nil
  for pair in query:gmatch("[^&]+") do
    local value = pair:match("^_fault=(.*)$")
    if value then found = unescape(value) else kept[#kept + 1] = pair end
  end
  if not found then return query end
  return table.concat(kept, "&"), found
end

--- The fault of a request: from its header `x-sandbox-fault`, `_fault` in its query, or the planned rules.
---@param provider string
---@param request table  as the provider gets it; `_fault` is taken out of its query
---@return table? fault  for `perform`
---@return string? problem  the request asks for what there is not
function faults:choose(provider, request)
  self.arrived[provider] = (self.arrived[provider] or 0) + 1
  local query, asked = without_fault(request.query)
  request.query = query
  asked = request.headers["x-sandbox-fault"] or asked
  if asked then return parse(asked) end
  return planned_for(self, provider, request)
end

---------------------------------------------------------------- effects

-- Executes the request; texts of an early report are delivered at once, those of a duplicate report are marked.
local function take(state, entry, handle)
  local first, sent, final = #state.inbox + 1, state.sent_after, state.final_after
  if entry.at_once then state.sent_after, state.final_after = 0, 0 end
  local original = handle()
  state:advance(0)
  state.sent_after, state.final_after = sent, final
  for i = entry.marks and first or math.huge, #state.inbox do state.inbox[i].reported_twice = true end
  return original
end

--- Handles a request that has a fault.
---@param fault table     from `choose`
---@param request table
---@param handle fun(): table  the provider's own response
---@return table response  with `fault`, where the connection suffers (see `sms.sandbox.server`)
function faults:perform(fault, request, handle)
  local original = fault.taken and take(self.state, fault.entry, handle) or nil
  local response = fault.entry.make(fault.arg, original, self, request.method .. " " .. request.path)
  return response or handle()
end

local WORDS = {
  reset = "the sandbox reset the connection", fin = "the sandbox closed the connection without a response",
  hang = "the sandbox gave no response",
}

--- The result for a transport in Lua: the response, or the error of a broken connection.
---@param response table
---@return table? response
---@return { kind: string, message: string, attempts: integer }? failure
function faults.in_process(response)
  local how = response.fault and response.fault.close
  if not how then return response end
  return nil, { kind = how == "hang" and "timeout" or "network", message = WORDS[how], attempts = response.fault.unread and 0 or 1 }
end

return faults
