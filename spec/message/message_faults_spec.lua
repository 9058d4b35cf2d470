-- SPDX-License-Identifier: MIT
-- Faults of a message's data come back as error values that name the field of the message; mistakes of the script are raised at its line.
-- Each case at each provider, by `send`, `check` and `send_many`.

local four = dofile "spec/support/four.lua"
local refusal = require "spec.support.refusal"

local NUMBER = "+12065550123"
local ALL = { messagewhiz = true, websms = true, zipwhip = true, zoomconnect = true }

local function only(...)
  local out = {}
  for _, name in ipairs { ... } do out[name] = true end
  return out
end

local PNG = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"
local LATER = os.time() + 3600

-- { the fields, the one at fault, the providers that have it }
local FAULTS = {
  { { to = "mum" }, "to", ALL }, { { to = "" }, "to", ALL }, { { to = "+10000000000" }, "to", ALL }, { { to = {} }, "to", ALL },
  { { to = { NUMBER, "x" } }, "to", ALL }, { { to = { NUMBER, NUMBER } }, "to", ALL }, { { to = "a\xFF" }, "to", ALL },
  { { text = "" }, "text", ALL }, { { text = " " }, "text", ALL }, { { text = "a\xFF" }, "text", ALL }, { { text = "a\0" }, "text", ALL },
  { { text = ("x"):rep(40000) }, "text", ALL }, { { text = ("x"):rep(200), max_segments = 1 }, "text", ALL },
  { { text = "{x}" }, "vars", ALL }, { { text = "{x}", vars = {} }, "vars", ALL }, { { text = "{x}", vars = { x = 0 / 0 } }, "vars", ALL },
  { { text = "{x" }, "text", ALL }, { { region = "UK" }, "region", ALL }, { { empty = "maybe" }, "empty", ALL },
  { { at = 5 }, "at", only("messagewhiz", "zoomconnect") }, { { at = LATER * 1000 }, "at", only("messagewhiz", "zoomconnect") },
  { { at = "2100-01-01T10:00:00" }, "at", ALL }, { { at = 0 / 0 }, "at", ALL }, { { at = 1 / 0 }, "at", ALL },
  { { from = "+43 664 12" }, "from", only("messagewhiz", "websms") }, { { from = "\xFF" }, "from", only("messagewhiz", "websms") },
  { { from = "A sender that is too long" }, "from", only "messagewhiz" },
  { { reference = ("r"):rep(161) }, "reference", only "messagewhiz" },
  { { reference = "\xFF" }, "reference", only("messagewhiz", "websms", "zoomconnect") },
  { { callback = "no address" }, "callback", only("messagewhiz", "websms") },
  { { validity = 1 }, "validity", only "websms" }, { { validity = 1.5 }, "validity", ALL },
  { { priority = 99 }, "priority", only "websms" },
  { { category = "spam" }, "category", only "websms" }, { { campaign = "\xFF" }, "campaign", only "zoomconnect" },
  { { max_segments = 0.5 }, "max_segments", ALL },
  { { media = { { path = "/nonexistent" } } }, "media", only "zipwhip" },
  { { media = { { data = "<html>", name = "a.jpg" } } }, "media", only "zipwhip" },
  { { media = { { data = PNG, name = "a.png" }, { data = PNG, name = "b.png" }, { data = PNG, name = "c.png" } } }, "media",
    only "zipwhip" },
  { { to = { NUMBER, "+12065550101" }, media = { { data = PNG, name = "a.png" } } }, "media", only "zipwhip" },
  { { at = LATER, reference = "r" }, "at", only "messagewhiz" }, { { text = "{{gender}}" }, "text", only "messagewhiz" },
}

-- { the fields, words of the complaint }
local MISTAKES = {
  { { to = 12065550123 }, "'to' is a Lua number" }, { { to = { x = 1 } }, "'to'" },
  { { text = 5 }, "'text' must be a string, got a number" },
  { { vars = "x" }, "'vars' must be a table" }, { { at = {} }, "got a table" },
  { { media = "a.jpg" }, "'media' must be a list, got a string" },
  { { region = 43 }, "'region' must be a string" }, { { template = "no" }, "'template' must be a boolean" },
  { { txt = "x" }, "unknown field 'txt'" },
  -- a mistake among faults of the data
  { { to = "mum", text = ("x"):rep(40000), flsh = true }, "unknown field 'flsh', did you mean 'flash'?" },
}

