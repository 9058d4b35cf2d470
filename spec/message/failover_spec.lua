-- SPDX-License-Identifier: MIT
-- Several clients as one: who is asked and in which order, what stops it, the circuit breakers, and the reasons told.

local breaker = require("sms.failover").breaker
local core = require "sms.core"
local failure = require "sms.error"
local sms = require "sms"
local toy_message = require "spec.support.toy_message"
local kinds = dofile "spec/support/kinds_of_call.lua"
local matrix = dofile "spec/support/fault_matrix.lua"

-- What a member's transport says, by a word.
local SAYS = {
  ok = function() return { status = 200, headers = {}, body = { id = "1", parts = 1 } } end,
  refused = function() return { status = 400, headers = {}, body = { error = "bad number" } } end,
  limited = function() return { status = 429, headers = {}, body = {} } end,
  down = function() return nil, { kind = "network", message = "nobody listens", attempts = 0 } end,
  broken = function() return nil, { kind = "network", message = "reset", attempts = 1 } end,
  slow = function() return nil, { kind = "timeout", message = "late", attempts = 1 } end,
  failing = function() return { status = 503, headers = {}, body = {} } end,
  html = function() return { status = 200, headers = {}, body = "<html>" } end,
}

-- A member that says `word`, which may be changed; `asked` counts.
local function member(word, change)
  local self = { says = word }
  self.client, self.seen = toy_message.recorded(function() return SAYS[self.says]() end, change)
  function self.asked() return #self.seen end
  return self
end

local MESSAGE = { to = "447700900123", text = "hello" }

-- A group of members that say these words.
local function group_of(words, settings)
  local members, list = {}, settings or {}
  for i, word in ipairs(words) do
    members[i] = member(word)
    list[i] = members[i].client
  end
  return sms.failover(list), members
end

local function asked(members)
  local out = {}
  for i, one in ipairs(members) do out[i] = one.asked() end
  return out
end

