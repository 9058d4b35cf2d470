-- SPDX-License-Identifier: MIT
-- Zipwhip, operators and roles of lines with several users: operations 35 to 38.
-- The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua.

local SESSION = { "session", "00000000-1111-2222-3333-444444444444:300000001" }

return {
  {
    n = 35,
    note = "the vendor's sample lacks success",
    call = "operators.list",
    request = { method = "POST", path = "/operator/list", form = { SESSION } },
    response = {
      status = 200,
      body = [[{"response":[{"operatorId":70001,"username":"scott","firstName":"Scott","lastName":"T","displayName":"Scott T",
        "initials":"ST","email":"scott@example.com","phoneNumber":null,"active":true,"owner":false,"hasImage":false,
        "color":"#aabbcc","version":3,"lastPunchedIn":null,"lastMessageSent":null,"role":{"roleId":2,"name":"Admin",
        "description":"d","privilegeLevel":15,"mutable":false,"permissions":[{"activityKey":"a","displayName":"b",
        "description":"c"}]}}]}]],
    },
    result = {
      {
        operatorId = "70001", username = "scott", firstName = "Scott", lastName = "T", displayName = "Scott T", initials = "ST",
        email = "scott@example.com", active = true, owner = false, hasImage = false, color = "#aabbcc", version = 3,
        role = {
          roleId = "2", name = "Admin", description = "d", privilegeLevel = 15, mutable = false,
          permissions = { { activityKey = "a", displayName = "b", description = "c" } },
        },
      },
    },
  },
  {
    n = 36,
    note = "a new one",
    call = "operators.save",
    args = { username = "scott", firstName = "Scott", lastName = "T", email = "scott@example.com", active = true, roleId = 1 },
    request = {
      method = "POST",
      path = "/operator/save",
      form = {
        SESSION, { "username", "scott" }, { "firstName", "Scott" }, { "lastName", "T" }, { "email", "scott@example.com" },
        { "active", "true" }, { "roleId", "1" },
      },
    },
    response = {
      status = 200, body = [[{"success":true,"response":{"operatorId":70001,"username":"scott","active":true,"phoneNumber":2065550100}}]],
    },
    result = { operatorId = "70001", username = "scott", active = true, phoneNumber = "2065550100" },
  },
  {
    n = 36,
    note = "to change one",
    call = "operators.save",
    args = { operatorId = "70001", username = "scott", email = "scott@example.com", active = false },
    request = {
      method = "POST",
      path = "/operator/save",
      form = {
        SESSION, { "operatorId", "70001" }, { "username", "scott" }, { "email", "scott@example.com" }, { "active", "false" },
      },
    },
    response = { status = 200, body = [[{"success":true,"response":{"operatorId":70001,"active":false},"sessions":null}]] },
    result = { operatorId = "70001", active = false },
  },
  {
    n = 37,
    note = "response is null",
    call = "operators.unassign",
    args = { operatorId = "70001" },
    request = { method = "POST", path = "/operator/unassign", form = { SESSION, { "operatorId", "70001" } } },
    response = { status = 200, body = [[{"success":true,"response":null,"sessions":null}]] },
    result = true,
  },
  {
    n = 38,
    note = "the roles of the vendor's page",
    call = "roles.list",
    request = { method = "POST", path = "/role/list", form = { SESSION } },
    response = {
      status = 200,
      body = [[{"success":true,"response":[{"roleId":1,"name":"Operator","privilegeLevel":5},{"roleId":2,"name":"Admin",
        "privilegeLevel":15},{"roleId":501,"name":"Account Admin","privilegeLevel":20}]}]],
    },
    result = {
      { roleId = "1", name = "Operator", privilegeLevel = 5 }, { roleId = "2", name = "Admin", privilegeLevel = 15 },
      { roleId = "501", name = "Account Admin", privilegeLevel = 20 },
    },
  },
}
