-- SPDX-License-Identifier: MIT
-- Zipwhip, the group calls of the vendor's client: operations 24 to 30.
-- The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua.

local SESSION = { "session", "00000000-1111-2222-3333-444444444444:300000001" }
local GROUP = "device:/2065550111/1"

return {
  {
    n = 24,
    note = "each item wraps a device",
    call = "groups.list",
    request = { method = "POST", path = "/group/list", form = { SESSION } },
    response = {
      status = 200,
      body = [[{"success":true,"response":[{"device":{"address":"device:/2065550111/1","displayName":"Shoes","id":300000002}}],
        "sessions":null}]],
    },
    result = { { device = { address = GROUP, displayName = "Shoes", id = "300000002" } } },
  },
  {
    n = 25,
    note = "the parameter group is the group's address",
    call = "groups.members",
    args = { group = GROUP },
    request = { method = "POST", path = "/group/members", form = { SESSION, { "group", GROUP } } },
    response = { status = 200, body = [[{"success":true,"response":[{"id":10000000001,"mobileNumber":"2065550100"}],"sessions":null}]] },
    result = { { id = "10000000001", mobileNumber = "2065550100" } },
  },
  {
    n = 26,
    note = "members is a count",
    call = "groups.get",
    args = { address = GROUP },
    request = { method = "POST", path = "/group/get", form = { SESSION, { "address", GROUP } } },
    response = {
      status = 200,
      body = [[{"success":true,"response":{"group":{"address":"device:/2065550111/1","displayName":"Shoes"},"members":3},"sessions":null}]],
    },
    result = { group = { address = GROUP, displayName = "Shoes" }, members = 3 },
  },
  {
    n = 27,
    note = "every field; the answer is like a contact",
    call = "groups.save",
    args = { type = "Group", name = "Shoes & hats", advertisement = "ad", member = "2065550100" },
    request = {
      method = "POST",
      path = "/group/save",
      form = {
        SESSION, { "type", "Group" }, { "name", "Shoes & hats" }, { "advertisement", "ad" }, { "member", "2065550100" },
      },
    },
    response = {
      status = 200, body = [[{"success":true,"response":{"id":10000000009,"address":"device:/2065550111/1"},"sessions":null}]],
    },
    result = { id = "10000000009", address = GROUP },
  },
  {
    n = 28,
    note = "the answer is a contact",
    call = "groups.add_member",
    args = { group = GROUP, mobileNumber = "+12065550100", firstName = "A", lastName = "B", phoneKey = "k", notes = "n" },
    request = {
      method = "POST",
      path = "/group/addMember",
      form = {
        SESSION, { "group", GROUP }, { "mobileNumber", "+12065550100" }, { "firstName", "A" }, { "lastName", "B" },
        { "phoneKey", "k" }, { "notes", "n" },
      },
    },
    response = {
      status = 200, body = [[{"success":true,"response":{"id":10000000001,"mobileNumber":"+12065550100","deviceId":300000002}}]],
    },
    result = { id = "10000000001", mobileNumber = "+12065550100", deviceId = "300000002" },
  },
  {
    n = 28,
    note = "the required fields",
    call = "groups.add_member",
    args = { group = GROUP, mobileNumber = "2065550100" },
    request = { method = "POST", path = "/group/addMember", form = { SESSION, { "group", GROUP }, { "mobileNumber", "2065550100" } } },
    response = { status = 200, body = [[{"success":true,"response":{"id":10000000001}}]] },
    result = { id = "10000000001" },
  },
  {
    n = 29,
    note = "the answer isn't documented: success alone counts",
    call = "groups.remove_member",
    args = { group = GROUP, member = "2065550100" },
    request = { method = "POST", path = "/group/removeMember", form = { SESSION, { "group", GROUP }, { "member", "2065550100" } } },
    response = { status = 200, body = [[{"success":true,"response":null,"sessions":null}]] },
    result = true,
  },
  {
    n = 30,
    note = "the answer isn't documented: success alone counts",
    call = "groups.delete",
    args = { address = GROUP },
    request = { method = "POST", path = "/group/delete", form = { SESSION, { "address", GROUP } } },
    response = { status = 200, body = [[{"success":true,"sessions":null}]] },
    result = true,
  },
}
