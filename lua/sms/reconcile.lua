-- SPDX-License-Identifier: MIT
-- Reconciles rows of unknown outcome with the provider's history, if it has one. A row is `not_sent` only if the history is
-- demonstrably complete around the time of the send.

local core = require "sms.core"
local dates = require "sms.dates"
local failure = require "sms.error"
local history = require "sms.reconcile.history"
local per_call = require "sms.api.options"
local recipients = require "sms.number.recipients"
local check = require "sms.check"

local reconcile = {}

--- How old a row must be, in seconds, before its absence from the history proves anything: histories lag.
reconcile.SETTLE = 60

--- Maximum number of history pages to read.
reconcile.PAGES = 50

local function updated(row, fields)
  local out = {}
  for key, value in pairs(row) do out[key] = value end
  for key, value in pairs(fields) do out[key] = value end
  if fields.outcome ~= "unknown" then out.error = fields.outcome == "not_sent" and row.error or nil end
  return out
end

local function still_unknown(row, reason)
  return updated(row, { outcome = "unknown", reason = reason })
end

-- An entry of the history matches one row only, however similar other rows are. A broadcast matches all its rows.
local function taken_by(rows)
  local taken = {}
  for _, row in ipairs(rows) do
    if row.outcome == "accepted" then
      if row.id then taken[row.id] = true end
      for _, id in ipairs(type(row.ids) == "table" and row.ids or {}) do taken[id] = true end
    end
  end
  return taken
end

-- The row as accepted, or as unknown if an entry may match; nil if none does.
local function found_in(entries, row, taken)
  local alike
  for _, entry in ipairs(entries) do
    local likeness = not (entry.id and taken[entry.id]) and history.compare(row, entry) or "other"
    if likeness == "same" then
      if entry.id and not entry.broadcast_id then taken[entry.id] = true end
      return updated(row, { outcome = "accepted", status = entry.status or "accepted", id = entry.id, broadcast_id = entry.broadcast_id })
    end
    alike = alike or likeness == "maybe"
  end
  return alike and still_unknown(row, "the history has a message that may be this one")
end

local function entries_of(state, plan, list)
  local out = {}
  for i, found in ipairs(list) do out[i] = type(found) == "table" and plan.entry(found, state.options) or {} end
  return out
end

local function lookup_failed(problem)
  return "the look-up failed: " .. tostring(problem)
end

-- The row with its number as sent to the provider.
local function as_sent(state, row)
  local sent = type(row.to) == "string" and recipients.read(state.adapter.message, row.to, row.region or state.options.region)
  return sent and updated(row, { to = sent }) or row
end

-- Looks for one row by the history's filter: returns the row if that decides it, nil if the whole history is needed.
local function by_filter(state, plan, row, call, taken)
  local filter = plan.filter and plan.filter(as_sent(state, row))
  if not filter then return nil end
  local list, response = state.perform(plan.op, filter, call)
  if list == nil then return still_unknown(row, lookup_failed(response)) end
  local entries = entries_of(state, plan, list)
  local found = found_in(entries, row, taken)
  if found then return found end
  for _, entry in ipairs(entries) do
    if not plan.matches(row, entry) then return still_unknown(row, "the history returned other messages than those requested") end
  end
end

---------------------------------------------------------------- the whole history

-- How far the provider's clock is ahead of ours, by the Date of its response; nil without a usable Date.
local function clock_of(response, now)
  local headers = response.headers
  local date = type(headers) == "table" and type(headers.date) == "string" and core.http_date(headers.date)
  return date and date - now or nil
end

