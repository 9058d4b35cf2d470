-- SPDX-License-Identifier: MIT
-- What a served sandbox takes over HTTP beside the providers' own requests. `spec/house/public_reference_spec.lua` compares the names with
-- the routes of the code.

local sandbox = {}

-- Control routes of all providers: { body or query, response, meaning }. Below `/PROVIDER` they are for that provider alone.
sandbox.control = {
  ["GET /_sandbox/inbox"] = { "", "a list of texts", "The texts that arrived, the oldest first." },
  ["POST /_sandbox/webhook"] = { "`{ url? }`", "`{ url }`", "Where delivery reports are posted to; without `url` they stop." },
  ["POST /_sandbox/tick"] = { "`{ seconds? }`", "`{ time }`", "Moves the clock on." },
  ["GET /_sandbox/arrivals"] = { "", "`{ PROVIDER = count }`", "How many requests arrived; those to these routes don't count." },
  ["POST /_sandbox/faults"] = {
    "`{ fault, match? }`", "`{ fault, match }`", "Plans a [fault](#faults); `match` is `{ provider?, method?, path?, times?, chance? }`: "
      .. "`path` is a Lua pattern, `times` how many requests get it (default: all), `chance` from 0 to 1.",
  },
  ["GET /_sandbox/faults"] = { "", "a list of `{ fault, match, hits }`", "The faults that are planned." },
  ["DELETE /_sandbox/faults"] = { "", "`{}`", "Forgets them." },
}

-- Control routes that one provider has, below `/PROVIDER`.
sandbox.own = {
  websms = {
    ["POST /_sandbox/inbound"] = { "`{ from, to, text }` or `{ from, to, binary }`", "`{ queued }`", "Someone writes to the account." },
  },
  zipwhip = {
    ["POST /_sandbox/inbound"] = { "`{ from, text }`", "`{ id, fingerprint }`", "Someone writes to the line." },
  },
  zoomconnect = {
    ["POST /_sandbox/webhook"] = {
      "`{ url?, replies?, voice?, format? }`", "the same", "Addresses for reports, replies and voice reports; `format` is `query`, `form` "
        .. "or `json`.",
    },
    ["POST /_sandbox/reply"] = { "`{ from, text, messageId? }`", "`{ messageId }`", "Someone replies, to the newest message that the "
      .. "number got, or to the one that is named." },
    ["GET /_sandbox/groups"] = { "", "a list", "Who is in which group: the provider has no request for it." },
  },
}

