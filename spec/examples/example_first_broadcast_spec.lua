-- SPDX-License-Identifier: MIT
-- The demo, run as a user runs it: on a sandbox of its own, against a given service, and with a service that says no.

local example = require "spec.support.example"
local server_module = require "sms.sandbox.server"

-- Standard output, standard error, whether it ended well.
local function run(environment, arguments)
  local out, err, status = example("first_broadcast", arguments, environment)
  return out, err, status == 0
end

describe("examples/first_broadcast.lua", function()
  it("takes 5,000 recipients from file to delivery report", function()
    local out, err, ok = run("", "")
    assert.is_true(ok, err)
    assert.equal("", err)
    assert.matches("5000 of 5000 rows taken, 0 wrong, 0 twice", out)
    assert.matches("estimate +5000 texts, 5000 parts", out)
    assert.matches("broadcast +%d+ accepted", out)
    assert.matches("delivered +5000\n", out)
    assert.matches("still open +0\n", out)
  end)

  describe("against a service that is there", function()
    local service
    before_each(function() service = assert(server_module.spawn { delivery = 0.5 }) end)
    after_each(function() service:stop() end)

    local function environment(key)
      return ("MESSAGEWHIZ_URL='%s/messagewhiz' MESSAGEWHIZ_APIKEY='%s'"):format(service.url, key)
    end

    local function recipient_file(text)
      local path = os.tmpname()
      local file <close> = assert(io.open(path, "wb"))
      file:write(text)
      return path
    end

    it("sends to the file that it is given, and reports each fate", function()
      local path = recipient_file("phone_number,first_name\n15550100123,Ada\n15550100001,Bob\n15550100003,Cy\n15550100123,Ada\n")
      local out, err, ok = run(environment("sandbox-key"), path)
      os.remove(path)
      assert.is_true(ok, err)
      assert.matches("columns: phone_number, first_name; first row: 15550100123, Ada", out)
      assert.matches("3 of 4 rows taken, 0 wrong, 1 twice", out)
      assert.matches("delivered +1\n", out)
      assert.matches("undelivered +1\n", out)
      assert.matches("rejected +1\n", out)
    end)

    it("says on standard error why it stopped, without the key", function()
      local out, err, ok = run(environment("wrong-secret-key"), "")
      assert.is_false(ok)
      assert.matches("^campaign: messagewhiz%.campaigns:create: auth %(HTTP 401", err)
      assert.is_nil((out .. err):find("wrong-secret-key", 1, true))
    end)

    it("says which file it cannot read", function()
      local _, err, ok = run(environment("sandbox-key"), "no/such/file.csv")
      assert.is_false(ok)
      assert.matches("^preview: .*no/such/file%.csv: No such file", err)
    end)
  end)

  it("draws its progress on a terminal only", function()
    local command = ("LUA_PATH='%s' LUA_CPATH='%s' ${LUA:-lua5.4} examples/first_broadcast.lua"):format(package.path, package.cpath)
    local pipe = assert(io.popen(("env -u MESSAGEWHIZ_APIKEY script -qec \"%s\" /dev/null </dev/null"):format(command)))
    local shown = pipe:read("a")
    assert.is_true(pipe:close())
    assert.matches("\r  uploading 100 %% of %d+ KiB", shown)
  end)
end)

describe("examples/recipients.lua", function()
  local recipients = dofile("examples/recipients.lua")

  it("makes 5,000 different numbers, all of them kept for fiction", function()
    local seen, count = {}, 0
    for index = 0, recipients.MOST - 1 do
      local number = recipients.row(index)
      assert.matches("^1[2-9]%d%d55501%d%d$", number)
      if not seen[number] then count = count + 1 end
      seen[number] = true
    end
    assert.equal(5000, count)
  end)

  it("refuses more rows than it has, and a file that cannot be written", function()
    assert.same({ nil, "the number of rows must be 1 to 5000" }, { recipients.write("unused", 5001) })
    local done, problem = recipients.write("no/such/folder/list.csv", 1)
    assert.is_nil(done)
    assert.matches("No such file", problem)
  end)
end)
