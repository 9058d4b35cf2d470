-- SPDX-License-Identifier: MIT
-- Recipient lists and unsubscribe lists of the sandboxed MessageWhiz.

local json = require "sms.json"
local fields = require "sms.sandbox.messagewhiz.fields"
local members = require "sms.sandbox.messagewhiz.members"
local fail = fields.fail

local lists = {}

-- Preview of a file

local LENGTHS = { isExceedLength50 = 50, isExceedLength255 = 255, isExceedLength5000 = 5000 }

-- A first row without any number is treated as a header and not counted.
local function first_data_row(rows)
  for _, cell in ipairs(rows[1]) do
    if cell:find("^%+?%d+$") then return 1 end
  end
  return 2
end

-- Flags of a group of cells.
local function judge(flags, cells)
  local numbers = #cells > 0
  local longest = 0
  for _, cell in ipairs(cells) do
    numbers = numbers and cell:find("^%+?%d+$") ~= nil
    longest = math.max(longest, utf8.len(cell) or #cell)
  end
  table.insert(flags.isAllNum, numbers)
  for name, limit in pairs(LENGTHS) do table.insert(flags[name], longest > limit) end
end

local function new_preview(rows)
  local out = { data = json.array(rows), isAllNum = json.array {} }
  for name in pairs(LENGTHS) do out[name] = json.array {} end
  for _, row in ipairs(rows) do json.array(row) end
  return out
end

-- The document's example for recipients has one flag a column,
lists["recipient_lists.preview"] = function(_, call)
  local rows = members.read_doc(call)
  local out = new_preview(rows)
  for column = 1, #rows[1] do
    local cells = {}
    for i = first_data_row(rows), #rows do cells[#cells + 1] = rows[i][column] or "" end
    judge(out, cells)
  end
  return out
end

-- and the one for unsubscribers one flag for each row of data.
lists["unsubscribe_lists.preview"] = function(_, call)
  local rows = members.read_doc(call)
  local out = new_preview(rows)
  for i = first_data_row(rows), #rows do judge(out, rows[i]) end
  return out
end

-- Recipient lists

local function import_response(counts, list, with_count)
  return {
    inserted = counts.inserted, total = counts.total, wrong = counts.wrong, duplicate = counts.duplicate,
    recipient_list_id = list.id, count = with_count and #list.members.rows or nil,
  }
end

lists["recipient_lists.import"] = function(account, call)
  local imported, counts = members.import(call)
  local name = members.import_name(call)
  account.store:check_name("recipient_lists", name)
  return import_response(counts, account.store:add("recipient_lists", { name = name, members = imported }))
end

lists["recipient_lists.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  local numbers = fields.list(call.body, "numbers", { required = true })
  account.store:check_name("recipient_lists", name)
  local list = account.store:add("recipient_lists", { name = name, members = members.new() })
  return import_response(list.members:add_all(members.from_numbers(numbers)), list, true)
end

lists["recipient_lists.list"] = function(account, call)
  return json.array(account.store:page("recipient_lists", call.query, function(list)
    return { id = list.id, name = list.name, enabled = list.enabled and 1 or 0, count = #list.members.rows }
  end))
end

-- Phone numbers are JSON numbers in this response, and strings in the next.
lists["recipient_lists.recipients"] = function(account, call)
  local out = json.array {}
  for i, row in ipairs(account.store:find("recipient_lists", call.path.id).members.rows) do
    local shown = {}
    for marker, value in pairs(row) do shown[marker] = value end
    shown.phone_number = math.tointeger(tonumber(row.phone_number))
    out[i] = shown
  end
  return out
end

lists["recipient_lists.numbers"] = function(account, call)
  local out = json.array {}
  for i, row in ipairs(account.store:find("recipient_lists", call.path.id).members.rows) do out[i] = row.phone_number end
  return out
end

lists["recipient_lists.download"] = function(account, call)
  return account.store:find("recipient_lists", call.path.id).members:download()
end

lists["recipient_lists.add_numbers"] = function(account, call)
  local list = account.store:find("recipient_lists", call.path.id)
  local name, numbers = fields.text(call.body, "name"), fields.list(call.body, "numbers")
  if not name and not numbers then fail(400, "the body must give at least one of: name, numbers") end
  if name then account.store:rename("recipient_lists", list, name) end
  return import_response(list.members:add_all(members.from_numbers(numbers or {})), list, true)
end

lists["recipient_lists.patch"] = function(account, call)
  local list = account.store:find("recipient_lists", call.path.id)
  local name, enabled = fields.text(call.body, "name"), fields.flag(call.body, "enabled")
  if name == nil and enabled == nil then fail(400, "name is required") end
  if name then account.store:rename("recipient_lists", list, name) end
  if enabled ~= nil then account.store:set_enabled("recipient_lists", list, enabled) end
  return { name = list.name, enabled = list.enabled, count = #list.members.rows }
end

-- A replacement without a name keeps the one the list has.
local function replace(account, kind, call)
  local list = account.store:find(kind, call.path.id)
  local imported, counts = members.import(call)
  if call.parts.name then account.store:rename(kind, list, members.import_name(call)) end
  list.members = imported
  return list, counts
end

lists["recipient_lists.replace"] = function(account, call)
  local list, counts = replace(account, "recipient_lists", call)
  return import_response(counts, list)
end

lists["recipient_lists.disable"] = function(account, call)
  account.store:find("recipient_lists", call.path.id).enabled = false
  return true
end

-- Unsubscribe lists

local function show_unsubscribe(list)
  return {
    enabled = list.enabled, id = list.id, name = list.name, company_id = 3182, user_id = 3191,
    unsubscribers_amount = #list.members.rows,
  }
end

lists["unsubscribe_lists.import"] = function(account, call)
  local imported = members.import(call)
  local name = members.import_name(call)
  account.store:check_name("unsubscribe_lists", name)
  return show_unsubscribe(account.store:add("unsubscribe_lists", { name = name, members = imported }))
end

lists["unsubscribe_lists.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  local numbers = fields.list(call.body, "numbers", { required = true })
  account.store:check_name("unsubscribe_lists", name)
  local list = account.store:add("unsubscribe_lists", { name = name, members = members.new() })
  list.members:add_all(members.from_numbers(numbers))
  return show_unsubscribe(list)
end

lists["unsubscribe_lists.add_numbers"] = function(account, call)
  local list = account.store:find("unsubscribe_lists", call.path.id)
  local numbers = fields.list(call.body, "numbers", { required = true })
  local counts = list.members:add_all(members.from_numbers(numbers))
  return { inserted = counts.inserted, alreadyExists = counts.duplicate, notValid = counts.wrong }
end

lists["unsubscribe_lists.list"] = function(account, call)
  return json.array(account.store:page("unsubscribe_lists", call.query, function(list)
    return { id = list.id, name = list.name, enabled = list.enabled and 1 or 0, unsubscribers_amount = #list.members.rows }
  end))
end

lists["unsubscribe_lists.numbers"] = function(account, call)
  local out = json.array {}
  for i, row in ipairs(account.store:find("unsubscribe_lists", call.path.id).members.rows) do
    out[i] = { phone_number = row.phone_number }
  end
  return out
end

lists["unsubscribe_lists.download"] = function(account, call)
  return account.store:find("unsubscribe_lists", call.path.id).members:download()
end

lists["unsubscribe_lists.replace"] = function(account, call)
  return show_unsubscribe((replace(account, "unsubscribe_lists", call)))
end

lists["unsubscribe_lists.patch"] = function(account, call)
  local list = account.store:find("unsubscribe_lists", call.path.id)
  local name = fields.text(call.body, "name")
  local enabled = fields.flag(call.body, "enabled", { required = name == nil })
  if name then account.store:rename("unsubscribe_lists", list, name) end
  if enabled ~= nil then account.store:set_enabled("unsubscribe_lists", list, enabled) end
  return { id = list.id, enabled = list.enabled }
end

lists["unsubscribe_lists.disable"] = function(account, call)
  account.store:find("unsubscribe_lists", call.path.id).enabled = false
  return true
end

return lists
