-- SPDX-License-Identifier: MIT
-- Zipwhip roles as facts.

return {
  "Roles say what an operator may do.",
  list = {
    "POST /role/list", "The roles there are.", result = "zipwhip.Role[]", repeatable = true, source = "role (public documents)",
    form = {},
  },
}
