-- SPDX-License-Identifier: MIT
-- Everything public that is not an operation, in words: what a name means, its unit, its default. Names and types of options and of
-- messages come from the tables that the code checks against; `spec/house/public_reference_spec.lua` compares the others with what
-- calls give. `tools/docs.lua` makes docs/reference/api.md and the editor's types of it.

local annotations = require "tools.annotations"
local files = require "tools.files"

local public = {}

--- What a client takes, by name; `types` are those of the code.
public.client_options = {
  title = "Options of a client", class = "sms.Options",
  about = "Options of `sms.zoomconnect { … }` and the other providers. The page of each provider lists its credentials and further "
    .. "options.",
  types = function() return require("sms.client").options end,
  sharper = {
    mask = "{ numbers?: boolean, texts?: boolean }", on_event = "fun(event: sms.CallEvent)",
    rate = "{ per_second: number, burst?: number }", transport = "fun(request: table, upstream: table): table?, table?",
  },
  words = {
    base_url = "Base URL of the service, such as that of a sandbox. Default: the provider's.",
    ca_file = "Path of a file of trusted CA certificates (PEM), used instead of the system's.",
    connect_timeout = "Maximum seconds for name look-up, connect and TLS handshake together. Default: 10.",
    from = "Default sender of messages.",
    http = "HTTP version to use for all requests. Default: HTTP/1.1 for sends, HTTP/2 for reads where the server supports it.",
    mask = "`{ numbers = true, texts = true }`: masks phone numbers and the texts of calls in events, log lines and errors, but not in "
      .. "results, receipts and the data of rows. See [what is masked](../how-to/watch.md#numbers-and-texts).",
    max_body = "Maximum bytes of a decompressed response in memory; a larger one is an error of kind `too_large`. Default: 64 MiB.",
    on_event = "Function that is called at each step of a call, with an [event](#events-of-a-call).",
    only = "The only numbers that messages may be sent to; any other is refused. For trials.",
    pool = "A connection pool, made by `sms.pool`. Default: the pool that all clients share.",
    proxy = "URL of a proxy, `http://…`, `https://…` or `socks5h://…`; `\"\"` for none. Default: that of the environment.",
    rate = "`{ per_second = 10, burst = 20 }`: maximum rate of requests, reduced further when the provider limits the rate. `burst` is by "
      .. "default one second's worth.",
    region = "ISO 3166 code of the country that numbers without a country code belong to, such as `\"ZA\"`.",
    retries = "Maximum number of retries, where retrying is safe. Default: 2.",
    stall_timeout = "Seconds without receiving or sending a byte after which a call fails. Default: none.",
    timeout = "Maximum seconds for a call, including all attempts and waits. Default: 30.",
    traceparent = "Default of the call option of that name: the header of W3C Trace Context.",
    transport = "Function, sandbox or `sms.cassette` that handles requests instead of HTTP. It is called with the request and a table with "
      .. "`send()`, which sends the request over HTTP, and `mask(text)`; it returns `{ status, headers, body }`, or nil and "
      .. "`{ kind, message, attempts }`.",
    user_agent = "Value of the header User-Agent. Default: `lua-sms/` and the version.",
    webhook_secret = "Secret that webhooks must present, as `secret` in the query or in the header X-Webhook-Secret.",
  },
}

public.call_options = {
  title = "Options of a call", class = "sms.CallOptions",
  about = "The second argument of every operation, of `client:send` and of the other message methods.",
  types = function() return require("sms.api.operation").options end,
  sharper = { progress = "fun(sent: integer, to_send: integer, received: integer, to_receive: integer)" },
  words = {
    headers = "Additional header fields.",
    max_body = "Overrides the client's option.",
    progress = "Function `(sent, to_send, received, to_receive)`, in bytes, called periodically during the transfer.",
    retries = "Overrides the client's option; 0 for none.",
    stream = "For downloads, reads by GET and `client:request`; `true`: the result is a function that returns the response "
      .. "in pieces.",
    timeout = "Seconds; overrides the client's option.",
    dry_run = "Sends nothing and returns the request as a table: method, url, headers, and body or parts; credentials are masked.",
    traceparent = "Trace that the call belongs to (W3C Trace Context); sent to the provider as the header of that name, and included "
      .. "in events.",
    to_file = "For downloads, reads by GET and `client:request`: path of a file to which the response is written, atomically "
      .. "once it is complete.",
    wire = "Names to send instead of the documented ones, by argument.",
  },
}

