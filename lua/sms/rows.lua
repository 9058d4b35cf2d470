-- SPDX-License-Identifier: MIT
-- `sms.rows`: recipients from a file of comma-separated values or JSON lines, one at a time, each with a verdict. Memory is
-- bounded by the longest row, whatever the size of the file.

local check = require "sms.check"
local csv = require "sms.rows.csv"
local failure = require "sms.error"
local json = require "sms.json"
local checks = require "sms.check"
local number = require "sms.number"
local source = require "sms.rows.source"

local rows = {}

--- Headers of a column of numbers, in any case and with any punctuation.
rows.NUMBER_COLUMNS = {
  "to", "number", "phone", "phonenumber", "mobile", "mobilenumber", "mobilephone", "cell", "cellphone", "cellnumber", "msisdn", "recipient",
  "recipientnumber", "contactnumber", "telephone", "tel", "gsm", "handy", "whatsapp",
}

--- Maximum bytes of one line of JSON.
rows.MAX_LINE = csv.MOST

local OPTIONS = {
  columns = "table", delimiter = "string", encoding = "string", format = "string", header = "boolean", key = "string", number = "string",
  region = "string", rejected = "string",
}
local VALUES = { format = { "csv", "jsonl" }, delimiter = { ",", ";", "\t" }, encoding = source.ENCODINGS }

local function is_known_header(cell)
  local plain = cell:lower():gsub("[%s%p]", "")
  for _, name in ipairs(rows.NUMBER_COLUMNS) do
    if plain == name then return true end
  end
  return false
end

local function place_of(list, wanted)
  for i, item in ipairs(list) do
    if item == wanted then return i end
  end
end

---------------------------------------------------------------- verdicts

-- An unusable row: `reason` is a code for counting, `error` a message.
local function rejected(row, reason, words)
  row.ok, row.reason = false, reason
  row.error = failure.new { kind = "invalid", outcome = "not_sent", field = "to", message = ("row %d: %s"):format(row.index, words) }
  return row
end

local function is_blank(text)
  return text == nil or type(text) == "string" and not text:find("%S")
end

-- The number of a row in E.164, or why it has none.
local function judge(self, row, given)
  if is_blank(given) then return rejected(row, "no_number", ("column '%s' is empty"):format(self.number)) end
  if type(given) ~= "string" then
    return rejected(row, "invalid", ("'%s' is a %s; phone numbers are strings"):format(self.number, type(given)))
  end
  local to, reason = number.e164(given, self.region)
  if not to then return rejected(row, "invalid", reason) end
  row.ok, row.to = true, to
  return row
end

-- Spreadsheets write large numbers like 4.36641E+11: digits are lost, and no reading brings them back.
local function looks_rounded(text)
  return type(text) == "string" and text:find("^%s*%d[.,]%d+[eE]%+%d+%s*$") ~= nil
end

---------------------------------------------------------------- readers of the two formats

local Csv = {}

-- What the first record is: names of columns, or a first recipient.
local function has_header(self, cells)
  if self.options.header ~= nil then return self.options.header end
  if self.options.columns then return false end
  for _, cell in ipairs(cells) do
    if is_known_header(cell) or cell == self.options.number then return true end
  end
  for _, cell in ipairs(cells) do
    if number.e164(cell, self.region) then return false end
  end
  return true
end

-- The column of the numbers; nil and a sentence where that is unclear.
local function number_column(self, columns, first)
  local wanted = self.options.number
  if wanted then
    local at = place_of(columns, wanted)
    if at then return at end
    return nil, ("there is no column '%s'%s; there are %s"):format(
      checks.shown(wanted), checks.guess(wanted, columns), table.concat(columns, ", "))
  end
  local found
  for i, name in ipairs(columns) do
    if is_known_header(name) then
      if found then
        local words = "columns '%s' and '%s' may both hold the numbers; say which by the option 'number'"
        return nil, words:format(columns[found], name)
      end
      found = i
    end
  end
  if found then return found end
  for i, cell in ipairs(first or {}) do
    if number.e164(cell, self.region) then return i end
  end
  return nil, ("no column is named like a number (%s); say which by the option 'number'"):format(table.concat(columns, ", "))
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

