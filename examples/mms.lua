-- SPDX-License-Identifier: MIT
-- Sends a picture through Zipwhip and waits for its delivery status: `lua5.4 examples/mms.lua [NUMBER TEXT FILE [FILE]]`.
-- With ZIPWHIP_SESSION (or ZIPWHIP_USERNAME and ZIPWHIP_PASSWORD) it uses your line; otherwise a sandbox that it starts itself.

local sms = require "sms"

local PATIENCE = 60 -- seconds to wait for the final state

-- A red dot of 1 × 1 pixels, for when no file is named.
local DOT = "\x89PNG\x0D\x0A\x1A\x0A\x00\x00\x00\x0DIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xDE\x00"
  .. "\x00\x00\x0CIDATx\xDAc\xF8\xCF\xC0\x00\x00\x03\x01\x01\x00\xF7\x03AC\x00\x00\x00\x00IEND\xAEB`\x82"

-- The line's session, or a sandbox: options of the client, and a function to stop the service.
local function service()
  local session, username = os.getenv "ZIPWHIP_SESSION", os.getenv "ZIPWHIP_USERNAME"
  if session or username then
    local options = { session = session, username = username, password = os.getenv "ZIPWHIP_PASSWORD", base_url = os.getenv "ZIPWHIP_URL" }
    return options, function() end
  end
  local own = assert(require("sms.sandbox.server").spawn { delivery = 0.5 })
  return { base_url = own.url .. "/zipwhip", username = "2065550100", password = "sandbox-password" }, own.stop
end

-- Files are given by path, or by data and name; their type is determined by their contents.
local function media()
  local files = {}
  for i = 3, #arg do files[#files + 1] = { path = arg[i] } end
  return files[1] and files or { { data = DOT, name = "dot.png" } }
end

local function must(step, result, err)
  if result == nil then error(step .. ": " .. tostring(err), 0) end
  return result
end

local function await(client, receipt)
  local deadline, found = os.time() + PATIENCE, nil
  repeat
    if found then sms.sleep(1) end
    found = must("status", client:status(receipt))
  until found.final or os.time() > deadline
  return found
end

local function main(options)
  local client = sms.zipwhip(options)
  local receipt = must("send", client:send { to = arg[1] or "+12065550123", text = arg[2] or "Look at this.", media = media() })
  print(("message  %s %s"):format(receipt.id, receipt.status))
  for _, file in ipairs(must("attachments", client.attachments:list { messageId = receipt.id })) do
    local bytes = must("attachment", client.attachments:get { storageKey = file.storageKey })
    print(("file     %-16s %-16s %d bytes"):format(file.fileName, file.mimeType, #bytes))
  end
  local found = await(client, receipt)
  print(("state    %s (statusCode %s)"):format(found.status, found.provider_status))
  return found.status ~= "undelivered"
end

local options, stop = service()
local ok, result = pcall(main, options)
stop()
if not ok then io.stderr:write(tostring(result), "\n") end
os.exit(ok and result, true)
