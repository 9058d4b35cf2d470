-- SPDX-License-Identifier: MIT
-- Run with few descriptors: a server that streams to more clients than it may have connections. Prints "served" when the last one
-- got its response.

local httpd = require "sms.httpd"
local patience = require "spec.support.patience"
local sockets = require "spec.support.sockets"

local server <close> = assert(httpd.listen())
local requests, clients = {}, {}

local function turn()
  local request = server:next(0.002)
  if not request then return end
  assert(request:stream(200))
  request:write "hello"
  requests[#requests + 1] = request
end

for i = 1, 40 do
  local client = sockets.connect(server:port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
  clients[i] = client
  local served = sockets.wait(patience.MOST, function() return client.ended or client.input:find("hello", 1, true) end, turn)
  assert(served and not client.ended, ("client %d was not served: %s"):format(i, client.problem))
  -- Those that were cut off give their descriptors back.
  for _, other in ipairs(clients) do
    if other.ended then other:close() end
  end
end
print "served"
