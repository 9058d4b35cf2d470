-- SPDX-License-Identifier: MIT
-- Voice messages of the sandboxed ZoomConnect. A call takes as long as a text's delivery and costs nothing: no price is documented.

local json = require "sms.json"
local fields = require "sms.sandbox.zoomconnect.fields"
local messages = require "sms.sandbox.zoomconnect.messages"
local reports = require "sms.sandbox.zoomconnect.reports"
local fail = fields.fail

local voice = {}
local handlers = {}
voice.handlers = handlers

--- Maximum number of attempts, from the provider's voice page.
voice.MAX_TRIES = 4

local function show(message)
  return {
    voiceMessageId = message.id, toNumber = message.to, message = message.text or json.null, messageStatus = message.status,
    language = message.language or json.null, audioFileUrl = message.audio or json.null, campaign = message.campaign or json.null,
    userDataField = message.data_field or json.null, dateTimeSent = fields.shown_time(message.sent), deleted = message.deleted,
    links = json.array {},
  }
end

local function check_retries(given)
  local count, least = fields.integer(given, "retryCount", 1), fields.integer(given, "retryMinimumInterval", 1)
  local most = fields.integer(given, "retryMaximumInterval", 1)
  if (count == nil) ~= (least == nil) or (count == nil) ~= (most == nil) then
    fail(400, "retryCount, retryMinimumInterval and retryMaximumInterval go together")
  end
  if count and count > voice.MAX_TRIES then fail(400, "retryCount must not be greater than " .. voice.MAX_TRIES) end
  if count and least > most then fail(400, "retryMinimumInterval is greater than retryMaximumInterval") end
end

-- The call ends in the state that a text to the same number would reach.
local function finish(self, message)
  local outcome = self.state.endings[message.to:sub(-4)] or "delivered"
  if outcome == "sent" or message.deleted then return end
  message.status = outcome == "delivered" and "DELIVERED" or outcome == "rejected" and "FAILED_OPTOUT" or "FAILED"
  reports.voice(self, message)
end

local function place_call(self, given, message)
  message.to = fields.number(given.recipientNumber) or fail(400, fields.WORDS[fields.BAD_NUMBER], fields.BAD_NUMBER)
  check_retries(given)
  message.campaign, message.data_field = fields.text(given, "campaign"), fields.text(given, "dataField")
  message.status, message.sent, message.deleted = "SENT", self.state:now(), false
  self.store:add("voices", message)
  self.state:at(message.sent + self.state.final_after, function() finish(self, message) end)
  return { voiceMessageId = message.id, error = json.null }
end

-- By the first bytes: RIFF/WAVE, an ID3 tag, or an MPEG frame.
local function is_audio(data)
  return data:sub(1, 4) == "RIFF" and data:sub(9, 12) == "WAVE" or data:sub(1, 3) == "ID3" or data:find("^\255[\224-\255]") ~= nil
end

handlers["voice.send_audio"] = function(self, call)
  local file
  for _, part in ipairs(call.request.parts or {}) do
    if part.name == "file" then file = part end
  end
  if not file then fail(400, "file is required: this operation takes multipart/form-data") end
  if not is_audio(file.data) then fail(400, "file is neither MP3 nor WAV") end
  return place_call(self, call.query, { audio = "https://audio.example.org/" .. self.state.random:hex(12) })
end

handlers["voice.send_text"] = function(self, call)
  local body = fields.body(call.request)
  local text = fields.text(body, "message")
  if not text or not text:find("%S") then fail(400, fields.WORDS[fields.NO_TEXT], fields.NO_TEXT) end
  return place_call(self, body, { text = text, language = fields.text(body, "language") })
end

local function passes(message, filter, query)
  if filter.status and message.status ~= filter.status then return false end
  if filter.deleted ~= nil and message.deleted ~= filter.deleted then return false end
  if query.toNumber and fields.number(query.toNumber) ~= message.to then return false end
  if query.message and not (message.text or ""):lower():find(query.message:lower(), 1, true) then return false end
  if query.campaign and message.campaign ~= query.campaign then return false end
  if query.dataField and message.data_field ~= query.dataField then return false end
  return message.sent >= (filter.from or 0) and message.sent < (filter.to and filter.to + 86400 or math.huge)
end

handlers["voice.list"] = function(self, call)
  local query, found, order = call.query, {}, self.store.voices.order
  local filter = {
    status = fields.word(query, "status", messages.STATES), deleted = fields.flag(query, "deleted"),
    from = fields.day(query, "fromDateTimeSent"), to = fields.day(query, "toDateTimeSent"),
  }
  for i = #order, 1, -1 do
    if passes(order[i], filter, query) then found[#found + 1] = order[i] end
  end
  local page, response = fields.page(query, found, 100)
  response.messages = json.array {}
  for i, message in ipairs(page) do response.messages[i] = show(message) end
  return response
end

handlers["voice.get"] = function(self, call)
  return show(self.store:find("voices", call.path.id))
end

handlers["voice.delete"] = function(self, call)
  self.store:find("voices", call.path.id).deleted = true
  return nil, 204
end

return voice
