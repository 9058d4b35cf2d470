-- SPDX-License-Identifier: MIT
-- ZoomConnect's guide, section "Account": operations 1 to 7, and the three ways to sign a request (section "Authentication").
-- The format of a case is told in ../messagewhiz.lua.

local BALANCE = { status = 200, body = [[{"creditBalance":123.5,"links":[]}]] }

return {
  {
    n = 1,
    note = "the two headers of the guide",
    call = "account.balance",
    request = {
      method = "GET",
      path = "/api/rest/v1/account/balance",
      headers = { email = "dev@example.com", token = "wire-token-0a1b2c3d", accept = "application/json", authorization = false },
    },
    response = BALANCE,
    result = { creditBalance = 123.5, links = {} },
  },
  {
    n = 1,
    note = "auth = headers, asked for by name",
    call = "account.balance",
    client = { auth = "headers" },
    request = { method = "GET", path = "/api/rest/v1/account/balance" },
    response = BALANCE,
    result = { creditBalance = 123.5, links = {} },
  },
  {
    n = 1,
    note = "auth = basic: address and token are user and password",
    call = "account.balance",
    client = { auth = "basic" },
    request = {
      method = "GET",
      path = "/api/rest/v1/account/balance",
      headers = { email = false, token = false },
      user = "dev@example.com",
      password = "wire-token-0a1b2c3d",
    },
    response = BALANCE,
    result = { creditBalance = 123.5, links = {} },
  },
  {
    n = 1,
    note = "auth = query: for tests only, says the guide",
    call = "account.balance",
    client = { auth = "query" },
    request = {
      method = "GET",
      path = "/api/rest/v1/account/balance",
      headers = { email = false, token = false, authorization = false },
      query = { { "email", "dev@example.com" }, { "token", "wire-token-0a1b2c3d" } },
      secret_in_url = true,
    },
    response = BALANCE,
    result = { creditBalance = 123.5, links = {} },
  },
  {
    n = 1,
    note = "a whole number with a decimal point stays a float",
    call = "account.balance",
    request = { method = "GET", path = "/api/rest/v1/account/balance" },
    response = { status = 200, body = [[{"creditBalance":0.0,"links":null}]] },
    result = { creditBalance = 0.0 },
  },
  {
    n = 2,
    note = "all parameters are optional",
    call = "account.statistics",
    request = { method = "GET", path = "/api/rest/v1/account/statistics" },
    response = {
      status = 200,
      body = [[{
        "from": null, "to": null, "showingCreditValue": false,
        "grandTotal": { "total": 10.0, "sent": 1.0, "delivered": 7.0, "failed": 2.0, "failedRefunded": 0.0, "failedOptout": 0.0 },
        "users": []
      }]],
    },
    result = {
      showingCreditValue = false,
      grandTotal = { total = 10.0, sent = 1.0, delivered = 7.0, failed = 2.0, failedRefunded = 0.0, failedOptout = 0.0 },
      users = {},
    },
  },
  {
    n = 2,
    note = "every parameter; dates are dd-MM-yyyy here",
    call = "account.statistics",
    args = {
      from = "01-02-2024", to = "29-02-2024", userEmailAddress = "one+two@example.com", campaign = "shoe campaign",
      includeRefundedAndOptout = true, calculateCreditValue = false,
    },
    request = {
      method = "GET",
      path = "/api/rest/v1/account/statistics",
      query = {
        { "from", "01-02-2024" }, { "to", "29-02-2024" }, { "userEmailAddress", "one+two@example.com" },
        { "campaign", "shoe campaign" }, { "includeRefundedAndOptout", "true" }, { "calculateCreditValue", "false" },
      },
    },
    response = {
      status = 200,
      body = [[{
        "from": "2024-02-01T00:00:00.000+02:00", "to": "2024-02-29T00:00:00.000+02:00", "showingCreditValue": false,
        "grandTotal": { "total": 3.0, "sent": 0.0, "delivered": 3.0, "failed": 0.0, "failedRefunded": 0.0, "failedOptout": 0.0 },
        "users": [ {
          "user": { "userId": 5001, "emailAddress": "one+two@example.com", "firstName": "A", "lastName": "B",
            "contactNumber": "27825551234", "company": null, "password": null, "creditBalance": 12.5 },
          "total": { "total": 3.0, "sent": 0.0, "delivered": 3.0, "failed": 0.0, "failedRefunded": 0.0, "failedOptout": 0.0 },
          "campaigns": [ { "campaign": "shoe campaign", "statistics":
            { "total": 3.0, "sent": 0.0, "delivered": 3.0, "failed": 0.0, "failedRefunded": 0.0, "failedOptout": 0.0 } } ]
        } ]
      }]],
    },
    result = {
      from = "2024-02-01T00:00:00.000+02:00", to = "2024-02-29T00:00:00.000+02:00", showingCreditValue = false,
      grandTotal = { total = 3.0, sent = 0.0, delivered = 3.0, failed = 0.0, failedRefunded = 0.0, failedOptout = 0.0 },
      users = {
        {
          user = {
            userId = 5001, emailAddress = "one+two@example.com", firstName = "A", lastName = "B", contactNumber = "27825551234",
            creditBalance = 12.5,
          },
          total = { total = 3.0, sent = 0.0, delivered = 3.0, failed = 0.0, failedRefunded = 0.0, failedOptout = 0.0 },
          campaigns = {
            {
              campaign = "shoe campaign",
              statistics = { total = 3.0, sent = 0.0, delivered = 3.0, failed = 0.0, failedRefunded = 0.0, failedOptout = 0.0 },
            },
          },
        },
      },
    },
  },
  {
    n = 3,
    note = "the guide's body class; the description's answer class",
    call = "account.transfer",
    args = { transferFromEmailAddress = "from@example.com", transferToEmailAddress = "to@example.com", numberOfCreditsToTransfer = 10 },
    request = {
      method = "POST",
      path = "/api/rest/v1/account/transfer",
      json = [[{
        "transferFromEmailAddress": "from@example.com",
        "transferToEmailAddress": "to@example.com",
        "numberOfCreditsToTransfer": 10
      }]],
    },
    response = {
      status = 200,
      body = [[{"userId":5001,"emailAddress":"from@example.com","firstName":"A","lastName":"B","contactNumber":"0825551234",
        "company":"ACME","password":null,"creditBalance":90.0}]],
    },
    result = {
      userId = 5001, emailAddress = "from@example.com", firstName = "A", lastName = "B", contactNumber = "0825551234",
      company = "ACME", creditBalance = 90.0,
    },
  },
  {
    n = 4,
    note = "the wrapper webServiceUserList is envelope",
    call = "account.find_user",
    args = { searchEmail = "a@example.com" },
    request = { method = "GET", path = "/api/rest/v1/account/user", query = { { "searchEmail", "a@example.com" } } },
    response = {
      status = 200,
      body = [[{"webServiceUserList":[{"userId":5001,"emailAddress":"a@example.com","firstName":"A","lastName":"B",
        "contactNumber":"+27825551234","company":"ACME","password":null,"creditBalance":0.5}]}]],
    },
    result = {
      {
        userId = 5001, emailAddress = "a@example.com", firstName = "A", lastName = "B", contactNumber = "+27825551234",
        company = "ACME", creditBalance = 0.5,
      },
    },
  },
  {
    n = 4,
    note = "nobody has this address",
    call = "account.find_user",
    args = { searchEmail = "nobody@example.com" },
    request = { method = "GET", path = "/api/rest/v1/account/user", query = { { "searchEmail", "nobody@example.com" } } },
    response = { status = 200, body = [[{"webServiceUserList":[]}]] },
    result = {},
  },
  {
    n = 5,
    note = "PUT creates; of the body class only what is given",
    call = "account.create_user",
    args = {
      firstName = "A", lastName = "B", emailAddress = "a@example.com", contactNumber = "0825551234", password = "pass word",
    },
    request = {
      method = "PUT",
      path = "/api/rest/v1/account/user",
      json = [[{"firstName":"A","lastName":"B","emailAddress":"a@example.com","contactNumber":"0825551234","password":"pass word"}]],
    },
    response = {
      status = 201,
      body = [[{"userId":9007199254740993,"emailAddress":"a@example.com","firstName":"A","lastName":"B",
        "contactNumber":"0825551234","company":null,"password":null,"creditBalance":0.0}]],
    },
    result = {
      userId = 9007199254740993, emailAddress = "a@example.com", firstName = "A", lastName = "B", contactNumber = "0825551234",
      creditBalance = 0.0,
    },
  },
  {
    n = 5,
    note = "the guide's body class whole",
    call = "account.create_user",
    args = {
      password = "p", creditBalance = 0, emailAddress = "a@example.com", firstName = "A", lastName = "B",
      contactNumber = "0825551234", userId = 0, company = "ACME",
    },
    request = {
      method = "PUT",
      path = "/api/rest/v1/account/user",
      json = [[{ "password": "p", "creditBalance": 0, "emailAddress": "a@example.com", "firstName": "A", "lastName": "B",
        "contactNumber": "0825551234", "userId": 0, "company": "ACME" }]],
    },
    response = { status = 200, body = [[{"userId":5002,"emailAddress":"a@example.com","company":"ACME","creditBalance":0.0}]] },
    result = { userId = 5002, emailAddress = "a@example.com", company = "ACME", creditBalance = 0.0 },
  },
  {
    n = 6,
    call = "account.get_user",
    note = "the answer of the description's class",
    args = { id = 5001 },
    request = { method = "GET", path = "/api/rest/v1/account/user/5001" },
    response = { status = 200, body = [[{"userId":5001,"emailAddress":"a@example.com","creditBalance":1.25}]] },
    result = { userId = 5001, emailAddress = "a@example.com", creditBalance = 1.25 },
  },
  {
    n = 7,
    note = "POST changes; these four fields may change",
    call = "account.update_user",
    args = { id = "5001", firstName = "A", lastName = "B", contactNumber = "+27825551234", password = "new" },
    request = {
      method = "POST",
      path = "/api/rest/v1/account/user/5001",
      json = [[{"firstName":"A","lastName":"B","contactNumber":"+27825551234","password":"new"}]],
    },
    response = {
      status = 200,
      body = [[{"userId":5001,"emailAddress":"a@example.com","firstName":"A","lastName":"B","contactNumber":"+27825551234"}]],
    },
    result = { userId = 5001, emailAddress = "a@example.com", firstName = "A", lastName = "B", contactNumber = "+27825551234" },
  },
  {
    n = 7,
    note = "the other fields of the guide's body class are taken too",
    call = "account.update_user",
    args = { id = 5001, company = "ACME", emailAddress = "a@example.com", creditBalance = 2.5, userId = 5001 },
    request = {
      method = "POST",
      path = "/api/rest/v1/account/user/5001",
      json = [[{"company":"ACME","emailAddress":"a@example.com","creditBalance":2.5,"userId":5001}]],
    },
    response = { status = 201, body = [[{"userId":5001,"company":"ACME"}]] },
    result = { userId = 5001, company = "ACME" },
  },
}
