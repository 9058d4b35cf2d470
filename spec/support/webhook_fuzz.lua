-- SPDX-License-Identifier: MIT
-- Requests to webhooks, made from real callbacks and from noise by a seeded generator: whatever comes, a reader gives events or nil
-- and an error, and never raises.

local failure = require "sms.error"
local json = require "sms.json"
local webhook = require "sms.webhook"

local fuzz = {}

local SEED = 20230328

-- One callback of each kind, as documented by the providers.
local SAMPLES = {
  [[{"dlrs":[{"segment_id":100001,"_id":"611f","broadcast_id":1100001,"recipient":"3801100001","price":11.8,"task_state":2,]]
    .. [["updated":1629461739834},{"task_state":9}],"custom_parameter":"1234","pduDLR":{"sent_count":2}}]],
  [[{"message_id":"rbz","sender":"s","recipient":"5417543010","content":"Text","state":2,"status":"DELIVRD","client_ref":"c",]]
    .. [["timestamp":"2023-03-28T15:52:31.279Z","parts":[{"pdu_id":"S","encoding":0}]}]],
  [[{"message_id":"4iE","link_id":"hkzt.me/ZPFuT5","time":"2023-05-01T13:46:37.921Z","unique_click":true}]],
  "from=+27725551234&repliedToMessageId=121212&messageId=124567&message=REPLY&date=201404282055&campaign=shoe campaign&dataField=custom",
  "status=DELIVERED&messageId=40124213",
  [[{"messageId":"5a757c7b","status":"DELIVERED","campaign":"p","dataField":"cli:1","nonce":"u","nonce-date":"20180203111524"}]],
  [[{"messageType":"text","notificationId":"0500","senderAddress":"43660000000001","recipientAddress":"0828","textMessageContent":"Hi €"}]],
  [[{"messageType":"binary","notificationId":"0501","userDataHeaderPresent":true,"binaryMessageContent":["BQADzAIBSGVsbG8g","!"]}]],
  [[{"messageType":"deliveryReport","notificationId":"5280","transferId":"0050","deliveryReportMessageStatus":"delivered",]]
    .. [["sentOn":"2024-10-15T20:33:02.000+02:00","deliveredOn":"2024-10-15T20:33:03.000+02:00","clientMessageId":"m-1"}]],
  [[{"customerChannelUuid":"u","sender":"1","recipient":"2","type":"whatsapp","whatsappNotification":{"entry":[{"changes":[{"field":]]
    .. [["messages","value":{"messages":[{"text":{"body":"x"}}],"statuses":[{"status":"read"}]}}]}]}}]],
  [[{"body":"Hello","address":"ptn:/+12065550100","finalSource":"+12065550100","finalDestination":"+12065550111","messageType":"MO",]]
    .. [["fingerprint":"4000000001","id":1300000000000000001,"cc":null,"dateCreated":"2020-11-13T17:01:17Z","dateDelivered":null,]]
    .. [["statusCode":4,"messageStatus":1003,"hasAttachment":false}]],
}

local TOKENS = {
  "null", "true", "false", "[]", "{}", "0", "-1", "1e400", "9223372036854775808", '""', '"x"', '"\\u0000"', '"\\ud800"', "[[[[", "}}",
  "&", "=", "+", "%", "%00", "%zz", "\0", "\xff", "\xEF\xBB\xBF", "\n", "<", "secret=", "event=progress", '"__index":1', ('{"a":'):rep(200),
  ("9"):rep(400), '"2023-99-99T99:99:99Z"', '"99999999999999999999"', "201413322599",
}

local TYPES = {
  "application/json", "application/json; charset=UTF-8", "application/x-www-form-urlencoded", "text/plain", "", ";", "\xff\0",
  "multipart/form-data; boundary=", "application/" .. ("x"):rep(3000),
}

local random = math.random

