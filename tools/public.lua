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
  about = "`sms.zoomconnect { … }` and the other providers: these, and the provider's credentials, which its own page names.",
  types = function() return require("sms.client").options end,
  sharper = {
    mask = "{ numbers?: boolean, texts?: boolean }", on_event = "fun(event: sms.CallEvent)",
    rate = "{ per_second: number, burst?: number }", transport = "fun(request: table, upstream: table): table?, table?",
  },
  words = {
    base_url = "Address of the service; a sandbox's, or that of a proxy of one's own. Default: the provider's.",
    ca_file = "File of the certificates that are trusted (PEM), instead of the system's.",
    connect_timeout = "Seconds that name look-up, connect and TLS handshake may take. Default: 10.",
    from = "Sender of the messages that name none.",
    http = "Version of HTTP, where another than the best is wanted.",
    mask = "`{ numbers = true, texts = true }`: hides phone numbers, and what calls hold as text, in events, log lines and errors; not in "
      .. "results, receipts, and the data of rows. See [what is masked](../how-to/watch.md#numbers-and-texts).",
    max_body = "Most bytes of a response, decompressed, that is kept in memory; more is of kind `too_large`. Default: 64 MiB.",
    on_event = "Function that is called with each step of a call, see [events of a call](#events-of-a-call).",
    only = "Numbers that messages may go to; any other is refused. For trials.",
    pool = "Connections of its own, by `sms.pool`. Default: those that all clients share.",
    proxy = "Address of a proxy, `http://…`, `https://…` or `socks5h://…`; `\"\"` for none. Default: that of the environment.",
    rate = "`{ per_second = 10, burst = 20 }`: how fast requests start; refusals for speed slow it further. Default of `burst`: "
      .. "one second's worth.",
    region = "ISO 3166 code of the country that numbers without a country code belong to, such as `\"ZA\"`.",
    retries = "Most tries after the first one, where trying again is safe. Default: 2.",
    stall_timeout = "Seconds without a byte after which a call ends. Default: none.",
    timeout = "Seconds that a whole call may take, with all its tries and waits. Default: 30.",
    traceparent = "Header of W3C Trace Context that each request carries, unless its call has one of its own.",
    transport = "Function, sandbox or `sms.cassette` that carries requests instead of HTTP. It is given the request and a table with "
      .. "`send()`, which has it go out over HTTP after all, and `mask(text)`, and returns `{ status, headers, body }`, or nil and "
      .. "`{ kind, message, attempts }`.",
    user_agent = "Text of the header User-Agent. Default: `lua-sms/` and the version.",
    webhook_secret = "Secret that callbacks must carry, in the query as `secret` or in the header X-Webhook-Secret.",
  },
}

public.call_options = {
  title = "Options of a call", class = "sms.CallOptions",
  about = "The second table of every operation, of `client:send` and the other message methods.",
  types = function() return require("sms.api.operation").options end,
  sharper = { progress = "fun(sent: integer, to_send: integer, received: integer, to_receive: integer)" },
  words = {
    headers = "Header fields of this call beside its own.",
    max_body = "As the client's option, for this call.",
    progress = "Function `(sent, to_send, received, to_receive)`, in bytes, called now and then.",
    retries = "As the client's option, for this call; 0 for none.",
    stream = "`true`, for downloads, look-ups by GET and `client:request`: the result is a function that gives the response piece by piece.",
    timeout = "Seconds, as the client's option, for this call.",
    dry_run = "Send nothing and return the request as data: method, url, headers, and body or parts; what signs it is masked.",
    traceparent = "The trace that the call belongs to (W3C Trace Context): goes to the provider as that header, and stands in the events.",
    to_file = "For downloads, look-ups by GET and `client:request`: path of a file that the response goes to, in one step, when all of it has come.",
    wire = "Names on the wire other than the documented ones, by argument.",
  },
}

