-- SPDX-License-Identifier: MIT
-- The listener asked by curl, `sms listen` and the two examples run as a user runs them: once for each event, right responses, no crash.

local httpd = require "sms.httpd"
local json = require "sms.json"
local patience = require "spec.support.patience"
local sms = require "sms"
local listener = require "sms.listener"
local curl = dofile "spec/support/curl.lua"

local MOST = patience.MOST
local SECRET = "a secret of 4 & more words"
local CLIENT = sms.messagewhiz { apikey = "k3y-of-no-use", webhook_secret = SECRET }

local client

-- A report of a fast single, as MessageWhiz posts it.
local function report(id, state, seconds)
  local words = { [1] = "ENROUTE", [2] = "DELIVRD" }
  return ('{"message_id":"%s","recipient":"15550100123","state":%d,"status":"%s","timestamp":"2026-01-01T00:00:%02d.000Z"}'):format(
    id, state, words[state], seconds or 0)
end

-- Words of a shell for curl: a post with this body.
local function post(body, path, more)
  return ("-d '%s' %s 'URL%s'"):format(body, more or "", path or "/")
end

-- Runs a listener until curl has ended; curl's output, the counts, the events, the problems.
local function listen(arguments, options)
  local ended, output, status
  local events, problems = {}, {}
  local settings = {
    provider = "messagewhiz", seconds = MOST,
    on_event = function(event) events[#events + 1] = event end,
    on_error = function(problem, event) problems[#problems + 1] = { problem, event } end,
    on_listen = function(port) ended = client:start(arguments, "http://127.0.0.1:" .. port) end,
    stop = function()
      output, status = ended()
      return status ~= nil
    end,
  }
  for name, value in pairs(options or {}) do settings[name] = value end
  if settings.client then settings.provider = nil end
  local counts = assert(listener.run(settings))
  assert.equal(0, status)
  return output, counts, events, problems
end

-- One curl for several requests; each response's status on a line of its own.
local function requests(...)
  return "-o /dev/null -w '%{http_code}\\n' " .. table.concat({ ... }, " --next -o /dev/null -w '%{http_code}\\n' ")
end

describe("sms.listener", function()
  setup(function() client = curl.new(MOST) end)
  teardown(function() client:close() end)

  it("hands on events of JSON, form and query, and answers as the provider expects", function()
    local output, counts, events, problems = listen(requests(
      post(report("m1", 2), "/", "-H 'Content-Type: application/json'"), post("happened=a+b", "/?x=1"), "-G " .. post("asked=1")))
    assert.equal("200\n200\n200\n", output)
    assert.same({ requests = 3, events = 3, repeats = 0, failed = 0, refused = 0, interrupted = false }, counts)
    assert.same({ "delivery", "m1", "delivered", true }, { events[1].type, events[1].id, events[1].status, events[1].final })
    assert.same({ "unknown", { happened = "a b", x = "1" } }, { events[2].type, events[2].raw })
    assert.same({ asked = "1" }, events[3].raw)
    assert.same({}, problems)
  end)

  it("hands on the same report once, and each event of a post", function()
    local both = ("[%s,%s]"):format(report("m1", 1), report("m2", 2))
    local output, counts, events = listen(requests(post(both), post(both), post(report("m2", 2)), post(report("m1", 2))))
    assert.equal("200\n200\n200\n200\n", output)
    assert.same({ 3, 3 }, { counts.events, counts.repeats })
    assert.same({ "m1 sent", "m2 delivered", "m1 delivered" },
      { events[1].id .. " " .. events[1].status, events[2].id .. " " .. events[2].status, events[3].id .. " " .. events[3].status })
  end)

  it("gives a late report of an earlier state, which is not the newer one", function()
    local _, _, events = listen(requests(post(report("m1", 2, 5)), post(report("m1", 1, 3))))
    assert.same({ "delivered", "sent" }, { events[1].status, events[2].status })
    assert.is_false(sms.webhook.newer(events[2], events[1]))
    assert.is_true(sms.webhook.newer(events[1], events[2]))
  end)

  it("asks for what could not be kept again, and for nothing else of that post", function()
    local tries, kept = {}, {}
    local both = ("[%s,%s]"):format(report("m1", 2), report("m2", 2))
    local output, counts, _, problems = listen(requests(post(both), post(both), post(both), post(both)), {
      on_event = function(event)
        tries[event.id] = (tries[event.id] or 0) + 1
        if event.id == "m1" and tries.m1 == 1 then return false end
        if event.id == "m1" and tries.m1 == 2 then error("the disk is full", 0) end
        kept[#kept + 1] = event.id
        return true
      end,
    })
    assert.equal("500\n500\n200\n200\n", output)
    assert.same({ m1 = 3, m2 = 1 }, tries)
    assert.same({ "m2", "m1" }, kept)
    assert.same({ 2, 2, 4 }, { counts.events, counts.failed, counts.repeats })
    assert.equal(1, #problems)
    assert.same({ "the disk is full", "m1" }, { problems[1][1], problems[1][2].id })
  end)

  it("remembers so many keys and no more", function()
    local most = listener.MEMORY
    assert.equal(10000, most)
    listener.MEMORY = 2
    finally(function() listener.MEMORY = most end)
    local asked = {}
    for i, id in ipairs { "a", "b", "a", "c", "b", "a" } do asked[i] = post(report(id, 2)) end
    local _, counts, events = listen(requests(table.unpack(asked)))
    local ids = {}
    for i, event in ipairs(events) do ids[i] = event.id end
    assert.equal("abca", table.concat(ids))
    assert.equal(2, counts.repeats)
  end)

  it("answers 404 for other paths, 405 for other methods, 400 for what cannot be read, 413 for too much", function()
    local big = client:write("big", "x=" .. ("y"):rep(sms.webhook.MAX_BODY))
    local output, counts, events, problems = listen(requests(
      post("a=1", "/other"), post("a=1", "/hook/"), "-X DELETE URL/hook?a=1", "-I URL/hook?a=1", post("{", "/hook"), "URL/hook",
      "-F a=1 URL/hook", "--data-binary @" .. big .. " URL/hook", post("a=1", "/hook?b=2")), { path = "/hook" })
    assert.equal("404\n404\n405\n405\n400\n400\n400\n413\n200\n", output)
    assert.same({ 1, 3 }, { counts.events, counts.refused })
    assert.same({ a = "1", b = "2" }, events[1].raw)
    assert.equal("decode", problems[1][1].kind)
    assert.is_nil(problems[1][2])
  end)

  it("lets in who knows the secret, by query or header", function()
    for _, options in ipairs { { provider = "messagewhiz", secret = SECRET }, { client = CLIENT } } do
      local output, counts, events, problems = listen(requests(
        post(report("m1", 2)), post(report("m1", 2), "/?secret=a+secret"), post(report("m1", 2), "/", "-H 'X-Webhook-Secret: x'"),
        post(report("m1", 2), sms.webhook.url("/", SECRET)), post(report("m2", 2), "/", ("-H 'X-Webhook-Secret: %s'"):format(SECRET)),
        "'URL" .. sms.webhook.url("/?a=1", SECRET) .. "'"), options)
      assert.equal("403\n403\n403\n200\n200\n200\n", output)
      assert.same({ 3, 3 }, { counts.events, counts.refused })
      assert.same({ a = "1" }, events[3].raw)
      for _, problem in ipairs(problems) do
        assert.equal("auth", problem[1].kind)
        assert.is_nil(tostring(problem[1]):find(SECRET, 1, true))
      end
    end
  end)

  it("tells nobody who asks what went wrong within", function()
    local output, _, _, problems = listen(post(report("m1", 2), "/", "-w ' %{http_code}'"), {
      on_event = function() error("private words") end,
      on_error = function(problem) error("more of them: " .. tostring(problem)) end,
    })
    assert.equal("internal error\n 500", output)
    assert.same({}, problems)
  end)

  it("says why it cannot listen", function()
    local other <close> = assert(httpd.listen {})
    local none, message = listener.run { provider = "messagewhiz", on_event = print, port = other:port() }
    assert.is_nil(none)
    assert.matches("Address already in use", message)
  end)

  it("ends after so many seconds", function()
    local start = httpd.now()
    assert.equal(0, assert(listener.run { provider = "messagewhiz", on_event = print, seconds = 0.2 }).requests)
    local took = httpd.now() - start
    assert.is_true(took >= 0.2 and took < MOST, took)
  end)

  it("refuses options that make no sense, at the caller's line", function()
    for expected, options in pairs {
      ["unknown option `on_evnt`, did you mean `on_event`%?"] = { on_evnt = print },
      ["`on_event` is missing"] = { provider = "messagewhiz" },
      ["`port` must be a number, got string"] = { provider = "messagewhiz", on_event = print, port = "1" },
      ["exactly one of `client` and `provider`"] = { on_event = print },
      ["exactly one of `client` and `provider` is"] = { on_event = print, client = CLIENT, provider = "messagewhiz" },
      ["set the client's option `webhook_secret`"] = { on_event = print, client = CLIENT, secret = "x" },
      ["did you mean 'messagewhiz'"] = { on_event = print, provider = "messagewiz" },
      ["must be a non%-empty string"] = { on_event = print, provider = "messagewhiz", secret = "" },
      ["`path` must begin with /"] = { on_event = print, provider = "messagewhiz", path = "x" },
    } do
      local ok, message = pcall(function() listener.run(options) end)
      assert.is_false(ok)
      assert.matches("^%S*listener_spec%.lua:%d+: listener: ", message)
      assert.matches(expected, message)
    end
    assert.error_matches(function() listener.run { on_event = print, provider = "messagewhiz", host = "0.0.0.0" } end, "loopback")
    assert.error_matches(function() listener.run() end, "options must be a table")
  end)

  it("names the package when libmicrohttpd is missing", function()
    local loaded = package.loaded["sms.httpd"]
    package.loaded["sms.httpd"], package.preload["sms.httpd"] = nil, function() error("libmicrohttpd.so.12: cannot open") end
    finally(function() package.loaded["sms.httpd"], package.preload["sms.httpd"] = loaded, nil end)
    local none, message = listener.run { provider = "messagewhiz", on_event = print }
    assert.is_nil(none)
    assert.matches("apt%-get install libmicrohttpd12.*luarocks install lua%-sms%-sandbox.*cannot open", message)
  end)
end)

-- The paths of this run for a program of its own, and nothing of the settings of whoever runs the specs.
local function environment(settings)
  return ("env -u LUA_SMS_WEBHOOK_SECRET -u LUA_SMS_PROVIDER -u LUA_SMS_EVENTS LUA_PATH='%s' LUA_CPATH='%s' %s")
    :format(package.path, package.cpath, settings or "")
end

-- Runs a shell command; standard output, standard error, exit status.
local function run(command, settings, input)
  local files = {}
  for i = 1, 3 do files[i] = os.tmpname() end
  local handle <close> = assert(io.open(files[3], "wb"))
  handle:write(input or "")
  handle:close()
  local _, _, status = os.execute(("%s %s >%s 2>%s <%s"):format(environment(settings), command, table.unpack(files)))
  local texts = {}
  for i = 1, 3 do
    local file <close> = assert(io.open(files[i], "rb"))
    texts[i] = file:read("a")
    os.remove(files[i])
  end
  return texts[1], texts[2], status
end

describe("sms listen", function()
  it("prints one JSON line for each event, and ends cleanly on Ctrl-C", function()
    local errors = os.tmpname()
    finally(function() os.remove(errors) end)
    local command = environment(("LUA_SMS_WEBHOOK_SECRET='%s'"):format(SECRET))
      .. " sh -c 'echo $$; exec bin/sms listen --provider messagewhiz --port 0 --path /x --seconds 600' 2>" .. errors
    local pipe = assert(io.popen(command))
    local id, deadline = assert(pipe:read("n", "l")), httpd.now() + MOST
    local url
    repeat
      local file <close> = assert(io.open(errors))
      url = file:read("a"):match("listening on (http://127%.0%.0%.1:%d+/x)\n")
    until url or httpd.now() > deadline
    local function curl_posts(body, address)
      local asked = assert(io.popen(("curl -s -o /dev/null -w '%%{http_code}' --max-time 30 -d '%s' '%s'"):format(body, address)))
      return asked:read("a"), asked:close()
    end
    assert.equal("403", (curl_posts(report("m1", 2), url)))
    for _ = 1, 2 do assert.equal("200", (curl_posts(report("m1", 2), sms.webhook.url(url, SECRET)))) end
    local event = assert(json.decode(pipe:read("l")))
    assert.same({ "m1", "delivered", "messagewhiz" }, { event.id, event.status, event.provider })
    assert(os.execute(("kill -INT %d"):format(id)))
    assert.equal("", pipe:read("a"))
    assert.is_true((pipe:close()))
    local file <close> = assert(io.open(errors))
    assert.matches("stopped after 1 events, 1 repeats, 1 refused requests\n$", file:read("a"))
  end)

  it("ends with its time or its input, and warns when there is no secret", function()
    for _, words in ipairs { "--seconds 0.1", "--seconds 600 --until-eof" } do
      local out, err, status = run("bin/sms listen --provider messagewhiz --port 0 " .. words)
      assert.same({ "", 0 }, { out, status })
      assert.matches("warning: LUA_SMS_WEBHOOK_SECRET is not set.*listening on http://127%.0%.0%.1:%d+/\n.*stopped after 0 events", err)
    end
  end)

  it("refuses what makes no sense", function()
    local other <close> = assert(httpd.listen {})
    for words, expected in pairs {
      [""] = "missing option '%-%-provider'",
      ["--provider nobody"] = "'nobody' is not a provider; choose from ",
      ["--provider messagewhiz --path x"] = "'x' is not a path",
      ["--provider messagewhiz --path '/x?secret=1'"] = "is not a path",
      ["--provider messagewhiz --secret x"] = "unknown option '%-%-secret'",
      ["--provider messagewhiz --seconds 1 --port " .. other:port()] = "\nsms: cannot listen on .*Address already in use",
    } do
      local out, err, status = run("bin/sms listen " .. words)
      assert.equal("", out)
      assert.matches(expected, err)
      assert.is_true(status ~= 0, words)
    end
    local _, err, status = run("bin/sms listen --provider messagewhiz --port 0 --seconds 1", "LUA_SMS_WEBHOOK_SECRET=")
    assert.equal(2, status)
    assert.matches("^sms: LUA_SMS_WEBHOOK_SECRET: the webhook secret must be a non%-empty string", err)
  end)
end)

describe("examples/listen.lua", function()
  it("follows three texts to their ends", function()
    local out, err, status = run("${LUA:-lua5.4} examples/listen.lua")
    assert.same({ "", 0 }, { err, status })
    assert.matches("order%-1 +15550100123 +delivered\n", out)
    assert.matches("order%-2 +15550100001 +undelivered\n", out)
    assert.matches("order%-3 +15550100003 +rejected\n", out)
    assert.matches("%d events, 0 repeats, 0 refused requests\n$", out)
  end)
end)

describe("examples/webhook.cgi", function()
  local events

  before_each(function() events = os.tmpname() end)
  after_each(function() os.remove(events) end)

  -- Runs the program as a web server does; its response and what it wrote.
  local function cgi(settings, input)
    local given = ("LUA_SMS_PROVIDER=messagewhiz LUA_SMS_EVENTS='%s' QUERY_STRING= REQUEST_METHOD=POST %s"):format(events, settings)
    local out, err, status = run("${LUA:-lua5.4} examples/webhook.cgi", given, input)
    assert.equal(0, status)
    local code, body = out:match("^Status: (%d+) [^\r\n]+\r\ncontent%-type: text/plain\r\n\r\n(.*)$")
    assert.is_string(code, out .. err)
    local file <close> = assert(io.open(events, "rb"))
    return tonumber(code), file:read("a"), err, body
  end

  local function length(text)
    return "CONTENT_LENGTH=" .. #text
  end

  it("appends a line for each event", function()
    local body = ("[%s,%s]"):format(report("m1", 1), report("m2", 2))
    local code, lines = cgi(length(body) .. " CONTENT_TYPE=application/json", body)
    assert.equal(200, code)
    local first, second = lines:match("^([^\n]+)\n([^\n]+)\n$")
    assert.same({ "m1", "m2" }, { json.decode(first).id, json.decode(second).id })
    code, lines = cgi("REQUEST_METHOD=GET QUERY_STRING='a=1&b=x+y'")
    assert.equal(200, code)
    assert.same({ a = "1", b = "x y" }, json.decode(lines:match("([^\n]+)\n$")).raw)
    assert.equal(3, select(2, lines:gsub("\n", "")))
  end)

  it("lets in who knows the secret", function()
    local body = report("m1", 2)
    local secret = ("LUA_SMS_WEBHOOK_SECRET='%s' %s "):format(SECRET, length(body))
    local code, lines, err = cgi(secret, body)
    assert.same({ 403, "" }, { code, lines })
    assert.is_nil(err:find(SECRET, 1, true))
    assert.equal(403, (cgi(secret .. "QUERY_STRING=secret=x", body)))
    assert.equal(200, (cgi(secret .. ("HTTP_X_WEBHOOK_SECRET='%s'"):format(SECRET), body)))
    assert.equal(200, (cgi(secret .. ("QUERY_STRING='%s'"):format(sms.webhook.url("", SECRET):sub(2)), body)))
  end)

  it("reads no more than it may, and says what is wrong to the server's log only", function()
    for settings, case in pairs {
      ["CONTENT_LENGTH=999999999999999999999"] = { 413, "CONTENT_LENGTH" },
      ["CONTENT_LENGTH=-1"] = { 413, "CONTENT_LENGTH" },
      ["CONTENT_LENGTH=4194305"] = { 413, "4194305 bytes" },
      ["CONTENT_LENGTH=100"] = { 400, "ends after 4 of 100 bytes" },
      ["CONTENT_LENGTH=1"] = { 400, "decode" },
      ["CONTENT_LENGTH="] = { 400, "neither a body nor a query" },
      ["REQUEST_METHOD=DELETE"] = { 405, "DELETE" },
      ["LUA_SMS_PROVIDER=nobody"] = { 500, "unknown provider 'nobody'" },
      ["LUA_SMS_WEBHOOK_SECRET= CONTENT_LENGTH=4"] = { 500, "must be a non%-empty string" },
    } do
      local code, lines, err, body = cgi(settings, "{ab}")
      assert.same({ case[1], "" }, { code, lines }, settings)
      assert.matches(case[2], err)
      assert.is_nil(body:find(case[2]))
    end
    local code, _, err = cgi("LUA_SMS_EVENTS=no/such/folder/file CONTENT_LENGTH=3", "a=1")
    assert.equal(500, code)
    assert.matches("No such file", err)
  end)
end)
