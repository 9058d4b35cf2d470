-- SPDX-License-Identifier: MIT
-- For specs about hostile values: a pool that turns a raw peer in the same process, what a request that arrived looks like to
-- somebody who trusts nobody, and every place of every operation that takes a text.

local core = require "sms.core"
local json = require "sms.json"
local url = require "sms.url"

local hostile = {}

--- Values that must be refused or escaped, and never be read as anything but data.
---@type { [1]: string, [2]: string }[]
hostile.VALUES = {
  { "CR LF and a header", "1\r\nX-Smuggled: 1\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n" }, { "LF", "1\nX-Smuggled: 1" }, { "CR", "1\rX" },
  { "NUL", "1\0002" }, { "invalid UTF-8", "1\xff\xc0\xaf\xed\xa0\x80" }, { "up", "../../admin" }, { "dots", ".." },
  { "dot", "." },
  { "encoded up", "%2e%2e%2fadmin" }, { "slash", "1/2//3" }, { "encoded slash", "1%2f2%00%0d%0a" }, { "question", "1?admin=1&x=2" },
  { "fragment", "1#2" }, { "blanks", " 1 2\t" }, { "quotes", "\"\\'},{\"a\":1" }, { "emoji", "1😀\u{202e}é" }, { "empty", "" },
  { "much", ("x"):rep(1 << 16) },
  { "backslash", "..\\..\\1;a=b" }, { "brackets", "a[]={1}&b" }, { "at", "//user:pw@evil.example/" },
}

--- As long as the longest address; tried once for each provider and way to travel.
hostile.LONG = { "a megabyte", ("x"):rep(1 << 20) }

--- What stands in for a pool in the option `pool`: each wait also turns the peers. Both run in this process. Once a request has ended
--- the peers' connections are `spent`: who writes to a socket that nobody reads is ended by SIGPIPE.
---@param real table   sms.pool
---@param peers table[]  of spec/support/peer.lua
---@return table
function hostile.pool(real, peers)
  local function turn(seconds, transfer)
    real:step(seconds)
    for _, peer in ipairs(peers) do
      if transfer and transfer:done() then
        for connection in pairs(peer.open) do connection.spent = true end
      end
      peer:turn()
    end
  end
  return {
    start = function(_, ...) return real:start(...) end,
    step = function(_, seconds) turn(math.min(seconds, 0.001)) end,
    wait = function(_, transfer, seconds)
      local last = core.now() + seconds
      repeat turn(0.001, transfer) until transfer:done() or core.now() > last
      return transfer:done()
    end,
  }
end

---------------------------------------------------------------- what arrived

local function sorted(list)
  table.sort(list)
  return table.concat(list, " ")
end

