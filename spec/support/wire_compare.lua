-- SPDX-License-Identifier: MIT
-- Compares what arrived and what the caller got with one case of spec/wire: every disagreement is a line with number, field, expected, got.

local strict_json = dofile("spec/support/strict_json.lua")

local compare = {}

local function show(value, depth)
  depth = depth or 0
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) ~= "table" or value == strict_json.null or depth > 4 then return tostring(value) end
  local keys, out = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    local name = type(key) == "number" and "" or tostring(key) .. " = "
    out[#out + 1] = name .. show(value[key], depth + 1)
  end
  return "{ " .. table.concat(out, ", ") .. " }"
end

local function kind(value)
  if getmetatable(value) == strict_json.array then return "array" end
  return math.type(value) or type(value)
end

--- Deep comparison: integers, floats and strings of the same look differ, and so do JSON's [] and {}.
---@param report fun(field: string, expected: any, got: any)
function compare.values(field, expected, got, report)
  if kind(expected) ~= kind(got) or type(expected) ~= "table" or expected == strict_json.null then
    if kind(expected) ~= kind(got) or expected ~= got then report(field, expected, got) end
    return
  end
  for key, value in pairs(expected) do compare.values(field .. "." .. tostring(key), value, got[key], report) end
  for key, value in pairs(got) do
    if expected[key] == nil then report(field .. "." .. tostring(key), nil, value) end
  end
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- A plus is a plus here: the client is to write a space as %20, which no server takes for anything else.
local function pairs_of(text)
  local list = {}
  for piece in (text or ""):gmatch("[^&]+") do
    local name, value = piece:match("^([^=]*)=?(.*)$")
    list[#list + 1] = { unescape(name), unescape(value) }
  end
  return list
end

local function sorted(list)
  local out = {}
  for i, pair in ipairs(list) do out[i] = (pair.name or pair[1]) .. " = " .. (pair.value or pair[2]) end
  table.sort(out)
  return out
end

local function compare_json(field, text, got, report)
  local ok, value = pcall(strict_json.read, got or "")
  if not ok then return report(field, text, ("%s (%s)"):format(got, value)) end
  compare.values(field, strict_json.read(text), value, report)
end

local function compare_parts(expected, got, on_wire, report)
  local by_name = {}
  for _, part in ipairs(got or {}) do
    if by_name[part.name] then report("part " .. part.name, "once", "twice") end
    by_name[part.name] = part
  end
  for _, part in ipairs(expected) do
    local seen, field = by_name[part.name] or {}, "part " .. part.name
    by_name[part.name] = nil
    compare.values(field .. " filename", part.filename, seen.filename, report)
    if part.type and (on_wire or seen.type) then compare.values(field .. " type", part.type, seen.type, report) end
    if part.json then compare_json(field, part.json, seen.data, report) else compare.values(field, part.data, seen.data, report) end
  end
  for name in pairs(by_name) do report("part " .. name, nil, by_name[name].data) end
end

local function compare_body(request, seen, report)
  local content_type = seen.headers["content-type"]
  if request.json then
    compare.values("header content-type", request.content_type or "application/json", content_type, report)
    compare_json("body", request.json, seen.body, report)
  elseif request.parts then
    -- A transport in Lua gets the parts themselves: their type needs a boundary, which only a body on the wire has.
    local named = content_type or (not seen.on_wire and "multipart/form-data")
    if not tostring(named):find("^multipart/form%-data") then report("header content-type", "multipart/form-data", content_type) end
    compare_parts(request.parts, seen.parts, seen.on_wire, report)
  elseif request.form then
    compare.values("header content-type", "application/x-www-form-urlencoded", content_type, report)
    compare.values("form", sorted(request.form), sorted(seen.form or pairs_of((seen.body or ""):gsub("%+", "%%20"))), report)
  else
    compare.values("header content-type", request.content_type, content_type, report)
    compare.values("body", request.body or "", seen.body or "", report)
  end
end

local function compare_url(wire, request, seen, report)
  compare.values("method", request.method, seen.method, report)
  compare.values("path", request.path, seen.path, report)
  compare.values("query", sorted(request.query or {}), sorted(pairs_of(seen.query)), report)
  if request.query_raw then compare.values("query (raw)", request.query_raw, seen.query, report) end
  local url = seen.path .. "?" .. (seen.query or "")
  if wire.secret and not request.secret_in_url and (url .. unescape(url)):find(wire.secret, 1, true) then
    report("address", "without the key", url)
  end
end

-- A header is this very text, false for none, or { lacks = "text" }: none, or any that doesn't hold the text.
local function compare_header(name, expected, got, report)
  if type(expected) ~= "table" then return compare.values("header " .. name, expected or nil, got, report) end
  if got and got:find(expected.lacks, 1, true) then report("header " .. name, "without " .. expected.lacks, got) end
end

--- Compares one request with a case.
---@param wire table     the provider's file
---@param request table  the case's request
---@param seen table     { method, path, query, headers, body, parts, form, user, password }
---@param report fun(field: string, expected: any, got: any)
function compare.request(wire, request, seen, report)
  compare_url(wire, request, seen, report)
  local wanted = {}
  for name, value in pairs(wire.headers or {}) do wanted[name] = value end
  for name, value in pairs(request.headers or {}) do wanted[name] = value end
  for name, value in pairs(wanted) do compare_header(name, value, seen.headers[name], report) end
  -- The host of a call that doesn't go to the client's base_url: only a transport in Lua is told.
  if request.base_url then compare.values("base_url", request.base_url, seen.base_url, report) end
  compare.values("user", request.user, seen.user, report)
  compare.values("password", request.password, seen.password, report)
  compare_body(request, seen, report)
end

local function one_of(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

-- `says` lists texts that the message must hold; another field that is a list names the values that are right.
local function compare_failure(expected, err, report)
  if type(err) == "string" or err == nil then return report("error value", "a table or userdata", err) end
  for name, value in pairs(expected) do
    if name == "says" then
      for _, text in ipairs(type(value) == "table" and value or { value }) do
        if not tostring(err.message):find(text, 1, true) then report("error message", text, err.message) end
      end
    elseif type(value) == "table" then
      if not one_of(value, err[name]) then report("error " .. name, value, err[name]) end
    else
      compare.values("error " .. name, value, err[name], report)
    end
  end
end

--- Compares what the caller got: the decoded result and the response's status, or the fields of the error.
---@param case table
---@param outcome table  { value, extra, raised }
function compare.outcome(case, outcome, report)
  if outcome.raised then return report("call", "no error raised", outcome.raised) end
  if case.failure then
    compare.values("result", nil, outcome.value, report)
    return compare_failure(case.failure, outcome.extra, report)
  end
  if outcome.value == nil then return report("result", case.result, tostring(outcome.extra)) end
  compare.values("result", case.result, outcome.value, report)
  local response = type(outcome.extra) == "table" and outcome.extra or {}
  compare.values("response status", case.response.status, response.status, report)
  compare.values("response attempts", 1, response.attempts, report)
  if case.page then compare.values("response page", case.page, response.page, report) end
end

--- All disagreements of one played case.
---@param arrived table[]  the requests that arrived, which must be those of `case.before` and then one
---@return string[] lines
function compare.case(wire, case, arrived, outcome)
  local lines = {}
  local function report(field, expected, got)
    lines[#lines + 1] = ("case %d %s (%s): %s: expected %s, got %s"):format(
      case.n, case.call, case.note or "the document's example", field, show(expected), show(got))
  end
  local before = case.before or {}
  if #arrived ~= #before + 1 then report("requests", #before + 1, #arrived) end
  for i, seen in ipairs(arrived) do
    local expected = before[i] or (i == #before + 1 and case)
    if expected then compare.request(wire, expected.request, seen, report) end
  end
  compare.outcome(case, outcome, report)
  return lines
end

return compare
