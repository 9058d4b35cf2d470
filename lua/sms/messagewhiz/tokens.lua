-- SPDX-License-Identifier: MIT
-- The tokens that MessageWhiz fills in the text of a broadcast (`{{link:12}}`; never in a fast single), and how a message's own
-- placeholders are converted to tokens, so that many messages share a broadcast with the same texts as if sent alone.
-- Source: "Message tokens", "Single request broadcasts".

local check = require "sms.check"

local tokens = {}

-- Tokens that the provider fills, those of the second list with an id. In a text they are written `{messagewhiz:link:12}`.
local NAMES = { "callback", "callback_link", "gender", "random_symbol", "shorten_url", "unsubscription_link" }
local WITH_ID = { link = true, link_list = true, word_spinner = true }

local is_name = {}
for _, name in ipairs(NAMES) do is_name[name] = true end

-- Tokens with values of the recipient: our own placeholders replace them, and are filled equally in every call.
local MARKERS = { first_name = true, last_name = true, url = true, custom = true }
local SPARE = { "custom1", "custom2", "custom3", "custom4" }

local function is_marker(name)
  return MARKERS[name] or name:find("^custom[1-4]$") ~= nil
end

local function is_token(name)
  return is_name[name] or WITH_ID[name:match("^([%l_]+):%d+$")] or false
end

--- The provider's token for a placeholder that names one.
---@param name string     what is between the braces
---@return string? token  in the provider's syntax; nil for other names
---@return string? problem
function tokens.token(name)
  local token = name:match("^messagewhiz:%s*(.*)$")
  if not token then return nil end
  if is_token(token) then return "{{" .. token .. "}}" end
  if is_marker(token) then return nil, ("comes with the recipient; write {%s} and give it in 'vars'"):format(token) end
  return nil, ("is not a token; valid tokens: %s, {messagewhiz:link:12}, and link_list and word_spinner likewise%s"):format(
    table.concat(NAMES, ", "), check.guess(token, NAMES, ";"))
end

--- Whether a message holds tokens of the provider, and so has to go through a broadcast.
---@param one table
---@return boolean
function tokens.used(one)
  return one.filled ~= nil and one.filled.tokens
end

-- Joins the pieces of a filled template, each replaced by `visit(text, placeholder?)`; literal pieces have no placeholder.
local function joined(filled, visit)
  local out = {}
  for i, piece in ipairs(filled.parsed) do out[i] = visit(filled.pieces[i], type(piece) == "table" and piece or nil) end
  return table.concat(out)
end

-- Whether a broadcast would leave the text of a message unchanged, except for the requested tokens.
local function is_literal(one)
  if not tokens.used(one) then return not one.text:find("{{", 1, true) end
  local words = joined(one.filled, function(text, placeholder) return placeholder and tokens.token(placeholder.name) and "" or text end)
  return not words:find("[{}]")
end

-- A recipient token for each placeholder, by its source; nil if a broadcast could change the text: too many names, literal braces, a
-- value that is empty or contains braces.
local function map_of(filled)
  local map, taken, spare = {}, {}, 0
  if filled.parsed.escaped then return nil end
  for i, piece in ipairs(filled.parsed) do
    if type(piece) == "table" and not tokens.token(piece.name) then
      local name = piece.name
      if filled.pieces[i] == "" or filled.pieces[i]:find("[{}]") then return nil end
      if not map[piece.source] and MARKERS[name] and not taken[name] then
        map[piece.source], taken[name] = name, true
      elseif not map[piece.source] then
        spare = spare + 1
        if not SPARE[spare] then return nil end
        map[piece.source] = SPARE[spare]
      end
    end
  end
  return map
end


--- The text of a broadcast for messages that differ only in their values; nil if a broadcast can't reproduce it.
---@param one table
---@return string?
function tokens.shared_body(one)
  if not one.filled then return is_literal(one) and one.text or nil end
  local map = map_of(one.filled)
  return map and joined(one.filled, function(text, placeholder)
    local token = placeholder and map[placeholder.source]
    return token and "{{" .. token .. "}}" or text
  end)
end

--- The values of a recipient in a shared broadcast, by token.
---@param one table
---@return table<string, string>
function tokens.values(one)
  local map, out = one.filled and map_of(one.filled) or {}, {}
  for i, piece in ipairs(one.filled and one.filled.parsed or {}) do
    local token = type(piece) == "table" and map[piece.source]
    if token then out[token] = one.filled.pieces[i] end
  end
  return out
end

--- Why a message can't be sent as a broadcast, or nil.
---@param one table
---@return string? problem
function tokens.problem(one)
  if tokens.used(one) and (one.max_segments or 0) > 0 then
    return "'max_segments' can't be enforced: only the provider knows the length of its tokens"
  end
  if is_literal(one) then return nil end
  return "'text' contains braces, which a broadcast ('at', a list in 'to', a token) would replace; write tokens as {messagewhiz:link:12}"
end

--- `{{gender}}` is literal braces here but a token in the provider's documents: it is refused, since it was probably meant as the latter.
---@param one table
---@return string? problem
function tokens.mistaken(one)
  if not one.filled then return nil end
  for _, name in ipairs(one.filled.parsed.doubled or {}) do
    local wanted = is_token(name) and "{messagewhiz:" .. name .. "} for the provider's token"
      or is_marker(name) and "{" .. name .. "} and give it in 'vars'"
    if wanted then return ("'text' would be sent with '{%s}'; write %s"):format(name, wanted) end
  end
end

return tokens
