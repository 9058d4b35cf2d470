-- SPDX-License-Identifier: MIT
-- `sms doctor`: what it finds, and what it tells to do about it.

local cli = require "spec.support.cli"
local httpd = require "sms.httpd"
local json = require "sms.json"
local patience = require "spec.support.patience"
local tls = require "spec.support.tls"

local function states_of(out)
  local found = {}
  for line in out:gmatch "[^\n]+" do
    local row = json.decode(line)
    found[#found + 1] = row
  end
  return found
end

-- The first row whose message matches.
local function row_of(rows, pattern)
  for _, row in ipairs(rows) do
    if row.message:find(pattern) then return row end
  end
end

describe("sms doctor", function()
  local shell

  setup(function() shell = cli.with_sandbox() end)
  teardown(function() shell:close() end)

  it("tells versions and profiles without the network", function()
    local out, err, status = shell:run "sms doctor --offline --json"
    assert.equal(0, status, err)
    local rows = states_of(out)
    assert.equal("ok", row_of(rows, "^Lua 5%.4, lua%-sms " .. require "sms.version":gsub("%p", "%%%0") .. "$").state)
    assert.equal("ok", row_of(rows, "^libcurl %d+%.%d+%.%d+, %S+, ").state)
    assert.equal("ok", row_of(rows, "^lua%-cjson .*, ").state)
    assert.equal("ok", row_of(rows, "^argparse").state)
    assert.equal("ok", row_of(rows, "^profile house: zoomconnect$").state)
    assert.is_nil(row_of(rows, "credentials"))
  end)

  it("tries the credentials by a read", function()
    local rows = states_of((shell:run "sms doctor --profile house --json"))
    assert.equal("ok", row_of(rows, "^profile house: the credentials are accepted").state)
    assert.equal("ok", row_of(rows, "^a sandbox runs at http://127").state)
    rows = states_of((shell:run "sms doctor --json"))
    assert.equal("warn", row_of(rows, "^websms .*credentials not checked; the provider documents no read").state)
  end)

  it("finds a wrong key, and says what to do", function()
    shell:run(("sms config add wrong --provider messagewhiz --set base_url=%s/messagewhiz"):format(shell.url), "c4narysecret\n")
    local out, _, status = shell:run "sms doctor --profile wrong"
    assert.equal(1, status)
    assert.matches("\nfail\tprofile wrong: messagewhiz%.campaigns:list: auth %(HTTP 401.-\n"
      .. "      sms config add wrong %-%-provider messagewhiz %-%-replace\n", out)
    assert.is_nil(out:find("c4nary", 1, true))
    shell:run "sms config remove wrong"
  end)

  it("tells version and certificate of TLS, and what it was verified by", function()
    if tls.missing() then return pending(tls.missing()) end
    local nginx = tls.start(1)
    finally(nginx.stop)
    shell:run(("sms config add safe --provider zoomconnect --set email=a@example.org --set base_url=%s --set ca_file=%s"):format(nginx.url,
      nginx.ca_file), "token\n")
    local rows = states_of((shell:run "sms doctor --profile safe --json"))
    local row = row_of(rows, ": TLSv1%.[23], verified by .*localhost%.pem, the certificate has [12] days? left$")
    assert.same({ "warn", "the owner of the host must renew it" }, { row.state, row.cure })
    shell:run "sms config remove safe"
  end)

  it("finds a profile that others may read", function()
    shell:run("sms config add open --provider messagewhiz", "sandbox-key\n")
    shell:run "chmod 644 config/profiles/open.lua"
    local out, _, status = shell:run "sms doctor --offline"
    assert.equal(1, status)
    assert.truthy(out:find("\n      chmod 600 " .. shell.folder .. "/config/profiles/open.lua\n", 1, true), out)
    shell:run "rm config/profiles/open.lua"
  end)

  it("finds a host that nobody answers at", function()
    shell:run("sms config add away --provider messagewhiz --set base_url=http://127.0.0.1:9", "sandbox-key\n")
    local out, _, status = shell:run "sms doctor --profile away"
    assert.equal(1, status)
    assert.matches("\nfail\thttp://127%.0%.0%.1:9: network: .-\n      check the network", out)
    shell:run "sms config remove away"
  end)

  it("finds a clock that is wrong", function()
    local server <close> = assert(httpd.listen {})
    shell:run(("sms config add late --provider messagewhiz --set base_url=http://127.0.0.1:%d"):format(server:port()), "sandbox-key\n")
    local pipe = io.popen(shell:wrapped "sms doctor --profile late --json")
    local served, ends = 0, httpd.now() + patience.MOST
    while served < 2 and httpd.now() < ends do
      local request = server:next(0.05)
      if request then
        served = served + 1
        request:respond(200, { date = "Sun, 06 Nov 1994 08:49:37 GMT", ["content-type"] = "application/json" },
          '{"errorCode":0,"errorMessage":"","result":[]}')
      end
    end
    server:close() -- sends what is on its way
    local rows = states_of(pipe:read "a")
    pipe:close()
    local clock = row_of(rows, "^clock: %d+ s ahead of the provider's")
    assert.equal("fail", clock.state)
    assert.matches("timedatectl", clock.cure)
    assert.equal("ok", row_of(rows, "^profile late: the credentials are accepted").state)
    shell:run "sms config remove late"
  end)

  it("sees whether what is posted to an address arrives here", function()
    local free <close> = assert(httpd.listen {})
    local port = free:port()
    free:close()
    local doctor = ("LUA_SMS_WEBHOOK_SECRET=c4narysecret sms doctor --profile house --port %d --webhook "):format(port)
    local out, _, status = shell:run(("%shttp://127.0.0.1:%d/x"):format(doctor, port))
    assert.equal(0, status, out)
    assert.matches("\nok\twebhook http://127%.0%.0%.1:%d+/x: requests to it arrive at port " .. port .. "\n", out)
    assert.is_nil(out:find("c4nary", 1, true))
    out, _, status = shell:run(("%s%s/hook"):format(doctor, shell.url))
    assert.equal(1, status)
    assert.matches("fail\twebhook .*the URL returned 404, and nothing arrived at port %d+\n"
      .. "      forward the URL to 127%.0%.0%.1:" .. port, out)
    out, _, status = shell:run(doctor .. "http://127.0.0.1:9/hook")
    assert.equal(1, status)
    assert.matches("fail\twebhook .*the name or the connection failed", out)
  end)
end)
