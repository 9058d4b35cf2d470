-- SPDX-License-Identifier: MIT
-- The story: a text message that held escape sequences, and a callback address that did, cleared the screen and renamed the window of
-- whoever ran `sms listen` and `sms sandbox`.

local command = require "spec.support.command"
local json = require "sms.json"
local patience = require "spec.support.patience"
local serving = require "sms.listener.serving"
local sockets = require "spec.support.sockets"

local NASTY = { "\27]0;title\7", "\27[2J", "\u{9B}31m", "\x9B31m", "\u{202E}txt.exe", "\u{2066}", "\u{200F}", "\127", "\8", "\13" }

-- All of them in one, as far as they are UTF-8, and whatever they are.
local VALID, ALL = "", table.concat(NASTY, " ")
for _, words in ipairs(NASTY) do VALID = VALID .. (utf8.len(words) and words .. " " or "") end

-- Bytes and characters that no line of ours may hold.
local function harmless(text)
  assert.is_truthy(utf8.len(text), "not UTF-8")
  for _, code in utf8.codes(text) do
    local bad = code < 32 and code ~= 10 and code ~= 9 or code >= 127 and code < 160 or code >= 0x202A and code <= 0x202E
      or code >= 0x2066 and code <= 0x2069 or code == 0x200E or code == 0x200F
    assert.is_false(bad, ("U+%04X in %q"):format(code, text))
  end
end

describe("words that command a terminal", function()
  local function run(words)
    local running = command.start(words)
    running:ended()
    local out, err, code = running.out, running.err, running.code
    running:close()
    return out, err, code
  end

  it("in events come as JSON escapes", function()
    local running = command.start { "listen", "--provider", "messagewhiz", "--port", "0" }
    local port = running:port()
    for i, words in ipairs(NASTY) do
      if utf8.len(words) then
        local body = json.encode {
          message_id = "m" .. i, recipient = "15550100123", state = 2, status = words, timestamp = "2026-01-01T00:00:01.000Z",
        }
        local client = sockets.connect(port, ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"):format(#body, body))
        assert.is_true(running:wait(patience.MOST, function() return client:status() end))
      end
    end
    running:kill "sigterm"
    running:ended()
    harmless(running.out)
    harmless(running.err)
    local seen = {}
    for line in running.out:gmatch "[^\n]+" do seen[#seen + 1] = json.decode(line) end
    assert.is_true(#seen >= 1)
    for i, event in ipairs(seen) do assert.equal("m" .. event.raw.message_id:sub(2), event.raw.message_id, i) end
    assert.equal("\27]0;title\7", seen[1].raw.status)
    running:close()
  end)

  it("in logs come as escapes, on one line", function()
    local lines = {}
    local log = serving.log("sandbox", { write = function(_, ...) lines[#lines + 1] = table.concat { ... } end })
    for _, words in ipairs(NASTY) do log("callback to " .. words .. "\nsandbox: forged") end
    for _, line in ipairs(lines) do
      harmless(line)
      assert.matches("^sandbox: callback to [^\n]*\\nsandbox: forged\n$", line)
    end
    assert.equal(#NASTY, #lines)
  end)

  it("in arguments and file names come back harmless", function()
    for _, words in ipairs { ALL, NASTY[1] } do
      for _, arguments in ipairs {
        { "sandbox", "--" .. words }, { words }, { "sandbox", "--port", words }, { "count", "/nowhere/" .. words },
        { "listen", "--provider", words }, { "count", "--language", words },
      } do
        local out, err, code = run(arguments)
        harmless(out)
        harmless(err)
        assert.not_equal(0, code)
        assert.matches("%S", err)
      end
    end
  end)

  it("in texts to count come back harmless, and as the same JSON", function()
    local path = os.tmpname()
    for _, words in ipairs { ALL, VALID } do
      local file <close> = assert(io.open(path, "wb"))
      file:write("a" .. words .. "b\n")
      file:close()
      for _, arguments in ipairs {
        { "count", path }, { "count", "--lines", path }, { "count", "--json", path }, { "count", "--lines", "--json", path },
      } do
        local out, err = run(arguments)
        harmless(out)
        harmless(err)
        if arguments[2] == "--json" and words == VALID then assert.equal("a" .. words .. "b", json.decode(out).parts[1].text) end
      end
    end
    os.remove(path)
  end)
end)
