-- SPDX-License-Identifier: MIT
-- The examples of docs/inbox.md for curl and Python, as they stand there: the application that they wait for sends through the same
-- sandbox. The one for Busted is run by documents_spec, the one for JavaScript by spec/web/documents.test.mjs.

local json = require "sms.json"
local server = require "sms.sandbox.server"

local function block(language, after)
  local file <close> = assert(io.open "docs/inbox.md")
  local text = file:read "a"
  local _, at = text:find(after, 1, true)
  return assert(text:match("\n```" .. language .. "\n(.-)\n```", at), "no block of " .. language)
end

-- What the application of the example does: a text with a code.
local SEND = [[curl -sf -o /dev/null -H 'apikey: sandbox-key' -H 'Content-Type: application/json' \
  -d '{"to": "27825551234", "from": "Museum", "text": "Your code is 447120."}' %s/messagewhiz/sms]]

local function run(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  return text, pipe:close() or false
end

local function run_file(interpreter, text)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  local out, ok = run(interpreter .. " " .. path .. " 2>&1")
  os.remove(path)
  return out, ok
end

describe("the examples of the inbox", function()
  local service

  setup(function() service = assert(server.spawn { seconds = 600 }) end)
  teardown(function() service.stop() end)

  it("wait with curl", function()
    local host = service.url:match "^http://(.*)$"
    local script = block("sh", "curl:\n"):gsub("localhost:8025", host):gsub("# … the application sends …",
      function() return SEND:format(service.url) end)
    assert.truthy(script:find(service.url, 1, true))
    -- A text that was there before is not the one that is waited for.
    assert(run(SEND:gsub("447120", "111111"):format(service.url)))
    assert.equal("447120", (run_file("no_proxy='*' sh", script)))
  end)

  it("wait with Python", function()
    if not select(2, run "command -v python3") then return pending "there is no python3" end
    local script = block("python", "Python:\n"):gsub("http://127.0.0.1:8025", service.url) .. [[


import subprocess
def sign_in(number):
    subprocess.run(]] .. json.encode(SEND:format(service.url):gsub("447120", "550123")) .. [[, shell=True, check=True)
confirmed = []
confirm = confirmed.append
test_sends_a_code()
print(confirmed)
]]
    assert.equal("['550123']\n", (run_file("no_proxy='*' python3", script)))
  end)
end)
