-- SPDX-License-Identifier: MIT
-- The private state of each client and resource, keyed by the script's table: hidden from code that inspects it with
-- `next` or a serialiser. Modules that use several clients check here whether a value is one.

return setmetatable({}, { __mode = "k" })
