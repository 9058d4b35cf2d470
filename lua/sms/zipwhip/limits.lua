-- SPDX-License-Identifier: MIT
-- Zipwhip's limits for a message, checked before sending: size of the text; number, type and size of files.
-- Source: "SMS vs. MMS", "File Attachments"; the client's options change the limits.

local core = require "sms.core"
local fault = require "sms.check".fault

local limits = {}

--- Maximum bytes of text. The table in the documents says 600, their prose 700: `max_text_bytes` may be up to `TEXT_MAX`.
limits.TEXT, limits.TEXT_MAX = 600, 700
--- Maximum number of files, and maximum bytes of files and text together (600 kb, taken as 600 × 1024).
limits.FILES, limits.BYTES = 2, 614400

--- Number of bytes from which the type of a file is determined.
local SNIFFED = 512

local SIGNATURES = {
  { "\xFF\xD8\xFF", "image/jpeg" }, { "\x89PNG\r\n\x1A\n", "image/png" }, { "GIF87a", "image/gif" }, { "GIF89a", "image/gif" },
}
-- First bytes of documents that are not plain text: PDF, RTF, HTML and XML (such as a server's error page saved as a picture).
local DISGUISED = { "^%%pdf%-", "^{\\rtf", "^<!doctype", "^<html", "^<%?xml" }

-- Whether a text is UTF-8 without control characters (Unicode's Cc) other than tab, LF and CR. `cut`: its last character may be incomplete.
local function is_plain(text, cut)
  local _, bad = utf8.len(text)
  if bad and not (cut and bad > #text - 3) then return false end
  return not text:find("[\0-\8\11\12\14-\31\127]") and not text:find("\xC2[\x80-\x9F]")
end

--- The type of a file, by its contents.
---@param head string     the first 512 bytes, or all
---@param whole? string   the complete file, for checking that a text is one to its end. Without it, `head` may end within a character
---@return string? type   image/jpeg, image/png, image/gif or text/plain; nil: none of these
function limits.sniff(head, whole)
  for _, signature in ipairs(SIGNATURES) do
    if head:sub(1, #signature[1]) == signature[1] then return signature[2] end
  end
  local start = head:gsub("^\xEF\xBB\xBF", ""):match("^%s*(.*)"):lower()
  for _, pattern in ipairs(DISGUISED) do
    if start:find(pattern) then return nil end
  end
  if head == "" or not is_plain(whole or head, not whole and #head == SNIFFED) then return nil end
  return "text/plain"
end

-- File name extensions of plain text and of pictures.
local TEXTS = { txt = true, text = true }
local PICTURES = { jpg = true, jpeg = true, jpe = true, jfif = true, png = true, gif = true }

local function ending_of(name)
  return type(name) == "string" and name:match("%.([A-Za-z0-9]+)$") or nil
end

-- The problem with a file, or nil and its type. Contents alone don't distinguish plain text from other text formats.
local function problem_of(head, name, whole)
  local kind, ending = limits.sniff(head, whole), ending_of(name)
  if not kind then return "is not a JPEG, PNG, GIF or plain text file, judging by its content" end
  if kind ~= "text/plain" or not ending or TEXTS[core.lower(ending)] then return nil, kind end
  if PICTURES[core.lower(ending)] then
    return ("has the extension .%s, but its content is plain text, not an image"):format(ending)
  end
  return ("is plain text with the extension .%s; use .txt, .jpg, .png or .gif"):format(ending)
end

-- Converts a file in pieces to one with data, reading no more than a message may hold; or nil and the problem.
local function gathered(file, most)
  local pieces, bytes = {}, 0
  for piece in file.chunks do
    if type(piece) ~= "string" then return nil, "must give its pieces as strings, not a " .. type(piece) end
    pieces[#pieces + 1], bytes = piece, bytes + #piece
    if bytes > most then return nil, ("has more than %d bytes, the maximum is %d"):format(most, most) end
  end
  if file.size and file.size ~= bytes then return nil, ("has %d bytes, but its size is %d"):format(bytes, file.size) end
  return { data = table.concat(pieces), name = file.name }
end

-- First bytes and size of a file argument, and all of its bytes if they fit into a message; nil if it can't be read, which is
-- reported when the request is built.
local function look(file, most)
  if type(file.data) == "string" then return file.data:sub(1, SNIFFED), #file.data, file.data end
  if type(file.path) ~= "string" then return nil end
  local whole, size = core.read_file(file.path, most + 1)
  if not whole then return nil end
  return whole:sub(1, SNIFFED), size, size <= most and whole or nil
end

--- Refuses a text that is too long.
---@param call { args: table, options: table, problems: string[] }
function limits.text(call)
  local most = call.options.max_text_bytes or limits.TEXT
  local body = call.args.body
  if body and #body > most then
    local words = "has %d bytes, the maximum is %d; a longer text can be sent as a .txt file"
    fault(call.problems, "argument 'body'", words:format(#body, most))
  end
end

--- Sets the type of each file by its contents; refuses files that are none of the four types. Files in pieces are collected.
---@param call { args: table, options: table, problems: string[], dry: boolean? }  `dry`: nothing is sent, so no piece is read
---@return integer bytes of all files
function limits.types(call)
  local files, typed, bytes, most = call.args.files, {}, 0, call.options.max_bytes or limits.BYTES
  if not files then return 0 end
  if #files == 0 and #call.problems == 0 then fault(call.problems, "argument 'files'", "is an empty list") end
  local function complain(i, words) fault(call.problems, ("argument 'files[%d]'"):format(i), words) end
  for i, file in ipairs(files) do
    local trouble, kind
    -- Pieces can be read only once: they are not read if the call is refused anyway.
    if file.chunks and #call.problems == 0 and not call.dry then
      file, trouble = gathered(file, most)
      if trouble then complain(i, trouble) end
    end
    local head, size, whole = look(file or {}, most)
    if head then
      trouble, kind = problem_of(head, file.name or file.path, whole)
      if trouble then complain(i, trouble) end
    end
    typed[i] = file and {
      path = file.path, data = file.data, chunks = file.chunks, size = file.size, name = file.name, type = kind,
    } or {}
    bytes = bytes + (size or 0)
  end
  call.args.files = typed
  return bytes
end

--- Refuses a media message beyond the documented limits.
---@param call { args: table, options: table, problems: string[] }
function limits.media(call)
  limits.text(call)
  local args, options, problems = call.args, call.options, call.problems
  local bytes = limits.types(call) + #(args.body or "")
  local most_files, most_bytes = options.max_files or limits.FILES, options.max_bytes or limits.BYTES
  if args.files and #args.files > most_files then
    fault(problems, "argument 'files'", ("holds %d files, the maximum is %d"):format(#args.files, most_files))
  end
  if args.files and bytes > most_bytes then
    fault(problems, "argument 'files':", ("text and files have %d bytes, the maximum is %d"):format(bytes, most_bytes))
  end
end

-- Checks an option that must be in a range.
local function check_range(options, name, least, most, problems)
  local value = options[name]
  if math.type(value) == "integer" and (value < least or value > most) then
    problems[#problems + 1] = ("option '%s' must be from %d to %d"):format(name, least, most)
  end
end

--- Checks the client's options that change the limits.
---@param options table
---@param problems string[]
function limits.check_options(options, problems)
  check_range(options, "max_text_bytes", 1, limits.TEXT_MAX, problems)
  check_range(options, "max_files", 1, 100, problems)
  check_range(options, "max_bytes", 1, math.maxinteger, problems)
end

return limits
