-- SPDX-License-Identifier: MIT
-- Words that must not come back: private terms that were replaced by those of the field, and phrases that a native reader stumbles over.
-- Everything that is written by hand and installed or read: names, comments, messages, documents.

local function lines(command)
  local pipe, out = assert(io.popen(command)), {}
  for line in pipe:lines() do out[#out + 1] = line end
  assert(pipe:close())
  return out
end

-- Lua patterns, matched against a line in lower case with a blank before and behind; what to say instead.
local WORDS = {
  { "[^%a]manners[^%a]", "adapter" }, { "[^%a]wish[^%a]", "option, interest, on request" }, { "[^%a]wishes[^%a]", "options, interest" },
  { "[^%w_]an answer[^%w_]", "response" }, { "[^%w_]the answer[^%w_]", "response" },
  { "[^%w_]nobody[^%w_]", "no one, or an adjective: unknown, unused" }, { "[^%w_]whoever[^%w_]", "anyone who, the caller that" },
  { "[^%w_]somebody[^%w_]", "someone" },
  { "put on a wire", "sent" }, { "puts? a text on its way", "sends a message" },
  { "[^%w_]hands? down a file", "download a file" }, { "[^%w_]handed on[^%w_]", "passed on" },
  { "[^%w_]by itself[^%w_]", "on its own" }, { "[^%w_]by themselves[^%w_]", "on their own" },
  { "[^%w_]mended[^%w_]", "fixed, repaired" }, { "[^%w_]mend[^%w_]", "fix, repair" },
  { "[^%a]afresh[^%a]", "on a fresh connection" }, { "[^%a]untold[^%a]", "unregistered" },
  { "[^%w_]kin[^%w_]", "the others" }, { "[^%w_]dice[^%w_]", "random" }, { "little by little", "gradually" },
  { "what becomes of", "what happens to" }, { "what became of", "the outcome of" },
  { "[^%w_]broken off[^%w_]", "interrupted" }, { "[^%w_]twice is fine", "may be called twice" },
  { "loop outside[^%w_]", "external event loop" }, { "knows no lua", "independent of Lua" },
  { "[^%w_]farewell[^%w_]", "GOAWAY" }, { "[^%w_]goodbye[^%w_]", "GOAWAY, close_notify" },
  { "[^%a]dress[^%a]", "format, class tag" }, { "[^%a]seat[^%a]", "slot, handle" }, { "[^%w_]news[^%w_]", "completions, changes" },
  { "[^%w_]a try[^%w_]", "attempt" }, { "kept whole", "intact" }, { "without a word[^%w_]", "without notice" },
  { "is told as", "is reported as" }, { "are told apart", "are distinguished" }, { "is told apart", "is distinguished" },
  { "[^%w_]core%.fits[^%w_]", "core.check" }, { "[^%w_]core%.settle[^%w_]", "core.coerce" },
  { "[^%w_]whose turn it is", "scheduling, the next task" }, { "[^%w_]a thread of its own[^%w_]", "its own thread" },
  { "[^%w_]a process of its own[^%w_]", "a separate process" }, { "comma separated", "comma-separated" },
  { "face of the library", "entry point" }, { "client%.:send", "client:send" }, { "of another form", "does not match" },
  { "[^%a]heed[^%a]", "check, respect" }, { "not begun", "not started" }, { "handed out", "returned" }, { "goes? on the wire", "is sent" },
  { "[^%w_]as they came[^%w_]", "unchanged, raw" }, { "[^%w_]as it came[^%w_]", "unchanged, raw" }, { "[^%w_]as it stands", "unchanged" },
  { "[^%w_]told apart", "distinguished" }, { "[^%w_]tells? apart", "distinguish" }, { "[^%w_]takes? apart", "split, parse" },
  { "[^%w_]taken apart", "split, parse" }, { "[^%w_]came of it", "the result" }, { "[^%w_]comes of it", "the result" },
  { "[^%w_]broke in[^%w_]", "interrupted" }, { "is no client", "is not a client" }, { "is no json", "is not JSON" },
  { "[^%w_]the loop was left", "the loop ended early" }, { "[^%w_]a rock of its own", "a separate rock" },
  { "are the most[^%w_]", "the maximum is" }, { "tells? its own outcome", "has its own outcome" },
  { "says yes and", "reports success but" },
  { "take another name", "use another name" }, { "did not end%)", "was incomplete" },
}

-- Constants in the words of before.
local NAMES = { "[^%w_]A_TEXT[^%w_]", "[^%w_]A_FLAG[^%w_]", "[^%w_]AN_OBJECT[^%w_]", "[^%w_]A_LIST[^%w_]" }

-- What may hold such a word: text of an example, an address, a name that a script can reach, a table of this repository's own words.
local EXCEPT = {
  ["examples/otp.lua"] = "nobody", ["tools/reference_api.lua"] = "nobody", ["docs/how-to/bulk-that-can-be-continued.md"] = "nobody",
}

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- The words that a text may hold: most hold none, and need no look at their lines.
local function suspects(text)
  local out, lower = {}, " " .. text:lower() .. " "
  for _, word in ipairs(WORDS) do
    local core = word[1]:gsub("%[%^%%[%w_]-%]", "")
    if (core:find "[%%?]" or lower:find(core, 1, true)) and lower:find(word[1]) then out[#out + 1] = word end
  end
  return out
end

local function found_in(path)
  local out, text = {}, read(path)
  local words, named = suspects(text), text:find "[^%w_]AN?_%u"
  if not words[1] and not named then return out end
  for line in text:gmatch "[^\n]+" do
    local lower = " " .. line:lower() .. " "
    for _, word in ipairs(words) do
      local hit = lower:match(word[1])
      local allowed = EXCEPT[path]
      if hit and not (allowed and hit:find(allowed, 1, true)) then
        out[#out + 1] = ("%s: '%s', say %s"):format(path, hit:match "^%W*(.-)%W*$", word[2])
      end
    end
    for _, name in ipairs(NAMES) do
      local hit = (" " .. line .. " "):match(name)
      if hit then out[#out + 1] = ("%s: '%s', say RULE_…"):format(path, hit) end
    end
  end
  return out
end

describe("words", function()
  local FILES = "find lua csrc tools bench examples docs README.md SECURITY.md CONTRIBUTING.md CHANGELOG.md -type f "
    .. "'(' -name '*.lua' -o -name '*.c' -o -name '*.h' -o -name '*.md' -o -name '*.sh' ')' "
    .. "! -path 'lua/sms/number/plans/*' ! -path 'docs/reference/*'"

  it("of before are gone", function()
    local wrong, files = {}, lines(FILES)
    assert.is_true(#files > 350, #files)
    for _, path in ipairs(files) do
      for _, hit in ipairs(found_in(path)) do wrong[#wrong + 1] = hit end
    end
    assert.same({}, wrong)
  end)

  it("are found where they are", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write("-- The answer is put on a wire by itself.\nlocal A_TEXT = core.fits(x)\n-- a response, and the answers_of a table\n")
    file:close()
    local hits = found_in(path)
    os.remove(path)
    assert.equal(5, #hits, table.concat(hits, "\n"))
  end)
end)
