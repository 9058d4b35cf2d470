-- SPDX-License-Identifier: MIT
-- The engine on a made-up provider: arguments, paths, queries, bodies, results, errors, pages.

local json = require "sms.json"
local toy = require "spec.support.toy"
local refusal = require "spec.support.refusal"

local OK = { status = 200, headers = {}, body = '{"id":877692606781038592,"name":"n","enabled":"1","phone":447700900123,"gone":null}' }

-- Runs `call`, which must raise; returns the message.
local function raised(call)
  local ok, message = pcall(call)
  assert.is_false(ok)
  return message
end

describe("arguments", function()
  local client, seen
  before_each(function() client, seen = toy.recorded(OK) end)

  it("go into body, path and query under their wire names", function()
    client.things:create { name = "n", size = 3, tags = {}, phone = "+447700900123", enabled = true, ids = { 1, "2" } }
    assert.same("POST", seen[1].method)
    assert.same("/things", seen[1].path)
    assert.same("application/json", seen[1].headers["content-type"])
    assert.same({ name = "n", size = 3, tags = {}, phone = "+447700900123", enabled = "1", ids = "1,2" }, (json.decode(seen[1].body)))
    assert.truthy(seen[1].body:find('"tags":[]', 1, true))
    client.things:drop { id = "a/b c", part_id = 7 }
    assert.same("/things/a%2Fb%20c/parts", seen[2].path)
    assert.same("%5Bid%5D=7", seen[2].query)
    client.things:drop({ id = 1, part_id = 7 }, { wire = { part_id = "id" } })
    assert.same("id=7", seen[3].query)
    client.things:update { id = 46279.0, name = "x" }
    assert.same("/things/46279", seen[4].path)
    client.things:look { id = 1 }
    assert.same("/things/1/look", seen[5].path)
    client.things:look { id = 1, n = 4 }
    assert.same("/things/1/look/4", seen[6].path)
    client.things:list { filter = "name=A&B,c" }
    assert.same("filter=name%3DA%26B%2Cc", seen[7].query)
  end)

  it("keep long ids exact and write defaults and constants of the path", function()
    client.things:shout { text = "{{code}}", a = "x", to = "+447700900123" }
    assert.same("loud=true", seen[1].query)
    assert.same({ text = "{{code}}", a = "x", kind = 10, to = 447700900123 }, (json.decode(seen[1].body)))
    client.things:update { id = 877692606781038593 }
    assert.same("/things/877692606781038593", seen[2].path)
  end)

  it("are refused before the network, all mistakes in one message at the caller's line", function()
    local message = raised(function()
      client.things:create { nmae = "x", size = 12, colour = "rde", tags = { 1 }, phone = 447700900123 }
    end)
    assert.truthy(message:find("engine_spec.lua:", 1, true))
    for _, words in ipairs {
      "toy.things:create", "argument 'name' (string) is missing", "unknown argument 'nmae', did you mean 'name'?",
      "argument 'size' must be an integer from 1 to 9", "did you mean 'red'?", "argument 'tags[1]' must be a string, got a number",
      "argument 'phone' is a Lua number; write phone numbers as strings",
    } do
      assert.truthy(message:find(words, 1, true), words .. " in " .. message)
    end
    assert.same(0, #seen)
  end)

  it("report the caller's own line", function()
    local line = debug.getinfo(1, "l").currentline + 1
    local message = raised(function() client.things:create {} end)
    assert.truthy(message:find("engine_spec.lua:" .. line .. ":", 1, true), message)
  end)

  it("refuse wrong shapes by name", function()
    local cases = {
      { "create", "x", "must be a table" }, { "create", { name = 5 }, "'name' must be a string" },
      { "create", { name = "n", size = 1.5 }, "fraction" }, { "create", { name = "n", tags = { "a", x = 1 } }, "must be a list" },
      { "create", { name = "n", ratio = 0 / 0 }, "finite" }, { "create", { name = "\xff" }, "name" },
      { "create", { name = "n", parts = { { name = "p", wieght = 1 } } }, "did you mean 'weight'?" },
      { "create", { name = "n", parts = { {} } }, "lacks the field 'name'" },
      { "create", { name = "n", tags = setmetatable({ "a" }, { __len = function() return 1 << 40 end }) }, "'tags[2]' must be a string" },
      { "create", { name = "n", tags = setmetatable({ "a" }, { __len = function() return "x" end }) }, "'tags' must be a list" },
      { "create", { name = "n", tags = { "a", nil, "c" } }, "'tags[2]' must be a string, got nothing" },
      { "create", { name = "n", [("k"):rep(1 << 20)] = 1 }, "unknown argument '" .. ("k"):rep(64) .. "...'" },
      { "create", { name = "n", [{}] = 1 }, "unknown argument 'a table'" }, { "create", { name = "n", ["a\nb"] = 1 }, "'a?b'" },
      { "list", { limit = 0 }, "at least 1" }, { "disable", { id = "" }, "argument 'id'" },
      { "disable", { id = ".." }, "would change the path" },
      { "shout", { text = "no", a = "x" }, "must contain {{code}}" },
      { "shout", { text = "{{code}}" }, "exactly one of 'a' or 'b'" },
      { "shout", { text = "{{code}}", a = "x", b = "y" }, "exactly one of" },
      { "shout", { text = "{{code}}", a = "x", to = "0123" }, "do not begin with 0" },
      { "smart", { mode = "y", p = "1" }, "'need' is missing" },
      { "smart", { mode = "x", only = 1, p = "1" }, "only valid if mode = 'y'" },
      { "smart", { mode = "x" }, "at least one of 'p' or 'q'" },
      { "upload", { doc = "x", mapping = { "phone_number" } }, "'doc' must be" },
      { "upload", { doc = { data = "x" }, mapping = { "phone_number" } }, "lacks the field 'name'" },
      { "upload", { doc = { data = "x", nmae = "n" }, mapping = { "phone_number" } }, "did you mean 'name'?" },
      { "upload", { doc = { data = "x", name = 5 }, mapping = { "phone_number" } }, "'doc.name' must be a string" },
      { "upload", { doc = { data = "x", path = 5 }, mapping = { "phone_number" } }, "'doc.path' must be a string" },
      { "upload", { doc = { path = "x\0y" }, mapping = { "phone_number" } }, "'doc.path' must not contain a NUL byte" },
      { "upload", { doc = { data = "x", name = "a\0b" }, mapping = { "phone_number" } }, "'doc.name' must not contain control characters" },
      { "upload", { doc = { data = "x", name = "a", type = "b\r\nX: c" }, mapping = { "phone_number" } }, "'doc.type' must not contain" },
      { "upload", { doc = { data = "x", name = "a" }, mapping = { "phone_number", "\xff" } }, "'mapping' can't be written as JSON" },
      { "upload", { doc = { data = "x", name = "n" }, mapping = { "first_name" } }, "must name a column 'phone_number'" },
    }
    for _, case in ipairs(cases) do
      local message = refusal(client.things[case[1]], client.things, case[2])
      assert.truthy(message:find(case[3], 1, true), case[3] .. " in " .. message)
    end
    assert.same(0, #seen)
  end)

  it("and options are two tables; unknown options name the nearest", function()
    assert.truthy(raised(function() client.things:disable({ id = 1 }, { timeuot = 3 }) end):find("did you mean 'timeout'?", 1, true))
    assert.truthy(raised(function() client.things.disable { id = 1 } end):find("call it with a colon", 1, true))
    assert.same(0, #seen)
  end)

  it("name files that can't be opened, as an error value, with nothing sent", function()
    local result, err = client.things:upload { doc = { path = "/nonexistent/x.csv" }, mapping = { "phone_number" } }
    assert.is_nil(result)
    assert.same("invalid", err.kind)
    assert.same("not_sent", err.outcome)
    assert.truthy(err.message:find("argument 'doc'", 1, true))
    assert.same(0, #seen)
  end)

  it("send files as parts and the mapping as JSON text with string keys", function()
    client.things:upload { doc = { data = "a;b", name = "n.csv" }, mapping = { "phone_number", "first_name" }, name = "N", truncate = true }
    assert.same("truncate=true", seen[1].query)
    local parts = {}
    for _, part in ipairs(seen[1].parts) do parts[part.name] = part end
    assert.same("n.csv", parts.doc.filename)
    assert.same("a;b", parts.doc.data)
    assert.same({ ["0"] = "phone_number", ["1"] = "first_name" }, (json.decode(parts.mapping.data)))
    client.things:upload { doc = { data = "a", name = "n" }, mapping = { ["0"] = "url", ["3"] = "phone_number" } }
    client.things:upload { doc = { data = "a", name = "n" }, mapping = { [0] = "url", [3] = "phone_number" } }
    for i = 2, 3 do
      for _, part in ipairs(seen[i].parts) do
        if part.name == "mapping" then assert.same({ ["0"] = "url", ["3"] = "phone_number" }, (json.decode(part.data))) end
      end
    end
  end)
end)

describe("signing", function()
  it("uses the scheme that the fact names", function()
    local client, seen = toy.recorded(OK)
    client.things:list()
    assert.same("toy-secret-key", seen[1].headers["x-key"])
    client.things:form { a = "x y", n = 2 }
    assert.same("a=x%20y&n=2&key=toy-secret-key", seen[2].body)
    assert.same("application/x-www-form-urlencoded", seen[2].headers["content-type"])
    assert.is_nil(seen[2].headers["x-key"])
    client.things:whisper {}
    assert.same({ key = "toy-secret-key" }, (json.decode(seen[3].body)))
    client.things:whisper { a = "1" }
    assert.same({ key = "toy-secret-key", a = "1" }, (json.decode(seen[4].body)))
    client.things:open()
    assert.is_nil(seen[5].headers["x-key"])
  end)
end)

describe("results", function()
  it("keep the word of their type", function()
    local client = toy.recorded(OK)
    local thing, response = client.things:create { name = "n" }
    assert.same({ id = "877692606781038592", name = "n", enabled = true, phone = "447700900123" }, thing)
    assert.same({ 200, 1, "accepted" }, { response.status, response.attempts, response.outcome })
    assert.same({}, response.headers)
  end)

  it("of another form than the declared one are an error that says where", function()
    for body, where in pairs {
      ["[]"] = false, ["{}"] = false, ['{"id":1,"phone":{}}'] = false, ['{"id":1,"parts":""}'] = false,
      ['{"id":1,"parts":[{"name":[]}]}'] = false,
      ['[{"id":1}]'] = "unexpected response: result is a list instead of an object",
      ['"x"'] = "unexpected response: result is text instead of an object",
      ['{"id":[1]}'] = "result.id is a list instead of text", ['{"enabled":{"a":1}}'] = "result.enabled is an object",
    } do
      local result, err = toy.recorded({ status = 200, headers = {}, body = body }).things:create { name = "n" }
      if where then
        assert.same({ "decode", "unknown", body }, { err.kind, err.outcome, err.body })
        assert.truthy(err.message:find(where, 1, true), where .. " in " .. err.message)
      else
        assert.is_table(result, body)
      end
    end
    local lists = { ['{"a":1}'] = "is an object instead of a list", ["[{},5]"] = "result[2] is a number", ["[null,{}]"] = "null" }
    for body, where in pairs(lists) do
      local _, err = toy.recorded({ status = 200, headers = {}, body = body }).things:list()
      assert.same("decode", err.kind)
      assert.truthy(err.message:find(where, 1, true), where .. " in " .. err.message)
    end
  end)

  it("of a text operation are the text", function()
    local client = toy.recorded { status = 200, headers = { ["content-type"] = "text/csv" }, body = '"a";"b"' }
    assert.same('"a";"b"', (client.things:download { id = 1 }))
  end)
end)

describe("errors", function()
  local kinds = { [400] = "invalid", [401] = "auth", [403] = "forbidden", [404] = "not_found", [409] = "conflict", [418] = "rejected",
    [429] = "rate_limited", [500] = "server", [302] = "server" }

  it("have the kind and outcome that the status proves", function()
    for status, kind in pairs(kinds) do
      local body = '{"error":"words of toy-secret-key","code":7}'
      local client = toy.recorded({ status = status, headers = { ["X-Request-Id"] = "r1" }, body = body }, { retries = 0 })
      local result, err = client.things:create { name = "n" }
      assert.is_nil(result)
      assert.same({ kind, status, 7, "r1", "toy", "things:create" },
        { err.kind, err.status, err.code, err.request_id, err.provider, err.operation })
      assert.same((status >= 400 and status < 500) and "not_sent" or "unknown", err.outcome)
      assert.is_nil(tostring(err):find("secret", 1, true))
      assert.is_nil(err.body:find("secret", 1, true))
      assert.truthy(tostring(err):find("words of ***", 1, true))
    end
  end)

  it("tell an unusable answer from a refusal", function()
    for _, body in ipairs { "", "<html>", '{"a":', "null garbage" } do
      local client = toy.recorded({ status = 200, headers = {}, body = body }, { retries = 0 })
      local _, err = client.things:create { name = "n" }
      assert.same({ "decode", "unknown", body }, { err.kind, err.outcome, err.body })
    end
    local client = toy.recorded({ status = 502, headers = {}, body = "<html>" }, { retries = 0 })
    local _, err = client.things:create { name = "n" }
    assert.same({ "server", "unknown" }, { err.kind, err.outcome })
  end)

  it("keep a capped body", function()
    local client = toy.recorded({ status = 500, headers = {}, body = ("x"):rep(200000) }, { retries = 0 })
    local _, err = client.things:list()
    assert.same(64 * 1024, #err.body)
  end)
end)

describe("retries", function()
  it("happen for what may be repeated, never for an unclear send", function()
    local function flaky(_, n)
      if n < 3 then return { status = 503, headers = { ["retry-after"] = "0" }, body = "{}" } end
      return OK
    end
    local client, seen = toy.recorded(flaky)
    local thing, response = client.things:update { id = 1 }
    assert.same({ "877692606781038592", 3, 3 }, { thing.id, response.attempts, #seen })
    client, seen = toy.recorded(flaky)
    local _, err = client.things:shout { text = "{{code}}", a = "x" }
    assert.same({ "server", "unknown", 1, false }, { err.kind, err.outcome, #seen, err.retryable })
    client, seen = toy.recorded(flaky, { retries = 0 })
    client.things:update { id = 1 }
    assert.same(1, #seen)
  end)

  it("happen for a send that provably went nowhere", function()
    local client, seen = toy.recorded(function(_, n)
      if n == 1 then return nil, { kind = "network", message = "refused", attempts = 0 } end
      return OK
    end)
    assert.truthy(client.things:shout { text = "{{code}}", a = "x" })
    assert.same(2, #seen)
  end)
end)

describe("events", function()
  it("tell each step, and a failing handler changes nothing", function()
    local types = {}
    local client = toy.recorded(OK, { on_event = function(event) types[#types + 1] = event.type end })
    client.things:look { id = 1 }
    assert.same({ "request", "response" }, types)
    client = toy.recorded(OK, { on_event = function() error("mine") end })
    assert.truthy(client.things:look { id = 1 })
  end)
end)

describe("a client", function()
  it("lists operations, is frozen, and names the nearest on a miss", function()
    local client = toy.recorded(OK)
    local names = {}
    for name, method in pairs(client.things) do
      names[#names + 1] = name
      assert.is_function(method)
    end
    table.sort(names)
    assert.same("create disable download drop form list look open shout smart update upload whisper", table.concat(names, " "))
    assert.truthy(raised(function() return client.thigns end):find("did you mean 'things'?", 1, true))
    assert.truthy(raised(function() return client.things.crate end):find("did you mean 'create'?", 1, true))
    assert.truthy(raised(function() client.things = 1 end):find("frozen", 1, true))
    assert.truthy(raised(function() client.things.x = 1 end):find("frozen", 1, true))
    assert.same("sms.toy client", tostring(client))
  end)

  it("refuses options by name, all in one message, at the caller's line", function()
    local message = raised(function() toy.client { kee = "x", timeout = "3" } end)
    assert.truthy(message:find("engine_spec.lua:", 1, true))
    for _, words in ipairs {
      "option 'key' (string) is missing", "unknown option 'kee', did you mean 'key'?", "option 'timeout' must be a finite number",
    } do
      assert.truthy(message:find(words, 1, true), words .. " in " .. message)
    end
  end)

  it("refuses plain http beyond loopback", function()
    assert.truthy(raised(function() toy.client { key = "k", base_url = "http://example.org" } end):find("base_url", 1, true))
    assert.truthy(toy.client { key = "k", base_url = "http://127.0.0.1:1/x" })
    assert.truthy(toy.client { key = "k", base_url = "https://example.org" })
  end)

  it("requests any path through the same pipeline", function()
    local client, seen = toy.recorded(OK)
    local value = client:request { method = "POST", path = "/any/thing?x=1", query = { b = 2, a = "é" }, json = { n = 123456789012345678 } }
    assert.same(877692606781038592, value.id)
    assert.same({ "POST", "/any/thing", "x=1&a=%C3%A9&b=2" }, { seen[1].method, seen[1].path, seen[1].query })
    assert.truthy(seen[1].body:find("123456789012345678", 1, true))
    assert.truthy(raised(function() client:request { path = "x", jsn = {} } end):find("did you mean 'json'?", 1, true))
    client:request({ path = "/x", headers = { ["X-A"] = "1" } }, { headers = { ["X-B"] = "2" } })
    assert.same({ "1", "2" }, { seen[2].headers["x-a"], seen[2].headers["x-b"] })
  end)
end)
