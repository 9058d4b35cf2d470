-- SPDX-License-Identifier: MIT
-- CSV reader (RFC 4180; also `;` and tabs as delimiters, and any line ends). The file is read in pieces; memory is bounded
-- by the longest record.

local csv = {}

--- Maximum bytes of one record. A longer one is not a list of recipients, or has an unclosed quote.
csv.MOST = 1024 * 1024

local DELIMITERS = { ",", ";", "\t" }

--- The delimiter of a text: the most frequent one in its first line, outside quotes; a comma if there is none.
---@param text string  the beginning of the file
---@return string
function csv.delimiter(text)
  local line = text:gsub('"[^"]*"', ""):match("^[\r\n]*([^\r\n]*)")
  local best, most = ",", 0
  for _, delimiter in ipairs(DELIMITERS) do
    local _, count = line:gsub(delimiter, "")
    if count > most then best, most = delimiter, count end
  end
  return best
end

-- A reader keeps the unread text and the position of the next record in it.
local Reader = {}
Reader.__index = Reader

-- Reads more text, keeping the current record at its beginning. False at the end of the file.
function Reader:more()
  if self.ended then return false end
  local piece = self.read()
  if not piece then
    self.ended = true
    return false
  end
  self.text, self.at = self.text:sub(self.at) .. piece, 1
  return true
end

-- Skips a malformed record, to the end of its first line.
function Reader:skip_line()
  while true do
    local stop = self.text:find("[\r\n]", self.at)
    if stop then
      self.at = stop
      return
    end
    self.at = #self.text + 1
    if not self:more() then return end
  end
end

-- The cells of the record that begins at `at`, and where it ends. Nil and "more" if the text ends earlier; nil and a message if malformed.
local function scan(text, at, stops, delimiter, ended)
  local cells, count = {}, 0
  while true do
    local cell, after
    if text:byte(at) == 34 then
      local pieces, from = {}, at + 1
      repeat
        local quote = text:find('"', from, true)
        if not quote then return nil, ended and "unterminated quote" or "more" end
        if quote == #text and not ended then return nil, "more" end -- may be the first of a doubled quote
        pieces[#pieces + 1] = text:sub(from, quote - 1)
        from = quote + 2
      until text:byte(quote + 1) ~= 34
      cell, after = table.concat(pieces, '"'), from - 1
      if text:byte(after) == 32 then after = text:find("[^ ]", after) or #text + 1 end
    else
      after = text:find(stops, at)
      if not after then
        if not ended then return nil, "more" end
        after = #text + 1
      end
      cell = text:sub(at, after - 1)
    end
    count = count + 1
    cells[count] = cell
    local mark = text:sub(after, after)
    if mark == "\r" and after == #text and not ended then return nil, "more" end
    if mark == "" and not ended then return nil, "more" end
    if mark == "" then return cells, after end
    if mark == "\n" then return cells, after + 1 end
    if mark == "\r" then return cells, text:sub(after + 1, after + 1) == "\n" and after + 2 or after + 1 end
    if mark ~= delimiter then return nil, "text after a closing quote" end
    at = after + 1
  end
end

local function lines_in(text)
  local _, feeds = text:gsub("\r\n?", "\n"):gsub("\n", "")
  return feeds
end

-- Skips and counts line ends between records. A CR at the end of the text may be the first half of a CRLF.
function Reader:skip_blank_lines()
  repeat
    local _, to = self.text:find("^[\r\n]*", self.at)
    if to == #self.text and self.text:byte(to) == 13 and not self.ended then to = to - 1 end
    self.line = self.line + lines_in(self.text:sub(self.at, to))
    self.at = to + 1
    local rest = self.text:sub(self.at, self.at)
  until rest ~= "" and rest ~= "\r" or not self:more() and self.at > #self.text
end

--- The next record that is not a blank line.
---@return string[]|nil cells  nil at the end, or for a record that can't be read
---@return integer? line        where it begins, from 1 on
---@return string? problem      of a record that can't be read; the next one begins on the next line
function Reader:next()
  self:skip_blank_lines()
  if self.at > #self.text and self.ended then return nil end
  local line = self.line
  while true do
    local cells, after = scan(self.text, self.at, self.stops, self.delimiter, self.ended)
    if cells then
      self.line = line + lines_in(self.text:sub(self.at, after - 1))
      self.at = after
      return cells, line
    end
    local problem = after
    if problem == "more" and #self.text - self.at >= csv.MOST then
      problem = ("a record is longer than %d bytes; is a closing quote missing?"):format(csv.MOST)
    end
    if problem ~= "more" then
      self:skip_line()
      return nil, line, problem
    end
    self:more()
  end
end

--- Creates a reader of records.
---@param read fun(): string?  pieces of text; nil at the end
---@param text string          text already read from it
---@param delimiter string     one byte
---@return table reader
function csv.reader(read, text, delimiter)
  return setmetatable({
    read = read, text = text, at = 1, line = 1, ended = false, delimiter = delimiter, stops = "[" .. delimiter .. "\r\n]",
  }, Reader)
end

--- Formats one record with its line end, quoting cells as needed (RFC 4180 §2).
---@param cells string[]
---@param delimiter string
---@return string
function csv.record(cells, delimiter)
  local out = {}
  for i, cell in ipairs(cells) do
    out[i] = cell:find("[\"\r\n" .. delimiter .. "]") and '"' .. cell:gsub('"', '""') .. '"' or cell
  end
  return table.concat(out, delimiter) .. "\r\n"
end

return csv
