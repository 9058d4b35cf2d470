-- SPDX-License-Identifier: MIT
-- Thousands of provider histories made at random: with lags, capped pages, windows that end, filters that are ignored, clocks that are
-- off, numbers, names and texts spelt in other ways. No text that was taken is called `not_sent`, none that was not is `accepted`.

local dates = require "sms.dates"
local json = require "sms.json"
local random = require "sms.sandbox.random"
local url = require "sms.url"
local kinds = dofile "spec/support/kinds_of_call.lua"

local SEED, CASES = 20261130, os.getenv "LUA_SMS_FULL" and 4000 or 250

local function pick(dice, list)
  return list[dice:integer(1, #list)]
end

local function masked(text)
  return text:sub(1, 3) .. ("*"):rep(math.max(1, #text - 5)) .. text:sub(-2)
end

local SPELLINGS = {
  number = {
    function(number) return number end, function(number) return number:sub(2) end, function(number) return "00" .. number:sub(2) end,
    function(number) return "0" .. number:sub(4) end, function(number) return (number:gsub("^(%+%d%d)(%d%d)(%d+)$", "%1 (%2) %3")) end,
    masked, function() return nil end, function(number) return "ptn:/" .. number end,
  },
  reference = {
    function(name) return name end, function(name) return name:sub(1, 9) end, string.upper, masked, function() return nil end,
    function(name) return name:sub(1, 12) .. "\u{2026}" end, function(name) return " " .. name end,
  },
  text = {
    function(text) return text end, function(text) return text:sub(1, 14) end, function(text) return text .. "\n-- ACME" end,
    function() return nil end, string.upper, function(text) return text:gsub("'", "\u{2019}") end,
  },
  time = {
    dates.iso, dates.iso, dates.iso, dates.iso, function(time) return dates.iso(time + 7200):gsub("Z$", "+02:00") end, dates.plain,
    function() return nil end,
  },
}

-- What a server is like. Half of them are as they should be, apart from one thing; the others differ in everything.
local WAYS = {
  offset = { 0, 0, 0, 30, -30, 119, -119, 125, -125, 600, -600, 3600, -3600, 14000, -14000 }, -- seconds of its clock before ours
  lag = { 0, 0, 5, 50, 300, 4000 }, -- seconds until a text is in the history
  cap = { 1000, 100, 30, 7, 2 }, -- most entries of a page
  window = { 100000, 100000, 40, 12, 5 }, -- most entries that can be read at all
  paging = { "works", "works", "works", "ignored", "ends" },
  filter = { "works", "works", "ignored", "nothing", "half" },
  totals = { "all", "all", "none", "page" },
  order = { "newest", "newest", "newest", "oldest", "none" },
  date = { true, true, true, false },
  null = { false, false, false, false, false, true },
}

local function server_of(dice)
  local server, honest = { spell = {} }, dice:integer(1, 2) == 1
  local names = {}
  for name in pairs(WAYS) do names[#names + 1] = name end
  for name in pairs(SPELLINGS) do names[#names + 1] = name end
  table.sort(names)
  local odd = honest and pick(dice, names)
  for _, name in ipairs(names) do
    local list = WAYS[name] or SPELLINGS[name]
    local value = (not honest or name == odd) and pick(dice, list) or list[1]
    if WAYS[name] then server[name] = value else server.spell[name] = value end
  end
  -- Without a Date nothing tells of a clock that is off; of two entries nothing tells whether they are in order.
  if not server.date then server.offset = 0 end
  if server.order == "none" then server.cap, server.window = WAYS.cap[1], WAYS.window[1] end
  return server
end

-- Texts of the account over the last hours, by the true time; some rows of ours were taken, some were not.
local function texts_of(dice, now)
  local all, rows = {}, {}
  for i = 1, dice:integer(0, 60) do
    all[i] = {
      number = ("+2782%07d"):format(dice:integer(0, 9999999)), reference = ("other-%06d"):format(i), text = "Other text number " .. i,
      time = now - dice:integer(0, 20000),
    }
  end
  for i = 1, dice:integer(1, 3) do
    local row = {
      to = ("+2783%07d"):format(dice:integer(0, 9999999)), text = ("Dear customer %d, it's your order"):format(dice:integer(1, 999999)),
      reference = ("sms-%08x"):format(dice:integer(0, 2 ^ 31)), time = now - dice:integer(61, 9000), outcome = "unknown", broadcast = true,
    }
    row.was_taken = dice:integer(1, 2) == 1
    if row.was_taken then
      all[#all + 1] = { number = row.to, reference = row.reference, text = row.text, time = row.time + dice:integer(0, 3) }
    end
    rows[i] = row
  end
  table.sort(all, function(a, b) return a.time > b.time end)
  for i, text in ipairs(all) do text.id = 1000000 - i end
  return all, rows
end

local function reversed(list)
  local out = {}
  for i = #list, 1, -1 do out[#out + 1] = list[i] end
  return out
end

local function shuffled(dice, list)
  for i = #list, 2, -1 do
    local j = dice:integer(1, i)
    list[i], list[j] = list[j], list[i]
  end
  return list
end

-- What a request asks for: a filter that a text has to hold, how many entries, and after how many.
local ASKED = {
  zoomconnect = function(fields)
    local size = tonumber(fields.pageSize)
    return { reference = fields.dataField, number = fields.toNumber, limit = size, page = tonumber(fields.page) or 1 }
  end,
  zipwhip = function(fields) return { limit = tonumber(fields.limit), start = tonumber(fields.start) } end,
  messagewhiz = function(fields)
    return { reference = fields.filter and fields.filter:sub(6), limit = tonumber(fields.limit), start = tonumber(fields.start) or 0 }
  end,
}

local function lets_through(text, asked)
  if asked.reference then return text.shown_reference ~= nil and text.shown_reference:find(asked.reference, 1, true) ~= nil end
  return not asked.number or text.shown_number == asked.number
end

local function visible(dice, server, all, now)
  local out = {}
  for _, text in ipairs(all) do
    if now - text.time >= server.lag then out[#out + 1] = text end
  end
  while #out > server.window do out[#out] = nil end
  if server.order == "oldest" then return reversed(out) end
  return server.order == "none" and shuffled(dice, out) or out
end

local function page_of(dice, server, there, asked)
  local list = there
  if asked.reference or asked.number then
    list = {}
    for _, text in ipairs(there) do
      local passes = lets_through(text, asked)
      local half = server.filter == "half" and dice:integer(1, 2) == 1
      if server.filter == "ignored" or passes and (server.filter == "works" or half) then
        list[#list + 1] = text
      end
    end
  end
  local limit = math.min(asked.limit, server.cap)
  local start = asked.start or (asked.page - 1) * limit
  if server.paging == "ignored" then start = 0 end
  if server.paging == "ends" and start > 0 then return {}, #list end
  return table.move(list, start + 1, math.min(#list, start + limit), 1, {}), #list
end

local BODIES = {}

function BODIES.zoomconnect(server, page, total, asked)
  local out, size = json.array {}, math.min(asked.limit, server.cap)
  for i, text in ipairs(page) do
    out[i] = {
      messageId = tostring(text.id), messageStatus = "SENT", messageType = "OUTBOUND", toNumber = text.shown_number,
      message = text.shown_text, userDataField = text.shown_reference, dateTimeSent = text.shown_time,
    }
  end
  local body = { webServiceMessages = not server.null and out or nil }
  if server.totals == "all" then body.totalElements, body.totalPages, body.page = total, math.ceil(total / size), asked.page end
  if server.totals == "page" then body.elements, body.pageSize = #page, size end
  return body
end

function BODIES.zipwhip(server, page, total)
  local out = json.array {}
  for i, text in ipairs(page) do
    out[i] = {
      id = tostring(text.id), type = "ZO", statusCode = 4, destAddress = text.shown_number, body = text.shown_text,
      dateCreated = text.shown_time,
    }
  end
  local body = { success = true, response = server.null and json.null or out, total = server.totals ~= "none" and #page or nil }
  if server.totals == "all" then body.size = total end
  if server.totals == "page" then body.size = 100 end
  return body
end

function BODIES.messagewhiz(server, page)
  local out = json.array {}
  for i, text in ipairs(page) do
    out[i] = {
      id = text.id, name = text.shown_reference, message_body = text.shown_text, create_date = text.shown_time, type = 11, enabled = 1,
    }
  end
  return { errorCode = 0, errorMessage = "", errorType = "", result = server.null and json.null or out }
end

local function show(server, all)
  for _, text in ipairs(all) do
    for name, spell in pairs(server.spell) do
      text["shown_" .. name] = name == "time" and spell(text.time + server.offset) or spell(text[name])
    end
  end
end

-- `count`: how many entries there are beside the window and the lag, which is what a total counts.
local function transport_of(dice, provider, server, all, now)
  local there = visible(dice, server, all, now)
  local hidden = #all - #there
  return function(request)
    local fields = url.decode_table(request.query ~= "" and request.query or request.body or "")
    local asked = ASKED[provider](fields)
    local page, total = page_of(dice, server, there, asked)
    if not (asked.reference or asked.number) then total = total + hidden end
    local headers = server.date and { date = os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + server.offset) } or {}
    return { status = 200, headers = headers, body = assert(json.encode(BODIES[provider](server, page, total, asked))) }
  end
end

local function without_references(dice, rows)
  if dice:integer(1, 2) == 2 then return end
  for _, row in ipairs(rows) do row.reference = nil end
end

local function told(server, row, settled)
  local words = { settled.outcome, settled.reason or "", "age " .. os.time() - row.time }
  for name in pairs(WAYS) do words[#words + 1] = name .. "=" .. tostring(server[name]) end
  return table.concat(words, " ")
end

local function play(provider, seed, books)
  local dice, now = random.new(seed), os.time()
  local server = server_of(dice)
  local all, rows = texts_of(dice, now)
  show(server, all)
  if provider == "zoomconnect" then without_references(dice, rows) end
  local client = kinds.client(provider, { transport = transport_of(dice, provider, server, all, now) })
  for i, settled in ipairs(client:reconcile(rows)) do
    local row = rows[i]
    local words = ("%s, seed %d: %s"):format(provider, seed, told(server, row, settled))
    if row.was_taken then assert.not_equal("not_sent", settled.outcome, words) end
    if not row.was_taken then assert.not_equal("accepted", settled.outcome, words) end
    if settled.outcome == "unknown" then assert.is_string(settled.reason) end
    local key = (row.was_taken and "taken " or "lost ") .. settled.outcome
    books[key] = (books[key] or 0) + 1
  end
end

for _, provider in ipairs { "zoomconnect", "zipwhip", "messagewhiz" } do
  describe("a history of " .. provider, function()
    it("never lets reconcile call a taken text not_sent, nor a lost one accepted, whatever the server is like", function()
      local books = {}
      for seed = SEED, SEED + CASES - 1 do play(provider, seed, books) end
      -- It does settle rows both ways, or else it would prove nothing.
      assert.is_true(books["taken accepted"] > CASES / 10, json.encode(books))
      assert.is_true(books["lost not_sent"] > CASES / 25, json.encode(books))
      if os.getenv "LUA_SMS_FULL" then io.write("\n", provider, " ", json.encode(books), "\n") end
    end)
  end)
end
