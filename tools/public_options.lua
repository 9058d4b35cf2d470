-- SPDX-License-Identifier: MIT
-- Options of functions, and what some of them return: names, types and meaning. `spec/house/public_reference_spec.lua` compares the names
-- with the tables that the code checks against.

local options = {}

options.request = {
  title = "What `client:request` takes", class = "sms.RequestSpec",
  about = "At most one of `json`, `form`, `multipart` and `body`. Only GET and HEAD are retried.",
  types = function() return require("sms.api.request").fields end,
  words = {
    body = "The body, sent unchanged.", content_type = "Content type of `body`.",
    form = "Names and values, or an encoded string.", headers = "Additional header fields.",
    json = "A value to send as JSON.", method = "HTTP method. Default: `GET`.", multipart = "Parts of a multipart body.",
    path = "Path below the client's `base_url`.", query = "Names and values, or an encoded string.",
  },
}

options.webhook_request = {
  title = "A request to a webhook", class = "sms.WebhookRequest", about = "The request as received, undecoded.",
  fields = {
    method = { "string?", "HTTP method." },
    headers = { "table<string, string>?", "Header fields; names in upper or lower case." },
    query = { "string?", "Query string, without the question mark." },
    body = { "string?", "Body." },
  },
}

options.webhook_response = {
  title = "A response to a webhook", class = "sms.WebhookResponse", about = "What `client:webhook_answer` returns.",
  fields = {
    status = { "integer", "HTTP status." },
    headers = { "table<string, string>", "Header fields." },
    body = { "string", "The body." },
  },
}

options.send_many = {
  title = "Options of `client:send_many`", class = "sms.SendManyOptions", parent = "sms.CallOptions",
  about = "In addition to [those of a call](api.md#options-of-a-call).",
  fields = {
    duplicates = { "'send'|'skip'?", "`skip`: rows whose number occurred before are not sent. Default: `send`." },
    on_row = { "fun(row: sms.Receipt|sms.Row, index: integer)?", "Called with each row, in input order." },
    parallel = { "integer?", "Maximum number of concurrent calls. Default: 8." },
  },
}

options.send_each = {
  title = "Options of `client:send_each`", class = "sms.SendEachOptions", parent = "sms.CallOptions",
  about = "In addition to [those of a call](api.md#options-of-a-call).",
  fields = {
    duplicates = { "'send'|'skip'?", "Marks rows whose number occurred before; `skip` does not send them. Keeps every number in memory." },
    parallel = { "integer?", "Maximum number of concurrent calls. Default: 8." },
    rest = { "table?", "A list to which the remaining rows are appended if the loop is left early." },
  },
}

options.failover = {
  title = "Options of `sms.failover`", class = "sms.FailoverSettings",
  about = "The clients are the list part: `sms.failover { first, second, strategy = \"round_robin\" }`.",
  fields = {
    strategy = { "'order'|'round_robin'|function?", "Order in which clients are tried: as listed (default), starting with each in turn, "
      .. "or a function `(message, clients)` that returns the clients in order." },
    breaker = { "sms.BreakerOptions?", "When a failing provider is skipped." },
  },
}

options.breaker = {
  title = "Options of a breaker", class = "sms.BreakerOptions",
  about = "Outages count (errors of kind `network`, `timeout`, `tls`, `server`), refusals don't.",
  fields = {
    failures = { "integer?", "Consecutive outages that open the breaker. Default: 5." },
    reset = { "number?", "Seconds until a single message is let through as a probe. Default: 30." },
  },
}

options.parallel = {
  title = "Options of `sms.parallel`", class = "sms.ParallelOptions", about = "The fourth argument.",
  fields = {
    ordered = { "boolean?", "`false`: results in the order of completion. Default: in input order." },
    rest = { "table?", "A list to which results are appended that the loop has not taken when it ends." },
  },
}

options.pool = {
  title = "Options of `sms.pool`", class = "sms.PoolOptions",
  about = "A call that finds no free connection waits for one, within its `timeout`.",
  fields = {
    max_connections = { "integer?", "Maximum connections to one host; 0: no limit. Default: 16." },
    max_total = { "integer?", "Maximum connections in all; 0: no limit. Default: 64, or `max_connections` if that is higher." },
  },
}

options.rows = {
  title = "Options of `sms.rows`", class = "sms.RowsOptions",
  about = "Options that are not given are detected from the file.",
  fields = {
    number = { "string?", "Name of the column with the phone numbers." },
    key = { "string?", "Name of the column that identifies a row." },
    region = { "string?", "ISO 3166 code of the country that numbers without a country code belong to." },
    format = { "'csv'|'jsonl'?", "CSV, or one JSON object per line." },
    delimiter = { "','|';'|'\\t'?", "CSV delimiter." },
    encoding = { "string?", "`utf-8`, `utf-16le`, `utf-16be` or `windows-1252`." },
    header = { "boolean?", "Whether the first line of a CSV file has the names of the columns." },
    columns = { "string[]?", "Names of the columns, if the file has none." },
    rejected = { "string?", "Path of a file to which unusable rows are written, with the reason." },
  },
}

