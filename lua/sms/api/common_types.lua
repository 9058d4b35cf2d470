-- SPDX-License-Identifier: MIT
-- Types that the facts of every provider share: what an argument may be, how it goes on the wire (`as`), and the words
-- an error uses for it (`what`). Tables only; the same file feeds the checks, the editor types and the reference.

return {
  aliases = {
    ["sms.Id"] = {
      "string|integer", "An id of the provider, as text or as a whole number.", min = 1,
      what = "an id: text that is not empty, or a number above 0",
    },
    ["sms.Ids"] = {
      "string|integer|(string|integer)[]",
      "One id, a list of ids, or ids already joined by commas; sent as one comma-joined string.",
      as = "joined", what = "an id, a list of ids or ids joined by commas",
    },
    ["sms.Msisdn"] = {
      "string",
      "A phone number in international form; always a string, because a number loses a leading zero or plus sign.",
      phone = true, min = 1, what = "a phone number in a string",
    },
    ["sms.NumericMsisdn"] = {
      "string",
      "A phone number in a string that the provider takes as a JSON number; a leading plus sign is dropped.",
      phone = true, as = "number", patterns = { { "^%+?[1-9]%d*$", max = 16 } },
      what = "a phone number in a string: digits that do not begin with 0",
    },
    ["sms.Flag01"] = { "boolean", "A flag that is sent as the number 1 or 0.", as = "flag01" },
    ["sms.FlagText"] = { "boolean", "A flag that is sent as the text \"1\" or \"0\".", as = "flagtext" },
    ["sms.Url"] = {
      "string", "An http or https URL.", patterns = { { "^[Hh][Tt][Tt][Pp][Ss]?://%S+$" } }, what = "an http or https URL",
    },
    ["sms.File"] = {
      "table",
      "A file to send: `{ path = … }` on disk, `{ data = …, name = … }` from memory, or `{ chunks = …, name = …, size = … }` from "
        .. "a function that gives one piece after the other and then nil; with `size` (bytes) the length is sent along.",
      as = "file", what = "{ path = … }, { data = …, name = … } or { chunks = function, name = … }",
    },

    ["sms.Seconds"] = { "number", "A time span in seconds.", min = 0, what = "a number of seconds, 0 or more" },
    ["sms.Bytes"] = { "integer", "A number of bytes.", min = 0, what = "a number of bytes, 0 or more" },
    ["sms.Count"] = { "integer", "A non-negative count.", min = 0, what = "a whole number, 0 or more" },
    ["sms.Path"] = {
      "string", "A path of a file.", patterns = { { "^[^\0]+$" } }, what = "a path: text that is not empty and holds no NUL byte",
    },
    ["sms.Method"] = { "string", "A method of HTTP.", patterns = { { "^[A-Za-z]+$", max = 20 } }, what = "a method of HTTP: letters only" },
    ["sms.HeaderText"] = {
      "string", "Text for a header field: one line.", patterns = { { "^[^\0-\31\127]*$" } }, what = "text without control characters",
    },
    ["sms.Headers"] = {
      "table<string, string>", "Header fields by name; each name is given once and each value is one line.", as = "headers",
    },
    ["sms.Pairs"] = {
      "table<string, string|number|boolean>",
      "Names and values of a query or a form; they are escaped and go in the order of the names.",
      as = "pairs",
    },
    ["sms.TraceParent"] = {
      "string", "The header `traceparent` of W3C Trace Context: the trace that a call belongs to, and its place there.", as = "traceparent",
    },
    ["sms.WireNames"] = {
      "table<string, string|string[]>", "Names to use on the wire instead of the documented ones, by argument.",
      as = "wire_names",
    },
    ["sms.Pool"] = { "any", "Connections of one's own: what `sms.pool` gave.", as = "pool", what = "a pool: what sms.pool gave" },
  },
  classes = {
    ["sms.Part"] = {
      "One part of a multipart body: its bytes in `data`, in a file at `path`, or from the function `chunks`.", name = "sms.HeaderText",
      data = "string?", path = "sms.Path?", chunks = "function?", size = "sms.Bytes?", filename = "sms.HeaderText?",
      type = "sms.HeaderText?",
    },
  },
}
