-- SPDX-License-Identifier: MIT
-- The story: servers that say the right thing in an unusual way. A byte order mark, half an emoji in one of a hundred rows, Latin-1 with
-- its label, a charset in place of a content coding, gzip in two members: each lost the whole response, some as a "network" failure. And
-- a 401 whose page came in one of these ways was no refusal any more.

local core = require "sms.core"
local hostile = require "spec.support.hostile"
local loop = require "sms.loop.luv"
local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local sms = require "sms"

local KEY, MESSAGE = "s3cret-key", { to = "+6591234567", from = "Shop", text = "hello" }

local function gzip(text)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
  file:flush()
  local pipe <close> = assert(io.popen("gzip -c " .. path))
  local bytes = pipe:read "a"
  os.remove(path)
  return bytes
end

-- Version of the libcurl that this process uses, as a number: 7.88 is 788.
local function libcurl_version()
  for line in io.lines "/proc/self/maps" do
    local path = line:match "(/%S*libcurl[%w-]*%.so%S*)$"
    local file <close> = path and io.open(path, "rb") or nil
    local major, minor = (file and file:read "a" or ""):match "libcurl/(%d+)%.(%d+)"
    if major then return major * 100 + minor end
  end
end

-- From 8.5 on libcurl has made up its mind about a content coding before we see its name.
local TAKES_UNKNOWN = libcurl_version() < 805

