-- SPDX-License-Identifier: MIT
-- Imports the contacts of a CSV file into ZoomConnect groups: `lua5.4 examples/contacts_sync.lua [CONTACTS.csv]`. Run again, it changes
-- only what has changed in the file; it deletes nothing. Columns: contactNumber, firstName, lastName, title, groups (between `;`).
-- Without ZOOMCONNECT_TOKEN it runs on a sandbox that it starts itself. With it, ZOOMCONNECT_EMAIL, and ZOOMCONNECT_URL for another
-- host, the same calls go to the real service; then name a file of your own.

local sms = require "sms"

local COUNTRY = "27" -- what a number's leading 0 stands for
local FIELDS = { "contactNumber", "firstName", "lastName", "title" }

local SAMPLE = [[
contactNumber,firstName,lastName,title,groups
0825550101,Thandi,Nkosi,Ms,Members;Newsletter
+27825550102,Sipho,"Dlamini, Jr.",Mr,Members
0825550103,Anna,van Wyk,,Newsletter
]]

-- Returns the result of a call, or raises an error with the reason.
local function must(result, problem)
  if result == nil then error(problem, 0) end
  return result
end

---------------------------------------------------------------- the file

-- The cell that begins at a position of a line, and the position after it. Within quotes, two quotes are one (RFC 4180).
local function cell_at(line, at)
  if line:sub(at, at) ~= '"' then return line:match("^([^,]*)()", at) end
  local pieces, from = {}, at + 1
  while true do
    local quote = line:find('"', from, true)
    if not quote then error("unterminated quote: " .. line, 0) end
    pieces[#pieces + 1] = line:sub(from, quote - 1)
    if line:sub(quote + 1, quote + 1) ~= '"' then return table.concat(pieces, '"'), quote + 1 end
    from = quote + 2
  end
end

local function cells_of(line)
  local out, at = {}, 1
  repeat
    local cell, after = cell_at(line, at)
    out[#out + 1], at = cell, after + 1
  until line:sub(after, after) ~= ","
  return out
end

local function rows_of(text)
  local names, rows, number = nil, {}, 0
  for line in text:gsub("^\xEF\xBB\xBF", ""):gmatch("[^\r\n]+") do
    number = number + 1
    local cells = cells_of(line)
    if names then
      local row = { line = number }
      for i, name in ipairs(names) do row[name] = cells[i] ~= "" and cells[i] or nil end
      rows[#rows + 1] = row
    else
      names = cells
    end
  end
  return rows
end

local function read(path)
  if not path then return SAMPLE end
  local file <close> = must(io.open(path, "rb"))
  return file:read("a")
end

---------------------------------------------------------------- the service

-- The form of a number in which numbers are compared.
local function plain(number)
  local digits = (number or ""):gsub("%D", "")
  return (digits:gsub("^0", COUNTRY))
end

-- All items of a list whose paging is undocumented: as many pages as the response reports.
local function all(resource)
  local out, page = {}, 0
  while true do
    page = page + 1
    local items, response = resource:list(page > 1 and { page = page } or {})
    for _, item in ipairs(must(items, response)) do out[#out + 1] = item end
    if page >= (response.page and response.page.totalPages or 1) then return out end
  end
end

local function index(items, key)
  local out = {}
  for _, item in ipairs(items) do out[key(item)] = item end
  return out
end

local function fields_of(row)
  local out = {}
  for _, name in ipairs(FIELDS) do out[name] = row[name] end
  return out
end

local function differs(contact, row)
  for _, name in ipairs(FIELDS) do
    local same = name == "contactNumber" and plain(contact[name]) == plain(row[name]) or contact[name] == row[name]
    if row[name] and not same then return true end
  end
  return false
end

local function ensure_contact(state, row)
  local number = plain(row.contactNumber)
  local contact = state.contacts[number]
  if not contact then
    contact = must(state.client.contacts:create(fields_of(row)))
    state.counts.created = state.counts.created + 1
  elseif differs(contact, row) then
    local change = fields_of(row)
    change.id = contact.contactId
    contact = must(state.client.contacts:update(change))
    state.counts.changed = state.counts.changed + 1
  else
    state.counts.same = state.counts.same + 1
  end
  state.contacts[number] = contact
  return contact
end

local function ensure_group(state, name)
  if not state.groups[name] then
    state.groups[name] = must(state.client.groups:create { name = name })
    state.counts.groups = state.counts.groups + 1
  end
  return state.groups[name]
end

-- No call lists the members of a group, so all contacts are added; existing members are not affected.
local function sync_row(state, row)
  if not row.contactNumber then error("contactNumber is missing", 0) end
  local contact = ensure_contact(state, row)
  for name in (row.groups or ""):gmatch("[^;]+") do
    local group = ensure_group(state, name:match("^%s*(.-)%s*$"))
    must(state.client.groups:add_contact { id = group.groupId, contact_id = contact.contactId })
    state.counts.memberships = state.counts.memberships + 1
  end
end

local function sync(options, path)
  local client = sms.zoomconnect(options)
  local state = {
    client = client, counts = { created = 0, changed = 0, same = 0, groups = 0, memberships = 0, failed = 0 },
    contacts = index(all(client.contacts), function(contact) return plain(contact.contactNumber) end),
    groups = index(all(client.groups), function(group) return group.name end),
  }
  for _, row in ipairs(rows_of(read(path))) do
    local ok, problem = pcall(sync_row, state, row)
    if not ok then
      state.counts.failed = state.counts.failed + 1
      io.stderr:write(("line %d: %s\n"):format(row.line, tostring(problem)))
    end
  end
  return state.counts
end

-- The client's options, and a function to stop what was started.
local function service()
  local email, token = os.getenv("ZOOMCONNECT_EMAIL"), os.getenv("ZOOMCONNECT_TOKEN")
  if token then return { email = email, token = token, base_url = os.getenv("ZOOMCONNECT_URL") }, function() end end
  local server = assert(require("sms.sandbox.server").spawn {})
  return { email = "sandbox@example.org", token = "sandbox-token", base_url = server.url .. "/zoomconnect" }, server.stop
end

if os.getenv("ZOOMCONNECT_TOKEN") and not arg[1] then
  io.stderr:write("usage: lua5.4 contacts_sync.lua CONTACTS.csv\n")
  os.exit(2, true)
end
local options, stop = service()
local ok, counts = pcall(sync, options, arg[1])
stop()
if not ok then
  io.stderr:write(tostring(counts), "\n")
  os.exit(1, true)
end
print(("contacts     %d created, %d changed, %d as they were, %d failed"):format(
  counts.created, counts.changed, counts.same, counts.failed))
print(("groups       %d created, %d memberships"):format(counts.groups, counts.memberships))
os.exit(counts.failed == 0 and 0 or 1, true)
