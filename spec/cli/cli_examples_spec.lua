-- SPDX-License-Identifier: MIT
-- Every example of the command line's facts is run, against a sandbox and a program that webhooks are handed to.

local cli = require "spec.support.cli"
local facts = require "sms.cli.facts"
local json = require "sms.json"

-- Every example with its command, in the order of the facts.
local function all(commands, order, prefix, out)
  for _, name in ipairs(order) do
    local fact = commands[name]
    if fact.commands then all(fact.commands, fact.order, prefix .. name .. " ", out) end
    for _, example in ipairs(fact.examples or {}) do
      out[#out + 1] = { line = example[1], fact = example, command = prefix .. name }
    end
  end
  return out
end

local EXAMPLES = all(facts.commands, facts.order, "sms ", {})

describe("the examples of", function()
  local shell, receiver

  setup(function()
    shell = cli.with_sandbox()
    receiver = assert(require("sms.sandbox.server").spawn { seconds = 600 }) -- answers 200 to GET /_sandbox/inbox
    shell.env.DESK_SESSION = "sandbox-session"
    shell:write("note.txt", "The kitchen opens at 5.\n")
    shell:write("key.txt", "sandbox-key\n")
    shell:write("guests.csv", "to,name\n+27825551234,Thandi\n+27825551235,Pieter\n")
    local _, err, status = shell:run("sms config add old --provider messagewhiz", "sandbox-key\n")
    assert(status == 0, err)
  end)

  teardown(function()
    receiver.stop()
    shell:close()
  end)

  -- A program that listens is told to end after a moment; the others end by themselves.
  local function line_of(example)
    local line = example.line:gsub("http://127%.0%.0%.1:3000/hook", receiver.url .. "/_sandbox/tick")
    return example.fact.stays and ("timeout --preserve-status -s TERM 1 %s"):format(line) or line
  end

  for _, example in ipairs(EXAMPLES) do
    it(example.command .. ": " .. example.line, function()
      local out, err, status = shell:run(line_of(example))
      assert.equal(example.fact.status or 0, status, err)
      if status > 0 then
        assert.is_true(#err + #out > 0)
      end
      if example.line:find "%-%-json[^|]*$" then
        for line in out:gmatch "[^\n]+" do assert.is_table(json.decode(line)) end
      end
    end)
  end
end)

describe("the facts of the command line", function()
  -- Visits each command that can be run.
  local function each(commands, order, prefix, visit)
    for _, name in ipairs(order) do
      local fact = commands[name]
      visit(prefix .. name, fact)
      if fact.commands then each(fact.commands, fact.order, prefix .. name .. " ", visit) end
    end
  end

  it("name every command once, with a module that runs it and an example", function()
    local n = 0
    for name in pairs(facts.commands) do
      n = n + 1
      assert.is_function(require("sms.cli." .. name).run or next(facts.commands[name].commands) and function() end)
      for sub in pairs(facts.commands[name].commands or {}) do assert.is_function(require("sms.cli." .. name)[sub], name .. " " .. sub) end
    end
    assert.equal(#facts.order, n)
    each(facts.commands, facts.order, "", function(name, fact)
      assert.is_true(fact.commands ~= nil or #fact.examples > 0, name)
    end)
  end)

  it("are sentences", function()
    each(facts.commands, facts.order, "", function(name, fact)
      assert.matches("^%u.*%.$", fact.summary, 1, false, name)
      for _, argument in ipairs(fact.arguments or {}) do assert.matches("%.$", argument[2], 1, false, name) end
      for _, option in ipairs(fact.options or {}) do
        assert.matches("^%-%-[%l-]+$", option[1])
        assert.matches("^%u.*%.$", option[3], 1, false, name .. " " .. option[1])
      end
    end)
  end)

  it("have types that there are", function()
    local values = require "sms.cli.values"
    each(facts.commands, facts.order, "", function(name, fact)
      for _, list in ipairs { fact.arguments or {}, fact.options or {} } do
        for _, item in ipairs(list) do
          if item.type then assert.is_function(values[item.type], name .. ": " .. item.type) end
        end
      end
    end)
  end)
end)
