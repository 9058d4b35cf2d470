-- SPDX-License-Identifier: MIT
-- Our reading of phone numbers beside libphonenumber's: `lua5.4 trials/numbers.lua DIRECTORY [NUMBERS] [SEED]`, after
-- `npm install --prefix DIRECTORY google-libphonenumber libphonenumber-js` (and Node.js). Random valid numbers of all regions in six
-- spellings; the oracle runs twice, with the metadata that our table is from and with those that google-libphonenumber ships. Each
-- difference is told by what it is; with DIFFERENCES=1 in the environment each is printed. docs/numbers.md explains them.

local number = require "sms.number"

local directory, NUMBERS, SEED = arg[1], math.tointeger(tonumber(arg[2] or 20000)), math.tointeger(tonumber(arg[3] or 20261130))
if not directory then
  io.stderr:write("usage: lua5.4 trials/numbers.lua DIRECTORY [NUMBERS] [SEED]\n")
  os.exit(2)
end
for _, name in ipairs { "google-libphonenumber", "libphonenumber-js" } do
  local file = io.open(("%s/node_modules/%s/package.json"):format(directory, name))
  if not file or not os.execute("command -v node >/dev/null") then
    print("skipped: the oracle is missing; it needs Node.js, and npm install --prefix " .. directory
      .. " google-libphonenumber libphonenumber-js")
    os.exit(0)
  end
  file:close()
end

local SPELLINGS = { "E.164", "00", "national", "with (0)", "bare digits", "from abroad" }

-- libphonenumber's names for kinds by ours.
local KINDS = {
  fixed = "fixed_line", fixed_or_mobile = "fixed_line_or_mobile", premium = "premium_rate", personal = "personal_number",
}

-- What a difference is. `meant`: the number that was spelled; `theirs`: "-" where the oracle has no valid number.
local function difference(meant, ours, reason, theirs)
  if not ours and reason:find("^may be") then
    return theirs == meant and "both readings are valid: we refuse" or "both readings are valid: we refuse, it reads another number"
  end
  local we = ours == meant and "we read it" or ours and "we read another number" or "we don't read it"
  local it = theirs == meant and "libphonenumber reads it" or theirs == "-" and "libphonenumber doesn't" or "libphonenumber another number"
  return we .. ", " .. it
end

local function compare(which)
  local command = ("node trials/numbers.js '%s' %s %d %d"):format(directory:gsub("'", "'\\''"), which, NUMBERS, SEED)
  local oracle = assert(io.popen(command))
  print("\n" .. oracle:read("l"):sub(3))
  local tallies, differences, kinds, all, same, right, ours_right = {}, {}, 0, 0, 0, 0, 0
  for line in oracle:lines() do
    local spelling, region, text, meant, _, theirs, kind = line:match(("([^\t]*)\t"):rep(6) .. "([^\t]*)")
    local found, reason = number.read(text, region)
    local ours = found and found.e164
    local tally = tallies[spelling] or { all = 0, same = 0, meant = 0 }
    tallies[spelling], tally.all, all = tally, tally.all + 1, all + 1
    if ours == meant then tally.meant = tally.meant + 1 end
    if theirs == meant then right, ours_right = right + 1, ours_right + (ours == meant and 1 or 0) end
    if (ours or "-") == theirs then
      tally.same, same = tally.same + 1, same + 1
      if found and (KINDS[found.kind] or found.kind) ~= kind then
        kinds = kinds + 1
        if os.getenv "DIFFERENCES" then print("kind", region, text, found.kind, kind) end
      end
    else
      local what = difference(meant, ours, reason, theirs)
      differences[what] = (differences[what] or 0) + 1
      if os.getenv "DIFFERENCES" then print(what, spelling, region, text, meant, ours or reason, theirs) end
    end
  end
  assert(oracle:close())
  for _, spelling in ipairs(SPELLINGS) do
    local tally = tallies[spelling]
    print(("  %-12s %6d texts  %6d as libphonenumber (%.3f %%)  %6d the number meant"):format(
      spelling, tally.all, tally.same, 100 * tally.same / tally.all, tally.meant))
  end
  print(("  %-12s %6d texts  %6d as libphonenumber (%.3f %%), %d of another kind"):format("all", all, same, 100 * same / all, kinds))
  print(("  where libphonenumber reads the number meant: %d texts, %d as libphonenumber (%.3f %%)"):format(
    right, ours_right, 100 * ours_right / right))
  for what, count in pairs(differences) do print(("  %6d  %s"):format(count, what)) end
end

local version, date = number.metadata()
print(("our plans: libphonenumber's metadata %s of %s; %d numbers, seed %d"):format(version, date, NUMBERS, SEED))
compare "same"
compare "shipped"
