-- SPDX-License-Identifier: MIT
-- The line of the sandboxed Zipwhip: sessions, its owner, operators, roles, apps, and the number lookup.

local core = require "sms.core"
local fields = require "sms.sandbox.zipwhip.fields"
local json = require "sms.json"

local accounts = { handlers = {} }

local handlers = accounts.handlers

---------------------------------------------------------------- sessions and the owner

-- The number after the prefix of "scott@4255551212", and the prefix.
local function split(username)
  local prefix, number = username:match("^(.-)@(.+)$")
  return fields.number(number or username), prefix
end

local function operator_named(account, username)
  for _, operator in ipairs(account.operators) do
    if operator.username == username and operator.active then return operator end
  end
end

-- The owner's password opens the line for its operators, too: the documents don't say how they get theirs.
handlers["user.login"] = function(account, call)
  local username = fields.text(call, "username", { required = true })
  local password = fields.text(call, "password", { required = true })
  local number, prefix = split(username)
  if number ~= account.line or password ~= account.password or prefix and not operator_named(account, username) then
    fields.refuse("Incorrect username or password")
  end
  for key, who in pairs(account.sessions) do
    if who == username then return key end
  end
  local key = ("%s:%d"):format(account.state.random:uuid(), account.device_id)
  account.sessions[key] = username
  return key
end

handlers["user.logout"] = function(account, call)
  account.sessions[call.session] = nil
  return json.null
end

local OWNER = { "firstName", "lastName", "email", "phoneKey", "loc", "notes" }

local function joined(first, last)
  return core.trim(("%s %s"):format(first or "", last or ""))
end

local function show_owner(account)
  local owner = account.owner
  local out = {
    mobileNumber = fields.shown(account.line), fullName = joined(owner.firstName, owner.lastName),
    zipcode = "", birthday = "", carrier = "Tmo", websiteDeviceKey = "", websiteDeviceId = account.device_id, MOCount = 0, ZOCount = 0,
  }
  for _, name in ipairs(OWNER) do out[name] = owner[name] or "" end
  for _, message in ipairs(account.messages) do
    local counter = message.kind .. "Count"
    out[counter] = out[counter] + 1
  end
  return out
end

handlers["user.get"] = function(account)
  return { user = show_owner(account), settings = { signature = account.signature }, groups = json.array {} }
end

handlers["user.save"] = function(account, call)
  for _, name in ipairs(OWNER) do account.owner[name] = fields.text(call, name, { empty = true }) or account.owner[name] end
  return { user = show_owner(account) }
end

handlers["user.set_signature"] = function(account, call)
  account.signature = fields.text(call, "signature", { required = true, empty = true })
  return json.null
end

handlers["user.change_password"] = function(account, call)
  local current = fields.text(call, "currentPassword", { required = true })
  local password = fields.text(call, "password", { required = true })
  if current ~= account.password then fields.refuse("The current password is not correct") end
  account.password = password
  return ""
end

---------------------------------------------------------------- operators and roles

local ROLES = { { 1, "Operator", 5 }, { 2, "Admin", 15 }, { 501, "Account Admin", 20 } }

local function show_role(id)
  for _, role in ipairs(ROLES) do
    if role[1] == id then
      return {
        roleId = id, name = role[2], description = role[2], privilegeLevel = role[3], mutable = false, permissions = json.array {},
      }
    end
  end
end

local function show_operator(account, operator)
  local first, last = operator.firstName or "", operator.lastName or ""
  return {
    operatorId = operator.id, username = operator.username, firstName = first, lastName = last, email = operator.email,
    displayName = joined(first, last), initials = first:sub(1, 1) .. last:sub(1, 1),
    phoneNumber = fields.shown(account.line), active = operator.active, owner = false, hasImage = false, color = "#336699",
    version = operator.version, role = show_role(operator.role),
  }
end

local function find_operator(account, id)
  for i, operator in ipairs(account.operators) do
    if tostring(operator.id) == id then return operator, i end
  end
  return fields.refuse("Operator not found: " .. id)
end

