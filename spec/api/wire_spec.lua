-- SPDX-License-Identifier: MIT
-- Plays spec/wire/<provider>.lua against the client twice: with a transport in Lua, and over HTTP on loopback with a peer process.
-- The files were transcribed by hand from the providers' documents: here the client's facts meet somebody who has not read them.

local compare = dofile("spec/support/wire_compare.lua")
local sms = require "sms"

local PROVIDERS = { "messagewhiz", "zoomconnect", "websms", "zipwhip" }

local function load_wire(provider)
  local file = io.open("spec/wire/" .. provider .. ".lua")
  if not file then return nil end
  file:close()
  return dofile("spec/wire/" .. provider .. ".lua")
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, member in pairs(value) do out[key] = copy(member) end
  return out
end

local function merged(...)
  local out = {}
  for i = 1, select("#", ...) do
    for key, value in pairs(select(i, ...) or {}) do out[key] = value end
  end
  return out
end

--- Makes the call of a case on a client, as a script would.
local function play(client, case)
  local resource, operation = case.call:match("^([^.]+)%.(.+)$")
  local args = copy(case.args)
  local ok, value, extra = pcall(function() return client[resource][operation](client[resource], args, copy(case.options)) end)
  if not ok then return { raised = tostring(value) } end
  return { value = value, extra = extra, args = args }
end

