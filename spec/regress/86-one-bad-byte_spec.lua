-- SPDX-License-Identifier: MIT
-- The story: a list in UTF-8 was cut in the middle of a letter when it was copied. All of it was taken for windows-1252, and everybody
-- with an accent read "Dear JosÃ©".

local sms = require "sms"

describe("a list with one bad byte", function()
  it("keeps the names of the others; its line is not sent", function()
    local path = os.tmpname()
    local handle <close> = assert(io.open(path, "wb"))
    handle:write("to,name\n+27825551234,José\n+27825551235,Ren\xC3"):close()
    local names = {}
    for row in assert(sms.rows(path)) do names[#names + 1] = row.ok and row.vars.name or row.reason end
    os.remove(path)
    assert.same({ "José", "malformed" }, names)
  end)
end)
