-- SPDX-License-Identifier: MIT
-- Settles rows whose outcome is unknown by the provider's own history, where it has one.

local reconcile = {}

--- How old a row must be, in seconds, before its absence from the history proves anything: histories lag.
reconcile.SETTLE = 60

local function settled(row, fields)
  local out = {}
  for key, value in pairs(row) do out[key] = value end
  for key, value in pairs(fields) do out[key] = value end
  if fields.outcome ~= "unknown" then out.error = fields.outcome == "not_sent" and row.error or nil end
  return out
end

local function unsettled(row, reason)
  return settled(row, { outcome = "unknown", reason = reason })
end

-- What the history says of one row.
local function look_up(state, row, settle, options)
  local look = state.manners.message.look
  if not look then return unsettled(row, ("%s has no history to look in; its delivery reports will tell"):format(state.name)) end
  local plan, why = look(row)
  if not plan then return unsettled(row, why) end
  local result, response = state.perform(plan.op, plan.args, options)
  if result == nil then return unsettled(row, "the look-up failed: " .. tostring(response)) end
  local found, reason = plan.judge(result)
  if found then
    local status = found.status or "accepted"
    return settled(row, { outcome = "accepted", status = status, id = found.id, broadcast_id = found.broadcast_id })
  end
  if found == nil then return unsettled(row, reason) end
  local age = os.time() - (row.time or 0)
  if age < settle then return unsettled(row, ("not in the history yet, %d s after the send; ask again later"):format(age)) end
  return settled(row, { outcome = "not_sent", status = "rejected", reason = "the provider's history doesn't have it" })
end

--- Settles the unknown rows of `send_many` (or a table `{ to, text, reference, time, outcome = "unknown" }` made from a failed `send`).
---@param state table
---@param rows table[]
---@param options? table  per-call options, and `settle` (seconds, see `reconcile.SETTLE`)
---@return table[] rows  in the same order; what stays unknown has a `reason`
function reconcile.rows(state, rows, options)
  local settle, call, out = reconcile.SETTLE, nil, {}
  for key, value in pairs(options or {}) do
    if key == "settle" then
      settle = value
    else
      call = call or {}
      call[key] = value
    end
  end
  for i, row in ipairs(rows) do
    out[i] = row.outcome == "unknown" and look_up(state, row, settle, call) or row
  end
  return out
end

return reconcile
