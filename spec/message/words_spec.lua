-- SPDX-License-Identifier: MIT
-- What no provider gets: texts that nobody can have meant, and times that are no time to send at. `send`, `send_many` and `check` agree.

local kinds = dofile "spec/support/kinds_of_call.lua"
local refusal = require "spec.support.refusal"
local sms = require "sms"

local function client_of(provider, transport)
  local options = { retries = 0, transport = transport or function() error("the network was asked") end }
  return kinds.client(provider, options)
end

-- Calls `each(client, given, provider)` with a message of each provider.
local function everywhere(more, each)
  for _, provider in ipairs(sms.providers) do
    local given = kinds.message(provider, "Hello")
    for name, value in pairs(more) do given[name] = value end
    each(client_of(provider), given, provider)
  end
end

local function refused(more, words)
  everywhere(more, function(client, given, provider)
    local alone, row = refusal(client.send, client, given), client:send_many({ given })[1]
    local checked = refusal(client.check, client, given)
    for _, got in ipairs { alone, tostring(row.error), checked } do
      assert.truthy(got:find(words, 1, true), ("%s: %s in %s"):format(provider, words, got))
    end
    assert.same({ "invalid", "not_sent" }, { row.error.kind, row.outcome })
  end)
end

local function taken(more)
  everywhere(more, function(client, given, provider)
    local ok, words = client:check(given)
    assert.is_true(ok, provider .. ": " .. tostring(words))
  end)
end

