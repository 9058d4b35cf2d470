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
    ["sms.File"] = {
      "table",
      "A file to send: `{ path = … }` on disk, `{ data = …, name = … }` from memory, or `{ chunks = …, name = …, size = … }` from "
        .. "a function that gives one piece after the other and then nil; with `size` (bytes) the provider is told the length.",
      as = "file", what = "{ path = … }, { data = …, name = … } or { chunks = function, name = … }",
    },
    ["sms.Mapping"] = {
      "table",
      "What each column of a file holds: a list for the columns 0, 1, 2 …, or a table whose keys are column numbers.",
      as = "mapping", what = "a list of markers or a table from column number to marker",
    },
  },
  classes = {},
}
