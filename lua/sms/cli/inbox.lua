-- SPDX-License-Identifier: MIT
-- `sms inbox`: the texts, faults and page of a running sandbox, over its JSON API (`/inbox/api`).

local check = require "sms.check"
local http = require "sms.cli.http"
local json = require "sms.json"
local output = require "sms.cli.output"
local url = require "sms.url"

local inbox = {}

local LONGEST = 60 -- seconds that one question to the sandbox may wait

--- The address of the sandbox, without a slash at its end.
---@param options { url?: string }
---@return string
function inbox.address(options)
  local address = options.url or os.getenv "LUA_SMS_SANDBOX"
  if address == nil or address == "" then address = "http://127.0.0.1:8025" end
  local ok, problem = require("sms.cli.values").url(address)
  if not ok then output.stop(2, "LUA_SMS_SANDBOX: " .. problem) end
  return (address:gsub("/+$", ""))
end

local function query_of(fields)
  local list = {}
  for i, name in ipairs(check.names(fields)) do list[i] = { name, tostring(fields[name]) } end
  return list[1] and "?" .. url.encode_pairs(list) or ""
end

--- Sends a request to the sandbox. Ends the command with 2 if it is refused, with 1 if there is no sandbox.
---@param options table
---@param method string
---@param path string  below `/inbox/api/`
---@param fields? table  the query, or the body of what isn't GET or DELETE
---@param timeout? number
---@return any value, integer status
function inbox.ask(options, method, path, fields, timeout)
  local in_query = method == "GET" or method == "DELETE"
  local address = inbox.address(options)
  local response, problem = http.exchange {
    url = ("%s/inbox/api/%s%s"):format(address, path, in_query and query_of(fields or {}) or ""), method = method, timeout = timeout,
    body = not in_query and json.encode(fields) or nil, content_type = "application/json",
  }
  if not response then output.stop(1, ("no sandbox at %s: %s (sms sandbox)"):format(address, problem)) end
  local ok, value = pcall(json.decode, response.body)
  if not ok or type(value) ~= "table" then output.stop(1, ("%s is not a sandbox: it returned %d"):format(address, response.status)) end
  if response.status >= 400 and response.status ~= 408 then output.stop(2, tostring(value.error)) end
  return value, response.status
end

local function filter_of(options)
  return { to = options.to, from = options.from, q = options.text, after = options.after }
end

local function cells_of(text)
  local from = text.from and text.from ~= json.null and tostring(text.from) or "-"
  return { tostring(text.n), text.provider, text.state, from, text.to, text.text }
end

local function print_texts(texts, options)
  local rows = {}
  for i, text in ipairs(texts) do
    if type(text.cuts) == "table" then text.cuts = json.array(text.cuts) end -- stays a list where it is empty
    if options.json then output.print_json(text) end
    rows[i] = cells_of(text)
  end
  if not options.json then output.rows(rows) end
end

-- Texts that come from now on, until Ctrl-C.
local function follow(options, after)
  while true do
    local fields = filter_of(options)
    fields.after, fields.timeout = after, LONGEST
    local response, status = inbox.ask(options, "GET", "wait", fields, LONGEST + 5)
    if status == 200 then
      for i = #response.messages, 1, -1 do
        print_texts({ response.messages[i] }, options)
        after = math.max(after, response.messages[i].n)
      end
    end
  end
end

--- `sms inbox list`.
---@param options table
---@return integer status
function inbox.list(options)
  local fields = filter_of(options)
  fields.limit = math.min(options.limit, 1000)
  local response = inbox.ask(options, "GET", "messages", fields)
  print_texts(response.messages, options)
  if options.follow then follow(options, response.upto) end
  return 0
end

-- The code of the newest match; the sandbox finds it.
local function print_code(response, options)
  local code = response.code
  if type(code) ~= "string" then
    output.stop(1, ("the text holds no code of %d digits: %s"):format(options.code, response.messages[1].text))
  end
  if options.json then output.print_json { n = response.messages[1].n, code = code } else output.write(code) end
  return 0
end

--- `sms inbox wait`.
---@param options table
---@return integer status  1 when none came in time
function inbox.wait(options)
  local core = require "sms.core"
  local ends = core.now() + options.timeout
  local response, status
  repeat
    local fields = filter_of(options)
    local seconds = math.max(0, math.min(LONGEST, ends - core.now()))
    fields.timeout, fields.code = ("%.3f"):format(seconds), options.code
    response, status = inbox.ask(options, "GET", "wait", fields, seconds + 5)
  until status == 200 or core.now() >= ends
  if status ~= 200 then
    local last = response.last and response.last[1]
    output.stop(1, ("no such text within %g s%s"):format(options.timeout,
      last and ("; the last one was for %s: %s"):format(last.to, last.text) or ""))
  end
  if options.code then return print_code(response, options) end
  print_texts({ response.messages[1] }, options)
  return 0
end

--- `sms inbox reply`.
---@param options table
---@return integer status
function inbox.reply(options)
  local from, problem = require("sms.number").e164(options.as)
  if not from then output.stop(2, ("--as '%s' %s"):format(options.as, problem)) end
  local response = inbox.ask(options, "POST", "replies", { provider = options.provider, from = from, text = options.text })
  output.say(tostring(response.n))
  return 0
end

local function print_faults(list)
  local rows = {}
  for i, fault in ipairs(list) do
    local match = fault.match or {}
    rows[i] = { tostring(fault.fault), match.provider or "all", match.times and output.plural(match.times, "time") or "always",
      output.plural(fault.hits or 0, "hit") }
  end
  output.rows(rows)
  return 0
end

--- `sms inbox fault`.
---@param options table
---@return integer status
function inbox.fault(options)
  if not options.fault then return print_faults(inbox.ask(options, "GET", "faults")) end
  if options.fault == "clear" then
    inbox.ask(options, "DELETE", "faults")
    return 0
  end
  inbox.ask(options, "POST", "faults", { fault = options.fault, match = { provider = options.provider, times = options.times } })
  return 0
end

--- `sms inbox clear`.
---@param options table
---@return integer status
function inbox.clear(options)
  inbox.ask(options, "DELETE", "messages")
  return 0
end

--- Opens an address in the browser of the user.
---@param address string
---@return boolean
function inbox.browse(address)
  local quoted = require("sms.cli.profiles").quoted(address)
  local browser = os.getenv "BROWSER"
  if browser and browser ~= "" then return (os.execute(("%s %s >/dev/null 2>&1 &"):format(browser:match "^[^:]+", quoted))) == true end
  return (os.execute(("{ xdg-open %s || open %s; } >/dev/null 2>&1 &"):format(quoted, quoted))) == true
end

--- `sms inbox open`.
---@param options table
---@return integer status
function inbox.open(options)
  local address = inbox.address(options) .. "/inbox/"
  inbox.ask(options, "GET", "state")
  output.say(address)
  return inbox.browse(address) and 0 or 1
end

return inbox
