-- SPDX-License-Identifier: MIT
-- The private state of each client and resource, by the table that a script holds: out of reach of code that looks into that one with
-- `next` or a serialiser. Modules of the library that drive several clients look here whether something is one.

return setmetatable({}, { __mode = "k" })