describe("a response of a server that", function()
  local server, pool, real, respond

  before_each(function()
    server = peer.listen(function(connection)
      for _ in function() return connection:request() end do
        respond(connection)
        if connection.closed then return end
      end
    end)
    real = core.pool()
    pool = hostile.pool(real, { server })
  end)

  after_each(function()
    real:close()
    server:close()
  end)

  local function client(options)
    local all = { apikey = KEY, base_url = server.url, pool = pool, retries = 0, timeout = 60 }
    for name, value in pairs(options or {}) do all[name] = value end
    return sms.messagewhiz(all)
  end

  local function says(status, body, headers)
    respond = function(connection) connection:answer(status, body, headers) end
  end

  -- Through the pool, and in a task of an event loop, where a plain call takes the fast path.
  local function name_of_first()
    local rows, err = client().campaigns:list()
    local name = rows and rows[1].name or tostring(err)
    rows, err = loop.run(function() return sms.messagewhiz({ apikey = KEY, base_url = server.url, retries = 0 }).campaigns:list() end)
    loop.detach()
    assert.equal(name, rows and rows[1].name or tostring(err))
    return name
  end

  local function list(name) return ('{"errorCode":0,"result":[{"id":1,"name":"%s","description":"x"}]}'):format(name) end

  it("writes a byte order mark is read", function()
    says(200, "\xEF\xBB\xBF" .. list "spring")
    assert.equal("spring", name_of_first())
    says(200, "\xEF\xBB\xBF" .. list "spr\xC3\xA4ng", "Content-Type: application/json; charset=iso-8859-1\r\n")
    assert.equal("spräng", name_of_first())
  end)

  it("cut an emoji in two keeps its other rows", function()
    local rows = {}
    for i = 1, 100 do rows[i] = ('{"id":%d,"name":"%s"}'):format(i, i == 7 and "cut \\ud83d" or "whole \\ud83d\\ude00") end
    says(200, '{"errorCode":0,"result":[' .. table.concat(rows, ",") .. "]}")
    local found = assert(client().campaigns:list())
    assert.same({ 100, "cut \u{FFFD}", "whole \u{1F600}", 100 }, { #found, found[7].name, found[8].name, found[100].id })
  end)

  it("labels another charset is read by it", function()
    for label, pair in pairs {
      ["iso-8859-1"] = { "\xFCber", "über" }, ["ISO-8859-1"] = { "\xFCber", "über" }, ['"windows-1252"'] = { "1 \x80", "1 €" },
      ["Windows-1252; boundary=x"] = { "\x93so\x94", "“so”" }, ["latin1"] = { "\xE9", "é" }, ["iso-8859-15"] = { "1 \xA4", "1 €" },
      ["utf-8"] = { "\xC3\xBC", "ü" }, ["UTF-8"] = { "\xC3\xBC", "ü" }, ['"utf-8"'] = { "\xC3\xBC", "ü" },
      klingon = { "\xC3\xBC", "ü" },
    } do
      says(200, list(pair[1]), ("Content-Type: application/json;charset=%s\r\n"):format(label))
      assert.equal(pair[2], name_of_first(), label)
    end
    says(200, list "\xC3\xBC", "Content-Type: application/json\r\n")
    assert.equal("ü", name_of_first())
  end)

  it("labels the charset of a refusal", function()
    says(400, '{"errorCode":400,"errorMessage":"f\xFCr niemand"}', "Content-Type: application/json; charset=ISO-8859-1\r\n")
    local _, err = client().campaigns:list()
    assert.same({ "invalid", "für niemand" }, { err.kind, err.message })
  end)

  it("names a content coding that nobody knows means none", function()
    for _, coding in ipairs { "utf-8", "UTF-8", "none", "identity", "text", "aws-chunked", "x-unknown", "", "binary, utf-8" } do
      says(200, list "plain", ("Content-Encoding: %s\r\n"):format(coding))
      if TAKES_UNKNOWN or coding == "none" or coding == "identity" or coding == "" then
        assert.equal("plain", name_of_first(), coding)
      else
        assert.matches("decode %(HTTP 200, outcome unknown%)", name_of_first(), coding)
      end
      says(200, gzip(list "small"), "Content-Encoding: gzip\r\n") -- the same handle decodes again
      assert.equal("small", name_of_first(), coding)
    end
    says(200, gzip(list "small"), "content-encoding: X-GZIP\r\n")
    assert.equal("small", name_of_first())
  end)

  it("compresses in a way that can't be undone is no network failure", function()
    local whole = gzip(list "small")
    for words, bytes in pairs {
      ["no gzip"] = "this is no gzip, though it says so", ["two members"] = gzip(list("x"):sub(1, 20)) .. gzip(list("x"):sub(21)),
      ["damaged"] = whole:sub(1, 20) .. "\0\0\0\0" .. whole:sub(25),
    } do
      says(200, bytes, "Content-Encoding: gzip\r\n")
      local rows, err = client().campaigns:list()
      if not rows then assert.equal("decode", err.kind, words) end -- a later libcurl may read two members
      assert.is_true(rows == nil or words == "two members", words)
      local receipt, unclear = client():send(MESSAGE)
      assert.is_nil(receipt)
      assert.same({ "decode", "unknown", 200 }, { unclear.kind, unclear.outcome, unclear.status }, words)
    end
  end)

  local function refused_with(body, headers, act)
    respond = act or function(connection) connection:answer(401, body, headers) end
    local _, err = client():send(MESSAGE)
    return err
  end

  it("refuses keeps its status and meaning, whatever its body", function()
    local half = "HTTP/1.1 401 No\r\nX-Request-Id: r1\r\nContent-Length: 1000\r\n\r\n<html>"
    for words, err in pairs {
      ["no JSON"] = refused_with("<html>no</html>"), empty = refused_with "", ["half JSON"] = refused_with '{"errorCode":',
      ["not gzip"] = refused_with("plain", "Content-Encoding: gzip\r\nX-Request-Id: r1\r\n"),
      ["unknown coding"] = refused_with("plain", "Content-Encoding: utf-8\r\n"),
      cut = refused_with(nil, nil, function(connection)
        connection:write(half)
        connection:fin()
      end),
      reset = refused_with(nil, nil, function(connection)
        connection:write(half)
        connection:pause(0.05)
        connection:reset()
      end),
    } do
      assert.same({ "auth", "not_sent", 401, 1 }, { err.kind, err.outcome, err.status, err.attempts }, words)
    end
  end)

  it("refuses by a page that never ends, or is too large", function()
    respond = function(connection)
      connection:write("HTTP/1.1 403 No\r\nContent-Length: 100000\r\n\r\n" .. ("x"):rep(5000))
      connection:pause()
    end
    local late
    for limit in patience.limits(0.3) do
      late = select(2, client({ timeout = limit }):send(MESSAGE))
      if late.status then break end -- else the machine stood still until the time was over
      assert.equal("timeout", late.kind)
    end
    assert.same({ "forbidden", "not_sent", 403 }, { late.kind, late.outcome, late.status })
    local _, large = client({ max_body = 4000 }):send(MESSAGE)
    assert.same({ "forbidden", "not_sent", 403 }, { large.kind, large.outcome, large.status })
    assert.matches("max_body", large.evidence)
  end)

  it("fails late leaves the outcome open, and a broken page of a 503 is still a 503", function()
    respond = function(connection)
      connection:write("HTTP/1.1 503 No\r\nRetry-After: 9\r\nContent-Length: 100000\r\n\r\n{")
      connection:fin()
    end
    local _, err = client():send(MESSAGE)
    assert.same({ "server", "unknown", 503, 9 }, { err.kind, err.outcome, err.status, err.retry_after })
  end)

  it("sends headers: the error has them, without secrets", function()
    for _, status in ipairs { 400, 429, 500 } do
      says(status, "{}", ("X-Thing: 1\r\nX-Thing: 2\r\nX-Echo: key %s\r\n"):format(KEY))
      local _, err = client().campaigns:list()
      assert.same({ "1, 2", "key ***" }, { err.headers["x-thing"], err.headers["x-echo"] })
    end
    says(200, "nonsense", "X-Thing: 3\r\n")
    assert.equal("3", (select(2, client().campaigns:list())).headers["x-thing"])
    respond = function(connection)
      connection:write("HTTP/1.1 200 OK\r\nX-Thing: 4\r\nX-Echo: " .. KEY .. "\r\nContent-Length: 100\r\n\r\n{")
      connection:fin()
    end
    local _, cut = client().campaigns:list()
    assert.same({ "network", "4", "***" }, { cut.kind, cut.headers["x-thing"], cut.headers["x-echo"] })
    respond = function(connection) connection:fin() end
    assert.is_nil((select(2, client().campaigns:list())).headers)
  end)

  it("redirects is named, with its target, and not followed", function()
    for _, status in ipairs { 301, 302, 307, 308 } do
      says(status, "", "Location: https://elsewhere.example/login?key=" .. KEY .. "\r\n")
      local _, err = client():send(MESSAGE)
      assert.same({ "server", "unknown", status }, { err.kind, err.outcome, err.status })
      assert.matches("https://elsewhere.example/login?key=***", err.message, 1, true)
    end
    says(302, '{"errorCode":0,"result":[]}', "Location: /maintenance\r\n")
    assert.matches("/maintenance", tostring(select(2, client().campaigns:list())), 1, true)
  end)
end)
