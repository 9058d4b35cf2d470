-- SPDX-License-Identifier: MIT
-- Warnings: each is one line on standard error. Lua ends the line itself, so that a line break in the message would add an empty one.

local files = require "tools.files"

local PROGRAM = [==[
local sms = require "sms"
local client = sms.zoomconnect { email = "a@b.c", token = "t", on_event = function() error("no log", 0) end, transport = function()
  return { status = 200, headers = { ["content-type"] = "application/json" }, body = '{"messageId":1,"error":null}' }
end }
client:send { to = "+27825551234", text = "x" }
io.stderr:write("--\n")
local quiet = sms.zoomconnect { email = "a@b.c", token = "t", transport = function()
  return { status = 200, headers = { ["content-type"] = "application/json" }, body = '{"messageId":1,"error":null}' }
end }
local function send(number) return quiet:send { to = number, text = "x" } end
for _ in sms.parallel(2, { "+27825551234", "+27825551235", "+27825551236" }, send) do break end
io.stderr:write("--\n")
for _ in quiet:send_each({ { to = "+27825551234", text = "x" }, { to = "+27825551235", text = "y" } }, { parallel = 1 }) do break end
]==]

describe("a warning", function()
  it("is one line", function()
    local path, errors = os.tmpname(), os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(PROGRAM)
    file:close()
    local command = "LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} -W %s 2>%s"
    os.execute(command:format(package.path, package.cpath, path, errors))
    local lines, seen = {}, {}
    for line in io.lines(errors) do lines[#lines + 1] = line end
    os.remove(path)
    os.remove(errors)
    for _, line in ipairs(lines) do
      assert.is_truthy(line == "--" or line:match "^Lua warning: sms", line)
      seen[line:match "on_event failed: no log$" or line:match "sms%.parallel" or line:match "send_each" or line] = true
    end
    assert.same({ ["on_event failed: no log"] = true, ["sms.parallel"] = true, send_each = true, ["--"] = true }, seen)
  end)

  it("has no line break of its own in any module", function()
    local seen = 0
    for _, path in ipairs(files.lines "find lua -name '*.lua'") do
      for line in files.read(path):gmatch "[^\n]+" do
        if line:find "%f[%w]warn%(" then
          seen = seen + 1
          assert.is_nil(line:find('\\n"', 1, true), path .. ": " .. line)
        end
      end
    end
    assert.is_true(seen > 0)
  end)
end)
