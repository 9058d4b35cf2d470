-- SPDX-License-Identifier: MIT
-- What the library reads and writes, as lines: run as a program under one locale after the other, which it sets once everything is loaded,
-- as hosts do. All of it must be the same.

local LOCALE = arg[1]

local cjson = require "cjson"
local core = require "sms.core"
local dates = require "sms.dates"
local json = require "sms.json"
local sms = require "sms"
local template = require "sms.text.template"
local url = require "sms.url"
local webhook = require "sms.webhook"

-- A value with the members of its tables in order.
local function plain(value)
  if type(value) ~= "table" then return type(value) == "string" and value or json.encode(value) end
  local out = {}
  for key, item in pairs(value) do out[#out + 1] = core.text(key) .. "=" .. plain(item) end
  table.sort(out)
  return "{" .. table.concat(out, ",") .. "}"
end

local function show(...)
  local values = table.pack(...)
  for i = 1, values.n do
    values[i] = values[i] == nil and "nil" or plain(values[i])
  end
  print((table.concat(values, " | "):gsub("[^ -~]", function(byte) return ("\\x%02x"):format(byte:byte()) end)))
end

local quiet, reply = true, { status = 404, headers = {}, body = "{}" }
local function transport(request)
  local names = {}
  for name in pairs(request.headers) do names[#names + 1] = name end
  table.sort(names)
  if not quiet then show(request.method, request.path, request.query, request.body or "", table.concat(names, " ")) end
  return reply
end
local mw = sms.messagewhiz { apikey = "I-key", transport = transport, retries = 0 }
local zc = sms.zoomconnect { email = "a@example.org", token = "t0ken-1", transport = transport, retries = 0 }

-- Once before, so that all is loaded: where the decimal point takes two bytes Lua can't even compile 0.5.
assert(mw.campaigns:list() == nil and zc.account:balance() == nil and cjson.decode "[1]")
for _, provider in ipairs(sms.providers) do webhook.reader(provider):webhook { query = "a=1" } end
if not os.setlocale(LOCALE, "all") then
  print "no such locale"
  os.exit(0)
end
quiet, reply.status = false, 200

local texts = {
  "[1,2,3]", "[1.5,2,-0.25]", '{"a":1e3,"b":[0.1,12345678901234567890,123456789012345678]}', "[1.0,2.50,3]", "[1,5]", "-7",
  '["1,5",null,1]',
}
for _, text in ipairs(texts) do show(text, json.decode(text)) end
show(json.encode { 1.5, 2, 0.1, 1e20, 123456789012345, 1 / 3, -1e-7, 2.0 })
show(url.escape("\xE4\xFC \u{E4}I\x80"), url.escape_path("/\xE4/I"), url.escape_query("a=\xC4"), url.unescape "%c3%A4")
show(core.lower("X-REQUEST-ID \xC4\xDD"), core.upper("i\xE4"), core.trim("\xA0 i \t"), core.number "1.5", core.number "1,5", core.text(1.5))
show(dates.from_iso "2020-07-22T21:00:00.250Z", dates.iso(1595451600.25), dates.written(1595451600, "%Y-%m-%d %H:%M"))
show(template.fill(template.parse "{price} {name}", { price = 1.5, name = "x" }))
show(sms.number.e164("+65 9123 4567"), sms.number.e164("091234567", "it"), sms.number.e164("+65 \xC4"))
show(sms.text.count "\u{C0}\u{E9} I")

reply.body = '{"errorCode":0,"result":[{"id":1,"name":"\u{C0}","price":1.5}]}'
show(mw.campaigns:list { filter = "name=\u{C0}\xE4I" })
show(mw:request { method = "get", path = "/i/\xC4", query = { x = 1.5, y = 2 }, headers = { ["X-ID"] = "\u{C0}" } })
reply.body = '{"creditBalance":12.5}'
show(zc.account:balance())
reply.body = "<account><creditBalance>12.5</creditBalance></account>"
show(zc.account:balance())
reply.status, reply.headers, reply.body = 429, { ["RETRY-AFTER-MS"] = "1500", ["X-REQUEST-ID"] = "I1" }, '{"errorMessage":"\u{C0}\u{80}"}'
local _, err = mw.campaigns:list()
show(err.kind, err.retry_after, err.request_id, tostring(err))
for _, seconds in ipairs { "1.5", "1,5", "2" } do
  reply.headers = { ["Retry-After"] = seconds }
  local _, again = mw.campaigns:list()
  show(seconds, again.retry_after or "none")
end

for _, request in ipairs {
  { headers = { ["CONTENT-TYPE"] = "APPLICATION/JSON; CHARSET=ISO-8859-1" }, body = '{"x":"\xC0I","y":[1.5,2]}' },
  { headers = {}, body = "x=%C3%80I&y=1.5" }, { query = "x=\u{C0}%49" },
} do
  for _, provider in ipairs(sms.providers) do
    local events = webhook.reader(provider):webhook(request)
    show(provider, events or "none", events and events[1].key or "")
  end
end
show(json.decode(webhook.line { type = "x", price = 1.5, time = 1595451600.25, text = "\xE4" }))

-- Of a lua-cjson that was loaded while the locale had a comma, after that is gone. It can't be loaded at all where the point is longer.
if #("%.1f"):format(0.5) == 3 then
  cjson.new()
  os.setlocale "C"
end
show(json.decode "[1.5,2,2.5e1]", json.encode { 1.5, 2 }, select(2, json.decode "[1.5,x]"))
