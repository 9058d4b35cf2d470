-- SPDX-License-Identifier: MIT
-- The story: Ctrl-C in the middle of send_many was taken for the failure of one row, and the next 25 went out. In a blocking send it left
-- nobody knowing what had become of the text.

local counting = require "spec.support.counting"
local patience = require "spec.support.patience"
local sms = require "sms"

describe("a script that is interrupted", function()
  local server, client

  setup(function() server = counting.spawn() end)
  teardown(function() server.stop() end)
  before_each(function() client = sms.websms { token = "the-token-of-the-spec", base_url = server.url, retries = 0 } end)

  local modes = { "send", "progress", "send_many", "parallel", "run", "parallel_in_run", "send_many_in_run" }
  for _, name in ipairs { "luv", "cqueues" } do
    if pcall(require, name) then modes[#modes + 1] = name end
  end

  -- What was taken of a mode, each once.
  local function taken_of(mode)
    local out, count = {}, 0
    for reference, times in pairs((server.taken(client))) do
      if reference:match "^(.*)%-%d+$" == mode then
        assert.equal(1, times)
        out[reference], count = true, count + 1
      end
    end
    return out, count
  end

  it("by Ctrl-C learns the outcome of every text that was taken, and sends no more", function()
    local programs, before = {}, {}
    for _, mode in ipairs(modes) do
      programs[mode] = counting.program { "spec/support/interrupted.lua", mode, server.url }
    end
    for _, mode in ipairs(modes) do
      local wanted = (mode == "send" or mode == "progress") and 1 or 5
      programs[mode].wait(function() return programs[mode].gone or select(2, taken_of(mode)) >= wanted end)
    end
    for _, mode in ipairs(modes) do programs[mode].wait(function() return false end, 0.02) end
    for _, mode in ipairs(modes) do
      before[mode] = select(2, taken_of(mode))
      programs[mode].interrupt()
    end
    for _, mode in ipairs(modes) do
      local program = programs[mode]
      assert.is_true(program.wait(function() return program.gone end, patience.MOST), mode .. " goes on")
      local text = program.text
      program.stop()
      assert.matches("ended%s+false.*interrupted!", text, mode)
      local taken, count = taken_of(mode)
      assert.is_true(count - before[mode] <= 4, mode) -- what was on its way
      local seen = {}
      for reference, outcome in text:gmatch "outcome%s+(%S+)%s+(%S+)" do
        assert.is_nil(seen[reference], mode)
        seen[reference] = outcome
        assert.is_true(outcome ~= "accepted" or taken[reference] ~= nil, reference)
      end
      for reference in pairs(taken) do
        local outcome = seen[reference]
        assert.is_true(outcome == "accepted" or outcome == "unknown", ("%s %s\n%s"):format(reference, outcome, text))
      end
    end
  end)

  -- Raises from a debug hook of the running coroutine, after so many lines, at one of the library, or so many instructions.
  local here = debug.getinfo(1, "S").short_src
  local function after(count, kind)
    local left = count
    debug.sethook(function()
      left = left - 1
      if kind == "lines" and (left > 0 or not debug.getinfo(2, "S").source:find "sms/[%w_/]+%.lua$") then return end
      debug.sethook()
      if debug.getinfo(2, "S").short_src == here then return end -- before or after the call
      error("interrupted!", 0)
    end, kind == "lines" and "l" or "", kind == "lines" and 0 or count)
  end

  local function message(reference) return { to = "436641234567", text = "x", reference = reference } end

  local function plainly(fn) return fn() end

  it("at any line of a send keeps its outcome, or has sent nothing", function()
    for name, run in pairs { plainly = plainly, task = sms.run } do
      local outcomes, seen = {}, {}
      run(function() assert(client:send(message("first-of-" .. name))) end) -- makes what later ones use
      for lines = 1, 481, 4 do
        local reference = ("%s-%d"):format(name, lines)
        local ok, receipt, err
        run(function()
          ok, receipt, err = pcall(function()
            after(lines, "lines")
            return client:send(message(reference))
          end)
          debug.sethook()
        end)
        if ok then outcomes[reference] = (receipt or err).outcome end
        if not ok and type(receipt) == "table" then
          outcomes[reference] = receipt.outcome
          assert.same({ "cancelled", "interrupted!" }, { receipt.kind, receipt.cause })
        end
        seen[outcomes[reference] or "none"] = true
      end
      local taken = server.taken(client)
      for lines = 1, 481, 4 do
        local reference = ("%s-%d"):format(name, lines)
        local outcome = outcomes[reference]
        if taken[reference] then
          assert.is_true(outcome == "accepted" or outcome == "unknown", reference .. " " .. tostring(outcome))
        else
          assert.is_true(outcome ~= "accepted", reference)
        end
      end
      assert.same({ true, true, true }, { seen.accepted, seen.unknown, seen.not_sent }, name)
    end
  end)

  -- `in_turn`: one call after the other, so that nothing is taken behind the one that was broken off.
  local function break_many_off(name, parallel, in_turn)
    local sethook = debug.sethook
    for count = 1, 5000, 41 do
      local list = {}
      for i = 1, 4 do list[i] = message(("%s%d-%d"):format(name, count, i)) end
      local ok, rows = pcall(function()
        after(count, "instructions")
        local made = client:send_many(list, { parallel = parallel })
        sethook() -- what is left of the count must not hit the spec
        return made
      end)
      sethook()
      if not ok then
        assert.is_true(rows == "interrupted!" or #rows.results <= 4) -- those that were read by then
        rows = type(rows) == "table" and rows.results or {}
      end
      local taken, interrupted = server.taken(client), false
      for i, given in ipairs(list) do
        local outcome = rows[i] and rows[i].outcome
        if taken[given.reference] then
          assert.is_true(outcome == "accepted" or outcome == "unknown", count .. " " .. tostring(outcome))
          assert.is_false(in_turn and interrupted)
        end
        if not taken[given.reference] then assert.is_true(outcome ~= "accepted") end
        interrupted = interrupted or outcome ~= "accepted"
      end
    end
  end

  it("at any instruction of a send_many keeps a row for each message, and sends no more", function()
    break_many_off("many", 1, true)
  end)

  it("at any instruction of a send_many with several calls in flight keeps a row for each message", function()
    break_many_off("side", 3, false)
  end)
end)
