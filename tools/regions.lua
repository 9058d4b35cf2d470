-- SPDX-License-Identifier: MIT
-- Writes lua/sms/number/regions.lua from libphonenumber's facts as Debian's package python3-phonenumbers ships them: country
-- codes, lengths, trunk and international prefixes, and which prefixes tell the regions of one code apart. `--check` compares only.

package.path = "./?.lua;" .. package.path

local files = require "tools.files"
local generated = require "tools.generated"

local DATA = os.getenv "PHONENUMBERS" or "/usr/lib/python3/dist-packages/phonenumbers/data"

local function source(name)
  local text = files.read(DATA .. "/" .. name)
  if text then return text end
  io.stderr:write(DATA .. "/" .. name .. " is missing. Debian, Ubuntu: apt-get install python3-phonenumbers\n")
  os.exit(1)
end

-- What the numbering plan says where the data allow lengths that no subscriber has.
local LENGTHS = {
  ZA = { 9 }, -- Communication of the national numbering plan to the ITU: nine digits; shorter ones in the data are service codes
}

-- What is dialled in front of an area code where the data tell it in a pattern only.
local TRUNKS = { BY = "80" }

-- Digits that tell a region from the others of its code are at most so many.
local PREFIX_DIGITS = { [1] = 3, [44] = 5, [61] = 5, [590] = 6 }

---------------------------------------------------------------- patterns → prefixes

-- A pattern of the data is literals, \d, [sets], (?:groups), | and quantifiers. Parsed into alternatives of items; an item is
-- { set = "0123", from, to } or { group = alternatives, from, to }.
local parse_alternatives

local function expand_set(text)
  local out = text:gsub("(%d)%-(%d)", function(a, b)
    local digits = ""
    for digit = a, b do digits = digits .. math.tointeger(digit) end
    return digits
  end)
  return (out:gsub("\\d", "0123456789"))
end

local function parse_item(pattern, at)
  local item
  if pattern:sub(at, at + 2) == "(?:" then
    item = {}
    item.group, at = parse_alternatives(pattern, at + 3)
    at = at + 1
  elseif pattern:sub(at, at) == "[" then
    local close = pattern:find("]", at, true)
    item, at = { set = expand_set(pattern:sub(at + 1, close - 1)) }, close + 1
  elseif pattern:sub(at, at + 1) == "\\d" then
    item, at = { set = "0123456789" }, at + 2
  else
    item, at = { set = pattern:match("^%d", at) or error("pattern: " .. pattern) }, at + 1
  end
  item.from, item.to = 1, 1
  local from, to, next_at = pattern:match("^{(%d+),?(%d*)}()", at)
  if from then
    item.from, item.to, at = tonumber(from), tonumber(to ~= "" and to or from), next_at
  elseif pattern:sub(at, at) == "?" then
    item.from, at = 0, at + 1
  end
  return item, at
end

