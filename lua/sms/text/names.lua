-- SPDX-License-Identifier: MIT
-- Unicode character names: the C module `sms.names`, which is separate because its tables are larger than the core.

local ok, names = pcall(require, "sms.names")
if not ok then
  error("the names of characters are in sms.names, a C module of lua-sms (names.so beside core.so), which could not be loaded:\n"
    .. tostring(names), 0)
end

--- `names.of(code_point)`: the Unicode 15.0 name of a code point from 0 to 0x10FFFF, or `U+E000` and the like if it has none. A
--- Hangul syllables and ideographs are named by the rules of The Unicode Standard, section 4.8; control characters by their former names.
--- Raises an error for anything that is not a code point.
return names
