-- SPDX-License-Identifier: MIT
-- How the message API maps to ZoomConnect: `reference` is `dataField`, `at` is `dateToSend`. The sender is that of the account
-- and can't be set; delivery reports go to the URL configured in the account.

local responses = require "sms.zoomconnect.responses"
local common = require "sms.dates"
local core = require "sms.core"
local dates = require "sms.zoomconnect.dates"

local message = {}

message.capabilities = {
  to = { max = 1 }, text = { min = 1, unit = "characters" }, reference = true, at = { min = 0, max = dates.LAST }, campaign = true,
}

--- Maximum messages in a bulk call. The documents state no limit.
message.bulk_max = 500

--- Message fields by argument name, where they differ.
message.fields = { recipientNumber = "to", message = "text", dataField = "reference", dateToSend = "at" }

local function request_of(given, options)
  local to = given.to
  return {
    recipientNumber = type(to) == "table" and to[1] or to, message = given.text, campaign = given.campaign, dataField = given.reference,
    dateToSend = given.at and dates.minute(given.at, options.utc_offset),
  }
end

--- Returns the call of `sms:send` for a message.
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

--- All messages may share a bulk call: each has its own date, campaign and reference.
---@return string key
function message.bulk_key()
  return "bulk"
end

--- Returns the call of `sms:send_bulk` for several messages.
---@param messages table[]
---@param options table
---@return string operation
---@return table args
function message.bulk(messages, options)
  local requests = {}
  for i, given in ipairs(messages) do requests[i] = request_of(given, options) end
  return "sms:send_bulk", { sendSmsRequests = requests }
end

--- Whether messages with different texts may share a call.
message.bulk_any = true

-- Members of a message in a bulk call, by the columns of a chunk.
local PLAIN, WITH_CAMPAIGN = { "recipientNumber", "message", "dataField" }, { "recipientNumber", "message", "dataField", "campaign" }

--- Returns the call of `sms:send_bulk` for plain messages, with its body as text.
---@param chunk table  see `sms.bulk.chunk`
---@return string operation
---@return string? body
function message.bulk_body(chunk)
  local campaign = chunk.campaign
  local rows = core.json_rows(chunk.n, campaign and WITH_CAMPAIGN or PLAIN, { chunk.to, chunk.text, chunk:references(), campaign or nil })
  return "sms:send_bulk", rows and '{"sendSmsRequests":' .. rows .. "}"
end

--- The ids of accepted messages in a bulk response; false where `bulk_receipts` is needed.
---@param result table[]
---@param count integer
---@return table? fields
---@return table<string, table>? columns
function message.bulk_shares(result, count)
  if #result ~= count then return nil end
  local ids = {}
  for at = 1, count do
    local row = result[at]
    local id = type(row) == "table" and row.error == nil and row.messageId
    ids[at] = type(id) == "string" and id:find("%S") and id or false
  end
  return {}, { id = ids }
end

local function share_of(row)
  row = type(row) == "table" and row or {}
  local words = responses.error_of(row)
  if words then return { error = { kind = "rejected", outcome = responses.outcome_of(row), message = words } } end
  if type(row.messageId) == "string" and row.messageId:find("%S") then return { id = row.messageId } end
  return { error = { kind = "rejected", outcome = "unknown", message = "the response has no messageId and no error for this row" } }
end

--- Rows of the response in the order of the messages. A row does not identify its message: if there are more or fewer rows than
--- messages, they can't be assigned, and every outcome is unknown.
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
---@return string? field  of the receipt that is at fault
function message.status(receipt)
  if type(receipt) ~= "table" or receipt.id == nil then return nil, "the receipt has no id to look up", "id" end
  return { op = "messages:get", args = { id = receipt.id }, read = read_status }
end

message.balance = { op = "account:balance", read = function(result) return result.creditBalance end }

-- Maximum length in characters of a reference that the history shows in full: an integration of the provider truncates dataField to
-- this length.
local WHOLE = 50

local function one_number(row)
  local to = row.to
  if type(to) == "table" and #to == 1 then to = to[1] end
  return type(to) == "string" and to or nil
end

-- A time in the history, whose format is undocumented: ISO 8601 with a zone, or the digits used elsewhere.
local function moment(text, options)
  if type(text) ~= "string" then return nil end
  return common.from_iso(text) or dates.from_digits(text, options.utc_offset)
end

local function count(value)
  return math.tointeger(tonumber(value))
end

--- How `reconcile` reads the provider's messages. Source: "Messages".
message.history = { op = "messages:list", size = 100 }

--- The arguments for a page.
---@param number integer  from 1
---@return table
function message.history.page(number)
  return { page = number, pageSize = message.history.size }
end

--- The arguments that list only one row's message, by reference or number.
---@param row table
---@return table?
function message.history.filter(row)
  local filter = { type = "OUTBOUND", pageSize = message.history.size, dataField = row.reference }
  if not row.reference then filter.toNumber = one_number(row) end
  return filter
end

--- Whether an entry matches the filter; if not, the provider ignored the filter.
---@param row table
---@param entry table
---@return boolean
function message.history.matches(row, entry)
  if row.reference then return type(entry.reference) == "string" and entry.reference:find(row.reference, 1, true) ~= nil end
  local function tail(number) return number:gsub("%D", ""):sub(-7) end
  return type(entry.number) ~= "string" or entry.number:find("[^%d%s%-%(%)%./+]") ~= nil or tail(entry.number) == tail(one_number(row))
end

--- An entry as `sms.reconcile.history` compares it.
---@param found table  zoomconnect.Message
---@param options table  the client's
---@return table
function message.history.entry(found, options)
  return {
    id = found.messageId, status = read_status(found).status, inbound = found.messageType == "INBOUND", number = found.toNumber,
    text = found.message, reference = found.userDataField, time = moment(found.dateTimeSent, options),
    due = moment(found.dateTimeScheduled, options),
  }
end

--- The totals that a page reports: number of messages and of pages.
---@param page table
---@return integer?
---@return integer?
function message.history.totals(page)
  return count(page.totalElements), count(page.totalPages)
end

--- Why a row can't be looked up, or nil.
---@param row table
---@return string?
function message.history.obstacle(row)
  if row.reference or one_number(row) and row.text and row.time then return nil end
  return "the row has no reference to look for, nor all of 'to', 'text' and 'time'"
end

--- Why the absence of a row proves nothing nevertheless.
---@param row table
---@return string?
function message.history.doubt(row)
  local length = row.reference and utf8.len(row.reference)
  if not row.reference or length and length <= WHOLE then return nil end
  return ("a reference of more than %d characters may have been truncated"):format(WHOLE)
end

return message
