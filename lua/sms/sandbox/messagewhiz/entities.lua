-- SPDX-License-Identifier: MIT
-- Campaigns, senders, word spinners, templates and triggers of the sandboxed MessageWhiz.
-- Responses follow each operation's own example, even where the examples of two operations differ.

local json = require "sms.json"
local dates = require "sms.sandbox.messagewhiz.dates"
local fields = require "sms.sandbox.messagewhiz.fields"
local fail = fields.fail

local entities = {}

local function as_number(enabled)
  return enabled and 1 or 0
end

local function need_one_of(body, ...)
  for _, name in ipairs { ... } do
    if body[name] ~= nil then return end
  end
  fail(400, "the body must give at least one of: %s", table.concat({ ... }, ", "))
end

local function disable(kind)
  return function(account, call)
    account.store:find(kind, call.path.id).enabled = false
    return true
  end
end

local function list(kind, show)
  return function(account, call)
    return json.array(account.store:page(kind, call.query, show))
  end
end

-- Campaigns

local function show_campaign(campaign)
  return {
    id = campaign.id, is_default = 0, name = campaign.name, enabled = campaign.enabled,
    start_date = campaign.start_date and dates.iso(campaign.start_date) or json.null,
    end_date = campaign.end_date and dates.iso(campaign.end_date) or json.null,
  }
end

local function read_date(body, name)
  local text = fields.text(body, name)
  return text and (dates.from_iso(text) or fail(400, "%s must be a date in ISO 8601", name))
end

-- New dates of a campaign, checked together with its existing ones.
local function read_period(body, campaign)
  local first = read_date(body, "start_date") or campaign.start_date
  local last = read_date(body, "end_date") or campaign.end_date
  if first and last and last < first then fail(400, "end_date must not be before start_date") end
  return first, last
end

entities["campaigns.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  local first, last = read_period(call.body, {})
  account.store:check_name("campaigns", name)
  return show_campaign(account.store:add("campaigns", { name = name, start_date = first, end_date = last }))
end

entities["campaigns.list"] = list("campaigns", function(campaign)
  local shown = show_campaign(campaign)
  shown.userList = json.array { { campaign_id = campaign.id, user_id = 3191, company_id = 3182 } }
  return shown
end)

local function change_campaign(account, call)
  local campaign = account.store:find("campaigns", call.path.id)
  local name = fields.text(call.body, "name")
  local first, last = read_period(call.body, campaign)
  if name then account.store:rename("campaigns", campaign, name) end
  campaign.start_date, campaign.end_date = first, last
  return campaign
end

entities["campaigns.update"] = function(account, call)
  need_one_of(call.body, "name", "start_date", "end_date")
  return show_campaign(change_campaign(account, call))
end

entities["campaigns.patch"] = function(account, call)
  need_one_of(call.body, "enabled", "name", "start_date", "end_date")
  local enabled = fields.flag(call.body, "enabled")
  local campaign = change_campaign(account, call)
  if enabled ~= nil then account.store:set_enabled("campaigns", campaign, enabled) end
  return { id = campaign.id, enabled = as_number(campaign.enabled) }
end

entities["campaigns.disable"] = disable "campaigns"

-- Senders

local function show_sender(sender)
  return { id = sender.id, name = sender.name, enabled = sender.enabled }
end

entities["senders.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  account.store:check_name("senders", name)
  return show_sender(account.store:add("senders", { name = name }))
end

entities["senders.list"] = list("senders", show_sender)

local function change_sender(account, call)
  need_one_of(call.body, "name", "enabled")
  local sender = account.store:find("senders", call.path.id)
  local name, enabled = fields.text(call.body, "name"), fields.flag(call.body, "enabled")
  if name then account.store:rename("senders", sender, name) end
  if enabled ~= nil then account.store:set_enabled("senders", sender, enabled) end
  return sender
end

entities["senders.update"] = function(account, call)
  return show_sender(change_sender(account, call))
end

-- The document shows no response; this is the one of the other PATCH operations.
entities["senders.patch"] = function(account, call)
  local sender = change_sender(account, call)
  return { id = sender.id, enabled = as_number(sender.enabled) }
end

entities["senders.disable"] = disable "senders"

-- Word spinners

local function show_spinner(spinner)
  return { name = spinner.name, words = json.array(spinner.words), enabled = spinner.enabled, id = spinner.id }
end

local function read_words(body, options)
  local words = fields.list(body, "words", options)
  if not words then return nil end
  if #words == 0 then fail(400, "words must not be empty") end
  for i, word in ipairs(words) do
    if type(word) ~= "string" then fail(400, "words[%d] must be a string", i) end
  end
  return words
end

entities["spinners.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  local words = read_words(call.body, { required = true })
  account.store:check_name("spinners", name)
  return show_spinner(account.store:add("spinners", { name = name, words = words }))
end

entities["spinners.list"] = list("spinners", show_spinner)

local function change_spinner(account, call)
  local spinner = account.store:find("spinners", call.path.id)
  local name, words = fields.text(call.body, "name"), read_words(call.body)
  if name then account.store:rename("spinners", spinner, name) end
  spinner.words = words or spinner.words
  return spinner
end

entities["spinners.update"] = function(account, call)
  need_one_of(call.body, "name", "words")
  return show_spinner(change_spinner(account, call))
end

entities["spinners.patch"] = function(account, call)
  need_one_of(call.body, "enabled", "name", "words")
  local enabled = fields.flag(call.body, "enabled")
  local spinner = change_spinner(account, call)
  if enabled ~= nil then account.store:set_enabled("spinners", spinner, enabled) end
  return { enabled = as_number(spinner.enabled) }
end

entities["spinners.disable"] = disable "spinners"

-- Templates

local function show_template(template)
  return { id = template.id, name = template.name, body = template.body, enabled = template.enabled }
end

entities["templates.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  local body = fields.text(call.body, "body", { required = true })
  account.store:check_name("templates", name)
  return show_template(account.store:add("templates", { name = name, body = body }))
end

entities["templates.list"] = list("templates", function(template)
  local shown = show_template(template)
  shown.user_id = 3191
  return shown
end)

entities["templates.update"] = function(account, call)
  need_one_of(call.body, "name", "body")
  local template = account.store:find("templates", call.path.id)
  local name, body = fields.text(call.body, "name"), fields.text(call.body, "body")
  if name then account.store:rename("templates", template, name) end
  template.body = body or template.body
  return show_template(template)
end

entities["templates.disable"] = disable "templates"

-- Triggers

local function show_trigger(trigger)
  return {
    id = trigger.id, name = trigger.name, uuid = trigger.uuid, enabled = as_number(trigger.enabled), short_url = trigger.short_url,
  }
end

entities["triggers.create"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  account.store:check_name("triggers", name)
  local trigger = account.store:add("triggers", { name = name, uuid = account.state.random:uuid() })
  trigger.short_url = account.short_links:make(call.base, "t", { trigger = trigger })
  local shown = show_trigger(trigger)
  shown.trigger_type_id = 1
  return shown
end

entities["triggers.list"] = list("triggers", function(trigger)
  local shown = show_trigger(trigger)
  shown.trigger_type_id = 1
  shown.details, shown.date = json.null, json.null
  shown["flight_details.flight_number"], shown["flight_details.arrival_date"] = json.null, json.null
  return shown
end)

entities["triggers.update"] = function(account, call)
  local name = fields.text(call.body, "name", { required = true })
  local trigger = account.store:find("triggers", call.path.id)
  account.store:rename("triggers", trigger, name)
  return show_trigger(trigger)
end

entities["triggers.disable"] = disable "triggers"

return entities
