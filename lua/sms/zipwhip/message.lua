-- SPDX-License-Identifier: MIT
-- How messages of `client:send` map to Zipwhip calls, and responses to receipts.

local core = require "sms.core"
local dates = require "sms.dates"
local limits = require "sms.zipwhip.limits"

local message = {}

--- Maximum recipients of one messages:send.
message.bulk_max = 50

message.capabilities = {
  to = { max = message.bulk_max },
  text = { max = limits.TEXT, unit = "bytes" },
  media = { max = limits.FILES, unit = "items" },
}

--- The capabilities with the client's options applied.
---@param capabilities table  a copy
---@param options table
---@return table capabilities
function message.adjust(capabilities, options)
  capabilities.text.max = options.max_text_bytes or capabilities.text.max
  capabilities.media.max = options.max_files or capabilities.media.max
  return capabilities
end

--- Message fields by argument name, where they differ.
message.fields = { contacts = "to", body = "text", files = "media" }

--- Digits without a country code are United States numbers, like the provider's lines ("10-digit US or E.164").
message.region = "US"

--- The provider's own addresses, such as `ptn:/2065550123`, are not changed.
---@param text string
---@return boolean
function message.is_address(text)
  return text:find("^[A-Za-z]+:/[^/]") ~= nil
end

-- A recipient in the provider's format: E.164, or ten digits if the caller wrote ten.
local function contact_of(number, written)
  local digits = number:match("^%+1(%d+)$")
  return digits and not written:find("+", 1, true) and written:gsub("%D", "") == digits and digits or number
end

-- The problem with the recipients of a message with files, or nil.
local function address_problem(given)
  for _, number in ipairs(type(given.to) == "table" and given.to or { given.to }) do
    if message.is_address(number) then return ("'to' must be a phone number: files can't be sent to '%s'"):format(number) end
  end
end

--- Returns the call for a message.
---@param given table
---@return string? operation
---@return table|string args_or_words
function message.plan(given)
  local many = type(given.to) == "table"
  local text = given.text ~= "" and given.text or nil -- optional with files
  if given.media then
    if many and #given.to > 1 then return nil, "'media' can be sent to one number per message; use send_many for several" end
    local problem = address_problem(given)
    if problem then return nil, problem end
    return "messages:send_media", { to = many and given.to[1] or given.to, body = text, files = given.media }
  end
  if not text then return nil, "'text' is empty" end
  if not many then return "messages:send", { contacts = contact_of(given.to, given.written), body = text } end
  local contacts = {}
  for i, number in ipairs(given.to) do contacts[i] = contact_of(number, given.written[i]) end
  return "messages:send", { contacts = contacts, body = text }
end

-- The ids of the messages in a response, one per recipient.
local function ids_of(result)
  local ids = {}
  for i, token in ipairs(type(result.tokens) == "table" and result.tokens or {}) do
    ids[i] = type(token) == "table" and token.message or false
  end
  return ids
end

