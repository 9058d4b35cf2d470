-- SPDX-License-Identifier: MIT
-- Phone numbers in a list with their data; imported from arrays and files, exported as CSV.

local core = require "sms.core"
local json = require "sms.json"
local csv = require "sms.sandbox.csv"
local fields = require "sms.sandbox.messagewhiz.fields"
local fail = fields.fail

local members = {}
members.__index = members

-- Markers of a mapping and the longest value of each, in characters.
local LIMITS = {
  first_name = 50, last_name = 50, email = 255, url = 255,
  custom = 5000, custom1 = 5000, custom2 = 5000, custom3 = 5000, custom4 = 5000, gender = 5000,
}

--- An empty list.
---@param columns? string[]  markers, in the order of the file they came in
function members.new(columns)
  return setmetatable({ columns = columns or { "phone_number" }, rows = {}, by_phone = {} }, members)
end

--- Adds one recipient: "inserted", "duplicate" or "wrong".
---@param row table  `phone_number` as received, and other markers
function members:add(row)
  local phone = fields.phone(row.phone_number)
  if not phone then return "wrong" end
  if self.by_phone[phone] then return "duplicate" end
  row.phone_number = phone
  self.by_phone[phone] = row
  self.rows[#self.rows + 1] = row
  return "inserted"
end

--- Adds many; returns the count of each kind and their total.
---@return { inserted: integer, wrong: integer, duplicate: integer, total: integer }
function members:add_all(rows)
  local counts = { inserted = 0, wrong = 0, duplicate = 0, total = #rows }
  for _, row in ipairs(rows) do
    local what = self:add(row)
    counts[what] = counts[what] + 1
  end
  return counts
end

--- Rows from an array of numbers, strings or integers alike.
function members.from_numbers(numbers)
  local rows = {}
  for i, number in ipairs(numbers) do rows[i] = { phone_number = number } end
  return rows
end

--- The multipart part `doc` as rows of cells. Only CSV is read here.
function members.read_doc(call)
  local doc = call.parts.doc
  if not doc then fail(400, "doc is required") end
  local excel = doc.data:find("^PK\3\4") or doc.data:find("^\208\207\17\224") or (doc.filename or ""):lower():find("%.xlsx?$")
  if excel then fail(400, "doc: the sandbox reads CSV only, not .xls or .xlsx") end
  if not utf8.len(doc.data) then fail(400, "doc is not in UTF-8") end
  local rows, message = csv.parse(doc.data)
  if not rows then fail(400, "doc: %s", message) end
  if #rows == 0 then fail(400, "doc is empty") end
  return rows
end

--- The multipart part `mapping`: JSON text, column number (from 0, as a string) -> marker.
---@param call table
---@param known table<string, any>  markers that may be mapped
---@param must string[]  markers that have to be
---@return table<integer, string> markers  by column, from 1
function members.read_mapping(call, known, must)
  local part = call.parts.mapping
  if not part then fail(400, "mapping is required") end
  local decoded = json.decode(part.data)
  if type(decoded) ~= "table" then fail(400, "mapping must be a JSON object") end
  local markers, columns = {}, {}
  for key, marker in pairs(decoded) do
    local column = type(key) == "string" and key:find("^%d+$") and math.tointeger(tonumber(key))
    if not column then fail(400, 'mapping must be an object whose keys are column numbers: {"0":"phone_number"}') end
    if not known[marker] then fail(400, "mapping: '%s' is not a marker", tostring(marker)) end
    if columns[marker] then fail(400, "mapping: %s is given twice", marker) end
    markers[column + 1], columns[marker] = marker, column + 1
  end
  for _, marker in ipairs(must) do
    if not columns[marker] then fail(400, "mapping: %s is required", marker) end
  end
  return markers
end

-- A first row that repeats the marker of a column is a header: neither inserted nor wrong.
local function is_header(row, markers)
  for column, marker in pairs(markers) do
    if core.trim(core.lower(row[column] or "")) == marker then return true end
  end
  return false
end

--- Cells named by their markers; the header row is left out, empty cells are absent.
function members.name_cells(rows, markers)
  local out = {}
  for i, row in ipairs(rows) do
    if i > 1 or not is_header(row, markers) then
      local named = {}
      for column, marker in pairs(markers) do
        if (row[column] or "") ~= "" then named[marker] = row[column] end
      end
      out[#out + 1] = named
    end
  end
  return out
end

local function cut(text, characters)
  local stop = utf8.offset(text, characters + 1)
  return stop and text:sub(1, stop - 1) or text
end

-- Values beyond their limit: cut when `truncate`, else an error.
local function apply_limits(rows, truncate)
  for i, row in ipairs(rows) do
    for marker, limit in pairs(LIMITS) do
      local value = row[marker]
      if value and #value > limit and (utf8.len(value) or #value) > limit then
        if not truncate then fail(400, "doc: %s of recipient %d is longer than %d characters", marker, i, limit) end
        row[marker] = utf8.len(value) and cut(value, limit) or value:sub(1, limit)
      end
    end
  end
end

local KNOWN = { phone_number = true }
for marker in pairs(LIMITS) do KNOWN[marker] = true end

--- A list from the parts `doc` and `mapping`, and the counts of the import. Query `truncate` cuts long values.
---@return table members, table counts
function members.import(call)
  local rows = members.read_doc(call)
  local markers = members.read_mapping(call, KNOWN, { "phone_number" })
  local named = members.name_cells(rows, markers)
  apply_limits(named, fields.flag(call.query, "truncate"))
  local places, columns = {}, {}
  for column in pairs(markers) do places[#places + 1] = column end
  table.sort(places)
  for i, column in ipairs(places) do columns[i] = markers[column] end
  local list = members.new(columns)
  return list, list:add_all(named)
end

--- The name given with a file; default: the file's name without its extension.
function members.import_name(call)
  local part = call.parts.name
  if part and not utf8.len(part.data) then fail(400, "name is not in UTF-8") end
  if part and part.data:find("%S") then return part.data end
  local stem = call.parts.doc and call.parts.doc.filename or ""
  stem = stem:match("^.*[/\\](.*)$") or stem
  stem = stem:gsub("%.%w+$", "")
  if stem == "" or not utf8.len(stem) then fail(400, "name is required") end
  return stem
end

--- The list as CSV: a row of markers, then a row for each number.
function members:download()
  local out = { self.columns }
  for i, row in ipairs(self.rows) do
    local cells = {}
    for j, marker in ipairs(self.columns) do cells[j] = row[marker] or "" end
    out[i + 1] = cells
  end
  return csv.format(out)
end

return members
