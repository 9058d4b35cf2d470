-- SPDX-License-Identifier: MIT
-- Comma-separated values, in and out (RFC 4180, and the `;` of the providers' own files).

local csv = {}

-- The delimiter is whichever of `,` and `;` the first line has more of, outside quotes.
local function delimiter_of(text)
  local line = text:match("^[^\r\n]*"):gsub('"[^"]*"', "")
  local _, commas = line:gsub(",", "")
  local _, semicolons = line:gsub(";", "")
  return semicolons > commas and ";" or ","
end

-- A quoted cell that starts at `position`: its text and the position after its closing quote, or nil.
local function quoted(text, position)
  local from, pieces = position + 1, {}
  while true do
    local quote = text:find('"', from, true)
    if not quote then return nil end
    pieces[#pieces + 1] = text:sub(from, quote - 1)
    if text:sub(quote + 1, quote + 1) ~= '"' then return table.concat(pieces), quote + 1 end
    pieces[#pieces + 1] = '"'
    from = quote + 2
  end
end

local function cell_at(text, position, stops)
  if text:sub(position, position) == '"' then return quoted(text, position) end
  local stop = text:find(stops, position) or #text + 1
  return text:sub(position, stop - 1), stop
end

--- Rows of cells. Lines end in CRLF, LF or CR; blank lines are skipped; a byte order mark is dropped.
---@param text string
---@return string[][]|nil rows
---@return string|nil message  what is wrong, with the row
function csv.parse(text)
  text = text:gsub("^\239\187\191", "")
  local delimiter = delimiter_of(text)
  local stops = "[" .. delimiter .. "\r\n]"
  local rows, row, position = {}, {}, 1
  while position <= #text do
    local cell, after = cell_at(text, position, stops)
    if not cell then return nil, ("row %d: unterminated quote"):format(#rows + 1) end
    row[#row + 1] = cell
    local mark = text:sub(after, after)
    if mark == delimiter then
      position = after + 1
      if position > #text then row[#row + 1] = "" end
    elseif mark == "" or mark == "\n" or mark == "\r" then
      position = text:sub(after, after + 1) == "\r\n" and after + 2 or after + 1
      if #row > 1 or row[1] ~= "" then rows[#rows + 1] = row end
      row = {}
    else
      return nil, ("row %d: text after a closing quote"):format(#rows + 1)
    end
  end
  if #row > 0 then rows[#rows + 1] = row end
  return rows
end

--- Writes rows with every cell quoted and `;` as the delimiter.
---@param rows string[][]
---@return string
function csv.format(rows)
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for j, cell in ipairs(row) do cells[j] = '"' .. cell:gsub('"', '""') .. '"' end
    lines[i] = table.concat(cells, ";") .. "\n"
  end
  return table.concat(lines)
end

return csv
