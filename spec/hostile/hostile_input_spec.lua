-- SPDX-License-Identifier: MIT
-- Whatever a script is made to hand on, it is refused before the network or arrives as data: every text argument of every operation
-- of every provider gets values that end lines, climb paths and open queries, and a peer that trusts nobody reads what arrives.

local core = require "sms.core"
local failure = require "sms.error"
local hostile = require "spec.support.hostile"
local peer = require "spec.support.peer"
local sms = require "sms"

local function merged(...)
  local out = {}
  for i = 1, select("#", ...) do
    for key, value in pairs(select(i, ...) or {}) do out[key] = value end
  end
  return out
end

-- Benign values, one of which an argument takes wherever it takes anything like a text.
local BENIGN = {
  "7", "abc", "+447700900123", "447700900123", "2065550123", "https://example.org/x", "2020-01-02T03:04:05Z", "20200102030405", "a,b",
  "202001020304", "2020-01-02 03:04", 7, true, "{\"a\":\"b\"}",
}

describe("a text argument", function()
  local server, pool, real, before

  setup(function()
    before = {}
    server = peer.listen(function(connection)
      while connection:request() do
        before[#before + 1] = connection.input
        connection:answer(200, "{}", "Content-Type: application/json\r\n")
      end
    end)
    real = core.pool()
    pool = hostile.pool(real, { server })
  end)

  teardown(function()
    real:close()
    server:close()
  end)

  -- Calls and returns what arrived: at most one request, with nothing behind it; and what the caller was told.
  local function play(client, op, args)
    server.arrived, before = {}, {}
    local resource, operation = op.name:match("^(.-):(.*)$")
    local ok, result, second = pcall(client[resource][operation], client[resource], args)
    assert(#server.arrived <= 1, "more than one request arrived")
    assert(#server.arrived == 0 or before[1] == "", "bytes behind the request")
    if ok then
      assert(failure.is(second) or #server.arrived == 1, "neither an error nor a request")
    else
      local named = type(result) == "string" and result:find(op.provider .. "." .. op.name, 1, true)
      assert(named, "raised without a name: " .. tostring(result))
      assert(#server.arrived == 0, "raised, and yet a request arrived")
    end
    return server.arrived[1], ok and second or result
  end

  -- The skeleton of a good value, nil where none is taken.
  local function good_skeleton(client, op, place)
    for _, value in ipairs(BENIGN) do
      local request = play(client, op, place.put(value))
      if request then return (hostile.skeleton(request)) end
    end
  end

  local function cases_by_name(wire)
    local out = {}
    for _, case in ipairs(wire.cases) do
      local name = case.call:gsub("%.", ":")
      out[name] = out[name] or {}
      if not case.raises then table.insert(out[name], case) end
    end
    return out
  end

  local function client_for(wire, case)
    return sms[wire.provider](merged(not case.alone and wire.options, case.client, {
      base_url = server.url, lookup_url = wire.provider == "zipwhip" and server.url or nil, pool = pool, retries = 0, timeout = 60,
    }))
  end

  local function check_value(client, op, place, value, good)
    local request = play(client, op, place.put(value[2]))
    if not request then return good end
    good = good or good_skeleton(client, op, place)
    local words = ("%s.%s %s: %s"):format(op.provider, op.name, place.name, value[1])
    local same, skeleton, values = pcall(hostile.skeleton, request)
    assert.is_true(same, words .. ": " .. tostring(skeleton))
    assert.equal(good, skeleton, words)
    local as_text = place.param.type == "string" or place.param.type == "string?" or place.param.type:find("sms.Id?$")
    if as_text and not place.deep and op.facts.charset == nil then assert.is_true(values[value[2]], words .. " was changed") end
    return good, true
  end

  -- `long`: how often the longest value is still to be tried, by way to travel.
  local function check_place(client, op, place, counts, long)
    local good, arrived
    local function try(value)
      good, arrived = check_value(client, op, place, value, good)
      counts.tried, counts.arrived = counts.tried + 1, counts.arrived + (arrived and 1 or 0)
    end
    for _, value in ipairs(hostile.VALUES) do try(value) end
    local way = place.param.place
    if (long[way] or 0) > 0 and place.param.type:find("^string") then
      try(hostile.LONG)
      long[way] = long[way] - 1
    end
  end

  for _, provider in ipairs(sms.providers) do
    it("of any operation of " .. provider .. " is refused or escaped", function()
      local wire = dofile("spec/wire/" .. provider .. ".lua")
      local operations = require("sms.client").bind(require("sms." .. provider)).operations
      local cases, counts = cases_by_name(wire), { tried = 0, arrived = 0 }
      local long = { path = 2, query = 2, form = 2, body = 2, multipart = 2 }
      for name, op in pairs(operations) do
        local seen = {}
        for _, case in ipairs(assert(cases[name], name)) do
          local client = client_for(wire, case)
          for _, place in ipairs(hostile.places(op, case.args or {}, seen)) do
            check_place(client, op, place, counts, long)
          end
        end
      end
      assert.is_true(counts.arrived > 100, counts.arrived)
    end)
  end
end)
