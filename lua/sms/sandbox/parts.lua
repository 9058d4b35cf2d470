-- SPDX-License-Identifier: MIT
-- How the sandbox splits a text into message parts (3GPP TS 23.038 §6.2.1, TS 23.040 §9.2.3.24.1). Written independently of the
-- C core on purpose, so that each verifies the other.

local parts = {}

local BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
  .. "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
local EXTENSION = "\f^{}\\[~]|€"

-- Septets a character costs in GSM-7; nil: GSM-7 has no such character.
local SEPTETS = {}
for _, code in utf8.codes(BASIC) do SEPTETS[code] = 1 end
for _, code in utf8.codes(EXTENSION) do SEPTETS[code] = 2 end

local LIMITS = { gsm7 = { single = 160, part = 153 }, ucs2 = { single = 70, part = 67 } }

-- Code points of the text; bytes that are not UTF-8 count as one character each.
local function characters(text)
  local out = {}
  if utf8.len(text) then
    for _, code in utf8.codes(text) do out[#out + 1] = code end
  else
    for i = 1, #text do out[i] = text:byte(i) end
  end
  return out
end

local function ucs2_units(code)
  return code > 0xFFFF and 2 or 1
end

local function measure(codes)
  local units = 0
  for _, code in ipairs(codes) do
    local cost = SEPTETS[code]
    if not cost then
      units = 0
      for _, any in ipairs(codes) do units = units + ucs2_units(any) end
      return "ucs2", units
    end
    units = units + cost
  end
  return "gsm7", units
end

--- Splits a text as a phone network would. Escape pairs and surrogate pairs are not split.
---@param text string
---@return { encoding: "gsm7"|"ucs2", units: integer, parts: string[] }  `parts` has at least one item
function parts.split(text)
  local codes = characters(text)
  local encoding, units = measure(codes)
  local limit = LIMITS[encoding]
  if units <= limit.single then return { encoding = encoding, units = units, parts = { text } } end
  local out, piece, used = {}, {}, 0
  for _, code in ipairs(codes) do
    local cost = encoding == "gsm7" and SEPTETS[code] or ucs2_units(code)
    if used + cost > limit.part then
      out[#out + 1], piece, used = table.concat(piece), {}, 0
    end
    piece[#piece + 1], used = utf8.char(code), used + cost
  end
  out[#out + 1] = table.concat(piece)
  return { encoding = encoding, units = units, parts = out }
end

return parts
