-- SPDX-License-Identifier: MIT
-- `sms call`: calls any operation of a provider, as declared in its resource files.

local account = require "sms.cli.account"
local core = require "sms.core"
local json = require "sms.json"
local check = require "sms.check"
local output = require "sms.cli.output"

local command = {}

---------------------------------------------------------------- the operation

-- The facts of a provider's resource: operation → fact.
local function facts_of(provider, resource)
  return require(("sms.%s.%s"):format(provider, resource))
end

-- Every operation as "resource.operation" with its fact, in the order of the resources; only those of `resource` if it is given.
local function operations_of(provider, only)
  local out = {}
  for _, resource in ipairs(require("sms." .. provider).resources) do
    local names = check.names(facts_of(provider, resource))
    for _, name in ipairs(only == nil and names or only == resource and names or {}) do
      out[#out + 1] = { name = resource .. "." .. name, fact = facts_of(provider, resource)[name] }
    end
  end
  return out
end

local function list(provider, resource, options)
  local cells = {}
  for i, operation in ipairs(operations_of(provider, resource)) do
    if options.json then output.print_json({ name = operation.name, request = operation.fact[1], summary = operation.fact[2] }) end
    cells[i] = { operation.name, operation.fact[2] }
  end
  if not options.json then output.rows(cells) end
  return 0
end

local function find(provider, text)
  local names = {}
  for i, operation in ipairs(operations_of(provider)) do
    if operation.name == text:gsub(":", ".") then return operation.fact, operation.name:match "^(.-)%.(.*)$" end
    names[i] = operation.name
  end
  for _, resource in ipairs(require("sms." .. provider).resources) do names[#names + 1] = resource end
  output.stop(2, ("%s has no operation '%s'%s (sms call --provider %s)"):format(provider, check.shown(text),
    check.guess(text, names, ";"), provider))
end

local function is_resource(provider, text)
  for _, resource in ipairs(require("sms." .. provider).resources) do
    if resource == text then return true end
  end
  return false
end

---------------------------------------------------------------- its arguments

-- The type of an argument, wherever the fact declares it.
local function type_of(fact, name)
  for _, place in ipairs { "query", "body", "form", "multipart", "path" } do
    local text = fact[place] and fact[place][name]
    if text then return text end
  end
end

local SECRET = { "[Pp]assword", "^token$", "[Aa]pi_?[Kk]ey", "^session$", "secret" }

local function is_secret(name)
  for _, pattern in ipairs(SECRET) do
    if name:find(pattern) then return true end
  end
  return false
end

local function file_value(fact, name, path)
  local kind = type_of(fact, name) or ""
  if kind:find "^sms%.File%[%]" then return { { path = path } } end
  if kind:find "^sms%.File" then return { path = path } end
  local text, problem
  if is_secret(name) then text, problem = core.secret_file(path) else text, problem = core.read_file(path) end
  if not text then output.stop(2, ("%s=@%s: %s"):format(name, path, problem)) end
  return (text:gsub("\r?\n$", ""))
end

local function json_value(name, text)
  local ok, value = pcall(json.decode, text)
  if ok and value ~= nil then return value end
  output.stop(2, ("%s:=…: not JSON; for a string, write %s=TEXT"):format(name, name))
end

-- Parses one word into an argument's name and value. Messages don't repeat the value, which may be a secret.
local function field_of(fact, word)
  local name, how, value = word:match "^([%a_][%w_]*)(:?=@?)(.*)$"
  if not name then output.stop(2, ("'%s' is not an argument; write NAME=TEXT, NAME:=JSON or NAME=@FILE"):format(check.shown(word))) end
  if how == "=@" then return name, file_value(fact, name, value) end
  if is_secret(name) then
    output.stop(2, ("'%s' is a secret; secrets are not allowed as arguments: write %s=@FILE, with a file of mode 0600"):format(name, name))
  end
  if how == ":=@" then return name, json_value(name, file_value({}, name, value)) end
  if how == ":=" then return name, json_value(name, value) end
  return name, value
end

local function arguments_of(fact, words)
  local out = {}
  for _, word in ipairs(words) do
    local name, value = field_of(fact, word)
    if out[name] ~= nil then output.stop(2, ("argument '%s' is given twice; a list is %s:='[…]'"):format(name, name)) end
    out[name] = value
  end
  return out
end

---------------------------------------------------------------- the call

-- The lines of a result: one per item of a list.
local function lines_of(result)
  if type(result) ~= "table" or result[1] == nil and output.json(result) ~= "[]" then return { output.json(result) } end
  local out = {}
  for i, item in ipairs(result) do out[i] = output.json(item) end
  return out
end

local function keep(path, bytes)
  local sink, problem = core.sink(path)
  local kept = sink
  if sink then kept, problem = sink:keep(bytes) end
  if not kept then output.stop(1, ("%s: %s"):format(path, problem)) end
end

local function print_result(result, options)
  if type(result) == "string" and not options.json then return output.write(require("sms.text.terminal").text(result)) end
  for _, line in ipairs(lines_of(result)) do output.write(line) end
end

-- The exit status of a failed call, by what it proves about the outcome.
local function fail(err, fact)
  if type(err) ~= "table" then
    local words = output.words(err)
    if words:find "interrupted!" then error(err, 0) end
    output.stop(2, words .. (words:find "got a string" and "; use NAME:=JSON for a value that is not a string" or ""))
  end
  local stopped = err.kind == "cancelled" and 5 or 1
  output.stop(fact.send and err.outcome == "unknown" and 3 or stopped, tostring(err))
end

local function perform(whose, resource, name, arguments, options)
  local target = whose.client[resource]
  local ok, result, second = pcall(target[name], target, arguments, options)
  if not ok then return nil, result end
  if result == nil and type(second) == "table" and not second.kind then return true end -- a response without a result
  return result, second
end

local function walk(whose, fact, resource, name, arguments)
  if not fact.pages then output.stop(2, ("%s.%s has no pages; omit --all"):format(resource, name)) end
  local each = require("sms.api.pages").each(function(page)
    return perform(whose, resource, name, page)
  end, fact.pages, arguments, { provider = whose.provider, operation = resource .. ":" .. name })
  while true do
    local ok, item = pcall(each)
    if not ok then fail(item, fact) end
    if item == nil then return 0 end
    output.print_json(item)
  end
end

-- A call that sends a message is confirmed first. The client itself enforces the profile's `only`.
local function consider(fact, word, options)
  if not fact.send or options.yes then return end
  if not output.ask(("%s sends a message. Continue?"):format(word), "--yes") then output.stop(1, "not sent") end
end

-- Prints the request instead of making it.
local function rehearse(whose, fact, resource, name, arguments, options)
  if options.all or options.out then output.stop(2, "--dry-run shows one request; omit --all and --out") end
  local request, err = perform(whose, resource, name, arguments, { dry_run = true })
  if request == nil then fail(err, fact) end
  if options.json then
    output.print_json(request, { "method", "url", "headers", "body" })
    return 0
  end
  output.say(("%s %s"):format(request.method, request.url))
  for _, header in ipairs(check.names(request.headers or {})) do output.say(("%s: %s"):format(header, request.headers[header])) end
  output.write ""
  if request.body then output.write(require("sms.text.terminal").text(request.body)) end
  for _, part in ipairs(request.parts or {}) do output.print_json(part) end
  return 0
end

-- The provider, for actions that need no credentials.
local function provider_of(options)
  if options.provider then return options.provider end
  return account.open(options).provider
end

--- Runs the command.
---@param options table
---@return integer status
function command.run(options)
  local word = options.operation
  if not word then return list(provider_of(options), nil, options) end
  local provider = provider_of(options)
  if is_resource(provider, word) then return list(provider, word, options) end
  local fact, resource, name = find(provider, word)
  local arguments = arguments_of(fact, options.fields)
  local whose = account.open(options)
  if options.dry_run then return rehearse(whose, fact, resource, name, arguments, options) end
  consider(fact, word, options)
  if options.all then return walk(whose, fact, resource, name, arguments) end
  local in_place = options.out and fact.response == "text" -- such a response goes to the file as it comes
  local result, err = perform(whose, resource, name, arguments, in_place and { to_file = options.out } or nil)
  if result == nil then fail(err, fact) end
  if not options.out then
    print_result(result, options)
  elseif not in_place then
    keep(options.out, table.concat(lines_of(result), "\n") .. "\n")
  end
  return 0
end

return command
