-- SPDX-License-Identifier: MIT
-- Bodies piece by piece: an upload from a file and from an iterator, a download to a file and to an iterator, with progress and
-- back-pressure, in flat memory; what breaks off, what has the wrong size, what is left early.

local core = require "sms.core"
local memory = require "spec.support.memory"
local scheduler = require "sms.task"
local patience = require "spec.support.patience"
local service = require "spec.support.service"
local sms = require "sms"
local toy = require "spec.support.toy"

local MEGABYTES = 200

describe("streams", function()
  local server, client

  setup(function() server = service.spawn() end)
  teardown(function() server.stop() end)
  before_each(function() client = toy.client { key = "toy-secret-key", base_url = server.url } end)

  local function down(count, options, with)
    options = options or {}
    if options.stream == nil then options.stream = true end
    return (with or client):request({ method = "GET", path = "/down/" .. count }, options)
  end

  local function chunks_of(count, piece)
    return function()
      count = count - 1
      return count >= 0 and piece or nil
    end
  end

  local function upload(file)
    return client.things:upload { mapping = { "phone_number" }, doc = file }
  end

  -- Runs `fn` outside and inside of tasks, and inside each loop that is there.
  local function everywhere(name, fn)
    it(name .. ", blocking", function() fn() end)
    it(name .. ", in a task", function() sms.run(fn) end)
    for _, loop in ipairs(require "spec.support.loops") do
      it(name .. ", under " .. loop, function() require("sms.loop." .. loop).run(fn) end)
    end
  end

  everywhere("gives a response as an iterator of chunks", function()
    local answer, response = down(5000000)
    assert.equal(200, response.status)
    local seen = {}
    for name in pairs(response) do seen[name] = true end
    assert.same({ status = true, headers = true, attempts = true, duration = true, outcome = true }, seen)
    assert.equal("5000000", response.headers["content-length"])
    assert.equal(response.headers, response.headers)
    local out, most = {}, 0
    for chunk in answer do
      assert.is_true(#chunk > 0)
      out[#out + 1] = chunk
      most = math.max(most, #chunk)
    end
    local text = table.concat(out)
    assert.equal(5000000, #text)
    assert.is_true(text == (("0123456789abcdef"):rep(312500)))
    assert.is_true(most <= 300 * 1024)
    assert.is_nil(answer())
    assert.equal("sms.stream: closed", tostring(answer))
  end)

  everywhere("feeds a part from an iterator, with and without its size", function()
    for _, size in ipairs { 0, 2000000 } do
      local answer = assert(upload { name = "rows.csv", chunks = chunks_of(200, ("x"):rep(10000)), size = size > 0 and size or nil })
      assert.is_true(answer.bytes > 2000000 and answer.bytes < 2001000)
      assert.equal("/file", answer.id:match("^/file"))
    end
  end)

  it("sends exactly what curl_mime would, around the fed part", function()
    local peer = require "spec.support.peer"
    local pool, echo = core.pool(), peer.server()
    local endpoint = core.endpoint { base_url = echo.url, auth = core.auth { { scheme = "form", name = "k", value = "secret" } } }
    local transfer = assert(pool:start(endpoint, "POST", "/", nil, 60, true, { parts = {
      { name = "a", data = "März\0" }, { name = 'f"', feed = true, filename = 'a"b\r\n.csv', size = 6, type = "text/csv" },
      { name = "z", data = "", filename = "z.bin" },
    } }))
    assert.is_true(transfer:feed "abc")
    for _ = 1, 5 do
      pool:step(0.01)
      echo:turn()
    end
    assert.is_true(transfer:feed "def")
    assert.is_true(transfer:feed(nil))
    assert.equal(200, (echo:finish(pool, transfer)))
    local request = echo.arrived[1]
    local boundary = request.headers["content-type"]:match("^multipart/form%-data; boundary=(%x+)$")
    assert.equal(48, #boundary)
    assert.equal(tostring(#request.body), request.headers["content-length"])
    assert.equal(table.concat({
      "", 'Content-Disposition: form-data; name="a"\r\n\r\nMärz\0',
      'Content-Disposition: form-data; name="f%22"; filename="a%22b%0D%0A.csv"\r\nContent-Type: text/csv\r\n\r\nabcdef',
      'Content-Disposition: form-data; name="z"; filename="z.bin"\r\n\r\n', 'Content-Disposition: form-data; name="k"\r\n\r\nsecret',
    }, "\r\n--" .. boundary .. "\r\n"):sub(3) .. "\r\n--" .. boundary .. "--\r\n", request.body)
    for parts, words in pairs {
      [{ { name = "a", feed = true }, { name = "b", feed = true } }] = "only one part of a request can be fed",
      [{ { name = "a", feed = true }, { name = "b", path = "/etc/hostname" } }] = "cannot have parts from disk",
      [{ { name = "a", feed = true, type = "a\nb" } }] = "the type of a part cannot be sent",
    } do
      local none, kind, text = pool:start(endpoint, "POST", "/", nil, 60, true, { parts = parts })
      assert.same({ nil, "invalid" }, { none, kind })
      assert.matches(words, text, 1, true)
    end
    pool:close()
    echo:close()
  end)

  it("refuses chunks of another size than announced, with an honest outcome", function()
    for _, size in ipairs { 999, 1001, 0 } do
      local result, err = upload { name = "n", chunks = chunks_of(10, ("x"):rep(100)), size = size }
      assert.is_nil(result)
      assert.equal("invalid", err.kind)
      assert.matches("its size is " .. size, err.message)
      assert.equal(err.attempts == 0 and "not_sent" or "unknown", err.outcome)
    end
    assert.has_error(function() upload { name = "n", chunks = function() return 5 end } end,
      "an iterator of chunks must return strings, not a number")
    assert.has_error(function() upload { name = "n", chunks = function() error("mine", 0) end } end, "mine")
  end)

  it("makes a fed request once only", function()
    local given = 0
    local nowhere = toy.client { key = "toy-secret-key", base_url = "http://127.0.0.1:1", retries = 5 }
    local result, err = nowhere.things:upload { mapping = { "phone_number" }, doc = { name = "n", chunks = function()
      given = given + 1
      return given < 3 and "x" or nil
    end } }
    assert.same({ "network", "not_sent" }, { err.kind, err.outcome })
    assert.is_nil(result)
    assert.equal(3, given)
  end)

  it("gives chunks to a transport in Lua as one part", function()
    local other, seen = toy.recorded { status = 200, headers = {}, body = "{}" }
    other.things:upload { mapping = { "phone_number" }, doc = { name = "n", chunks = chunks_of(3, "ab") } }
    local data
    for _, part in ipairs(seen[1].parts) do data = part.name == "doc" and part.data or data end
    assert.equal("ababab", data)
  end)

  everywhere("raises an error value when the response breaks off, after what came", function()
    local answer = assert(client:request({ method = "GET", path = "/cut/100000" }, { stream = true }))
    local total = 0
    local ok, err = pcall(function()
      for chunk in answer do total = total + #chunk end
    end)
    assert.is_false(ok)
    assert.same({ "network", "unknown", "toy", 200 }, { err.kind, err.outcome, err.provider, err.status })
    assert.equal(100000, total)
    assert.is_nil(answer())
  end)

  it("hands a refusal on as an error value", function()
    local peer = require "spec.support.peer"
    local refusing = peer.server(function() return 404, '{"error":"no such file"}' end)
    local other = toy.client { key = "toy-secret-key", base_url = refusing.url }
    local loop = require "sms.loop.luv"
    local result, err = loop.run(function() return other:request({ method = "GET", path = "/x" }, { stream = true }) end)
    assert.is_nil(result)
    assert.same({ "not_found", "no such file" }, { err.kind, err.message })
    refusing:close()
  end)

  it("does not read ahead of a slow reader more than its buffer", function()
    local answer = down(50000000)
    local ends = core.now() + 0.3
    while core.now() < ends do sms.run(function() scheduler.pause(0.02) end) end
    assert.is_true(answer:progress() < 4 << 20) -- the buffer, and what one call of libcurl reads
    local total = 0
    for chunk in answer do total = total + #chunk end
    assert.equal(50000000, total)
  end)

  it("is left early by its close, and the pool is free of it", function()
    local pool = sms.pool()
    local one = toy.client { key = "toy-secret-key", base_url = server.url, pool = pool }
    do
      local answer <close> = down(50000000, nil, one)
      assert.is_string(answer())
      assert.equal("sms.pool: 1 in flight", tostring(pool))
    end
    assert.equal("sms.pool: 0 in flight", tostring(pool))
    local forgotten = down(50000000, nil, one)
    assert.is_string(forgotten())
    assert.is_not_nil(forgotten)
    pool:close()
  end)

  it("ends with the task: cancelled while it waits, and before it reads on", function()
    sms.run(function()
      local kinds = {}
      local reading = sms.task(function()
        local answer = assert(client:request({ method = "GET", path = "/cut/10" }, { stream = true }))
        local slow = down(50000000)
        scheduler.pause(0.05)
        return answer, slow
      end)
      assert.is_true(pcall(reading.wait, reading))
      local task = sms.task(function()
        local answer = down(50000000)
        kinds[1] = select(2, pcall(function()
          for _ in answer do pcall(scheduler.pause, 0.01) end
        end)).kind
      end)
      scheduler.pause(0.1)
      task:cancel()
      task:wait()
      assert.same({ "cancelled" }, kinds)
    end)
  end)

  it("has no total time-out of its own, and obeys one that is given", function()
    local hasty = toy.client { key = "toy-secret-key", base_url = server.url, timeout = 0.1 }
    local answer = assert(down(3000000, nil, hasty))
    scheduler.pause(0.2)
    local total = 0
    for chunk in answer do total = total + #chunk end
    assert.equal(3000000, total)
    for limit in patience.limits(0.1) do
      local timed, err = down(50000000, { timeout = limit, stream = true }, hasty)
      if timed then
        err = select(2, pcall(function()
          for _ in timed do scheduler.pause(0.02) end
        end))
      end
      assert.equal("timeout", err.kind)
      if timed then return end -- else the machine stood still before the response began
    end
    error "no response began in time"
  end)

  it("stops at max_body", function()
    local err = select(2, pcall(function()
      for _ in down(5000000, { stream = true, max_body = 1000000 }) do end
    end))
    assert.equal("too_large", err.kind)
  end)

  it("tells progress of several at once", function()
    local seen = {}
    sms.run(function()
      for i = 1, 3 do
        sms.task(function()
          local file = os.tmpname()
          assert(client.things:download({ id = i * 20000000 }, {
            to_file = file, progress = function(_, _, done, total) seen[i] = { done, total } end,
          }))
          os.remove(file)
        end)
      end
    end)
    for i = 1, 3 do assert.same({ i * 20000000, i * 20000000 }, seen[i]) end
  end)

  describe(("of %d MB"):format(MEGABYTES), function()
    -- Runs a script in an interpreter of its own; it sees `client`, `path` and `N`, and its peak of memory comes back in MiB.
    local function peak_of(code, path)
      local script = os.tmpname()
      local file = assert(io.open(script, "w"))
      file:write([[
        local toy = require "spec.support.toy"
        local client = toy.client { key = "toy-secret-key", base_url = arg[1], timeout = 60 }
        local path, N = arg[2], tonumber(arg[3])
        local told = 0
        local function progress(up, _, down) told = math.max(up, down) end
      ]], code, [[
        io.write(io.open("/proc/self/status"):read("a"):match("VmHWM:%s*(%d+)"), " ", told, " ", os.clock(), "\n")
      ]])
      file:close()
      local pipe <close> = assert(io.popen(("LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} %s %s %s %d"):format(
        package.path, package.cpath, script,
        server.url, path or "-", MEGABYTES * 1000000)))
      local peak, told, cpu = pipe:read("n", "n", "n")
      os.remove(script)
      return assert(peak, "the script failed") / 1024, told, cpu
    end

    local function report(what, peak, cpu)
      print(("\n%d MB %s: peak %.1f MiB, CPU %.2f s"):format(MEGABYTES, what, peak, cpu))
      assert.is_true(peak <= 16 or memory.watched())
    end

    it("goes up from a file, in a part", function()
      local path = os.tmpname()
      local file = assert(io.open(path, "wb"))
      for _ = 1, MEGABYTES do file:write(("0123456789"):rep(100000)) end
      file:close()
      local peak, told, cpu = peak_of([[
        local answer = assert(client.things:upload({ mapping = { "phone_number" }, doc = { path = path } }, { progress = progress }))
        assert(answer.bytes > N)
      ]], path)
      os.remove(path)
      assert.is_true(told > MEGABYTES * 1000000)
      report("up from a file", peak, cpu)
    end)

    it("goes up from an iterator, in a part", function()
      local peak, told, cpu = peak_of [[
        local left, piece = N // 100000, ("0123456789"):rep(10000)
        local answer = assert(client.things:upload({ mapping = { "phone_number" }, doc = { name = "n", chunks = function()
          left = left - 1
          return left >= 0 and piece or nil
        end } }, { progress = progress }))
        assert(answer.bytes > N)
      ]]
      assert.is_true(told > MEGABYTES * 1000000)
      report("up from an iterator", peak, cpu)
    end)

    it("comes down to a file", function()
      local path = os.tmpname()
      local peak, told, cpu = peak_of([[
        assert(client.things:download({ id = N }, { to_file = path, progress = progress }))
        assert(assert(io.open(path)):seek("end") == N)
      ]], path)
      os.remove(path)
      assert.equal(MEGABYTES * 1000000, told)
      report("down to a file", peak, cpu)
    end)

    it("comes down to an iterator", function()
      local peak, _, cpu = peak_of [[
        local total = 0
        for chunk in assert(client:request({ method = "GET", path = "/down/" .. N }, { stream = true })) do total = total + #chunk end
        assert(total == N)
      ]]
      report("down to an iterator", peak, cpu)
    end)
  end)
end)
