-- SPDX-License-Identifier: MIT
-- Replies that end or begin texts again, as people write them: in any alphabet and case, with emoji, signatures and thanks.

local optout = require "sms.outbox.optout"

describe("a reply", function()
  it("that asks to stop is one in any alphabet, case and company", function()
    for _, text in ipairs {
      "STOP", "stop", "Stop!", " stop ", "\nSTOP\n", "Stop. Thank you", "STOP all", "STOP 🙏", "🛑 STOP", "Stop👍", "STOP\u{FE0F}", "ARRÊT",
      "arrêt", "arre\u{302}t", "DÉSABONNER", "СТОП", "стоп", "Стоп, пожалуйста", "ΣΤΟΠ",
      "توقف", "إيقاف", "הסר", "停止", "退订", "停止。谢谢",
      "ＳＴＯＰ", "ストップ", "중지",
      "STOP\n\nSent from my iPhone", "Stop. Don't ever text me again", '"STOP"', "*STOP*", "opt out", "OPT-OUT", "Please STOP",
      "İPTAL", "ODHLÁSIT", "Stop\u{A0}please", "stop\u{200B}", "STOP STOP STOP",
    } do assert.equal("stop", optout.meaning(text), text) end
  end)

  it("that only has the word is none", function()
    for _, text in ipairs {
      "please don't stop", "Don't stop.", "stop by tomorrow", "Stop by my office. Thanks", "bus stop", "I can't stop laughing!", "nonstop",
      "", "  ", "🛑", "weekend", "the end of it", "cancel my appointment", "когда стоп", "no", "yes we can", "\xFF\xFEstop",
      ("x "):rep(400) .. "stop", "Yes. But only on Tuesdays",
    } do assert.is_nil(optout.meaning(text), text) end
  end)

  it("that asks for texts again must say so, and no more", function()
    for _, text in ipairs { "START", "Yes please", "unstop", "opt in", "старт", "Start 👍" } do
      assert.equal("start", optout.meaning(text), text)
    end
  end)
end)
