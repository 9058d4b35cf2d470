-- SPDX-License-Identifier: MIT
-- What a served sandbox takes over HTTP beside the providers' own requests. `spec/house/public_reference_spec.lua` compares the names with
-- the routes of the code.

local sandbox = {}

-- Control routes of all providers: { body or query, response, meaning }. Below `/PROVIDER` they are for that provider alone.
sandbox.control = {
  ["GET /_sandbox/inbox"] = { "", "a list of messages", "The messages that arrived, oldest first." },
  ["POST /_sandbox/webhook"] = { "`{ url? }`", "`{ url }`", "Sets the URL for delivery reports; without `url`, none are sent." },
  ["POST /_sandbox/tick"] = { "`{ seconds? }`", "`{ time }`", "Advances the clock." },
  ["GET /_sandbox/arrivals"] = { "", "`{ PROVIDER = count }`", "Number of requests that arrived, without those to control routes." },
  ["POST /_sandbox/faults"] = {
    "`{ fault, match? }`", "`{ fault, match }`", "Plans a [fault](#faults); `match` is `{ provider?, method?, path?, times?, chance? }`: "
      .. "`path` is a Lua pattern, `times` the maximum number of affected requests (default: all), `chance` a probability.",
  },
  ["GET /_sandbox/faults"] = { "", "a list of `{ fault, match, hits }`", "The planned faults." },
  ["DELETE /_sandbox/faults"] = { "", "`{}`", "Removes all planned faults." },
}

-- Control routes that one provider has, below `/PROVIDER`.
sandbox.own = {
  websms = {
    ["POST /_sandbox/inbound"] = { "`{ from, to, text }` or `{ from, to, binary }`", "`{ queued }`", "Simulates an inbound message "
      .. "to the account." },
  },
  zipwhip = {
    ["POST /_sandbox/inbound"] = { "`{ from, text }`", "`{ id, fingerprint }`", "Simulates an inbound message to the line." },
  },
  zoomconnect = {
    ["POST /_sandbox/webhook"] = {
      "`{ url?, replies?, voice?, format? }`", "the same", "Sets the URLs for reports, replies and voice reports; `format` is "
        .. "`query`, `form` "
        .. "or `json`.",
    },
    ["POST /_sandbox/reply"] = { "`{ from, text, messageId? }`", "`{ messageId }`", "Simulates a reply, to the newest message of that "
      .. "number, or to the one with `messageId`." },
    ["GET /_sandbox/groups"] = { "", "a list", "Members of each group; the provider's API has no request for that." },
  },
}

