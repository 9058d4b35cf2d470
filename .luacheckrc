-- SPDX-License-Identifier: MIT
-- What luacheck holds the Lua files to: Lua 5.4, no globals, lines of at most 140 characters.
std = "lua54"
max_line_length = 140
cache = false
exclude_files = { "build/**" }

files["spec/**"] = { std = "+busted" }

-- Type descriptions for the editor: functions without bodies, tables that only carry annotations.
files["library/**"] = { unused = false, max_line_length = false }

-- The variable that holds the part of the shell.
files["bin/sms"] = { globals = { "_" } }

-- Prosody gives its modules the table `module`.
files["examples/prosody/**"] = { globals = { "module" } }
