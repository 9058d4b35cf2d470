-- SPDX-License-Identifier: MIT
-- Profiles: the account that a command uses, the contents and modes of the files, and that secrets are neither arguments nor printed.

local cli = require "spec.support.cli"
local json = require "sms.json"

local SECRET = "c4narysecret-7"

describe("sms config", function()
  local shell

  before_each(function() shell = cli.new() end)
  after_each(function() shell:close() end)

  local function modes()
    return (shell:run "find config -printf '%m %P\\n' | LC_ALL=C sort -k 2")
  end

  it("writes files for their owner alone, whatever the umask", function()
    for _, mask in ipairs { "000", "077" } do
      shell:run "rm -rf config"
      local line = ("umask %s; sms config add shop --provider messagewhiz --set region=ZA"):format(mask)
      local _, err, status = shell:run(line, SECRET .. "\n")
      assert.equal(0, status, err)
      assert.equal("700 \n600 default\n700 profiles\n600 profiles/shop.apikey\n600 profiles/shop.lua\n", modes())
    end
  end)

  it("keeps the secret beside the profile, and prints it nowhere", function()
    local out, err = shell:run("sms config add shop --provider messagewhiz", SECRET .. "\n")
    local printed = out .. err
    assert.equal('return {\n  provider = "messagewhiz",\n  apikey = file "shop.apikey",\n}\n', shell:read "config/profiles/shop.lua")
    assert.equal(SECRET .. "\n", shell:read "config/profiles/shop.apikey")
    shell:run("sms config add desk --provider zipwhip --secret-env session=DESK --set 'only=[\"+12065550123\"]' --set region=us")
    for _, line in ipairs { "sms config list", "sms config list --json", "sms doctor --offline", "sms doctor --offline --json" } do
      local o, e = shell:run("DESK=" .. SECRET .. " " .. line)
      printed = printed .. o .. e
    end
    assert.is_nil(printed:find(SECRET, 1, true))
    out = shell:run "sms config list"
    assert.matches("^%-\tdesk\tzipwhip\tonly=.*session=environment variable 'DESK'\n%*\tshop\tmessagewhiz\tapikey=file ", out)
  end)

  it("asks for what the provider needs, in its order", function()
    local _, err, status = shell:run("sms config add a --provider zoomconnect", "me@example.org\n" .. SECRET .. "\n")
    assert.equal(0, status, err)
    assert.matches('email = "me@example%.org"', shell:read "config/profiles/a.lua")
    assert.equal(SECRET .. "\n", shell:read "config/profiles/a.token")
    _, _, status = shell:run("sms config add b --provider zipwhip --set username=2065550100", SECRET .. "\n")
    assert.equal(0, status)
    assert.matches('username = "2065550100"', shell:read "config/profiles/b.lua")
    assert.equal(SECRET .. "\n", shell:read "config/profiles/b.password")
    _, err, status = shell:run("sms config add c --provider zoomconnect", "me@example.org\n")
    assert.same({ "sms: 'token' is missing: one line of standard input, --secret-file or --secret-env\n", 2 }, { err, status })
    assert.is_nil(io.open(shell.folder .. "/config/profiles/c.lua"))
  end)

  it("doesn't show on a terminal what is typed", function()
    -- What turns the echo off says so, and only then it is typed.
    shell:run [[mkdir tty; printf '#!/bin/sh\n%s "$@" && echo "$1" >>stty.said\n' "$(command -v stty)" >tty/stty; chmod +x tty/stty]]
    local out = shell:run("{ until grep -sq -e -echo stty.said; do sleep 0.05; done; echo " .. SECRET .. "; } | " ..
      [[PATH="$PWD/tty:$PATH" script -qec 'sms config add shop --provider messagewhiz' /dev/null]])
    assert.matches("apikey: ", out)
    assert.is_nil(out:find(SECRET, 1, true))
    assert.equal(SECRET .. "\n", shell:read "config/profiles/shop.apikey")
  end)

  it("takes no secret as an argument", function()
    for _, line in ipairs {
      "sms config add x --provider messagewhiz --set apikey=" .. SECRET, "sms send --token " .. SECRET .. " --to 1 hi",
      "sms send --api-key=" .. SECRET .. " --to 1 hi", "sms listen --secret " .. SECRET .. " --provider zipwhip",
      "sms balance --password " .. SECRET, "sms config add x --provider zipwhip --set proxy=http://me:" .. SECRET .. "@proxy.example:3128",
      "sms config add x --provider zipwhip --set lookup_key=" .. SECRET,
    } do
      local out, err, status = shell:run(line)
      assert.same({ "", 2 }, { out, status })
      assert.matches("^sms: [^\n]*secrets are not allowed as arguments[^\n]*\n$", err)
      assert.is_nil(err:find(SECRET, 1, true))
    end
  end)

  it("names the nearest option, profile, and refuses to overwrite", function()
    shell:run("sms config add shop --provider messagewhiz", SECRET .. "\n")
    for line, expected in pairs {
      ["sms config add x --provider messagewhiz --set regoin=ZA"] = "unknown option 'regoin', did you mean 'region'%?",
      ["sms config use shp"] = "there is no profile 'shp'; did you mean 'shop'%?",
      ["sms config remove shp"] = "there is no profile 'shp'; did you mean 'shop'%?",
      ["sms balance --profile shp"] = "there is no profile 'shp'; did you mean 'shop'%?",
      ["sms config add shop --provider messagewhiz"] = "profile 'shop' exists; give %-%-replace to replace it",
      ["sms config add ../x --provider messagewhiz"] = "'%.%./x' is not a name",
      ["sms config add x --provider messagewhiz --set region"] = "NAME=VALUE is expected",
    } do
      local _, err, status = shell:run(line)
      assert.equal(2, status, line)
      assert.matches("^sms: [^\n]*" .. expected .. "[^\n]*\n$", err)
    end
  end)

  it("removes a profile with the secrets beside it", function()
    shell:run("sms config add shop --provider messagewhiz", SECRET .. "\n")
    shell:run("sms config add old --provider messagewhiz", SECRET .. "\n")
    assert.equal(0, (select(3, shell:run "sms config remove shop")))
    assert.equal("700 \n700 profiles\n600 profiles/old.apikey\n600 profiles/old.lua\n", modes())
  end)

  it("refuses what others may read, with the command that mends it", function()
    shell:run("sms config add shop --provider messagewhiz", SECRET .. "\n")
    local folder = shell.folder .. "/config"
    for path, modes_of in pairs { ["/profiles/shop.lua"] = { "644", "600" }, ["/profiles"] = { "750", "700" }, [""] = { "701", "700" },
      ["/profiles/shop.apikey"] = { "640", "600" } } do
      shell:run(("chmod %s %s%s"):format(modes_of[1], folder, path))
      local _, err, status = shell:run "sms balance"
      assert.equal(2, status)
      assert.matches("^sms: [^\n]*\n$", err)
      local cure = ("chmod %s %s%s"):format(modes_of[2], folder, path)
      assert.truthy(err:find(cure .. "\n", 1, true), err)
      shell:run(cure)
      _, err, status = shell:run "sms balance"
      assert.matches("no balance", err) -- the profile is read again
      assert.equal(2, status)
    end
  end)

  it("reads data and runs no program", function()
    shell:run("sms config add shop --provider messagewhiz", SECRET .. "\n")
    for text, expected in pairs {
      ["return { provider = 'messagewhiz', apikey = os.getenv 'HOME' }"] = "attempt to index a nil value %(global 'os'%)",
      ["while true do end"] = "it runs too long; a profile must be one table",
      ["return 7"] = "it must return one table",
      ["return {"] = "shop%.lua:1:",
      ["return { apikey = 'x' }"] = "'provider' is missing",
      ["return { provider = 'nobody' }"] = "unknown provider 'nobody'",
      ["return { provider = 'messagewhiz', apikey = 'x', regoin = 'ZA' }"] = "unknown option 'regoin', did you mean 'region'%?",
      ["return { provider = 'messagewhiz', apikey = 'x', confirm_over = 'many' }"] = "'confirm_over' must be an integer",
      ["return { provider = 'messagewhiz', apikey = 'x', only = { 'Thandi' } }"] = "option 'only%[1%]' must be a phone number",
      ["return { provider = 'messagewhiz', apikey = file 'nowhere' }"] = "nowhere' can't be used",
      ["return { provider = 'messagewhiz', apikey = env 'NO_SUCH_VARIABLE' }"] = "'NO_SUCH_VARIABLE' is not set",
      ["\27Lua"] = "shop%.lua",
    } do
      shell:write("config/profiles/shop.lua", text)
      shell:run "chmod 600 config/profiles/shop.lua"
      local _, err, status = shell:run "sms balance"
      assert.equal(2, status, text)
      assert.matches("^sms: [^\n]*" .. expected .. "[^\n]*\n$", err)
    end
  end)

  it("keeps the folder where the user keeps such things", function()
    assert.equal(shell.folder .. "/config\n", (shell:run "sms config path"))
    assert.equal("/x/lua-sms\n", (shell:run "env -u LUA_SMS_CONFIG XDG_CONFIG_HOME=/x sms config path"))
    assert.equal(shell.folder .. "/.config/lua-sms\n", (shell:run "env -u LUA_SMS_CONFIG sms config path"))
  end)
end)

