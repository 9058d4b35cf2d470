-- SPDX-License-Identifier: MIT
-- Sends rows through their client: one by one, or several in one call of the provider.

local failure = require "sms.error"
local json = require "sms.json"

local sending = {}

-- Errors that no client created; like those, they print as their message.
local Problem = { __tostring = function(err) return err.message end }

local function problem_of(outcome, kind, message)
  return setmetatable({ outcome = outcome, kind = kind, message = message }, Problem)
end

-- A mistake in a message raises an error before anything is sent, which names the function.
local function raised(problem)
  local words = tostring(problem)
  if words:find("[%w_.]+:send[_many]*: ") then return problem_of("not_sent", "invalid", words) end
  return problem_of("unknown", "network", words)
end

local OVER = problem_of("not_sent", "cancelled", "the lease has expired")

local FORGOTTEN = problem_of("not_sent", "invalid", "the message was erased by outbox:forget")

local function message_of(row, with_reference)
  local message = json.decode(row.body or "null")
  if type(message) ~= "table" then return nil end
  message.to = row.recipient
  if with_reference then message.reference = row.reference end
  return message
end

--- Sends one row.
---@param route table     as `sms.outbox.routes` reads it
---@param row table
---@param is_over boolean  whether the lease is over
---@return table? receipt
---@return table? err
function sending.one(route, row, is_over)
  if is_over then return nil, OVER end
  local message = message_of(row, route.takes_reference)
  if not message then return nil, FORGOTTEN end
  local ok, receipt, err = pcall(route.client.send, route.client, message)
  if not ok then return nil, raised(receipt) end
  if not receipt then return nil, err end
  return receipt
end

-- Reads the rows of `send_many`: receipts, of which failed ones have an error.
local function read(response, shares_reference)
  return {
    receipt = not response.error and response or nil, err = response.error, call_reference = shares_reference and response.reference or nil,
  }
end

local function all_of(count, err)
  local out = {}
  for i = 1, count do out[i] = { err = err } end
  return out
end

-- The rows of `send_many` known before it was interrupted; the rest are unknown.
local function broken_off(count, problem, shares_reference)
  local known = failure.is(problem) and problem.results or {}
  local out = all_of(count, raised(problem))
  for i = 1, count do
    if type(known[i]) == "table" and known[i].outcome then out[i] = read(known[i], shares_reference) end
  end
  return out
end

--- Sends rows of one lane in one call, or in as few as the provider allows.
---@param route table
---@param rows table[]
---@param is_over boolean
---@return { receipt: table?, err: table?, call_reference: string? }[]  by the place of the row
function sending.several(route, rows, is_over)
  if is_over then return all_of(#rows, OVER) end
  local messages, places, out = {}, {}, all_of(#rows, FORGOTTEN)
  for i, row in ipairs(rows) do
    local message = message_of(row, route.takes_reference and not route.shares_reference)
    if message then messages[#messages + 1], places[#places + 1] = message, i end
  end
  if not messages[1] then return out end
  local shares = route.shares_reference
  local ok, responses = pcall(route.client.send_many, route.client, messages, { parallel = 1, duplicates = "send" })
  local given = ok and {} or broken_off(#messages, responses, shares)
  for i, response in ipairs(ok and responses or {}) do given[i] = read(response, shares) end
  for i, place in ipairs(places) do out[place] = given[i] end
  return out
end

return sending
