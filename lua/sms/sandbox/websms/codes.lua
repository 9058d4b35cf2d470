-- SPDX-License-Identifier: MIT
-- The codes of the sandboxed websms, with the documented messages. Those marked public come from clients of the
-- service, not from its guide.

local codes = {}

--- Messages by code.
codes.words = {
  [2000] = "OK",
  [2001] = "OK_QUEUED",
  [4001] = "Invalid Credentials. Inactive account or customer.",
  [4002] = "One or more recipients are not in the correct format or are containing invalid MSISDNs.",
  [4003] = "Invalid Sender. Sender address or type is invalid.",
  [4004] = "Invalid messageType.",
  [4008] = "Invalid clientMessageId.",
  [4009] = "Message text (messageContent) is invalid.",
  [4013] = "Message limit is reached.",
  [4014] = "Sender IP address is not authorized.",
  [4015] = "message priority is invalid",
  [4016] = "Invalid notificationCallbackUrl.",
  [4019] = "A required parameter was not given.",
  [4021] = "Account is invalid.",
  [4022] = "Access to the API was denied.",
  [4023] = "Request limit exceeded for this IP address.",
  [4025] = "Transfer rate for immediate transmissions exceeded. Too many recipients in this request (1000).",
  [4026] = "The message content results in too many (automatically generated) sms segments.",
  [4027] = "A messageContent segment is invalid",
  [4029] = "Recipients are not allowed.", -- public
  [4030] = "All recipients blacklisted.", -- public
  [4031] = "All recipients blacklisted.",
  [4032] = "Not allowed to send whatsapp messages to any recipient. No device enabled/subscription.",
  [4033] = "Not allowed to send whatsapp messages.",
  [4034] = "Invalid attachment.",
  [4035] = "Not allowed to send sms messages.",
  [4040] = "Invalid contentCategory.",
  [4041] = "Invalid validityPeriode.",
  [4042] = "All recipients blocked by quality rating.", -- public
  [4043] = "All recipients blocked by spam check.", -- public
  [5000] = "Internal error.",
  [5003] = "Service unavailable.",
}

-- Codes that concern recipients: returned only if every recipient's number requests one; otherwise those recipients are left out.
local OF_ALL = { [4029] = true, [4030] = true, [4031] = true, [4032] = true, [4042] = true, [4043] = true }

local function code_of(number)
  local code = tonumber(number:sub(-4))
  return codes.words[code] and code ~= 2000 and code or nil
end

--- The code requested by the last four digits of a number: 2001 queues, 4001 to 5003 refuse.
---@param numbers string[]
---@return integer? refused  the code to refuse the request with
---@return string[] rest     the numbers that are sent to
---@return integer success   2000 or 2001
function codes.of_numbers(numbers)
  local rest, left_out, success = {}, nil, 2000
  for _, number in ipairs(numbers) do
    local code = code_of(number)
    if code and code > 2001 and not OF_ALL[code] then return code, {}, success end
    if code == 2001 then success = code end
    if OF_ALL[code] then left_out = left_out or code else rest[#rest + 1] = number end
  end
  return #rest == 0 and left_out or nil, rest, success
end

return codes
