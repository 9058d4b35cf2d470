-- SPDX-License-Identifier: MIT
-- Texts with placeholders. `{name}` is filled from a table of values, `{name|there}` has a fallback for a value that is missing or empty;
-- `{{` and `}}` stand for a brace. Any other brace is a mistake, so that no placeholder is ever sent literally.

local core = require "sms.core"

local template = {}

--- A placeholder of a parsed template.
---@class sms.template.Placeholder
---@field name string       the text between the braces, before any `|`, without surrounding white space
---@field fallback string?  the text after the first `|`, without surrounding white space
---@field source string     the placeholder as written

---@class sms.template.Parsed
---@field [integer] string|sms.template.Placeholder  literal texts and placeholders in order; joined they are the message
---@field escaped boolean   some literal text came from `{{` or `}}`
---@field doubled string[]  texts between `{{` and the next `}}` without a brace in between: names that are not filled

local BRACES = "; write {{ or }} for a brace, or set template = false"

-- Removes white space around a text.
local function trimmed(text)
  local from = text:find("%S")
  return from and text:match(".*%S", from) or ""
end

-- Maximum bytes of a placeholder name quoted in a message, since any text may be between braces.
local MAX_SHOWN = 40

local function shown(name)
  local start = name:sub(1, MAX_SHOWN):match("^[%w_. \x80-\xFF:-]*")
  return start == name and name or start .. "..."
end

