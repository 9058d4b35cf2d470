-- SPDX-License-Identifier: MIT
-- What a cassette hides: the last seven digits of phone numbers, the library's own references, keys that a login returns, and, on request,
-- texts. Each is replaced by the same invented value wherever it occurs; a later request is matched with the replaced values, and its own
-- values are restored in its response.

local json = require "sms.json"
local masking = require "sms.masking"
local url = require "sms.url"

local disguise = {}
disguise.__index = disguise

local TAIL = 7 -- digits of a number that are replaced: in North America those of the subscriber, elsewhere most of them
local REFERENCE = "()sms%-(" .. ("%x"):rep(16) .. ")()"
local TEXT = "masked%-text%-%d+"

---------------------------------------------------------------- finding numbers

-- A run of digits and separators, with its last seven digits replaced by `change`.
local function change_tail(run, change)
  local digits = run:gsub("%D", "")
  local fresh, at = change(digits:sub(-TAIL)), TAIL
  local out = run:reverse():gsub("%d", function()
    at = at - 1
    return at >= 0 and fresh:sub(at + 1, at + 1) or nil
  end)
  return out:reverse()
end

-- Iterates over the numbers in a text.
local function change_numbers(text, change)
  return masking.each_number(text, function(run)
    local long = false
    for group in run:gmatch("%d+") do long = long or #group >= TAIL end
    if not long then return change_tail(run, change) end
    return (run:gsub("%d+", function(group) return #group >= TAIL and change_tail(group, change) or nil end))
  end)
end

-- A text with its numbers and references replaced.
local function change_all(text, numbers, references)
  local out, at = {}, 1
  for first, digits, last in text:gmatch(REFERENCE) do
    out[#out + 1], out[#out + 2] = change_numbers(text:sub(at, first - 1), numbers), "sms-" .. references(digits)
    at = last
  end
  out[#out + 1] = change_numbers(text:sub(at), numbers)
  return table.concat(out)
end

---------------------------------------------------------------- pairs of real and invented values

local function new_pairs(make)
  return { made = {}, real = {}, count = 0, make = make }
end

-- The invented value for a real one.
local function made_of(both, real)
  if not both.made[real] then
    repeat
      both.count = both.count + 1
      local made = both.make(both.count, real)
      if both.real[made] == nil then both.made[real], both.real[made] = made, real end
    until both.made[real]
  end
  return both.made[real]
end

local function number(count)
  return ("555%04d"):format(99 + count)
end

local function reference(count)
  return ("%016x"):format(count)
end

-- An invented key of the same format.
local function key(count, real)
  local shape = real:gsub("%w", "0")
  return shape:sub(1, -1 - #tostring(count)) .. count
end

--- A new, empty disguise.
---@param hides_texts boolean?
---@return table
function disguise.new(hides_texts)
  local function text(count) return "masked-text-" .. count end
  return setmetatable({
    hides_texts = hides_texts, numbers = new_pairs(number), references = new_pairs(reference), keys = new_pairs(key),
    texts = new_pairs(text),
  }, disguise)
end

---------------------------------------------------------------- recording

local function replace(text, wanted, made)
  return (text:gsub(wanted:gsub("%W", "%%%0"), (made:gsub("%%", "%%%%"))))
end

-- A decoded value with the texts replaced.
local function rewritten(self, value, said)
  if type(value) == "string" then return said and value ~= "" and made_of(self.texts, value) or value end
  if type(value) ~= "table" then return value end
  local out = setmetatable({}, getmetatable(value))
  for name, item in pairs(value) do out[name] = rewritten(self, item, said or masking.is_said(name)) end
  return out
end

local function rewritten_pairs(self, text)
  local list = url.decode_pairs(text)
  for _, pair in ipairs(list) do pair[2] = rewritten(self, pair[2], masking.is_said(pair[1])) end
  return url.encode_pairs(list)
end

local function rewritten_body(self, body, content_type)
  if not body or body == "" then return body end
  if content_type == "application/x-www-form-urlencoded" then return rewritten_pairs(self, body) end
  local value, wrong = nil, true
  if body:find "^%s*[{%[]" then value, wrong = json.decode(body) end
  return not wrong and json.encode(rewritten(self, value)) or made_of(self.texts, body)
end

--- A request with its texts replaced, if texts are hidden: values under the name of a text, and bodies without names.
---@param data table
---@return table
function disguise:without_texts(data)
  if not self.hides_texts then return data end
  local out = setmetatable({}, { __index = data })
  out.query, out.body = rewritten_pairs(self, data.query), rewritten_body(self, data.body, data.headers["content-type"])
  out.parts = data.parts and {}
  for i, part in ipairs(data.parts or {}) do
    local bytes = rewritten(self, part.data, masking.is_said(part.name))
    out.parts[i] = { name = part.name, filename = part.filename, type = part.type, data = bytes }
  end
  return out
end

local LONG = 8 -- minimum bytes of a text that is searched for without a name, as in a response

local function hide_texts(self, text)
  local list = {}
  for real in pairs(self.texts.made) do list[#list + 1] = #real >= LONG and real or nil end
  table.sort(list, function(a, b) return #a > #b or #a == #b and a < b end) -- longest first, since one may contain another
  for _, real in ipairs(list) do
    for _, form in ipairs(masking.forms(real)) do text = replace(text, form, self.texts.made[real]) end
  end
  return text
end

--- A text as stored in the file.
---@param text string
---@return string
function disguise:hide(text)
  for real, made in pairs(self.keys.made) do text = replace(text, real, made) end
  if self.hides_texts then text = hide_texts(self, text) end
  return change_all(text, function(real) return made_of(self.numbers, real) end, function(real) return made_of(self.references, real) end)
end

--- Records the keys in the response to a login: its strings without spaces.
---@param value any  decoded
function disguise:meet_keys(value)
  if type(value) == "table" then
    for _, item in pairs(value) do self:meet_keys(item) end
  elseif type(value) == "string" and #value >= 8 and value:find "^%S+$" then
    made_of(self.keys, value)
  end
end

---------------------------------------------------------------- replaying

-- A text with marks instead of its invented values, and the list of these.
local function skeleton(text)
  local numbers, references = {}, {}
  local bones = change_all(text, function(digits)
    numbers[#numbers + 1] = digits
    return ("#"):rep(TAIL)
  end, function(digits)
    references[#references + 1] = digits
    return "#"
  end)
  return bones, numbers, references
end

-- Adds the pairs of two lists to `fresh`; false if they contradict each other or known pairs.
local function fits(both, made, real, fresh)
  if #made ~= #real then return false end
  for i, value in ipairs(made) do
    local known_real, known_made = both.real[value] or fresh.real[value], both.made[real[i]] or fresh.made[real[i]]
    if known_real and known_real ~= real[i] or known_made and known_made ~= value then return false end
    fresh.real[value], fresh.made[real[i]] = real[i], value
  end
  return true
end

local function keep(both, fresh)
  for made, real in pairs(fresh.real) do both.real[made], both.made[real] = real, made end
end

--- A request without its hidden texts, for comparison.
---@param text string
---@return string
function disguise:faceless(text)
  return self.hides_texts and text:gsub(TEXT, "masked-text") or text
end

--- Whether a request matches a recorded one except for replaced values; if so, keeps their pairs.
---@param recorded string
---@param asked string
---@param again? boolean  its references may be others than those that it was asked with before
---@return boolean
function disguise:matches(recorded, asked, again)
  local bones, numbers, references = skeleton(self:faceless(recorded))
  local other, real_numbers, real_references = skeleton(self:faceless(asked))
  if bones ~= other then return false end
  local a, b = { real = {}, made = {} }, { real = {}, made = {} }
  if not fits(self.numbers, numbers, real_numbers, a) then return false end
  if not fits(again and new_pairs() or self.references, references, real_references, b) then return false end
  keep(self.numbers, a)
  keep(self.references, b)
  return true
end

--- A text of the file with the requests' own values instead of invented ones.
---@param text string
---@return string
function disguise:reveal(text)
  return change_all(text, function(made) return self.numbers.real[made] or made end,
    function(made) return self.references.real[made] or made end)
end

--- Two parts, of a recorded and a current request, for messages: without values that do not matter.
---@param recorded string
---@param asked string
---@return string recorded
---@return string asked
function disguise:told(recorded, asked)
  local function plain(text) return (self:faceless(text):gsub("sms%-" .. ("%x"):rep(16), "sms-…")) end
  return plain(self:reveal(recorded)), plain(asked)
end

--- A query sorted by name.
---@param query string
---@return string
function disguise.sorted(query)
  local list = url.decode_pairs(query)
  table.sort(list, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2]
  end)
  return url.encode_pairs(list)
end

return disguise
