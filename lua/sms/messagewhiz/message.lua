-- SPDX-License-Identifier: MIT
-- How one message maps to MessageWhiz: a fast single for one text, one submitted broadcast for a list of numbers and for many
-- messages that share a text.

local core = require "sms.core"
local dates = require "sms.dates"
local tokens = require "sms.messagewhiz.tokens"

local message = {}

--- Maximum recipients of one submitted broadcast. The documents give no limit; this one keeps requests small.
message.bulk_max = 1000

--- Supported fields. `at`, lists of numbers and bulk use a submitted broadcast, which returns no reference.
message.capabilities = {
  to = { max = message.bulk_max }, text = { min = 1, max = 100000, unit = "characters" }, from = { required = true },
  at = { min = 0, max = dates.LAST }, callback = true, reference = { max = 160, unit = "characters" },
}

--- Message fields by argument name, where they differ.
message.fields = {
  recipients = "to", phone_number = "to", sender = "from", message_body = "text", name = "reference", client_ref = "reference",
  send_date = "at", first_name = "vars", last_name = "vars", url = "vars", custom = "vars", custom1 = "vars", custom2 = "vars",
  custom3 = "vars", custom4 = "vars", bid = "broadcast_id",
}

local PLUS = ("+"):byte()
local byte, sub = string.byte, string.sub

-- An E.164 number in the provider's format: without the plus.
local function digits(number)
  return sub(number, 2)
end

-- A numeric sender has no plus sign here.
local function sender_of(from)
  return byte(from) == PLUS and from:match("^%+(%d+)$") or from
end

--- The provider's token for a placeholder that names one; see `tokens.lua`.
message.token = tokens.token

local function recipient_of(one)
  local row = tokens.values(one)
  row.phone_number = digits(one.to)
  return row
end

local function submit(batch, body)
  local recipients = {}
  for i, one in ipairs(batch) do recipients[i] = recipient_of(one) end
  local first = batch[1]
  local args = { recipients = recipients, sender = sender_of(first.from), message_body = body }
  args.name = first.reference
  if first.at then args.send_date = dates.iso(first.at) end
  return "broadcasts:submit", args
end

-- Why a message can't be sent as a broadcast, or nil.
local function no_broadcast(one)
  if one.reference and not one.own_reference or one.callback then
    return "'at', a list in 'to' and tokens of the provider can't be combined with 'reference' or 'callback': a broadcast reports neither"
  end
  return tokens.problem(one)
end

local function plan_broadcast(one)
  local numbers, batch = type(one.to) == "table" and one.to or { one.to }, {}
  local problem = no_broadcast(one)
  if problem then return nil, problem end
  for i, number in ipairs(numbers) do
    batch[i] = { to = number, from = one.from, at = one.at, reference = one.reference }
  end
  return submit(batch, one.text)
end

--- Returns the call for a message.
---@param one table
---@return string? operation
---@return table|string args_or_problem
function message.plan(one)
  local is_template = one.filled ~= nil -- nothing else can hold tokens
  local problem = is_template and tokens.mistaken(one)
  if problem then return nil, problem end
  if one.at or type(one.to) == "table" or is_template and tokens.used(one) then return plan_broadcast(one) end
  local from = one.from
  if byte(from) == PLUS then from = sender_of(from) end
  return "messages:send", { to = sub(one.to, 2), from = from, text = one.text, client_ref = one.reference, callback = one.callback }
end

local function broadcast_receipt(result, size)
  local ids = result[1] or result
  local id = ids.broadcastID or ids.broadcastId
  return { id = id and tostring(id), broadcast_id = id, recipients = size }
end

