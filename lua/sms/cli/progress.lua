-- SPDX-License-Identifier: MIT
-- The progress of a run in one line: counts, rate, time left.

local core = require "sms.core"
local dates = require "sms.dates"
local output = require "sms.cli.output"

local progress = {}
progress.__index = progress

local REDRAW, MINUTE, SNAPSHOT = 0.25, 60, 1 -- seconds between two lines on a terminal, elsewhere, as JSON
local WINDOW, LEAST = 30, 10                 -- seconds that the rate is of; below so many it is unknown

--- A watcher of one run.
---@param name string
---@param rows integer
---@param how "auto"|"line"|"lines"|"json"|"none"
---@param limit? number  texts a second that the run may have
function progress.new(name, rows, how, limit)
  if how == "auto" then how = output.is_terminal(2) and "line" or "lines" end
  return setmetatable({ name = name, rows = rows, how = how, limit = limit, samples = {}, shown_at = -math.huge, width = 0 }, progress)
end

local function done_of(counts)
  return counts.accepted + counts.not_sent + counts.unknown + (counts.cancelled or 0)
end

-- Rows per second over the last half minute; nil until there are enough samples.
local function rate_of(self, done, now)
  local samples = self.samples
  samples[#samples + 1] = { at = now, done = done }
  while samples[2] and now - samples[2].at >= WINDOW do table.remove(samples, 1) end
  local seconds = now - samples[1].at
  if seconds <= 0 then return nil, false end
  return (done - samples[1].done) / seconds, seconds >= LEAST
end

local function grouped(n)
  local text = tostring(n):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

local function span(seconds)
  seconds = math.ceil(seconds)
  if seconds >= 3600 then return ("%d:%02d:%02d"):format(seconds // 3600, seconds // 60 % 60, seconds % 60) end
  return ("%d:%02d"):format(seconds // 60, seconds % 60)
end

-- Counts, percent, rate and seconds left.
local function figures(self, counts)
  local done = done_of(counts)
  local rate, known = rate_of(self, done, core.now())
  local left
  if known and rate > 0 then left = (self.rows - done) / (self.limit and math.min(rate, self.limit) or rate) end
  return { name = self.name, rows = self.rows, done = done, accepted = counts.accepted, not_sent = counts.not_sent,
    unknown = counts.unknown, held = counts.held or 0, rate = rate and math.floor(rate + 0.5), left = left and math.ceil(left) }
end

local function line_of(all)
  local out = {
    all.name, ("%s/%s"):format(grouped(all.done), grouped(all.rows)), ("%d %%"):format(all.rows > 0 and all.done * 100 // all.rows or 100),
    ("%s/s"):format(all.rate and grouped(all.rate) or "?"), "accepted " .. grouped(all.accepted), "not sent " .. grouped(all.not_sent),
    "unknown " .. grouped(all.unknown),
  }
  if all.held > 0 then out[#out + 1] = "held " .. grouped(all.held) end
  out[#out + 1] = "left " .. (all.done >= all.rows and "0:00" or all.left and span(all.left) or "?")
  return table.concat(out, "  ")
end

local function plain_of(all)
  return ("%s %s %d/%d accepted=%d not_sent=%d unknown=%d held=%d rate=%s left=%s"):format(dates.iso(os.time()):gsub("%.%d+Z$", "Z"),
    all.name, all.done, all.rows, all.accepted, all.not_sent, all.unknown, all.held, all.rate or "?",
    all.done >= all.rows and 0 or all.left or "?")
end

local writers = {}

-- Rewrites the line in place, cut to the terminal's width.
function writers.line(self, all, last)
  local columns = core.terminal(2) or 80
  local line = line_of(all):sub(1, columns - 1)
  io.stderr:write("\r", line, (" "):rep(math.max(0, math.min(self.width, columns - 1) - #line)), last and "\n" or "")
  self.width = #line
end

function writers.lines(_, all)
  io.stderr:write(plain_of(all), "\n")
end

function writers.json(_, all)
  io.stderr:write(output.json(all, { "name", "rows", "done" }), "\n")
end

local PACE = { line = REDRAW, lines = MINUTE, json = SNAPSHOT }

--- Shows the progress, no more often than the chosen way allows.
---@param counts { accepted: integer, not_sent: integer, unknown: integer, cancelled: integer?, held: integer? }  of the whole run
---@param last? boolean  at the end
function progress:show(counts, last)
  local writer, now = writers[self.how], core.now()
  local all = figures(self, counts)
  if not writer or not last and now - self.shown_at < PACE[self.how] then return end
  self.shown_at = now
  writer(self, all, last)
end

--- "1,234".
progress.grouped = grouped

return progress
