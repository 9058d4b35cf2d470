-- SPDX-License-Identifier: MIT
-- `sms.httpd` from both ends: curl, a process of its own, asks; this process turns the server's loop and answers.

local httpd = require "sms.httpd"
local patience = require "spec.support.patience"
local curl = dofile "spec/support/curl.lua"

local client, server

local function serve(arguments, handle, of)
  return client:serve(of or server, arguments, handle)
end

local function response(request) request:respond(200, {}, "ok") end

-- The one request that curl makes of these arguments; what was answered; curl's exit status.
local function ask(arguments, of)
  local seen = {}
  local output, status = serve(arguments, function(request)
    table.insert(seen, request)
    response(request)
  end, of)
  assert.equal(1, #seen)
  return seen[1], output, status
end

describe("sms.httpd", function()
  setup(function() client = curl.new(patience.MOST) end)
  teardown(function() client:close() end)
  before_each(function() server = assert(httpd.listen {}) end)
  after_each(function()
    server:close()
    collectgarbage()
    collectgarbage()
  end)

  describe("listen", function()
    it("takes a free port, and says so when a port is taken", function()
      assert.is_true(server:port() > 0)
      local second, message = httpd.listen { port = server:port() }
      assert.is_nil(second)
      assert.matches("^cannot listen on 127%.0%.0%.1 port %d+: Address already in use", message)
    end)

    it("refuses what it does not know, by name", function()
      for _, case in ipairs {
        { { prot = 1 }, "unknown option 'prot' %(did you mean 'port'%?%)" },
        { { certficate = "x" }, "unknown option 'certficate' %(did you mean 'certificate'%?%)" },
        { { colour = 1 }, "unknown option 'colour'$" },
        { { [("x"):rep(100)] = 1 }, "unknown option 'x+'$" },
        { { 1 }, "option names must be strings, got a number" },
        { { port = "80" }, "option 'port' must be a number, got a string" },
        { { port = 65536 }, "option 'port' must be a whole number from 0 to 65535" },
        { { port = 1.5 }, "option 'port' must be a whole number" },
        { { max_body = 0 }, "option 'max_body' must be a whole number from 1" },
        { { public = 1 }, "option 'public' must be a boolean, got a number" },
        { { host = "example.org" }, "option 'host' must be an IP address" },
        { { host = "0.0.0.0" }, "option 'host' must be a loopback address unless 'public' is true" },
        { { host = "8.8.8.8" }, "loopback" },
        { { host = "::" }, "loopback" },
        { { certificate = "x", key = "y" }, "option 'certificate' must be PEM text" },
        { { certificate = "-----BEGIN CERTIFICATE-----" }, "'certificate' and 'key' must be given together" },
      } do
        local ok, message = pcall(httpd.listen, case[1])
        assert.is_false(ok)
        assert.matches(case[2], message)
      end
    end)

    it("raises at the caller's line", function()
      local line = debug.getinfo(1, "l").currentline + 1
      local _, message = pcall(function() httpd.listen { prot = 1 } end)
      assert.matches("httpd_spec%.lua:" .. line .. ":", message)
    end)

    it("listens on every loopback address, and elsewhere when public", function()
      for _, options in ipairs { { host = "localhost" }, { host = "127.0.0.2" }, { host = "0.0.0.0", public = true } } do
        local other <close> = assert(httpd.listen(options))
        assert.is_true(other:port() > 0)
      end
    end)
  end)

  describe("a request", function()
    it("has method, raw path, raw query and headers", function()
      local request = ask "-X PATCH -H 'X-One: 1' -H 'X-TWO: b' -H 'x-one: 3' --path-as-is 'URL/a%20b/../%2f?q=%31&x=a+b?&&'"
      assert.equal("PATCH", request.method)
      assert.equal("/a%20b/../%2f", request.path)
      assert.equal("q=%31&x=a+b?&&", request.query)
      assert.equal("1, 3", request.headers["x-one"])
      assert.equal("b", request.headers["x-two"])
      assert.matches("^curl/", request.headers["user-agent"])
      assert.is_nil(request.body)
      assert.is_nil(request.form)
      assert.is_nil(request.parts)
      assert.is_nil(request.user)
      assert.is_nil(request.nonsense)
    end)

    it("has every method, and an empty query when there is none", function()
      for _, method in ipairs { "GET", "PUT", "DELETE", "OPTIONS", "REPORT" } do
        local request, output = ask("-X " .. method .. " URL/")
        assert.equal(method, request.method)
        assert.equal("", request.query)
        assert.equal("ok", output)
      end
      local request, output = ask "-I URL/"
      assert.equal("HEAD", request.method)
      assert.matches("Content%-Length: 2\r\n", output)
    end)

    it("has its body byte for byte", function()
      local bytes = {}
      for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
      local body = table.concat(bytes):rep(5000)
      client:write("body", body)
      local request = ask "-H 'Content-Type: application/json' --data-binary @DIR/body URL/"
      assert.is_true(request.body == body)
      request = ask "-H 'Content-Type: a/b' -H 'Transfer-Encoding: chunked' --data-binary @DIR/body URL/"
      assert.is_true(request.body == body)
    end)

    it("has the fields of a form, and its raw body", function()
      local request = ask "-d 'a=1&b=x+y%21&token=YWJj==&&empty=&bare&%41=%zz%4&nul=%00%2B' URL/"
      assert.same({
        { name = "a", value = "1" }, { name = "b", value = "x y!" }, { name = "token", value = "YWJj==" },
        { name = "empty", value = "" }, { name = "bare", value = "" }, { name = "A", value = "%zz%4" }, { name = "nul", value = "\0+" },
      }, request.form)
      assert.matches("^a=1&b=x%+y%%21&token=", request.body)
    end)

    it("leaves a form with too many fields raw", function()
      client:write("many", ("a&"):rep(10001))
      local request = ask "-d @DIR/many URL/"
      assert.is_nil(request.form)
      assert.equal(20002, #request.body)
      client:write("many", ("a&"):rep(10000))
      request = ask "-d @DIR/many URL/"
      assert.equal(10000, #request.form)
    end)

    it("has the parts of multipart/form-data, byte for byte", function()
      local nasty = "\r\n--\0\r\n\r\n--" .. ("\r"):rep(3000) .. "\n--x--\r\n"
      client:write("nasty", nasty)
      local request = ask "-F a= -F a=x -F 'f=@DIR/nasty;type=text/csv;filename=\"n;name=a.csv\"' -F 'z=b;type=text/plain' URL/"
      assert.same({
        { name = "a", data = "" }, { name = "a", data = "x" },
        { name = "f", filename = "n;name=a.csv", type = "text/csv", data = nasty }, { name = "z", type = "text/plain", data = "b" },
      }, request.parts)
      assert.is_nil(request.body)
    end)

    it("takes parts of 10 MB", function()
      local block = {}
      for i = 1, 65536 do block[i] = string.char((i * i * 31 + i // 7) % 256) end
      local data = table.concat(block):rep(160)
      client:write("big", data)
      local request = ask "-F one=@DIR/big -F two=@DIR/big URL/"
      assert.equal(2, #request.parts)
      assert.is_true(request.parts[1].data == data and request.parts[2].data == data)
    end)

    describe("with a multipart body written by hand", function()
      local function parts_of(body, content_type)
        client:write("body", body)
        return ask(("-H 'Content-Type: %s' --data-binary @DIR/body URL/"):format(content_type or "multipart/form-data; boundary=XX"))
      end

      it("reads preamble, epilogue, quoted boundary, odd spacing and letter case", function()
        local request = parts_of("preamble\r\n--X X \t\r\ncontent-disposition:form-data ; NAME=bare; x=\"a;name=no\"\r\n"
          .. "CONTENT-TYPE:text/plain\r\nX-Other: y\r\n\r\n--X\r\n--X X\r\n\r\n\r\n--X X--\r\nepilogue",
          'Multipart/Form-Data; charset=utf-8; boundary="X X"')
        assert.same({ { name = "bare", type = "text/plain", data = "--X" }, { data = "" } }, request.parts)
      end)

      it("keeps the raw body of what is not well formed", function()
        for _, body in ipairs {
          "", "--XX", "--XX\r\n", "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end", "nothing here",
          "--XX\r\nno empty line\r\n--XX--", "--XX junk\r\n\r\n\r\n--XX--", "--XX\r\n\r\ndata\r\n--XX",
        } do
          local request = parts_of(body)
          assert.is_nil(request.parts)
          assert.equal(body, request.body or "")
        end
        local request = parts_of("--XX--", "multipart/form-data")
        assert.equal("--XX--", request.body)
        assert.same({}, parts_of("--XX--").parts)
      end)
    end)

    it("has the decoded Basic credentials", function()
      local request = ask "-u 'me@example.org:pass:word' URL/"
      assert.equal("me@example.org", request.user)
      assert.equal("pass:word", request.password)
      request = ask "-H 'Authorization: Bearer abc' URL/"
      assert.is_nil(request.user)
      assert.is_nil(request.password)
    end)
  end)

  describe("too much", function()
    local small
    before_each(function() small = assert(httpd.listen { max_body = 1000 }) end)
    after_each(function() small:close() end)

    it("is answered 413 without Lua, whether or not the client waits to be asked", function()
      client:write("large", ("x"):rep(3000000))
      client:write("fits", ("x"):rep(1000))
      for _, how in ipairs { "", "-H 'Expect:'", "-H 'Expect:' -H 'Transfer-Encoding: chunked'", "-F f=@DIR/large" } do
        local body = how:find("-F", 1, true) and "" or "--data-binary @DIR/large "
        local output, status = serve(body .. how .. " -w '%{http_code}' URL/", function() error("reached Lua") end, small)
        assert.equal(0, status, how)
        assert.equal("the body is larger than max_body\n413", output)
      end
      assert.equal(1000, #ask("--data-binary @DIR/fits URL/", small).body)
    end)

    it("in the headers is answered 431", function()
      client:write("headers", ("X-Long: %s\n"):format(("x"):rep(50000)):rep(4)) -- curl takes no longer lines from a file
      local output = serve("-H @DIR/headers -o DIR/body -w '%{http_code}' URL/", function() error("reached Lua") end, small)
      assert.equal("431", output)
    end)
  end)

  describe("respond", function()
    it("sends status, headers and body", function()
      local body = ("\0\255binary"):rep(100000)
      local output = serve("-i URL/", function(request)
        assert.is_true(request:respond(429, { ["Retry-After"] = 3, ["X-Many"] = { "a", "b" }, ["Content-Type"] = "x/y" }, body))
      end)
      local head, rest = output:match("^(.-\r\n)\r\n(.*)$")
      assert.matches("^HTTP/1%.1 429 ", head)
      assert.matches("\r\nRetry%-After: 3\r\n", head)
      assert.matches("\r\nX%-Many: a\r\n", head)
      assert.matches("\r\nX%-Many: b\r\n", head)
      assert.matches("\r\nContent%-Type: x/y\r\n", head)
      assert.matches("\r\nContent%-Length: " .. #body .. "\r\n", head)
      assert.is_true(rest == body)
    end)

    it("needs neither headers nor body", function()
      local output = serve("-w '%{http_code}' URL/", function(request) request:respond(204) end)
      assert.equal("204", output)
    end)

    it("refuses what cannot be sent, and can then be used again", function()
      local output = serve("URL/", function(request)
        for _, case in ipairs {
          { 100 }, { 1000 }, { "x" }, { 200, "x" }, { 200, { 1 } }, { 200, { a = true } }, { 200, { a = { {} } } },
          { 200, { a = "b\r\nc: d" } }, { 200, { ["a\n"] = "b" } }, { 200, { a = "b\0c" } }, { 200, {}, {} },
        } do
          assert.is_false(pcall(request.respond, request, table.unpack(case)))
        end
        assert.is_false(pcall(request.drip, request, 200, {}, "x", 0, 1))
        assert.is_false(pcall(request.drip, request, 200, { a = "\n" }, "x", 1, 1))
        assert.is_false(pcall(request.drip, request, 200, {}, "x", 1, -1))
        assert.is_false(pcall(request.close, request, "softly"))
        assert.is_true(request:respond(200, {}, "still fine"))
      end)
      assert.equal("still fine", output)
    end)

    it("raises the second time", function()
      serve("URL/", function(request)
        request:respond(200)
        for _, method in ipairs { "respond", "drip", "raw", "close" } do
          local ok, message = pcall(request[method], request, 200, {}, "x", 1, 1)
          assert.is_false(ok)
          assert.matches("this request already has a response", message)
        end
        assert.equal("sms.httpd.request: answered", tostring(request))
      end)
    end)
  end)

  it("keeps connections alive", function()
    local count = 0
    local output = serve("-w '%{num_connects}\\n' URL/1 URL/2 -d x URL/3", function(request)
      count = count + 1
      request:respond(200)
    end)
    assert.equal(3, count)
    assert.equal("1\n0\n0\n", output)
  end)

  it("has 50 requests in flight at once", function()
    local held = {}
    local _, status = serve("--parallel --parallel-immediate --parallel-max 50 -o 'DIR/many-#1' 'URL/[1-50]'", function(request)
      table.insert(held, request)
      if #held < 50 then return end
      for i = 50, 1, -1 do held[i]:respond(200, {}, held[i].path .. " was served") end
    end)
    assert.equal(0, status)
    for i = 1, 50 do assert.equal(("/%d was served"):format(i), client:read("many-" .. i)) end
  end)

  it("returns nil when time is over, and no sooner", function()
    local start = httpd.now()
    assert.is_nil(server:next(0.25))
    assert.is_true(httpd.now() - start >= 0.25)
    start = httpd.now()
    assert.is_nil(server:next())
    assert.is_nil(server:next(-1))
    assert.is_nil(server:next(0 / 0))
    assert.is_true(httpd.now() - start < patience.MOST) -- and not for ever
  end)
end)