describe("a text", function()
  it("of white space alone is none", function()
    refused({ text = "" }, "'text' is empty")
    for _, text in ipairs { " ", "\r\n \n", "\u{A0}", "\u{3000}\u{2003}", "\u{200B}\u{FEFF}", "\u{2028}\u{AD}\u{200D}\u{FE0F}",
    "\u{3164}" } do
      refused({ text = text }, "'text' contains only white space")
    end
    refused({ text = "{x}", vars = { x = " " }, empty = "allow" }, "'text' contains only white space")
    for _, text in ipairs { " x", ".", "\u{A0}ж", "\u{1F600}", "\n5\n" } do taken { text = text } end
  end)

  it("has no control character but CR and LF", function()
    for byte = 0, 31 do
      if byte ~= 10 and byte ~= 13 then
        refused({ text = "ab" .. string.char(byte) .. "c" }, ("'text' contains the control character U+%04X at byte 3"):format(byte))
      end
    end
    refused({ text = ("long and plain "):rep(5) .. "\127" }, "U+007F at byte 76")
    refused({ text = "é\u{80}" }, "U+0080 at byte 3")
    refused({ text = ("ж"):rep(20) .. "\u{9F}x" }, "U+009F at byte 41")
    refused({ text = "{x}", vars = { x = "a\tb" } }, "U+0009 at byte 2")
    refused({ text = "a\0b", template = false }, "U+0000 at byte 2")
    taken { text = "one\r\ntwo\nthree\rfour \u{A0}\u{2028}\u{200B}" }
  end)

  it("is UTF-8", function()
    for _, text in ipairs { "a\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "x\xC3" } do
      refused({ text = text }, "'text': invalid UTF-8 at byte")
    end
  end)

  it("has no more segments than a header can number", function()
    for _, provider in ipairs { "messagewhiz", "websms", "zoomconnect" } do
      for text, ok in pairs {
        [("x"):rep(39015)] = true, [("x"):rep(39016)] = false, [("ж"):rep(17085)] = true, [("ж"):rep(17086)] = false,
      } do
        local given = kinds.message(provider, text)
        local good, err = client_of(provider):check(given)
        assert.equal(ok, good or false)
        if not ok then assert.same({ "'text' needs 256 segments, a message has at most 255", "text" }, { err.message, err.field }) end
      end
    end
    refused({ text = ("x"):rep(40000) }, "'text' needs 262 segments, a message has at most 255")
  end)
end)

describe("a time", function()
  local LATER = 4102480800 -- 2100-01-01 10:00:00 UTC

  -- What is wrong with it, at a provider that has times.
  local function problem(at)
    local words = {}
    for i, provider in ipairs { "messagewhiz", "zoomconnect" } do
      local given = kinds.message(provider, "Hello")
      given.at = at
      local client = client_of(provider)
      local how, checked, so
      words[i], how = refusal(client.send, client, given)
      checked, so = refusal(client.check, client, given)
      assert.same({ (words[i]:gsub("^.-:send: ", "")), how }, { (checked:gsub("^.-:check: ", "")), so })
      assert.equal("invalid", client:send_many({ given })[1].error.kind)
    end
    return table.concat(words, "\n")
  end

  it("is seconds since 1970, or RFC 3339 with its offset", function()
    local dates = {}
    for _, at in ipairs { LATER, LATER + 0.0, "2100-01-01T10:00:00Z", "2100-01-01t12:00:00+02:00", "2100-01-01T05:00:00.000-0500" } do
      for _, provider in ipairs { "messagewhiz", "zoomconnect" } do
        local given = kinds.message(provider, "Hello")
        given.at = at
        client_of(provider, function(request)
          dates[#dates + 1] = request.body:match('"send_date":"([^"]*)"') or request.body:match('"dateToSend":"([^"]*)"')
          return { status = 500, headers = {}, body = "{}" }
        end):send(given)
      end
    end
    for i = 1, 10, 2 do assert.same({ "2100-01-01T10:00:00.000Z", "210001011200" }, { dates[i], dates[i + 1] }) end
    assert.equal(10, #dates)
  end)

  it("is not in the past", function()
    for _, at in ipairs { 0, 1, 1596205549.614, os.time() - 1, os.time() - 3600, "1999-12-31T23:59:59Z", "2020-01-01T00:00:00+14:00" } do
      assert.matches("'at' is in the past: %d%d%d%d%-", problem(at))
    end
    everywhere({ at = 5 }, function(client, given, provider)
      local has = client:capabilities().at ~= nil
      assert.matches(has and "'at' is in the past" or provider .. " does not support 'at'", (refusal(client.send, client, given)))
    end)
  end)

  it("is no local time, and no other text", function()
    for _, at in ipairs { "2100-01-01T10:00:00", "2100-01-01 10:00:00", "2100-01-01", "2100-01-01T10:00" } do
      assert.matches("such as 2030%-01%-31T09:00:00%+02:00; sms.dates reads and writes times, got a time without an offset", problem(at))
    end
    for _, at in ipairs { "", "tomorrow", "4102480800", "2100-02-30T10:00:00Z", "2100-01-01T10:00:00+2", "10:00" } do
      assert.matches("'at' must be seconds since 1970 %(os.time%(%)%) or RFC 3339 text with an offset.*got text in another format",
        problem(at))
    end
    for _, provider in ipairs { "messagewhiz", "zoomconnect" } do
      for _, at in ipairs { true, {}, os.date "*t", 0 / 0, 1 / 0 } do
        local given, client = kinds.message(provider, "Hello"), client_of(provider)
        given.at = at
        assert.matches("'at' must be seconds since 1970", (refusal(client.send, client, given)))
      end
    end
    assert.matches("give seconds, not milliseconds", problem(LATER * 1000))
  end)
end)

describe("check", function()
  it("refuses what send refuses before the network, whatever looks at it", function()
    local zipwhip, path = client_of "zipwhip", os.tmpname()
    local handle <close> = assert(io.open(path, "wb"))
    handle:write("<html>503</html>")
    handle:flush()
    local png = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"
    for _, media in ipairs {
      { { path = path, name = "photo.jpg" } }, { { data = "plain", name = "photo.jpg" } }, { { path = "/nonexistent" } },
      { { data = png, name = "a.png" }, { data = ("x"):rep(614400), name = "b.txt" } }, { { data = png, name = "a\nb.png" } },
    } do
      local given = { to = "2065550123", text = "Look", media = media }
      local words, _, err = refusal(zipwhip.check, zipwhip, given)
      assert.same({ words, "media" }, { (refusal(zipwhip.send, zipwhip, given)), err.field })
    end
    os.remove(path)
    local messagewhiz = client_of "messagewhiz"
    for _, change in ipairs { { to = "123" }, { from = "A sender that is too long" }, { callback = "no address" } } do
      local given = kinds.message("messagewhiz", "Hello")
      for name, value in pairs(change) do given[name] = value end
      local words, _, err = refusal(messagewhiz.check, messagewhiz, given)
      assert.same({ words, (next(change)) }, { (refusal(messagewhiz.send, messagewhiz, given)), err.field })
    end
  end)

  it("leaves a file that comes in pieces for the send", function()
    local pieces, at = { "GIF89a", "\1\0\1\0" }, 0
    local seen
    local zipwhip = client_of("zipwhip", function(request)
      seen = request
      return { status = 200, headers = {}, body = [[{"success":true,"response":{"id":1,"status":"queued"}}]] }
    end)
    local given = { to = "2065550123", media = { { name = "a.gif", chunks = function()
      at = at + 1
      return pieces[at]
    end } } }
    assert.is_true(zipwhip:check(given))
    assert.equal(0, at)
    assert(zipwhip:send(given))
    assert.equal("GIF89a\1\0\1\0", (seen.parts[1].filename and seen.parts[1] or seen.parts[2]).data)
  end)
end)
