-- SPDX-License-Identifier: MIT
-- The JSON API of the inbox: `routes["GET messages"](sandbox, call) -> response`. `call` has `query`, `body` (a table), `n` (the number
-- in the path) and `name`. A response may be `{ wait = check }`: `check(over)` is called on every turn of the server's loop and returns
-- the response once there is one, at the latest at the end of the time (`over`).

local accounts = require "sms.sandbox.inbox.accounts"
local filter = require "sms.sandbox.inbox.filter"
local json = require "sms.json"
local pages = require "sms.sandbox.pages"
local shapes = require "sms.sandbox.inbox.shapes"
local version = require "sms.version"

local routes = {}

local MOST = 1000             -- texts of one response
local LONGEST = 60            -- seconds that `wait` may take
local SEARCH_SECONDS = 60     -- a search through all texts takes less
local STATES = { sent = true, delivered = true, undelivered = true, expired = true, rejected = true, failed = true }

local respond = pages.json

local function problem(status, words, ...)
  return respond(status, { error = words:format(...) })
end

local function summaries(list, from, count)
  local out = json.array {}
  for i = from, math.min(#list, from + count - 1) do out[#out + 1] = shapes.summary(list[i]) end
  return out
end

-- The same as JSON.
local function encoded(list, from, count)
  local out = {}
  for i = from, math.min(#list, from + count - 1) do out[#out + 1] = shapes.encoded(list[i]) end
  return "[" .. table.concat(out, ",") .. "]"
end

local function page_of_texts(total, offset, upto, messages)
  return pages.encoded(200, ('{"total":%d,"offset":%d,"upto":%d,"messages":%s}'):format(total, offset, upto, messages))
end

-- A whole number of the query within bounds, or its default; else nil and the response.
local function integer(query, name, default, low, high)
  if query[name] == nil then return default end
  local value = math.tointeger(tonumber(query[name]))
  if value and value >= low and value <= high then return value end
  return nil, problem(400, "`%s` must be a whole number from %d to %d", name, low, high)
end

local function counts_of(journal)
  local counts = journal.counts
  return {
    all = counts.all, segments = counts.segments, ucs2 = counts.ucs2, provider = counts.provider, state = counts.state,
  }
end

local function kept(first, last)
  return last - first + 1
end

routes["GET state"] = function(sandbox)
  local journal = sandbox.journal
  return respond(200, {
    version = version, time = sandbox.state:now(), last = journal.last, seq = journal.seq, counts = counts_of(journal),
    accounts = accounts.list(sandbox), faults = json.array(sandbox.faults:planned()),
    requests = kept(journal.request_first, journal.request_last), webhooks = kept(journal.webhook_first, journal.webhook_last),
  })
end

---------------------------------------------------------------- texts

-- The result of a search, immediately if one turn is enough.
local function searched(step, finish)
  local found = step()
  if found then return finish(found) end
  return { seconds = SEARCH_SECONDS, busy = true, wait = function(over)
    found = step()
    if found then return finish(found) end
    if over then return problem(503, "the search took too long") end
  end }
end

-- Without a filter, the page follows from the position of the text.
local function page_of_all(journal, upto, limit, offset)
  local at, out = journal:place(upto) - offset, {}
  for i = at, math.max(at - limit + 1, journal.first), -1 do out[#out + 1] = journal.order[i] end
  return out, journal:place(upto) - journal.first + 1
end

routes["GET messages"] = function(sandbox, call)
  local journal, query = sandbox.journal, call.query
  local chosen, why = filter.read(query, { limit = true, offset = true, upto = true })
  if not chosen then return problem(400, "%s", why) end
  local limit, wrong = integer(query, "limit", 50, 0, MOST)
  if not limit then return wrong end
  local offset, upto
  offset, wrong = integer(query, "offset", 0, 0, math.maxinteger)
  if not offset then return wrong end
  upto, wrong = integer(query, "upto", journal.last, 0, math.maxinteger)
  if not upto then return wrong end
  if not chosen.fits then
    local list, total = page_of_all(journal, upto, limit, offset)
    return page_of_texts(total, offset, upto, encoded(list, 1, limit))
  end
  return searched(filter.search(journal, chosen, upto), function(found)
    return page_of_texts(#found, offset, upto, encoded(found, offset + 1, limit))
  end)
end

local function text_of(sandbox, call)
  local entry = sandbox.journal.texts[call.n]
  if entry then return entry end
  return nil, problem(404, "there is no text %d", call.n)
end

routes["GET messages/N"] = function(sandbox, call)
  local entry, wrong = text_of(sandbox, call)
  if not entry then return wrong end
  local out, request = shapes.details(sandbox.journal, entry), sandbox.journal.requests[entry.request]
  if request then out.request.foreign = accounts.foreign(sandbox, request) end
  return respond(200, out)
end

-- Files are downloaded, never opened as a page: only three image types keep their media type, for the page's own <img>.
routes["GET messages/N/attachments/N"] = function(sandbox, call)
  local entry, wrong = text_of(sandbox, call)
  if not entry then return wrong end
  local file = (entry.message.files or {})[call.m]
  if not file then return problem(404, "text %d has no attachment %d", call.n, call.m) end
  local name = (file.name or ""):gsub("[^%w._-]", "_")
  return { status = 200, body = file.data, headers = {
    ["content-type"] = shapes.image(file) or "application/octet-stream",
    ["content-disposition"] = ('attachment; filename="%s"'):format(name ~= "" and name or "attachment"),
  } }
end

routes["POST messages/N/state"] = function(sandbox, call)
  local entry, wrong = text_of(sandbox, call)
  if not entry then return wrong end
  if not STATES[call.body.state] then
    return problem(400, "`state` must be sent, delivered, undelivered, expired, rejected or failed")
  end
  if entry.direction == "in" then return problem(400, "text %d was received: it has no delivery to decide", call.n) end
  sandbox.state:decide(entry.message, call.body.state)
  sandbox:tick(0)
  return respond(200, shapes.summary(entry))
end

routes["DELETE messages"] = function(sandbox, call)
  local chosen, why = filter.read(call.query)
  if not chosen then return problem(400, "%s", why) end
  return respond(200, { deleted = sandbox.journal:forget(chosen.fits) })
end

-- "6" or "4-8".
local function code_lengths(given)
  if given == nil then return nil end
  local low, high = given:match("^(%d%d?)%-(%d%d?)$")
  low = tonumber(low or given:match("^(%d%d?)$"))
  high = tonumber(high) or low
  if low and low >= 1 and high >= low then return { low = low, high = high } end
  return nil, problem(400, "`code` must be a number of digits, as 6 or 4-8")
end

local function code_in(text, lengths)
  for run in text:gmatch("%d+") do
    if #run >= lengths.low and #run <= lengths.high then return run end
  end
  return json.null
end

local function late(journal, found, count)
  local last = {}
  for i = journal.tail, math.max(journal.tail - 2, journal.first), -1 do last[#last + 1] = journal.order[i] end
  return respond(408, {
    error = ("%d of %d texts matched"):format(#found, count), messages = summaries(found, 1, MOST), last = summaries(last, 1, 3),
  })
end

-- Matches so far. If a text can't start to match later, it is not checked again.
local function watcher(journal, chosen)
  local seen, found, seq, step = chosen.after, {}, nil, nil
  local function newer()
    local fresh = { fits = chosen.fits, after = chosen.moving and chosen.after or seen, slow = chosen.slow }
    return filter.search(journal, fresh, nil), journal.last
  end
  local upto
  return function()
    if not step then
      if seq == journal.seq then return found end
      seq = journal.seq
      step, upto = newer()
    end
    local fresh = step()
    if not fresh then return found, true end
    step, seen = nil, upto
    if chosen.moving then found = fresh else found = table.move(found, 1, #found, #fresh + 1, fresh) end
    return found
  end
end

routes["GET wait"] = function(sandbox, call)
  local journal, query = sandbox.journal, call.query
  local chosen, why = filter.read(query, { count = true, timeout = true, code = true })
  if not chosen then return problem(400, "%s", why) end
  local count, wrong = integer(query, "count", 1, 1, MOST)
  if not count then return wrong end
  local seconds = query.timeout == nil and 10 or tonumber(query.timeout)
  if not seconds or not (seconds >= 0 and seconds <= LONGEST) then
    return problem(400, "`timeout` must be seconds from 0 to %d", LONGEST)
  end
  local lengths
  lengths, wrong = code_lengths(query.code)
  if wrong then return wrong end
  local look = watcher(journal, chosen)
  local function check(over)
    local found, unfinished = look()
    if #found >= count and not unfinished then
      local code = lengths and code_in(found[1].message.text, lengths) or nil
      return respond(200, { messages = summaries(found, 1, MOST), code = code })
    end
    if over then return late(journal, found, count) end
  end
  return check(false) or { wait = check, seconds = seconds }
end

---------------------------------------------------------------- replies, accounts

routes["POST replies"] = function(sandbox, call)
  local before = sandbox.journal.last
  local why = accounts.reply(sandbox, call.body)
  if why then return problem(400, "%s", why) end
  sandbox:tick(0)
  return respond(200, { n = before + 1 })
end

routes["PUT accounts/NAME"] = function(sandbox, call)
  local status, value = accounts.set(sandbox, call.name, call.body)
  if status == 200 then sandbox.journal:note() end
  return respond(status, value)
end

---------------------------------------------------------------- requests, webhooks

local function log_of(entries, first, last, call, shape)
  local limit, wrong = integer(call.query, "limit", 100, 0, 2000)
  if not limit then return wrong end
  local out = json.array {}
  for n = last, math.max(first, last - limit + 1), -1 do out[#out + 1] = shape(entries[n]) end
  return out
end

routes["GET requests"] = function(sandbox, call)
  local journal = sandbox.journal
  local list = log_of(journal.requests, journal.request_first, journal.request_last, call,
    function(entry) return shapes.request(entry, true) end)
  if list.status then return list end
  return respond(200, { total = kept(journal.request_first, journal.request_last), requests = list })
end

routes["GET requests/N"] = function(sandbox, call)
  local entry = sandbox.journal.requests[call.n]
  if not entry then return problem(404, "there is no request %d", call.n) end
  local out = shapes.request(entry)
  out.foreign = accounts.foreign(sandbox, entry)
  return respond(200, out)
end

routes["GET webhooks"] = function(sandbox, call)
  local journal = sandbox.journal
  local list = log_of(journal.webhooks, journal.webhook_first, journal.webhook_last, call, shapes.webhook)
  if list.status then return list end
  return respond(200, { total = kept(journal.webhook_first, journal.webhook_last), webhooks = list })
end

routes["POST webhooks/N/resend"] = function(sandbox, call)
  local entry = sandbox.journal.webhooks[call.n]
  if not entry then return problem(404, "there is no webhook %d", call.n) end
  sandbox.journal:resend(entry)
  return respond(200, shapes.webhook(entry))
end

routes["DELETE journal"] = function(sandbox)
  sandbox.journal:forget_log()
  return respond(200, {})
end

---------------------------------------------------------------- faults, the clock

routes["GET faults"] = function(sandbox)
  return respond(200, json.array(sandbox.faults:planned()))
end

routes["GET fault-names"] = function()
  return respond(200, require("sms.sandbox.faults").names())
end

routes["POST faults"] = function(sandbox, call)
  local rule, why = sandbox.faults:add(call.body)
  if not rule then return problem(400, "%s", why) end
  sandbox.journal:note()
  return respond(200, { n = rule.n, match = rule.match, fault = rule.fault, hits = 0 })
end

routes["DELETE faults"] = function(sandbox)
  sandbox.faults:clear()
  sandbox.journal:note()
  return respond(200, {})
end

routes["DELETE faults/N"] = function(sandbox, call)
  if not sandbox.faults:remove(call.n) then return problem(404, "there is no fault %d", call.n) end
  sandbox.journal:note()
  return respond(200, {})
end

routes["POST clock"] = function(sandbox, call)
  local seconds = call.body.advance
  if type(seconds) ~= "number" or not (seconds >= 0 and seconds <= 366 * 86400) then
    return problem(400, "`advance` must be seconds from 0 to a year")
  end
  sandbox:tick(seconds)
  sandbox.journal:note()
  return respond(200, { time = sandbox.state:now() })
end

---------------------------------------------------------------- export, events

local COLUMNS = { "n", "time", "provider", "direction", "from", "to", "text", "state", "segments", "encoding", "units", "id", "request" }

-- RFC 4180; a cell that a spreadsheet would read as a formula is prefixed with an apostrophe.
local function csv_of(list)
  local lines = { table.concat(COLUMNS, ",") }
  for i, entry in ipairs(list) do
    local value, cells = shapes.summary(entry), {}
    for j, name in ipairs(COLUMNS) do
      local cell = value[name] == json.null and "" or tostring(value[name])
      if not cell:find("^[+-]?[%d.]*$") then cell = cell:gsub("^[=+@%-\t\r]", "'%0") end
      cells[j] = cell:find('[",\r\n]') and '"' .. cell:gsub('"', '""') .. '"' or cell
    end
    lines[i + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\r\n") .. "\r\n"
end

routes["GET export"] = function(sandbox, call)
  local chosen, why = filter.read(call.query, { format = true })
  if not chosen then return problem(400, "%s", why) end
  local format = call.query.format or "json"
  if format ~= "json" and format ~= "csv" then return problem(400, "`format` must be json or csv") end
  return searched(filter.search(sandbox.journal, chosen), function(found)
    local response = respond(200, format == "json" and summaries(found, 1, #found) or {})
    if format == "csv" then response.body, response.headers["content-type"] = csv_of(found), "text/csv; charset=utf-8" end
    response.headers["content-disposition"] = ('attachment; filename="sandbox.%s"'):format(format)
    return response
  end)
end

routes["GET events"] = function()
  return { stream = true, status = 200, headers = { ["content-type"] = "text/event-stream" }, body = "retry: 1000\n\n" }
end

--- The newest event as JSON, or nil if nothing has changed.
---@param sandbox table
---@return string?
---@return boolean? full  more has changed than it tells
function routes.event(sandbox)
  local journal = sandbox.journal
  local changes = journal:changes()
  if not changes then return nil end
  local texts = {}
  for _, n in ipairs(changes.more and {} or changes.texts) do -- if there are too many to list, listeners request what they show
    if journal.texts[n] then texts[#texts + 1] = shapes.encoded(journal.texts[n]) end
  end
  local rest = assert(json.encode {
    seq = journal.seq, time = sandbox.state:now(), counts = counts_of(journal), total = journal.counts.all, last = journal.last,
    requests = kept(journal.request_first, journal.request_last), webhooks = kept(journal.webhook_first, journal.webhook_last),
    hooks = json.array(changes.hooks), more = changes.more, noted = changes.noted, cleared = changes.cleared,
  })
  return ('%s,"texts":[%s]}'):format(rest:sub(1, -2), table.concat(texts, ",")), changes.more
end

return routes
