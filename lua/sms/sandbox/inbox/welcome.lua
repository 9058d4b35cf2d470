-- SPDX-License-Identifier: MIT
-- Printed by `sms sandbox` below its URL: the inbox, the accounts' credentials, and how to send a first text.

local accounts = require "sms.sandbox.inbox.accounts"

local FIRST = [[
  First text:
    lua5.4 -l sms -e 'local client = sms.messagewhiz { apikey = "sandbox-key", base_url = "%s/messagewhiz" }
      print(assert(client:send { to = "+27825551234", from = "Museum", text = "Your code is 447120." }).id)'
]]

--- The lines.
---@param address string  http://host:port
---@param sandbox table   with a journal
---@return string
return function(address, sandbox)
  local lines = { "  Inbox:        " .. address .. "/inbox/\n" }
  for _, account in ipairs(accounts.list(sandbox)) do
    local words = {}
    for i, item in ipairs(account.credentials) do words[i] = item.name .. "=" .. item.value end
    lines[#lines + 1] = ("  %-13s %s/%s  %s\n"):format(account.name .. ":", address, account.name, table.concat(words, " "))
  end
  lines[#lines + 1] = FIRST:format(address)
  return table.concat(lines)
end
