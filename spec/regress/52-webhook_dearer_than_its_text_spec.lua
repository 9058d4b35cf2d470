-- SPDX-License-Identifier: MIT
-- The story: a post of 4 MB that no provider would send took the listener for seconds, many times what its JSON took to decode, since all
-- of it was digested in Lua for the event's key. And 30 KB of empty rows beside 30 fields became 300,000 copies.

local cost = require "spec.support.cost"
local json = require "sms.json"
local webhook = require "sms.webhook"

local SIZE = 4000000

local function filled(head, piece, tail)
  return head .. (piece .. ","):rep((SIZE - #head - #tail - #piece) // (#piece + 1)) .. piece .. tail
end

local function pad(size) return ("x"):rep(size) end

local POSTS = {
  ["whole numbers"] = { "messagewhiz", filled('{"a":[', "1", "]}") },
  ["texts of one letter"] = { "zipwhip", filled('{"a":[', '"x"', "]}") },
  ["empty objects"] = { "websms", filled('{"a":[', "{}", "]}") },
  ["small objects"] = { "zoomconnect", filled('{"a":[', '{"b":1.5}', "]}") },
  ["deep lists"] = { "zipwhip", filled('{"a":[', ("["):rep(100) .. ("]"):rep(100), "]}") },
  ["one text"] = { "messagewhiz", '{"message_id":"' .. pad(SIZE) .. '"}' },
  ["reports"] = {
    "messagewhiz",
    filled('{"custom_parameter":"r","dlrs":[', ('{"task_state":2,"recipient":"6591234567","pad":"%s"}'):format(pad(360)), "]}"),
  },
  ["reports that share a text"] = {
    "messagewhiz", filled('{"pduDLR":"' .. pad(SIZE // 2) .. '","dlrs":[', ('{"task_state":2,"pad":"%s"}'):format(pad(360)), "]}"),
  },
  ["too many reports"] = { "messagewhiz", filled('{"dlrs":[', '{"task_state":2}', "]}") },
  ["WhatsApp messages"] = {
    "websms", filled('{"type":"whatsapp","whatsappNotification":{"entry":[{"changes":[{"value":{"messages":[',
      ('{"id":"1","text":{"body":"%s"}}'):format(pad(380)), "]}}]}]}}"),
  },
  ["too many WhatsApp messages"] = {
    "websms", filled('{"type":"whatsapp","whatsappNotification":{"entry":[', '{"changes":[{"value":{"messages":[{}]}}]}', "]}}"),
  },
}

describe("a webhook of 4 MB", function()
  for words, post in pairs(POSTS) do
    it("of " .. words .. " costs at most three times its decoding", function()
      local reader, body = webhook.reader(post[1]), post[2]
      local times = cost.ratio(function() json.decode(body) end, function()
        local events = reader:webhook { method = "POST", body = body }
        assert(not events or #events <= 10000)
      end, 3)
      assert.is_true(times <= 3, times)
    end)
  end
end)

describe("a small webhook of many rows", function()
  it("copies few of the fields that they share", function()
    local function post(fields)
      local shared = {}
      for i = 1, fields do shared[i] = ('"p%d":%d,'):format(i, i) end
      return { body = "{" .. table.concat(shared) .. '"custom_parameter":"r","dlrs":[' .. ("{},"):rep(9999) .. "{}]}" }
    end
    local reader, few, many, events = webhook.reader "messagewhiz", post(0), post(30), nil
    local times = cost.ratio(function() reader:webhook(few) end, function() events = reader:webhook(many) end, 1.5)
    assert.is_true(times <= 1.5, times)
    assert.same({ 10000, "r", "r" }, { #events, events[1].reference, events[10000].raw.custom_parameter })
    assert.is_nil(events[1].raw.p1)
  end)

  it("hands a few shared fields on in each event", function()
    local events = webhook.reader("messagewhiz"):webhook { body = '{"custom_parameter":"r","batch":7,"dlrs":[{"task_state":2}]}' }
    assert.same({ "r", 7, 2 }, { events[1].raw.custom_parameter, events[1].raw.batch, events[1].raw.task_state })
  end)
end)
