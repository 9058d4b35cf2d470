-- SPDX-License-Identifier: MIT
-- Makes the garbage collector a nuisance, for `spec/support/helper.lua`. SMS_COLLECTOR=late has it begin when the memory is ten
-- times what it was and go on in the smallest steps; =early takes one step every few instructions, in every coroutine;
-- =generational changes its kind. What works by the collector's good timing fails under one of them.

local EVERY = 200 -- instructions between two steps

local modes = {}

function modes.late()
  collectgarbage("incremental", 1000, 1, 1)
end

local function step()
  collectgarbage("step", 1)
end

function modes.early()
  collectgarbage("incremental", 1000, 400, 1)
  local create, wrap = coroutine.create, coroutine.wrap
  local sethook, unpack, pack = debug.sethook, table.unpack, table.pack
  sethook(step, "", EVERY)
  rawset(coroutine, "create", function(fn)
    local thread = create(fn)
    sethook(thread, step, "", EVERY)
    return thread
  end)
  -- As wrap does: what the function raises, the call raises.
  rawset(coroutine, "wrap", function(fn)
    if type(fn) ~= "function" then return wrap(fn) end
    local thread = coroutine.create(fn)
    return function(...)
      local results = pack(coroutine.resume(thread, ...))
      if not results[1] then
        coroutine.close(thread)
        error(results[2], 0)
      end
      return unpack(results, 2, results.n)
    end
  end)
end

function modes.generational()
  collectgarbage("generational", 5, 100)
end

local name = os.getenv "SMS_COLLECTOR" or "early"
local mode = assert(modes[name], "SMS_COLLECTOR must be late, early or generational")
mode()
