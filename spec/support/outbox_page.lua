-- SPDX-License-Identifier: MIT
-- Runs the Lua of docs/outbox.md, block after block as one program, over a database in the folder it is started in and the in-process
-- sandbox: `lua5.4 outbox_page.lua DOCUMENT`. Blocks without a language are Lua where they compile. Prints how many ran.

local sms = require "sms"

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

local sandbox = require("sms.sandbox").new()
local client = sms.zoomconnect { email = "sandbox@example.org", token = "sandbox-token", transport = sandbox:transport "zoomconnect" }
local opened

-- `sms`, with a client of the sandbox's and an outbox that is remembered.
local face = setmetatable({
  zoomconnect = function() return client end,
  outbox = { open = function(...)
    opened = assert(sms.outbox.open(...))
    return opened
  end },
}, { __index = sms })

-- The newest row that was accepted, for what the page takes for granted.
local function row()
  return assert(opened:rows { run = "june-promo", state = "accepted" }(), "no row was accepted")
end

local given = {
  -- A report of that row, as ZoomConnect posts it.
  request = function()
    return { method = "GET", headers = {}, body = "", query = ("messageId=%s&status=DELIVERED"):format(row().provider_id) }
  end,
  reference = function() return row().reference end,
}

local env = setmetatable({
  client = client, address = "sandbox@example.org", token = "sandbox-token", session = "session-1", print = function() end,
  require = function(name) return name == "sms" and face or require(name) end,
  os = setmetatable({ exit = function() end }, { __index = os }),
  io = setmetatable({ stderr = { write = function() end } }, { __index = io }),
}, { __index = function(_, name) return given[name] and given[name]() or _G[name] end })

local file <close> = assert(io.open(arg[1]))
local pieces, count = {}, 0
for language, block in file:read("a"):gmatch "\n```(%l*)\n(.-)\n```" do
  if language == "lua" or language == "" and load(block) then
    count = count + 1
    -- Texts may go out at any time of the day that the spec is run.
    pieces[#pieces + 1] = block:gsub('quiet = { from = "20:00", to = "08:00" }, ', "")
  end
end
write("guests.csv", "phone,name\n+27825551234,Thandi\n+27825551235,Pieter\nnonsense,Nobody\n")
assert(load(table.concat(pieces, "\n"), "=the page", "t", env))()
opened:close()
print(count .. " blocks")
