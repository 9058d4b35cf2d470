-- SPDX-License-Identifier: MIT
-- Zipwhip, installed apps (39 to 41) and the number lookup on its own host (42).
-- The format of a case is told in ../messagewhiz.lua and ../zipwhip.lua.

local SESSION = { "session", "00000000-1111-2222-3333-444444444444:300000001" }
local SETTINGS = [[{"enabled":true,"settings":[{"body":"Away & out","title":"away","startDate":"2015-06-01","endDate":"2015-06-30",]]
  .. [["enabled":true,"keywordEnabled":false,"times":[{"day":"1","startTime":"09:00","endTime":"17:00","active":true}]}]}]]

return {
  {
    n = 39,
    note = "settings is JSON text in one field; install's answer wraps settings one level deeper than list's",
    call = "apps.install",
    args = { appId = 901, settings = SETTINGS },
    request = { method = "POST", path = "/app/install", form = { SESSION, { "appId", "901" }, { "settings", SETTINGS } } },
    response = {
      status = 200,
      body = [[{"success":true,"response":{"appId":901,"appKey":"autoreply","installedAppId":80000001,
        "settings":{"settings":{"enabled":true,"settings":[]}}},"sessions":null}]],
    },
    result = {
      appId = "901", appKey = "autoreply", installedAppId = "80000001",
      settings = { settings = { enabled = true, settings = {} } },
    },
  },
  {
    n = 40,
    note = "response is null; an empty list removes",
    call = "apps.alter",
    args = { installedAppId = "80000001", settings = [[{"enabled":false,"settings":[]}]] },
    request = {
      method = "POST",
      path = "/app/alter",
      form = { SESSION, { "installedAppId", "80000001" }, { "settings", [[{"enabled":false,"settings":[]}]] } },
    },
    response = { status = 200, body = [[{"success":true,"response":null,"sessions":null}]] },
    result = true,
  },
  {
    n = 41,
    note = "the wrapper apps is envelope: a list is the array itself",
    call = "apps.list",
    request = { method = "POST", path = "/app/list", form = { SESSION } },
    response = {
      status = 200,
      body = [[{"success":true,"response":{"apps":[{"appId":901,"appKey":"autoreply","installedAppId":80000001,
        "settings":{"enabled":true,"settings":[]}},{"appId":4601,"appKey":"keywords","installedAppId":80000002}]},"sessions":null}]],
    },
    result = {
      { appId = "901", appKey = "autoreply", installedAppId = "80000001", settings = { enabled = true, settings = {} } },
      { appId = "4601", appKey = "keywords", installedAppId = "80000002" },
    },
  },
  {
    n = 42,
    note = "another host and another key, no session, no envelope; only in process, because the host isn't ours",
    call = "lookup.textable",
    in_process_only = true,
    args = { phone_number = "+12065550100" },
    request = {
      method = "GET",
      base_url = "https://provision.zipwhip.com/api/20140925",
      path = "/enum/textable",
      query = { { "api_key", "lookup-key-1a2b3c" }, { "phone_number", "+12065550100" } },
    },
    response = {
      status = 200,
      body = [[{"error":"false","status_code":"100","provider":"Zipwhip","textable":true,"type":"tollfree",
        "transaction_id":"6f1f8a10-aaaa-bbbb-cccc-000000000001"}]],
    },
    result = {
      error = "false", status_code = "100", provider = "Zipwhip", textable = true, type = "tollfree",
      transaction_id = "6f1f8a10-aaaa-bbbb-cccc-000000000001",
    },
  },
}
