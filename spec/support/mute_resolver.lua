-- SPDX-License-Identifier: MIT
-- A place where no name server ever answers: namespaces of network and mounts of its own. Run as a program there, it makes calls
-- to a host that has to be looked up, inside the event loop that its argument names, and prints what became of them as JSON.

local namespace = require "spec.support.namespace"
local patience = require "spec.support.patience"

local mute = {}

local UNKNOWN, OTHER = "https://sms.example", "https://other.example"

-- The only name server is a socket of this program, which never reads from it: the system's resolver asks twice, for 30 seconds each,
-- before it gives up. `files` still answers for localhost.
local SETUP = [[
folder=$(mktemp -d) && printf 'nameserver 127.0.0.1\noptions timeout:30 attempts:2\n' > "$folder/resolv.conf" &&
printf 'hosts: files dns\n' > "$folder/nsswitch.conf" &&
mount --bind "$folder/resolv.conf" "$(readlink -f /etc/resolv.conf)" && mount --bind "$folder/nsswitch.conf" /etc/nsswitch.conf &&
rm -r "$folder"]]

--- Why that can't be had.
---@return string? why
function mute.fault() return namespace.fault(SETUP) end

--- Starts this program there; what it prints can be read from the pipe.
---@param words string  its arguments
---@param before? string  a command that runs it
---@return file*
function mute.start(words, before) return namespace.start(SETUP, "spec/support/mute_resolver.lua " .. words, before) end

---------------------------------------------------------------- the program

-- A timer of the loop itself, which ticks each millisecond until it is stopped.
local TICKERS = {
  run = function(tick)
    local sms, over = require "sms", false
    sms.task(function()
      while not over do
        tick()
        sms.sleep(0.001)
      end
    end)
    return function() over = true end
  end,
  luv = function(tick)
    local timer = require("luv").new_timer()
    timer:start(0, 1, tick)
    return function() timer:close() end
  end,
  cqueues = function(tick)
    local cqueues, over = require "cqueues", false
    cqueues.running():wrap(function()
      while not over do
        tick()
        cqueues.sleep(0.001)
      end
    end)
    return function() over = true end
  end,
  copas = function(tick)
    local copas, over = require "copas", false
    copas.addthread(function()
      while not over do
        tick()
        copas.pause(0.001)
      end
    end)
    return function() over = true end
  end,
}

local function timed(core, fn)
  local began = core.now()
  local _, err = fn()
  return {
    seconds = core.now() - began, kind = err and err.kind, outcome = err and err.outcome, attempts = err and err.attempts,
    message = err and tostring(err),
  }
end

-- One call whose time is over, one that is cancelled, one to a host that answers; and whether the loop's own timer went on.
local function many_calls(name, url, meter)
  local core, sms, toy = require "sms.core", require "sms", require "spec.support.toy"
  local here = toy.client { key = "toy-secret-key", base_url = url }
  local unknown = toy.client { key = "toy-secret-key", base_url = UNKNOWN, retries = 0, connect_timeout = patience.FAR }
  local hurried = toy.client { key = "toy-secret-key", base_url = OTHER, retries = 0, connect_timeout = 0.2 }
  local look_up = { method = "POST", path = "/", json = {} }
  local out = {}
  local run = name == "run" and sms.run or require("sms.loop." .. name).run
  run(function()
    local stop = TICKERS[name](meter.tick)
    local answered = sms.task(function() return timed(core, function() return here:request { method = "GET", path = "/wait/400" } end) end)
    local over = sms.task(function() return timed(core, function() return unknown:request(look_up, { timeout = 0.3 }) end) end)
    local unmade = sms.task(function()
      return timed(core, function() return hurried:request(look_up, { timeout = patience.FAR }) end)
    end)
    local given_up = sms.task(function() return timed(core, function() return unknown:request(look_up, { timeout = patience.FAR }) end) end)
    sms.sleep(0.1)
    local before = core.now()
    given_up:cancel()
    out.cancelled, out.cancel = given_up:wait(), core.now() - before
    out.over, out.unmade, out.answered = over:wait(), unmade:wait(), answered:wait()
    -- The loop turns on while a look-up is under way, as often as not even a machine that stood still can prevent.
    local pending = sms.task(function() return unknown:request(look_up, { timeout = patience.FAR }) end)
    local enough = meter.ticks + 50
    while meter.ticks < enough and not pending:done() do sms.sleep(0.01) end
    out.turned_on = not pending:done()
    pending:cancel()
    pending:wait()
    stop()
  end)
  return out
end

-- How long it takes to close a pool with a look-up under way; another one is left so for the end of the program.
local function closing(name)
  local core = require "sms.core"
  local endpoint = core.endpoint { base_url = UNKNOWN }
  local pools = { core.pool { sockets = name ~= "run" }, core.pool { sockets = name ~= "run" } }
  for _, pool in ipairs(pools) do
    assert(pool:start(endpoint, "GET", "/", nil, patience.FAR))
    pool:step(0.05)
    pool:step(0.05)
  end
  local began = core.now()
  pools[1]:close()
  return core.now() - began
end

-- A plain call; with a long time-out it goes on until a signal comes.
local function one_call(seconds)
  local client = require("spec.support.toy").client { key = "toy-secret-key", base_url = UNKNOWN, retries = 0 }
  return timed(require "sms.core", function() return client:request({ method = "GET", path = "/" }, { timeout = seconds }) end)
end

local function in_loop(name)
  local service = require("spec.support.service").spawn()
  local out
  local gap = require("spec.support.lag").best(function(meter) out = many_calls(name, service.url, meter) end)
  service.stop()
  out.gap = gap
  out.close = closing(name)
  return out
end

if arg and arg[0] == "spec/support/mute_resolver.lua" then
  local udp = require("luv").new_udp()
  assert(udp:bind("127.0.0.1", 53))
  local name = arg[1]
  local out = name == "once" and one_call(0.5) or name == "blocking" and one_call(patience.FAR) or in_loop(name)
  print(require("cjson").encode(out))
  io.stdout:flush()
end

return mute
