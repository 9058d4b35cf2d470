-- SPDX-License-Identifier: MIT
-- A server that lies, floods, stalls or redirects, against a client as a script uses it: each with the kind and outcome that the caller
-- must be told, in bounded memory, without a second request and without a connection used again.

local core = require "sms.core"
local failure = require "sms.error"
local hostile = require "spec.support.hostile"
local kinds = dofile "spec/support/kinds_of_call.lua"
local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local rows = require "spec.support.hostile_peer"
local sms = require "sms"

local MAX_BODY = 1 << 20

-- Bytes that the process holds, and the most that it held since `watch`.
local function memory(field)
  for line in io.lines "/proc/self/status" do
    local kilobytes = line:match("^" .. field .. ":%s+(%d+) kB")
    if kilobytes then return tonumber(kilobytes) << 10 end
  end
end

local function watch()
  collectgarbage()
  local handle = io.open("/proc/self/clear_refs", "w")
  if handle then
    handle:write "5"
    handle:close()
  end
  return memory "VmRSS"
end

-- The sanitizers keep what is freed, and count it.
local ROOM = package.cpath:find "asan" and 1 << 30 or 12 << 20

describe("a hostile peer", function()
  local server, other, pool, real, act

  before_each(function()
    other = peer.server()
    server = peer.listen(function(connection)
      if connection:request() then act(connection, "127.0.0.1:" .. other.port) end
    end)
    real = core.pool()
    pool = hostile.pool(real, { server, other })
  end)

  after_each(function()
    real:close()
    server:close()
    other:close()
  end)

  -- Says its own words and ends.
  local function be_good(connection)
    connection:answer(200, '{"errorCode":0,"result":[{"id":1,"name":"mine"}]}', "Connection: close\r\n")
    connection:fin()
  end

  local function client_with(options)
    local all = { apikey = "s3cret-key", base_url = server.url, pool = pool, retries = 0, timeout = 60, max_body = MAX_BODY }
    for name, value in pairs(options or {}) do all[name] = value end
    return sms.messagewhiz(all)
  end

  local function check_error(err, row, words)
    assert(failure.is(err), words .. ": " .. tostring(err))
    local expected = row.kinds and row.kinds[err.kind] and err.kind or row[3]
    assert.equal(expected, err.kind, words .. ": " .. tostring(err))
    if row.status then assert.equal(row.status, err.status, words) end
    assert.equal(1, err.attempts, words)
    assert(not err.body or #err.body <= failure.MAX_BODY, words)
    assert(not tostring(err):find("%c"), words)
  end

  -- The options of a call: where it ends by a short time, longer ones in turn until the request, and what it is told, come within it.
  local function options_of(row)
    local given, short = row.options, row.options and (row.options.stall_timeout and "stall_timeout" or "timeout")
    local limits = patience.limits(short and given[short] or patience.FAR)
    return function()
      local limit = limits()
      local out = limit and { timeout = 2 * patience.FAR }
      for name, value in pairs(out and given or {}) do out[name] = name == short and limit or value end
      return out
    end
  end

  -- One call, which must end as the row says, in the memory it may take.
  local function play(row, words, call)
    local result, second
    for options in options_of(row) do
      server.arrived = {}
      local before = watch()
      result, second = call(client_with(options))
      local peak = memory "VmHWM"
      assert.is_true(peak - before < ROOM, ("%s took %d bytes"):format(words, peak - before))
      local late = failure.is(second) and second.kind == "timeout" and (#server.arrived == 0 or row.status and not second.status)
      if not late then break end
    end
    assert.equal(1, #server.arrived, words)
    assert.equal(0, other.connections, words)
    if row[3] or failure.is(second) then
      check_error(second, row[3] and row or { row[1], row[2], "a response", kinds = row.kinds }, words)
    else
      assert(result ~= nil, words)
    end
    return second
  end

  for _, row in ipairs(rows.list) do
    it(("that answers a read by %s: %s"):format(row[1], row[3] or "a response"), function()
      act = row[2]
      play(row, row[1], function(client) return client.campaigns:list() end)
    end)
  end

  it("leaves a send unclear, whatever it does once it has it", function()
    for _, row in ipairs(rows.list) do
      local kind = row[3]
      if (kind == "network" or kind == "too_large" or kind == "decode" or kind == "server") and not row.options then
        act = row[2]
        local err = play(row, row[1], function(client) return client:send(kinds.message("messagewhiz", "hello")) end)
        assert.equal("unknown", err.outcome, row[1])
      end
    end
  end)

  it("isn't asked again on a connection that it has spoilt", function()
    for _, row in ipairs(rows.list) do
      if row[3] and not row.options then
        local client = client_with()
        act = row[2]
        client.campaigns:list()
        act = be_good
        local before = server.connections
        local result, err = client.campaigns:list()
        assert.equal("mine", result and result[1].name, row[1] .. ": " .. tostring(err))
        assert.equal(before + 1, server.connections, row[1])
      end
    end
  end)

  it("can't answer a request before it was made", function()
    local forged = rows.with_length '{"errorCode":0,"result":[{"id":666,"name":"forged"}]}'
    local fine = rows.with_length '{"errorCode":0,"result":[]}'
    for words, wait in pairs { ["in the same segment"] = false, ["later"] = true } do
      act = function(connection)
        connection:write(wait and fine or fine .. forged)
        if wait then
          connection:pause(0.05)
          connection:write(forged)
        end
        if connection:request() then be_good(connection) end
      end
      local client = client_with()
      assert.same({}, (client.campaigns:list()))
      local last = core.now() + 0.15
      while core.now() < last do
        server:turn()
        if not wait then break end
      end
      server:turn() -- for what came due since the last one
      act = be_good
      local result, err = client.campaigns:list()
      assert.equal("mine", result and result[1].name, words .. ": " .. tostring(err))
    end
  end)

  it("has no cookie kept, no challenge answered, no other protocol taken up", function()
    local headers = "Set-Cookie: a=b; Path=/\r\nWWW-Authenticate: Basic realm=x\r\nWWW-Authenticate: NTLM\r\n" ..
      "WWW-Authenticate: Negotiate\r\n" ..
      "Alt-Svc: h2=\"127.0.0.1:" .. other.port .. "\"\r\nStrict-Transport-Security: max-age=9999\r\nRefresh: 0;url=/x\r\n"
    for _, status in ipairs { 200, 401, 407, 417, 421, 426 } do
      act = function(connection)
        repeat connection:answer(status, "{}", headers) until not connection:request()
      end
      local client = client_with()
      server.arrived = {}
      client.campaigns:list()
      client.campaigns:list()
      assert.equal(2, #server.arrived, status)
      for _, request in ipairs(server.arrived) do
        assert.is_nil(request.headers.cookie)
        assert.is_nil(request.headers.authorization)
        assert.is_nil(request.headers.upgrade)
      end
      assert.equal(0, other.connections)
    end
  end)

  local function gzip(command)
    local pipe <close> = assert(io.popen(command, "r"))
    return pipe:read "a"
  end

  it("sends gzip bombs, single and double, in vain", function()
    local single = gzip "head -c 100000000 /dev/zero | gzip -6c"
    local double = gzip "head -c 300000000 /dev/zero | gzip -1c | gzip -9c"
    for encoding, bytes in pairs { gzip = single, ["gzip, gzip"] = double } do
      act = function(connection)
        connection:write(rows.with_length(bytes, "Content-Encoding: " .. encoding .. "\r\n"))
        connection:pause()
      end
      local err = play({ encoding, act, "too_large", status = 200 }, encoding, function(client) return client.campaigns:list() end)
      assert.is_true(#err.body <= failure.MAX_BODY)
    end
  end)

  it("sends 70 MB of JSON past the default of max_body: the error holds little of it, and the memory comes back", function()
    local piece = ('{"id":1,"name":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},'):rep(1000)
    act = function(connection)
      connection:write("HTTP/1.1 200 OK\r\nContent-Length: 73400320\r\n\r\n" .. '{"errorCode":0,"result":[')
      rows.pour(connection, piece, 73400320 // #piece)
      connection:pause()
    end
    local before = watch()
    local _, err = client_with({ max_body = 64 << 20, timeout = 60 }).campaigns:list()
    local peak = memory "VmHWM"
    assert.equal("too_large", err.kind, tostring(err))
    assert.equal("unknown", err.outcome)
    assert.equal(failure.MAX_BODY, #err.body)
    assert.is_true(peak - before < ROOM + (320 << 20), peak - before)
    collectgarbage()
    assert.is_true(memory "VmRSS" - before < ROOM + (16 << 20), memory "VmRSS" - before)
    assert.equal('{"errorCode":0', err.body:sub(1, 14))
  end)

  it("takes an upload too slowly", function()
    act = function() end
    local came
    local slow = peer.listen(function(connection)
      connection:read_to "\r\n\r\n"
      came = true
      connection.socket:read_stop()
      connection:pause()
    end)
    pool = hostile.pool(real, { slow })
    for limit in patience.limits(1) do
      local client = client_with { base_url = slow.url, timeout = limit }
      came = false
      local _, err = client:request { method = "POST", path = "/x", body = ("x"):rep(30 << 20), content_type = "text/csv" }
      assert.equal("timeout", err.kind)
      if came then
        assert.same({ "unknown", 1 }, { err.outcome, err.attempts })
        break
      end
    end
    slow:close()
    assert.is_true(came)
  end)

  it("as a proxy sees no credential of a TLS request, and can't make one go out", function()
    local seen = {}
    local answers = {
      "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200\r\n" .. ("x"):rep(1 << 20), "junk", "", "HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:" .. other.port .. "/\r\n\r\n",
    }
    local proxy = peer.listen(function(connection, number)
      seen[number] = connection:read_to "\r\n\r\n" or ""
      connection:write(answers[number])
      if number == 1 then connection:write "not a handshake" end
      connection:fin()
    end)
    pool = hostile.pool(real, { proxy, other })
    for number in ipairs(answers) do
      local client = client_with { base_url = "https://sms.example", proxy = proxy.url }
      local _, err = client.campaigns:list()
      assert.equal("not_sent", err.outcome, number .. ": " .. tostring(err))
      assert.equal(0, err.attempts)
      assert.matches("^CONNECT sms%.example:443 HTTP/1%.1\r\n", seen[number])
      assert.is_nil(seen[number]:find("s3cret", 1, true))
    end
    proxy:close()
    assert.equal(0, other.connections)
  end)
end)
