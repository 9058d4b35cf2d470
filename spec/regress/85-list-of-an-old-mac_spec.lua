-- SPDX-License-Identifier: MIT
-- The story: a spreadsheet wrote its lines with a carriage return alone. `sms count --lines` counted the last text only, and made a text
-- in GSM-7 one of UCS-2 for the byte order mark that another program puts first.

local json = require "sms.json"

-- What the command prints of a file.
local function counted(content)
  local path = os.tmpname()
  local handle <close> = assert(io.open(path, "wb"))
  handle:write(content)
  handle:flush()
  local pipe <close> = assert(io.popen(("LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} bin/sms count --lines --json %s"):format(
    package.path, package.cpath, path)))
  local text = pipe:read "a"
  os.remove(path)
  return assert(json.decode(text))
end

describe("lines of any program", function()
  it("are all counted, each as it is", function()
    local lines = { "Dear Ada", "your bike is ready", "bring the ticket" }
    for _, ending in ipairs { "\r", "\n", "\r\n" } do
      for _, mark in ipairs { "", "\u{FEFF}" } do
        for _, last in ipairs { "", ending } do
          local got = counted(mark .. table.concat(lines, ending) .. last)
          assert.same({ 3, 3, 3, 0, 0 }, { got.rows, got.segments, got.gsm7, got.ucs2, #got.bad })
        end
      end
    end
  end)
end)
