-- SPDX-License-Identifier: MIT
-- The event loops whose library is installed: a list of their names, for `sms.loop.NAME`.

local loops = {}
for _, name in ipairs { "luv", "cqueues", "copas" } do
  if pcall(require, name) then loops[#loops + 1] = name end
end
return loops