public.message = {
  title = "A message", class = "sms.Message",
  about = "The table of `client:send`, `client:check` and each row of `client:send_many`. A field that the provider does not support is "
    .. "refused before anything is sent; see [capabilities](#capabilities).",
  types = function() return require("sms.message.fields").types end,
  sharper = { only = "table<string, table<string, any>>", vars = "table<string, any>" },
  words = {
    at = "When to send it: a Unix time in seconds, or an RFC 3339 string with an offset. Not in the past.",
    callback = "URL for delivery reports of this message.",
    campaign = "Name by which the provider groups messages.",
    category = "Category of the message, in the provider's terms.",
    empty = "Whether an empty value may fill a placeholder: `\"refuse\"` (default) or `\"allow\"`.",
    flash = "Sends a flash message (class 0), displayed at once and not stored.",
    from = "Sender: a number, or a name of up to 11 characters where the provider supports one.",
    max_segments = "Maximum number of segments; a longer text is refused.",
    media = "Attached files: `{ path = … }`, `{ data = …, name = … }` or `{ chunks = …, name = … }`.",
    only = "Fields that override the others for one provider: `{ messagewhiz = { from = \"Museum\" } }`.",
    priority = "Priority, in the provider's scale.",
    reference = "Your own id of the message, included in delivery reports and the history. Default: a generated one.",
    region = "As the client's option, for this message.",
    template = "`false`: the text is sent unchanged, braces included.",
    test = "The provider validates the message and sends nothing.",
    text = "The text; `{name}` is filled from `vars`, `{name|there}` has a fallback.",
    to = "Recipient, or a list of recipients, in any format that `sms.number` accepts.",
    validity = "Validity period: seconds for which the provider tries to deliver it.",
    vars = "Values of the placeholders of `text`, by name.",
  },
}

-- What calls give: name = { type, meaning }. A type that ends in `?` may be absent.

public.receipt = {
  title = "A receipt", class = "sms.Receipt",
  about = "What `client:send` returns for an accepted message. `tostring` of receipts, rows and events is one line for logs: without "
    .. "numbers and texts, with secrets masked and control characters escaped.",
  fields = {
    id = { "string|integer?", "The provider's id of the message. To look it up, pass the receipt to `client:status`." },
    provider = { "string", "Name of the provider." },
    outcome = { "'accepted'", "The provider confirmed it." },
    to = { "string|string[]?", "Recipient, as sent to the provider." },
    reference = { "string?", "The message's reference, given or generated, if the provider supports one." },
    status = { "string", "A [status value](#status-values)." },
    segments = { "integer?", "Number of segments, as counted here or by the provider; absent with media." },
    raw = { "any", "The provider's own response." },
    ids = { "table?", "Zipwhip: one id per recipient, if there are several." },
    broadcast_id = { "integer|string?", "MessageWhiz: the broadcast that contains it." },
    recipients = { "integer?", "MessageWhiz: number of recipients of that broadcast." },
  },
}

public.row = {
  title = "A row", class = "sms.Row",
  about = "What `client:send_many` returns for each message, in input order: a receipt, or this table if it failed.",
  fields = {
    provider = { "string", "Name of the provider." },
    outcome = { "'accepted'|'not_sent'|'unknown'", "The outcome of the message." },
    status = { "string", "`rejected` if it was not sent, `unknown` if that is not known." },
    error = { "sms.Error?", "Why it failed." },
    to = { "string|string[]?", "Recipient." },
    region = { "string?", "Region of the number, as the message had it." },
    text = { "string?", "Text, for searching the provider's history." },
    at = { "number?", "When it was to be sent." },
    reference = { "string?", "The message's reference." },
    time = { "integer?", "When sending was attempted, as a Unix time in seconds." },
    duplicate_of = { "integer?", "Index of the first row for the same number." },
  },
}

public.response = {
  title = "A response", class = "sms.Response", about = "The second result of a successful call.",
  fields = {
    status = { "integer", "HTTP status." },
    headers = { "table<string, string>", "Header fields, by lower-case name." },
    attempts = { "integer", "Number of times the request was sent." },
    duration = { "number", "Seconds." },
    outcome = { "'accepted'", "The provider confirmed it." },
    reference = { "string?", "Of a message: its reference." },
    page = { "table?", "Of a list: page number and totals, if the provider reports them." },
    path = { "string?", "Of a response that was written to a file: its path." },
    callback_error = { "any", "Error raised by a callback of the script during the call." },
  },
}

public.event = {
  title = "A webhook's event", class = "sms.Event", about = "`client:webhook` returns a list of these.",
  fields = {
    type = { '"delivery"|"click"|"inbound"|"read"|"deleted"|"optout"|"unknown"', "What happened." },
    key = { "string", "Identifies the event: equal if the provider sends it again." },
    provider = { "string", "Name of the provider." },
    id = { "string|integer?", "The provider's id of the message." },
    reference = { "string?", "The message's reference." },
    from = { "string?", "Sender." },
    to = { "string?", "Recipient." },
    text = { "string?", "Text of an inbound message." },
    status = { "string?", "A [status value](#status-values)." },
    final = { "boolean?", "No later report will change the status." },
    time = { "number?", "Seconds since 1970." },
    provider_status = { "string|integer?", "The provider's own code or status." },
    campaign = { "string?", "As given in the message." },
    price = { "number|string?", "As reported by the provider; the currency is not documented." },
    parts = { "table[]?", "Segments, as reported by the provider." },
    pduDLR = { "table?", "Number of segments by state, as reported by MessageWhiz." },
    failed_parts = { "integer?", "Number of failed segments; `status` is then that of a segment." },
    link_id = { "string?", "Of a click." },
    unique_click = { "boolean?", "Of a click." },
    raw = { "table", "The provider's own event." },
  },
}

