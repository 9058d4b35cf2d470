-- SPDX-License-Identifier: MIT
-- Zipwhip operators as facts: the people who share one line.

return {
  "Operators are the users of a line that several people share.",
  list = {
    "POST /operator/list", "The line's operators.", result = "zipwhip.Operator[]", repeatable = true,
    source = "operator (public documents)",
    form = {},
  },
  save = {
    "POST /operator/save", "Create an operator, or change the one that operatorId names.", result = "zipwhip.Operator",
    source = "operator (public documents)",
    form = {
      username = "string", email = "string", active = "boolean", firstName = "string?", lastName = "string?", roleId = "sms.Id?",
      operatorId = "sms.Id?",
    },
  },
  unassign = {
    "POST /operator/unassign", "Take an operator off the line.", result = "boolean", repeatable = true,
    source = "operator (public documents)",
    form = { operatorId = "sms.Id" },
  },
}
