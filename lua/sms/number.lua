-- SPDX-License-Identifier: MIT
-- Converts phone numbers to E.164, or returns the reason why not: `sms.number`. Numbers are strings: a Lua
-- number has lost the plus sign and leading zeros. The numbering plans (lua/sms/number) decide between possible interpretations.

local check = require "sms.check"
local core = require "sms.core"
local plan = require "sms.number.plan"

local number = {}

local byte, find, sub = string.byte, string.find, string.sub
local label_of = plan.label
local PLUS = byte "+"
local runs_of -- `sms.number.text`, loaded when a text is not in E.164 already

--- Maximum digits of an international number, country code included (ITU-T E.164 §6.2.1).
number.MAX_DIGITS = 15

--- Minimum digits of an international number whose country code has no plan here: shorter ones are service codes.
number.MIN_DIGITS = 8

-- The region of a number whose country code has no plan here, by libphonenumber's convention.
local NOWHERE = "ZZ"

local regions -- facts of the regions; loaded when a number isn't in international format, or isn't valid

local function facts_of(region)
  regions = regions or require "sms.number.regions"
  return regions[region]
end

---------------------------------------------------------------- readings

-- The readings of a text: E.164 → region and kind. `unknown` is the number whose plan is unknown, `reason` why the first reading failed.
local Readings = {}
Readings.__index = Readings

