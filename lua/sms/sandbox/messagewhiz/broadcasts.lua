-- SPDX-License-Identifier: MIT
-- The operations that make broadcasts and segments in the sandboxed MessageWhiz, and the estimate.

local json = require "sms.json"
local random = require "sms.sandbox.random"
local dates = require "sms.sandbox.messagewhiz.dates"
local fields = require "sms.sandbox.messagewhiz.fields"
local members = require "sms.sandbox.messagewhiz.members"
local pricing = require "sms.sandbox.messagewhiz.pricing"
local read = require "sms.sandbox.messagewhiz.parse"
local sending = require "sms.sandbox.messagewhiz.sending"
local tokens = require "sms.sandbox.messagewhiz.tokens"
local fail = fields.fail

local broadcasts = {}

-- A broadcast to one number; "custom_parameter" comes back in the response when it was given.
local function single(account, call, more)
  local phone = fields.recipient(call.body, "recipient")
  local broadcast = sending.open(account, {
    name = fields.text(call.body, "name") or phone, type = 10, pool = { { phone_number = phone } },
    unsubscribed = read.unsubscribed(account, call.body), texts = more.texts, base = call.base, plan = more.plan,
    custom_parameter = more.custom_parameter,
  })
  local segment = { texts = more.texts, senders = more.senders, verbatim = more.verbatim, otp = more.otp }
  return broadcast, sending.add_segment(account, broadcast, segment, more.plan)
end

local function response(broadcast, segment)
  return { broadcastID = broadcast.id, segmentID = segment.id, custom_parameter = broadcast.custom_parameter }
end

broadcasts["broadcasts.send_single"] = function(account, call)
  read.campaign(account, call.body)
  return response(single(account, call, {
    texts = read.texts(account, call.body, { template = "template_id" }),
    senders = { account.store:active("senders", fields.integer(call.body, "sender_id", { required = true }), "sender_id").name },
    plan = read.plan(account, call.body),
    custom_parameter = fields.text(call.body, "custom_parameter", { max = 40 }),
  }))
end

-- Spelt broadcastId and segmentId here, unlike in the related responses. The text is literal: no tokens.
broadcasts["broadcasts.tiny"] = function(account, call)
  local senders = { fields.text(call.body, "sender", { required = true }) }
  local texts = { fields.text(call.body, "message_body", { required = true }) }
  local broadcast, segment = single(account, call, { texts = texts, senders = senders, verbatim = true, plan = {} })
  return { broadcastId = broadcast.id, segmentId = segment.id }
end

-- Fields common to base and smart broadcasts.
local function to_lists(account, call, text_options)
  local body = call.body
  read.campaign(account, body)
  return {
    name = fields.text(body, "name", { required = true }),
    senders = read.senders(account, body, { required = true }),
    pool = read.recipients(account, body, { required = true }),
    texts = read.texts(account, body, text_options),
    unsubscribed = read.unsubscribed(account, body),
    plan = read.plan(account, body),
    custom_parameter = fields.text(body, "custom_parameter", { max = 40 }),
    base = call.base,
  }
end

broadcasts["broadcasts.send"] = function(account, call)
  local broadcast = to_lists(account, call, { template = "template_id" })
  broadcast.type = 11
  sending.open(account, broadcast)
  local segment = { texts = broadcast.texts, senders = broadcast.senders }
  return response(broadcast, sending.add_segment(account, broadcast, segment, broadcast.plan))
end

-- Fields of click-through broadcasts only.
local function read_ctr(account, body, broadcast)
  local text = fields.text(body, "exp_date", { required = true })
  broadcast.expires = dates.from_plain(text) or fail(400, "exp_date must look like 2021-09-25 13:55:58")
  if broadcast.expires <= account.state:now() then fail(400, "exp_date must be in the future") end
  broadcast.threshold = fields.integer(body, "conversion_threshold", { required = true, min = 0, max = 100 })
  broadcast.batch = {
    next_size = fields.integer(body, "next_segment_size", { required = true, min = 1 }),
    cap = read.cap(body, { "recipeint_cap", "recipient_cap" }),
    sent = 0,
  }
end

