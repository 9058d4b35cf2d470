-- SPDX-License-Identifier: MIT
-- Maps the result of a call to the state of its row, the reason, and the effect on the route.

local outcome = {}

--- Kinds of refusal that concern the route, not the row: the row stays ready, the route is paused.
outcome.OF_THE_ROUTE = { auth = true, forbidden = true, closed = true }

--- Seconds before a second attempt; doubles with each attempt up to the maximum.
outcome.BACKOFF, outcome.MAX_BACKOFF = 5, 300

-- Codes with which providers refuse a number that has opted out.
local OPTED_OUT = { zipwhip = { ["-1234"] = true }, websms = { ["4031"] = true } }

-- Maximum bytes of an error message that a row keeps.
local MAX_WORDS = 500

local function words_of(err)
  local words = tostring(err):gsub("%z", "?")
  if not utf8.len(words) then words = words:gsub("[\x80-\xFF]", "?") end
  return #words > MAX_WORDS and words:sub(1, utf8.offset(words, 0, MAX_WORDS) - 1) or words
end

local function delay(attempt, err)
  local wait = math.min(outcome.BACKOFF * 2 ^ (attempt - 1), outcome.MAX_BACKOFF)
  wait = wait * (0.5 + math.random() / 2)
  return math.floor(math.max(wait, err.retry_after or 0) * 1000)
end

--- Whether a provider refused a number because it has opted out.
---@param err table
---@return boolean
function outcome.is_optout(err)
  local codes = OPTED_OUT[err.provider]
  return codes ~= nil and err.code ~= nil and codes[tostring(err.code)] or false
end

-- Results for `exchange`: `{ id, attempt, state, provider, provider_id, reason, error, delay (ms), cost, segments, call_reference }`,
-- false for absent values; segments only if they differ from those of the row.

--- The result of a row that was not sent and may be claimed again immediately.
function outcome.untouched(row)
  return { row.id, row.attempt, "ready", false, false, false, false, false, false, false, false }
end

local function of_receipt(row, receipt, call_reference)
  local id, cost, segments = receipt.id, receipt.cost, receipt.segments
  if id == nil then id = receipt.broadcast_id end
  id = id ~= nil and id ~= "" and tostring(id)
  local counted_anew = segments ~= row.segments and math.type(segments) == "integer"
  return {
    row.id, row.attempt, "accepted", receipt.provider or false, id, false, false, false, type(cost) == "number" and cost,
    counted_anew and segments, call_reference or false,
  }
end

local function of_error(row, state, err, reason, wait, call_reference)
  return {
    row.id, row.attempt, state, err.provider or false, false, reason or false, words_of(err), wait or false, false, false,
    call_reference or false,
  }
end

--- The outcome of a row.
---@param row table          the claimed row
---@param receipt table?     the result of `client:send`
---@param err table?         its error value
---@param tries integer      maximum attempts
---@param call_reference? string  of the call that several rows shared
---@return any[] result
function outcome.of(row, receipt, err, tries, call_reference)
  if receipt then return of_receipt(row, receipt, call_reference) end
  local state, reason, wait = "not_sent", err.kind, nil
  if err.outcome ~= "not_sent" then
    state = err.outcome == "accepted" and "accepted" or "unknown"
  elseif err.kind == "cancelled" then
    return outcome.untouched(row)
  elseif outcome.is_optout(err) then
    reason = "optout"
  elseif outcome.OF_THE_ROUTE[err.kind] then
    state = "ready"
  elseif err.retryable and row.attempt < tries then
    state, wait = "ready", delay(row.attempt, err)
  end
  return of_error(row, state, err, reason, wait, call_reference)
end

return outcome
