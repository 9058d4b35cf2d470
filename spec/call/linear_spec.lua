-- SPDX-License-Identifier: MIT
-- Whoever reads text from outside takes a time that grows with its length, and not with the square of it: every reader, by 32 KB of all
-- that might have its patterns go back and forth, and by 1 MB of what is hardest for it.

local cost = require "spec.support.cost"
local responses = require "sms.zoomconnect.responses"
local charset = require "sms.text.charset"
local core = require "sms.core"
local count = require "sms.number"
local csv = require "sms.sandbox.csv"
local dates = require "sms.dates"
local json = require "sms.json"
local sandbox = require "sms.sandbox"
local sms = require "sms"
local template = require "sms.text.template"
local url = require "sms.url"
local webhook = require "sms.webhook"
local xml = require "sms.zoomconnect.xml"

local SMALL, LARGE = 1 << 15, 1 << 20
-- Processor seconds. The slowest take a tenth of it; what is quadratic takes some seconds for the small text, and an hour for the large.
local MOST = package.cpath:find "asan" and 20 or 1

-- What is hard for one pattern or the other.
local function texts_of(size)
  local function filled(...)
    local out, pieces = {}, { ... }
    for i, piece in ipairs(pieces) do out[i] = piece:rep(size // (#pieces * #piece)) end
    return table.concat(out)
  end
  return {
    blanks = filled " ", ["blanks within words"] = "a" .. filled " " .. "b", ["a word within blanks"] = filled(" ", "a", " "),
    ["blanks and a bracket"] = filled " " .. "<", digits = filled "1", ["digits and blanks"] = filled("1", " ") .. "x",
    letters = filled "a", ["pairs of letters and blanks"] = filled "a ", braces = filled "{", ["braces and letters"] = filled("{", "a"),
    ["names in braces"] = filled "{a", ["double braces"] = filled "{{ ", ["braces and digits"] = "{{" .. filled "1",
    brackets = filled "[", ["open lists"] = filled "[1,", objects = filled '{"a":', quotes = filled '"',
    ["quotes after backslashes"] = '"' .. filled "\\\"", backslashes = '"' .. filled "\\", surrogates = '["' .. filled "\\ud83d" .. '"]',
    percents = filled "%", ["escapes of escapes"] = filled "%2525",
    escapes = filled "%41", ["broken escapes"] = filled "%4", ampersands = filled "&", equals = filled "=",
    fields = filled "a=1&", names = filled "a&", tags = filled "<a", ["open tags"] = filled "<messageId>",
    ["tags with blanks"] = "<messageId" .. filled " ", ["tags with attributes"] = filled "<messageId a", entities = filled "&#1",
    ["open entities"] = "<error>" .. filled "&a" .. "</error>", ["rows of XML"] = filled "<sendSmsResponse>", slashes = filled "/",
    dots = filled ".", ["dots before a letter"] = "http://a" .. filled "." .. "b", colons = filled ":", ats = filled "a@",
    returns = filled "\r", ["a line and a return"] = filled "a" .. "\rb", semicolons = filled ";", commas = filled ",",
    pluses = filled "+", ["high bytes"] = filled "\xC3", zeros = filled "0", minus = filled "-", exponents = filled "1e",
    numbers = "[" .. filled "1.5," .. "1]", controls = filled "\1", ["pairs of dots"] = filled "a.b", dashes = filled "1-",
    ["extensions"] = filled "ext ", ["crosses"] = filled "1x ", ["crossed digits"] = "1x" .. filled "1", links = filled "http://",
    ["rising slashes"] = filled "a/", continuation = filled "\x80", marks = "\xEF\xBB\xBF" .. filled " ",
    code = '{"errorCode' .. filled " ", sessions = filled "session ", secrets = filled "s3cret-ke", half_secrets = filled "%73%33",
  }
end

local TEXTS, LONG = texts_of(SMALL), texts_of(LARGE)

local KEY = "s3cret-key-" .. ("k"):rep(50)

local function clients(transport)
  local common = { transport = transport, retries = 0, timeout = 60, max_body = 64 << 20 }
  local function with(options)
    for name, value in pairs(common) do options[name] = value end
    return options
  end
  return {
    messagewhiz = sms.messagewhiz(with { apikey = KEY }),
    websms = sms.websms(with { token = KEY }),
    zipwhip = sms.zipwhip(with { session = KEY }),
    zoomconnect = sms.zoomconnect(with { email = "a@example.org", token = KEY, url_token = KEY }),
  }
end

-- One call for each way that responses are read.
local CALLS = {
  messagewhiz = {
    function(c) return c.campaigns:list() end, function(c) return c.recipient_lists:download { id = 1 } end,
    function(c) return c:request { path = "/x" } end,
  },
  websms = {
    function(c) return c.messages:send_text { recipientAddressList = { "4367612345678" }, messageContent = "x" } end,
    function(c) return c.messages:send_simple { recipientAddressList = { "4367612345678" }, messageContent = "x" } end,
  },
  zipwhip = { function(c) return c.messages:list() end, function(c) return c.attachments:get { storageKey = "x" } end },
  zoomconnect = {
    function(c) return c.sms:send { recipientNumber = "+27831234567", message = "x" } end, function(c) return c.account:balance() end,
    function(c) return c.messages:encoding { message = "x" } end, function(c) return c.messages:list() end,
  },
}

local READERS = {
  ["sms.json"] = json.decode,
  ["sms.url"] = function(text) return url.decode_table(text), url.unescape(text, true), url.escape(text), url.escape_path(text) end,
  ["sms.text.template"] = function(text)
    local parsed = template.parse(text)
    return parsed and template.fill(parsed, setmetatable({}, { __index = function() return "x" end }))
  end,
  ["sms.number"] = function(text) return count.e164(text), count.e164(text, "ZA") end,
  ["sms.dates"] = function(text)
    return dates.from_iso(text), dates.from_plain(text), dates.from_american(text), dates.from_milliseconds(text)
  end,
  ["sms.text.charset"] = function(text) return charset.utf8(text, "x;charset=latin1"), charset.converter(text) end,
  ["sms.zoomconnect.xml"] = function(text) return xml.is(text), xml.is_error(text), xml.read(text:sub(1, xml.MAX)) end,
  ["sms.zoomconnect.responses"] = function(text)
    return responses.undecodable(400, text, { "x" }), responses.decode(400, text, { "x" })
  end,
  ["the masks of secrets"] = function(text)
    return core.mask({ core.auth { { scheme = "query", name = "a", value = KEY }, { scheme = "basic", user = "u", value = KEY } } }, text)
  end,
  ["the words of the core"] = function(text) return core.trim(text), core.lower(text), core.number(text), core.digest({ text }, {}) end,
  ["sms.sandbox.csv"] = csv.parse,
  ["sms.text"] = function(text) return sms.text.count(text) end,
}

local HARDEST = {
  ["sms.json"] = "surrogates", ["sms.url"] = "escapes", ["sms.text.template"] = "braces", ["sms.number"] = "digits and blanks",
  ["sms.dates"] = "digits",
  ["sms.text.charset"] = "high bytes", ["sms.zoomconnect.xml"] = "open tags", ["sms.zoomconnect.responses"] = "open tags",
  ["the masks of secrets"] = "secrets", ["the words of the core"] = "blanks", ["sms.sandbox.csv"] = "quotes", ["sms.text"] = "high bytes",
}

-- The sandbox of each provider, by a request that is as large.
local REQUESTS = {
  { "/messagewhiz/api/3/RecipientList/import", "application/json" }, { "/messagewhiz/api/v3/sms/messages", "application/json" },
  { "/websms/smsmessaging/text", "application/json" }, { "/websms/smsmessaging/simple", "application/x-www-form-urlencoded" },
  { "/zipwhip/message/send", "application/x-www-form-urlencoded" }, { "/zoomconnect/api/rest/v1/sms/send", "application/json" },
}

-- Runs what is slow if anything is; says what was.
local function time(words, fn, ...)
  local given = table.pack(...)
  local took = cost.seconds(function() fn(table.unpack(given, 1, given.n)) end, MOST)
  assert(took < MOST, ("%s took %.2f s"):format(words, took))
end

describe("text that is made to hurt", function()
  for reader, read in pairs(READERS) do
    it("is read in no time by " .. reader, function()
      for words, text in pairs(TEXTS) do time(words, read, text) end
      for _, words in ipairs { "blanks within words", HARDEST[reader] } do time("1 MB of " .. words, read, LONG[words]) end
    end)
  end

  it("is masked in no time where escapes are escaped", function()
    for _, words in ipairs { "backslashes", "escapes of escapes" } do
      time("1 MB of " .. words, READERS["the masks of secrets"], LONG[words])
    end
    local key = core.auth { { scheme = "query", name = "a", value = "%" .. ("%25"):rep(9) } }
    time("1 MB of 25", core.mask, { key }, ("%" .. ("25"):rep(512)):rep(1024))
  end)

  for _, provider in ipairs(sms.providers) do
    it("is read in no time as a webhook of " .. provider, function()
      local reader = webhook.reader(provider, KEY)
      for words, text in pairs(TEXTS) do
        for _, content_type in ipairs { "application/json", "text/plain; charset=iso-8859-1" } do
          time(words, function()
            reader:webhook { method = "POST", headers = { ["content-type"] = content_type, ["x-webhook-secret"] = KEY }, body = text }
          end)
        end
        time(words, function() reader:webhook { method = "GET", query = "secret=" .. url.escape(KEY) .. "&" .. text } end)
      end
    end)

    it("is read in no time as a field of a webhook of " .. provider, function()
      local reader = webhook.reader(provider)
      for words, text in pairs(TEXTS) do
        local body = json.encode {
          from = "+27831234567", message = text, messageId = text, status = text, id = text, address = text, messageType = text,
          body = text, task_state = text, message_id = text, timestamp = text, dateCreated = text, notificationId = text, date = text,
          ["nonce-date"] = text,
        }
        if body then time(words, function() reader:webhook { method = "POST", body = body } end) end
      end
    end)

    it("is read in no time as a response of " .. provider, function()
      local status, text
      local client = clients(function() return { status = status, headers = { ["content-type"] = "text/html" }, body = text } end)[provider]
      local function call_all(words)
        for i, call in ipairs(CALLS[provider]) do time(("%s, %d, %d"):format(words, status, i), call, client) end
      end
      for words, body in pairs(TEXTS) do
        text = body
        for _, code in ipairs { 200, 401 } do
          status = code
          call_all(words)
        end
      end
      text = LONG["blanks within words"]
      for _, code in ipairs { 200, 400, 401, 403, 503 } do
        status = code
        call_all "1 MB of blanks within words"
      end
    end)
  end

  it("is read in no time by the sandbox", function()
    local box = sandbox.new {}
    local function ask(path, content_type, body)
      local headers = { ["content-type"] = content_type, apikey = "x", authorization = "Bearer x", email = "a@example.org", token = "x" }
      box:handle { method = "POST", path = path, query = "", headers = headers, body = body }
    end
    for words, text in pairs(TEXTS) do
      for _, request in ipairs(REQUESTS) do
        local fields = json.encode { text = text, to = text, message = text, messageContent = text, recipientNumber = text }
        for _, body in ipairs { text, fields } do
          time(words .. " " .. request[1], ask, request[1], request[2], body)
        end
      end
    end
  end)
end)
