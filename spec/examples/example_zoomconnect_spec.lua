-- SPDX-License-Identifier: MIT
-- The ZoomConnect examples, run as a user runs them: on a sandbox of their own, against a given service, and with a service that
-- says no.

local run = require "spec.support.example"
local server_module = require "sms.sandbox.server"
local sms = require "sms"

local function environment_of(service, token)
  return ("ZOOMCONNECT_URL='%s/zoomconnect' ZOOMCONNECT_EMAIL=sandbox@example.org ZOOMCONNECT_TOKEN='%s'"):format(
    service.url, token or "sandbox-token")
end

describe("examples/send_zoomconnect.lua", function()
  it("sends one text and waits for its delivery", function()
    local out, err, status = run("send_zoomconnect", "0825551234 Hello")
    assert.same({ "", 0 }, { err, status })
    assert.equal("price      1 of 1000 credits\naccepted   as 40124213\ndelivered  for good\n", out)
  end)

  it("says why it stopped and what became of the text, without the token", function()
    local out, err, status = run("send_zoomconnect", "12")
    assert.same({ "", 1 }, { out, status })
    assert.matches("credit_cost: invalid %(HTTP 400, code 2.*Invalid mobile number\nthe text was not sent\n", err)
    local service <close> = assert(server_module.spawn {})
    out, err, status = run("send_zoomconnect", "0825551234", environment_of(service, "wrong-secret-token"))
    assert.same({ "", 1 }, { out, status })
    assert.matches("auth %(HTTP 401", err)
    assert.is_nil(err:find("wrong-secret-token", 1, true))
  end)

  it("wants a number when the service is real", function()
    local _, err, status = run("send_zoomconnect", "", "ZOOMCONNECT_EMAIL=a@example.org ZOOMCONNECT_TOKEN=x")
    assert.equal(2, status)
    assert.matches("^usage: ", err)
  end)
end)

describe("examples/contacts_sync.lua", function()
  it("brings its sample into a sandbox", function()
    local out, err, status = run("contacts_sync")
    assert.same({ "", 0 }, { err, status })
    assert.equal("contacts     3 created, 0 changed, 0 as they were, 0 failed\ngroups       2 created, 4 memberships\n", out)
  end)

  describe("against a service that is there", function()
    local service, client, path
    before_each(function()
      service = assert(server_module.spawn {})
      client = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", base_url = service.url .. "/zoomconnect" }
      path = os.tmpname()
    end)
    after_each(function()
      os.remove(path)
      service:stop()
    end)

    local function sync(text)
      local file <close> = assert(io.open(path, "wb"))
      file:write(text)
      file:close()
      return run("contacts_sync", path, environment_of(service))
    end

    -- "group: last names", as the sandbox's own page tells.
    local function groups()
      local names, out = {}, {}
      for _, contact in ipairs(assert(client.contacts:list())) do names[contact.contactId] = contact.lastName end
      for i, group in ipairs(assert(client:request { path = "/_sandbox/groups" })) do
        local members = {}
        for j, id in ipairs(group.contacts) do members[j] = names[id] end
        out[i] = group.name .. ": " .. table.concat(members, " ")
      end
      return out
    end

    local HEAD = "\xEF\xBB\xBFgroups,contactNumber,firstName,lastName\r\n"

    it("creates, then changes what has changed, then nothing", function()
      local text = HEAD .. 'A; B,0825550101,"Th ""T""",Nkosi\r\nB,+27825550102,Sipho,"Dlamini, Jr."\r\n'
      local out = sync(text)
      assert.matches("2 created, 0 changed, 0 as they were, 0 failed\n.* 2 created, 3 memberships", out)
      assert.same({ "A: Nkosi", "B: Nkosi Dlamini, Jr." }, groups())
      assert.equal('Th "T"', client.contacts:list()[1].firstName)
      out = sync((text:gsub("Nkosi", "Khumalo"):gsub("+27", "0")))
      assert.matches("0 created, 1 changed, 1 as they were, 0 failed\n.* 0 created, 3 memberships", out)
      assert.same({ "A: Khumalo", "B: Khumalo Dlamini, Jr." }, groups())
      assert.equal(2, #assert(client.contacts:list()))
    end)

    it("goes on after a row that fails, and says which", function()
      local out, err, status = sync(HEAD .. "A,12,Bad,Number\nA,,No,Number\nA,0825550103,Anna,Wyk\n")
      assert.equal(1, status)
      assert.matches("^line 2: zoomconnect.contacts:create: invalid .*\nline 3: contactNumber is missing\n$", err)
      assert.matches("1 created, 0 changed, 0 as they were, 2 failed", out)
      assert.same({ "A: Wyk" }, groups())
    end)

    it("stops when it may not", function()
      local out, err, status = run("contacts_sync", "no/such/file.csv", environment_of(service, "wrong-secret-token"))
      assert.same({ "", 1 }, { out, status })
      assert.matches("auth %(HTTP 401", err)
      out, err, status = run("contacts_sync", "no/such/file.csv", environment_of(service))
      assert.same({ "", 1 }, { out, status })
      assert.matches("no/such/file%.csv: No such file", err)
      out, err, status = sync(HEAD .. 'A,0825550103,"Anna,Wyk\n')
      assert.same({ "", 1 }, { out, status })
      assert.matches("unterminated quote", err)
    end)
  end)

  it("wants a file when the service is real", function()
    local _, err, status = run("contacts_sync", "", "ZOOMCONNECT_EMAIL=a@example.org ZOOMCONNECT_TOKEN=x")
    assert.equal(2, status)
    assert.matches("^usage: ", err)
  end)
end)
