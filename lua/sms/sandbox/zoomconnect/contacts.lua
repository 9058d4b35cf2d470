-- SPDX-License-Identifier: MIT
-- Contacts, groups, their members, and the templates of the sandboxed ZoomConnect.

local json = require "sms.json"
local fields = require "sms.sandbox.zoomconnect.fields"
local fail = fields.fail

local contacts = {}
local handlers = {}
contacts.handlers = handlers

local function show_contact(contact)
  return {
    contactId = contact.id, firstName = contact.firstName or json.null, lastName = contact.lastName or json.null,
    contactNumber = contact.contactNumber or json.null, title = contact.title or json.null, links = json.array {},
  }
end

local function show_group(group)
  return { groupId = group.id, name = group.name, links = json.array {} }
end

local function show_template(template)
  return { templateId = math.tointeger(template.id), name = template.name, data = template.data, links = json.array {} }
end

-- The guide says "paginated" and names no parameter: page and pageSize work if given; the response has no totals.
local function list(self, call, kind, name, show)
  local out = json.array {}
  for i, item in ipairs((fields.page(call.query, self.store[kind].order))) do out[i] = show(item) end
  return { [name] = out, links = json.array {} }
end

---------------------------------------------------------------- contacts

-- No field is documented as required; an empty contact and an invalid number are refused.
local function fill(contact, body)
  local found = false
  for _, name in ipairs { "firstName", "lastName", "contactNumber", "title" } do
    local value = fields.text(body, name)
    if value then contact[name], found = value, found or value ~= "" end
  end
  if not found then fail(400, "one of firstName, lastName, contactNumber and title is needed") end
  return contact
end

local function checked(body)
  if body.contactNumber ~= nil and body.contactNumber ~= "" and not fields.number(body.contactNumber) then
    fail(400, "contactNumber: " .. fields.WORDS[fields.BAD_NUMBER])
  end
  return body
end

handlers["contacts.list"] = function(self, call)
  return list(self, call, "contacts", "webServiceContacts", show_contact)
end

handlers["contacts.create"] = function(self, call)
  return show_contact(self.store:add("contacts", fill({}, checked(fields.body(call.request))))), 201
end

handlers["contacts.get"] = function(self, call)
  return show_contact(self.store:find("contacts", call.path.id))
end

handlers["contacts.update"] = function(self, call)
  local contact = self.store:find("contacts", call.path.id)
  return show_contact(fill(contact, checked(fields.body(call.request))))
end

handlers["contacts.delete"] = function(self, call)
  self.store:remove("contacts", self.store:find("contacts", call.path.id))
  return nil, 204
end

--- The contact with this number, or nil.
function contacts.contact_of(self, number)
  for _, contact in ipairs(self.store.contacts.order) do
    if fields.number(contact.contactNumber) == number then return contact end
  end
end

---------------------------------------------------------------- groups

-- The provider's own message, spelling included.
local function name_of(body)
  local name = fields.text(body, "name")
  return name and name:find("%S") and name or fail(400, "Group name us required")
end

handlers["groups.list"] = function(self, call)
  return list(self, call, "groups", "webServiceGroups", show_group)
end

handlers["groups.create"] = function(self, call)
  return show_group(self.store:add("groups", { name = name_of(fields.body(call.request)), members = {} })), 201
end

handlers["groups.get"] = function(self, call)
  return show_group(self.store:find("groups", call.path.id))
end

handlers["groups.update"] = function(self, call)
  local group = self.store:find("groups", call.path.id)
  group.name = name_of(fields.body(call.request))
  return show_group(group)
end

handlers["groups.delete"] = function(self, call)
  self.store:remove("groups", self.store:find("groups", call.path.id))
  return nil, 204
end

-- Adding a member twice or removing a non-member changes nothing; the documents don't call it an error.
local function set_member(self, contact_id, group_id, value)
  local contact, group = self.store:find("contacts", contact_id), self.store:find("groups", group_id)
  group.members[contact.id] = value
end

handlers["contacts.add_to_group"] = function(self, call) set_member(self, call.path.id, call.path.group_id, true) end
handlers["contacts.remove_from_group"] = function(self, call) set_member(self, call.path.id, call.path.group_id, nil) end
handlers["groups.add_contact"] = function(self, call) set_member(self, call.path.contact_id, call.path.id, true) end
handlers["groups.remove_contact"] = function(self, call) set_member(self, call.path.contact_id, call.path.id, nil) end

--- Groups with the ids of their contacts, in order of creation. No operation of the provider lists the members of a group.
function contacts.members(self)
  local out = json.array {}
  for i, group in ipairs(self.store.groups.order) do
    local ids = json.array {}
    for _, contact in ipairs(self.store.contacts.order) do
      if group.members[contact.id] then ids[#ids + 1] = contact.id end
    end
    out[i] = { groupId = group.id, name = group.name, contacts = ids }
  end
  return out
end

---------------------------------------------------------------- templates

--- No operation creates a template: a new account has these.
contacts.TEMPLATES = {
  { name = "Reminder", data = "Hi, we look forward to seeing you tomorrow at 10:00." },
  { name = "Thanks", data = "Thank you for your order." },
  { name = "Closed", data = "We are closed today." },
}

handlers["templates.list"] = function(self, call)
  return list(self, call, "templates", "webServiceTemplates", show_template)
end

handlers["templates.get"] = function(self, call)
  return show_template(self.store:find("templates", call.path.id))
end

handlers["templates.delete"] = function(self, call)
  self.store:remove("templates", self.store:find("templates", call.path.id))
  return nil, 204
end

return contacts
