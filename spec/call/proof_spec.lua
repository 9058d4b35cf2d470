-- SPDX-License-Identifier: MIT
-- The books of many calls over HTTP, many at once, as tables: under each fault what arrived, what was claimed of it and of which kind
-- it was, for sends and for reads; then a random run. Small in the everyday suite; `make proof` (LUA_SMS_FULL) takes 1,000 calls for
-- each fault and 20,000 for the run.

local core = require "sms.core"
local peer = require "spec.support.peer"
local random = require "sms.sandbox.random"
local sms = require "sms"
local tls = require "spec.support.tls"
local upto = require "spec.support.upto"
local uv = require "spec.support.uv"
local kinds = dofile "spec/support/kinds_of_call.lua"
local matrix = dofile "spec/support/fault_matrix.lua"

local FULL = os.getenv "LUA_SMS_FULL" ~= nil
local CALLS, RUN, AT_ONCE = FULL and 1000 or 20, FULL and 20000 or 600, FULL and 100 or 20
local SEED = 20261124
-- Seconds that a call gets whose response never comes: enough for the request to arrive while all the others do.
local SHORT = FULL and 1.5 or 0.5

local LINE = "%-28s %9s %10s %6s  %-30s %s\n"

local function row(...) io.write((LINE:format(...))) end

local function new_books() return { outcomes = {}, kinds = {}, claims = {}, most = 0, wires = 0 } end

-- Notes what came of a call.
local function note(books, text, result, second)
  local kind, outcome = matrix.verdict(result, second)
  books.claims[text], books.most, books.wires = outcome, math.max(books.most, second.attempts), books.wires + second.attempts
  books.outcomes[outcome] = (books.outcomes[outcome] or 0) + 1
  books.kinds[kind or "-"] = (books.kinds[kind or "-"] or 0) + 1
end

-- Makes `count` calls, many at once: `call(i)` gives the text, the result and the second value.
local function keep_books(count, call)
  local books = new_books()
  kinds.without_waits(function()
    for text, response in sms.parallel(AT_ONCE, upto(count), function(i)
      local text, result, second = call(i)
      return text, { result, second }
    end) do
      note(books, text, response[1], response[2])
    end
  end)
  assert.equal(count, matrix.sum(books.outcomes))
  return books
end

local function sum_arrivals(place)
  local total = 0
  for _, provider in ipairs(sms.providers) do total = total + (place.arrivals(provider) or 0) end
  return total
end

-- A place for each fault of a full run, so that its inbox stays small; else one for all.
local shared

local function with_place(fn)
  if not FULL then return fn(shared) end
  local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
  fn(place)
end

-- Clients of all providers on connections of their own.
local function clients_of(place)
  local out, pool = {}, sms.pool { max_connections = AT_ONCE }
  for _, provider in ipairs(sms.providers) do out[provider] = place.client(provider, { pool = pool }) end
  return out, pool
end

local function waits_out(expected) return expected.timeout and SHORT or nil end

