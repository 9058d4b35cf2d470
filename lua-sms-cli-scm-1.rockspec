-- SPDX-License-Identifier: MIT
-- The rock `lua-sms-cli`: the command `sms`. Needs the rock `lua-sms`. Written by tools/rockspecs.lua; do not edit.
rockspec_format = "3.0"
package = "lua-sms-cli"
version = "scm-1"
source = { url = "git+https://git.example.org/lua-sms/lua-sms.git", branch = "main" }
description = {
  summary = "The command line of lua-sms: count texts, read phone numbers, print callbacks, run the sandbox",
  detailed = [[
The command sms. Its commands sandbox and listen also need the rock lua-sms-sandbox.]],
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
    ["sms.cli.count"] = "lua/sms/cli/count.lua",
    ["sms.cli"] = "lua/sms/cli/init.lua",
    ["sms.cli.number"] = "lua/sms/cli/number.lua",
  },
  install = { bin = { sms = "bin/sms" } },
}
