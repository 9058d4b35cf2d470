-- SPDX-License-Identifier: MIT
-- The part `outbox` of `make bench`: what durable sending costs beside C programs on sqlite3 and libpq that do the same work on the same
-- tables, and beside `sms.parallel` alone. PostgreSQL's part is skipped with a word where it isn't installed. `LARGE=1`, of the
-- environment: also 1,000,000 and 10,000,000 rows in PostgreSQL (5 GB, some minutes).

local core = require "sms.core"
local large = require "bench.outbox_large"
local measure = require "bench.measure"

local quoted = measure.quoted

local ROWS, SENDS, IN_FLIGHT = 20000, 6000, 200

local OURS = "lua5.4 bench/outbox.lua"

local function path_of(address)
  return address:match "^sqlite:(.*)$"
end

local function job(name, address, count, ...)
  return ("%s %s %s %d %s"):format(OURS, name, quoted(address), count, table.concat({ ... }, " "))
end

-- An empty outbox of so many rows, then a program on it; only what the program prints counts.
local function on_full(address, rows, command)
  local path = path_of(address)
  local empty = path and ("rm -f %s*"):format(quoted(path)) or "true"
  return ("sh -c %s"):format(quoted(("%s; %s >/dev/null && %s"):format(empty, job("fill", address, rows), command)))
end

