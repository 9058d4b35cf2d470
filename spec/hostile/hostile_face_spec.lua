-- SPDX-License-Identifier: MIT
-- Junk in what stands beside the providers' calls: failover, tasks, texts, numbers, webhooks, dates, the sandbox, the listener. What
-- is raised is a sentence at the caller's line; nothing hangs, and no internal error of Lua comes out.

local failure = require "sms.error"
local junk = require "spec.support.junk"
local sms = require "sms"

-- What Lua itself says of a mistake within the library.
local INTERNAL = {
  "attempt to ", "to 'for iterator'", "has no integer representation", "stack overflow", "'for' ", "not enough memory", "invalid value",
  "invalid order function",
}

-- Instructions that a call may take.
local MOST = 50000000

local function run(fn, value)
  local thread = coroutine.create(fn)
  debug.sethook(thread, function() error("it takes too long", 0) end, "", MOST)
  return coroutine.resume(thread, value)
end

-- Calls with every junk value but those that `but` leaves out.
local function try(words, fn, but)
  for _, value in ipairs(junk.values()) do
    if not (but and but(value[2])) then
      local ok, message = run(fn, value[2])
      if not ok and message ~= junk.TRAP and not failure.is(message) then
        local said = ("%s = %s raised %s"):format(words, value[1], tostring(message))
        assert.is_string(message, said)
        for _, sign in ipairs(INTERNAL) do assert.is_nil(message:find(sign, 1, true), said) end
        assert.is_nil(message:find("lua/sms/", 1, true), said)
        assert.is_nil(message:find("too long", 1, true), said)
      end
    end
  end
end

local function answering(body)
  return function() return { status = 200, headers = {}, body = body } end
end

local function long(value)
  return type(value) == "number" and value > 1
end

