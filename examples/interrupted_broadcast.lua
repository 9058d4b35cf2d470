-- SPDX-License-Identifier: MIT
-- An interrupted broadcast: no message is lost or sent twice. `lua5.4 examples/interrupted_broadcast.lua [COUNT]`. Runs
-- examples/broadcast.lua on a sandbox, kills it twice with SIGKILL while it sends, runs it again, and counts what arrived.

local sms = require "sms"

local HERE = arg and arg[0] and arg[0]:match("^(.*)/[^/]*$") or "."
local COUNT = math.tointeger(tonumber(arg and arg[1])) or 900
local CREDITS = 1000 -- of the sandbox's account
if COUNT > CREDITS then
  io.stderr:write(("the sandbox's account has credits for %d texts\n"):format(CREDITS))
  os.exit(2)
end

local folder = os.tmpname()
os.remove(folder)
assert(os.execute("mkdir -m 700 " .. folder))
local list, database, pid = folder .. "/guests.csv", folder .. "/broadcast.db", folder .. "/pid"
local service = assert(require("sms.sandbox.server").spawn {})

local COMMAND = ("env ZOOMCONNECT_EMAIL=sandbox@example.org ZOOMCONNECT_TOKEN=sandbox-token ZOOMCONNECT_URL=%s/zoomconnect lua5.4 "
  .. "%s/broadcast.lua sqlite:%s %s"):format(service.url, HERE, database, list)

local function write_list()
  local file <close> = assert(io.open(list, "w"))
  file:write("number,name\n")
  for i = 1, COUNT do file:write(("+2782%07d,Guest %d\n"):format(i, i)) end
end

-- Runs the script until that many messages are accepted, then kills it.
local function run_and_kill(accepted)
  assert(os.execute(("%s >%s/log 2>&1 & echo $! >%s"):format(COMMAND, folder, pid)))
  local outbox, status
  repeat
    sms.sleep(0.05)
    outbox = outbox or assert(sms.outbox.open("sqlite:" .. database))
    status = outbox:status "broadcast"
  until status and status.accepted >= accepted
  assert(os.execute(("kill -9 $(cat %s)"):format(pid)))
  status = outbox:status "broadcast"
  print(("killed       at %d accepted, %d marked, %d ready"):format(status.accepted, status.sending, status.ready))
  outbox:close()
end

write_list()
run_and_kill(COUNT // 4)
run_and_kill(COUNT // 2)
local ok, _, code = os.execute(COMMAND)

-- What arrived, by number.
local sandbox = sms.zoomconnect { email = "x", token = "x", base_url = service.url, max_body = 64 * 1024 * 1024 }
local arrived, twice, seen = 0, 0, {}
for _, text in ipairs(assert(sandbox:request { method = "GET", path = "/_sandbox/inbox" })) do
  if seen[text.to] then twice = twice + 1 else arrived = arrived + 1 end
  seen[text.to] = true
end
print(("arrived      %d of %d, %d twice"):format(arrived, COUNT, twice))
service:stop()
os.execute("rm -rf " .. folder)
os.exit((ok or code == 3) and twice == 0 and 0 or 1)
