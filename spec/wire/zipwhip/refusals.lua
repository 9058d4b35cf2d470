-- SPDX-License-Identifier: MIT
-- Zipwhip's guides and the vendor's pages: which parameters are required, and the limits and values they state. The client is to refuse
-- by itself, naming the argument, and send nothing. Numbers are operations; the arguments changed are those of its first case.

local required = {
  [1] = "username password", [5] = "signature", [6] = "currentPassword password", [7] = "contacts body", [8] = "to", [9] = "id",
  [11] = "message", [12] = "message", [13] = "messageId", [14] = "storageKey", [15] = "files", [17] = "fingerprint",
  [18] = "fingerprint", [19] = "fingerprint", [20] = "mobileNumber", [23] = "contact", [25] = "group", [26] = "address",
  [28] = "group mobileNumber", [29] = "group member", [30] = "address", [31] = "type event url", [33] = "webhookId",
  [34] = "webhookId", [37] = "operatorId", [39] = "appId settings", [40] = "installedAppId settings", [42] = "phone_number",
}

local refused = {
  { n = 7, names = "contacts", set = { contacts = 2065550100 }, why = "a Lua number loses what a phone number needs" },
  { n = 7, names = "contacts", set = { contacts = { "2065550100", 2065550101 } }, why = "a Lua number" },
  { n = 7, names = "body", set = { body = ("x"):rep(601) }, why = "at most 600 bytes" },
  { n = 7, names = "body", set = { body = ("é"):rep(301) }, why = "at most 600 bytes, and these are 602" },
  { n = 7, names = "contacts", set = { contacts = {} }, why = "nobody to send to" },
  { n = 7, names = "bdy", set = { bdy = "x" }, why = "no such parameter" },
  { n = 8, names = "to", set = { to = { "+12065550100", "+12065550101" } }, why = "exactly one recipient" },
  { n = 8, names = "to", set = { to = 12065550100 }, why = "a Lua number loses what a phone number needs" },
  { n = 8, names = "body", set = { body = ("x"):rep(601) }, why = "at most 600 bytes" },
  {
    n = 8, names = "files", why = "up to two attachments",
    set = { files = { { data = "1", name = "1.txt" }, { data = "2", name = "2.txt" }, { data = "3", name = "3.txt" } } },
  },
  {
    n = 8, names = "files", why = "at most 600 kb together, however a kb is counted",
    set = { files = { { data = ("x"):rep(310000), name = "1.txt" }, { data = ("x"):rep(310000), name = "2.txt" } } },
  },
  { n = 8, names = "files", set = { files = { data = "x", name = "x.txt" } }, why = "a list of files" },
  { n = 8, names = "files", set = { files = {} }, why = "no file at all" },
  { n = 8, names = "files", set = { files = { { data = "%PDF-1.7\n", name = "x.pdf" } } }, why = ".jpg, .png, .gif and .txt" },
  { n = 8, names = "files", set = { files = { { data = "BM\0\0\0\0", name = "x.bmp" } } }, why = ".jpg, .png, .gif and .txt" },
  { n = 11, names = "message", set = { message = {} }, why = "no message named" },
  { n = 23, names = "contact", set = { contact = {} }, why = "no contact named" },
  { n = 10, names = "limit", set = { limit = "ten" }, why = "a number" },
  { n = 20, names = "mobileNumber", set = { mobileNumber = 2065551234 }, why = "formatted as a string, says the guide" },
  { n = 20, names = "notes", set = { notes = ("x"):rep(1001) }, why = "max 1000 characters" },
  { n = 22, names = "mobileNumber", set = { mobileNumber = "2065550100" }, why = "one of id, mobileNumber and address" },
  { n = 28, names = "mobileNumber", set = { mobileNumber = 2065550100 }, why = "a Lua number" },
  { n = 31, names = "type", set = { type = "sms" }, why = "message or optout" },
  { n = 31, names = "event", set = { event = "sent" }, why = "one of the events" },
  { n = 31, names = "method", set = { method = "DELETE" }, why = "POST, PUT or GET" },
  { n = 36, names = "active", set = { active = "yes" }, why = "a boolean" },
  { n = 42, names = "phone_number", set = { phone_number = 12065550100 }, why = "a Lua number" },
}

return { required = required, refused = refused }
