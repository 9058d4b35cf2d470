-- SPDX-License-Identifier: MIT
-- `sms trigger` and `sms listen --forward-to`: callbacks that are made, handed on, and answered.

local cli = require "spec.support.cli"
local command = require "spec.support.command"
local httpd = require "sms.httpd"
local json = require "sms.json"
local patience = require "spec.support.patience"
local sms = require "sms"

-- Serves requests with `answer(request)` until `enough()`.
local function serve(server, enough, response)
  local ends = httpd.now() + patience.MOST
  while not enough() and httpd.now() < ends do
    local request = server:next(0.02)
    if request then response(request) end
  end
  for _ = 1, 5 do server:next(0.02) end -- what was answered goes out
end

describe("sms trigger", function()
  local shell

  setup(function() shell = cli.new() end)
  teardown(function() shell:close() end)

  it("makes each provider's callback, which our own reader understands", function()
    for _, provider in ipairs(sms.providers) do
      for _, event in ipairs { "delivered", "undelivered", "reply" } do
        local out, err, status = shell:run(("sms trigger %s --provider %s --print --text STOP"):format(event,
          provider):gsub(event ~= "reply" and " %-%-text STOP" or "$", ""))
        if event == "reply" and provider == "messagewhiz" then
          assert.same({ "", "sms: messagewhiz documents no replies\n", 2 }, { out, err, status })
        else
          assert.equal(0, status, err)
          local method, address, headers, body = out:match "^(%u+) (%S+)\n(.-)\n\n(.*)$"
          if not method then method, address, headers, body = out:match "^(%u+) (%S+)\n()\n(.*)$" end
          local kind = tostring(headers):match "[Cc]ontent%-[Tt]ype: ([^\n]*)"
          local events = assert(sms.webhook.reader(provider):webhook {
            method = method, query = address:match "%?(.*)$" or "", body = body:match "^[^\n]*", headers = { ["content-type"] = kind },
          })
          local first = events[1]
          assert.equal(event == "reply" and "inbound" or "delivery", first.type, provider)
          if event == "reply" then assert.equal("STOP", first.text) end
          if event == "delivered" then assert.is_true(first.status == "delivered" or first.status == "sent", provider) end
        end
      end
    end
  end)

  it("posts it, with the secret, prints the response, and fails where it was not taken", function()
    local server <close> = assert(httpd.listen {})
    local seen, status = {}, 200
    local address = ("http://127.0.0.1:%d/hook"):format(server:port())
    local function trigger(words)
      local pipe = io.popen(("{ (%s); echo status=$?; } 2>&1"):format(
        shell:wrapped(("LUA_SMS_WEBHOOK_SECRET=s3cret sms trigger delivered --provider zipwhip --forward-to %s %s"):format(
          address, words))))
      serve(server, function() return #seen == (words == "" and 1 or 2) end, function(request)
        seen[#seen + 1] = { path = request.path, query = request.query, body = request.body }
        request:respond(status, {}, "noted")
      end)
      local out = pipe:read "a"
      pipe:close()
      return out
    end
    assert.matches("^200 in %d+ ms\nnoted\nstatus=0\n$", trigger "")
    assert.same({ "/hook", true }, { seen[1].path, seen[1].query:find("secret=s3cret", 1, true) ~= nil })
    assert.equal("ZO", json.decode(seen[1].body).messageType)
    seen, status = {}, 500
    assert.matches("^500 in %d+ ms\nnoted\n500 in %d+ ms\nnoted\nstatus=1\n$", trigger "--twice")
    assert.equal(seen[1].body, seen[2].body)
  end)

  it("refuses what makes no sense", function()
    for words, expected in pairs {
      ["delivered"] = "missing option '%-%-provider'",
      ["delivred --provider zipwhip --print"] = "did you mean 'delivered'%?",
      ["delivered --provider zipwhip"] = "give %-%-forward%-to URL, %-%-print, or the %-%-url of a running sandbox",
      ["delivered --provider zipwhip --print --text x"] = "%-%-text is the text of a reply",
      ["delivered --provider zipwhip --print --to 12"] = "%-%-to '12' ",
      ["delivered --provider zipwhip --forward-to ftp://x"] = "'ftp://x' is not an http or https address",
    } do
      local out, err, status = shell:run("sms trigger " .. words)
      assert.same({ "", 2 }, { out, status })
      assert.matches("^sms: [^\n]*" .. expected, err)
    end
    local _, err, status = shell:run "sms trigger delivered --provider zipwhip --forward-to http://127.0.0.1:9/x"
    assert.equal(1, status)
    assert.matches("^sms: http://127%.0%.0%.1:9/x: ", err)
  end)
end)

describe("sms listen --forward-to", function()
  -- Posts to the listener while the program behind it answers; what curl got.
  local function exchange(words, post, response)
    local server <close> = assert(httpd.listen {})
    local seen = {}
    local listen = command.start { "listen", "--provider", "zipwhip", "--port", "0", "--forward-to",
      ("http://127.0.0.1:%d/app?k=v"):format(server:port()), table.unpack(words) }
    local port = listen:port()
    local curl = "curl -s -m 30 -w '\\n%%{http_code} %%{header_json}' -H 'X-Own: yes' -d '%s' 'http://127.0.0.1:%d/?event=receive'"
    local pipe = io.popen(curl:format(post, port))
    local ends = httpd.now() + (response and patience.MOST or 0.5)
    serve(server, function() return response and seen[1] or httpd.now() > ends end, function(request)
      seen[#seen + 1] = request
      local status, headers, body = response(request)
      request:respond(status, headers, body)
    end)
    local got = pipe:read "a"
    pipe:close()
    listen:kill "sigterm"
    listen:ended()
    local out, err = listen.out, listen.err
    listen:close()
    return got, seen[1], out, err
  end

  local REPLY = '{"body":"Yes","id":1300000000000000001,"messageType":"MO","finalSource":"+12065550123",'
    .. '"finalDestination":"+12065550100","dateCreated":"2026-11-30T19:54:10.000Z"}'

  it("hands the request on as it came, and the response back", function()
    local got, request, out, err = exchange({}, REPLY, function(request)
      return 202, { ["content-type"] = "text/x-own", ["x-back"] = "1" }, "thanks " .. request.method
    end)
    assert.matches("^thanks POST\n202 ", got)
    assert.matches('"x%-back":%["1"%]', got)
    assert.matches('"content%-type":%["text/x%-own"%]', got)
    assert.same({ "POST", "/app", "k=v&event=receive", REPLY, "yes" },
      { request.method, request.path, request.query, request.body, request.headers["x-own"] })
    assert.equal("Yes", json.decode(out).text)
    assert.matches("returned 202 in %d+ ms", err)
  end)

  it("prints and hands on wanted events only", function()
    local got, request, out = exchange({ "--type", "delivery" }, REPLY, nil)
    assert.matches("\n200 ", got)
    assert.is_nil(request)
    assert.equal("", out)
  end)

  it("asks for another try where nobody answers", function()
    local listen = command.start { "listen", "--provider", "zipwhip", "--port", "0", "--forward-to", "http://127.0.0.1:9/" }
    local pipe = io.popen(("curl -s -m 30 -w '%%{http_code}' -d '%s' 'http://127.0.0.1:%d/?event=receive'"):format(REPLY, listen:port()))
    assert.equal("bad gateway\n502", pipe:read "a")
    pipe:close()
    listen:close()
  end)
end)
