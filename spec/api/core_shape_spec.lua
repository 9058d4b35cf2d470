-- SPDX-License-Identifier: MIT
-- csrc/lua/shape.c: responses coerced by shapes, and arguments that are seen to go on the wire as they are; against the long way, which
-- looks at them one by one.

local client = require "sms.client"
local core = require "sms.core"
local json = require "sms.json"
local Operation = require "sms.api.operation"
local native = require "sms.api.native"
local requests = require "sms.api.request"
local Type = require "sms.api.types"

local TYPES = {
  aliases = {
    Flag = { "boolean", as = "flag01" }, Id = { "string|integer" }, Short = { "string", max = 3 }, Long = { "string", min = 2 },
    Some = { "string", min = 1, max = 3 }, Phone = { "string", as = "msisdn" }, Day = { "string|number", as = "date" },
    Digits = { "string", min = 2, max = 4, patterns = { { "^%d+$" } } },
    Either = { "string", patterns = { { "^%d+$", max = 4 }, { "^[a-c]+$" } } },
    Odd = { "string", patterns = { { "^a?b$" } } },
    Three = { "string", patterns = { { "^.+-$", min = 4, max = 4 } } },
    Number = { "string", patterns = { { "^%d+$", min = 10, max = 10 }, { "^%+[1-9]%d+$" } } },
    Key = { "string|integer", min = 1 }, Keys = { "Key[]", min = 1, max = 2 },
    Joined = { "string|integer|string[]", as = "joined", min = 1 },
    Whole = { "integer", min = -2, max = 70000 }, Count = { "integer", max = 3 }, Colour = { "string", values = { "red" } },
  },
  classes = {
    Child = { name = "string", of = "Parent?" },
    Parent = { id = "integer", on = "boolean?", child = "Child?", children = "Child[]?", note = "any" },
  },
}

local function shape_of(text) return native.shape(Type.parse(text, TYPES), TYPES) end
local function coerced(text, value) return core.coerce(value, shape_of(text)) end

describe("a shape", function()
  it("makes flags booleans and declared texts strings, and leaves the rest", function()
    local value = { id = "7", on = 1, child = { name = 12, more = 5 }, children = { { name = "x" }, { name = 3.0 } }, note = 0 }
    local out, problem = coerced("Parent", value)
    assert.is_nil(problem)
    assert.equal(value, out)
    assert.same({
      id = "7", on = true, child = { name = "12", more = 5 }, children = { { name = "x" }, { name = 3.0 } }, note = 0,
    }, out)
  end)

  it("knows flags in every spelling", function()
    for _, yes in ipairs { true, 1, 1.0, "1", "true" } do assert.equal(true, (coerced("Flag", yes))) end
    for _, no in ipairs { false, 0, 0.0, "0", "false" } do assert.equal(false, (coerced("boolean", no))) end
    for _, other in ipairs { 2, "yes", "True", "" } do assert.equal(other, (coerced("boolean", other))) end
  end)

  it("says where a value differs, and how", function()
    local cases = {
      { "Parent", 1, " is a number instead of an object" }, { "Parent", { 1 }, " is a list instead of an object" },
      { "Parent", { id = {} }, ".id is an object instead of a number" }, { "Child", { name = { 1 } }, ".name is a list instead of text" },
      { "Parent", { children = 1, id = true } }, { "Child[]", { { name = "x" }, { name = {} } }, "[2].name is an object instead of text" },
      { "Child[]", { a = 1 }, " is an object instead of a list" }, { "string", nil, " is missing instead of text" },
      { "boolean", {}, " is an object instead of true or false" }, { "'a'", {}, " is an object instead of a single value" },
      { "table", "x", " is text instead of an object" }, { "Child|integer", true },
      { "Child[]|Child", "x", " is text instead of Child[]|Child" },
      { "string|integer", {}, " is an object instead of string|integer" },
      { "Child[]", { [1] = {}, [3] = {} }, " has null among its items" },
      { "string[]", { [1] = "a", [3] = "c" } }, { "Child[]", {} }, { "Parent", {} }, { "any", nil }, { "Id", 5 },
      { "Parent", { child = { name = "x", of = { id = {} } } } },
    }
    for _, case in ipairs(cases) do
      local value, problem = coerced(case[1], case[2])
      assert.equal(case[2], value, case[1])
      assert.equal(case[3], problem, case[1])
    end
  end)

  it("takes a number where one may be, also in a union with text", function()
    assert.equal(5, (coerced("string|integer", 5)))
    assert.equal("5", (coerced("string", 5)))
    assert.equal("-9223372036854775808", (coerced("string", math.mininteger)))
  end)
end)