public.message = {
  title = "A message", class = "sms.Message",
  about = "The table of `client:send`, `client:check` and each row of `client:send_many`. What a provider can't do is refused by name "
    .. "before the network: `client:capabilities()`.",
  types = function() return require("sms.message.fields").types end,
  sharper = { only = "table<string, table<string, any>>", vars = "table<string, any>" },
  words = {
    at = "When it is to go out: seconds since 1970, or RFC 3339 text with an offset. Never in the past.",
    callback = "Address that reports of this message are posted to.",
    campaign = "Name under which the provider groups messages.",
    category = "Kind of message, as the provider names kinds.",
    empty = "Whether an empty value may fill a placeholder: `\"refuse\"` (default) or `\"allow\"`.",
    flash = "Shown at once instead of stored (class 0).",
    from = "Sender: a number, or a name of up to 11 characters where the provider takes one.",
    max_segments = "Most segments that the text may need; a longer one is refused.",
    media = "Files that go along: `{ path = … }`, `{ data = …, name = … }` or `{ chunks = …, name = … }`.",
    only = "Fields for one provider, by its name, in place of those beside them: `{ messagewhiz = { from = \"Museum\" } }`.",
    priority = "Urgency, as the provider counts it.",
    reference = "Text of one's own that reports and the history carry; one is made where none is given.",
    region = "As the client's option, for this message.",
    template = "`false`: the text goes out as it is, braces and all.",
    test = "The provider checks it and sends nothing.",
    text = "The text; `{name}` is filled from `vars`, `{name|there}` has a fallback.",
    to = "Recipient, or a list of them, in any spelling that `sms.number` reads.",
    validity = "Seconds for which the provider keeps trying.",
    vars = "Values of the placeholders of `text`, by name.",
  },
}

-- What calls give: name = { type, meaning }. A type that ends in `?` may be absent.

public.receipt = {
  title = "A receipt", class = "sms.Receipt",
  about = "What `client:send` returns of a message that was taken. `tostring` of receipts, rows and events is one line for a log: without "
    .. "number and text, secrets masked, control characters escaped.",
  fields = {
    id = { "string|integer?", "The provider's id of the message; `client:status` takes the receipt." },
    provider = { "string", "Name of the provider." },
    outcome = { "'accepted'", "The provider said yes." },
    to = { "string|string[]?", "Recipient as it was sent." },
    reference = { "string?", "The message's reference, given or made, where the provider carries one." },
    status = { "string", "One word, see [status words](#status-words)." },
    segments = { "integer?", "Parts that the text needs, by our count or the provider's; absent with media." },
    raw = { "any", "The provider's own response." },
    ids = { "table?", "Zipwhip: an id a recipient, where there are several." },
    broadcast_id = { "integer|string?", "MessageWhiz: the broadcast that carries it." },
    recipients = { "integer?", "MessageWhiz: how many numbers that broadcast has." },
  },
}

public.row = {
  title = "A row", class = "sms.Row",
  about = "What `client:send_many` returns for each message, in input order: a receipt, or one of these where it failed.",
  fields = {
    provider = { "string", "Name of the provider." },
    outcome = { "'accepted'|'not_sent'|'unknown'", "The outcome of the message." },
    status = { "string", "`rejected` where it was not sent, `unknown` where that is not known." },
    error = { "sms.Error?", "Why it failed." },
    to = { "string|string[]?", "Recipient." },
    region = { "string?", "Region of the number, as the message had it." },
    text = { "string?", "Text, for a look into the provider's history." },
    at = { "number?", "When it was to go out." },
    reference = { "string?", "The message's reference." },
    time = { "integer?", "When it was tried, in seconds since 1970." },
    duplicate_of = { "integer?", "The first row for the same number." },
  },
}

public.response = {
  title = "A response", class = "sms.Response", about = "The second value of a call that worked.",
  fields = {
    status = { "integer", "HTTP status." },
    headers = { "table<string, string>", "Header fields, by lower-case name." },
    attempts = { "integer", "Number of times the request was sent." },
    duration = { "number", "Seconds." },
    outcome = { "'accepted'", "The provider said yes." },
    reference = { "string?", "Of a message: its reference." },
    page = { "table?", "Of a list: page figures, where the provider gives them." },
    path = { "string?", "Of a response that went to a file: that file." },
    callback_error = { "any", "What a callback of the script raised in the middle of the call." },
  },
}

