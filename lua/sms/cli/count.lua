-- SPDX-License-Identifier: MIT
-- `sms count`: number of segments, where each one ends, and which characters are expensive. Printed for a terminal, or as JSON.

local json = require "sms.json"
local notes_of = require "sms.text.notes"
local terminal = require "sms.text.terminal"
local text = require "sms.text"

local count = {}

local WORST_LINES = 10

-- The error of writing the output, if any.
local broken

local function write(line)
  local ok, message = io.stdout:write(line, "\n")
  broken = broken or not ok and message
end

local function say(line)
  write(terminal.text(line))
end

---------------------------------------------------------------- limits of a provider

-- Problems of a text with a provider's limits, from the table that its requests are checked against.
local function provider_problems(name, content)
  local capabilities = require("sms." .. name).message.capabilities
  local limits = type(capabilities.text) == "table" and capabilities.text or {}
  local size = limits.unit == "bytes" and #content or utf8.len(content)
  local problems = {}
  if limits.max and size > limits.max then
    problems[1] = ("%s takes at most %d %s, this has %d"):format(name, limits.max, limits.unit or "characters", size)
  elseif limits.min and size < limits.min then
    problems[1] = ("%s takes at least %d %s, this has %d"):format(name, limits.min, limits.unit or "characters", size)
  end
  return problems
end

---------------------------------------------------------------- one text

local TITLES = { gsm7 = "GSM-7", ucs2 = "UCS-2" }

local function plural(n, word)
  return ("%d %s%s"):format(n, word, n == 1 and "" or "s")
end

-- Joiners and variation selectors.
local JOINERS = { [0x200C] = true, [0x200D] = true }
for code = 0xFE00, 0xFE0F do JOINERS[code] = true end
local ESCAPES = { [0x0A] = "\\n", [0x0D] = "\\r", [0x09] = "\\t" }

-- Escapes invisible and control characters for a terminal. Joiners are left alone between characters that they join.
local function shown(s)
  local escapes = {}
  for _, note in ipairs(notes_of(s)) do
    local code = note.code_point
    local alone = #s == #utf8.char(code)
    if alone or not JOINERS[code] then escapes[utf8.char(code)] = ESCAPES[code] or ("\\u{%X}"):format(code) end
  end
  return (s:gsub(utf8.charpattern, escapes))
end

