-- SPDX-License-Identifier: MIT
-- The files of the web pages, as HTTP responses.

local json = require "sms.json"

local pages = {}

-- `require` passes a chunk the path of its file.
local FOLDER = (select(2, ...) or "lua/sms/sandbox/pages.lua"):gsub("pages%.lua$", "web/")

local TYPES = {
  html = "text/html; charset=utf-8", css = "text/css; charset=utf-8", js = "text/javascript; charset=utf-8", svg = "image/svg+xml",
}

local POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
  .. "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"

--- A response from encoded JSON.
---@param status integer
---@param text string
---@return table response
function pages.encoded(status, text)
  return { status = status, headers = { ["content-type"] = "application/json" }, body = text }
end

--- A response with a value as JSON.
---@param status integer
---@param value any
---@return table response
function pages.json(status, value)
  return pages.encoded(status, assert(json.encode(value)))
end

--- A file of the pages, with the content security policy; 404 if there is no such file.
---@param name string     below the folder of the pages
---@param missing string  what the response says then
---@return table response
function pages.file(name, missing)
  local kind = name:find("^[%w%-_./]+$") and not name:find("..", 1, true) and TYPES[name:match("%.(%w+)$")]
  local file = kind and io.open(FOLDER .. name, "rb")
  if not file then return pages.json(404, { error = missing }) end
  local body = file:read "a"
  file:close()
  return { status = 200, headers = { ["content-type"] = kind, ["content-security-policy"] = POLICY }, body = body or "" }
end

return pages
