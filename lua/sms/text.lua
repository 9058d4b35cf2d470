-- SPDX-License-Identifier: MIT
-- What a text costs and how to make it cheaper: `sms.text`. Counting is in C and exact by 3GPP TS 23.038 and TS 23.040; this
-- file gives it names. Texts are UTF-8; invalid UTF-8 returns nil, a message and the offset of the first invalid byte.

local core = require "sms.core"

local text = {}

--- Options of `count`, `analyse` and `split`; an unknown one raises, naming the nearest.
---@class sms.text.Options
---@field reference 8|16?    bits of the concatenation reference (TS 23.040 §9.2.3.24.1 or .8); 8
---@field graphemes boolean? keep grapheme clusters (UAX #29) whole; a cluster larger than a segment is cut at a code point
---@field language string?   use this language's shift tables (TS 23.038 annex A) where they save a segment; "any" tries all
---@field locking string?    use this locking shift table, whatever it costs
---@field single string?     use this single shift table, whatever it costs

--- The cost of a text, without a table.
---@type fun(s: string, options?: sms.text.Options): "gsm7"|"ucs2"|nil, integer|string, integer
--- → encoding, units (septets, or UTF-16 code units), segments | nil, message, offset
text.count = core.text_count

---@class sms.text.Analysis
---@field encoding "gsm7"|"ucs2"
---@field units integer      septets, an extension character is two; or UTF-16 code units
---@field segments integer   an empty text has one
---@field remaining integer  units that are free in the last segment
---@field text string        what was analysed
---@field parts string[]     the segments' texts; they rejoin to the text
---@field forcing sms.text.Forcing[]  the characters that force UCS-2
---@field notes sms.text.Note[]       control characters, line ends, spaces that GSM-7 lacks, invisible characters
---@field torn integer[]     with `graphemes`, cuts inside a cluster that is larger than a segment: places of the bytes behind them
---@field locking string?    the locking shift table in use, when it isn't the default
---@field single string?     the single shift table in use, when it isn't the default
---@field graphemes true?    as asked for
---@field reference 16?      as asked for
---@field plain { encoding: string, units: integer, segments: integer }?  what the text costs without graphemes and tables
---@field too_long true?     more segments than a header can number (255)

---@class sms.text.Forcing
---@field offset integer     place of the character in the text, in bytes from 1 on
---@field code_point integer
---@field name string        Unicode's name, `GRINNING FACE`; `U+E000` where there is none
---@field swap string?       the cheapest GSM-7 text that reads alike; may be empty
---@field kind "look"|"letter"|"join"?  of the swap: looks the same; loses an accent; invisible, but may hold an emoji together
---@field from integer?      first byte that the swap replaces: a letter and its combining mark go together
---@field to integer?        last byte that the swap replaces

--- What a text costs, where it is cut and why. Everything but encoding, units and segments is computed when first read;
--- `pairs` shows them as well.
---@type fun(s: string, options?: sms.text.Options): sms.text.Analysis?, string?, integer?
text.analyse = core.text_analyse

--- The segments of a text: they rejoin to it (`table.concat`), and neither an escape pair nor a surrogate pair is torn. The list has
--- the field `torn` of an analysis where that is not empty.
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
  parts.torn = nil -- a field of the analysis itself
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

--- Replaces characters that force UCS-2 by GSM-7 text that reads alike, only where that saves a segment. Links, mail addresses and
--- numbers stay as they are.
---@param s string
---@param options? sms.text.OptimiseOptions
---@return string? text       the same text when nothing is saved
---@return sms.text.Change[]|string changes  or the message
---@return integer saved      segments; or the offset of the invalid byte
function text.optimise(s, options)
  local out, changes, saved = require "sms.text.optimise"(s, options)
  return out, changes, saved
end

--- What a list of texts costs, the worst rows first.
---@param rows (string|table)[]|fun(): string|table|nil  texts, or rows with a field for the text
---@param options? sms.text.CostOptions
---@return sms.text.Cost
function text.cost(rows, options)
  local out = require "sms.text.cost".cost(rows, options)
  return out
end

--- The longest text that a template makes of rows, and the rows that need more segments than most.
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
