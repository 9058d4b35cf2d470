-- SPDX-License-Identifier: MIT
-- `make bench`: this library next to a C program on libcurl that does the same work, and next to other libraries, in one run on a
-- loopback nginx. Prints ratios of medians over alternating rounds; never fails because something is slow.
-- `run.lua BUILD [PART …]`: parts by name; all of them are kept in bench/results/.

package.path = "./?.lua;" .. package.path

local competitors = require "bench.competitors"
local measure = require "bench.measure"
local report = require("bench.report").new()
local server = require "bench.server"

local BUILD = (arg[1] or "build") .. "/bench"
local PEERS = (arg[1] or "build") .. "/peers"
local KIBI = 1024
local US = "lua-sms"

local quoted = measure.quoted
local site, floor, folder, peers, names

---------------------------------------------------------------- programs

local function built(name, libraries)
  local command = ("%s -std=c99 -O2 -Wall -Wextra -o %s/%s bench/%s.c %s"):format(measure.cc, BUILD, name, name, libraries)
  return measure.works(command) and ("%s/%s"):format(BUILD, name) or nil
end

local OURS = "lua5.4 bench/ours.lua"

local function program(start, job, http, count, flight, extra)
  return ("%s %s %s %s %s %d %d %s"):format(start, job, site.url, quoted(site.ca_file), http, count, flight or 1, extra or "")
end

-- A round of one program; its figures are divided by `units`, which is the number of requests where nothing else is said.
local function entry(name, start, job, http, count, flight, extra, units)
  return { name = name, command = program(start, job, http, count, flight, extra), count = units or count }
end

local function peer_entry(name, job, http, count, flight, units)
  local kind = (name == "fetch" or name == "undici") and name or nil
  return entry(name, peers[name].start, job, http, count or peers[name].count, flight, kind, units)
end

---------------------------------------------------------------- what is measured

local function run_rounds(title, unit, goals, rounds, list, field)
  report:section(title, unit, goals)
  local rows = measure.rounds(rounds, list, field)
  for _, one in ipairs(list) do
    local row = rows[one.name]
    report:row(one.name, row.value, row.ratio, row.errors > 0 and ("%d errors"):format(row.errors) or nil)
  end
  report:judge()
end

-- One kind of call: instructions against the floor, which repeat exactly but for how often a poll finds nothing.
local function instructions(job, http, flight, most, title)
  report:section(("Instructions of %s, HTTP/%s"):format(title, http), "", { { row = US, most = most } })
  local short, long = 100, flight > 1 and 100 + 20 * flight or 600
  local base
  local function add(name, start)
    local function command(count) return program(start, job, http, count, flight) end
    local value = measure.instructions(command, short, long, folder .. "/counts")
    base = base or value
    report:row(name, value, value and base and value / base)
  end
  add("C", floor)
  add(US, OURS)
  for _, name in ipairs { "Lua-cURLv3", "lua-http" } do
    local peer = peers[name]
    local has_job = peer and flight == 1 and (job == "create" or job == "send")
    if has_job and (http == "1.1" or peer.h2) then add(name .. " by hand", peer.start) end
  end
  report:judge()
end

local parts = {}

-- Kinds of call: job, most times as many instructions as in C by HTTP/1.1 and by HTTP/2, title, how many in flight.
local KINDS = {
  { "create", 1.18, 1.15, "campaigns:create" },
  { "list", 1.15, 1.15, "campaigns:list" },
  { "create", 1.25, 1.20, "campaigns:create, 64 in flight", 64 },
  { "send", 1.35, 1.30, "client:send" },
  { "timeout", 1.22, 1.20, "campaigns:create with { timeout = 30 }" },
  { "update", 1.30, 1.28, "campaigns:update with an id in its path" },
  { "save", 1.35, 1.35, "Zipwhip contacts:save, a form" },
  { "contact", 1.35, 1.35, "ZoomConnect contacts:get, an id in its path" },
  { "text", 1.35, 1.35, "websms messages:send_text, a list" },
}

-- Whether a word stands in `JOBS`, of the environment, or that is not set.
local function is_wanted(word)
  local wanted = os.getenv("JOBS")
  return not wanted or (" " .. wanted .. " "):find(" " .. word .. " ", 1, true) ~= nil
end

-- `JOBS`, of the environment: the jobs that are measured, "many" for those in flight at once, and one version of HTTP, separated by
-- blanks; all of them where it is not set.
function parts.instructions()
  if not measure.works "valgrind --version" then return report:skip("instructions", "valgrind is not installed") end
  for _, http in ipairs { "1.1", "2" } do
    for _, kind in ipairs(KINDS) do
      local job, one, two, title, flight = table.unpack(kind)
      if is_wanted(http) and is_wanted(flight and "many" or job) then
        instructions(job, http, flight or 1, http == "2" and two or one, title)
      end
    end
  end
end

