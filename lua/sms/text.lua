-- SPDX-License-Identifier: MIT
-- Encoding and segments of texts: `sms.text`. Counting is in C, exact by 3GPP TS 23.038 and TS 23.040; this
-- file exports it. Texts are UTF-8; invalid UTF-8 returns nil, a message and the offset of the first invalid byte.

local core = require "sms.core"

local text = {}

--- Options of `count`, `analyse` and `split`; an unknown one raises an error.
---@class sms.text.Options
---@field reference 8|16?    bits of the concatenation reference (TS 23.040 §9.2.3.24.1 or .8); 8
---@field graphemes boolean? keep grapheme clusters (UAX #29) together; a cluster larger than a segment is split between code points
---@field language string?   use this language's shift tables (TS 23.038 annex A) if they save a segment; "any" tries all
---@field locking string?    always use this locking shift table
---@field single string?     always use this single shift table

--- Counts a text.
---@type fun(s: string, options?: sms.text.Options): "gsm7"|"ucs2"|nil, integer|string, integer
--- → encoding, units (septets, or UTF-16 code units), segments | nil, message, offset
text.count = core.text_count

---@class sms.text.Analysis
---@field encoding "gsm7"|"ucs2"
---@field units integer      septets (two for an extension character), or UTF-16 code units
---@field segments integer   an empty text has one
---@field remaining integer  free units in the last segment
---@field text string        the analysed text
---@field parts string[]     texts of the segments; concatenated, they are the text
---@field forcing sms.text.Forcing[]  the characters that force UCS-2
---@field notes sms.text.Note[]       control characters, line ends, spaces that GSM-7 lacks, invisible characters
---@field torn integer[]     with `graphemes`, splits within a cluster larger than a segment: byte offsets of the next segment
---@field locking string?    the locking shift table in use, if not the default
---@field single string?     the single shift table in use, if not the default
---@field graphemes true?    as in the options
---@field reference 16?      as in the options
---@field plain { encoding: string, units: integer, segments: integer }?  the count without `graphemes` and national tables
---@field too_long true?     more segments than a header can number (255)

---@class sms.text.Forcing
---@field offset integer     byte offset of the character in the text, from 1
---@field code_point integer
---@field name string        Unicode name, such as `GRINNING FACE`; `U+E000` if it has none
---@field swap string?       the cheapest similar GSM-7 text; may be empty
---@field kind "look"|"letter"|"join"?  of the swap: looks the same; loses an accent; removes an invisible character, perhaps of an emoji
---@field from integer?      first byte that the swap replaces: a letter and its combining mark go together
---@field to integer?        last byte that the swap replaces

--- Analyses the encoding and segments of a text. Everything but encoding, units and segments is computed when first read;
--- `pairs` shows them as well.
---@type fun(s: string, options?: sms.text.Options): sms.text.Analysis?, string?, integer?
text.analyse = core.text_analyse

--- Splits a text into its segments, never within an escape pair or surrogate pair; `table.concat` restores the text. The list has
--- the field `torn` of an analysis if that is not empty.
---@type fun(s: string, options?: sms.text.Options): string[]?, string?, integer?
text.split = core.text_split

--- The extended grapheme clusters of a text, what a reader perceives as characters (UAX #29, Unicode 15.0).
---@type fun(s: string): string[]?, string?, integer?
text.clusters = core.text_clusters

--- The languages that have shift tables, by National Language Identifier (TS 23.038 §6.2.1.2.4).
---@type { name: string, locking: boolean }[]
text.languages = core.text_languages()

-- Fields computed when first read. The options of an analysis are fields of it under the same names.
local lazy = {}

local COUNTING = { "reference", "graphemes", "locking", "single" }

local function counting_of(analysis)
  local out
  for _, name in ipairs(COUNTING) do
    local value = rawget(analysis, name)
    if value ~= nil then
      out = out or {}
      out[name] = value
    end
  end
  return out
end

function lazy.remaining(analysis)
  return (core.text_remaining(analysis.text, counting_of(analysis)))
end

function lazy.parts(analysis)
  local parts = core.text_split(analysis.text, counting_of(analysis))
  parts.torn = nil -- a field of the analysis
  return parts
end

function lazy.torn(analysis)
  return core.text_split(analysis.text, counting_of(analysis)).torn or {}
end

function lazy.forcing(analysis)
  local forcing = core.text_forcing(analysis.text, counting_of(analysis))
  if not forcing[1] then return forcing end
  local name_of = require "sms.text.names".of
  for _, item in ipairs(forcing) do item.name = name_of(item.code_point) end
  return forcing
end

function lazy.notes(analysis)
  return require "sms.text.notes"(analysis.text)
end

local Analysis = core.text_class
Analysis.__name = "sms.text.Analysis"

function Analysis:__index(key)
  local make = lazy[key]
  if not make then return nil end
  local value = make(self)
  rawset(self, key, value)
  return value
end

function Analysis:__pairs()
  for key in pairs(lazy) do local _ = self[key] end
  return next, self, nil
end

--- Replaces characters that force UCS-2 by similar GSM-7 text, only if that saves a segment. Links, e-mail addresses and
--- numbers are not changed.
---@param s string
---@param options? sms.text.OptimiseOptions
---@return string? text       the same text when nothing is saved
---@return sms.text.Change[]|string changes  or the message
---@return integer saved      segments; or the offset of the invalid byte
function text.optimise(s, options)
  local out, changes, saved = require "sms.text.optimise"(s, options)
  return out, changes, saved
end

--- The segments of a list of texts, with the longest texts first.
---@param rows (string|table)[]|fun(): string|table|nil  texts, or rows with a field for the text
---@param options? sms.text.CostOptions
---@return sms.text.Cost
function text.cost(rows, options)
  local out = require "sms.text.cost".cost(rows, options)
  return out
end

--- The longest rendering of a template for a list of rows, and the rows that need more segments than most.
---@param template string  with `{name}` placeholders
---@param rows table<string, any>[]|fun(): table<string, any>?  values of the placeholders, by name
---@param options? sms.text.WorstOptions
---@return sms.text.Worst? result
---@return string? message  what is wrong with the template
function text.worst(template, rows, options)
  local out, message = require "sms.text.cost".worst(template, rows, options)
  return out, message
end

return text