-- Routes of the inbox, below `/inbox/api/`: { query or body, response, meaning }.
sandbox.inbox = {
  ["GET state"] = {
    "", "`{ version, time, last, seq, counts, accounts, faults, requests, webhooks }`",
    "`last`: number of the newest message; `accounts` with credentials and webhooks; planned `faults`; counts of `requests` and "
      .. "`webhooks`.",
  },
  ["GET messages"] = {
    "filters, `limit` (50, at most 1000), `offset`, `upto`", "`{ total, offset, upto, messages }`",
    "Newest first. `upto`: only messages up to this number, so that pages stay consistent while messages arrive.",
  },
  ["GET messages/N"] = {
    "", "a message with details", "With `parts`, `history`, `webhooks`, `request`, `analysis` (`sms.text.analyse`, offsets in bytes) and "
      .. "`better` (what `sms.text.optimise` would save).",
  },
  ["GET messages/N/attachments/N"] = {
    "", "the bytes", "The attachment with that `n`, as a download. PNG, JPEG and GIF have their content type, all others "
      .. "`application/octet-stream`.",
  },
  ["POST messages/N/state"] = {
    "`{ state }`", "the message", "Sets the state to `sent`, `delivered`, `undelivered`, `expired`, `rejected` or `failed` in place "
      .. "of the planned "
      .. "one, and sends reports.",
  },
  ["DELETE messages"] = { "filters", "`{ deleted }`", "Deletes all messages, or those that match." },
  ["GET wait"] = {
    "filters, `count` (1), `timeout` (10, at most 60 seconds), `code`", "`{ messages, code? }`, or 408 with `{ error, messages, last }`",
    "Waits until `count` messages match. `code=6` or `code=4-8` adds `code`: the first group of that many digits in the newest "
      .. "match, or null.",
  },
  ["POST replies"] = {
    "`{ provider, from, text, to? }`", "`{ n }`", "Simulates an inbound message. 400 for MessageWhiz, which documents none.",
  },
  ["GET requests"] = { "`limit` (100)", "`{ total, requests }`", "Requests with their responses, newest first." },
  ["GET requests/N"] = {
    "", "a request", "With headers and bodies; `foreign`: the first four characters of a credential that is not the sandbox's.",
  },
  ["GET webhooks"] = { "`limit` (100)", "`{ total, webhooks }`", "Webhooks, with each attempt to post them." },
  ["POST webhooks/N/resend"] = { "", "the webhook", "Posts the same bytes again." },
  ["DELETE journal"] = { "", "`{}`", "Deletes requests and webhooks." },
  ["GET faults"] = { "", "a list of `{ n, fault, match, hits }`", "Planned faults that have not been used up." },
  ["GET fault-names"] = { "", "`{ NAME = meaning }`", "The [faults](#faults), by name." },
  ["POST faults"] = { "`{ fault, match? }`", "`{ n, fault, match, hits }`", "Plans a fault, as `POST /_sandbox/faults`." },
  ["DELETE faults"] = { "", "`{}`", "Removes all faults." },
  ["DELETE faults/N"] = { "", "`{}`", "Removes one." },
  ["PUT accounts/NAME"] = {
    "`{ webhook?, reply_webhook?, format? }`", "the account", "Sets the URLs for callbacks; `reply_webhook` and `format` (`query`, "
      .. "`form`, `json`) "
      .. "are for ZoomConnect only. `\"\"` removes a URL.",
  },
  ["POST clock"] = { "`{ advance }`", "`{ time }`", "Advances the clock by that many seconds." },
  ["GET export"] = { "filters, `format` (`json`, `csv`)", "a file", "All messages, or those that match." },
  ["GET events"] = { "", "server-sent events", "Changes, at most every 50 ms." },
}

-- Filters of `messages`, `wait` and `export`.
sandbox.filters = {
  after = "Only messages after this number.",
  direction = "`out` or `in`.",
  from = "Sender.",
  peer = "The handset, as sender or recipient.",
  provider = "Name of the provider.",
  q = "Part of text, numbers, sender or id; not case-sensitive.",
  request = "Only messages of the request with this number.",
  state = "`accepted`, `sent`, `delivered`, `undelivered`, `expired`, `rejected`, `failed`, or `received` for inbound messages.",
  to = "Recipient.",
}

-- Fields of a message in the inbox.
sandbox.text = {
  n = { "integer", "Number of the message, from 1; numbers are not reused." },
  provider = { "string", "Name of the provider." },
  id = { "string|null", "The provider's id, always as a string." },
  direction = { "'out'|'in'", "`out`: sent by the application." },
  from = { "string", "Sender." },
  to = { "string", "Recipient, as the provider has it." },
  peer = { "string", "The handset, with a plus sign." },
  text = { "string", "The text." },
  time = { "number", "Seconds since 1970, by the sandbox's clock." },
  state = { "string", "`accepted`, `sent`, `delivered` and so on; `received` for inbound messages." },
  segments = { "integer", "Number of segments." },
  cuts = { "integer[]", "Offsets at which segments end, in UTF-16 units." },
  encoding = { "string", "`gsm7` or `ucs2`." },
  units = { "integer", "Septets, or UTF-16 units." },
  price = { "object|null", "`{ amount, unit }`, in the provider's unit." },
  request = { "integer|null", "Number of the request that sent it." },
  broadcast = { "string|null", "MessageWhiz: id of the broadcast." },
  attachments = { "table[]", "Files of a media message: `{ n, name, type, size, image }`; `image`: whether the page displays it." },
}

return sandbox
