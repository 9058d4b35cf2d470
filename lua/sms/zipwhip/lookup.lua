-- SPDX-License-Identifier: MIT
-- Zipwhip's number lookup as facts: another host, its own key, a response without envelope.

return {
  "Lookup checks whether a number can receive texts.",
  textable = {
    "GET /enum/textable", "Whether a number can take texts; needs the client's option lookup_key.", result = "zipwhip.Textable",
    envelope = false, host = "lookup", auth = "lookup", hook = "lookup_key", source = "Number lookup (public documents)",
    query = { phone_number = "sms.Msisdn" },
  },
}
