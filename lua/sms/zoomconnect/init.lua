-- SPDX-License-Identifier: MIT
-- Adapter of ZoomConnect's REST API v1 (also sold as SMS Messenger, on another host): base URL, three kinds of authentication,
-- webhooks. The operations are facts in the other files of this folder; responses are read in `responses.lua`.

local responses = require "sms.zoomconnect.responses"
local callbacks = require "sms.zoomconnect.callbacks"
local voice_check = require "sms.zoomconnect.voice_check"

local adapter = {
  name = "zoomconnect",
  title = "ZoomConnect",
  base_url = "https://www.zoomconnect.com/app",
  resources = { "account", "sms", "contacts", "groups", "messages", "templates", "voice" },
  types = require "sms.zoomconnect.types",
  options = {
    email = "string?", token = "string?", auth = "'headers'|'basic'|'query'?", suffix = "'.json'?", url_token = "string?",
    utc_offset = "integer?",
  },
  -- Without it the response is XML, even to a JSON request.
  headers = { Accept = "application/json" },
  message = require "sms.zoomconnect.message",
  decode = responses.decode,
  undecodable = responses.undecodable,
  credentials = "'email' and 'token'",
  hooks = { voice = voice_check.check },
  methods = {},
}

--- Checks of options beyond their types.
---@param options table
---@param problems string[]
function adapter.check_options(options, problems)
  local offset = options.utc_offset
  if math.type(offset) == "integer" and (offset < -720 or offset > 840) then
    problems[#problems + 1] = "option 'utc_offset' must be minutes east of UTC, -720 to 840"
  end
  if not options.url_token or options.email or options.token then
    for _, name in ipairs { "email", "token" } do
      if options[name] == nil then problems[#problems + 1] = ("option '%s' (string) is missing"):format(name) end
    end
  end
  for _, name in ipairs { "email", "token", "url_token" } do
    local value = options[name]
    if value == "" then problems[#problems + 1] = ("option '%s' is empty"):format(name) end
    if type(value) == "string" and value:find("[\0-\31\127]") then
      problems[#problems + 1] = ("option '%s' contains a control character"):format(name)
    end
  end
end

local signing = {}

function signing.headers(email, token)
  return { { scheme = "header", name = "email", value = email }, { scheme = "header", name = "token", value = token } }
end

function signing.basic(email, token)
  return { { scheme = "basic", user = email, value = token } }
end

function signing.query(email, token)
  return { { scheme = "query", name = "email", value = email }, { scheme = "query", name = "token", value = token } }
end

--- Authentication by the headers `email` and `token`, by HTTP Basic, or in the query, which the provider recommends for tests only.
--- `none` is for the call with the URL sending token in its path; a client with that token alone can make only this call.
---@param options table  `email`, `token`, `auth?`
---@return table<string, table|false> lists for `core.auth`, by the names that facts use
--- Source: "Authentication".
function adapter.auth(options)
  local sign = signing[options.auth] or signing.headers
  return { default = options.email and sign(options.email, options.token), none = false }
end

--- Secrets other than the credentials of `auth`.
---@param options table
---@return string[]
function adapter.secrets(options)
  return { options.url_token }
end

--- Appends the client's `suffix`, by which some installations choose JSON, to the paths of the API.
---@param path string
---@param options table
---@return string
function adapter.path(path, options)
  local suffix = options.suffix
  if not suffix or path:sub(-#suffix) == suffix or path:sub(1, 5) ~= "/api/" then return path end
  return path .. suffix
end

--- Returns the events of a webhook request; see `callbacks.lua`.
---@param payload any
---@param _ table         the request
---@param options? table  the client's: dates are read by its `utc_offset`
---@return table[]? events
---@return string? message
function adapter.webhook(payload, _, options)
  return callbacks.events(payload, options and options.utc_offset)
end

--- The response to a webhook. None is documented: 200 for accepted, 500 to request a retry, if the provider makes one.
---@param ok boolean
---@return { status: integer, headers: table<string, string>, body: string }
function adapter.webhook_answer(ok)
  return { status = ok and 200 or 500, headers = { ["content-type"] = "text/plain" }, body = "" }
end

return adapter