local function given_of(provider, fields)
  local given = four.message(provider, { to = NUMBER })
  for name, value in pairs(fields) do given[name] = value end
  return given
end

describe("a fault of a message's data", function()
  it("comes back with the field of the message, and takes no other row with it", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider)
      for i, fault in ipairs(FAULTS) do
        if fault[3][provider] then
          local given, place = given_of(provider, fault[1]), ("%s %d %s"):format(provider, i, fault[2])
          local before = #seen
          for _, name in ipairs { "send", "check" } do
            local words, how, err = refusal(client[name], client, given)
            assert.same({ "returned", fault[2] }, { how, err and err.field }, place .. " " .. name .. ": " .. words)
            assert.equal(provider, err.provider)
          end
          assert.equal(before, #seen, place)
          local rows = client:send_many { given_of(provider, { to = "+12065550101" }), given, given_of(provider, { to = "+12065550102" }) }
          local err = rows[2].error
          assert.same({ "accepted", "not_sent", "accepted" }, { rows[1].outcome, rows[2].outcome, rows[3].outcome }, place)
          assert.same({ "invalid", fault[2] }, { err.kind, err.field }, place .. ": " .. err.message)
        end
      end
    end
  end)

  it("is told with all others, the first one named", function()
    for _, provider in ipairs(four.names) do
      local client = four.client(provider)
      local words, _, err = refusal(client.send, client, given_of(provider, {
        to = "mum", text = "\xFF", region = "UK", at = "soon",
      }))
      for _, piece in ipairs { "'text': invalid UTF-8", "'region': ", "'at' must be" } do
        assert.truthy(words:find(piece, 1, true), words)
      end
      assert.equal("at", err.field)
    end
  end)
end)

describe("a mistake of the script in a message", function()
  it("is raised at its line, and a row of send_many all the same", function()
    for _, provider in ipairs(four.names) do
      local client, seen = four.client(provider)
      for _, mistake in ipairs(MISTAKES) do
        local given = given_of(provider, mistake[1])
        for _, call in ipairs { function() client:send(given) end, function() client:check(given) end } do
          local ok, words = pcall(call)
          assert.is_false(ok)
          assert.matches("^spec/message/message_faults_spec%.lua:%d+: " .. provider .. ":%l+: ", words)
          assert.truthy(words:find(mistake[2], 1, true), words)
        end
        assert.equal("invalid", client:send_many({ given })[1].error.kind)
      end
      for _, name in ipairs { "at", "flash", "media", "campaign", "category" } do
        local value = ({ at = LATER, flash = true, media = { { data = PNG, name = "a.png" } }, category = "advertisement" })[name] or "x"
        if not client:capabilities()[name] then
          local words, how = refusal(client.send, client, given_of(provider, { [name] = value }))
          assert.same({ "raised", true }, { how, words:find(("%s does not support '%s'"):format(provider, name), 1, true) ~= nil }, words)
        end
      end
      assert.equal(0, #seen)
    end
  end)
end)

describe("capabilities().status", function()
  it("says whether a message can be looked up", function()
    local told = {}
    for _, provider in ipairs(four.names) do told[provider] = four.client(provider):capabilities().status end
    assert.same({ messagewhiz = false, websms = false, zipwhip = true, zoomconnect = true }, told)
    local client = four.client "messagewhiz"
    local single = client:send { to = NUMBER, from = "Shop", text = "x" }
    local _, err = client:status(single)
    assert.equal("unsupported", err.name)
    assert.equal("broadcasts", client:capabilities().status_of)
    local many = client:send { to = { NUMBER, "+12065550101" }, from = "Shop", text = "x" }
    assert.is_string(assert(client:status(many)).status)
  end)
end)

describe("a receipt", function()
  it("is a table, or the script is at fault; what is wrong in it is named", function()
    for _, provider in ipairs(four.names) do
      local client = four.client(provider)
      local words, how = refusal(client.status, client, "id")
      assert.same({ "raised", true }, { how, words:find("a receipt must be a table", 1, true) ~= nil })
    end
    local client = four.client "zoomconnect"
    local _, err = client:status {}
    assert.same({ "not_sent", "id" }, { err.outcome, err.field })
    client = four.client "messagewhiz"
    _, err = client:status { broadcast_id = "" }
    assert.same({ "invalid", "not_sent", "broadcast_id" }, { err.kind, err.outcome, err.field })
  end)
end)
