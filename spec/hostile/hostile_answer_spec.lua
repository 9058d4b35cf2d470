-- SPDX-License-Identifier: MIT
-- Answers in shapes that no document shows: every documented response of every operation with each of its members replaced by what does
-- not belong there. A call returns a result or an error value, whatever came; it never raises.

local failure = require "sms.error"
local hostile = require "spec.support.hostile"
local json = require "sms.json"
local kinds = dofile "spec/support/kinds_of_call.lua"
local sms = require "sms"

local STRANGE = {
  json.null, true, false, -1, 0, 1e308, math.maxinteger, "", "x", "\0\27[2J\r\n", ("9"):rep(40), json.empty_array, {}, { {} },
  { a = { b = {} } }, json.array { json.array {} }, json.array { 1, "2", json.null }, json.array { json.null },
}

-- Texts that replace a whole response.
local BODIES = {
  "", " ", "null", "true", "0", "-1e400", "\"x\"", "[]", "{}", "[[]]", "[null]", "[{}]", "{\"\":0}", "<html>",
  "<?xml version=\"1.0\"?><a/>",
  "a=b", "=", "\0", "{", "[1,", "{\"a\":}", "nul", "\xff\xfe", "\xef\xbb\xbf{}", ("["):rep(10000),
  ("{\"a\":"):rep(10000),
  ("["):rep(100) .. ("]"):rep(100), '{"errorCode":"0x0","result":{}}', '{"errorCode":1e400}', '{"errorCode":{},"result":[]}',
  '{"errorCode":0,"errorCode":7,"result":{}}', '{"statusCode":2000.5}', '{"statusCode":"2000"}', '{"statusCode":-9223372036854775808}',
  '{"success":"true","response":[]}', '{"success":true}', '{"success":true,"response":{"root":[{}]}}', '{"error":{}}', '{"error":[[]]}',
}

-- All answers made of one by putting a strange value in the place of each member.
local function each_mutation(value, visit)
  local function walk(node)
    for key, item in pairs(node) do
      for i = 1, #STRANGE do
        node[key] = STRANGE[i]
        visit()
      end
      node[key] = item
      if type(item) == "table" and getmetatable(item) == nil then walk(item) end
    end
  end
  if type(value) == "table" then walk(value) end
end

describe("a response that no document shows", function()
  local STATUSES = { 200, 404 }

  -- Fails unless the call gives a result or an error value.
  local function check(words, body, fn)
    local ok, result, second = pcall(fn)
    local told = ok and (result ~= nil or failure.is(second))
    if not told then error(("%s: %s\nafter the response %s"):format(words, tostring(ok and second or result), body:sub(1, 400)), 0) end
    if ok and failure.is(second) then
      assert(not tostring(second):find("%c"), words .. ": control characters in the words of an error")
      assert(not second.body or #second.body <= failure.MAX_BODY, words)
    end
  end

  local response = {}

  local function transport()
    return { status = response.status, headers = { ["content-type"] = "application/json" }, body = response.body }
  end

  local function merged(...)
    local out = { transport = transport, retries = 0 }
    for i = 1, select("#", ...) do
      for key, value in pairs(select(i, ...) or {}) do out[key] = value end
    end
    return out
  end

  -- Calls with each strange form of a documented response; `most`: every n-th where there are many.
  local function play(words, text, fn, most)
    local value = json.decode(text)
    local count, total = 0, 0
    each_mutation(value, function() total = total + 1 end)
    local step = math.max(1, total // most)
    each_mutation(value, function()
      count = count + 1
      if count % step ~= 0 then return end
      response.status, response.body = 200, assert(json.encode(value))
      check(words, response.body, fn)
    end)
    for _, status in ipairs(STATUSES) do
      for _, body in ipairs(BODIES) do
        response.status, response.body = status, body
        check(words, body, fn)
      end
    end
    return count
  end

  for _, provider in ipairs(sms.providers) do
    it("of " .. provider .. " is a result or an error", function()
      local wire = dofile("spec/wire/" .. provider .. ".lua")
      local seen = {}
      for _, case in ipairs(wire.cases) do
        if not case.raises and not case.before and not seen[case.call] and type(case.response.body) == "string" then
          seen[case.call] = true
          local resource, operation = case.call:match("^([^.]+)%.(.+)$")
          local client = sms[provider](merged(not case.alone and wire.options, case.client))
          play(case.call, case.response.body, function()
            return client[resource][operation](client[resource], hostile.copy(case.args))
          end, 400)
        end
      end
    end)

    it("of " .. provider .. " to send, send_many, status, balance and reconcile is a result or an error", function()
      local wire, bodies = dofile("spec/wire/" .. provider .. ".lua"), {}
      for _, case in ipairs(wire.cases) do
        local op = require("sms.client").bind(require("sms." .. provider)).operations[case.call:gsub("%.", ":")]
        local wanted = op and (op.send or op.name:find("list") or op.name:find("get") or op.name:find("balance"))
        if wanted and type(case.response.body) == "string" then bodies[op.name] = case.response.body end
      end
      local client = sms[provider](merged(kinds.options[provider]))
      local function message(text) return kinds.message(provider, text) end
      for name, body in pairs(bodies) do
        local words = provider .. " with the response to " .. name .. ": "
        play(words .. "send", body, function() return client:send(message "hello") end, 100)
        play(words .. "status", body, function() return client:status { id = "1", broadcast_id = 1, recipients = 1 } end, 100)
        play(words .. "balance", body, function() return client:balance() end, 30)
        play(words .. "send_many", body, function()
          local rows = client:send_many { message "one", message "two", message "one" }
          assert(#rows == 3 and rows[1] and rows[2] and rows[3], "rows are missing")
          return rows
        end, 100)
        play(words .. "reconcile", body, function()
          return client:reconcile({ {
            provider = provider, to = "447700900123", text = "hello", reference = "sms-1", outcome = "unknown", status = "unknown",
            time = os.time() - 3600, broadcast = true,
          } })
        end, 50)
      end
    end)

    if provider ~= "websms" then it("of " .. provider .. " doesn't keep a walk over pages from ending", function() -- websms has no lists
      local operations, walked = require("sms.client").bind(require("sms." .. provider)).operations, 0
      local wire = dofile("spec/wire/" .. provider .. ".lua")
      local client = sms[provider](merged(kinds.options[provider]))
      for _, case in ipairs(wire.cases) do
        local op = operations[case.call:gsub("%.", ":")]
        if op and op.facts.pages and not case.raises and type(case.response.body) == "string" then
          local resource = case.call:match("^[^.]+")
          walked = walked + 1
          play(case.call .. " each", case.response.body, function()
            local left = 300
            local ok, problem = pcall(function()
              for _ in client[resource]:each(hostile.copy(case.args)) do
                left = left - 1
                if left == 0 then break end
              end
            end)
            assert(ok or failure.is(problem), tostring(problem))
            return true
          end, 40)
        end
      end
      assert.is_true(walked > 0)
    end) end
  end
end)
