-- SPDX-License-Identifier: MIT
-- The items of a sandboxed ZoomConnect account by kind: found by id, listed in order of creation.

local fields = require "sms.sandbox.zoomconnect.fields"

local store = {}
store.__index = store

-- First id of the kinds with sequential ids; contacts and groups have ids of 24 hex digits, as in public captures.
local KINDS = {
  users = { 1001, "user" }, messages = { 40124213, "message" }, templates = { 501, "template" }, voices = { 7001, "voice message" },
  contacts = { nil, "contact" }, groups = { nil, "group" },
}

---@param random table  the random generator of the sandbox
function store.new(random)
  local self = setmetatable({ random = random }, store)
  for kind, facts in pairs(KINDS) do self[kind] = { by_id = {}, order = {}, next = facts[1] } end
  return self
end

--- Assigns an id (a string) to an item and stores it.
function store:add(kind, item)
  local shelf = self[kind]
  if shelf.next then
    item.id, shelf.next = tostring(shelf.next), shelf.next + 1
  else
    item.id = self.random:hex(24)
  end
  shelf.by_id[item.id] = item
  table.insert(shelf.order, item)
  return item
end

--- The item with this id; 404 if there is none.
function store:find(kind, id)
  return self[kind].by_id[id] or fields.fail(404, ("%s %s is not found"):format(KINDS[kind][2], tostring(id)))
end

--- Removes an item.
function store:remove(kind, item)
  local shelf = self[kind]
  shelf.by_id[item.id] = nil
  for i, other in ipairs(shelf.order) do
    if other == item then return table.remove(shelf.order, i) end
  end
end

return store
