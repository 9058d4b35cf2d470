-- SPDX-License-Identifier: MIT
-- `sms run`: plans, checks, sends and continues a list through an outbox.

local account = require "sms.cli.account"
local output = require "sms.cli.output"
local progress = require "sms.cli.progress"
local sms = require "sms"
local stores = require "sms.cli.stores"

local run = {}

local SHOWN = 10         -- bad rows that are named
local LEASE, SPARE = 60, 10 -- seconds: of a worker; more than a call may take

-- Reasons for which a row is bad, and not only held back.
local FINE = { duplicate = true, held = true, optout = true }

local must, grouped = stores.must, progress.grouped

---------------------------------------------------------------- what is planned

local function text_of(options)
  if options.text and options.text_file then output.stop(2, "--text and --text-file can't be combined") end
  if not options.text_file then return options.text end
  local text, problem = sms.core.read_file(options.text_file)
  if not text then output.stop(2, ("--text-file %s: %s"):format(options.text_file, problem)) end
  return (text:gsub("^\xEF\xBB\xBF", ""):gsub("\r?\n$", ""))
end

local function rows_of(options, region)
  local source = options.rows == "-" and io.stdin or options.rows
  local ok, rows, err = pcall(sms.rows, source, { region = region, rejected = options.rejected })
  if not ok then output.stop(2, output.words(rows)) end
  if not rows then
    local path = options.rows == "-" and "standard input" or options.rows
    output.stop(2, err.message:find(path, 1, true) and err.message or ("%s: %s"):format(path, err.message))
  end
  return rows
end

