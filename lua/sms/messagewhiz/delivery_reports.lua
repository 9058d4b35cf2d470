-- SPDX-License-Identifier: MIT
-- MessageWhiz delivery reports as facts.

return {
  "Delivery reports count the outcomes of a broadcast's messages.",
  get = {
    "POST /api/3/DeliveryReport", "Delivery counts of a broadcast, one row for each segment of a smart one; empty until there are any.",
    result = "messagewhiz.DeliveryReport[]", repeatable = true, source = "Get a delivery report",
    body = { bid = "sms.Id" },
  },
}