describe("the account of a command", function()
  local shell

  setup(function()
    shell = cli.with_sandbox()
    shell:run(("sms config add mw --provider messagewhiz --set base_url=%s/messagewhiz"):format(shell.url), "sandbox-key\n")
  end)
  teardown(function() shell:close() end)

  local function provider_of(line)
    local out, err, status = shell:run(line .. " --json")
    assert.equal(0, status, err)
    return json.decode(out).provider
  end

  it("is the first that is there", function()
    local send = "sms send --to +27825551234 --dry-run hi "
    assert.equal("zoomconnect", provider_of(send))
    assert.equal("messagewhiz", provider_of(send .. "--profile mw --from Me"))
    assert.equal("messagewhiz", provider_of("LUA_SMS_PROFILE=mw " .. send .. "--from Me"))
    assert.equal("websms", provider_of("LUA_SMS_PROFILE=mw " .. send .. "--provider websms"))
    assert.equal("zoomconnect", provider_of("LUA_SMS_PROFILE=mw " .. send .. "--profile house"))
  end)

  it("is that of the one provider whose variables are set, where there is no profile", function()
    local send = "env -u LUA_SMS_CONFIG sms send --to +436641234567 --dry-run hi "
    local _, err, status = shell:run(send)
    assert.equal(2, status)
    assert.matches("the variables of several providers are set: messagewhiz, websms, zipwhip, zoomconnect; give %-%-provider", err)
    local bare <close> = cli.new()
    bare.env.WEBSMS_TOKEN = "sandbox-token"
    local out = bare:run(send .. "--json")
    assert.equal("websms", json.decode(out).provider)
    bare.env.WEBSMS_TOKEN = nil
    _, err, status = bare:run(send)
    assert.equal(2, status)
    assert.matches("^sms: no account: give %-%-provider NAME .* %-%-profile NAME.* default [^\n]*\n$", err)
    bare.env.ZOOMCONNECT_EMAIL = "me@example.org"
    _, err, status = bare:run(send)
    assert.equal(2, status)
    assert.matches("zoomconnect: option 'token' %(string%) is missing", err)
  end)

  it("is named once", function()
    local _, err, status = shell:run "sms balance --profile house --provider zoomconnect"
    assert.same({ "sms: --provider and --profile can't be combined\n", 2 }, { err, status })
  end)
end)
