-- SPDX-License-Identifier: MIT
-- The rock `lua-sms-cli`: the command `sms`. Needs the rock `lua-sms`. Written by tools/rockspecs.lua; do not edit.
rockspec_format = "3.0"
package = "lua-sms-cli"
version = "scm-1"
source = { url = "git+https://git.example.org/lua-sms/lua-sms.git", branch = "main" }
description = {
  summary = "The command line of lua-sms: send messages and broadcasts, receive webhooks, run the sandbox",
  detailed = [[
The command sms. Its commands for broadcasts also need the rock lua-sms-outbox; sandbox, trigger, listen and
the option --web need lua-sms-sandbox.]],
  license = "MIT",
  homepage = "https://git.example.org/lua-sms/lua-sms",
  issues_url = "https://git.example.org/lua-sms/lua-sms/issues",
  maintainer = "lua-sms maintainers <lua-sms@example.org>",
  labels = { "sms", "messaging", "cli" },
}
dependencies = { "lua >= 5.4, < 5.6", "lua-sms", "argparse >= 0.7" }
build = {
  type = "builtin",
  modules = {
    ["sms.cli.account"] = "lua/sms/cli/account.lua",
    ["sms.cli.balance"] = "lua/sms/cli/balance.lua",
    ["sms.cli.call"] = "lua/sms/cli/call.lua",
    ["sms.cli.code"] = "lua/sms/cli/code.lua",
    ["sms.cli.completion"] = "lua/sms/cli/completion.lua",
    ["sms.cli.config"] = "lua/sms/cli/config.lua",
    ["sms.cli.count"] = "lua/sms/cli/count.lua",
    ["sms.cli.doctor"] = "lua/sms/cli/doctor.lua",
    ["sms.cli.doctor_accounts"] = "lua/sms/cli/doctor_accounts.lua",
    ["sms.cli.facts"] = "lua/sms/cli/facts.lua",
    ["sms.cli.facts_outbox"] = "lua/sms/cli/facts_outbox.lua",
    ["sms.cli.http"] = "lua/sms/cli/http.lua",
    ["sms.cli.inbox"] = "lua/sms/cli/inbox.lua",
    ["sms.cli"] = "lua/sms/cli/init.lua",
    ["sms.cli.listen"] = "lua/sms/cli/listen.lua",
    ["sms.cli.man"] = "lua/sms/cli/man.lua",
    ["sms.cli.manual"] = "lua/sms/cli/manual.lua",
    ["sms.cli.number"] = "lua/sms/cli/number.lua",
    ["sms.cli.outbox"] = "lua/sms/cli/outbox.lua",
    ["sms.cli.output"] = "lua/sms/cli/output.lua",
    ["sms.cli.parser"] = "lua/sms/cli/parser.lua",
    ["sms.cli.profiles"] = "lua/sms/cli/profiles.lua",
    ["sms.cli.progress"] = "lua/sms/cli/progress.lua",
    ["sms.cli.providers"] = "lua/sms/cli/providers.lua",
    ["sms.cli.run"] = "lua/sms/cli/run.lua",
    ["sms.cli.sandbox"] = "lua/sms/cli/sandbox.lua",
    ["sms.cli.send"] = "lua/sms/cli/send.lua",
    ["sms.cli.status"] = "lua/sms/cli/status.lua",
    ["sms.cli.stores"] = "lua/sms/cli/stores.lua",
    ["sms.cli.trigger"] = "lua/sms/cli/trigger.lua",
    ["sms.cli.values"] = "lua/sms/cli/values.lua",
    ["sms.cli.view"] = "lua/sms/cli/view.lua",
    ["sms.cli.watch"] = "lua/sms/cli/watch.lua",
    ["sms.cli.work"] = "lua/sms/cli/work.lua",
  },
  install = { bin = { sms = "bin/sms" } },
}