handlers["operators.list"] = function(account)
  local out = json.array {}
  for i, operator in ipairs(account.operators) do out[i] = show_operator(account, operator) end
  return out, { total = #out, success = "left out" }
end

handlers["roles.list"] = function()
  local out = json.array {}
  for i, role in ipairs(ROLES) do out[i] = show_role(role[1]) end
  return out
end

handlers["operators.save"] = function(account, call)
  local username = fields.text(call, "username", { required = true })
  local email = fields.text(call, "email", { required = true })
  local active = fields.word(call, "active", "true false", true) == "true"
  local id, role = fields.text(call, "operatorId"), fields.integer(call, "roleId")
  if role and not show_role(role) then fields.refuse("Role not found: " .. role) end
  local operator = id and find_operator(account, id) or { id = account:next_id("operator"), version = 0, role = 1 }
  if not id then table.insert(account.operators, operator) end
  operator.username, operator.email, operator.active, operator.role = username, email, active, role or operator.role
  for _, name in ipairs { "firstName", "lastName" } do operator[name] = fields.text(call, name) or operator[name] end
  operator.version = operator.version + 1
  return show_operator(account, operator)
end

handlers["operators.unassign"] = function(account, call)
  local operator, index = find_operator(account, fields.text(call, "operatorId", { required = true }))
  table.remove(account.operators, index)
  for key, who in pairs(account.sessions) do
    if who == operator.username then account.sessions[key] = nil end
  end
  return json.null
end

---------------------------------------------------------------- apps

local APPS = { [901] = "autoreply", [4601] = "keywords" }

-- The settings' JSON text: { enabled, settings = [ … ] }.
local function settings_of(call)
  local text = fields.text(call, "settings", { required = true })
  local value = json.decode(text)
  if type(value) ~= "table" or type(value.enabled) ~= "boolean" or type(value.settings) ~= "table" then
    fields.code(-703, "Bad argument: settings is not the JSON text of { enabled, settings }")
  end
  json.array(value.settings)
  for _, rule in ipairs(value.settings) do
    if type(rule) ~= "table" then fields.code(-703, "Bad argument: a rule of settings is not an object") end
    if type(rule.times) == "table" then json.array(rule.times) end
  end
  return value
end

handlers["apps.install"] = function(account, call)
  local id = fields.integer(call, "appId") or fields.missing("appId")
  local settings = settings_of(call)
  if not APPS[id] then fields.refuse("App not found: " .. id) end
  local app = { appId = id, appKey = APPS[id], installedAppId = account:next_id("app"), settings = settings }
  table.insert(account.apps, app)
  local shown = id == 901 and { settings = settings } or settings
  return { appId = id, appKey = app.appKey, installedAppId = app.installedAppId, settings = shown }
end

handlers["apps.alter"] = function(account, call)
  local id = fields.text(call, "installedAppId", { required = true })
  local settings = settings_of(call)
  for i, app in ipairs(account.apps) do
    if tostring(app.installedAppId) == id then
      app.settings = settings
      if #settings.settings == 0 then table.remove(account.apps, i) end
      return json.null
    end
  end
  return fields.refuse("Installed app not found: " .. id)
end

handlers["apps.list"] = function(account)
  return { apps = json.array { table.unpack(account.apps) } }
end

---------------------------------------------------------------- lookup

local TOLL_FREE = { ["800"] = true, ["833"] = true, ["844"] = true, ["855"] = true, ["866"] = true, ["877"] = true, ["888"] = true }

--- The only page of the look-up host: its own key, no envelope. Numbers that end in 0006 can't receive texts.
---@return integer status
---@return table answer
function accounts.lookup(account, call)
  local key, number = call.params.api_key and call.params.api_key[1], call.params.phone_number and call.params.phone_number[1]
  local id = account.state.random:uuid()
  if key ~= account.lookup_key then
    return 401, { error = "true", status_code = "401", message = "The api_key is not valid", transaction_id = id }
  end
  local digits = number and fields.number(number)
  if not digits then
    return 400, { error = "true", status_code = "400", message = "The phone_number is not in E.164", transaction_id = id }
  end
  return 200, {
    error = "false", status_code = "100", provider = "Sandbox", textable = digits:sub(-4) ~= "0006",
    type = TOLL_FREE[digits:match("^%+1(%d%d%d)")] and "tollfree" or "landline", transaction_id = id,
  }
end

return accounts