describe("junk given to", function()
  local MESSAGE = { to = "447700900123", text = "x", from = "A" }
  local TAKEN = '{"errorCode":0,"result":{"message_id":"m"}}'
  local mw = sms.messagewhiz { apikey = "k", transport = answering(TAKEN), retries = 0 }
  local zc = sms.zoomconnect { email = "a", token = "k", transport = answering '{"webServiceMessages":[{"userDataField":"r"}]}' }
  local listed = '{"success":true,"response":[{"id":1,"body":"x","dateCreated":"2020-01-01T00:00:00Z","destAddress":{}}]}'
  local zw = sms.zipwhip { session = "s:1", transport = answering(listed) }

  it("sms.failover is refused by name", function()
    local function group(more)
      local settings = { mw, zc }
      for name, value in pairs(more or {}) do settings[name] = value end
      return sms.failover(settings)
    end
    try("failover", function(v) sms.failover(v) end)
    try("failover {v}", function(v) sms.failover { v } end)
    try("strategy", function(v) group { strategy = v }:send(MESSAGE) end)
    try("strategy's list", function(v) group { strategy = function() return v end }:send(MESSAGE) end)
    try("breaker", function(v) group { breaker = v }:send(MESSAGE) end)
    local down = sms.messagewhiz { apikey = "k", retries = 0, transport = function() return nil end }
    for _, name in ipairs { "failures", "reset" } do
      try("breaker." .. name, function(v)
        local of = sms.failover { down, breaker = { [name] = v } }
        of:send(MESSAGE)
        of:states()
        of:explain(MESSAGE)
      end)
    end
    try("send", function(v) group():send(v) end)
    try("send with options", function(v) group():send(MESSAGE, v) end)
    try("explain", function(v) group():explain(v) end)
    for _, name in ipairs { "send", "explain", "states" } do try(name .. " of", function(v) group()[name](v, MESSAGE) end) end
    local cases = {
      { { mw, nil, zc }, "client 2 is missing" }, { { mw, strategi = "order" }, "did you mean 'strategy'?" }, { {}, "at least one client" },
      { { mw, breaker = { failures = -1 } }, "breaker.failures must be an integer of at least 1" },
      { { mw.campaigns }, "client 1 must be a client" }, { { {} }, "client 1 must be a client" },
      { { mw, strategy = "best" }, "'round_robin'" },
    }
    for _, case in ipairs(cases) do
      local ok, message = pcall(sms.failover, case[1])
      assert.is_false(ok)
      assert.truthy(message:find(case[2], 1, true), message)
    end
    local _, err = group { strategy = function() return {} end }:send(MESSAGE)
    assert.matches("the strategy chose none", err.message)
  end)

  it("sms.run, tasks and sms.parallel is refused by name, at the caller's line", function()
    for _, name in ipairs { "run", "task", "wrap", "pool" } do try(name, function(v) return sms[name](v) end) end
    try("sleep", function(v) return sms.sleep(v) end, long)
    try("deadline", function(v) sms.run(function() sms.task(function() sms.sleep(0.01) end):deadline(v):wait() end) end)
    try("parallel n", function(v) for _ in sms.parallel(v, { 1, 2 }, function() end) do end end)
    try("parallel items", function(v) for _ in sms.parallel(2, v, function() end) do end end)
    try("parallel fn", function(v) for _ in sms.parallel(2, { 1 }, v) do end end)
    try("parallel options", function(v) for _ in sms.parallel(2, { 1 }, function() end, v) do end end)
    try("parallel ordered", function(v) for _ in sms.parallel(2, { 1 }, function() end, { ordered = v }) do end end)
    local line = debug.getinfo(1, "l").currentline
    local calls = {
      function() local out = sms.run(5) return out end,
      function() local out = sms.task(5) return out end,
      function() local out = sms.sleep "x" return out end,
      function() local out = sms.wrap(5) return out end,
      function() local out = sms.parallel(1, {}, print, 5) return out end,
    }
    for i, call in ipairs(calls) do
      local _, message = pcall(call)
      assert.truthy(message:find(("hostile_face_spec.lua:%d: sms."):format(line + 1 + i), 1, true), message)
    end
  end)

  it("sms.text is refused by name", function()
    local text = ("x\u{2019}"):rep(80)
    local calls = {
      count = text, analyse = text, split = text, clusters = text, optimise = text, cost = { "x", { text = "y" }, { [5] = "x" } },
    }
    local names = { "reference", "graphemes", "language", "locking", "single", "letters", "keep", "text", "top", "optimise" }
    for name, good in pairs(calls) do
      try(name, function(v) return sms.text[name](v) end)
      try(name .. " options", function(v) return sms.text[name](good, v) end)
      for _, option in ipairs(names) do
        try(name .. " " .. option, function(v) return sms.text[name](good, { [option] = v }) end)
      end
    end
    try("cost of a row", function(v) return sms.text.cost { v, { text = v } } end)
    try("worst", function(v) return sms.text.worst(v, {}) end)
    try("worst of rows", function(v) return sms.text.worst("{a}", v) end)
    try("worst of a row", function(v) return sms.text.worst("{a}", { v, { a = v } }) end)
    try("worst top", function(v) return sms.text.worst("{a}", { { a = 1 } }, { top = v }) end)
    try("kept", function(v) return sms.text.optimise(text, { keep = { v, { v, v } } }) end)
  end)

  it("sms.number, sms.status, sms.dates and sms.json is refused by name", function()
    try("e164", function(v) return sms.number.e164(v) end)
    try("e164 region", function(v) return sms.number.e164("2065550123", v) end)
    try("region", function(v) return sms.number.region(v) end)
    try("status", function(v) return sms.status(v, "send", 1) end)
    try("status kind", function(v) return sms.status("zipwhip", v, 1) end)
    try("status code", function(v) return sms.status("zipwhip", "send", v) end)
    for name, fn in pairs(sms.dates) do
      if type(fn) == "function" then try("dates." .. name, function(v) local out = fn(v) return out end) end
    end
    for _, name in ipairs { "encode", "decode", "array", "integer" } do
      try("json." .. name, function(v) local out = sms.json[name](v) return out end)
    end
  end)

  it("sms.webhook is refused by name or comes back as an error value", function()
    local reader = sms.webhook.reader "zipwhip"
    try("newer", function(v) return sms.webhook.newer(v, {}) end)
    try("newer than", function(v) return sms.webhook.newer({}, v) end)
    for _, name in ipairs { "status", "final", "time" } do
      try("newer " .. name, function(v) return sms.webhook.newer({ [name] = v }, { status = "sent", time = 1 }) end)
      try("newer than " .. name, function(v) return sms.webhook.newer({ status = "sent", time = 1 }, { [name] = v }) end)
    end
    try("url", function(v) return sms.webhook.url(v, "s") end)
    try("url secret", function(v) return sms.webhook.url("https://example.org", v) end)
    try("reader", function(v) return sms.webhook.reader(v) end)
    try("reader secret", function(v) return sms.webhook.reader("zipwhip", v) end)
    try("parse", function(v) return reader:webhook(v) end)
    for _, name in ipairs { "method", "headers", "query", "body" } do
      try("parse " .. name, function(v) return reader:webhook { [name] = v } end)
    end
    try("answer", function(v) return reader:webhook_answer(v) end)
    try("line", function(v) return sms.webhook.line(v) end)
  end)

  it("names, walks, lists of messages and rows is refused by name", function()
    try("sms", function(v) return sms[v] end)
    try("client", function(v) return mw[v] end)
    try("resource", function(v) return mw.campaigns[v] end)
    try("set", function(v) mw[v] = 1 end, function(v) return v ~= v end)
    try("broadcast_ids", function(v) return mw:broadcast_ids(v) end)
    try("broadcast_ids {v}", function(v) return mw:broadcast_ids { v } end)
    try("each", function(v) return mw.campaigns:each(v) end)
    try("each with options", function(v) return mw.campaigns:each({}, v) end)
    try("send_many", function(v) return mw:send_many(v) end)
    try("send_many {v}", function(v) assert(#mw:send_many { MESSAGE, v or 1, MESSAGE } == 3) end)
    try("send_many with options", function(v) return mw:send_many({ MESSAGE }, v) end)
    for _, client in ipairs { mw, zc, zw } do
      try("reconcile", function(v) return client:reconcile(v) end)
      try("reconcile {v}", function(v) return client:reconcile { v } end)
      try("reconcile with options", function(v) return client:reconcile({}, v) end)
      local function row(more)
        local out = { outcome = "unknown", to = "447700900123", text = "x", reference = "r", time = 1577836800, broadcast = true }
        for name, value in pairs(more) do out[name] = value end
        return out
      end
      try("reconcile settle", function(v) return client:reconcile({ row {} }, { settle = v }) end)
      for _, name in ipairs { "to", "text", "reference", "time", "broadcast", "outcome", "id", "provider" } do
        try("reconcile " .. name, function(v) return client:reconcile { row { [name] = v } } end)
      end
      for _, name in ipairs { "id", "broadcast_id", "recipients", "ids" } do
        try("status " .. name, function(v) return client:status { broadcast_id = 1, [name] = v } end)
      end
    end
  end)

  it("the sandbox and the listener is refused by name", function()
    local sandbox = require "sms.sandbox"
    try("sandbox", function(v) return sandbox.new(v) end)
    for _, name in ipairs { "seed", "clock", "credentials", "delivery" } do
      try("sandbox " .. name, function(v) return sandbox.new { [name] = v } end)
    end
    for _, name in ipairs { "tick", "handle", "transport", "fault", "inbox" } do
      try("sandbox:" .. name, function(v)
        local of = sandbox.new()
        return of[name](of, v)
      end)
    end
    for _, name in ipairs { "match", "fault", "times" } do
      try("sandbox:fault " .. name, function(v)
        local of, rule = sandbox.new(), { match = {}, fault = "500" }
        rule[name] = v
        return of:fault(rule)
      end)
    end
    try("listener", function(v) return (sms.listener.run(v)) end)
    local names = {
      "certificate", "host", "key", "on_error", "on_event", "on_listen", "path", "port", "provider", "public", "secret", "seconds", "stop",
    }
    for _, name in ipairs(names) do
      try("listener " .. name, function(v)
        local options = { on_event = function() end, provider = "zipwhip", port = 0, seconds = 0 }
        options[name] = v
        return (sms.listener.run(options))
      end, name == "seconds" and long or nil)
    end
    try("listener client", function(v) return (sms.listener.run { on_event = print, client = v, port = 0, seconds = 0 }) end)
  end)
end)
