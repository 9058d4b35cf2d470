-- SPDX-License-Identifier: MIT
-- Zipwhip's guide "Saving Contacts" (contact/save), and contact/list, contact/get, contact/delete: operations 20 to 23.
-- The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua.

local SESSION = { "session", "00000000-1111-2222-3333-444444444444:300000001" }

return {
  {
    n = 20,
    note = "the guide's request and answer, its placeholders filled in and its braces put back",
    call = "contacts.save",
    args = { mobileNumber = "2065551234", firstName = "Ann", lastName = "Oé", email = "ann@example.com", notes = "a note & more" },
    request = {
      method = "POST",
      path = "/contact/save",
      form = {
        SESSION, { "mobileNumber", "2065551234" }, { "firstName", "Ann" }, { "lastName", "Oé" }, { "email", "ann@example.com" },
        { "notes", "a note & more" },
      },
    },
    response = {
      status = 200,
      body = [[{
        "success": true,
        "response": {
          "id": 12345678901,
          "version": 300,
          "lastUpdated": "2020-01-08T00:10:29+00:00",
          "dateCreated": "2018-08-31T22:01:37+00:00",
          "deviceId": 123456789,
          "firstName": "Ann",
          "lastName": "Oé",
          "email": "ann@example.com",
          "mobileNumber": "2065551234",
          "address": "ptn:/1234567890",
          "notes": "a note & more"
        },
        "sessions": null
      }]],
    },
    result = {
      id = "12345678901", version = 300, lastUpdated = "2020-01-08T00:10:29+00:00", dateCreated = "2018-08-31T22:01:37+00:00",
      deviceId = "123456789", firstName = "Ann", lastName = "Oé", email = "ann@example.com", mobileNumber = "2065551234",
      address = "ptn:/1234567890", notes = "a note & more",
    },
  },
  {
    n = 20,
    note = "the one required field, in E.164",
    call = "contacts.save",
    args = { mobileNumber = "+12065551234" },
    request = { method = "POST", path = "/contact/save", form = { SESSION, { "mobileNumber", "+12065551234" } } },
    response = { status = 200, body = [[{"success":true,"response":{"id":12345678901,"mobileNumber":"+12065551234"},"sessions":null}]] },
    result = { id = "12345678901", mobileNumber = "+12065551234" },
  },
  {
    n = 20,
    note = "the further fields of the vendor's client; a number that comes as a number is a string",
    call = "contacts.save",
    args = {
      mobileNumber = "2065551234", address = "ptn:/2065551234", city = "Seattle", state = "WA", zipcode = "98101", loc = "l",
      phoneKey = "k", businessName = "ACME", jobTitle = "CEO", addressLine1 = "1 St", addressLine2 = "#2", country = "US",
      custom1 = "c1", custom2 = "c2",
    },
    request = {
      method = "POST",
      path = "/contact/save",
      form = {
        SESSION, { "mobileNumber", "2065551234" }, { "address", "ptn:/2065551234" }, { "city", "Seattle" }, { "state", "WA" },
        { "zipcode", "98101" }, { "loc", "l" }, { "phoneKey", "k" }, { "businessName", "ACME" }, { "jobTitle", "CEO" },
        { "addressLine1", "1 St" }, { "addressLine2", "#2" }, { "country", "US" }, { "custom1", "c1" }, { "custom2", "c2" },
      },
    },
    response = { status = 200, body = [[{"success":true,"response":{"id":1,"mobileNumber":2065551234,"phoneId":5}}]] },
    result = { id = "1", mobileNumber = "2065551234", phoneId = "5" },
  },
  {
    n = 21,
    note = "pages count from 1",
    call = "contacts.list",
    args = { page = 1, pageSize = 2 },
    request = { method = "POST", path = "/contact/list", form = { SESSION, { "page", "1" }, { "pageSize", "2" } } },
    response = {
      status = 200,
      body = [[{"total":2,"success":true,"page":1,"pages":45,"response":[
        {"id":10000000001,"mobileNumber":"2065550100","firstName":"A","MOCount":1,"ZOCount":0,"isZwUser":false,"deviceId":100000001},
        {"id":10000000002,"mobileNumber":"+12065550101","firstName":"","birthday":null,"deviceId":100000001}]}]],
    },
    result = {
      {
        id = "10000000001", mobileNumber = "2065550100", firstName = "A", MOCount = 1, ZOCount = 0, isZwUser = false,
        deviceId = "100000001",
      },
      { id = "10000000002", mobileNumber = "+12065550101", firstName = "", deviceId = "100000001" },
    },
    page = { total = 2, page = 1, pages = 45 },
  },
  {
    n = 21,
    note = "no parameters",
    call = "contacts.list",
    request = { method = "POST", path = "/contact/list", form = { SESSION } },
    response = { status = 200, body = [[{"success":true,"total":0,"page":1,"pages":0,"response":[],"sessions":null}]] },
    result = {},
    page = { total = 0, page = 1, pages = 0 },
  },
  {
    n = 22,
    note = "by id",
    call = "contacts.get",
    args = { id = "10000000001" },
    request = { method = "POST", path = "/contact/get", form = { SESSION, { "id", "10000000001" } } },
    response = { status = 200, body = [[{"success":true,"response":{"id":10000000001,"firstName":"A"},"sessions":null}]] },
    result = { id = "10000000001", firstName = "A" },
  },
  {
    n = 22,
    note = "by number",
    call = "contacts.get",
    args = { mobileNumber = "2065550100" },
    request = { method = "POST", path = "/contact/get", form = { SESSION, { "mobileNumber", "2065550100" } } },
    response = { status = 200, body = [[{"success":true,"response":{"id":10000000001}}]] },
    result = { id = "10000000001" },
  },
  {
    n = 22,
    note = "by address",
    call = "contacts.get",
    args = { address = "ptn:/2065550100" },
    request = { method = "POST", path = "/contact/get", form = { SESSION, { "address", "ptn:/2065550100" } } },
    response = { status = 200, body = [[{"success":true,"response":{"id":10000000001}}]] },
    result = { id = "10000000001" },
  },
  {
    n = 23,
    note = "the parameter is called contact; response is false and the call has succeeded",
    call = "contacts.delete",
    args = { contact = 10000000001 },
    request = { method = "POST", path = "/contact/delete", form = { SESSION, { "contact", "10000000001" } } },
    response = { status = 200, body = [[{"success":true,"response":false,"sessions":null}]] },
    result = true,
  },
  {
    n = 23,
    note = "several: the parameter is repeated; response is null",
    call = "contacts.delete",
    args = { contact = { "10000000001", "10000000002" } },
    request = {
      method = "POST", path = "/contact/delete", form = { SESSION, { "contact", "10000000001" }, { "contact", "10000000002" } },
    },
    response = { status = 200, body = [[{"success":true,"response":null,"sessions":null}]] },
    result = true,
  },
}
