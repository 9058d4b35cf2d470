-- SPDX-License-Identifier: MIT
-- `sms call`: any operation of a provider from the command line; and `sms code`, `sms providers`.

local cli = require "spec.support.cli"
local json = require "sms.json"
local sms = require "sms"

describe("sms call", function()
  local shell

  setup(function() shell = cli.with_sandbox() end)
  teardown(function() shell:close() end)

  it("lists every operation of a provider with its sentence, and needs no credentials for it", function()
    local bare <close> = cli.new()
    for _, provider in ipairs(sms.providers) do
      local out, _, status = bare:run("sms call --provider " .. provider)
      assert.equal(0, status)
      for _, resource in ipairs(require("sms." .. provider).resources) do
        for name, fact in pairs(require(("sms.%s.%s"):format(provider, resource))) do
          if type(name) == "string" then assert.truthy(out:find(("%s.%s\t%s\n"):format(resource, name, fact[2]), 1, true), name) end
        end
      end
    end
    local out = bare:run "sms call --provider messagewhiz campaigns"
    assert.is_nil(out:find("links.", 1, true))
  end)

  it("names the nearest operation, resource, argument", function()
    for words, expected in pairs {
      ["campaigns.creat name=x"] = "has no operation 'campaigns%.creat'; did you mean 'campaigns%.create'%?",
      ["campaign.create name=x"] = "did you mean 'campaigns%.create'%?",
      ["campaings"] = "did you mean 'campaigns'%?",
      ["campaigns.create nam=x"] = "unknown argument 'nam', did you mean 'name'%?",
      ["campaigns.create"] = "argument 'name' %(string%) is missing",
      ["campaigns.list limit=10"] = "must be an integer, got a string; use NAME:=JSON for a value that is not a string",
      ["campaigns.list limit:=ten"] = "limit:=…: not JSON; for a string, write limit=TEXT",
      ["campaigns.list limit"] = "'limit' is not an argument; write NAME=TEXT",
      ["campaigns.create name=a name=b"] = "argument 'name' is given twice",
      ["recipient_lists.import doc=@missing.csv name=x mapping:='[\"phone_number\"]'"] = "missing%.csv",
      ["campaigns.create name=a --all"] = "has no pages",
    } do
      local out, err, status = shell:run("sms call --provider messagewhiz " .. words)
      assert.equal("", out)
      assert.matches("^sms: [^\n]*" .. expected .. "[^\n]*\n$", err)
      assert.is_true(status == 2 or status == 1 and words:find "missing.csv" ~= nil, words)
    end
  end)

  it("makes texts, JSON and files of the words", function()
    shell:write("guests.csv", "phone_number\n+27825551234\n+27825551235\n")
    local out, err, status = shell:run
      "sms call --provider messagewhiz recipient_lists.import doc=@guests.csv name=Guests mapping:='[\"phone_number\"]'"
    assert.equal(0, status, err)
    assert.equal(2, json.decode(out).inserted)
    shell:write("name.txt", "From a file\n")
    out = shell:run "sms call --provider messagewhiz campaigns.create name=@name.txt"
    assert.equal("From a file", json.decode(out).name)
    out = shell:run "sms call --provider messagewhiz campaigns.create name=1984"
    assert.equal("1984", json.decode(out).name)
  end)

  it("prints a list item by item, and walks all pages", function()
    for i = 1, 3 do shell:run("sms call --provider messagewhiz templates.create name=t" .. i .. " text=hi body=hi") end
    for i = 1, 12 do
      local _, err, status = shell:run(("sms call contacts.create firstName=A lastName=B contactNumber=+278255512%02d"):format(i))
      assert.equal(0, status, err)
    end
    local page = shell:run "sms call contacts.list pageSize:=5"
    local all = shell:run "sms call contacts.list pageSize:=5 --all"
    assert.equal(5, select(2, page:gsub("\n", "")))
    assert.equal(12, select(2, all:gsub("\n", "")))
    for line in all:gmatch "[^\n]+" do assert.is_table(json.decode(line)) end
  end)

  it("puts the response into a file", function()
    local _, err, status = shell:run "sms call templates.list --out answer.json"
    assert.equal(0, status, err)
    for line in shell:read("answer.json"):gmatch "[^\n]+" do assert.is_string(json.decode(line).name) end
    shell:write("list.csv", "phone_number\n+27825551234\n")
    local list = json.decode((shell:run
      "sms call --provider messagewhiz recipient_lists.import doc=@list.csv name=x mapping:='[\"phone_number\"]'"))
    _, err, status = shell:run(("sms call --provider messagewhiz recipient_lists.download id:=%d --out down.csv"):format(
      list.recipient_list_id))
    assert.equal(0, status, err)
    assert.matches("27825551234", shell:read "down.csv")
  end)

  it("shows the request of a dry run, credentials masked, and sends nothing", function()
    local before = #shell:inbox()
    local out, err, status = shell:run "sms call sms.send recipientNumber=+27825551234 message=hi --dry-run"
    assert.equal(0, status, err)
    assert.matches("^POST " .. shell.url:gsub("%p", "%%%0") .. "/zoomconnect/api/rest/v1/sms/send\n.*\ntoken: %*%*%*\n.*\n\n{.*}\n$", out)
    assert.matches('"recipientNumber":"%+27825551234"', out)
    assert.is_nil(out:find("sandbox-token", 1, true))
    assert.equal("POST", json.decode((shell:run "sms call sms.send recipientNumber=+27825551234 message=hi --dry-run --json")).method)
    shell:write("dry.csv", "phone_number\n+27825551234\n")
    out = shell:run "sms call --provider messagewhiz recipient_lists.import doc=@dry.csv name=x mapping:='[\"phone_number\"]' --dry-run"
    assert.matches("dry%.csv", out)
    out, err, status = shell:run "sms call contacts.list --all --dry-run"
    assert.equal("", out)
    assert.equal(2, status)
    assert.matches("omit %-%-all", err)
    assert.equal(before, #shell:inbox())
  end)

  it("asks before a text goes out", function()
    local before = #shell:inbox()
    local _, err, status = shell:run "sms call sms.send recipientNumber=+27825551234 message=hi"
    assert.same({ 2, before }, { status, #shell:inbox() })
    assert.matches("sms%.send sends a message%. Continue%? There is no terminal for the question: give %-%-yes\n$", err)
    _, _, status = shell:run "sms call sms.send recipientNumber=+27825551234 message=hi --yes"
    assert.same({ 0, before + 1 }, { status, #shell:inbox() })
  end)

  it("tells a failure that proves nothing from one that does", function()
    shell:run(("curl -s -d '%s' %s/_sandbox/faults"):format(
      '{"fault":"accept-then-reset","match":{"provider":"zoomconnect","times":1}}', shell.url))
    local _, _, status = shell:run "sms call sms.send recipientNumber=+27825551234 message=hi --yes"
    assert.equal(3, status)
    _, _, status = shell:run "sms call messages.get id=999999"
    assert.equal(1, status)
  end)

  it("takes no secret as an argument", function()
    local _, err, status = shell:run "sms call --provider zipwhip user.login username=a password=c4narysecret"
    assert.equal(2, status)
    assert.matches("'password' is a secret; secrets are not allowed as arguments", err)
    assert.is_nil(err:find("c4nary", 1, true))
    shell:write("password", "sandbox-password\n")
    shell:run "chmod 600 password"
    local out
    out, err, status = shell:run "sms call --provider zipwhip user.login username=2065550100 password=@password"
    assert.equal(0, status, err)
    assert.is_nil((out .. err):find("sandbox-password", 1, true))
    shell:run "chmod 644 password"
    _, err, status = shell:run "sms call --provider zipwhip user.login username=2065550100 password=@password"
    assert.equal(2, status)
    assert.matches("its group or others have access", err)
  end)
end)

describe("sms code", function()
  it("says what every documented code means", function()
    local bare <close> = cli.new()
    local out, _, status = bare:run "sms code zipwhip 6 --kind delivery"
    local words = sms.status("zipwhip", "delivery", 6).text
    assert.same({ ("delivery\t6\tHANDSET_DELIVERED\tdelivered\tfinal\tdon't try again\t%s\n"):format(words), 0 }, { out, status })
    out = bare:run "sms code websms 4001 --json"
    assert.equal("INVALID_CREDENTIALS", json.decode(out).name)
    local _, err, unknown = bare:run "sms code zoomconnect 987654"
    assert.equal(1, unknown)
    assert.equal("sms: zoomconnect documents no code 987654 of any kind\n", err)
  end)
end)

describe("sms providers", function()
  it("tells what each can do", function()
    local bare <close> = cli.new()
    local out = bare:run "sms providers --json"
    local seen = {}
    for line in out:gmatch "[^\n]+" do
      local facts = json.decode(line)
      seen[#seen + 1] = facts.provider
      assert.equal(require("sms." .. facts.provider).message.balance ~= nil, facts.balance)
      assert.equal(require("sms." .. facts.provider).message.status ~= nil, facts.status)
    end
    assert.same(sms.providers, seen)
  end)
end)
