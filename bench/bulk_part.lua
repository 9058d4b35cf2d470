-- SPDX-License-Identifier: MIT
-- The parts `bulk`, `hooks`, `numbers` and `growth` of `make bench`: broadcasts beside the same by hand and in C, webhooks beside a static
-- response, phone numbers beside libphonenumber, and what a unit costs as the work grows.

local measure = require "bench.measure"
local server = require "bench.server"

local quoted = measure.quoted

local OURS, HOOK = "lua5.4 bench/bulk.lua", "lua5.4 bench/hook.lua"

local part = {}

---------------------------------------------------------------- rows

local PROVIDERS = {
  { name = "zoomconnect", title = "ZoomConnect, personal texts, 500 a call", most = 2.5, size = 500, rows = 50000 },
  { name = "websms", title = "websms, one text to 1,000 numbers a call", most = 2, size = 1000, rows = 100000 },
}

local function job(name, what, count, extra)
  return ("%s %s_%s %d %s"):format(OURS, name, what, count, extra or "")
end

-- Rows answered from within the process: by hand on lua-cjson, which checks, counts and reads nothing, and by this library.
local function in_process(bench, provider)
  local list = {}
  for i, what in ipairs { "by_hand", "many", "each" } do
    local name = ({ "lua-cjson by hand", "send_many", "send_each" })[i]
    list[i] = { name = name, command = job(provider.name, what, provider.rows), count = provider.rows / 1e6 }
  end
  bench.run_rounds(provider.title .. ", answered in the process: CPU a row", "us",
    { { row = "send_many", most = provider.most }, { row = "send_each", most = provider.most } }, 7, list, "cpu")
end

local function instructions(bench, provider, floor)
  if not measure.works "valgrind --version" then return bench.report:skip("instructions a row", "valgrind is not installed") end
  bench.report:section(provider.title .. ": instructions a row", "", { { row = "send_many", most = 8 } })
  local base
  for _, one in ipairs { { "C on cJSON", floor and ("%s %s"):format(floor, provider.name) }, { "lua-cjson by hand", "by_hand" },
    { "send_many", "many" } } do
    local name, what = one[1], one[2]
    local function command(count)
      return name == "C on cJSON" and ("%s %d"):format(what, count) or job(provider.name, what, count)
    end
    local value = what and measure.instructions(command, 10 * provider.size, 40 * provider.size, bench.folder .. "/rows")
    base = base or value
    bench.report:row(name, value, value and base and value / base)
  end
  bench.report:judge()
end

-- The same over HTTP, for the hand Lua-cURLv3.
local function on_the_wire(bench, provider)
  local site, peer = bench.site, bench.peers["Lua-cURLv3"]
  local where = ("%s %s"):format(site.url, quoted(site.ca_file))
  local list, rows = {}, provider.rows / 5
  if peer then
    local start = peer.start:gsub("bench/peers/lua_curl.lua", "bench/bulk.lua")
    local command = start .. (" %s_by_hand %d %s"):format(provider.name, rows, where)
    list[1] = { name = "Lua-cURLv3 by hand", command = command, count = rows / 1e6 }
  end
  list[#list + 1] = { name = "send_many", command = job(provider.name, "many", rows, where), count = rows / 1e6 }
  bench.run_rounds(provider.title .. ", over HTTPS: CPU a row", "us", {}, 5, list, "cpu")
end

function part.bulk(bench)
  local floor = bench.built("bulk", "-lcjson")
  for _, provider in ipairs(PROVIDERS) do
    in_process(bench, provider)
    instructions(bench, provider, floor)
    on_the_wire(bench, provider)
  end
  local site, count = bench.site, 10000
  local title = "10,000 personal texts, a call each, 64 in flight, the server waits 50 ms: time"
  bench.run_rounds(title, "s", { { row = "send_each", most = 1.10 } }, 3, {
    { name = "C", command = ("%s personal %s %s 1.1 %d 64"):format(bench.floor, site.url, quoted(site.ca_file), count), count = 1 },
    { name = "send_each", command = ("%s personal %d %s %s"):format(OURS, count, site.url, quoted(site.ca_file)), count = 1 },
  }, "wall")
  bench.report:section("1,000,000 rows through send_each: peak memory", "MiB", { { row = "ZoomConnect", most = 32, plain = true } })
  for _, provider in ipairs(PROVIDERS) do
    local got = measure.run(job(provider.name, "each", 1000000)) or {}
    bench.report:row(provider.name == "websms" and "websms" or "ZoomConnect", got.peak and got.peak / 1024)
  end
  bench.report:judge()
  bench.report:section("Texts through a sandbox in the process", "/s", {})
  local got = measure.run(OURS .. " sandbox 10000") or {}
  bench.report:row("client:send", got.cpu and 10000 / got.cpu)
  bench.report:judge()
end

---------------------------------------------------------------- webhooks

local CONFIGURATION = [[
daemon off; master_process off; worker_processes 1; pid %FOLDER%/hook-pid; error_log %FOLDER%/hook-error.log crit;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path %FOLDER%/h1; proxy_temp_path %FOLDER%/h2; fastcgi_temp_path %FOLDER%/h3;
  uwsgi_temp_path %FOLDER%/h4; scgi_temp_path %FOLDER%/h5; default_type text/plain; tcp_nodelay on; keepalive_requests 10000000;
  server { listen 127.0.0.1:%PORT%; location / { return 200 'ok'; } }
}]]