-- One row for each character that forces UCS-2, with how often and where first.
local function grouped(forcing)
  local rows, by_code = {}, {}
  for _, item in ipairs(forcing) do
    local row = by_code[item.code_point]
    if not row then
      row = { character = utf8.char(item.code_point), code_point = item.code_point, name = item.name, swap = item.swap,
        kind = item.kind, offset = item.offset, count = 0 }
      by_code[item.code_point], rows[#rows + 1] = row, row
    end
    row.count = row.count + 1
  end
  return rows
end

-- The characters of a GSM-7 text that cost two septets, with how often.
local function doubled(analysis)
  local rows, by_code = {}, {}
  if analysis.encoding ~= "gsm7" then return rows end
  for _, code in utf8.codes(analysis.text) do
    local row = by_code[code]
    if row == nil then
      local _, units = text.count(utf8.char(code), { locking = analysis.locking, single = analysis.single })
      row = units == 2 and { character = utf8.char(code), code_point = code, count = 0 } or false
      by_code[code], rows[#rows + 1] = row, row or nil
    end
    if row then row.count = row.count + 1 end
  end
  return rows
end

local function swap_words(row)
  if not row.swap then return "no swap" end
  if row.kind == "join" then return "holds its neighbours together" end
  if row.swap == "" then return "leave it out" end
  return "write " .. (row.swap == " " and "a space" or shown(row.swap))
end

local function name_of(row)
  local form = ("U+%04X"):format(row.code_point)
  return row.name == form and form or form .. " " .. row.name
end

local function head_of(analysis)
  local out = ("%s, %s, %s; %d left in the last one"):format(TITLES[analysis.encoding], plural(analysis.units, "unit"),
    plural(analysis.segments, "segment"), analysis.remaining)
  if analysis.locking then out = out .. "; locking shift table " .. analysis.locking end
  if analysis.single then out = out .. "; single shift table " .. analysis.single end
  local plain = analysis.plain
  if plain then
    out = out .. ("\nthe standard alone: %s, %s"):format(TITLES[plain.encoding], plural(plain.segments, "segment"))
  end
  return out
end

local function print_analysis(analysis, saving, problems)
  say(head_of(analysis))
  local at = 0
  for i, part in ipairs(analysis.parts) do
    at = at + #part
    say(("%4d | %s"):format(i, shown(part)))
    say(("     ` ends at byte %d"):format(at))
  end
  for i, row in ipairs(grouped(analysis.forcing)) do
    if i == 1 then say("forces UCS-2:") end
    say(("  %s  %s, %s, first at byte %d: %s"):format(shown(row.character), name_of(row), plural(row.count, "time"), row.offset,
      swap_words(row)))
  end
  for _, row in ipairs(doubled(analysis)) do
    say(("two septets each: %s, %s"):format(shown(row.character), plural(row.count, "time")))
  end
  for _, note in ipairs(analysis.notes) do
    say(("note: %s, %s: %s"):format(note.name, plural(note.count, "time"), note.note))
  end
  if saving > 0 then say(("the swaps save %s"):format(plural(saving, "segment"))) end
  for _, problem in ipairs(problems) do say("problem: " .. problem) end
end

-- The value that `--json` prints: the fields of an analysis, parts with their ends, forcing characters grouped.
local function as_json(analysis, saving, problems)
  local out = { parts = json.array {}, two_septets = json.array(doubled(analysis)), forcing = json.array(grouped(analysis.forcing)),
    notes = json.array(analysis.notes), torn = json.array(analysis.torn), saves = saving, problems = json.array(problems) }
  for _, name in ipairs { "encoding", "units", "segments", "remaining", "locking", "single", "plain" } do out[name] = analysis[name] end
  local at = 0
  for i, part in ipairs(analysis.parts) do
    at = at + #part
    out.parts[i] = { text = part, ends = at }
  end
  return out
end

-- Order of the fields of each printed object.
local ORDER = {
  "rows", "row", "text", "encoding", "units", "segments", "remaining", "gsm7", "ucs2", "saves", "locking", "single", "plain", "parts",
  "forcing", "two_septets", "notes", "torn", "problems", "worst", "bad", "ends", "message", "character", "code_point", "name", "swap",
  "kind", "offset", "count", "note",
}

local place_of = {}
for i, name in ipairs(ORDER) do place_of[name] = i end

local function by_place(a, b)
  local left, right = place_of[a] or #ORDER + 1, place_of[b] or #ORDER + 1
  return left < right or left == right and a < b
end

-- Encodes JSON with fields in a fixed order.
local function ordered(value)
  if type(value) ~= "table" then return assert(json.encode(value)) end
  local out = {}
  if getmetatable(value) or value[1] ~= nil then
    for i, item in ipairs(value) do out[i] = ordered(item) end
    return "[" .. table.concat(out, ",") .. "]"
  end
  local names = {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names, by_place)
  for i, name in ipairs(names) do out[i] = ordered(name) .. ":" .. ordered(value[name]) end
  return "{" .. table.concat(out, ",") .. "}"
end

local function print_json(value)
  write(terminal.json(ordered(value)))
end

local function run_text(content, options, counting)
  local analysis, problem = text.analyse(content, counting)
  if not analysis then return nil, problem end
  local _, _, saving = text.optimise(content, counting)
  local problems = options.provider and provider_problems(options.provider, content) or {}
  if options.json then print_json(as_json(analysis, saving, problems)) else print_analysis(analysis, saving, problems) end
  return #problems == 0
end

---------------------------------------------------------------- many lines

-- The lines of a text; each ends with CR LF, LF or CR; the last line end may be missing.
local function lines_of(content)
  local at = 1
  return function()
    if at > #content then return nil end
    local from, ending = at, content:find("[\r\n]", at)
    at = (ending or #content) + 1
    if ending and content:sub(ending, at) == "\r\n" then at = at + 1 end
    return content:sub(from, (ending or 0) - 1)
  end
end

local function print_cost(cost)
  say(("%s, %s: %d in GSM-7, %d in UCS-2; swaps save %d"):format(plural(cost.rows, "text"), plural(cost.segments, "segment"),
    cost.gsm7, cost.ucs2, cost.saves))
  for _, entry in ipairs(cost) do
    say(("%6d | %s, %s, %s: %s"):format(entry.row, plural(entry.segments, "segment"), TITLES[entry.encoding],
      plural(entry.units, "unit"), shown(entry.text)))
  end
  for _, bad in ipairs(cost.bad) do say(("%6d | %s"):format(bad.row, bad.message)) end
end

local function run_lines(content, options, counting)
  counting.optimise, counting.top = true, WORST_LINES
  local cost = text.cost(lines_of(content), counting)
  if options.json then
    local worst = json.array {}
    for i, entry in ipairs(cost) do worst[i] = entry end
    print_json { rows = cost.rows, segments = cost.segments, gsm7 = cost.gsm7, ucs2 = cost.ucs2, saves = cost.saves,
      worst = worst, bad = json.array(cost.bad) }
  else
    print_cost(cost)
  end
  return #cost.bad == 0
end

---------------------------------------------------------------- the command

-- A hint after the message about a missing file whose name looks like a text.
local function hint(path)
  if path:find("/", 1, true) and not path:find("%s") then return "" end
  return "; the argument is a file name. To count a text: sms count --text 'the text', or printf %s 'the text' | sms count"
end

local function read(options)
  if options.text and options.file then require("sms.cli.output").stop(2, "a file and --text can't be combined") end
  if options.text then return options.text end
  local path = options.file or "-"
  local file, message = io.stdin, nil
  if path ~= "-" then file, message = io.open(path, "rb") end
  if not file then return nil, message .. hint(path) end
  local content
  content, message = file:read("a")
  if path ~= "-" then file:close() end
  if content then return content end
  return nil, (path == "-" and "standard input" or path) .. ": " .. message
end

local BYTE_ORDER_MARK = "^\xEF\xBB\xBF"

--- Runs the command. A byte order mark and the final line end of a file are not part of its text.
---@param options table  as argparse gives them
---@return integer status  0; 1 when the text can't be counted or the provider would not take it
function count.run(options)
  local content, problem = read(options)
  local ok
  broken = nil
  if content then
    if not options.text then content = content:gsub(BYTE_ORDER_MARK, "") end
    if not options.lines and not options.text then content = content:gsub(content:find("\n$") and "\r?\n$" or "\r$", "") end
    local counting = { reference = tonumber(options.reference), graphemes = options.graphemes, language = options.language }
    ok, problem = (options.lines and run_lines or run_text)(content, options, counting)
  end
  local flushed, message = io.stdout:flush()
  broken = broken or not flushed and message
  if broken then ok, problem = nil, "standard output: " .. broken end
  if ok == nil then io.stderr:write("sms: ", terminal.text(problem), "\n") end
  return ok and 0 or 1
end

return count
