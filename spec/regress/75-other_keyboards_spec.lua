-- SPDX-License-Identifier: MIT
-- Numbers copied from a Japanese page, a Mac's address book and a chat: full-width dashes, a minus sign, the long vowel mark, digits in
-- bold, marks that turn the writing direction, keycaps. Each was "no digit". A number with a semicolon left behind had "an extension".

local number = require "sms.number"

describe("a number from another keyboard", function()
  it("is the number", function()
    for _, text in ipairs {
      "＋２７－８２－１２３－４５６７", "+27\u{2212}82\u{2212}123\u{2212}4567", "+27ー82ー123ー4567", "+27（82）123～4567", "\u{61C}+27821234567\u{180E}",
      "+𝟐𝟕𝟖𝟐𝟏𝟐𝟑𝟒𝟓𝟔𝟕", "+𝟸𝟽 𝟾𝟸 𝟷𝟸𝟹 𝟺𝟻𝟼𝟽", "+߂߇߈߂߁߂߃߄߅߆߇", "+2️⃣7️⃣8️⃣2️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", "+27821234567;", "+27821234567 , ",
      "tel:+27821234567;phone-context=example.org", "tel:82-123-4567;phone-context=+27", "sms:+27821234567?body=Hello",
    } do
      assert.equal("+27821234567", (number.e164(text)), text)
    end
  end)
end)
