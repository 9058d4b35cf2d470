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
    "Renders, checks and stores every row. Sends nothing.",
    { "name", "string", "Name of the run." },
    { "rows", "table|fun(): table?", "A list, an iterator, or what `sms.rows` returns." },
    { "options", "sms.OutboxPlan" },
    returns = { { "sms.OutboxRun?", "plan" }, { "sms.Error?", "problem" } },
  },
  look = { "Returns the current plan of a run.", { "name", "string", "Name of the run." },
    returns = { { "sms.OutboxRun?", "plan" }, { "sms.Error?", "problem" } } },
  apply = {
    "Releases the rows of a plan for sending.", { "name", "string", "Name of the run." },
    { "digest?", "string", "Digest of the plan; required above `confirm` rows." }, { "options?", "sms.OutboxApply" },
    returns = { { "sms.OutboxRun?", "plan" }, { "sms.Error?", "problem" } },
  },
  put = {
    "Adds a row to a stream, for example of one-time passwords.", RUN, { "fields", "sms.OutboxPut" },
    returns = { { "integer?", "id" }, { "boolean|sms.Error", "again", "whether its key was already present; the error after a failure" } },
  },
  work = {
    "Runs a worker: claims rows, sends them and records the results, until nothing is left (with `drain`) or a signal stops it.",
    { "options", "sms.OutboxWork" },
    returns = { { "sms.OutboxCounts?", "counts" }, { "sms.Error?", "problem" } },
  },
  limit = {
    "Sets rate and budget of a route, shared by all workers.",
    { "route", "string", "Name of the route." }, { "options", "sms.OutboxLimit" },
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } },
  },
  pause = { "Pauses a run or a route.", { "what", "string|" .. WHERE, "A run's name, or `{ run }` or `{ route }`." },
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } } },
  resume = { "Resumes a run or a route.", { "what", "string|" .. WHERE, "A run's name, or `{ run }` or `{ route }`." },
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } } },
  caps = { "Changes the budget of a run.", RUN, { "caps", "sms.OutboxCaps" },
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } } },
  cancel = { "Cancels rows that have not been sent yet.", { "what", "sms.OutboxCancel" },
    returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  move = { "Reschedules rows that have not been sent yet.", { "what", "sms.OutboxMove" },
    returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  retry = { "Queues rows again that were not sent, or rows of unknown outcome with a number of accepted duplicates.",
    { "what", "sms.OutboxRetry" }, returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  reconcile = {
    "Searches the providers' histories for rows of unknown outcome.", { "what", "sms.OutboxReconcile" },
    returns = { { "{ accepted: integer, not_sent: integer, unknown: integer }?", "counts" }, { "sms.Error?", "problem" } },
  },
  rescue = { "Marks the rows of workers whose lease has expired as "
    .. "`unknown`.", returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  adopt = { "Adopts a copy of a database: rows that the original may have sent become `unknown`.", { "what", "sms.OutboxAdopt" },
    returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  prune = { "Deletes finished runs.", { "what", "sms.OutboxAge" }, returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  forget = { "Erases texts and numbers of settled rows; the outcome is kept.", { "what", "sms.OutboxAge" },
    returns = { { "integer?", "rows" }, { "sms.Error?", "problem" } } },
  doctor = { "Returns problems as sentences; an empty list if there are none.",
    returns = { { "string[]?", "sentences" }, { "sms.Error?", "problem" } } },
  status = { "Returns the state of a run, or a summary of all runs.", { "run?", "string", "Name of the run." },
    returns = { { "sms.OutboxStatus|sms.OutboxStatus[]|nil", "status" }, { "sms.Error?", "problem" } } },
  stop = { "Stops a run: no further rows are sent, and workers that serve only this run return once calls in flight have finished.", RUN,
    returns = { { "true?", "ok" }, { "sms.Error?", "problem" } } },
  metrics = { "Returns metrics for Prometheus: rows by run, state and reason, routes, workers and reports.",
    returns = { { "string?", "text", "exposition format 0.0.4" }, { "sms.Error?", "problem" } } },
  snapshot = { "Returns the current state of a run for monitoring; cheap for any number of rows.", RUN,
    returns = { { "table?", "snapshot", "see [the outbox](../outbox.md#status-and-retention)" }, { "sms.Error?", "problem" } } },
  rows = { "Iterates over the rows of a run in the order in which they were stored.", { "filter", "sms.OutboxRows" },
    returns = { { "fun(): table?", "iterator" }, { "sms.Error?", "problem" } } },
  export = { "Writes the rows of a run to a file.", { "path", "string", "Path of the file." }, { "filter", "sms.OutboxRows" },
    returns = { { "integer?", "rows", "number of rows written" }, { "sms.Error?", "problem" } } },
  take = { "Records an event of `client:webhook`.", { "event", "sms.Event" },
    returns = { { '"joined"|"parked"|"repeat"|nil', "what" }, { "integer|sms.Error|nil", "id", "id of the row" } } },
  wait = {
    "Waits until a row has a state or a delivery status.", { "reference", "string", "Reference of the message." },
    { "state?", "string", "`accepted`, `delivered` and so on. Default: until it is settled." },
    { "timeout?", "number", "Seconds. Default: 30." },
    returns = { { "string?", "state", "nil after the timeout" }, { "string|sms.Error|nil", "status" } },
  },
  inbox = { "Iterates over the replies, oldest first.", { "number?", "string", "Only replies from this number." },
    returns = { { "fun(): table?", "iterator", "of `{ key, provider, time, from, to, text, row }`" }, { "sms.Error?", "problem" } } },
  optout = { "Opts a number out of all runs.", { "number", "string", "In E.164." }, { "fields?", "sms.OutboxOptout" },
    returns = { { "boolean?", "new", "false if it had opted out before" }, { "sms.Error?", "problem" } } },
  optin = { "Removes an opt-out.", { "number", "string", "In E.164." }, { "sender?", "string", "Only for this sender." },
    returns = { { "boolean?", "there", "whether there was an opt-out" }, { "sms.Error?", "problem" } } },
  optouts = { "Iterates over the opt-outs.",
    returns = { { "fun(): table?", "iterator", "of `{ number, sender, reason, time }`" }, { "sms.Error?", "problem" } } },
  close = { "Closes the database. May be called twice." },
}

local SECONDS_FROM_NOW = "Seconds after a row is due (now, or its `at`), or a Unix time, after which it is no longer sent."

-- The tables of options: class, title, words by option.
outbox.options = {
  open = { "sms.OutboxOpen", "sms.outbox.open", {
    durability = "`full` (default), or `process`: faster, but after a crash of the machine messages may be sent twice.",
    on_event = "Function `(event, what, row_id)`, called for each new report and reply.",
  } },
  plan = { "sms.OutboxPlan", "outbox:plan", {
    at = "When to send it, a Unix time in seconds.", caps = "Budget of the run, see `outbox:caps`.",
    client = "A client with which each message is checked.", empty = "Whether an empty value may fill a placeholder.",
    expires = SECONDS_FROM_NOW, extend = "Adds the new rows to an existing run.", from = "Sender.",
    max_segments = "Maximum number of segments of a text.", message = "Additional fields of every message.",
    only = "Numbers that may be sent to.", price = "Price of a segment, for `cost`.",
    priority = "1 (first) to 9 (last). Default: 5.", quiet = "`{ from = \"20:00\", to = \"08:00\" }`: nothing is sent in this window of "
      .. "the recipient's local time.",
    region = "ISO 3166 code, for numbers without a country code.", route = "Name of the client or group that sends it; needed.",
    template = "`false`: texts are sent unchanged, braces included.", text = "The text, with placeholders.",
  } },
  apply = { "sms.OutboxApply", "outbox:apply", {
    confirm = "Number of rows above which the digest is required. Default: 1,000.",
    missing = "`skip`: rows that lack a value for a variable are not sent. Default: `refuse`.",
  } },
  put = { "sms.OutboxPut", "outbox:put", {
    at = "When to send it, a Unix time in seconds.", empty = "Whether an empty value may fill a placeholder.", expires = SECONDS_FROM_NOW,
    from = "Sender.", key = "Identifies the row. Default: the number.", max_segments = "Maximum number of segments of the text.",
    message = "Additional fields of the message.", price = "Price of a segment.", priority = "1 (first) to 9 (last). Default: 3.",
    region = "ISO 3166 code, for a number without a country code.", route = "Name of the client or group that sends it; needed.",
    template = "`false`: the text is sent unchanged.", text = "The text; needed.", to = "The number; needed.",
    vars = "Values of the placeholders.",
  } },
  work = { "sms.OutboxWork", "outbox:work", {
    batch = "Results written in one transaction. Default: 25.",
    bulk = "Rows per call, for providers with a bulk call. Default: 1.", drain = "Returns when nothing is left to send.",
    handle = "Function that is called with a function that stops the worker.", in_flight = "Maximum number of concurrent calls. "
      .. "Default: 16.",
    lease = "Seconds after which a worker without a heartbeat counts as dead. Default: 60.",
    on_progress = "Function that is called with the progress; `line` is a readable summary.",
    patience = "Seconds for which the database may fail before the worker gives up. Default: the lease.",
    routes = "Clients or failover groups by name; needed.", runs = "Names of the runs to work on. Default: all.",
    signals = "`false`: SIGINT and SIGTERM are left to the program.", tries = "Maximum attempts per row after temporary refusals. "
      .. "Default: 5.",
    wait_paused = "With `drain`: waits for rows of paused runs.",
  } },
  limit = { "sms.OutboxLimit", "outbox:limit", {
    burst = "Maximum messages at once.", cost = "Maximum total cost.", cost_per_day = "Maximum cost per day.",
    messages = "Maximum messages in total.", messages_per_day = "Maximum messages per day.", per_second = "Messages per second.",
    segments = "Maximum segments in total.", segments_per_day = "Maximum segments per day.",
  } },
  hold = { WHERE, "outbox:pause` and `outbox:resume", {
    reason = "Reason, shown by `outbox:status`.", route = "Name of a route.", run = "Name of a run.",
  } },
  caps = { "sms.OutboxCaps", "outbox:caps", {
    cost = "Maximum cost.", messages = "Maximum number of messages.", segments = "Maximum number of segments.",
  } },
  cancel = { "sms.OutboxCancel", "outbox:cancel", { keys = "Keys of rows. Default: all.", run = "Name of the run; needed." } },
  move = { "sms.OutboxMove", "outbox:move", {
    at = "New time, a Unix time in seconds; needed.", keys = "Keys of rows. Default: all.", run = "Name of the run; needed.",
  } },
  retry = { "sms.OutboxRetry", "outbox:retry", {
    accept_duplicates = "With `unknown`: number of rows that may reach their recipient twice; must equal "
      .. "their count.", reason = "Only rows with this reason.",
    run = "Name of the run; needed.", state = "`not_sent` (default) or `unknown`.",
  } },
  reconcile = { "sms.OutboxReconcile", "outbox:reconcile", {
    lease = "Maximum seconds of an attempt. Default: 60.", routes = "Clients by name; needed.", run = "Name of the run; needed.",
    settle = "Minimum seconds since the attempt before absence from the history counts. Default: 60.",
  } },
  adopt = { "sms.OutboxAdopt", "outbox:adopt", { lost = "Seconds by which the copy may be behind the original; needed." } },
  age = { "sms.OutboxAge", "outbox:prune` and `outbox:forget", { older = "Minimum age in seconds; needed." } },
  rows = { "sms.OutboxRows", "outbox:rows` and `outbox:export", {
    after = "Only rows after the one with this `id`.", format = "Format of the file: `csv` (default) or `jsonl`.",
    reason = "Only rows with this reason.", run = "Name of the run; needed.", state = "Only rows of this state.",
  } },
  optout = { "sms.OutboxOptout", "outbox:optout", { reason = "Reason, such as `STOP`.", sender = "Only for this sender." } },
  pace = { "sms.OutboxPace", "sms.outbox.pace", {
    backoff = "Seconds before a second attempt. Default: 5.", poll = "Seconds between checks of an idle outbox. Default: 0.1.",
  } },
}

outbox.run = {
  title = "A run of an outbox", class = "sms.OutboxRun",
  about = "What `outbox:plan`, `look` and `apply` return. `plan:problems()` iterates over the rows that will not be sent: "
    .. "`{ index, key, to, reason, error }`.",
  fields = {
    name = { "string", "Name of the run." }, state = { "string", "`planned`, `active`, `paused`, `done` or `cancelled`." },
    rows = { "integer", "Total number of rows." }, ready = { "integer", "Rows that will be sent." },
    not_sent = { "integer", "Rows that will not be sent." }, segments = { "integer", "Segments of the rows that will be sent." },
    cost = { "number?", "Cost, if a price was given." }, digest = { "string?", "Digest for `apply`; absent if planning was interrupted." },
    by_reason = { "table<string, integer>", "Rows that will not be sent, by reason." },
  },
}

outbox.counts = {
  title = "What `outbox:work` returns", class = "sms.OutboxCounts", about = "Counts of the rows that this worker handled.",
  fields = {
    accepted = { "integer", "Accepted by the provider." }, not_sent = { "integer", "Proven not sent, permanently." },
    refused = { "integer", "Not sent because of an opt-out, a budget or their expiry." },
    unknown = { "integer", "The outcome could not be determined." }, ready = { "integer", "Returned, to be sent later." },
    late = { "integer", "Already recorded by another process." },
    exit = { "0|1|3|4|5", "Exit status: all accepted; none accepted, all proven not sent; some unknown; some accepted, the rest proven "
      .. "not sent; stopped before the end." },
    stopped = { "boolean", "Whether it was stopped." }, held = { "{ route: string, reason: string }[]", "Paused routes." },
    unserved = { "string[]?", "Routes that rows wait for but this worker does not have." }, fault = { "string?", "Why it ended early." },
  },
}

outbox.standing = {
  title = "What `outbox:status` returns", class = "sms.OutboxStatus",
  about = "The state of one run; for all runs, a list of these without the counts.",
  fields = {
    run = { "string", "Name of the run." }, kind = { "'list'|'stream'", "`list`: made by `plan`; `stream`: made by `put`." },
    state = { "string", "`planned`, `active`, `paused`, `done` or `cancelled`." }, reason = { "string?", "Why it is paused." },
    rows = { "integer", "Total number of rows." }, segments = { "integer?", "Segments of the rows to be sent." },
    cost = { "number?", "Cost, if a price was given." }, digest = { "string?", "Digest of "
      .. "the plan." }, ready = { "integer", "Still to be sent." },
    sending = { "integer", "Claimed by a worker." }, accepted = { "integer", "Accepted by the provider." },
    not_sent = { "integer", "Proven not sent." }, unknown = { "integer", "The outcome could not be determined." },
    cancelled = { "integer", "Cancelled before they were sent." }, late = { "integer", "Results that arrived after the row was settled." },
    by_reason = { "table<string, integer>", "Rows that were not sent, by reason." }, workers = { "integer", "Live workers." },
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
