-- SPDX-License-Identifier: MIT
-- Puts checked arguments where the fact says: path, query, JSON, form or parts.

local core = require "sms.core"
local json = require "sms.json"
local scalar = require "sms.scalar"
local url = require "sms.url"

local build = {}

local FORM = "application/x-www-form-urlencoded"

local function plain(value)
  local kind = math.type(value)
  if kind == "integer" then return ("%d"):format(value) end
  if kind == "float" then return (core.text(value):gsub("%.0$", "")) end
  return tostring(value)
end

local function segment(piece, value, problems)
  local text = plain(value)
  if text == "" or text == "." or text == ".." then
    scalar.fault(problems, ("argument '%s'"):format(piece.name), ("can't be '%s': it would change the path"):format(text))
  end
  return (piece.tail and "/" or "") .. url.escape(text)
end

-- A path without holes is itself. Else the path, and where it holds a secret argument (one that a client's option may give) the path
-- as it may be shown.
local function path_of(op, wired, problems)
  if not op.places.path then return op.pieces[1] end
  local out, shown, secret = {}, {}, false
  for _, piece in ipairs(op.pieces) do
    local text = piece
    if type(piece) == "table" then
      text = wired[piece.name] ~= nil and segment(piece, wired[piece.name], problems) or ""
    end
    local hidden = type(piece) == "table" and piece.param.from_client ~= nil
    out[#out + 1], shown[#shown + 1], secret = text, hidden and "***" or text, secret or hidden
  end
  return table.concat(out), secret and table.concat(shown) or nil
end

-- Calls `visit(wire_name, value, param)` for each argument of one place, in the documented order.
local function each_wire(op, place, wired, renamed, visit)
  local params = op.places[place] or {}
  for i = 1, #params do
    local param = params[i]
    local value = wired[param.name]
    if value ~= nil then
      local names = renamed and renamed[param.name] or param.wire
      if type(names) ~= "table" then names = { names } end
      for _, name in ipairs(names) do visit(name, value, param) end
    end
  end
end

-- Appends the pairs of one place; a list becomes the same name again and again.
local function add_pairs(op, place, wired, renamed, list)
  if not op.places[place] then return list end
  each_wire(op, place, wired, renamed, function(name, value)
    for _, item in ipairs(type(value) == "table" and value or { value }) do list[#list + 1] = { name, plain(item) } end
  end)
  return list
end

-- Latin-1 (ISO 8859-1) where a provider speaks it: what it can't carry is named.
local function to_charset(op, list, problems)
  if op.facts.charset ~= "latin1" then return list end
  for _, pair in ipairs(list) do
    local bytes, where = url.latin1(pair[2])
    if not bytes then
      scalar.fault(problems, ("argument '%s'"):format(pair[1]), ("holds a character at byte %d that Latin-1 can't carry"):format(where))
    end
    pair[2] = bytes or ""
  end
  return list
end

local function json_of(op, wired, renamed, problems)
  local body = wired
  if renamed or not op.bare then
    body = {}
    each_wire(op, "body", wired, renamed, function(name, value) body[name] = value end)
  end
  local text, message, fault = json.encode(body)
  if text then return text end
  local name, words = message:match("^([^:]*): (.*)$")
  if fault then return scalar.fault(problems, ("argument '%s'"):format(name), words) end
  problems[#problems + 1] = "argument " .. message
end

-- A file argument → a part; nothing where its path can't be opened.
local function file_part(name, file, where, problems)
  if not file.path then
    return { name = name, data = file.data, chunks = file.chunks, size = file.size, filename = file.name, type = file.type }
  end
  local readable, message = core.read_file(file.path, 0)
  if not readable then return scalar.fault(problems, where .. ":", message) end
  return { name = name, path = file.path, filename = file.name or file.path:match("^.*/(.+)$") or file.path, type = file.type }
end

local function add_file(parts, name, file, where, problems)
  local part = file_part(name, file, where, problems)
  parts[#parts + 1] = part
  parts.fed = parts.fed or part and part.chunks ~= nil
end

-- Several files of one argument are parts name1, name2, …: equal names would lose files.
local function add_files(parts, name, value, where, problems)
  if not value[1] then return add_file(parts, name, value, where, problems) end
  for i, file in ipairs(value) do add_file(parts, name .. i, file, scalar.inside(where, ("[%d]"):format(i)), problems) end
end

local function parts_of(op, wired, renamed, problems)
  local parts = {}
  each_wire(op, "multipart", wired, renamed, function(name, value, param)
    if param.file then
      add_files(parts, name, value, param.where, problems)
    else
      parts[#parts + 1] = { name = name, data = plain(value) }
    end
  end)
  return parts
end

local function query_of(op, list)
  local query = url.encode_pairs(list)
  if op.query == "" then return query end
  return query == "" and op.query or op.query .. "&" .. query
end

--- Checked arguments → a request for the transport.
---@param op table           the compiled operation
---@param wired table        wire values by argument name
---@param options table?     per-call options
---@param problems string[]  what is wrong is appended
---@return table request `{ method, path, query, body?, content_type?, parts?, once, options }`
function build.request(op, wired, options, problems)
  local renamed, facts = options and options.wire, op.facts
  local path, shown = path_of(op, wired, problems)
  local request = {
    method = op.places.verb and wired.method or op.method, once = true, options = options, path = path, shown = shown, query = op.query,
  }
  local list = add_pairs(op, "query", wired, renamed, {})
  if facts.body then
    request.body = json_of(op, wired, renamed, problems)
  elseif facts.form and request.method == "GET" then
    add_pairs(op, "form", wired, renamed, list)
  elseif facts.form then
    request.body = url.encode_pairs(to_charset(op, add_pairs(op, "form", wired, renamed, {}), problems))
    request.content_type = FORM
  elseif facts.multipart then
    request.parts = parts_of(op, wired, renamed, problems)
  end
  if #list > 0 then request.query = query_of(op, to_charset(op, list, problems)) end
  return request
end

return build
