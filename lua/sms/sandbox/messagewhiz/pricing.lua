-- SPDX-License-Identifier: MIT
-- Estimated parts and prices of texts before they are sent.

local parts = require "sms.sandbox.parts"
local tokens = require "sms.sandbox.messagewhiz.tokens"

local pricing = {}

--- Price of one part to any number, from the documents' example.
pricing.RATE = 3.36

--- Price of a number of parts, in cents.
function pricing.of(count)
  return math.floor(count * pricing.RATE * 100 + 0.5) / 100
end

--- Options of `tokens.expand` for a text that is not sent: short URLs of the right length without a target.
function pricing.preview(account, base, recipient, index)
  local function nowhere() return base .. "/l/xxxxxx" end
  return { account = account, recipient = recipient, index = index, shorten = nowhere, unsubscribe = nowhere, code = "0000" }
end

--- Figures for sending texts, in turn, to recipients.
---@param texts string[]
---@param recipients table[]
---@return { messages: integer, parts: integer, sum: number }
function pricing.figure(account, base, texts, recipients)
  local count, known = 0, {}
  for i, recipient in ipairs(recipients) do
    local text = texts[(i - 1) % #texts + 1]
    if not known[text] then
      local expanded = tokens.expand(text, pricing.preview(account, base, recipient, i))
      local needed = #parts.split(expanded).parts
      if expanded == text then known[text] = needed end
      count = count + needed
    else
      count = count + known[text]
    end
  end
  return { messages = #recipients, parts = count, sum = pricing.of(count) }
end

return pricing
