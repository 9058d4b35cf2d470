-- SPDX-License-Identifier: MIT
-- Runs a program that takes a sandbox's URL, with C modules of another build than this interpreter's: `threads.lua MODULES PROGRAM [ARGS]`.
-- `make threads` gives it examples/embed/embed.c built with the thread sanitizer.

local modules, program = arg[1], arg[2]
local sandbox = assert(require("sms.sandbox.server").spawn {})
local command = "env -u LUA_CPATH_5_4 LUA_CPATH='%s/?.so;;' '%s' %s %s"
local good = os.execute(command:format(modules, program, sandbox.url, table.concat(arg, " ", 3)))
sandbox.stop()
os.exit(good or false, true)
