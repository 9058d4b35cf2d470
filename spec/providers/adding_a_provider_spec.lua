-- SPDX-License-Identifier: MIT
-- docs/adding-a-provider.md, done: its code blocks are taken out, loaded as the files that they say they are, and used with the
-- real engine and a transport in this process.

local fuzz = dofile "spec/support/webhook_fuzz.lua"
local json = require "sms.json"

local PAGE = "docs/adding-a-provider.md"

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- The code blocks below headings that name a file, by that name; and the text block, which is what the last one prints.
local function blocks_of(page)
  local blocks, name, kind, lines = {}, nil, nil, nil
  for line in page:gmatch("([^\n]*)\n") do
    if lines and line == "```" then
      blocks[kind == "text" and "output" or assert(name, "a block without a file")] = table.concat(lines, "\n") .. "\n"
      lines = nil
    elseif lines then
      lines[#lines + 1] = line
    elseif line:match("^```%w+$") then
      kind, lines = line:match("^```(%w+)$"), {}
    else
      name = line:match("^### `([%w_/.]+)`$") or name
    end
  end
  assert(not lines, "a block is not closed")
  return blocks
end

local page = read(PAGE)
local blocks = blocks_of(page)

local function module_of(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

local function load_block(path, env)
  return assert(load(blocks[path], "@" .. PAGE .. ":" .. path, "t", env or _G))
end

describe("docs/adding-a-provider.md", function()
  local client, provider

  setup(function()
    for path in pairs(blocks) do
      if path:match("^lua/") then package.preload[module_of(path)] = load_block(path) end
    end
    client = require "sms.client"
    provider = client.bind(require "sms.acme")
  end)

  teardown(function()
    for path in pairs(blocks) do package.preload[module_of(path)], package.loaded[module_of(path)] = nil, nil end
  end)

  -- A client whose requests are recorded, and answered with this.
  local function recorded(status, body)
    local seen = {}
    return client.new(provider, {
      token = "acme-token", retries = 0,
      transport = function(request)
        seen[#seen + 1] = request
        return { status = status, body = body }
      end,
    }, 1), seen
  end

  it("holds a whole folder, each file as the house wants it", function()
    local paths = {}
    for path, text in pairs(blocks) do
      if path:match("^lua/") then
        paths[#paths + 1] = path:match("^lua/sms/acme/(.+)$")
        assert.matches("^%-%- SPDX%-License%-Identifier: MIT\n%-%- %u", text)
      end
      for line in text:gmatch("[^\n]+") do assert.is_true(#line <= 140, path .. ": " .. line) end
    end
    table.sort(paths)
    assert.same({ "account.lua", "init.lua", "message.lua", "messages.lua", "states.lua", "types.lua" }, paths)
  end)

  it("has facts that are tables and nothing else", function()
    local function walk(value)
      assert.is_true(type(value) ~= "function")
      if type(value) == "table" then for _, item in pairs(value) do walk(item) end end
    end
    for _, path in ipairs { "messages", "account", "types", "states" } do walk(load_block("lua/sms/acme/" .. path .. ".lua", {})()) end
  end)

  it("prints what it says it prints", function()
    local printed = {}
    local env = setmetatable({
      print = function(...)
        local words = {}
        for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
        printed[#printed + 1] = table.concat(words, "\t") .. "\n"
      end,
    }, { __index = _G })
    load_block("try.lua", env)()
    assert.equal(blocks.output, (table.concat(printed):gsub("\t", "  ")))
  end)

  it("sends what the provider's document asks for", function()
    local acme, seen = recorded(200, '{"ok":true,"data":{"id":7,"parts":2}}')
    local receipt = assert(acme:send { to = "+1 (202) 555-0100", text = "Hé", from = "Shop", reference = "r-1" })
    assert.same({ "7", 2, "accepted", "acme", "r-1" },
      { receipt.id, receipt.segments, receipt.outcome, receipt.provider, receipt.reference })
    local request = seen[1]
    assert.same({ "POST", "/v1/messages", "", "Bearer acme-token", "application/json" },
      { request.method, request.path, request.query, request.headers.authorization, request.headers["content-type"] })
    assert.same({ to = "12025550100", body = "Hé", from = "Shop", ref = "r-1" }, json.decode(request.body))
  end)

  it("has operations under their own names, paged ones too", function()
    local acme, seen = recorded(200, '{"ok":true,"data":[]}')
    for _ in acme.messages:each { limit = 5 } do error("there is none") end
    assert.same({ "GET", "/v1/messages" }, { seen[1].method, seen[1].path })
    assert.matches("limit=5", seen[1].query)
    acme, seen = recorded(200, '{"ok":true,"data":{"credit":2.5}}')
    assert.equal(2.5, (assert(acme:balance())))
    assert.equal("/v1/balance", seen[1].path)
    assert.same({ any = "answer" }, (assert(recorded(200, '{"any":"answer"}'):request { path = "/v1/else" })))
  end)

  it("refuses before the network, all in one message", function()
    local acme, seen = recorded(200, "{}")
    local ok, message = pcall(acme.send, acme, { to = 12025550100, text = ("x"):rep(1001), validity = 60 })
    assert.is_false(ok)
    for _, expected in ipairs { "Lua number", "1001 characters", "acme does not support 'validity'" } do
      assert.truthy(message:find(expected, 1, true), message)
    end
    assert.equal("messages", select(2, acme.messages:send_batch { messages = {} }).field)
    assert.same({}, seen)
  end)

  it("reads refusals, and promises nothing that the document does not", function()
    for _, case in ipairs {
      { 402, '{"ok":false,"error":{"code":12,"text":"no credit"}}', "rejected", "not_sent", 12, "no credit" },
      { 200, '{"ok":false,"error":{"code":13,"text":"later"}}', nil, "unknown", 13, "later" },
      { 401, "", "auth", "not_sent", nil, nil },
      { 503, "<html>", "server", "unknown", nil, nil },
      { 200, '{"data":{}}', "decode", "unknown", nil, "the response lacks its envelope" },
    } do
      local receipt, err = recorded(case[1], case[2]):send { to = "12025550100", text = "x" }
      assert.is_nil(receipt)
      if case[3] then assert.equal(case[3], err.kind, case[2]) end
      assert.same({ case[4], case[5] }, { err.outcome, err.code }, case[2])
      if case[6] then assert.equal(case[6], err.message) end
    end
  end)

  it("takes webhooks, and whatever else comes", function()
    local reader = require("sms.webhook").reader(require "sms.acme", "a secret")
    local function post(body) return reader:webhook { query = "secret=a+secret", body = body } end
    local inbound = assert(post '{"id":"i-1","from":"12025550100","to":"12345","body":"STOP","at":1767225600}')[1]
    assert.same({ "inbound", "12025550100", "12345", "STOP", 1767225600, "acme" },
      { inbound.type, inbound.from, inbound.to, inbound.text, inbound.time, inbound.provider })
    local report = assert(post '{"id":"a-1","state":"TOO_LATE","ref":"r-1"}')[1]
    assert.same({ "delivery", "expired", true, "TOO_LATE", "r-1" },
      { report.type, report.status, report.final, report.provider_status, report.reference })
    assert.equal("unknown", assert(post '{"id":7,"state":{}}')[1].type)
    assert.equal("auth", select(2, reader:webhook { body = "{}" }).kind)
    assert.same({ 200, '{"taken":true}' }, { reader:webhook_answer(true).status, reader:webhook_answer(true).body })
    assert.equal(500, reader:webhook_answer(false).status)
    assert.is_nil((fuzz.run(require("sms.webhook").reader(require "sms.acme"), 2000)))
  end)

  it("names files that there are", function()
    local checked = 0
    for path in page:gmatch("`([%w_]+/[%w_/.-]+%.%w+)`") do
      if not path:find("acme", 1, true) then
        read(path)
        checked = checked + 1
      end
    end
    assert.is_true(checked >= 10, checked)
  end)
end)
