-- SPDX-License-Identifier: MIT
-- Reads recipients from JSON lines, one object per line. Memory is bounded by the longest line.

local check = require "sms.check"
local csv = require "sms.rows.csv"
local json = require "sms.json"
local verdict = require "sms.rows.verdict"

local jsonl = {}

--- Maximum bytes of one line.
jsonl.MAX_LINE = csv.MOST

--- Starts reading with the first piece of the text.
function jsonl.start(self, text)
  self.text, self.at_line = text, 0
  if not text:find("%S") then return nil, "the file is empty" end
  if text:find("^%s*%[") then return nil, "the file is a JSON array; in JSON lines, each line is one object, without separators" end
  self.columns, self.number = {}, self.options.number
  return true
end

-- The next line that is not blank, without its line end; only the beginning of one that is too long.
local function next_line(self)
  while true do
    local stop = self.text:find("\n", 1, true)
    local line = not stop and #self.text > jsonl.MAX_LINE and self.text or nil
    while not stop do
      local piece = self.read()
      if not piece then break end
      local from = line and 1 or #self.text + 1
      self.text = line and piece or self.text .. piece
      stop = self.text:find("\n", from, true)
      if not stop and not line and #self.text > jsonl.MAX_LINE then line = self.text end
    end
    line = line or self.text:sub(1, stop and stop - 1 or nil)
    if line == "" and not stop then return nil end
    self.text, self.at_line = stop and self.text:sub(stop + 1) or "", self.at_line + 1
    if line:find("%S") then return line end
  end
end

-- The object of a line, or nil and what is wrong with it.
local function object_of(line)
  if #line > jsonl.MAX_LINE then return nil, ("is longer than %d bytes"):format(jsonl.MAX_LINE) end
  if not utf8.len(line) then return nil, "is not UTF-8" end
  local object, problem = json.decode(line)
  if type(object) == "table" and object[1] == nil then return object end
  return nil, "is not a JSON object: " .. (problem or line:sub(1, 20))
end

-- The key of the phone number in an object: the requested one, else one with a recognised name. Otherwise nil and what is wrong.
local function number_key(self, object)
  if self.number then return self.number end
  local found
  for _, name in ipairs(check.names(object)) do
    if verdict.is_known_header(name) then
      if found then
        return nil, ("fields '%s' and '%s' may both contain the number; choose one with option 'number'"):format(found, name)
      end
      found = name
    end
  end
  return found, "no field name is that of a phone number"
end

--- Fills a row with the next line. Nil at the end.
function jsonl.next(self, row)
  local line = next_line(self)
  if not line then return nil end
  row.line, row.cells = self.at_line, { line }
  local object, problem = object_of(line)
  if not object then return verdict.rejected(row, "malformed", ("line %d %s"):format(self.at_line, problem)) end
  local key, words = number_key(self, object)
  if not key then return verdict.rejected(row, "no_number", ("line %d: %s"):format(self.at_line, words)) end
  row.vars = {}
  for name, value in pairs(object) do
    if name ~= key then row.vars[name] = value end
  end
  self.number = self.number or key
  return verdict.judge(self, row, object[key])
end

return jsonl
