-- SPDX-License-Identifier: MIT
-- The Zipwhip line itself as facts: its session, its owner, its signature and its password.

return {
  "The user: the text-enabled line of the session.",
  login = {
    "POST /user/login", "Get the line's session key, which does not expire.", result = "string", auth = "none",
    source = "Authentication",
    form = { username = "string", password = "string" },
  },
  logout = {
    "POST /user/logout", "Revoke the session key.", result = "boolean", source = "Authentication (public clients)",
    form = {},
  },
  get = {
    "POST /user/get", "The line's owner, settings and groups.", result = "zipwhip.Account", repeatable = true,
    source = "user (public clients)",
    form = {},
  },
  save = {
    "POST /user/save", "Change the data of the line's owner.", result = "zipwhip.Account", repeatable = true,
    source = "user (public clients)",
    form = {
      firstName = "string?", lastName = "string?", email = "string?", phoneKey = "string?", loc = "string?", notes = "string?",
    },
  },
  set_signature = {
    "POST /user/signature/set", "Set the signature of every message; an empty one clears it.", result = "boolean", repeatable = true,
    source = "user (public clients)",
    form = { signature = "string" },
  },
  change_password = {
    "POST /password/change", "Change the account's password; the response is an empty text.", result = "string",
    source = "user (public clients)",
    form = { currentPassword = "string", password = "string" },
  },
}
