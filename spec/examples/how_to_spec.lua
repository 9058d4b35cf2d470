-- SPDX-License-Identifier: MIT
-- What the how-to pages hold beside Lua: their commands, the configuration of nginx and the C program, as they stand there. Their Lua is
-- run by documents_spec.

local json = require "sms.json"
local nginx = require "spec.support.nginx"
local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local server = require "sms.sandbox.server"
local uv = require "spec.support.uv"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- The blocks of a document in one language.
local function blocks(path, language)
  local out = {}
  for block in read(path):gmatch("\n```" .. language .. "\n(.-)\n```") do out[#out + 1] = block end
  assert(out[1], path .. " has no block of " .. language)
  return out
end

local function quoted(text) return "'" .. text:gsub("'", [['\'']]) .. "'" end

local function run(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  return text, pipe:close() or false
end

local function paths()
  return ("LUA_PATH=%s LUA_CPATH=%s LUA=${LUA:-lua5.4}"):format(quoted(package.path), quoted(package.cpath))
end

describe("the page on curl", function()
  it("sends a text with its command", function()
    local service <close> = assert(server.spawn { seconds = 600 })
    local command = blocks("docs/how-to/from-curl-or-twilio.md", "sh")[1]
    local response = json.decode((run(("SANDBOX=%s; export no_proxy='*'; %s"):format(service.url, command))))
    assert.is_string(response.messageId)
    local inbox = json.decode((run("curl -s --noproxy '*' " .. service.url .. "/_sandbox/inbox")))
    assert.same({ "Hello", "+27825550100" }, { inbox[1].text, inbox[1].to })
  end)
end)

describe("the page on tests", function()
  local PAGE = "docs/how-to/test-your-application.md"

  it("has a spec for Busted that passes", function()
    local path = os.tmpname()
    local file <close> = assert(io.open(path .. "_spec.lua", "w"))
    file:write(read(PAGE):match '\n```\n(local sms = require "sms"\nlocal texts = .-)\n```', "\n")
    file:close()
    local command = "%s; export LUA_PATH LUA_CPATH; $LUA $(command -v busted) --output=plainTerminal %s_spec.lua 2>&1"
    local out = run(command:format(paths(), path))
    os.remove(path .. "_spec.lua")
    os.remove(path)
    assert.matches("2 successes / 0 failures / 0 errors", out)
  end)

  it("breaks, winds and looks at a sandbox with curl", function()
    local service <close> = assert(server.spawn { seconds = 600 })
    local answers = {}
    for command in blocks(PAGE, "sh")[1]:gmatch "[^\n]+" do
      answers[#answers + 1] = json.decode((run("export no_proxy='*'; " .. command:gsub("http://127.0.0.1:8025", service.url))))
    end
    assert.same({ "429=2", { provider = "zoomconnect", times = 1 } }, { answers[1].fault, answers[1].match })
    assert.is_number(answers[2].time)
    assert.same({}, answers[3])
  end)

  it("says what becomes of numbers", function()
    local seen = 0
    for line in read(PAGE):gmatch "[^\n]+" do
      local ending, state = line:match "^| (%d%d%d%d) | (%a+)"
      if ending then
        seen = seen + 1
        local sandbox = require("sms.sandbox").new()
        local client = require("sms").zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = sandbox }
        assert(client:send { to = "+2782555" .. ending, text = "Hello" })
        sandbox:tick(60)
        assert.equal(state, sandbox:inbox()[1].state)
      end
    end
    assert.equal(5, seen)
  end)
end)

describe("the page on nginx", function()
  local PAGE = "docs/how-to/receive-behind-nginx.md"

  it("gets an event through nginx, and refuses one without the secret", function()
    local missing = nginx.missing()
    if missing then return pending(missing) end
    local port, shown = peer.free_port(), os.tmpname()
    local front = nginx.start("server { listen 127.0.0.1:%FRONT%; " .. blocks(PAGE, "nginx")[1]:gsub("8026", tostring(port)) .. " }",
      { "FRONT" }, {})
    local command = blocks(PAGE, "sh")[1]:gsub("8026", tostring(port)) .. " --until-eof --seconds 600 >" .. shown .. " 2>/dev/null"
    local listen = assert(io.popen(("%s PATH=$PWD/bin:$PATH; export LUA_PATH LUA_CPATH LUA; %s"):format(paths(), command), "w"))
    local address = ("http://127.0.0.1:%s/sms/zoomconnect"):format(front.ports.FRONT)
    local function post(query)
      return (run(("curl -s -o /dev/null -w '%%{http_code}' --noproxy '*' --max-time 30 '%s?%s'"):format(address, query)))
    end
    local ends, status = uv.hrtime() + patience.MOST * 1e9
    repeat -- until sms listen is there
      uv.sleep(50)
      status = post "secret=long-and-random&messageId=40124213&status=DELIVERED"
    until status ~= "502" or uv.hrtime() > ends
    local refused = post "messageId=40124214&status=DELIVERED"
    listen:close()
    front.stop()
    local line = read(shown)
    os.remove(shown)
    assert.same({ "200", "403" }, { status, refused })
    assert.same(json.decode(blocks(PAGE, "json")[1]), json.decode((line:match "^[^\n]+")))
    assert.is_nil(line:find("40124214", 1, true))
  end)
end)

describe("the page on programs that host Lua", function()
  it("has a C program that sends", function()
    local source, program = os.tmpname(), os.tmpname()
    local file <close> = assert(io.open(source, "w"))
    file:write(blocks("docs/how-to/inside-your-program.md", "c")[1])
    file:close()
    local text, built = run(("LD_PRELOAD= cc -std=c99 -Wall -Wextra -Werror -x c -o %s %s -x none %s 2>&1"):format(program, source,
      "-I${LUA_INCDIR:-/usr/include/lua5.4} ${LUA_LIBRARY:--llua5.4}"))
    os.remove(source)
    if not built then
      os.remove(program)
      return pending("no C program with Lua can be built here: " .. text:gsub("%s+", " "):sub(1, 120))
    end
    local service = assert(server.spawn { seconds = 600 })
    local account = "ZOOMCONNECT_EMAIL=sandbox@example.org ZOOMCONNECT_TOKEN=sandbox-token"
    local out = run(("%s ZOOMCONNECT_URL=%s/zoomconnect %s %s %s"):format(paths(), service.url, account, program, "+27825550100 'Hello'"))
    service.stop()
    os.remove(program)
    assert.matches("^accepted %S+\n$", out)
  end)
end)
