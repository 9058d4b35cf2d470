-- SPDX-License-Identifier: MIT
-- Ten tasks that a person does at a terminal, as transcripts.

local cli = require "spec.support.cli"
local command = require "spec.support.command"
local patience = require "spec.support.patience"
local transcript = require "spec.support.transcript"

describe("a person at a terminal", function()
  local shell

  setup(function()
    shell = cli.with_sandbox()
    local lines = { "number,name" }
    for i = 1, 500 do lines[#lines + 1] = ("+2782556%04d,Guest %d"):format(i, i) end
    shell:write("guests.csv", table.concat(lines, "\n") .. "\n")
  end)

  teardown(function() shell:close() end)

  local function play(text) transcript.play(shell, text) end

  it("sends one", function()
    play [[
    $ sms send --to +27825551234 'Open until 10 tonight.'
    accepted	+27825551234	…	1 segment
    $ sms send --to 082555 'Open until 10 tonight.'
    sms: 082555: … 'to' must be a phone number: …
    not_sent	082555	-	-
    = 1
    $ sms sned --to +27825551234 'Open until 10 tonight.'
    sms: unknown command 'sned'. Did you mean 'send'? (sms --help)
    = 2
    ]]
  end)

  it("sends from a pipe", function()
    play [[
    $ date +'Backup done: %F' | sms send --to '082 555 1234' --json
    {"provider":"zoomconnect","to":"082 555 1234","outcome":"accepted","status":"accepted","id":"…","reference":"sms-…","segments":1}
    ]]
  end)

  it("sends to a list of 500 after a look at the plan, is interrupted, continues, and sees what became of it", function()
    play [[
    $ sms run guests.csv --name june-promo --text 'Hi {name}, open until 10.' --plan | tee plan
    june-promo: 500 rows, 500 to be sent, 500 segments
      +27825560001  1 segment  Hi Guest 1, open until 10.
      +27825560002  1 segment  Hi Guest 2, open until 10.
      +27825560003  1 segment  Hi Guest 3, open until 10.
    digest 500-500-…: sms run --name june-promo --apply 500-500-…
    $ timeout -s INT --preserve-status 1.5 sms run --name june-promo --rate 150 --parallel 4 --apply $(sed -n 's/.*--apply //p' plan)
    … june-promo 0/500 accepted=0 not_sent=0 unknown=0 held=0 rate=? left=?
    … june-promo …/500 accepted=… not_sent=0 unknown=0 held=0 rate=… left=?
    sms: june-promo: accepted …, not sent 0, unknown 0, not started …; 500 segments
    sms: to continue: sms run --name june-promo
    = 5
    $ sms run --name june-promo --rate 5000
    … june-promo …/500 accepted=… not_sent=0 unknown=0 held=0 rate=? left=?
    … june-promo 500/500 accepted=500 not_sent=0 unknown=0 held=0 rate=… left=0
    sms: june-promo: accepted 500, not sent 0, unknown 0, not started 0; 500 segments
    $ sms watch june-promo --once
    done	june-promo	500 rows	accepted 500	not sent 0	unknown 0	ready 0
    $ sms outbox rows june-promo | cut -f 1-2 | sed -n 1p
    accepted	+27825560001
    ]]
    local seen = {}
    for _, text in ipairs(shell:inbox()) do
      if text.text:find "^Hi Guest" then
        assert.is_nil(seen[text.to], text.to)
        seen[text.to] = true
      end
    end
  end)

  it("sends again what is unknown, once the history has told", function()
    shell:write("three.csv", "to,name\n+27825557001,A\n+27825557002,B\n+27825557003,C\n")
    play [[
    $ sms inbox fault accept-then-reset --provider zoomconnect --times 1
    $ sms run three.csv --name three --text 'Hello {name}' --yes --parallel 1 --progress none
    sms: three: accepted 2, not sent 0, unknown 1, not started 0…; 3 segments
    sms: unknown rows may have been delivered; resolve them: sms outbox reconcile three
    = 3
    $ sms outbox retry three --state unknown
    sms: 1 rows of 'three' may have been sent, and may arrive twice if sent again; to accept that, set accept_duplicates = 1
    = 1
    $ sms outbox rows three --state unknown
    unknown	+2782555700…	-	…	…
    $ sms outbox retry three --state unknown --accept-duplicates 1
    1 row
    $ sms run --name three --progress none
    sms: three: accepted 3, not sent 0, unknown 0, not started 0; 3 segments
    ]]
  end)

  it("receives replies and hands them on", function()
    local app = assert(require("sms.httpd").listen {})
    local address = ("http://127.0.0.1:%d/hook"):format(app:port())
    local listen = command.start { "listen", "--provider", "zipwhip", "--port", "0", "--forward-to", address }
    local port = listen:port()
    local line = ("sms trigger reply --provider zipwhip --text 'Table for 2?' --forward-to http://127.0.0.1:%d/"):format(port)
    local pipe = io.popen(shell:wrapped(line) .. " 2>&1")
    local ends, seen = os.time() + patience.MOST, nil
    while not seen and os.time() < ends do
      local request = app:next(0.05)
      if request then
        seen = request.body
        request:respond(200, {}, "noted")
        for _ = 1, 5 do app:next(0.02) end
      end
    end
    assert.matches("^200 in %d+ ms\nnoted\n$", pipe:read "a")
    pipe:close()
    assert.matches("Table for 2%?", seen)
    listen:wait(patience.MOST, function() return listen.out:find "\n" end)
    assert.matches('"text":"Table for 2%?"', listen.out)
    listen:close()
    app:close()
  end)

  it("waits for a code in a test", function()
    play [[
    $ sms inbox clear
    $ sms send --to +27825551234 'Your code is 471199.' >receipt; cut -f 1 receipt
    accepted
    $ sms inbox wait --to +27825551234 --code 6 --timeout 5
    471199
    $ sms inbox wait --to +27825559999 --code 6 --timeout 0.1
    sms: no such text within 0.1 s; the last one was for +27825551234: Your code is 471199.
    = 1
    ]]
  end)

  it("asks the doctor about a wrong key", function()
    shell:write("key", "not-the-key\n")
    play(([[
    $ sms config add shop --provider messagewhiz --set base_url=%s/messagewhiz <key
    sms: wrote …/config/profiles/shop.lua
    $ sms doctor --profile shop | grep -A 1 -e fail
    fail	profile shop: messagewhiz.campaigns:list: auth (HTTP 401, …
          sms config add shop --provider messagewhiz --replace
    $ echo sandbox-key | sms config add shop --provider messagewhiz --replace --set base_url=%s/messagewhiz
    sms: wrote …/config/profiles/shop.lua
    $ sms doctor --profile shop | grep credentials
    ok	profile shop: the credentials are accepted
    ]]):format(shell.url, shell.url))
  end)

  it("calls an operation that nobody wrapped", function()
    play [[
    $ sms call contacts | sed -n 1,2p
    contacts.add_to_group	…
    contacts.create	…
    $ sms call contacts.create firstName=Thandi lastName=M contactNumbr=+27825551234
    sms: zoomconnect.contacts:create: …unknown argument 'contactNumbr', did you mean 'contactNumber'?…
    = 2
    $ sms call contacts.create firstName=Thandi lastName=M contactNumber=+27825551234 | cut -c 1-1
    {
    $ sms call contacts.list --all | grep -c Thandi
    1
    ]]
  end)
end)
