-- SPDX-License-Identifier: MIT
-- Contacts and groups of the sandboxed Zipwhip.

local dates = require "sms.dates"
local fields = require "sms.sandbox.zipwhip.fields"
local json = require "sms.json"

local contacts = { handlers = {} }

-- Fields that a caller may set; the provider sets the rest.
local NAMES = {
  "firstName", "lastName", "email", "notes", "city", "state", "zipcode", "loc", "phoneKey", "businessName", "jobTitle", "addressLine1",
  "addressLine2", "country", "custom1", "custom2",
}

--- The contact of a number; created if missing, as the provider does for every number that a line exchanges texts with.
---@param account table
---@param number string  E.164
---@return table contact
function contacts.contact(account, number)
  local found = account.contacts[number]
  if not found then
    local now = account.state:now()
    found = { id = account:next_id("contact"), number = number, version = 1, created = now, updated = now }
    account.contacts[number] = found
    table.insert(account.contact_list, found)
  end
  return found
end

--- A contact as the provider shows it.
function contacts.show(account, contact)
  local shown = fields.shown(contact.number)
  local out = {
    id = contact.id, version = contact.version, deviceId = account.device_id, mobileNumber = shown, address = "ptn:/" .. shown,
    lastUpdated = dates.iso(contact.updated), dateCreated = dates.iso(contact.created), deleted = contact.deleted or false,
  }
  for _, name in ipairs(NAMES) do out[name] = contact[name] or "" end
  return out
end

local function change(account, contact, call)
  local options = { empty = true }
  for _, name in ipairs(NAMES) do
    if name == "notes" then options.max = 1000 else options.max = nil end
    contact[name] = fields.text(call, name, options) or contact[name]
  end
  contact.version, contact.updated, contact.deleted = contact.version + 1, account.state:now(), nil
  return contact
end

-- The number in a call, from `mobileNumber` or the older `address`.
local function number_of(call)
  return fields.phone(call, fields.text(call, "mobileNumber") == nil and fields.text(call, "address") and "address" or "mobileNumber")
end

-- An existing contact, by its id, number or address.
local function find(account, text)
  local by_number = fields.number(text)
  if by_number and account.contacts[by_number] then return account.contacts[by_number] end
  for _, contact in ipairs(account.contact_list) do
    if tostring(contact.id) == text and not contact.deleted then return contact end
  end
  return fields.refuse("Contact not found: " .. text)
end

local handlers = contacts.handlers

handlers["contacts.save"] = function(account, call)
  return contacts.show(account, change(account, contacts.contact(account, number_of(call)), call))
end

-- Pages count from 1; an official sample asks for page 0 and means the first.
handlers["contacts.list"] = function(account, call)
  local size = fields.integer(call, "pageSize", 30, 1)
  local page = math.max(1, fields.integer(call, "page", 1))
  local there, out = {}, json.array {}
  for _, contact in ipairs(account.contact_list) do
    if not contact.deleted then there[#there + 1] = contact end
  end
  for i = (page - 1) * size + 1, math.min(page * size, #there) do out[#out + 1] = contacts.show(account, there[i]) end
  return out, { total = #out, page = page, pages = math.max(1, (#there + size - 1) // size) }
end

handlers["contacts.get"] = function(account, call)
  local text = fields.text(call, "id") or fields.text(call, "mobileNumber") or fields.text(call, "address", { required = true })
  return contacts.show(account, find(account, text))
end

handlers["contacts.delete"] = function(account, call)
  for _, id in ipairs(fields.all(call, "contact", true)) do find(account, id).deleted = true end
  return json.null
end

---------------------------------------------------------------- groups

local function group_of(account, call, name)
  local address = fields.text(call, name, { required = true })
  return account.groups[address] or fields.refuse("Group not found: " .. address)
end

local function show_group(account, group)
  return { id = group.id, address = group.address, displayName = group.name or "", deviceId = account.device_id }
end

local function add(account, group, number)
  local contact = contacts.contact(account, number)
  for _, member in ipairs(group.members) do
    if member == contact then return contact end
  end
  table.insert(group.members, contact)
  return contact
end

handlers["groups.list"] = function(account)
  local out = json.array {}
  for _, group in ipairs(account.group_list) do out[#out + 1] = { device = show_group(account, group) } end
  return out
end

handlers["groups.members"] = function(account, call)
  local out = json.array {}
  for i, member in ipairs(group_of(account, call, "group").members) do out[i] = contacts.show(account, member) end
  return out
end

handlers["groups.get"] = function(account, call)
  local group = group_of(account, call, "address")
  return { group = show_group(account, group), members = #group.members }
end

handlers["groups.save"] = function(account, call)
  fields.word(call, "type", "Group", true)
  local members = {}
  for i, text in ipairs(fields.all(call, "member")) do members[i] = fields.number(text) or find(account, text).number end
  account.group_count = account.group_count + 1
  local group = {
    id = account:next_id("contact"), name = fields.text(call, "name"), members = {},
    address = ("device:/%s/%d"):format(fields.shown(account.line), account.group_count),
  }
  for _, number in ipairs(members) do add(account, group, number) end
  account.groups[group.address] = group
  table.insert(account.group_list, group)
  local now = dates.iso(account.state:now())
  return {
    id = group.id, address = group.address, firstName = group.name or "", deviceId = account.device_id, version = 1, dateCreated = now,
    lastUpdated = now,
  }
end

handlers["groups.add_member"] = function(account, call)
  local group = group_of(account, call, "group")
  return contacts.show(account, change(account, add(account, group, fields.phone(call, "mobileNumber")), call))
end

handlers["groups.remove_member"] = function(account, call)
  local group = group_of(account, call, "group")
  local contact = find(account, fields.text(call, "member", { required = true }))
  for i, member in ipairs(group.members) do
    if member == contact then
      table.remove(group.members, i)
      return json.null
    end
  end
  return fields.refuse("The group has no such member")
end

handlers["groups.delete"] = function(account, call)
  local group = group_of(account, call, "address")
  account.groups[group.address] = nil
  for i, other in ipairs(account.group_list) do
    if other == group then
      table.remove(account.group_list, i)
      break
    end
  end
  return json.null
end

return contacts
