-- SPDX-License-Identifier: MIT
-- The client's option `mask`: masks numbers and texts in events, log lines and errors. Results are not masked, and neither is what
-- the library itself works with: errors are masked when they are returned. Secrets are always masked by value elsewhere.
--
-- Numbers are found by their format, since a response may contain other ones than the call. Texts are found by value: those of the call's
-- arguments, unescaped and in the escapes of responses.

local core = require "sms.core"
local failure = require "sms.error"
local json = require "sms.json"
local check = require "sms.check"
local url = require "sms.url"

local masking = {}
masking.__index = masking

local MASK = "***"
local NAMES = { "mask.numbers", "mask.texts" }

---------------------------------------------------------------- numbers

local MIN_DIGITS = 7
local MAX_DIGITS = 17 -- E.164 has 15, after a prefix of two; a longer row without a break is an id

-- Whether four groups of digits are an IPv4 address.
local function is_address(run)
  local groups = { run:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  for _, group in ipairs(groups) do
    if #group > 3 or tonumber(group) > 255 or #group > 1 and group:sub(1, 1) == "0" then return false end
  end
  return #groups == 4
end

local function digits_in(run)
  return select(2, run:gsub("%d", ""))
end

local function hide_groups(run)
  return (run:gsub("%d+", function(group) return #group >= MIN_DIGITS and #group <= MAX_DIGITS and MASK or nil end))
end

local function hide_run(run)
  for group in run:gmatch("%d+") do
    if #group > MAX_DIGITS then return hide_groups(run) end
  end
  return MASK
end

--- A text with each group of 7 or more digits, with the usual separators, replaced by `change`; dates and IPv4 addresses are kept.
---@param text string
---@param change fun(run: string): string
---@return string
function masking.each_number(text, change)
  text = text:gsub("%+?%(?%+?%d[%d \t%-./()]*%d", function(run)
    local date, rest = run:match("^([12]%d%d%d%-[01]%d%-[0-3]%d)(.*)$")
    if date and not rest:find("^%d") then return date .. (digits_in(rest) >= MIN_DIGITS and change(rest) or rest) end
    return digits_in(run) >= MIN_DIGITS and not is_address(run) and change(run) or nil
  end)
  return text
end

--- A text without anything that looks like a phone number: 7 to 17 digits, with or without separators.
---@param text string
---@return string
function masking.numbers(text)
  return masking.each_number(text, hide_run)
end

---------------------------------------------------------------- texts

local RUN = 8 -- length in bytes of pieces of a text that are masked wherever they occur
local MAX_TEXT = 64 * 1024

-- Names of texts: their short values, and words with digits in them, are masked as well.
local SAID = { "text", "message", "content", "body", "caption", "note", "vars", "subject" }

--- Whether a field is a text, by its name.
---@param name any
---@return boolean
function masking.is_said(name)
  name = type(name) == "string" and core.lower(name) or ""
  for _, part in ipairs(SAID) do
    if name:find(part, 1, true) then return true end
  end
  return false
end

-- The texts of arguments: each string with letters, and any under a name of `SAID`; with whether it is under one.
local function collect(out, value, said, seen)
  if type(value) == "string" then
    if said or value:find "[%a\128-\255]" then out[value] = out[value] or said end
  elseif type(value) == "table" and not seen[value] then
    seen[value] = true
    for name, item in next, value do collect(out, item, said or masking.is_said(name), seen) end
  end
end

local HTML = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

-- JSON with non-ASCII characters escaped.
local function in_ascii(text)
  return (text:gsub(utf8.charpattern, function(character)
    local ok, code = pcall(utf8.codepoint, character)
    if not ok or code < 128 then return nil end
    if code < 0x10000 then return ("\\u%04x"):format(code) end
    code = code - 0x10000
    return ("\\u%04x\\u%04x"):format(0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))
  end))
end

--- The encodings in which a text may be returned.
---@param text string
---@return string[]
function masking.forms(text)
  local out = { text, (text:gsub("[&<>\"']", HTML)), url.escape(text), (url.escape(text):gsub("%%20", "+")) }
  local quoted = json.encode(text)
  if quoted then
    quoted = quoted:sub(2, -2)
    out[#out + 1], out[#out + 2] = quoted, in_ascii(quoted)
    out[#out + 1] = (out[#out]:gsub("\\?/", "\\/"))
  end
  return out
end

-- What to search for: runs of `RUN` bytes, and whole words.
local function needles_of(texts)
  local runs, words = {}, {}
  for whole, said in pairs(texts) do
    local text = whole:sub(1, MAX_TEXT)
    for _, form in ipairs(#text >= RUN and masking.forms(text) or {}) do
      form = core.lower(form)
      for at = 1, #form - RUN + 1 do runs[form:sub(at, at + RUN - 1)] = true end
    end
    if said then
      if #text < RUN then words[core.lower(text)] = true end
      for word in text:gmatch("%w+") do
        if #word >= 4 and word:find("%d") then words[core.lower(word)] = true end
      end
    end
  end
  words[""] = nil
  return { runs = runs, words = words }
end

-- The spans of a text that belong to a run of `runs`: first and last byte.
local function covered(text, runs)
  local out, from, to = {}, nil, 0
  for at = 1, #text - RUN + 1 do
    if runs[text:sub(at, at + RUN - 1)] then
      if not from or at > to + 1 then
        from = at
        out[#out + 1] = { from, 0 }
      end
      to = at + RUN - 1
      out[#out][2] = to
    end
  end
  return out
end

local function hide_runs(text, runs)
  if next(runs) == nil then return text end
  local out, at = {}, 1
  for _, part in ipairs(covered(core.lower(text), runs)) do
    out[#out + 1], out[#out + 2] = text:sub(at, part[1] - 1), MASK
    at = part[2] + 1
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

local function hide_words(text, words)
  if next(words) == nil then return text end
  local function hidden(word) return words[core.lower(word)] and MASK or nil end
  text = text:gsub("[%w\128-\255]+", hidden)
  for word in pairs(words) do -- words with other characters than letters and digits
    if word:find("[^%w\128-\255]") then
      local pattern = "%f[%w\128-\255]" .. word:gsub("%p", "%%%0") .. "%f[^%w\128-\255]"
      text = text:gsub(word:find("^[%w\128-\255]") and word:find("[%w\128-\255]$") and pattern or word:gsub("%p", "%%%0"), MASK)
    end
  end
  return text
end

---------------------------------------------------------------- events and errors

--- A mask for a client's option `mask`; nil if nothing is to be masked.
---@param settings? { numbers?: boolean, texts?: boolean }
---@return table? veil
function masking.new(settings)
  if not settings or not (settings.numbers or settings.texts) then return nil end
  local hidden = setmetatable({}, { __mode = "k" })
  return setmetatable({ hides_numbers = settings.numbers, hides_texts = settings.texts, hidden = hidden }, masking)
end

--- Checks the option.
---@param settings table
---@param problems string[]
function masking.check(settings, problems)
  for name, value in pairs(settings) do
    if name ~= "numbers" and name ~= "texts" then
      problems[#problems + 1] = check.unknown("option", type(name) == "string" and "mask." .. name or name, NAMES)
    elseif type(value) ~= "boolean" then
      problems[#problems + 1] = ("option 'mask.%s' must be true or false, got a %s"):format(name, type(value))
    end
  end
end

-- The masker for the texts of these arguments and for numbers; created when first needed.
local function hider(self, arguments)
  local needles
  return function(text)
    if type(text) ~= "string" then return text end
    if self.hides_texts then
      if not needles then
        local texts = {}
        collect(texts, arguments, false, {})
        needles = needles_of(texts)
      end
      text = hide_words(hide_runs(text, needles.runs), needles.words)
    end
    return self.hides_numbers and masking.numbers(text) or text
  end
end

local function copied(t)
  local out = {}
  for name, value in next, t do out[name] = value end
  return setmetatable(out, getmetatable(t))
end

local function copied_error(err)
  local out = copied(err)
  out.headers = out.headers and copied(out.headers)
  return out
end

local FIELDS = { "message", "body", "name", "evidence" }

local function hide_error(err, hide)
  for _, field in ipairs(FIELDS) do err[field] = hide(err[field]) end
  if err.code ~= nil then err.code = failure.code(err.code, hide) end
  for name, value in pairs(err.headers or {}) do err.headers[name] = hide(value) end
  return err
end

--- Masks an error value or the message of a mistake, and returns anything else unchanged. An error value is masked once.
---@param err any
---@param arguments any  of the call
---@return any err        the same error value
function masking:error(err, arguments)
  if type(err) == "string" then return hider(self, arguments)(err) end
  if not failure.is(err) or self.hidden[err] then return err end
  self.hidden[err] = true
  return hide_error(err, hider(self, arguments))
end

--- The same for a copy, if the original error is still needed.
---@param err any
---@param arguments any
---@return any err
function masking:shown(err, arguments)
  return self:error(failure.is(err) and copied_error(err) or err, arguments)
end

local function finish(self, arguments, first, second, third)
  if first ~= nil then return first, second, third end
  return nil, self:error(second, arguments), self:error(third, arguments)
end

--- Wraps `fn(state, …)` so that its errors are masked, if the client's options say so.
---@param state table
---@param fn function
---@param at? integer  which argument after the state has texts; default: none
---@return function
function masking.veiled(state, fn, at)
  local veil = state.veil
  if not veil then return fn end
  return function(first, ...)
    local arguments = at and (select(at, ...)) or nil
    return finish(veil, arguments, fn(first, ...))
  end
end

--- The contents of a request, by wire name.
---@param request table
---@return table
function masking.wired(request)
  local out, body = { url.decode_table(request.query or "") }, request.body
  local value, wrong = nil, true
  if body and (body:find "^%s*[{%[]") then value, wrong = json.decode(body) end
  if body and wrong then value = body:find("^[^%s<]*=") and url.decode_table(body) or { text = body } end
  out[2] = value
  for _, part in ipairs(request.parts or {}) do out[#out + 1] = { [part.name] = part.data } end
  return out
end

--- A masked copy of an event of a call.
---@param event sms.CallEvent
---@param request table  of the call
---@return sms.CallEvent
function masking:event(event, request)
  local hide, out = hider(self, masking.wired(request)), copied(event)
  out.path = hide(out.path)
  out.error = out.error and hide_error(copied_error(out.error), hide)
  return out
end

return masking
