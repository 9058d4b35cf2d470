#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: MIT
-- A webhook receiver for any web server that runs CGI programs (RFC 3875): each event is one line of JSON, appended to a file.
--
-- Set in the server's configuration (where the server keeps secrets, not in the URL):
--   LUA_SMS_PROVIDER        the provider that sends the webhooks: messagewhiz, zoomconnect, …
--   LUA_SMS_EVENTS          the file to append to, outside the document root
--   LUA_SMS_WEBHOOK_SECRET  the shared secret; configure https://…/webhook.cgi?secret=… at the provider
-- A CGI program keeps no state: the reader of the file drops lines whose `key` occurred before.

local webhook = require "sms.webhook"

local REASONS = { [200] = "OK", [400] = "Bad Request", [403] = "Forbidden", [405] = "Method Not Allowed", [413] = "Content Too Large",
  [500] = "Internal Server Error" }

local function respond(status, headers, body)
  io.stdout:write(("Status: %d %s\r\n"):format(status, REASONS[status] or "-"))
  for name, value in pairs(headers) do io.stdout:write(name, ": ", value, "\r\n") end
  io.stdout:write("\r\n", body)
end

local function refuse(status, words)
  io.stderr:write("webhook.cgi: ", words, "\n")
  respond(status, { ["content-type"] = "text/plain" }, (REASONS[status] or "refused"):lower() .. "\n")
end

-- The body, up to the maximum of a webhook; or nil, a status and the reason.
local function read_body()
  local text = os.getenv "CONTENT_LENGTH" or ""
  if text == "" then return "" end
  if not text:find("^%d+$") or #text > 9 then return nil, 413, "CONTENT_LENGTH " .. text:sub(1, 40) end
  local length = tonumber(text)
  if length > webhook.MAX_BODY then return nil, 413, ("a body of %d bytes"):format(length) end
  local body = length == 0 and "" or io.stdin:read(length) or ""
  if #body < length then return nil, 400, ("the body ends after %d of %d bytes"):format(#body, length) end
  return body
end

-- All lines in one write, so that those of concurrent programs are not mixed.
local function keep(events)
  local lines = {}
  for i, event in ipairs(events) do lines[i] = webhook.line(event) .. "\n" end
  local file, problem = io.open(os.getenv "LUA_SMS_EVENTS" or "", "ab")
  if not file then return nil, problem end
  local text = table.concat(lines)
  file:setvbuf("full", #text + 1)
  local written, trouble = file:write(text)
  local closed, last = file:close()
  return written and closed, trouble or last
end

local function main()
  local method = os.getenv "REQUEST_METHOD" or ""
  if method ~= "GET" and method ~= "POST" and method ~= "PUT" then return refuse(405, "method " .. method) end
  local reader = webhook.reader(os.getenv "LUA_SMS_PROVIDER" or "", os.getenv "LUA_SMS_WEBHOOK_SECRET")
  local body, status, words = read_body()
  if not body then return refuse(status, words) end
  local events, problem = reader:webhook {
    method = method, query = os.getenv "QUERY_STRING", body = body,
    headers = { ["content-type"] = os.getenv "CONTENT_TYPE", [webhook.HEADER] = os.getenv "HTTP_X_WEBHOOK_SECRET" },
  }
  if not events then
    return refuse(problem.kind == "auth" and 403 or problem.kind == "too_large" and 413 or 400, tostring(problem))
  end
  local kept, trouble = keep(events)
  if not kept then io.stderr:write("webhook.cgi: ", tostring(trouble), "\n") end
  local response = reader:webhook_answer(kept ~= nil and kept)
  respond(response.status, response.headers, response.body)
end

local ok, problem = pcall(main)
if not ok then refuse(500, tostring(problem)) end
