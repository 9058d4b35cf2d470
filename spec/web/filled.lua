-- SPDX-License-Identifier: MIT
-- A served sandbox that has so many texts: `lua5.4 spec/web/filled.lua COUNT`. Ends when standard input does.

local httpd = require "sms.httpd"
local sandbox = require "sms.sandbox"
local server = require "sms.sandbox.server"

local box = sandbox.new { clock = httpd.time, delivery = { sent = 0, final = 0 } }
box:keep_journal()
for i = 1, assert(tonumber(arg[1])) do
  box.state:deliver {
    provider = "messagewhiz", id = ("filled%07d"):format(i), to = ("2782%07d"):format(i), from = "Museum",
    text = ("Text %d of many: your visit is booked, bring this code: %06d."):format(i, i * 7919 % 1000000),
  }
end
box:tick(10)
assert(server.run {
  sandbox = box, journal = true, seconds = 300, stop = httpd.stdin_closed,
  on_listen = function(port)
    io.stdout:write("http://127.0.0.1:", port, "\n")
    io.stdout:flush()
  end,
})
