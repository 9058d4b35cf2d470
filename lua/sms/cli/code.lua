-- SPDX-License-Identifier: MIT
-- `sms code`: explains a provider's code.

local output = require "sms.cli.output"
local sms = require "sms"

local command = {}

local KINDS = { "send", "delivery", "http" }
local ORDER = { "provider", "kind", "code", "name", "state", "final", "provider_retry", "text" }

-- Whether a provider's documents have a code.
local function is_documented(provider, kind, code)
  for _, row in ipairs(sms.core.statuses(provider, kind)) do
    if row.code == code then return true end
  end
  return false
end

-- The documented meanings of a code.
local function rows_of(options)
  local out, code = {}, math.tointeger(tonumber(options.code)) or options.code
  for _, kind in ipairs(options.kind and { options.kind } or KINDS) do
    if is_documented(options.provider, kind, code) then
      local row = sms.status(options.provider, kind, code)
      row.provider, row.kind = options.provider, kind
      out[#out + 1] = row
    end
  end
  return out
end

--- Runs the command.
---@param options table
---@return integer status  1 when no document has the code
function command.run(options)
  local rows, cells = rows_of(options), {}
  if not rows[1] then
    local kind = options.kind and "the kind " .. options.kind or "any kind"
    output.stop(1, ("%s documents no code %s of %s"):format(options.provider, options.code, kind))
  end
  for i, row in ipairs(rows) do
    if options.json then output.print_json(row, ORDER) end
    cells[i] = { row.kind, tostring(row.code), row.name or "-", row.state or "-", row.final and "final" or "open",
      row.provider_retry and "try again" or "don't try again", row.text or "-" }
  end
  if not options.json then output.rows(cells) end
  return 0
end

return command
