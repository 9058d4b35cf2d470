-- SPDX-License-Identifier: MIT
-- What `tools/test.sh` gives to Busted's --helper. Keeps the name of the test that runs in the file $SMS_LAST_TEST, so that a crash is
-- reported with its test; $SMS_COLLECTOR chooses a garbage collector, see `spec/support/starve.lua`.

local busted = require "busted"

if os.getenv("SMS_COLLECTOR") then dofile "spec/support/starve.lua" end

local path = os.getenv("SMS_LAST_TEST")

busted.subscribe({ "test", "start" }, function(element, parent)
  local file <close> = assert(io.open(path, "w"))
  file:write(parent and parent.name or "", " ", element.name, "\n")
  return nil, true
end)