-- Adds the placeholder that opens at `from` and closes at `to`; or returns why it is not one.
local function add_placeholder(out, text, from, to)
  local name, fallback = text:sub(from + 1, to - 1), nil
  local bar = name:find("|", 1, true)
  if bar then name, fallback = name:sub(1, bar - 1), trimmed(name:sub(bar + 1)) end
  name = trimmed(name)
  if name == "" then return ("has a placeholder without a name at byte %d"):format(from) .. BRACES end
  if fallback and fallback:find("^default%s*[:(]") then
    return ("has '|default' in the placeholder '%s'; write the fallback itself, as in {name|there}"):format(shown(name))
  end
  out[#out + 1] = { name = name, fallback = fallback, source = text:sub(from, to) }
end

-- Adds the piece that begins with the brace at `at`. Returns the position after it, or nil and a message.
-- `walk.opened`: position after the last `{{`.
local function add_brace(out, text, at, walk)
  local brace = text:sub(at, at)
  if text:sub(at + 1, at + 1) == brace then
    out[#out + 1], out.escaped = brace, true
    if brace == "}" and walk.opened then out.doubled[#out.doubled + 1] = trimmed(text:sub(walk.opened, at - 1)) end
    walk.opened = brace == "{" and at + 2 or nil
    return at + 2
  end
  if brace == "}" then return nil, ("has an unmatched '}' at byte %d"):format(at) .. BRACES end
  local to = text:find("[{}]", at + 1)
  if not to or text:sub(to, to) == "{" then
    local name = text:match("^%s?([%a_\x80-\xFF][%w_.\x80-\xFF-]*)", at + 1) or ""
    return nil, ("has an unclosed placeholder at byte %d: '{%s'"):format(at, shown(name)) .. BRACES
  end
  walk.opened = nil
  local problem = add_placeholder(out, text, at, to)
  if problem then return nil, problem end
  return to + 1
end

--- Parses a template, in linear time.
---@param text string
---@return sms.template.Parsed?
---@return string? problem  the first one, to be appended to the text's name
function template.parse(text)
  local out, at, walk = { escaped = false, doubled = {} }, 1, {}
  while true do
    local brace = text:find("[{}]", at)
    if brace ~= at then out[#out + 1] = text:sub(at, (brace or 0) - 1) end
    if not brace then return out end
    local after, problem = add_brace(out, text, brace, walk)
    if not after then return nil, problem end
    at = after
  end
end

--- A template as `core.row_reader` fills it: literal texts, and `{ name }` for a placeholder. False if it needs
--- `template.fill`: it has other pieces, or is malformed.
---@param text string
---@return (string|string[])[]|false
function template.pieces(text)
  local parsed = template.parse(text)
  if not parsed or parsed.doubled[1] then return false end
  local out = {}
  for i, piece in ipairs(parsed) do out[i] = type(piece) == "table" and { piece.name } or piece end
  return out
end

---------------------------------------------------------------- values

-- The field of a table with a name, or with the number that the name represents.
local function field_of(values, name)
  local value = values[name]
  if value ~= nil then return value end
  return values[math.tointeger(tonumber(name:match("^%d+$")))]
end

-- The value of a name: of the name itself, or of a dotted path of fields.
local function value_of(values, name)
  local value = field_of(values, name)
  if value ~= nil or not name:find(".", 1, true) then return value end
  value = values
  for step in name:gmatch("[^.]+") do
    if type(value) ~= "table" then return nil end
    value = field_of(value, step)
  end
  return value
end

-- A number as text: without an exponent, and without a fraction of zero.
local function number_text(value)
  local whole = math.tointeger(value)
  if whole then return ("%d"):format(whole) end
  if value ~= value or value - value ~= 0 then return nil, "is not a finite number" end
  local text = core.text(value):gsub("%.0$", "")
  if text:find("[eE]") then return nil, "is a number that needs an exponent; give it as text" end
  return text
end

-- The text of a value, "" if it is missing or empty; or nil and a message.
local function text_of(value)
  if type(value) == "number" then return number_text(value) end
  if value == nil then return "" end
  if type(value) ~= "string" then return nil, "is a " .. type(value) .. ", not text or a number" end
  return value
end

-- The text of a placeholder, or nil and what is wrong.
local function filled(placeholder, values, may_be_empty, own)
  if own then
    local text, problem = own(placeholder.name)
    if text or problem then return text, problem end
  end
  local value = value_of(values, placeholder.name)
  local text, problem = text_of(value)
  if not text then return nil, problem end
  if not core.text_blank(text) then return text end
  if placeholder.fallback then return placeholder.fallback end
  if value == nil then return nil, "is missing" end
  if may_be_empty then return text end
  return nil, "is empty; give a fallback, as in {name|there}, or empty = 'allow'"
end

-- A variable whose name is in doubled braces and in no placeholder: `{{name}}` was probably meant as a placeholder.
local function mistaken(parsed, values)
  local placeholders = {}
  for _, piece in ipairs(parsed) do
    if type(piece) == "table" then placeholders[piece.name] = true end
  end
  for _, name in ipairs(parsed.doubled) do
    if not placeholders[name] and value_of(values, name) ~= nil then
      name = shown(name)
      return ("variable '%s' is written {{%s}}, which is sent as '{%s}'; write {%s} for its value"):format(name, name, name, name)
    end
  end
end

-- Maximum placeholders listed in one message.
local MAX_PROBLEMS = 8

--- The text of each piece of a parsed template; a placeholder without a value is an error.
---@param parsed sms.template.Parsed
---@param values table            by name; items of a list by their number; `a.b` is also the field `b` of the table `a`
---@param may_be_empty? boolean   accept values that are empty or only white space
---@param own? fun(name: string): string?, string?  returns the text for a name that is not among the values, or nil and why
---@return string[]? pieces
---@return string? problem  every placeholder that can't be filled, by name
function template.fill(parsed, values, may_be_empty, own)
  local out, problems, seen = {}, {}, {}
  for i, piece in ipairs(parsed) do
    if type(piece) == "table" then
      local text, problem = filled(piece, values, may_be_empty, own)
      if problem and not seen[piece.name] then
        problems[#problems + 1], seen[piece.name] = ("variable '%s' %s"):format(shown(piece.name), problem), true
        if #problems == MAX_PROBLEMS then break end
      end
      piece = text or ""
    end
    out[i] = piece
  end
  if #problems == 0 then problems[1] = mistaken(parsed, values) end
  if problems[1] then return nil, table.concat(problems, "; ") end
  return out
end

return template