local function pick(list)
  return list[random(#list)]
end

local function noise(most)
  local out = {}
  for i = 1, random(0, most) do out[i] = string.char(random(0, 255)) end
  return table.concat(out)
end

local function place(text)
  return random(#text + 1)
end

local mutations = {
  function(text) return text:sub(1, place(text) - 1) end,
  function(text)
    local at = place(text)
    return text:sub(1, at - 1) .. pick(TOKENS) .. text:sub(at)
  end,
  function(text)
    local at = place(text)
    return text:sub(1, at - 1) .. string.char(random(0, 255)) .. text:sub(at + 1)
  end,
  function(text) -- another value for a member of a JSON object
    local members = {}
    for from, to in text:gmatch('"[%w_-]+":()[^,}%]]+()') do members[#members + 1] = { from, to } end
    if #members == 0 then return text .. pick(TOKENS) end
    local member = pick(members)
    return text:sub(1, member[1] - 1) .. pick(TOKENS) .. text:sub(member[2])
  end,
  function(text) return "[" .. text .. "," .. pick(SAMPLES) .. "]" end,
  function(text) return text .. "&" .. pick(SAMPLES) end,
  function() return noise(200) end,
  function(text) return (text:gsub("%w+", function(word) return random(20) == 1 and pick(TOKENS) or word end)) end,
}

local function mutated(text)
  for _ = 1, random(0, 3) do text = pick(mutations)(text) end
  return text
end

local function request()
  local out = { method = pick { "GET", "POST", "PUT", "", "\0" }, headers = { ["Content-Type"] = pick(TYPES) } }
  local where = random(20)
  if where > 5 then out.body = mutated(pick(SAMPLES)) end
  if where <= 9 then out.query = mutated(pick(SAMPLES)) end
  if where == 20 then out.query = pick { 1, {}, false, ("&"):rep(5000), ("a&"):rep(11000), ("a=1&"):rep(11000) } end
  if where == 19 then out.headers = pick { {}, { [1] = "x" }, { a = {} }, { ["content-type"] = 7 }, "headers", false } end
  if where == 18 then out.headers["X-Webhook-Secret"] = pick { "right", "wrong", "" } end
  return out
end

local TEXTS = { "type", "id", "reference", "from", "to", "text", "status", "key", "provider" }

-- What is wrong with an event, if anything is.
local function fault_of(event)
  if type(event) ~= "table" then return "an event is no table" end
  for _, name in ipairs(TEXTS) do
    if event[name] ~= nil and type(event[name]) ~= "string" then return name .. " is a " .. type(event[name]) end
  end
  if not (event.type and event.key and event.provider) then return "type, key or provider is missing" end
  if event.raw == nil then return "raw is missing" end
  if event.time ~= nil and not (type(event.time) == "number" and event.time - event.time == 0) then return "time is no time" end
  if event.final ~= nil and type(event.final) ~= "boolean" then return "final is no boolean" end
  if not json.decode(webhook.line(event)) then return "it cannot be written as a line" end
end

-- Gives one request to one reader; what is wrong, or nil, and whether there were events.
local function try(reader, given)
  local ok, events, err = pcall(reader.webhook, reader, given)
  if not ok then return "raised: " .. tostring(events) end
  if events == nil then
    if not failure.is(err) then return "nil without an error" end
    return err.name == "reader_failed" and err.message or nil, false
  end
  for _, event in ipairs(events) do
    local fault = fault_of(event)
    if fault then return fault end
  end
  return nil, #events > 0
end

--- Gives requests, the same ones each time, to a reader.
---@param reader table  see `sms.webhook.reader`
---@param count integer  how many
---@param seed? integer
---@return string? fault   what was wrong, with the input
---@return integer read    how many gave at least one event
function fuzz.run(reader, count, seed)
  math.randomseed(seed or SEED)
  local read = 0
  for i = 1, count do
    local given = request()
    local fault, some = try(reader, given)
    if fault then return ("input %d, query %q, body %q: %s"):format(i, tostring(given.query), tostring(given.body), fault), read end
    if some then read = read + 1 end
  end
  math.randomseed()
  return nil, read
end

return fuzz
