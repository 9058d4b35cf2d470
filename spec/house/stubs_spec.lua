-- SPDX-License-Identifier: MIT
-- The editor's types: every public name has one, none refers to a class that is nowhere, none is defined twice, and the messages of the
-- examples have fields that there are.

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

-- The type expression that stands at the beginning of a text; words that explain it come after two spaces, or after a blank where the
-- expression is over.
local function expression(text)
  local depth, at = 0, 1
  while at <= #text do
    local char = text:sub(at, at)
    if char:find("[%(<{%[]") then depth = depth + 1 elseif char:find("[%)>}%]]") then depth = depth - 1 end
    local before, after = text:sub(at - 1, at - 1), text:match("^%s+(%S)", at)
    if char == " " and depth == 0 and not before:find("[,:|]") and not (after and after:find("[,:|]")) then break end
    at = at + 1
  end
  return text:sub(1, at - 1)
end

-- Names of types in an expression: without texts, names of parameters and of fields.
local function types_of(text)
  local bare = expression(text):gsub("'[^']*'", " "):gsub('"[^"]*"', " "):gsub("[%w_]+%??:%s*", " "):gsub("fun%(([^)]*)%)", function(inside)
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

  it("have every name of sms", function()
    local face, missing = read("library/sms/init.lua"), {}
    local class = face:match("%-%-%-@class sms\n.-\nlocal sms = {}")
    for name in pairs(sms) do
      if not class:find("---@field " .. name .. " ", 1, true) and not class:find("---@field " .. name .. "? ", 1, true) then
        missing[#missing + 1] = name
      end
    end
    assert.same({}, missing)
  end)

  it("have every method of a client", function()
    local face, missing = read("library/sms/init.lua"), {}
    for name, value in pairs(getmetatable and debug.getmetatable(sms.websms { token = "x" }).__index or {}) do
      if type(value) == "function" and not face:find("\nfunction Client:" .. name .. "(", 1, true) then missing[#missing + 1] = name end
    end
    assert.same({}, missing)
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
    local fields, seen, wrong = require("sms.fields").types, 0, {}
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
