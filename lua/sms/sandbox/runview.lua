-- SPDX-License-Identifier: MIT
-- The live view of a run: a page and its JSON API under `/run/`, for `sms.sandbox.server`. It has no access to a store: all data and
-- actions come from three functions.

local json = require "sms.json"
local pages = require "sms.sandbox.pages"
local url = require "sms.url"

local runview = {}
runview.__index = runview

local EVERY = 0.5   -- seconds between two snapshots that are sent, at least
local MAX_ROWS = 100
local NOT_FOUND = "there is no such page; the view of the run is at /run/, its API under /run/api/"

local STATES = { ready = true, sending = true, accepted = true, not_sent = true, unknown = true, cancelled = true }

--- A view of a run.
---@param source { snapshot: (fun(): table?, any), rows: (fun(filter: table): table[]?, any), act: (fun(what: string): any, any),
---  now: fun(): number }  the first two return a value, or nil and what is wrong; `act` is called with "pause", "resume" or "stop";
---  `now` is a monotonic clock
---@return table view  with `handle`, `tick`, `callbacks` and `changes`, as `sms.sandbox.server` wants them
function runview.new(source)
  return setmetatable({ source = source, sent_at = -math.huge, body = "" }, runview)
end

-- JSON of a snapshot; steps without responses are null.
local function encoded(value)
  for _, name in ipairs { "p50", "p95" } do
    local list = value.series[name]
    for i = 1, #list do list[i] = list[i] or json.null end
  end
  return json.encode(value)
end

-- A snapshot is reused for half a second, so that its cost doesn't grow with the number of pages.
local function look(self)
  local now = self.source.now()
  if now - self.sent_at >= EVERY then
    local value, problem = self.source.snapshot()
    local body, wrong = nil, problem
    if value then body, wrong = encoded(value) end
    self.sent_at, self.body, self.problem = now, body or self.body, not body and tostring(wrong) or nil
  end
  if self.problem then return nil, self.problem end
  return self.body
end

local routes = {}

routes["GET snapshot"] = function(self)
  local body, problem = look(self)
  if not body then return pages.json(503, { error = problem }) end
  return pages.encoded(200, body)
end

routes["GET events"] = function(self)
  local body = look(self)
  local first = body and ("data: %s\n\n"):format(body) or ""
  return { stream = true, status = 200, headers = { ["content-type"] = "text/event-stream" }, body = "retry: 1000\n\n" .. first }
end

local function filter_of(query)
  local limit, after = math.tointeger(tonumber(query.limit or "50")), math.tointeger(tonumber(query.after or "0"))
  if not STATES[query.state or ""] then return nil, "`state` must be ready, sending, accepted, not_sent, unknown or cancelled" end
  if not limit or limit < 1 or limit > MAX_ROWS then return nil, ("`limit` must be a whole number from 1 to %d"):format(MAX_ROWS) end
  if not after or after < 0 then return nil, "`after` must be the id of a row" end
  return { state = query.state, reason = query.reason, after = after, limit = limit }
end

-- Replaces bytes that are not UTF-8 with question marks.
local function words(text)
  return text and (utf8.len(text) and text or (text:gsub("[\x80-\xFF]", "?"))) or nil
end

-- Ids are strings: a browser's numbers can't hold 64 bits.
local function row_of(row)
  return { id = ("%d"):format(row.id), index = row.index, to = words(row.to), state = row.state, reason = row.reason,
    error = words(row.error), text = words(row.text), segments = row.segments, provider = row.provider, provider_id = row.provider_id,
    route = row.route, reference = row.reference, attempts = row.attempts, status = row.status, settled = row.settled }
end

routes["GET rows"] = function(self, query)
  local filter, wrong = filter_of(query)
  if not filter then return pages.json(400, { error = wrong }) end
  local rows, problem = self.source.rows(filter)
  if not rows then return pages.json(503, { error = tostring(problem) }) end
  local out = json.array {}
  for i, row in ipairs(rows) do out[i] = row_of(row) end
  return pages.json(200, { rows = out, more = #out == filter.limit })
end

for _, what in ipairs { "pause", "resume", "stop" } do
  routes["POST " .. what] = function(self)
    local ok, problem = self.source.act(what)
    if not ok then return pages.json(409, { error = type(problem) == "table" and problem.message or tostring(problem) }) end
    self.sent_at = -math.huge
    return pages.json(200, { done = what })
  end
end

local function methods_of(path)
  local out = {}
  for _, method in ipairs { "GET", "POST" } do
    if routes[method .. " " .. path] then out[#out + 1] = method end
  end
  return table.concat(out, ", ")
end

local function api(self, request, path)
  local route = routes[request.method .. " " .. path]
  if route then return route(self, url.decode_table(request.query or "")) end
  local methods = methods_of(path)
  if methods == "" then return pages.json(404, { error = NOT_FOUND }) end
  local response = pages.json(405, { error = "allowed methods: " .. methods })
  response.headers.allow = methods
  return response
end

--- Handles a request.
---@param request table
---@return table response
function runview:handle(request)
  local path = request.path
  if path == "/" or path == "/run" then return { status = 302, headers = { location = "/run/" }, body = "" } end
  local rest = path:match "^/run/api/(.*)$"
  if rest then return api(self, request, rest) end
  local name = path:match "^/run/(.*)$"
  if not name then return pages.json(404, { error = NOT_FOUND }) end
  if request.method ~= "GET" and request.method ~= "HEAD" then return pages.json(405, { error = "the page is read with GET" }) end
  return pages.file(name == "" and "run.html" or name, NOT_FOUND)
end

--- The newest snapshot as JSON, or nil if only the time has changed, or the last one is less than half a second old.
---@return string?
function runview:changes()
  if self.source.now() - self.sent_at < EVERY then return nil end
  local body = look(self)
  local same = body and body:gsub('"now":[%d.e+]+', "", 1)
  if not body or same == self.last then return nil end
  self.last = same
  return body
end

--- Nothing to do: a view has no clock.
function runview.tick() end

--- None: a view posts no callbacks.
---@return table
function runview.callbacks() return {} end

return runview
