-- SPDX-License-Identifier: MIT
-- The fields of a message: their types, other libraries' names for them, and mistakes that concern every provider.

local argument = require "sms.api.convert"
local core = require "sms.core"
local dates = require "sms.dates"
local check = require "sms.check"
local providers = require "sms.providers"
local Type = require "sms.api.types"

local fields = {}

--- The fields of a message, with their types. `to` is one number or a list; `media` are files; `at` is a time, in seconds since 1970 or
--- as RFC 3339 text with an offset; `validity` is in seconds; `vars` fill the `{name}` placeholders of `text`, with empty values only if
--- `empty` allows them; `template = false` sends `text` literally, braces included; `region` (ISO 3166) applies to numbers without a
--- country code; `only` holds fields for one provider, by its name: `{ messagewhiz = { from = "Museum" } }`.
---@type table<string, string>
fields.types = {
  at = "number|string?", callback = "string?", campaign = "string?", category = "string?", empty = "'allow'|'refuse'?", flash = "boolean?",
  from = "string?", max_segments = "integer?", media = "sms.File[]?", only = "table?", priority = "integer?", reference = "string?",
  region = "string?", template = "boolean?", test = "boolean?", text = "string?",
  to = "sms.Msisdn|sms.Msisdn[]", validity = "integer?", vars = "table?",
}

-- Names of our fields in other libraries and at providers.
local SYNONYMS = {
  address = "to", body = "text", content = "text", message = "text", message_body = "text", msg = "text", sms = "text",
  contact = "to", destination = "to", mobile = "to", msisdn = "to", number = "to", phone = "to", phone_number = "to", receiver = "to",
  recipient = "to", recipients = "to", numbers = "to", sender = "from", sender_id = "from", source = "from",
  attachment = "media", attachments = "media", file = "media", files = "media", image = "media", variables = "vars", params = "vars",
  date = "at", schedule = "at", scheduled_at = "at", send_at = "at", send_date = "at", time = "at", client_ref = "reference",
  ref = "reference", ttl = "validity", callback_url = "callback", webhook = "callback",
}

--- Reports a fault in the data of a field, like `check.fault`.
---@param problems string[]
---@param field string
---@param words string
function fields.fault(problems, field, words)
  problems[#problems + 1] = words
  problems.faults, problems.field = (problems.faults or 0) + 1, problems.field or field
end

local WANTED_TIME = "'at' must be seconds since 1970 (os.time()) or RFC 3339 text with an offset, such as "
  .. "2030-01-31T09:00:00+02:00; sms.dates reads and writes times"

-- The seconds of a time.
local function convert_time(value, _, problems)
  if math.type(value) then
    if value - value == 0 then return value end
    return fields.fault(problems, "at", WANTED_TIME .. ", got " .. tostring(value))
  elseif type(value) == "string" then
    local seconds = dates.from_iso(value)
    if seconds then return seconds end
    local is_local = value:find("^%d%d%d%d%-%d%d%-%d%d[Tt ]?[%d:.]*$")
    return fields.fault(problems, "at", WANTED_TIME .. (is_local and ", got a time without an offset" or ", got text in another format"))
  end
  problems[#problems + 1] = WANTED_TIME .. ", got " .. check.article(value)
end

-- Fields with their own converter.
local READERS = { at = convert_time }

local made, by_name

--- A list of the fields in the order of their names: `{ name, node, convert, where, optional, reads }`. `node` is the parsed type,
--- `convert(value, where, problems)` returns the converted value, which replaces the field if `reads` is true.
---@return table[]
function fields.list()
  if made then return made end
  local registry, list, names = Type.registry(require "sms.api.common_types"), {}, {}
  for name, text in pairs(fields.types) do
    local node = Type.parse(text, registry)
    local convert = READERS[name] or argument.converter(node, registry)
    names[name] = {
      name = name, node = node, convert = convert, where = "'" .. name .. "'", optional = node.optional, reads = READERS[name] ~= nil,
    }
    list[#list + 1] = names[name]
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  by_name = names
  made = list -- assigned last: a debug hook may raise earlier
  return list
end

-- The message for an unknown field. `place`: the enclosing field and a dot.
local function unknown_field(key, place)
  local meant = type(key) == "string" and SYNONYMS[core.lower(key)]
  local known = {}
  for i, field in ipairs(fields.list()) do known[i] = field.name end
  local hint = meant and (", did you mean '%s'?"):format(meant) or check.guess(key, known)
  return ("unknown field '%s%s'%s"):format(place, check.shown(key), hint)
end

--- Refuses unknown names.
---@param given table
---@param problems string[]
function fields.check_names(given, problems)
  for key in pairs(given) do
    if not fields.types[key] then problems[#problems + 1] = unknown_field(key, "") end
  end
end

local others = {}

--- Registers the name of a provider that is not one of the library's own.
---@param name string
function fields.add_provider(name)
  others[name] = true
end

local function is_provider(name)
  if others[name] then return true end
  for _, known in ipairs(providers) do
    if known == name then return true end
  end
  return false
end

-- Checks the fields for one provider. Fields for other providers must have the right names and types; their data are not checked.
local function check_own(own, provider, is_ours, problems)
  fields.list()
  for key, value in pairs(own) do
    local field, found = key ~= "only" and by_name[key], {}
    if not field then
      problems[#problems + 1] = unknown_field(key, ("only.%s."):format(provider))
    elseif not is_ours then
      field.convert(value, ("'only.%s.%s'"):format(provider, key), found)
      if check.mistaken(found) then table.move(found, 1, #found, #problems + 1, problems) end
    end
  end
end

--- Checks the field `only`.
---@param only any
---@param ours string?  the name of the provider whose fields are already merged
---@param problems string[]
function fields.check_only(only, ours, problems)
  for provider, own in pairs(type(only) == "table" and only or {}) do
    if provider ~= ours and not is_provider(provider) then
      local words = check.unknown("provider", provider, providers)
      problems[#problems + 1] = ("'only' has an %s; valid providers: %s"):format(words, table.concat(providers, ", "))
    elseif type(own) ~= "table" then
      check.refuse(problems, ("'only.%s'"):format(provider), "a table of fields", own)
    else
      check_own(own, provider, provider == ours, problems)
    end
  end
end

-- Whether a message has a field, for any provider.
local function holds(given, name)
  if given[name] ~= nil then return true end
  for _, own in pairs(type(given.only) == "table" and given.only or {}) do
    if type(own) == "table" and own[name] ~= nil then return true end
  end
  return false
end

--- Mistakes of the script in a message, for any provider: wrong types, unknown fields, no number, neither text nor media. Invalid data are
--- not included: they are checked for each provider, and another may accept them.
---@param given any
---@return string? problems in one sentence
function fields.mistakes(given)
  if type(given) ~= "table" then return "a message must be a table" end
  local problems = {}
  for _, field in ipairs(fields.list()) do
    local name, value = field.name, given[field.name]
    if value ~= nil then
      field.convert(value, field.where, problems)
    elseif not field.optional and not holds(given, name) then
      problems[#problems + 1] = ("'%s' is missing"):format(name)
    end
  end
  fields.check_names(given, problems)
  fields.check_only(given.only, nil, problems)
  if not holds(given, "text") and not holds(given, "media") then problems[#problems + 1] = "'text' is missing" end
  return check.mistaken(problems) and table.concat(problems, "; ") or nil
end

return fields
