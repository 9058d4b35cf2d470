-- SPDX-License-Identifier: MIT
-- An adapter that uses the names of the former version works as before; each such name is warned of once, on standard error.

local PROGRAM = [==[
local former = ...
local preload = package.preload
local function fact(fields)
  if former then fields.answer, fields.response = fields.response == "urlencoded" and "form" or fields.response, nil end
  return fields
end
preload["sms.older.things"] = function()
  return {
    "Things.",
    send = { "POST /send", "Send.", send = true, result = "table", body = { to = "string", text = "string" } },
    send_all = { "POST /all", "Send all.", send = true, result = "table", body = { all = "table" } },
    list = { "GET /list", "Sent ones.", result = "table", query = { page = "integer?" } },
    words = fact { "GET /words", "Words.", result = "string", response = "text" },
    pairs = fact { "GET /pairs", "Pairs.", result = "table", response = "urlencoded" },
  }
end
local message = {
  capabilities = { to = { max = 1 }, text = true, reference = true },
  receipt = function(result) return { id = result.id } end,
  bulk_max = 10, bulk_key = function() return "all" end,
  bulk_receipts = function(result) return result end,
  history = { op = "things:list", size = 10, page = function(n) return { page = n } end, in_order = true },
}
local function call(op, args)
  if former then return { op = op, args = args } end
  return op, args
end
function message.plan(given)
  if given.text == "refused" then return nil, "'text' is refused" end
  return call("things:send", { to = type(given.to) == "table" and given.to[1] or given.to, text = given.text })
end
function message.bulk(list)
  local all = {}
  for i, given in ipairs(list) do all[i] = { to = given.to, text = given.text } end
  return call("things:send_all", { all = all })
end
local history = message.history
function history.filter() return nil end
function history.entry(found) return { id = found.id, number = found.to, text = found.text, time = found.time, status = "sent" } end
history[former and "heeds" or "matches"] = function() return true end
history[former and "claims" or "totals"] = function() return nil, nil end
history[former and "unable" or "obstacle"] = function(row) return not row.to and "the row has no 'to'" or nil end
local adapter = {
  name = "older", title = "Older", base_url = "https://api.older.example", resources = { "things" }, message = message,
  types = { aliases = {}, classes = {} }, options = { token = "string" },
  auth = function(options) return { default = { { scheme = "bearer", value = options.token } } } end,
  decode = function(status, value) return status == 200, status == 200 and value or { message = "no" } end,
  webhook = function(payload) return { { type = "unknown", raw = payload } } end,
}
local bodies = {
  ["/send"] = '{"id":"1"}', ["/all"] = '[{"id":"2"},{"id":"3"}]', ["/words"] = "a text", ["/pairs"] = "a=1&b=2",
  ["/list"] = '[{"id":"9","to":"12025550100","text":"x","time":1767225600}]',
}
local client = require "sms.client"
local function new()
  return client.new(client.bind(adapter), { token = "t", transport = function(request)
    return { status = 200, headers = { ["content-type"] = "application/json" }, body = bodies[request.path] }
  end }, 1)
end
for _ = 1, 2 do
  local older = new()
  print(assert(older:send { to = "12025550100", text = "x" }).id, select(2, older:send { to = "12025550100", text = "refused" }))
  local two = { { to = "12025550100", text = "x" }, { to = "12025550101", text = "y" } }
  for _, row in ipairs(older:send_many(two)) do print(row.id, row.outcome) end
  print(assert(older.things:words()), assert(older.things:pairs()).b)
  local lost = { outcome = "unknown", to = "12025550100", text = "x", time = 1767225600 }
  for _, row in ipairs(older:reconcile({ lost, { outcome = "unknown" } }, { settle = 0 })) do print(row.outcome, row.id, row.reason) end
end
]==]

local function run(former)
  local file, errors = os.tmpname(), os.tmpname()
  local out <close> = assert(io.open(file, "w"))
  out:write(PROGRAM:gsub("local former = %.%.%.", "local former = " .. tostring(former), 1), "")
  out:close()
  local command = "LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} -W %s 2>%s"
  local pipe = assert(io.popen(command:format(package.path, package.cpath, file, errors)))
  local printed = pipe:read "a"
  pipe:close()
  local lines = {}
  for line in io.lines(errors) do lines[#lines + 1] = line end
  os.remove(file)
  os.remove(errors)
  table.sort(lines)
  return printed, lines
end

describe("an adapter", function()
  local present, nothing = run(false)

  it("in the present words warns of nothing", function()
    assert.same({}, nothing)
    assert.matches("^1\tolder%.send: invalid.-'text' is refused\n2\taccepted\n3\taccepted\na text\t2\naccepted\t9\tnil\n", present)
  end)

  it("in the former words does the same, with one warning for each", function()
    local printed, warnings = run(true)
    assert.equal(present, printed)
    local wanted = {}
    for _, words in ipairs {
      "'answer' in the facts is now 'response'", "'message.history.claims' is now 'message.history.totals'",
      "'message.history.heeds' is now 'message.history.matches'", "'message.history.unable' is now 'message.history.obstacle'",
      "response = 'form' in the facts is now 'urlencoded'",
      "the table { op, args } that 'message.bulk' returns is now two values, the operation and its arguments",
      "the table { op, args } that 'message.plan' returns is now two values, the operation and its arguments",
    } do
      wanted[#wanted + 1] = ("Lua warning: sms: adapter 'older': %s; the former name works in this version only"):format(words)
    end
    assert.same(wanted, warnings)
  end)
end)
