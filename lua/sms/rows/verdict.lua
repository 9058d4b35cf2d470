-- SPDX-License-Identifier: MIT
-- Checks a row of recipients: its number in E.164, or why it is rejected.

local check = require "sms.check"
local failure = require "sms.error"
local number = require "sms.number"

local verdict = {}

--- Headers recognised as a column of phone numbers, in any case and with any punctuation.
---@type string[]
verdict.NUMBER_COLUMNS = {
  "to", "number", "phone", "phonenumber", "mobile", "mobilenumber", "mobilephone", "cell", "cellphone", "cellnumber", "msisdn", "recipient",
  "recipientnumber", "contactnumber", "telephone", "tel", "gsm", "handy", "whatsapp",
}

--- Whether a cell is a recognised header.
---@param cell string
---@return boolean
function verdict.is_known_header(cell)
  return check.holds(verdict.NUMBER_COLUMNS, (cell:lower():gsub("[%s%p]", "")))
end

--- Rejects a row: `reason` is a code for statistics, `error` a message.
function verdict.rejected(row, reason, words)
  row.ok, row.reason = false, reason
  row.error = failure.new { kind = "invalid", outcome = "not_sent", field = "to", message = ("row %d: %s"):format(row.index, words) }
  return row
end

--- Whether a cell is blank.
function verdict.is_blank(text)
  return text == nil or type(text) == "string" and not text:find("%S")
end

--- Sets the number of a row in E.164, or rejects the row.
---@param self table  the list: `number` is the name of its column, `region` of national numbers
---@param row table
---@param given any    its cell
---@return table row
function verdict.judge(self, row, given)
  if verdict.is_blank(given) then return verdict.rejected(row, "no_number", ("column '%s' is empty"):format(self.number)) end
  if type(given) ~= "string" then
    return verdict.rejected(row, "invalid", ("'%s' is a %s; phone numbers are strings"):format(self.number, type(given)))
  end
  local to, reason = number.e164(given, self.region)
  if not to then return verdict.rejected(row, "invalid", reason) end
  row.ok, row.to = true, to
  return row
end

return verdict
