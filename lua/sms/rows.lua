-- SPDX-License-Identifier: MIT
-- `sms.rows`: reads recipients from a CSV or JSON lines file, one at a time, and checks each. Memory is
-- bounded by the longest row, whatever the size of the file.

local check = require "sms.check"
local core = require "sms.core"
local csv = require "sms.rows.csv"
local failure = require "sms.error"
local jsonl = require "sms.rows.jsonl"
local number = require "sms.number"
local rejects = require "sms.rows.rejects"
local source = require "sms.rows.source"
local verdict = require "sms.rows.verdict"

local rows = {}

--- Headers recognised as a column of phone numbers, in any case and with any punctuation.
rows.NUMBER_COLUMNS = verdict.NUMBER_COLUMNS

--- Maximum bytes of one line of JSON.
rows.MAX_LINE = jsonl.MAX_LINE

local OPTIONS = {
  columns = "table", delimiter = "string", encoding = "string", format = "string", header = "boolean", key = "string", number = "string",
  region = "string", rejected = "string",
}
local VALUES = { format = { "csv", "jsonl" }, delimiter = { ",", ";", "\t" }, encoding = source.ENCODINGS }

local function place_of(list, wanted)
  for i, item in ipairs(list) do
    if item == wanted then return i end
  end
end

-- Spreadsheets write large numbers like 4.36641E+11, which loses digits for good.
local function looks_rounded(text)
  return type(text) == "string" and text:find("^%s*%d[.,]%d+[eE]%+%d+%s*$") ~= nil
end

---------------------------------------------------------------- comma-separated values

local Csv = {}

-- Whether the first record is a header or a recipient.
local function has_header(self, cells)
  if self.options.header ~= nil then return self.options.header end
  if self.options.columns then return false end
  for _, cell in ipairs(cells) do
    if verdict.is_known_header(cell) or cell == self.options.number then return true end
  end
  for _, cell in ipairs(cells) do
    if number.e164(cell, self.region) then return false end
  end
  return true
end

-- The column of the numbers; nil and a message if it is ambiguous.
local function number_column(self, columns, first)
  local wanted = self.options.number
  if wanted then
    local at = place_of(columns, wanted)
    if at then return at end
    return nil, ("there is no column '%s'%s; the columns are %s"):format(
      check.shown(wanted), check.guess(wanted, columns), table.concat(columns, ", "))
  end
  local found
  for i, name in ipairs(columns) do
    if verdict.is_known_header(name) then
      if found then
        local words = "columns '%s' and '%s' may both contain the numbers; choose one with option 'number'"
        return nil, words:format(columns[found], name)
      end
      found = i
    end
  end
  if found then return found end
  for i, cell in ipairs(first or {}) do
    if number.e164(cell, self.region) then return i end
  end
  return nil, ("no column name is that of a phone number (%s); choose a column with option 'number'"):format(table.concat(columns, ", "))
end

local function twice(columns)
  local seen = {}
  for _, name in ipairs(columns) do
    if name ~= "" and seen[name] then return name end
    seen[name] = true
  end
end

local function numbered_columns(count)
  local out = {}
  for i = 1, count do out[i] = "column" .. i end
  return out
end

-- Normalised names of columns: some programs write a second byte order mark before them, and no-break spaces within them.
local function names_in(cells)
  local out = {}
  for i, cell in ipairs(cells) do out[i] = cell:gsub("\u{FEFF}", ""):gsub("\u{A0}", " "):match("^%s*(.-)%s*$") end
  return out
end

