-- SPDX-License-Identifier: MIT
-- What Zipwhip takes in one message, checked before the network: bytes of text, number, kind and size of files.
-- Source: "SMS vs. MMS", "File Attachments"; the client's options move the limits.

local core = require "sms.core"
local fault = require "sms.check".fault

local limits = {}

--- Most bytes of text. The documents' table says 600, their prose 700: `max_text_bytes` may go up to `TEXT_MAX`.
limits.TEXT, limits.TEXT_MAX = 600, 700
--- Most files, and most bytes of files and text together (600 kb, read as 600 × 1024).
limits.FILES, limits.BYTES = 2, 614400

--- How many bytes decide what a file is.
local SNIFFED = 512

local SIGNATURES = {
  { "\xFF\xD8\xFF", "image/jpeg" }, { "\x89PNG\r\n\x1A\n", "image/png" }, { "GIF87a", "image/gif" }, { "GIF89a", "image/gif" },
}
-- Texts that are documents of another kind by their beginning: PDF, RTF, HTML and XML (a server's page of error, kept as if it were
-- the picture that was asked for).
local DISGUISED = { "^%%pdf%-", "^{\\rtf", "^<!doctype", "^<html", "^<%?xml" }

-- Whether a text is UTF-8 without control characters (Unicode's Cc) but tab, LF and CR. `cut`: its last character may lack bytes.
local function is_plain(text, cut)
  local _, bad = utf8.len(text)
  if bad and not (cut and bad > #text - 3) then return false end
  return not text:find("[\0-\8\11\12\14-\31\127]") and not text:find("\xC2[\x80-\x9F]")
end

--- What a file is, by its bytes.
---@param head string     the first 512 bytes or all there is
---@param whole? string   all of it: a text has to be one to its end. Without it a head of 512 bytes may be cut within a character
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

-- Endings of names: of plain text, and of pictures.
local TEXTS = { txt = true, text = true }
local PICTURES = { jpg = true, jpeg = true, jpe = true, jfif = true, png = true, gif = true }

local function ending_of(name)
  return type(name) == "string" and name:match("%.([A-Za-z0-9]+)$") or nil
end

-- What is wrong with a file of such bytes; or nil and its type. Bytes alone can't tell plain text from a document of another kind.
local function problem_of(head, name, whole)
  local kind, ending = limits.sniff(head, whole), ending_of(name)
  if not kind then return "is no JPEG, PNG, GIF or plain text, by its content" end
  if kind ~= "text/plain" or not ending or TEXTS[core.lower(ending)] then return nil, kind end
  if PICTURES[core.lower(ending)] then
    return ("is plain text by its content and called .%s: that is no picture"):format(ending)
  end
  return ("is plain text by its content and called .%s: .txt, .jpg, .png and .gif are taken"):format(ending)
end

-- A file that comes in pieces as one with data; no more of it is read than a message may hold. Or nil and what is wrong.
local function gathered(file, most)
  local pieces, bytes = {}, 0
  for piece in file.chunks do
    if type(piece) ~= "string" then return nil, "must give its pieces as strings, not a " .. type(piece) end
    pieces[#pieces + 1], bytes = piece, bytes + #piece
    if bytes > most then return nil, ("has more than %d bytes, at most %d are taken"):format(most, most) end
  end
  if file.size and file.size ~= bytes then return nil, ("has %d bytes, its size says %d"):format(bytes, file.size) end
  return { data = table.concat(pieces), name = file.name }
end

-- First bytes and size of a file argument, and all of its bytes where they are no more than a message may hold; nil when it can't be
-- read, which the request's builder reports.
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
    local words = "has %d bytes, at most %d are taken; a longer text can go as a .txt file"
    fault(call.problems, "argument 'body'", words:format(#body, most))
  end
end

--- Gives each file the type that its bytes show; refuses what is none of the four kinds. Files that come in pieces are gathered.
---@param call { args: table, options: table, problems: string[], dry: boolean? }  `dry`: nothing is sent, so no piece is taken
---@return integer bytes of all files
function limits.types(call)
  local files, typed, bytes, most = call.args.files, {}, 0, call.options.max_bytes or limits.BYTES
  if not files then return 0 end
  if #files == 0 and #call.problems == 0 then fault(call.problems, "argument 'files'", "is an empty list") end
  local function complain(i, words) fault(call.problems, ("argument 'files[%d]'"):format(i), words) end
  for i, file in ipairs(files) do
    local trouble, kind
    -- Pieces come once: they are left where the call is refused anyhow.
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
    fault(problems, "argument 'files'", ("holds %d files, at most %d are taken"):format(#args.files, most_files))
  end
  if args.files and bytes > most_bytes then
    fault(problems, "argument 'files':", ("text and files have %d bytes, at most %d are taken"):format(bytes, most_bytes))
  end
end

-- One option that must lie between two numbers.
local function check_range(options, name, least, most, problems)
  local value = options[name]
  if math.type(value) == "integer" and (value < least or value > most) then
    problems[#problems + 1] = ("option '%s' must be from %d to %d"):format(name, least, most)
  end
end

--- Checks the client's options that move the limits.
---@param options table
---@param problems string[]
function limits.check_options(options, problems)
  check_range(options, "max_text_bytes", 1, limits.TEXT_MAX, problems)
  check_range(options, "max_files", 1, 100, problems)
  check_range(options, "max_bytes", 1, math.maxinteger, problems)
end

return limits
