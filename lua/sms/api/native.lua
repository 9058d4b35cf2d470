-- SPDX-License-Identifier: MIT
-- Most arguments are already what goes on the wire. The core sees that in one look, by rules that are made of types here; whatever
-- they don't cover is for `sms.argument`, whose word counts.

local core = require "sms.core"

local plain = {}

local RULES = core.rules
local A_TEXT, A_NUMBER_TO_CALL, AN_INTEGER, A_NUMBER = RULES.string, RULES.phone_number, RULES.integer, RULES.number
local A_FLAG, ONE_OF, A_DATE = RULES.boolean, RULES.one_of, RULES.date
local NEEDED, LEAST, MOST, LARGEST = RULES.needed, RULES.least, RULES.most, 0xFFFF

local KINDS = { string = A_TEXT, integer = AN_INTEGER, number = A_NUMBER, boolean = A_FLAG }

-- The bytes that a pattern "^class+$" is about, as a text of 256 letters `0` and `1`; nil for any other pattern.
local function set_of(pattern)
  local class = pattern:match("^%^(%[[^%]]+%])%+%$$") or pattern:match("^%^(%%%l)%+%$$")
  if not class then return nil end
  local out, form = {}, "^" .. class .. "$"
  for byte = 0, 255 do out[byte + 1] = string.char(byte):find(form) and "1" or "0" end
  return table.concat(out)
end

local function is_ascii(sets)
  for i = 1, #sets, 2 do
    if sets[i]:find("1", 129, true) then return false end
  end
  return true
end

-- The sets of an alias' patterns, each with the most bytes of a text; nil where they say more than that.
local function sets_of(patterns)
  local sets = {}
  for i, pattern in ipairs(patterns or {}) do
    local set = not pattern.min and set_of(pattern[1])
    if not set then return nil end
    sets[2 * i - 1], sets[2 * i] = set, pattern.max or math.maxinteger
  end
  return sets
end

-- Bytes are never fewer than characters: a text of so many bytes at most has so many characters at most, and one that isn't empty has
-- one at least. What more a least length says only bytes of ASCII tell.
local function text_rule(alias, kind)
  local sets, least, most = sets_of(alias.patterns), alias.min or 0, alias.max or 0
  local ascii = kind == A_NUMBER_TO_CALL or sets and sets[1] and is_ascii(sets)
  if not sets or least > LARGEST or alias.max == 0 or least > 1 and not ascii then return nil end
  local bits = kind | least * LEAST | most * MOST
  return sets[1] and { bits, table.unpack(sets) } or bits
end

local WIRE_FORMS = { date = A_TEXT, msisdn = A_NUMBER_TO_CALL, iso_date = A_DATE }

-- Whether a text is among what a type takes, and taken as it is.
local function takes_text(node)
  if node.kind == "union" then return node.items[1].kind == "string" end
  return node.kind == "string"
end

local function alias_rule(node)
  local alias = node.alias
  if alias.values or alias.must or alias.markers then return nil end
  if alias.as and not WIRE_FORMS[alias.as] then return nil end
  if takes_text(node.base) and (alias.as or node.base.kind == "string") then return text_rule(alias, WIRE_FORMS[alias.as] or A_TEXT) end
  if alias.as or alias.min or alias.max or alias.patterns then return nil end
  return KINDS[node.base.kind]
end

local function literal_rule(node)
  local values = {}
  for _, member in ipairs(node.items or { node }) do
    if member.kind ~= "literal" then return nil end
    values[member.value] = true
  end
  return { ONE_OF, values }
end

local function rule_of(node)
  if node.kind == "alias" then return alias_rule(node) end
  if node.kind == "union" or node.kind == "literal" then return literal_rule(node) end
  return KINDS[node.kind]
end

-- The rule of a type whose values go on the wire as they are; nil where each has to be looked at in its own way.
local function rule_for(node, needed)
  local rule = rule_of(node)
  if not rule or not needed then return rule end
  if type(rule) == "table" then
    rule[1] = rule[1] | NEEDED
    return rule
  end
  return rule | NEEDED
end

--- Rules for `core.fits`.
---@param nodes table<string, table>    parsed types by name
---@param needed table<string, boolean> names that have to be there
---@return table<string|integer, any>
function plain.rules(nodes, needed)
  local rules, count = {}, 0
  for name, node in pairs(nodes) do rules[name] = rule_for(node, needed[name] or false) end
  for _, must in pairs(needed) do count = count + (must and 1 or 0) end
  rules[0] = count
  return rules
end

return plain
