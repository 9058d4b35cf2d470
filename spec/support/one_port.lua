-- SPDX-License-Identifier: MIT
-- A program for `spec.support.namespace`, where it can take away all local ports but two: a pool reaches two hosts from the same local
-- port. The second host sends a response that nobody asked for. Prints the ports and the responses.

local core = require "sms.core"
local peer = require "spec.support.peer"

local quiet = peer.server(function() return 200, "quiet" end)
local loud = peer.listen(function(connection, number)
  connection:request()
  connection:answer(200, "first of " .. number)
  connection:pause(0.02)
  if number == 1 then connection:answer(200, "forged") end
  while connection:request() do connection:answer(200, "mine") end
end)

local range <close> = assert(io.open("/proc/sys/net/ipv4/ip_local_port_range", "w"))
assert(range:write("40000 40001\n") and range:flush())

local pool = core.pool()

local function ask(host)
  local endpoint = core.endpoint { base_url = host.url }
  local transfer = assert(pool:start(endpoint, "POST", "/", "{}", 60, true))
  local status, body = host:finish(pool, transfer)
  return status and body or "no response"
end

local function port_of(host)
  return next(host.open).socket:getpeername().port
end

local answers = { ask(quiet), ask(loud) }
local ports = { port_of(quiet), port_of(loud) }
loud:drive(pool, function() return false end, 0.1)
loud:turn() -- for what came due since
answers[3], answers[4] = ask(loud), ask(quiet)
print(require("cjson").encode { ports = ports, answers = answers })
