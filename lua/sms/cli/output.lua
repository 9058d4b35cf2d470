-- SPDX-License-Identifier: MIT
-- Output of a command: data on standard output, messages on standard error; and exits.

local terminal = require "sms.text.terminal"

local output = {}

---------------------------------------------------------------- exits

local Stop = { __name = "sms.cli.stop" }
Stop.__index = Stop
Stop.__tostring = function(self) return self.message or "" end

--- Exits the command: `sms.cli` prints the message as one line and exits with the status.
---@param status integer
---@param message? string
function output.stop(status, message)
  error(setmetatable({ status = status, message = message }, Stop), 0)
end

--- Whether a raised value comes from `output.stop`.
---@param value any
---@return boolean
function output.is_stop(value)
  return getmetatable(value) == Stop
end

--- The message of a failed library call, without the position that a raised mistake carries.
---@param problem any
---@return string
function output.words(problem)
  return (tostring(problem):gsub("^%S-%.lua:%d+: ", ""))
end

---------------------------------------------------------------- lines

local function columns(descriptor)
  return require("sms.core").terminal(descriptor)
end

--- Whether a stream is a terminal.
---@param descriptor integer  0 standard input, 1 standard output, 2 standard error
---@return boolean
function output.is_terminal(descriptor)
  return columns(descriptor) ~= nil
end

--- Prints a message on standard error, always as one line.
---@param ... string
function output.complain(...)
  io.stderr:write("sms: ", terminal.line(table.concat { ... }), "\n")
end

--- Exits because a part of the installation is missing: prints what to install, and Lua's own message on a second line.
---@param message string  first line: what to install; second line: the cause
function output.missing(message)
  local first, cause = message:match "^([^\n]*)\n([^\n]*)"
  if first then output.complain(first) end
  output.stop(1, cause or message)
end

--- Prints a line on standard output unchanged; exits if it can't be written.
---@param line string
function output.write(line)
  local ok, message = io.stdout:write(line, "\n")
  if ok then ok, message = io.stdout:flush() end
  if not ok then output.stop(1, "standard output: " .. message) end
end

--- Prints a line that may contain foreign text: control characters are escaped.
---@param line string
function output.say(line)
  output.write(terminal.line(line))
end

local COLOURS = {
  accepted = 32, delivered = 32, ok = 32, sent = 32, not_sent = 31, fail = 31, undelivered = 31, rejected = 31, expired = 31,
  unknown = 33, held = 33, warn = 33,
}

local coloured

-- Colour on a terminal, unless it is disabled.
local function has_colour()
  if coloured == nil then
    local none, force = os.getenv "NO_COLOR", os.getenv "CLICOLOR_FORCE"
    if none and none ~= "" then coloured = false
    elseif force and force ~= "" and force ~= "0" then coloured = true
    else coloured = os.getenv "TERM" ~= "dumb" and output.is_terminal(1) end
  end
  return coloured
end

-- Width of a cell on a terminal, in columns.
local function width_of(text)
  return utf8.len(text) or #text
end

--- Prints rows of cells: padded on a terminal, separated by tabs elsewhere. An outcome in the first cell is coloured.
---@param rows string[][]
function output.rows(rows)
  local widths, padded = {}, output.is_terminal(1)
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do
      row[i] = terminal.line(tostring(cell))
      widths[i] = math.max(widths[i] or 0, width_of(row[i]))
    end
  end
  for _, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do
      local shown = i == 1 and COLOURS[cell] and has_colour() and ("\27[%dm%s\27[0m"):format(COLOURS[cell], cell) or cell
      cells[i] = shown .. (padded and i < #row and (" "):rep(widths[i] - width_of(cell)) or "")
    end
    output.write(table.concat(cells, padded and "  " or "\t"))
  end
end

---------------------------------------------------------------- JSON

local function is_list(value)
  return value[1] ~= nil or getmetatable(value) == getmetatable(require("sms.json").array {})
end

local function encode(value, place_of, depth)
  local json = require "sms.json"
  if type(value) ~= "table" then
    local kind = type(value)
    if kind == "string" and not utf8.len(value) then return (json.encode((terminal.text(value)))) end
    if kind == "string" or kind == "number" or kind == "boolean" then return json.encode(value) or json.encode(tostring(value)) end
    return value == json.null and "null" or json.encode(tostring(value))
  end
  if depth > 100 then return '"(too deep)"' end
  local out, names = {}, {}
  if is_list(value) then
    for i, item in ipairs(value) do out[i] = encode(item, place_of, depth + 1) end
    return "[" .. table.concat(out, ",") .. "]"
  end
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names, function(a, b)
    local left, right = place_of[a] or math.huge, place_of[b] or math.huge
    return left < right or left == right and tostring(a) < tostring(b)
  end)
  for i, name in ipairs(names) do out[i] = json.encode(tostring(name)) .. ":" .. encode(value[name], place_of, depth + 1) end
  return "{" .. table.concat(out, ",") .. "}"
end

-- Order of the fields of a receipt and of an error.
local ORDER = {
  "n", "provider", "to", "number", "outcome", "status", "final", "id", "reference", "segments", "text", "from", "kind", "operation", "code",
  "name", "message",
}

--- Encodes a value as one line of JSON; the fields of objects are in the given order, then by name.
---@param value any
---@param order? string[]
---@return string
function output.json(value, order)
  local place_of = {}
  for i, name in ipairs(order or ORDER) do place_of[name] = i end
  return terminal.json(encode(value, place_of, 1))
end

--- Prints a value as one line of JSON.
---@param value any
---@param order? string[]
function output.print_json(value, order)
  output.write(output.json(value, order))
end

---------------------------------------------------------------- questions

--- Asks on the terminal; anything but yes means no. Without a terminal, exits with 2 and names the option that answers the question.
---@param question string
---@param option string
---@return boolean
function output.ask(question, option)
  if not (output.is_terminal(0) and output.is_terminal(2)) then
    output.stop(2, question .. " There is no terminal for the question: give " .. option)
  end
  io.stderr:write("sms: ", terminal.line(question), " [y/N] ")
  local response = io.stdin:read "l" or ""
  return response:find "^%s*[Yy]" ~= nil
end

--- "1 segment", "2 segments".
---@param n integer
---@param word string
---@return string
function output.plural(n, word)
  return ("%d %s%s"):format(n, word, n == 1 and "" or "s")
end

return output
