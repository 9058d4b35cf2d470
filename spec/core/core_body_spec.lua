-- SPDX-License-Identifier: MIT
-- Bodies both ways through the core: files, parts and fed bodies up; memory, files and their maximums down.

local core = require "sms.core"
local patience = require "spec.support.patience"
local peer = require "spec.support.peer"

describe("sms.core bodies", function()
  local pool, server, endpoint
  local files = {}

  local function temporary(content)
    local path = os.tmpname()
    files[#files + 1] = path
    local file <close> = assert(io.open(path, "wb"))
    if content then file:write(content) end
    return path
  end

  local function content_of(path)
    local file <close> = io.open(path, "rb")
    return file and file:read "a"
  end

  local function gzip(content)
    local path = temporary(content)
    local pipe <close> = assert(io.popen("gzip -c " .. path, "r"))
    return pipe:read "a"
  end

  local function serve(script, options)
    server = peer.listen(script)
    options = options or {}
    options.base_url = server.url
    endpoint = core.endpoint(options)
  end

  --- Answers each request by the same bytes.
  local function serve_answer(status, body, headers, options)
    serve(function(connection)
      while connection:request() do connection:answer(status, body, headers) end
    end, options)
  end

  local function start(method, body, extra) return assert(pool:start(endpoint, method, "/", body, patience.FAR, true, extra)) end

  local function call(method, body, extra)
    local transfer = start(method, body, extra)
    return table.pack(server:finish(pool, transfer)), transfer
  end

  before_each(function() pool = core.pool() end)

  after_each(function()
    pool:close()
    if server then server:close() end
    server = nil
    for _, path in ipairs(files) do os.remove(path) end
    files = {}
  end)

  describe("up", function()
    local function serve_echo()
      serve(function(connection)
        while connection:request() do connection:answer(200) end
      end)
    end

    it("sends any bytes, and 2 MB at once without waiting for a 100", function()
      serve_echo()
      local body = ("\0\r\n\255"):rep(500000)
      for i, extra in ipairs { {}, { headers = { ["X-A"] = "1" } } } do
        assert.are.equal(200, call("POST", body, extra)[1])
        assert.is_true(body == server.arrived[i].body)
        assert.are.same({ "application/json", nil }, { server.arrived[i].headers["content-type"], server.arrived[i].headers.expect })
      end
    end)

    it("sends a file with its length, under any verb", function()
      serve_echo()
      local content = ("0123456789"):rep(120000)
      local path = temporary(content)
      for i, verb in ipairs { "POST", "PUT", "PATCH" } do
        local result, transfer = call(verb, nil, { file = path, content_type = "text/csv" })
        assert.are.equal(200, result[1])
        local request = server.arrived[i]
        assert.are.same({ verb, "1200000", "text/csv" },
          { request.method, request.headers["content-length"], request.headers["content-type"] })
        assert.is_true(content == request.body)
        assert.is_nil(request.headers.expect)
        assert.are.same({ 1200000, 1200000, 0, 0 }, { transfer:progress() })
      end
      call("POST", nil, { file = temporary() })
      assert.are.same({ "", "application/octet-stream" }, { server.arrived[4].body, server.arrived[4].headers["content-type"] })
      call("POST", "{}")
      assert.are.same({ "{}", "application/json" }, { server.arrived[5].body, server.arrived[5].headers["content-type"] })
      assert.are.equal(1, server.connections)
    end)

    it("refuses a file that is not there or is no file", function()
      serve_echo()
      for _, extra in ipairs { { file = "/nowhere/x" }, { file = "/" }, { parts = { { name = "a", path = "/nowhere/x" } } } } do
        local transfer, kind, text = pool:start(endpoint, "POST", "/", nil, 60, true, extra)
        assert.are.same({ nil, "invalid" }, { transfer, kind })
        assert.matches("^cannot read /", text)
      end
    end)

    it("refuses a pipe at once, whether somebody writes to it or not", function()
      serve_echo()
      local path = temporary()
      assert(os.execute(("rm %s && mkfifo %s"):format(path, path)))
      for _, extra in ipairs { { file = path }, { parts = { { name = "a", path = path } } } } do
        local began = core.now()
        local transfer, kind, text = pool:start(endpoint, "POST", "/", nil, 60, true, extra)
        assert.are.same({ nil, "invalid", ("cannot read %s: it is not a regular file"):format(path) }, { transfer, kind, text })
        assert.is_true(core.now() - began < patience.MOST)
      end
      assert.are.equal(0, server.connections)
    end)

    it("ends the call at once when a file became shorter", function()
      local size = 20000000
      for _, kind in ipairs { "file", "part" } do
        serve_echo()
        local path = temporary(("x"):rep(size))
        local transfer = start("POST", nil, kind == "file" and { file = path } or { parts = { { name = "a", path = path } } })
        for _ = 1, 5 do pool:step(0.01) end
        assert.is_false(transfer:done())
        assert(os.execute("truncate -s 1000 " .. path))
        local result = table.pack(server:finish(pool, transfer)) -- long before its time is over
        assert.are.same({ "invalid", "the file became shorter while it was sent" }, { result[2].kind, result[2].message })
        server:close()
      end
    end)

    it("sends what a file had when it was opened, also when it grew or was replaced", function()
      serve_echo()
      local size = 8000000
      local path = temporary(("x"):rep(size))
      local transfer = start("POST", nil, { parts = { { name = "a", path = path } } })
      for _ = 1, 5 do pool:step(0.01) end
      assert(os.execute(("echo more >> %s && echo other > %s.new && mv %s.new %s"):format(path, path, path, path)))
      assert.are.equal(200, (server:finish(pool, transfer)))
      local body = server.arrived[1].body
      assert.are.equal(size, #body:match("\r\n\r\n(x*)\r\n%-%-"))
    end)

    it("names and types a part from disk as forms do", function()
      serve_echo()
      local path = temporary "1"
      local ANY = "application/octet-stream"
      for name, type in pairs { ["a.PNG"] = "image/png", ["a.txt"] = "text/plain", ["a.bin"] = ANY, [false] = ANY } do
        call("POST", nil, { parts = { { name = "p", path = path, filename = name or nil } } })
        local body = server.arrived[#server.arrived].body
        local expected = 'name="p"; filename="%s"\r\nContent-Type: %s\r\n\r\n1\r\n'
        assert.matches(expected:format(name or path:match("[^/]+$"), type), body, 1, true)
      end
    end)

    it("sends parts from memory and disk, names escaped", function()
      serve_echo()
      local content = ("x\0y\r\n"):rep(30000)
      call("POST", nil, { parts = {
        { name = "list_name", data = "März" },
        { name = "file", path = temporary(content), filename = 'a"b\r\n.csv', type = "text/csv" },
        { name = "raw", data = "1\0002", filename = "r.bin" },
      } })
      local request = server.arrived[1]
      local boundary = request.headers["content-type"]:match("^multipart/form%-data; boundary=(%S+)$")
      local expected = table.concat({
        "", 'Content-Disposition: form-data; name="list_name"\r\n\r\nMärz',
        'Content-Disposition: form-data; name="file"; filename="a%22b%0D%0A.csv"\r\nContent-Type: text/csv\r\n\r\n' .. content,
        'Content-Disposition: form-data; name="raw"; filename="r.bin"\r\n\r\n1\0002',
      }, "\r\n--" .. boundary .. "\r\n"):sub(3) .. "\r\n--" .. boundary .. "--\r\n"
      assert.is_true(expected == request.body)
      call("GET")
      assert.are.same({ "GET", "" }, { server.arrived[2].method, server.arrived[2].body })
    end)

    it("is fed 20 MB through a small buffer, and says when there is no room", function()
      serve_echo()
      local transfer = start("POST", nil, { feed = true, content_type = "text/csv" })
      local pieces, refusals = {}, 0
      for i = 1, 2000 do
        local piece = (string.char(i % 256)):rep(10000)
        pieces[i] = piece
        while not transfer:feed(piece) do
          refusals = refusals + 1
          pool:step(0.01)
          server:turn()
        end
      end
      assert.is_true(transfer:feed(nil))
      assert.are.same({ nil, "closed" }, { transfer:feed "late" })
      assert.are.equal(200, (server:finish(pool, transfer)))
      assert.is_true(refusals > 0)
      local request = server.arrived[1]
      assert.is_true(table.concat(pieces) == request.body)
      assert.are.same({ "POST", "chunked" }, { request.method, request.headers["transfer-encoding"] })
      assert.are.same({ nil, "closed" }, { transfer:feed(nil) })
    end)

    it("waits for what is fed late, and takes a large piece when empty", function()
      serve_echo()
      local transfer = start("PUT", nil, { feed = true })
      for _ = 1, 20 do
        pool:step(0.005)
        server:turn()
      end
      assert.is_false(transfer:done())
      local large = ("z"):rep(1 << 20)
      assert.is_true(transfer:feed(large))
      assert.is_true(transfer:feed(nil))
      server:finish(pool, transfer)
      assert.is_true(large == server.arrived[1].body)
      assert.has_error(function() start("PUT", nil, { feed = true }):feed(("z"):rep((16 << 20) + 1)) end)
      assert.has_error(function() start("PUT", "text"):feed "x" end, "the transfer was not started with feed = true")
    end)

    it("cannot send a fed body again", function()
      serve(function(connection)
        connection:request()
        connection:answer(200)
        connection:read_to "abc"
        connection:fin()
      end)
      call("GET")
      local transfer = assert(pool:start(endpoint, "POST", "/", nil, 60, false, { feed = true }))
      transfer:feed "abc"
      transfer:feed(nil)
      local result = table.pack(server:finish(pool, transfer))
      assert.are.same({ "network", 65 }, { result[2].kind, result[2].code })
    end)

    it("ends when a file becomes shorter while it is sent", function()
      serve(function(connection)
        connection:read_to "\r\n\r\n"
        connection.socket:read_stop() -- takes nothing, so that the file is not read to its end at once
        connection:pause()
      end)
      local path = temporary(("x"):rep(64 << 20))
      local transfer = start("POST", nil, { file = path })
      server:drive(pool, function() return transfer:progress() > 0 end)
      io.open(path, "w"):close()
      next(server.open).socket:read_start(function() end)
      local result = table.pack(server:finish(pool, transfer))
      assert.are.equal("invalid", result[2].kind)
      assert.matches("became shorter", result[2].message)
    end)

    it("tells progress while it runs", function()
      serve(function(connection)
        connection:read_to "\r\n\r\n"
        connection.socket:read_stop()
        connection:pause()
      end)
      local transfer = start("POST", ("x"):rep(64 << 20))
      assert.is_true(server:drive(pool, function()
        local up, up_total = transfer:progress()
        return up > 0 and up_total == 64 << 20
      end))
      assert.is_true(transfer:progress() < 64 << 20)
      transfer:close()
    end)
  end)

  describe("down", function()
    it("decodes gzip", function()
      local text = ('{"text":"hello"}'):rep(1000)
      serve_answer(200, gzip(text), "Content-Encoding: gzip\r\n")
      assert.are.equal(text, call("GET")[2])
      assert.matches("gzip", server.arrived[1].headers["accept-encoding"])
    end)

    it("keeps no more than max_body, to the byte", function()
      serve_answer(200, ("x"):rep(1000), nil, { max_body = 1000 })
      assert.are.equal(1000, #call("GET")[2])
      local result, transfer = call("GET", nil, { max_body = 999 })
      local failure = result[2]
      assert.are.same({ "too_large", 1, 200 }, { failure.kind, failure.attempts, failure.status })
      assert.are.equal("the response is larger than max_body", failure.message)
      assert.are.equal("sms.transfer: GET too_large", tostring(transfer))
      assert.are.equal(1000, #call("GET")[2])
      assert.are.equal(2, server.connections)
    end)

    it("counts decompressed bytes: a gzip bomb ends early", function()
      local bomb <close> = assert(io.popen("head -c 100000000 /dev/zero | gzip -9c", "r"))
      serve_answer(200, bomb:read "a", "Content-Encoding: gzip\r\n", { max_body = 100000 })
      local result = call("GET")
      assert.are.equal("too_large", result[2].kind)
      assert.is_true(#result[2].body <= 100000)
    end)

    it("ends a header bomb: many lines, many bytes, one endless line, endless 1xx answers", function()
      local line = "X-Filler: " .. ("y"):rep(1000) .. "\r\n"
      local bombs = {
        "HTTP/1.1 200 OK\r\n" .. line:rep(300), "HTTP/1.1 200 OK\r\n" .. ("a:b\r\n"):rep(1100),
        "HTTP/1.1 200 OK\r\nX: " .. ("y"):rep(1 << 20), ("HTTP/1.1 102 Wait\r\n" .. line .. "\r\n"):rep(300),
      }
      serve(function(connection, number)
        connection:request()
        connection:write(bombs[number])
        connection:pause()
      end)
      for i = 1, #bombs do
        local result = call("GET")
        assert.are.same({ i, "too_large", 1 }, { i, result[2].kind, result[2].attempts })
      end
      assert.are.equal(#bombs, server.connections)
    end)

    it("streams a 2xx response to a file, past max_body, other responses to memory", function()
      local content = ("number,name\r\n"):rep(100000)
      local status, path = 200, temporary "old"
      serve(function(connection)
        while connection:request() do connection:answer(status, content) end
      end, { max_body = 1000000 - 1 })
      local result, transfer = call("GET", nil, { to_file = path })
      assert.are.same({ 200, "" }, { result[1], result[2] })
      assert.is_true(content == content_of(path))
      assert.is_nil(content_of(path .. ".part"))
      assert.are.equal(#content, (select(3, transfer:progress())))
      status, content = 404, "not here"
      result = call("GET", nil, { to_file = path })
      assert.are.same({ 404, "not here" }, { result[1], result[2] })
      assert.are.equal(1300000, #content_of(path))
      status, content = 200, ""
      assert.are.equal(200, call("GET", nil, { to_file = path })[1])
      assert.are.equal("", content_of(path))
    end)

    it("leaves the file alone when the response breaks off or is too large for its limit", function()
      local path = temporary "old"
      serve(function(connection, number)
        connection:request()
        connection:write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" .. ("x"):rep(number == 1 and 50 or 100))
        if number == 1 then connection:fin() end
      end)
      local result = call("GET", nil, { to_file = path })
      assert.are.same({ "network", 18, 200 }, { result[2].kind, result[2].code, result[2].status })
      assert.are.equal("too_large", call("GET", nil, { to_file = path, max_body = 99 })[2].kind)
      assert.are.equal("old", content_of(path))
      assert.is_nil(content_of(path .. ".part"))
      assert.are.equal(200, call("GET", nil, { to_file = path, max_body = 100 })[1])
    end)

    it("says why the file cannot be written, before the request", function()
      serve_answer(200, "text")
      local transfer, kind, text = pool:start(endpoint, "GET", "/", nil, 60, true, { to_file = "/nowhere/at/all" })
      assert.are.same({ nil, "invalid" }, { transfer, kind })
      assert.are.equal("cannot write /nowhere/at/all: No such file or directory", text)
      assert.are.equal(0, server.connections)
    end)
  end)
end)
