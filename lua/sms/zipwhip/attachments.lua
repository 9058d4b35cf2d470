-- SPDX-License-Identifier: MIT
-- Zipwhip attachments as facts: what came with a message, its bytes, and files uploaded to be sent later.

return {
  "Files attached to messages.",
  list = {
    "POST /messageAttachment/list", "The files of a message; media messages also hold an application/smil part.",
    result = "zipwhip.Attachment[]", repeatable = true, source = "messageAttachment (public clients)",
    form = { messageId = "sms.Id" },
  },
  get = {
    "GET /hostedContent/get", "The bytes of a file.", result = "string", response = "bytes", accept = "*/*", auth = "query",
    source = "hostedContent (public clients)",
    query = { storageKey = "zipwhip.Key" },
  },
  save = {
    "POST /hostedContent/save", "Upload files; the response maps each part's name (file1, file2, …) to the key of its file.",
    result = "table", auth = "query", hook = "file_types", source = "hostedContent (public clients)",
    multipart = { files = "sms.File[]" }, wire = { files = "file" },
  },
}
