-- SPDX-License-Identifier: MIT
-- `sms send`: one text to one or more numbers.

local account = require "sms.cli.account"
local output = require "sms.cli.output"
local sms = require "sms"

local send = {}

local STEP = 0.5 -- seconds between two checks at a state that is waited for

--- The text from standard input or an argument, without its final line end.
---@param text? string
---@return string
function send.text_of(text)
  if text and text ~= "-" then return text end
  local content, problem = io.stdin:read "a"
  if not content then output.stop(2, "standard input: " .. tostring(problem)) end
  return (content:gsub("^\xEF\xBB\xBF", ""):gsub("\r?\n$", ""))
end

local function media_of(paths)
  local out = {}
  for i, path in ipairs(paths or {}) do out[i] = { path = path } end
  return out[1] and out or nil
end

local function messages_of(options)
  local text = send.text_of(options.text)
  if options.optimise then text = sms.text.optimise(text) or text end
  if options.reference and #options.to > 1 then output.stop(2, "--reference identifies one message; there are several numbers") end
  local out = {}
  for i, to in ipairs(options.to) do
    out[i] = { to = to, text = text ~= "" and text or nil, template = false, from = options.from, at = options.at,
      reference = options.reference, media = media_of(options.media), max_segments = options.max_segments }
  end
  return out
end

-- Rows for the numbers that the profile doesn't allow, and messages for the rest.
local function hold(messages, whose)
  if not whose.only then return messages, {} end
  local free, held = {}, {}
  for _, message in ipairs(messages) do
    local number = sms.number.recipient(message.to, whose.region)
    if number and not whose.only[number] then
      held[#held + 1] = { provider = whose.provider, to = number, outcome = "held",
        message = ("held: the profile sends only to its %s"):format(output.plural(send.count_of(whose.only), "number")) }
    else
      free[#free + 1] = message
    end
  end
  return free, held
end

--- Number of keys of a table.
---@param set table
---@return integer
function send.count_of(set)
  local n = 0
  for _ in pairs(set) do n = n + 1 end
  return n
end

---------------------------------------------------------------- output

local FIELDS = {
  "provider", "to", "outcome", "status", "final", "id", "ids", "broadcast_id", "recipients", "reference", "segments", "duplicate_of",
  "text", "time",
}
local ERROR_FIELDS = {
  "kind", "outcome", "operation", "status", "code", "name", "message", "field", "retryable", "retry_after", "evidence",
}

local function picked(from, names)
  local out = {}
  for _, name in ipairs(names) do out[name] = from[name] end
  return out
end

--- A receipt or row as `--json` prints it.
---@param row table
---@return table
function send.printable(row)
  local out = picked(row, FIELDS)
  if row.error then out.error = picked(row.error, ERROR_FIELDS) end
  if row.outcome == "held" then out.error = { message = row.message } end
  return out
end

-- Recipient of a row, in E.164 where it can be determined.
local function number_of(row, region)
  local to = row.to
  if type(to) == "table" then return table.concat(to, ",") end
  return to and sms.number.recipient(to, region) or tostring(to or "-")
end

--- Prints receipts, and their errors on standard error.
---@param rows table[]
---@param options { json?: boolean }
---@param region? string  of national numbers
function send.print(rows, options, region)
  local cells = {}
  for _, row in ipairs(rows) do
    if options.json then output.print_json(send.printable(row)) end
    cells[#cells + 1] = { row.final and row.status or row.outcome, number_of(row, region), tostring(row.id or row.broadcast_id or "-"),
      row.segments and output.plural(row.segments, "segment") or "-" }
    if row.error or row.message then
      output.complain(number_of(row), ": ", row.message or tostring(row.error))
    end
  end
  if not options.json then output.rows(cells) end
end

--- The exit status of rows: 3 if any is unknown, else 0 if all were accepted, 1 if none, 4 if some.
---@param rows table[]
---@return integer
function send.status_of(rows)
  local accepted, others = 0, 0
  for _, row in ipairs(rows) do
    if row.outcome == "unknown" then return 3 end
    if row.outcome == "accepted" then accepted = accepted + 1 else others = others + 1 end
  end
  if others == 0 then return 0 end
  return accepted > 0 and 4 or 1
end

---------------------------------------------------------------- sending

-- Prints what each number would get; exits like the real command for rows proven bad.
local function rehearse(messages, held, whose, options)
  local rows = {}
  for i, message in ipairs(messages) do
    local ok, problem = whose.client:check(message)
    local _, _, segments = sms.text.count(message.text or "")
    local number = sms.number.recipient(message.to, whose.region) or message.to
    rows[i] = { provider = whose.provider, to = number, outcome = ok and "ready" or "not_sent", segments = ok and segments or nil,
      text = message.text, from = message.from, message = not ok and (type(problem) == "table" and problem.message or problem) or nil }
  end
  table.move(held, 1, #held, #rows + 1, rows)
  local ready, segments, cells = 0, 0, {}
  for i, row in ipairs(rows) do
    if row.outcome == "ready" then ready, segments = ready + 1, segments + (row.segments or 0) end
    if options.json then
      output.print_json { provider = row.provider, to = row.to, outcome = row.outcome, segments = row.segments, from = row.from,
        text = row.text, error = row.message and { message = row.message } }
    end
    cells[i] = { row.outcome, row.to, row.segments and output.plural(row.segments, "segment") or "-", row.text or "-" }
    if row.message then output.complain(row.to, ": ", row.message) end
  end
  if not options.json then output.rows(cells) end
  output.complain(("nothing was sent; %s would be, %s"):format(output.plural(ready, "text"), output.plural(segments, "segment")))
  return ready == #rows and 0 or ready > 0 and 4 or 1
end

-- Polls the states of receipts until they are final or the time is up.
local function await(rows, whose, seconds)
  local ends = sms.core.now() + seconds
  repeat
    local open = false
    for _, row in ipairs(rows) do
      if row.outcome == "accepted" and not row.final then
        local found, err = whose.client:status(row)
        if found then
          row.status, row.final = found.status, found.final
        else
          output.complain(number_of(row), ": ", tostring(err))
          if err.name == "unsupported" then return end
        end
        open = open or not row.final
      end
    end
    if open then sms.sleep(math.min(STEP, math.max(0, ends - sms.core.now()))) end
  until not open or sms.core.now() >= ends
end

-- The rows as known when sending was interrupted.
local function dispatch(client, messages)
  local ok, rows = pcall(client.send_many, client, messages, { duplicates = "skip" })
  if ok then return rows, false end
  if type(rows) == "table" and type(rows.results) == "table" then return rows.results, true end
  local words = output.words(rows)
  if words:find "interrupted!" then error(rows, 0) end
  output.stop(2, words)
end

--- Runs the command.
---@param options table
---@return integer status
function send.run(options)
  local whose = account.open(options)
  local messages, held = hold(messages_of(options), whose)
  if options.dry_run then return rehearse(messages, held, whose, options) end
  if whose.confirm_over and #messages > whose.confirm_over and not options.yes then
    if not output.ask(("Send to %s?"):format(output.plural(#messages, "number")), "--yes") then output.stop(1, "not sent") end
  end
  local rows, broken = dispatch(whose.client, messages)
  if options.wait and not broken then await(rows, whose, options.wait) end
  table.move(held, 1, #held, #rows + 1, rows)
  send.print(rows, options, whose.region)
  local status = send.status_of(rows)
  if broken then output.complain "interrupted" end
  return broken and status ~= 3 and 5 or status
end

return send
