-- SPDX-License-Identifier: MIT
-- `sms send`, `status` and `balance` as a person runs them, against a sandbox: what is printed, what was sent, the exit status.

local cli = require "spec.support.cli"
local json = require "sms.json"

describe("sms send", function()
  local shell

  setup(function() shell = cli.with_sandbox(0.6) end)
  teardown(function() shell:close() end)

  it("prints a line with tabs where it is read by a program", function()
    local out, err, status = shell:run "sms send --to +27825551234 'Open until 10.'"
    assert.matches("^accepted\t%+27825551234\t%d+\t1 segment\n$", out)
    assert.same({ "", 0 }, { err, status })
    local inbox = shell:inbox()
    assert.same({ "+27825551234", "Open until 10." }, { inbox[#inbox].to, inbox[#inbox].text })
  end)

  it("prints the receipt as JSON", function()
    local out = shell:run "sms send --to 0825551234 --reference order-17 --json 'Ready.'"
    local receipt = json.decode(out)
    assert.same({ "zoomconnect", "accepted", "order-17", 1 }, { receipt.provider, receipt.outcome, receipt.reference, receipt.segments })
    assert.is_string(receipt.id)
  end)

  it("takes the text from a pipe, without the end of its last line", function()
    local _, _, status = shell:run("sms send --to +27825551234", "From a pipe\n")
    assert.equal(0, status)
    local inbox = shell:inbox()
    assert.equal("From a pipe", inbox[#inbox].text)
    shell:run("sms send --to +27825551234 -", "\u{FEFF}two\nlines\r\n")
    inbox = shell:inbox()
    assert.equal("two\nlines", inbox[#inbox].text)
  end)

  it("sends braces as they are: a text of the command line is no template", function()
    local _, err, status = shell:run "sms send --to +27825551234 'Hi {name}'"
    assert.same({ "", 0 }, { err, status })
    local inbox = shell:inbox()
    assert.equal("Hi {name}", inbox[#inbox].text)
  end)

  it("says for each number what became of it: all, some, none", function()
    local out, err, status = shell:run "sms send --to +27825551234 --to 12 hi"
    assert.matches("^accepted\t%+27825551234\t%d+\t1 segment\nnot_sent\t12\t%-\t%-\n$", out)
    assert.matches("^sms: 12: [^\n]*must be a phone number[^\n]*\n$", err)
    assert.equal(4, status)
    out, err, status = shell:run "sms send --to 12 hi"
    assert.equal("not_sent\t12\t-\t-\n", out)
    assert.matches("must be a phone number", err)
    assert.equal(1, status)
  end)

  it("sends to a number once, though it is written twice", function()
    local before = #shell:inbox()
    local out, _, status = shell:run "sms send --to +27825551239 --to '082 555 1239' hi"
    assert.equal(1, #shell:inbox() - before)
    assert.matches("^accepted.*\nnot_sent", out)
    assert.equal(4, status)
  end)

  it("sends nothing in a dry run, and exits as the real one would", function()
    local before = #shell:inbox()
    local out, err, status = shell:run "sms send --to +27825551234 --to 0825551235 --dry-run 'It’s open.'"
    assert.equal("ready\t+27825551234\t1 segment\tIt’s open.\nready\t+27825551235\t1 segment\tIt’s open.\n", out)
    assert.same({ "sms: nothing was sent; 2 texts would be, 2 segments\n", 0 }, { err, status })
    status = select(3, shell:run("sms send --to +27825551234 --to 12 --dry-run hi"))
    assert.equal(4, status)
    status = select(3, shell:run("sms send --to 12 --dry-run hi"))
    assert.equal(1, status)
    out = shell:run "sms send --to +27825551234 --dry-run --json hi"
    assert.same({ "ready", "hi", 1 }, { json.decode(out).outcome, json.decode(out).text, json.decode(out).segments })
    assert.equal(before, #shell:inbox())
  end)

  it("makes the swaps that save a segment, and refuses what needs more", function()
    local text = ("It’s on its way. "):rep(6)
    local out = shell:run(("sms send --to +27825551234 --optimise --dry-run --json '%s'"):format(text))
    assert.equal(1, json.decode(out).segments)
    local _, err, status = shell:run(("sms send --to +27825551234 --max-segments 1 '%s'"):format(text))
    assert.equal(1, status)
    assert.matches("needs 2 segments", err)
  end)

  it("waits for the final state", function()
    local out, _, status = shell:run "sms send --to +27825551234 --wait 9 --json hi"
    local receipt = json.decode(out)
    assert.same({ "delivered", true, 0 }, { receipt.status, receipt.final, status })
  end)

  it("exits with 3 where the outcome is unknown", function()
    shell:run(("curl -s -d '%s' %s/_sandbox/faults"):format(
      '{"fault":"accept-then-reset","match":{"provider":"zoomconnect","times":1}}', shell.url))
    local out, err, status = shell:run "sms send --to +27825551234 hi"
    assert.matches("^unknown\t", out)
    assert.matches("outcome unknown", err)
    assert.equal(3, status)
  end)

  it("refuses what the provider lacks before anything is sent", function()
    local before = #shell:inbox()
    local _, err, status = shell:run "sms send --to +27825551234 --from Me hi"
    assert.matches("zoomconnect does not support 'from'", err)
    assert.is_true(status == 1 or status == 2)
    assert.equal(before, #shell:inbox())
    _, err, status = shell:run "sms send --to +27825551234 --to +27825551235 --reference a hi"
    assert.same({ "sms: --reference identifies one message; there are several numbers\n", 2 }, { err, status })
  end)

  it("sends nothing without a text", function()
    for _, line in ipairs { "sms send --to +27825551234", "sms send --to +27825551234 ''", "sms send --to +27825551234 '  '" } do
      local before = #shell:inbox()
      local _, err, status = shell:run(line)
      assert.is_true(status == 1 or status == 2)
      assert.matches("^sms: [^\n]*'text'[^\n]*\n$", err)
      assert.equal(before, #shell:inbox())
    end
  end)
end)

describe("the safety of a profile", function()
  local shell

  setup(function()
    shell = cli.with_sandbox()
    shell:run(([[printf 'sandbox-token\n' | sms config add careful --provider zoomconnect --set email=sandbox@example.org --set region=ZA \
      --set 'only=["+27825551234","082 555 1235"]' --set confirm_over=1 --set base_url=%s/zoomconnect]]):format(shell.url))
  end)
  teardown(function() shell:close() end)

  it("holds all numbers but its own, and says so", function()
    local out, err, status = shell:run "sms send --profile careful --to 0825551234 --to 0825559999 --yes hi"
    assert.matches("^accepted\t%+27825551234\t.*\nheld\t%+27825559999\t%-\t%-\n$", out)
    assert.matches("^sms: %+27825559999: held: the profile sends only to its 2 numbers\n$", err)
    assert.equal(4, status)
    local before = #shell:inbox()
    out, err, status = shell:run "sms send --profile careful --to 0825559999 --json hi"
    assert.same({ "held", 1 }, { json.decode(out).outcome, status }, err)
    assert.equal(before, #shell:inbox())
  end)

  it("asks before it sends to more, and sends nothing where it can't ask", function()
    local before = #shell:inbox()
    local _, err, status = shell:run "sms send --profile careful --to 0825551234 --to 0825551235 hi"
    assert.equal(2, status)
    assert.matches("^sms: Send to 2 numbers%? There is no terminal for the question: give %-%-yes\n$", err)
    assert.equal(before, #shell:inbox())
    local _, _, sent = shell:run "sms send --profile careful --to 0825551234 --to 0825551235 --yes hi"
    assert.same({ 0, before + 2 }, { sent, #shell:inbox() })
  end)

  it("asks on a terminal", function()
    local before = #shell:inbox()
    local line = "NO_COLOR=1 sms send --profile careful --to 0825551234 --to 0825551235 hi"
    local out, _, status = shell:run(("script -qec %s /dev/null"):format(cli.quoted(line)), "n\n")
    assert.matches("Send to 2 numbers%? %[y/N%]", out)
    assert.same({ 1, before }, { status, #shell:inbox() })
    out, _, status = shell:run(("script -qec %s /dev/null"):format(cli.quoted(line)), "y\n")
    assert.matches("accepted  %+27825551234  %d+  1 segment\r\n", out)
    assert.same({ 0, before + 2 }, { status, #shell:inbox() })
  end)

  it("lets no operation past its numbers", function()
    local before = #shell:inbox()
    local _, err, status = shell:run "sms call --profile careful sms.send recipientNumber=+27825559999 message=hi --yes"
    assert.equal(1, status)
    assert.matches("'recipientNumber'", err)
    assert.equal(before, #shell:inbox())
    local _, told, sent = shell:run "sms call --profile careful sms.send recipientNumber=+27825551234 message=hi --yes"
    assert.equal(0, sent, told)
    assert.equal(before + 1, #shell:inbox())
  end)
end)

describe("sms status", function()
  local shell

  setup(function() shell = cli.with_sandbox() end)
  teardown(function() shell:close() end)

  it("takes ids, or what send printed", function()
    local out = shell:run "sms send --to +27825551234 --json hi | tee row | sms status"
    assert.matches("^%l+\t%d+\t%l+\t%u+\n$", out)
    local id = json.decode(shell:read "row").id
    local again, _, status = shell:run("sms status --json " .. id)
    assert.same({ id, 0 }, { json.decode(again).id, status })
    out, _, status = shell:run("sms status", id .. "\n\n" .. id .. "\n")
    assert.equal(2, select(2, out:gsub("\n", "")))
    assert.equal(0, status)
  end)

  it("says which look-up failed", function()
    local _, err, status = shell:run "sms status 999999"
    assert.equal(1, status)
    assert.matches("^sms: 999999: [^\n]*not_found", err)
  end)

  it("refuses where there is no look-up", function()
    local _, err, status = shell:run "sms status --provider websms 1"
    assert.equal(2, status)
    assert.matches("has no look%-up", err)
  end)

  it("settles rows of unknown outcome from the history", function()
    shell:run(("curl -s -d '%s' %s/_sandbox/faults"):format(
      '{"fault":"accept-then-reset","match":{"provider":"zoomconnect","times":1}}', shell.url))
    local row, _, status = shell:run "sms send --to +27825551238 --json 'Did it go?'"
    assert.equal(3, status)
    local out, err
    out, err, status = shell:run("sms status --settle --json", row)
    assert.equal("accepted", json.decode(out).outcome, err)
    assert.equal(0, status)
    _, err, status = shell:run("sms status --settle", "123\n")
    assert.equal(2, status)
    assert.matches("%-%-settle takes the rows", err)
  end)
end)

describe("sms balance", function()
  local shell

  setup(function() shell = cli.with_sandbox() end)
  teardown(function() shell:close() end)

  it("is a number, and a test for scripts", function()
    local out, _, status = shell:run "sms balance"
    assert.matches("^%d+\n$", out)
    assert.equal(0, status)
    _, _, status = shell:run("sms balance --below " .. tonumber(out) + 1)
    assert.equal(1, status)
    _, _, status = shell:run("sms balance --below " .. out:gsub("\n", ""))
    assert.equal(0, status)
    local _, err, refused = shell:run "sms balance --provider websms"
    assert.equal(2, refused)
    assert.matches("no balance", err)
  end)
end)