function parts.cpu()
  for _, http in ipairs { "1.1", "2" } do
    local list = { entry("C", floor, "create", http, 5000), entry(US, OURS, "create", http, 5000) }
    for _, name in ipairs(names) do
      if http == "1.1" or peers[name].h2 then list[#list + 1] = peer_entry(name, "create", http) end
    end
    for _, one in ipairs(list) do one.count = one.count / 1e6 end
    local title = ("CPU of campaigns:create, one after the other, HTTP/%s"):format(http)
    run_rounds(title, "us", { { row = US, most = 1.25 } }, 9, list, "cpu")
  end
end

function parts.waiting()
  for _, http in ipairs { "1.1", "2" } do
    local list = { entry("C", floor, "wait", http, 1000, 100, nil, 1), entry(US, OURS, "wait", http, 1000, 100, nil, 1) }
    for _, name in ipairs { "undici", "fetch", "aiohttp" } do
      if peers[name] and http == "1.1" then list[#list + 1] = peer_entry(name, "wait", http, 1000, 100, 1) end
    end
    local title = ("1,000 requests, 100 in flight, the server waits 50 ms, HTTP/%s: time"):format(http)
    run_rounds(title, "s", { { row = US, most = 1.10 } }, 5, list, "wall")
  end
end

-- The system's CA bundle with our certificate behind it, or nil.
local function whole_bundle()
  local bundle = measure.line "curl-config --ca"
  local path = folder .. "/bundle.pem"
  local join = ("{ cat %s %s > %s; }"):format(quoted(bundle or ""), quoted(site.ca_file), quoted(path))
  return bundle and measure.works(join) and path or nil
end

function parts.connecting()
  local bundle = whole_bundle()
  if not bundle then return report:skip("new connections", "the system has no CA bundle") end
  local own = site.ca_file
  site.ca_file = bundle
  local list = { entry("C", floor, "connect", "1.1", 64, 64, nil, 1), entry(US, OURS, "connect", "1.1", 64, 64, nil, 1) }
  local goals = { { row = US, most = 1.3 } }
  for _, name in ipairs { "Lua-cURLv3", "requests" } do
    if peers[name] then
      list[#list + 1] = peer_entry(name, "connect", "1.1", 64, 1, 1)
      goals[#goals + 1] = { row = name, least = 10, over = US }
    end
  end
  run_rounds("64 new TLS connections with the system's CA bundle: CPU", "s", goals, 5, list, "cpu")
  site.ca_file = own
end

-- The time of twenty processes, one after the other.
local function twenty(name, start)
  local loop = ("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do %s; done"):format(start)
  local script = ("s=$(date +%%s%%N); %s; e=$(date +%%s%%N); echo ns $((e - s))"):format(loop)
  return { name = name, command = "sh -c " .. quoted(script), count = 20e6 }
end

function parts.loading()
  local function lua(code) return "lua5.4 -e " .. quoted(code) end
  local list = {
    twenty("lua5.4 alone", lua ""), twenty("require \"sms\"", lua "require 'sms'"),
    twenty("and a client made", lua "require 'sms'.messagewhiz { apikey = 'k' }"),
  }
  local other = peers["Lua-cURLv3"]
  if other then list[4] = twenty("require \"cURL\"", (other.start:gsub("%S+$", "-e 'require \"cURL\"'"))) end
  run_rounds("Start of a process", "ms", { { row = "require \"sms\"", most = 1.79 } }, 7, list, "ns")
end

function parts.streams()
  local large, down = folder .. "/large", folder .. "/down"
  if not measure.works(("truncate -s 200M %s"):format(quoted(large))) then return report:skip("streams", "no room for 200 MB") end
  for _, job in ipairs { "upload", "download" } do
    local path = quoted(job == "upload" and large or down)
    local list = { entry("C", floor, job, "1.1", 1, 1, path), entry(US, OURS, job, "1.1", 1, 1, path) }
    run_rounds(("200 MB %s: CPU"):format(job), "s", { { row = US, most = 1.15 } }, 9, list, "cpu")
    for _, one in ipairs(list) do one.count = KIBI end
    report:section(("200 MB %s: peak memory"):format(job), "MiB",
      { { row = US, most = 16, plain = true }, { row = "more than C", most = 4, plain = true } })
    local rows = measure.rounds(3, list, "peak")
    local base, ours = rows.C.value, rows[US].value
    report:row("C", base)
    report:row(US, ours)
    report:row("more than C", base and ours and ours - base)
    report:judge()
  end
end

function parts.growing()
  local GROWN, PEAK = "grown by requests 1,001 to 10,000", "peak with 1,000,000 rows of parallel"
  report:section("Memory kept", "MiB", { { row = GROWN, most = 0.5, plain = true }, { row = PEAK, most = 32, plain = true } })
  local grown = measure.run(program(OURS, "growth", "1.1", 10000)) or {}
  report:row(GROWN, grown.growth and grown.growth / KIBI)
  local peak = measure.run(program(OURS, "rows", "1.1", 1000000, 100)) or {}
  report:row(PEAK, peak.peak and peak.peak / KIBI)
  report:judge()
end

-- A row for each competitor: how many a second of CPU.
local function run_rates(title, goals, rounds, list)
  report:section(title, "/s", goals)
  local rows = measure.rounds(rounds, list, "cpu")
  local base = rows[list[1].name].value
  for _, one in ipairs(list) do
    local value, errors = rows[one.name].value, rows[one.name].errors
    report:row(one.name, value and 1 / value, value and base and base / value, errors > 0 and "with errors" or nil)
  end
  report:judge()
end

function parts.webhooks()
  run_rates("Webhooks: batches of 3 reports, 1,453 bytes", { { row = "client:webhook", least = 40000, plain = true } }, 9, {
    entry("lua-cjson alone", OURS, "parse", "1.1", 20000), entry("client:webhook", OURS, "webhook", "1.1", 20000),
  })
end

-- Texts: the C loop, ours, and what npm has; the slow ones take the beginning of the list.
function parts.texts()
  local path, counter = quoted(folder .. "/texts"), built("count", "")
  if not counter or not measure.run(("lua5.4 bench/texts.lua make %s 100000"):format(path)) then
    return report:skip("texts", "the C program could not be built")
  end
  local found = competitors.texts(report)
  local function ours(job)
    return { name = "sms.text." .. job, command = ("lua5.4 bench/texts.lua %s %s 3"):format(job, path), count = 300000 }
  end
  local C = { name = "C, counting only", command = ("%s %s 3"):format(counter, path), count = 300000 }
  local list, goals = { C, ours "count", ours "analyse" }, {}
  local times = { ["sms-segments-calculator"] = 500, ["split-sms"] = 15 }
  for _, name in ipairs { "sms-segments-calculator", "split-sms" } do
    if found[name] then
      report.versions[name] = found[name]
      list[#list + 1] = { name = name, command = ("node bench/peers/texts.mjs %s %s 2000"):format(name, path), count = 2000 }
      goals[#goals + 1] = { row = "sms.text.count", least = times[name], over = name }
    end
  end
  run_rounds("Mixed texts, 30 of 100 in UCS-2: CPU of one", "s", {
    { row = "sms.text.count", most = 1.5 }, { row = "sms.text.analyse", most = 2.5 },
  }, 9, { list[1], list[2], list[3] }, "cpu")
  run_rates("Mixed texts, 30 of 100 in UCS-2: a second", goals, 3, list)
end

function parts.operations()
  if not measure.works("valgrind --version") then return report:skip("operations", "valgrind is not installed") end
  require "bench.operations_part" {
    site = function() return site end, folder = folder, ours = "lua5.4 bench/operations.lua",
    floor = assert(built("replay", "-lcurl -lcjson")),
    report = report, is_wanted = is_wanted, is_told = os.getenv("EACH") ~= nil,
  }
end

-- The parts of bulk_part.lua.
for _, name in ipairs { "bulk", "hooks", "numbers", "growth" } do
  parts[name] = function()
    require "bench.bulk_part"[name] {
      report = report, folder = folder, built = built, run_rounds = run_rounds, site = site, floor = floor, peers = peers,
    }
  end
end

function parts.outbox()
  require "bench.outbox_part" { report = report, folder = folder, built = built, run_rounds = run_rounds }
end

---------------------------------------------------------------- all of it

local ORDER = {
  "instructions", "operations", "cpu", "waiting", "connecting", "loading", "streams", "growing", "webhooks", "texts", "bulk", "hooks",
  "numbers", "growth", "outbox",
}

local function result_path()
  local v = report.versions
  return ("bench/results/lua-sms-%s-libcurl-%s.lua"):format(v[US], (v.libcurl or "unknown"):match "%S+$")
end

local function measure_all(wanted)
  local began = os.time()
  peers, names = competitors.find(PEERS, site.ca_file, report)
  report.versions = competitors.versions(peers, server.find "nginx")
  for _, name in ipairs(#wanted > 0 and wanted or ORDER) do assert(parts[name], "there is no part " .. name)() end
  report.versions.date, report.versions.seconds = os.date "!%Y-%m-%d", os.time() - began
  report:summary()
  local path = #wanted > 0 and BUILD .. "/result.lua" or result_path()
  report:save(path)
  print(("\n%d s. As data: %s"):format(report.versions.seconds, path))
end

local function missing()
  if not server.find "nginx" then return "nginx is not installed (Debian: nginx-light)" end
  if not server.find "openssl" then return "openssl is not installed" end
  floor = built("floor", "-lcurl -lcjson")
  if not floor then return "the C program can't be built (Debian: libcjson-dev, libcurl4-openssl-dev)" end
end

os.execute("mkdir -p bench/results " .. quoted(BUILD))
local why = missing()
if why then
  print("make bench: " .. why)
  os.exit(0)
end
folder = assert(measure.line "mktemp -d")
local back = assert(built("back", ""), "bench/back.c can't be built")
local ok, trouble = xpcall(function()
  site = server.start(folder, back)
  measure_all(table.move(arg, 2, #arg, 1, {}))
end, debug.traceback)
if site then site.stop() end
os.execute("rm -rf " .. quoted(folder))
if not ok then error(trouble, 0) end