broadcasts["broadcasts.send_smart"] = function(account, call)
  local eb_type = fields.text(call.body, "eb_type", { required = true })
  if eb_type ~= "CTR" and eb_type ~= "manual" then fail(400, "eb_type must be CTR or manual") end
  local size = fields.integer(call.body, "first_segment_size", { required = true, min = 1 })
  local broadcast = to_lists(account, call, { template = "template_id", templates = eb_type == "manual" and "template_ids" or nil })
  broadcast.type, broadcast.eb_type = 12, eb_type
  if eb_type == "CTR" then
    read_ctr(account, call.body, broadcast)
    size = math.min(size, broadcast.batch.cap or size)
    account.state:at(broadcast.expires, function() broadcast.state = sending.STATE.finished end)
  end
  sending.open(account, broadcast)
  local segment = { texts = broadcast.texts, senders = broadcast.senders, size = size }
  return response(broadcast, sending.add_segment(account, broadcast, segment, broadcast.plan))
end

-- Recipients and a broadcast to them in one request. The list of recipients stays in the account under the broadcast's name.
broadcasts["broadcasts.submit"] = function(account, call)
  local body = call.body
  local given = fields.list(body, "recipients", { required = true })
  if #given == 0 then fail(400, "recipients must not be empty") end
  local list = members.new()
  for i, recipient in ipairs(given) do
    local row = {}
    for key, value in pairs(type(recipient) == "table" and recipient or {}) do
      if type(value) ~= "table" then row[key] = tostring(value) end
    end
    if list:add(row) == "wrong" then fail(400, "recipients[%d].phone_number must be a phone number in the international format", i) end
  end
  local sender = read.one_sender(account, body)
  local texts = read.texts(account, body, {})
  local plan = read.plan(account, body)
  local broadcast = sending.open(account, {
    name = fields.text(body, "name"), type = 11, pool = list.rows, unsubscribed = read.unsubscribed(account, body),
    texts = texts, base = call.base, plan = plan, custom_parameter = fields.text(body, "custom_parameter", { max = 40 }),
  })
  broadcast.name = broadcast.name or tostring(broadcast.id)
  account.store:add("recipient_lists", { name = broadcast.name, members = list })
  return json.array { response(broadcast, sending.add_segment(account, broadcast, { texts = texts, senders = { sender } }, plan)) }
end

-- Segments

-- A paused click-through broadcast starts a new batch; a manual one simply continues.
local function segment_size(body, broadcast)
  local size = fields.integer(body, "segment_size", { required = true, min = 1 })
  if broadcast.eb_type ~= "CTR" then return size end
  size = fields.integer(body, "first_segment_size", { required = true, min = 1 })
  broadcast.batch = {
    next_size = fields.integer(body, "next_segment_size", { required = true, min = 1 }),
    cap = read.cap(body, { "recipient_cap" }),
    sent = 0,
  }
  return math.min(size, broadcast.batch.cap or size)
end

local function show_segment(account, segment, plan, body)
  local count = segment.estimated_count
  local templates = fields.ids(body, "template_ids")
  return {
    real_price = 0, id = segment.id, broadcast_id = segment.broadcast.id, utc_offset = plan.utc_offset,
    message_body = body.message_body or json.null, template_id = templates[1] or json.null, batch_index = json.null,
    state = sending.STATE.new, recipient_count = count, estimated_count = count, estimated_price = segment.estimated_price,
    send_conditions_id = segment.id, enabled = true, created_at = dates.plain(account.state:now()),
    send_time = segment.send_time and dates.plain(segment.send_time) or json.null,
  }
end

broadcasts["segments.create"] = function(account, call)
  local body = call.body
  local broadcast = account.store:find("broadcasts", fields.integer(body, "broadcast_id", { required = true }), "broadcast_id")
  if broadcast.type ~= 12 then fail(400, "broadcast_id: broadcast %d is not a smart broadcast", broadcast.id) end
  local texts = read.texts(account, body, { templates = "template_ids" })
  local senders = read.senders(account, body, { either = true })
  local plan = read.plan(account, body)
  local now = fields.flag(body, "send_now", { required = not plan.at and not plan.trigger })
  if now then plan.at, plan.trigger = nil, nil end
  if now == false and not plan.at and not plan.trigger then fail(400, "send_now is false: send_date or trigger_id is required") end
  if broadcast.state ~= sending.STATE.paused then
    fail(400, "broadcast_id: broadcast %d is not paused; it has no recipients left or is not done with its last segment", broadcast.id)
  end
  local size = segment_size(body, broadcast)
  local segment = sending.add_segment(account, broadcast, { texts = texts, senders = senders, size = size }, plan)
  return show_segment(account, segment, plan, body)
end

-- Estimate

