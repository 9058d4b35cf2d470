-- SPDX-License-Identifier: MIT
-- Holds every resource file to the rules of facts: tables only, a closed vocabulary, types that resolve, few exceptions,
-- and the operations that the design promises. A new provider adds its row to `promised`.

local argument = require "sms.api.convert"
local names_of = require("sms.check").names
local Type = require "sms.api.types"

-- DESIGN §2: what each provider offers, resource by resource.
local promised = {
  messagewhiz = {
    campaigns = "create list update patch disable",
    recipient_lists = "import create preview list recipients numbers download add_numbers patch replace disable",
    senders = "create list update patch disable",
    sender_lists = "create add list senders update patch disable remove",
    broadcasts = "estimate send send_single send_smart tiny submit list",
    segments = "create",
    messages = "send",
    otp = "send verify",
    unsubscribe_lists = "import create preview add_numbers list numbers download replace patch disable",
    links = "create list update disable conversion",
    link_lists = "create import add_links add_new_links list links replace patch disable remove_link",
    spinners = "create list update patch disable",
    templates = "create list update disable",
    triggers = "create list update disable",
    delivery_reports = "get",
  },
  zoomconnect = {
    account = "balance statistics transfer find_user create_user get_user update_user",
    sms = "send send_bulk send_url_parameters send_url",
    contacts = "list create get update delete add_to_group remove_from_group",
    groups = "list create get update delete add_contact remove_contact",
    messages = "list get delete mark_read mark_unread analyse credit_cost encoding length length_allowed parts",
    templates = "list get delete",
    voice = "list send_audio send_text get delete",
  },
  websms = { messages = "send_text send_binary send_simple", whatsapp = "send" },
  zipwhip = {
    user = "login logout get save set_signature change_password",
    messages = "send send_media get list mark_read delete",
    attachments = "list get save",
    conversations = "list get mark_read delete",
    contacts = "save list get delete",
    groups = "list members get save add_member remove_member delete",
    webhooks = "add list update delete",
    operators = "list save unassign",
    roles = "list",
    apps = "install alter list",
    lookup = "textable",
  },
}

local FACT_KEYS = {
  result = "string", body = "table", form = "table", multipart = "table", query = "table", path = "table", wire = "table",
  default = "table", one_of = "table", any_of = "table", needs = "table", contains = "table", required_if = "table",
  only_if = "table", envelope = "boolean", single = "boolean", response = "string", pages = "string", repeatable = "boolean",
  send = "boolean", auth = "string", hook = "string", source = "string", unwrap = "string", accept = "string", host = "string",
  charset = "string", from_client = "table",
}
local ALIAS_KEYS = {
  min = "number", max = "number", patterns = "table", what = "string", values = "table", phone = "boolean", as = "string", must = "table",
  format = "string", utc_offset = "number", step = "number",
  markers = "table", keys = "table", dates = "table",
}
local PLACES = { "query", "body", "form", "multipart" }

