-- SPDX-License-Identifier: MIT
-- The files of `sms run` and `sms outbox`: those of others stay, those that can't be written are told in time, misspelt ones are not made.

local cli = require "spec.support.cli"

describe("the files of runs:", function()
  local shell

  setup(function()
    shell = cli.with_sandbox()
    shell.env.XDG_STATE_HOME = shell.folder .. "/state"
    shell:write("guests.csv", "to,name\n+27825551234,Thandi\n+27825551235,Pieter\n")
  end)
  teardown(function() shell:close() end)

  local function texts(pattern)
    local n = 0
    for _, text in ipairs(shell:inbox()) do n = n + (text.text:find(pattern) and 1 or 0) end
    return n
  end

  it("a run that is planned leaves the other runs and the opt-outs of its file", function()
    local shop = "--outbox sqlite:state/lua-sms/shop.db"
    shell:run("mkdir -p state/lua-sms; sms outbox init " .. shop)
    shell:run("sms run guests.csv --name first --text 'First {name}.' --yes --progress none " .. shop)
    shell:run("sms outbox optout +27825551235 " .. shop)
    local _, err, status = shell:run "sms run guests.csv --name shop --text 'Shop {name}.' --yes --progress none"
    assert.equal(4, status, err)
    assert.same({ 2, 1 }, { texts "^First", texts "^Shop" })
    assert.matches("^done\tfirst\tlist\t2 rows.*\ndone\tshop\t", (shell:run("sms outbox status " .. shop)))
    assert.matches("^%+27825551235\t", (shell:run("sms outbox optout " .. shop)))
  end)

  it("two commands that begin the same run send it once", function()
    local list = { "to,name" }
    for i = 1, 3000 do list[#list + 1] = ("+2782555%04d,G"):format(i) end
    shell:write("long.csv", table.concat(list, "\n") .. "\n")
    local line = "sms run long.csv --name both --text 'Both {name}.' --yes --limit 20 --progress none"
    line = "{ " .. line .. "; echo $? >>ends; }" -- by its limit, each
    local _, err = shell:run(("%s & sleep 0.3; %s; wait"):format(line, line))
    assert.equal("5\n5\n", shell:read "ends", err)
    assert.equal(20, texts "^Both")
  end)

  it("without a name and an outbox, status lists the runs of all files", function()
    shell:run "sms run guests.csv --name one --text 'One {name}.' --plan; sms run guests.csv --name two --text 'Two {name}.' --plan"
    local out, err, status = shell:run "sms outbox status"
    assert.same({ "", 0 }, { err, status })
    assert.matches("planned\tone\t", out)
    assert.matches("planned\ttwo\t", out)
  end)

  it("an outbox whose path is misspelt is told, not made", function()
    for _, words in ipairs { "outbox status", "outbox pause june", "watch june --once", "run --name june" } do
      local out, err, status = shell:run(("sms %s --outbox sqlite:shpo.db"):format(words))
      assert.same({ "", "sms: there is no outbox shpo.db; sms outbox init creates one\n", 2 }, { out, err, status })
    end
    assert.equal("", (shell:run "ls shpo.db 2>/dev/null"))
  end)

  it("a file of outcomes that can't be written is told before anything is sent", function()
    local cases = { ["nowhere/x.csv"] = "%-%-out nowhere/x.csv: No such file", ["guests.csv"] = "%-%-out must not be the list itself" }
    for path, words in pairs(cases) do
      local _, err, status = shell:run("sms run guests.csv --name told --text 'Told {name}.' --yes --out " .. path)
      assert.equal(2, status)
      assert.matches(words, err)
    end
    assert.equal(0, texts "^Told")
  end)

  it("a disk that is full afterwards is 1, after the summary", function()
    local _, err, status = shell:run "sms run guests.csv --name full --text 'Full {name}.' --yes --progress none --out /dev/full"
    assert.matches("^sms: full: accepted 2.*\nsms: cannot write the export: No space left", err)
    assert.equal(1, status)
    _, _, status = shell:run "sms outbox export full /dev/full"
    assert.equal(1, status)
  end)
end)
