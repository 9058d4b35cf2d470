-- SPDX-License-Identifier: MIT
-- Webhook events: each is recorded once and joined with its row by our reference or the provider's id, or parked until the row has that id.

local core = require "sms.core"
local json = require "sms.json"
local optout = require "sms.outbox.optout"
local store = require "sms.outbox.store"
local summary = require "sms.message.summary"
local tasks = require "sms.task"

local reports = {}

--- Ranks of the delivery states: a state never goes back to one of a lower rank.
---@type table<string, integer>
reports.RANKS = { queued = 1, accepted = 2, sent = 3, unknown = 3, undelivered = 4, expired = 4, rejected = 4, delivered = 5 }

-- The last second of the year 9999.
local LAST = 253402300799

local INSERT = [[insert into sms.event (key, at, provider, provider_id, reference, kind, status, body)
  values (?, :at(?), ?, ?, ?, ?, ?, :json(?)) on conflict (key) do nothing]]

local BY_ID = [[select cast(id as text), case when ltrim(recipient, '+') = ? then 1 else 0 end,
    case when call_reference is null then 0 else 1 end
  from sms.message where provider_id = ? and provider = ? order by 2 desc, message.id desc limit 2]]

local BY_CALL = [[select cast(id as text) from sms.message where call_reference = ? and ltrim(recipient, '+') = ?
  order by message.id desc limit 1]]

-- The row with the provider's id. If several rows of a call have it, the one with the event's number, or none.
local function by_id(db, event, to)
  local found = db:all(BY_ID, to, event.id, event.provider)
  local row = found[1]
  if not row or found[2] and row[3] == 1 and (row[2] == 0 or to == "") then return nil end
  return math.tointeger(tonumber(row[1]))
end

-- The row that an event concerns: by our reference, else by the provider's id, else by the reference of a call that rows shared. Of
-- several rows it is the one of the event's number.
local function row_of(db, event)
  local to = tostring(event.to or ""):gsub("^%+", "")
  if event.reference then
    local id = db:integer("select cast(id as text) from sms.message where reference = ?", event.reference)
    if id then return id end
  end
  local id = event.id and by_id(db, event, to)
  return id or event.reference and db:integer(BY_CALL, event.reference, to) or nil
end

local function text_of(value)
  if type(value) ~= "string" and not math.type(value) then return nil end
  return (tostring(value):gsub("%z", "?"))
end

-- When an event happened, in milliseconds; now if it has no time.
local function moment_of(time)
  if math.type(time) and time >= 0 and time <= LAST then return math.floor(time * 1000) end
  return store.wall()
end

-- Maximum number of parts (TS 23.040 section 9.2.3.24.1).
local MAX_PARTS = 255

-- MessageWhiz does not document whether a delivered part also counts as sent: the larger of the two counts is used.
local ENDED = { "delivered_count", "undelivered_count", "rejected_count", "expired_count" }

local function count_of(value)
  return math.tointeger(tonumber(value)) or 0
end

-- The number of parts in a report, in all their states.
local function parts_of(event)
  local count = 0
  if type(event.parts) == "table" then
    count = #event.parts
  elseif type(event.pduDLR) == "table" then
    for _, name in ipairs(ENDED) do count = count + count_of(event.pduDLR[name]) end
    count = math.max(count, count_of(event.pduDLR.sent_count))
  end
  return count > 0 and count <= MAX_PARTS and count or nil
end

-- A price, given as a number or as text.
local function price_of(event)
  local price = tonumber(event.price)
  return price and price >= 0 and price < 1e6 and price or nil
end

-- An event may contain any text; text that a database can't store is left out.
local function body_of(event, rank)
  local body = { rank = rank, parts = parts_of(event), price = price_of(event),
    from = text_of(event.from), to = text_of(event.to), text = text_of(event.text),
    provider_status = text_of(event.provider_status),
    final = event.final and true or nil, replied_to = text_of(event.replied_to) }
  local text = json.encode(body)
  return text or json.encode { rank = rank }
