-- SPDX-License-Identifier: MIT
-- What the reference says of receipts, rows, events, responses, options and the sandbox's routes is what the code has: every field that is
-- seen has words, of its type; every field that is never absent is seen; names of options and routes are those of the code's tables.

local public_options = require "tools.public_options"
local outbox = require "tools.public_outbox"
local pages = require "tools.public_sandbox"
local credentials = require "spec.support.credentials"
local public = require "tools.public"
local sms = require "sms"

local FROM = { messagewhiz = "Shop" }
local TO = { zipwhip = { "+12065550100", "+12065550101" } }
local DEFAULT_TO = { "+27825550100", "+27825550101" }

-- A client of the in-process sandbox; what `on_event` is told goes into `told`.
local function client_of(name, told, sandbox)
  local options = { transport = sandbox, retries = 1, on_event = function(event) told[#told + 1] = event end, rate = { per_second = 1000 } }
  for key, value in pairs(credentials[name]) do options[key] = value end
  return sms[name](options)
end

local BASE = {
  string = "string", integer = "integer", number = "number", boolean = "boolean", table = "table", ["any"] = "any", ["sms.Error"] = "table",
}

-- A local variable that a function, or one that it calls, sees.
local function upvalue(fn, name, seen)
  seen = seen or {}
  seen[fn] = true
  for i = 1, 255 do
    local found, value = debug.getupvalue(fn, i)
    if not found then return nil end
    if found == name then return value end
    if type(value) == "function" and not seen[value] then
      local inside = upvalue(value, name, seen)
      if inside ~= nil then return inside end
    end
  end
end

local function keys(t)
  local out = {}
  for key in pairs(t) do out[#out + 1] = key end
  table.sort(out)
  return out
end

local function is_of(value, type_text)
  for part in type_text:gsub("%?$", ""):gmatch("[^|]+") do
    local quoted = part:match("^['\"](.*)['\"]$")
    if quoted then
      if value == quoted then return true end
    elseif part:find("%[%]$") or part:find("^table") or part:find("^{") then
      if type(value) == "table" then return true end
    elseif tonumber(part) then
      if value == tonumber(part) then return true end
    else
      local base = assert(BASE[part], "a type the spec does not know: " .. part)
      if base == "any" or base == type(value) or base == math.type(value) then return true end
    end
  end
  return false
end

-- What is wrong of values that are to be of a section; all that are seen are noted in `seen`.
local function compare(section, value, seen)
  local fields = public.fields(section)
  for name, item in pairs(value) do
    local field = fields[name]
    assert.is_not_nil(field, ("%s has no words for '%s'"):format(section.class, name))
    assert.is_true(is_of(item, field[1]), ("%s.%s is %s, not %s"):format(section.class, name, tostring(item), field[1]))
    seen[name] = true
  end
  for name, field in pairs(fields) do
    if field[1]:sub(-1) ~= "?" and field[1] ~= "any" then
      assert.is_not_nil(value[name], ("%s lacks '%s', which is never absent"):format(section.class, name))
    end
  end
end

describe("the reference", function()
  it("has words for every option and every field of a message, and for nothing else", function()
    for _, section in ipairs(public.tables) do assert.is_not_nil(next(public.fields(section)), section.class) end
  end)

  for name in pairs(credentials) do
    it("tells what a receipt, a row, a response and an event of a call of " .. name .. " hold", function()
      local told, seen, sandbox = {}, {}, require("sms.sandbox").new()
      local client, to = client_of(name, told, sandbox), TO[name] or DEFAULT_TO
      local receipt, response = client:send { to = to[1], from = FROM[name], text = "one" }
      assert.is_not_nil(receipt, tostring(response))
      compare(public.receipt, receipt, seen)
      compare(public.response, response, {})
      assert.is_not_nil(public.statuses[receipt.status], receipt.status)
      local rows = client:send_many { { to = to[1], from = FROM[name], text = "a" }, { to = to[2], from = FROM[name], text = "b" },
        { to = "nobody", from = FROM[name], text = "c" } }
      compare(public.receipt, rows[1], seen)
      compare(public.row, rows[3], {})
      sandbox:fault { fault = "503" }
      assert.is_nil((client:send { to = to[1], from = FROM[name], text = "two" }))
      local kinds = {}
      for _, event in ipairs(told) do
        compare(public.call_event, event, {})
        kinds[event.type] = true
      end
      assert.is_true(kinds.request and kinds.response and kinds.error)
    end)
  end

  it("has words for every option that only one provider has", function()
    for name in pairs(credentials) do
      assert.same(keys(require("sms." .. name).options), keys(public.provider_options[name]))
    end
  end)

  it("has words for every capability that is no field of a message", function()
    local messages, other = require("sms.message.fields").types, { to = true }
    for name in pairs(credentials) do
      for capability in pairs(client_of(name, {}, require("sms.sandbox").new()):capabilities()) do
        if not messages[capability] then other[capability] = true end
      end
    end
    assert.same(keys(other), keys(public.capabilities))
  end)

  it("tells what an error value holds", function()
    local sandbox, told = require("sms.sandbox").new(), {}
    local client = client_of("zoomconnect", told, sandbox)
    local _, invalid = client:send { to = "nobody", text = "a" }
    compare(public.error, invalid, {})
    sandbox:fault { fault = "429=1" }
    local _, limited = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = sandbox, retries = 0 }
      :send { to = "+27825550100", text = "a" }
    local seen = {}
    compare(public.error, limited, seen)
    assert.is_true(seen.retry_after and seen.status and seen.evidence)
  end)
end)

-- Names of options, from the tables that the code checks against.
describe("the reference of options", function()
  local function is_complete(section, known)
    assert.is_table(known, section.class .. ": the code's table was not found")
    local names = {}
    for key, value in pairs(known) do names[#names + 1] = type(key) == "number" and value or key end
    table.sort(names)
    assert.same(names, keys(section.fields), section.class)
  end

  it("has those of sms.failover, its breakers, sms.parallel and sms.pool", function()
    local failover = upvalue(sms.failover, "failover") or require "sms.failover"
    is_complete(public_options.failover, upvalue(failover.new, "KNOWN"))
    is_complete(public_options.breaker, upvalue(require("sms.failover").breaker.check, "BREAKER_OPTIONS"))
    is_complete(public_options.parallel, upvalue(sms.parallel, "OPTIONS"))
    for name in pairs(public_options.pool.fields) do sms.pool { [name] = 3 } end
    local _, words = pcall(sms.pool, { max_conections = 3 })
    assert.matches("max_connections", words)
  end)

  it("has those of client:send_many and client:send_each", function()
    local known = upvalue(require("sms.bulk.arguments").split, "OWN")
    is_complete(public_options.send_many, known.many)
    is_complete(public_options.send_each, known.each)
  end)

  it("has those of sms.text", function()
    local optimise, cost = require "sms.text.optimise", require("sms.text.cost").cost
    is_complete(public_options.optimise, upvalue(optimise, "OWN"))
    is_complete(public_options.cost, upvalue(cost, "COST"))
    for name in pairs(public_options.worst.fields) do
      assert(sms.text.worst("Hi {name}", { { name = "Ada" } }, { [name] = name == "top" and 3 or "allow" }))
    end
  end)

  it("has those of sms.rows, the listener and the sandbox", function()
    is_complete(public_options.rows, upvalue(sms.rows, "OPTIONS"))
    is_complete(public_options.listener, upvalue(sms.listener.run, "OPTIONS"))
    is_complete(public_options.sandbox, upvalue(require("sms.sandbox").new, "OPTIONS"))
    local server = require "sms.sandbox.server"
    is_complete(public_options.server, upvalue(server.run, "RUN_OPTIONS"))
    is_complete(public_options.spawn, upvalue(server.spawn, "SPAWN_OPTIONS"))
  end)

  local function read(path)
    local file <close> = assert(io.open(path))
    return file:read "a"
  end

  -- What the reference gives as the default of an option; the first number of it.
  local function default_of(section, name)
    local _, default = require("tools.columns").default(public.fields(section)[name][2])
    return tonumber((default:gsub("(%d),(%d)", "%1%2"):match "%d[%d.]*"))
  end

  it("tells the defaults that the code has", function()
    local bulk, breaker = require "sms.bulk.flow", require("sms.failover").breaker
    local pool, http = read "csrc/lua/pool.c", read "csrc/http/http.h"
    for _, case in ipairs {
      { public.client_options, "timeout", upvalue(require("sms.client").new, "DEFAULT_TIMEOUT") },
      { public.client_options, "connect_timeout", tonumber(read "lua/sms/call/endpoints.lua":match "connect_timeout or (%d+)") },
      { public.client_options, "retries", require("sms.call.retry").DEFAULT },
      { public.client_options, "max_body", tonumber(http:match "SMS_BODY_MAX %(%(size_t%)(%d+) << 20%)") },
      { public_options.breaker, "failures", breaker.FAILURES }, { public_options.breaker, "reset", breaker.RESET },
      { public_options.send_many, "parallel", bulk.PARALLEL }, { public_options.send_each, "parallel", bulk.PARALLEL },
      { public_options.pool, "max_connections", tonumber(pool:match "#define USUAL_PER_HOST (%d+)") },
      { public_options.pool, "max_total", tonumber(pool:match "#define USUAL_TOTAL (%d+)") },
    } do
      assert.is_number(case[3], case[2])
      assert.equal(case[3], default_of(case[1], case[2]), case[2])
    end
  end)

  it("has those of an outbox, and its methods", function()
    local module = require "sms.outbox"
    local methods = upvalue(module.open, "Methods") or upvalue(upvalue(module.open, "Outbox").__index, "Methods")
    assert.same(keys(methods), keys(outbox.methods))
    local types = require("sms.outbox.options").types
    assert.same(keys(types), keys(outbox.options))
    for _, section in ipairs(outbox.all()) do assert.is_not_nil(next(section.fields), section.class) end
  end)

  it("tells what a sandbox remembers and what a fault is", function()
    local sandbox = require("sms.sandbox").new()
    for name in pairs(credentials) do
      assert(client_of(name, {}, sandbox):send { to = (TO[name] or DEFAULT_TO)[1], from = FROM[name], text = "one" })
    end
    local texts = sandbox:inbox()
    assert.equal(4, #texts)
    for _, text in ipairs(texts) do compare(public_options.sandbox_text, text, {}) end
    local rule = sandbox:fault { fault = "503", match = { times = 1 } }
    for name in pairs(public_options.fault.fields) do assert.is_not_nil(rule[name], name) end
    local _, words = pcall(sandbox.fault, sandbox, { fault = "503", match = { none = 1 } })
    for name in words:match "valid names: (.*)$":gmatch "%l+" do
      assert.truthy(public_options.fault.fields.match[1]:find(name .. "?:", 1, true), name)
    end
  end)

  it("tells what sms.rows and a look-up return", function()
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "w"))
    file:write("phone,name,id\n+27825550100,Thandi,7\n,Pieter,8\n")
    file:close()
    local rows, seen = assert(sms.rows(path, { key = "id" })), {}
    for row in rows do compare(public_options.row, row, seen) end
    assert.is_true(seen.reason and seen.to and seen.key)
    for name, field in pairs(public_options.rows_result.fields) do
      assert.is_true(rows[name] ~= nil and is_of(rows[name], field[1]) or field[1]:sub(-1) == "?", name)
    end
    rows:close()
    os.remove(path)
    local sandbox = require("sms.sandbox").new()
    local client = client_of("zoomconnect", {}, sandbox)
    local receipt = assert(client:send { to = "+27825550100", text = "one" })
    compare(public_options.delivery, assert(client:status(receipt)), {})
  end)
end)

describe("the reference of the outbox", function()
  it("tells what a plan, a worker and a run hold", function()
    if not (pcall(require, "DBI") and pcall(require, "dbd.sqlite3")) then return pending "LuaDBI with SQLite is not installed" end
    local path = os.tmpname()
    os.remove(path)
    local store <close> = assert(sms.outbox.open("sqlite:" .. path))
    local client = client_of("zoomconnect", {}, require("sms.sandbox").new())
    local rows = { { to = "+27825550100" }, { to = "nobody" } }
    local plan = assert(store:plan("june", rows, { text = "Hello", route = "zc", price = 0.1 }))
    local told, known = {}, { db = true, id = true } -- the handle's own
    for name, value in pairs(plan) do told[name] = not known[name] and value or nil end
    compare(outbox.run, told, {})
    assert(store:apply "june")
    local counts = assert(store:work { routes = { zc = client }, drain = true, signals = false })
    compare(outbox.counts, counts, {})
    compare(outbox.standing, assert(store:status "june"), {})
    store:close()
    os.execute("rm -f " .. path .. "*")
  end)
end)

describe("the reference of the sandbox over HTTP", function()
  local json = require "sms.json"
  local sandbox = require("sms.sandbox").new()

  it("has every control route, and no other", function()
    local control = upvalue(sandbox.handle, "control")
    assert.same(keys(control), keys(pages.control))
    local own = {}
    for name, account in pairs(sandbox.accounts) do own[name] = account.pages and keys(account.pages) end
    local told = {}
    for name, routes in pairs(pages.own) do told[name] = keys(routes) end
    assert.same(own, told)
  end)

  it("has every route of the inbox, its filters and the fields of a text", function()
    local routes, known = require "sms.sandbox.inbox.routes", {}
    for key in pairs(routes) do
      if key:find " " then known[#known + 1] = key end
    end
    table.sort(known)
    assert.same(known, keys(pages.inbox))
    local served = require("sms.sandbox").new()
    served:keep_journal()
    assert(sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = served }
      :send { to = "+27825550100", text = "one" })
    local response = served:handle { method = "GET", path = "/inbox/api/messages", query = "", headers = { host = "localhost" } }
    local text = json.decode(response.body).messages[1]
    for name in pairs(text) do assert.is_not_nil(pages.text[name], name) end
    for name, field in pairs(pages.text) do
      assert.is_true(text[name] ~= nil or field[1]:find("null", 1, true) ~= nil, name)
    end
    local tests = upvalue(require("sms.sandbox.inbox.filter").read, "tests")
    local filters = keys(tests)
    if not tests.after then filters[#filters + 1] = "after" end
    table.sort(filters)
    assert.same(filters, keys(pages.filters))
    for name in pairs(pages.filters) do
      local value = ({ provider = "websms", state = "sent", direction = "out" })[name] or "1"
      assert.is_not_nil((require("sms.sandbox.inbox.filter").read { [name] = value }), name)
    end
  end)

  it("says what control routes answer", function()
    local function ask(method, path, body)
      local response = sandbox:handle { method = method, path = path, query = "", headers = { ["content-type"] = "application/json" },
        body = body and json.encode(body) or "" }
      return response.status, json.decode(response.body)
    end
    assert.equal(200, (ask("GET", "/_sandbox/inbox")))
    local status, value = ask("POST", "/_sandbox/tick", { seconds = 5 })
    assert.same({ 200, true }, { status, math.type(value.time) ~= nil })
    status, value = ask("POST", "/_sandbox/faults", { fault = "503", match = { times = 1 } })
    assert.same({ 200, "503" }, { status, value.fault })
    assert.same({ 400, true }, { (function() local s, v = ask("POST", "/_sandbox/faults", {}) return s, v.error ~= nil end)() })
    assert.equal(200, (ask("DELETE", "/_sandbox/faults")))
    status, value = ask("POST", "/zoomconnect/_sandbox/webhook", { url = "http://127.0.0.1:1/a", format = "form" })
    assert.same({ 200, "form" }, { status, value.format })
    assert(sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = sandbox }
      :send { to = "+27825550100", text = "one" })
    status, value = ask("POST", "/zoomconnect/_sandbox/reply", { from = "+27825550100", text = "Yes" })
    assert.same({ 200, true }, { status, value.messageId ~= nil })
    status, value = ask("POST", "/zipwhip/_sandbox/inbound", { from = "+12065550100", text = "Yes" })
    assert.same({ 200, true, true }, { status, value.id ~= nil, value.fingerprint ~= nil })
  end)
end)