function Readings:add(digits, region, kind)
  local e164 = "+" .. digits
  if self[e164] then return end
  self[e164] = { e164 = e164, region = region, kind = kind, valid = true }
  self.list[#self.list + 1] = self[e164]
end

function Readings:fail(reason)
  self.reason = self.reason or reason
end

-- "9", "7 to 9", "8 or 10"
local function words_of(lengths)
  local first, last = lengths[1], lengths[#lengths]
  if first == last then return tostring(first) end
  if last - first == #lengths - 1 and #lengths > 2 then return ("%d to %d"):format(first, last) end
  return table.concat(lengths, ", ", 1, #lengths - 1) .. " or " .. last
end

local function has(list, value)
  for i = 1, #list do
    if list[i] == value then return true end
  end
  return false
end

-- Why national digits are not a number of a region.
local function why_not(name, lengths, national)
  local size = #national
  if has(lengths, size) then return ("is not a number of %s: its numbering plan has no such range"):format(name) end
  local what = size < lengths[1] and "too short" or size > lengths[#lengths] and "too long" or "of the wrong length"
  local words = "is %s for %s: %d digit%s after the country code, %s required"
  return words:format(what, name, size, size == 1 and "" or "s", words_of(lengths))
end

-- Patterns and their replacements; made once for each region.
local compiled = {}

local function rules_of(name)
  local rules = compiled[name]
  if rules then return rules end
  rules = {}
  for i, text in ipairs(facts_of(name) and facts_of(name).national or {}) do
    local pattern, put = text:match("^([^>]*)>?(.*)$")
    rules[i] = { pattern, put }
  end
  compiled[name] = rules
  return rules
end

-- National digits without the region's trunk prefix; nil if there is none.
local function stripped(name, digits)
  for _, rule in ipairs(rules_of(name)) do
    if find(digits, rule[1]) then return (digits:gsub(rule[1], rule[2], 1)) end
  end
end

-- The region of the first national digits, else the main region of the country code; nil for a code without a country.
local function region_of(code, digits)
  local names = require("sms.number.codes").regions[code]
  for name in (names or ""):gmatch "[A-Z][A-Z]" do
    for _, lead in ipairs(facts_of(name).leads or {}) do
      if sub(digits, 1, #lead) == lead then return name, true end
    end
  end
  return names and sub(names, 1, 2)
end

-- National digits of a region, with or without its trunk prefix.
local function national(out, name, digits)
  local facts = facts_of(name)
  local code = tostring(facts[1])
  local region, kind = plan.read(code .. digits)
  if region then out:add(code .. digits, region, kind) end
  local rest = stripped(name, digits)
  if rest then
    region, kind = plan.read(code .. rest)
    if region then out:add(code .. rest, region, kind) end
  end
  if #out.list == 0 then out:fail(why_not(name, facts[2], rest or digits)) end
end

-- Digits that begin with a country code. If the plan lacks the number, a trunk prefix may have to be removed:
-- +44 0161 …
local function international(out, digits)
  local region, kind, code, size = plan.read(digits)
  if region then return out:add(digits, region, kind) end
  if sub(digits, 1, 1) == "0" then return out:fail "has a 0 after its +; no country code begins with 0" end
  if digits == "" then return out:fail "has no digits" end
  if not code then
    if #digits < number.MIN_DIGITS then return out:fail(("has no country code: none begins with +%s"):format(sub(digits, 1, 3))) end
    if #digits > number.MAX_DIGITS then return out:fail "has more than 15 digits" end
    out.unknown = "+" .. digits
    return
  end
  local rest = sub(digits, size + 1)
  local main = region_of(code, "")
  local bare = main and stripped(main, rest)
  if bare then
    region, kind = plan.read(code .. bare)
    if region then return out:add(code .. bare, region, kind) end
  end
  local name = main and region_of(code, bare or rest)
  out:fail(why_not(name or "001", facts_of(name or code)[2], bare or rest))
end

-- Digits after an international prefix: one of the region, else 00, which is used nearly everywhere; elsewhere no national
-- number begins with it. No country code begins with 0.
local function abroad(out, name, digits)
  local prefixes, tried = name and facts_of(name).abroad, {}
  for i = 1, prefixes and #prefixes or 0 do
    local _, last = find(digits, prefixes[i])
    if last and not tried[last] and find(digits, "^[1-9]", last + 1) then
      tried[last], tried.any = true, true
      international(out, sub(digits, last + 1))
    end
  end
  if not tried.any and find(digits, "^00[1-9]") then international(out, sub(digits, 3)) end
end

-- Digits as dialled within a region: international, national, and with the country code but without its plus.
local function dialled(out, name, digits)
  abroad(out, name, digits)
  national(out, name, digits)
  local code = tostring(facts_of(name)[1])
  if sub(digits, 1, #code) == code then national(out, name, sub(digits, #code + 1)) end
end

-- A hint for digits that would be a number if they had a plus.
local function advice(runs)
  local found = {}
  for _, digits in ipairs(runs) do
    if plan.read(digits) then found[#found + 1] = "+" .. digits end
  end
  return found[1] and ("; if %s is meant, write the +"):format(table.concat(found, " or ")) or ""
end

-- One run of digits, with or without a leading plus.
local function read_digits(out, digits, name, bare)
  if sub(digits, 1, 1) == "+" then return international(out, sub(digits, 2)) end
  if name then return dialled(out, name, digits) end
  abroad(out, nil, digits)
  if bare and sub(digits, 1, 1) ~= "0" then
    international(out, digits)
    if out.unknown then out:fail(("has no country code: none begins with +%s"):format(sub(digits, 1, 3))) end
    out.unknown = nil -- only the digits suggest that the number is international
    return
  end
  if sub(digits, 1, 2) ~= "00" then
    out:fail "has no country: it begins with neither + nor 00, and no region is given"
  end
  out:fail "has a 0 after its 00; no country code begins with 0"
end

---------------------------------------------------------------- interface

-- The facts of a given region: its name in capitals, or nil and a message.
local function name_of(region)
  local name = type(region) == "string" and core.upper(region)
  if facts_of(name) then return name end
  local guess = name == "UK" and "GB" or name and core.nearest(name, check.names(regions))
  local said = type(region) == "string" and "'" .. region .. "'" or "of type " .. type(region)
  return nil, ("region %s is not an ISO 3166 code%s"):format(said, guess and ("; did you mean '%s'?"):format(guess) or "")
end

-- Reads a text that is in E.164 already.
local function canonical(text)
  if byte(text) ~= PLUS then return nil end
  local region, kind = plan.read(text, 2)
  return region and text, region, kind
end

-- The result of the readings.
local function conclusion(out, runs)
  local list = out.list
  if #list == 1 then return list[1] end
  if #list > 1 then
    local names = {}
    for i, one in ipairs(list) do names[i] = one.e164 end
    return nil, ("may be %s: write it with + and the country code"):format(table.concat(names, " or "))
  end
  if out.unknown then return { e164 = out.unknown, region = NOWHERE, valid = "unknown" } end
  return nil, out.reason .. advice(runs)
end

-- Reads a text. `name`: a known region, or nil. `bare`: without a region, digits alone begin with a country code.
local function read(text, name, bare)
  runs_of = runs_of or require("sms.number.text").runs
  local runs, reason = runs_of(text)
  if not runs then return nil, reason end
  local out = setmetatable({ list = {} }, Readings)
  for _, digits in ipairs(runs) do read_digits(out, digits, name, bare) end
  return conclusion(out, runs)
end

local function check_text(text)
  if type(text) ~= "string" then
    error(("a phone number must be a string, not a %s: a Lua number has lost its + and leading zeros"):format(type(text)), 3)
  end
end

-- The name of a region, or an error two frames up.
local function check_region(region)
  if region == nil then return nil end
  local name, problem = name_of(region)
  if not name then error(problem, 3) end
  return name
end

--- Converts a number to E.164. Accepts separators, international and national prefixes, digits and punctuation of other
--- scripts, `tel:` and `sms:`. If there are several interpretations, the numbering plan decides; if two are valid, the
--- number is refused. Whether a number is assigned can't be determined.
---@param text string     as a person wrote it
---@param region? string  ISO 3166 code of the country in which it is written without a country code
---@return string? e164   `+` and at most 15 digits (ITU-T E.164)
---@return string region  its region ("001": no country, "ZZ": a code without a known plan), or why there is none
function number.e164(text, region)
  check_text(text)
  local name = check_region(region)
  local e164, where = canonical(text)
  if e164 then return e164, where end
  local found, reason = read(text, name)
  if found then return found.e164, found.region end
  return nil, reason
end

--- Parses a number by the numbering plans.
---@param text string
---@param region? string  as in `number.e164`
---@return { e164: string, region: string, kind: string?, valid: true|"unknown" }? found  `kind`: "mobile", "fixed", "fixed_or_mobile",
--- "toll_free", "premium", "shared_cost", "voip", "personal", "pager", "uan" (a company's), "voicemail"; without one the plan is unknown
---@return string? reason
function number.read(text, region)
  check_text(text)
  local name = check_region(region)
  local e164, where, kind = canonical(text)
  if e164 then return { e164 = e164, region = where, kind = kind, valid = true } end
  return read(text, name)
end

--- Converts the number of a recipient to E.164, like `number.e164`. Without a region, digits alone are read as starting with a country
--- code, as providers write numbers.
---@param text string
---@param region? string  an existing ISO 3166 code in capitals
---@return string? e164
---@return string? reason
function number.recipient(text, region)
  if byte(text) == PLUS then
    if label_of(text, 2) then return text end
  elseif not region and label_of(text, 1) then
    return "+" .. text
  end
  local found, reason = read(text, region, true)
  if found then return found.e164 end
  return nil, reason
end

--- Maximum digits of a sender that is taken for a short code rather than a phone number.
number.SHORT_CODE = 6

--- The sender of a message: a name is left unchanged, a number is converted to E.164. Digits whose country is unknown are
--- a short code, or a number known to the account.
---@param text string
---@param region? string  as in `number.recipient`; plain digits are only read with one
---@return string? sender
---@return string? reason
function number.sender(text, region)
  local first = byte(text)
  if first and first >= 65 and first <= 122 or find(text, "[A-Za-z]") or canonical(text) then return text end -- a name, the usual case
  local ascii = require("sms.number.characters").to_ascii(text)
  if not ascii or not find(ascii, "%d") or find(ascii, "[^%d%s%-%.()/+]") then return text end
  local digits, abroad_mark = ascii:gsub("%D", ""), find(ascii, "^%s*%+") or find(ascii, "^%s*00")
  if not abroad_mark and (not region or #digits <= number.SHORT_CODE) then return digits end
  local found, reason = number.recipient(text, region)
  if found then return found end
  if abroad_mark then return nil, reason end
  return digits
end

--- The code of a region in capitals.
---@param region any
---@return string? name
---@return string? problem  "region 'UK' is not an ISO 3166 code; did you mean 'GB'?"
function number.region_name(region)
  return name_of(region)
end

--- The region of a number in international format. Leading digits that belong to one region determine it even for a number that the plan
--- lacks.
---@param text string
---@return string? region  ISO 3166 code, "001" for numbers of no country, "ZZ" for a code without a known plan
---@return string? reason
function number.region(text)
  check_text(text)
  local found, region = number.e164(text)
  if found then return region end
  local digits = text:gsub("[ %-()]", "")
  local _, _, code, size = plan.read(sub(digits, 2))
  if code and find(digits, "^%+%d+$") then
    local name, alone = region_of(code, sub(digits, size + 2))
    if alone and has(facts_of(name)[2], #digits - size - 1) then return name end
  end
  return nil, region
end

--- Version and date of the libphonenumber metadata behind the plans.
---@return string version
---@return string date  ISO 8601
function number.metadata()
  local codes = require "sms.number.codes"
  return codes.version, codes.date
end

return number
