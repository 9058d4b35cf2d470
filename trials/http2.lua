-- SPDX-License-Identifier: MIT
-- Sends and reads through nginx, which ends a connection after `keepalive_requests`: `lua5.4 trials/http2.lua [CALLS] [IN_FLIGHT]`, with
-- the libcurl that the loader finds (LD_LIBRARY_PATH for another one). What arrived is counted by nginx's own log. Prints a row for each
-- limit, kind of call and choice of `http`; ends with 1 when a text arrived twice or a claim is wrong, raises when a response met another
-- call.

local core = require "sms.core"
local counted = require "spec.support.counted"
local sms = require "sms"
local upto = require "spec.support.upto"

local CALLS, IN_FLIGHT = math.tointeger(tonumber(arg[1] or 3000)), math.tointeger(tonumber(arg[2] or 50))
local LIMITS = { 10, 100, 1000 }
local CHOICES = { "", "1.1", "2" } -- of `http`; the first one is to say nothing

if not CALLS or not IN_FLIGHT then
  io.stderr:write("usage: lua5.4 trials/http2.lua [CALLS] [IN_FLIGHT]\n")
  os.exit(2)
end

-- The libcurl that this process has loaded says its version nowhere in Lua; it is written in its file.
local function libcurl()
  local maps <close> = io.open "/proc/self/maps"
  local path = maps and maps:read("a"):match "%S*/libcurl%S*%.so%S*"
  local file <close> = path and io.open(path, "rb")
  return file and file:read("a"):match "libcurl/(%d+%.%d+%.%d+)" or "of a version unknown"
end

local calls = { send = counted.send, read = counted.read }

function calls.both(client, mark, i) return calls[i % 2 == 0 and "send" or "read"](client, mark) end

local function shares(protocols)
  local out = {}
  for name, count in pairs(protocols) do out[#out + 1] = ("%s %d"):format(name:gsub("HTTP/", ""), count) end
  table.sort(out)
  return table.concat(out, ", ")
end

local LINE = "| %-5s | %-4s | %-7s | %8s | %8s | %7s | %5s | %5s | %5s | %-22s | %6s | %6s |"

local function print_row(...) print(LINE:format(...)) end

-- How many texts arrived twice, and how many claims are wrong. A read may arrive twice.
local function compare(claims, there, kind)
  local twice, wrong = 0, 0
  for mark, outcome in pairs(claims) do
    local times = there[mark] or 0
    if times > 1 and (kind == "send" or kind == "both" and mark:match "-(%d+)-" % 2 == 0) then twice = twice + 1 end
    if outcome == "not_sent" and times > 0 or outcome == "accepted" and times == 0 then wrong = wrong + 1 end
  end
  return twice, wrong
end

local wrong = 0

local function row(server, limit, kind, http, number)
  local word = ("%s%d"):format(kind, number)
  local pool = sms.pool()
  local client = sms.messagewhiz {
    apikey = "key-of-the-trial", base_url = server:url(limit), ca_file = server.ca_file, http = http ~= "" and http or nil, pool = pool,
  }
  local claims, outcomes, most, why = {}, { accepted = 0, not_sent = 0, unknown = 0 }, 0, {}
  local began = core.now()
  for mark, response in sms.parallel(IN_FLIGHT, upto(CALLS), function(i)
    local mark = ("%s-%d-"):format(word, i)
    local result, second, seen = calls[kind](client, mark, i)
    if result and seen ~= mark then error(("%s was answered with %s"):format(mark, seen)) end
    return mark, { result, second }
  end) do
    local result, second = response[1], response[2]
    claims[mark], most = second.outcome, math.max(most, second.attempts)
    outcomes[second.outcome] = outcomes[second.outcome] + 1
    if not result then why[second.message] = (why[second.message] or 0) + 1 end
  end
  local seconds = core.now() - began
  pool:close()
  local there, protocols, connections, twice, false_claims
  for _ = 1, 20 do -- the log is written after the response
    there, protocols, connections = server:arrivals(word)
    twice, false_claims = compare(claims, there, kind)
    if false_claims == 0 then break end
    os.execute "sleep 0.1"
  end
  wrong = wrong + twice + false_claims
  print_row(limit, kind, http == "" and "default" or http, outcomes.accepted, outcomes.not_sent, outcomes.unknown, twice, false_claims,
    most, shares(protocols), connections, ("%.1f"):format(seconds))
  for message, times in pairs(why) do io.stderr:write(("  %d times: %s\n"):format(times, message)) end
end

local missing = counted.missing()
if missing then
  io.stderr:write("trials/http2.lua: ", missing, "\n")
  os.exit(2)
end
local server = counted.start(LIMITS)
local ok, trouble = xpcall(function()
  print(("libcurl %s; %d calls in each row, %d in flight"):format(libcurl(), CALLS, IN_FLIGHT))
  print_row("limit", "call", "http", "accepted", "not sent", "unknown", "twice", "false", "wires", "arrivals by version", "conns", "s")
  print((LINE:gsub("%%%-?(%d+)s", function(width) return ("-"):rep(tonumber(width)) end)))
  local number = 0
  for _, limit in ipairs(LIMITS) do
    for _, kind in ipairs { "send", "read", "both" } do
      for _, http in ipairs(CHOICES) do
        number = number + 1
        row(server, limit, kind, http, number)
      end
    end
  end
end, debug.traceback)
server.stop()
if not ok then error(trouble, 0) end
os.exit(wrong == 0 and 0 or 1)
