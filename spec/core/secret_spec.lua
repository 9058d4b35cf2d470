-- SPDX-License-Identifier: MIT
-- Secrets by reference: where they may be, what is refused and why, that they sign and are masked like any other, that no table holds
-- them, and that nothing of them is left in the memory of a process that has let go of them.

local core = require "sms.core"
local canary = require "spec.support.canary"
local kinds = dofile "spec/support/kinds_of_call.lua"
local peer = require "spec.support.peer"
local sms = require "sms"
local uv = require "spec.support.uv"

local TEXT = canary.secret "reference"

local paths = {}

-- A file of its own with this text and mode.
local function file(text, mode)
  local path = os.tmpname()
  paths[#paths + 1] = path
  local handle <close> = assert(io.open(path, "wb"))
  handle:write(text)
  assert(uv.fs_chmod(path, tonumber(mode or "600", 8)))
  return path
end

-- What is raised, without its place.
local function complaint(fn)
  local ok, message = pcall(fn)
  assert.is_false(ok)
  return (message:gsub("^[^:]+:%d+: ", ""))
end

after_each(function()
  for _, path in ipairs(paths) do os.remove(path) end
  paths = {}
end)

describe("a reference to a secret", function()
  it("says where the secret is, and holds nothing", function()
    local path = file(TEXT)
    for words, reference in pairs {
      ["sms.secret: the environment variable 'SMS_SPEC'"] = sms.secret.env "SMS_SPEC", ["sms.secret: the file '" .. path .. "'"] =
        sms.secret.file(path),
    } do
      assert.equal(words, tostring(reference))
      assert.is_true(sms.secret.is(reference))
      assert.is_nil(next(reference))
      assert.is_false(getmetatable(reference))
      assert.has_error(function() reference.x = 1 end, "a reference to a secret can't be changed")
    end
    assert.is_false(sms.secret.is "SMS_SPEC")
    assert.is_false(sms.secret.is {})
    assert.has_error(function() sms.secret.read "SMS_SPEC" end)
  end)

  it("is refused where there can't be a secret, without repeating what may be one", function()
    for _, name in ipairs { "", "a-b", "a=b", "1A", "a b", "a\0b", TEXT, 5, true, {} } do
      local words = complaint(function() sms.secret.env(name) end)
      assert.matches("^sms%.secret%.env takes the name of a variable", words)
      assert.is_nil(words:find(canary.SECRET, 1, true))
    end
    assert.matches("^sms%.secret%.file takes the path of a file", complaint(function() sms.secret.file() end))
    for _, path in ipairs { "", "/x\0y", "/x\ny" } do
      assert.matches("^sms%.secret%.file takes the path of a file", complaint(function() sms.secret.file(path) end))
    end
  end)

  it("reads a file without the end of its last line", function()
    for text, expected in pairs { [TEXT] = TEXT, [TEXT .. "\n"] = TEXT, [TEXT .. "\r\n"] = TEXT, ["\xff x "] = "\xff x " } do
      assert.equal(expected, sms.secret.read(sms.secret.file(file(text))))
    end
    assert.equal(TEXT, sms.secret.read(sms.secret.file(file(TEXT, "400"))))
    local long = ("k"):rep(1 << 16)
    assert.equal(long, sms.secret.read(sms.secret.file(file(long))))
  end)

  it("refuses a file that others than its owner have access to, whatever it holds", function()
    for _, mode in ipairs { "640", "604", "644", "660", "666", "777", "610", "601", "620", "602", "4640" } do
      local path = file(TEXT, mode)
      local text, problem = sms.secret.read(sms.secret.file(path))
      assert.is_nil(text)
      assert.equal(("the file '%s' can't be used: its group or others have access (mode %04d); make it 0600"):format(path, mode), problem)
    end
  end)

  it("refuses what is no such text", function()
    for _, case in ipairs {
      { file "", "is empty" }, { file "\n", "is empty" }, { file(TEXT .. "\n\n"), "contains more than one line" },
      { file("a\0b"), "contains more than one line, or a control character" },
      { file(("k"):rep((1 << 16) + 1)), "it is too large for a secret" },
      { "/nowhere/at/all", "No such file" }, { "/", "Is a directory" }, { "/dev/null", "can't be used" },
    } do
      local text, problem = sms.secret.read(sms.secret.file(case[1]))
      assert.is_nil(text)
      assert.is_truthy(problem:find(case[2], 1, true), problem)
      assert.is_truthy(problem:find(case[1], 1, true), problem)
      assert.is_nil(problem:find(canary.SECRET, 1, true))
    end
    local fifo = os.tmpname()
    os.remove(fifo)
    paths[#paths + 1] = fifo
    assert(os.execute("mkfifo -m 600 " .. fifo))
    assert.matches("can't be used", select(2, sms.secret.read(sms.secret.file(fifo)))) -- and nobody waits for its writer
  end)

  it("follows a link to the file that is read", function()
    local link = os.tmpname()
    os.remove(link)
    paths[#paths + 1] = link
    assert(uv.fs_symlink(file(TEXT, "644"), link))
    assert.matches("its group or others have access", select(2, sms.secret.read(sms.secret.file(link))))
    os.remove(link)
    assert(uv.fs_symlink(file(TEXT), link))
    assert.equal(TEXT, sms.secret.read(sms.secret.file(link)))
  end)
end)

describe("a client with references", function()
  local function env(name, value)
    if value then uv.os_setenv(name, value) else uv.os_unsetenv(name) end
  end

  after_each(function() env "SMS_SPEC" end)

  -- Credentials by reference, the key of each that travels.
  local function credentials(make)
    return {
      { "messagewhiz", { apikey = make(TEXT) } }, { "messagewhiz", { apikey = make(TEXT), sms_auth = "header" } },
      { "zoomconnect", { email = make "a@example.org", token = make(TEXT), url_token = make(TEXT) } },
      { "zoomconnect", { email = "a@example.org", token = make(TEXT), url_token = "x", auth = "basic" } },
      { "websms", { token = make(TEXT) } }, { "websms", { username = make "somebody", password = make(TEXT) } },
      { "zipwhip", { session = make(TEXT), lookup_key = make(TEXT) } },
      { "zipwhip", { username = make "2065550100", password = make(TEXT) } },
    }
  end

  local function from_file(text) return sms.secret.file(file(text)) end

  -- All requests of a client's calls, as a transport in Lua sees them.
  local function requests_of(provider, options)
    local seen = {}
    options.retries = 0
    options.transport = function(request)
      local copy = {}
      for key, value in pairs(request) do copy[key] = value end
      seen[#seen + 1] = copy
      return { status = 200, headers = {}, body = '{"success":true,"response":"00000000:1","error":"' .. TEXT:gsub('"', '\\"') .. '"}' }
    end
    local client, results = sms[provider](options), {}
    for _, send in pairs(kinds.sends(provider)) do results[#results + 1] = select(2, send(client, "hello")) or nil end
    for _, name in ipairs { "read", "post" } do
      local call = kinds.others[provider][name]
      if call then results[#results + 1] = select(2, call(client)) end
    end
    return seen, results, client
  end

  it("signs as with the texts themselves", function()
    local by_text, by_file = credentials(function(text) return text end), credentials(from_file)
    for i, case in ipairs(by_text) do
      math.randomseed(1)
      local expected = requests_of(case[1], case[2])
      math.randomseed(1)
      local seen = requests_of(case[1], by_file[i][2])
      assert.is_true(#seen > 0)
      assert.equal(#expected, #seen)
      local word = canary.SECRET
      for at, request in ipairs(expected) do
        assert.equal(canary.places(request, word) ~= "", canary.places(seen[at], word) ~= "", case[1] .. " request " .. at)
        assert.same(request.headers, seen[at].headers)
        assert.equal(request.path, seen[at].path)
        assert.equal(request.password, seen[at].password)
      end
    end
  end)

  it("shows the secret nowhere", function()
    for _, case in ipairs(credentials(from_file)) do
      local _, results, client = requests_of(case[1], case[2])
      assert.equal("", canary.places(results, canary.SECRET), case[1])
      assert.equal("", canary.places(client, canary.SECRET, true), case[1])
    end
  end)

  it("takes the secret from the environment when it is made, once", function()
    env("SMS_SPEC", TEXT)
    local seen = {}
    local client = sms.messagewhiz {
      apikey = sms.secret.env "SMS_SPEC", retries = 0,
      transport = function(request)
        seen[#seen + 1] = request.headers.apikey
        return { status = 200, headers = {}, body = "{}" }
      end,
    }
    env("SMS_SPEC", "another")
    client.campaigns:list()
    env "SMS_SPEC"
    client.campaigns:list()
    assert.same({ TEXT, TEXT }, seen)
  end)

  it("guards webhooks by a secret from a file", function()
    local client = sms.websms { token = "t0ken", webhook_secret = from_file "hook-secret" }
    local body = '{"messageType":"deliveryReport","notificationId":"1","transferId":"2","deliveryReportMessageStatus":"delivered"}'
    assert.is_table((client:webhook { method = "POST", headers = { ["x-webhook-secret"] = "hook-secret" }, query = "", body = body }))
    local _, err = client:webhook { method = "POST", headers = { ["x-webhook-secret"] = "hook-Secret" }, query = "", body = body }
    assert.equal("auth", err.kind)
  end)

  it("isn't made without the secret: option, variable and file are named, all of them at once", function()
    local path = file(TEXT, "644")
    local words = complaint(function()
      sms.zoomconnect { email = sms.secret.env "SMS_SPEC", token = sms.secret.file(path), url_token = sms.secret.file "/nowhere", tokn = 1 }
    end)
    assert.equal("sms.zoomconnect: option 'email': the environment variable 'SMS_SPEC' is not set; option 'token': the file '" .. path ..
      "' can't be used: its group or others have access (mode 0644); make it 0600; option 'url_token': the file '/nowhere' can't be " ..
      "used: No such file or directory; unknown option 'tokn', did you mean 'token'?", words)
    env("SMS_SPEC", "")
    assert.equal("sms.websms: option 'token': the environment variable 'SMS_SPEC' is empty",
      complaint(function() sms.websms { token = sms.secret.env "SMS_SPEC" } end))
    env("SMS_SPEC", "a\r\nX: 1")
    assert.equal("sms.websms: option 'token': the environment variable 'SMS_SPEC' contains more than one line, or a control character",
      complaint(function() sms.websms { token = sms.secret.env "SMS_SPEC" } end))
    env("SMS_SPEC", TEXT)
    for name in pairs { timeout = 1, pool = 1, transport = 1, on_event = 1, nonsense = 1, http = 1 } do
      words = complaint(function() sms.websms { token = "t0ken", [name] = sms.secret.env "SMS_SPEC" } end)
      assert.is_truthy(words:find("'" .. name .. "'", 1, true), words)
      assert.is_nil(words:find(canary.SECRET, 1, true), words)
    end
  end)
end)

describe("the memory of a process", function()
  local program = os.tmpname()
  local lua_folder = "${LUA_INCDIR:-/usr/include/lua5.4}"
  local built = os.execute(("%s -std=c99 -O1 -g -I%s -Wl,-E -o %s spec/c/secret_image.c ${LUA_LIBRARY:--llua5.4} 2>/dev/null"):format(
    os.getenv "CC" or "cc", lua_folder, program))

  teardown(function() os.remove(program) end)

  -- Runs spec/support/secret_image.lua in it while a peer answers 401; how often the secret was found before and after.
  local function look(mode, way, secret)
    local server = peer.server(function() return 401, "{}" end)
    local path, out, code = file(secret), "", nil
    local pipe = uv.new_pipe()
    local environment = { "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath, "PATH=" .. os.getenv "PATH" }
    if way == "env" then environment[#environment + 1] = "SMS_IMAGE_SECRET=" .. secret end
    local process = assert(uv.spawn(program, {
      args = { mode, "spec/support/secret_image.lua", way, secret:reverse(), path, server.url },
      stdio = { nil, pipe, 2 }, env = environment,
    }, function(status) code = status end))
    pipe:read_start(function(_, bytes) out = out .. (bytes or "") end)
    local last = core.now() + 60
    while (not code or pipe:is_active()) and core.now() < last do
      server:turn()
      uv.sleep(1)
    end
    if not code then process:kill "sigkill" end
    process:close()
    pipe:close()
    server:close()
    assert.equal(0, code, out)
    local during, after = out:match("^(%d+)\t(%d+)")
    return math.tointeger(during), math.tointeger(after)
  end

  local sanitized = package.cpath:find "asan" ~= nil

  for _, case in ipairs {
    { "lua", "core", 0, "holds, before a first request, no secret that the core freed: it wipes what it frees" },
    { "all", "core", 0, "holds, before a first request, no secret after credentials, endpoints, pools and transfers are closed" },
    { "all", "query", 0, "holds, before a first request, no secret that stood in the query of an address" },
    { "all", "file", 0, "holds no secret of a client that is gone, though its errors are kept" },
    { "all", "env", 1, "holds a secret from the environment once, in the environment itself" },
  } do
    it(case[4], function()
      if not built then return pending "no C compiler, or no Lua headers where Debian has them" end
      if sanitized then return pending "the sanitizers have their own allocator" end
      local during, after = look(case[1], case[2], ("S3cr3t-%x-in-memory"):format(math.random(1 << 40, 1 << 41)))
      assert.is_true(during > case[3], during .. " while it was used")
      assert.equal(case[3], after)
    end)
  end

  it("is searched whole: a text that is kept is found", function()
    if not built or sanitized then return pending "see above" end
    local script = file [[
      local kept = arg[1]:reverse()
      print(image_count(arg[1]), #kept)
      local folder = {}
      for i = 1, 2000 do folder[i] = ("x"):rep(i) .. kept end
      collectgarbage()
      print(image_count(arg[1]) - #folder)
    ]]
    local handle <close> = assert(io.popen(("%s all %s 12345-backwards-54321-aaaaaaaaaaaaaaaaaaaaaaaaaa"):format(program, script)))
    assert.same({ 1, 48, 1 }, { handle:read("n", "n", "n") })
  end)
end)
