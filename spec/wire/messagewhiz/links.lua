-- SPDX-License-Identifier: MIT
-- MessageWhiz API document, sections "Links" and "Link Lists": operations 52 to 66. The format of a case is told in ../messagewhiz.lua.

local CSV = '"name";"url"\n"test";"https://google.com"\n'

return {
  {
    n = 52,
    note = "the example body lacks two commas",
    call = "links.create",
    args = {
      name = "Link1",
      url = "https://foot1.com",
      platform_based_links = { bot_redirect = "https://foot32.com/desktop", preview_url = "https://foot12.com" },
    },
    request = {
      method = "POST",
      path = "/api/3/link",
      json = [[{
        "name":"Link1",
        "url": "https://foot1.com",
        "platform_based_links": {
          "bot_redirect":"https://foot32.com/desktop",
          "preview_url":"https://foot12.com"
        }
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.01954006,
        "result": {
          "id": 165655,
          "name": "Link1",
          "url": "https://foot1.com",
          "enabled": true,
          "type":0,
          "platform_based_links": {
            "bot_redirect":"https://foot32.com/desktop",
            "preview_url":"https://foot12.com"
          }
        }
      }]],
    },
    result = {
      id = 165655, name = "Link1", url = "https://foot1.com", enabled = true, type = 0,
      platform_based_links = { bot_redirect = "https://foot32.com/desktop", preview_url = "https://foot12.com" },
    },
  },
  {
    n = 52,
    note = "platform_based_links is optional",
    call = "links.create",
    args = { name = "Link2", url = "https://foot1.com/?a=1&b=2" },
    request = { method = "POST", path = "/api/3/link", json = [[{"name":"Link2", "url": "https://foot1.com/?a=1&b=2"}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,
        "result":{"id":165656,"name":"Link2","url":"https://foot1.com/?a=1&b=2","enabled":true,"type":0}}]],
    },
    result = { id = 165656, name = "Link2", url = "https://foot1.com/?a=1&b=2", enabled = true, type = 0 },
  },
  {
    n = 53,
    call = "links.list",
    request = { method = "GET", path = "/api/3/link" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.006230324,
        "result": [
          { "enabled": true, "id": 165655, "name": "Link1", "url": "https://foot1.com" },
          { "enabled": true, "id": 146746, "name": "test", "url": "https://sms.messagewhiz.com/app/workspace/links" }
        ]
      }]],
    },
    result = {
      { enabled = true, id = 165655, name = "Link1", url = "https://foot1.com" },
      { enabled = true, id = 146746, name = "test", url = "https://sms.messagewhiz.com/app/workspace/links" },
    },
  },
  {
    n = 53,
    note = "the text's example: by address",
    call = "links.list",
    args = { filter = "url=https://foot1.com" },
    request = { method = "GET", path = "/api/3/link", query = { { "filter", "url=https://foot1.com" } } },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.006,"result":[]}]] },
    result = {},
  },
  {
    n = 53,
    note = "the text's example: by name; with the table's other parameters",
    call = "links.list",
    args = { filter = "name=Link1", limit = 1, start = 1, enabled = false },
    request = {
      method = "GET",
      path = "/api/3/link",
      query = { { "filter", "name=Link1" }, { "limit", "1" }, { "start", "1" }, { "enabled", "false" } },
    },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.006,"result":[]}]] },
    result = {},
  },
  {
    n = 54,
    note = "the example body has a trailing comma",
    call = "links.update",
    args = { id = 165655, name = "FirstLink", url = "https://foot1.com" },
    request = { method = "PUT", path = "/api/3/link/165655", json = [[{"name": "FirstLink", "url": "https://foot1.com"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.011805652,
        "result": { "id": 165655, "name": "FirstLink", "url": "https://foot1.com", "enabled": true }
      }]],
    },
    result = { id = 165655, name = "FirstLink", url = "https://foot1.com", enabled = true },
  },
  {
    n = 54,
    note = "the text: one field is enough, and those of creation are allowed",
    call = "links.update",
    args = { id = 165655, platform_based_links = { preview_url = "https://foot12.com" } },
    request = {
      method = "PUT",
      path = "/api/3/link/165655",
      json = [[{"platform_based_links": {"preview_url": "https://foot12.com"}}]],
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,
        "result":{"id":165655,"name":"FirstLink","url":"https://foot1.com","enabled":true}}]],
    },
    result = { id = 165655, name = "FirstLink", url = "https://foot1.com", enabled = true },
  },
  {
    n = 55,
    call = "links.disable",
    args = { id = 165655 },
    request = { method = "DELETE", path = "/api/3/link/165655" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.016383932, "result": true}]],
    },
    result = true,
  },
  {
    n = 56,
    note = "the example spells the key's header apiley",
    call = "links.conversion",
    args = { url = "mmdsmart.com" },
    request = { method = "POST", path = "/api/3/details/linkConversion", json = [[{"url":"mmdsmart.com"}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.12326038,
        "result": { "conversion": 100, "totalRecipients": 1, "clicks": 1 }
      }]],
    },
    result = { conversion = 100, totalRecipients = 1, clicks = 1 },
  },
  {
    n = 57,
    note = "the example body has a brace too many",
    call = "link_lists.create",
    args = { name = "FirstLinkList", linkIds = { "311" } },
    request = { method = "POST", path = "/api/3/LinkList", json = [[{"name":"FirstLinkList", "linkIds":["311"]}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.017949384,
        "result": { "id": 6940, "name": "FirstLinkList", "enabled": true, "linkListLength": 1, "warning":"" }
      }]],
    },
    result = { id = 6940, name = "FirstLinkList", enabled = true, linkListLength = 1, warning = "" },
  },
  {
    n = 57,
    note = "the text: links, an array of objects with url and name, instead of linkIds",
    call = "link_lists.create",
    args = { name = "FirstLinkList", links = { { name = "test", url = "https://google.com" } } },
    request = {
      method = "POST",
      path = "/api/3/LinkList",
      json = [[{"name":"FirstLinkList", "links":[{"name":"test", "url":"https://google.com"}]}]],
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,
        "result":{"id":6941,"name":"FirstLinkList","enabled":true,"linkListLength":1,"warning":""}}]],
    },
    result = { id = 6941, name = "FirstLinkList", enabled = true, linkListLength = 1, warning = "" },
  },
  {
    n = 57,
    note = "the text: the name alone creates an empty list",
    call = "link_lists.create",
    args = { name = "Empty" },
    request = { method = "POST", path = "/api/3/LinkList", json = [[{"name":"Empty"}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.01,
        "result":{"id":6942,"name":"Empty","enabled":true,"linkListLength":0,"warning":""}}]],
    },
    result = { id = 6942, name = "Empty", enabled = true, linkListLength = 0, warning = "" },
  },
  {
    n = 58,
    note = "only the links that exist are answered",
    call = "link_lists.add_links",
    args = { id = 6940, ids = { "146746", "13298" } },
    request = { method = "POST", path = "/api/3/LinkList/6940/links", json = [[{"ids":["146746", "13298"]}]] },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.04211898, "result": [ 146746 ]}]],
    },
    result = { 146746 },
  },
  {
    n = 58,
    note = "the text: or one link, id(int)",
    call = "link_lists.add_links",
    args = { id = 6940, link_id = 146746 },
    request = { method = "POST", path = "/api/3/LinkList/6940/links", json = [[{"id": 146746}]] },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.04,"result":[146746]}]],
    },
    result = { 146746 },
  },
  {
    n = 59,
    call = "link_lists.import",
    args = { doc = { data = CSV, name = "linkList.csv" }, mapping = { "name", "url" }, name = "FirstLinkList" },
    request = {
      method = "POST",
      path = "/api/3/LinkList",
      parts = {
        { name = "doc", filename = "linkList.csv", data = CSV },
        { name = "mapping", json = [[{"0":"name", "1":"url"}]] },
        { name = "name", data = "FirstLinkList" },
      },
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.105039176,
        "result": { "id": 7077, "name": "FirstLinkList", "enabled": true }
      }]],
    },
    result = { id = 7077, name = "FirstLinkList", enabled = true },
  },
  {
    n = 60,
    call = "link_lists.add_new_links",
    args = {
      id = 6940,
      links = {
        { name = "some3 name", url = "https://43.url.com" },
        { name = "some3 name 2", url = "https://24422.url.com" },
      },
    },
    request = {
      method = "POST",
      path = "/api/3/LinkList/6940/links/bulk",
      json = [[{"links":
        [{"name": "some3 name", "url": "https://43.url.com"}, {"name": "some3 name 2", "url": "https://24422.url.com"}]
      }]],
    },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.064860264,
        "result": { "enabled": true, "id": 6940, "name": "FirstLinkList", "user_id": 3191, "company_id": 3182 }
      }]],
    },
    result = { enabled = true, id = 6940, name = "FirstLinkList", user_id = 3191, company_id = 3182 },
  },
  {
    n = 61,
    call = "link_lists.list",
    request = { method = "GET", path = "/api/3/LinkList" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.056359856,
        "result": [ { "id": 6943, "name": "LinksList", "enabled": 1, "conversionCount": 0 } ]
      }]],
    },
    result = { { id = 6943, name = "LinksList", enabled = true, conversionCount = 0 } },
  },
  {
    n = 61,
    note = "the table of query parameters",
    call = "link_lists.list",
    args = { limit = 4, start = 8, enabled = true, filter = "name=LinksList" },
    request = {
      method = "GET",
      path = "/api/3/LinkList",
      query = { { "limit", "4" }, { "start", "8" }, { "enabled", "true" }, { "filter", "name=LinksList" } },
    },
    response = { status = 200, body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.05,"result":[]}]] },
    result = {},
  },
  {
    n = 62,
    note = "an array of one in the answer, the object itself for the caller, as operation 25 answers",
    call = "link_lists.links",
    args = { id = 6941 },
    request = { method = "GET", path = "/api/3/LinkList/6941/links" },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.010940972,
        "result": [
          {
            "id": 6941,
            "links": [
              { "linkId": 146746, "url": "https://google.com" },
              { "linkId": 146747, "url": "https://youtube.com" }
            ]
          }
        ]
      }]],
    },
    result = {
      id = 6941,
      links = { { linkId = 146746, url = "https://google.com" }, { linkId = 146747, url = "https://youtube.com" } },
    },
  },
  {
    n = 63,
    note = "the document has no answer, this one is drawn after operation 59's",
    call = "link_lists.replace",
    args = { id = 6941, doc = { data = CSV, name = "SecondLinkList.csv" }, mapping = { [0] = "name", [1] = "url" }, name = "NewList" },
    request = {
      method = "PUT",
      path = "/api/3/LinkList/6941",
      parts = {
        { name = "doc", filename = "SecondLinkList.csv", data = CSV },
        { name = "mapping", json = [[{"0":"name", "1":"url"}]] },
        { name = "name", data = "NewList" },
      },
    },
    response = {
      status = 200,
      body = [[{"errorCode":0,"errorMessage":"","errorType":"","executionTime":0.1,
        "result":{"id":6941,"name":"NewList","enabled":true}}]],
    },
    result = { id = 6941, name = "NewList", enabled = true },
  },
  {
    n = 64,
    call = "link_lists.patch",
    args = { id = 6944, enabled = true },
    request = { method = "PATCH", path = "/api/3/LinkList/6944", json = [[{"enabled": 1}]] },
    response = {
      status = 200,
      body = [[{
        "errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.009358444,
        "result": { "id": 6944, "enabled": 1 }
      }]],
    },
    result = { id = 6944, enabled = true },
  },
  {
    n = 65,
    call = "link_lists.disable",
    args = { id = 6941 },
    request = { method = "DELETE", path = "/api/3/LinkList/6941" },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 2.519399016, "result": true}]],
    },
    result = true,
  },
  {
    n = 66,
    note = "the parameter is called [id], with its brackets, and they are percent-encoded",
    call = "link_lists.remove_link",
    args = { id = 6940, link_id = 146746 },
    request = {
      method = "DELETE",
      path = "/api/3/LinkList/6940/links",
      query = { { "[id]", "146746" } },
      query_raw = "%5Bid%5D=146746",
    },
    response = {
      status = 200,
      body = [[{"errorCode": 0, "errorMessage": "", "errorType": "", "executionTime": 0.014643696, "result": true}]],
    },
    result = true,
  },
}