-- Reads the first record and determines the columns from it.
function Csv.start(self, text)
  self.delimiter = self.options.delimiter or csv.delimiter(text)
  self.reader = csv.reader(self.read, text, self.delimiter)
  local cells, line, problem = self.reader:next()
  if problem then return nil, ("line %d: %s"):format(line, problem) end
  if not cells then return nil, "the file is empty" end
  local names = names_in(cells)
  local header = has_header(self, names)
  self.columns = self.options.columns or header and names or numbered_columns(#cells)
  local double = twice(self.columns)
  if double then return nil, ("two columns are named '%s'"):format(double) end
  local at, words = number_column(self, self.columns, not header and cells or nil)
  if not at then return nil, words end
  self.at, self.number = at, self.columns[at]
  self.pending, self.pending_line = not header and cells or nil, line
  return true
end

local function vars_of(columns, cells, at)
  local vars = {}
  for i, name in ipairs(columns) do
    if i ~= at and name ~= "" then vars[name] = cells[i] or "" end
  end
  return vars
end

-- Whether a row has cells beyond its columns. Blank ones don't count: spreadsheets write them for cells that were once in use.
local function has_more(cells, count)
  for i = count + 1, #cells do
    if not verdict.is_blank(cells[i]) then return true end
  end
end

function Csv.next(self, row)
  local cells, line, problem = self.pending, self.pending_line, nil
  self.pending = nil
  if not cells then cells, line, problem = self.reader:next() end
  if problem then
    row.line, row.cells = line, {}
    return verdict.rejected(row, "malformed", ("line %d: %s"):format(line, problem))
  end
  if not cells then return nil end
  row.line, row.cells = line, cells
  if has_more(cells, #self.columns) then
    local words = "line %d has %d cells, there are %d columns; is a quote missing around a cell with '%s'?"
    return verdict.rejected(row, "malformed", words:format(line, #cells, #self.columns, self.delimiter))
  elseif not utf8.len(table.concat(cells)) then
    return verdict.rejected(row, "malformed", ("line %d is not UTF-8"):format(line))
  end
  row.vars = vars_of(self.columns, cells, self.at)
  local given = cells[self.at]
  if looks_rounded(given) then
    return verdict.rejected(row, "invalid", ("'%s' is a number that a spreadsheet has rounded; its digits are lost"):format(given))
  end
  return verdict.judge(self, row, given)
end

---------------------------------------------------------------- the iterator

local Rows = { __name = "sms.rows" }
Rows.__index = Rows

function Rows:__tostring()
  return ("sms.rows: %d read, %d rejected"):format(self.counts.read, self.counts.rejected)
end

local IS_KEY = { string = true, number = true, boolean = true }

-- Sets the key. A column of numbers identifies rows by E.164, however they are written.
local function add_key(self, row)
  local name = self.options.key
  local key = row.vars[name]
  if name == self.number then key = row.to end
  if verdict.is_blank(key) then
    verdict.rejected(row, "no_key", ("column '%s' is empty"):format(name))
  elseif not IS_KEY[type(key)] then
    verdict.rejected(row, "no_key", ("'%s' is a %s; a key must be a string or a number"):format(name, type(key)))
  else
    row.key = tostring(key)
  end
end

--- The next row: `{ index, line, ok, to?, vars?, key?, reason?, error?, cells }`. Nil at the end.
---@return table? row
function Rows:__call()
  if self.closed then return nil end
  self.counts.read = self.counts.read + 1
  local row = self.next(self, { index = self.counts.read })
  if not row then
    self.counts.read = self.counts.read - 1
    self:close()
    return nil
  end
  if row.ok and self.options.key then add_key(self, row) end
  if not row.ok then
    self.counts.rejected = self.counts.rejected + 1
    self.counts.reasons[row.reason] = (self.counts.reasons[row.reason] or 0) + 1
    if self.rejects then self.rejects:add(row) end
  end
  return row
end

--- Closes the files; may be called twice.
function Rows:close()
  local handle, kept = self.own and self.handle, self.rejects
  self.closed, self.handle, self.rejects = true, nil, nil
  if handle then handle:close() end
  if kept then kept:close() end
end
Rows.__close, Rows.__gc = Rows.close, Rows.close

---------------------------------------------------------------- opening

-- Checks options that have the right types.
local function problems_within(file, options, problems)
  local columns, region = options.columns, options.region
  for i = 1, type(columns) == "table" and math.max(#columns, 1) or 0 do
    if type(columns[i]) ~= "string" then
      check.refuse(problems, ("option 'columns[%d]'"):format(i), "a string", columns[i])
      break
    end
  end
  local known, words = pcall(number.e164, "", type(region) == "string" and region or nil)
  if not known then problems[#problems + 1] = "option 'region': " .. words end
  local rejected = options.rejected
  if type(rejected) == "string" and type(file) == "string" and (rejected == file or core.same_file(rejected, file)) then
    problems[#problems + 1] = "option 'rejected' must not be the input file"
  end
end

local function problems_of(file, options)
  local problems = {}
  if type(file) ~= "string" and io.type(file) ~= "file" then
    problems[1] = "a path or an open file is expected, got a " .. (io.type(file) or type(file))
  end
  if options ~= nil and type(options) ~= "table" then problems[#problems + 1] = "options must be a table, got a " .. type(options) end
  local names = check.names(OPTIONS)
  for name, value in pairs(type(options) == "table" and options or {}) do
    if not OPTIONS[name] then
      problems[#problems + 1] = check.unknown("option", name, names)
    elseif type(value) ~= OPTIONS[name] then
      check.refuse(problems, ("option '%s'"):format(name), "a " .. OPTIONS[name], value)
    elseif VALUES[name] and not check.holds(VALUES[name], value) then
      problems[#problems + 1] = ("option '%s' must be one of %s"):format(name, table.concat(VALUES[name], ", "):gsub("\t", "a tab"))
    end
  end
  if type(options) == "table" then problems_within(file, options, problems) end
  return problems
end

local function fault(field, words)
  return nil, failure.new { kind = "invalid", outcome = "not_sent", field = field, message = words }
end

local function format_of(path, text)
  if type(path) == "string" and path:find("%.jsonl$") or type(path) == "string" and path:find("%.ndjson$") then return "jsonl" end
  return (text:find("^%s*{") or text:find("^%s*%[%s*[%]{]")) and "jsonl" or "csv"
end

-- Determines encoding, format and columns of the file. Returns false and what is wrong with it, or raises an error value.
local function start(self, file)
  local options = self.options
  self.read, self.encoding = source.open(self.handle, options.encoding)
  local first = self.read() or ""
  self.format = options.format or format_of(file, first)
  local format = self.format == "csv" and Csv or jsonl
  self.next = format.next
  local ok, words = format.start(self, first)
  if not ok then return false, words end
  if options.key and self.format == "csv" and not check.holds(self.columns, options.key) then
    return false, ("there is no column '%s'%s"):format(check.shown(options.key), check.guess(options.key, self.columns))
  end
  if options.rejected then self.rejects = rejects.open(options.rejected, self.columns, self.delimiter) end
  return true
end

--- Opens a list of recipients. The result is an iterator over its rows, with `encoding`, `format`, `delimiter`, `columns`, `number` (the
--- column of the numbers) and `counts` (`read`, `rejected`, `reasons`). A row is `{ index, line, ok, to, vars, key? }`; one that can't be
--- used has `ok = false`, a `reason` (`no_number`, `invalid`, `malformed`, `no_key`) and an `error`.
---@param file string|file*  a path, or an open file, which stays open
---@param options? sms.RowsOptions
---@return sms.Rows? rows
---@return sms.Error? err  of kind `invalid`: a file that can't be read, is empty or has no column of numbers; `field` names the cause
function rows.open(file, options)
  local problems = problems_of(file, options)
  if problems[1] then error("sms.rows: " .. table.concat(problems, "; "), 2) end
  options = options or {}
  local handle, message = file, nil
  if type(file) == "string" then handle, message = io.open(file, "rb") end
  if not handle then return fault("file", message) end
  local self = setmetatable({
    handle = handle, own = type(file) == "string", options = options, region = options.region, closed = false,
    counts = { read = 0, rejected = 0, reasons = {} },
  }, Rows)
  local called, ok, words = pcall(start, self, file)
  if called and ok then return self end
  if called then ok = failure.new { kind = "invalid", outcome = "not_sent", field = "file", message = words } end
  self:close()
  if not failure.is(ok) then error(ok, 0) end
  if ok.field == "file" then return fault("file", ("%s: %s"):format(type(file) == "string" and file or "file", ok.message)) end
  return nil, ok
end

return rows
