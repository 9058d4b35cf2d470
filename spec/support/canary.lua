-- SPDX-License-Identifier: MIT
-- Values that must not turn up, and the search for them: in strings, in whatever a table leads to, raw and in every encoding.

local canary = {}

--- Part of every secret; whatever shows it has shown a secret. The rest has characters that JSON and URLs write otherwise.
canary.SECRET = "c4narysecret"
--- Part of every text, and the end of every phone number.
canary.TEXT, canary.PHONE = "c4narytext", "7700900987"

--- A secret of its own; no two are equal.
---@param name string
---@return string
function canary.secret(name)
  return ('%s-%s/"+ &é='):format(canary.SECRET, name)
end

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

--- Base64 (RFC 4648 §4), for what HTTP Basic makes of a secret.
---@param bytes string
---@return string
function canary.base64(bytes)
  local out = {}
  for at = 1, #bytes, 3 do
    local a, b, c = bytes:byte(at, at + 2)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    for i = 0, 3 do
      local digit = bits >> (18 - 6 * i) & 63
      out[#out + 1] = (i > 1 and not b or i > 2 and not c) and "=" or ALPHABET:sub(digit + 1, digit + 1)
    end
  end
  return table.concat(out)
end

local find, lower, type, tostring, next, pairs = string.find, string.lower, type, tostring, next, pairs

-- Visits all strings that a value leads to: keys, values, metatables' words, by `next` where `raw`, else by `pairs`.
local function visit(value, see, seen, place, raw)
  if type(value) == "string" then return see(value, place) end
  if type(value) ~= "table" and type(value) ~= "userdata" or seen[value] then return end
  seen[value] = true
  see(tostring(value), place .. ":tostring")
  if type(value) ~= "table" then return end
  local step, state, first = next, value, nil
  if not raw then step, state, first = pairs(value) end
  for key, item in step, state, first do
    visit(key, see, seen, place .. "(key)", raw)
    visit(item, see, seen, place .. "." .. tostring(key), raw)
  end
end

--- All places below a value where a word is shown, or one of several, as one text; empty: nowhere.
---@param value any
---@param words string|string[]
---@param raw? boolean  look behind `__pairs`, as a serialiser does that uses `next`
---@return string
function canary.places(value, words, raw)
  local found, wanted = {}, {}
  for i, word in ipairs(type(words) == "string" and { words } or words) do wanted[i] = lower(word) end
  visit(value, function(text, place)
    local small = lower(text)
    for i = 1, #wanted do
      local at = find(small, wanted[i], 1, true)
      if at then found[#found + 1] = ("%s: %s"):format(place, text:sub(math.max(1, at - 40), at + 60)) end
    end
  end, {}, "value", raw)
  return table.concat(found, "\n")
end

return canary