-- 128 hex digits that depend only on the request (FNV-1a, stretched).
local function hash(text)
  local value = 0xCBF29CE484222325
  for i = 1, #text do value = (value ~ text:byte(i)) * 0x100000001B3 end
  return random.new(value):hex(128)
end

local function audience_of(account, body)
  if body.recipient ~= nil then return { { phone_number = fields.recipient(body, "recipient") } } end
  return read.recipients(account, body, { required = true })
end

-- Sizes of the first segment, and of the batch up to the next pause.
local function first_sizes(body, total)
  local eb_type = fields.text(body, "eb_type")
  if eb_type and eb_type ~= "CTR" and eb_type ~= "manual" then fail(400, "eb_type must be CTR or manual") end
  local first = fields.integer(body, "first_segment_size", { min = 1 })
  local next_size = fields.integer(body, "next_segment_size", { min = 1 })
  if first and not eb_type then fail(400, "first_segment_size is available only when eb_type is specified") end
  if (next_size or body.recipient_cap) and eb_type ~= "CTR" then
    fail(400, "next_segment_size and recipient_cap are available only when eb_type is CTR")
  end
  local cap = body.recipient_cap ~= nil and read.cap(body, { "recipient_cap" }) or nil
  local segment = math.min(first or total, total)
  return segment, eb_type == "manual" and segment or math.min(cap or total, total)
end

broadcasts["broadcasts.estimate"] = function(account, call)
  local body = call.body
  local manual = body.eb_type == "manual"
  local texts = read.texts(account, body, { template = "template_id", templates = manual and "template_ids" or nil })
  local pool = { pool = audience_of(account, body), unsubscribed = read.unsubscribed(account, body), next = 1 }
  local audience = sending.remaining(pool)
  local segment, batch = first_sizes(body, #audience)
  local figure = pricing.figure(account, call.base, texts, audience)
  local rates, known, key = {}, json.array {}, { table.concat(texts, "\0") }
  for i, recipient in ipairs(audience) do
    local shown = {}
    for marker, value in pairs(recipient) do shown[marker] = value end
    shown.phone_number = math.tointeger(tonumber(recipient.phone_number))
    known[i] = json.array { shown.phone_number, shown }
    rates[recipient.phone_number] = { rate = pricing.RATE, mccMnc = 111222 }
    key[i + 1] = recipient.phone_number
  end
  local context = pricing.preview(account, call.base, audience[1] or {}, 1)
  return {
    messages = figure.messages, sum = figure.sum, parts = figure.parts, firstSegmentCount = segment,
    recipient_id_map = json.array {}, replacements = {}, recipient_meta_data_map = known, recipients = rates,
    messageExpanded = tokens.describe(texts[1], context), links = {}, warnings = json.array {},
    estimateHash = hash(table.concat(key, ",")),
    batchEstimation = pricing.figure(account, call.base, texts, table.move(audience, 1, batch, 1, {})),
  }
end

-- One-time passwords are under another root of the same API and have no envelope.

broadcasts["otp.send"] = function(account, call)
  local body = call.body
  if call.query.otp ~= "true" then fail(400, "otp=true is required in the query") end
  if fields.flag(body, "verification", { required = true }) ~= true then fail(400, "verification must be true") end
  read.campaign(account, body)
  local texts = read.texts(account, body, { template = "message_template_id" })
  if not texts[1]:find("{{%s*verification_code%s*}}") then
    fail(400, "message_body (or the template) must contain {{verification_code}}")
  end
  local plan = read.plan(account, body)
  local now = fields.flag(body, "is_now")
  if now then plan.at, plan.trigger = nil, nil end
  if now == false and not plan.at and not plan.trigger then fail(400, "is_now is false: send_date or trigger_id is required") end
  local senders = { read.one_sender(account, body) }
  local broadcast = single(account, call, { texts = texts, senders = senders, plan = plan, otp = true })
  return { id = broadcast.id }
end

-- A code is valid once, for a limited time, and only the newest one for a number.
broadcasts["otp.verify"] = function(account, call)
  local code = fields.integer(call.body, "verification_code", { required = true })
  local phone = fields.phone(call.path.phone_number) or fail(400, "phone_number must be a phone number in the international format")
  local kept = account.codes[phone]
  local valid = kept ~= nil and tostring(code) == kept.code and account.state:now() < kept.expires
  if valid then account.codes[phone] = nil end
  return { valid = valid }
end

return broadcasts
