-- SPDX-License-Identifier: MIT
-- Filters for texts of the inbox, and a search that doesn't block the server for long.

local check = require "sms.check"

local filter = {}

local PROVIDERS = { messagewhiz = true, websms = true, zipwhip = true, zoomconnect = true }
local STATES = {
  accepted = true, sent = true, delivered = true, undelivered = true, expired = true, rejected = true, failed = true, received = true,
}
local DIRECTIONS = { out = true, ["in"] = true }

local SEARCHED = 5000  -- texts searched for words in one turn of the server's loop
local COMPARED = 20000 -- the same if only fields are compared

-- Upper-case letters of Latin-1, Greek and Cyrillic, and their lower case.
local LOWER = {}
for _, range in ipairs { { 0xC0, 0xD6, 32 }, { 0xD8, 0xDE, 32 }, { 0x391, 0x3A9, 32 }, { 0x410, 0x42F, 32 }, { 0x400, 0x40F, 80 } } do
  for code = range[1], range[2] do LOWER[utf8.char(code)] = utf8.char(code + range[3]) end
end

local function fold(text)
  return (text:lower():gsub("[\xC3\xCE\xCE\xCF\xD0][\x80-\xBF]", LOWER))
end

local function digits(number)
  return number:match("^%+?(%d+)$") or number
end

-- The text that `q` searches, created when first needed.
local function haystack(text)
  if not text.haystack then
    local message = text.message
    text.haystack = fold(table.concat({
      message.text, tostring(message.from), message.to, text.peer, tostring(message.id or ""),
    }, "\n"))
  end
  return text.haystack
end

-- Parameter → a function of its value: the test, or nil and what is wrong.
local tests = {}

local function one_of(known, get)
  return function(value)
    if not known[value] then return nil end
    return function(text) return get(text) == value end
  end
end

local CHOICES = { provider = PROVIDERS, state = STATES, direction = DIRECTIONS }
tests.provider = one_of(PROVIDERS, function(text) return text.message.provider end)
tests.state = one_of(STATES, function(text) return text.message.state end)
tests.direction = one_of(DIRECTIONS, function(text) return text.direction end)

for _, name in ipairs { "to", "from" } do
  tests[name] = function(value)
    local wanted = digits(value)
    return function(text) return digits(tostring(text.message[name])) == wanted end
  end
end

function tests.peer(value)
  local wanted = digits(value)
  return function(text) return digits(text.peer) == wanted end
end

function tests.q(value)
  local wanted = fold(value)
  return function(text) return haystack(text):find(wanted, 1, true) ~= nil end
end

for _, name in ipairs { "after", "request" } do
  tests[name] = function(value)
    local n = math.tointeger(tonumber(value))
    if not n then return nil end
    if name == "request" then return function(text) return text.request == n end end
    return function(text) return text.n > n end
  end
end

-- Names of the parameters that select texts.
local NAMES = { "provider", "direction", "state", "peer", "to", "from", "q", "after", "request" }

local function wrong(name, value)
  local set = CHOICES[name]
  if not set then return ("`%s` must be a whole number, got '%s'"):format(name, check.shown(value)) end
  local known = check.names(set)
  return ("`%s` has no '%s'%s; valid values: %s"):format(name, check.shown(value), check.guess(value, known), table.concat(known, ", "))
end

--- Reads a filter.
---@param query table<string, string>
---@param others? table<string, true>  parameters that the route has beside these
---@return { fits?: (fun(text: table): boolean), after: integer, moving: boolean, slow: boolean }?  `fits`: nil where everything fits;
---  `moving`: whether a text may match later; `slow`: whether words are searched
---@return string? problem
function filter.read(query, others)
  local list, out = {}, { after = 0, moving = query.state ~= nil, slow = (query.q or "") ~= "" }
  for name, value in pairs(query) do
    if tests[name] and value ~= "" then
      local test = tests[name](value)
      if not test then return nil, wrong(name, value) end
      list[#list + 1] = test
    elseif not tests[name] and not (others and others[name]) then
      local known = table.move(NAMES, 1, #NAMES, 1, {})
      for other in pairs(others or {}) do known[#known + 1] = other end
      table.sort(known)
      return nil, ("there is no parameter '%s'%s; there is %s"):format(
        check.shown(name), check.guess(name, known), table.concat(known, ", "))
    end
  end
  out.after = query.after and math.tointeger(tonumber(query.after)) or 0
  if #list == 0 then return out end
  function out.fits(text)
    for _, test in ipairs(list) do
      if not test(text) then return false end
    end
    return true
  end
  return out
end

--- A search from the newest text to the oldest. It ignores texts that arrive in the meantime.
---@param journal table
---@param chosen table  of `read`
---@param upto? integer  newest number that counts
---@return fun(): table[]?  looks at some thousand texts; the matches, newest first, once it is through
function filter.search(journal, chosen, upto)
  local order, at, found = journal.order, journal:place(upto or math.maxinteger), {}
  return function()
    local stop = at - (chosen.slow and SEARCHED or COMPARED)
    while at > stop do
      local text = order[at]
      if not text or text.n <= chosen.after then return found end
      if not chosen.fits or chosen.fits(text) then found[#found + 1] = text end
      at = at - 1
    end
  end
end

return filter
