-- SPDX-License-Identifier: MIT
-- The texts of the inbox as its events carry them, and their attachments; without a server.

local inbox = require "spec.support.inbox"
local json = require "sms.json"

describe("the inbox", function()
  local pages, box

  -- One call of the API: status, value, response.
  local function api(...) return pages:api(...) end
  local function get(path) return select(2, pages:api("GET", path)) end
  local function send(...) return pages:send(...) end

  before_each(function()
    pages = inbox.new()
    box = pages.box
  end)

  it("encodes the summary of an event as the summary of a list is", function()
    local shapes = require "sms.sandbox.inbox.shapes"
    for _, text in ipairs { "plain", 'quote " back \\ slash', "line\nbreak", "Grüße — 👍", ("x"):rep(400), ("ü"):rep(90) .. "—" } do
      for _, provider in ipairs { "messagewhiz", "zoomconnect", "zipwhip", "websms" } do assert(send(provider, "+27825551234", text)) end
    end
    send("zipwhip", "+12065550123", "known")
    api("POST", "replies", { provider = "zipwhip", from = "+12065550123", text = "YES \u{202E}" })
    local seen = 0
    for _, entry in pairs(box.journal.texts) do
      for _, state in ipairs { "accepted", "delivered", entry.message.state } do
        entry.message.state = state
        assert.same(json.decode(json.encode(shapes.summary(entry))), json.decode(shapes.encoded(entry)))
        seen = seen + 1
      end
    end
    assert.is_true(seen >= 60, seen)
  end)

  it("hands out attachments: images as what they are, the rest as bytes to save, never as a page", function()
    local PNG = "\x89PNG\r\n\x1A\nrest"
    assert(pages.clients.zipwhip or send("zipwhip", "+12065550100", "first"))
    assert(pages.clients.zipwhip:send { to = "+12065550123", text = "Look", media = {
      { data = PNG, name = "a\"b.png" }, { data = "<script>alert(1)</script>", name = "page.txt" },
    } })
    local text = get "messages?limit=1".messages[1]
    assert.same({ 2, "image/png", #PNG, true }, { #text.attachments, text.attachments[1].type, text.attachments[1].size,
      text.attachments[1].image })
    assert.is_false(text.attachments[2].image)
    local function file(n)
      return box:handle { method = "GET", path = ("/inbox/api/messages/%d/attachments/%d"):format(text.n, n), query = "", headers = {} }
    end
    assert.same({ 200, PNG, "image/png" }, { file(1).status, file(1).body, file(1).headers["content-type"] })
    assert.matches('^attachment; filename="[%w._-]+%.png"$', file(1).headers["content-disposition"])
    assert.same({ "application/octet-stream", 'attachment; filename="page.txt"' }, { file(2).headers["content-type"],
      file(2).headers["content-disposition"] })
    assert.same({ 404, 404, 405 }, { file(3).status, (api("GET", "messages/99/attachments/1")),
      (api("POST", ("messages/%d/attachments/1"):format(text.n))) })
  end)
end)
