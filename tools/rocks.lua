-- SPDX-License-Identifier: MIT
-- What the rocks are called, where the project lives, what they need. `tools/rockspecs.lua` writes the rockspecs from it.

return {
  -- The address of the repository is set here and nowhere else. This one is a placeholder.
  home = "https://git.example.org/lua-sms/lua-sms",
  maintainer = "lua-sms maintainers <lua-sms@example.org>",
  lua = "lua >= 5.4, < 5.6",

  {
    package = "lua-sms",
    comment = "the library. The command line and the sandbox are rocks of their own.",
    summary = "Send and manage SMS over several providers from Lua",
    detailed = [[
One API for several SMS providers, on libcurl: checked arguments, typed results, and after a failure the outcome: whether the
message may have been sent. Needs the headers of libcurl 7.80 or later.]],
    labels = { "sms", "messaging", "http", "curl" },
    dependencies = { "lua-cjson >= 2.1.0" },
    -- Modules that no other rock claims.
    rest = true,
    -- The file that names a missing package is compiled first.
    c = {
      { name = "sms.core", library = "curl", folders = "csrc/base csrc/text csrc/http csrc/lua", first = "csrc/lua/prerequisites.c" },
      { name = "sms.names", folders = "csrc/names", first = "csrc/names/module.c" },
    },
    test_dependencies = { "busted >= 2.1.1", "luv", "lua-sms-cli", "lua-sms-sandbox" },
    directories = { "docs", "examples", "library", "LICENSES" },
  },
  {
    package = "lua-sms-cli",
    comment = "the command `sms`. Needs the rock `lua-sms`.",
    summary = "The command line of lua-sms: send messages and broadcasts, receive webhooks, run the sandbox",
    detailed = [[
The command sms. Its commands for broadcasts also need the rock lua-sms-outbox; sandbox, trigger, listen and
the option --web need lua-sms-sandbox.]],
    labels = { "sms", "messaging", "cli" },
    dependencies = { "lua-sms", "argparse >= 0.7" },
    modules = { "^sms%.cli$", "^sms%.cli%." },
    bin = { sms = "bin/sms" },
  },
  {
    package = "lua-sms-sandbox",
    comment = "the providers on loopback, and `sms.httpd` under them. Needs the rocks `lua-sms` and `lua-sms-cli`.",
    summary = "Simulated SMS providers on loopback for lua-sms, for tests and experiments",
    detailed = [[
Simulates the SMS providers that lua-sms supports, in process or over HTTP. Needs the headers of GNU libmicrohttpd.]],
    labels = { "sms", "testing", "http" },
    dependencies = { "lua-sms", "lua-sms-cli" },
    modules = { "^sms%.busted$", "^sms%.listener$", "^sms%.listener%.", "^sms%.sandbox$", "^sms%.sandbox%." },
    -- Files that are no modules: they are installed beside them.
    page = "lua/sms/sandbox/web",
    c = { { name = "sms.httpd", library = "microhttpd", folders = "csrc/httpd", first = "csrc/httpd/prerequisites.c" } },
  },
  {
    package = "lua-sms-outbox",
    comment = "durable, resumable sending. Needs the rock `lua-sms`, and LuaDBI with the binding of the engine.",
    summary = "Durable, resumable sending for lua-sms, on SQLite or PostgreSQL",
    detailed = [[
Broadcasts that can be reviewed, stopped, continued and run on several machines. Also install luadbi-sqlite3 or luadbi-postgresql.]],
    labels = { "sms", "messaging", "queue" },
    dependencies = { "lua-sms", "luadbi >= 0.7.2" },
    modules = { "^sms%.outbox$", "^sms%.outbox%." },
  },
}