--- The receipt of a single call.
---@param result table
---@param one table
---@return table
function message.receipt(result, one)
  if result.message_id then return { id = result.message_id } end
  return broadcast_receipt(result, type(one.to) == "table" and #one.to or 1)
end

--- A broadcast has one name for all its recipients: the reference by which it can be found.
message.shared_reference = true

--- A key that must be unique in a broadcast: the provider's recipient list drops a repeated number, and with it the message.
---@param one table
---@return string
function message.bulk_unique(one)
  return digits(one.to)
end

--- Messages with the same key may share a broadcast; a message without a key is sent alone.
---@param one table
---@return string?
function message.bulk_key(one)
  if type(one.to) ~= "string" or one.reference or one.callback then return nil end
  if tokens.mistaken(one) then return nil end -- will be refused; must not affect the others
  local body = tokens.shared_body(one)
  return body and table.concat({ one.from, tostring(one.at or ""), body }, "\0")
end

--- Returns the call for several messages.
---@param batch table[]
---@return string operation
---@return table args
function message.bulk(batch)
  return submit(batch, tokens.shared_body(batch[1]))
end

--- The receipts of a submitted broadcast: one id for all.
---@param result table
---@param batch table[]
---@return table[]
function message.bulk_receipts(result, batch)
  local out = {}
  for i in ipairs(batch) do out[i] = broadcast_receipt(result, #batch) end
  return out
end

-- Counts of a delivery report, over all segments.
local function sum(report)
  local total = {}
  for _, segment in ipairs(report) do
    for name, count in pairs(segment) do
      if name ~= "broadcast_id" and math.type(count) == "integer" then total[name] = (total[name] or 0) + count end
    end
  end
  return total
end

local FINAL = { delivered = "delivered", undelivered = "undelivered", rejected = "rejected", expired = "expired", failed = "undelivered" }

-- A broadcast to one recipient has that recipient's state; a larger one has a state only if all recipients share it.
local function state_of(counts, recipients)
  local ended, state = 0, nil
  for name, known in pairs(FINAL) do
    local count = counts[name] or 0
    if count > 0 then
      ended = ended + count
      state = (state == nil or state == known) and known or "unknown"
    end
  end
  if ended == 0 then return (counts.sent or 0) > 0 and "sent" or "accepted", false end
  return ended >= recipients and state or "unknown", ended >= recipients
end

--- Most messages are fast singles, which can't be looked up.
message.status_of = "broadcasts"

--- Returns the call that looks a receipt up: broadcasts have a report, fast singles only a callback.
---@param receipt table
---@return table? plan
---@return string? why
---@return string? field  of the receipt that is at fault
function message.status(receipt)
  if not receipt.broadcast_id then return nil, "unsupported: MessageWhiz reports fast singles to their callback only" end
  local recipients = receipt.recipients == nil and 1 or receipt.recipients
  if math.type(recipients) ~= "integer" then return nil, "the receipt's 'recipients' is not a whole number", "recipients" end
  return {
    op = "delivery_reports:get", args = { bid = receipt.broadcast_id },
    read = function(report)
      local counts = sum(report)
      local state, final = state_of(counts, recipients)
      return { status = state, final = final, provider_status = counts }
    end,
  }
end

--- How `reconcile` reads the broadcasts, newest first; fast singles have no history. A broadcast is found by its name. Each page
--- begins with the last broadcast of the previous one; the provider reports no totals. Source: "Get Broadcasts List".
message.history = { op = "broadcasts:list", size = 100, in_order = true, overlaps = true }

--- The arguments for a page.
---@param _ integer      number of the page
---@param read integer   number of broadcasts read before
---@return table
function message.history.page(_, read)
  return { limit = message.history.size, start = math.max(0, read - 1) }
end

--- The arguments that list only one row's broadcast; nil for a name that the filter does not support.
---@param row table
---@return table?
function message.history.filter(row)
  if row.reference:find("[,=]") then return nil end
  return { filter = "name=" .. row.reference, limit = message.history.size }
end

--- Whether an entry matches the filter; if not, the provider ignored the filter.
---@param row table
---@param entry table
---@return boolean
function message.history.matches(row, entry)
  return type(entry.reference) == "string" and core.lower(entry.reference):find(core.lower(row.reference), 1, true) ~= nil
end

--- An entry as `sms.reconcile.history` compares it.
---@param found table  messagewhiz.Broadcast
---@return table
function message.history.entry(found)
  local id, created = found.id, found.create_date
  return {
    id = id and tostring(id), broadcast_id = id, reference = found.name, text = found.message_body,
    time = type(created) == "string" and dates.from_iso(created) or nil,
  }
end

--- The list has no totals.
function message.history.totals()
  return nil
end

--- Why a row can't be looked up, or nil.
---@param row table
---@return string?
function message.history.obstacle(row)
  if not (row.broadcast or row.at or type(row.to) == "table") then
    return "MessageWhiz keeps no history of fast singles; use their callbacks"
  end
  if not row.reference then return "the row has no reference to look for" end
end

return message
