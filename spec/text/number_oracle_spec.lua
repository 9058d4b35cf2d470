-- SPDX-License-Identifier: MIT
-- Our reading of a number of each region in six spellings beside libphonenumber's, which is kept in spec/support/numbers.tsv.
-- `trials/numbers.lua` compares 20,000 random numbers; docs/numbers.md explains where the two differ.

local number = require "sms.number"

-- libphonenumber's names for kinds by ours.
local KINDS = {
  fixed = "fixed_line", fixed_or_mobile = "fixed_line_or_mobile", premium = "premium_rate", personal = "personal_number",
}

-- Spelling, region, text, number meant, its kind, number that libphonenumber reads or "-", its kind.
local function sample()
  local out = {}
  for line in io.lines "spec/support/numbers.tsv" do
    local fields = {}
    for field in (line .. "\t"):gmatch "([^\t]*)\t" do fields[#fields + 1] = field end
    if #fields == 7 then out[#out + 1] = fields end
  end
  return out
end

describe("numbers of all regions", function()
  local cases = sample()

  it("are read as libphonenumber reads them", function()
    local same, count = 0, {}
    for _, case in ipairs(cases) do
      local _, region, text, meant, _, theirs, kind = table.unpack(case)
      local found, reason = number.read(text, region)
      count[region] = true
      if theirs == meant then
        assert.equal(theirs, found and found.e164, text .. " " .. tostring(reason))
        assert.equal(kind, KINDS[found.kind] or found.kind, text)
        same = same + 1
      elseif found then
        -- libphonenumber does not read the number that was spelled; we do.
        assert.equal(meant, found.e164, text)
      else
        -- Its reading and the number meant are both valid.
        assert.truthy(reason:find(meant, 1, true) and reason:find(theirs, 1, true), reason)
      end
    end
    assert.is_true(same > 1490 and same >= 0.997 * #cases, same .. " of " .. #cases)
    local regions = 0
    for _ in pairs(count) do regions = regions + 1 end
    assert.is_true(regions > 230, regions)
  end)

  it("are read as they are once in E.164", function()
    for _, case in ipairs(cases) do
      local found = assert(number.read(case[4]))
      assert.same({ case[4], true }, { found.e164, found.valid })
    end
  end)
end)
