-- SPDX-License-Identifier: MIT
-- The items of an account by kind: found by id, listed by page, unique by name, disabled but never deleted.

local fields = require "sms.sandbox.messagewhiz.fields"

local store = {}
store.__index = store

-- First id of each kind: separate ranges (as in the documents' examples), so that an id of the wrong kind is
-- not found. The second word is the name used in messages.
local KINDS = {
  campaigns = { 46279, "campaign" },
  recipient_lists = { 267628, "recipient list" },
  senders = { 28938892, "sender" },
  sender_lists = { 5456, "sender list" },
  unsubscribe_lists = { 21534, "unsubscribe list" },
  links = { 165655, "link" },
  link_lists = { 6940, "link list" },
  spinners = { 10520, "word spinner" },
  templates = { 46126, "template" },
  triggers = { 5677, "trigger" },
  broadcasts = { 1174181, "broadcast" },
  segments = { 523940, "segment" },
}

function store.new()
  local self = setmetatable({}, store)
  for kind, facts in pairs(KINDS) do self[kind] = { by_id = {}, order = {}, next = facts[1] } end
  return self
end

--- Assigns an id to an item and stores it.
function store:add(kind, item)
  local shelf = self[kind]
  item.id, shelf.next = shelf.next, shelf.next + 1
  if item.enabled == nil then item.enabled = true end
  shelf.by_id[item.id] = item
  table.insert(shelf.order, item)
  return item
end

--- The item with this id, or nil.
function store:get(kind, id)
  if type(id) == "string" and not id:find("^%d+$") then return nil end
  return self[kind].by_id[math.tointeger(tonumber(id))]
end

--- The item with this id; 404 if there is none.
---@param field? string  the field that named the id, for the message
function store:find(kind, id, field)
  local item = self:get(kind, id)
  if not item then
    fields.fail(404, "%s%s %s is not found", field and field .. ": " or "", KINDS[kind][2], tostring(id))
  end
  return item
end

--- Like `find`, but 400 if the item is disabled.
function store:active(kind, id, field)
  local item = self:find(kind, id, field)
  if not item.enabled then fields.fail(400, "%s: %s %d is disabled", field, KINDS[kind][2], item.id) end
  return item
end

--- 409 if another active item has this name.
---@param except? table  the item that is being renamed
function store:check_name(kind, name, except)
  for _, item in ipairs(self[kind].order) do
    if item ~= except and item.enabled and item.name == name then
      fields.fail(409, "name: a %s named '%s' exists already", KINDS[kind][2], name)
    end
  end
end

-- A missing `enabled` means active ones only.
local function wanted_flag(query)
  local flag = fields.flag(query, "enabled")
  return flag == nil or flag
end

-- "name=VALUE" -> field, value
local function filter_of(query, allowed)
  if query.filter == nil or query.filter == "" then return nil end
  local name, value = query.filter:match("^([%w_]+)=(.*)$")
  if not name or not allowed[name] then fields.fail(400, "filter: this list has no filter '%s'", query.filter) end
  return name, value
end

--- One page of items, newest first, by the common list parameters limit, start, enabled, filter.
---@param query table<string, string>
---@param show fun(item: table): table
---@param allowed? table<string, true>  fields that `filter` knows; default: name
function store:page(kind, query, show, allowed)
  local limit = fields.integer(query, "limit", { min = 1 }) or 10
  local skip = fields.integer(query, "start", { min = 0 }) or 0
  local enabled = wanted_flag(query)
  local field, value = filter_of(query, allowed or { name = true })
  local out, order = {}, self[kind].order
  for i = #order, 1, -1 do
    local item = order[i]
    if item.enabled == enabled and (not field or item[field] == value) then
      if skip > 0 then
        skip = skip - 1
      elseif #out < limit then
        out[#out + 1] = show(item)
      else
        break
      end
    end
  end
  return out
end

--- Enables or disables an item; enabling fails with 409 if its name has since been taken.
function store:set_enabled(kind, item, enabled)
  if enabled and not item.enabled then self:check_name(kind, item.name, item) end
  item.enabled = enabled
end

--- Renames an item.
function store:rename(kind, item, name)
  self:check_name(kind, name, item)
  item.name = name
end

return store
