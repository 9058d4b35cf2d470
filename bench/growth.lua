-- SPDX-License-Identifier: MIT
-- Costs that could grow with the work: `growth.lua JOB SIZE` does a job of that size, again and again until as much has been done as by any
-- other size, and prints `name value` lines: CPU seconds of a unit, the least of several rounds.

local job, size = arg[1], tonumber(arg[2])

local sms = require "sms"
local json = require "sms.json"

local ROUNDS = 7

local function number_of(i) return "+2782" .. 1000000 + i % 9000000 end

local RESPONSES = {}

-- A response of ZoomConnect to so many texts.
local function shares_of(count)
  if not RESPONSES[count] then
    local shares = {}
    for i = 1, count do shares[i] = ('{"messageId":"58a1f3c0e4b0%04d","error":null}'):format(i) end
    RESPONSES[count] = '{"sendSmsResponses":[' .. table.concat(shares, ",") .. "]}"
  end
  return RESPONSES[count]
end

local zoomconnect = sms.zoomconnect {
  email = "a@b.c", token = "t", transport = function(request)
    local _, texts = request.body:gsub('"recipientNumber"', "")
    return { status = 200, body = shares_of(texts) }
  end,
}

local websms = sms.websms {
  token = "t", transport = function() return { status = 200, body = '{"statusCode":2000,"transferId":"x","smsCount":1}' } end,
}

local function messages(text_of)
  local i = 0
  return function()
    i = i + 1
    if i <= size then return { to = number_of(i), text = text_of(i), vars = { name = "Ann" } } end
  end
end

local function drain(step, ...)
  for _ in step, ... do end -- luacheck: ignore 542
end

-- What is done, by name; each is made ready for its size outside of what is measured.
local jobs = {}

function jobs.many() return function() zoomconnect:send_many(messages(function() return "Hi {name}" end)) end end

function jobs.each() return function() drain(zoomconnect:send_each(messages(function() return "Hi {name}" end))) end end

function jobs.singles() return function() websms:send_many(messages(function(i) return "Hi {name}, " .. i end)) end end

function jobs.list()
  local to = {}
  for i = 1, size do to[i] = number_of(i) end
  return function() assert(websms:send { to = to, text = "Hi" }) end
end

function jobs.parallel()
  return function() drain(sms.parallel(16, messages(function() return "" end), function(given) return given end)) end
end

function jobs.count()
  local text = ("naïve “quoted” text "):rep(size)
  return function() assert(sms.text.count(text)) end
end

function jobs.fill()
  local text = ("{name}, "):rep(size)
  return function() websms:check { to = number_of(1), text = text, vars = { name = "A" } } end
end

function jobs.numbers()
  local i = 0 -- each number is another one, whatever the size
  return function()
    for _ = 1, size do
      i = i + 1
      sms.number.e164("082 " .. 1000000 + i % 9000000, "ZA")
    end
  end
end

function jobs.json()
  local list = {}
  for i = 1, size do list[i] = { id = i, name = "name " .. i, price = i / 7 } end
  return function() json.decode(json.encode(list)) end
end

function jobs.webhook()
  local reports = {}
  for i = 1, size do
    reports[i] = ('{"broadcast_id":%d,"recipient":"65933333%05d","task_state":2,"updated":1596205549614}'):format(i, i)
  end
  local body = '{"dlrs":[' .. table.concat(reports, ",") .. "]}"
  local client = sms.messagewhiz { apikey = "k" }
  local post = { method = "POST", headers = { ["content-type"] = "application/json" }, query = "", body = body }
  return function() assert(client:webhook(post)) end
end

function jobs.rows()
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write("to,name\n")
  for i = 1, size do file:write(number_of(i), ",Ann\n") end
  file:close()
  return function() drain(assert(sms.rows(path))) end, function() os.remove(path) end
end

local work, clean = jobs[job]()
local repeats, best = math.max(1, tonumber(arg[3]) // size), math.huge
work()
for _ = 1, ROUNDS do
  collectgarbage()
  local began = os.clock()
  for _ = 1, repeats do work() end
  best = math.min(best, (os.clock() - began) / (repeats * size))
end
if clean then clean() end
print("cpu", ("%.12f"):format(best))
