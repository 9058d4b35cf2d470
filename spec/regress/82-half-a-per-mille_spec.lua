-- SPDX-License-Identifier: MIT
-- The story: to save a segment, the limit of 0,5‰ became one of 0,50/00, and a room of 3·5 metres one of 3.5.

local text = require "sms.text"

describe("a cheaper text", function()
  it("says the same numbers", function()
    local warning = "Please don’t drive – the limit is 0,5‰, and the hall of 3·5 m is “just” 20 m from here… "
    local out, changes, saved = text.optimise(warning:rep(2))
    assert.same({ warning:rep(2), {}, 0 }, { out, changes, saved })
    out = text.optimise((warning:rep(2):gsub("0,5‰", "0.5 per mille"):gsub("3·5", "3 by 5")))
    assert.equal(("Please don't drive - the limit is 0.5 per mille, and the hall of 3 by 5 m is \"just\" 20 m from here... "):rep(2), out)
  end)
end)
