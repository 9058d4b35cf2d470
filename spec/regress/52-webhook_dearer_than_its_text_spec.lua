-- SPDX-License-Identifier: MIT
-- The story: a post of 4 MB that no provider would send took the listener for seconds, many times what its JSON took to decode, since all
-- of it was digested in Lua for the event's key. And 30 KB of empty rows beside 30 fields became 300,000 copies.

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

-- The least of some processor times: what else happens on the machine only adds to it.
local function least(rounds, fn)
  local best = math.huge
  for _ = 1, rounds do
    collectgarbage()
    local began = os.clock()
    fn()
    best = math.min(best, os.clock() - began)
  end
  return best
end

describe("a webhook of 4 MB", function()
  for words, post in pairs(POSTS) do
    it("of " .. words .. " costs at most three times its decoding", function()
      local reader, body = webhook.reader(post[1]), post[2]
      local ratio
      for _ = 1, 5 do
        local decoding = least(2, function() json.decode(body) end)
        ratio = least(2, function()
          local events = reader:webhook { method = "POST", body = body }
          assert(not events or #events <= 10000)
        end) / decoding
        if ratio <= 3 then break end
      end
      assert.is_true(ratio <= 3, ratio)
    end)
  end
end)

describe("a small webhook of many rows", function()
  it("copies few of the fields that they share", function()
    local shared = {}
    for i = 1, 30 do shared[i] = ('"p%d":%d,'):format(i, i) end
    local body = "{" .. table.concat(shared) .. '"custom_parameter":"r","dlrs":[' .. ("{},"):rep(9999) .. "{}]}"
    local reader, events = webhook.reader "messagewhiz", nil
    assert.is_true(least(3, function() events = reader:webhook { method = "POST", body = body } end) < 0.15)
    assert.same({ 10000, "r", "r" }, { #events, events[1].reference, events[10000].raw.custom_parameter })
    assert.is_nil(events[1].raw.p1)
  end)

  it("hands a few shared fields on in each event", function()
    local events = webhook.reader("messagewhiz"):webhook { body = '{"custom_parameter":"r","batch":7,"dlrs":[{"task_state":2}]}' }
    assert.same({ "r", 7, 2 }, { events[1].raw.custom_parameter, events[1].raw.batch, events[1].raw.task_state })
  end)
end)
