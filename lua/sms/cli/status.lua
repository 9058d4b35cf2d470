-- SPDX-License-Identifier: MIT
-- `sms status`: looks up texts by their ids, or by the receipts that `sms send --json` printed.

local account = require "sms.cli.account"
local json = require "sms.json"
local output = require "sms.cli.output"
local send = require "sms.cli.send"

local status = {}

-- A line of standard input: a receipt as JSON, or an id.
local function receipt_of(line, at)
  if not line:find "^%s*{" then return { id = line:match "^%s*(.-)%s*$" } end
  local row, problem = json.decode(line)
  if type(row) ~= "table" then output.stop(2, ("standard input, line %d: %s"):format(at, tostring(problem))) end
  return row
end

local function receipts_of(ids)
  local out = {}
  for i, id in ipairs(ids) do out[i] = { id = id } end
  if out[1] then return out end
  local at = 0
  for line in io.stdin:lines() do
    at = at + 1
    if line:find "%S" then out[#out + 1] = receipt_of(line, at) end
  end
  return out
end

local function reconcile(whose, options)
  local rows = {}
  for _, row in ipairs(receipts_of(options.id)) do
    if row.outcome == nil then output.stop(2, "--settle takes the rows that sms send --json printed, as JSON lines on standard input") end
    rows[#rows + 1] = row
  end
  local ok, reconciled = pcall(whose.client.reconcile, whose.client, rows)
  if not ok then output.stop(2, output.words(reconciled)) end
  send.print(reconciled, options, whose.region)
  return send.status_of(reconciled)
end

-- Makes one look-up; returns whether it succeeded.
local function look(whose, receipt, options, cells)
  local found, err = whose.client:status(receipt)
  local id = tostring(receipt.id or receipt.broadcast_id or "-")
  if not found then
    output.complain(id, ": ", tostring(err))
    if err.name == "unsupported" then output.stop(2) end
    if options.json then
      output.print_json { id = receipt.id, error = { kind = err.kind, code = err.code, message = err.message } }
    end
    return false
  end
  if options.json then
    output.print_json { id = found.id, to = receipt.to, status = found.status, final = found.final,
      provider_status = found.provider_status }
  end
  local code = found.provider_status
  cells[#cells + 1] = { found.status, id, found.final and "final" or "open",
    type(code) ~= "table" and code ~= nil and tostring(code) or "-" }
  return true
end

-- The texts of a run, by its outbox.
local function of_run(options)
  local outbox = require "sms.cli.outbox"
  if options.id[1] then output.stop(2, "--name and ids can't be combined") end
  if not options.settle then return outbox.rows(options) end
  options.settle = nil -- the usual seconds
  return outbox.reconcile(options)
end

--- Runs the command.
---@param options table
---@return integer status  1 when a look-up failed
function status.run(options)
  if options.name then return of_run(options) end
  local whose = account.open(options)
  if options.settle then return reconcile(whose, options) end
  local cells, all = {}, true
  for _, receipt in ipairs(receipts_of(options.id)) do all = look(whose, receipt, options, cells) and all end
  if not options.json then output.rows(cells) end
  return all and 0 or 1
end

return status
