-- SPDX-License-Identifier: MIT
-- The other end of spec/api/wire_spec.lua over real HTTP: a process of its own that answers the cases of one provider and notes what
-- arrives.
-- Usage: lua5.4 spec/support/wire_peer.lua PROVIDER REPORT. Prints its port. The first part of a request's path is the case's index.
-- Ends when the file REPORT.run is gone, after 60 seconds at the latest. REPORT is a Lua table of every request, in order.

local provider, report_path = arg[1], arg[2]
local httpd = require "sms.httpd"
local wire = dofile("spec/wire/" .. provider .. ".lua")

local function literal(value)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local out = {}
  for key, member in pairs(value) do out[#out + 1] = ("[%q]=%s"):format(key, literal(member)) end
  return "{" .. table.concat(out, ",") .. "}"
end

local FIELDS = { "method", "query", "headers", "body", "parts", "form", "user", "password" }

local function note(report, request, index, path)
  local seen = { index = index, path = path, on_wire = true }
  for _, field in ipairs(FIELDS) do seen[field] = request[field] end
  report:write(literal(seen), ",\n")
  report:flush()
end

local served = {}

-- The response to the next request of a case: those of `before` come first.
local function answer_to(case, index)
  served[index] = (served[index] or 0) + 1
  local exchange = case.before and case.before[served[index]] or case
  return exchange.response
end

local function serve(report, request)
  local index, path = request.path:match("^/(%d+)(/.*)$")
  local case = wire.cases[tonumber(index)]
  note(report, request, tonumber(index), path or request.path)
  if not case then return request:respond(500, {}, "no such case") end
  local response = answer_to(case, tonumber(index))
  request:respond(response.status, { ["content-type"] = response.type or "application/json; charset=utf-8" }, response.body)
end

local function running()
  local file = io.open(report_path .. ".run")
  return file and file:close()
end

local server = assert(httpd.listen { host = "127.0.0.1", port = 0 })
local report = assert(io.open(report_path, "wb"))
report:write("return {\n")
io.stdout:write(server:port(), "\n")
io.stdout:flush()
local deadline = os.time() + 60
while os.time() < deadline and running() do
  local request = server:next(0.05)
  if request then serve(report, request) end
end
report:write("}\n")
report:close()
server:close()
