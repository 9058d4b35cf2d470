-- SPDX-License-Identifier: MIT
-- Every fault of the sandbox on every kind of call of every provider: what is claimed about a text is true, no text arrives twice,
-- reads are repeated and sends are not. `spec/call/outcomes_books_spec.lua` does the same for thousands of sends.

local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local sms = require "sms"
local tls = require "spec.support.tls"
local uv = require "spec.support.uv"
local kinds = dofile "spec/support/kinds_of_call.lua"
local matrix = dofile "spec/support/fault_matrix.lua"

-- One call of a kind under a fault: who did it and what was seen.
local function observed(place, provider, expected, limit, call)
  local before = place.arrivals(provider)
  local result, second = call(matrix.asking(expected.name, limit or nil))
  local kind, outcome = matrix.verdict(result, second)
  return { kind = kind, outcome = outcome, arrivals = place.arrivals(provider) - before, wires = second.attempts, again = second.retryable }
end

-- The limits of a call that ends by its time, in turn until its request has left within one; one of nothing else.
local function limits_of(expected)
  if expected.timeout then return patience.limits(expected.timeout) end
  local once = true
  return function()
    if not once then return nil end
    once = false
    return false
  end
end

-- Whether the machine stood still so long that the time was over before anything left.
local function too_late(seen) return seen.kind == "timeout" and seen.arrivals == 0 end

-- A client with an idle connection that the next request will use.
local function warm(place, provider, text)
  local client = place.client(provider)
  assert(client:send(kinds.message(provider, "warm " .. text)))
  return client
end

local function check_send(place, provider, name, send, row)
  local expected = matrix.expected(row, place.name)
  local text, seen
  for limit in limits_of(expected) do
    text = ("%s %s %s %s"):format(provider, name, expected.name, limit)
    local client = warm(place, provider, text)
    seen = observed(place, provider, expected, limit, function(options) return send(client, text, options) end)
    seen.texts = place.texts(text)
    if not too_late(seen) then break end
    assert.same({ "not_sent", 0, 0 }, { seen.outcome, seen.texts, seen.wires }, text)
  end
  if expected.name == "half-json" and kinds.not_json[name] and not seen.kind then
    expected.kind, expected.outcome = nil, "accepted" -- half of a bare word is a word, and the text is there
  end
  assert.same({
    kind = expected.kind, outcome = expected.outcome, texts = expected.texts, again = seen.again,
    arrivals = matrix.arrivals(expected, false), wires = place.name == "http" and seen.arrivals or seen.wires,
  }, seen, text)
end

local function check_other(place, provider, what, row)
  local call, prepare = kinds.others[provider][what], kinds.others[provider].prepare
  if not call then return end
  local expected, repeatable = matrix.expected(row, place.name), what ~= "post"
  local seen
  for limit in limits_of(expected) do
    local client = warm(place, provider, what .. " " .. row[1])
    local id = prepare and prepare(client)
    seen = observed(place, provider, expected, limit, function(options) return call(client, options, id) end)
    if not too_late(seen) then break end
  end
  local arrivals = matrix.arrivals(expected, repeatable)
  assert.same({ kind = expected.kind, arrivals = arrivals }, { kind = seen.kind, arrivals = seen.arrivals },
    ("%s %s %s"):format(place.name, what, expected.name))
  assert.is_true(seen.arrivals <= matrix.TRIES)
end

for _, where in ipairs { "process", "http" } do
  describe("every fault, " .. where, function()
    local place
    setup(function() place = where == "http" and matrix.http() or matrix.process() end)
    teardown(function() place.stop() end)

    for _, provider in ipairs(sms.providers) do
      for name, send in pairs(kinds.sends(provider)) do
        it(("on a send of %s (%s)"):format(provider, name), function()
          kinds.without_waits(function()
            for _, row in ipairs(matrix.faults) do check_send(place, provider, name, send, row) end
          end)
        end)
      end

      for _, what in ipairs { "read", "write", "post" } do
        if kinds.others[provider][what] then
          it(("on a %s of %s"):format(what, provider), function()
            kinds.without_waits(function()
              for _, row in ipairs(matrix.faults) do check_other(place, provider, what, row) end
            end)
          end)
        end
      end
    end
  end)
end

describe("a request that broke", function()
  it("is proven by words", function()
    local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
    local client = place.client("messagewhiz", { retries = 0 })
    local function evidence(fault, timeout)
      local _, err = client:send(kinds.message("messagewhiz", "words"), matrix.asking(fault, timeout))
      return err.evidence
    end
    assert.matches("request was sent %(1 time%); no response began", evidence("reset"))
    assert.matches("request was sent %(1 time%); a response began %(HTTP 200%) but was incomplete", evidence("cut"))
    local words
    for limit in patience.limits(0.15) do
      words = evidence("drip=9", limit)
      if not words:find "no response began" and not words:find "no byte of the request was sent" then break end -- it stood still too long
    end
    assert.matches("a response began %(HTTP 200%) but was incomplete", words)
    assert.matches("a response was received %(HTTP 429%); .* had no effect", evidence("429"))
    assert.matches("a response was received %(HTTP 500%); it does not say", evidence("500"))
  end)

  it("once may have had its effect, whatever a later try is told", function()
    local place = matrix.process()
    local client = place.client("messagewhiz")
    local campaign = assert(client.campaigns:create { name = "spring" })
    place.fault { match = { method = "PUT", times = 1 }, fault = "accept-then-reset" }
    place.fault { match = { method = "PUT" }, fault = "429" }
    local _, err = kinds.without_waits(function() return client.campaigns:update { id = campaign.id, name = "summer" } end)
    assert.same({ "rate_limited", "unknown", 3 }, { err.kind, err.outcome, err.attempts })
    assert.same("summer", client.campaigns:list()[1].name)
  end)

  it("by a time-out that is over before it began was not sent", function()
    local place = matrix.process()
    for _, timeout in ipairs { 0, -1, 1e-9 } do
      local receipt, err = place.client("messagewhiz"):send(kinds.message("messagewhiz", "late"), { timeout = timeout })
      assert.is_nil(receipt)
      assert.same({ "timeout", "not_sent", 0 }, { err.kind, err.outcome, place.texts("late") })
    end
  end)
end)

