-- SPDX-License-Identifier: MIT
-- Zipwhip's guide, section "Authentication" (user/login), and the vendor's other pages: operations 1 to 6.
-- The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua. before = exchanges that go before the call's own.

local KEY = "00000000-1111-2222-3333-444444444444:300000001"
local SESSION = { "session", KEY }
local NEW = "55555555-6666-7777-8888-999999999999:300000001"

return {
  {
    n = 1,
    note = "the guide's single user: the line's number; the result is the session key; no session is sent",
    call = "user.login",
    args = { username = "5556661234", password = "mypassword" },
    request = { method = "POST", path = "/user/login", form = { { "username", "5556661234" }, { "password", "mypassword" } } },
    response = {
      status = 200, body = [[{"success":true,"response":"55555555-6666-7777-8888-999999999999:300000001"}]] },
    result = NEW,
  },
  {
    n = 1,
    note = "the guide's operator: prefix@number",
    call = "user.login",
    args = { username = "scott@4255551212", password = "scottpassword" },
    request = {
      method = "POST", path = "/user/login", form = { { "username", "scott@4255551212" }, { "password", "scottpassword" } },
    },
    response = {
      status = 200, body = [[{"success":true,"response":"55555555-6666-7777-8888-999999999999:300000001","sessions":null}]],
    },
    result = NEW,
  },
  {
    n = 1,
    note = "a line outside the US is in E.164: the plus sign and the password arrive as they were written",
    call = "user.login",
    args = { username = "+16045550100", password = "p&s=s+w%rd ü" },
    request = { method = "POST", path = "/user/login", form = { { "username", "+16045550100" }, { "password", "p&s=s+w%rd ü" } } },
    response = { status = 200, body = [[{"success":true,"response":"55555555-6666-7777-8888-999999999999:300000001"}]] },
    result = NEW,
  },
  {
    n = 3,
    note = "a client with username and password logs in on first use, then makes the call",
    call = "user.get",
    alone = true,
    client = { username = "5556661234", password = "mypassword" },
    before = {
      {
        request = { method = "POST", path = "/user/login", form = { { "username", "5556661234" }, { "password", "mypassword" } } },
        response = { status = 200, body = [[{"success":true,"response":"55555555-6666-7777-8888-999999999999:300000001"}]] },
      },
    },
    request = { method = "POST", path = "/user/get", form = { { "session", NEW } } },
    response = { status = 200, body = [[{"success":true,"response":{"user":{"firstName":"A"},"settings":{},"groups":[]},"sessions":null}]],
    },
    result = { user = { firstName = "A" }, settings = {}, groups = {} },
  },
  {
    n = 2,
    note = "the answer isn't documented: success alone counts",
    call = "user.logout",
    request = { method = "POST", path = "/user/logout", form = { SESSION } },
    response = { status = 200, body = [[{"success":true}]] },
    result = true,
  },
  {
    n = 3,
    note = "the vendor's sample",
    call = "user.get",
    request = { method = "POST", path = "/user/get", form = { SESSION } },
    response = {
      status = 200,
      body = [[{"success":true,"response":{"user":{"firstName":"A","lastName":"B","mobileNumber":"2065550100","fullName":"A B",
        "phoneKey":"","email":"","zipcode":"","birthday":"","loc":"","notes":"","carrier":"Tmo","websiteDeviceKey":"k",
        "websiteDeviceId":2000001,"MOCount":1,"ZOCount":0},"settings":{},"groups":[]},"sessions":null}]],
    },
    result = {
      user = {
        firstName = "A", lastName = "B", mobileNumber = "2065550100", fullName = "A B", phoneKey = "", email = "", zipcode = "",
        birthday = "", loc = "", notes = "", carrier = "Tmo", websiteDeviceKey = "k", websiteDeviceId = "2000001", MOCount = 1,
        ZOCount = 0,
      },
      settings = {}, groups = {},
    },
  },
  {
    n = 4,
    note = "every field",
    call = "user.save",
    args = { firstName = "A", lastName = "B", email = "a@example.com", phoneKey = "k", loc = "Seattle", notes = "n & m" },
    request = {
      method = "POST",
      path = "/user/save",
      form = {
        SESSION, { "firstName", "A" }, { "lastName", "B" }, { "email", "a@example.com" }, { "phoneKey", "k" }, { "loc", "Seattle" },
        { "notes", "n & m" },
      },
    },
    response = { status = 200, body = [[{"success":true,"response":{"user":{"firstName":"A","lastName":"B"}},"sessions":null}]] },
    result = { user = { firstName = "A", lastName = "B" } },
  },
  {
    n = 4,
    note = "what isn't given isn't sent",
    call = "user.save",
    args = { firstName = "A" },
    request = { method = "POST", path = "/user/save", form = { SESSION, { "firstName", "A" } } },
    response = { status = 200, body = [[{"success":true,"response":{"user":{"firstName":"A"}}}]] },
    result = { user = { firstName = "A" } },
  },
  {
    n = 5,
    note = "response is null: the call succeeded and has nothing to say",
    call = "user.set_signature",
    args = { signature = "Yours, ACME" },
    request = { method = "POST", path = "/user/signature/set", form = { SESSION, { "signature", "Yours, ACME" } } },
    response = { status = 200, body = [[{"success":true,"response":null,"sessions":null}]] },
    result = true,
  },
  {
    n = 5,
    note = "an empty signature clears it, so the field is sent",
    call = "user.set_signature",
    args = { signature = "" },
    request = { method = "POST", path = "/user/signature/set", form = { SESSION, { "signature", "" } } },
    response = { status = 200, body = [[{"success":true,"response":null}]] },
    result = true,
  },
  {
    n = 6,
    note = "password/change, as the example has it; response is an empty string",
    call = "user.change_password",
    args = { currentPassword = "old one", password = "new+one" },
    request = {
      method = "POST", path = "/password/change", form = { SESSION, { "currentPassword", "old one" }, { "password", "new+one" } },
    },
    response = { status = 200, body = [[{"success":true,"response":"","sessions":null}]] },
    result = "",
  },
}
