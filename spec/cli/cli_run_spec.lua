-- SPDX-License-Identifier: MIT
-- `sms run`, `work`, `watch` and `outbox`, against a sandbox: a list is planned, looked at, sent, interrupted, continued, looked after.

local cli = require "spec.support.cli"
local json = require "sms.json"
local patience = require "spec.support.patience"

local function list(from, to)
  local out = { "to,name" }
  for i = from, to do out[#out + 1] = ("+2782555%04d,Guest %d"):format(i, i) end
  return table.concat(out, "\n") .. "\n"
end

-- How often each number has a text of the run in the inbox.
local function times(shell, pattern)
  local out, n = {}, 0
  for _, text in ipairs(shell:inbox()) do
    if text.text:find(pattern) then out[text.to], n = (out[text.to] or 0) + 1, n + 1 end
  end
  return out, n
end

describe("sms run", function()
  local shell

  setup(function()
    shell = cli.with_sandbox()
    shell.env.XDG_STATE_HOME = shell.folder .. "/state"
    shell:write("guests.csv", "to,name\n+27825551234,Thandi\n082 555 1235,Pieter\n")
  end)
  teardown(function() shell:close() end)

  it("plans, and sends exactly what was looked at", function()
    local out, err, status = shell:run "sms run guests.csv --name june --text 'Hi {name}, see you at 10.' --plan"
    local _
    assert.same({ "", 0 }, { err, status })
    local digest = out:match "digest (%S+): sms run %-%-name june %-%-apply %S+\n$"
    assert.matches("^june: 2 rows, 2 to be sent, 2 segments\n  %+27825551234  1 segment  Hi Thandi, see you at 10%.\n", out)
    assert.equal(0, select(2, times(shell, "see you at 10")))
    _, err, status = shell:run "sms run --name june --apply 2-2-0000000000000000"
    assert.equal(2, status)
    assert.matches("^sms: the digest 2%-2%-0000000000000000 does not match the run 'june', whose digest is "
      .. digest:gsub("%-", "%%-"), err)
    assert.equal(0, select(2, times(shell, "see you at 10")))
    _, err, status = shell:run("sms run --name june --progress none --apply " .. digest)
    assert.equal(0, status, err)
    assert.equal("sms: june: accepted 2, not sent 0, unknown 0, not started 0; 2 segments\n", err)
    assert.same({ ["+27825551234"] = 1, ["+27825551235"] = 1 }, (times(shell, "see you at 10")))
  end)

  it("is not begun twice: the same command again sends nothing more", function()
    local line = "sms run guests.csv --name again --text 'Again, {name}.' --yes --progress none"
    assert.equal(0, (select(3, shell:run(line))))
    assert.equal(0, (select(3, shell:run(line))))
    assert.equal(2, select(2, times(shell, "^Again")))
    local _, err, status = shell:run "sms run guests.csv --name again --text 'Other, {name}.' --yes"
    assert.equal(2, status)
    assert.matches("planned with different rows: 0 new, 2 changed", err)
    assert.equal(0, select(2, times(shell, "^Other")))
  end)

  it("takes another plan while nothing was sent", function()
    shell:run "sms run guests.csv --name mended --text 'Firts, {name}.' --plan"
    local out, _, status = shell:run "sms run guests.csv --name mended --text 'First, {name}.' --plan"
    assert.equal(0, status)
    assert.matches("First, Thandi", out)
  end)

  it("asks before it sends, and needs --yes or --apply where it can't", function()
    local _, err, status = shell:run "sms run guests.csv --name ask --text 'Ask, {name}.'"
    assert.equal(2, status)
    assert.matches("^sms: Send 2 texts, 2 segments%? There is no terminal for the question: give %-%-yes, or %-%-apply", err)
    local out
    out, _, status = shell:run("script -qec 'sms run --name ask' /dev/null", "n\n")
    assert.matches("Send 2 texts, 2 segments%? %[y/N%]", out)
    assert.equal(1, status)
    assert.equal(0, select(2, times(shell, "^Ask")))
  end)

  it("sends nothing while there are bad rows, says which, and puts them into a file", function()
    shell:write("bad.csv", "to,name\n+27825551234,Thandi\n12,Short\n,Empty\n+27825551235,Pieter\n")
    local _, err, status = shell:run "sms run bad.csv --name bad --text 'Bad, {name}.' --yes --rejected rejected.csv"
    assert.equal(2, status)
    assert.matches("^sms: row 2: [^\n]*\nsms: row 3: [^\n]*empty\nsms: 2 bad rows; nothing was sent%. [^\n]*%-%-skip%-bad\n$", err)
    assert.equal(0, select(2, times(shell, "^Bad")))
    assert.matches("^to,name,reason\r?\n12,Short,[^\n]*\n,Empty,[^\n]*\n$", shell:read "rejected.csv")
    _, _, status = shell:run "sms run bad.csv --name bad --text 'Bad, {name}.' --yes --skip-bad --progress none --out result.jsonl"
    assert.equal(4, status)
    assert.equal(2, select(2, times(shell, "^Bad")))
    local states = {}
    for line in shell:read("result.jsonl"):gmatch "[^\n]+" do states[#states + 1] = json.decode(line).state end
    assert.same({ "accepted", "not_sent", "not_sent", "accepted" }, states)
  end)

  it("names the nearest column, and what else is wrong with a list", function()
    shell:write("none.csv", "")
    for words, expected in pairs {
      ["guests.csv --name x --text 'Hi {nme}' --yes"] = "the text has {nme}, but the list has no such column; its columns are to, name; "
        .. "did you mean 'name'%?",
      ["guests.csv --name x --text 'Hi {name' --yes"] = "the text has an unclosed placeholder",
      ["guests.csv --name x --yes"] = "the text is missing: %-%-text or %-%-text%-file",
      ["guests.csv --name x --text a --text-file b --yes"] = "can't be combined",
      ["missing.csv --name x --text hi --yes"] = "missing%.csv: No such file or directory",
      ["none.csv --name x --text hi --yes"] = "none%.csv: the file is empty",
      ["--yes"] = "%-%-name is missing",
      ["--name nosuch --yes"] = "there is no run 'nosuch' in ",
      ["guests.csv --name x/y --text hi"] = "'x/y' is not a name",
      ["guests.csv --name x --text hi --progress lnie"] = "did you mean 'line'%?",
      ["guests.csv --name x --text hi --rate 0"] = "'0' is not a number above 0",
    } do
      local out, err, status = shell:run("sms run " .. words)
      assert.same({ "", 2 }, { out, status }, words)
      assert.matches("^sms: [^\n]*" .. expected .. "[^\n]*\n$", err)
    end
    assert.equal(2, (select(3, shell:run "sms watch x --once"))) -- nothing was begun
  end)

  it("reads a list from a pipe", function()
    local _, err, status = shell:run("sms run - --name pipe --text 'Pipe, {name}.' --yes --progress none",
      '{"to":"+27825551234","name":"Thandi"}\n{"to":"+27825551236","name":"Zo"}\n')
    assert.equal(0, status, err)
    assert.equal(2, select(2, times(shell, "^Pipe")))
  end)

  it("stops at the limit, and goes on", function()
    shell:write("ten.csv", list(1, 10))
    local _, err, status = shell:run "sms run ten.csv --name ten --text 'Ten, {name}.' --yes --limit 4 --progress none"
    assert.equal(5, status, err)
    assert.equal(4, select(2, times(shell, "^Ten")))
    assert.matches("\nsms: to continue: sms run %-%-name ten\n$", err)
    _, err, status = shell:run "sms run --name ten --yes --progress none"
    assert.equal(0, status, err)
    assert.equal(10, select(2, times(shell, "^Ten")))
  end)

  it("keeps to the numbers of a careful profile", function()
    shell:run(([[printf 'sandbox-token\n' | sms config add careful --provider zoomconnect --set email=sandbox@example.org --set region=ZA \
      --set 'only=["+27825551234"]' --set base_url=%s/zoomconnect]]):format(shell.url))
    local _, err, status = shell:run "sms run guests.csv --profile careful --name careful --text 'Careful, {name}.' --yes --progress none"
    assert.equal(4, status, err)
    assert.same({ ["+27825551234"] = 1 }, (times(shell, "^Careful")))
    assert.matches("not sent 1, .*%(held 1%)", err)
    _, err, status = shell:run "sms run --name careful --yes"
    assert.equal(2, status)
    assert.matches("belongs to the account 'careful', not 'house'", err)
  end)

  it("pauses a route whose credentials are wrong, sends nothing, and continues when they are mended", function()
    shell:run(("sms config add wrong --provider zoomconnect --set email=sandbox@example.org --set region=ZA --set base_url=%s/zoomconnect")
      :format(shell.url), "c4narysecret\n")
    local out, err, status = shell:run "sms run guests.csv --profile wrong --name wrong --text 'Wrong, {name}.' --yes --progress none"
    assert.equal(5, status, err)
    assert.matches("sms: to continue: sms run %-%-name wrong %-%-profile wrong\n$", err)
    assert.is_nil((out .. err):find("c4nary", 1, true))
    assert.equal(0, select(2, times(shell, "^Wrong")))
    shell:write("config/profiles/wrong.token", "sandbox-token\n")
    shell:run "sms outbox resume --route wrong --outbox sqlite:state/lua-sms/wrong.db"
    out, err, status = shell:run "sms run --name wrong --profile wrong --progress none"
    assert.equal("", out)
    assert.equal(0, status, err)
    assert.equal(2, select(2, times(shell, "^Wrong")))
  end)

  it("tells what is unknown, and settles it", function()
    shell:run(("curl -s -d '%s' %s/_sandbox/faults"):format(
      '{"fault":"accept-then-reset","match":{"provider":"zoomconnect","times":1}}', shell.url))
    local _, err, status = shell:run "sms run guests.csv --name unsure --text 'Unsure, {name}.' --yes --parallel 1 --progress none"
    assert.equal(3, status)
    assert.matches("sms: unknown rows may have been delivered; resolve them: sms outbox reconcile unsure\n", err)
    local out = shell:run "sms outbox rows unsure --state unknown --json"
    assert.equal("unknown", json.decode(out).state)
    _, err, status = shell:run "sms outbox retry unsure --state unknown"
    assert.is_true(status > 0)
    assert.matches("1 rows of 'unsure' may have been sent", err)
  end)
end)

describe("the progress of a run", function()
  local shell

  setup(function()
    shell = cli.with_sandbox()
    shell.env.XDG_STATE_HOME = shell.folder .. "/state"
    shell:write("list.csv", list(1, 60))
  end)
  teardown(function() shell:close() end)

  local function run(name, how)
    return ("sms run list.csv --name %s --text 'Hi {name}.' --yes --rate 100 %s"):format(name, how)
  end

  it("is a line at the start and one at the end on a pipe", function()
    local _, err = shell:run(run("pipe", ""))
    assert.matches("^%d+%-%d%d%-%d%dT%d%d:%d%d:%d%dZ pipe 0/60 accepted=0 not_sent=0 unknown=0 held=0 rate=%? left=%?\n"
      .. "%S+ pipe 60/60 accepted=60 not_sent=0 unknown=0 held=0 rate=%d+ left=0\nsms: pipe: accepted 60", err)
  end)

  it("is one line on a terminal, cut to its width", function()
    for _, columns in ipairs { 40, 200 } do
      local out = shell:run(("script -qec %s /dev/null"):format(
        cli.quoted(("stty cols %d; %s"):format(columns, run("wide" .. columns, "")))))
      local lines, longest = 0, 0
      for line in out:gmatch "\r([^\r\n]+)" do
        if line:find("wide" .. columns .. "  ", 1, true) then lines, longest = lines + 1, math.max(longest, #line) end
      end
      assert.is_true(lines >= 2)
      assert.is_true(longest < columns, "a line has " .. longest)
      if columns == 200 then assert.matches("wide200  60/60  100 %%  %d+/s  accepted 60  not sent 0  unknown 0  left 0:00", out) end
    end
  end)

  it("is JSON, or nothing", function()
    local _, err = shell:run(run("json", "--progress json"))
    local last = json.decode(err:match "\n({[^\n]*})\nsms: json: ")
    assert.same({ "json", 60, 60, 60 }, { last.name, last.rows, last.done, last.accepted })
    _, err = shell:run(run("none", "--progress none"))
    assert.matches("^sms: none: accepted 60, [^\n]*\n$", err)
  end)
end)

describe("a run that is stopped", function()
  local shell

  setup(function()
    shell = cli.with_sandbox()
    shell.env.XDG_STATE_HOME = shell.folder .. "/state"
    shell:write("list.csv", list(1, 200))
  end)
  teardown(function() shell:close() end)

  -- Starts a run of 200, presses Ctrl-C so often while it sends, and runs the same command again; the inbox is counted.
  local function interrupted(name, presses)
    local line = ("sms run list.csv --name %s --text '%s {name}.' --yes --progress none"):format(name, name)
    local start = ("%s --rate 20 --parallel 4 2>err & pid=$!; until curl -s %s/_sandbox/inbox | grep -q '%s '; do sleep 0.02; done"):format(
      line, shell.url, name)
    local press = ("for i in $(seq %d); do kill -INT $pid; sleep 0.05; done; wait $pid; echo $?"):format(presses)
    local out = shell:run(start .. "; " .. press)
    local first = tonumber(out:match "(%d+)\n$")
    local _, n = times(shell, "^" .. name)
    assert.is_true(n > 0 and n < 200, n .. " were sent")
    local _, err, status = shell:run(line .. " --rate 1000")
    return first, status, err
  end

  it("by one Ctrl-C ends in order and continues: no text twice, none lost", function()
    local first, status, err = interrupted("once", 1)
    assert.same({ 5, 0 }, { first, status }, err)
    local seen, n = times(shell, "^once")
    assert.equal(200, n)
    for number, count in pairs(seen) do assert.equal(1, count, number) end
  end)

  it("by two stops at once, and sends none twice", function()
    local first, status, err = interrupted("twice", 2)
    assert.is_true(first == 5 or first == 3, "ended with " .. first)
    assert.is_true(status == 0 or status == 3, err)
    local seen = times(shell, "^twice")
    for number, count in pairs(seen) do assert.equal(1, count, number) end
    local accepted = json.decode((shell:run "sms outbox status twice --json"))
    assert.equal(200, accepted.accepted + accepted.unknown)
  end)
end)

describe("sms work and sms outbox", function()
  local shell

  setup(function()
    shell = cli.with_sandbox()
    shell:write("list.csv", list(1, 20))
    shell.db = "--outbox sqlite:shop.db"
  end)
  teardown(function() shell:close() end)

  local function sms(words)
    return shell:run("sms " .. words .. " " .. shell.db)
  end

  it("look after an outbox of several runs", function()
    assert.same({ "sqlite:shop.db\n", "", 0 }, { sms "outbox init" })
    assert.equal("600\n", (shell:run "stat -c %a shop.db"))
    assert.same({ "", "", 0 }, { sms "outbox doctor" })
    sms "run list.csv --name first --text 'First {name}.' --plan"
    sms "outbox optout +27825550003 --reason asked"
    assert.matches("^%+27825550003\tasked\t", (sms "outbox optout"))
    local _, err, status = sms "run --name first --yes --limit 5 --progress none"
    assert.equal(5, status, err)
    assert.matches("^paused\tfirst\tlist\t20 rows\t20 segments\n$", (sms "outbox status"))
    assert.same({ "1 row\n", "", 0 }, { sms "outbox cancel first --key +27825550020" })
    assert.matches("^1[34] rows\n$", (sms "outbox move first --at +1h"))
    assert.matches("^run 'first' is paused", (sms "outbox doctor"))
    assert.same({ "0 rows\n", "", 0 }, { sms "outbox rescue" })
    local _, _, ended = sms "work --drain --progress none --run first" -- a run that is paused has nothing that may be sent
    assert.equal(0, ended)
    local status_of = json.decode((sms "outbox status first --json"))
    assert.same({ 5, 1 }, { status_of.accepted, status_of.cancelled })
    assert.same({ "20 rows\n", "", 0 }, { sms "outbox export first rows.csv" })
    assert.equal(21, select(2, shell:read("rows.csv"):gsub("\r\n", "")))
    assert.same({ "0 rows\n", "", 0 }, { sms "outbox prune --older 1d" })
  end)

  it("pause and stop a run that another process works; it goes on when it is continued", function()
    shell:write("far.csv", list(30, 129))
    sms "run far.csv --name far --text 'Far {name}.' --plan"
    assert.equal(2, (select(3, sms "watch far --pause --stop")))
    local _, problem, planned = sms "watch far --stop"
    assert.same({ 1, "sms: the run 'far' is planned, not active\n" }, { planned, problem })
    local other = io.popen(shell:wrapped "sms run --name far --yes --rate 4 --progress none --outbox sqlite:shop.db 2>&1; echo status $?")
    local ends = os.time() + 2 * patience.MOST
    local function state()
      return json.decode((sms "outbox status far --json"))
    end
    repeat local now = state() until now.accepted > 0 or os.time() > ends
    assert.matches("^paused\tfar\t", (sms "watch far --pause"))
    local before
    local at = state()
    repeat -- until its worker has heard of it; it sends three in this time else
      before = at
      os.execute "sleep 0.8"
      at = state()
    until at.sending == 0 and at.accepted == before.accepted or os.time() > ends
    assert.same({ "paused", 0, before.accepted }, { at.state, at.sending, at.accepted })
    assert.is_true(at.ready > 0)
    assert.matches("^active\tfar\t", (sms "watch far --resume --once"))
    assert.equal(0, (select(3, sms "watch far --stop")))
    local said = other:read "a"
    assert.matches("status 5\n$", said)
    assert.matches("to continue: sms run %-%-name far", said)
    assert.matches("^paused\tfar\t", (sms "watch far --progress none")) -- it has ended, and so does who watches
    assert.equal(0, (select(3, sms "run --name far --rate 1000 --progress none")))
    local seen = times(shell, "^Far ")
    for number, n in pairs(seen) do assert.equal(1, n, number) end
    assert.same({ 100, 0 }, { state().accepted, state().ready })
  end)

  it("take reports, and tell the texts of a run", function()
    sms "run list.csv --name heard --text 'Heard {name}.' --yes --limit 2 --progress none"
    local rows, err, status = sms "status --name heard --json"
    assert.equal(0, status, err)
    local row = json.decode(rows:match '[^\n]*"state":"accepted"[^\n]*')
    local command = require "spec.support.command"
    local db = "sqlite:" .. shell.folder .. "/shop.db"
    local listen = command.start { "listen", "--provider", "zoomconnect", "--port", "0", "--outbox", db }
    local url = ("http://127.0.0.1:%d/?messageId=%s&status=DELIVERED&dataField=%s"):format(listen:port(), row.provider_id, row.reference)
    shell:run(("curl -s -X POST '%s'"):format(url))
    listen:kill "sigterm"
    listen:ended()
    assert.matches('"type":"delivery"', listen.out)
    listen:close()
    assert.matches("accepted\t[^\n]*" .. row.provider_id .. "\tdelivered\t", (sms "status --name heard"))
  end)

  it("work by routes of a program", function()
    shell:write("routes.lua", "local sms = require 'sms'\nreturn { house = sms.from_env 'zoomconnect' }\n")
    sms "run list.csv --name second --text 'Second {name}.' --plan"
    sms "run --name second --yes --limit 1 --progress none"
    shell:run("${LUA:-lua5.4} -e 'local o = require(\"sms\").outbox.open \"sqlite:shop.db\"; o:caps(\"second\", {}); o:resume \"second\"'")
    local out, err, status = sms "work --routes routes.lua --drain --run second --progress none --json"
    assert.is_true(status == 0 or status == 4, err)
    assert.is_true(json.decode(out).accepted >= 18)
    out, err, status = sms "work --routes nowhere.lua --drain"
    assert.same({ "", 2 }, { out, status })
    assert.matches("nowhere%.lua", err)
  end)

  it("say what they can't do", function()
    for words, expected in pairs {
      ["outbox status nosuch"] = "nosuch", ["outbox resume"] = "give the NAME of a run, or %-%-route",
      ["outbox retry first --state unkown"] = "did you mean 'unknown'%?", ["outbox prune --older 3x"] = "'3x' is not a span",
      ["outbox stats"] = "Did you mean 'status'%?", ["outbox optout 12"] = "'12' ",
    } do
      local _, err, status = sms(words)
      assert.is_true(status == 2 or status == 1, words)
      assert.matches("^sms: [^\n]*" .. expected .. "[^\n]*\n$", err)
    end
    local _, err, status = shell:run "sms outbox init --outbox mysql:x"
    assert.equal(2, status)
    assert.matches("^sms: [^\n]*\n$", err)
  end)
end)
