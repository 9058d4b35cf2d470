-- SPDX-License-Identifier: MIT
-- Phone numbers as people write them → E.164, with the reason when that can't be: `sms.number`. Numbers are strings: a Lua
-- number has lost its plus and its zeros. The facts are lua/sms/number/regions.lua.

local core = require "sms.core"
local regions = require "sms.number.regions"

local number = {}

--- Most digits of an international number, country code included (ITU-T E.164 §6.2.1).
number.MOST_DIGITS = 15

-- Country code → its regions; those that have first digits of their own come before the one that takes the rest.
local by_code = {}
for key, facts in pairs(regions) do
  local list = by_code[facts[1]] or {}
  by_code[facts[1]] = list
  table.insert(list, facts.leads and 1 or #list + 1, { name = math.type(key) and "001" or key, facts = facts })
end

-- Digits of other scripts, and what is invisible or blank, as keyboards and address books put them in.
local FOREIGN = { ["＋"] = "+" }
for digit = 0, 9 do
  for _, zero in ipairs { 0xFF10, 0x660, 0x6F0, 0x966 } do FOREIGN[utf8.char(zero + digit)] = tostring(digit) end
end
for _, code in ipairs { 0xA0, 0xAD, 0x2007, 0x202F, 0x2060, 0x3000, 0xFEFF } do FOREIGN[utf8.char(code)] = "" end
for code = 0x2000, 0x200F do FOREIGN[utf8.char(code)] = "" end
for code = 0x2010, 0x2015 do FOREIGN[utf8.char(code)] = "" end
for code = 0x202A, 0x202E do FOREIGN[utf8.char(code)] = "" end
for code = 0x2066, 0x2069 do FOREIGN[utf8.char(code)] = "" end

local function has(list, value)
  for i = 1, #list do
    if list[i] == value then return true end
  end
  return false
end

-- The text without separators: digits, with a plus in front where there was one; or nil and the reason.
local function bare(text)
  local plain = text:gsub(utf8.charpattern, FOREIGN):gsub("^%s*[Tt][Ee][Ll]:", "")
  if plain:find("[eE][xX][tT]%.?%s*%d") or plain:find("[;,#]") or plain:find("%d%s*[xX]%s*%d+%s*$") then
    return nil, "has an extension, which no text can reach"
  end
  -- A trunk prefix in brackets is for callers within the country: +44 (0)20 …
  local digits = plain:gsub("^(%s*%+[%d%s]+)%(0%)", "%1"):gsub("[%s%-%.()/_]", "")
  if digits == "" then return nil, "is empty" end
  if digits:find("[A-Za-z]") then return nil, "has letters" end
  local wrong = digits:gsub("^%+?%d*", "")
  if wrong ~= "" then
    return nil, utf8.len(wrong) and ("has '%s', which is no digit"):format(wrong:match(utf8.charpattern)) or "is not UTF-8"
  end
  if digits == "+" then return nil, "has no digits" end
  return digits
end

-- The region of a national number under a country code.
local function region_of(code, national)
  local list = by_code[code]
  for _, region in ipairs(list) do
    if not region.facts.leads then return region end
    for _, lead in ipairs(region.facts.leads) do
      if national:sub(1, #lead) == lead then return region end
    end
  end
  return list[#list]
end

-- "9", "7 to 9", "8 or 10"
local function words_of(lengths)
  local first, last = lengths[1], lengths[#lengths]
  if first == last then return tostring(first) end
  if last - first == #lengths - 1 and #lengths > 2 then return ("%d to %d"):format(first, last) end
  return table.concat(lengths, ", ", 1, #lengths - 1) .. " or " .. last
end

-- Whether the national number may be one of the region; else the reason.
local function check_length(region, national)
  local lengths, size = region.facts[2], #national
  if has(lengths, size) then return true end
  local what = size < lengths[1] and "too short" or size > lengths[#lengths] and "too long" or "of a wrong length"
  return nil, ("is %s for %s: %d digits after the country code, %s needed"):format(what, region.name, size, words_of(lengths))
end

-- Without the trunk prefix. Where numbers may begin alike, the length decides. Italy has none: its zero is dialled from abroad.
local function without_trunk(facts, national)
  local trunk = facts.trunk
  if not trunk or national:sub(1, #trunk) ~= trunk then return national end
  local rest = national:sub(#trunk + 1)
  if facts.alike and not has(facts[2], #rest) and has(facts[2], #national) then return national end
  return rest
end

-- Country code and the rest of digits that begin with one.
local function split_code(digits)
  for size = 1, 3 do
    local code = math.tointeger(tonumber(digits:sub(1, size)))
    if code and by_code[code] then return code, digits:sub(size + 1) end
  end
end

-- Digits behind the plus → E.164 and region, or nil and the reason.
local function international(digits)
  if digits:sub(1, 1) == "0" then return nil, "has a 0 behind its +; no country code begins so" end
  local code, national = split_code(digits)
  if not code then return nil, ("has no country code: none begins +%s"):format(digits:sub(1, 3)) end
  local region = region_of(code, national)
  local rest = without_trunk(region.facts, national)
  if rest ~= national then region = region_of(code, rest) end
  local ok, reason = check_length(region, rest)
  if not ok then return nil, reason end
  if #rest + #tostring(code) > number.MOST_DIGITS then return nil, "has more than 15 digits" end
  return ("+%d%s"):format(code, rest), region.name
end

-- Digits behind a prefix for calls abroad, or nil. 00 is that everywhere: where it is not, no national number begins so, and where
-- the prefix is a single 0 no country code does.
local function behind_prefix(digits, facts)
  local idd = facts and facts.idd
  if idd and digits:sub(1, #idd) == idd and (idd ~= "0" or digits:sub(1, 2) ~= "00") then return digits:sub(#idd + 1) end
  return digits:match("^00(.*)$")
end

-- Digits as dialled within a region.
local function dialled(digits, name, facts)
  local national = without_trunk(facts, digits)
  local ok, reason = check_length({ name = name, facts = facts }, national)
  if ok then return ("+%d%s"):format(facts[1], national), region_of(facts[1], national).name end
  -- The country code in front, and the plus forgotten.
  local code = tostring(facts[1])
  if digits:sub(1, #code) == code then
    local found, region = international(digits)
    if found then return found, region end
  end
  return nil, reason
end

local function placeless(digits)
  local found = digits:sub(1, 1) ~= "0" and international(digits)
  local guess = found and ("; if %s is meant, write the +"):format(found) or ""
  return nil, "has no country: it begins neither with + nor with 00, and no region is given" .. guess
end

-- The facts of a region that a caller named, or an error two frames up.
local function facts_of(region)
  if region == nil then return nil end
  local name = type(region) == "string" and core.upper(region)
  if name and regions[name] then return regions[name], name end
  local names = {}
  for key in pairs(regions) do names[#names + 1] = type(key) == "string" and key or nil end
  table.sort(names)
  local guess = name == "UK" and "GB" or name and core.nearest(name, names)
  error(("region %s is no ISO 3166 code%s"):format(type(region) == "string" and "'" .. region .. "'" or "of type " .. type(region),
    guess and ("; did you mean '%s'?"):format(guess) or ""), 3)
end

local function check_text(text)
  if type(text) ~= "string" then
    error(("a phone number must be a string, not a %s: a Lua number has lost its + and its leading zeros"):format(type(text)), 3)
  end
end

--- A number in international form. Separators, `00` and the region's own prefix for calls abroad, trunk prefixes and `tel:` are
--- understood; lengths are those of the region. Whether the number is in use nobody knows before it is called.
---@param text string     as a person wrote it
---@param region? string  ISO 3166 code of the country in which it is written without a country code
---@return string? e164   `+` and at most 15 digits (ITU-T E.164)
---@return string region  where it belongs to ("001": no country), or the reason why there is none: "is too short for ZA: …"
function number.e164(text, region)
  check_text(text)
  local facts, name = facts_of(region)
  local digits, reason = bare(text)
  if not digits then return nil, reason end
  local found
  if digits:sub(1, 1) == "+" then
    found, reason = international(digits:sub(2))
  else
    local abroad = behind_prefix(digits, facts)
    if abroad then found, reason = international(abroad)
    elseif facts then found, reason = dialled(digits, name, facts)
    else found, reason = placeless(digits) end
  end
  return found, reason
end

--- The region of a number in international form.
---@param text string
---@return string? region  ISO 3166 code, "001" for numbers of no country
---@return string? reason
function number.region(text)
  check_text(text)
  local found, region = number.e164(text)
  if found then return region end
  return nil, region
end

return number
