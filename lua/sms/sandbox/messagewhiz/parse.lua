-- SPDX-License-Identifier: MIT
-- Parses fields common to the sending operations of the sandboxed MessageWhiz: texts, senders, recipients, times.

local dates = require "sms.sandbox.messagewhiz.dates"
local fields = require "sms.sandbox.messagewhiz.fields"
local tokens = require "sms.sandbox.messagewhiz.tokens"
local fail = fields.fail

local read = {}

--- The campaign, which must exist and be active.
function read.campaign(account, body)
  return account.store:active("campaigns", fields.integer(body, "campaign_id", { required = true }), "campaign_id")
end

local function from_templates(account, body, options)
  local out = {}
  if options.template and body[options.template] ~= nil then
    local id = fields.integer(body, options.template)
    out[1] = account.store:active("templates", id, options.template).body
  elseif options.templates then
    for i, id in ipairs(fields.ids(body, options.templates)) do
      out[i] = account.store:active("templates", id, options.templates).body
    end
  end
  return out
end

--- Texts to send: those of the templates when given, else message_body. Links and spinners they name must exist.
---@param options { template?: string, templates?: string }  the fields that may name templates
---@return string[]
function read.texts(account, body, options)
  local texts = from_templates(account, body, options)
  if #texts == 0 then texts[1] = fields.text(body, "message_body", { required = true }) end
  for _, text in ipairs(texts) do tokens.check(account, text, "message_body") end
  return texts
end

--- Names of the candidate senders: from sender_ids and the lists in sender_list_ids.
---@param options { required?: boolean, either?: boolean }  `required`: sender_ids; `either`: one of the two
---@return string[]
function read.senders(account, body, options)
  local ids = fields.ids(body, "sender_ids", { required = options.required })
  local list_ids = fields.ids(body, "sender_list_ids")
  if options.either and #ids + #list_ids == 0 then fail(400, "sender_ids is required") end
  local names = {}
  for _, id in ipairs(ids) do names[#names + 1] = account.store:active("senders", id, "sender_ids").name end
  for _, id in ipairs(list_ids) do
    for _, sender in ipairs(account.store:active("sender_lists", id, "sender_list_ids").items) do
      if sender.enabled then names[#names + 1] = sender.name end
    end
  end
  if #names == 0 then fail(400, "sender_list_ids: the lists have no active sender") end
  return names
end

--- The one sender of a message: `sender` is a name, `sender_id` the id of one; exactly one of them.
function read.one_sender(account, body)
  local name = fields.text(body, "sender")
  local id = fields.integer(body, "sender_id")
  if name and id then fail(400, "give sender or sender_id, not both") end
  if id then return account.store:active("senders", id, "sender_id").name end
  if not name or name == "" then fail(400, "sender or sender_id is required") end
  return name
end

--- Recipients of the lists in recipient_list_ids; a number that is in two lists counts once.
function read.recipients(account, body, options)
  local out, seen = {}, {}
  for _, id in ipairs(fields.ids(body, "recipient_list_ids", options)) do
    for _, row in ipairs(account.store:active("recipient_lists", id, "recipient_list_ids").members.rows) do
      if not seen[row.phone_number] then
        seen[row.phone_number] = true
        out[#out + 1] = row
      end
    end
  end
  return out
end

--- The unsubscribe lists named; their numbers are looked up when messages leave.
function read.unsubscribed(account, body)
  local out = {}
  for i, id in ipairs(fields.ids(body, "unsubscriber_list_ids")) do
    out[i] = account.store:find("unsubscribe_lists", id, "unsubscriber_list_ids")
  end
  return out
end

--- Time to send. A date with a zone is used as given; one without is local to utc_offset.
---@return { at: number?, trigger: table?, delay: number, utc_offset: integer }  `delay` in seconds after the trigger
function read.plan(account, body)
  local plan = { utc_offset = fields.integer(body, "utc_offset", { min = -720, max = 720 }) or 0 }
  local date = fields.text(body, "send_date")
  if date then
    plan.at = dates.from_iso(date, plan.utc_offset) or fail(400, "send_date must be a date in ISO 8601")
  end
  if body.trigger_id ~= nil then
    plan.trigger = account.store:active("triggers", fields.integer(body, "trigger_id"), "trigger_id")
  end
  local minutes = fields.integer(body, "delay", { min = 0 })
  if minutes and not plan.trigger then fail(400, "delay counts from a trigger: trigger_id is required") end
  plan.delay = (minutes or 0) * 60
  return plan
end

--- The recipient cap: an integer above 2, or nil for "no limit". The first field given counts; one is required.
---@param names string[]  spellings
function read.cap(body, names)
  for _, name in ipairs(names) do
    if body[name] == "no limit" then return nil end
    if body[name] ~= nil then return fields.integer(body, name, { min = 3 }) end
  end
  return fail(400, "%s is required", names[1])
end

return read
