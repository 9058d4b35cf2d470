-- SPDX-License-Identifier: MIT
-- A made-up provider: every word of the fact grammar once, so that the engine is tested without any real provider.

local toy = {}

local things = {
  "Things.",
  create = {
    "POST /things", "Make a thing.", result = "toy.Thing",
    body = {
      name = "string", size = "toy.Size?", colour = "'red'|'green'?", tags = "string[]?", phone = "sms.Msisdn?", enabled = "sms.FlagText?",
      parts = "toy.Part[]?", ids = "sms.Ids?", ratio = "number?",
    },
  },
  update = { "PUT /things/{id}", "Change a thing.", result = "toy.Thing", body = { name = "string?" } },
  list = {
    "GET /things", "Things.", result = "toy.Thing[]", pages = "offset",
    query = { limit = "toy.Limit?", start = "integer?", filter = "string?" },
  },
  disable = { "DELETE /things/{id}", "Disable." },
  drop = { "DELETE /things/{id}/parts", "Drop a part.", query = { part_id = "sms.Id" }, wire = { part_id = "[id]" } },
  look = { "GET /things/{id}/look{/n}", "Look.", path = { n = "integer?" } },
  upload = {
    "POST /things/file", "Upload.", result = "toy.Thing",
    multipart = { doc = "sms.File", mapping = "toy.Mapping", name = "string?" }, query = { truncate = "boolean?" },
  },
  download = { "GET /things/{id}/download", "Download.", response = "text", result = "string" },
  shout = {
    "POST /shout?loud=true", "A send.", send = true,
    body = { text = "string", kind = "integer", to = "sms.NumericMsisdn?", a = "string?", b = "string?" },
    default = { kind = 10 }, contains = { text = "{{code}}" }, one_of = { { "a", "b" } }, result = "toy.Thing",
  },
  smart = {
    "POST /smart", "Rules.", body = { mode = "'x'|'y'", need = "integer?", only = "integer?", p = "string?", q = "string?" },
    required_if = { { "mode", "y", { "need" } } }, only_if = { { "mode", "y", { "only" } } }, any_of = { { "p", "q" } },
  },
  form = { "POST /form", "A form.", form = { a = "string", n = "integer?" }, auth = "inform" },
  whisper = { "POST /whisper", "Signed in the body.", body = { a = "string?" }, auth = "inbody" },
  open = { "GET /open", "Not signed.", auth = "none" },
}

local types = {
  aliases = {
    ["toy.Size"] = { "integer", "1 to 9.", min = 1, max = 9 },
    ["toy.Limit"] = { "integer", "At least 1.", min = 1 },
    ["toy.Mapping"] = { "table", "Columns.", as = "mapping", must = { "phone_number" } },
  },
  classes = {
    ["toy.Thing"] = { "A thing.", id = "string", name = "string", enabled = "boolean", phone = "sms.Msisdn?", parts = "toy.Part[]?" },
    ["toy.Part"] = { "A part.", name = "string", weight = "integer?", live = "boolean?" },
  },
}

toy.adapter = {
  name = "toy", title = "Toy", base_url = "http://127.0.0.1:9/toy", resources = { "things" }, types = types, options = { key = "string" },
  auth = function(options)
    return {
      default = { { scheme = "header", name = "X-Key", value = options.key } },
      inform = { { scheme = "form", name = "key", value = options.key } },
      inbody = { { scheme = "json", name = "key", value = options.key } },
      none = false,
    }
  end,
  decode = function(status, value)
    local body = type(value) == "table" and value or {}
    if status // 100 ~= 2 then return false, { message = body.error, code = body.code } end
    return true, value
  end,
  webhook = function(payload) return { { type = "unknown", raw = payload } } end,
  webhook_answer = function(ok) return { status = ok and 200 or 500, headers = {}, body = "" } end,
}

package.preload["sms.toy.things"] = function() return things end

--- A client of the toy provider.
---@param options table
function toy.client(options)
  local client = require "sms.client"
  toy.provider = toy.provider or client.bind(toy.adapter)
  local made = client.new(toy.provider, options, 2)
  return made
end

--- A client whose transport records each request in `seen` and answers with `answer` (a table, or a function of the request).
---@param response table|function
---@param options table?
---@return table client
---@return table[] seen
function toy.recorded(response, options)
  local seen = {}
  local settings = { key = "toy-secret-key" }
  for name, value in pairs(options or {}) do settings[name] = value end
  settings.transport = function(request)
    seen[#seen + 1] = request
    if type(response) == "function" then return response(request, #seen) end
    return response
  end
  return toy.client(settings), seen
end

return toy
