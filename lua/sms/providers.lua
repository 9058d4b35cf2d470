-- SPDX-License-Identifier: MIT
-- The names of the providers.

return { "messagewhiz", "websms", "zipwhip", "zoomconnect" }
