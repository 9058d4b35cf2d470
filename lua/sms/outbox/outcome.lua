-- SPDX-License-Identifier: MIT
-- What happens to a row after a call: which state it goes to, why, and what that says of its route.

local outcome = {}

--- Kinds of refusal that are the route's fault, not the row's: it stays ready, the route is paused.
outcome.OF_THE_ROUTE = { auth = true, forbidden = true, closed = true }

--- First wait before another attempt, seconds; it doubles with each, up to the most.
outcome.BACKOFF, outcome.MAX_BACKOFF = 5, 300

-- Codes by which providers refuse a number that opted out.
local OPTED_OUT = { zipwhip = { ["-1234"] = true }, websms = { ["4031"] = true } }

-- Most bytes of an error's words that a row keeps.
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

--- Whether a provider refused a number because its owner opted out.
---@param err table
---@return boolean
function outcome.is_optout(err)
  local codes = OPTED_OUT[err.provider]
  return codes ~= nil and err.code ~= nil and codes[tostring(err.code)] or false
end

--- A result for `exchange`: `{ id, attempt, state, provider, provider_id, reason, error, delay (ms), cost, segments, call_reference }`.
local function result(row, state, fields)
  return {
    row.id, row.attempt, state, fields.provider or false, fields.provider_id or false, fields.reason or false, fields.error or false,
    fields.delay or false, fields.cost or false, fields.segments or false, fields.call_reference or false,
  }
end

--- The result of a row that was on no wire: it may be sent again at once.
function outcome.untouched(row)
  return result(row, "ready", {})
end

local function of_receipt(row, receipt, call_reference)
  local id = receipt.id ~= nil and tostring(receipt.id) or receipt.broadcast_id ~= nil and tostring(receipt.broadcast_id) or nil
  return result(row, "accepted", {
    provider = receipt.provider, provider_id = id ~= "" and id or nil, segments = math.type(receipt.segments) == "integer"
      and receipt.segments,
    cost = type(receipt.cost) == "number" and receipt.cost, call_reference = call_reference,
  })
end

--- The outcome of a row.
---@param row table          as it was claimed
---@param receipt table?     what `client:send` gave
---@param err table?         its error value
---@param tries integer      most attempts
---@param call_reference? string  of the call that several rows shared
---@return any[] result
function outcome.of(row, receipt, err, tries, call_reference)
  if receipt then return of_receipt(row, receipt, call_reference) end
  local fields = { provider = err.provider, reason = err.kind, error = words_of(err), call_reference = call_reference }
  if err.outcome == "accepted" then return result(row, "accepted", fields) end
  if err.outcome ~= "not_sent" then return result(row, "unknown", fields) end
  if err.kind == "cancelled" then return outcome.untouched(row) end
  if outcome.is_optout(err) then
    fields.reason = "optout"
  elseif outcome.OF_THE_ROUTE[err.kind] then
    return result(row, "ready", fields)
  elseif err.retryable and row.attempt < tries then
    fields.delay = delay(row.attempt, err)
    return result(row, "ready", fields)
  end
  return result(row, "not_sent", fields)
end

return outcome
