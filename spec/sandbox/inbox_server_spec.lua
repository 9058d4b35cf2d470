-- SPDX-License-Identifier: MIT
-- The inbox over HTTP: files and their headers, events, requests that wait, webhooks with their responses, and pages of other sites.

local json = require "sms.json"
local patience = require "spec.support.patience"
local server = require "sms.sandbox.server"

local function shell(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read "a"
end

-- Looks again and again until `enough()` gives something, which is returned.
local function await(enough)
  local ends = os.time() + patience.MOST
  repeat
    local value = enough()
    if value then return value end
    shell "sleep 0.05"
  until os.time() > ends
  error("it did not come", 2)
end

describe("the inbox over HTTP", function()
  local service

  setup(function() service = assert(server.spawn { seconds = 600, delivery = patience.FAR }) end)
  teardown(function() service.stop() end)

  local function curl(arguments, path)
    return shell(("curl -s -m 30 %s '%s%s'"):format(arguments, service.url, path))
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
    local pipe <close> = assert(io.popen(("curl -s -N -m 300 '%s/inbox/api/events' >%s & echo $!"):format(service.url, file)))
    local process = pipe:read "n"
    finally(function()
      os.execute("kill " .. process)
      os.remove(file)
    end)
    local function streamed()
      local stream <close> = assert(io.open(file))
      return stream:read "a"
    end
    await(function() return streamed():find("^retry: 1000\n\n") end)
    send("27825550100", "streamed")
    local function seen(words)
      for line in streamed():gmatch("data: ([^\n]*)\n\n") do
        for _, message in ipairs(json.decode(line).texts) do
          if message.text .. " " .. message.state == words then return true end
        end
      end
    end
    await(function() return seen "streamed accepted" end)
    curl(("-X POST -d '{\"advance\":%d}'"):format(patience.FAR // 2), "/inbox/api/clock")
    await(function() return seen "streamed sent" end)
  end)

  it("answers who waits when the text comes, and not before", function()
    local after = get("state").last
    local command = ("curl -s -m 30 '%s/inbox/api/wait?peer=27825550111&after=%d&code=4-8'"):format(service.url, after)
    local pipe <close> = assert(io.popen(command))
    shell "sleep 0.2"
    send("27825550111", "Code 4711")
    assert.equal("4711", json.decode(pipe:read "a").code)
    assert.equal(408, status("", "/inbox/api/wait?peer=1&timeout=0.2"))
  end)

  it("posts webhooks and tells what came back, also a second time", function()
    local listener = assert(server.spawn { seconds = 600 }) -- answers POST /nothing with 404
    curl(("-X PUT -d '{\"webhook\":\"%s/nothing\"}'"):format(listener.url), "/inbox/api/accounts/zipwhip")
    curl("-d '{\"provider\":\"zipwhip\",\"from\":\"+12065550123\",\"text\":\"YES\"}'", "/inbox/api/replies")
    -- The webhook once it has been tried so often.
    local function tried(times)
      return await(function()
        local hook = get("webhooks").webhooks[1]
        local last = hook and hook.tries[times]
        return last and (last.status or last.error) and hook
      end)
    end
    local hook = tried(1)
    assert.same({ "failed", 404, 1 }, { hook.state, hook.tries[1].status, #hook.tries })
    assert.matches("no such provider", hook.tries[1].body)
    assert.is_true(hook.tries[1].ms >= 0)
    assert.equal(200, status("-X POST", "/inbox/api/webhooks/" .. hook.n .. "/resend"))
    local again = tried(2)
    assert.same({ hook.n, hook.body, 2 }, { again.n, again.body, #again.tries })
    listener.stop()
    curl("-X POST", "/inbox/api/webhooks/" .. hook.n .. "/resend")
    assert.is_string(tried(3).tries[3].error)
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
    local file = os.tmpname()
    local command = "curl -s -N --parallel --parallel-immediate --parallel-max 110 -m 300 -o /dev/null -w '%%{stderr}%%{http_code}\\n'"
      .. " '%s/inbox/api/events?[1-104]' 2>%s & echo $!"
    local pipe <close> = assert(io.popen(command:format(service.url, file)))
    local process = pipe:read "n"
    finally(function()
      os.execute("kill " .. process)
      os.remove(file)
    end)
    local function ended()
      local codes <close> = assert(io.open(file))
      return codes:read "a"
    end
    local function count(code) return select(2, ended():gsub("%f[%d]" .. code .. "\n", "")) end
    await(function() return count(503) >= 4 end)
    assert.equal(200, status("", "/inbox/api/state"))
    shell "sleep 0.3"
    assert.same({ 4, 0 }, { count(503), count(200) })
  end)
end)
