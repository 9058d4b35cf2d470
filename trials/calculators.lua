-- SPDX-License-Identifier: MIT
-- Our counts beside those of two public calculators, sms-segments-calculator and split-sms of npm, over seeded texts of all kinds:
-- `lua5.4 trials/calculators.lua DIRECTORY [TEXTS]`, after `npm install --prefix DIRECTORY sms-segments-calculator split-sms`.
-- Prints how often they differ, by what the text holds. docs/text.md says which clause of the standard decides.

local json = require "sms.json"
local plain = require "spec.support.plain_text"
local text = require "sms.text"

local directory, TEXTS, SEED = arg[1], math.tointeger(tonumber(arg[2] or 20000)), 20240607
if not directory then
  io.stderr:write("usage: lua5.4 trials/calculators.lua DIRECTORY [TEXTS]\n")
  os.exit(2)
end

-- What a text holds that a calculator may take in its own way, the rarer first.
local function has_torn(s) return #text.analyse(s, { graphemes = true }).torn > 0 end

local KINDS = {
  { "a cluster larger than a part", has_torn },
  { "CR LF", function(s) return s:find("\r\n", 1, true) ~= nil end },
  { "clusters of several characters", function(s) return #text.clusters(s) < utf8.len(s) end },
  { "surrogate pairs", function(s) return s:find("[\xF0-\xF4]") ~= nil end },
  { "nothing of these", function() return true end },
}

local function kind_of(s)
  for _, kind in ipairs(KINDS) do
    if kind[2](s) then return kind[1] end
  end
end

local function write_texts(path)
  local file <close> = assert(io.open(path, "wb"))
  local next_text, list = plain.texts(SEED), {}
  for i = 1, TEXTS do
    list[i] = next_text()
    file:write(assert(json.encode(list[i])), "\n")
  end
  return list
end

-- A line of the report for each kind of text that was counted otherwise.
local function report(name, tallies)
  print(name)
  for _, kind in ipairs(KINDS) do
    local tally = tallies[kind[1]]
    if tally then
      local how = (" (%d more segments than ours, %d fewer, %d another encoding)"):format(tally.more, tally.fewer, tally.encoding)
      print(("  %s: %d of %d texts differ%s"):format(kind[1], tally.differ, tally.all, tally.differ > 0 and how or ""))
    end
  end
end

local function note(tallies, s, ours, theirs)
  local kind = kind_of(s)
  local tally = tallies[kind] or { all = 0, differ = 0, more = 0, fewer = 0, encoding = 0 }
  tallies[kind] = tally
  tally.all = tally.all + 1
  if ours[1] == theirs[1] and ours[2] == theirs[2] then return end
  tally.differ = tally.differ + 1
  local how = ours[1] ~= theirs[1] and "encoding" or theirs[2] > ours[2] and "more" or "fewer"
  tally[how] = tally[how] + 1
end

local function counted(s, options)
  local encoding, _, segments = text.count(s, options)
  return { encoding, segments }
end

local path = os.tmpname()
local texts = write_texts(path)
local whole, split, same, at = {}, {}, {}, 0
local pipe = assert(io.popen(("node trials/calculators.js '%s' <%s"):format(directory, path)))
for line in pipe:lines() do
  at = at + 1
  local s = texts[at]
  local encoding, segments, other, parts = line:match("^(%S+) (%d+) (%S+) (%d+)$")
  local theirs = { encoding, math.tointeger(tonumber(segments)) }
  note(same, s, counted(s), theirs)
  note(whole, s, counted(s, { graphemes = true }), theirs)
  note(split, s, counted(s), { other, math.tointeger(tonumber(parts)) })
end
assert(pipe:close() and at == TEXTS, "the calculators did not answer for every text")
os.remove(path)
print(("%d texts, seed %d"):format(TEXTS, SEED))
report("sms-segments-calculator and our count", same)
report("sms-segments-calculator and our count with graphemes", whole)
report("split-sms and our count", split)