local function mismatch(ids, recipients)
  return { error = {
    kind = "decode", outcome = "unknown", message = ("the response has %d tokens for %d recipients"):format(#ids, recipients),
  } }
end

--- Returns what identifies a message: its id, or for several recipients the common root and the `ids`.
---@param result table
---@param given table
---@return table receipt, or the fields of an error if the response does not cover all recipients
function message.receipt(result, given)
  local recipients = type(given.to) == "table" and #given.to or 1
  if result.tokens == nil and recipients == 1 then
    return { id = result.id or result.root, status = result.status == "queued" and "queued" or nil }
  end
  local ids = ids_of(result)
  if recipients == 1 then return { id = ids[1] or result.root } end
  if #ids ~= recipients then return mismatch(ids, recipients) end
  return { id = result.root, ids = ids }
end

--- Equal texts share a call; messages with media don't.
---@param given table
---@return string? key
function message.bulk_key(given)
  if given.media or type(given.to) == "table" then return nil end
  return given.text
end

--- Returns the call for messages that differ only in `to`.
---@param messages table[]
---@return string operation
---@return table args
function message.bulk(messages)
  local contacts = {}
  for i, given in ipairs(messages) do contacts[i] = contact_of(given.to, given.written) end
  return "messages:send", { contacts = contacts, body = messages[1].text }
end

--- The refusal of one recipient proves nothing for the others, so none of them may be sent again; the refusal of the whole
--- call applies to each.
---@return boolean
function message.bulk_alone()
  return false
end

-- The one code that names its number in `desc`.
local OPTED_OUT = -1234

--- Whether the refusal of a call names this recipient, which proves that nothing was sent to it.
---@param err sms.Error
---@param given table
---@return boolean
function message.bulk_refused(err, given)
  if err.code ~= OPTED_OUT or type(err.message) ~= "string" then return false end
  for number in err.message:gmatch("%+?%d+") do
    if number:gsub("%D", ""):sub(-10) == given.to:gsub("%D", ""):sub(-10) then return true end
  end
  return false
end

--- Tokens are in the order of the recipients. If their number differs, they can't be assigned.
---@param result any
---@param messages table[]
---@return table[] receipts in order
function message.bulk_receipts(result, messages)
  local ids, out = type(result) == "table" and ids_of(result) or {}, {}
  for i in ipairs(messages) do
    out[i] = #ids == #messages and ids[i] and { id = ids[i] } or mismatch(ids, #messages)
  end
  return out
end

-- The state in a message object: the code, or the older name if there is no code. 0 is a code.
local function state_of(found)
  local code = found.statusCode
  if code == nil then code = type(found.transmissionState) == "table" and found.transmissionState.name end
  local row = code and core.status("zipwhip", "delivery", code)
  return { status = row and row.state or "unknown", final = row and row.final or false, provider_status = code or nil }
end

--- Returns the call that looks a receipt up.
---@param receipt table
---@return table? plan
---@return string? words
---@return string? field  of the receipt that is at fault
function message.status(receipt)
  if receipt.ids then return nil, "the receipt covers several messages: look up each of its ids, as { id = … }", "ids" end
  if not receipt.id then return nil, "the receipt has no id", "id" end
  return { op = "messages:get", args = { id = receipt.id }, read = state_of }
end

local function count(value)
  return math.tointeger(tonumber(value))
end

local function moment(text)
  return type(text) == "string" and dates.from_iso(text) or nil
end

--- How `reconcile` reads the messages of the line, newest first. Messages have no reference here, and there is no filter.
--- Each page begins with the last message of the previous one. Source: "message" (public clients).
message.history = { op = "messages:list", size = 100, in_order = true, overlaps = true }

--- The arguments for a page.
---@param _ integer      number of the page
---@param read integer   number of messages read before
---@return table
function message.history.page(_, read)
  return { limit = message.history.size, start = math.max(0, read - 1) }
end

--- An entry as `sms.reconcile.history` compares it.
---@param found table  zipwhip.Message
---@return table
function message.history.entry(found)
  return {
    id = found.id, status = state_of(found).status, inbound = found.type == "MO",
    number = found.destAddress or found.mobileNumber or found.address, text = found.body, reference = false,
    time = moment(found.dateCreated), due = moment(found.scheduledDate),
  }
end

--- What a page reports about the whole list: `size` is the number of messages, `total` the number returned; more pages may be announced.
---@param page table
---@return integer?
---@return integer?
function message.history.totals(page)
  local size, total, pages = count(page.size), count(page.total), count(page.pages)
  return size and math.max(size, total or 0), pages
end

--- Why a row can't be looked up, or nil.
---@param row table  with `time`, the epoch seconds of the send
---@return string?
function message.history.obstacle(row)
  local to = row.to
  if type(to) == "table" and #to == 1 then to = to[1] end
  if type(to) ~= "string" or not row.text or not row.time then return "the row needs 'to' (one number), 'text' and 'time'" end
end

return message