public.call_event = {
  title = "Events of a call", class = "sms.CallEvent",
  about = "The argument of the client's option `on_event`. An error raised by that function is reported as `callback_error`.",
  fields = {
    type = { "'request'|'response'|'error'|'wait'", "An attempt begins; it has succeeded; it has failed; a wait begins." },
    provider = { "string", "Name of the provider." },
    operation = { "string", "`resource:operation`, or `request`." },
    method = { "string?", "Of a request: HTTP method." },
    path = { "string?", "Of a request: its path, secrets masked." },
    traceparent = { "string?", "The trace that the call belongs to, if it has one." },
    try = { "integer?", "Number of the attempt, from 1; absent for a wait for the client's rate limit." },
    status = { "integer?", "Of a response: HTTP status." },
    duration = { "number?", "Of a response: seconds." },
    error = { "sms.Error?", "Of an error: the error value of this attempt." },
    seconds = { "number?", "Of a wait: its duration." },
    reason = { "'rate'|'retry'?", "Of a wait: for the client's rate limit, or before a retry." },
  },
}

-- Values of `status`; `docs/adding-a-provider.md` says how a provider's own states are mapped to them.
public.statuses = {
  queued = "The provider has it and has not passed it on to the network yet.",
  accepted = "The provider accepted it.",
  sent = "It was passed on to the network.",
  delivered = "The handset confirmed delivery.",
  undelivered = "It did not reach the handset and will not.",
  expired = "Its validity period ended before it could be delivered.",
  rejected = "It was refused.",
  unknown = "The provider gives no more information, or its code is not documented.",
}

-- Options that only one provider has, in words; `types` are those of its adapter.
public.provider_options = {
  messagewhiz = {
    apikey = "API key of the account.",
    sms_auth = "Where fast single messages carry the key: in the body, as documented (default), or in the header, like all other requests.",
  },
  websms = {
    auth = "How requests are authenticated. Default: `bearer` with a token, `basic` with user name and password.",
    password = "Password for `username`.", token = "An access token.", username = "User name, instead of a token.",
  },
  zipwhip = {
    lookup_key = "Key for `lookup:textable`, which is a separate service.",
    lookup_url = "URL of that service. Default: the provider's.",
    max_bytes = "Maximum bytes of the files of one message, if the account has another limit.",
    max_files = "Maximum number of files of one message, if the account has another limit.",
    max_text_bytes = "Maximum bytes of a text, if the account has another limit.",
    password = "Password for `username`.", session = "A session key, instead of user name and password.",
    username = "User name; the first call that needs a session logs in.",
  },
  zoomconnect = {
    auth = "How requests are authenticated. Default: by header fields.", email = "E-mail address of the account.",
    suffix = "Appends `.json` to paths, for older installations.", token = "Token of the account.",
    url_token = "Token for `sms:send_url`; it is part of the path.",
    utc_offset = "Minutes east of UTC, the time zone of the provider's dates. Default: 120.",
  },
}

-- What `client:capabilities()` has beside the fields of a message.
public.capabilities = {
  balance = "Whether `client:balance` is supported.",
  bulk = "Maximum number of messages in the provider's bulk call, which `send_many` uses; false if it has none.",
  status = "Whether `client:status` can look up every message that was sent.",
  status_of = "If `status` is false: which messages can be looked up.",
  to = "`{ max }`: maximum number of recipients of one message.",
}

public.error = {
  title = "An error", class = "sms.Error",
  about = "The second result of a failed call: `nil, err`. `tostring(err)` is one line. See [errors and outcomes](../errors.md).",
  elsewhere = true, -- its stub is that of the module
  types = function() return annotations.class(files.read "lua/sms/error.lua", "sms.Error") end,
}

-- The order on the page.
public.tables = {
  public.client_options, public.call_options, public.message, public.receipt, public.row, public.response, public.error, public.event,
  public.call_event,
}

-- What the code checks as a function or a table, in full.
local function sharpened(section, name, type_text)
  local sharper = section.sharper and section.sharper[name]
  if not sharper then return type_text end
  local base = sharper:find "^fun%(" and "function" or "table"
  assert(type_text:gsub("%?$", "") == base, ("%s.%s is %s in the code"):format(section.class, name, type_text))
  return sharper .. (type_text:sub(-1) == "?" and "?" or "")
end

--- The fields of a section: name → type, meaning.
---@param section table
---@return table<string, { [1]: string, [2]: string }>
function public.fields(section)
  if section.fields then return section.fields end
  if not section.words then return section.types() end
  local out = {}
  for name, code_type in pairs(section.types()) do
    local type_text = sharpened(section, name, code_type)
    out[name] = { type_text, assert(section.words[name], section.class .. " has no words for " .. name) }
  end
  for name in pairs(section.words) do assert(out[name], section.class .. " has no " .. name) end
  return out
end

return public
