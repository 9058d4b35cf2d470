-- SPDX-License-Identifier: MIT
-- References to secrets: `token = sms.secret.env "SMS_TOKEN"` or `token = sms.secret.file "/run/secrets/token"`.
-- A client reads them once, when it is created, into memory of the C core that is wiped at the end; no Lua table keeps the text.

local core = require "sms.core"

local secret = {}

-- The target of each reference, hidden from code that inspects it with `next` or a serialiser.
local places = setmetatable({}, { __mode = "k" })

local Reference = {
  __name = "sms.secret",
  __metatable = false,
  __newindex = function() error("a reference to a secret can't be changed", 2) end,
}

function Reference:__tostring()
  return "sms.secret: " .. places[self].words
end

local function refer(read, from, words)
  local reference = setmetatable({}, Reference)
  places[reference] = { read = read, from = from, words = words }
  return reference
end

-- The message doesn't repeat a text that can't be a name: it may be the secret itself.
local function check_name(name, pattern, words)
  if type(name) ~= "string" then error(("%s, got a %s"):format(words, type(name)), 3) end
  if not name:find(pattern) then error(words .. ", got another string", 3) end
end

local function read_env(name)
  local text = os.getenv(name)
  if not text then return nil, "is not set" end
  return text
end

local function read_file(path)
  local text, why = core.secret_file(path)
  if not text then return nil, "can't be used: " .. why end
  return text
end

--- A reference to an environment variable. Its value also remains in the environment of the process.
---@param name string
---@return table reference  for a client's option
function secret.env(name)
  check_name(name, "^[A-Za-z_][A-Za-z0-9_]*$", "sms.secret.env takes the name of a variable: letters, digits and _")
  return refer(read_env, name, ("the environment variable '%s'"):format(name))
end

--- A reference to a file; its final line end is not part of the secret. A file to which group or others have access is refused.
---@param path string
---@return table reference  for a client's option
function secret.file(path)
  check_name(path, "^[^\0-\31\127]+$", "sms.secret.file takes the path of a file")
  return refer(read_file, path, ("the file '%s'"):format(path))
end

--- Whether a value is a secret reference.
---@param value any
---@return boolean
function secret.is(value)
  return places[value] ~= nil
end

--- The secret itself, read now.
---@param reference table
---@return string? text
---@return string? problem  names the variable or the file; never holds what was read
function secret.read(reference)
  local place = places[reference]
  if not place then error("sms.secret.read takes what sms.secret.env or sms.secret.file returned", 2) end
  local text, why = place.read(place.from)
  if text == "" then why = "is empty" end
  if text and text:find("[\0-\31\127]") then why = "contains more than one line, or a control character" end
  if why then return nil, place.words .. " " .. why end
  return text
end

--- Reads the references among a client's options.
---@param given any  options as the caller wrote them
---@return any texts  a copy with the texts in place of the references
---@return table<string, userdata> held  the secrets by option, in wiped memory, each a masker (`core.auth`)
---@return table<string, string> unread  what went wrong, by option
function secret.take(given)
  local texts, held, unread = {}, {}, {}
  if type(given) ~= "table" then return given, held, unread end
  for name, value in pairs(given) do
    if secret.is(value) then
      value, unread[name] = secret.read(value)
      held[name] = value and core.auth { { scheme = "bearer", value = value } }
      texts[name] = value or ""
    else
      texts[name] = value
    end
  end
  return texts, held, unread
end

--- Removes the secrets from a table of options.
---@param options table  of a client, checked; changed
---@param held table<string, userdata>  from `secret.take`
---@return table options  the same table, which returns the texts by name, but hides them from `pairs` and `next`
function secret.hide(options, held)
  for name in pairs(held) do options[name] = nil end
  local function reveal(_, name)
    local auth = held[name]
    return auth and auth:reveal()[1].value
  end
  return setmetatable(options, { __index = reveal, __metatable = false })
end

return secret