-- A section of one program: values that it prints, each with its goal.
local function figures(bench, title, unit, command, list)
  local goals = {}
  for _, one in ipairs(list) do
    if one.most or one.least then goals[#goals + 1] = { row = one.name, most = one.most, least = one.least, plain = true } end
  end
  bench.report:section(title, unit, goals)
  local got, output = measure.run(command)
  for _, one in ipairs(list) do bench.report:row(one.name, got and got[one.field], nil, not got and output:match "[^\n]*\n?$" or nil) end
  bench.report:judge()
  return got or {}
end

---------------------------------------------------------------- rows in and out

local function claims(bench, engine)
  local title, address = engine.title .. ": claim, mark and settle a row in exchanges of 100: CPU", engine.address
  bench.report:section(title, "us", { { row = "lua-sms", most = 1.3 } })
  local list = { { name = "lua-sms", command = on_full(address, ROWS, job("drain", address, ROWS)) } }
  if engine.floor then table.insert(list, 1, { name = "C", command = on_full(address, ROWS, ("%s %d"):format(engine.floor, ROWS)) }) end
  local values = {}
  for _ = 1, 3 do
    for _, one in ipairs(list) do
      local got = measure.run(one.command)
      values[one.name] = values[one.name] or {}
      if got then table.insert(values[one.name], (got.cpu + (got.server or 0)) / ROWS * 1e6) end
    end
  end
  local base = values.C and measure.median(values.C)
  for _, one in ipairs(list) do
    local value = measure.median(values[one.name])
    bench.report:row(one.name, value, base and value and value / base)
  end
  bench.report:judge()
  local got = measure.run(list[#list].command) or {}
  bench.report:section(engine.title .. ": an exchange of 100 rows", "ms", { { row = "time", most = engine.exchange, plain = true } })
  bench.report:row("time", got.exchange_ms)
  bench.report:row("CPU", got.cpu and (got.cpu + got.server) / ROWS * 1e5)
  bench.report:judge()
  if not path_of(address) then
    bench.report:section(engine.title .. ": CPU of the server a row", "us", { { row = "claim, mark and settle", most = 75, plain = true } })
    bench.report:row("claim, mark and settle", got.server and got.server / ROWS * 1e6)
    bench.report:judge()
  end
end

local function rates(bench, engine)
  local address = engine.fresh()
  local path = path_of(address)
  bench.report:section(engine.title .. ": rows a second", "/s", { { row = "written", least = engine.written, plain = true } })
  for _, name in ipairs { "fill", "plan" } do
    if path then measure.works(("rm -f %s*"):format(quoted(path))) end
    local got = measure.run(job(name, address, ROWS * 5)) or {}
    bench.report:row(name == "fill" and "written" or "planned: read, rendered, checked, written", got.per_second)
    if got.server then bench.report:row("written, a second of CPU", ROWS * 5 / (got.cpu + got.server)) end
  end
  bench.report:judge()
  figures(bench, engine.title .. ": an idle look", "us", job("poll", address, 1), { { name = "look", field = "microseconds", most = 200 } })
  figures(bench, engine.title .. ": settling a row without statistics", "us", on_full(address, ROWS, job("settle", address, ROWS)),
    { { name = "settle", field = "us", most = 60 } })
end

local function memory(bench, folder)
  local address = "sqlite:" .. folder .. "/memory.db"
  figures(bench, "Outbox, SQLite: 1,000,000 rows planned", "", job("plan", address, 1000000), {
    { name = "peak memory, MB", field = "megabytes", most = 18 }, { name = "rows a second", field = "per_second" },
  })
  measure.run(("sh -c %s"):format(quoted(("sqlite3 %s %s; %s"):format(quoted(path_of(address)),
    quoted "update run set state = 'active'", job("claimed", address, 1)))))
  figures(bench, "Outbox, SQLite: 1,000,000 rows, after a kill", "ms", job("start", address, 1),
    { { name = "start to first claimed row", field = "milliseconds", most = 150 } })
  measure.works(("rm -f %s*"):format(quoted(path_of(address))))
end

---------------------------------------------------------------- sends

-- A server that responds after so many milliseconds on average; its port by a file.
local function start_server(folder, latency)
  local port = ("%s/outbox-port-%d"):format(folder, latency)
  os.remove(port) -- of a server before
  local pipe = assert(io.popen(("lua5.4 trials/outbox_server.lua /dev/null %d off >%s"):format(latency, quoted(port)), "w"))
  local number
  for _ = 1, 100 do
    local file <close> = io.open(port, "r")
    number = file and file:read "l"
    if number then break end
    measure.works "sleep 0.05"
  end
  return assert(number, "the server did not start"), pipe
end

local function sends(bench, engines, latency, most)
  local port, pipe = start_server(bench.folder, latency)
  local list, goals = { { name = "sms.parallel alone", count = 1, command = job("alone", "x", SENDS, port, IN_FLIGHT) } }, {}
  for i, engine in ipairs(engines) do
    list[#list + 1] = { name = "through " .. engine.name, count = 1,
      command = on_full(engine.fresh(), SENDS, job("work", engine.address, SENDS, port, IN_FLIGHT)) }
    goals[i] = { row = "through " .. engine.name, most = most[i] }
  end
  bench.run_rounds(("6,000 sends, %d in flight, the provider takes %d ms: time"):format(IN_FLIGHT, latency), "s", goals, 3, list, "wall")
  if latency == 50 then
    bench.report:section("A worker with 200 in flight: peak memory", "MB", { { row = engines[1].name, most = 30, plain = true } })
    bench.report:row(engines[1].name, (measure.run(list[2].command) or {}).megabytes)
    bench.report:judge()
  end
  pipe:close()
end

-- Instructions of a send, counted by callgrind: those of 2,000 less those of 500. The database server is not in them.
local function instructions(bench, engines)
  if not measure.works "valgrind --version" then return bench.report:skip("instructions of a send", "valgrind is not installed") end
  local port, pipe = start_server(bench.folder, 5)
  local scratch = bench.folder .. "/outbox-counts"
  local goals = { { row = "through SQLite", most = 1.45 }, { row = "through PostgreSQL", most = 1.12 } }
  bench.report:section("Instructions of a send, 50 in flight", "", { goals[1], engines[2] and goals[2] })
  local alone = measure.instructions(function(count) return job("alone", "x", count, port, 50) end, 500, 2000, scratch)
  bench.report:row("sms.parallel alone", alone, 1)
  for _, engine in ipairs(engines) do
    local value = measure.instructions(function(count)
      measure.run(on_full(engine.fresh(), count, "true"))
      return job("counted", engine.address, count, port, 50)
    end, 500, 2000, scratch)
    bench.report:row("through " .. engine.name, value, value and alone and value / alone)
  end
  bench.report:judge()
  pipe:close()
end

-- Commands at the same time, for at most so many seconds.
local function side_by_side(commands, seconds)
  local parts = {}
  for i, command in ipairs(commands) do parts[i] = ("timeout %d %s >/dev/null 2>&1 &"):format(seconds, command) end
  return measure.run(("sh -c %s"):format(quoted(table.concat(parts, " ") .. " wait")))
end

local function shared_limit(bench, engine)
  measure.run(on_full(engine.fresh(), 300 * 10, "true"))
  local limit = ("local o = assert(require 'sms'.outbox.open(%q)) o:limit('zc', { per_second = 300 })"):format(engine.address)
  measure.run("lua5.4 -e " .. quoted(limit))
  local worker = job("shared", engine.address, 1, "-", 50)
  side_by_side({ worker, worker, worker }, 9)
  figures(bench, engine.title .. ": a limit of 300/s over three workers", "/s", job("rate", engine.address, 1), {
    { name = "the slowest second", field = "least", least = 291 }, { name = "the fastest second", field = "most", most = 309 },
    { name = "all of them", field = "mean", least = 297, most = 303 },
  })
end

local function urgent(bench, engine)
  local port, pipe = start_server(bench.folder, 50)
  measure.run(on_full(engine.fresh(), 60000, "true"))
  local worker = job("shared", engine.address, 1, port, IN_FLIGHT)
  local passwords = ("sh -c %s"):format(quoted(("timeout 30 %s >/dev/null 2>&1 & p=$!; sleep 1; %s; kill $p; wait"):format(worker,
    job("urgent", engine.address, 150))))
  figures(bench, engine.title .. ": one-time passwords under a full broadcast, from their row to their mark", "ms", passwords,
    { { name = "median", field = "median", most = 25 }, { name = "95 %", field = "most", most = 50 } })
  pipe:close()
end

---------------------------------------------------------------- many workers

local function workers(bench, engine)
  bench.report:section(engine.title .. ": rows a second, nothing sent", "/s", { { row = "4 workers", least = 1.25 } })
  local base
  for _, count in ipairs { 1, 4 } do
    measure.run(on_full(engine.fresh(), ROWS * 2, "true"))
    local commands, from = {}, core.now()
    for i = 1, count do commands[i] = job("drain", engine.address, ROWS * 2 // count) end
    side_by_side(commands, 100)
    local value = ROWS * 2 / (core.now() - from)
    base = base or value
    bench.report:row(count == 1 and "1 worker" or count .. " workers", value, value / base)
  end
  bench.report:judge()
end

local function old_snapshot(bench, engine)
  measure.run(on_full(engine.fresh(), 130000, "true"))
  bench.report:section(engine.title .. ": an exchange while someone holds a snapshot for 60 s", "ms",
    { { row = "in the last ten seconds", most = 1.5 } })
  local got = measure.run(job("snapshot", engine.address, 60)) or {}
  bench.report:row("in the first ten seconds", got.first)
  bench.report:row("in the last ten seconds", got.last, got.first and got.last and got.last / got.first)
  bench.report:judge()
end

---------------------------------------------------------------- all of it

-- `WHICH`, of the environment: names of functions of this file separated by blanks; all where it is not set.
local function wanted(name)
  local which = os.getenv "WHICH"
  return not which or (" " .. which .. " "):find(" " .. name .. " ", 1, true) ~= nil
end

--- Measures all of it.
---@param bench { report: table, folder: string, built: function, run_rounds: function }
return function(bench)
  if not pcall(require, "dbd.sqlite3") then return bench.report:skip("outbox", "LuaDBI is not installed (Debian: lua-dbi-sqlite3)") end
  local function each(name, list, fn, ...)
    if not wanted(name) then return end
    for _, engine in ipairs(list) do fn(bench, engine, ...) end
  end
  local sqlite = { name = "SQLite", title = "Outbox, SQLite", address = "sqlite:" .. bench.folder .. "/outbox.db", exchange = 3,
    written = 100000 }
  function sqlite.fresh() return sqlite.address end
  local program = bench.built("outbox_sqlite", "-lsqlite3")
  sqlite.floor = program and program .. " " .. quoted(path_of(sqlite.address))
  local engines = { sqlite }
  local found, postgres = pcall(require, "spec.support.postgres")
  local absent = not found and "luv is not installed" or postgres.absent()
  if absent then bench.report:skip("outbox on PostgreSQL", absent) end
  local cluster <close> = not absent and postgres.new { durable = true } or nil
  if cluster then
    local server = { name = "PostgreSQL", title = "Outbox, PostgreSQL", exchange = 10, written = 30000 }
    function server.fresh()
      server.address = cluster:database()
      return server.address
    end
    engines[2], program = server, bench.built("outbox_pq", "-I/usr/include/postgresql -lpq")
    server.fresh()
    server.floor = program and program .. " " .. quoted(server.address)
  end
  local servers = { engines[2] }
  each("claims", engines, claims)
  each("rates", engines, rates)
  if wanted "memory" then memory(bench, bench.folder) end
  if wanted "sends" then
    sends(bench, engines, 50, { 1.12, 1.2 })
    sends(bench, engines, 200, { 1.04, 1.05 })
  end
  if wanted "instructions" then instructions(bench, engines) end
  each("workers", servers, workers)
  each("old_snapshot", servers, old_snapshot)
  each("shared_limit", servers, shared_limit)
  each("urgent", engines, urgent)
  if not cluster then return end
  if not os.getenv "LARGE" then return bench.report:skip("10,000,000 rows", "LARGE=1 measures them") end
  large(bench, cluster)
end
