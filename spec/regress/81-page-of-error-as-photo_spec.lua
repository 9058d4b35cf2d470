-- SPDX-License-Identifier: MIT
-- The story: a script fetched photos before it sent them. The server was down for an hour; its page of error was kept as photo.jpg,
-- taken for plain text, and sent.

local refusal = require "spec.support.refusal"
local sms = require "sms"

describe("a page of error that is called photo.jpg", function()
  it("is not sent, whatever its size and however it is given; nor is a page of plain words", function()
    local zipwhip = sms.zipwhip { session = "a:1", transport = function() error("the network was asked") end }
    local pages = {
      "<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1></body></html>", "<html>\n<head><title>404</title></head></html>",
      "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "Service Unavailable\n", '{"error":"gone"}', "",
    }
    for _, page in ipairs(pages) do
      local path = os.tmpname()
      local handle <close> = assert(io.open(path, "wb"))
      handle:write(page)
      handle:flush()
      for _, file in ipairs { { data = page, name = "photo.jpg" }, { path = path, name = "photo.jpg" } } do
        local given = { to = "2065550123", media = { file } }
        assert.matches("files%[1%]' ", (refusal(zipwhip.send, zipwhip, given)))
        assert.is_nil((zipwhip:check(given)))
      end
      os.remove(path)
    end
  end)
end)
