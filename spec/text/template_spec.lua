-- SPDX-License-Identifier: MIT
-- Holes in texts (lua/sms/text/template.lua), as the four providers' clients fill them: filled or refused by name, never sent as they
-- stand; braces, fallbacks, empty values, numbers; and time that grows with the text.

local cost = require "spec.support.cost"
local json = require "sms.json"
local kinds = dofile "spec/support/kinds_of_call.lua"
local refusal = require "spec.support.refusal"
local sms = require "sms"
local template = require "sms.text.template"

-- The texts that reached the provider, and a response that takes them.
local function recorded(provider)
  local texts = {}
  local options = {
    retries = 0,
    transport = function(request)
      local body = request.body and request.body:find("^{") and json.decode(request.body)
      local form = not body and request.body and require("sms.url").decode_table(request.body) or {}
      texts[#texts + 1] = body and (body.text or body.messageContent or body.message or body.message_body) or form.body
      return { status = 500, headers = {}, body = "{}" }
    end,
  }
  return kinds.client(provider, options), texts
end

-- What each provider is sent of a text, or the words of the refusal.
local function sent(text, more)
  local out = {}
  for i, provider in ipairs(sms.providers) do
    local client, texts = recorded(provider)
    local given = kinds.message(provider, text)
    for name, value in pairs(more or {}) do given[name] = value end
    local row = client:send_many({ given })[1]
    if texts[1] then
      assert.is_true(client:check(given))
      out[i] = texts[1]
    else
      assert.same({ "invalid", "not_sent" }, { row.error.kind, row.outcome })
      out[i] = refusal(client.send, client, given)
      assert.equal(out[i], (refusal(client.check, client, given)))
    end
  end
  return out
end

local function each_is(expected, text, more)
  for _, got in ipairs(sent(text, more)) do assert.equal(expected, got) end
end

local function each_refuses(words, text, more)
  for _, got in ipairs(sent(text, more)) do assert.truthy(got:find(words, 1, true), got) end
end

local VARS = {
  name = "Ada", ["first name"] = "Ada", ["imię"] = "Ada", ["first-name"] = "Ada", user = { name = "Ada", address = { city = "Graz" } },
  "eins", "zwei", items = { { id = 5 }, "two" }, code = 7, none = "", blank = " \u{A0}", ["a.b"] = "dotted",
}

describe("a placeholder", function()
  it("is filled whatever it is called", function()
    for text, expected in pairs {
      ["Hi {name}"] = "Hi Ada", ["{ name }!"] = "Ada!", ["{first name}"] = "Ada", ["{imię}"] = "Ada", ["{first-name}"] = "Ada",
      ["{1}{2}"] = "einszwei",
      ["{user.name} {user.address.city}"] = "Ada Graz",
      ["{items.2} {items.1.id}"] = "two 5", ["{a.b}"] = "dotted", ["{name}{name}{code}"] = "AdaAda7",
      ["{name}\n{code}"] = "Ada\n7",
      ["{{{name}}}"] = "{Ada}",
    } do
      each_is(expected, text, { vars = VARS })
    end
  end)

  it("is refused by name where there is no value, with and without vars", function()
    for text, words in pairs {
      ["{nmae}"] = "variable 'nmae' is missing", ["{first  name}"] = "variable 'first  name' is missing",
      ["{Name}"] = "variable 'Name' is missing",
      ["{3}"] = "variable '3' is missing", ["{user.age}"] = "variable 'user.age' is missing", ["{name.first}"] = "'name.first' is missing",
      ["{x} {y} {x}"] = "variable 'x' is missing; variable 'y' is missing", ["{name:upper}"] = "variable 'name:upper' is missing",
      ["{user}"] = "variable 'user' is a table", ["{%w+}"] = "is missing",
    } do
      each_refuses(words, text, { vars = VARS })
    end
    for _, text in ipairs { "{name}", "{first name}", "{ name }", "{imię}", "{first-name}", "{1}", "{user.name}", "Hi {name}, {{x}}" } do
      each_refuses("is missing: the message has no 'vars'", text)
      each_refuses("is missing", text, { vars = {} })
    end
  end)

  it("that is not one is refused, with its place", function()
    for text, words in pairs {
      ["Hi {name"] = "an unclosed placeholder at byte 4: '{name'", ["{na{name}"] = "unclosed placeholder at byte 1: '{na'",
      ["{"] = "unclosed placeholder at byte 1",
      ["a{{{"] = "unclosed placeholder at byte 4", ["name}"] = "an unmatched '}' at byte 5", ["{name}}"] = "unmatched '}' at byte 7",
      ["{}"] = "a placeholder without a name at byte 1", ["x{ }"] = "a placeholder without a name at byte 2",
      ["{|there}"] = "without a name",
      ["{name|default:'you'}"] = "write the fallback itself",
    } do
      each_refuses("'text' has", text, { vars = VARS })
      each_refuses(words, text)
    end
  end)

  it("is not looked for in a value, nor a brace", function()
    each_is("{name}}} {", "{a} {b}", { vars = { a = "{name}}}", b = "{", name = "Ada" } })
  end)
end)

describe("a brace", function()
  it("is written twice, and needs no vars", function()
    for text, expected in pairs { ["{{"] = "{", ["}}"] = "}", ["{{}}"] = "{}", ["f(x) {{ y }}"] = "f(x) { y }", ["a {{b}} c"] = "a {b} c",
      ["{{{{"] = "{{" } do
      each_is(expected, text)
    end
    each_is("{name} is Ada", "{{name}} is {name}", { vars = VARS })
  end)

  it("is not that of another system: a variable of that name without a placeholder is refused", function()
    each_refuses("variable 'name' is written {{name}}, which is sent as '{name}'; write {name} for its value", "Hi {{name}}",
    { vars = VARS })
    each_refuses("variable 'user.name' is written {{user.name}}", "Hi {{ user.name }}, {code}", { vars = VARS })
  end)

  it("stays as it is with template = false", function()
    for _, text in ipairs { "Hi {name}", "{{x}}", "{", "}", "{}", '{"json": [1]}' } do
      each_is(text, text, { template = false })
      each_is(text, text, { template = false, vars = VARS })
    end
    each_is("Hi Ada", "Hi {name}", { template = true, vars = VARS })
  end)
end)

describe("a value", function()
  it("has a fallback where it is missing or empty", function()
    for text, expected in pairs {
      ["Hi {name|there}"] = "Hi Ada", ["Hi {nobody | my friend }!"] = "Hi my friend!", ["Hi {none|there}"] = "Hi there",
      ["{blank|x}"] = "x",
      ["a{none|}b"] = "ab", ["{x|a|b}"] = "a|b",
    } do
      each_is(expected, text, { vars = VARS })
    end
    each_is("Hi there", "Hi {name|there}")
    each_refuses("variable 'user' is a table", "{user|you}", { vars = VARS })
  end)

  it("that is empty is refused without one, unless the message allows it", function()
    for _, name in ipairs { "none", "blank" } do
      each_refuses(("variable '%s' is empty"):format(name), "Hi {" .. name .. "}.", { vars = VARS })
      each_refuses("is empty", "Hi {" .. name .. "}.", { vars = VARS, empty = "refuse" })
    end
    each_is("Hi .", "Hi {none}.", { vars = VARS, empty = "allow" })
    each_refuses("variable 'gone' is missing", "Hi {gone}.", { vars = VARS, empty = "allow" })
    local client = recorded "websms"
    local given = kinds.message("websms", "x")
    given.empty = "alow"
    assert.matches("'empty' must be", (refusal(client.send, client, given)))
  end)

  it("that is a number is written without a fraction it doesn't have, and without an exponent", function()
    for value, expected in pairs {
      [3.0] = "3", [1e14] = "100000000000000", [1e15] = "1000000000000000", [2.0 ^ 53] = "9007199254740992", [-0.0] = "0", [-7.0] = "-7",
      [math.mininteger] = "-9223372036854775808", [19.99] = "19.99", [0.1 + 0.2] = "0.3", [-1.5] = "-1.5", [1998.9999999999998] = "1999",
    } do
      each_is("Pay " .. expected, "Pay {sum}", { vars = { sum = value } })
    end
    for _, value in ipairs { 0 / 0, 1 / 0, -1 / 0 } do
      each_refuses("variable 'sum' is not a finite number", "Pay {sum}", { vars = { sum = value } })
    end
    for _, value in ipairs { 1e-7, 1e300 } do each_refuses("needs an exponent", "Pay {sum}", { vars = { sum = value } }) end
  end)

  it("that is neither text nor a number is refused", function()
    for value, kind in pairs { [true] = "boolean", [print] = "function", [{}] = "table", [json.null] = "userdata" } do
      each_refuses(("variable 'x' is a %s, not text or a number"):format(kind), "{x}", { vars = { x = value } })
    end
  end)
end)

describe("templates", function()
  it("show no more of somebody's text than a name", function()
    local _, problem = template.fill(assert(template.parse("{" .. ("4"):rep(400) .. "} {{\"code\": {x\"y}")), {})
    assert.is_true(#problem < 200, problem)
    assert.is_nil((select(2, template.parse("{ secret = 5"))):find("5", 1, true))
    local placeholders = {}
    for i = 1, 1000 do placeholders[i] = "{h" .. i .. "}" end
    assert.is_true(#select(2, template.fill(assert(template.parse(table.concat(placeholders))), {})) < 500)
  end)

  it("take time that grows with the text", function()
    local pieces = {
      "{", "}", "{{", "}}", "{{a}}", "{a}", "{ ", "{a|", "{a|b}", "{a.b.c}", "{ a" .. (" "):rep(50) .. "b }", "{\n}", "{{a}}{b}", "x",
      "{1}",
    }
    for _, piece in ipairs(pieces) do
      local times = cost.growth(function(size)
        local parsed = template.parse(piece:rep(size) .. (" "):rep(size) .. "{" .. (" "):rep(size) .. "z}")
        if parsed then template.fill(parsed, { a = { b = { c = "x" } }, b = "y", "1", z = 1 }, true) end
      end, 1000)
      assert.is_true(times < cost.LINEAR, ("%q %.1f"):format(piece, times))
    end
  end)
end)
