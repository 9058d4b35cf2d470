-- SPDX-License-Identifier: MIT
-- The methods of an outbox and their options. Names of options and their types come from `lua/sms/outbox/options.lua`, which the code
-- checks against; a spec compares the methods with those of an outbox.

local check = require "sms.check"

local outbox = {}

local RUN = { "run", "string", "Name of the run." }
local WHERE = "sms.OutboxWhere"

-- name = { words, arguments as { name, type, words }…, returns = { type, name, words }… }; `options` names the table of the code.
outbox.methods = {
  plan = {
    "Renders and checks every row, keeps the texts as they are now, and writes the rows. Sends nothing.",
    { "name", "string", "Name of the run." },
    { "rows", "table|fun(): table?", "A list, an iterator, or what `sms.rows` returns." },
    { "options", "sms.OutboxPlan" },
    returns = { { "sms.OutboxRun?", "plan" }, { "sms.Error?", "problem" } },
  },
  look = { "The plan of a run as it stands.", { "name", "string", "Name of the run." },
    returns = { { "sms.OutboxRun?", "plan" }, { "sms.Error?", "problem" } } },
  apply = {
    "Lets the rows of a plan go.", { "name", "string", "Name of the run." },
    { "digest?", "string", "The plan's digest; needed above `confirm` rows." }, { "options?", "sms.OutboxApply" },
    returns = { { "sms.OutboxRun?", "plan" }, { "sms.Error?", "problem" } },
  },
  put = {
    "Puts one row into a stream, such as one of one-time passwords.", RUN, { "fields", "sms.OutboxPut" },
    returns = { { "integer?", "id" }, { "boolean|sms.Error", "again", "whether its key was there before; the error after a failure" } },
  },
  work = {
    "Claims rows, sends them and records the results, until it has drained or is stopped by a signal.",
    { "options", "sms.OutboxWork" },
    returns = { { "sms.OutboxCounts?", "counts" }, { "sms.Error?", "problem" } },
  },
  limit = {
    "Rate and budget of a route, shared by all workers.", { "route", "string", "Name of the route." }, { "options", "sms.OutboxLimit" },
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } },
  },
  pause = { "Stops a run or a route.", { "what", "string|" .. WHERE, "A run's name, or `{ run }` or `{ route }`." },
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } } },
  resume = { "Lets a run or a route go on.", { "what", "string|" .. WHERE, "A run's name, or `{ run }` or `{ route }`." },
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } } },
  caps = { "Gives a run another budget.", RUN, { "caps", "sms.OutboxCaps" },
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } } },
  cancel = { "Cancels what was not sent yet.", { "what", "sms.OutboxCancel" },
    returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  move = { "Moves what was not sent yet to another moment.", { "what", "sms.OutboxMove" },
    returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  retry = { "Lets rows go again that were not sent, or, with a count of accepted duplicates, rows of unknown outcome.",
    { "what", "sms.OutboxRetry" }, returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  reconcile = {
    "Asks the providers' histories for rows of unknown outcome.", { "what", "sms.OutboxReconcile" },
    returns = { { "{ accepted: integer, not_sent: integer, unknown: integer }?", "counts" }, { "sms.Error?", "problem" } },
  },
  rescue = { "Rows of workers whose lease is over become `unknown`.", returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  adopt = { "Takes over a copy of a database: rows that the original may have sent become `unknown`.", { "what", "sms.OutboxAdopt" },
    returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  prune = { "Deletes finished runs.", { "what", "sms.OutboxAge" }, returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  forget = { "Empties texts and numbers of settled rows; the outcome stays.", { "what", "sms.OutboxAge" },
    returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  doctor = { "What is noteworthy, in sentences; none where all is well.",
    returns = { { "string[]?", "sentences" }, { "sms.Error?", "problem" } } },
  status = { "Where a run stands, or all runs in short.", { "run?", "string", "Name of the run." },
    returns = { { "sms.OutboxStatus|sms.OutboxStatus[]|nil", "status" }, { "sms.Error?", "problem" } } },
  stop = { "Ends a run for now: nothing more is begun, workers of it alone end once what is in flight has its outcome.", RUN,
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } } },
  metrics = { "Rows by run, state and reason, routes, workers and reports, as text for Prometheus.",
    returns = { { "string?", "text", "exposition format 0.0.4" }, { "sms.Error?", "problem" } } },
  snapshot = { "A run at this moment, for those who watch it; cheap however many rows there are.", RUN,
    returns = { { "table?", "snapshot", "see [the outbox](../outbox.md#look-and-keep)" }, { "sms.Error?", "problem" } } },
  rows = { "Walks the rows of a run in the order in which they were written.", { "filter", "sms.OutboxRows" },
    returns = { { "fun(): table?", "iterator" }, { "sms.Error?", "problem" } } },
  export = { "Writes the rows of a run to a file.", { "path", "string", "Of the file." }, { "filter", "sms.OutboxRows" },
    returns = { { "integer?", "rows", "how many were written" }, { "sms.Error?", "problem" } } },
  take = { "Takes an event of `client:webhook`.", { "event", "sms.Event" },
    returns = { { '"joined"|"parked"|"repeat"|nil', "what" }, { "integer|sms.Error|nil", "id", "of the row" } } },
  wait = {
    "Waits until a row has a state or a delivery status.", { "reference", "string", "Of the message." },
    { "state?", "string", "`accepted`, `delivered` and so on. Default: until it is settled." },
    { "timeout?", "number", "Seconds. Default: 30." },
    returns = { { "string?", "state", "nil when the time is over" }, { "string|sms.Error|nil", "status" } },
  },
  inbox = { "Walks the replies, the oldest first.", { "number?", "string", "Only those of this number." },
    returns = { { "fun(): table?", "iterator", "of `{ key, provider, time, from, to, text, row }`" }, { "sms.Error?", "problem" } } },
  optout = { "No run sends to this number any more.", { "number", "string", "In E.164." }, { "fields?", "sms.OutboxOptout" },
    returns = { { "boolean?", "new", "false where it was there before" }, { "sms.Error?", "problem" } } },
  optin = { "Takes an opt-out back.", { "number", "string", "In E.164." }, { "sender?", "string", "Only for this sender." },
    returns = { { "boolean?", "there", "whether there was one" }, { "sms.Error?", "problem" } } },
  optouts = { "Walks the opt-outs.",
    returns = { { "fun(): table?", "iterator", "of `{ number, sender, reason, time }`" }, { "sms.Error?", "problem" } } },
  close = { "Closes the database. May be called twice." },
}

local SECONDS_FROM_NOW = "Seconds from now, or a moment since 1970, after which a row is not sent any more."

-- The tables of options: class, title, words by option.
outbox.options = {
  open = { "sms.OutboxOpen", "sms.outbox.open", {
    durability = "`full` (default), or `process`: faster, but after a crash of the machine texts may go out twice.",
    on_event = "Function `(event, what, row_id)` that hears of each new report and reply.",
  } },
  plan = { "sms.OutboxPlan", "outbox:plan", {
    at = "When it goes out, in seconds since 1970.", caps = "Budget of the run, see `outbox:caps`.",
    client = "A client that is asked whether it could take each message.", empty = "Whether an empty value may fill a placeholder.",
    expires = SECONDS_FROM_NOW, extend = "Adds the new rows to a run that is there.", from = "Sender.",
    max_segments = "Most segments that a text may need.", message = "Further fields of every message.",
    only = "Numbers that may be sent to.", price = "Of a segment, for `cost`.",
    priority = "1 first … 9 last. Default: 5.", quiet = "`{ from = \"20:00\", to = \"08:00\" }`: no texts in this window of the "
      .. "recipient's local time.",
    region = "ISO 3166 code, for numbers without a country code.", route = "Name of the client or group that sends it; needed.",
    template = "`false`: texts go out as they are, braces and all.", text = "The text, with placeholders.",
  } },
  apply = { "sms.OutboxApply", "outbox:apply", {
    confirm = "Rows above which the digest is needed. Default: 1,000.",
    missing = "`skip`: rows without a value for a variable are left out. Default: `refuse`.",
  } },
  put = { "sms.OutboxPut", "outbox:put", {
    at = "When it goes out, in seconds since 1970.", empty = "Whether an empty value may fill a placeholder.", expires = SECONDS_FROM_NOW,
    from = "Sender.", key = "Identifies the row. Default: the number.", max_segments = "Most segments that the text may need.",
    message = "Further fields of the message.", price = "Of a segment.", priority = "1 first … 9 last. Default: 3.",
    region = "ISO 3166 code, for a number without a country code.", route = "Name of the client or group that sends it; needed.",
    template = "`false`: the text goes out as it is.", text = "The text; needed.", to = "The number; needed.",
    vars = "Values of the placeholders.",
  } },
  work = { "sms.OutboxWork", "outbox:work", {
    batch = "Results that are written together. Default: 25.",
    bulk = "Rows of a call, for clients whose provider takes several. Default: 1.", drain = "Ends when nothing is left that may be sent.",
    handle = "Function that is given a function by which to stop the worker.", in_flight = "Calls at a time. Default: 16.",
    lease = "Seconds after which a silent worker counts as dead. Default: 60.",
    on_progress = "Function that is called with the progress; `line` is a line for people.",
    patience = "Seconds that the database may fail. Default: the lease.",
    routes = "Clients or failover groups by name; needed.", runs = "Names of the runs to work. Default: all.",
    signals = "`false`: SIGINT and SIGTERM are left to the program.", tries = "Most attempts of a row after passing refusals. Default: 5.",
    wait_paused = "With `drain`: rows of a run that was paused are waited for.",
  } },
  limit = { "sms.OutboxLimit", "outbox:limit", {
    burst = "Texts at once.", cost = "Most cost in all.", cost_per_day = "Most cost a day.", messages = "Most messages in all.",
    messages_per_day = "Most messages a day.", per_second = "Texts a second.", segments = "Most segments in all.",
    segments_per_day = "Most segments a day.",
  } },
  hold = { WHERE, "outbox:pause` and `outbox:resume", {
    reason = "Why, for `outbox:status`.", route = "Name of a route.", run = "Name of a run.",
  } },
  caps = { "sms.OutboxCaps", "outbox:caps", {
    cost = "Most cost of the run.", messages = "Most messages of the run.", segments = "Most segments of the run.",
  } },
  cancel = { "sms.OutboxCancel", "outbox:cancel", { keys = "Keys of rows. Default: all.", run = "Name of the run; needed." } },
  move = { "sms.OutboxMove", "outbox:move", {
    at = "The moment, in seconds since 1970; needed.", keys = "Keys of rows. Default: all.", run = "Name of the run; needed.",
  } },
  retry = { "sms.OutboxRetry", "outbox:retry", {
    accept_duplicates = "With `unknown`: how many people may get the text twice.", reason = "Only rows with this reason.",
    run = "Name of the run; needed.", state = "`not_sent` (default) or `unknown`.",
  } },
  reconcile = { "sms.OutboxReconcile", "outbox:reconcile", {
    lease = "Seconds that an attempt may have gone on. Default: 60.", routes = "Clients by name; needed.", run = "Name of the run; needed.",
    settle = "Seconds before absence from a history counts. Default: 60.",
  } },
  adopt = { "sms.OutboxAdopt", "outbox:adopt", { lost = "Seconds of the original's work that the copy may lack; needed." } },
  age = { "sms.OutboxAge", "outbox:prune` and `outbox:forget", { older = "Seconds since then; needed." } },
  rows = { "sms.OutboxRows", "outbox:rows` and `outbox:export", {
    after = "The `id` of a row: only those after it.", format = "Of the file: `csv` (default) or `jsonl`.",
    reason = "Only rows with this reason.", run = "Name of the run; needed.", state = "Only rows of this state.",
  } },
  optout = { "sms.OutboxOptout", "outbox:optout", { reason = "Why, such as `STOP`.", sender = "Only for this sender." } },
  pace = { "sms.OutboxPace", "sms.outbox.pace", {
    backoff = "Seconds before a second attempt. Default: 5.", poll = "Seconds between two looks at an idle outbox. Default: 0.1.",
  } },
}

outbox.run = {
  title = "A run of an outbox", class = "sms.OutboxRun",
  about = "What `outbox:plan`, `look` and `apply` return. `plan:problems()` walks the rows that will not be sent: "
    .. "`{ index, key, to, reason, error }`.",
  fields = {
    name = { "string", "Of the run." }, state = { "string", "`planned`, `active`, `paused`, `done` or `cancelled`." },
    rows = { "integer", "Rows in all." }, ready = { "integer", "Rows that will be sent." },
    not_sent = { "integer", "Rows that will not be sent." }, segments = { "integer", "Segments of the rows that will be sent." },
    cost = { "number?", "Where a price was given." }, digest = { "string?", "What `apply` takes; absent where planning was cut short." },
    by_reason = { "table<string, integer>", "Rows that will not be sent, by reason." },
  },
}

outbox.counts = {
  title = "What `outbox:work` returns", class = "sms.OutboxCounts", about = "Rows, by their outcome here.",
  fields = {
    accepted = { "integer", "The provider took them." }, not_sent = { "integer", "Proven not sent, for good." },
    refused = { "integer", "Not sent because of an opt-out, a budget or their time." },
    unknown = { "integer", "The outcome could not be determined." }, ready = { "integer", "Given back, to be sent later." },
    late = { "integer", "Recorded by another process meanwhile." },
    exit = { "0|1|3|4|5", "Exit status: all accepted; none, proven; some unknown; some accepted, the others proven; stopped before the "
      .. "end." },
    stopped = { "boolean", "By a signal." }, held = { "{ route: string, reason: string }[]", "Routes that are paused." },
    unserved = { "string[]?", "Routes that rows wait for and this worker lacks." }, fault = { "string?", "Why it ended early." },
  },
}

outbox.standing = {
  title = "What `outbox:status` returns", class = "sms.OutboxStatus",
  about = "Of one run; a list of them, without the counts, for all runs.",
  fields = {
    run = { "string", "Name of the run." }, kind = { "'list'|'stream'", "A list from `plan`, or a stream from `put`." },
    state = { "string", "`planned`, `active`, `paused`, `done` or `cancelled`." }, reason = { "string?", "Why it is paused." },
    rows = { "integer", "Rows in all." }, segments = { "integer?", "Segments of the rows to be sent." },
    cost = { "number?", "Where a price was given." }, digest = { "string?", "Of the plan." }, ready = { "integer", "Still to be sent." },
    sending = { "integer", "With a worker now." }, accepted = { "integer", "The provider took them." },
    not_sent = { "integer", "Proven not sent." }, unknown = { "integer", "The outcome could not be determined." },
    cancelled = { "integer", "Cancelled before they were sent." }, late = { "integer", "Results that came after a row was settled." },
    by_reason = { "table<string, integer>", "Rows that were not sent, by reason." }, workers = { "integer", "Workers that are alive." },
  },
}

local function type_of(wanted)
  return type(wanted) == "table" and "'" .. table.concat(wanted, "'|'") .. "'" or wanted
end

--- The sections of options, in the names' order, with the types of the code.
---@param types table  `TYPES` of lua/sms/outbox/options.lua
---@return table[]
function outbox.sections(types)
  local out = {}
  for _, name in ipairs(check.names(types)) do
    local class, where, words = table.unpack((assert(outbox.options[name], "no words for the options of " .. name)))
    local fields = {}
    for option, wanted in pairs(types[name]) do
      local text = assert(words[option], ("no words for %s of %s"):format(option, where))
      fields[option] = { type_of(wanted) .. (text:find "; needed%.$" and "" or "?"), (text:gsub("; needed%.$", ".")) }
    end
    for option in pairs(words) do assert(fields[option], ("%s has no %s"):format(where, option)) end
    out[#out + 1] = { title = ("Options of `%s`"):format(where), class = class, about = "", fields = fields }
  end
  return out
end

--- Every section of the page.
---@return table[]
function outbox.all()
  return { outbox.run, outbox.counts, outbox.standing, table.unpack(outbox.sections(require("sms.outbox.options").types)) }
end

return outbox
