-- SPDX-License-Identifier: MIT
-- Lines of Prometheus' text exposition format, version 0.0.4.

local exposition = {}

--- Labels as they stand between the braces. A value may hold anything: backslash, quote and line end are escaped.
---@param pairs_of any[]  name, value, name, value, …
---@return string
function exposition.labels(pairs_of)
  local out = {}
  for i = 1, #pairs_of, 2 do
    local value = tostring(pairs_of[i + 1]):gsub("[\\\"\n]", { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" })
    out[#out + 1] = ('%s="%s"'):format(pairs_of[i], value)
  end
  return table.concat(out, ",")
end

--- A number as Prometheus reads it, whatever the locale.
---@param value number
---@return string
function exposition.number(value)
  if math.tointeger(value) then return ("%d"):format(math.tointeger(value)) end
  return (("%.9g"):format(value):gsub(",", "."))
end

--- The two lines before the samples of a family.
---@param out string[]  lines are appended to it
---@param name string
---@param kind "counter"|"gauge"|"histogram"
---@param words string
function exposition.family(out, name, kind, words)
  out[#out + 1] = ("# HELP %s %s"):format(name, words)
  out[#out + 1] = ("# TYPE %s %s"):format(name, kind)
end

--- A sample with labels.
---@param out string[]
---@param name string
---@param labels string  as `exposition.labels` writes them
---@param value number
function exposition.sample(out, name, labels, value)
  out[#out + 1] = ("%s{%s} %s"):format(name, labels, exposition.number(value))
end

return exposition
