-- SPDX-License-Identifier: MIT
-- A first MessageWhiz broadcast, from campaign to delivery report: `lua5.4 examples/first_broadcast.lua [RECIPIENTS.csv]`.
-- Without MESSAGEWHIZ_APIKEY it runs on a sandbox that it starts itself; nothing leaves this machine and no text is sent.
-- With it, and MESSAGEWHIZ_URL for another host, the same calls go to the real service; then pass a file of your own.

local sms = require "sms"

local HERE = arg and arg[0] and arg[0]:match("^(.*)/[^/]*$") or "."
local TEXT = "Hello {{first_name}}, the museum is open until 10 tonight."
local PATIENCE = 120 -- seconds to wait for the last delivery report

local function say(line, ...)
  print(select("#", ...) > 0 and line:format(...) or line)
end

-- Returns the result of a call, or ends the run with the step and the reason.
local function must(step, result, problem)
  if result == nil then error(step .. ": " .. tostring(problem), 0) end
  return result
end

--- Draws a progress line on a terminal, which the caller ends; elsewhere nil, and nothing is drawn.
local function progress_line()
  if not os.execute("[ -t 2 ]") then return nil end
  local drawn = 0
  return function(up, up_total)
    if up <= drawn or not up_total then return end
    drawn = up
    io.stderr:write(("\r  uploading %3d %% of %d KiB"):format(100 * up // up_total, up_total // 1024))
  end
end

--- Counts of the whole broadcast: the report has one row for each segment.
local function totals(rows)
  local sum = { sent = 0, delivered = 0, undelivered = 0, rejected = 0, expired = 0, failed = 0 }
  for _, row in ipairs(rows) do
    for state in pairs(sum) do sum[state] = sum[state] + (row[state] or 0) end
  end
  sum.final = sum.delivered + sum.undelivered + sum.rejected + sum.expired + sum.failed
  return sum
end

--- Asks for the delivery report once a second until every text has its final state or patience ends.
local function await_report(mw, broadcast_id, expected)
  local deadline, sum = os.time() + PATIENCE, nil
  repeat
    if sum then sms.sleep(1) end
    sum = totals(must("delivery report", mw.delivery_reports:get { bid = broadcast_id }))
  until sum.final >= expected or os.time() > deadline
  return sum
end

local function upload(mw, path)
  local preview = must("preview", mw.recipient_lists:preview { doc = { path = path } })
  say("preview      columns: %s; first row: %s", table.concat(preview.data[1] or {}, ", "),
    table.concat(preview.data[2] or {}, ", "))
  local draw = progress_line()
  local list, problem = mw.recipient_lists:import(
    { doc = { path = path }, mapping = { "phone_number", "first_name" }, name = "Guests" }, { progress = draw })
  if draw then io.stderr:write("\n") end
  must("recipient list", list, problem)
  say("recipients   list %d: %d of %d rows taken, %d wrong, %d twice", list.recipient_list_id, list.inserted, list.total,
    list.wrong, list.duplicate)
  return list
end

local function broadcast(options, path)
  local mw = sms.messagewhiz(options)
  local campaign = must("campaign", mw.campaigns:create { name = "Open evening" })
  say("campaign     %d %s", campaign.id, campaign.name)
  local list = upload(mw, path)
  local sender = must("sender", mw.senders:create { name = "Museum" })
  say("sender       %d %s", sender.id, sender.name)
  local template = must("template", mw.templates:create { name = "Open evening", body = TEXT })
  say("template     %d %s", template.id, template.body)
  local estimate = must("estimate", mw.broadcasts:estimate { recipient_list_ids = list.recipient_list_id, template_id = template.id })
  say("estimate     %d texts, %d parts, price %.2f", estimate.messages, estimate.parts, estimate.sum)
  local sent = must("broadcast", mw.broadcasts:send {
    campaign_id = campaign.id, name = "Open evening", sender_ids = sender.id, recipient_list_ids = list.recipient_list_id,
    template_id = template.id,
  })
  say("broadcast    %d accepted", sent.broadcastID)
  return await_report(mw, sent.broadcastID, list.inserted), list.inserted
end

local function summary(sum, expected)
  say("")
  for _, state in ipairs { "delivered", "undelivered", "expired", "rejected", "failed" } do say("%12s %6d", state, sum[state]) end
  say("%12s %6d", "still open", expected - sum.final)
  say("%12s %6d", "recipients", expected)
end

-- The real service, or a sandbox: base URL, key, and a function to stop it.
local function service()
  local key = os.getenv("MESSAGEWHIZ_APIKEY")
  if key then return os.getenv("MESSAGEWHIZ_URL"), key, function() end end
  local server = must("sandbox", require("sms.sandbox.server").spawn { delivery = 0.5 })
  say("sandbox      %s", server.url)
  return server.url .. "/messagewhiz", "sandbox-key", server.stop
end

local function recipient_file()
  if arg and arg[1] then return arg[1], function() end end
  local path = os.tmpname()
  must("recipient file", dofile(HERE .. "/recipients.lua").write(path, 5000))
  return path, function() os.remove(path) end
end

local url, key, stop = service()
local path, discard = recipient_file()
local ok, sum, expected = pcall(broadcast, { apikey = key, base_url = url }, path)
discard()
stop()
if not ok then
  io.stderr:write(tostring(sum) .. "\n")
  os.exit(1, true)
end
summary(sum, expected)
os.exit(sum.final >= expected and 0 or 1, true)