local function allowed(only)
  local out = {}
  for number in pairs(only or {}) do out[#out + 1] = number end
  return only and out
end

local function has(list, wanted)
  for _, item in ipairs(list) do
    if item == wanted then return true end
  end
  return false
end

-- A placeholder without a column is a mistake in the template: every row would fail. Columns of JSON lines are known only line by line.
local function check_template(text, rows, provider)
  local parsed, problem = require("sms.text.template").parse(text)
  if not parsed then output.stop(2, "the text " .. problem:gsub(", or set template = false$", "")) end
  local columns, token = rows.columns or {}, require("sms." .. provider).message.token
  if not columns[1] then return end
  for _, piece in ipairs(parsed) do
    local name = type(piece) == "table" and not piece.fallback and piece.name
    if name and not has(columns, name) and not (token and token(name)) then
      output.stop(2, ("the text has {%s}, but the list has no such column; its columns are %s%s"):format(name, table.concat(columns, ", "),
        require("sms.check").guess(name, columns, ";")))
    end
  end
end

-- The text and the rows to plan, read as far as the columns.
local function list_of(whose, options)
  if not options.rows then return nil end
  local text = text_of(options)
  if not text then output.stop(2, "the text is missing: --text or --text-file") end
  local rows = rows_of(options, whose.region)
  check_template(text, rows, whose.provider)
  return { text = text, rows = rows }
end

local function plan_of(outbox, whose, options, list)
  local text = list.text
  local settings = { text = text, from = options.from, region = whose.region, route = whose.route, only = allowed(whose.only),
    client = whose.client }
  local ok, plan, err = pcall(outbox.plan, outbox, options.name, list.rows, settings)
  if not ok then output.stop(2, type(plan) == "table" and plan.message or output.words(plan)) end
  if not plan then output.stop(2, err.message) end
  return plan
end

local function bad_rows(plan)
  local n = 0
  for reason, count in pairs(plan.by_reason) do
    if not FINE[reason] then n = n + count end
  end
  return n
end

local function name_bad_rows(plan, bad)
  local named = 0
  for row in plan:problems() do
    if not FINE[row.reason] and named < SHOWN then
      named = named + 1
      local words = (row.error or row.reason):gsub("^[%w_.:]+: (%l+ %(outcome)", "%1"):gsub("^%l+ %(outcome not_sent%): ", "")
        :gsub("^row %d+: ", "")
      output.complain(("row %d: %s"):format(row.index or 0, words))
    end
  end
  if bad > named then output.complain(("and %s more"):format(output.plural(bad - named, "bad row"))) end
end

local function show_plan(outbox, plan, options)
  local words = { grouped(plan.rows) .. " rows", grouped(plan.ready) .. " to be sent", grouped(plan.segments) .. " segments" }
  if plan.cost then words[#words + 1] = "cost " .. plan.cost end
  if options.json then
    output.print_json({ name = plan.name, rows = plan.rows, ready = plan.ready, segments = plan.segments, cost = plan.cost,
      by_reason = plan.by_reason, digest = plan.digest }, { "name", "rows", "ready", "segments", "digest" })
    return
  end
  output.say(("%s: %s"):format(plan.name, table.concat(words, ", ")))
  local reasons, shown = {}, 0
  for reason, count in pairs(plan.by_reason) do reasons[#reasons + 1] = ("%s %d"):format(reason, count) end
  table.sort(reasons)
  if reasons[1] then output.say("not sent: " .. table.concat(reasons, ", ")) end
  for row in outbox:rows { run = plan.name, state = "ready" } do
    if shown == 3 then break end
    shown = shown + 1
    output.say(("  %s  %s  %s"):format(row.to, output.plural(row.segments or 0, "segment"), row.text or ""))
  end
  output.say(("digest %s: sms run --name %s --apply %s"):format(plan.digest, plan.name, plan.digest))
end

---------------------------------------------------------------- confirmation

-- Bad rows block the whole run, unless they are skipped.
local function refuse_bad(plan, options)
  local bad = bad_rows(plan)
  if bad == 0 or plan.state ~= "planned" then return end
  name_bad_rows(plan, bad)
  if options.skip_bad then return end
  local words = "%s; nothing was sent. Correct the list and use another --name, or add --skip-bad"
  output.stop(2, words:format(output.plural(bad, "bad row")))
end

local function confirm(plan, whose, options)
  if options.apply or options.yes or plan.state ~= "planned" then return end
  if whose.confirm_over and plan.ready <= whose.confirm_over then return end
  local question = ("Send %s, %s?"):format(output.plural(plan.ready, "text"), output.plural(plan.segments, "segment"))
  if not output.ask(question, "--yes, or --apply with the digest of the plan") then output.stop(1, "not sent") end
end

---------------------------------------------------------------- work

-- Counts of the whole run: those before, and what this worker adds.
local function added(before, counts)
  return { accepted = before.accepted + counts.accepted, not_sent = before.not_sent + counts.not_sent + counts.refused,
    unknown = before.unknown + counts.unknown, cancelled = before.cancelled, held = before.by_reason.held }
end

local function limit(outbox, options)
  must(outbox:caps(options.name, { messages = options.limit }))
  local state = must(outbox:status(options.name)).state
  if state == "paused" then must(outbox:resume(options.name)) end
end

--- Works a run of an outbox to its end and shows progress; returns the worker's counts.
---@param outbox table
---@param routes table<string, table>
---@param options { names: string[]?, parallel: integer, progress: string, rate: number?, drain: boolean?, wait_paused: boolean?,
---  timeout: number? }
---@param name string  what the progress is called
---@return table counts
function run.work(outbox, routes, options, name)
  local before = options.names and must(outbox:status(options.names[1]))
    or { rows = 0, accepted = 0, not_sent = 0, unknown = 0, cancelled = 0, by_reason = {} }
  local shown = progress.new(name, before.rows, options.progress, options.rate)
  shown:show(added(before, { accepted = 0, not_sent = 0, refused = 0, unknown = 0 }))
  local ok, counts, err = pcall(outbox.work, outbox, { routes = routes, runs = options.names, in_flight = options.parallel,
    drain = options.drain, wait_paused = options.wait_paused, lease = math.max(LEASE, (options.timeout or 0) + SPARE),
    on_progress = function(now) shown:show(added(before, now)) end })
  if not ok then output.stop(2, type(counts) == "table" and counts.message or output.words(counts)) end
  must(counts, err)
  shown:show(added(before, counts), true)
  return counts
end

-- The three most frequent reasons for rows not sent or unknown.
local function reasons_of(status)
  local list = {}
  for reason, count in pairs(status.by_reason) do list[#list + 1] = { reason, count } end
  table.sort(list, function(a, b) return a[2] > b[2] or a[2] == b[2] and a[1] < b[1] end)
  local words = {}
  for i = 1, math.min(3, #list) do words[i] = ("%s %s"):format(list[i][1], grouped(list[i][2])) end
  return words[1] and " (" .. table.concat(words, ", ") .. ")" or ""
end

local function summarise(status, counts, options)
  output.complain(("%s: accepted %s, not sent %s, unknown %s, not started %s%s; %s%s"):format(options.name, grouped(status.accepted),
    grouped(status.not_sent), grouped(status.unknown), grouped(status.ready), reasons_of(status),
    output.plural(status.segments or 0, "segment"), status.cost and ", cost " .. status.cost or ""))
  if counts.held and counts.held[1] then
    output.complain("the route is on hold: ", tostring(type(counts.held[1]) == "table" and (counts.held[1].reason or counts.held[1].route)
      or counts.held[1]), "; fix it, then sms outbox resume --route")
  end
  local own = ""
  for _, name in ipairs { "profile", "provider", "outbox" } do
    if options[name] then own = ("%s --%s %s"):format(own, name, options[name]) end
  end
  if status.unknown > 0 then
    output.complain(("unknown rows may have been delivered; resolve them: sms outbox reconcile %s%s"):format(options.name, own))
  end
  if status.ready > 0 then output.complain(("to continue: sms run --name %s%s"):format(options.name, own)) end
end

-- The exit status of the whole run.
local function exit_of(status, counts)
  if status.unknown > 0 then return 3 end
  if status.ready > 0 or status.sending > 0 or counts.stopped then return 5 end
  if status.not_sent > 0 then return status.accepted > 0 and 4 or 1 end
  return 0
end

---------------------------------------------------------------- the command

local function name_of(options)
  if options.name then return options.name end
  if not options.rows or options.rows == "-" then output.stop(2, "--name is missing: the name of the run") end
  local name = options.rows:match "([^/]+)$":gsub("%.[^.]*$", "")
  local ok, problem = require("sms.cli.values").name(name)
  if not ok then output.stop(2, "--name is missing, and the file name can't be used: " .. problem) end
  return name
end

-- The account, named so that its rows find it again.
local function open_account(options)
  options.pool = sms.pool { max_connections = options.parallel }
  local whose = account.open(options)
  whose.route = whose.name or whose.provider
  return whose
end

-- A run can only continue with the account that it was planned for.
local function check_route(outbox, whose, options)
  for row in outbox:rows { run = options.name } do
    if row.route == whose.route then return end
    output.stop(2, ("the run '%s' belongs to the account '%s', not '%s'; give --profile or --provider"):format(options.name, row.route,
      whose.route))
  end
end

local function planned(outbox, whose, options, list)
  if list then return plan_of(outbox, whose, options, list) end
  local plan = must(outbox:look(options.name))
  check_route(outbox, whose, options)
  return plan
end

local function apply(outbox, plan, options)
  if plan.state ~= "planned" and not options.apply then return end
  local digest = options.apply or plan.digest
  local ok, applied, err = pcall(outbox.apply, outbox, options.name, digest, { missing = options.skip_bad and "skip" or "refuse" })
  if not ok then output.stop(2, output.words(applied)) end
  if not applied then output.stop(2, err.message) end
end

-- A file that can't be written is reported before anything is sent.
local function check_out(path, rows)
  if path == rows then output.stop(2, "--out must not be the list itself") end
  local file, problem = io.open(path, "ab")
  if not file then output.stop(2, "--out " .. problem) end
  file:close()
end

--- Runs the command.
---@param options table
---@return integer status
function run.run(options)
  options.name = name_of(options)
  if options.out and not options.plan then check_out(options.out, options.rows) end
  local whose = open_account(options)
  local list = list_of(whose, options)
  if list then stores.renew(options) end
  local outbox <close>, address = stores.open(options, list ~= nil)
  local plan = planned(outbox, whose, options, list)
  if options.plan then
    show_plan(outbox, plan, options)
    refuse_bad(plan, options)
    return 0
  end
  refuse_bad(plan, options)
  confirm(plan, whose, options)
  apply(outbox, plan, options)
  if options.rate then must(outbox:limit(whose.route, { per_second = options.rate })) end
  limit(outbox, options)
  local function work()
    return run.work(outbox, { [whose.route] = whose.client }, { names = { options.name }, parallel = options.parallel, drain = true,
      wait_paused = true, progress = options.progress, rate = options.rate, timeout = options.timeout }, options.name)
  end
  local counts = options.web and require("sms.cli.view").beside(options, address, work) or work()
  local status = must(outbox:status(options.name))
  local problem = options.out and select(2, outbox:export(options.out, { run = options.name }))
  if options.json then output.print_json(status, { "run", "state", "rows", "accepted", "not_sent", "unknown", "ready" }) end
  summarise(status, counts, options)
  local exit = exit_of(status, counts)
  if not problem then return exit end
  output.complain(problem.message)
  return exit == 0 and 1 or exit
end

return run
