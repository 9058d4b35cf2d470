-- SPDX-License-Identifier: MIT
-- Standard streams that are closed, help that can't be written, and arguments that begin with a minus sign.

local cli = require "spec.support.cli"

describe("the command line", function()
  local shell

  setup(function() shell = cli.with_sandbox() end)
  teardown(function() shell:close() end)

  it("never prints to a file or socket that took a closed stream's number", function()
    local line = "sms listen --provider websms --port 0 <&- >&- 2>&- & p=$!; "
      .. "until readlink /proc/$p/fd/* | grep -q socket; do sleep 0.02; done; readlink /proc/$p/fd/0 /proc/$p/fd/1 /proc/$p/fd/2; kill $p"
    if not io.open "/proc/self/fd/0" then return pending "there is no /proc" end
    assert.equal(("/dev/null\n"):rep(3), (shell:run(line)))
  end)

  it("ends with 1 and one line where help and version can't be written", function()
    for _, line in ipairs { "sms --help", "sms send --help", "sms inbox wait -h", "sms --version" } do
      local out, _, right = shell:run(line)
      assert.same({ 0, true }, { right, #out > 3 })
      local _, err, status = shell:run(line .. " >/dev/full")
      assert.same({ 1, "sms: standard output: No space left on device\n" }, { status, err }, line)
    end
  end)

  it("says how an argument that begins with a minus sign is given", function()
    local _, err, status = shell:run "sms code zipwhip -1234"
    assert.equal(2, status)
    assert.equal("sms: unknown option '-1'. An argument that begins with - must follow --, as in: sms code zipwhip -- -1234 "
      .. "(sms code --help)\n", err)
    local out, _, right = shell:run "sms code zipwhip -- -1234"
    assert.same({ 0, true }, { right, out:find("RECIPIENT_OPTED_OUT", 1, true) ~= nil })
  end)
end)