-- Routes of the inbox, below `/inbox/api/`: { query or body, response, meaning }.
sandbox.inbox = {
  ["GET state"] = {
    "", "`{ version, time, last, seq, counts, accounts, faults, requests, webhooks }`",
    "`last`: number of the newest text; `accounts` with credentials and webhooks; planned `faults`; numbers of `requests` and `webhooks`.",
  },
  ["GET messages"] = {
    "filters, `limit` (50, at most 1000), `offset`, `upto`", "`{ total, offset, upto, messages }`",
    "Newest first; `upto`: only texts up to this number, so that pages fit together while texts come.",
  },
  ["GET messages/N"] = {
    "", "a text with details", "With `parts`, `history`, `webhooks`, `request`, `analysis` (`sms.text.analyse`, offsets in bytes) and "
      .. "`better` (what `sms.text.optimise` would save).",
  },
  ["GET messages/N/attachments/N"] = {
    "", "the bytes", "Of the attachment with that `n` of the text; to be saved. PNG, JPEG and GIF say what they are, all else is "
      .. "`application/octet-stream`.",
  },
  ["POST messages/N/state"] = {
    "`{ state }`", "the text", "`sent`, `delivered`, `undelivered`, `expired`, `rejected` or `failed`, now; what was planned for it no "
      .. "longer happens, reports go out.",
  },
  ["DELETE messages"] = { "filters", "`{ deleted }`", "Forgets texts, all or those that match." },
  ["GET wait"] = {
    "filters, `count` (1), `timeout` (10, at most 60 seconds), `code`", "`{ messages, code? }`, or 408 with `{ error, messages, last }`",
    "Waits until `count` texts match. `code=6` or `code=4-8` adds `code`: the first run of so many digits in the newest match, or null.",
  },
  ["POST replies"] = {
    "`{ provider, from, text, to? }`", "`{ n }`", "Someone writes. MessageWhiz documents no inbound texts: 400.",
  },
  ["GET requests"] = { "`limit` (100)", "`{ total, requests }`", "What came and what it was answered, newest first." },
  ["GET requests/N"] = {
    "", "a request", "With headers and bodies, and `foreign`: the first four characters of a credential that is not the sandbox's.",
  },
  ["GET webhooks"] = { "`limit` (100)", "`{ total, webhooks }`", "What was posted, with each try." },
  ["POST webhooks/N/resend"] = { "", "the webhook", "Posts the very same bytes once more." },
  ["DELETE journal"] = { "", "`{}`", "Forgets requests and webhooks." },
  ["GET faults"] = { "", "a list of `{ n, fault, match, hits }`", "Faults that are still to come." },
  ["GET fault-names"] = { "", "`{ NAME = meaning }`", "The [faults](#faults) there are." },
  ["POST faults"] = { "`{ fault, match? }`", "`{ n, fault, match, hits }`", "Plans a fault, as `POST /_sandbox/faults`." },
  ["DELETE faults"] = { "", "`{}`", "Forgets all faults." },
  ["DELETE faults/N"] = { "", "`{}`", "Forgets one." },
  ["PUT accounts/NAME"] = {
    "`{ webhook?, reply_webhook?, format? }`", "the account", "Where callbacks go; `reply_webhook` and `format` (`query`, `form`, `json`) "
      .. "are zoomconnect's. `\"\"` switches an address off.",
  },
  ["POST clock"] = { "`{ advance }`", "`{ time }`", "Lets so many seconds pass." },
  ["GET export"] = { "filters, `format` (`json`, `csv`)", "a file", "All texts, or those that match." },
  ["GET events"] = { "", "server-sent events", "What has changed, at most every 50 ms." },
}

-- Filters of `messages`, `wait` and `export`.
sandbox.filters = {
  after = "A number: only newer texts.",
  direction = "`out` or `in`.",
  from = "Sender.",
  peer = "The handset, whichever way the text went.",
  provider = "Name of the provider.",
  q = "Part of text, numbers, sender or id, in any case.",
  request = "A number: the texts of that request.",
  state = "`accepted`, `sent`, `delivered`, `undelivered`, `expired`, `rejected`, `failed`, or `received` of one that came in.",
  to = "Recipient.",
}

-- Fields of a text as the inbox tells it.
sandbox.text = {
  n = { "integer", "Its number, from 1; no number is given twice." },
  provider = { "string", "Name of the provider." },
  id = { "string|null", "The provider's id; text always." },
  direction = { "'out'|'in'", "Out: the application sent it." },
  from = { "string", "Sender." },
  to = { "string", "Recipient, as the provider has it." },
  peer = { "string", "The handset, with a plus." },
  text = { "string", "The text." },
  time = { "number", "Seconds since 1970, by the sandbox's clock." },
  state = { "string", "`accepted`, `sent`, `delivered` and so on; `received` of one that came in." },
  segments = { "integer", "How many." },
  cuts = { "integer[]", "Where segments end, in UTF-16 units." },
  encoding = { "string", "`gsm7` or `ucs2`." },
  units = { "integer", "Septets, or UTF-16 units." },
  price = { "object|null", "`{ amount, unit }`, in the provider's unit." },
  request = { "integer|null", "Number of the request that brought it." },
  broadcast = { "string|null", "MessageWhiz: id of the broadcast." },
  attachments = { "table[]", "Files of a media message: `{ n, name, type, size, image }`; `image`: the page shows it." },
}

return sandbox