local function read(path)
  local file <close> = io.open(path)
  return file and file:read "l"
end

local function start_floor(bench)
  local port, path = measure.line(HOOK .. " port"), bench.folder .. "/hook-conf"
  local file <close> = assert(io.open(path, "w"))
  file:write((CONFIGURATION:gsub("%%(%u+)%%", { FOLDER = bench.folder, PORT = port })))
  file:close()
  local input = server.child(("%s -p %s -e %s/hook-error.log -c %s"):format(server.find "nginx", bench.folder, bench.folder, path))
  server.wait_until("nginx", function() return read(bench.folder .. "/hook-pid") end)
  return port, input
end

local function start_listener(bench)
  local path = bench.folder .. "/hook-port"
  local input = server.child(("%s listen %s"):format(HOOK, quoted(path)))
  return server.wait_until("the listener", function() return read(path) end), input
end

function part.hooks(bench)
  local post = bench.built("post", "")
  local found, problem = pcall(require, "sms.httpd")
  if not found then return bench.report:skip("hooks", "sms.httpd: " .. tostring(problem)) end
  local floor_port, floor_input = start_floor(bench)
  local port, input = start_listener(bench)
  for _, reports in ipairs { 1, 100 } do
    local body, count = quoted(("%s/reports-%d"):format(bench.folder, reports)), reports == 1 and 20000 or 1000
    measure.works(("%s body %s %d"):format(HOOK, body, reports))
    local function entry(name, where)
      return { name = name, command = ("%s %s / %s %d 16"):format(post, where, body, count), count = count }
    end
    local list = { entry("nginx, a static response", floor_port), entry("sms.listener", port) }
    local rows = measure.rounds(5, list, "wall")
    local title = ("Webhooks of %s, 16 connections: posts a second"):format(reports == 1 and "one report" or "100 reports")
    bench.report:section(title, "/s", { { row = "sms.listener", least = 0.35 } })
    for _, one in ipairs(list) do
      local row = rows[one.name]
      bench.report:row(one.name, row.value and 1 / row.value, row.ratio and 1 / row.ratio, row.errors > 0 and "with errors" or nil)
    end
    bench.report:judge()
  end
  floor_input:close()
  input:close()
end

---------------------------------------------------------------- numbers

function part.numbers(bench)
  local path = quoted(bench.folder .. "/spellings")
  local version = measure.line "node -p 'require(\"libphonenumber-js/package.json\").version'"
  local list = { { name = "sms.number.e164", command = OURS .. " numbers 50000", count = 50000 / 1e6 } }
  if version and measure.works(("%s spellings 5000 %s"):format(OURS, path)) then
    bench.report.versions["libphonenumber-js"] = version
    list[2] = { name = "libphonenumber-js", command = ("node bench/peers/numbers.mjs %s"):format(path), count = 5000 / 1e6 }
  else
    bench.report:skip("libphonenumber-js", "not installed")
  end
  bench.run_rounds("Phone numbers as people write them, in international format: CPU of one", "us", {}, 5, list, "cpu")
end

---------------------------------------------------------------- growth

-- Jobs of growth.lua: what a unit is, and the smallest size; of a stream one that has all its calls in flight.
local GROWING = {
  { "many", "a row of send_many", 1000 }, { "each", "a row of send_each", 5000 },
  { "singles", "a row of send_many that shares no call", 100 },
  { "list", "a number of one message", 10 }, { "parallel", "an item of sms.parallel", 100 }, { "count", "20 bytes of a text", 10 },
  { "fill", "a hole of a template", 5 }, { "numbers", "a number read", 100 }, { "json", "an object written and read", 100 },
  { "webhook", "a report of a post", 10 }, { "rows", "a row of a file", 100 },
}

-- Each at once, ten and a hundred times the size: what a unit costs, and how much more at a hundred times.
function part.growth(bench)
  for _, one in ipairs(GROWING) do
    local name, unit, smallest = table.unpack(one)
    bench.report:section(("CPU of %s, as the work grows"):format(unit), "us", { { row = "100 times", most = 1.10 } })
    local base
    for i, times in ipairs { 1, 10, 100 } do
      local got = measure.run(("lua5.4 bench/growth.lua %s %d %d"):format(name, smallest * times, smallest * 100)) or {}
      local value = got.cpu and got.cpu * 1e6
      base = base or value
      bench.report:row(({ ("%d"):format(smallest), "10 times", "100 times" })[i], value, value and base and value / base)
    end
    bench.report:judge()
  end
end

return part
