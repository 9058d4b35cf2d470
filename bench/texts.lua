-- SPDX-License-Identifier: MIT
-- Counting texts by this library: `texts.lua count|analyse FILE ROUNDS` takes one text a line. `texts.lua make FILE COUNT` writes
-- such a file, always the same: mixed lengths, three of ten texts in UCS-2.

local job, path, number = arg[1], arg[2], tonumber(arg[3])

local PLAIN = {
  "Your table is ready", "call us at 020 7946 0000", "sale ends Sunday!", "code: 493817", "see you at 9", "£12 off", "é è ù",
}
local WIDE = { "напоминание о встрече", "您的订单已发货", "🎉 congratulations", "“quoted”", "naïve café – today" }

local function one_text()
  local words, pieces = math.random(10) <= 3 and WIDE or PLAIN, {}
  for i = 1, math.random(1, 14) do pieces[i] = words[math.random(#words)] end
  return table.concat(pieces, " ")
end

if job == "make" then
  math.randomseed(23038)
  local file <close> = assert(io.open(path, "w"))
  for _ = 1, number do file:write(one_text(), "\n") end
  return
end

local text = require "sms".text
local texts, sum = {}, 0
for line in io.lines(path) do texts[#texts + 1] = line end

local work = {
  count = function(line)
    local _, _, segments = text.count(line)
    return segments
  end,
  analyse = function(line) return text.analyse(line).segments end,
}

local call = work[job]
local function round()
  for i = 1, #texts do sum = sum + call(texts[i]) end
end

round() -- the heap has its size before the clock starts: what the system takes to hand out new pages is no part of the work
sum = 0
local began = os.clock()
for _ = 1, number do round() end
print("cpu", os.clock() - began)
print("read", sum)