--- Header names as they stand, one by one; a line that is no field is an error, and so is a request line that is none.
---@param head string
---@return string
function hostile.header_names(head)
  local out, lines = {}, {}
  for line in head:gmatch("(.-)\r\n") do lines[#lines + 1] = line end
  for i = 2, #lines - 1 do
    local name, value = lines[i]:match("^([%w-]+): ?([^\0-\8\10-\31\127]*)$")
    out[#out + 1] = assert(name and value and name:lower(), "a line that is no header: " .. lines[i])
  end
  assert(lines[1]:match("^%u+ /[!-~]* HTTP/1%.1$") and not lines[1]:find("#", 1, true), "the request line: " .. lines[1])
  return sorted(out)
end

local function pair_names(text, values)
  local out = {}
  for _, pair in ipairs(url.decode_pairs(text)) do
    out[#out + 1], values[pair[2]] = pair[1], true
  end
  return sorted(out)
end

-- Where the members of decoded JSON are; lists count their items.
local function member_places(value, place, out, values)
  if type(value) ~= "table" then
    out[#out + 1], values[value] = place, true
    return
  end
  out[#out + 1] = place .. "{}"
  for key, item in pairs(value) do member_places(item, place .. "." .. key, out, values) end
end

-- The pieces between boundaries (RFC 2046 section 5.1.1).
local function pieces(body, boundary)
  local out, mark = {}, "\r\n--" .. boundary
  local text, from = "\r\n" .. body, 1
  while true do
    local first, last = text:find(mark, from, true)
    if not first then break end
    if from > 1 then out[#out + 1] = text:sub(from, first - 1) end
    from = last + 1
  end
  assert(text:sub(from) == "--\r\n", "the parts do not end")
  return out
end

local function part_names(request, boundary, values)
  local out = {}
  for _, piece in ipairs(pieces(request.body, boundary)) do
    local head, data = piece:match("^\r\n(.-\r\n)\r\n(.*)$")
    local names = {}
    for line in assert(head, "a part without a head"):gmatch("(.-)\r\n") do
      names[#names + 1] = assert(line:match("^([%w-]+): [^%c]*$"), "a line in a part that is no header: " .. line)
    end
    local quoted = assert(head:match('; name="([^"]*)"'))
    out[#out + 1], values[data] = quoted .. "(" .. table.concat(names, ",") .. ")", true
  end
  return sorted(out)
end

local function body_names(request, values)
  local kind = request.headers["content-type"] or "none"
  local boundary = kind:match("^multipart/form%-data; boundary=(%S+)$")
  if boundary then return "parts " .. part_names(request, boundary, values) end
  if kind:find("urlencoded", 1, true) then return "form " .. pair_names(request.body, values) end
  if request.body == "" then return "nothing" end
  local value, problem = json.decode(request.body)
  assert(not problem, problem)
  local out = {}
  member_places(value, "", out, values)
  return "json " .. sorted(out)
end

--- The skeleton of a request: everything but the values. Equal for all values of one argument, or one was smuggled.
---@param request table  of spec/support/peer.lua
---@return string
---@return table<any, true> values  that arrived as data
function hostile.skeleton(request)
  local values = {}
  local path, query = request.target:match("^([^?]*)%??(.*)$")
  local segments = {}
  for segment in path:gmatch("/([^/]*)") do
    segments[#segments + 1] = segment
    values[url.unescape(segment)] = true
    assert(segment ~= ".." and segment ~= "." and not segment:lower():match("^%%2e"), "a path that climbs: " .. path)
  end
  local lines = {
    request.method, "segments " .. #segments, "query " .. pair_names(query, values), "headers " .. hostile.header_names(request.head),
    body_names(request, values),
  }
  return table.concat(lines, "\n"), values
end

---------------------------------------------------------------- places

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = setmetatable({}, getmetatable(value))
  for key, item in pairs(value) do out[key] = copy(item) end
  return out
end
hostile.copy = copy

-- Visits the texts within a value: visit(path of keys).
local function each_text(value, path, visit)
  if type(value) == "string" then return visit(path) end
  if type(value) ~= "table" then return end
  for key, item in pairs(value) do
    local longer = { table.unpack(path) }
    longer[#longer + 1] = key
    each_text(item, longer, visit)
  end
end

local function put(args, path, value)
  local out = copy(args)
  local at = out
  for i = 1, #path - 1 do at = at[path[i]] end
  at[path[#path]] = value
  return out
end

--- Every place of an operation that may take a text: `{ name, param, put = fun(value) → args, given }`; the arguments around it are
--- those of a call that the documents show.
---@param op table    the compiled operation
---@param args table  of a good call
---@param seen table<string, true>  names of places to leave out; those of this call are added
---@return table[]
function hostile.places(op, args, seen)
  local out = {}
  local function add(path, wrap)
    local name = table.concat(path, ".") .. (wrap and "[]" or "")
    if seen[name] then return end
    seen[name] = true
    out[#out + 1] = {
      name = name, param = op.by_name[path[1]], deep = #path > 1 or wrap,
      put = function(value) return put(args, path, wrap and { value } or value) end,
    }
  end
  each_text(args, {}, add)
  for _, param in ipairs(op.params) do
    add({ param.name })
    if param.type:find("[]", 1, true) or param.type:find("Ids", 1, true) then add({ param.name }, true) end
  end
  table.sort(out, function(a, b) return a.name < b.name end)
  return out
end

return hostile
