-- SPDX-License-Identifier: MIT
-- `sms number`, run as a process: what it prints, on which stream, and its exit status.

local LUA = "${LUA:-lua5.4}"

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Output, standard error and exit status of the command.
local function run(arguments, input)
  local errors = os.tmpname()
  local words = {}
  for i, word in ipairs(arguments) do words[i] = quoted(word) end
  local command = ("%s bin/sms number %s 2>%s"):format(LUA, table.concat(words, " "), errors)
  if input then command = ("printf '%%b' %s | %s"):format(quoted(input), command) end
  local pipe = assert(io.popen(command .. "; echo status $?"))
  local out, status = pipe:read("a"):match("^(.-)status (%d+)\n$")
  pipe:close()
  local file <close> = assert(io.open(errors))
  local told = file:read "a"
  os.remove(errors)
  return out, told, math.tointeger(tonumber(status))
end

describe("sms number", function()
  it("prints number, region and kind", function()
    assert.same({ "+27821234567\tZA\tmobile\n+442079460018\tGB\tfixed\n+99912345678\tZZ\tunknown\n", "", 0 },
      { run { "--region", "za", "082 123 4567", "+44 20 7946 0018", "+999 1234 5678" } })
  end)

  it("says why not, and fails", function()
    local out, told, status = run { "+27821234567", "+10000000000", "\u{202A}0821234567" }
    assert.same({ "+27821234567\tZA\tmobile\n", 1 }, { out, status })
    assert.equal("sms: +10000000000 is not a number of US: its numbering plan has no such range\n"
      .. "sms: \\u{202A}0821234567 has no country: it begins with neither + nor 00, and no region is given\n", told)
  end)

  it("reads lines where no number is given, and prints JSON", function()
    assert.same({ '{"number":"0821234567","e164":"+27821234567","region":"ZA","kind":"mobile","valid":true}\n'
      .. '{"number":"x","reason":"has letters"}\n', "", 1 }, { run({ "--json", "--region", "ZA" }, "0821234567\\r\\nx\\n") })
  end)

  it("knows regions", function()
    local out, told, status = run { "--region", "UK", "1" }
    assert.equal("", out)
    assert.is_true(status ~= 0)
    assert.truthy(told:find("region 'UK' is not an ISO 3166 code; did you mean 'GB'?", 1, true), told)
  end)

  it("ends in an error where its output can't be written", function()
    local pipe = assert(io.popen(LUA .. " bin/sms number +27821234567 2>&1 >/dev/full; echo $?"))
    local told = pipe:read "a"
    pipe:close()
    assert.matches("^sms: .*No space left on device\n1\n$", told)
  end)
end)