local function words(text)
  local out = {}
  for word in text:gmatch("%S+") do out[#out + 1] = word end
  table.sort(out)
  return out
end

-- Loads a file of facts with nothing in reach: a call or a global name in it fails.
local function load_facts(module)
  local path = assert(package.searchpath(module, package.path))
  return assert(loadfile(path, "t", {}))()
end

-- Every place in a value that holds something other than a table, text, number or boolean.
local function impurities(value, where, out)
  out = out or {}
  if type(value) == "table" then
    if getmetatable(value) then out[#out + 1] = where .. " has a metatable" end
    for key, item in pairs(value) do impurities(item, where .. "." .. tostring(key), out) end
  elseif type(value) ~= "string" and type(value) ~= "number" and type(value) ~= "boolean" then
    out[#out + 1] = ("%s is a %s"):format(where, type(value))
  end
  return out
end

local function sentence_troubles(text, where)
  if type(text) ~= "string" then return { where .. " lacks its sentence" } end
  local out = {}
  if not text:match("^%u.*%.$") then out[#out + 1] = where .. ": a sentence begins with a capital and ends with a full stop" end
  if text:find("\n") or text:find("%.%s+%u") then out[#out + 1] = where .. ": one sentence, one line" end
  return out
end

local function key_troubles(entry, known, where)
  local out = {}
  for key, value in pairs(entry) do
    if type(key) == "string" and known[key] == nil then
      out[#out + 1] = ("%s: unknown key '%s'"):format(where, key)
    elseif type(key) == "string" and type(value) ~= known[key] then
      out[#out + 1] = ("%s: '%s' must be a %s"):format(where, key, known[key])
    elseif type(key) ~= "string" and key ~= 1 and key ~= 2 then
      out[#out + 1] = ("%s: surplus entry %s"):format(where, tostring(key))
    end
  end
  return out
end

-- Placeholders of a path in order, each with whether it is an optional tail.
local function placeholders(fact)
  local out = {}
  for slash, name, rest in fact[1]:gmatch("{(/?)([%w_]+)}()") do
    out[#out + 1] = { name = name, tail = slash == "/", last = rest == #fact[1] + 1 }
  end
  return out
end

-- Arguments of a fact by name → type; a name that stands twice is a trouble.
local function arguments_of(fact, where, out)
  local arguments = {}
  local function add(name, text)
    if arguments[name] then out[#out + 1] = ("%s: argument '%s' stands twice"):format(where, name) end
    arguments[name] = text
  end
  for _, piece in ipairs(placeholders(fact)) do
    add(piece.name, fact.path and fact.path[piece.name] or "sms.Id")
    if piece.tail and not piece.last then out[#out + 1] = where .. ": an optional piece of the path must be its end" end
  end
  for _, place in ipairs(PLACES) do
    for name, text in pairs(fact[place] or {}) do add(name, text) end
  end
  return arguments
end

-- Every argument name that a rule of the fact speaks of.
local function ruled_names(fact)
  local out = {}
  local function take(name) out[#out + 1] = name end
  for _, key in ipairs { "wire", "default", "contains", "path" } do
    for name in pairs(fact[key] or {}) do take(name) end
  end
  for name, other in pairs(fact.needs or {}) do
    take(name)
    take(other)
  end
  for _, key in ipairs { "one_of", "any_of" } do
    for _, set in ipairs(fact[key] or {}) do
      for _, name in ipairs(set) do take(name) end
    end
  end
  for _, key in ipairs { "required_if", "only_if" } do
    for _, rule in ipairs(fact[key] or {}) do
      take(rule[1])
      for _, name in ipairs(rule[3]) do take(name) end
    end
  end
  return out
end

local function type_trouble(text, registry, where)
  local ok, node = pcall(Type.parse, text, registry)
  if not ok then return nil, ("%s: %s"):format(where, node) end
  return node
end

local function default_troubles(fact, arguments, registry, where)
  local out = {}
  for name, value in pairs(fact.default or {}) do
    local node = type_trouble(arguments[name] or "", registry, where)
    if node then argument.converter(node, registry)(value, ("%s: default '%s'"):format(where, name), out) end
  end
  return out
end

-- Everything that is wrong with one fact.
local function fact_troubles(fact, where, registry)
  local out = key_troubles(fact, FACT_KEYS, where)
  local function join(list) table.move(list, 1, #list, #out + 1, out) end
  join(sentence_troubles(fact[2], where))
  local verbs, path = tostring(fact[1]):match("^([%u|]+) (/[%w/%-_{}?=&]*)$")
  local method = verbs and verbs:match("^%u+")
  if not method then
    out[#out + 1] = where .. ": the first entry is a verb and a path"
    return out
  end
  if path:gsub("{/?[%w_]+}", ""):find("[{}]") then out[#out + 1] = where .. ": a broken placeholder" end
  local bodies = (fact.body and 1 or 0) + (fact.form and 1 or 0) + (fact.multipart and 1 or 0)
  if bodies > 1 then out[#out + 1] = where .. ": one kind of body" end
  if bodies > 0 and (method == "GET" or method == "DELETE") then out[#out + 1] = where .. ": no body with " .. method end
  if fact.send and (fact.repeatable or method ~= "POST" and fact.repeatable ~= false) then
    out[#out + 1] = where .. ": what sends a text is not repeatable"
  end
  if not fact.source then out[#out + 1] = where .. ": lacks its source" end
  local arguments = arguments_of(fact, where, out)
  for name, text in pairs(arguments) do
    local _, trouble = type_trouble(text, registry, ("%s, argument '%s'"):format(where, name))
    out[#out + 1] = trouble
  end
  if fact.result then
    local _, trouble = type_trouble(fact.result, registry, where .. ", result")
    out[#out + 1] = trouble
  end
  for _, name in ipairs(ruled_names(fact)) do
    if not arguments[name] then out[#out + 1] = ("%s: a rule names '%s', which is no argument"):format(where, name) end
  end
  join(default_troubles(fact, arguments, registry, where))
  return out
end

-- Everything that is wrong with a file of types.
local function types_troubles(types, registry)
  local out = {}
  local function join(list) table.move(list, 1, #list, #out + 1, out) end
  for name, alias in pairs(types.aliases or {}) do
    join(key_troubles(alias, ALIAS_KEYS, name))
    join(sentence_troubles(alias[2], name))
    local _, trouble = type_trouble(alias[1], registry, name)
    out[#out + 1] = trouble
  end
  for name, class in pairs(types.classes or {}) do
    join(sentence_troubles(class[1], name))
    for _, field in ipairs(names_of(class)) do
      if field ~= "open" then
        local _, trouble = type_trouble(class[field], registry, name .. "." .. field)
        out[#out + 1] = trouble
      end
    end
  end
  return out
end

describe("the rules of facts", function()
  local registry = Type.registry(load_facts "sms.api.common_types")
  local function troubles(fact) return table.concat(fact_troubles(fact, "x", registry), "\n") end

  it("notice what is no plain data", function()
    assert.same({ "x.1.y is a function" }, impurities({ { y = print } }, "x"))
    assert.same({ "x has a metatable" }, impurities(setmetatable({}, {}), "x"))
  end)

  it("notice a fact outside the vocabulary", function()
    assert.equal("", troubles { "GET /a/{id}", "Read it.", source = "A" })
    assert.matches("unknown key 'bdy'", troubles { "POST /a", "Do it.", source = "A", bdy = {} })
    assert.matches("a verb and a path", troubles { "/a", "Do it.", source = "A" })
    assert.matches("lacks its source", troubles { "GET /a", "Read it." })
    assert.matches("ends with a full stop", troubles { "GET /a", "Read it", source = "A" })
  end)

  it("notice arguments that collide, have no type, or that only a rule knows", function()
    assert.matches("'id' stands twice", troubles { "GET /a/{id}/{id}", "Read it.", source = "A" })
    assert.matches("'id' stands twice", troubles { "PUT /a/{id}", "Do it.", source = "A", body = { id = "string" } })
    assert.matches("unknown type 'sms.No'", troubles { "GET /a", "Read it.", source = "A", query = { b = "sms.No?" } })
    local fact = { "GET /a", "Read it.", source = "A", query = { b = "integer?" } }
    assert.equal("", troubles(fact))
    fact.one_of, fact.default = { { "b", "c" } }, { b = "x" }
    assert.matches("names 'c'", troubles(fact))
    assert.matches("default 'b' must be", troubles(fact))
  end)

  it("notice a send that would be repeated", function()
    assert.matches("not repeatable", troubles { "POST /a", "Send it.", source = "A", send = true, repeatable = true })
    assert.matches("not repeatable", troubles { "PUT /a", "Send it.", source = "A", send = true })
  end)
end)

for provider, promise in pairs(promised) do
  describe("the facts of " .. provider, function()
    local adapter = require("sms." .. provider)
    local types = load_facts("sms." .. provider .. ".types")
    local registry = Type.registry(load_facts "sms.api.common_types", types)
    local resources = {}
    for _, name in ipairs(adapter.resources) do resources[name] = load_facts(("sms.%s.%s"):format(provider, name)) end

    it("are tables only", function()
      assert.same({}, impurities(resources, provider))
      assert.same({}, impurities(types, "types"))
      assert.same({}, impurities(load_facts "sms.api.common_types", "types"))
    end)

    it("offer the promised resources and operations", function()
      local list = { table.unpack(adapter.resources) }
      table.sort(list)
      assert.same(names_of(promise), list)
      for name, operations in pairs(promise) do assert.same(words(operations), names_of(resources[name]), name) end
    end)

    it("speak the vocabulary", function()
      local out = {}
      for resource, facts in pairs(resources) do
        table.move(sentence_troubles(facts[1], resource), 1, 2, #out + 1, out)
        for name, fact in pairs(facts) do
          if type(name) == "string" then
            local found = fact_troubles(fact, resource .. "." .. name, registry)
            table.move(found, 1, #found, #out + 1, out)
          end
        end
      end
      assert.same({}, out)
    end)

    it("use types that resolve", function()
      assert.same({}, types_troubles(load_facts "sms.api.common_types", registry))
      assert.same({}, types_troubles(types, registry))
    end)

    it("name no verb, path and set of arguments twice", function()
      local seen = {}
      for resource, facts in pairs(resources) do
        for name, fact in pairs(facts) do
          if type(fact) == "table" then
            local key = fact[1] .. " " .. table.concat(names_of(fact.body or fact.form or fact.multipart or {}), " ")
            assert.is_nil(seen[key], ("%s.%s is %s"):format(resource, name, tostring(seen[key])))
            seen[key] = resource .. "." .. name
          end
        end
      end
    end)

    it("need few hooks and only those that exist", function()
      local operations, hooks = 0, 0
      for resource, facts in pairs(resources) do
        for name, fact in pairs(facts) do
          if type(fact) == "table" then
            operations = operations + 1
            local most = 0
            for hook in (fact.hook or ""):gmatch("[%w_]+") do
              most, hooks = most + 1, hooks + (most == 0 and 1 or 0)
              assert.is_function(adapter.hooks[hook], resource .. "." .. name)
            end
            assert.is_true(most <= 2, resource .. "." .. name)
          end
        end
      end
      assert.is_true(hooks * 10 <= operations, ("%d of %d operations have a hook"):format(hooks, operations))
    end)

    it("ask for credentials that the adapter makes", function()
      local credentials = {}
      for name in pairs(adapter.options) do credentials[name] = "x" end
      local lists = adapter.auth(credentials)
      assert.is_not_nil(lists.default)
      for resource, facts in pairs(resources) do
        for name, fact in pairs(facts) do
          if type(fact) == "table" and fact.auth then assert.is_not_nil(lists[fact.auth], resource .. "." .. name) end
        end
      end
    end)

    it("leave no type of their own unused", function()
      local text = {}
      local function collect(value)
        if type(value) == "string" then text[#text + 1] = value end
        for _, item in pairs(type(value) == "table" and value or {}) do collect(item) end
      end
      collect(resources)
      collect(types)
      local all = "\n" .. table.concat(text, "\n") .. "\n"
      for _, kind in ipairs { "aliases", "classes" } do
        for name in pairs(types[kind]) do
          assert.truthy(all:find("%f[%w]" .. name:gsub("%.", "%%.") .. "%f[^%w.]"), name .. " is unused")
        end
      end
    end)
  end)
end