public.event = {
  title = "A webhook's event", class = "sms.Event", about = "What `client:webhook` returns a list of.",
  fields = {
    type = { '"delivery"|"click"|"inbound"|"read"|"deleted"|"optout"|"unknown"', "What happened." },
    key = { "string", "The same whenever this very event comes again." },
    provider = { "string", "Name of the provider." },
    id = { "string|integer?", "The provider's id of the message." },
    reference = { "string?", "The message's reference." },
    from = { "string?", "Sender." },
    to = { "string?", "Recipient." },
    text = { "string?", "Text of an inbound message." },
    status = { "string?", "One word, see [status words](#status-words)." },
    final = { "boolean?", "No later report will change it." },
    time = { "number?", "Seconds since 1970." },
    provider_status = { "string|integer?", "The provider's own code or word." },
    campaign = { "string?", "As the message had it." },
    price = { "number|string?", "As the provider writes it, in a currency that no document names." },
    parts = { "table[]?", "Parts of a text, as the provider reports them." },
    pduDLR = { "table?", "Counts of parts by state, as MessageWhiz reports them." },
    failed_parts = { "integer?", "How many parts failed; `status` is then that of a part." },
    link_id = { "string?", "Of a click." },
    unique_click = { "boolean?", "Of a click." },
    raw = { "table", "The provider's own event." },
  },
}

public.call_event = {
  title = "Events of a call", class = "sms.CallEvent",
  about = "What the client's option `on_event` is called with. What it raises stands beside the outcome, as `callback_error`.",
  fields = {
    type = { "'request'|'response'|'error'|'wait'", "An attempt begins; it succeeded; it failed; a wait begins." },
    provider = { "string", "Name of the provider." },
    operation = { "string", "`resource:operation`, or `request`." },
    method = { "string?", "Of a request: method of HTTP." },
    path = { "string?", "Of a request: its path, secrets masked." },
    traceparent = { "string?", "The trace that the call belongs to, where it was given one." },
    try = { "integer?", "1 for the first try; absent where the client's own rate asks for a wait." },
    status = { "integer?", "Of a response: HTTP status." },
    duration = { "number?", "Of a response: seconds." },
    error = { "sms.Error?", "Of an error: the error value of this try." },
    seconds = { "number?", "Of a wait: how long." },
    reason = { "'rate'|'retry'?", "Of a wait: the client's own rate, or before another try." },
  },
}

-- Words that `status` may be. Of them `docs/adding-a-provider.md` says what a provider's own states become.
public.statuses = {
  queued = "The provider has it and has not passed it on.",
  accepted = "The provider took it.",
  sent = "It was passed on to the network.",
  delivered = "The handset has it.",
  undelivered = "It did not reach the handset, and won't.",
  expired = "Its validity was over before it could be delivered.",
  rejected = "It was refused.",
  unknown = "The provider says no more, or the code is not documented.",
}

-- Options that only one provider has, in words; `types` are those of its adapter.
public.provider_options = {
  messagewhiz = {
    apikey = "The key of the account.",
    sms_auth = "Where fast single messages carry the key: in the body, as the document says (default), or in the header, as all others.",
  },
  websms = {
    auth = "How requests are signed. Default: `bearer` with a token, `basic` with name and password.",
    password = "Goes with `username`.", token = "An access token.", username = "Name of the account, instead of a token.",
  },
  zipwhip = {
    lookup_key = "Key for `lookup:textable`, which has an account of its own.",
    lookup_url = "Address of that service. Default: the provider's.",
    max_bytes = "Most bytes of the files of one message, where the account's limit is another.",
    max_files = "Most files of one message, where the account's limit is another.",
    max_text_bytes = "Most bytes of a text, where the account's limit is another.",
    password = "Goes with `username`.", session = "A session key, instead of name and password.",
    username = "Name of the account; the first call that needs a session logs in.",
  },
  zoomconnect = {
    auth = "How requests are signed. Default: by header fields.", email = "Address of the account.",
    suffix = "`.json` is put behind paths, for older installations.", token = "Token of the account.",
    url_token = "Token for `sms:send_url`, which is part of the path.",
    utc_offset = "Minutes east of UTC that the provider's dates are in. Default: 120.",
  },
}

-- What `client:capabilities()` has beside the fields of a message.
public.capabilities = {
  balance = "Whether `client:balance` works.",
  bulk = "Most messages of one bulk call of the provider, which `send_many` uses; false where it has none.",
  status = "Whether `client:status` can look up every message that was sent.",
  status_of = "Where `status` is false: which messages can be looked up.",
  to = "`{ max }`: most recipients of one message.",
}

public.error = {
  title = "An error", class = "sms.Error",
  about = "The second value of a call that failed: `nil, err`. `tostring(err)` is one line. What to do with it: "
    .. "[errors](../errors.md).",
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
