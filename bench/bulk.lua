-- SPDX-License-Identifier: MIT
-- Broadcasts, by this library and by hand on lua-cjson: `bulk.lua JOB COUNT [URL CA]` prints `name value` lines. What is written by hand
-- checks, counts and reads nothing. Without an address responses come from within the process.

local job, count, url, ca_file = arg[1], tonumber(arg[2]), arg[3], arg[4]

local cjson = require "cjson"
local sms = require "sms"

local KEY = "sandbox-key-of-the-bench"
local PER_CALL = { zoomconnect = 500, websms = 1000 }

---------------------------------------------------------------- rows

local NAMES = { "Thandi", "Pieter", "Ayesha", "Sipho", "Zoë", "Johan" }
local TEXT = "Dear {name}, your order {order} is ready at the shop in Long Street; we close at 18:00."
local ONE_TEXT = "We open at ten tomorrow; see you then."

local function number_of(i) return "+2782" .. 1000000 + i % 9000000 end

local function vars_of(i) return { name = NAMES[i % #NAMES + 1], order = tostring(10000 + i) } end

local function personal(i) return { to = number_of(i), text = TEXT, vars = vars_of(i) } end

local function same(i) return { to = number_of(i), text = ONE_TEXT } end

-- The messages of a list, one after the other.
local function upto(make, last)
  local i = 0
  return function()
    i = i + 1
    if i <= last then return make(i) end
  end
end

---------------------------------------------------------------- responses

local RESPONSES = { websms = '{"statusCode":2000,"statusMessage":"OK","transferId":"0059d2d0ff000fa5b1e0","smsCount":1000}' }
do
  local shares = {}
  for i = 1, PER_CALL.zoomconnect do shares[i] = ('{"messageId":"58a1f3c0e4b0%04d","error":null}'):format(i) end
  RESPONSES.zoomconnect = '{"sendSmsResponses":[' .. table.concat(shares, ",") .. "]}"
end

local clients = {}

function clients.zoomconnect(options)
  options.email, options.token = "a@b.c", KEY
  return sms.zoomconnect(options)
end

function clients.websms(options)
  options.token = KEY
  return sms.websms(options)
end

-- A client that is answered from within the process, or over HTTP.
local function client_of(provider)
  local prefix = provider == "zoomconnect" and "/rows" or ""
  if url then return clients[provider] { base_url = url .. prefix, ca_file = ca_file } end
  return clients[provider] { transport = function() return { status = 200, body = RESPONSES[provider] } end }
end

local PATHS = { zoomconnect = "/rows/api/rest/v1/sms/send-bulk", websms = "/smsmessaging/text" }

-- A function that posts a body, by Lua-cURLv3 or within the process.
local function poster_of(provider)
  if not url then return function() return RESPONSES[provider] end end
  local pieces, size = {}, 0
  local easy = require("cURL").easy {
    url = url .. PATHS[provider], cainfo = ca_file, timeout = 30,
    httpheader = { "Content-Type: application/json", "email: a@b.c", "token: " .. KEY, "Authorization: Bearer " .. KEY },
    writefunction = function(piece)
      size = size + 1
      pieces[size] = piece
      return true
    end,
  }
  return function(body)
    size = 0
    easy:setopt_postfields(body)
    easy:perform()
    return table.concat(pieces, "", 1, size)
  end
end

---------------------------------------------------------------- the work

local errors, sum, work = 0, 0, {}

local function seen(id)
  if type(id) == "string" then sum = sum + #id else errors = errors + 1 end
end

-- By hand: so many to a call, holes filled by `gsub`.
function work.zoomconnect_by_hand()
  local post = poster_of "zoomconnect"
  for base = 0, count - 1, PER_CALL.zoomconnect do
    local rows = {}
    for i = 1, PER_CALL.zoomconnect do
      rows[i] = { recipientNumber = number_of(base + i), message = (TEXT:gsub("{(%w+)}", vars_of(base + i))) }
    end
    local shares = cjson.decode(post(cjson.encode { sendSmsRequests = rows })).sendSmsResponses
    for i = 1, #shares do seen(shares[i].messageId) end
  end
end

-- The same from messages as a client takes them.
function work.websms_by_hand()
  local post = poster_of "websms"
  for base = 0, count - 1, PER_CALL.websms do
    local list = {}
    for i = 1, PER_CALL.websms do list[i] = same(base + i) end
    local numbers = {}
    for i = 1, #list do numbers[i] = list[i].to:sub(2) end
    local sent = cjson.decode(post(cjson.encode { recipientAddressList = numbers, messageContent = ONE_TEXT }))
    for _ = 1, #numbers do seen(sent.transferId) end
  end
end

local function many(provider, make, size)
  local client = client_of(provider)
  for base = 0, count - 1, size do
    local list = {}
    for i = 1, math.min(size, count - base) do list[i] = make(base + i) end
    local rows = client:send_many(list)
    for i = 1, #rows do seen(rows[i].id) end
  end
end

function work.zoomconnect_many() many("zoomconnect", personal, PER_CALL.zoomconnect) end

function work.websms_many() many("websms", same, PER_CALL.websms) end

local function each(provider, make)
  for row in client_of(provider):send_each(upto(make, count)) do seen(row.id) end
end

function work.zoomconnect_each() each("zoomconnect", personal) end

function work.websms_each() each("websms", same) end

-- Texts that differ, one a call, 64 calls in flight. All calls share the connections of the first.
local single

function work.personal()
  single = single or sms.messagewhiz {
    apikey = KEY, from = "shop", base_url = url .. "/wait", ca_file = ca_file, http = "1.1", pool = sms.pool { max_connections = 64 },
  }
  local function text_of(i) return { to = number_of(i), text = "Your table is ready, number " .. i } end
  for row in single:send_each(upto(text_of, count), { parallel = 64 }) do seen(row.id) end
end

-- Texts through a sandbox in the process, one after the other.
function work.sandbox()
  local sandbox = require("sms.sandbox").new()
  local client = sms.websms { token = "sandbox-token", transport = sandbox }
  for i = 1, count do
    local receipt = client:send { to = "+43664" .. 1000000 + i % 1000, text = "Your table is ready." }
    seen(receipt and receipt.id)
  end
end

-- Numbers as people write them.
local SPELLINGS = { "+27 82 %s", "082 %s", "0027 82 %s", "+2782%s", "(082) %s", "27-82-%s", "tel:+27-82-%s", "+27 (0)82 %s" }

function work.numbers()
  local e164 = sms.number.e164
  for i = 1, count do
    seen((e164(SPELLINGS[i % #SPELLINGS + 1]:format(i % 9000000 + 1000000), "ZA")))
  end
end

function work.spellings()
  local file <close> = assert(io.open(url, "w"))
  for i = 1, count do file:write(SPELLINGS[i % #SPELLINGS + 1]:format(i % 9000000 + 1000000), "\n") end
end

-- A field of the process' status in KiB; nil where the system has none.
local function memory(field)
  local file <close> = io.open "/proc/self/status"
  return file and tonumber(file:read("a"):match(field .. ":%s+(%d+)"))
end

local whole = count
count = math.min(whole, url and 256 or 2000)
if job ~= "spellings" then work[job]() end -- what is loaded when it is first needed is no part of the work, nor are connections
count, errors, sum = whole, 0, 0
collectgarbage()
sms.core.http_date "" -- the mark of measure.lua
local cpu, wall = os.clock(), sms.core.now()
work[job]()
print("cpu", os.clock() - cpu)
print("wall", sms.core.now() - wall)
print("errors", errors)
for name, value in pairs { peak = memory "VmHWM", read = sum } do print(name, value) end
