-- SPDX-License-Identifier: MIT
-- How the benchmarks measure: programs that print `name value` lines, run in alternating rounds; medians and ratios of them;
-- instructions by callgrind.

local measure = {}

--- Most seconds that one program may run; and that one under callgrind which makes every call of a provider.
local LIMIT, LONG = 120, 900

--- The C compiler.
measure.cc = os.getenv "CC" or "cc"

--- Quotes a word for the shell.
---@param word string
---@return string
function measure.quoted(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- Runs a command, bounded in time.
---@param command string
---@param limit? integer  seconds
---@return table<string, number>? values  of the lines `name value` that it printed
---@return string output
function measure.run(command, limit)
  local pipe <close> = assert(io.popen(("timeout %d %s 2>&1"):format(limit or LIMIT, command), "r"))
  local output = pipe:read "a"
  if not pipe:close() then return nil, output end
  local values = {}
  for name, value in output:gmatch "([%a_]+)%s+(%-?[%d.]+[eE]?[-+]?%d*)\n" do values[name] = tonumber(value) end
  return values, output
end

--- The middle of some numbers.
---@param numbers number[]
---@return number?
function measure.median(numbers)
  if #numbers == 0 then return nil end
  local sorted = table.move(numbers, 1, #numbers, 1, {})
  table.sort(sorted)
  local middle = (#sorted + 1) // 2
  return #sorted % 2 == 1 and sorted[middle] or (sorted[middle] + sorted[middle + 1]) / 2
end

--- Runs competitors one after the other, again and again, so that what else the machine does hits all of them; every second time
--- from the last to the first, so that none of them always comes after the same one.
---@param rounds integer
---@param competitors { name: string, command: string, count: number }[]
---@param field string  which of the printed values counts; it is divided by `count`
---@return table<string, { value: number, ratio: number?, errors: number }> rows by name; `ratio` is the median of the rounds'
---  ratios to the first competitor
function measure.rounds(rounds, competitors, field)
  local values, ratios, errors = {}, {}, {}
  for _, one in ipairs(competitors) do values[one.name], ratios[one.name], errors[one.name] = {}, {}, 0 end
  for round = 1, rounds do
    local seen = {}
    for i = 1, #competitors do
      local one = competitors[round % 2 == 1 and i or #competitors + 1 - i]
      local result = measure.run(one.command)
      seen[one.name] = result and result[field] and result[field] / one.count
      errors[one.name] = errors[one.name] + (result and result.errors or result and 0 or 1)
    end
    local base = seen[competitors[1].name]
    for name, value in pairs(seen) do
      table.insert(values[name], value)
      if base then table.insert(ratios[name], value / base) end
    end
  end
  local rows = {}
  for _, one in ipairs(competitors) do
    local name = one.name
    rows[name] = { value = measure.median(values[name]), ratio = measure.median(ratios[name]), errors = errors[name] }
  end
  return rows
end

-- Counts from where a program says that its warm-up is over, by calling a function of one of these names: how many handshakes
-- of a warm-up resume a session is chance.
local MARKS = "--zero-before=warm --zero-before=core_http_date"

--- Instructions of one unit of work: those of a longer run less those of a shorter one, divided.
---@param command fun(count: integer): string
---@param short integer
---@param long integer
---@param scratch string  a file to write to
---@return number?
function measure.instructions(command, short, long, scratch)
  local out = measure.quoted(scratch)
  local valgrind = ("valgrind --tool=callgrind --trace-children=yes %s --callgrind-out-file=%s "):format(MARKS, out)
  local function total(count)
    measure.run(valgrind .. command(count))
    return tonumber(measure.line(("sed -n 's/^totals: //p' %s"):format(out)))
  end
  local less, more = total(short), total(long)
  return less and more and (more - less) / (long - short)
end

--- Instructions of one run of a program between its marks: before the first one, from there to the second, and so on.
---@param command string
---@param scratch string  a file to write to; others with numbers behind its name are written, too
---@return number[] totals
function measure.marked(command, scratch)
  local marks = MARKS:gsub("zero", "dump")
  measure.run(("valgrind --tool=callgrind %s --callgrind-out-file=%s %s"):format(marks, measure.quoted(scratch), command), LONG)
  local totals = {}
  repeat
    local path = ("%s.%d"):format(scratch, #totals + 1)
    local total = tonumber(measure.line(("sed -n 's/^totals: //p' %s"):format(measure.quoted(path))))
    totals[#totals + 1] = total
    os.remove(path)
  until not total
  return totals
end

--- Whether a command succeeds.
---@param command string
---@return boolean
function measure.works(command)
  return os.execute(command .. " >/dev/null 2>&1") == true
end

--- What a command prints in its first line, or nil.
---@param command string
---@return string?
function measure.line(command)
  local pipe <close> = assert(io.popen(command .. " 2>/dev/null", "r"))
  return pipe:read "l"
end

return measure
