-- SPDX-License-Identifier: MIT
-- What the core does around lua-cjson: numbers that it would spoil go past it as marked strings, and come back.

local cjson = require "cjson"
local core = require "sms.core"

describe("the guard", function()
  -- What the core gives to a decoder that answers `value`, and what it makes of that.
  local function read(text, value)
    local seen
    local reader = core.json_reader(function(given)
      seen = given
      return value
    end, error)
    return table.pack(reader(text)), seen
  end

  local function wrote(text) return core.json_writer(function() return text end) { 1e15 } end

  it("gives the very same string when nothing needs it", function()
    local text = '{"price": 11.8, "count": 12345678901234, "note": "' .. ("1.0 123456789012345678 "):rep(5) .. '"}'
    local _, seen = read(text)
    assert.equal(("%p"):format(text), ("%p"):format(seen))
  end)

  it("marks with a byte that the text does not have", function()
    assert.equal('["\xFF123456789012345","\xFF1.0",12]', select(2, read("[123456789012345,1.0,12]")))
    assert.equal('["\xFF\xFE","\xC01.0"]', select(2, read('["\xFF\xFE",1.0]')))
  end)

  it("restores only what bears its mark", function()
    assert.same({ "\xFE1", "", "\xFF", 5, "x" }, read("1.0", { "\xFE1", "", "\xFF", 5.0, "x" })[1])
    assert.same({ n = 2, nil, "number out of range: --1" }, (read("1.0", { "\xFF--1" })))
    assert.same({ "\xFF1" }, read("1", { "\xFF1" })[1])
  end)

  it("looks for nulls only where one may stand", function()
    assert.same({ 1 }, read('{"a":null}', { 1.0, cjson.null })[1])
    assert.same({ n = 1, { cjson.null } }, (read('{"a":"null"}', { cjson.null })))
  end)

  it("has somebody else say what a decoder complained of, and in what", function()
    local said
    local reader = core.json_reader(function() error("no good", 0) end, function(...)
      said = table.pack(...)
      return "blamed"
    end)
    assert.same({ n = 2, nil, "blamed" }, table.pack(reader "[1.0]"))
    assert.same({ n = 3, "no good", '["\xFF1.0"]', "\xFF" }, said)
    reader "[1]"
    assert.same({ n = 3, "no good", "[1]" }, said)
    assert.same({ n = 2, nil, "unexpected NUL at byte 2" }, table.pack(reader "1\0"))
  end)

  it("stops in a value that contains itself", function()
    local cycle = {}
    cycle[1] = cycle
    assert.same({ n = 2, nil, "nested too deeply" }, (read("1", cycle)))
  end)

  it("bares only quoted marks", function()
    assert.equal("[12,\xFF3]", wrote('["\xFF12",\xFF3]'))
    assert.equal('"\xFF12', wrote('"\xFF12'))
    assert.equal("\xFF", wrote("\xFF"))
    assert.equal("", wrote(""))
    assert.equal("[]12", wrote('"\xFF[]""\xFF12"'))
  end)

  it("writes a flat object as the encoder would", function()
    local json = require "sms.json"
    local asked = 0
    local write = core.json_writer(function(value)
      asked = asked + 1
      return cjson.encode(value)
    end)
    local flat = { { a = "b" }, { a = true, b = false, c = "" }, { ["\u{E4} b"] = "\u{1F600}\u{7FF}" }, { a = ("x"):rep(1000) } }
    for _, object in ipairs(flat) do
      assert.equal(cjson.encode(object), write(object))
      assert.equal(cjson.encode(object), json.encode(object))
    end
    assert.equal(0, asked)
    for code = 0, 127 do
      local object = { name = "a" .. string.char(code) .. "b" }
      assert.equal(cjson.encode(object), write(object))
      assert.equal(cjson.encode { ["a" .. string.char(code)] = "b" }, (write { ["a" .. string.char(code)] = "b" }))
    end
    local others = { {}, { a = { b = "c" } }, { "a" }, { a = 1 }, { a = ("x"):rep(1017) }, { a = ("x"):rep(1100) } }
    asked = 0
    for _, value in ipairs(others) do assert.equal(cjson.encode(value), (write(value))) end
    assert.equal(#others, asked)
    assert.same({ n = 3, nil, "a: text is not UTF-8 (byte 2)", true }, table.pack(write { a = "x\xFF" }))
  end)

  it("tells what an encoder complained of", function()
    assert.same({ n = 2, nil, "no room" }, table.pack(core.json_writer(function() error("no room", 0) end) {}))
  end)
end)
