-- SPDX-License-Identifier: MIT
-- What surrounds an operation's arguments: the fields of `client:request`, options, and what a transport of one's own gives back.

local failure = require "sms.error"
local toy = require "spec.support.toy"

local OK = { status = 200, headers = {}, body = '{"id":1,"name":"n"}' }

-- Runs `call`, which must raise; returns the message.
local function raised(call)
  local ok, message = pcall(call)
  assert.is_false(ok)
  return message
end

describe("a client", function()
  it("refuses what no request can be made of, by name, at the caller's line", function()
    local client, seen = toy.recorded(OK)
    local cases = {
      { { path = 5 }, "'path' must be a string" }, { { path = "/", method = "GET /x" }, "'method' must be an HTTP method" },
      { { path = "/", method = 5 }, "'method' must be a string" }, { { path = "/", query = { { 1 } } }, "'query.1' has a name" },
      { { path = "/", form = { a = {} } }, "'form.a' must be" },
      { { path = "/", headers = { ["X-A"] = "1\r\n" } }, "'headers.X-A' must be" },
      { { path = "/", headers = { ["X A"] = "1" } }, "'headers.X A' has a name" },
      { { path = "/", body = "a", json = 1 }, "'body', 'json'" },
      { { path = "/", multipart = {} }, "'multipart' is an empty list" },
      { { path = "/", multipart = { { name = "a" } } }, "'multipart[1]'" },
      { { path = "/", multipart = { { name = "a", data = "b", filename = "\0" } } }, "'multipart[1].filename'" },
      { { path = "/", json = print }, "'json'" }, { { path = "/", content_type = "a\nb" }, "'content_type'" },
      { { path = "/" }, "'timeout' must be a finite number", { timeout = 0 / 0 } },
      { { path = "/" }, "'max_body' must be a number of bytes, 0 or more", { max_body = -1 } },
      { { path = "/" }, "'retries' must be a whole number, 0 or more", { retries = -1 } },
      { { path = "/" }, "'to_file' must be a path", { to_file = "a\0b" } },
      { { path = "/" }, "'wire.a[1]' must be", { wire = { a = { 1 } } } },
      { { path = "/" }, "options must be a table", 5 }, { 5, "a request must be a table" },
    }
    for _, case in ipairs(cases) do
      local line = debug.getinfo(1, "l").currentline + 1
      local message = raised(function() client:request(case[1], case[3]) end)
      assert.truthy(message:find("raw_spec.lua:" .. line .. ": toy:request: ", 1, true), message)
      assert.truthy(message:find(case[2], 1, true), case[2] .. " in " .. message)
    end
    local message = raised(function() client.things:drop({ id = 1, part_id = 2 }, { wire = { part_idd = "x" } }) end)
    assert.truthy(message:find("did you mean 'part_id'?", 1, true), message)
    message = raised(function() toy.client { key = "k", pool = {}, retries = -1 } end)
    assert.truthy(message:find("'pool' must be a pool made by sms.pool; option 'retries' must be", 1, true), message)
    assert.same(0, #seen)
  end)

  it("makes an error value of whatever its transport gives", function()
    local given
    local client = toy.client { key = "k", retries = 0, transport = function() return table.unpack(given, 1, 2) end }
    for _, each in ipairs {
      {}, { false }, { 5 }, { "x" }, { {} }, { { status = "200" } }, { { status = 200.5 } }, { { status = 200, body = {} } },
      { { status = 200, body = "{}", headers = 5 } }, { nil, { kind = "nonsense" } }, { nil, { kind = {}, attempts = "x", message = {} } },
      { nil, 5 }, { nil, { attempts = -1 } },
    } do
      given = each
      local result, err = client.things:create { name = "n" }
      assert.is_nil(result)
      assert.same({ "network", "unknown", 1 }, { err.kind, err.outcome, err.attempts })
      assert.is_true(failure.is(err))
    end
  end)
end)
