-- SPDX-License-Identifier: MIT
-- The examples that send through websms, run as a user runs them: on sandboxes of their own, and against a service that is there.

local json = require "sms.json"
local patience = require "spec.support.patience"
local run = require "spec.support.example"
local server_module = require "sms.sandbox.server"
local sms = require "sms"

local function with_file(text, use)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  local ok, problem = pcall(use, path)
  os.remove(path)
  if not ok then error(problem, 0) end
end

local function content(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

describe("examples/send_websms.lua", function()
  it("sends one text", function()
    local out, err, status = run("send_websms")
    assert.same({ "", 0 }, { err, status })
    assert.matches("^accepted by websms as %x+, 1 SMS\n$", out)
  end)

  it("says what became of a text that failed", function()
    local out, err, status = run("send_websms", "436600005000")
    assert.same({ "", 1 }, { out, status })
    assert.matches("INTERNAL_ERROR", err)
    assert.matches("may have been sent", err)
    out, err, status = run("send_websms", "nonsense")
    assert.same({ "", 1 }, { out, status })
    assert.matches("'to' must be a phone number", err)
  end)
end)

describe("examples/bulk.lua", function()
  it("has a row out for each row in, the failing ones among them", function()
    local out, err, status = run("bulk")
    assert.same({ "", 0 }, { err, status })
    local lines = {}
    for line in out:gmatch("[^\n]+") do lines[#lines + 1] = line end
    assert.equal(6, #lines)
    assert.matches("^%+12065550100 +accepted +%x+$", lines[1])
    assert.matches("^nonsense +not_sent +row 3: 'to' must be a phone number", lines[3])
    assert.matches("^%+12065550102 +not_sent +row 4: variable 'name' is missing$", lines[4])
    assert.equal("3 of 5 accepted by websms", lines[6])
  end)

  it("does the same by every other provider", function()
    for _, provider in ipairs(sms.providers) do
      local out, err, status = run("bulk", provider)
      assert.same({ "", 0 }, { err, status })
      assert.matches("\nnonsense +not_sent ", out)
      assert.matches("\n3 of 5 accepted by " .. provider .. "\n$", out)
    end
  end)

  it("takes rows from a file, and the service that is there", function()
    local service <close> = assert(server_module.spawn {})
    with_file("436600000100,Ada\r\n436600004035,Bob\r\n", function(path)
      local environment = ("WEBSMS_TOKEN=sandbox-token WEBSMS_URL=%s/websms"):format(service.url)
      local out, err, status = run("bulk", "websms " .. path, environment)
      assert.same({ "", 0 }, { err, status })
      assert.matches("436600004035 +not_sent +Not allowed to send sms messages", out)
      assert.matches("\n1 of 2 accepted by websms\n$", out)
    end)
    local client = sms.websms { token = "sandbox-token", base_url = service.url .. "/websms" }
    local inbox = assert(client:request { path = "/_sandbox/inbox" })
    assert.same({ "436600000100", "Museum", "Dear Ada, your tickets are ready." }, { inbox[1].to, inbox[1].from, inbox[1].text })
  end)

  it("says what it can't do", function()
    local _, err, status = run("bulk", "carrier-pigeon")
    assert.same({ 2, true }, { status, err:find("no provider 'carrier-pigeon'", 1, true) ~= nil })
    _, err, status = run("bulk", "websms no/such/file.csv")
    assert.same({ 1, true }, { status, err:find("No such file", 1, true) ~= nil })
  end)
end)

describe("examples/autoresponder.lua", function()
  it("answers, remembers who wrote STOP, and writes to them no more", function()
    with_file("436600000900\n", function(path)
      for _ = 1, 2 do
        local out, err, status = run("autoresponder", path)
        assert.same({ "", 0 }, { err, status })
        assert.matches('436600000100 wrote "When do you open%?": answered\n', out)
        assert.matches('436600000101 wrote " Stop ": no response, opted out\n', out)
        assert.matches('436600000101 wrote "Hello%?": no response, opted out\n', out)
        assert.matches('436600000100 wrote "Thanks": answered\n', out)
        assert.matches("4 texts came in, 0 could not be kept\n$", out)
        assert.equal("436600000900\n436600000101\n", content(path))
      end
    end)
  end)

  it("says so when it can't remember, and still doesn't answer", function()
    local out, err, status = run("autoresponder", "no/such/folder/opted_out.txt")
    assert.equal(1, status)
    assert.matches("No such file", err)
    assert.matches('436600000101 wrote "Hello%?": no response', out)
    assert.matches("could not be kept\n$", out)
  end)

  it("needs a file, and with a real service a secret", function()
    assert.same({ "", 2 }, { (run("autoresponder")), select(3, run("autoresponder")) })
    local _, err, status = run("autoresponder", "unused.txt", "WEBSMS_TOKEN=sandbox-token")
    assert.equal(2, status)
    assert.matches("WEBHOOK_SECRET is missing", err)
  end)

  it("listens until Ctrl-C with a real service", function()
    with_file("", function(path)
      local out, err, status
      for limit in patience.limits(0.5) do
        out, err, status = run("autoresponder", path, "WEBSMS_TOKEN=sandbox-token WEBHOOK_SECRET=demo-secret timeout -s INT " .. limit)
        if out:find "listening" then break end
      end
      assert.matches("^listening on http://127%.0%.0%.1:%d+/\n", out)
      assert.same({ "", "0 texts came in, 0 could not be kept" }, { err, out:match("\n(.-)\n$") })
      assert.equal(124, status) -- what `timeout` says when it had to end a program
    end)
  end)
end)

describe("the sandbox on HTTP", function()
  it("speaks Latin-1 forms, pairs and reports with websms over real connections", function()
    local service <close> = assert(server_module.spawn {})
    local client = sms.websms { username = "sandbox", password = "sandbox-password", base_url = service.url .. "/websms" }
    for _, method in ipairs { "GET", "POST" } do
      local result = assert(client.messages:send_simple {
        method = method, recipientAddressList = { "436600000100", "436600000101" }, messageContent = "Grüße & mehr",
      })
      assert.same({ 2000, 2 }, { result.statusCode, result.smsCount })
    end
    local inbox = assert(client:request { path = "/_sandbox/inbox" })
    assert.equal(4, #inbox)
    for _, message in ipairs(inbox) do assert.equal("Grüße & mehr", message.text, json.encode(message)) end
    local wrong = sms.websms { token = "wrong-token", base_url = service.url .. "/websms" }
    local result, err = wrong:send { to = "436600000100", text = "x" }
    assert.is_nil(result)
    assert.same({ "auth", 401, "not_sent", "" }, { err.kind, err.status, err.outcome, err.body })
  end)
end)
