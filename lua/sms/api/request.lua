-- SPDX-License-Identifier: MIT
-- Builds requests: from checked arguments, placed as the fact says (path, query, JSON, form or parts), and from a description
-- of a request to any path of a provider.

local core = require "sms.core"
local json = require "sms.json"
local record = require "sms.api.options"
local checks = require "sms.check"
local Type = require "sms.api.types"
local url = require "sms.url"

local build = {}

local FORM = "application/x-www-form-urlencoded"

---------------------------------------------------------------- from checked arguments

local function wire_text(value)
  local kind = math.type(value)
  if not kind then return tostring(value) end
  if kind == "integer" then return ("%d"):format(value) end
  return (core.text(value):gsub("%.0$", ""))
end

local function segment(piece, value, problems)
  local text = wire_text(value)
  if text == "" or text == "." or text == ".." then
    checks.fault(problems, ("argument '%s'"):format(piece.name), ("can't be '%s': it would change the path"):format(text))
  end
  return (piece.tail and "/" or "") .. url.escape(text)
end

-- The path, with placeholders replaced; and if it contains a secret argument (one that a client's option may set), the path
-- with that masked.
local function path_of(op, wired, problems)
  if not op.places.path then return op.pieces[1] end
  local out, shown, pieces = {}, nil, op.pieces
  for i = 1, #pieces do
    local piece = pieces[i]
    if type(piece) == "string" then
      out[i] = piece
    else
      local value = wired[piece.name]
      out[i] = value ~= nil and segment(piece, value, problems) or ""
      if piece.param.from_client then
        shown = shown or {}
        shown[i] = "***"
      end
    end
  end
  for i = 1, shown and #out or 0 do shown[i] = shown[i] or out[i] end
  return table.concat(out), shown and table.concat(shown) or nil
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

-- Converts text to Latin-1 (ISO 8859-1), as some providers require; a character that it lacks is reported.
local function to_latin1(text, name, problems)
  local bytes, where = url.latin1(text)
  if bytes then return bytes end
  checks.fault(problems, ("argument '%s'"):format(name), ("holds a character at byte %d that Latin-1 can't represent"):format(where))
  return ""
end

-- Appends the arguments of one place as name=value; a list becomes one pair per item, with the same name.
local function add_pairs(op, place, wired, renamed, problems, out)
  local params, latin1 = op.places[place] or {}, op.facts.charset == "latin1"
  local function add(name, value)
    local text = wire_text(value)
    if latin1 then text = to_latin1(text, name, problems) end
    out[#out + 1] = url.escape(name) .. "=" .. url.escape(text)
  end
  for i = 1, #params do
    local param = params[i]
    local value = wired[param.name]
    local names = value ~= nil and (renamed and renamed[param.name] or param.wire)
    if type(names) == "string" then names = { names } end
    for at = 1, names and #names or 0 do
      if type(value) ~= "table" then
        add(names[at], value)
      else
        for _, item in ipairs(value) do add(names[at], item) end
      end
    end
  end
  return out
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
  if fault then return checks.fault(problems, ("argument '%s'"):format(name), words) end
  problems[#problems + 1] = "argument " .. message
end

-- A file argument → a part; nothing if the file can't be opened.
local function file_part(name, file, where, problems)
  if not file.path then
    return { name = name, data = file.data, chunks = file.chunks, size = file.size, filename = file.name, type = file.type }
  end
  local readable, message = core.read_file(file.path, 0)
  if not readable then return checks.fault(problems, where .. ":", message) end
  return { name = name, path = file.path, filename = file.name or file.path:match("^.*/(.+)$") or file.path, type = file.type }
end

local function add_file(parts, name, file, where, problems)
  local part = file_part(name, file, where, problems)
  parts[#parts + 1] = part
  parts.fed = parts.fed or part and part.chunks ~= nil
end

-- Several files of one argument are parts name1, name2, …, because files of equal names would be lost.
local function add_files(parts, name, value, where, problems)
  if not value[1] then return add_file(parts, name, value, where, problems) end
  for i, file in ipairs(value) do add_file(parts, name .. i, file, checks.inside(where, ("[%d]"):format(i)), problems) end
end

local function parts_of(op, wired, renamed, problems)
  local parts = {}
  each_wire(op, "multipart", wired, renamed, function(name, value, param)
    if param.file then
      add_files(parts, name, value, param.where, problems)
    else
      parts[#parts + 1] = { name = name, data = wire_text(value) }
    end
  end)
  return parts
end

local function query_of(op, list)
  local query = table.concat(list, "&")
  if op.query == "" then return query end
  return query == "" and op.query or op.query .. "&" .. query
end

--- Checked arguments → a request for the transport.
---@param op table           the compiled operation
---@param wired table        wire values by argument name
---@param options table?     per-call options
---@param problems string[]  problems are appended
---@return table request `{ method, path, query, body?, content_type?, parts?, options }`
function build.request(op, wired, options, problems)
  local renamed, facts, places = options and options.wire, op.facts, op.places
  local path, shown = path_of(op, wired, problems)
  local request = {
    method = places.verb and wired.method or op.method, options = options, path = path, shown = shown, query = op.query, body = nil,
    own = true, content_type = nil, endpoint = nil, target = nil, extra = nil, special = nil,
  }
  local form_in_query = facts.form and request.method == "GET"
  if facts.body then
    request.body = json_of(op, wired, renamed, problems)
  elseif facts.form and not form_in_query then
    request.body = table.concat(add_pairs(op, "form", wired, renamed, problems, {}), "&")
    request.content_type = FORM
  elseif facts.multipart then
    request.parts = parts_of(op, wired, renamed, problems)
  end
  if places.query or form_in_query then
    local list = add_pairs(op, "query", wired, renamed, problems, {})
    if form_in_query then add_pairs(op, "form", wired, renamed, problems, list) end
    if #list > 0 then request.query = query_of(op, list) end
  end
  return request
end

-- The wire names of one place for `core.place`; `ending` follows each.
local function pairs_list(op, place, ending)
  local out = {}
  for _, param in ipairs(op.places[place] or {}) do
    for _, name in ipairs(param.wire) do
      out[#out + 1] = param.name
      out[#out + 1] = ending == "" and name or url.escape(name) .. ending
    end
  end
  return out
end

-- The pieces of a path for `core.place`: text, name, text, …; nil where an argument is secret.
local function path_list(op)
  local out = {}
  for _, piece in ipairs(op.pieces) do
    if type(piece) == "string" then
      out[#out + 1] = piece
    elseif piece.param.from_client then
      return nil
    else
      if #out % 2 == 0 then out[#out + 1] = "" end
      out[#out + 1] = (piece.tail and "/" or "") .. piece.name
    end
  end
  return out
end

--- The places of arguments that are sent unchanged, for `core.place`. False if the request can't be built that way.
---@param op table
---@return table|false layout
function build.layout(op)
  local facts, path = op.facts, path_list(op)
  if not path or facts.multipart or facts.charset or facts.form and op.method == "GET" then return false end
  return {
    path, op.query ~= "" and op.query or false, op.places.query and pairs_list(op, "query", "=") or false,
    facts.form and pairs_list(op, "form", "=") or false, facts.body and pairs_list(op, "body", "") or false,
  }
end

--- The content type of an operation's requests; nil for JSON and parts.
---@param op table
---@return string?
function build.content_type(op)
  return op.facts.form and op.method ~= "GET" and FORM or nil
end

---------------------------------------------------------------- client:request

--- The fields of a request, with their types.
---@type table<string, string>
build.fields = {
  body = "string?", content_type = "sms.HeaderText?", form = "string|sms.Pairs?", headers = "sms.Headers?", json = "any?",
  method = "sms.Method?", multipart = "sms.Part[]?", path = "string", query = "string|sms.Pairs?",
}

local BODIES = { "body", "form", "json", "multipart" }

local check = record.checker(build.fields, Type.registry(require "sms.api.common_types"), "field", "a request")

-- Checks that there is one body at most, and one source per part.
local function check_bodies(spec, problems)
  local given = {}
  for _, name in ipairs(BODIES) do
    if spec[name] ~= nil then given[#given + 1] = "'" .. name .. "'" end
  end
  if #given > 1 then problems[#problems + 1] = "only one of " .. table.concat(given, ", ") .. " can be given" end
  for i, part in ipairs(spec.multipart or {}) do
    local sources = (part.data and 1 or 0) + (part.path and 1 or 0) + (part.chunks and 1 or 0)
    if sources ~= 1 then problems[#problems + 1] = ("field 'multipart[%d]' must have one of 'data', 'path' and 'chunks'"):format(i) end
    if part.size and not part.chunks then problems[#problems + 1] = ("field 'multipart[%d].size' is only for 'chunks'"):format(i) end
  end
  if spec.multipart and #spec.multipart == 0 then problems[#problems + 1] = "field 'multipart' is an empty list" end
end

local function text_query(value)
  if type(value) ~= "table" then return value or "" end
  local list = {}
  for name, item in pairs(value) do list[#list + 1] = { name, core.text(item) } end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return url.encode_pairs(list)
end

local function add_body(request, spec)
  if spec.json ~= nil then
    local text, problem = json.encode(spec.json)
    if not text then return nil, "field 'json': " .. problem end
    request.body, request.content_type = text, "application/json"
  elseif spec.form then
    request.body, request.content_type = text_query(spec.form), "application/x-www-form-urlencoded"
  else
    request.body, request.content_type, request.parts = spec.body, spec.content_type, spec.multipart
  end
  for _, part in ipairs(request.parts or {}) do request.parts.fed = request.parts.fed or part.chunks ~= nil end
  return request
end

--- Checks a description and builds the request.
---@param given table     see `build.fields`
---@param options table?  per-call options
---@return table? request
---@return string? problem
function build.raw(given, options)
  local problems = {}
  local spec = check(given, problems)
  if spec.path and spec.path:sub(1, 1) ~= "/" then problems[#problems + 1] = "field 'path' must begin with /" end
  check_bodies(spec, problems)
  if options ~= nil then options = record.check_call(options, problems) end
  if options and options.wire then problems[#problems + 1] = "option 'wire' is for operations: a request has no arguments to rename" end
  if #problems > 0 then return nil, table.concat(problems, "; ") end
  local method = core.upper(spec.method or "GET")
  local path, query = spec.path:match("^([^?]*)%??(.*)$")
  local more = text_query(spec.query)
  if query ~= "" and more ~= "" then more = "&" .. more end
  return add_body({
    method = method, path = url.escape_path(path), query = url.escape_query(query .. more),
    headers = spec.headers, own = true, repeatable = method == "GET" or method == "HEAD", options = options,
  }, spec)
end

return build
