-- SPDX-License-Identifier: MIT
-- What ZoomConnect takes in a voice message, checked before the network: an MP3 or WAV file, and tries that are spread over an
-- interval with its ends in order. Source: the OpenAPI file and the provider's voice page.

local core = require "sms.core"
local fault = require "sms.check".fault

local voice_check = {}

--- Number of bytes from which the type of a file is determined.
local SNIFFED = 16

local BY_NAME = { mp3 = "audio/mpeg", wav = "audio/wav", wave = "audio/wav" }

-- How files begin that are something else.
local FOREIGN = {
  "^RIFF", "^OggS", "^fLaC", "^#!AMR", "^....ftyp", "^\x89PNG", "^\xFF\xD8\xFF", "^GIF8", "^%%PDF%-", "^PK\3\4", "^%s*<",
}

-- By the first bytes: RIFF/WAVE, an ID3 tag or an MPEG frame; false is something else, nil is not known.
local function by_content(head)
  if head:find("^RIFF....WAVE") then return "audio/wav" end
  if head:find("^ID3") or head:find("^\xFF[\xE0-\xFF]") then return "audio/mpeg" end
  for _, pattern in ipairs(FOREIGN) do
    if head:find(pattern) then return false end
  end
end

-- The first bytes; nil when they can't be checked: a file that can't be read, which the request's builder reports, or one that
-- comes in pieces.
local function head_of(file)
  if type(file.data) == "string" then return file.data:sub(1, SNIFFED) end
  return type(file.path) == "string" and core.read_file(file.path, SNIFFED) or nil
end

-- The type of a file: its bytes decide, and where they don't its name. Nil when it is neither MP3 nor WAV; "" when nothing tells.
local function kind_of(file)
  local head, name = head_of(file), file.name or file.path
  if head == "" then return nil end
  local kind = head and by_content(head)
  if kind ~= nil then return kind or nil end
  local extension = type(name) == "string" and name:match("%.([A-Za-z0-9]+)$")
  if extension then return BY_NAME[core.lower(extension)] end
  return ""
end

local function check_file(call)
  local file = call.args.file
  if type(file) ~= "table" then return end
  local kind, typed = kind_of(file), {}
  if not kind then fault(call.problems, "argument 'file'", "is neither MP3 nor WAV, judging by its content and name") end
  for name, value in pairs(file) do typed[name] = value end
  if kind ~= "" then typed.type = file.type or kind end
  call.args.file = typed
end

--- Sets the type of the file; refuses files other than audio, and a minimum interval above the maximum.
---@param call { args: table, problems: string[] }
function voice_check.check(call)
  local least, most = call.args.retryMinimumInterval, call.args.retryMaximumInterval
  if least and most and least > most then
    fault(call.problems, "argument 'retryMinimumInterval'", "must not be greater than 'retryMaximumInterval'")
  end
  check_file(call)
end

return voice_check
