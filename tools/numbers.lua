-- SPDX-License-Identifier: MIT
-- Writes lua/sms/number/regions.lua and lua/sms/number/plans/ from libphonenumber's metadata as npm's package libphonenumber-js
-- ships them: `npm install libphonenumber-js` somewhere, then `lua5.4 tools/numbers.lua FOLDER/node_modules/libphonenumber-js`.
-- The package is an input of development; nothing of it is committed but what this program writes.

package.path = "./?.lua;" .. package.path

local cjson = require "cjson"
local files = require "tools.files"
local generated = require "tools.generated"
local numbering = require "tools.numbering"

local PACKAGE = arg[#arg] ~= "--check" and arg[#arg] or os.getenv "LIBPHONENUMBER_JS"

if not PACKAGE then
  io.stderr:write("usage: lua5.4 tools/numbers.lua [--check] FOLDER/node_modules/libphonenumber-js\n")
  os.exit(2)
end

local function source(name)
  local text = files.read(PACKAGE .. "/" .. name)
  if text then return text end
  io.stderr:write(PACKAGE .. "/" .. name .. " is missing: npm install libphonenumber-js\n")
  os.exit(1)
end

local metadata = cjson.decode(source "metadata.max.json")
local package_version = cjson.decode(source "package.json").version
-- The change log has an entry "1.13.16 / 10.11.2026" and below it "* Updated metadata to version 9.0.43:".
local changes = source "CHANGELOG.md"
local day, month, year, version = changes:match("\n[%d.]+ / (%d+)%.(%d+)%.(%d+)\n=+%s*%* Updated metadata to version ([%d.]+)")
assert(version, "CHANGELOG.md names no version of the metadata")
local date = ("%04d-%02d-%02d"):format(year, month, day)

---------------------------------------------------------------- what other sources say

-- Lengths that the numbering plan says where the data allow numbers that no subscriber has.
local LENGTHS = {
  ZA = { 9 }, -- Communication of the national numbering plan to the ITU: nine digits; shorter ones in the data are service codes
}

-- Prefixes within a country that people still write, and that the data no longer know.
local PREFIXES = {
  MX = "0(?:[12]|4[45])|1", -- Plan Técnico Fundamental de Numeración, in force until 3 August 2019: 01, 02, 044, 045, and 1 from abroad
}

-- Numbers that plans keep for films, documents and tests, and that the data leave out: kind → pattern.
local FICTION = {
  -- Ofcom, "Numbers for use in TV and radio drama programmes".
  GB = {
    fixed = "(?:11[3-8]4960|1(?:21|31|41|51|61)4960|1914980|2079460|2890180|2920180|1632960|3069990)\\d{3}", mobile = "7700900\\d{3}",
    toll_free = "8081570\\d{3}", premium = "9098790\\d{3}",
  },
  -- No area code (NANPA keeps it back), and in most documents and tests about sending texts.
  US = { fixed = "555\\d{7}" },
  -- Australian Communications and Media Authority, "Phone numbers for use in TV shows, films and creative works".
  AU = { fixed = "[2378][57]010\\d{4}", mobile = "491570\\d{3}" },
}

---------------------------------------------------------------- regions

-- Places of a region's facts in the array that the package has for it.
local CODE, IDD, GENERAL, POSSIBLE, PREFIX, PARSING, TRANSFORM, LEADING, KINDS = 1, 2, 3, 4, 6, 8, 9, 11, 12

-- Kinds in the order of the package; libphonenumber asks them in the order of ASKED, then for a fixed line and a mobile phone.
local NAMES = { "fixed", "mobile", "toll_free", "premium", "personal", "voicemail", "uan", "pager", "voip", "shared_cost" }
local ASKED = { "premium", "toll_free", "shared_cost", "voip", "personal", "pager", "uan", "voicemail" }

local function given(value)
  return value ~= nil and value ~= 0 and value ~= cjson.null and value or nil
end

local function kinds_of(region, facts)
  local out = {}
  for i, name in ipairs(NAMES) do
    local kind = given((given(facts[KINDS]) or {})[i])
    if kind then out[name] = { pattern = kind[1], lengths = kind[2] or facts[POSSIBLE] } end
  end
  for name, pattern in pairs(FICTION[region] or {}) do
    if out[name] then out[name].pattern = out[name].pattern .. "|" .. pattern end
  end
  -- Without a pattern a mobile phone can't be distinguished from a fixed line.
  if out.mobile and out.mobile.pattern == "" then out.mobile.pattern = out.fixed.pattern end
  return out
end

local function sorted(set)
  local out = {}
  for key in pairs(set) do out[#out + 1] = key end
  table.sort(out)
  return out
end

-- Lengths of the numbers that people have.
local function lengths_of(name, facts)
  if LENGTHS[name] then return LENGTHS[name] end
  local set, kinds = {}, kinds_of(name, facts)
  for _, kind in ipairs { "fixed", "mobile", "voip", "personal" } do
    for _, length in ipairs(kinds[kind] and kinds[kind].lengths or {}) do set[math.tointeger(length)] = true end
  end
  if not next(set) then
    for _, length in ipairs(facts[POSSIBLE]) do set[math.tointeger(length)] = true end
  end
  return sorted(set)
end

-- What is taken off in front of a national number, or replaced: Lua patterns, the one that is tried first in front, each with what
-- takes its place behind a ">" where that isn't nothing.
local function rules_of(name, facts)
  local text = PREFIXES[name] or given(facts[PARSING]) or given(facts[PREFIX])
  local transform, out = given(facts[TRANSFORM]), {}
  local _, groups = (text or ""):gsub("%(%?:", ""):gsub("%(", "")
  for _, pattern in ipairs(text and numbering.patterns(text) or {}) do
    local _, captures = pattern:gsub("%(", "")
    if pattern ~= "" then
      out[#out + 1] = "^" .. pattern .. (transform and captures == groups and ">" .. transform:gsub("%$", "%%") or "")
    end
  end
  return out
end

-- First digits that a region has to itself.
local function leads_of(facts)
  local out, text = {}, given(facts[LEADING])
  local function add(pattern)
    local before, set, after = pattern:match("^(.-)(%b[])(.*)$")
    if not set then
      out[#out + 1] = pattern
      return
    end
    for digit in set:gmatch "%d" do add(before .. digit .. after) end
  end
  for _, pattern in ipairs(text and numbering.patterns(text) or {}) do add(pattern) end
  return out
end

local function abroad_of(facts)
  local out = {}
  for _, pattern in ipairs(numbering.patterns(given(facts[IDD]) or "00")) do out[#out + 1] = "^" .. pattern end
  if #out == 1 and out[1] == "^00" then return nil end
  return out
end

---------------------------------------------------------------- plans

local function has(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

-- The kind of a number by the patterns that it matches; nil where it is none.
local function kind_of(name, kinds, marks, size)
  local function is(kind)
    return kinds[kind] and marks[name .. ":" .. kind] and has(kinds[kind].lengths, size)
  end
  if not marks[name .. ":general"] or LENGTHS[name] and not has(LENGTHS[name], size) then return nil end
  for _, kind in ipairs(ASKED) do
    if is(kind) then return kind end
  end
  if is "fixed" then return is "mobile" and "fixed_or_mobile" or "fixed" end
  return is "mobile" and "mobile" or nil
end

local LONGEST = 15 -- digits of a number with its country code, ITU-T E.164 §6.2.1

-- The plan of a country code: one automaton for all its regions, whose ends bear region and kind. Which region a number is of is
-- found as libphonenumber finds it: by first digits where a region has them to itself, else by its kinds, in order.
local function plan_of(code, names, facts_of)
  local patterns, kinds = {}, {}
  for _, name in ipairs(names) do
    local facts = facts_of(name)
    kinds[name] = kinds_of(name, facts)
    local general = facts[GENERAL]
    for _, pattern in pairs(FICTION[name] or {}) do general = general .. "|" .. pattern end
    patterns[#patterns + 1] = { text = general, mark = name .. ":general" }
    if given(facts[LEADING]) then patterns[#patterns + 1] = { text = facts[LEADING], mark = name .. ":leading", prefix = true } end
    for _, kind in ipairs(NAMES) do
      if kinds[name][kind] then patterns[#patterns + 1] = { text = kinds[name][kind].pattern, mark = name .. ":" .. kind } end
    end
  end
  return numbering.automaton(patterns, LONGEST - #code, function(marks, size)
    for _, name in ipairs(names) do
      local kind = kind_of(name, kinds[name], marks, size)
      local leads = given(facts_of(name)[LEADING])
      if leads and marks[name .. ":leading"] or not leads and kind then return kind and name .. ":" .. kind end
    end
  end)
end

-- Figures as printable characters, without the quote and the backslash of Lua's strings.
local function char(value)
  assert(value >= 0 and value < 91, "too large a figure for one character")
  local byte = value + 35
  return string.char(byte >= 92 and byte + 1 or byte)
end

local RANGES = {} -- "first last" of digits → figure
for first = 0, 9 do
  for last = first, 9 do
    RANGES[first .. " " .. last], RANGES[#RANGES + 1] = #RANGES, true
  end
end

-- A node: its label, the number of its runs, then each run of digits with the node that follows.
local function row_of(node, labels)
  local runs, first = {}, nil
  for digit = 0, 9 do
    local next_node = node[tostring(digit)]
    if next_node and not first then first = digit end
    if next_node and node[tostring(digit + 1)] ~= next_node then
      runs[#runs + 1] = char(RANGES[first .. " " .. digit]) .. char(next_node // 91) .. char(next_node % 91)
      first = nil
    end
  end
  return char(node.label and labels[node.label] or 0) .. char(#runs) .. table.concat(runs)
end

local function encoded(nodes)
  local labels, rows = {}, {}
  for _, node in ipairs(nodes) do
    if node.label and not labels[node.label] then
      labels[#labels + 1] = node.label
      labels[node.label] = #labels
    end
  end
  for i, node in ipairs(nodes) do rows[i] = row_of(node, labels) end
  return table.concat(labels, ","), table.concat(rows)
end

---------------------------------------------------------------- files

local WIDTH = 128

-- A literal of Lua over several lines. Blanks at the head of a line are lost behind \z.
local function literal(text)
  assert(not text:find("%s"))
  local lines = {}
  for at = 1, #text, WIDTH do lines[#lines + 1] = text:sub(at, at + WIDTH - 1) end
  return '"' .. table.concat(lines, "\\z\n    ") .. '"'
end


local function quoted(list)
  local out = {}
  for i, item in ipairs(list) do out[i] = '"' .. item .. '"' end
  return table.concat(out, ", ")
end

local function wrapped(text)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    if #line + #word > 130 then
      lines[#lines + 1], line = line, "   "
    end
    line = line .. (line == "" and "" or " ") .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local function line_of(name, facts)
  local out = ("%s = { %s, { %s }"):format(name, facts[CODE], table.concat(lengths_of(name, facts), ", "))
  local rules, abroad, leads = rules_of(name, facts), abroad_of(facts), leads_of(facts)
  if #rules > 0 then out = out .. (", national = { %s }"):format(quoted(rules)) end
  if abroad then out = out .. (", abroad = { %s }"):format(quoted(abroad)) end
  if #leads > 0 then out = out .. (", leads = { %s }"):format(quoted(leads)) end
  return "  " .. wrapped(out .. " },")
end

local SOURCE = ("-- Written by tools/numbers.lua from libphonenumber's metadata %s of %s (Apache-2.0; libphonenumber-js %s); do not edit.")
  :format(version, date, package_version)

local codes, line = sorted(metadata.country_calling_codes), "   "
local out = {
  "-- SPDX-License-Identifier: MIT AND Apache-2.0",
  SOURCE,
  "-- Version and date of the metadata, and the regions of each country code, the main one first.",
  "return {",
  ('  version = "%s", date = "%s",'):format(version, date),
  "  regions = {",
}
for _, code in ipairs(codes) do
  local item = (' [%s] = "%s",'):format(code, table.concat(metadata.country_calling_codes[code], " "))
  if #line + #item > 130 then
    out[#out + 1], line = line, "   "
  end
  line = line .. item
end
out[#out + 1] = line
out[#out + 1] = "  },\n}\n"
generated.write("lua/sms/number/codes.lua", table.concat(out, "\n"))

out = {
  "-- SPDX-License-Identifier: MIT AND Apache-2.0",
  SOURCE,
  "-- Facts of ITU-T E.164 numbering plans by ISO 3166 region: { country code, lengths of the numbers that people have,",
  "-- national = what is taken off in front of a number dialled within the country, Lua patterns in order (\">\" and what takes the place",
  "-- of the match, where that isn't nothing), abroad = prefixes of calls abroad, when that is not 00 alone, leads = first digits that",
  "-- tell it from other regions of its code }. A code that belongs to no country is its own key.",
  "return {",
}
for _, code in ipairs(sorted(metadata.nonGeographic)) do
  out[#out + 1] = ("  [%s] = { %s, { %s } },"):format(code, code, table.concat(lengths_of("001", metadata.nonGeographic[code]), ", "))
end
for _, name in ipairs(sorted(metadata.countries)) do out[#out + 1] = line_of(name, metadata.countries[name]) end
out[#out + 1] = "}\n"
generated.write("lua/sms/number/regions.lua", table.concat(out, "\n"))

local zones = {}
local function add(code, names, facts_of)
  local zone = zones[code:sub(1, 1)] or {}
  zones[code:sub(1, 1)] = zone
  local labels, rows = encoded(plan_of(code, names, facts_of))
  zone[#zone + 1] = ('  [%s] = {\n    %s,\n    %s,\n  },'):format(code, literal(labels), literal(rows))
end
for _, code in ipairs(codes) do
  add(code, metadata.country_calling_codes[code], function(name) return metadata.countries[name] end)
end
for _, code in ipairs(sorted(metadata.nonGeographic)) do
  add(code, { "001" }, function() return metadata.nonGeographic[code] end)
end
for zone, plans in pairs(zones) do
  local text = {
    "-- SPDX-License-Identifier: MIT AND Apache-2.0", SOURCE,
    "-- The numbering plans of country codes that begin with " .. zone .. ": automata over digits; lua/sms/number/plan.lua reads them.",
    "return {", table.concat(plans, "\n"), "}\n",
  }
  generated.write(("lua/sms/number/plans/%s.lua"):format(zone), table.concat(text, "\n"))
end
generated.finish("lua5.4 tools/numbers.lua FOLDER")
