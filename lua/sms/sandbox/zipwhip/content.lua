-- SPDX-License-Identifier: MIT
-- Files of the sandboxed Zipwhip: uploaded or sent ones, checked as the documents say, kept, listed and fetched back as bytes.

local dates = require "sms.dates"
local fields = require "sms.sandbox.zipwhip.fields"
local json = require "sms.json"

local content = { handlers = {} }

local MAX_FILES, MAX_BYTES = 2, 614400

-- Accepted media types and the first bytes of each.
local KINDS = {
  ["image/jpeg"] = "^\xFF\xD8\xFF", ["image/png"] = "^\x89PNG\r\n\x1A\n", ["image/gif"] = "^GIF8[79]a", ["text/plain"] = "^[^\0]*$",
}

local SMIL = '<smil><body><par dur="5000ms">%s</par></body></smil>'

--- Keeps a file.
---@param file { name: string, type: string, data: string }
---@return table file with its `key` and `time`
function content.keep(account, file)
  file.key, file.time = account.state.random:uuid() .. ":1", account.state:now()
  account.files[file.key] = file
  return file
end

-- The file parts of a request; what has no file name is a field.
local function parts_of(call)
  local out, seen = {}, {}
  for _, part in ipairs(call.request.parts or {}) do
    if part.filename then
      if seen[part.name] then fields.code(-703, "Bad argument: two parts are named " .. part.name) end
      seen[part.name] = true
      out[#out + 1] = part
    end
  end
  return out
end

local function read(part)
  local kind = (part.type or ""):match("^[^;%s]*"):lower()
  if not KINDS[kind] then fields.code(-703, ("Bad argument: %s is of the type %s"):format(part.name, part.type or "none")) end
  if not part.data:find(KINDS[kind]) then fields.code(-703, ("Bad argument: %s is not %s"):format(part.name, kind)) end
  return { part = part.name, name = part.filename, type = kind, data = part.data }
end

--- The files of a media message: its parts and those named by `key`, within the documented limits.
---@param text string  counts towards the size
---@return table[] files
function content.of(account, call, text)
  local out, bytes = {}, #text
  for i, part in ipairs(parts_of(call)) do out[i] = read(part) end
  for _, key in ipairs(fields.all(call, "key")) do
    out[#out + 1] = account.files[key] or fields.code(-703, "Bad argument: there is no content for the key " .. key)
  end
  for _, file in ipairs(out) do bytes = bytes + #file.data end
  if #out > MAX_FILES then fields.code(-703, ("Bad argument: %d attachments, the most are %d"):format(#out, MAX_FILES)) end
  if bytes > MAX_BYTES and #out > 0 then fields.code(-394, "Invalid Parameter Length: the message is larger than 600 kb") end
  for _, file in ipairs(out) do
    if not file.key then content.keep(account, file) end
  end
  return out
end

local function show(file)
  return {
    fileName = file.name, dateCreated = dates.iso(file.time), fileSizeBytes = #file.data, mimeType = file.type, storageKey = file.key,
  }
end

-- The description that ties the files of a media message together is itself sent as a file.
local function smil_of(account, message)
  if not message.smil then
    local pieces = {}
    for i, file in ipairs(message.files) do
      pieces[i] = ('<%s src="%s"/>'):format(file.type == "text/plain" and "text" or "img", file.key)
    end
    message.smil = content.keep(account, { name = "0.smil", type = "application/smil", data = SMIL:format(table.concat(pieces)) })
  end
  return message.smil
end

local handlers = content.handlers

handlers["attachments.list"] = function(account, call)
  local message = account:message(fields.text(call, "messageId", { required = true }))
  local out = json.array {}
  if #message.files > 0 then out[1] = show(smil_of(account, message)) end
  for _, file in ipairs(message.files) do out[#out + 1] = show(file) end
  return out, { total = #out, success = "left out" }
end

handlers["attachments.get"] = function(account, call)
  local key = fields.text(call, "storageKey", { required = true })
  call.bytes = account.files[key] or fields.refuse("Content not found: " .. key)
end

handlers["attachments.save"] = function(account, call)
  local files, out = {}, {}
  for i, part in ipairs(parts_of(call)) do files[i] = read(part) end
  if #files == 0 then fields.missing("file") end
  for _, file in ipairs(files) do out[file.part] = content.keep(account, file).key end
  return out
end

return content
