-- SPDX-License-Identifier: MIT
-- The rock `lua-sms-outbox`: durable, resumable sending. Needs the rock `lua-sms`, and LuaDBI with the binding of the engine. Written by tools/rockspecs.lua; do not edit.
rockspec_format = "3.0"
package = "lua-sms-outbox"
version = "scm-1"
source = { url = "git+https://git.example.org/lua-sms/lua-sms.git", branch = "main" }
description = {
  summary = "Durable, resumable sending for lua-sms, on SQLite or PostgreSQL",
  detailed = [[
Broadcasts that can be reviewed, stopped, continued and run on several machines. Also install luadbi-sqlite3 or luadbi-postgresql.]],
  license = "MIT",
  homepage = "https://git.example.org/lua-sms/lua-sms",
  issues_url = "https://git.example.org/lua-sms/lua-sms/issues",
  maintainer = "lua-sms maintainers <lua-sms@example.org>",
  labels = { "sms", "messaging", "queue" },
}
dependencies = { "lua >= 5.4, < 5.6", "lua-sms", "luadbi >= 0.7.2" }
build = {
  type = "builtin",
  modules = {
    ["sms.outbox.driver"] = "lua/sms/outbox/driver.lua",
    ["sms.outbox.exchange"] = "lua/sms/outbox/exchange.lua",
    ["sms.outbox.held"] = "lua/sms/outbox/held.lua",
    ["sms.outbox.history"] = "lua/sms/outbox/history.lua",
    ["sms.outbox"] = "lua/sms/outbox/init.lua",
    ["sms.outbox.intake"] = "lua/sms/outbox/intake.lua",
    ["sms.outbox.left"] = "lua/sms/outbox/left.lua",
    ["sms.outbox.limits"] = "lua/sms/outbox/limits.lua",
    ["sms.outbox.look"] = "lua/sms/outbox/look.lua",
    ["sms.outbox.manage"] = "lua/sms/outbox/manage.lua",
    ["sms.outbox.metrics"] = "lua/sms/outbox/metrics.lua",
    ["sms.outbox.options"] = "lua/sms/outbox/options.lua",
    ["sms.outbox.optout"] = "lua/sms/outbox/optout.lua",
    ["sms.outbox.outcome"] = "lua/sms/outbox/outcome.lua",
    ["sms.outbox.pace"] = "lua/sms/outbox/pace.lua",
    ["sms.outbox.plan"] = "lua/sms/outbox/plan.lua",
    ["sms.outbox.postgres"] = "lua/sms/outbox/postgres.lua",
    ["sms.outbox.process"] = "lua/sms/outbox/process.lua",
    ["sms.outbox.queue"] = "lua/sms/outbox/queue.lua",
    ["sms.outbox.quiet"] = "lua/sms/outbox/quiet.lua",
    ["sms.outbox.reference"] = "lua/sms/outbox/reference.lua",
    ["sms.outbox.render"] = "lua/sms/outbox/render.lua",
    ["sms.outbox.reports"] = "lua/sms/outbox/reports.lua",
    ["sms.outbox.routes"] = "lua/sms/outbox/routes.lua",
    ["sms.outbox.runs"] = "lua/sms/outbox/runs.lua",
    ["sms.outbox.sending"] = "lua/sms/outbox/sending.lua",
    ["sms.outbox.session"] = "lua/sms/outbox/session.lua",
    ["sms.outbox.snapshot"] = "lua/sms/outbox/snapshot.lua",
    ["sms.outbox.sql.functions"] = "lua/sms/outbox/sql/functions.lua",
    ["sms.outbox.sql.postgres"] = "lua/sms/outbox/sql/postgres.lua",
    ["sms.outbox.sql.sqlite"] = "lua/sms/outbox/sql/sqlite.lua",
    ["sms.outbox.sqlite"] = "lua/sms/outbox/sqlite.lua",
    ["sms.outbox.store"] = "lua/sms/outbox/store.lua",
    ["sms.outbox.words"] = "lua/sms/outbox/words.lua",
    ["sms.outbox.worker"] = "lua/sms/outbox/worker.lua",
    ["sms.outbox.zone"] = "lua/sms/outbox/zone.lua",
  },
}
