-- SPDX-License-Identifier: MIT
-- `tostring` of receipts, rows, events and replies: one line for a log, without phone numbers or texts, secrets
-- masked, control and bidirectional characters escaped. Their metatables have no other field.

local masking = require "sms.masking"

local summary = {}

-- Error texts of providers may contain the number and the text.
local veil = masking.new { numbers = true, texts = true }

local MOST = 300 -- maximum bytes shown of a field

-- A field from the provider or caller, made safe for one line.
local function shown(value, mask)
  if type(value) ~= "string" and type(value) ~= "number" then return "a " .. type(value) end
  local text = mask(tostring(value))
  if #text > MOST then text = text:sub(1, MOST) .. "…" end
  return require "sms.text.terminal".line(text)
end

local function counted(n)
  return n == 1 and "1 segment" or n .. " segments"
end

-- The provider's id, else ours.
local function id_of(row, mask)
  local id = row.provider_id or row.id
  if id ~= nil then return "id " .. shown(id, mask) end
  if row.reference ~= nil then return "reference " .. shown(row.reference, mask) end
end

-- A row is a receipt if the message was accepted, otherwise it has an error.
local function of_row(row, mask)
  local outcome, segments = row.outcome or row.state, math.tointeger(row.segments)
  local out = { shown(outcome or "?", mask) }
  out[#out + 1] = id_of(row, mask)
  if row.status ~= nil and row.status ~= outcome then out[#out + 1] = "status " .. shown(row.status, mask) end
  if segments then out[#out + 1] = counted(segments) end
  if row.error ~= nil then
    out[#out + 1] = shown(tostring(veil:shown(row.error, { text = row.text })), mask)
  elseif row.reason ~= nil then
    out[#out + 1] = shown(row.reason, mask)
  end
  return table.concat(out, ", ")
end

local function of_event(event, mask)
  local out = { shown(event.type or "?", mask) }
  out[#out + 1] = id_of(event, mask)
  if event.status ~= nil then out[#out + 1] = "status " .. shown(event.status, mask) .. (event.final and " (final)" or "") end
  return table.concat(out, ", ")
end

-- A reply in an outbox, with the row to which it belongs.
local function of_reply(reply)
  return math.tointeger(reply.row) and "to row " .. reply.row or "to no row"
end

local words = { receipt = of_row, row = of_row, event = of_event, reply = of_reply }

local function unchanged(text) return text end

--- The metatable of receipts, rows, events or replies.
---@param kind "receipt"|"row"|"event"|"reply"
---@param mask? fun(text: string): string  hides secrets; nothing is hidden without it
---@return table metatable
function summary.class(kind, mask)
  local name, of = "sms." .. kind, words[kind]
  mask = mask or unchanged
  return {
    __name = name,
    __tostring = function(self)
      local provider = rawget(self, "provider")
      return ("%s: %s%s"):format(name, provider ~= nil and shown(provider, mask) .. " " or "", of(self, mask))
    end,
  }
end

return summary
