-- SPDX-License-Identifier: MIT
-- lua/sms/dates.lua: the four date styles of MessageWhiz, with the examples of its documents, both ways.

local dates = require "sms.dates"

local function pair(read, write, text, seconds)
  assert.equal(seconds, read(text))
  assert.equal(text, write(seconds))
end

local function refuses(read, texts)
  for _, text in ipairs(texts) do
    local seconds, message = read(text)
    assert.is_nil(seconds, tostring(text))
    assert.matches("is not a time like", message)
  end
end

describe("ISO 8601", function()
  it("goes both ways", function()
    pair(dates.from_iso, dates.iso, "2020-07-22T21:00:00.000Z", 1595451600)
    pair(dates.from_iso, dates.iso, "2023-03-28T15:52:31.279Z", 1680018751.279)
    pair(dates.from_iso, dates.iso, "1970-01-01T00:00:00.000Z", 0)
    pair(dates.from_iso, dates.iso, "1969-12-31T23:59:59.000Z", -1)
    pair(dates.from_iso, dates.iso, "2000-02-29T12:34:56.000Z", 951827696)
    pair(dates.from_iso, dates.iso, "0000-01-01T00:00:00.000Z", -62167219200)
    pair(dates.from_iso, dates.iso, "9999-12-31T23:59:59.000Z", 253402300799)
  end)

  it("reads fractions and zones", function()
    assert.equal("integer", math.type(dates.from_iso("2020-07-22T21:00:00Z")))
    assert.equal("integer", math.type(dates.from_iso("2020-07-22T21:00:00.000Z")))
    assert.equal(1595451600, dates.from_iso("2020-07-22T21:00:00Z"))
    assert.equal(1595451600.5, dates.from_iso("2020-07-22T21:00:00.5Z"))
    assert.equal(1729017182, dates.from_iso("2024-10-15T20:33:02.000+02:00"))
    assert.equal(1729017182, dates.from_iso("2024-10-15T13:03:02-05:30"))
    assert.equal(1729017182, dates.from_iso("2024-10-15T20:33:02.000+0200"))
    assert.equal(1729017182, dates.from_iso("2024-10-15T13:03:02-0530"))
    assert.equal(1729017182, dates.from_iso("2024-10-15T18:33:02-00:00"))
  end)

  -- The examples of RFC 3339 §5.8, and the leap second of 2016 as it was in UTC, Kathmandu and New York.
  it("reads all of RFC 3339", function()
    assert.equal(1595451600.5, dates.from_iso("2020-07-22t21:00:00.5z"))
    assert.equal(482196050.52, dates.from_iso("1985-04-12T23:20:50.52Z"))
    assert.equal(851042397, dates.from_iso("1996-12-19T16:39:57-08:00"))
    assert.equal(-1041337172.13, dates.from_iso("1937-01-01T12:00:27.87+00:20"))
    assert.equal(662688000, dates.from_iso("1990-12-31T23:59:60Z"))
    assert.equal(662688000, dates.from_iso("1990-12-31T15:59:60-08:00"))
    for _, text in ipairs { "2016-12-31T23:59:60Z", "2017-01-01T05:44:60+05:45", "2016-12-31T18:59:60-0500" } do
      assert.equal(1483228800, dates.from_iso(text))
    end
    assert.equal(1483228800.25, dates.from_iso("2016-12-31T23:59:60.25Z"))
    refuses(dates.from_iso, { "2016-12-30T23:59:60Z", "2016-12-31T22:59:60Z", "2016-12-31T23:59:60+01:00", "2016-12-31T23:59:61Z",
      "2016-12-31T23:60:60Z", "2016-12-31T23:58:60Z" })
  end)

  it("writes the nearest millisecond", function()
    assert.equal("2020-07-22T21:00:00.000Z", dates.iso(1595451600.0004))
    assert.equal("2020-07-22T21:00:01.000Z", dates.iso(1595451600.9996))
    assert.equal("1969-12-31T23:59:59.999Z", dates.iso(-0.001))
    assert.equal("9999-12-31T23:59:59.999Z", dates.iso(253402300799.9999))
  end)

  it("is strict", function()
    refuses(dates.from_iso, { "", "2020-07-22", "2020-07-22T21:00:00", "2020-07-22 21:00:00Z", "2020-07-22T21:00:00y",
      "2020-13-01T00:00:00Z",
      "2020-00-01T00:00:00Z", "2020-02-30T00:00:00Z", "2021-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
      "2020-04-31T00:00:00Z", "2020-01-00T00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T00:60:00Z", "2020-01-01T00:00:60Z",
      "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00.1.2Z", "2020-01-01T00:00:00+02", "2020-01-01T00:00:00+2400",
      "2020-01-01T00:00:00+24:00",
      "2020-01-01T00:00:00+01:60", "2020-01-01T00:00:00Z ", " 2020-01-01T00:00:00Z", "2020-1-1T0:0:0Z", "20200101T000000Z", 5, true })
    assert.is_nil((dates.from_iso(nil)))
  end)
end)

