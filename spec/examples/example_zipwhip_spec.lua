-- SPDX-License-Identifier: MIT
-- The examples around Zipwhip, run as a user runs them: on sandboxes of their own, and against a given service.

local example = require "spec.support.example"
local server = require "sms.sandbox.server"

-- Standard output, standard error, whether it ended well.
local function run(...)
  local out, err, status = example(...)
  return out, err, status == 0
end

describe("examples/send_zipwhip.lua", function()
  it("sends one text", function()
    local out, err, ok = run("send_zipwhip", "2065550123 'Hello there'")
    assert.is_true(ok, err)
    assert.equal("message 1300000000000000001: queued\n", out)
  end)

  it("says why it couldn't", function()
    local _, err, ok = run("send_zipwhip", "2065550801")
    assert.is_false(ok)
    assert.matches("code %-801, SPAM_PROTECTION, outcome not_sent", err)
  end)
end)

describe("examples/mms.lua", function()
  it("sends a picture, fetches it back and follows it", function()
    local out, err, ok = run("mms")
    assert.is_true(ok, err)
    assert.matches("^message  %d+ queued\n", out)
    assert.matches("0%.smil +application/smil", out)
    assert.matches("dot%.png +image/png +%d+ bytes", out)
    assert.matches("state    sent %(statusCode 4%)\n$", out)
  end)

  it("takes files by path, with a given service, and names what is wrong with them", function()
    local service <close> = assert(server.spawn { delivery = 0.5 })
    local environment = ("ZIPWHIP_URL='%s/zipwhip' ZIPWHIP_SESSION='00000000-0000-4000-8000-000000000001:300000001'"):format(service.url)
    local out, err, ok = run("mms", "2065550001 'A licence' LICENSE", environment)
    assert.is_false(ok, err)
    assert.matches("LICENSE +text/plain", out)
    assert.matches("state    undelivered %(statusCode 5%)", out)
    for arguments, words in pairs {
      ["2065550123 x no/such/file"] = "no/such/file: No such file", ["2065550123 x LICENSE LICENSE LICENSE"] = "accepts 0 to 2",
      ["2065550123 x build/lib/sms/core.so"] = "files%[1%]' is not a JPEG", ["x x LICENSE"] = "'to' must be a phone number",
    } do
      local _, complaint, went = run("mms", arguments, environment)
      assert.is_false(went)
      assert.matches(words, complaint)
    end
    local login = "ZIPWHIP_URL='%s/zipwhip' ZIPWHIP_USERNAME=2065550100 ZIPWHIP_PASSWORD=no-such-secret"
    local _, refusal, went = run("mms", "", login:format(service.url))
    assert.is_false(went)
    assert.matches("^send: zipwhip%.user:login: auth .*Incorrect username", refusal)
    assert.is_nil(refusal:find("no-such-secret", 1, true))
  end)
end)

describe("examples/otp.lua", function()
  it("reads the code from the sandbox's inbox", function()
    local out, err, ok = run("otp", "15550100177")
    assert.is_true(ok, err)
    assert.matches("^code     sent to 15550100177 as message %d+\nverified\n$", out)
  end)

  it("asks for the code, three times, where it can't read it", function()
    local service <close> = assert(server.spawn {})
    local environment = ("MESSAGEWHIZ_URL='%s/messagewhiz' MESSAGEWHIZ_APIKEY=sandbox-key"):format(service.url)
    local out, err, ok = run("otp", "", environment, "1\\n2\\n3\\n4\\n")
    assert.is_false(ok, err)
    assert.equal(3, select(2, out:gsub("that was not it", "")))
    assert.matches("not verified\n$", out)
    out, err, ok = run("otp", "", environment, "")
    assert.is_false(ok, err)
    assert.matches("Code: not verified\n$", out)
    local _, refusal, went = run("otp", "", (environment:gsub("sandbox%-key", "wrong-key")))
    assert.is_false(went)
    assert.matches("^campaign: messagewhiz%.campaigns:create: auth", refusal)
  end)
end)

describe("examples/fallback.lua", function()
  it("goes on after proof that nothing was sent", function()
    local out, err, ok = run("fallback")
    assert.is_true(ok, err)
    assert.matches("^zipwhip .*CARRIER_UNDETERMINED, outcome not_sent.*\nmessagewhiz +accepted as %S+\n$", out)
  end)

  it("stops when nobody knows", function()
    local out, err, ok = run("fallback", "+12065550999")
    assert.is_false(ok, err)
    assert.matches("outcome unknown", out)
    assert.is_nil(out:find("messagewhiz", 1, true))
    assert.matches("it may have gone out", out)
  end)

  it("stays with the first that takes it", function()
    assert.matches("^zipwhip +accepted as 13%d+\n$", (run("fallback", "2065550123")))
  end)
end)
