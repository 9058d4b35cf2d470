-- SPDX-License-Identifier: MIT
-- Seeded texts through the C code and through plain Lua: encoding, units, segments, what remains, every part; a share of them cut into
-- clusters, and counted by the sandbox too.
-- SMS_TEXTS says how many; `make texts` runs a million.

local clusters = require "spec.support.plain_clusters"
local plain = require "spec.support.plain_text"
local sandbox_parts = require "sms.sandbox.parts"
local text = require "sms.text"

local TEXTS, SEED = math.tointeger(tonumber(os.getenv "SMS_TEXTS" or 50000)), 20240607

-- What the i-th text is asked for besides the standard rules.
local function options_of(i, language)
  local locking = plain.tables.locking[language] and language or nil
  local kinds = {
    { reference = 16 }, { graphemes = true }, { graphemes = true, reference = 16 }, { single = language }, { locking = locking },
    { locking = locking, single = language, graphemes = true },
  }
  return kinds[i % #kinds + 1]
end

local function agree(s, options)
  local expected = plain.count(s, options)
  local encoding, units, segments = text.count(s, options)
  local analysis = text.analyse(s, options)
  if encoding ~= expected.encoding or units ~= expected.units or segments ~= expected.segments then return false end
  if analysis.segments ~= segments or analysis.units ~= units or analysis.remaining ~= expected.remaining then return false end
  local parts = analysis.parts
  if #parts ~= #expected.parts or table.concat(parts) ~= s then return false end
  for i, part in ipairs(parts) do
    if part ~= expected.parts[i] then return false end
  end
  return true
end

local function same_clusters(s)
  local codes = { utf8.codepoint(s, 1, -1) }
  local ours, theirs = text.clusters(s), clusters(codes)
  if #ours ~= #theirs then return false end
  for i, span in ipairs(theirs) do
    if ours[i] ~= utf8.char(table.unpack(codes, span[1], span[2])) then return false end
  end
  return true
end

-- The sandbox's own count, by the standard rules alone.
local function same_in_sandbox(s)
  local theirs, encoding, units, segments = sandbox_parts.split(s), text.count(s)
  if theirs.encoding ~= encoding or theirs.units ~= units or #theirs.parts ~= segments then return false end
  return table.concat(theirs.parts, "\0|") == table.concat(text.split(s), "\0|")
end

-- Clusters and the sandbox get a share of the texts.
local function all_agree(s, options, i)
  return agree(s, options) and (i % 16 > 0 or same_clusters(s)) and (i % 5 > 0 or same_in_sandbox(s))
end

describe("the C code and plain Lua", function()
  it(("agree on %d texts"):format(TEXTS), function()
    local next_text = plain.texts(SEED)
    for i = 1, TEXTS do
      local s, language = next_text()
      local options = i % 4 == 0 and options_of(i // 4, language) or nil
      if not all_agree(s, options, i) then
        assert.is_true(false, ("text %d: %q"):format(i, s))
      end
    end
  end)
end)