describe("the plain style", function()
  it("goes both ways", function()
    pair(dates.from_plain, dates.plain, "2021-06-25 14:02:50", 1624629770)
    pair(dates.from_plain, dates.plain, "1969-12-31 23:59:59", -1)
    assert.equal("2021-06-25 14:02:50", dates.plain(1624629770.999))
    assert.equal("1969-12-31 23:59:59", dates.plain(-0.5))
  end)

  it("is strict", function()
    refuses(dates.from_plain, { "", "2021-06-25", "2021-06-25T14:02:50", "2021-06-25 14:02", "2021-06-31 14:02:50",
      "2021-06-25 14:02:50Z" })
  end)
end)

describe("the American style", function()
  it("goes both ways", function()
    pair(dates.from_american, dates.american, "06/01/2021 12:00 AM", 1622505600)
    pair(dates.from_american, dates.american, "06/01/2021 12:59 AM", 1622509140)
    pair(dates.from_american, dates.american, "06/01/2021 01:00 AM", 1622509200)
    pair(dates.from_american, dates.american, "06/01/2021 11:59 AM", 1622548740)
    pair(dates.from_american, dates.american, "06/01/2021 12:00 PM", 1622548800)
    pair(dates.from_american, dates.american, "06/01/2021 11:59 PM", 1622591940)
    assert.equal("06/01/2021 12:00 AM", dates.american(1622505659.9))
  end)

  it("is strict", function()
    refuses(dates.from_american, { "", "06/01/2021", "06/01/2021 00:00 AM", "06/01/2021 13:00 PM", "06/01/2021 12:00",
      "06/01/2021 12:60 AM", "13/01/2021 12:00 AM",
      "02/29/2021 12:00 AM", "6/1/2021 12:00 AM", "06/01/2021 12:00 am", "06/01/2021 12:00 XM" })
  end)
end)

describe("milliseconds", function()
  it("go both ways", function()
    pair(dates.from_milliseconds, dates.milliseconds, 1629461739834, 1629461739.834)
    pair(dates.from_milliseconds, dates.milliseconds, 0, 0)
    pair(dates.from_milliseconds, dates.milliseconds, -1500, -1.5)
    assert.equal("integer", math.type(dates.from_milliseconds(1629461739000)))
    assert.equal("integer", math.type(dates.milliseconds(1.5)))
    assert.equal(1629461739.834, dates.from_milliseconds("1629461739834"))
    assert.equal(1629461739.834, dates.from_milliseconds(1629461739834.0))
  end)

  it("are strict", function()
    refuses(dates.from_milliseconds, { "", "1.5", "0x10", " 1", "1e3", 1.5, math.huge, 0 / 0, math.maxinteger, math.mininteger,
      "99999999999999999999", true, {} })
    assert.is_nil((dates.from_milliseconds(nil)))
  end)
end)

describe("dates", function()
  it("agree with the C library day by day", function()
    for day = -719000, 200000, 997 do
      local seconds = day * 86400 + day % 86400
      local known, text = pcall(os.date, "!%Y-%m-%d %H:%M:%S", seconds) -- some systems count seconds in 32 bits
      if known and #text == 19 then
        assert.equal(text, dates.plain(seconds))
        assert.equal(seconds, dates.from_plain(text))
      end
    end
  end)

  it("raise at the caller's line for what is no moment", function()
    for _, write in ipairs { dates.iso, dates.plain, dates.american, dates.milliseconds } do
      for _, bad in ipairs { "1", true, math.huge, -math.huge, 0 / 0, 253402300800, -62167219201, math.maxinteger, math.mininteger } do
        local ok, message = pcall(function()
          local text = write(bad)
          return text
        end)
        assert.is_false(ok)
        assert.matches("dates_spec%.lua:%d+: dates%.%l+: ", message)
      end
    end
  end)
end)
