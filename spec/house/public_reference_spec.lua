-- SPDX-License-Identifier: MIT
-- What the reference says of receipts, rows, events, responses and the sandbox's pages is what calls give: every field that is seen has
-- words, of its type; every field that is never absent is seen.

local public = require "tools.public"
local sms = require "sms"

local CREDENTIALS = {
  messagewhiz = { apikey = "sandbox-key" }, websms = { token = "sandbox-token" },
  zipwhip = { session = "00000000-0000-4000-8000-000000000001:300000001" },
  zoomconnect = { email = "sandbox@example.org", token = "sandbox-token" },
}
local FROM = { messagewhiz = "Shop" }
local TO = { zipwhip = { "+12065550100", "+12065550101" } }
local DEFAULT_TO = { "+27825550100", "+27825550101" }

-- A client of the in-process sandbox; what `on_event` is told goes into `told`.
local function client_of(name, told, sandbox)
  local options = { transport = sandbox, retries = 1, on_event = function(event) told[#told + 1] = event end, rate = { per_second = 1000 } }
  for key, value in pairs(CREDENTIALS[name]) do options[key] = value end
  return sms[name](options)
end

local BASE = {
  string = "string", integer = "integer", number = "number", boolean = "boolean", table = "table", ["any"] = "any", ["sms.Error"] = "table",
}

local function is_of(value, type_text)
  for part in type_text:gsub("%?$", ""):gmatch("[^|]+") do
    local quoted = part:match("^['\"](.*)['\"]$")
    if quoted then
      if value == quoted then return true end
    elseif part:find("%[%]$") or part:find("^table") then
      if type(value) == "table" then return true end
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

  for name in pairs(CREDENTIALS) do
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

  it("names every field of an error that the code declares", function()
    local file <close> = assert(io.open("lua/sms/error.lua"))
    local declared = {}
    for name in file:read("a"):gmatch("%-%-%-@field ([%w_]+)") do declared[#declared + 1] = name end
    assert.is_true(#declared > 15)
    local library <close> = assert(io.open("library/sms/error.lua"))
    local text = library:read("a")
    for _, name in ipairs(declared) do assert.truthy(text:find("---@field " .. name .. " ", 1, true), name) end
  end)

  it("names every page that the sandbox has, and no other", function()
    local found = {}
    for _, path in ipairs { "init", "websms", "zipwhip", "messagewhiz/init", "zoomconnect", "messagewhiz" } do
      local file = io.open(("lua/sms/sandbox/%s.lua"):format(path))
      if file then
        for key in file:read("a"):gmatch('%["(%u+ /_sandbox/%l+)"%]') do found[key] = true end
        file:close()
      end
    end
    for key in pairs(found) do assert.is_not_nil(public.control[key], key) end
    for key in pairs(public.control) do assert.is_true(found[key], key) end
  end)

  it("says what the sandbox's pages answer", function()
    local sandbox = require("sms.sandbox").new()
    local json = require "sms.json"
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
  end)
end)
