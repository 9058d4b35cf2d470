-- SPDX-License-Identifier: MIT
-- Unicode's names of characters: the C module `sms.names`, separate because its tables are larger than the core.

local ok, names = pcall(require, "sms.names")
if not ok then
  error("the names of characters are in sms.names, a C module of lua-sms (names.so beside core.so), which could not be loaded:\n"
    .. tostring(names), 0)
end

--- `names.of(code_point)`: Unicode 15.0's name of a character, an integer from 0 to 0x10FFFF, or the form `U+E000` where it has none. A
--- syllable of Hangul and an ideograph are named by the rules of The Unicode Standard, section 4.8; a control character by its former name.
--- Raises for anything that is not a code point.
return names