local function trimmed(cells)
  local out = {}
  for i, cell in ipairs(cells) do out[i] = cell:match("^%s*(.-)%s*$") end
  return out
end

-- Reads as far as the first record that counts, and learns the columns from it.
function Csv.start(self, text)
  self.delimiter = self.options.delimiter or csv.delimiter(text)
  self.reader = csv.reader(self.read, text, self.delimiter)
  local cells, line, problem = self.reader:next()
  if problem then return nil, ("line %d: %s"):format(line, problem) end
  if not cells then return nil, "the file is empty" end
  local header = has_header(self, cells)
  self.columns = self.options.columns or header and trimmed(cells) or numbered_columns(#cells)
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

function Csv.next(self, row)
  local cells, line, problem = self.pending, self.pending_line, nil
  self.pending = nil
  if not cells then cells, line, problem = self.reader:next() end
  if problem then
    row.line, row.cells = line, {}
    return rejected(row, "malformed", ("line %d: %s"):format(line, problem))
  end
  if not cells then return nil end
  row.line, row.cells = line, cells
  if #cells > #self.columns then
    local words = "line %d has %d cells, there are %d columns; is a quote missing around a cell with '%s'?"
    return rejected(row, "malformed", words:format(line, #cells, #self.columns, self.delimiter))
  elseif not utf8.len(table.concat(cells)) then
    return rejected(row, "malformed", ("line %d is not UTF-8"):format(line))
  end
  row.vars = vars_of(self.columns, cells, self.at)
  local given = cells[self.at]
  if looks_rounded(given) then
    return rejected(row, "invalid", ("'%s' is a number that a spreadsheet has rounded; its digits are lost"):format(given))
  end
  return judge(self, row, given)
end

local Jsonl = {}

function Jsonl.start(self, text)
  self.text, self.at_line = text, 0
  if not text:find("%S") then return nil, "the file is empty" end
  self.columns, self.number = {}, self.options.number
  return true
end

-- The next line that is not blank, without its end.
local function next_line(self)
  while true do
    local stop = self.text:find("\n", 1, true)
    while not stop and #self.text <= rows.MAX_LINE do
      local piece = self.read()
      if not piece then break end
      local from = #self.text + 1
      self.text = self.text .. piece
      stop = self.text:find("\n", from, true)
    end
    local line = self.text:sub(1, stop and stop - 1 or nil)
    if line == "" and not stop then return nil end
    self.text, self.at_line = stop and self.text:sub(stop + 1) or "", self.at_line + 1
    if line:find("%S") then return line end
  end
end

-- The key of the number in an object: the requested one, otherwise one that is named like a number.
local function number_key(self, object)
  if self.number then return self.number end
  local found
  for name in pairs(object) do
    if type(name) == "string" and is_known_header(name) then
      if found then return nil end
      found = name
    end
  end
  return found
end

function Jsonl.next(self, row)
  local line = next_line(self)
  if not line then return nil end
  row.line, row.cells = self.at_line, { line }
  local object, problem = json.decode(line)
  if type(object) ~= "table" or object[1] ~= nil then
    return rejected(row, "malformed", ("line %d: %s"):format(self.at_line, problem or "an object is expected"))
  end
  local key = number_key(self, object)
  if not key then return rejected(row, "no_number", ("line %d has no field that is named like a number"):format(self.at_line)) end
  row.vars = {}
  for name, value in pairs(object) do
    if name ~= key then row.vars[name] = value end
  end
  local number_given = object[key]
  self.number = self.number or key
  return judge(self, row, number_given)
end

---------------------------------------------------------------- the iterator

local Rows = { __name = "sms.rows" }
Rows.__index = Rows

function Rows:__tostring()
  return ("sms.rows: %d read, %d rejected"):format(self.counts.read, self.counts.rejected)
end

-- Writes a rejected row unchanged, with its reason, to the file of rejected rows.
local function keep(self, row)
  if not self.rejects then
    local handle, message = io.open(self.options.rejected, "wb")
    if not handle then return error(failure.new { kind = "invalid", outcome = "not_sent", field = "rejected", message = message }, 0) end
    self.rejects = handle
    if self.format == "csv" then
      local names = table.move(self.columns, 1, #self.columns, 1, {})
      names[#names + 1] = "reason"
      handle:write(csv.record(names, self.delimiter))
    end
  end
  local words = row.error.message
  if self.delimiter then
    local cells = {}
    for i = 1, math.max(#self.columns, #row.cells) do cells[i] = row.cells[i] or "" end
    cells[#cells + 1] = words
    assert(self.rejects:write(csv.record(cells, self.delimiter)))
  else
    assert(self.rejects:write(assert(json.encode { line = row.line, text = row.cells[1], reason = words }), "\n"))
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
  if row.ok and self.options.key then
    local key = row.vars[self.options.key]
    if is_blank(key) then
      rejected(row, "no_key", ("column '%s' is empty"):format(self.options.key))
    else
      row.key = tostring(key)
    end
  end
  if not row.ok then
    self.counts.rejected = self.counts.rejected + 1
    self.counts.reasons[row.reason] = (self.counts.reasons[row.reason] or 0) + 1
    if self.options.rejected then keep(self, row) end
  end
  return row
end

--- Closes the files. May be called twice.
function Rows:close()
  self.closed = true
  if self.own and self.handle then self.handle:close() end
  if self.rejects then self.rejects:close() end
  self.handle, self.rejects = nil, nil
end
Rows.__close, Rows.__gc = Rows.close, Rows.close

---------------------------------------------------------------- opening

local function problems_of(file, options)
  local problems = {}
  if type(file) ~= "string" and io.type(file) ~= "file" then
    problems[1] = "a path or an open file is expected, got a " .. (io.type(file) or type(file))
  end
  if options ~= nil and type(options) ~= "table" then problems[#problems + 1] = "options must be a table, got a " .. type(options) end
  local names = checks.names(OPTIONS)
  for name, value in pairs(type(options) == "table" and options or {}) do
    if not OPTIONS[name] then
      problems[#problems + 1] = checks.unknown("option", name, names)
    elseif type(value) ~= OPTIONS[name] then
      check.refuse(problems, ("option '%s'"):format(name), "a " .. OPTIONS[name], value)
    elseif VALUES[name] and not place_of(VALUES[name], value) then
      problems[#problems + 1] = ("option '%s' must be one of %s"):format(name, table.concat(VALUES[name], ", "):gsub("\t", "a tab"))
    end
  end
  return problems
end

local function fault(field, words)
  return nil, failure.new { kind = "invalid", outcome = "not_sent", field = field, message = words }
end

local function format_of(path, text)
  if type(path) == "string" and path:find("%.jsonl$") or type(path) == "string" and path:find("%.ndjson$") then return "jsonl" end
  return text:find("^%s*{") and "jsonl" or "csv"
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
  self.read, self.encoding = source.open(handle, options.encoding)
  local first = self.read() or ""
  self.format = options.format or format_of(file, first)
  local format = self.format == "csv" and Csv or Jsonl
  self.next = format.next
  local ok, words = format.start(self, first)
  if ok and options.key and self.format == "csv" and not place_of(self.columns, options.key) then
    ok, words = nil, ("there is no column '%s'%s"):format(checks.shown(options.key), checks.guess(options.key, self.columns))
  end
  if ok then return self end
  self:close()
  return fault("file", ("%s: %s"):format(type(file) == "string" and file or "file", words))
end

return rows
