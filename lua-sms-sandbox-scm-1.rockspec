-- SPDX-License-Identifier: MIT
-- The rock `lua-sms-sandbox`: the providers on loopback, and `sms.httpd` under them. Needs the rock `lua-sms`.
rockspec_format = "3.0"
package = "lua-sms-sandbox"
version = "scm-1"
source = { url = "git+file://." }
description = {
  summary = "The SMS providers of lua-sms on loopback, for tests and for trying things out",
  detailed = [[
A stand-in for the SMS providers that lua-sms speaks to, in-process or over HTTP. Needs the headers of GNU libmicrohttpd.]],
  license = "MIT",
  labels = { "sms", "testing" },
}
dependencies = { "lua >= 5.4, < 5.5", "lua-sms", "argparse >= 0.7" }
build = {
  type = "builtin",
  modules = {
    -- modules:begin (tools/rockspecs.lua)
    ["sms.httpd"] = {
      libraries = { "microhttpd" },
      sources = {
        "csrc/httpd/prerequisites.c",
        "csrc/httpd/bind.c",
        "csrc/httpd/buffer.c",
        "csrc/httpd/connections.c",
        "csrc/httpd/fields.c",
        "csrc/httpd/form.c",
        "csrc/httpd/head.c",
        "csrc/httpd/httpd.c",
        "csrc/httpd/options.c",
        "csrc/httpd/request.c",
        "csrc/httpd/server.c",
      },
    },
    ["sms.listener"] = "lua/sms/listener.lua",
    ["sms.sandbox.csv"] = "lua/sms/sandbox/csv.lua",
    ["sms.sandbox.faults"] = "lua/sms/sandbox/faults.lua",
    ["sms.sandbox.guard"] = "lua/sms/sandbox/guard.lua",
    ["sms.sandbox"] = "lua/sms/sandbox/init.lua",
    ["sms.sandbox.messagewhiz"] = "lua/sms/sandbox/messagewhiz.lua",
    ["sms.sandbox.messagewhiz.broadcasts"] = "lua/sms/sandbox/messagewhiz/broadcasts.lua",
    ["sms.sandbox.messagewhiz.dates"] = "lua/sms/sandbox/messagewhiz/dates.lua",
    ["sms.sandbox.messagewhiz.entities"] = "lua/sms/sandbox/messagewhiz/entities.lua",
    ["sms.sandbox.messagewhiz.fields"] = "lua/sms/sandbox/messagewhiz/fields.lua",
    ["sms.sandbox.messagewhiz.groups"] = "lua/sms/sandbox/messagewhiz/groups.lua",
    ["sms.sandbox.messagewhiz.lists"] = "lua/sms/sandbox/messagewhiz/lists.lua",
    ["sms.sandbox.messagewhiz.members"] = "lua/sms/sandbox/messagewhiz/members.lua",
    ["sms.sandbox.messagewhiz.messages"] = "lua/sms/sandbox/messagewhiz/messages.lua",
    ["sms.sandbox.messagewhiz.parse"] = "lua/sms/sandbox/messagewhiz/parse.lua",
    ["sms.sandbox.messagewhiz.pricing"] = "lua/sms/sandbox/messagewhiz/pricing.lua",
    ["sms.sandbox.messagewhiz.reports"] = "lua/sms/sandbox/messagewhiz/reports.lua",
    ["sms.sandbox.messagewhiz.sending"] = "lua/sms/sandbox/messagewhiz/sending.lua",
    ["sms.sandbox.messagewhiz.short"] = "lua/sms/sandbox/messagewhiz/short.lua",
    ["sms.sandbox.messagewhiz.store"] = "lua/sms/sandbox/messagewhiz/store.lua",
    ["sms.sandbox.messagewhiz.tokens"] = "lua/sms/sandbox/messagewhiz/tokens.lua",
    ["sms.sandbox.parts"] = "lua/sms/sandbox/parts.lua",
    ["sms.sandbox.poster"] = "lua/sms/sandbox/poster.lua",
    ["sms.sandbox.random"] = "lua/sms/sandbox/random.lua",
    ["sms.sandbox.router"] = "lua/sms/sandbox/router.lua",
    ["sms.sandbox.server"] = "lua/sms/sandbox/server.lua",
    ["sms.sandbox.state"] = "lua/sms/sandbox/state.lua",
    ["sms.sandbox.websms"] = "lua/sms/sandbox/websms.lua",
    ["sms.sandbox.websms.codes"] = "lua/sms/sandbox/websms/codes.lua",
    ["sms.sandbox.websms.content"] = "lua/sms/sandbox/websms/content.lua",
    ["sms.sandbox.websms.fields"] = "lua/sms/sandbox/websms/fields.lua",
    ["sms.sandbox.websms.reports"] = "lua/sms/sandbox/websms/reports.lua",
    ["sms.sandbox.zipwhip"] = "lua/sms/sandbox/zipwhip.lua",
    ["sms.sandbox.zipwhip.content"] = "lua/sms/sandbox/zipwhip/content.lua",
    ["sms.sandbox.zipwhip.fields"] = "lua/sms/sandbox/zipwhip/fields.lua",
    ["sms.sandbox.zipwhip.hooks"] = "lua/sms/sandbox/zipwhip/hooks.lua",
    ["sms.sandbox.zipwhip.line"] = "lua/sms/sandbox/zipwhip/line.lua",
    ["sms.sandbox.zipwhip.people"] = "lua/sms/sandbox/zipwhip/people.lua",
    ["sms.sandbox.zipwhip.texts"] = "lua/sms/sandbox/zipwhip/texts.lua",
    ["sms.sandbox.zoomconnect"] = "lua/sms/sandbox/zoomconnect.lua",
    ["sms.sandbox.zoomconnect.account"] = "lua/sms/sandbox/zoomconnect/account.lua",
    ["sms.sandbox.zoomconnect.dates"] = "lua/sms/sandbox/zoomconnect/dates.lua",
    ["sms.sandbox.zoomconnect.fields"] = "lua/sms/sandbox/zoomconnect/fields.lua",
    ["sms.sandbox.zoomconnect.messages"] = "lua/sms/sandbox/zoomconnect/messages.lua",
    ["sms.sandbox.zoomconnect.people"] = "lua/sms/sandbox/zoomconnect/people.lua",
    ["sms.sandbox.zoomconnect.reports"] = "lua/sms/sandbox/zoomconnect/reports.lua",
    ["sms.sandbox.zoomconnect.response_format"] = "lua/sms/sandbox/zoomconnect/response_format.lua",
    ["sms.sandbox.zoomconnect.sending"] = "lua/sms/sandbox/zoomconnect/sending.lua",
    ["sms.sandbox.zoomconnect.store"] = "lua/sms/sandbox/zoomconnect/store.lua",
    ["sms.sandbox.zoomconnect.voice"] = "lua/sms/sandbox/zoomconnect/voice.lua",
    ["sms.serving"] = "lua/sms/serving.lua",
    -- modules:end
  },
}
