-- SPDX-License-Identifier: MIT
-- Types common to the facts of all providers: constraints of an argument, its format on the wire (`as`), and its description in
-- errors (`what`). Tables only; the same file feeds the checks, the editor types and the reference.

return {
  aliases = {
    ["sms.Id"] = {
      "string|integer", "An id of the provider, as a string or an integer.", min = 1,
      what = "an id: a non-empty string or a number above 0",
    },
    ["sms.Ids"] = {
      "string|integer|(string|integer)[]",
      "One id, a list of ids, or ids already joined by commas; sent as one comma-joined string.",
      as = "joined", what = "an id, a list of ids or ids joined by commas",
    },
    ["sms.Msisdn"] = {
      "string",
      "A phone number in international format; always a string, because a Lua number loses leading zeros and the plus sign.",
      phone = true, min = 1, what = "a phone number in a string",
    },
    ["sms.NumericMsisdn"] = {
      "string",
      "A phone number in a string, sent as a JSON number; a leading plus sign is removed.",
      phone = true, as = "number", patterns = { { "^%+?[1-9]%d*$", max = 16 } },
      what = "a phone number in a string: digits that do not begin with 0",
    },
    ["sms.Flag01"] = { "boolean", "A flag that is sent as the number 1 or 0.", as = "flag01" },
    ["sms.FlagText"] = { "boolean", "A flag that is sent as the string \"1\" or \"0\".", as = "flagtext" },
    ["sms.Url"] = {
      "string", "An http or https URL.", patterns = { { "^[Hh][Tt][Tt][Pp][Ss]?://%S+$" } }, what = "an http or https URL",
    },
    ["sms.File"] = {
      "table",
      "A file to send: `{ path = … }` on disk, `{ data = …, name = … }` from memory, or `{ chunks = …, name = …, size = … }` from "
        .. "a function that returns one piece per call and then nil; with `size` (bytes) the length is sent, too.",
      as = "file", what = "{ path = … }, { data = …, name = … } or { chunks = function, name = … }",
    },

    ["sms.Seconds"] = { "number", "A time span in seconds.", min = 0, what = "a number of seconds, 0 or more" },
    ["sms.Bytes"] = { "integer", "A number of bytes.", min = 0, what = "a number of bytes, 0 or more" },
    ["sms.Count"] = { "integer", "A non-negative count.", min = 0, what = "a whole number, 0 or more" },
    ["sms.Path"] = {
      "string", "Path of a file.", patterns = { { "^[^\0]+$" } }, what = "a path: a non-empty string without NUL bytes",
    },
    ["sms.Method"] = { "string", "An HTTP method.", patterns = { { "^[A-Za-z]+$", max = 20 } }, what = "an HTTP method: letters only" },
    ["sms.HeaderText"] = {
      "string", "Text for a header field: one line.", patterns = { { "^[^\0-\31\127]*$" } }, what = "text without control characters",
    },
    ["sms.Headers"] = {
      "table<string, string>", "Header fields by name; each name occurs once, and each value is one line.", as = "headers",
    },
    ["sms.Pairs"] = {
      "table<string, string|number|boolean>",
      "Names and values of a query or a form, escaped and sent in the order of the names.",
      as = "pairs",
    },
    ["sms.TraceParent"] = {
      "string", "The header `traceparent` of W3C Trace Context: trace id and parent id of a call.", as = "traceparent",
    },
    ["sms.WireNames"] = {
      "table<string, string|string[]>", "Names to send instead of the documented ones, by argument.",
      as = "wire_names",
    },
    ["sms.Pool"] = { "any", "A connection pool, made by `sms.pool`.", as = "pool", what = "a pool made by sms.pool" },
  },
  classes = {
    ["sms.Part"] = {
      "One part of a multipart body: its bytes in `data`, in a file at `path`, or from the function `chunks`.", name = "sms.HeaderText",
      data = "string?", path = "sms.Path?", chunks = "function?", size = "sms.Bytes?", filename = "sms.HeaderText?",
      type = "sms.HeaderText?",
    },
  },
}