-- Adds a page to the history; returns whether it had any new entry.
local function add_page(walk, entries, overlaps)
  local fresh = false
  local first = entries[1]
  if overlaps and #walk.entries > 0 and first and first.id and not walk.seen[first.id] then walk.torn = true end
  for _, entry in ipairs(entries) do
    if not (entry.id and walk.seen[entry.id]) then
      if entry.id then walk.seen[entry.id], fresh = true, true end
      walk.entries[#walk.entries + 1] = entry
    end
  end
  return fresh
end

-- Records what a page states about the history: it is complete if it has as many entries as were read, and no more pages.
local function take_totals(walk, total, pages, number, ends)
  if total and walk.total and total < walk.total then walk.torn = true end
  walk.total = total
  walk.complete = total ~= nil and total == #walk.entries and (pages or 0) <= number and ends and not walk.torn
end

-- Reads the history page by page until it is complete, reaches back before `since` (seconds), or returns nothing new.
local function read_history(state, plan, since, call)
  local walk = { entries = {}, seen = {}, now = os.time(), complete = false }
  for number = 1, reconcile.PAGES do
    local list, response = state.perform(plan.op, plan.page(number, #walk.entries), call)
    if list == nil then
      walk.failed = lookup_failed(response)
      return walk
    end
    if number == 1 then walk.clock = clock_of(response, os.time()) end
    local fresh = add_page(walk, entries_of(state, plan, list), plan.overlaps)
    local total, pages = plan.totals(response.page or {})
    local repeats = not fresh and #list > (plan.overlaps and 1 or 0)
    take_totals(walk, total, pages, number, not repeats and (#list < plan.size or not fresh))
    if walk.complete or walk.torn or not fresh or history.reaches(walk.entries, since, walk.now) then return walk end
  end
  walk.cut = true
  return walk
end

-- Why a row is too recent, or its age unknown, so that its absence proves nothing.
local function too_young(row, settle)
  local age = row.time and os.time() - row.time
  if not age and settle > 0 then return "not in the history; without a 'time' its absence proves nothing" end
  if age and age < settle then return ("not in the history yet, %.0f s after the send; ask again later"):format(age) end
end

-- The result for one row, from the history as far as it was read.
local function by_history(walk, plan, row, settle, taken)
  if walk.failed then return still_unknown(row, walk.failed) end
  local found = found_in(walk.entries, row, taken)
  if found then return found end
  local problem = too_young(row, settle) or walk.torn and "the history changed while it was read"
    or history.gap(walk, row, plan.in_order) or plan.doubt and plan.doubt(row)
  if problem then return still_unknown(row, problem) end
  return updated(row, { outcome = "not_sent", status = "rejected", reason = "not in the provider's history" })
end

-- The time before which the history has to reach for these rows.
local function earliest(rows)
  local since = os.time()
  for _, row in pairs(rows) do since = math.min(since, row.time or since) end
  return since
end

-- Reconciles the unknown rows: each by the filter if there is one, then the remaining ones by reading the history once.
local function reconcile_rows(state, rows, settle, call)
  local plan, taken, out, left, some = state.adapter.message.history, taken_by(rows), {}, {}, false
  for i, row in ipairs(rows) do
    local why = plan and row.outcome == "unknown" and plan.obstacle(row)
    if row.outcome ~= "unknown" then
      out[i] = row
    elseif not plan then
      out[i] = still_unknown(row, ("%s offers no history; use its delivery reports"):format(state.name))
    elseif why then
      out[i] = still_unknown(row, why)
    else
      out[i] = by_filter(state, plan, row, call, taken)
      if not out[i] then left[i], some = row, true end
    end
  end
  if not some then return out end
  local walk = read_history(state, plan, earliest(left), call)
  for i = 1, #rows do
    if left[i] then out[i] = by_history(walk, plan, left[i], settle, taken) end
  end
  return out
end

-- Fields of a row that a look-up reads; others are passed on.
local FIELDS = { { "at", "number" }, { "reference", "string" }, { "text", "string" }, { "time", "number" } }

-- A row prepared for the look-up: `at` in seconds, which may be text in a message. Only rows of unknown outcome are checked.
local function read_row(row, index, problems)
  if type(row) ~= "table" then return check.refuse(problems, ("'rows[%d]'"):format(index), "a table", row) end
  if row.outcome ~= "unknown" then return row end
  local at = type(row.at) == "string" and dates.from_iso(row.at)
  if at then row = updated(row, { at = at, outcome = "unknown" }) end
  if at == nil then return check.fault(problems, ("'at' of row %d"):format(index), "must be RFC 3339 text with an offset, or seconds") end
  for _, field in ipairs(FIELDS) do
    local name, kind = field[1], field[2]
    if row[name] ~= nil then check.of[kind](row[name], ("'%s' of row %d"):format(name, index), problems) end
  end
  return row
end

-- What is wrong: text to be raised for mistakes of the script, an error value if only data are invalid.
local function complaint(state, problems)
  local words = table.concat(problems, "; ")
  if check.mistaken(problems) then return words end
  return failure.new {
    kind = "invalid", outcome = "not_sent", provider = state.name, operation = "reconcile", message = words, field = problems.field,
  }
end

-- The rows as a list, the seconds of `settle` and the per-call options; nil and what is wrong with them.
local function checked(state, rows, options)
  local problems, settle, call, list = {}, reconcile.SETTLE, nil, {}
  if type(rows) ~= "table" then return nil, "rows must be a list" end
  if getmetatable(rows) == nil then problems[1] = check.list(rows, "rows", "row") end
  if options ~= nil and type(options) ~= "table" then return nil, "options must be a table" end
  for key, value in pairs(options or {}) do
    if key == "settle" then
      settle = check.of.number(value, "option 'settle'", problems)
    else
      call = call or {}
      call[key] = value
    end
  end
  if settle and settle < 0 then problems[#problems + 1] = "option 'settle' must be a number of seconds, 0 or more" end
  if call then
    call = per_call.check_call(call, problems)
    per_call.refuse_downloads(call, problems)
  end
  if call and call.dry_run then problems[#problems + 1] = "option 'dry_run' applies to a single request; a history takes several" end
  for i, row in ipairs(rows) do
    list[i] = read_row(row, i, problems)
  end
  if #problems > 0 then return nil, complaint(state, problems) end
  return list, settle, call
end

--- Reconciles the unknown rows of `send_many` (or a table `{ to, text, reference, time, outcome = "unknown" }` made from a failed `send`).
--- A row becomes `not_sent` only if the history has an older and a newer entry than the send, or states that it is
--- complete, and no entry might match.
---@param state table
---@param rows table[]
---@param options? table  per-call options, and `settle` (seconds, see `reconcile.SETTLE`)
---@return table[]? rows  in the same order; what stays unknown has a `reason`
---@return string|sms.Error? problem  a string is the caller's mistake, to be raised
function reconcile.rows(state, rows, options)
  local list, settle, call = checked(state, rows, options)
  if not list then return nil, settle end
  local out = reconcile_rows(state, list, settle, call)
  for i, row in ipairs(out) do
    if row ~= rows[i] then setmetatable(row, state.row_class) end
  end
  return out
end

return reconcile
