-- SPDX-License-Identifier: MIT
-- Shared by the outbox commands: location, opening, and exit statuses of errors.

local output = require "sms.cli.output"
local sms = require "sms"

local stores = {}

--- The folder of the runs.
---@return string
function stores.folder()
  local state = os.getenv "XDG_STATE_HOME"
  if not state or state == "" then state = (os.getenv "HOME" or "") .. "/.local/state" end
  return state .. "/lua-sms"
end

--- The runs with a file in the state folder, newest first.
---@return string[] names
function stores.names()
  local pipe = assert(io.popen(("ls -1t %s 2>/dev/null"):format(require("sms.cli.profiles").quoted(stores.folder() .. "/"))))
  local found = {}
  for line in pipe:lines() do found[#found + 1] = line:match "^(.*)%.db$" end
  pipe:close()
  return found
end

--- The name of a run: the given one, else the newest in the state folder.
---@param options { name: string?, outbox: string? }
---@return string
function stores.name(options)
  if options.name then return options.name end
  local name = not options.outbox and stores.names()[1]
  if name then return name end
  output.stop(2, "there is no run in " .. stores.folder() .. "; give its NAME")
end

-- The file of a run. `make`: create its folder if it doesn't exist.
local function file_of(name, make)
  local quoted = require("sms.cli.profiles").quoted(stores.folder())
  if make and not os.execute(("umask 077; mkdir -p %s 2>/dev/null"):format(quoted)) then
    output.stop(2, "cannot make the folder " .. stores.folder())
  end
  local path = ("%s/%s.db"):format(stores.folder(), name)
  local file = io.open(path, "r")
  if file then file:close() elseif not make then output.stop(2, ("there is no run '%s' in %s"):format(name, stores.folder())) end
  return "sqlite:" .. path
end

--- Passes the results of an outbox call through; an error exits: with 2 for a wrong request, else with 1.
---@param value any
---@param err any
---@return any
function stores.must(value, err)
  if value ~= nil or err == nil then return value end
  local wrong = type(err) == "table" and (err.kind == "invalid" or err.kind == "not_found")
  output.stop(wrong and 2 or 1, type(err) == "table" and err.message or tostring(err))
end

-- SQLite would create a file for a misspelt path.
local function check_there(address)
  local engine, path = require("sms.outbox.store").read_address(address)
  local file = engine ~= "sms.outbox.sqlite" or io.open(path, "r")
  if not file then output.stop(2, ("there is no outbox %s; sms outbox init creates one"):format(path)) end
  if file ~= true then file:close() end
end

--- Opens the outbox of a command; the caller closes it.
---@param options { outbox: string?, name: string? }
---@param make? boolean  create the outbox if it does not exist
---@return table outbox
---@return string address
function stores.open(options, make)
  local found, module = pcall(function() return sms.outbox end)
  if not found then output.missing("the outbox is a separate rock: luarocks install lua-sms-outbox\n" .. output.words(module)) end
  local address = options.outbox or file_of(stores.name(options), make)
  if options.outbox and not make then check_there(address) end
  local ok, opened, err = pcall(module.open, address)
  if not ok then output.stop(2, output.words(opened)) end
  return stores.must(opened, err), address
end

--- Deletes a run's plan from the run's own file before it is planned again, unless it was applied. Other processes may have the file open.
---@param options { outbox: string?, name: string }
function stores.renew(options)
  if options.outbox then return end
  local path = ("%s/%s.db"):format(stores.folder(), options.name)
  local file = io.open(path, "r")
  if not file then return end
  file:close()
  stores.open(options):close() -- with its messages about what can't be opened
  local db = require("sms.outbox.store").open("sqlite:" .. path, {})
  local ok, problem = pcall(require("sms.outbox.manage").discard, db, options.name)
  db:close()
  if not ok then stores.must(nil, problem) end
end

return stores
