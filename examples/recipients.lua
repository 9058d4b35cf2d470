-- SPDX-License-Identifier: MIT
-- Writes a recipient file for tests: `lua5.4 examples/recipients.lua FILE [ROWS]`, at most 5,000 rows.
-- The numbers are 555-0100 to 555-0199 of fifty North American area codes, which are reserved for fiction and unassigned.

local NAMES = { "Ada", "Blaise", "Chloé", "Dmitri", "Emmy", "Fatima", "Grace", "Hiroshi", "Ines", "José" }

local recipients = {}

--- Rows that `write` can make: 50 area codes with 100 numbers each.
recipients.MOST = 5000

--- The row of index 0 to 4999.
---@param index integer
---@return string phone_number, string first_name
function recipients.row(index)
  local area, line = 201 + index // 100, 100 + index % 100
  return ("1%d555%04d"):format(area, line), NAMES[index % #NAMES + 1]
end

--- Writes a CSV file: a row of markers, then one row for each recipient.
---@param path string
---@param rows integer  1 to 5,000
---@return true? done
---@return string? problem
function recipients.write(path, rows)
  if rows < 1 or rows > recipients.MOST then return nil, "the number of rows must be 1 to " .. recipients.MOST end
  local file <close>, problem = io.open(path, "wb")
  if not file then return nil, problem end
  file:write("phone_number,first_name\n")
  for index = 0, rows - 1 do file:write(("%s,%s\n"):format(recipients.row(index))) end
  return file:close()
end

if arg and arg[0] and arg[0]:match("recipients%.lua$") then
  if not arg[1] then
    io.stderr:write("usage: lua5.4 recipients.lua FILE [ROWS]\n")
    os.exit(2)
  end
  local done, problem = recipients.write(arg[1], math.tointeger(tonumber(arg[2] or recipients.MOST)) or 0)
  if not done then
    io.stderr:write(problem .. "\n")
    os.exit(1)
  end
end

return recipients
