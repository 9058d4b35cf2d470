-- SPDX-License-Identifier: MIT
-- The message API (`lua/sms/message.lua`, `lua/sms/text/template.lua`) on a made-up provider: checks, receipts, rows, look-ups.

local failure = require "sms.error"
local refusal = require "spec.support.refusal"
local toy = require "spec.support.toy_message"

-- Answers every request well: `m1`, `m2`, … for single ones, rows of `b1-1`, `b1-2`, … for bulk calls.
local function accept(request, count)
  if request.path == "/texts" then return { status = 200, body = { id = "m" .. count, parts = 1 } } end
  local rows = {}
  for i in ipairs(request.json.rows) do rows[i] = { id = ("b%d-%d"):format(count, i) } end
  return { status = 200, body = rows }
end

local function raised(fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  return tostring(message)
end

local function ids(rows)
  local out = {}
  for i, row in ipairs(rows) do out[i] = row.id or row.outcome end
  return out
end

local function numbered(count, more)
  local out = {}
  for i = 1, count do
    out[i] = { to = ("43660%04d"):format(i), text = "Hello" }
    for key, value in pairs(more or {}) do out[i][key] = value end
  end
  return out
end

local function count_keys(t)
  local count = 0
  for _ in pairs(t) do count = count + 1 end
  return count
end

describe("send", function()
  it("gives a receipt and the response", function()
    local client, seen = toy.recorded(accept)
    local receipt, response = client:send { to = "43660000001", text = "Hello", from = "Shop", reference = "r-1" }
    assert.same({
      provider = "toymail", id = "m1", reference = "r-1", outcome = "accepted", status = "accepted", segments = 1, to = "43660000001",
      raw = { id = "m1", parts = 1 },
    }, receipt)
    assert.equal(200, response.status)
    assert.equal(1, #seen)
    assert.same({ to = { "43660000001" }, text = "Hello", from = "Shop", reference = "r-1" }, seen[1].json)
  end)

  it("takes a list of numbers where the provider does", function()
    local client, seen = toy.recorded(accept)
    assert.same({ "43660000001", "43660000002" }, client:send({ to = { "43660000001", "43660000002" }, text = "Hello" }).to)
    assert.same({ "43660000001", "43660000002" }, seen[1].json.to)
  end)

  it("leaves the caller's message as it is", function()
    local client = toy.recorded(accept)
    local given = { to = "43660000001", text = "Hi {name}", vars = { name = "Ada" } }
    client:send(given)
    assert.same({ to = "43660000001", text = "Hi {name}", vars = { name = "Ada" } }, given)
  end)

  it("returns nil and the error value when the provider refuses", function()
    local client = toy.recorded(function() return { status = 400, body = { error = "no" } } end)
    local receipt, err = client:send { to = "43660000001", text = "Hello" }
    assert.is_nil(receipt)
    assert.is_true(failure.is(err))
    assert.same({ "invalid", "not_sent", "texts:send", "no" }, { err.kind, err.outcome, err.operation, err.message })
  end)
end)

describe("a message is refused before the network:", function()
  local client, seen = toy.recorded(accept)
  local function refused(given, ...)
    local message = refusal(client.send, client, given)
    for _, words in ipairs { ... } do assert.truthy(message:find(words, 1, true), message) end
    assert.equal(0, #seen)
  end

  it("no table", function()
    refused("43660000001", "a message must be a table")
    refused(nil, "a message must be a table")
  end)

  it("unknown fields, with the nearest", function()
    refused({ to = "43660000001", text = "x", refrence = "r" }, "unknown field 'refrence', did you mean 'reference'?")
    refused({ to = "43660000001", text = "x", [1] = "r" }, "unknown field '1'")
  end)

  it("fields that the provider lacks, by name", function()
    refused({ to = "43660000001", text = "x", at = 5, campaign = "c" }, "toymail does not support 'at'",
      "toymail does not support 'campaign'")
  end)

  it("what is missing", function()
    refused({}, "'to' is missing", "'text' is missing")
    refused({ to = {}, text = "x" }, "'to' is an empty list")
  end)

  it("values of the wrong type, numbers as phone numbers among them", function()
    refused({ to = "43660000001", text = 5, flash = "yes" }, "'text' must be a string, got a number", "'flash' must be a boolean")
    refused({ to = 43660000001, text = "x" }, "'to' is a Lua number; write phone numbers as strings")
    refused({ to = { "43660000001", 43660000002 }, text = "x" }, "'to[2]' is a Lua number; write phone numbers as strings")
    refused({ to = "43660000001", text = "{a}", vars = 5 }, "'vars' must be a table, got a number")
    refused({ to = "43660000001", text = 5, vars = {} }, "'text' must be a string, got a number")
  end)

  it("values outside the provider's limits, in its unit", function()
    refused({ to = { "1", "2", "3", "4", "5" }, text = "x" }, "'to' has 5 numbers, but the provider accepts 4 per call; use send_many")
    assert.is_true(client:check { to = "43660000001", text = ("ä"):rep(20), reference = ("x"):rep(8) })
    refused({ to = "43660000001", text = ("ä"):rep(21) }, "'text' has 21 characters, the provider accepts 0 to 20")
    refused({ to = "43660000001", text = "x", reference = "äöüäö" }, "'reference' has 10 bytes, the provider accepts 0 to 8")
    refused({ to = "43660000001", text = "x", priority = 4, max_segments = 0 }, "'priority' is 4, the provider accepts 1 to 3",
      "'max_segments' is 0, the provider accepts at least 1")
    refused({ to = "43660000001", text = "x", category = "spam" }, "'category' must be one of news, alarm")
    local file = { data = "x", name = "x.png" }
    refused({ to = "43660000001", text = "x", media = { file, file, file } }, "'media' has 3 items, the provider accepts 0 to 2")
  end)

  it("all problems in one message, at the caller's line", function()
    local message = raised(function() client:send { to = 5, text = ("x"):rep(21), at = 1, nonsense = true } end)
    assert.matches("message_spec%.lua:%d+: toymail:send: ", message)
    for _, word in ipairs { "'to' is", "'text' has", "not support 'at'", "'nonsense'" } do
      assert.truthy(message:find(word, 1, true), message)
    end
  end)

  it("what the provider's own mapping or facts refuse", function()
    refused({ to = "43660000001", text = "forbidden" }, "this text can't be sent")
    refused({ to = "+436600000000001", text = "x" }, "'to[1]' must be 13 digits at most")
  end)

  it("a field that this provider cannot do without", function()
    local strict, requests = toy.recorded(accept, function(mapping) mapping.capabilities.from = { required = true } end)
    assert.matches("'from' is missing", raised(strict.send, strict, { to = "43660000001", text = "x" }))
    assert.equal("m1", strict:send({ to = "43660000001", text = "x", from = "Shop" }).id)
    assert.equal(1, #requests)
  end)

  it("but a message at each limit goes out", function()
    local able, requests = toy.recorded(accept)
    local file = { data = "x", name = "x.png" }
    assert.truthy(able:send {
      to = { "43660000001", "43660000002", "43660000003", "43660000004" }, text = ("ä"):rep(20), reference = "äöüä",
      priority = 3, category = "alarm", media = { file, file }, max_segments = 1, flash = false,
    })
    assert.truthy(able:send { to = "43660000001", media = { file } })
    assert.equal(2, #requests)
  end)
end)

describe("templates", function()
  it("are filled for each message, and not without vars", function()
    local client, seen = toy.recorded(accept)
    client:send { to = "43660000001", text = "Hi {name}", vars = { name = "Ada" } }
    client:send { to = "43660000001", text = "Hi {name}", template = false }
    assert.same({ "Hi Ada", "Hi {name}" }, { seen[1].json.text, seen[2].json.text })
    for _, vars in ipairs { false, {} } do
      local given = { to = "43660000001", text = "Hi {name}", vars = vars or nil }
      local words, how, err = refusal(client.send, client, given)
      assert.matches("variable 'name' is missing", words)
      assert.same({ "returned", "vars", "send" }, { how, err.field, err.operation })
    end
    assert.equal(2, #seen)
  end)

  it("are measured as rendered", function()
    local client = toy.recorded(accept)
    local words, how, err = refusal(client.send, client, { to = "43660000001", text = "{a}", vars = { a = ("x"):rep(21) } })
    assert.matches("'text' has 21 characters", words)
    assert.same({ "returned", "text" }, { how, err.field })
  end)

  it("name the row and the variable in send_many", function()
    local client = toy.recorded(accept)
    local rows = client:send_many {
      { to = "43660000001", text = "Hi {name}", vars = { name = "Ada" } },
      { to = "43660000002", text = "Hi {name}", vars = { nmae = "Bob" } },
    }
    assert.equal("accepted", rows[1].outcome)
    assert.equal("row 2: variable 'name' is missing", rows[2].error.message)
  end)
end)

describe("send_many", function()
  it("shares calls up to the provider's limit and keeps the input order", function()
    local client, seen = toy.recorded(accept)
    local rows = client:send_many(numbered(toy.BULK * 2 + 1))
    assert.same({ "b1-1", "b1-2", "b1-3", "b2-1", "b2-2", "b2-3", "m3" }, ids(rows))
    assert.equal(3, #seen)
    for i, row in ipairs(rows) do
      assert.same({ "toymail", "accepted", ("43660%04d"):format(i) }, { row.provider, row.outcome, row.to })
    end
  end)

  it("puts only messages of one key into a call", function()
    local client, seen = toy.recorded(accept)
    local messages = numbered(4)
    messages[2].from, messages[4].from = "Shop", "Shop"
    assert.same({ "b1-1", "b2-1", "b1-2", "b2-2" }, ids(client:send_many(messages)))
    assert.equal("Shop", seen[2].json.from)
    assert.equal("436600002", seen[2].json.rows[1].to)
  end)

  it("sends alone what can't share", function()
    local client = toy.recorded(accept)
    local messages = numbered(3)
    messages[2].reference = "r"
    local rows = client:send_many(messages)
    assert.same({ "b1-1", "m2", "b1-2" }, ids(rows))
    assert.equal("r", rows[2].reference)
  end)

  it("works without a bulk call", function()
    local client, seen = toy.recorded(accept, function(mapping) mapping.bulk = nil end)
    assert.same({ "m1", "m2", "m3" }, ids(client:send_many(numbered(3))))
    assert.equal(3, #seen)
  end)

  it("has a row for every message when some can't be sent", function()
    local client, seen = toy.recorded(accept)
    local rows = client:send_many {
      { to = "43660000001", text = "ok" }, { to = 5, text = "x" }, "nonsense", { to = "43660000002", text = "forbidden", reference = "r" },
      { to = "43660000003", text = "ok", at = 1 }, { to = "43660000004", text = "ok" },
    }
    assert.same({ "b1-1", "not_sent", "not_sent", "not_sent", "not_sent", "b1-2" }, ids(rows))
    assert.equal(1, #seen)
    for i, words in pairs { [2] = "row 2: 'to' is a Lua number", [3] = "row 3: a message must be a table", [4] = "row 4: this text can't",
      [5] = "row 5: toymail does not support 'at'" } do
      local row = rows[i]
      assert.equal(1, row.error.message:find(words, 1, true), row.error.message)
      assert.same({ "invalid", "not_sent", "send_many" }, { row.error.kind, row.error.outcome, row.error.operation })
      assert.equal("rejected", row.status)
    end
  end)

  it("keeps the fates of chunks apart: one that fails half way takes nobody with it", function()
    local client = toy.recorded(function(request, count)
      if count == 1 then return accept(request, count) end
      if count == 2 then return nil, { kind = "network", message = "reset", attempts = 1 } end
      if count == 3 then return { status = 403, body = { error = "no" } } end
      return accept(request, count)
    end)
    local rows = client:send_many(numbered(toy.BULK * 4))
    assert.same({
      "b1-1", "b1-2", "b1-3", "unknown", "unknown", "unknown", "not_sent", "not_sent", "not_sent", "b4-1", "b4-2", "b4-3",
    }, ids(rows))
    assert.same({ "network", "unknown" }, { rows[5].error.kind, rows[5].status })
    assert.same({ "forbidden", "rejected" }, { rows[8].error.kind, rows[8].status })
  end)

  it("passes on what the provider says of each row of a chunk", function()
    local client = toy.recorded(function() return { status = 200, body = { { id = "x" }, { problem = "blocked" } } } end)
    local rows = client:send_many(numbered(3))
    assert.same({ "x", "not_sent", "unknown" }, ids(rows))
    assert.same({ "rejected", "NO", "blocked" }, { rows[2].error.kind, rows[2].error.name, rows[2].error.message })
    assert.equal("436600002", rows[2].to)
    assert.same({ "decode", "row 3: the response has no entry for it" }, { rows[3].error.kind, rows[3].error.message })
  end)

  it("takes a chunk apart that was refused because of a row, until the row stands alone", function()
    local client, seen = toy.recorded(function(request, count)
      for _, row in ipairs(request.json.rows) do
        if row.to == "436600002" then return { status = 400, body = { error = "bad row" } } end
      end
      return accept(request, count)
    end)
    local rows = client:send_many(numbered(toy.BULK))
    assert.same({ "b2-1", "not_sent", "b5-1" }, ids(rows))
    assert.same({ "invalid", "bad row" }, { rows[2].error.kind, rows[2].error.message })
    assert.equal(5, #seen)
  end)

  it("takes no chunk apart for a reason that is not a row's, by the word of the adapter", function()
    local function refuse() return { status = 400, body = { error = "bad sender" } } end
    local client, seen = toy.recorded(refuse)
    assert.same({ "not_sent", "not_sent", "not_sent" }, ids(client:send_many(numbered(3))))
    assert.equal(1, #seen)
    client, seen = toy.recorded(refuse, function(mapping) mapping.bulk_alone = nil end)
    assert.same({ "not_sent", "not_sent", "not_sent" }, ids(client:send_many(numbered(3))))
    assert.equal(4, #seen) -- an adapter without an opinion: what is invalid may be a row's fault, until two rows fail alike
  end)

  it("takes no chunk apart whose fate is not known", function()
    local client, seen = toy.recorded(function() return { status = 500, body = { error = "bad row" } } end)
    assert.same({ "unknown", "unknown", "unknown" }, ids(client:send_many(numbered(3))))
    assert.equal(1, #seen)
  end)

  it("keeps a row that the facts refuse from taking the others with it", function()
    local client, seen = toy.recorded(accept)
    local rows = client:send_many { { to = "43660000001", text = "x" }, { to = "+436600000000001", text = "x" } }
    assert.same({ "b1-1", "not_sent" }, ids(rows))
    assert.equal("invalid", rows[2].error.kind)
    assert.matches("13 digits at most", rows[2].error.message)
    assert.equal(1, #seen)
  end)

  it("takes an iterator", function()
    local client = toy.recorded(accept)
    local messages, at = numbered(4), 0
    local rows = client:send_many(function()
      at = at + 1
      return messages[at]
    end)
    assert.same({ "b1-1", "b1-2", "b1-3", "m2" }, ids(rows))
    assert.same({}, client:send_many {})
  end)

  it("says at the caller's line what is wrong with its own arguments", function()
    local client, seen = toy.recorded(accept)
    for _, wrong in ipairs { "x", 5, false } do
      assert.matches("message_spec%.lua:%d+: toymail:send_many: messages must be a list, or a function", raised(function()
        client:send_many(wrong)
      end))
    end
    assert.matches("message_spec%.lua:%d+: toymail:send_many: unknown option 'timeuot', did you mean 'timeout'", raised(function()
      client:send_many({ { to = "43660000001", text = "x" } }, { timeuot = 1 })
    end))
    assert.equal(0, #seen)
  end)
end)

describe("status", function()
  local function answer() return { status = 200, body = { id = "m1", state = "done" } } end

  it("looks a receipt up", function()
    local client, seen = toy.recorded(answer)
    local found, response = client:status { id = "m1" }
    assert.same({ id = "m1", status = "delivered", final = true, provider_status = "done", raw = { id = "m1", state = "done" } }, found)
    assert.same({ "GET", "/texts/m1", 200 }, { seen[1].method, seen[1].path, response.status })
  end)

  it("hands on the provider's error", function()
    local client = toy.recorded(function() return { status = 404, body = {} } end)
    local found, err = client:status { id = "m1" }
    assert.is_nil(found)
    assert.equal("not_found", err.kind)
  end)

  it("is unsupported where the provider has no look-up, or none for this receipt", function()
    local client, seen = toy.recorded(answer, function(mapping) mapping.status = nil end)
    local found, err = client:status { id = "m1" }
    assert.is_nil(found)
    assert.same({ "unsupported", "not_sent", "status" }, { err.name, err.outcome, err.operation })
    local able = toy.recorded(answer)
    assert.equal("the receipt has no id", select(2, able:status {}).message)
    assert.equal(0, #seen)
  end)
end)

describe("balance", function()
  it("is a number", function()
    local client, seen = toy.recorded(function() return { status = 200, body = { amount = 12.5 } } end)
    assert.equal(12.5, (client:balance()))
    assert.equal("/money", seen[1].path)
  end)

  it("is unsupported where the provider tells none", function()
    local client, seen = toy.recorded(accept, function(mapping) mapping.balance = nil end)
    local amount, err = client:balance()
    assert.is_nil(amount)
    assert.equal("unsupported", err.name)
    assert.equal(0, #seen)
  end)
end)

describe("capabilities", function()
  it("are the table that checks, copied", function()
    local client = toy.recorded(accept)
    local can = client:capabilities()
    assert.same({ max = 20, unit = "characters" }, can.text)
    assert.same({ toy.BULK, true, true }, { can.bulk, can.status, can.balance })
    assert.is_nil(can.at)
    can.text.max, can.at = 1, true
    assert.truthy(client:send { to = "43660000001", text = "Hello" })
    assert.matches("not support 'at'", raised(client.send, client, { to = "43660000001", text = "Hello", at = 1 }))
  end)

  it("say what is not there", function()
    local client = toy.recorded(accept, function(mapping) mapping.bulk, mapping.status, mapping.balance = nil, nil, nil end)
    local can = client:capabilities()
    assert.same({ false, false, false }, { can.bulk, can.status, can.balance })
    assert.is_true(count_keys(can) > 3)
  end)
end)