describe("the books of sends, by the server's count,", function()
  setup(function() shared = not FULL and matrix.http() end)
  teardown(function() if shared then shared.stop() end end)

  it("hold under each fault of the sandbox", function()
    io.write "\n"
    row(CALLS .. " sends under", "arrivals", "of a send", "texts", "outcomes", "kinds")
    for _, fault in ipairs(matrix.faults) do
      local expected = matrix.expected(fault, "http")
      with_place(function(place)
        local clients, pool = clients_of(place)
        local before = sum_arrivals(place)
        local books = keep_books(CALLS, function(i)
          local provider = sms.providers[i % #sms.providers + 1]
          local text = ("%s %d"):format(expected.name, i)
          local result, second = clients[provider]:send(kinds.message(provider, text), matrix.asking(expected.name, waits_out(expected)))
          return text, result, second
        end)
        pool:close()
        local arrivals, texts = sum_arrivals(place) - before, matrix.audit(matrix.by_text(place.inbox()), books)
        row(expected.name, arrivals, books.most, texts, matrix.listed(books.outcomes), matrix.listed(books.kinds))
        if expected.timeout then return assert.is_nil(books.outcomes.accepted) end
        assert.equal(books.wires, arrivals)
        if expected.retried == "always" then -- all share one budget: who is tried again, and again, depends on the order
          assert.is_true(books.most > 1 and books.most <= matrix.TRIES, books.most)
        else
          assert.equal(1, books.most)
        end
        if expected.name == "401-once" then return end -- every other one is refused, whose it is depends on the order
        assert.same({ { [expected.outcome] = CALLS }, expected.texts * CALLS }, { books.outcomes, texts }, expected.name)
      end)
    end
  end)

  -- Sends by each provider to where nothing can be reached.
  local function unreachable(name, settings, kind)
    local clients = {}
    for _, provider in ipairs(sms.providers) do clients[provider] = kinds.client(provider, settings) end
    local books = keep_books(CALLS, function(i)
      local provider = sms.providers[i % #sms.providers + 1]
      return name .. i, clients[provider]:send(kinds.message(provider, "nowhere"))
    end)
    row(name, 0, books.most, 0, matrix.listed(books.outcomes), matrix.listed(books.kinds))
    assert.same({ 0, { not_sent = CALLS }, { [kind] = CALLS } }, { books.most, books.outcomes, books.kinds })
  end

  it("hold where no connection comes to be", function()
    unreachable("nobody listens", { base_url = "http://127.0.0.1:" .. peer.free_port() }, "network")
    unreachable("the name is unknown", { base_url = "https://no..name" }, "network")
    unreachable("the proxy is not there", { base_url = "https://127.0.0.1:1", proxy = "http://127.0.0.1:" .. peer.free_port() }, "network")
    with_place(function(place)
      local before = sum_arrivals(place)
      unreachable("the proxy refuses", { base_url = "https://127.0.0.1:1", proxy = place.url }, "network")
      assert.equal(before, sum_arrivals(place))
    end)
    local missing = tls.missing()
    if missing then return io.write("TLS is left out: ", missing, "\n") end
    local nginx = tls.start(peer.free_port())
    local ok, problem = pcall(function()
      unreachable("TLS with a wrong name", { base_url = nginx.other_url, ca_file = nginx.other_ca_file }, "tls")
      unreachable("TLS that nobody vouches for", { base_url = nginx.url, ca_file = nginx.other_ca_file }, "tls")
    end)
    nginx.stop()
    uv.run "nowait"
    assert(ok, problem)
  end)

  -- The server takes the first request of each connection and breaks off at its second, read whole. It runs in this process.
  it("hold where a re-used connection dies under a send", function()
    for _, how in ipairs { "reset", "fin" } do
      local server = peer.listen(function(connection)
        while connection:request() do
          if #connection.peer.arrived % 2 == 0 then return connection[how](connection) end
          connection:answer(200, '{"message_id":"1"}', "Content-Type: application/json\r\n")
        end
        connection:fin()
      end)
      local client, books, warm = kinds.client("messagewhiz", { base_url = server.url }), new_books(), 0
      sms.run(function()
        local turning = sms.task(function()
          while true do
            server:turn()
            sms.sleep(0.0005)
          end
        end)
        for i = 1, CALLS do
          if client:send(kinds.message("messagewhiz", "warm")) then warm = warm + 1 end
          note(books, "cold " .. i, client:send(kinds.message("messagewhiz", "cold " .. i)))
        end
        turning:cancel()
      end)
      local there, on_used, first = {}, 0, {}
      for _, request in ipairs(server.arrived) do
        local text = request.body:match "cold %d+"
        if text then there[text], on_used = (there[text] or 0) + 1, on_used + (first[request.connection] and 1 or 0) end
        first[request.connection] = true
      end
      server:close()
      local texts = matrix.audit(there, books)
      row(how == "fin" and "re-used, then closed" or "re-used, then reset", #server.arrived - warm, books.most, texts,
        matrix.listed(books.outcomes), matrix.listed(books.kinds))
      assert.same({ CALLS, CALLS, CALLS, 1 }, { warm, on_used, texts, books.most })
      assert.same({ { unknown = CALLS }, { network = CALLS } }, { books.outcomes, books.kinds })
    end
  end)
end)

describe("the books of reads, by the server's count,", function()
  setup(function() shared = not FULL and matrix.http() end)
  teardown(function() if shared then shared.stop() end end)

  -- A client for five calls each: what they may cost in retries is within its budget.
  local function readers_of(place, pool)
    local names, clients = {}, {}
    for name, others in pairs(kinds.others) do names[#names + 1] = others.read and name end
    table.sort(names)
    return function(i)
      local name = names[i % #names + 1]
      local list = clients[name] or {}
      clients[name] = list
      local turn = i // (5 * #names) + 1
      list[turn] = list[turn] or place.client(name, { pool = pool })
      return name, list[turn]
    end
  end

  it("hold under each fault of the sandbox: retries + 1 requests at most", function()
    io.write "\n"
    row(CALLS .. " reads under", "arrivals", "of a read", "", "outcomes", "kinds")
    for _, fault in ipairs(matrix.faults) do
      local expected = matrix.expected(fault, "http")
      with_place(function(place)
        local pool = sms.pool { max_connections = AT_ONCE }
        local reader, before = readers_of(place, pool), sum_arrivals(place)
        local books = keep_books(CALLS, function(i)
          local name, client = reader(i)
          local result, second = kinds.others[name].read(client, matrix.asking(expected.name, waits_out(expected)))
          return ("read %d"):format(i), result, second
        end)
        pool:close()
        local arrivals = sum_arrivals(place) - before
        row(expected.name, arrivals, books.most, "", matrix.listed(books.outcomes), matrix.listed(books.kinds))
        assert.is_true(arrivals <= CALLS * matrix.TRIES and books.most <= matrix.TRIES)
        if expected.timeout then return end
        assert.same({ books.wires, matrix.arrivals(expected, true) }, { arrivals, books.most }, expected.name)
        if expected.retried then assert.equal(CALLS * matrix.TRIES, arrivals, expected.name) end
      end)
    end
  end)
end)

describe("a random run, many at once,", function()
  -- Nearly half of the sends meet a fault; those that wait for a response in vain are rare, for they take their time.
  local function dice()
    local rng, names = random.new(SEED), {}
    for _, fault in ipairs(matrix.faults) do
      local expected = matrix.expected(fault, "http")
      if not expected.timeout and expected.name ~= "drip=0.05" then names[#names + 1] = expected.name end
    end
    local slow = { "hang", "accept-then-hang", "drip=9", "drip=0.02" }
    return function()
      local roll = rng:integer(1, 200)
      return roll <= 2 and rng:pick(slow) or roll > 110 and rng:pick(names) or nil
    end
  end

  it("keeps its books", function()
    local place <close> = setmetatable(matrix.http(), { __close = function(self) self.stop() end })
    local clients, pool = clients_of(place)
    local roll, faults, began = dice(), {}, core.now()
    for i = 1, RUN do faults[i] = roll() or false end
    local books = keep_books(RUN, function(i)
      local provider = sms.providers[i % #sms.providers + 1]
      local result, second = clients[provider]:send(kinds.message(provider, "run " .. i), matrix.asking(faults[i] or nil, 2 * SHORT))
      return "run " .. i, result, second
    end)
    pool:close()
    local texts, outcomes = matrix.audit(matrix.by_text(place.inbox()), books), books.outcomes
    io.write(("\n%d sends over HTTP, %d at once, seed %d, %.0f s: accepted %d + not_sent %d + unknown %d = %d\n"):format(
      RUN, AT_ONCE, SEED, core.now() - began, outcomes.accepted, outcomes.not_sent, outcomes.unknown, matrix.sum(outcomes)))
    io.write(("arrivals %d, texts %d; no text twice, none of not_sent there, all of accepted there; kinds: %s\n"):format(
      sum_arrivals(place), texts, matrix.listed(books.kinds)))
    assert.equal(RUN, outcomes.accepted + outcomes.not_sent + outcomes.unknown)
    assert.is_true(texts >= outcomes.accepted and texts <= outcomes.accepted + outcomes.unknown)
    for _, kind in ipairs { "auth", "decode", "network", "rate_limited", "server", "timeout" } do
      assert.is_true((books.kinds[kind] or 0) > 0, kind)
    end
    assert.is_true(books.most <= matrix.TRIES)
  end)
end)
