-- SPDX-License-Identifier: MIT
-- Texts become UTF-8 by what their sender says of them, in responses and webhooks alike.

local charset = require "sms.text.charset"
local toy = dofile "spec/support/toy.lua"
local webhook = require "sms.webhook"

local FORM = { ["Content-Type"] = "application/x-www-form-urlencoded" }

-- The payload that the adapter got.
local function payload(request)
  return assert(webhook.parse(toy.adapter, request))[1].raw
end

describe("a charset", function()
  it("is what the label says, in any spelling", function()
    for _, label in ipairs {
      "text/plain;charset=iso-8859-1", "text/plain; charset=ISO-8859-1", 'text/html; CHARSET="Latin1"; x=y', "a/b; charset = windows-1252",
      "a/b;x=1;charset=cp1252;y", "a/b; charset=us-ascii",
    } do
      assert.equal("\u{E4} \u{20AC}", charset.utf8("\xE4 \x80", label), label)
    end
    assert.equal("\u{E4} \u{20AC}", charset.utf8("\xE4 \xA4", "a/b; charset=iso-8859-15"))
  end)

  it("is left alone where nobody names one that is known", function()
    for _, label in ipairs {
      "text/plain", "", "charset=", "a/b; charset=utf-8", "a/b; charset=UTF8", "a/b; charset=klingon", "a/b; charset=;",
    } do
      assert.equal("\xE4\u{E4}", charset.utf8("\xE4\u{E4}", label), label)
    end
    assert.equal("\xE4", charset.utf8("\xE4", nil))
  end)

  it("gives UTF-8 for every byte", function()
    local bytes = {}
    for byte = 0, 255 do bytes[#bytes + 1] = string.char(byte) end
    for _, name in ipairs { "iso-8859-1", "windows-1252", "iso-8859-15" } do
      local text = charset.utf8(table.concat(bytes), "a/b;charset=" .. name)
      assert.equal(256, utf8.len(text))
      assert.equal(table.concat(bytes, "", 1, 128), text:sub(1, 128))
    end
  end)

  it("is UTF-8 behind a byte order mark, whatever the label says", function()
    assert.equal("\u{E4}", charset.utf8("\xEF\xBB\xBF\u{E4}", "a/b;charset=latin1"))
    assert.equal("\u{E4}", charset.utf8("\xEF\xBB\xBF\u{E4}"))
  end)
end)

describe("a webhook", function()
  it("is read in the charset that its label names", function()
    local function labelled(name) return { ["Content-TYPE"] = "application/x; charset=" .. name } end
    for _, name in ipairs { "iso-8859-1", "ISO-8859-1", "Windows-1252", '"latin1"', "us-ascii" } do
      assert.same({ a = "ü €" }, payload { body = '{"a":"\xFC \x80"}', headers = labelled(name) })
      assert.same({ q = "\xFC", ["ä"] = "ü €" }, payload { query = "q=%FC", body = "%E4=\xFC+%80", headers = labelled(name) })
      assert.same({ a = "ü" }, payload { body = '\xEF\xBB\xBF{"a":"\xC3\xBC"}', headers = labelled(name) })
    end
    for _, name in ipairs { "utf-8", "UTF8", "klingon", "" } do
      assert.same({ a = "ü" }, payload { body = '{"a":"\xC3\xBC"}', headers = labelled(name) })
      assert.same({ a = "ü" }, payload { body = "a=%C3%BC", headers = labelled(name) })
    end
    assert.same({ a = "1" }, payload { body = "\xEF\xBB\xBFa=1", headers = FORM })
  end)

  it("keeps all its rows where one holds half a character", function()
    assert.same({ { t = "cut \u{FFFD}" }, { t = "\u{1F600}" } }, payload { body = '[{"t":"cut \\ud83d"},{"t":"\\ud83d\\ude00"}]' })
  end)
end)
