-- SPDX-License-Identifier: MIT
-- What runs on Lua 5.4 and not on 5.5, or on one machine and not on another: `lua5.4 tools/portable.lua [FILE...]`; all files of the
-- checkout where none is named. Assignments to loop variables (constant in 5.5), functions and macros that are gone there, interpreters
-- and header folders named by version. Lua is read by luacheck's parser.

package.path = "./?.lua;" .. package.path

-- Debian installs luacheck for Lua 5.1; its parser runs on any.
for minor = 1, 5 do
  package.path = ("%s;/usr/share/lua/5.%d/?.lua;/usr/local/share/lua/5.%d/?.lua"):format(package.path, minor, minor)
end

local files = require "tools.files"

local portable = {}

-- ---- loop variables ----

local walk

local function walk_all(nodes, scope, report)
  for _, node in ipairs(nodes) do
    if type(node) == "table" then walk(node, scope, report) end
  end
end

local function inner(scope)
  return setmetatable({}, { __index = scope })
end

local function declare(scope, names, kind)
  for _, name in ipairs(names) do
    if name.tag == "Id" then scope[name[1]] = kind end
  end
end

local function walk_for(variables, expressions, body, scope, report)
  walk_all(expressions, scope, report)
  local own = inner(scope)
  declare(own, variables, "plain")
  -- In 5.5 all variables of a numeric `for` are constant, and the first of a generic one.
  if variables[1].tag == "Id" then own[variables[1][1]] = "loop" end
  walk_all(body, inner(own), report)
end

local rules = {}

function rules.Fornum(node, scope, report)
  walk_for({ node[1] }, { table.unpack(node, 2, #node - 1) }, node[#node], scope, report)
end

function rules.Forin(node, scope, report)
  walk_for(node[1], node[2], node[3], scope, report)
end

function rules.Function(node, scope, report)
  local own = inner(scope)
  declare(own, node[1], "plain")
  walk_all(node[2], own, report)
end

function rules.Local(node, scope, report)
  walk_all(node[2] or {}, scope, report)
  declare(scope, node[1], "plain")
end

function rules.Localrec(node, scope, report)
  declare(scope, node[1], "plain")
  walk_all(node[2], scope, report)
end

function rules.Repeat(node, scope, report)
  local own = inner(scope)
  walk_all(node[1], own, report)
  walk(node[2], own, report)
end

function rules.Set(node, scope, report)
  for _, target in ipairs(node[1]) do
    if target.tag == "Id" and scope[target[1]] == "loop" then report(target.line, target[1]) end
  end
  walk_all(node, scope, report)
end

function walk(node, scope, report)
  local rule = rules[node.tag]
  if rule then return rule(node, scope, report) end
  -- A list of statements is a block; other lists are of expressions, which declare nothing.
  walk_all(node, node.tag == nil and inner(scope) or node.tag == "Do" and inner(scope) or scope, report)
end

--- The assignments to loop variables in a Lua text.
---@param text string  a `#!` line may come first
---@return { line: integer, name: string }[]
function portable.assigned_loops(text)
  local parser = require "luacheck.parser"
  local found = {}
  local ast = parser.parse(require("luacheck.decoder").decode((text:gsub("^#![^\n]*", ""))), {}, {})
  walk_all(ast, {}, function(line, name) found[#found + 1] = { line = line, name = name } end)
  return found
end

-- ---- names ----

local C_WORDS = { lua_numbertointeger = "lua_tointegerx", lua_newuserdata = "lua_newuserdatauv", lua_resetthread = "lua_closethread" }
local LUA_PATTERNS = {
  ['collectgarbage%s*%(?%s*"set%a+"'] = 'collectgarbage("param", …), or "incremental" with its numbers in 5.4',
}

-- An interpreter by its version, in what a shell runs; `${LUA:-lua5.4}` is how it is written.
local function names_interpreter(line)
  local rest = line:gsub("%${LUA:%-lua5%.4}", ""):gsub("%-llua5%.4}", ""):gsub("{LUA_INCDIR:%-/usr/include/lua5%.4}", "")
  return rest:find("[\"' ;|({&]lua5%.[45] ") ~= nil or rest:find('spawn%("lua5') ~= nil
end

local function in_lua(path, text, complain)
  for _, found in ipairs(portable.assigned_loops(text)) do
    complain("%s:%d: the loop variable '%s' is assigned to; Lua 5.5 has it constant", path, found.line, found.name)
  end
  local number = 0
  for line in text:gmatch("([^\n]*)\n") do
    number = number + 1
    if not line:find("^%s*%-%-") then
      for pattern, instead in pairs(LUA_PATTERNS) do
        if line:find(pattern) then complain("%s:%d: not in Lua 5.5: use %s", path, number, instead) end
      end
      if path:find("^spec/") and names_interpreter(line) then
        complain("%s:%d: an interpreter by its version: write ${LUA:-lua5.4}", path, number)
      end
    end
  end
end

local function in_c(path, text, complain)
  for word, instead in pairs(C_WORDS) do
    if text:find("%f[%w_]" .. word .. "%f[^%w_]") then complain("%s: %s is not in Lua 5.5: use %s", path, word, instead) end
  end
end

--- What is wrong in the files, in words.
---@param paths string[]
---@return string[]
function portable.problems(paths)
  local problems = {}
  local function complain(...) problems[#problems + 1] = string.format(...) end
  for _, path in ipairs(paths) do
    local text = assert(files.read(path))
    if path:find("%.[ch]$") then in_c(path, text, complain)
    elseif path:find("%.lua$") or path:find("%.cgi$") then in_lua(path, text, complain) end
  end
  return problems
end

-- Run as a program.
if arg and arg[0] and arg[0]:find("portable%.lua$") then
  local paths = arg
  if #arg == 0 then
    paths = files.lines("find . -path ./.git -prune -o -path ./build -prune -o -type f -print | sed 's|^[.]/||' | LC_ALL=C sort")
  end
  local problems = portable.problems(paths)
  if #problems > 0 then
    io.stderr:write(table.concat(problems, "\n"), "\n")
    os.exit(1)
  end
end

return portable
