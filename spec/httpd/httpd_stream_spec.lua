-- SPDX-License-Identifier: MIT
-- Answers of `sms.httpd` that are written piece by piece: what the client gets, and how a stream ends.

local httpd = require "sms.httpd"
local patience = require "spec.support.patience"
local sockets = require "spec.support.sockets"

local MOST = patience.MOST

local GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

describe("a stream of sms.httpd", function()
  local server, clients

  local function connect(bytes)
    local client = sockets.connect(server:port(), bytes)
    clients[#clients + 1] = client
    return client
  end

  local function wait(seconds, enough)
    return sockets.wait(seconds, enough, function() assert(not server:next(0.005)) end)
  end

  -- A client and the request that the server holds for it.
  local function open(bytes)
    local client = connect(bytes or GET)
    local request
    assert.is_true(sockets.wait(MOST, function() return request end, function() request = server:next(0.005) end))
    return client, request
  end

  before_each(function()
    clients = {}
    server = assert(httpd.listen())
  end)
  after_each(function()
    for _, client in ipairs(clients) do client:close() end
    server:close()
  end)

  it("brings each piece when it is written, chunked", function()
    local client, request = open()
    assert.is_true(request:stream(200, { ["content-type"] = "text/event-stream" }))
    assert.is_true(request:write "one\n")
    assert.is_true(wait(MOST, function() return client.input:find("one\n", 1, true) end))
    assert.matches("\r\nTransfer%-Encoding: chunked\r\n", client.input)
    assert.is_nil(client.input:find("two", 1, true))
    assert.is_true(request:write "two\n")
    assert.is_true(wait(MOST, function() return client.input:find("two\n", 1, true) end))
    assert.is_true(request:finish())
    assert.is_true(request:finish())
    assert.is_true(wait(MOST, function() return client.input:find "\r\n0\r\n\r\n$" end))
    assert.same({ n = 2, nil, "closed" }, table.pack(request:write "three"))
  end)

  it("ends with its connection for a client of HTTP/1.0", function()
    local client, request = open "GET / HTTP/1.0\r\nHost: x\r\n\r\n"
    assert.is_true(request:stream(200))
    assert.is_true(request:write "bytes")
    assert.is_true(request:finish())
    assert.is_true(wait(MOST, function() return client.ended end))
    assert.matches("\r\n\r\nbytes$", client.input)
  end)

  it("outlives the time that a request may take, with nothing to say", function()
    local client, request, most
    for limit in patience.limits(0.2) do -- within which a request must have come
      server:close()
      server = assert(httpd.listen { request_timeout = limit })
      client = connect(GET)
      assert.is_true(sockets.wait(MOST, function() return request or client.ended end, function() request = server:next(0.005) end))
      most = limit
      if request then break end
    end
    assert.is_true(request:stream(200))
    assert.is_false(wait(3 * most, function() return client.ended end))
    assert.is_true(request:write "late")
    assert.is_true(wait(MOST, function() return client.input:find("late", 1, true) end))
  end)

  it("notices by itself that its reader has left", function()
    local client, request = open()
    assert.is_true(request:stream(200))
    assert.is_true(request:write "hello")
    assert.is_true(wait(MOST, function() return client.input:find("hello", 1, true) end))
    client:close()
    clients = {}
    assert.is_true(wait(MOST, function() return not request:write "" end))
  end)

  it("is cut off when more than 4 MiB wait for a reader that doesn't read", function()
    local raw = sockets.connect(server:port(), GET)
    local request
    assert.is_true(sockets.wait(MOST, function() return request end, function() request = server:next(0.005) end))
    assert.is_true(request:stream(200))
    local piece, written, why = ("x"):rep(1024 * 1024), 0, nil
    for _ = 1, 64 do
      local ok, message = request:write(piece)
      why = message
      if not ok then break end
      written = written + 1
      server:next(0.001)
    end
    assert.equal("closed", why)
    assert.is_true(written >= 4)
    assert.is_nil((request:write "more"))
    raw:close()
  end)

  it("refuses one piece that is larger than that", function()
    local _, request = open()
    assert.is_true(request:stream(200))
    assert.is_true(request:write(("x"):rep(4 * 1024 * 1024)))
    local _, other = open()
    assert.is_true(other:stream(200))
    local ok, message = other:write(("x"):rep(4 * 1024 * 1024 + 1))
    assert.is_nil(ok)
    assert.equal("closed", message)
  end)

  it("ends when the request is collected", function()
    local client, request = open()
    assert.is_true(request:stream(200))
    assert.is_true(request:write "last words")
    request = nil -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    assert.is_true(wait(MOST, function() return client.input:find "last words\r\n0\r\n\r\n$" end))
  end)

  it("is cut off by close", function()
    local client, request = open()
    assert.is_true(request:stream(200))
    assert.is_true(request:write "begun")
    assert.is_true(wait(MOST, function() return client.input:find("begun", 1, true) end))
    assert.is_true(request:close())
    assert.is_true(wait(MOST, function() return client.ended end))
    assert.is_nil(client.input:find("\r\n0\r\n", 1, true))
  end)

  it("ends whole with the server, by drain and by close", function()
    local client, request = open()
    assert.is_true(request:stream(200))
    assert.is_true(request:write "begun")
    assert.is_true(wait(MOST, function() return client.input:find("begun", 1, true) end))
    assert.is_true(wait(MOST, function() return server:drain() == 0 end))
    assert.is_true(wait(MOST, function() return client.ended end))
    assert.matches("\r\n0\r\n\r\n$", client.input)
    server:close()
    server = assert(httpd.listen())
    local other, second = open()
    assert.is_true(second:stream(200))
    server:close()
    server = assert(httpd.listen())
    assert.is_true(wait(MOST, function() return other.ended end))
    assert.matches("\r\n0\r\n\r\n$", other.input)
    assert.is_nil((second:write "x"))
  end)

  it("can't be begun twice, nor written before it has begun", function()
    local _, request = open()
    assert.has_error(function() request:write "x" end, "this request is not a stream")
    assert.has_error(function() request:finish() end, "this request is not a stream")
    assert.has_error(function() request:stream(99) end)
    assert.has_error(function() request:stream(200, { ["x-bad\n"] = "1" }) end)
    assert.is_true(request:stream(200))
    assert.has_error(function() request:stream(200) end, "this request already has a response")
    assert.has_error(function() request:respond(200) end, "this request already has a response")
  end)

  it("gives its place to a new client when connections run out", function()
    local command = "ulimit -n 48; exec ${LUA:-lua5.4} spec/support/streams.lua"
    local pipe = assert(io.popen(command))
    assert.equal("served\n", pipe:read "a")
    pipe:close()
  end)
end)
