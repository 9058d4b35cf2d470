-- SPDX-License-Identifier: MIT
-- Lines of a generated file.

local output = {}

--- Adds a line, formatted where there are values for it.
---@param out string[]
---@param line string
function output.add(out, line, ...)
  out[#out + 1] = select("#", ...) > 0 and line:format(...) or line
end

--- A text as a cell of a table in Markdown.
---@param text string
---@return string
function output.cell(text)
  return (text:gsub("|", "\\|"))
end

return output
