-- SPDX-License-Identifier: MIT
-- The part `outbox` of `make bench`: what durable sending costs beside C programs on sqlite3 and libpq that do the same work on the same
-- tables, and beside `sms.parallel` alone. PostgreSQL's part is skipped with a word where it isn't installed.

local measure = require "bench.measure"

local quoted = measure.quoted

local ROWS, SENDS, IN_FLIGHT = 20000, 6000, 100

local OURS = "lua5.4 bench/outbox.lua"

-- An empty outbox of so many rows, then a program on it; only what the program prints counts.
local function on_full(address, rows, command)
  local path = address:match "^sqlite:(.*)$"
  local empty = path and ("rm -f %s*"):format(quoted(path)) or "true"
  return ("sh -c %s"):format(quoted(("%s; %s fill %s %d >/dev/null && %s"):format(empty, OURS, quoted(address), rows, command)))
end

local function claims(bench, title, address, floor)
  local list = {}
  if floor then list[1] = { name = "C", count = ROWS / 1e6, command = on_full(address, ROWS, ("%s %d"):format(floor, ROWS)) } end
  local drain = ("%s drain %s %d"):format(OURS, quoted(address), ROWS)
  list[#list + 1] = { name = "lua-sms", count = ROWS / 1e6, command = on_full(address, ROWS, drain) }
  bench.run_rounds(title .. ": claim, mark and settle a row in exchanges of 100: CPU", "us",
    floor and { { row = "lua-sms", most = bench.most[title] } } or {}, 3, list, "cpu")
end

local function rates(bench, title, address)
  bench.report:section(title .. ": rows a second", "/s", {})
  local path = address:match "^sqlite:(.*)$"
  for _, job in ipairs { "fill", "plan" } do
    if path then measure.works(("rm -f %s*"):format(quoted(path))) end
    local got = measure.run(("%s %s %s %d"):format(OURS, job, quoted(address), ROWS)) or {}
    bench.report:row(job == "fill" and "written" or "planned: read, rendered, checked, written", got.per_second)
  end
  bench.report:judge()
  bench.report:section(title .. ": an idle look, and opening to the first claimed row", "", {})
  local poll = measure.run(("%s poll %s 1"):format(OURS, quoted(address))) or {}
  bench.report:row("idle look, us", poll.microseconds)
  local filled = ("%s fill %s 100 >/dev/null; %s start %s 1"):format(OURS, quoted(address), OURS, quoted(address))
  local start = measure.run("sh -c " .. quoted(filled)) or {}
  bench.report:row("open to first row, ms", start.milliseconds)
  bench.report:judge()
end

-- A server that answers after 50 ms on average; its port by a file.
local function start_server(folder)
  local port = folder .. "/outbox-port"
  local pipe = assert(io.popen(("lua5.4 trials/outbox_server.lua /dev/null 50 off >%s"):format(quoted(port)), "w"))
  local number
  for _ = 1, 100 do
    local file <close> = io.open(port, "r")
    number = file and file:read "l"
    if number then break end
    measure.works "sleep 0.05"
  end
  return assert(number, "the server did not start"), pipe
end

local function sends(bench, addresses)
  local port, pipe = start_server(bench.folder)
  local tail = ("%d %s %d"):format(SENDS, port, IN_FLIGHT)
  local list = { { name = "sms.parallel alone", count = SENDS / 1e6, command = ("%s alone x %s"):format(OURS, tail) } }
  for _, one in ipairs(addresses) do
    list[#list + 1] = { name = "through " .. one.name, count = SENDS / 1e6,
      command = on_full(one.address, SENDS, ("%s work %s %s"):format(OURS, quoted(one.address), tail)) }
  end
  local function goals(sqlite, postgres)
    return { { row = "through SQLite", most = sqlite }, addresses[2] and { row = "through PostgreSQL", most = postgres } }
  end
  bench.run_rounds("A send, 100 in flight, the provider takes 50 ms: CPU of the process", "us", goals(1.45, 1.12), 3, list, "cpu")
  for _, one in ipairs(list) do one.count = 1 end
  bench.run_rounds("The same: time of 6,000", "s", goals(1.12, 1.2), 3, list, "wall")
  pipe:close()
end

local function memory(bench, address)
  bench.report:section("Outbox, SQLite: peak memory", "MB", { { row = "200,000 rows planned", most = 18, plain = true } })
  local got = measure.run(("%s plan %s 200000"):format(OURS, quoted(address))) or {}
  bench.report:row("200,000 rows planned", got.megabytes)
  bench.report:judge()
end

--- Measures all of it.
---@param bench { report: table, folder: string, built: function, run_rounds: function }
return function(bench)
  if not pcall(require, "dbd.sqlite3") then return bench.report:skip("outbox", "LuaDBI is not installed (Debian: lua-dbi-sqlite3)") end
  bench.most = { ["Outbox, SQLite"] = 1.6, ["Outbox, PostgreSQL"] = 12 }
  local addresses = { { name = "SQLite", address = "sqlite:" .. bench.folder .. "/outbox.db" } }
  local file = addresses[1].address:match ":(.*)$"
  local floor = bench.built("outbox_sqlite", "-lsqlite3")
  claims(bench, "Outbox, SQLite", addresses[1].address, floor and floor .. " " .. quoted(file))
  rates(bench, "Outbox, SQLite", addresses[1].address)
  memory(bench, "sqlite:" .. bench.folder .. "/memory.db")
  local found, postgres = pcall(require, "spec.support.postgres")
  local absent = not found and "luv is not installed" or postgres.absent()
  if absent then bench.report:skip("outbox on PostgreSQL", absent) end
  local cluster <close> = not absent and postgres.new { durable = true } or nil
  if cluster then
    addresses[2] = { name = "PostgreSQL", address = cluster:database() }
    floor = bench.built("outbox_pq", "-I/usr/include/postgresql -lpq")
    claims(bench, "Outbox, PostgreSQL", addresses[2].address, floor and floor .. " " .. quoted(addresses[2].address))
    rates(bench, "Outbox, PostgreSQL", addresses[2].address)
    addresses[2].address = cluster:database()
  end
  sends(bench, addresses)
end
