-- SPDX-License-Identifier: MIT
-- Where a response goes that is written to a file, by libcurl and by a client's own transport alike: what stands at the path is
-- replaced in one step, or left alone; what can't be written is told before the request.

local core = require "sms.core"
local patience = require "spec.support.patience"
local service = require "spec.support.service"
local toy = require "spec.support.toy"

local BYTES = 200000

local server, folder, requests

local function shell(command, ...)
  local pipe <close> = assert(io.popen(command:format(...)))
  return (pipe:read("a"):gsub("\n$", ""))
end

local function write(name, text)
  local path = folder .. "/" .. name
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
  return path
end

local function content(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- A client, and the response it gets when it downloads.
local CLIENTS = {
  libcurl = function() return toy.client { key = "toy-secret-key", base_url = server.url, retries = 0 } end,
  transport = function()
    return (toy.recorded(function()
      requests = requests + 1
      return { status = 200, headers = {}, body = ("x"):rep(BYTES) }
    end))
  end,
}

for carrier, client_of in pairs(CLIENTS) do
  describe("to_file, by " .. carrier, function()
    local client

    local function get(path)
      return client.things:download({ id = BYTES }, { to_file = path })
    end

    -- Everything in the folder but what the spec put there itself is a leftover.
    local function left()
      return shell("ls -A %s", folder)
    end

    setup(function() server = service.spawn() end)
    teardown(function() server.stop() end)
    before_each(function()
      folder = shell "mktemp -d"
      requests = 0
      client = client_of()
    end)
    after_each(function() os.execute(("chmod -R u+rwx %s; rm -rf %s"):format(folder, folder)) end)

    it("makes a new file that only its owner may read, and leaves nothing else", function()
      local path = folder .. "/new"
      assert.equal("", assert(get(path)))
      assert.equal(BYTES, #content(path))
      assert.equal("600", shell("stat -c %%a %s", path))
      assert.equal("new", left())
    end)

    it("keeps mode and owner of the file that it replaces, but no right to change users", function()
      local path = write("old", "old")
      for given, kept in pairs { ["640"] = "640", ["604"] = "604", ["4755"] = "755" } do
        local before = shell("chmod %s %s; stat -c '%%i' %s", given, path, path)
        assert(get(path))
        assert.equal(kept, shell("stat -c %%a %s", path))
        assert.not_equal(before, shell("stat -c %%i %s", path))
        assert.equal(BYTES, #content(path))
      end
      if shell "id -u" == "0" then
        shell("chown 12345:23456 %s", path)
        assert(get(path))
        assert.equal("12345:23456", shell("stat -c %%u:%%g %s", path))
      end
    end)

    it("follows links to their target, also to one that isn't there yet", function()
      local path = write("target", "old")
      shell("mkdir %s/sub; ln -s target %s/link; ln -s ../link %s/sub/link; ln -s sub/fresh %s/dangling", folder, folder, folder, folder)
      assert(get(folder .. "/sub/link"))
      assert.equal(BYTES, #content(path))
      assert.equal("link", shell("stat -c %%F %s/link | cut -d' ' -f2", folder))
      assert(get(folder .. "/dangling"))
      assert.equal(BYTES, #content(folder .. "/sub/fresh"))
      assert.equal("symbolic link", shell("stat -c %%F %s/dangling", folder))
    end)

    it("neither follows nor harms a file that has the name of a part", function()
      local victim = write("victim", "precious")
      shell("ln -s victim %s/out.part", folder)
      assert(get(folder .. "/out"))
      assert.equal("precious", content(victim))
      assert.equal(BYTES, #content(folder .. "/out"))
      shell("rm %s/out.part; echo mine > %s/out.part", folder, folder)
      assert(get(folder .. "/out"))
      assert.equal("mine\n", content(folder .. "/out.part"))
      assert.equal("out\nout.part\nvictim", left())
    end)

    it("makes a file whose name is as long as one may be", function()
      local path = folder .. "/" .. ("n"):rep(255)
      assert(get(path))
      assert.equal(BYTES, #content(path))
      assert.equal(("n"):rep(255), left())
    end)

    it("writes into a device", function()
      assert(get "/dev/null")
      assert.equal("character special file", shell "stat -c %%F /dev/null")
    end)

    it("writes into a pipe that somebody reads from", function()
      local path = folder .. "/pipe"
      shell("mkfifo %s; (cat %s > %s/got; touch %s/done) > /dev/null 2>&1 &", path, path, folder, folder)
      local result, err
      local ends = core.now() + patience.MOST
      repeat result, err = get(path) until result or core.now() > ends -- the reader may not have opened it yet
      assert.equal("", result, tostring(err))
      assert.equal("0", shell("while [ ! -e %s/done ]; do sleep 0.01; done; echo 0", folder))
      assert.equal(BYTES, #content(folder .. "/got"))
      assert.equal("fifo", shell("stat -c %%F %s", path))
    end)

    it("refuses, before the request, what can't be written", function()
      local cases = {
        ["/nowhere/at/all"] = "No such file or directory", [folder] = "Is a directory", [folder .. "/none/"] = "No such file",
        ["/proc/none"] = "No such file", [write("file", "") .. "/below"] = "Not a directory", [folder .. "/loop"] = "Too many levels",
        [folder .. "/pipe"] = "no process is reading from it", [folder .. "/" .. ("n"):rep(300)] = "File name too long",
      }
      shell("ln -s loop %s/loop; mkfifo %s/pipe", folder, folder)
      for path, why in pairs(cases) do
        local began = core.now()
        local result, err = get(path)
        assert.same({ nil, "invalid", "not_sent", 0 }, { result, err.kind, err.outcome, err.attempts }, path)
        assert.matches("cannot write " .. path:sub(1, 200), err.message, 1, true)
        assert.matches(why, err.message, 1, true)
        assert.is_true(core.now() - began < patience.MOST)
      end
      assert.equal(0, requests)
      assert.equal("file\nloop\npipe", left())
    end)

    it("says so when the pipe's reader goes away", function()
      local path = folder .. "/pipe"
      shell("mkfifo %s; head -c 10 %s > /dev/null 2>&1 &", path, path)
      local result, err
      local ends = core.now() + patience.MOST
      repeat result, err = get(path) until result or err.attempts > 0 or core.now() > ends
      assert.same({ nil, 1, 200 }, { result, err.attempts, err.status })
      assert.matches("no process is reading from it", err.message)
    end)
  end)
end

describe("a file that is sent by a client's own transport", function()
  it("is read whole, and a pipe is refused at once", function()
    local client, seen = toy.recorded { status = 200, headers = {}, body = '{"id":"1","name":"n","enabled":true}' }
    folder = shell "mktemp -d"
    local path = write("up", ("a\0"):rep(50000))
    assert(client.things:upload { doc = { path = path }, mapping = { [1] = "phone_number" } })
    assert.equal(("a\0"):rep(50000), seen[1].parts[1].data or seen[1].parts[2].data)
    shell("mkfifo %s/pipe", folder)
    local began = core.now()
    local result, err = client.things:upload { doc = { path = folder .. "/pipe" }, mapping = { [1] = "phone_number" } }
    assert.same({ nil, "invalid", "not_sent" }, { result, err.kind, err.outcome })
    assert.matches("it is not a regular file", err.message)
    result, err = client:request { method = "POST", path = "/x", multipart = { { name = "a", path = folder .. "/pipe" } } }
    assert.same({ nil, "invalid", "not_sent" }, { result, err.kind, err.outcome })
    assert.is_true(core.now() - began < patience.MOST)
    assert.equal(1, #seen)
    os.execute("rm -rf " .. folder)
  end)
end)
