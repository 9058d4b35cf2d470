-- SPDX-License-Identifier: MIT
-- The manual page, its Markdown, and the scripts of three shells.

local cli = require "spec.support.cli"
local facts = require "sms.cli.facts"
local manual = require "sms.cli.manual"

local function installed(program)
  return os.execute(("command -v %s >/dev/null 2>&1"):format(program)) == true
end

describe("sms man", function()
  local shell

  setup(function() shell = cli.new() end)
  teardown(function() shell:close() end)

  it("is the page of every command and option", function()
    local page, err, status = shell:run "sms man"
    assert.same({ "", 0 }, { err, status })
    local function each(commands, order, prefix)
      for _, name in ipairs(order) do
        local fact = commands[name]
        if fact.commands then
          each(fact.commands, fact.order, prefix .. name .. " ")
        else
          assert.truthy(page:find((".SS sms %s%s\n"):format(prefix, name), 1, true), name)
          for _, option in ipairs(fact.options or {}) do assert.truthy(page:find((option[1]:gsub("%-", "\\-")), 1, true), option[1]) end
        end
      end
    end
    each(facts.commands, facts.order, "")
  end)

  it("is what mandoc takes without a word", function()
    if not installed "mandoc" then return pending "mandoc is not installed" end
    shell:run "sms man >sms.1"
    assert.same({ "", "", 0 }, { shell:run "mandoc -T lint -W warning sms.1" })
    local out = shell:run "mandoc -T utf8 sms.1 | col -bx"
    assert.matches("\nEXIT STATUS\n", out)
    assert.matches("\n +printf 'Hi there' | sms count", out)
  end)

  it("is the reference page as Markdown", function()
    assert.equal(manual.markdown(facts), (shell:run "sms man --markdown"))
    local file <close> = assert(io.open "docs/reference/cli.md")
    assert.equal(manual.markdown(facts), file:read "a")
  end)
end)

describe("sms completion", function()
  local shell

  setup(function() shell = cli.new() end)
  teardown(function() shell:close() end)

  for _, name in ipairs { "bash", "zsh", "fish" } do
    it("is a script that " .. name .. " reads", function()
      if not installed(name) then return pending(name .. " is not installed") end
      local out, err, status = shell:run("sms completion " .. name)
      assert.same({ "", 0 }, { err, status })
      shell:write("script", out)
      assert.same({ "", "", 0 }, { shell:run(name .. " -n script") })
    end)
  end

  it("completes commands, commands within commands, and the values of lists in bash", function()
    if not installed "bash" then return pending "bash is not installed" end
    shell:run "sms completion bash >script"
    local function completed(...)
      local words = {}
      for i, word in ipairs { ... } do words[i] = cli.quoted(word) end
      return (shell:run(("bash -c %s"):format(cli.quoted(
        (". ./script; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; _sms; echo \"${COMPREPLY[@]}\""):format(table.concat(words, " "),
          #words - 1, table.concat({ ... }, " ")))))):gsub("%s+$", "")
    end
    assert.equal("sandbox", completed("sms", "sand"))
    assert.equal("wait", completed("sms", "inbox", "w"))
    assert.equal("zipwhip zoomconnect", completed("sms", "send", "--provider", "z"))
    assert.equal("--max-segments", completed("sms", "send", "--max"))
  end)
end)
