-- SPDX-License-Identifier: MIT
-- Zipwhip conversations as facts: the messages between the line and one peer, named by their fingerprint.

return {
  "Conversations gather the messages exchanged with one number or group.",
  list = {
    "POST /conversation/list", "One page of conversations.", result = "zipwhip.Conversation[]", pages = "offset", repeatable = true,
    source = "conversation (public clients)",
    form = { limit = "zipwhip.Limit?", start = "zipwhip.Start?" },
  },
  get = {
    "POST /conversation/get", "A conversation with a page of its messages.", result = "zipwhip.Thread", repeatable = true,
    source = "Message Delivery Status Codes",
    form = { fingerprint = "zipwhip.Key", limit = "zipwhip.Limit?", start = "zipwhip.Start?" },
  },
  mark_read = {
    "POST /conversation/read", "Mark a conversation as read.", result = "boolean", repeatable = true,
    source = "conversation (public clients)",
    form = { fingerprint = "zipwhip.Key" },
  },
  delete = {
    "POST /conversation/delete", "Remove a conversation and its messages.", result = "boolean", repeatable = true,
    source = "conversation (public clients)",
    form = { fingerprint = "zipwhip.Key" },
  },
}
