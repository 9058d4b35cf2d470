-- SPDX-License-Identifier: MIT
-- The inbox over HTTP: files and their headers, events, requests that wait, webhooks with their responses, and pages of other sites.

local json = require "sms.json"
local server = require "sms.sandbox.server"

local function shell(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read "a"
end

describe("the inbox over HTTP", function()
  local service

  setup(function() service = assert(server.spawn { seconds = 60, delivery = 1.5 }) end)
  teardown(function() service.stop() end)

  local function curl(arguments, path)
    return shell(("curl -s -m 8 %s '%s%s'"):format(arguments, service.url, path))
  end
  local function status(arguments, path)
    return tonumber(curl("-o /dev/null -w '%{http_code}' " .. arguments, path))
  end
  local function get(path) return json.decode(curl("", "/inbox/api/" .. path)) end
  local function send(to, text)
    local body = json.encode { to = to, from = "Museum", text = text }
    return curl("-H 'apikey: sandbox-key' -H 'content-type: application/json' -d '" .. body .. "'", "/messagewhiz/sms")
  end

  it("leads to the page, which runs no script but its own", function()
    assert.matches("^HTTP/1.1 302 .*[Ll]ocation: /inbox/\r\n", curl("-i", "/"))
    local page = curl("-i", "/inbox/")
    assert.matches("^HTTP/1.1 200 ", page)
    assert.matches("content%-type: text/html; charset=utf%-8\r\n", page)
    assert.matches("content%-security%-policy: default%-src 'none'; script%-src 'self'; style%-src 'self';", page)
    assert.matches("require%-trusted%-types%-for 'script'; trusted%-types lit%-html\r\n", page)
    for _, name in ipairs { "x-content-type-options: nosniff", "referrer-policy: no-referrer", "cache-control: no-store",
      "cross-origin-resource-policy: same-origin" } do
      assert.is_truthy(page:find(name .. "\r\n", 1, true), name)
    end
    assert.matches("text/javascript", curl("-i", "/inbox/app.js"))
    assert.is_nil(page:lower():find("access%-control"))
  end)

  it("serves files of known kinds from its own folder alone", function()
    for _, path in ipairs { "/inbox/../init.lua", "/inbox/%2e%2e/init.lua", "/inbox/nothing.js", "/inbox/vendor/VERSIONS", "/inbox/vendor/",
      "/inbox/vendor/lit-html/LICENSE", "/inbox/..%2finit.lua", "/inbox//etc/passwd" } do
      assert.equal(404, status("--path-as-is", path), path)
    end
    assert.equal(405, status("-X POST -d ''", "/inbox/"))
  end)

  it("streams what changes", function()
    local file = os.tmpname()
    local pipe = assert(io.popen(("curl -s -N -m 1.3 '%s/inbox/api/events' >%s; echo"):format(service.url, file)))
    shell "sleep 0.3"
    send("27825550100", "streamed")
    pipe:read "a"
    pipe:close()
    local stream <close> = assert(io.open(file))
    local text = stream:read "a"
    os.remove(file)
    assert.matches("^retry: 1000\n\n", text)
    local events = {}
    for line in text:gmatch("data: ([^\n]*)\n\n") do events[#events + 1] = json.decode(line) end
    assert.is_true(#events >= 1)
    local seen = {}
    for _, event in ipairs(events) do
      for _, message in ipairs(event.texts) do seen[message.text .. " " .. message.state] = true end
    end
    assert.is_true(seen["streamed accepted"])
    assert.is_true(seen["streamed sent"])
  end)

  it("answers who waits when the text comes, and not before", function()
    local after = get("state").last
    local command = ("curl -s -m 8 '%s/inbox/api/wait?peer=27825550111&after=%d&code=4-8'"):format(service.url, after)
    local pipe <close> = assert(io.popen(command))
    shell "sleep 0.2"
    send("27825550111", "Code 4711")
    assert.equal("4711", json.decode(pipe:read "a").code)
    assert.equal(408, status("", "/inbox/api/wait?peer=1&timeout=0.2"))
  end)

  it("posts webhooks and tells what came back, also a second time", function()
    local listener = assert(server.spawn { seconds = 20 }) -- answers POST /nothing with 404
    curl(("-X PUT -d '{\"webhook\":\"%s/nothing\"}'"):format(listener.url), "/inbox/api/accounts/zipwhip")
    curl("-d '{\"provider\":\"zipwhip\",\"from\":\"+12065550123\",\"text\":\"YES\"}'", "/inbox/api/replies")
    shell "sleep 0.3"
    local hook = get("webhooks").webhooks[1]
    assert.same({ "failed", 404, 1 }, { hook.state, hook.tries[1].status, #hook.tries })
    assert.matches("no such provider", hook.tries[1].body)
    assert.is_true(hook.tries[1].ms >= 0)
    assert.equal(200, status("-X POST", "/inbox/api/webhooks/" .. hook.n .. "/resend"))
    shell "sleep 0.3"
    local again = get("webhooks").webhooks[1]
    assert.same({ hook.n, hook.body, 2 }, { again.n, again.body, #again.tries })
    listener.stop()
    curl("-X POST", "/inbox/api/webhooks/" .. hook.n .. "/resend")
    shell "sleep 0.3"
    assert.is_string(get("webhooks").webhooks[1].tries[3].error)
    curl("-X PUT -d '{\"webhook\":\"\"}'", "/inbox/api/accounts/zipwhip")
  end)

  it("refuses pages of other sites on every route, with no effect", function()
    local before = get("state")
    local foreign = "-H 'Origin: http://evil.example' "
    local cross = "-H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: cors' -H 'Sec-Fetch-Dest: empty' "
    for _, call in ipairs {
      { "-X POST -d '{\"fault\":\"500\"}'", "faults" }, { "-X DELETE", "messages" }, { "-X DELETE", "journal" }, { "-X DELETE", "faults" },
      { "-X POST -d '{\"advance\":60}'", "clock" }, { "-X PUT -d '{\"webhook\":\"http://127.0.0.1:9/\"}'", "accounts/zipwhip" },
      { "-X POST -d '{\"provider\":\"zipwhip\",\"from\":\"+12065550123\",\"text\":\"x\"}'", "replies" },
      { "-X POST -d '{\"state\":\"failed\"}'", "messages/1/state" },
      { "-X POST", "webhooks/1/resend" }, { "", "events" }, { "", "messages" },
    } do
      assert.equal(403, status(foreign .. call[1], "/inbox/api/" .. call[2]), call[2])
      assert.equal(403, status(cross .. call[1], "/inbox/api/" .. call[2]), call[2])
      assert.equal(421, status("-H 'Host: evil.example' " .. call[1], "/inbox/api/" .. call[2]), call[2])
    end
    local after = get("state")
    assert.same({ before.counts.all, before.faults, before.accounts }, { after.counts.all, after.faults, after.accounts })
  end)

  it("lets a link of another site lead to the page and to short addresses, nowhere else", function()
    local visit = "-H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: document' "
    assert.equal(302, status(visit, "/"))
    assert.equal(200, status(visit, "/inbox/"))
    assert.equal(200, status(visit, "/inbox/app.js"))
    assert.equal(403, status(visit, "/inbox/api/state"))
    assert.equal(403, status(visit, "/inbox/api/export"))
    assert.equal(403, status(visit .. "-X POST -d ''", "/inbox/"))
    assert.equal(403, status(visit, "/zipwhip/message/list"))
    assert.equal(403, status("-H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: iframe' ", "/inbox/"))
    send("27825550122", "x")
    local body = json.encode { to = "27825550133", from = "Museum", text = "See http://museum.example/x", callback = "http://127.0.0.1:9/" }
    curl("-H 'apikey: sandbox-key' -H 'content-type: application/json' -d '" .. body .. "'", "/messagewhiz/sms")
    local link = get("messages?to=27825550133").messages[1].text:match("http://[^/]+(/messagewhiz/l/%w+)")
    assert.equal(302, status(visit, link))
  end)

  it("protects what providers hand out, too", function()
    local response = curl("-i", "/messagewhiz/sms")
    assert.matches("content%-security%-policy: default%-src 'none'; sandbox\r\n", response)
    assert.matches("x%-content%-type%-options: nosniff\r\n", response)
  end)

  it("bounds its streams, so that others are served", function()
    local command = "curl -s -N --parallel --parallel-immediate --parallel-max 110 -m 2 -o /dev/null -w '%%{http_code}\\n'"
      .. " '%s/inbox/api/events?[1-104]' & sleep 0.5; curl -s -m 5 -o /dev/null -w 'then %%{http_code}\\n' '%s/inbox/api/state'; wait"
    local out = shell(command:format(service.url, service.url))
    local _, refused = out:gsub("503\n", "")
    assert.equal(4, refused)
    assert.matches("then 200\n", out)
  end)
end)