describe("a shape and the numbers of a text", function()
  -- A value as text that tells integers from floats.
  local function told(value)
    if type(value) ~= "table" then return math.type(value) == "float" and ("float %.17g"):format(value) or json.encode(value) end
    local out = {}
    for key, item in pairs(value) do out[#out + 1] = ("%s %s = %s"):format(type(key), key, told(item)) end
    table.sort(out)
    return "{" .. table.concat(out, ", ") .. "}"
  end

  -- What comes of a member of the text's object (nil: of all of it) when the numbers are exact before, and when the shape makes them so.
  local function both(text, kind, member)
    local function pick(value)
      if member then return value[member] end
      return value
    end
    local early, shape = assert(json.decode(text)), shape_of(kind)
    local late, none, numbers = json.decode_for_coerce(text)
    assert.is_nil(none)
    local first, trouble = core.coerce(pick(early), shape)
    local second, same = core.coerce(pick(late), shape, late, numbers)
    assert.equal(trouble, same, text)
    if not trouble then assert.equal(told(first), told(second), text) end
    return second, numbers
  end

  it("makes integers of what was written as integers, known to the shape or not", function()
    local text = '{"errorCode":0,"result":{"id":7,"on":1,"child":{"name":12,"more":[5,{"deep":6}]},"note":3,"x":4}}'
    local value, numbers = both(text, "Parent", "result")
    assert.equal(8, numbers)
    assert.same({ id = 7, on = true, child = { name = "12", more = { 5, { deep = 6 } } }, note = 3, x = 4 }, value)
    assert.equal("integer", math.type(value.child.more[2].deep))
    assert.equal("integer", math.type(value.id))
    -- Such numbers are left as lua-cjson reads them: some of its builds give a float.
    assert.equal(math.type(require("cjson").decode("[7]")[1]), math.type(json.decode_for_coerce("[7]")[1]))
  end)

  it("trusts its count of numbers only for what stands in the text's own value", function()
    local elsewhere = core.coerce({ x = 2.0 }, shape_of "Parent", { x = 1.0 }, 1)
    assert.equal("integer", math.type(elsewhere.x))
  end)

  it("gives what the exact reading gives for every text", function()
    local texts = {
      { '{"a":1,"b":{"id":2}}', "Parent", "b" }, { '{"a":{"id":2,"id":3},"b":1}', "Parent", "a" }, { '{"id":1.0,"x":2}', "Parent" },
      { '{"a":{"c":{"d":5}},"b":{"id":1}}', "Parent", "b" }, { '{"id":12345678901234567890,"x":2,"note":1e2}', "Parent" },
      { '{"id":null,"x":2}', "Parent" }, { '{"id":1,"x":0.5}', "Parent" }, { '{"id":-0,"x":-7}', "Parent" }, { "7", "integer" },
      { "7", "string" }, { '{"a":7,"b":7}', "string", "a" }, { "[1,2,3]", "string[]" }, { "[1,2,3]", "integer[]" },
      { '{"a":[1,{"id":2}],"b":3}', "any", "a" }, { '{"a":[{"name":1},{"name":2,"x":3}]}', "Child[]", "a" }, { "[[1],[2]]", "table[]" },
      { '{"children":[{"name":1},{"name":{}}],"x":1}', "Parent" }, { '{"id":{},"x":1}', "Parent" }, { "[]", "Child[]" },
      { '{"child":{"name":1,"of":{"id":2,"child":{"of":{"id":3}}}}}', "Parent" }, { "[0,1]", "boolean[]" },
      { '{"a":5,"b":5}', "integer", "b" }, { '{"a":{},"b":{"id":9007199254740993}}', "Parent", "b" },
    }
    for _, case in ipairs(texts) do both(table.unpack(case)) end
  end)

  it("does so for 5,000 random texts", function()
    math.randomseed(20261130)
    local names = { "id", "on", "child", "children", "note", "name", "of", "other", "x" }
    local scalars = { "0", "1", "7", "-3", "1.5", "2.0", "1e3", '"7"', '"a"', "true", "null", "123456789012345678", "4294967296" }
    local function any(depth)
      local what = math.random(depth > 0 and 10 or 6)
      local parts = {}
      if what <= 6 then return scalars[math.random(what == 1 and #scalars or 4)] end
      for i = 1, math.random(0, 5) do
        parts[i] = what <= 8 and ('"%s":%s'):format(names[math.random(#names)], any(depth - 1)) or any(depth - 1)
      end
      return (what <= 8 and "{%s}" or "[%s]"):format(table.concat(parts, ","))
    end
    local late = 0
    for _ = 1, 5000 do
      local text = ('{"errorCode":0,"result":%s,"page":%s}'):format(any(4), any(1))
      local kinds = { "Parent", "Child", "Parent[]", "any", "table", "Child[]|Child", "string|integer" }
      local _, numbers = both(text, kinds[math.random(#kinds)], math.random(9) > 1 and "result" or nil)
      if numbers then late = late + 1 end
    end
    assert.is_true(late > 1000, late)
  end)
end)

describe("rules", function()
  local function fits(text, value) return core.check({ x = value }, native.rules({ x = Type.parse(text, TYPES) }, {}, TYPES)) end

  it("let pass what goes on the wire as it is", function()
    local good = {
      string = { "", "ü" }, integer = { 5, math.mininteger }, number = { 5, 1.5 }, boolean = { true, false }, Short = { "abc", "ü" },
      Some = { "a", "abc" }, Phone = { "447700900123", "10" }, Day = { "2020" }, Digits = { "12", "1234" }, Either = { "1234", "abcabc" },
      ["'a'|'b'"] = { "a", "b" }, Id = { "a", 7 }, Key = { "a", 7 }, Count = { 1, 3, -9 }, Colour = { "red" },
      Number = { "2065550123", "+12065550123" }, Odd = { "ab", "b" }, Three = { "abc-" },
      Whole = { -2, 70000, 0 }, ["string[]"] = { { "a" }, { "a", "b" } }, Keys = { { "a" }, { 1, "b" } }, ["Key|Keys"] = { "a", 1, { 1 } },
      Joined = { "1,2" }, Child = { { name = "a" } }, ["Child[]"] = { { { name = "a" }, { name = "b" } } },
    }
    for text, values in pairs(good) do
      for _, value in ipairs(values) do assert.is_true(fits(text, value), text .. " " .. tostring(value)) end
    end
  end)

  it("leave to a second look whatever else there is", function()
    local other = {
      string = { 1, true, {} }, integer = { 5.0, "5" }, number = { 0 / 0, math.huge, "1" }, boolean = { 1, "true" },
      Short = { "abcd", "üü" },
      Some = { "" }, Long = { "ab" }, Phone = { "0447700900123", "+447700900123", "1", ("1"):rep(16) }, Day = { 5 }, Flag = { true },
      Digits = { "1", "12345", "1a", "" }, Either = { "12345", "abd", "" },
      Odd = { "abc", "" }, Three = { "ab-", "abcd-", "aü-", "abc" }, Count = { 4, 1.0 },
      Colour = { "blue", 1 }, ["'a'|'b'"] = { "c", 1 }, Parent = { {}, { id = 1, note = 1 } },
      Id = { 1.0, true, {} }, Key = { "", 0, -1 },
      Number = { "206555012", "20655501234", "+02065550123" }, Whole = { -3, 70001, 1.0, "1" }, Joined = { 5, { "a" }, "" },
      ["string[]"] = {
        {}, { 1 }, { "a", [3] = "c" }, { a = "a" }, { [0] = "a" }, { "a", n = 1 }, setmetatable({ "a" }, {}), "a",
      },
      Keys = { {}, { "a", "b", "c" }, { "" }, { { "a" } } }, ["Key|Keys"] = { { "" }, "", 0, true, {} },
      Child = { {}, { name = 1 }, { name = "a", other = 1 }, { "a" }, setmetatable({ name = "a" }, {}), { name = "a", of = {} } },
    }
    for text, values in pairs(other) do
      for _, value in ipairs(values) do assert.is_false(fits(text, value), text .. " " .. tostring(value)) end
    end
  end)

  it("end where values are within each other without end", function()
    local registry = { aliases = {}, classes = { Node = { next = "Node?" } } }
    local rules = native.rules({ x = Type.parse("Node", registry) }, {}, registry)
    local ring, chain = {}, {}
    ring.next = ring
    for _ = 1, 10 do chain = { next = chain } end
    assert.same({ true, false }, { core.check({ x = chain }, rules), core.check({ x = ring }, rules) })
  end)

  it("count what has to be there", function()
    local rules = native.rules({ a = Type.parse("string", TYPES), b = Type.parse("'x'|'y'", TYPES) }, { a = true, b = true })
    assert.is_true(core.check({ a = "1", b = "x" }, rules))
    for _, short in ipairs { { a = "1" }, { b = "y" }, {}, { a = "1", b = "x", c = 1 }, { "1", a = "1", b = "x" } } do
      assert.is_false(core.check(short, rules))
    end
    assert.is_false(core.check(nil, rules))
    assert.is_true(core.check(nil, native.rules({}, {})))
    assert.is_false(core.check("text", native.rules({}, {})))
    assert.is_false(core.check(setmetatable({}, { __index = { a = "1", b = "x" } }), rules))
  end)
end)

describe("core.rules", function()
  it("has what rules are made of", function()
    local rules = core.rules
    for name, values in pairs {
      string = { "x", 1 }, phone_number = { "447700900123", "0x" }, integer = { 1, 1.5 }, number = { 1.5, "1" }, boolean = { true, 1 },
      date = { "2020-07-31T14:25:49Z", "2020-07-31" },
    } do
      local rule = { x = rules[name] | rules.needed, [0] = 1 }
      assert.is_true(core.check({ x = values[1] }, rule), name)
      assert.is_false(core.check({ x = values[2] }, rule), name)
      assert.is_false(core.check({}, rule), name)
    end
    assert.is_true(core.check({ x = "b" }, { x = { rules.one_of, { b = true } }, [0] = 0 }))
    assert.is_false(core.check({ x = "c" }, { x = { rules.one_of, { b = true } }, [0] = 0 }))
    local length = { x = rules.string | 2 * rules.least | 3 * rules.most, [0] = 0 }
    assert.is_true(core.check({ x = "ab" }, length) and core.check({ x = "abc" }, length))
    assert.is_false(core.check({ x = "a" }, length) or core.check({ x = "abcd" }, length))
  end)
end)

describe("a plain call", function()
  local VALUES = {
    "", "a", "ü", "12", "0123", "447700900123", "+44 7700 900123", "1234567890", "\xFF", ("x"):rep(11), ("x"):rep(41), ("ü"):rep(150),
    ("9"):rep(20), "https://a.example", "2020-07-31T14:25:49.614Z", "red", 0, 1, -1, 1.5, 7.0, 1e300, 0 / 0, 12345678901234567, true, false,
  }
  for _, value in ipairs {
    {}, { "a" }, { a = 1 }, { "447700900123" }, { "2065550123", "+12065550123" }, { 1, 2 }, { { phone_number = "447700900123" } },
    { { recipientNumber = "+27825550123", message = "a" } }, ".", "..", "a b/c?d&e=f", "2065550123",
  } do
    VALUES[#VALUES + 1] = value
  end

  -- One value among those, or one that a member of a union of literals has.
  local function any(param)
    local node = param.node
    if node.kind == "union" and math.random(2) == 1 then return node.items[math.random(#node.items)].value or "a" end
    if Type.takes_tables(node) and math.random(2) == 1 then return { "447700900123", "447700900124" } end
    return VALUES[math.random(#VALUES)]
  end

  local function arguments(op)
    local out = {}
    for _, param in ipairs(op.params) do
      if math.random(8) > (param.optional and 7 or 2) then out[param.name] = any(param) end
    end
    return out
  end

  for _, name in ipairs { "messagewhiz", "zoomconnect", "websms", "zipwhip" } do
    it("of " .. name .. " asks for what the long way asks for", function()
      math.randomseed(20261130)
      local plainly, placed, converted, all = 0, 0, 0, 0
      local operations, count = client.bind(require("sms." .. name)).operations, 0
      for _ in pairs(operations) do count = count + 1 end
      for title, op in pairs(operations) do
        for _ = 1, 3000 // count do
          local args = arguments(op)
          local short = Operation.as_is(op, args, {}) and Operation.prepare(op, args) or nil
          local long = Operation.prepare_one_by_one(op, args)
          all = all + 1
          local layout = requests.layout(op)
          local path, query, rest
          local wired = layout and (Operation.as_is(op, args, {}) or Operation.converted(op, args, {}))
          if wired then path, query, rest = core.place(wired, layout) end
          local body = rest
          if op.facts.body then body = rest and json.encode(rest) end
          if path and (body or not op.facts.body) then
            converted = converted + (short and 0 or 1)
            assert.is_table(long, title)
            local target = query and path .. "?" .. query or path
            assert.equal(long.query == "" and long.path or long.path .. "?" .. long.query, target)
            if op.facts.body then
              assert.same(json.decode(long.body), json.decode(body))
            else
              assert.equal(long.body, body)
            end
            placed = placed + 1
          end
          if short then
            plainly = plainly + 1
            assert.is_table(long, title)
            if op.facts.body then long.body, short.body = json.decode(long.body), json.decode(short.body) end
            assert.same(long, short, title)
          end
        end
      end
      print(("\n%s: %d of %d calls were plain, %d were written by the core, %d of them after a conversion"):format(
        name, plainly, all, placed, converted))
      assert.is_true(placed > 20, placed)
      assert.is_true(converted > 0 or name == "websms", converted)
    end)
  end
end)
