-- SPDX-License-Identifier: MIT
-- Options of functions, and what some of them return: names, types and meaning. `spec/house/public_reference_spec.lua` compares the names
-- with the tables that the code checks against.

local options = {}

options.request = {
  title = "What `client:request` takes", class = "sms.RequestSpec",
  about = "At most one of `json`, `form`, `multipart` and `body`. What is not GET or HEAD is tried once only.",
  types = function() return require("sms.api.request").fields end,
  words = {
    body = "The body as it is.", content_type = "Type of that body.",
    form = "Names and values, or a string that is encoded already.", headers = "Further header fields.",
    json = "A value that goes out as JSON.", method = "Method of HTTP. Default: `GET`.", multipart = "Parts of a multipart body.",
    path = "Path below the client's `base_url`.", query = "Names and values, or a string that is encoded already.",
  },
}

options.webhook_request = {
  title = "A request to a webhook", class = "sms.WebhookRequest", about = "As it came, nothing decoded.",
  fields = {
    method = { "string?", "Method of HTTP." },
    headers = { "table<string, string>?", "Header fields, in any case." },
    query = { "string?", "What stands behind the question mark." },
    body = { "string?", "The body's bytes." },
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
  about = "Beside [those of a call](api.md#options-of-a-call).",
  fields = {
    duplicates = { "'send'|'skip'?", "`skip`: a row is left out whose number had a row before. Default: `send`." },
    on_row = { "fun(row: sms.Receipt|sms.Row, index: integer)?", "Is called with each row, in input order." },
    parallel = { "integer?", "Calls of the provider in flight. Default: 8." },
  },
}

options.send_each = {
  title = "Options of `client:send_each`", class = "sms.SendEachOptions", parent = "sms.CallOptions",
  about = "Beside [those of a call](api.md#options-of-a-call).",
  fields = {
    duplicates = { "'send'|'skip'?", "Tells rows for one number; `skip` leaves them out. Each number is kept for it." },
    parallel = { "integer?", "Calls of the provider in flight. Default: 8." },
    rest = { "table?", "A list that gets the rows that a loop which was left did not take." },
  },
}

options.failover = {
  title = "Options of `sms.failover`", class = "sms.FailoverSettings",
  about = "The clients are the list part: `sms.failover { first, second, strategy = \"round_robin\" }`.",
  fields = {
    strategy = { "'order'|'round_robin'|function?", "Which client is asked first: in order (default), in turn, or a function "
      .. "`(message, clients)` that returns clients in the order in which they are asked." },
    breaker = { "sms.BreakerOptions?", "When a provider that fails is left alone." },
  },
}

options.breaker = {
  title = "Options of a breaker", class = "sms.BreakerOptions",
  about = "Outages count (kinds `network`, `timeout`, `tls`, `server`), refusals don't.",
  fields = {
    failures = { "integer?", "Outages in a row that open it. Default: 5." },
    reset = { "number?", "Seconds until one message is let through to try again. Default: 30." },
  },
}

options.parallel = {
  title = "Options of `sms.parallel`", class = "sms.ParallelOptions", about = "The fourth argument.",
  fields = {
    ordered = { "boolean?", "`false`: results as they finish. Default: in input order." },
    rest = { "table?", "A list that results go to that the loop has not taken by its end." },
  },
}

options.pool = {
  title = "Options of `sms.pool`", class = "sms.PoolOptions",
  about = "A call that finds no free connection waits for one, within its time-out.",
  fields = {
    max_connections = { "integer?", "Connections to one host; 0: no limit. Default: 16." },
    max_total = { "integer?", "Connections in all; 0: no limit. Default: 64, or `max_connections` where that is more." },
  },
}

options.rows = {
  title = "Options of `sms.rows`", class = "sms.RowsOptions",
  about = "What is not given is detected from the file.",
  fields = {
    number = { "string?", "Name of the column with the phone numbers." },
    key = { "string?", "Name of the column that identifies a row." },
    region = { "string?", "ISO 3166 code of the country that numbers without a country code belong to." },
    format = { "'csv'|'jsonl'?", "Comma-separated values, or a JSON object a line." },
    delimiter = { "','|';'|'\\t'?", "Of CSV." },
    encoding = { "string?", "`utf-8`, `utf-16le`, `utf-16be` or `windows-1252`." },
    header = { "boolean?", "Whether the first line of CSV has the names of the columns." },
    columns = { "string[]?", "Names of the columns, where the file has none." },
    rejected = { "string?", "Path of a file that gets the rows that can't be used, with the reason." },
  },
}

options.rows_result = {
  title = "What `sms.rows` returns", class = "sms.Rows",
  about = "An iterator: `for row in rows do … end`. `rows:close()` closes the file.",
  fields = {
    format = { "'csv'|'jsonl'", "What the file is." },
    encoding = { "string", "Its encoding." },
    delimiter = { "string?", "Of CSV." },
    columns = { "string[]", "Of CSV: names of the columns." },
    number = { "string?", "The column with the phone numbers." },
    counts = { "table<string, any>", "Rows so far: `{ read, rejected, reasons }`." },
  },
}

options.row = {
  title = "A row of `sms.rows`", class = "sms.InputRow",
  about = "`ok` tells whether it can be used; every row can be handed to `outbox:plan`.",
  fields = {
    index = { "integer", "Number of the row, from 1." },
    line = { "integer", "Line of the file on which it begins." },
    ok = { "boolean", "Whether it has a phone number." },
    to = { "string?", "The number in E.164." },
    vars = { "table<string, string>?", "The columns by name, for the placeholders of a text." },
    key = { "string?", "Value of the column `key`." },
    cells = { "string[]?", "Of CSV: the values as they stand in the file." },
    reason = { "'no_number'|'invalid'|'malformed'|'no_key'?", "Why it can't be used." },
    error = { "sms.Error?", "The same as an error value." },
  },
}

options.delivery = {
  title = "What `client:status` returns", class = "sms.DeliveryStatus", about = "The outcome of one message.",
  fields = {
    id = { "string|integer", "The provider's id of the message." },
    status = { "string", "One word, see [status words](api.md#status-words)." },
    final = { "boolean", "It will not change any more." },
    provider_status = { "string|integer?", "The provider's own code or word." },
    raw = { "any", "The provider's own response." },
  },
}

options.listener = {
  title = "Options of `sms.listener.run`", class = "sms.ListenerOptions",
  about = "Exactly one of `client` and `provider`, and `on_event`, are needed.",
  fields = {
    on_event = { "fun(event: sms.Event): boolean?", "Is called once for each `event.key` among the last 10,000. When it raises or "
      .. "returns false, the provider learns that the event was not kept." },
    client = { "sms.Client?", "Whose webhooks these are; its `webhook_secret` is the secret." },
    provider = { "string?", "Name of the provider instead of a client: no credentials are needed." },
    secret = { "string?", "With `provider`: the secret that requests must carry." },
    port = { "integer?", "Port to listen on; `on_listen` is given it. Default: 0, any free one." },
    host = { "string?", "A loopback address, unless `public` is true. Default: `127.0.0.1`." },
    public = { "boolean?", "Allows other addresses than loopback." },
    path = { "string?", "As on the request line. Default: `/`." },
    seconds = { "number?", "Seconds to listen. Default: until it is stopped." },
    stop = { "fun(): boolean?", "Is asked at every turn of the loop." },
    on_listen = { "fun(port: integer)?", "Is called when it listens." },
    on_error = { "fun(problem: any, event: sms.Event?)?", "Gets what `on_event` raised, and the error value of each refused request. "
      .. "Default: a line to standard error." },
    forward = { "fun(request: table, events: sms.Event[]): table?", "Gets each request that was read and kept; what it returns is the "
      .. "response, `{ status, headers, body }`." },
    certificate = { "string?", "PEM text, for https." },
    key = { "string?", "PEM text, for https." },
    request_timeout = { "number?", "Seconds for a request's head, and again for its body. Default: 10." },
  },
}

options.sandbox = {
  title = "Options of `sms.sandbox.new`", class = "sms.SandboxOptions",
  about = "Numbers that end in 0001 are undelivered, 0002 expire, 0003 are rejected, 0004 fail, 0005 never get a final report.",
  fields = {
    seed = { "integer?", "The same seed and requests give the same responses. Default: 1." },
    clock = { "fun(): number?", "Seconds since 1970. Default: `os.time`." },
    credentials = { "table<string, table>?", "Credentials by provider, as its client takes them; `disabled = true` answers 403." },
    delivery = { "table?", "`{ sent = 1, final = 3 }`: seconds from acceptance to each state; `endings`: state by the last four digits "
      .. "of a number." },
  },
}

options.sandbox_text = {
  title = "A text of the sandbox", class = "sms.SandboxText", about = "What `sandbox:inbox()` returns a list of.",
  fields = {
    provider = { "string", "Name of the provider." }, to = { "string", "Recipient, as the provider has it." },
    from = { "string?", "Sender." }, text = { "string", "The text." }, time = { "number", "Seconds since 1970, by the sandbox's clock." },
    state = { "string", "`accepted`, `sent`, `delivered` and so on." }, parts = { "integer", "How many segments." },
    id = { "string|integer?", "The provider's id." }, broadcast_id = { "integer|string?", "MessageWhiz: the broadcast." },
    segment_id = { "integer|string?", "MessageWhiz: the segment of a smart broadcast." },
  },
}

options.fault = {
  title = "A fault of the sandbox", class = "sms.SandboxFault", about = "What `sandbox:fault` takes.",
  fields = {
    fault = { "string", "Its [name](sandbox.md#faults), with an argument where it takes one: `429=2`." },
    match = { "{ provider?: string, method?: string, path?: string, times?: integer, chance?: number }?", "Which requests get it: "
      .. "`path` is a Lua pattern, `times` how many (default: all), `chance` from 0 to 1." },
    hits = { "integer?", "Set by the sandbox: how many requests got it." },
  },
}

options.server = {
  title = "Options of `sms.sandbox.server.run`", class = "sms.SandboxServerOptions", about = "Serves a sandbox over HTTP; blocks.",
  fields = {
    sandbox = { "sms.sandbox", "What to serve: `sms.sandbox.new()`." },
    port = { "integer?", "Port to listen on; `on_listen` is given it. Default: 0, any free one." },
    host = { "string?", "A loopback address, or `localhost` for 127.0.0.1 and ::1. Default: `127.0.0.1`." },
    seconds = { "number?", "Seconds to serve. Default: until it is stopped." },
    stop = { "fun(): boolean?", "Is asked at every turn of the loop." },
    on_listen = { "fun(port: integer)?", "Is called when it listens." },
    log = { "fun(line: string)?", "Gets what went wrong. Default: a line to standard error." },
    journal = { "boolean?", "Whether the inbox is served; then texts, requests and webhooks are kept." },
    keep = { "integer?", "Texts that the inbox keeps. Default: 100,000." },
  },
}

options.spawn = {
  title = "Options of `sms.sandbox.server.spawn`", class = "sms.SandboxSpawnOptions", about = "Serves a sandbox from a child process.",
  fields = {
    seed = { "integer?", "As for `sms.sandbox.new`." },
    seconds = { "number?", "Seconds after which it ends on its own. It also ends with this process." },
    keep = { "integer?", "Texts that the inbox keeps." },
    delivery = { "number?", "Seconds until a text has its final state; it is sent after a third of them. Default: 3." },
    lua = { "string?", "The interpreter. Default: the one that runs this script." },
  },
}

local COUNTING = "Beside [those of `sms.text.count`](#smstextoptions)."

options.optimise = {
  title = "Options of `sms.text.optimise`", class = "sms.text.OptimiseOptions", parent = "sms.text.Options", about = COUNTING,
  fields = {
    keep = { "(string|integer[])[]?", "Texts, or `{ first, last }` in bytes, that stay as they are." },
    letters = { "boolean?", "`false`: letters with accents stay as they are." },
  },
}

options.cost = {
  title = "Options of `sms.text.cost`", class = "sms.text.CostOptions", parent = "sms.text.Options", about = COUNTING,
  fields = {
    keep = { "(string|integer[])[]?", "As for `sms.text.optimise`." },
    letters = { "boolean?", "As for `sms.text.optimise`." },
    optimise = { "boolean?", "Also tells what `sms.text.optimise` would save." },
    text = { "string?", "Field of a row that has the text. Default: `text`." },
    top = { "integer?", "How many rows to list. Default: all." },
  },
}

options.worst = {
  title = "Options of `sms.text.worst`", class = "sms.text.WorstOptions", parent = "sms.text.Options", about = COUNTING,
  fields = {
    empty = { "'allow'|'refuse'?", "Whether an empty value may fill a placeholder. Default: `refuse`." },
    top = { "integer?", "How many rows with more segments to list. Default: all." },
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
