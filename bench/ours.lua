-- SPDX-License-Identifier: MIT
-- The work of the benchmarks by this library, as a user writes it: `ours.lua JOB URL CA HTTP COUNT [FLIGHT] [FILE]` prints
-- `name value` lines: cpu and wall seconds of what it did, after a warm-up.

local job, base_url, ca_file, http, count, flight, path = table.unpack(arg)
count, flight = tonumber(count), tonumber(flight or "1")

local sms = require "sms"
local upto = require "spec.support.upto"

local KEY = "sandbox-key-of-the-bench"
local WARM = 50

-- As many connections as requests in flight, like the C program and the others.
local pool = sms.pool { max_connections = math.max(flight, 16) }

local function client(url)
  return sms.messagewhiz { apikey = KEY, base_url = url or base_url, ca_file = ca_file, http = http, timeout = 30, pool = pool }
end

local slow = client(base_url .. "/wait")
local mw = job == "wait" and slow or client()
local errors, sum = 0, 0

local function seen(campaign)
  if campaign and campaign.id and campaign.name then
    sum = sum + campaign.id + #campaign.name
  else
    errors = errors + 1
  end
end

local calls = {}

function calls.list()
  local list = mw.campaigns:list {}
  seen(list and list[1])
end

calls.wait, calls.connect = calls.list, calls.list

function calls.create(number)
  seen((mw.campaigns:create { name = "spring " .. number, start_date = "2020-07-31T14:25:49.614Z" }))
end

function calls.send(number)
  local receipt = mw:send { to = "126058766" .. 10 + number % 90, from = "sender", text = "Your table is ready, number " .. number }
  if receipt and receipt.outcome == "accepted" then sum = sum + #receipt.id else errors = errors + 1 end
end

function calls.timeout(number)
  seen((mw.campaigns:create({ name = "spring " .. number, start_date = "2020-07-31T14:25:49.614Z" }, { timeout = 30 })))
end

function calls.update(number)
  seen((mw.campaigns:update { id = 46279, name = "spring " .. number, start_date = "2020-07-31T14:25:49.614Z" }))
end

-- Clients of the other providers, each made when it is first wanted.
local function other(make, credentials)
  local made
  return function()
    if made then return made end
    credentials.base_url, credentials.ca_file, credentials.http = base_url, ca_file, http
    made = make()(credentials)
    return made
  end
end

local zipwhip = other(function() return sms.zipwhip end, { session = KEY })
local zoomconnect = other(function() return sms.zoomconnect end, { email = "a@b.c", token = KEY })
local websms = other(function() return sms.websms end, { token = KEY })

local function add_length(text)
  if text then sum = sum + #text else errors = errors + 1 end
end

function calls.save(number)
  local card = zipwhip().contacts:save {
    mobileNumber = "20612345" .. 10 + number % 90, firstName = "Ann", lastName = "Brown & Sons", notes = "table " .. number,
  }
  add_length(card and card.id)
end

function calls.contact()
  local contact = zoomconnect().contacts:get { id = "58a1f3" }
  add_length(contact and contact.contactId)
end

function calls.text(number)
  local sent = websms().messages:send_text {
    recipientAddressList = { "43676123450" .. 10 + number % 90, "43676123451" .. 10 + number % 90 },
    messageContent = "Your table is ready, number " .. number,
  }
  add_length(sent and sent.transferId)
end

local function repeated(call, times)
  if flight == 1 then
    for i = 1, times do call(i) end
  else
    for _ in sms.parallel(flight, upto(times), function(i) call(i) return true end) do end -- luacheck: ignore
  end
end

local function report(values)
  for _, name in ipairs { "cpu", "wall", "errors", "peak", "growth", "read" } do
    if values[name] then print(name, values[name]) end
  end
end

-- A field of the process' status in KiB; nil where the system has none.
local function memory(field)
  local file <close> = io.open "/proc/self/status"
  return file and tonumber(file:read("a"):match(field .. ":%s+(%d+)"))
end

local function timed(work)
  local now = sms.core.now
  local cpu, wall = os.clock(), now()
  work()
  report { cpu = os.clock() - cpu, wall = now() - wall, errors = errors, peak = memory "VmHWM", read = sum }
end

local jobs = {}

-- Before many at once the slow server is asked, so that as many connections are open.
local function warm_up(call)
  local fast = mw
  if flight > 1 then mw = slow end
  repeated(call, WARM + 4 * flight)
  mw = fast
end

-- All of them begin before one gets its response, so that each has a connection of its own.
function jobs.connect()
  timed(function()
    sms.run(function()
      for i = 1, count do sms.task(calls.connect, i) end
    end)
  end)
end

local function calling()
  local call = calls[job]
  warm_up(call)
  collectgarbage() -- what the warm-up left is no work of the calls that count
  sms.core.http_date "" -- the mark of measure.lua
  errors = 0
  timed(function() repeated(call, count) end)
end

for _, name in ipairs { "list", "wait", "create", "timeout", "update", "send", "save", "contact", "text" } do jobs[name] = calling end

function jobs.upload()
  timed(function()
    local result = mw.recipient_lists:import({ doc = { path = path }, mapping = { "phone_number" } }, { timeout = 120 })
    if not result then errors = errors + 1 end
  end)
end

function jobs.download()
  timed(function()
    if not mw.recipient_lists:download({ id = 46279 }, { timeout = 120, to_file = path }) then errors = errors + 1 end
  end)
end

-- Growth of the process between the first thousand requests and the last, garbage collected.
function jobs.growth()
  local function resident()
    collectgarbage()
    collectgarbage()
    return memory "VmRSS"
  end
  repeated(calls.list, 1000)
  local before = resident()
  repeated(calls.list, count - 1000)
  report { errors = errors, growth = before and resident() - before, peak = memory "VmHWM" }
end

-- Rows through `parallel` that call nothing: what the machinery itself keeps.
function jobs.rows()
  timed(function()
    for value in sms.parallel(flight, upto(count), function(i) return i end) do sum = sum + value end
  end)
end

local REPORT = '{"broadcast_id":84512,"segment_id":90211,"recipient":"65933333%02d","task_state":2,"updated":1596205549614,' ..
  '"sent":1596205540102,"price":0.0215,"currency":"USD","country":"Singapore","network":"Singtel","mcc":"525","mnc":"01",' ..
  '"list_id":3301,"campaign_id":46279,"sender":"Acme Ltd","message_type":"sms","parts_count":1,"first_name":"Wei",' ..
  '"last_name":"Tan","custom1":"gold","custom2":"","error_code":0,"error_text":"","tries":1,"language":"en"}'

-- Three delivery reports in one post of 1,453 bytes.
local function batch()
  local rows = {}
  for i = 1, 3 do rows[i] = REPORT:format(i) end
  local text = '{"custom_parameter":"%s","pduDLR":false,"dlrs":[' .. table.concat(rows, ",") .. "]}"
  return text:format(("x"):rep(1453 - #text + 2))
end

function jobs.webhook()
  local body = batch()
  assert(#body == 1453)
  timed(function()
    for _ = 1, count do
      local events = mw:webhook { method = "POST", headers = { ["content-type"] = "application/json" }, query = "", body = body }
      if events and #events == 3 and events[1].status == "delivered" then sum = sum + 1 else errors = errors + 1 end
    end
  end)
end

-- What lua-cjson alone takes for the same text.
function jobs.parse()
  local body, decode = batch(), require "cjson".decode
  timed(function()
    for _ = 1, count do sum = sum + #decode(body).dlrs end
  end)
end

jobs[job]()
