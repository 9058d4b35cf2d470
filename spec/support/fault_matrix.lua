-- SPDX-License-Identifier: MIT
-- What each fault of the sandbox must come to: for sends and for everything else, in this process and over HTTP.

local sandbox = require "sms.sandbox"
local server = require "sms.sandbox.server"
local sms = require "sms"
local kinds = dofile "spec/support/kinds_of_call.lua"

local matrix = {}

--- Tries that a client makes at most, with its default of two retries.
matrix.TRIES = 3

--- Fault → { kind, outcome of a send, texts in the inbox, retried: "always" | "repeatable" | nil, timeout: seconds a call gets,
--- http / process: what is different there }. No kind: the call succeeds. Sends have their own last word: see `expected`.
matrix.faults = {
  { "429", kind = "rate_limited", outcome = "not_sent", texts = 0, retried = "always" },
  { "429=0", kind = "rate_limited", outcome = "not_sent", texts = 0, retried = "always" },
  { "429=date", kind = "rate_limited", outcome = "not_sent", texts = 0, retried = "always" },
  { "408", kind = "timeout", outcome = "unknown", texts = 0, retried = "repeatable" },
  { "460", kind = "rejected", outcome = "unknown", texts = 0 },
  { "accept-then-460", kind = "rejected", outcome = "unknown", texts = 1 },
  { "bom", outcome = "accepted", texts = 1 },
  { "500", kind = "server", outcome = "unknown", texts = 0, retried = "repeatable" },
  { "502", kind = "server", outcome = "unknown", texts = 0, retried = "repeatable" },
  { "503", kind = "server", outcome = "unknown", texts = 0, retried = "repeatable" },
  { "504", kind = "server", outcome = "unknown", texts = 0, retried = "repeatable" },
  { "accept-then-408", kind = "timeout", outcome = "unknown", texts = 1, retried = "repeatable" },
  { "accept-then-500", kind = "server", outcome = "unknown", texts = 1, retried = "repeatable" },
  { "accept-then-502", kind = "server", outcome = "unknown", texts = 1, retried = "repeatable" },
  { "accept-then-503", kind = "server", outcome = "unknown", texts = 1, retried = "repeatable" },
  { "accept-then-504", kind = "server", outcome = "unknown", texts = 1, retried = "repeatable" },
  { "html", kind = "decode", outcome = "unknown", texts = 0 },
  { "html=502", kind = "server", outcome = "unknown", texts = 0, retried = "repeatable" },
  { "accept-then-html", kind = "decode", outcome = "unknown", texts = 1 },
  { "accept-then-html=502", kind = "server", outcome = "unknown", texts = 1, retried = "repeatable" },
  { "empty", kind = "decode", outcome = "unknown", texts = 0 },
  { "accept-then-empty", kind = "decode", outcome = "unknown", texts = 1 },
  { "half-json", kind = "decode", outcome = "unknown", texts = 1 },
  { "cut", kind = "network", outcome = "unknown", texts = 1, retried = "repeatable" },
  { "reset", kind = "network", outcome = "unknown", texts = 0, retried = "repeatable" },
  { "close", kind = "network", outcome = "unknown", texts = 0, retried = "repeatable" },
  { "refused", kind = "network", outcome = "unknown", texts = 0, retried = "repeatable",
    process = { outcome = "not_sent", retried = "always" } },
  { "accept-then-reset", kind = "network", outcome = "unknown", texts = 1, retried = "repeatable" },
  { "accept-then-close", kind = "network", outcome = "unknown", texts = 1, retried = "repeatable" },
  -- The deadline is over all tries: a call that waited it out is not repeated. Without a clock the transport's word is enough.
  { "hang", kind = "timeout", outcome = "unknown", texts = 0, timeout = 0.15, process = { retried = "repeatable" } },
  { "accept-then-hang", kind = "timeout", outcome = "unknown", texts = 1, timeout = 0.15, process = { retried = "repeatable" } },
  { "drip=9", kind = "timeout", outcome = "unknown", texts = 1, timeout = 0.15, process = { kind = false, outcome = "accepted" } },
  { "drip=0.05", outcome = "accepted", texts = 1 },
  { "401-once", kind = "auth", outcome = "not_sent", texts = 0 },
  { "duplicate-report", outcome = "accepted", texts = 1 },
  { "early-report", outcome = "accepted", texts = 1 },
}

