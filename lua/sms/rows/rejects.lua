-- SPDX-License-Identifier: MIT
-- The file of rejected rows, as they were read, each with its reason; CSV or JSON lines.

local csv = require "sms.rows.csv"
local failure = require "sms.error"
local json = require "sms.json"

local rejects = {}
rejects.__index = rejects

local function fail(message)
  error(failure.new { kind = "invalid", outcome = "not_sent", field = "rejected", message = message }, 0)
end

local function write(self, text)
  local ok, message = self.handle:write(text)
  if not ok then fail(message) end
end

--- Opens the file and truncates it. This and the other functions raise an error value if it can't be written.
---@param path string
---@param columns string[]
---@param delimiter string?  none: JSON lines
---@return table
function rejects.open(path, columns, delimiter)
  local handle, message = io.open(path, "wb")
  if not handle then fail(message) end
  local self = setmetatable({ handle = handle, width = #columns, delimiter = delimiter }, rejects)
  if delimiter then
    local names = table.move(columns, 1, #columns, 1, {})
    names[#names + 1] = "reason"
    write(self, csv.record(names, delimiter))
  end
  return self
end

--- Writes a row.
---@param row table
function rejects:add(row)
  if not self.delimiter then
    local text = row.cells[1]
    if not utf8.len(text) then text = text:gsub("[\x80-\xFF]", "?") end
    return write(self, assert(json.encode { line = row.line, text = text, reason = row.error.message }) .. "\n")
  end
  local cells = {}
  for i = 1, math.max(self.width, #row.cells) do cells[i] = row.cells[i] or "" end
  cells[#cells + 1] = row.error.message
  write(self, csv.record(cells, self.delimiter))
end

--- Closes the file. A full disk may be reported only now.
function rejects:close()
  local ok, message = self.handle:close()
  if not ok then fail(message) end
end

return rejects
