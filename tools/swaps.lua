-- SPDX-License-Identifier: MIT
-- By hand: what a reader takes for the same in GSM-7 where Unicode has no decomposition that says so. tools/unicode.lua adds
-- everything that follows from decompositions: `ﬁ` is `fi`, `ę` is `e`, `𝐇` is `H`.

local swaps = {
  LONGEST = 8, -- bytes of a swap; longer ones cost more than they save
  texts = {}, -- code point → GSM-7 text
  joiners = {}, -- invisible, but a part of what stands beside them
  never = {}, -- their decomposition says something else to a reader
  same = {}, -- letters to Unicode, typography to a reader
}

local function each(characters, text)
  for _, code in utf8.codes(characters) do swaps.texts[code] = text end
end

local function range(from, to, text)
  for code = from, to do swaps.texts[code] = text end
end

-- Quotes, primes, accents that stand alone.
each("‘’‚‛‹›′‵ʹʻʼʽˈˊˋ`´｀＇❛❜ꞌ", "'")
each("“”„‟«»″‶ʺ˝〝〞〟＂❝❞", '"')
-- Dashes, bullets, dots. An ellipsis is three dots by its decomposition.
each("‐‑‒–—―⁃−‧˗➖⸺⸻﹘", "-")
each("•‣∙◦●▪■◆★☆✱✲✳⁎∗", "*")
each("·•‧ᐧ⋅", ".")
each("¦∣❘", "|")
each("⁄∕", "/")
each("⁓∼˜〜～", "~")
each("ˆ", "^")
each("、，", ",")
each("。", ".")
each("「」『』", '"')
each("【〔〖", "[")
each("】〕〗", "]")
-- Signs.
each("×✕✖✗✘", "x")
each("÷", "/")
for code, text in pairs {
  ["±"] = "+/-", ["≤"] = "<=", ["≥"] = ">=", ["≠"] = "!=", ["≈"] = "~", ["→"] = "->", ["←"] = "<-", ["↔"] = "<->", ["⇒"] = "=>",
  ["➔"] = "->", ["➜"] = "->", ["©"] = "(c)", ["®"] = "(R)", ["℗"] = "(P)", ["°"] = "deg", ["µ"] = "u",
  ["✓"] = "v", ["✔"] = "v",
  ["‰"] = "0/00", ["†"] = "+", ["∞"] = "inf", ["№"] = "No", ["∆"] = "Δ", ["Ω"] = "Ω", ["∑"] = "Σ", ["∏"] = "Π", ["▲"] = "Δ",
  ["¢"] = "c", ["₤"] = "£", ["₹"] = "Rs", ["₺"] = "TL", ["₽"] = "RUB", ["₴"] = "UAH", ["₪"] = "ILS", ["₦"] = "NGN", ["₩"] = "KRW",
  ["₫"] = "VND", ["₱"] = "PHP", ["₿"] = "BTC", ["‱"] = "0/000",
} do
  swaps.texts[utf8.codepoint(code)] = text
end
-- Letters that no decomposition separates.
for letter, text in pairs {
  ["ł"] = "l", ["Ł"] = "L", ["đ"] = "d", ["Đ"] = "D", ["ð"] = "d", ["Ð"] = "D", ["þ"] = "th", ["Þ"] = "Th", ["œ"] = "oe", ["Œ"] = "OE",
  ["ħ"] = "h", ["Ħ"] = "H", ["ŧ"] = "t", ["Ŧ"] = "T", ["ŋ"] = "ng", ["Ŋ"] = "NG", ["ı"] = "i", ["ĸ"] = "k", ["ẞ"] = "SS", ["ə"] = "e",
  ["Ə"] = "E", ["ƒ"] = "f", ["ɓ"] = "b", ["Ɓ"] = "B", ["ɗ"] = "d", ["Ɗ"] = "D", ["ƙ"] = "k", ["Ƙ"] = "K", ["ƴ"] = "y", ["Ƴ"] = "Y",
  ["ɛ"] = "e", ["Ɛ"] = "E", ["ɔ"] = "o", ["Ɔ"] = "O", ["ő"] = "ö", ["Ő"] = "Ö", ["ű"] = "ü", ["Ű"] = "Ü",
} do
  swaps.texts[utf8.codepoint(letter)] = text
end
-- Greek as handsets write it: the capitals of GSM-7 and the Latin letters of the same shape.
local greek = { "ΑαA", "ΒβB", "ΕεE", "ΖζZ", "ΗηH", "ΙιI", "ΚκK", "ΜμM", "ΝνN", "ΟοO", "ΡρP", "ΤτT", "ΥυY", "ΧχX",
  "γΓ", "δΔ", "θΘ", "λΛ", "ξΞ", "πΠ", "σςΣ", "φΦ", "ψΨ", "ωΩ" }
for _, letters in ipairs(greek) do
  local text = letters:sub(utf8.offset(letters, -1))
  for _, code in utf8.codes(letters) do
    if utf8.char(code) ~= text then swaps.texts[code] = text end
  end
end
for _, code in utf8.codes("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ") do swaps.same[code] = true end

-- White space and what is invisible.
each("\t\u{A0}\u{1680}\u{2007}\u{202F}\u{205F}\u{3000}", " ")
range(0x2000, 0x200A, " ")
each("\v\u{85}\u{2028}\u{2029}", "\n")
each("\u{AD}\u{180E}\u{200B}\u{200E}\u{200F}\u{2060}\u{2061}\u{2062}\u{2063}\u{2064}\u{FEFF}", "")
range(0x202A, 0x202E, "")
range(0x2066, 0x206F, "")
for code = 0, 0x9F do
  local printable = code >= 0x20 and code < 0x7F
  local kept = code >= 0x09 and code <= 0x0D or code == 0x85
  if not printable and not kept then swaps.texts[code] = "" end
end
for _, code in ipairs { 0x200C, 0x200D } do swaps.texts[code], swaps.joiners[code] = "", true end
for code = 0xFE00, 0xFE0F do swaps.texts[code], swaps.joiners[code] = "", true end

-- Accents with a space below them: the accent alone, or nothing like it in GSM-7.
for _, code in utf8.codes("¨¯¸˘˙˚˛‾͵΄΅ͺ᾽᾿῀῁῍῎῏῝῞῟῭") do swaps.never[code] = true end
for _, code in utf8.codes("ʹʻʼʽˈˊˋˆ") do swaps.same[code] = true end

return swaps