describe("failover", function()
  it("takes the first that can", function()
    local group, members = group_of { "ok", "ok" }
    local receipt, response = group:send(MESSAGE)
    assert.same({ "1", "accepted", 200 }, { receipt.id, receipt.outcome, response.status })
    assert.same({ 1, 0 }, asked(members))
  end)

  it("goes on after proof that nothing was taken", function()
    for _, word in ipairs { "down", "refused", "limited" } do
      local group, members = group_of { word, "ok" }
      assert.equal("accepted", group:send(MESSAGE).outcome)
      assert.same({ 1, 1 }, asked(members), word)
    end
  end)

  it("stops when nobody knows", function()
    for _, word in ipairs { "broken", "slow", "failing", "html" } do
      local group, members = group_of { "down", word, "ok" }
      local receipt, err = group:send(MESSAGE)
      assert.is_nil(receipt)
      assert.is_true(failure.is(err))
      assert.same({ word, "unknown" }, { word, err.outcome })
      assert.same({ 1, 1, 0 }, asked(members), word)
      assert.equal(2, #err.tried)
      assert.matches("network", err.tried[1].reason)
    end
  end)

  it("tells of all that were tried when nobody took it", function()
    local group = group_of { "down", "refused" }
    local _, err = group:send(MESSAGE)
    assert.same({ "not_sent", "invalid", 2 }, { err.outcome, err.kind, #err.tried })
    assert.same({ "toymail", "toymail" }, { err.tried[1].provider, err.tried[2].provider })
    assert.matches("bad number", err.tried[2].reason)
  end)

  it("skips a provider that lacks what the message needs, without asking it", function()
    local plain, able = member("ok", function(mapping) mapping.capabilities.flash = nil end), member("ok")
    local group = sms.failover { plain.client, able.client }
    assert(group:send { to = "447700900123", text = "hello", flash = true })
    assert.same({ 0, 1 }, asked { plain, able })
    local only = sms.failover { plain.client }
    local receipt, err = only:send { to = "447700900123", text = "hello", flash = true }
    assert.is_nil(receipt)
    assert.same({ "rejected", "not_sent" }, { err.kind, err.outcome })
    assert.matches("toymail does not support 'flash'", err.message)
    assert.equal(0, plain.asked())
  end)

  it("asks in turns", function()
    local group, members = group_of({ "ok", "ok", "ok" }, { strategy = "round_robin" })
    for _ = 1, 7 do assert(group:send(MESSAGE)) end
    assert.same({ 3, 2, 2 }, asked(members))
    members[2].says = "down"
    for _ = 1, 3 do assert(group:send(MESSAGE)) end
    -- The turns went to 2, 3 and 1; for the one that is down the next in line stood in.
    assert.same({ 4, 3, 4 }, asked(members))
  end)

  it("asks as a function says", function()
    local words = {}
    local function strategy(message, clients)
      words[#words + 1] = message.text
      return message.text == "last first" and { clients[3], clients[1] } or message.text == "none" and {} or clients
    end
    local group, members = group_of({ "ok", "ok", "down" }, { strategy = strategy })
    assert(group:send { to = "447700900123", text = "last first" })
    assert.same({ 1, 0, 1 }, asked(members))
    local _, err = group:send { to = "447700900123", text = "none" }
    assert.same({ "not_sent", {} }, { err.outcome, err.tried })
    assert.same({ "last first", "none" }, words)
  end)

  it("takes one client, too, from such a function, and no stranger", function()
    local answer
    local group, members = group_of({ "ok", "ok" }, { strategy = function(_, clients)
      answer = answer or clients[2]
      return answer
    end })
    assert(group:send(MESSAGE))
    assert.same({ 0, 1 }, asked(members))
    for _, strange in ipairs { { 2, 1 }, { member("ok").client }, "toymail" } do
      answer = strange
      local ok, message = pcall(function() group:send(MESSAGE) end)
      assert.is_false(ok)
      assert.matches("^spec/message/failover_spec.lua:%d+: sms.failover: the strategy must return a client of the group", message)
    end
    assert.same({ 0, 1 }, asked(members))
  end)

  it("hands on the options of the call", function()
    local group, members = group_of { "ok" }
    assert(group:send(MESSAGE, { headers = { ["X-Mark"] = "7" } }))
    assert.equal("7", members[1].seen[1].headers["x-mark"])
  end)

  it("refuses settings that make no sense, at the caller's line", function()
    local one = member("ok").client
    for words, settings in pairs {
      ["at least one client"] = {}, ["did you mean 'strategy'"] = { one, stratgy = "order" },
      ["strategy must be 'order', 'round_robin' or a function"] = { one, strategy = "best" },
      ["expected a table of clients"] = 5, ["client 1 must be a client of a provider, not a string; client 3 must be"] = { "x", one, {} },
      ["client 2 is missing"] = { one, nil, one }, ["breaker must be a table"] = { one, breaker = 5 },
      ["breaker has no 'failure', did you mean 'failures'?"] = { one, breaker = { failure = 1 } },
      ["breaker.failures must be an integer of at least 1; breaker.reset must be"] = { one, breaker = { failures = 0, reset = -1 } },
      ["client 1 must be a client of a provider, not a table"] = { one.texts },
    } do
      local ok, message = pcall(function() sms.failover(settings) end)
      assert.is_false(ok)
      assert.truthy(message:find(words, 1, true), message)
      assert.truthy(message:find("failover_spec.lua:", 1, true), message)
    end
  end)
end)

describe("a caller's mistake", function()
  it("is raised at the caller's line, and nobody is asked", function()
    local group, members = group_of { "ok", "ok" }
    for words, call in pairs {
      ["unknown field 'txt', did you mean 'text'?; 'text' is missing"] = function() group:send { to = "447700900123", txt = "hello" } end,
      ["'to' is missing"] = function() group:send { text = "hello" } end,
      ["'to' is a Lua number"] = function() group:send { to = 447700900123, text = "hello" } end,
      ["a message must be a table"] = function() group:send "hello" end,
      ["unknown option 'timeuot', did you mean 'timeout'?"] = function() group:send(MESSAGE, { timeuot = 1 }) end,
      ["sms.failover has no 'sned', did you mean 'send'?"] = function() group:sned(MESSAGE) end,
    } do
      local ok, message = pcall(call)
      assert.is_false(ok)
      assert.truthy(message:find(words, 1, true), message)
      assert.matches("^spec/message/failover_spec.lua:", message)
    end
    assert.same({ 0, 0 }, asked(members))
  end)
end)

describe("explain", function()
  it("says who would be asked and why not the others, and asks nobody", function()
    local plain, able, spare = member("ok", function(mapping) mapping.capabilities.flash = nil end), member("ok"), member("ok")
    local group = sms.failover { plain.client, able.client, spare.client }
    local told = group:explain { to = "447700900123", text = "hello", flash = true }
    assert.equal("toymail", told.provider)
    assert.matches("does not support 'flash'", told.reasons[1].reason)
    assert.same({ "first that can take it", "next in line" }, { told.reasons[2].reason, told.reasons[3].reason })
    assert.same({ 0, 0, 0 }, asked { plain, able, spare })
    assert.is_nil(group:explain({ to = "447700900123" }).provider)
  end)

  it("tells of an open breaker", function()
    local group = group_of({ "down", "ok" }, { breaker = { failures = 1 } })
    assert(group:send(MESSAGE))
    assert.matches("breaker is open", group:explain(MESSAGE).reasons[1].reason)
  end)
end)

describe("a breaker", function()
  local function err(kind) return failure.new { kind = kind, outcome = "not_sent" } end

  -- Plays steps { now, kind or "ok" } and returns the state after each; "-" where the call was not allowed.
  local function play(options, steps)
    local one, states = breaker.new(options), {}
    for i, step in ipairs(steps) do
      if breaker.allows(one, step[1]) then
        breaker.begin(one, step[1])
        breaker.finish(one, step[1], step[2] ~= "ok" and err(step[2]) or nil)
        states[i] = breaker.state(one, step[1])
      else
        states[i] = "-"
      end
    end
    return states
  end

  it("opens after failures in a row that are outages", function()
    for _, kind in ipairs { "network", "timeout", "tls", "server" } do
      assert.same({ "closed", "closed", "open", "-" }, play({ failures = 3 }, { { 0, kind }, { 1, kind }, { 2, kind }, { 3, kind } }))
    end
    -- What is no outage is a sign of life: it starts the count again.
    for _, life in ipairs { "ok", "invalid", "rate_limited" } do
      assert.same({ "closed", "closed", "closed", "closed", "open" },
        play({ failures = 2 }, { { 0, "network" }, { 1, life }, { 2, life }, { 3, "timeout" }, { 4, "server" } }))
    end
  end)

  it("is never opened by what says nothing about the provider's health", function()
    local outage = { network = true, timeout = true, tls = true, server = true }
    for kind in pairs(failure.kinds) do
      local steps = {}
      for i = 1, 10 do steps[i] = { i, kind } end
      local states = play({ failures = 3 }, steps)
      assert.equal(outage[kind] and "-" or "closed", states[10], kind)
    end
  end)

  it("lets one probe through after a while; it closes or opens again", function()
    assert.same({ "open", "-", "closed", "closed" },
      play({ failures = 1, reset = 30 }, { { 0, "network" }, { 29.9, "ok" }, { 30, "ok" }, { 31, "ok" } }))
    assert.same({ "open", "open", "-", "-", "closed" },
      play({ failures = 1, reset = 30 }, { { 0, "network" }, { 30, "timeout" }, { 31, "ok" }, { 59, "ok" }, { 60, "ok" } }))
    local one = breaker.new { failures = 1, reset = 30 }
    breaker.finish(one, 0, err "server")
    assert.equal("half_open", breaker.state(one, 30))
    assert.is_true(breaker.allows(one, 30))
    breaker.begin(one, 30)
    assert.is_false(breaker.allows(one, 30), "a second probe at the same time")
    breaker.finish(one, 31, err "invalid")
    assert.same({ "closed", true }, { breaker.state(one, 31), breaker.allows(one, 31) })
  end)

  it("after a failed probe needs no more failures, a closed one all of them again", function()
    assert.same({ "closed", "open", "open", "closed", "closed" },
      play({ failures = 2, reset = 10 }, { { 0, "network" }, { 0, "network" }, { 10, "network" }, { 20, "ok" }, { 21, "network" } }))
  end)

  it("of each provider can be read, and its provider is left alone", function()
    local now, ahead = core.now, 0
    finally(function() core.now = now end)
    core.now = function() return now() + ahead end
    local group, members = group_of({ "down", "ok" }, { breaker = { failures = 2, reset = 1000 } })
    assert.same({ toymail = "closed", ["toymail 2"] = "closed" }, group:states())
    for _ = 1, 4 do assert(group:send(MESSAGE)) end
    assert.same({ 2, 4 }, asked(members))
    assert.same({ toymail = "open", ["toymail 2"] = "closed" }, group:states())
    members[1].says = "ok"
    assert(group:send(MESSAGE))
    assert.same({ 2, 5 }, asked(members))
    ahead = 1001
    assert(group:send(MESSAGE))
    assert.same({ 3, 5 }, asked(members))
  end)

  it("does not stay half open when the caller's own mistake ends the probe", function()
    local group, members = group_of({ "down" }, { breaker = { failures = 1, reset = 0 } })
    group:send(MESSAGE)
    assert.is_false(pcall(group.send, group, MESSAGE, { timeuot = 1 }))
    members[1].says = "ok"
    assert(group:send(MESSAGE))
  end)
end)

describe("failover over HTTP", function()
  it("never has a text twice, in whichever way the first provider fails", function()
    local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
    local count = 0
    for _, row in ipairs(matrix.faults) do
      local expected = matrix.expected(row, "http")
      if not expected.timeout then
        local text = "failover " .. expected.name
        place.clear()
        place.fault { match = { provider = "messagewhiz" }, fault = expected.name }
        local group = sms.failover { place.client("messagewhiz", { retries = 0 }), place.client("websms", { retries = 0 }) }
        local receipt, err = group:send(kinds.message("messagewhiz", text))
        local goes_on = expected.outcome == "not_sent"
        assert.same({
          outcome = goes_on and "accepted" or expected.outcome, texts = goes_on and 1 or expected.texts,
          by = goes_on and "websms" or "messagewhiz",
        }, { outcome = (receipt or err).outcome, texts = place.texts(text), by = (receipt or err).provider }, expected.name)
        count = count + 1
      end
    end
    assert.is_true(count > 20)
  end)
end)
