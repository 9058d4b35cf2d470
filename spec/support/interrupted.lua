-- SPDX-License-Identifier: MIT
-- A script that sends texts until Ctrl-C, for specs: `lua5.4 spec/support/interrupted.lua MODE URL`. It prints the outcome of every text
-- that it learns of, a line each, also what came with the interruption.

local patience = require "spec.support.patience"
local sms = require "sms"

local mode, url = arg[1], arg[2]
local client = sms.websms { token = "the-token-of-the-spec", base_url = url, retries = 0, timeout = 2 * patience.FAR }
local COUNT = 12

local function message(i)
  local slow = mode == "send" or i > 4
  return { to = "436641234567", text = slow and "wait " .. 1000 * patience.FAR or "wait 5", reference = mode .. "-" .. i }
end

local messages = {}
for i = 1, COUNT do messages[i] = message(i) end

local function note(reference, outcome)
  print("outcome", reference, outcome)
  io.stdout:flush()
end

local function send(given)
  local receipt, err = client:send(given)
  if not receipt then err.reference = given.reference end
  return receipt, err
end

local function loop()
  for receipt, err in sms.parallel(4, messages, send) do note((receipt or err).reference, (receipt or err).outcome) end
end

local function tasks()
  local all = {}
  for i, given in ipairs(messages) do all[i] = sms.task(send, given) end
  for _, task in ipairs(all) do
    local receipt, err = task:wait()
    note((receipt or err).reference, (receipt or err).outcome)
  end
end

local modes = { parallel = loop }

function modes.send()
  client:send(messages[1])
end

function modes.progress()
  client:send(messages[5], { progress = function() end })
end

function modes.send_many()
  for _, row in ipairs(client:send_many(messages)) do note(row.reference, row.outcome) end
end

function modes.run() sms.run(tasks) end

function modes.parallel_in_run() sms.run(loop) end

function modes.send_many_in_run()
  sms.run(function() return client:send_many(messages) end)
end

function modes.luv() require("sms.loop.luv").run(tasks) end

function modes.cqueues() require("sms.loop.cqueues").run(tasks) end

local ok, err = pcall(modes[mode])
print("ended", ok, (tostring(err):gsub("%s+", " ")))
if type(err) == "table" then
  if mode == "send" or mode == "progress" then note(messages[mode == "send" and 1 or 5].reference, err.outcome) end
  for _, one in ipairs(err.results or {}) do
    local row = one.reference and one or one[1] or one[2]
    if row.reference then note(row.reference, row.outcome) end
  end
end
