-- SPDX-License-Identifier: MIT
-- Queries: counts of a run without a table scan, rows one at a time, export.

local json = require "sms.json"
local runs = require "sms.outbox.runs"
local store = require "sms.outbox.store"
local summary = require "sms.message.summary"

local look = {}

local function count_of(db, sql, ...)
  return db:integer("select cast(count(*) as text) from sms.message m where " .. sql, ...)
end

-- Must be written like the condition of the partial index `message_failed`: SQLite doesn't recognise an equivalent list of states.
local BY_REASON = [[select state, reason, cast(count(*) as text) from sms.message
  where run_id = ? and (state = 'not_sent' or state = 'unknown' or state = 'cancelled') group by state, reason]]

local SPEED = [[select cast(count(*) as text) from sms.worker where ended_at is null and alive_until > :now]]

--- The state of a run. Ready and failed rows are counted by their indexes; the rest are accepted.
---@param name string
---@return table status `{ run, state, reason, rows, segments, ready, sending, accepted, not_sent, unknown, cancelled,
---  late, by_reason, workers }`
function look.status(db, name)
  return db:reading(function()
    local run = runs.get(db, name)
    local out = {
      run = run.name, kind = run.kind, state = run.state, reason = run.reason, rows = run.rows, segments = run.segments, cost = run.cost,
      digest = run.digest, not_sent = 0, unknown = 0, cancelled = 0, by_reason = {},
    }
    out.ready = count_of(db, "m.state = 'ready' and m.lane_id in (select id from sms.lane where run_id = ?)", run.id)
    out.sending = count_of(db, "m.worker_id > 0 and +m.run_id = ?", run.id) -- uses the index of rows that have a worker
    for _, row in ipairs(db:all(BY_REASON, run.id)) do
      local n = math.tointeger(tonumber(row[3]))
      out[row[1]] = out[row[1]] + n
      if row[2] then out.by_reason[row[2]] = (out.by_reason[row[2]] or 0) + n end
    end
    out.accepted = run.rows - out.ready - out.sending - out.not_sent - out.unknown - out.cancelled
    out.late = db:integer([[select cast(count(*) as text) from sms.event e join sms.message m on m.id = e.message_id
      where e.kind = 'late' and m.run_id = ?]], run.id)
    out.workers = db:integer(SPEED)
    return out
  end)
end

--- All runs: name, kind, state, rows.
---@return table[]
function look.runs(db)
  local out = {}
  for i, run in ipairs(db:reading(function() return runs.all(db) end)) do
    out[i] = { run = run.name, kind = run.kind, state = run.state, reason = run.reason, rows = run.rows, segments = run.segments,
      digest = run.digest }
  end
  return out
end

local ROWS = [[select cast(m.id as text), m.key, m.recipient, m.reference, m.state, m.reason, m.error, m.segments, cast(m.cost as text),
  m.provider,
    m.provider_id, m.status, :ms(m.status_at), :ms(m.marked_at), :ms(m.settled_at), cast(m.attempt as text), la.route, cast(m.place as
      text),
    cast(m.body as text), :ms(m.due_at)
  from sms.message m join sms.lane la on la.id = m.lane_id where m.run_id = ? and m.id > cast(? as bigint)
    and %s and (? = '' or m.reason = ?)
  order by m.id limit 500]]

-- The state is part of the statement, so that the database can choose the right partial index.
local function rows_sql(state)
  return ROWS:format(state and "m.state = '" .. state .. "'" or "true")
end

local function seconds(text)
  local ms = tonumber(text)
  return ms and ms / 1000 or nil
end

local Row = summary.class "row"

local function row_of(row)
  local body = row[19] and json.decode(row[19]) or nil
  return setmetatable({
    id = math.tointeger(tonumber(row[1])), key = row[2], to = row[3], reference = row[4], state = row[5], reason = row[6], error = row[7],
    segments = row[8], cost = tonumber(row[9]), provider = row[10], provider_id = row[11], status = row[12], status_time = seconds(row[13]),
    marked = seconds(row[14]), settled = seconds(row[15]), attempts = math.tointeger(tonumber(row[16])), route = row[17],
    index = math.tointeger(tonumber(row[18])), text = body and body.text, from = body and body.from, due = seconds(row[20]),
  }, Row)
end

--- Iterates over the rows of a run in the order in which they were stored, in constant memory.
---@param filter { run: string, state: string?, reason: string?, after: integer? }  `after`: the `id` of the last row that was seen
---@return fun(): table?
function look.rows(db, filter)
  local run = db:reading(function() return runs.get(db, filter.run) end)
  local rows, at, last, sql, reason = {}, 0, ("%d"):format(filter.after or 0), rows_sql(filter.state), filter.reason or ""
  return function()
    at = at + 1
    if not rows[at] then
      rows, at = db:reading(function() return db:all(sql, run.id, last, reason, reason) end), 1
      if not rows[1] then return nil end
      last = rows[#rows][1]
    end
    return row_of(rows[at])
  end
end

---------------------------------------------------------------- export

--- Columns of an export, in order.
look.COLUMNS = {
  "index", "key", "to", "state", "reason", "error", "segments", "cost", "provider", "provider_id", "reference", "status", "route",
    "attempts",
  "from", "text",
}

-- A cell that a spreadsheet would read as a formula is prefixed with an apostrophe, except numbers such as +27…
local function cell(value)
  if value == nil then return "" end
  local text = tostring(value)
  if text:find("^[=@\t\r]") or text:find("^[+-]") and not text:find("^[+-]%d[%d.]*$") then text = "'" .. text end
  if text:find('[",\r\n;]') or text:find("^%s") or text:find("%s$") then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

local writers = {}

function writers.csv(file, row)
  local out = {}
  for i, name in ipairs(look.COLUMNS) do out[i] = cell(row[name]) end
  return file:write(table.concat(out, ","), "\r\n")
end

function writers.jsonl(file, row)
  local out = {}
  for _, name in ipairs(look.COLUMNS) do out[name] = row[name] end
  return file:write(json.encode(out), "\n")
end

--- Writes the rows of a run to a file: CSV (RFC 4180), or JSON lines.
---@param path string
---@param filter { run: string, state: string?, format: "csv"|"jsonl"|nil }  default: by the name of the file
---@return integer rows
function look.export(db, path, filter)
  local format = filter.format or path:match("%.jsonl$") and "jsonl" or "csv"
  local next_row = look.rows(db, filter)
  local file, message = io.open(path, "wb")
  if not file then store.fail("cannot write the export: " .. message, { kind = "invalid", field = "path" }) end
  local _ <close> = file
  if format == "csv" then file:write(table.concat(look.COLUMNS, ","), "\r\n") end
  local n = 0
  for row in next_row do
    local ok, problem = writers[format](file, row)
    if not ok then store.fail("cannot write the export: " .. problem, { kind = "server", field = "path" }) end
    n = n + 1
  end
  local ok, problem = file:flush()
  if not ok then store.fail("cannot write the export: " .. problem, { kind = "server", field = "path" }) end
  return n
end

return look
