-- SPDX-License-Identifier: MIT
-- `sms outbox`: manages an outbox and its runs.

local account = require "sms.cli.account"
local dates = require "sms.dates"
local output = require "sms.cli.output"
local stores = require "sms.cli.stores"

local commands = {}

local must = stores.must

-- A command that uses an outbox: `act(outbox, options) -> status?`. `make`: creates the outbox if it does not exist.
local function command(name, act, make)
  commands[name] = function(options)
    local outbox <close> = stores.open(options, make)
    local ok, status = pcall(act, outbox, options)
    if ok then return status or 0 end
    if output.is_stop(status) or type(status) == "string" and status:find "interrupted!" then error(status, 0) end
    output.stop(2, type(status) == "table" and status.message or output.words(status))
  end
end

local function print_count(n, word)
  output.write(output.plural(n, word))
end

command("init", function(_, options)
  output.say((options.outbox:gsub("://([^:@/]*):[^@/]*@", "://%1:***@")))
end, true)

command("doctor", function(outbox)
  local sentences = must(outbox:doctor())
  for _, sentence in ipairs(sentences) do output.say(sentence) end
  return sentences[1] and 1 or 0
end)

local ORDER = { "run", "kind", "state", "reason", "rows", "segments", "ready", "sending", "accepted", "not_sent", "unknown", "cancelled" }

local function print_fields(status)
  local rows = {}
  for _, name in ipairs(ORDER) do
    if status[name] ~= nil then rows[#rows + 1] = { name, tostring(status[name]) } end
  end
  local reasons = {}
  for reason, count in pairs(status.by_reason or {}) do reasons[#reasons + 1] = { "  " .. reason, tostring(count) } end
  table.sort(reasons, function(a, b) return a[1] < b[1] end)
  table.move(reasons, 1, #reasons, #rows + 1, rows)
  output.rows(rows)
end

command("status", function(outbox, options)
  if options.name then
    local status = must(outbox:status(options.name))
    if options.json then output.print_json(status, ORDER) else print_fields(status) end
    return 0
  end
  local cells = {}
  for i, run in ipairs(must(outbox:status())) do
    if options.json then output.print_json(run, ORDER) end
    cells[i] = { run.state, run.run, run.kind, output.plural(run.rows or 0, "row"), output.plural(run.segments or 0, "segment") }
  end
  if not options.json then output.rows(cells) end
end)

local status_of = commands.status

-- Without a name and an outbox: every outbox in the state folder.
function commands.status(options)
  local names = not options.name and not options.outbox and stores.names() or {}
  if not names[1] then return status_of(options) end
  for _, name in ipairs(names) do status_of { outbox = ("sqlite:%s/%s.db"):format(stores.folder(), name), json = options.json } end
  return 0
end

local ROW = {
  "index", "key", "to", "state", "reason", "error", "segments", "provider", "provider_id", "reference", "status", "route", "text",
}

command("rows", function(outbox, options)
  for row in must(outbox:rows { run = options.name, state = options.state }) do
    if options.json then
      output.print_json(row, ROW)
    else
      local why = row.status or row.reason or "-"
      output.rows { { row.state, tostring(row.to or "-"), tostring(row.provider_id or "-"), why, row.error or "-" } }
    end
  end
end)

command("pause", function(outbox, options)
  must(outbox:pause { run = options.name, reason = options.reason })
end)

command("resume", function(outbox, options)
  if (options.name == nil) == (options.route == nil) then output.stop(2, "give the NAME of a run, or --route") end
  must(outbox:resume(options.route and { route = options.route } or options.name))
end)

local function keys_of(options)
  return options.key[1] and options.key or nil
end

command("cancel", function(outbox, options)
  print_count(must(outbox:cancel { run = options.name, keys = keys_of(options) }), "row")
end)

command("move", function(outbox, options)
  print_count(must(outbox:move { run = options.name, keys = keys_of(options), at = options.at }), "row")
end)

command("rescue", function(outbox) print_count(must(outbox:rescue()), "row") end)

command("reconcile", function(outbox, options)
  local whose = account.open(options)
  local counts = must(outbox:reconcile { run = options.name, routes = { [whose.name or whose.provider] = whose.client },
    settle = options.settle })
  if options.json then output.print_json(counts) else
    output.write(("accepted %d, not sent %d, unknown %d"):format(counts.accepted, counts.not_sent, counts.unknown))
  end
  return counts.unknown > 0 and 3 or 0
end)

command("retry", function(outbox, options)
  print_count(must(outbox:retry { run = options.name, state = options.state, reason = options.reason,
    accept_duplicates = options.accept_duplicates }), "row")
end)

command("export", function(outbox, options)
  print_count(must(outbox:export(options.file, { run = options.name })), "row")
end)

command("optout", function(outbox, options)
  if not options.number then
    local cells = {}
    for entry in must(outbox:optouts()) do
      cells[#cells + 1] = { entry.number, entry.reason or "-", entry.time and dates.iso(entry.time) or "-" }
    end
    output.rows(cells)
    return 0
  end
  local number, problem = require("sms.number").e164(options.number, options.region)
  if not number then output.stop(2, ("'%s' %s"):format(options.number, problem)) end
  if options.remove then must(outbox:optin(number)) else must(outbox:optout(number, { reason = options.reason })) end
end, true)

for _, name in ipairs { "prune", "forget" } do
  command(name, function(outbox, options) print_count(must(outbox[name](outbox, { older = options.older })), "row") end)
end

command("adopt", function(outbox, options) print_count(must(outbox:adopt { lost = options.lost }), "row") end)

return commands
