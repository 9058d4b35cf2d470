-- SPDX-License-Identifier: MIT
-- The editor's types: every public name has one, none refers to a class that is nowhere, none is defined twice, and the messages of the
-- examples have fields that there are.

local annotations = require "tools.annotations"
local stubs = require "tools.stubs"
local sms = require "sms"

local function lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  pipe:close()
  return out
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

local library = lines("find library -name '*.lua' | LC_ALL=C sort")

-- Types that Lua has, and words of the language server.
local KNOWN = {}
for name in ("any boolean string number integer table function file userdata thread nil true false self fun T"):gmatch("%S+") do
  KNOWN[name] = true
end

-- Every class and alias, with the file that defines it.
local function definitions()
  local where, twice = {}, {}
  for _, path in ipairs(library) do
    for line in read(path):gmatch("[^\n]+") do
      local name = line:match("^%-%-%-@class ([%w_.]+)") or line:match("^%-%-%-@alias ([%w_.]+)")
      if name then
        if where[name] then twice[#twice + 1] = ("%s: %s and %s"):format(name, where[name], path) end
        where[name] = path
      end
    end
  end
  return where, twice
end

-- Names of types in an expression: without texts, names of parameters and of fields.
local function types_of(text)
  local plain = annotations.split(text):gsub("'[^']*'", " "):gsub('"[^"]*"', " "):gsub("[%w_]+%??:%s*", " ")
  local bare = plain:gsub("fun%(([^)]*)%)", function(inside)
    return " " .. inside:gsub("[%w_]+%??%s*,", " "):gsub("^%s*[%w_]+%??%s*$", " ") .. " "
  end)
  local out = {}
  for name in bare:gmatch("[%a_][%w_.]*") do out[#out + 1] = (name:gsub("%.+$", "")) end
  return out
end

describe("the editor's types", function()
  local where, twice = definitions()

  it("are defined once", function()
    assert.same({}, twice)
    assert.truthy(where["sms.Message"] and where["sms.Receipt"] and where["sms.Error"])
  end)

  it("refer to nothing that is nowhere", function()
    local missing = {}
    for _, path in ipairs(library) do
      for line in read(path):gmatch("[^\n]+") do
        local rest = line:match("^%-%-%-@field %S+ (.*)$") or line:match("^%-%-%-@param %S+ (.*)$") or line:match("^%-%-%-@return (.*)$")
          or line:match("^%-%-%-@type (.*)$") or line:match("^%-%-%-@class [%w_.]+: (.*)$")
        for _, name in ipairs(rest and types_of(rest) or {}) do
          if not KNOWN[name] and not where[name] and not name:find("^%d") then missing[#missing + 1] = ("%s: %s"):format(path, name) end
        end
      end
    end
    assert.same({}, missing)
  end)

  -- The methods of an object that a file declares.
  local function methods_in(path, class)
    local out = {}
    for name in read(path):gmatch("\nfunction " .. class .. ":([%w_]+)%(") do out[name] = true end
    return out
  end

  local function missing_of(known, names)
    local out = {}
    for name in pairs(names) do
      if not known[name] then out[#out + 1] = name end
    end
    table.sort(out)
    return out
  end

  it("have every name of sms, none of them as a bare table or function", function()
    local known, bare = {}, {}
    for _, block in ipairs(annotations.read(read "library/sms/init.lua")) do
      for _, field in ipairs(block.class == "sms" and block.fields or {}) do
        known[field.name] = true
        if field.type == "table" or field.type == "function" then bare[#bare + 1] = field.name end
      end
      known[block.below:match "^function sms%.([%w_]+)" or 1] = true
    end
    assert.same({}, missing_of(known, (function() local out = {} for name in pairs(sms) do out[name] = true end return out end)()))
    assert.same({ "core" }, bare) -- what is in the C module may change with any version
  end)

  it("have every method of a client, a task, a failover group and an outbox", function()
    local client, face, none = sms.websms { token = "x" }, "library/sms/init.lua", {}
    local own = {}
    for name, value in pairs(debug.getmetatable(client).__index) do own[name] = type(value) == "function" or nil end
    assert.same(none, missing_of(methods_in(face, "Client"), own))
    for class, methods in pairs {
      Task = debug.getmetatable(sms.task(function() end)).__index,
      Failover = (function()
        local out = {}
        for name in (select(2, pcall(function() return sms.failover { client }.none end))):gmatch("it has (.*)$")():gmatch "%l+" do
          out[name] = true
        end
        return out
      end)(),
    } do
      local public = {}
      for name in pairs(methods) do public[name] = not name:find "^__" or nil end
      assert.same(none, missing_of(methods_in(face, class), public))
      assert.is_not_nil(next(public))
    end
    local outbox = methods_in("library/sms/outbox/types.lua", "Outbox")
    assert.is_true(outbox.plan and outbox.work and outbox.close)
  end)

  it("say what client:send takes and gives", function()
    for _, block in ipairs(annotations.read(read "library/sms/init.lua")) do
      if block.below:find("function Client:send(", 1, true) then
        assert.same({ "sms.Message", "sms.CallOptions" }, { block.params[1].type, block.params[2].type })
        assert.same({ "sms.Receipt?", "sms.Response|sms.Error" }, { block.returns[1].type, block.returns[2].type })
        return
      end
    end
    error "there is no stub of client:send"
  end)

  it("are an addon of the Lua language server", function()
    local addon = assert(require("sms.json").decode(read "config.json"))
    assert.equal("lua-sms", addon.name)
    for _, line in ipairs { 'local sms = require "sms"', "require('sms.text')", 'require ("sms.loop.luv")' } do
      assert.truthy(line:find(addon.words[1]), line)
    end
    assert.is_nil(('require "smsc"'):find(addon.words[1]))
    for _, name in ipairs { "words", "files" } do -- as the schema of the addons has them: a list that is there is not empty
      assert.is_true(addon[name] == nil or type(addon[name][1]) == "string", name)
    end
    assert.is_table(addon.settings)
    assert.truthy(read "library/sms/init.lua")
  end)

  it("have every module that the documents load by name", function()
    local known, missing, seen = { ["sms.core"] = true }, {}, 0
    for _, name in ipairs(stubs.modules) do known["sms." .. name] = true end
    for _, path in ipairs(lines "ls README.md SECURITY.md docs/*.md docs/how-to/*.md examples/*.lua") do
      if path ~= "docs/adding-a-provider.md" and path ~= "docs/architecture.md" and path ~= "docs/internals.md" then
        for name in read(path):gmatch "require%s*%(?%s*[\"'](sms%.[%w_.]+)" do
          seen = seen + 1
          if not known[name] then missing[#missing + 1] = path .. ": " .. name end
        end
      end
    end
    assert.same({}, missing)
    assert.is_true(seen > 5)
  end)

  -- Functions without words are nobody's business but ours; those with words have a stub.
  for _, name in ipairs(stubs.modules) do
    it("have the functions of sms." .. name .. " that the documents name", function()
      local text = read(("library/sms/%s.lua"):format((name:gsub("%.", "/"))))
      assert.equal(stubs.module(name), text)
      local known, count = stubs.names(text), 0
      local ok, module = pcall(require, "sms." .. name)
      for stub in pairs(known) do
        count = count + 1
        if ok and not stub:find("^_") then assert.is_not_nil(module[stub], stub) end
      end
      assert.is_true(count > 0)
    end)
  end

  it("hold the fields of the messages that documents and examples send", function()
    local fields, seen, wrong = require("sms.message.fields").types, 0, {}
    for _, path in ipairs(lines("ls README.md docs/*.md docs/how-to/*.md examples/*.lua 2>/dev/null")) do
      for message in (" " .. read(path):gsub('"[^"\n]*"', '""')):gmatch("[^%w_.]%l+:send%s*%(?%s*(%b{})") do
        for name in ("{" .. message:sub(2):gsub("%b{}", "nil")):gmatch("[{,]%s*([%l_]+)%s*=") do
          seen = seen + 1
          if not fields[name] then wrong[#wrong + 1] = path .. ": " .. name end
        end
      end
    end
    assert.same({}, wrong)
    assert.is_true(seen > 10)
  end)
end)
