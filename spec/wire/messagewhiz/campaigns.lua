-- SPDX-License-Identifier: MIT
-- MessageWhiz API document, section "Campaigns": operations 1 to 5. The format of a case is told in ../messagewhiz.lua.

return {
  {
    n = 1,
    call = "campaigns.create",
    args = { name = "CampaignName", start_date = "2020-07-22T21:00:00.000Z", end_date = "2020-09-25T21:00:00.000Z" },
    request = {
      method = "POST",
      path = "/api/3/campaign",
      json = [[{
        "name":"CampaignName",
        "start_date":"2020-07-22T21:00:00.000Z",
        "end_date":"2020-09-25T21:00:00.000Z"
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.044941952,
        "result": {
          "id": 46279,
          "is_default": 0,
          "name": "CampaignName",
          "start_date": "2020-07-22T21:00:00.000Z",
          "end_date": "2020-09-25T21:00:00.000Z",
          "enabled": true
        }
      }]],
    },
    result = {
      id = 46279, is_default = 0, name = "CampaignName", enabled = true,
      start_date = "2020-07-22T21:00:00.000Z", end_date = "2020-09-25T21:00:00.000Z",
    },
  },
  {
    n = 1,
    note = "the text makes both dates optional: none is sent when none is given",
    call = "campaigns.create",
    args = { name = "Sommer »20«" },
    request = { method = "POST", path = "/api/3/campaign", json = [[{"name":"Sommer »20«"}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,
        "result":{"id":46280,"is_default":0,"name":"Sommer »20«","start_date":null,"end_date":null,"enabled":true}}]],
    },
    result = { id = 46280, is_default = 0, name = "Sommer »20«", enabled = true },
  },
  {
    n = 2,
    call = "campaigns.list",
    args = { start = 0 },
    request = { method = "GET", path = "/api/3/campaign", query = { { "start", "0" } } },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.012664016,
        "result": [
          {
            "enabled": true,
            "id": 46279,
            "is_default": 0,
            "name": "CampaignName",
            "start_date": "2020-07-22T21:00:00.000Z",
            "end_date": "2020-09-25T21:00:00.000Z",
            "userList": [ { "campaign_id": 46279, "user_id": 3191, "company_id": 3182 } ]
          },
          {
            "enabled": true,
            "id": 34641,
            "is_default": 1,
            "name": "Default campaign",
            "start_date": null,
            "end_date": null,
            "userList": [ { "campaign_id": 34641, "user_id": 3191, "company_id": null } ]
          }
        ]
      }]],
    },
    result = {
      {
        enabled = true, id = 46279, is_default = 0, name = "CampaignName",
        start_date = "2020-07-22T21:00:00.000Z", end_date = "2020-09-25T21:00:00.000Z",
        userList = { { campaign_id = 46279, user_id = 3191, company_id = 3182 } },
      },
      {
        enabled = true, id = 34641, is_default = 1, name = "Default campaign",
        userList = { { campaign_id = 34641, user_id = 3191 } },
      },
    },
  },
  {
    n = 2,
    note = "the text's example: two inactive campaigns",
    call = "campaigns.list",
    args = { limit = 2, enabled = false },
    request = { method = "GET", path = "/api/3/campaign", query = { { "limit", "2" }, { "enabled", "false" } } },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,"result":[]}]] },
    result = {},
  },
  {
    n = 2,
    note = "the text's example: by name; the value holds a '=' and is percent-encoded once",
    call = "campaigns.list",
    args = { filter = "name=CampaignName" },
    request = {
      method = "GET",
      path = "/api/3/campaign",
      query = { { "filter", "name=CampaignName" } },
      query_raw = "filter=name%3DCampaignName",
    },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,"result":[]}]] },
    result = {},
  },
  {
    n = 2,
    note = "no parameters: no query, not even the lone '?' that other GET examples end with",
    call = "campaigns.list",
    request = { method = "GET", path = "/api/3/campaign" },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,"result":[]}]] },
    result = {},
  },
  {
    n = 3,
    call = "campaigns.update",
    args = { id = 46279, end_date = "2021-03-25T21:00:00.000Z" },
    request = { method = "PUT", path = "/api/3/campaign/46279", json = [[{"end_date":"2021-03-25T21:00:00.000Z"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.026245764,
        "result": {
          "id": 46279,
          "is_default": 0,
          "name": "CampaignName",
          "start_date": "2020-07-22T21:00:00.000Z",
          "end_date": "2021-03-25T21:00:00.000Z",
          "enabled": true
        }
      }]],
    },
    result = {
      id = 46279, is_default = 0, name = "CampaignName", enabled = true,
      start_date = "2020-07-22T21:00:00.000Z", end_date = "2021-03-25T21:00:00.000Z",
    },
  },
  {
    n = 4,
    note = "enabled goes out as the string \"1\" and comes back as the number 1",
    call = "campaigns.patch",
    args = { id = 46279, enabled = true },
    request = { method = "PATCH", path = "/api/3/campaign/46279", json = [[{"enabled": "1"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.013305616,
        "result": { "id": 46279, "enabled": 1 }
      }]],
    },
    result = { id = 46279, enabled = true },
  },
  {
    n = 5,
    call = "campaigns.disable",
    args = { id = 46317 },
    request = { method = "DELETE", path = "/api/3/campaign/46317" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.034133648, "result": true}]],
    },
    result = true,
  },
}
