-- SPDX-License-Identifier: MIT
-- Metrics of an outbox in the Prometheus text format. Counts come from the indexes that `status` reads; no table is scanned.

local check = require "sms.check"
local exposition = require "sms.metrics.exposition"
local limits = require "sms.outbox.limits"
local look = require "sms.outbox.look"

local metrics = {}

-- Unfinished runs are reported, and those created within this many milliseconds.
local RECENT = 7 * 86400 * 1000

local RUNS = [[select name, kind, state from sms.run where state in ('planned', 'active', 'paused') or made_at > :after(?) order by run.id]]

local STATES = { "ready", "sending", "accepted", "not_sent", "unknown", "cancelled" }

local ROUTES = [[select route, case when not_before >= :at(?) then 1 else 0 end, case when not_before > :now then 1 else 0 end,
  cast(used_messages as text), cast(used_segments as text), cast(used_cost as text) from sms.limits order by route]]

local BESIDE = {
  { "sms_outbox_workers", "gauge", "Workers with a valid lease.",
    "select cast(count(*) as text) from sms.worker where ended_at is null and alive_until > :now" },
  { "sms_outbox_intake_rows", "gauge", "Rows in the intake not yet picked up.", "select cast(count(*) as text) from sms.intake" },
  { "sms_outbox_parked_reports", "gauge", "Delivery reports not matched to a row yet.",
    "select cast(count(*) as text) from sms.event where message_id is null and provider_id is not null and kind = 'delivery'" },
  { "sms_outbox_late_results_total", "counter", "Results of attempts that had already ended.",
    "select cast(count(*) as text) from sms.event where kind = 'late'" },
}

local function sample(out, name, of, value)
  exposition.sample(out, name, exposition.labels(of), value)
end

local function write_runs(out, db)
  local list = db:all(RUNS, -RECENT)
  exposition.family(out, "sms_outbox_rows", "gauge", "Rows of a run by state.")
  local states = {}
  for i, run in ipairs(list) do
    states[i] = look.status(db, run[1])
    for _, state in ipairs(STATES) do sample(out, "sms_outbox_rows", { "run", run[1], "state", state }, states[i][state]) end
  end
  exposition.family(out, "sms_outbox_unsent_rows", "gauge", "Rows that were not sent or are unknown, by reason.")
  for i, run in ipairs(list) do
    for _, reason in ipairs(check.names(states[i].by_reason)) do
      sample(out, "sms_outbox_unsent_rows", { "run", run[1], "reason", reason }, states[i].by_reason[reason])
    end
  end
  exposition.family(out, "sms_outbox_run", "gauge", "State of each run; the value is always 1.")
  for _, run in ipairs(list) do sample(out, "sms_outbox_run", { "run", run[1], "kind", run[2], "state", run[3] }, 1) end
end

local function write_routes(out, db)
  local routes = db:all(ROUTES, limits.NEVER)
  local families = {
    { "sms_outbox_route_paused", "gauge", "1 if the route is paused until it is resumed." },
    { "sms_outbox_route_held", "gauge", "1 if the route currently sends nothing." },
    { "sms_outbox_route_messages", "gauge", "Messages counted in the budget of the current period." },
    { "sms_outbox_route_segments", "gauge", "Segments counted in the budget of the current period." },
    { "sms_outbox_route_cost", "gauge", "Cost counted in the budget of the current period." },
  }
  for column, family in ipairs(families) do
    exposition.family(out, family[1], family[2], family[3])
    for _, route in ipairs(routes) do sample(out, family[1], { "route", route[1] }, tonumber(route[column + 1])) end
  end
end

--- Renders all metrics.
---@param db table  a store
---@return string
function metrics.text(db)
  return db:reading(function()
    local out = {}
    write_runs(out, db)
    write_routes(out, db)
    for _, family in ipairs(BESIDE) do
      exposition.family(out, family[1], family[2], family[3])
      out[#out + 1] = ("%s %d"):format(family[1], db:integer(family[4]))
    end
    return table.concat(out, "\n") .. "\n"
  end)
end

return metrics
