-- SPDX-License-Identifier: MIT
-- Credentials that a new sandbox takes, by provider: options of its client.

return {
  messagewhiz = { apikey = "sandbox-key" },
  websms = { token = "sandbox-token" },
  zipwhip = { session = "00000000-0000-4000-8000-000000000001:300000001" },
  zoomconnect = { email = "sandbox@example.org", token = "sandbox-token", url_token = "sandbox-url-token" },
}
