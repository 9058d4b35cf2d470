-- SPDX-License-Identifier: MIT
-- Values that no script should hand on, and some do: huge numbers, cycles, deep tables, metatables that lie, coroutines, texts that
-- end lines.

local core = require "sms.core"
local hostile = require "spec.support.hostile"

local junk = {}

--- What a table that is a trap raises when one of its metamethods is asked.
junk.TRAP = "the trap was sprung"

local function deep()
  local top = {}
  local at = top
  for _ = 1, 10000 do
    at.x = {}
    at = at.x
  end
  return top
end

local function cycle()
  local loop = {}
  loop.a = loop
  return loop
end

-- A table that raises whenever a metatable is asked; where no metamethod is called it is an empty table.
local function trap()
  local function spring() error(junk.TRAP, 0) end
  return setmetatable({}, { __index = spring, __pairs = spring, __len = spring, __tostring = spring, __newindex = spring })
end

--- All of them, each made anew: { name, value }.
---@return { [1]: string, [2]: any }[]
function junk.values()
  local out = {
    { "an integer", 5 }, { "maxinteger", math.maxinteger }, { "mininteger", math.mininteger }, { "NaN", 0 / 0 }, { "inf", math.huge },
    { "minus one", -1 }, { "1e308", 1e308 }, { "true", true }, { "false", false }, { "a coroutine", coroutine.create(function() end) },
    { "a function", function() return nil end }, { "a file", io.stdout }, { "a cycle", cycle() }, { "a deep table", deep() },
    { "a trap", trap() }, { "an empty table", {} }, { "{1}", { 1 } }, { "a hole", { [3] = "x" } }, { "{{}}", { {} } },
    { "a lie about its length", setmetatable({ "a" }, { __len = function() return 1 << 40 end }) },
    { "a header of two lines", { ["X-A"] = "1\r\nX-Smuggled: 2" } }, { "a name of two lines", { ["X-Smuggled: 1\r\nX-B"] = "2" } },
    { "a number as a header", { ["X-A"] = 5 } }, { "chunked", { ["Transfer-Encoding"] = "chunked" } },
    { "a second length", { ["content-length"] = "5" } }, { "a core object", core.auth {} },
  }
  for _, value in ipairs(hostile.VALUES) do out[#out + 1] = value end
  return out
end

return junk
