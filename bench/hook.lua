-- SPDX-License-Identifier: MIT
-- The receiver of webhooks for the benchmarks: `hook.lua listen PORTFILE` until SIGTERM; `hook.lua body FILE REPORTS` writes a post of so
-- many delivery reports, with `@@@@@@@@` where each post has a number of its own; `hook.lua port` prints a port that is free.

local job, path, reports = arg[1], arg[2], tonumber(arg[3])

local REPORT = '{"broadcast_id":1@@@@@@@@,"segment_id":90211,"recipient":"65933333%03d","task_state":2,"updated":1596205549614,' ..
  '"sent":1596205540102,"price":0.0215,"currency":"USD","country":"Singapore","campaign_id":46279}'

local jobs = {}

function jobs.body()
  local rows = {}
  for i = 1, reports do rows[i] = REPORT:format(i) end
  local file <close> = assert(io.open(path, "w"))
  file:write('{"custom_parameter":"bench","pduDLR":false,"dlrs":[', table.concat(rows, ","), "]}")
end

function jobs.port()
  local server <close> = assert(require("sms.httpd").listen { port = 0 })
  print(server:port())
end

function jobs.listen()
  assert(require("sms.listener").run {
    provider = "messagewhiz", port = 0, on_event = function() end,
    on_listen = function(port)
      local file <close> = assert(io.open(path, "w"))
      file:write(port, "\n")
    end,
  })
end

jobs[job]()
