-- SPDX-License-Identifier: MIT
-- core.probe: the handshake with a host alone, against nginx.

local core = require "sms.core"
local httpd = require "sms.httpd"
local patience = require "spec.support.patience"
local tls = require "spec.support.tls"

local function openssl(arguments)
  local pipe <close> = assert(io.popen("openssl " .. arguments .. " 2>/dev/null"))
  return pipe:read "a"
end

describe("core.probe", function()
  if tls.missing() then return pending(tls.missing()) end
  local nginx

  setup(function() nginx = tls.start(1) end)
  teardown(function() nginx.stop() end)

  local function probe(options, seconds)
    local endpoint = core.endpoint(options)
    local ok, found, kind, words = pcall(core.probe, endpoint, seconds or patience.FAR)
    endpoint:close()
    if not ok then error(found, 0) end
    return found, kind, words
  end

  it("tells the version of TLS, and until when the certificate holds", function()
    local found = assert(probe { base_url = nginx.url, ca_file = nginx.ca_file })
    assert.matches("^TLSv1%.[23]$", found.version)
    local date = openssl("x509 -noout -enddate -in " .. nginx.ca_file):match "notAfter=(.-)\n"
    assert.equal(core.http_date(date:gsub("^(%a+) +(%d+) (%S+) (%d+) GMT", function(month, day, time, year)
      return ("Mon, %02d %s %s %s GMT"):format(tonumber(day), month, year, time)
    end)), found.expires)
    assert.is_true(found.expires > os.time() + 86400 and found.expires < os.time() + 3 * 86400)
  end)

  it("says why there is none", function()
    local none, kind, words = probe { base_url = nginx.url, ca_file = nginx.other_ca_file }
    assert.same({ nil, "tls" }, { none, kind })
    assert.is_string(words)
    none, kind = probe { base_url = nginx.other_url, ca_file = nginx.other_ca_file } -- the certificate names another host
    assert.same({ nil, "tls" }, { none, kind })
    local port = tonumber(nginx.url:match "%d+$")
    none, kind = probe { base_url = "https://localhost:" .. port, ca_file = "/nowhere.pem" }
    assert.same({ nil, "tls" }, { none, kind })
    local server <close> = httpd.listen {}
    local closed = server:port()
    server:close()
    none, kind = probe { base_url = "https://127.0.0.1:" .. closed }
    assert.same({ nil, "network" }, { none, kind })
  end)

  it("of a plain connection has nothing to tell", function()
    assert.same({}, probe { base_url = nginx.plain_url })
  end)

  it("waits no longer than it was told", function()
    local server <close> = httpd.listen {} -- accepts nothing by itself
    local began = core.now()
    local none, kind = probe({ base_url = "https://127.0.0.1:" .. server:port() }, 0.2)
    assert.same({ nil, "timeout" }, { none, kind })
    assert.is_true(core.now() - began < patience.MOST) -- libcurl grants a connection 300 s by itself
  end)

  it("wants an open endpoint and seconds", function()
    local endpoint = core.endpoint { base_url = nginx.url }
    assert.error_matches(function() core.probe(endpoint, 0) end, "expected a number of seconds above 0")
    endpoint:close()
    assert.error_matches(function() core.probe(endpoint, 1) end, "the endpoint is closed")
    assert.error_matches(function() core.probe({}, 1) end, "sms%.endpoint expected")
  end)
end)
