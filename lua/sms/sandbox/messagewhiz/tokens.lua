-- SPDX-License-Identifier: MIT
-- The {{tokens}} of MessageWhiz message texts.

local json = require "sms.json"
local fields = require "sms.sandbox.messagewhiz.fields"

local tokens = {}

local TOKEN = "{{%s*([%w_]+)%f[^%w_]:?(%d*)%s*}}"

-- Tokens as `estimate` reports them; those marked true also say which ids they were used with.
local ACTIONS = {
  callback = false, first_name = false, last_name = false, url = false, random_symbol = false, verification_code = false,
  custom = true, custom1 = true, custom2 = true, custom3 = true, custom4 = true, gender = false, word_spinner = true, link = true,
  link_list = true, unsubscription_link = true, shorten_url = true, callback_link = true,
}

-- Tokens that need an id, and the kind of item that it names.
local KINDS = { link = "links", link_list = "link_lists", word_spinner = "spinners" }

--- Refuses a text that names links, link lists or spinners that don't exist.
---@param field string  the request's field the text came in
function tokens.check(account, text, field)
  for name, id in text:gmatch(TOKEN) do
    local item = KINDS[name] and account.store:get(KINDS[name], id)
    if KINDS[name] and not (item and item.enabled) then
      fields.fail(400, "%s: {{%s:%s}} names nothing that exists", field, name, id)
    end
  end
end

local expand = {}

for _, marker in ipairs { "first_name", "last_name", "email", "url", "custom", "custom1", "custom2", "custom3", "custom4", "gender" } do
  expand[marker] = function(context) return context.recipient[marker] end
end

function expand.shorten_url(context)
  return context.recipient.url and context.shorten { url = context.recipient.url }
end

function expand.link(context, id)
  local link = context.account.store:get("links", id)
  return link and context.shorten { url = link.url, link = link }
end

-- The links of a list are spread evenly over the recipients.
function expand.link_list(context, id)
  local list = context.account.store:get("link_lists", id)
  local link = list and list.items[(context.index - 1) % math.max(#list.items, 1) + 1]
  return link and context.shorten { url = link.url, link = link, list = list }
end

function expand.word_spinner(context, id)
  local spinner = context.account.store:get("spinners", id)
  return spinner and context.account.state.random:pick(spinner.words)
end

function expand.random_symbol(context)
  return context.account.state.random:word(1, "abcdefghijklmnopqrstuvwxyz")
end

function expand.verification_code(context)
  return context.code
end

function expand.unsubscription_link(context)
  return context.unsubscribe and context.unsubscribe()
end

-- Named in the documents without an explanation: replaced by nothing.
function expand.callback() return "" end
function expand.callback_link() return "" end

--- The text for one recipient. An unknown value is replaced by nothing; an undocumented token stays.
---@param text string
---@param context table  `account, recipient, index` (1 for the first of the segment), `shorten(entry) -> address`,
---  `unsubscribe() -> address`?, `code`?, `seen(name, replacement, id)`?
---@return string
function tokens.expand(text, context)
  return (text:gsub(TOKEN, function(name, id)
    if not expand[name] then return nil end
    local replacement = tostring(expand[name](context, id) or "")
    if context.seen then context.seen(name, replacement, id) end
    return replacement
  end))
end

--- The `messageExpanded` part of an estimate: the text expanded, and the outcome of each token.
function tokens.describe(text, context)
  local actions = {}
  for name, with_parameters in pairs(ACTIONS) do
    actions[name] = { replacement = "", count = 0, parameters = with_parameters and json.array {} or nil }
  end
  actions.callback.uuid, actions.word_spinner.isApproximate = "", true
  actions.random_symbol.replacement = expand.random_symbol(context)
  context.seen = function(name, replacement, id)
    local action = actions[name]
    if not action then return end
    action.replacement, action.count = replacement, action.count + 1
    if action.parameters and id ~= "" then table.insert(action.parameters, math.tointeger(tonumber(id))) end
  end
  return { actions = actions, text = tokens.expand(text, context) }
end

return tokens
