-- SPDX-License-Identifier: MIT
-- A generated part of docs/errors.md: what each code of each provider becomes. The codes are played to the client itself, through a
-- transport that answers with them, so the page can't say what the code doesn't do.

local core = require "sms.core"
local json = require "sms.json"
local sms = require "sms"

local errors = {}

-- How each provider says a code in answer to a send: HTTP status and body.
local PROVIDERS = {
  messagewhiz = {
    options = { apikey = "none" }, message = { to = "447700900123", from = "Shop", text = "x" },
    says = function(code) return code, { statusCode = code } end,
  },
  zoomconnect = {
    options = { email = "a@example.org", token = "none" }, message = { to = "+27825550123", text = "x" },
    says = function(code) return 400, { code = code } end,
  },
  websms = {
    options = { token = "none" }, message = { to = "436641234567", text = "x" },
    says = function(code) return 200, { statusCode = code } end,
  },
  zipwhip = {
    options = { session = "none" }, message = { to = "2065550123", text = "x" },
    says = function(code) return 200, { success = false, response = { code = code } } end,
  },
}

-- What the client makes of a response to a send; nil where it is a success.
local function error_of(name, status, body)
  local provider = PROVIDERS[name]
  local options = { retries = 0, transport = function() return { status = status, headers = {}, body = body } end }
  for key, value in pairs(provider.options) do options[key] = value end
  local receipt, err = sms[name](options):send(provider.message)
  return receipt == nil and err or nil
end

local function line(out, code, row, err)
  out[#out + 1] = ("| %s | %s | `%s` | `%s` | %s | %s |"):format(
    code, row.name, err.kind, err.outcome, err.retryable and "yes" or "no", row.text)
end

-- HTTP statuses stand for themselves; where a code is one, too, the code's line tells more.
local function provider_table(name)
  local out = { "| code | name | kind | outcome | tried again | meaning |", "|---|---|---|---|---|---|" }
  local said = {}
  for _, row in ipairs(core.statuses(name, "send")) do
    local status, body = PROVIDERS[name].says(row.code)
    local err = status > 0 and error_of(name, status, assert(json.encode(body)))
    if err then
      said[status == row.code and status or ""] = true
      line(out, ("`%s`"):format(row.code), row, err)
    end
  end
  for _, row in ipairs(core.statuses(name, "http")) do
    local err = row.code // 100 ~= 2 and not said[row.code] and error_of(name, row.code, "")
    if err then line(out, "HTTP " .. row.code, row, err) end
  end
  return out
end

--- For each provider its documented codes and statuses: what a send that is answered so comes back as.
---@return string
function errors.codes()
  local out = {}
  for _, name in ipairs(sms.providers) do
    out[#out + 1] = ("### %s\n"):format(require("sms." .. name).title)
    out[#out + 1] = table.concat(provider_table(name), "\n") .. "\n"
  end
  return table.concat(out, "\n")
end

return errors
