-- SPDX-License-Identifier: MIT
-- Zipwhip apps as facts: automatic replies (appId 901) and keywords (appId 4601) that the line sends automatically.

return {
  "Apps reply to incoming texts automatically.",
  install = {
    "POST /app/install", "Install the auto-reply app (901) or the keyword app (4601).", result = "zipwhip.App",
    source = "app (public documents)",
    form = { appId = "sms.Id", settings = "string|zipwhip.SettingsText" },
  },
  alter = {
    "POST /app/alter", "Replace an app's settings; an empty list of rules removes the app.", result = "boolean", repeatable = true,
    source = "app (public documents)",
    form = { installedAppId = "sms.Id", settings = "string|zipwhip.SettingsText" },
  },
  list = {
    "POST /app/list", "The installed apps.", result = "zipwhip.App[]", unwrap = "apps", repeatable = true,
    source = "app (public documents)",
    form = {},
  },
}
