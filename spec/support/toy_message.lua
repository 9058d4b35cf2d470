-- SPDX-License-Identifier: MIT
-- A made-up provider for the message API: what it can do, how a message becomes a call of it, and how its responses are read.

local toy_message = {}

local texts = {
  "Texts.",
  send = {
    "POST /texts", "Send one.", send = true, result = "toymail.Sent",
    body = {
      to = "toymail.Digits[]", text = "string?", from = "string?", reference = "string?", priority = "integer?", category = "string?",
      files = "integer?", flash = "boolean?",
    },
  },
  send_bulk = {
    "POST /texts/bulk", "Send many.", send = true, result = "toymail.Row[]", body = { from = "string?", rows = "toymail.Item[]" },
  },
  get = { "GET /texts/{id}", "Look one up.", result = "toymail.Sent" },
  money = { "GET /money", "The balance.", result = "toymail.Money" },
}

local types = {
  aliases = {
    ["toymail.Digits"] = { "string", "Digits.", phone = true, patterns = { { "^%d+$", max = 13 } }, what = "13 digits at most" },
  },
  classes = {
    ["toymail.Sent"] = { "A sent one.", id = "string", parts = "integer?", state = "string?" },
    ["toymail.Item"] = { "One of many.", to = "toymail.Digits", text = "string" },
    ["toymail.Row"] = { "One row's answer.", id = "string?", problem = "string?" },
    ["toymail.Money"] = { "The balance.", amount = "number" },
  },
}

package.preload["sms.toymail.texts"] = function() return texts end

-- Numbers have no plus here.
local function digits(number)
  return (number:gsub("^%+", ""))
end

local function all_digits(numbers)
  local out = {}
  for i, number in ipairs(type(numbers) == "table" and numbers or { numbers }) do out[i] = digits(number) end
  return out
end

--- Most messages of one bulk call.
toy_message.BULK = 3

local function mapping()
  local out = {
    capabilities = {
      to = { max = 4 }, text = { max = 20, unit = "characters" }, from = true, reference = { max = 8, unit = "bytes" }, flash = true,
      priority = { min = 1, max = 3 }, category = { values = { "news", "alarm" } }, media = { max = 2, unit = "items" },
      max_segments = { min = 1 },
    },
    bulk_max = toy_message.BULK,
  }

  function out.plan(message)
    if message.text == "forbidden" then return nil, "this text can't be sent" end
    return "texts:send", {
      to = all_digits(message.to), text = message.text, from = message.from,
      reference = message.reference, priority = message.priority, category = message.category, flash = message.flash,
      files = message.media and #message.media or nil,
    }
  end

  function out.receipt(result) return { id = result.id, segments = result.parts } end

  function out.bulk_key(message)
    if message.reference or message.media or type(message.to) == "table" then return nil end
    return "from " .. tostring(message.from)
  end

  function out.bulk(messages)
    local rows = {}
    for i, message in ipairs(messages) do rows[i] = { to = digits(message.to), text = message.text } end
    return "texts:send_bulk", { from = messages[1].from, rows = rows }
  end

  function out.bulk_receipts(result)
    local receipts = {}
    for i, row in ipairs(result) do
      receipts[i] = row.id and { id = row.id } or { error = { kind = "rejected", name = "NO", message = row.problem } }
    end
    return receipts
  end

  function out.bulk_alone(err) return err.message == "bad row" end

  function out.status(receipt)
    if not receipt.id then return nil, "the receipt has no id" end
    return { op = "texts:get", args = { id = receipt.id }, read = function(result)
      return { status = result.state == "done" and "delivered" or "sent", final = result.state == "done", provider_status = result.state }
    end }
  end

  out.balance = { op = "texts:money", read = function(result) return result.amount end }
  return out
end

local function adapter(message)
  return {
    name = "toymail", title = "Toy mail", base_url = "http://127.0.0.1:9/toymail", resources = { "texts" }, types = types,
    options = { key = "string" }, message = message,
    auth = function(options) return { default = { { scheme = "header", name = "X-Key", value = options.key } } } end,
    decode = function(status, value)
      if status // 100 == 2 then return true, value end
      return false, { message = type(value) == "table" and value.error or nil }
    end,
    webhook = function(payload) return { { type = "unknown", raw = payload } } end,
    webhook_answer = function(ok) return { status = ok and 200 or 500, headers = {}, body = "" } end,
  }
end

--- A client whose transport notes each request in `seen` (with `json`, the decoded body) and answers with what `answer` says.
---@param response fun(request: table, count: integer): table|nil, table?  a response whose `body` is a table goes out as JSON
---@param change? fun(mapping: table)  changes what the provider can do
---@return table client
---@return table[] seen
function toy_message.recorded(response, change)
  local json, client = require "sms.json", require "sms.client"
  local message, seen = mapping(), {}
  if change then change(message) end
  local function transport(request)
    seen[#seen + 1] = request
    request.json = request.body and json.decode(request.body)
    local reply, trouble = response(request, #seen)
    if reply and type(reply.body) == "table" then reply.body = json.encode(reply.body) end
    return reply, trouble
  end
  local made = client.new(client.bind(adapter(message)), { key = "toy-key", transport = transport, retries = 0 }, 2)
  return made, seen
end

return toy_message
