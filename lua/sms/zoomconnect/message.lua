-- SPDX-License-Identifier: MIT
-- How `client:send` and its kin map to ZoomConnect: `reference` is `dataField`, `at` is `dateToSend`. The sender is the account's
-- own and can't be chosen; delivery reports go to the address set on the provider's pages.

local answers = require "sms.zoomconnect.answers"
local common = require "sms.dates"
local core = require "sms.core"
local dates = require "sms.zoomconnect.dates"

local message = {}

message.capabilities = {
  to = { max = 1 }, text = { min = 1, unit = "characters" }, reference = true, at = { min = 0, max = dates.LAST }, campaign = true,
}

--- Most texts of one bulk call. The documents state no limit.
message.bulk_max = 500

local function request_of(given, options)
  local to = given.to
  return {
    recipientNumber = type(to) == "table" and to[1] or to, message = given.text, campaign = given.campaign, dataField = given.reference,
    dateToSend = given.at and dates.minute(given.at, options.utc_offset),
  }
end

--- One message → `sms:send`.
---@param given table
---@param options table  the client's
---@return string operation
---@return table args
function message.plan(given, options)
  return "sms:send", request_of(given, options)
end

---@param result table
---@return table receipt
function message.receipt(result)
  return { id = result.messageId }
end

--- Every text may share a bulk call: each brings its own date, campaign and reference.
---@return string key
function message.bulk_key()
  return "bulk"
end

--- Many messages → `sms:send_bulk`.
---@param messages table[]
---@param options table
---@return string operation
---@return table args
function message.bulk(messages, options)
  local requests = {}
  for i, given in ipairs(messages) do requests[i] = request_of(given, options) end
  return "sms:send_bulk", { sendSmsRequests = requests }
end

local function share_of(row)
  row = type(row) == "table" and row or {}
  local words = answers.error_of(row)
  if words then return { error = { kind = "rejected", outcome = answers.outcome_of(row), message = words } } end
  if type(row.messageId) == "string" and row.messageId:find("%S") then return { id = row.messageId } end
  return { error = { kind = "rejected", outcome = "unknown", message = "the answer holds no messageId and no error for this row" } }
end

--- Rows of the answer in the order of the messages. Rows bear no mark of the message they are for: with more or fewer of them
--- than messages none is told apart, and every fate is unknown.
---@param result table[]
---@param messages table[]
---@return table[] shares
function message.bulk_receipts(result, messages)
  local out = {}
  if #result ~= #messages then return out end
  for i, row in ipairs(result) do out[i] = share_of(row) end
  return out
end

local function read_status(result)
  local word = result.messageStatus
  local row = core.status("zoomconnect", "delivery", type(word) == "string" and word or "UNKNOWN")
  return { status = row.state, final = row.final, provider_status = word }
end

---@param receipt table
---@return table? plan
---@return string? words
function message.status(receipt)
  if type(receipt) ~= "table" or receipt.id == nil then return nil, "the receipt has no id to look up" end
  return { op = "messages:get", args = { id = receipt.id }, read = read_status }
end

message.balance = { op = "account:balance", read = function(result) return result.creditBalance end }

-- The last nine digits: numbers come with and without their country.
local function tail(number)
  return type(number) == "string" and number:gsub("%D", ""):sub(-9)
end

--- How many messages of the history are looked at, how far clocks may differ in seconds, and the longest reference that is there
--- whole: an integrator of the provider cuts dataField to so many characters.
local HISTORY, SKEW, WHOLE = 100, 120, 50

local function holds(found, reference)
  return type(found.userDataField) == "string" and found.userDataField:find(reference, 1, true) ~= nil
end

local function entry(found)
  return { id = found.messageId, status = read_status(found).status }
end

-- That the history lacks a reference is proven only where the filter was heeded: whatever else comes holds the reference within a
-- longer one, and all of it came.
local function by_reference(row)
  local args = { dataField = row.reference, type = "OUTBOUND", pageSize = HISTORY }
  return { op = "messages:list", args = args, judge = function(list, taken)
    local heeded = #list < HISTORY
    for _, found in ipairs(list) do
      local told = type(row.to) == "string" and type(found.toNumber) == "string"
      local ours = found.userDataField == row.reference and (not told or tail(found.toNumber) == tail(row.to))
      if ours and not taken[found.messageId] then return entry(found) end
      heeded = heeded and holds(found, row.reference)
    end
    if not heeded then return nil, "the history holds other messages than those asked for" end
    if utf8.len(row.reference) == nil or utf8.len(row.reference) > WHOLE then
      return nil, ("a reference of more than %d characters may have been cut"):format(WHOLE)
    end
    return false
  end }
end

local function by_number(row)
  local args = { toNumber = row.to, type = "OUTBOUND", pageSize = HISTORY }
  return { op = "messages:list", args = args, judge = function(list, taken)
    for _, found in ipairs(list) do
      local alike = found.message == row.text and tail(found.toNumber) == tail(row.to) and not taken[found.messageId]
      local time = alike and common.from_iso(found.dateTimeSent or found.dateTimeScheduled or "")
      if alike and not time then return nil, "the history has one like it, without a time that can be read" end
      if alike and math.abs(time - (row.at or row.time)) <= SKEW then return entry(found) end
    end
    if #list >= HISTORY then return nil, "the history goes on before the send" end
    return false
  end }
end

--- Finds a message in the history by its dataField, or, where it has none, by number, text and time.
---@param row table
---@return table? plan
---@return string? why
function message.look(row)
  if row.reference then return by_reference(row) end
  if type(row.to) == "string" and row.text and row.time then return by_number(row) end
  return nil, "the row has no reference to look for, nor all of 'to', 'text' and 'time'"
end

return message
