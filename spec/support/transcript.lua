-- SPDX-License-Identifier: MIT
-- Transcripts of a terminal as specs: lines that begin with `$ ` are typed, those below are what is printed (both streams together), `…`
-- is any text, and `= N` is the exit status where it is not 0.

local transcript = {}

-- The steps of a transcript: `{ line, expected = { … }, status }`.
local function steps_of(text)
  local steps = {}
  for indented in text:gmatch "[^\n]+" do
    local line = indented:gsub("^    ", "")
    local typed, status = line:match "^%$ (.*)$", line:match "^= (%d+)$"
    if typed then
      steps[#steps + 1] = { line = typed, expected = {}, status = 0 }
    elseif status then
      steps[#steps].status = tonumber(status)
    elseif line:find "%S" then
      table.insert(steps[#steps].expected, line)
    end
  end
  return steps
end

local function pattern_of(lines)
  local out = {}
  for i, line in ipairs(lines) do out[i] = line:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0"):gsub("…", "[^\n]*") end
  return "^" .. table.concat(out, "\n") .. (out[1] and "\n" or "") .. "$"
end

--- Runs a transcript in a shell of `spec.support.cli`; what was printed must be what is written.
---@param shell table
---@param text string
function transcript.play(shell, text)
  for _, step in ipairs(steps_of(text)) do
    local out, _, status = shell:run(("{ %s\n} 2>&1"):format(step.line))
    assert(out:find(pattern_of(step.expected)), ("$ %s\n%s\nwas expected, and there was\n%s= %d"):format(step.line,
      table.concat(step.expected, "\n"), out, status))
    assert(status == step.status, ("$ %s\n%s= %d, expected %d"):format(step.line, out, status, step.status))
  end
end

return transcript