function parse_alternatives(pattern, at)
  local alternatives, items = {}, {}
  while at <= #pattern and pattern:sub(at, at) ~= ")" do
    if pattern:sub(at, at) == "|" then
      alternatives[#alternatives + 1], items, at = items, {}, at + 1
    else
      items[#items + 1], at = parse_item(pattern, at)
    end
  end
  alternatives[#alternatives + 1] = items
  return alternatives, at
end

local prefixes_of

local function parse(text)
  return (parse_alternatives((text:gsub("\\\\", "\\")), 1))
end

-- Prefixes of items[i…] behind `head`, until they have `most` digits or say nothing more.
local function walk(items, i, head, most, out, done)
  if #head >= most then
    out[head:sub(1, most)] = true
    return
  end
  local item = items[i]
  if not item then return done(head) end
  if item.set == "0123456789" or item.from ~= item.to then
    out[head] = true
    return
  end
  local function again(text, left)
    if left == 0 or #text >= most then return walk(items, i + 1, text, most, out, done) end
    if item.group then
      prefixes_of(item.group, text, most, out, function(longer) again(longer, left - 1) end)
    else
      for digit in item.set:gmatch(".") do again(text .. digit, left - 1) end
    end
  end
  again(head, item.from)
end

function prefixes_of(alternatives, head, most, out, done)
  for _, items in ipairs(alternatives) do
    walk(items, 1, head, most, out, done or function(text) out[text] = true end)
  end
end

---------------------------------------------------------------- rows

local KINDS = { "fixed_line", "mobile", "voip", "personal_number" }

local function add_lengths(lengths, text)
  for length in text:gmatch("%d+") do lengths[tonumber(length)] = true end
end

local function sorted(set)
  local out = {}
  for key in pairs(set) do out[#out + 1] = key end
  table.sort(out)
  return out
end

local function description(text, kind)
  return text:match("\n    " .. kind .. "=PhoneNumberDesc(%b())")
end

local function lengths_of(text)
  local lengths = {}
  for _, kind in ipairs(KINDS) do
    local found = description(text, kind)
    add_lengths(lengths, found and found:match("possible_length=(%b())") or "")
  end
  if not next(lengths) then add_lengths(lengths, description(text, "general_desc"):match("possible_length=(%b())")) end
  return sorted(lengths)
end

local LONGEST = 15 -- digits of an E.164 number

-- The prefixes of a region's own numbers.
local function own_prefixes(text, most)
  local out = {}
  for _, kind in ipairs { "fixed_line", "mobile", "voip" } do
    local pattern = (description(text, kind) or ""):match("national_number_pattern='([^']*)'")
    if pattern then prefixes_of(parse(pattern), "", most, out) end
  end
  return out
end

-- The regions of a shared code begin with these digits; the main one takes what is left, and what is not theirs alone.
local function leads_of(text, code, main)
  if text == main then return nil end
  local out = {}
  local given = text:match("\n    leading_digits='([^']*)'")
  if given then
    prefixes_of(parse(given), "", LONGEST, out)
  else
    local most = PREFIX_DIGITS[code] or 6
    out = own_prefixes(text, most)
    for prefix in pairs(own_prefixes(main, most)) do out[prefix] = nil end
  end
  return sorted(out)
end

local function international_prefix(text)
  local prefix = text:match("preferred_international_prefix='([%d~]+)'") or text:match("international_prefix='(%d+)'") or "00"
  return (prefix:gsub("~", ""))
end

-- Whether national numbers may begin with the very digits of the trunk prefix, as 8 800 does in Russia.
local function begins_like_trunk(text, trunk)
  if not trunk then return false end
  local firsts = {}
  prefixes_of(parse(description(text, "general_desc"):match("national_number_pattern='([^']*)'")), "", #trunk, firsts)
  for first in pairs(firsts) do
    if first == trunk:sub(1, #first) then return true end
  end
  return false
end

local function row_of(region, shared, mains)
  local text = source("region_" .. region .. ".py")
  local code = tonumber(text:match("country_code=(%d+)"))
  local trunk = TRUNKS[region] or text:match("\n    national_prefix='(%d+)'")
  return {
    region = region, code = code, lengths = LENGTHS[region] or lengths_of(text), trunk = trunk, alike = begins_like_trunk(text, trunk),
    idd = international_prefix(text), leads = shared[code] > 1 and leads_of(text, code, mains[code]) or nil,
  }
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

local function line_of(row)
  local out = ("%s = { %d, { %s }"):format(row.region, row.code, table.concat(row.lengths, ", "))
  if row.trunk then out = out .. (', trunk = "%s"'):format(row.trunk) end
  if row.alike then out = out .. ", alike = true" end
  if row.idd ~= "00" then out = out .. (', idd = "%s"'):format(row.idd) end
  if row.leads then out = out .. (", leads = { %s }"):format(quoted(row.leads)) end
  return "  " .. wrapped(out .. " },")
end

-- A region whose prefixes all belong to another one as well can't be told from it.
local function drop_ambiguous(rows)
  local first = {}
  for _, row in ipairs(rows) do
    for i = #(row.leads or {}), 1, -1 do
      local key = row.code .. "/" .. row.leads[i]
      if first[key] then table.remove(row.leads, i) end
      first[key] = true
    end
  end
end

local init = source("__init__.py")
local shared, mains, regions = {}, {}, {}
for region in init:match("_AVAILABLE_REGION_CODES = (%b[])"):gmatch("'(%u%u)'") do
  regions[#regions + 1] = region
  local text = source("region_" .. region .. ".py")
  local code = tonumber(text:match("country_code=(%d+)"))
  if text:find("main_country_for_code=True", 1, true) then mains[code] = text end
  shared[code] = (shared[code] or 0) + 1
end
for code in init:match("_AVAILABLE_NONGEO_COUNTRY_CODES = (%b[])"):gmatch("%d+") do
  regions[#regions + 1], shared[tonumber(code)] = code, 1
end

local rows = {}
for i, region in ipairs(regions) do rows[i] = row_of(region, shared, mains) end
table.sort(rows, function(a, b) return a.region < b.region end)
drop_ambiguous(rows)

local out = {
  "-- SPDX-License-Identifier: MIT AND Apache-2.0",
  "-- Written by tools/regions.lua from the metadata of libphonenumber (Debian package python3-phonenumbers); do not edit.",
  "-- Facts of ITU-T E.164 numbering plans: ISO 3166 region = { country code, lengths of the national number, trunk = prefix within",
  '-- the country, alike = its own numbers may begin with these digits too, idd = prefix of calls abroad when it is not "00",',
  "-- leads = first digits that tell it from other regions of its code }.",
  "-- A code that belongs to no country is its own key and region \"001\".",
  "return {",
}
for _, row in ipairs(rows) do
  if tonumber(row.region) then out[#out + 1] = ("  [%d] = { %d, { %s } },"):format(row.code, row.code, table.concat(row.lengths, ", "))
  else out[#out + 1] = line_of(row) end
end
out[#out + 1] = "}\n"
generated.write("lua/sms/number/regions.lua", table.concat(out, "\n"))
generated.finish("lua5.4 tools/regions.lua")
