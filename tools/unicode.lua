-- SPDX-License-Identifier: MIT
-- Writes csrc/text/unicode/*.def, csrc/names/name.def and spec/support/grapheme_cases.txt from the files of Debian's package unicode-data.
-- What reads like which GSM-7 text beyond Unicode's own decompositions is tools/swaps.lua. `--check` compares only.

package.path = "./?.lua;" .. package.path

local files = require "tools.files"
local generated = require "tools.generated"
local swaps = require "tools.swaps"

local UCD = os.getenv "UNICODE_DATA" or "/usr/share/unicode"

local function ucd(name)
  local text = files.read(UCD .. "/" .. name)
  if text then return text end
  io.stderr:write(UCD .. "/" .. name .. " is missing. Debian, Ubuntu: apt-get install unicode-data\n")
  os.exit(1)
end

-- Runs `each(from, to, property)` for the lines of a property file.
local function properties(name, each)
  for first, last, property in ucd(name):gmatch("\n(%x+)%.*(%x*)%s*;%s*([%w_]+)") do
    local from = tonumber(first, 16)
    each(from, last == "" and from or tonumber(last, 16), property)
  end
end

local version = ucd("auxiliary/GraphemeBreakProperty.txt"):match("GraphemeBreakProperty%-([%d.]+)%.txt")

local function head(...)
  local out = { "/* SPDX-License-Identifier: MIT AND Unicode-DFS-2016",
    "** Written by tools/unicode.lua from the Unicode Character Database " .. version
    .. " (Debian package unicode-data); do not edit." }
  for _, line in ipairs { ... } do out[#out + 1] = "** " .. line end
  out[#out] = out[#out] .. " */"
  return table.concat(out, "\n") .. "\n"
end

---------------------------------------------------------------- grapheme.def

-- The syllables LV and LVT are distinguished by arithmetic (Unicode 3.12), not by a table.
local CLASSES = {
  Control = "CONTROL", Extend = "EXTEND", ZWJ = "ZWJ", Prepend = "PREPEND", SpacingMark = "SPACING", Regional_Indicator = "REGIONAL",
  L = "L", V = "V", T = "T", Extended_Pictographic = "PICTURE", CR = "CONTROL", LF = "CONTROL",
}