options.rows_result = {
  title = "What `sms.rows` returns", class = "sms.Rows",
  about = "An iterator: `for row in rows do … end`. `rows:close()` closes the file.",
  fields = {
    format = { "'csv'|'jsonl'", "Format of the file." },
    encoding = { "string", "Encoding of the file." },
    delimiter = { "string?", "CSV delimiter." },
    columns = { "string[]", "CSV: names of the columns." },
    number = { "string?", "The column with the phone numbers." },
    counts = { "table<string, any>", "Rows so far: `{ read, rejected, reasons }`." },
  },
}

options.row = {
  title = "A row of `sms.rows`", class = "sms.InputRow",
  about = "`ok` says whether it can be used. Every row may be passed to `outbox:plan`.",
  fields = {
    index = { "integer", "Number of the row, from 1." },
    line = { "integer", "Line of the file on which the row begins." },
    ok = { "boolean", "Whether it has a phone number." },
    to = { "string?", "The number in E.164." },
    vars = { "table<string, string>?", "The columns by name, for the placeholders of the text." },
    key = { "string?", "Value of the column `key`." },
    cells = { "string[]?", "CSV: the values as in the file." },
    reason = { "'no_number'|'invalid'|'malformed'|'no_key'?", "Why it can't be used." },
    error = { "sms.Error?", "The same as an error value." },
  },
}

options.delivery = {
  title = "What `client:status` returns", class = "sms.DeliveryStatus", about = "The delivery status of one message.",
  fields = {
    id = { "string|integer", "The provider's id of the message." },
    status = { "string", "A [status value](api.md#status-values)." },
    final = { "boolean", "The status will not change any more." },
    provider_status = { "string|integer?", "The provider's own code or status." },
    raw = { "any", "The provider's own response." },
  },
}

options.listener = {
  title = "Options of `sms.listener.run`", class = "sms.ListenerOptions",
  about = "Required: `on_event`, and exactly one of `client` and `provider`.",
  fields = {
    on_event = { "fun(event: sms.Event): boolean?", "Called once per `event.key` (of the last 10,000). If it raises an error or returns "
      .. "false, the response tells the provider that the event was not stored." },
    client = { "sms.Client?", "Client of the provider that sends the webhooks; its `webhook_secret` is used." },
    provider = { "string?", "Name of the provider, instead of a client; needs no credentials." },
    secret = { "string?", "With `provider`: the secret that requests must present." },
    port = { "integer?", "Port to listen on; passed to `on_listen`. Default: 0, a free port." },
    host = { "string?", "A loopback address, unless `public` is true. Default: `127.0.0.1`." },
    public = { "boolean?", "Allows addresses other than loopback." },
    path = { "string?", "Path to listen on. Default: `/`." },
    seconds = { "number?", "Seconds to listen. Default: until it is stopped." },
    stop = { "fun(): boolean?", "Called at every iteration of the loop; stops it by returning true." },
    on_listen = { "fun(port: integer)?", "Called once it is listening." },
    on_error = { "fun(problem: any, event: sms.Event?)?", "Called with errors raised by `on_event`, and with the error value of each "
      .. "refused "
      .. "request. Default: prints a line to standard error." },
    forward = { "fun(request: table, events: sms.Event[]): table?", "Called with each request whose events were stored; returns the "
      .. "response, `{ status, headers, body }`." },
    certificate = { "string?", "Certificate for HTTPS, PEM." },
    key = { "string?", "Private key for HTTPS, PEM." },
    request_timeout = { "number?", "Seconds for the head of a request, and again for its body. Default: 10." },
  },
}

options.sandbox = {
  title = "Options of `sms.sandbox.new`", class = "sms.SandboxOptions",
  about = "Numbers that end in 0001 are undelivered, 0002 expire, 0003 are rejected, 0004 fail, 0005 never get a final report.",
  fields = {
    seed = { "integer?", "Equal seeds and requests give equal responses. Default: 1." },
    clock = { "fun(): number?", "Seconds since 1970. Default: `os.time`." },
    credentials = { "table<string, table>?", "Credentials by provider, as its client takes them; with `disabled = true` the "
      .. "response is 403." },
    delivery = { "table?", "`{ sent = 1, final = 3 }`: seconds from acceptance to each state; `endings`: final state by the last four "
      .. "digits of a number." },
  },
}

