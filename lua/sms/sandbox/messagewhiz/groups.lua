-- SPDX-License-Identifier: MIT
-- Sender lists, links and link lists of the sandboxed MessageWhiz.

local json = require "sms.json"
local fields = require "sms.sandbox.messagewhiz.fields"
local members = require "sms.sandbox.messagewhiz.members"
local fail = fields.fail

local groups = {}

-- Adds the items with these ids to a group; unknown and disabled ones are silently ignored, as documented.
---@return integer[] accepted, string[] refused
local function add_known(account, kind, group, ids)
  local accepted, refused = json.array {}, {}
  for _, id in ipairs(ids) do
    local item = account.store:get(kind, id)
    if item and item.enabled then
      accepted[#accepted + 1] = item.id
      if not group.has[item.id] then
        group.has[item.id] = true
        table.insert(group.items, item)
      end
    else
      refused[#refused + 1] = tostring(id)
    end
  end
  return accepted, refused
end

local function remove_item(account, group_kind, call, parameter)
  local group = account.store:find(group_kind, call.path.id)
  local id = fields.integer(call.query, parameter, { required = true })
  if not group.has[id] then fail(404, "%s: %d is not in the list", parameter, id) end
  group.has[id] = nil
  for i, item in ipairs(group.items) do
    if item.id == id then table.remove(group.items, i) break end
  end
  return true
end

local function new_group(account, kind, name)
  account.store:check_name(kind, name)
  return account.store:add(kind, { name = name, items = {}, has = {} })
end

-- Sender lists

local function show_sender_list(list)
  return { id = list.id, name = list.name, enabled = list.enabled, count = #list.items }
end

groups["sender_lists.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  local ids = fields.list(call.body, "senderIds") or {}
  local list = new_group(account, "sender_lists", name)
  add_known(account, "senders", list, ids)
  return show_sender_list(list)
end

groups["sender_lists.add"] = function(account, call)
  local list = account.store:find("sender_lists", call.path.id)
  return (add_known(account, "senders", list, fields.list(call.body, "ids", { required = true })))
end

groups["sender_lists.list"] = function(account, call)
  return json.array(account.store:page("sender_lists", call.query, show_sender_list))
end

-- One object here; the corresponding response of link lists is an array of one.
groups["sender_lists.senders"] = function(account, call)
  local list = account.store:find("sender_lists", call.path.id)
  local senders = json.array {}
  for i, sender in ipairs(list.items) do senders[i] = { senderId = sender.id, name = sender.name } end
  return { id = list.id, senders = senders }
end

local function change_sender_list(account, call)
  local list = account.store:find("sender_lists", call.path.id)
  local name, ids = fields.text(call.body, "name"), fields.list(call.body, "senderIds")
  local enabled = fields.flag(call.body, "enabled")
  if not name and not ids and enabled == nil then fail(400, "the body must give at least one of: name, senderIds, enabled") end
  if name then account.store:rename("sender_lists", list, name) end
  if enabled ~= nil then account.store:set_enabled("sender_lists", list, enabled) end
  add_known(account, "senders", list, ids or {})
  return list
end

groups["sender_lists.update"] = function(account, call)
  return show_sender_list(change_sender_list(account, call))
end

groups["sender_lists.patch"] = function(account, call)
  local list = change_sender_list(account, call)
  return { id = list.id, enabled = list.enabled and 1 or 0 }
end

groups["sender_lists.disable"] = function(account, call)
  account.store:find("sender_lists", call.path.id).enabled = false
  return true
end

groups["sender_lists.remove"] = function(account, call)
  return remove_item(account, "sender_lists", call, "id")
end

-- Links

local function read_platforms(body)
  local given = body.platform_based_links
  if given == nil then return nil end
  if type(given) ~= "table" then fail(400, "platform_based_links must be an object") end
  return { bot_redirect = fields.uri(given, "bot_redirect"), preview_url = fields.uri(given, "preview_url") }
end

groups["links.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  local url = fields.uri(call.body, "url", { required = true })
  local platforms = read_platforms(call.body)
  account.store:check_name("links", name)
  local link = account.store:add("links", { name = name, url = url, platforms = platforms })
  return { id = link.id, name = name, url = url, enabled = true, type = 0, platform_based_links = platforms }
end

local function show_link(link)
  return { id = link.id, name = link.name, url = link.url, enabled = link.enabled }
end

groups["links.list"] = function(account, call)
  return json.array(account.store:page("links", call.query, show_link, { name = true, url = true }))
end

groups["links.update"] = function(account, call)
  local link = account.store:find("links", call.path.id)
  local name, url, platforms = fields.text(call.body, "name"), fields.uri(call.body, "url"), read_platforms(call.body)
  if not name and not url and not platforms then
    fail(400, "the body must give at least one of: name, url, platform_based_links")
  end
  if name then account.store:rename("links", link, name) end
  link.url, link.platforms = url or link.url, platforms or link.platforms
  return show_link(link)
end

groups["links.disable"] = function(account, call)
  account.store:find("links", call.path.id).enabled = false
  return true
end

-- Statistics of all short links to this URL; the scheme is ignored, since the document's example leaves it out.
groups["links.conversion"] = function(account, call)
  local url = fields.text(call.body, "url", { required = true })
  local function bare(address) return (address:gsub("^%a[%w+.-]*://", ""):gsub("/$", "")) end
  local recipients, clicks = {}, {}
  local total, unique = 0, 0
  for _, short in ipairs(account.short_links.links) do
    if bare(short.url) == bare(url) then
      if not recipients[short.to] then recipients[short.to], total = true, total + 1 end
      if short.clicks > 0 and not clicks[short.to] then clicks[short.to], unique = true, unique + 1 end
    end
  end
  local percent = total > 0 and unique * 100 / total or 0
  return { conversion = math.tointeger(percent) or percent, totalRecipients = total, clicks = unique }
end

-- Link lists

-- The name and url of each pair, checked. `where` names the field for messages.
local function read_pairs(pairs_list, where)
  local out = {}
  for i, pair in ipairs(pairs_list) do
    if type(pair) ~= "table" then fail(400, "%s[%d] must be an object with name and url", where, i) end
    local name, url = ("%s[%d].name"):format(where, i), ("%s[%d].url"):format(where, i)
    local named = { [name] = pair.name, [url] = pair.url }
    out[i] = { name = fields.text(named, name, { required = true }), url = fields.uri(named, url, { required = true }) }
  end
  return out
end

local function same_link(account, pair)
  for _, link in ipairs(account.store.links.order) do
    if link.enabled and link.name == pair.name and link.url == pair.url then return link end
  end
  return nil
end

-- Creates links of the account from `{name, url}` pairs: all, or none if one is invalid. A link that exists
-- already under this name and URL is reused.
local function make_links(account, pairs_list, where)
  local wanted = read_pairs(pairs_list, where)
  local urls = {}
  for _, pair in ipairs(wanted) do
    if not same_link(account, pair) then account.store:check_name("links", pair.name) end
    if urls[pair.name] and urls[pair.name] ~= pair.url then fail(409, "%s: two links are named '%s'", where, pair.name) end
    urls[pair.name] = pair.url
  end
  local ids = {}
  for i, pair in ipairs(wanted) do
    local link = same_link(account, pair) or account.store:add("links", pair)
    ids[i] = link.id
  end
  return ids
end

groups["link_lists.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  local ids, links = fields.list(call.body, "linkIds"), fields.list(call.body, "links")
  account.store:check_name("link_lists", name)
  local made = make_links(account, links or {}, "links")
  local list = new_group(account, "link_lists", name)
  local _, refused = add_known(account, "links", list, ids or {})
  add_known(account, "links", list, made)
  return {
    id = list.id, name = name, enabled = true, linkListLength = #list.items,
    warning = #refused > 0 and "links not found: " .. table.concat(refused, ", ") or "",
  }
end

groups["link_lists.add_links"] = function(account, call)
  local list = account.store:find("link_lists", call.path.id)
  local ids = fields.list(call.body, "ids")
  if not ids then
    if call.body.id == nil then fail(400, "ids is required") end
    ids = { fields.integer(call.body, "id") }
  end
  return (add_known(account, "links", list, ids))
end

local COLUMNS = { name = true, url = true }

local function read_file(call)
  local rows = members.read_doc(call)
  local markers = members.read_mapping(call, COLUMNS, { "name", "url" })
  return members.name_cells(rows, markers)
end

groups["link_lists.import"] = function(account, call)
  local found = read_file(call)
  local name = members.import_name(call)
  account.store:check_name("link_lists", name)
  local made = make_links(account, found, "doc")
  local list = new_group(account, "link_lists", name)
  add_known(account, "links", list, made)
  return { id = list.id, name = name, enabled = true }
end

groups["link_lists.add_new_links"] = function(account, call)
  local list = account.store:find("link_lists", call.path.id)
  local links = fields.list(call.body, "links", { required = true })
  add_known(account, "links", list, make_links(account, links, "links"))
  return { enabled = list.enabled, id = list.id, name = list.name, user_id = 3191, company_id = 3182 }
end

-- Unique clicks on short links that came from this list.
local function clicks_of(account, list)
  local count = 0
  for _, short in ipairs(account.short_links.links) do
    if short.list == list and short.clicks > 0 then count = count + 1 end
  end
  return count
end

groups["link_lists.list"] = function(account, call)
  return json.array(account.store:page("link_lists", call.query, function(list)
    return { id = list.id, name = list.name, enabled = list.enabled and 1 or 0, conversionCount = clicks_of(account, list) }
  end))
end

groups["link_lists.links"] = function(account, call)
  local list = account.store:find("link_lists", call.path.id)
  local links = json.array {}
  for i, link in ipairs(list.items) do links[i] = { linkId = link.id, url = link.url } end
  return json.array { { id = list.id, links = links } }
end

-- The document shows no response; this is the one of the import.
groups["link_lists.replace"] = function(account, call)
  local list = account.store:find("link_lists", call.path.id)
  local made = make_links(account, read_file(call), "doc")
  if call.parts.name then account.store:rename("link_lists", list, members.import_name(call)) end
  list.items, list.has = {}, {}
  add_known(account, "links", list, made)
  return { id = list.id, name = list.name, enabled = list.enabled }
end

groups["link_lists.patch"] = function(account, call)
  local list = account.store:find("link_lists", call.path.id)
  local name = fields.text(call.body, "name")
  local enabled = fields.flag(call.body, "enabled", { required = name == nil })
  if name then account.store:rename("link_lists", list, name) end
  if enabled ~= nil then account.store:set_enabled("link_lists", list, enabled) end
  return { id = list.id, enabled = list.enabled and 1 or 0 }
end

groups["link_lists.disable"] = function(account, call)
  account.store:find("link_lists", call.path.id).enabled = false
  return true
end

groups["link_lists.remove_link"] = function(account, call)
  return remove_item(account, "link_lists", call, "[id]")
end

return groups
