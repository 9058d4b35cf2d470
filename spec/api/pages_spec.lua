-- SPDX-License-Identifier: MIT
-- Walks over all pages of a list: to their end, in flat memory, and never in silence where one is cut off.

local json = require "sms.json"
local toy = dofile "spec/support/toy.lua"

-- Runs `call`, which must raise; returns the message.
local function raised(call)
  local ok, message = pcall(call)
  assert.is_false(ok)
  return message
end

local OK = { status = 200, headers = {}, body = "{}" }

describe("pages", function()
  local function served(total, cap)
    return function(request)
      local query = {}
      for name, value in request.query:gmatch("(%w+)=(%w+)") do query[name] = tonumber(value) end
      local out, from = {}, query.start or 0
      for i = from + 1, math.min(total, from + math.min(query.limit or 10, cap or 1000)) do out[#out + 1] = { id = i } end
      return { status = 200, headers = {}, body = json.encode(json.array(out)) }
    end
  end
  local function walk(total, cap, args)
    local client, seen = toy.recorded(served(total, cap))
    local count = 0
    for thing in client.things:each(args) do
      count = count + 1
      assert.same(tostring(count), thing.id)
    end
    return count, #seen
  end

  it("are walked to the end, also where the server caps them", function()
    assert.same({ 25, 3 }, { walk(25, nil, { limit = 10 }) })
    assert.same({ 25, 4 }, { walk(25) })
    assert.same({ 25, 6 }, { walk(25, 5, { limit = 10 }) })
    assert.same({ 0, 1 }, { walk(0) })
    assert.same({ 20, 3 }, { walk(20, nil, { limit = 10 }) })
  end)

  it("are not begun with arguments that are wrong", function()
    local client, seen = toy.recorded(OK)
    for _, case in ipairs { { 5, "must be a table" }, { { limit = "1" }, "'limit'" }, { { strat = 1 }, "did you mean 'start'?" } } do
      local line = debug.getinfo(1, "l").currentline + 1
      local message = raised(function() client.things:each(case[1]) end)
      assert.truthy(message:find("pages_spec.lua:" .. line .. ": toy.things:list", 1, true), message)
      assert.truthy(message:find(case[2], 1, true), message)
    end
    local err = raised(function() client.things:each { limit = 0 } end)
    assert.same({ "invalid", "not_sent", "limit" }, { err.kind, err.outcome, err.field })
    assert.same(0, #seen)
  end)

  -- How many items came, and how the walk ended.
  local function walk_all(client)
    local count = 0
    local ok, err = pcall(function() for _ in client.things:each() do count = count + 1 end end)
    return count, not ok and err or nil
  end

  it("end with an error value where a server repeats a page: there may be more", function()
    for _, body in ipairs { '[{"id":1},{"id":2}]', '[{"id":1,"name":"\xff"},{"id":2,"size":[null,1]}]' } do
      local client, seen = toy.recorded { status = 200, headers = {}, body = body }
      local count, err = walk_all(client)
      assert.same({ 2, 2, "decode", "toy", "things:list" }, { count, #seen, err.kind, err.provider, err.operation })
      assert.matches("repeated a page: iteration ended after 2 items", tostring(err), 1, true)
    end
    local client, seen = toy.recorded(function(_, n) return { status = 200, headers = {}, body = ('[{"id":%d}]'):format(n % 3) } end)
    local count, err = walk_all(client)
    assert.same({ 3, 4, "decode" }, { count, #seen, err.kind })
  end)

  it("raise the error value of a page that fails, and end", function()
    local client = toy.recorded({ status = 401, headers = {}, body = "{}" })
    local items = client.things:each()
    local ok, err = pcall(items)
    assert.is_false(ok)
    assert.same("auth", err.kind)
  end)

  it("are not kept", function()
    local rows = {}
    local client = toy.recorded(function(_, n)
      if n > 200 then return { status = 200, headers = {}, body = "[]" } end
      for i = 1, 1000 do rows[i] = ('{"id":%d,"name":"%s"}'):format(n * 1000 + i, ("x"):rep(100)) end
      return { status = 200, headers = {}, body = "[" .. table.concat(rows, ",") .. "]" }
    end)
    local count, most, before = 0, 0, nil
    for _ in client.things:each { limit = 1000 } do
      count = count + 1
      if count % 20000 == 0 then
        collectgarbage()
        before = before or collectgarbage "count"
        most = math.max(most, collectgarbage "count" - before)
      end
    end
    assert.equal(200000, count)
    assert.is_true(most < 512, most .. " kB")
  end)
end)

describe("what stands beside a list", function()
  local sms = require "sms"

  local function groups(text)
    local zc = sms.zoomconnect {
      email = "a@example.org", token = "secret-token",
      transport = function() return { status = 200, headers = { ["content-type"] = "application/json" }, body = text } end,
    }
    return zc.groups:list()
  end

  it("is the page: whole numbers exact, secrets masked; tables are not in it", function()
    for _, beside in ipairs { "", ', "part": 0.5', ', "big": 9007199254740993' } do
      local list, response = groups('{"page":1,"note":"of secret-token","more":{"n":[1,2]},'
        .. '"webServiceGroups":[{"groupId":"a","noOfContacts":3,"extra":[4]}]' .. beside .. "}")
      assert.same({ { groupId = "a", noOfContacts = 3, extra = { 4 } } }, list)
      assert.same({ "integer", "integer" }, { math.type(list[1].noOfContacts), math.type(list[1].extra[1]) })
      assert.same({ 1, "of ***" }, { response.page.page, response.page.note })
      assert.equal("integer", math.type(response.page.page))
      assert.is_nil(response.page.more)
    end
  end)

  it("is nothing where there is nothing", function()
    local list, response = groups '{"webServiceGroups":[]}'
    assert.same({}, list)
    assert.is_nil(response.page)
  end)
end)