local function check(lines) assert(#lines == 0, "\n" .. table.concat(lines, "\n")) end

local function check_args(case, outcome)
  compare.values("arguments", case.args, outcome.args, function(field)
    error(("case %d %s: the client changed the caller's %s"):format(case.n, case.call, field), 0)
  end)
end

-- A case that is `alone` takes none of the provider's own options: another way to sign would contradict them.
local function make_client(wire, case, options)
  return sms[wire.provider](merged(not case.alone and wire.options, case.client, options))
end

local function play_in_process(wire, case)
  local arrived = {}
  local function transport(request)
    arrived[#arrived + 1] = request
    local response = (case.before and case.before[#arrived] or case).response
    local answer_type = response.type or "application/json; charset=utf-8"
    return { status = response.status, headers = { ["content-type"] = answer_type }, body = response.body }
  end
  return play(make_client(wire, case, { transport = transport }), case), arrived
end

local function quoted(text) return "'" .. text:gsub("'", [['\'']]) .. "'" end

--- Starts the peer; returns its port and a function that ends it and returns what arrived, by the case's index.
local function start_peer(provider)
  local report = os.tmpname()
  assert(io.open(report .. ".run", "w")):close()
  local peer = assert(io.popen(("LUA_PATH=%s LUA_CPATH=%s %s spec/support/wire_peer.lua %s %s"):format(
    quoted(package.path), quoted(package.cpath), os.getenv("LUA") or "lua5.4", provider, quoted(report))))
  local port = peer:read("n")
  local function finish()
    os.remove(report .. ".run")
    peer:close()
    local load_report = loadfile(report, "t", {})
    os.remove(report)
    local arrived = {}
    for _, seen in ipairs(assert(load_report and load_report(), "the peer left no report")) do
      arrived[seen.index or 0] = arrived[seen.index or 0] or {}
      table.insert(arrived[seen.index or 0], seen)
    end
    return arrived
  end
  return port, finish
end

local function play_over_http(wire)
  local port, finish = start_peer(wire.provider)
  local outcomes = {}
  for i, case in ipairs(port and wire.cases or {}) do
    local base_url = ("http://127.0.0.1:%d/%d"):format(port, i)
    if not case.in_process_only then
      local made, result = pcall(function() return play(make_client(wire, case, { base_url = base_url, timeout = 5 }), case) end)
      outcomes[i] = made and result or { raised = tostring(result) }
    end
  end
  return outcomes, finish()
end

-- A client whose transport must stay unused, and what it was used for all the same.
local function idle_client(wire)
  local arrived = {}
  local function transport(request)
    arrived[#arrived + 1] = request
    return { status = 200, headers = {}, body = "{}" }
  end
  return sms[wire.provider](merged(wire.options, { transport = transport })), arrived
end

-- The call of operation n's first case with changed arguments must be refused, name the argument and send nothing. What is refused as
-- a fault of the data says so in its fields.
local function check_refusal(wire, n, name, change)
  local client, arrived = idle_client(wire)
  for _, case in ipairs(wire.cases) do
    if case.n == n then
      local args = copy(case.args) or {}
      change(args)
      local outcome = play(client, { call = case.call, args = args })
      assert(#arrived == 0, "a request went out")
      local word = "%f[%w_]" .. name .. "%f[^%w_]"
      local err = outcome.extra
      local words = outcome.raised or type(err) == "table" and err.kind == "invalid" and err.outcome == "not_sent" and err.message
      assert(words and words:find(word), ("#%d %s: expected an error that names %s, got %s"):format(
        n, case.call, name, tostring(words or err)))
      assert(outcome.raised or err.field, case.call .. ": the error lacks its field")
      return
    end
  end
  error("no case for number " .. n)
end

local function describe_refusals(wire)
  for n, names in pairs(wire.required or {}) do
    it(("#%d requires %s"):format(n, names), function()
      for name in names:gmatch("%S+") do
        check_refusal(wire, n, name, function(args)
          assert(args[name] ~= nil, "the first case has no " .. name)
          args[name] = nil
        end)
      end
    end)
  end
  for _, refusal in ipairs(wire.refused or {}) do
    it(("#%d refuses %s: %s"):format(refusal.n, refusal.names, refusal.why), function()
      check_refusal(wire, refusal.n, refusal.names, function(args)
        for name, value in pairs(refusal.set) do args[name] = value end
      end)
    end)
  end
end

local function title(i, case) return ("%03d: #%d %s %s"):format(i, case.n, case.call, case.note and "- " .. case.note or "") end

local function describe_provider(wire)
  describe("wire of " .. wire.provider, function()
    it("has every number of the document and every operation of the design", function()
      local numbers, calls = {}, {}
      for _, case in ipairs(wire.cases) do numbers[case.n], calls[case.call] = true, true end
      for n = 1, wire.numbers do assert(numbers[n], "no case for number " .. n) end
      for n in pairs(numbers) do assert(math.type(n) == "integer" and n >= 1 and n <= wire.numbers, "no such number: " .. tostring(n)) end
      local count = 0
      for resource, operations in pairs(wire.operations) do
        for operation in operations:gmatch("%S+") do
          count = count + 1
          assert(calls[resource .. "." .. operation], "no case calls " .. resource .. "." .. operation)
          calls[resource .. "." .. operation] = nil
        end
      end
      assert(count > 0)
      assert.is_nil(next(calls))
    end)

    it("is what pairs() lists", function()
      local client = idle_client(wire)
      for resource, operations in pairs(wire.operations) do
        local expected, got = {}, {}
        for operation in operations:gmatch("%S+") do expected[operation] = "function" end
        for operation, method in pairs(client[resource]) do got[operation] = type(method) end
        assert.are.same(expected, got, resource)
      end
    end)

    it("goes to the document's host", function()
      assert.are.equal(wire.base_url, require("sms." .. wire.provider).base_url)
    end)

    describe("before the network:", function() describe_refusals(wire) end)

    describe("with a transport in Lua:", function()
      for i, case in ipairs(wire.cases) do
        it(title(i, case), function()
          local outcome, arrived = play_in_process(wire, case)
          check(compare.case(wire, case, arrived, outcome))
          check_args(case, outcome)
        end)
      end
    end)

    describe("over HTTP:", function()
      local outcomes, arrived
      setup(function() outcomes, arrived = play_over_http(wire) end)
      for i, case in ipairs(wire.cases) do
        if not case.in_process_only then
          it(title(i, case), function()
            assert(outcomes[i], "the peer did not start")
            check(compare.case(wire, case, arrived[i] or {}, outcomes[i]))
          end)
        end
      end
      it("nothing else arrived", function()
        for index in pairs(arrived) do assert(wire.cases[index], "a request for no case") end
      end)
    end)
  end)
end

local found = 0
for _, provider in ipairs(PROVIDERS) do
  local wire = load_wire(provider)
  if wire then
    found = found + 1
    describe_provider(wire)
  end
end

describe("the player itself", function()
  local wire = { provider = "x", headers = { apikey = "key-1234" }, secret = "key-1234" }
  local case = {
    n = 1, call = "things.do", response = { status = 200 }, result = { id = 5, list = {} },
    request = {
      method = "PUT", path = "/A/1", query = { { "[id]", "1 2" } }, query_raw = "%5Bid%5D=1%202",
      json = '{"n":[1,"1",2.5],"e":[]}',
    },
  }
  local file_case = {
    n = 2, call = "things.file", response = { status = 200 }, result = true,
    request = {
      method = "POST", path = "/A",
      parts = { { name = "doc", filename = "a.csv", data = "x" }, { name = "map", json = '{"0":"a"}' } },
    },
  }

  local function faithful()
    return {
      method = "PUT", path = "/A/1", query = "%5Bid%5D=1%202", headers = { apikey = "key-1234", ["content-type"] = "application/json" },
      body = '{"e":[],"n":[1,"1",2.5]}',
    }, { value = { id = 5, list = {} }, extra = { status = 200, attempts = 1 } }
  end

  local function faithful_file()
    return {
      method = "POST", path = "/A", query = "", headers = { apikey = "key-1234" },
      parts = { { name = "map", data = '{ "0" : "a" }' }, { name = "doc", filename = "a.csv", data = "x" } },
    }, { value = true, extra = { status = 200, attempts = 1 } }
  end

  it("found a file to play", function() assert(found > 0) end)

  it("is content with what is right", function()
    local seen, outcome = faithful()
    check(compare.case(wire, case, { seen }, outcome))
    seen, outcome = faithful_file()
    check(compare.case(wire, file_case, { seen }, outcome))
  end)

  local SLIPS = {
    ["another verb"] = function(seen) seen.method = "GET" end,
    ["another letter case"] = function(seen) seen.path = "/a/1" end,
    ["a space as plus"] = function(seen) seen.query = "%5Bid%5D=1+2" end,
    ["raw brackets"] = function(seen) seen.query = "[id]=1%202" end,
    ["one more parameter"] = function(seen) seen.query = seen.query .. "&x=1" end,
    ["the key in the address"] = function(seen) seen.path = "/A/1/key-1234" end,
    ["no key"] = function(seen) seen.headers.apikey = nil end,
    ["another media type"] = function(seen) seen.headers["content-type"] = "text/plain" end,
    ["a string for a number"] = function(seen) seen.body = '{"n":["1","1",2.5],"e":[]}' end,
    ["a number for a string"] = function(seen) seen.body = '{"n":[1,1,2.5],"e":[]}' end,
    ["a float for an integer"] = function(seen) seen.body = '{"n":[1.0,"1",2.5],"e":[]}' end,
    ["an object for an array"] = function(seen) seen.body = '{"n":[1,"1",2.5],"e":{}}' end,
    ["a member more"] = function(seen) seen.body = '{"n":[1,"1",2.5],"e":[],"x":null}' end,
    ["a member less"] = function(seen) seen.body = '{"n":[1,"1",2.5]}' end,
    ["a doubled member"] = function(seen) seen.body = '{"n":[1,"1",2.5],"e":[],"e":[]}' end,
    ["a trailing comma"] = function(seen) seen.body = '{"n":[1,"1",2.5],"e":[],}' end,
    ["no body"] = function(seen) seen.body = nil end,
    ["a float result"] = function(_, outcome) outcome.value.id = 5.0 end,
    ["a string result"] = function(_, outcome) outcome.value.id = "5" end,
    ["a surplus result"] = function(_, outcome) outcome.value.list[1] = 1 end,
    ["an error"] = function(_, outcome) outcome.value, outcome.extra = nil, { kind = "server" } end,
    ["another status"] = function(_, outcome) outcome.extra.status = 201 end,
    ["two attempts"] = function(_, outcome) outcome.extra.attempts = 2 end,
  }
  for slip, make in pairs(SLIPS) do
    it("notices " .. slip, function()
      local seen, outcome = faithful()
      make(seen, outcome)
      assert(#compare.case(wire, case, { seen }, outcome) > 0)
    end)
  end

  local FILE_SLIPS = {
    ["another file name"] = function(seen) seen.parts[2].filename = "b.csv" end,
    ["other bytes"] = function(seen) seen.parts[2].data = "y" end,
    ["a JSON array for the mapping"] = function(seen) seen.parts[1].data = '["a"]' end,
    ["a part less"] = function(seen) seen.parts[2] = nil end,
    ["a part more"] = function(seen) seen.parts[3] = { name = "z", data = "" } end,
    ["a part twice"] = function(seen) seen.parts[3] = seen.parts[1] end,
    ["a body on the wire that is not multipart"] = function(seen) seen.on_wire = true end,
  }
  for slip, make in pairs(FILE_SLIPS) do
    it("notices " .. slip, function()
      local seen, outcome = faithful_file()
      make(seen)
      assert(#compare.case(wire, file_case, { seen }, outcome) > 0)
    end)
  end

  it("notices a wrong page, part type, unwanted header, error outside a list, and a missing exchange before", function()
    local function lines_of(change, case_of, make)
      local seen, outcome = make()
      return #compare.case(wire, change(copy(case_of)), { seen }, outcome)
    end
    local function with(name, value) return function(c) c[name] = value return c end end
    local function header(lacks) return function(c) c.request.headers = { apikey = { lacks = lacks } } return c end end
    assert.are.equal(1, lines_of(with("page", { total = 1 }), case, faithful))
    assert.are.equal(0, lines_of(header("nothing"), case, faithful))
    assert.are.equal(1, lines_of(header("key"), case, faithful))
    assert.are.equal(1, lines_of(with("before", { case }), case, faithful))
    local function part_type(c) c.request.parts[1].type = "text/csv" return c end
    local function typed(kind)
      return function()
        local seen, outcome = faithful_file()
        seen.parts[2].type = kind
        return seen, outcome
      end
    end
    assert.are.equal(0, lines_of(part_type, file_case, typed("text/csv")))
    assert.are.equal(1, lines_of(part_type, file_case, typed("text/plain")))
    local function failed() return faithful(), { extra = { kind = "server" } } end
    local function failure(kinds) return function(c) c.result, c.failure = nil, { kind = kinds } return c end end
    assert.are.equal(0, lines_of(failure { "rejected", "server" }, case, failed))
    assert.are.equal(1, lines_of(failure { "rejected", "invalid" }, case, failed))
  end)

  it("notices a request sent twice, not sent, and a call that raised", function()
    local seen, outcome = faithful()
    assert(#compare.case(wire, case, { seen, seen }, outcome) == 1)
    assert(#compare.case(wire, case, {}, outcome) == 1)
    assert(#compare.case(wire, case, { seen }, { raised = "x" }) == 1)
  end)
end)