end

local function take(db, event)
  local rank = reports.RANKS[event.status] or 0
  local happened = moment_of(event.time)
  local own = { provider = event.provider, id = text_of(event.id), reference = text_of(event.reference), status = text_of(event.status),
    to = text_of(event.to), rank = rank, happened = happened, parts = parts_of(event), price = price_of(event) }
  if db:run(INSERT, text_of(event.key), happened, own.provider, own.id, own.reference, event.type, own.status, body_of(event,
    rank)) == 0 then
    return "repeat"
  end
  if event.type == "inbound" then optout.hear(db, event, happened) end
  local id = row_of(db, own)
  if not id then return "parked" end
  db:run("update sms.event set message_id = ? where key = ?", id, text_of(event.key))
  if event.type == "delivery" and own.status then db.engine.join(db, id, own) end
  return "joined", id
end

--- Records an event of `client:webhook`, or a list of them. Safe to repeat.
---@param db table
---@param event table
---@return "joined"|"parked"|"repeat" what
---@return integer? id  of the row
function reports.take(db, event)
  return db:again(take, db, event)
end

-- Intermediate statuses: any later status implies them.
local PASSED = { queued = true, sent = true }

-- Whether a row has reached a state or delivery status, or passed it.
local function has_come(row, wanted)
  local status = row[2]
  return row[1] == wanted or status == wanted
    or PASSED[wanted] and status ~= nil and (reports.RANKS[status] or 0) > reports.RANKS[wanted] and status ~= "unknown"
end

local SETTLED = { accepted = true, not_sent = true, unknown = true, cancelled = true }

--- The names that `wait` accepts: states of a row and delivery statuses.
---@type table<string, true>
reports.AWAITED = { ready = true, sending = true }
for name in pairs(SETTLED) do reports.AWAITED[name] = true end
for name in pairs(reports.RANKS) do reports.AWAITED[name] = true end

--- Waits until a row has a state (`accepted`, `not_sent`, …) or a delivery status (`delivered`, …). Other tasks continue inside `sms.run`.
---@param reference string
---@param wanted string?  none: until it has been settled
---@param seconds number
---@return string? state
---@return string? status  or nil and nil when the time is over
function reports.wait(db, reference, wanted, seconds)
  local ends = core.now() + seconds
  while true do
    local row = db:again(function() return db:one("select state, status from sms.message where reference = ?", reference) end)
    if not row then
      store.fail(("there is no row with the reference '%s'"):format(reference), { kind = "not_found", field = "reference" })
    end
    if wanted and has_come(row, wanted) or not wanted and SETTLED[row[1]] then return row[1], row[2] end
    if core.now() >= ends then return nil end
    tasks.pause(math.min(0.1, math.max(0, ends - core.now())))
  end
end

local Reply = summary.class "reply"

local INBOX = [[select key, provider, :ms(at), cast(message_id as text), cast(body as text) from sms.event where kind = 'inbound'
  order by event.at, event.key limit 500 offset ?]]

-- Providers write a number with or without its plus.
local function digits_of(number) return (tostring(number):gsub("^%+", "", 1)) end

--- Iterates over received replies, oldest first.
---@return fun(): table?  `{ key, provider, time, from, to, text, row }`
function reports.inbox(db, number)
  local rows, at, offset = {}, 0, 0
  return function()
    while true do
      at = at + 1
      if not rows[at] then
        rows, at = db:again(function() return db:all(INBOX, offset) end), 1
        offset = offset + #rows
        if not rows[1] then return nil end
      end
      local row = rows[at]
      local body = json.decode(row[5] or "{}") or {}
      if not number or digits_of(body.from) == digits_of(number) then
        return setmetatable({
          key = row[1], provider = row[2], time = math.tointeger(tonumber(row[3])) // 1000, from = body.from, to = body.to,
          text = body.text, row = math.tointeger(tonumber(row[4])),
        }, Reply)
      end
    end
  end
end

return reports