describe("a text of which no byte left", function()
  -- Sends by each provider where nothing can be reached; `again` tells whether a second try makes sense.
  local function check(settings, kind, words, again)
    for _, provider in ipairs(sms.providers) do
      local client = kinds.client(provider, settings)
      local receipt, err = kinds.without_waits(function() return client:send(kinds.message(provider, "nowhere")) end)
      assert.is_nil(receipt)
      assert.same({ kind, "not_sent", 0, again }, { err.kind, err.outcome, err.attempts, err.retryable }, tostring(err))
      assert.matches("no byte of the request was sent", err.evidence)
      assert.matches(words, err.message)
    end
  end

  it("was not sent: nobody listens, the name is unknown", function()
    check({ base_url = "http://127.0.0.1:" .. peer.free_port() }, "network", "connect", true)
    check({ base_url = "https://no..name" }, "network", "resolve", true)
  end)

  it("was not sent: the proxy is not there, or refuses", function()
    check({ base_url = "https://127.0.0.1:1", proxy = "http://127.0.0.1:" .. peer.free_port() }, "network", "connect", true)
    local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
    check({ base_url = "https://127.0.0.1:1", proxy = place.url }, "network", "CONNECT", true)
    assert.same({}, place.inbox())
  end)

  it("was not sent: the certificate names another host, or nobody vouches for it", function()
    local missing = tls.missing()
    if missing then return pending(missing) end
    local nginx = tls.start(peer.free_port())
    local ok, problem = pcall(function()
      check({ base_url = nginx.other_url, ca_file = nginx.other_ca_file }, "tls", "127%.0%.0%.1", false)
      check({ base_url = nginx.url, ca_file = nginx.other_ca_file }, "tls", "certificate", false)
    end)
    nginx.stop()
    uv.run("nowait") -- luv lets go of the process now, not when Lua is closed
    assert(ok, problem)
  end)
end)

describe("a session that was logged in for", function()
  local credentials = { username = "2065550100", password = "sandbox-password" }

  it("is renewed when it is refused, and the text goes out once", function()
    local place = matrix.process()
    local client = place.client("zipwhip", { credentials = credentials })
    assert(client.contacts:list())
    place.fault { match = { path = "^/message/send$" }, fault = "401-once" }
    local before = place.arrivals("zipwhip")
    local receipt = assert(client:send(kinds.message("zipwhip", "once")))
    assert.same({ "accepted", 1, 3 }, { receipt.outcome, place.texts("once"), place.arrivals("zipwhip") - before })
  end)

  it("that fails says of a text that it was not sent", function()
    for _, fault in ipairs { "reset", "500", "html", "hang", "401-once" } do
      local place = matrix.process()
      local client = place.client("zipwhip", { credentials = credentials, retries = 0 })
      place.fault { match = { path = "^/user/login$" }, fault = fault }
      local receipt, err = client:send(kinds.message("zipwhip", "never"))
      assert.is_nil(receipt)
      assert.same({ fault, "not_sent", 0 }, { fault, err.outcome, place.texts("never") })
    end
  end)
end)

describe("rows of send_many under each fault", function()
  -- Three share a text, so that a bulk call may take them together; three have one of their own.
  local function batch(provider, name)
    local out = {}
    for i = 1, 6 do
      local one = kinds.message(provider, i <= 3 and "all " .. name or ("row %d %s"):format(i, name))
      one.to = one.to:sub(1, -2) .. i
      out[i] = one
    end
    return out
  end

  -- How often the row's very text is there for its very number.
  local function count(inbox, one)
    local found = 0
    for _, message in ipairs(inbox) do
      if message.text == one.text and message.to:sub(-9) == one.to:sub(-9) then found = found + 1 end
    end
    return found
  end

  for _, provider in ipairs(sms.providers) do
    it("claim nothing false at " .. provider, function()
      kinds.without_waits(function()
        for _, row in ipairs(matrix.faults) do
          local place, expected = matrix.process(), matrix.expected(row, "process")
          local messages = batch(provider, expected.name)
          local rows = place.client(provider):send_many(messages, matrix.asking(expected.name))
          assert.same(#messages, #rows)
          for i, one in ipairs(rows) do
            local there, words = count(place.inbox(), messages[i]), ("%s, row %d: %s"):format(expected.name, i, one.outcome)
            assert.is_true(there <= 1, words)
            if one.outcome ~= "unknown" then assert.same(one.outcome == "accepted" and 1 or 0, there, words) end
            assert.same(one.outcome ~= "accepted", one.error ~= nil, words)
          end
        end
      end)
    end)
  end
end)