--- What a fault must come to where it is played.
---@param row table  of `faults`
---@param place "http"|"process"
---@return { kind: string?, outcome: string, texts: integer, retried: string?, timeout: number? }
function matrix.expected(row, place)
  local out = { name = row[1], kind = row.kind, outcome = row.outcome, texts = row.texts, retried = row.retried, timeout = row.timeout }
  for name, value in pairs(row[place] or {}) do out[name] = value or nil end
  if row[place] and row[place].kind == false then out.kind = nil end
  return out
end

--- How often a request must arrive.
---@param expected table
---@param repeatable boolean
---@return integer
function matrix.arrivals(expected, repeatable)
  local again = expected.retried == "always" or expected.retried == "repeatable" and repeatable
  return again and matrix.TRIES or 1
end

---------------------------------------------------------------- where it is played

local function count_texts(inbox, text)
  local count = 0
  for _, message in ipairs(inbox) do
    if message.text == text then count = count + 1 end
  end
  return count
end

--- A sandbox in this process. Both kinds of place have `client(provider, settings)`, `arrivals(provider)`, `inbox()`, `texts(text)`,
--- `fault(rule)`, `clear()` and `stop()`.
function matrix.process()
  local box = sandbox.new { seed = 4 }
  local place = { name = "process", box = box }
  function place.client(provider, settings)
    local options = { transport = box:transport(provider) }
    for name, value in pairs(settings or {}) do options[name] = value end
    return kinds.client(provider, options)
  end
  function place.arrivals(provider) return box:arrivals()[provider] end
  function place.inbox() return box:inbox() end
  function place.texts(text) return count_texts(box:inbox(), text) end
  function place.fault(rule) box:fault(rule) end
  function place.clear() box:clear_faults() end
  function place.stop() end
  return place
end

-- Seconds after which the sandbox ends by itself, should nobody end it: longer than any spec runs.
local LONG = 3600

--- A sandbox in a process of its own, over HTTP.
function matrix.http()
  local child = assert(server.spawn { seed = 4, seconds = LONG })
  local control = sms.messagewhiz { apikey = "none", base_url = child.url }
  local place = { name = "http", url = child.url, stop = child.stop }
  local function page(method, path, body)
    local result, err = control:request { method = method, path = "/_sandbox/" .. path, json = body }
    if result == nil then error(tostring(err) .. " " .. tostring(err.body), 2) end
    return result
  end
  function place.client(provider, settings)
    local options = { base_url = child.url .. "/" .. provider }
    for name, value in pairs(settings or {}) do options[name] = value end
    return kinds.client(provider, options)
  end
  function place.arrivals(provider) return page("GET", "arrivals")[provider] end
  function place.inbox() return page("GET", "inbox") end
  function place.texts(text) return count_texts(page("GET", "inbox"), text) end
  function place.fault(rule) page("POST", "faults", rule) end
  function place.clear() page("DELETE", "faults") end
  place.page = page
  return place
end

--- A number of an inbox's texts, by text.
---@param inbox table[]
---@return table<string, integer>
function matrix.by_text(inbox)
  local out = {}
  for _, message in ipairs(inbox) do out[message.text] = (out[message.text] or 0) + 1 end
  return out
end

--- Compares what was claimed of each text with what is there, by text; raises where that does not agree.
---@param there table<string, integer>  of `matrix.by_text`
---@param books { claims: table<string, string> }  the outcome of each text
---@return integer texts  how many are there
function matrix.audit(there, books)
  local texts = 0
  for text, outcome in pairs(books.claims) do
    local count = there[text] or 0
    texts = texts + count
    if count > 1 then error(text .. " is there twice") end
    if outcome == "not_sent" and count > 0 then error(text .. " is called not_sent and is there") end
    if outcome == "accepted" and count ~= 1 then error(text .. " is called accepted and is not there") end
  end
  return texts
end

--- The sum of some counts by name.
function matrix.sum(counts)
  local total = 0
  for _, count in pairs(counts) do total = total + count end
  return total
end

--- Counts by name, as words.
function matrix.listed(counts)
  local out = {}
  for name, count in pairs(counts) do out[#out + 1] = ("%s %d"):format(name, count) end
  table.sort(out)
  return table.concat(out, ", ")
end

--- Per-call options that ask for a fault.
---@param fault string?
---@param timeout number?
function matrix.asking(fault, timeout)
  return { headers = fault and { ["x-sandbox-fault"] = fault } or nil, timeout = timeout }
end

--- Kind and outcome of what a call gave back.
---@param result any
---@param second table  response or error
---@return string? kind
---@return string outcome
function matrix.verdict(result, second)
  if result == nil then return second.kind, second.outcome end
  return nil, second.outcome
end

return matrix
