-- SPDX-License-Identifier: MIT
-- websms WhatsApp channels as facts. The older path, converged/whatsapp, is not offered: `client:request` reaches it.

return {
  "WhatsApp messages through a channel of the account.",
  send = {
    "POST /channels/{id}/send/whatsapp", "Send a WhatsApp message; `id` is the channel's UUID.", result = "websms.Sent", send = true,
    source = "public: LINK Mobility, Messaging API",
    path = { id = "websms.Channel" },
    body = {
      recipientAddressList = "websms.Recipients", messageContent = "websms.WhatsappContent", clientMessageId = "string?",
      contentCategory = "websms.WhatsappCategory?", priority = "websms.Priority?", test = "boolean?", validityPeriode = "websms.Validity?",
    },
  },
}
