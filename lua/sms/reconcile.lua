-- SPDX-License-Identifier: MIT
-- Settles rows whose outcome is unknown by the provider's own history, where it has one.

local Operation = require "sms.operation"
local scalar = require "sms.scalar"

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

-- An entry of the history stands for one row: what one has, no other may have, alike though they are. A broadcast stands for all
-- its rows.
local function taken_by(rows)
  local taken = {}
  for _, row in ipairs(rows) do
    if row.outcome == "accepted" and row.id then taken[row.id] = true end
  end
  return taken
end

-- A row that is not in the history: how old it must be to prove anything.
local function absent(row, settle)
  local age = row.time and os.time() - row.time
  if not age and settle > 0 then return unsettled(row, "not in the history, and without a 'time' nobody knows whether it should be") end
  if age and age < settle then return unsettled(row, ("not in the history yet, %.0f s after the send; ask again later"):format(age)) end
  return settled(row, { outcome = "not_sent", status = "rejected", reason = "the provider's history doesn't have it" })
end

-- What the history says of one row.
local function look_up(state, row, settle, options, taken)
  local look = state.manners.message.look
  if not look then return unsettled(row, ("%s has no history to look in; its delivery reports will tell"):format(state.name)) end
  local plan, why = look(row)
  if not plan then return unsettled(row, why) end
  local result, response = state.perform(plan.op, plan.args, options)
  if result == nil then return unsettled(row, "the look-up failed: " .. tostring(response)) end
  local found, reason = plan.judge(result, taken)
  if found == nil then return unsettled(row, reason) end
  if not found then return absent(row, settle) end
  if found.id and not found.broadcast_id then taken[found.id] = true end
  return settled(row, { outcome = "accepted", status = found.status or "accepted", id = found.id, broadcast_id = found.broadcast_id })
end

-- What a look-up reads of a row; whatever else it holds is handed on.
local FIELDS = { at = "number", reference = "string", text = "string", time = "number" }

local function check_row(row, index, problems)
  if type(row) ~= "table" then
    scalar.refuse(problems, ("'rows[%d]'"):format(index), "a table", row)
    return
  end
  for name, kind in pairs(FIELDS) do
    if row[name] ~= nil then scalar.of[kind](row[name], ("'rows[%d].%s'"):format(index, name), problems) end
  end
end

-- The rows as a plain list, the time to settle and the per-call options; nil and what is wrong with them.
local function checked(rows, options)
  local problems, settle, call, list = {}, reconcile.SETTLE, nil, {}
  if type(rows) ~= "table" then return nil, "rows are a list" end
  if options ~= nil and type(options) ~= "table" then return nil, "options must be a table" end
  for key, value in pairs(options or {}) do
    if key == "settle" then
      settle = scalar.of.number(value, "option 'settle'", problems)
    else
      call = call or {}
      call[key] = value
    end
  end
  if settle and settle < 0 then problems[#problems + 1] = "option 'settle' must be a number of seconds, 0 or more" end
  if call then call = Operation.check_options(call, problems) end
  for i, row in ipairs(rows) do
    list[i] = row
    check_row(row, i, problems)
  end
  if #problems > 0 then return nil, table.concat(problems, "; ") end
  return list, settle, call
end

--- Settles the unknown rows of `send_many` (or a table `{ to, text, reference, time, outcome = "unknown" }` made from a failed `send`).
---@param state table
---@param rows table[]
---@param options? table  per-call options, and `settle` (seconds, see `reconcile.SETTLE`)
---@return table[]? rows  in the same order; what stays unknown has a `reason`
---@return string? problem the caller's mistake, to be raised
function reconcile.rows(state, rows, options)
  local list, settle, call = checked(rows, options)
  if not list then return nil, settle end
  local taken, out = taken_by(list), {}
  for i, row in ipairs(list) do
    out[i] = row.outcome == "unknown" and look_up(state, row, settle, call, taken) or row
  end
  return out
end

return reconcile