local function grapheme_def()
  local ranges = {}
  local function add(from, to, property)
    if CLASSES[property] then ranges[#ranges + 1] = { from = from, to = to, class = CLASSES[property] } end
  end
  properties("auxiliary/GraphemeBreakProperty.txt", add)
  properties("emoji/emoji-data.txt", function(from, to, property)
    if property == "Extended_Pictographic" then add(from, to, property) end
  end)
  table.sort(ranges, function(a, b) return a.from < b.from end)
  local rows, last = {}, nil
  for _, range in ipairs(ranges) do
    if last and last.class == range.class and last.to + 1 == range.from then
      last.to = range.to
    else
      assert(not last or last.to < range.from, "a code point has two classes")
      rows[#rows + 1], last = range, range
    end
  end
  local out = { head("Grapheme_Cluster_Break (UAX #29) and Extended_Pictographic (UTS #51) of ranges of code points, in order.") }
  local line = ""
  for _, row in ipairs(rows) do
    local item = ("SMS_BREAK(0x%04X, 0x%04X, %s)"):format(row.from, row.to, row.class)
    if #line + #item >= 120 then
      out[#out + 1], line = line, ""
    end
    line = line .. (line == "" and "" or " ") .. item
  end
  out[#out + 1] = line
  generated.write("csrc/text/unicode/grapheme.def", table.concat(out, "\n") .. "\n\n#undef SMS_BREAK\n")
end

-- Unicode's own cases: hex code points, `/` where a cluster ends, `-` where it goes on.
local function grapheme_cases()
  local out = { "# SPDX-License-Identifier: Unicode-DFS-2016",
    "# GraphemeBreakTest.txt " .. version .. " of the Unicode Character Database; written by tools/unicode.lua.",
    "# Code points of a text: `/` where a cluster ends, `-` where it goes on." }
  for case in ucd("auxiliary/GraphemeBreakTest.txt"):gmatch("\n÷ ([^#]-) ÷%s") do
    out[#out + 1] = case:gsub(" ÷ ", "/"):gsub(" × ", "-")
  end
  generated.write("spec/support/grapheme_cases.txt", table.concat(out, "\n") .. "\n")
end

---------------------------------------------------------------- UnicodeData.txt

local names, categories, decompositions = {}, {}, {}
local numbered = {} -- { from, to, prefix } of ranges whose names are the prefix and the code point

local function read_characters()
  local range
  for line in ucd("UnicodeData.txt"):gmatch("[^\n]+") do
    local fields = {}
    for field in (line .. ";"):gmatch("([^;]*);") do fields[#fields + 1] = field end
    local name, category, decomposition, old = fields[2], fields[3], fields[6], fields[11]
    local code = tonumber(fields[1], 16)
    names[code] = name == "<control>" and (old ~= "" and old or ("CONTROL %04X"):format(code)) or name
    categories[code] = category
    if name:find(", First>", 1, true) then range = code end
    if name:find("^<CJK Ideograph.*Last>") then table.insert(numbered, { range, code, "CJK UNIFIED IDEOGRAPH-" }) end
    if name:find("^<Tangut Ideograph.*Last>") then table.insert(numbered, { range, code, "TANGUT IDEOGRAPH-" }) end
    local tag, codes = decomposition:match("^(<?%a*>?)%s*([%x ]*)$")
    if codes ~= "" then
      decompositions[code] = { tag = tag }
      for part in codes:gmatch("%x+") do table.insert(decompositions[code], tonumber(part, 16)) end
    end
  end
end

---------------------------------------------------------------- name.def

local PAGE = 64

-- The words of a name, each with the space or the hyphen behind it.
local function words_of(name)
  local out = {}
  for word in name:gmatch("[^ ]+ ?") do out[#out + 1] = word end
  return out
end

-- A name behind another one: a letter for the number of words that both begin with, then what is left.
local function shortened(before, name)
  local old, new, same = words_of(before), words_of(name), 0
  while same < #new - 1 and old[same + 1] == new[same + 1] do same = same + 1 end
  return string.char(("a"):byte() + same) .. table.concat(new, "", same + 1)
end

-- The lines of a page, one a code point up to the last that has a name; or nil.
local function page_lines(page)
  local lines, before, last = {}, "", 0
  for i = 0, PAGE - 1 do
    local name = names[page * PAGE + i]
    lines[#lines + 1] = ""
    if name and not name:find("^<") then
      lines[#lines], before, last = shortened(before, name), name, #lines
    end
  end
  return last > 0 and table.concat(lines, "\\n", 1, last) .. "\\n" or nil
end

-- A string of C over several lines.
local function wrapped(text)
  local lines, at = {}, 1
  while at <= #text do
    local to = math.min(at + 110, #text)
    if text:sub(to, to) == "\\" then to = to - 1 end
    lines[#lines + 1], at = '"' .. text:sub(at, to) .. '"', to + 1
  end
  return table.concat(lines, "\n  ")
end

-- Takes the names that end in their own code point out, and puts their ranges in.
local function gather_numbered()
  local codes, last = {}, nil
  for code in pairs(names) do codes[#codes + 1] = code end
  table.sort(codes)
  for _, code in ipairs(codes) do
    local prefix = names[code]:match("^(.*%-)" .. ("%04X"):format(code) .. "$")
    if prefix then
      names[code] = "<numbered>"
      if last and last[2] == code - 1 and last[3] == prefix then
        last[2] = code
      else
        last = { code, code, prefix }
        numbered[#numbered + 1] = last
      end
    end
  end
  table.sort(numbered, function(a, b) return a[1] < b[1] end)
end

local function name_def()
  gather_numbered()
  local out = { head("Names of characters. SMS_NUMBERED: from, to, what stands before the code point. SMS_NAMES: 64 code points from 64",
    "times the page on, a line for each: empty, or a letter for the words that the name shares with the last one of the page (`a`",
    "is none), and its other words. name.c includes this file several times, each time with another macro defined.") }
  out[#out + 1] = "#ifndef SMS_NUMBERED\n#define SMS_NUMBERED(from, to, prefix)\n#endif\n"
    .. "#ifndef SMS_NAMES\n#define SMS_NAMES(page, lines)\n#endif\n"
  for _, range in ipairs(numbered) do
    out[#out + 1] = ('SMS_NUMBERED(0x%04X, 0x%04X, "%s")'):format(range[1], range[2], range[3])
  end
  for page = 0, 0x10FFFF // PAGE do
    local lines = page_lines(page)
    if lines then
      assert(#lines < 4096, "more than C promises a string")
      out[#out + 1] = ("SMS_NAMES(0x%04X,\n  %s)"):format(page, wrapped(lines))
    end
  end
  generated.write("csrc/names/name.def", table.concat(out, "\n") .. "\n\n#undef SMS_NUMBERED\n#undef SMS_NAMES\n")
end

---------------------------------------------------------------- swap.def

local gsm7 = {}

local function read_gsm7()
  for code in files.read("csrc/text/gsm7.def"):gmatch("0x%x+, 0x(%x+)%)") do gsm7[tonumber(code, 16)] = true end
end

local function is_letter(text)
  local last = text ~= "" and utf8.codepoint(text, utf8.offset(text, -1))
  return last and categories[last]:sub(1, 1) == "L"
end

-- How a code point reads in GSM-7, or nil. A mark falls away from a letter only: `≠` isn't `=`.
local function reading(code)
  if code >= 0x300 and code <= 0x36F then return "" end
  if gsm7[code] then return utf8.char(code) end
  if swaps.texts[code] then return swaps.texts[code] end
  local parts = decompositions[code]
  if not parts or swaps.never[code] then return nil end
  local out = ""
  for _, part in ipairs(parts) do
    if categories[part] == "Mn" then
      if not is_letter(out) then return nil end
    else
      local text = reading(part)
      if not text then return nil end
      out = out .. text
    end
  end
  if parts.tag == "<super>" and out:find("^%d$") then return "^" .. out end
  if parts.tag == "<fraction>" then return " " .. out end
  return out
end

-- LETTER: loses an accent or a script's letter shape. JOIN: invisible, but it may hold an emoji or a word together.
local function kind_of(code)
  if swaps.joiners[code] then return "JOIN" end
  local parts = decompositions[code]
  local canonical = parts and (parts.tag == "" or parts.tag == nil)
  local category = categories[code]
  if code >= 0x300 and code <= 0x36F then return "LETTER" end
  if category:sub(1, 1) == "L" and (canonical or not parts) and not swaps.same[code] then return "LETTER" end
  return "LOOK"
end

local function escaped(text)
  return (text:gsub('[\\"]', "\\%0"):gsub("\n", "\\n"))
end

-- Pairs of letter and combining mark that are one character of GSM-7.
local function compositions()
  local out = {}
  for code in pairs(gsm7) do
    local parts = decompositions[code]
    if parts and parts.tag == "" and #parts == 2 then
      out[#out + 1] = ('SMS_COMPOSE(0x%04X, 0x%04X, "%s")'):format(parts[1], parts[2], utf8.char(code))
    end
  end
  table.sort(out)
  return table.concat(out, "\n")
end

local function swap_def()
  read_gsm7()
  local codes = {}
  for code in pairs(names) do
    local text = not gsm7[code] and reading(code)
    if text and #text <= swaps.LONGEST then codes[#codes + 1] = code end
  end
  table.sort(codes)
  local out = { head("What stands for a character that GSM-7 lacks: code point, kind, GSM-7 text; then what a letter and a",
    "combining mark are together. Kinds: LOOK is the same to a reader, LETTER loses an accent or a shape, JOIN is invisible",
    "but may hold an emoji or a word together. swap.c includes this file several times, each time with another macro.") }
  out[#out + 1] = "#ifndef SMS_SWAP\n#define SMS_SWAP(code, kind, text)\n#endif\n"
    .. "#ifndef SMS_COMPOSE\n#define SMS_COMPOSE(letter, mark, text)\n#endif\n"
  for _, code in ipairs(codes) do
    out[#out + 1] = ('SMS_SWAP(0x%04X, %s, "%s")'):format(code, kind_of(code), escaped(reading(code)))
  end
  out[#out + 1] = "\n" .. compositions() .. "\n\n#undef SMS_SWAP\n#undef SMS_COMPOSE\n"
  generated.write("csrc/text/unicode/swap.def", table.concat(out, "\n"))
end

grapheme_def()
grapheme_cases()
read_characters()
swap_def()
name_def()
generated.finish("lua5.4 tools/unicode.lua")