options.sandbox_text = {
  title = "A message of the sandbox", class = "sms.SandboxText", about = "`sandbox:inbox()` returns a list of these.",
  fields = {
    provider = { "string", "Name of the provider." }, to = { "string", "Recipient, as the provider has it." },
    from = { "string?", "Sender." }, text = { "string", "The text." }, time = { "number", "Seconds since 1970, by the sandbox's clock." },
    state = { "string", "`accepted`, `sent`, `delivered` and so on." }, parts = { "integer", "Number of segments." },
    id = { "string|integer?", "The provider's id." }, broadcast_id = { "integer|string?", "MessageWhiz: id of the broadcast." },
    segment_id = { "integer|string?", "MessageWhiz: id of the segment of a smart broadcast." },
  },
}

options.fault = {
  title = "A fault of the sandbox", class = "sms.SandboxFault", about = "The argument of `sandbox:fault`.",
  fields = {
    fault = { "string", "Its [name](sandbox.md#faults), with an argument if it takes one: `429=2`." },
    match = { "{ provider?: string, method?: string, path?: string, times?: integer, chance?: number }?", "Affected requests: "
      .. "`path` is a Lua pattern, `times` their maximum number (default: all), `chance` a probability." },
    hits = { "integer?", "Number of requests affected so far." },
  },
}

options.server = {
  title = "Options of `sms.sandbox.server.run`", class = "sms.SandboxServerOptions", about = "Serves a sandbox over HTTP; blocks.",
  fields = {
    sandbox = { "sms.sandbox", "The sandbox to serve, made by `sms.sandbox.new()`." },
    port = { "integer?", "Port to listen on; passed to `on_listen`. Default: 0, a free port." },
    host = { "string?", "A loopback address, or `localhost` for 127.0.0.1 and ::1. Default: `127.0.0.1`." },
    seconds = { "number?", "Seconds to serve. Default: until it is stopped." },
    stop = { "fun(): boolean?", "Called at every iteration of the loop; stops it by returning true." },
    on_listen = { "fun(port: integer)?", "Called once it is listening." },
    log = { "fun(line: string)?", "Called with a line for each problem. Default: prints it to standard error." },
    journal = { "boolean?", "Whether to serve the inbox, which keeps messages, requests and webhooks." },
    keep = { "integer?", "Number of messages that the inbox keeps. Default: 100,000." },
  },
}

options.spawn = {
  title = "Options of `sms.sandbox.server.spawn`", class = "sms.SandboxSpawnOptions", about = "Serves a sandbox in a child process.",
  fields = {
    seed = { "integer?", "As for `sms.sandbox.new`." },
    seconds = { "number?", "Seconds after which it ends. It also ends with this process." },
    keep = { "integer?", "Number of messages that the inbox keeps." },
    delivery = { "number?", "Seconds until a message has its final state; it is `sent` after a third of that. Default: 3." },
    lua = { "string?", "The Lua interpreter. Default: the one that runs this script." },
  },
}

local COUNTING = "In addition to [those of `sms.text.count`](#smstextoptions)."

options.optimise = {
  title = "Options of `sms.text.optimise`", class = "sms.text.OptimiseOptions", parent = "sms.text.Options", about = COUNTING,
  fields = {
    keep = { "(string|integer[])[]?", "Strings, or byte ranges `{ first, last }`, that are not changed." },
    letters = { "boolean?", "`false`: accented letters are not replaced." },
  },
}

options.cost = {
  title = "Options of `sms.text.cost`", class = "sms.text.CostOptions", parent = "sms.text.Options", about = COUNTING,
  fields = {
    keep = { "(string|integer[])[]?", "As for `sms.text.optimise`." },
    letters = { "boolean?", "As for `sms.text.optimise`." },
    optimise = { "boolean?", "Also reports what `sms.text.optimise` would save." },
    text = { "string?", "Name of the field with the text. Default: `text`." },
    top = { "integer?", "Maximum number of rows to list. Default: all." },
  },
}

options.worst = {
  title = "Options of `sms.text.worst`", class = "sms.text.WorstOptions", parent = "sms.text.Options", about = COUNTING,
  fields = {
    empty = { "'allow'|'refuse'?", "Whether an empty value may fill a placeholder. Default: `refuse`." },
    top = { "integer?", "Maximum number of rows with more segments to list. Default: all." },
  },
}

-- The order on the page.
options.tables = {
  options.delivery, options.request, options.webhook_request, options.webhook_response, options.send_many, options.send_each,
  options.failover, options.breaker, options.parallel, options.pool, options.rows, options.rows_result, options.row,
  options.optimise, options.cost, options.worst, options.listener, options.sandbox,
  options.sandbox_text, options.fault, options.server, options.spawn,
}

return options
