-- SPDX-License-Identifier: MIT
-- The operations that run out of memory in spec/c/alloc.c: called with the peer's URL, a function that tells how many requests the
-- peer has had, and one that opens sms.core again. Returns a list of { name, function() -> text }; the same text at each run.
-- A text with BROKEN in an error says that a promise was broken.

local url, arrived, open = ...

local core = require "sms.core"

local cases = {}

local function case(name, fn) cases[#cases + 1] = { name, fn } end

-- Any value as text, keys in order.
local function show(value)
  if type(value) ~= "table" then return tostring(value) end
  local keys, out = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do out[i] = tostring(key) .. "=" .. show(value[key]) end
  return "{" .. table.concat(out, ",") .. "}"
end

local function good(value, ...)
  if value == nil then
    local first, second = ...
    error(type(first) == "table" and first.message or tostring(second ~= nil and second or first), 0)
  end
  return value, ...
end

---------------------------------------------------------------- values

local LIST = {
  { scheme = "header", name = "apikey", value = "s3cr\"et/ +" }, { scheme = "basic", user = "me", value = "open sesame" },
  { scheme = "query", name = "to ken", value = "a&b=cd" }, { scheme = "form", name = "session", value = "12345" },
  { scheme = "json", name = "api\"key", value = "x\1yz" },
}

case("open", function() return type(open().pool) end)

case("auth", function()
  local auth = core.auth(LIST)
  local text = core.mask({ auth }, "<a%26b=cd> <s3cr\\\"et/ +> " .. ("x"):rep(600)) .. show(auth:reveal()) .. tostring(auth)
  auth:close()
  return text
end)

local SETTINGS = {
  base_url = url .. "/base/", headers = { ["X-A"] = "1", ["X-B"] = "" }, user_agent = "alloc", ca_file = "/none", proxy = "",
  connect_timeout = 1, stall_timeout = 2, http = "1.1", max_body = 1000, max_header = 2000,
}

case("endpoint", function()
  local settings = { auth = core.auth(LIST) }
  for name, value in pairs(SETTINGS) do settings[name] = value end
  local endpoint = core.endpoint(settings)
  local text = tostring(endpoint)
  endpoint:close()
  return text
end)

case("secret file", function()
  local path = os.tmpname()
  local remover <close> = setmetatable({}, { __close = function() os.remove(path) end })
  local file <close> = assert(io.open(path, "w"))
  file:write("s3cret\n"):flush()
  local text, why = core.secret_file(path)
  if not text and why ~= "out of memory" then error("BROKEN: " .. why, 0) end
  return good(text, why) .. select(2, core.secret_file "/") .. show(remover ~= nil)
end)

case("pool", function()
  local pool <close> = core.pool { max_connections = 2, max_total = 3 }
  return tostring(pool) .. pool:step(0)
end)

case("mistakes", function()
  for _, wrong in ipairs { { base_ulr = "" }, { base_url = "ftp://x" }, { base_url = url, headers = { a = "b\n" } }, { base_url = 1 } } do
    if pcall(core.endpoint, wrong) then error("BROKEN: a mistake was let through", 0) end
  end
  return "refused"
end)

---------------------------------------------------------------- codecs

local TEXT = '{"a":[1,2.0,123456789012345678,1e3],"b":{"c":"d","e":12345678901234567890}}'

case("json read", function()
  local guarded
  local restored = good(core.json_reader(function(text)
    guarded = text
    local marker = text:match "[\xC0-\xFF]"
    return { marker .. "2.0", { marker .. "123456789012345678" }, marker .. "12345678901234567890" }
  end, error)(TEXT))
  return guarded .. show(restored)
end)

case("json write", function()
  local function write(value)
    local packed
    local text = core.json_writer(function(given)
      packed = given
      return '{"a":"\xFF12","b":"c"}'
    end)(value)
    return text, packed
  end
  local text, packed = write { a = { 1, 2.5, 0.1 + 0.2, 123456789012345678 }, b = { c = "d", list = {} } }
  local refused = select(2, core.json_writer(print) { a = { { b = "\xFF" } } })
  if not refused:find("UTF-8", 1, true) then error(refused, 0) end
  return good(text) .. show(packed) .. refused
end)

case("status", function()
  local row = core.status("zoomconnect", "delivery", "DELIVERED")
  return show(row) .. show(core.status("websms", "send", 2000)) .. #core.statuses("messagewhiz", "delivery")
end)

case("words", function()
  local wrong = select(2, pcall(core.status, "zipwip", "send", 1))
  if not tostring(wrong):find("zipwhip", 1, true) then error(wrong, 0) end
  return show(core.nearest("campagin", { "broadcast", "campaign" })) .. show(core.equal("a", "a")) .. wrong
    .. show(core.http_date "Sun, 06 Nov 1994 08:49:37 GMT")
end)

if core.text_count then
  local LONG = ("{€} Grüße, żółć “x” 😀 e\u{301} "):rep(5)
  case("text", function()
    local out = {}
    for i, options in ipairs { {}, { graphemes = true, reference = 16 }, { language = "any" } } do
      out[i] = show(table.pack(core.text_count(LONG, options))) .. show(good(core.text_analyse(LONG, options)))
        .. show(good(core.text_split(LONG, options)))
    end
    return table.concat(out) .. show(core.text_forcing(LONG)) .. show(core.text_clusters(LONG)) .. show(core.text_count "\xFF")
  end)
end

---------------------------------------------------------------- requests

-- Starts one request, brings it to its end, and looks at everything that a transfer can tell. A request that may go out once must
-- not arrive twice, and not at all when the core says that it was not put on a wire.
local function call(settings, pool_options, method, target, body, extra)
  local before = arrived()
  local pool <close> = core.pool(pool_options)
  settings.base_url = settings.base_url or url
  local endpoint <close> = core.endpoint(settings)
  local transfer <close> = good(pool:start(endpoint, method, target, body, 5, true, extra))
  local feeding = extra and (extra.feed or extra.parts and extra.parts[1].feed)
  while not transfer:done() do
    if feeding and good(transfer:feed "fed ") then
      good(transfer:feed(nil))
      feeding = false
    end
    good(pool:step(0.2))
  end
  local result = table.pack(transfer:result())
  if not result[1] then
    local came = arrived() - before
    local failure = result[2]
    if came > 1 or failure.attempts == 0 and came > 0 then error("BROKEN: " .. came .. " arrived, attempts " .. failure.attempts, 0) end
    error(("%s: %s (%s)"):format(failure.kind, failure.message, failure.code), 0)
  end
  if result[3] ~= 1 then error("BROKEN: attempts " .. result[3], 0) end
  local seen = result[2]:gsub("boundary=%-*%x+", "boundary"):gsub("%-%-+%x+", "--"):gsub("Content%-Length: %d+", "Content-Length")
  -- libcurl (7.88.1, create_conn) goes on without the query when it has no memory for a copy of it.
  seen = seen:gsub("^(%u+ /%w*)%?%S*", "%1")
  return table.concat({
    result[1], seen, show(transfer:headers()):gsub("content%-length=%d+", ""), transfer:header "x-one", type(transfer:timings().total),
    transfer:effective_url(), tostring(transfer), select("#", transfer:progress()), tostring(pool),
  }, "|")
end

case("GET", function() return call({ headers = { ["X-A"] = "1" }, user_agent = "alloc" }, nil, "GET", "/a?b=c") end)

case("GET gzip", function() return call({}, { max_connections = 1 }, "GET", "/gzip") end)

case("HEAD", function() return call({}, nil, "HEAD", "/") end)

case("POST", function()
  return call({ auth = core.auth { LIST[1], LIST[3] } }, nil, "POST", "/", '{"a":1}', { headers = { ["X-C"] = "2" } })
end)

case("PATCH", function() return call({ auth = core.auth { LIST[5] } }, nil, "PATCH", "/", '{"a":1}') end)

case("DELETE basic", function() return call({ auth = core.auth { LIST[2] } }, nil, "DELETE", "/") end)

case("form", function()
  return call({ auth = core.auth { LIST[4] } }, nil, "PUT", "/", "a=1", { content_type = "application/x-www-form-urlencoded" })
end)

case("parts", function()
  return call({ auth = core.auth { LIST[4] } }, nil, "POST", "/", nil, { parts = {
    { name = "a", data = "b" }, { name = "f", path = "LICENSE", filename = "l.txt", type = "text/plain" },
  } })
end)

case("file", function() return call({}, nil, "PUT", "/", nil, { file = "LICENSE", content_type = "text/plain" }) end)

case("fed", function() return call({}, nil, "POST", "/", nil, { feed = true }) end)

case("to file", function()
  local path = os.tmpname()
  local remover <close> = setmetatable({}, { __close = function() os.remove(path) end })
  local text = call({}, nil, "GET", "/gzip", nil, { to_file = path, max_body = 1000 })
  local file <close> = assert(io.open(path))
  if io.open(path .. ".part") then error("BROKEN: the part file is left", 0) end
  return text .. show(file:read "a") .. show(remover ~= nil)
end)

case("files", function()
  local path = os.tmpname()
  local remover <close> = setmetatable({}, { __close = function() os.remove(path) end })
  local sink <close> = good(core.sink(path))
  good(sink:keep "text")
  if io.open(path .. ".part") then error("BROKEN: the part file is left", 0) end
  return show((good(core.read_file(path)))) .. show(remover ~= nil)
end)

case("kept connection", function()
  local pool <close> = core.pool()
  local endpoint <close> = core.endpoint { base_url = url }
  local out = {}
  for i, verb in ipairs { "GET", "POST", "PATCH", "GET" } do
    local transfer <close> = good(pool:start(endpoint, verb, "/", verb ~= "GET" and "{}" or nil, 5, true))
    while not good(pool:wait(transfer, 0.2)) and not transfer:done() do end
    out[i] = table.concat({ good(transfer:result()) }, " ", 1, 2)
  end
  return table.concat(out, "|")
end)

case("exchanges", function()
  local pool <close> = core.pool()
  local endpoint <close> = core.endpoint { base_url = url }
  local out = {}
  for i, verb in ipairs { "GET", "POST", "GET" } do
    local body = verb == "POST" and "{}" or nil
    local status, text = good(pool:exchange(endpoint, verb, "/", body, 5, true, nil, 5, {}))
    out[i] = status .. text
  end
  return table.concat(out, "|")
end)

case("shapes", function()
  local shape = { 5, "f+", "on", 2, false, "items", { 6, { 5, "t", "name", 1, false }, true }, true }
  local value = good(core.coerce({ on = "1", items = { { name = 12 } } }, shape))
  local _, why = core.coerce({ items = { { name = {} } } }, { 5, "+", "items", shape[7], false })
  return show(value) .. good(why) .. show(core.check({ a = "x" }, { [0] = 1, a = { 16, ("1"):rep(256), 0, 5 } }))
    .. show({ core.place({ id = 7, a = { "x y", true } }, { { "/c/", "id" }, "f=1", { "a", "a=" }, false, { "id", "i" } }) })
end)

case("fed part", function()
  local parts = { { name = "a", feed = true, size = 4 }, { name = "b", data = "c" } }
  return call({}, nil, "POST", "/", nil, { parts = parts })
end)

case("streamed answer", function()
  local pool <close> = core.pool()
  local endpoint <close> = core.endpoint { base_url = url }
  local transfer <close> = good(pool:start(endpoint, "GET", "/gzip", nil, 5, true, { stream = true }))
  local out = {}
  repeat
    local piece = transfer:read()
    out[#out + 1] = piece
    if piece == "" then good(pool:step(0.2, {})) end
  until not piece
  return table.concat(out) .. good(transfer:result()) .. good(transfer:status())
end)

-- Under a loop outside, as an adapter plays it.
case("sockets", function()
  local pool = core.pool { sockets = true }
  local closer <close> = setmetatable({}, { __close = function()
    pool:close()
    while pool:interest() do end -- what was watched is let go of once that was told
  end })
  local endpoint <close> = core.endpoint { base_url = url }
  local transfer <close> = good(pool:start(endpoint, "POST", "/", "{}", 5, true))
  local watched, text = {}, pool:mode()
  while not transfer:done() do
    local wishes = pool:interest()
    for i = 1, wishes and #wishes or 0, 2 do watched[wishes[i]] = wishes[i + 1] ~= "" and wishes[i + 1] or nil end
    local socket, events = next(watched)
    if socket then good(pool:ready(socket, events, {})) end
    good(pool:expired({}))
    good(core.rest({ pool }, 0.001))
  end
  return text .. table.concat({ good(transfer:result()) }, " ", 1, 2) .. show(closer ~= nil)
end)

case("several, and closed early", function()
  local pool <close> = core.pool()
  local endpoint <close> = core.endpoint { base_url = url }
  local ended, transfers = {}, {}
  for i = 1, 4 do transfers[i] = good(pool:start(endpoint, "GET", "/gzip", nil, 5)) end
  transfers[4]:cancel()
  while #ended < 3 do
    good(pool:step(0.2, ended))
    local done = 0
    for i = 1, 3 do done = done + (transfers[i]:done() and 1 or 0) end
    if done == 3 and #ended < 3 then error("BROKEN: ended transfers were not handed out", 0) end
  end
  local kind = good(select(2, transfers[4]:result())).kind
  pool:close()
  ended, transfers = nil, nil
  collectgarbage()
  return kind .. show(ended) .. show(transfers) .. select(2, pool:step(0))
end)

-- What is left after a step that ran out of memory must not be touched when it is gone.
case("a step that fails", function()
  local pool = core.pool()
  local endpoint <close> = core.endpoint { base_url = url }
  for _ = 1, 6 do good(pool:start(endpoint, "GET", "/gzip", nil, 5)) end
  local good_steps, problem = pcall(function()
    repeat
      local running = good(pool:step(0.2, {}))
    until running == 0
  end)
  pool:close()
  collectgarbage()
  local kind = select(2, pool:step(0))
  pool:close()
  if not good_steps then error(problem, 0) end
  return kind
end)

---------------------------------------------------------------- what stands on the core

local found, client_json = pcall(require, "sms.json")
if found then
  case("json through cjson", function()
    local value = good(client_json.decode(TEXT))
    return show(value) .. #good(client_json.encode { list = client_json.array {}, n = 123456789012345678, f = 0.1 + 0.2 })
  end)
end

local sms = require "sms"
local clients = {
  messagewhiz = sms.messagewhiz { apikey = "k123", base_url = url }, websms = sms.websms { token = "t1234", base_url = url },
  zoomconnect = sms.zoomconnect { email = "a@b.c", token = "t1234", base_url = url },
  zipwhip = sms.zipwhip { session = "s1234", base_url = url },
}

local HOOKS = {
  { "messagewhiz", { method = "GET", query = "message_id=1&status=2" } },
  { "websms", { body = '{"messageType":"text","transferId":"1","recipientAddress":"2","senderAddress":"3","textMessageContent":"hi"}' } },
  { "zoomconnect", { query = "&status=DELIVERED&messageId=40124213" } },
  { "zoomconnect", { query = "from=+27725551234&messageId=124567&message=REPLY" } },
  { "zipwhip", { body = '{"id":"1","body":"hi","messageType":"MO","address":"ptn:/1","sourceAddress":"1","destAddress":"2"}' } },
}

for i, hook in ipairs(HOOKS) do
  local provider, request = table.unpack(hook)
  case(("webhook %d, %s"):format(i, provider), function()
    local headers = { ["content-type"] = request.body and "application/json" or "text/plain" }
    local asked = { method = request.method or "POST", query = request.query or "", body = request.body or "", headers = headers }
    local events, err = clients[provider]:webhook(asked)
    if not events then error(tostring(err), 0) end
    return show(events)
  end)
end

return cases
