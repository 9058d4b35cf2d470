-- SPDX-License-Identifier: MIT
-- `make bench PARTS=operations`: instructions of every documented operation of each provider against a C program on libcurl that makes the
-- same requests, written in advance, and reads the responses with cJSON; and against one that reads nothing.

local measure = require "bench.measure"
local witnesses = require "bench.witnesses"

local COUNT = 20 -- calls of each operation
local MOST = 1.4

local function sum(list)
  local all = 0
  for _, value in ipairs(list) do all = all + value end
  return all
end

-- Instructions of one call of each operation by one program: those between its two marks. `last`: after them it has made all of them in
-- turn, with its collector, of whose work each call then gets the same share.
local function counts(command, scratch, many, last)
  local totals = measure.marked(command, scratch)
  local out = {}
  for i = 1, many do
    if not totals[2 * i] then return nil end
    out[i] = totals[2 * i] / COUNT
  end
  if not last then return out end
  if not totals[2 * many + 2] then return nil end
  local share = (totals[2 * many + 2] / COUNT - sum(out)) / many
  for i = 1, many do out[i] = out[i] + share end
  return out
end

local function ends_of(operations, ratios)
  local order = {}
  for i in ipairs(operations) do order[i] = i end
  table.sort(order, function(a, b) return ratios[a] < ratios[b] end)
  local function told(i) return ("%s %.2f"):format(operations[i].name, ratios[i]) end
  return ("least %s, most %s"):format(told(order[1]), told(order[#order]))
end

local function provider_row(bench, provider, http, report)
  local site, list = bench.site(), bench.folder .. "/requests"
  local operations = witnesses.of(provider)
  local quoted, scratch = measure.quoted, bench.folder .. "/marked"
  local ready = measure.works(("%s list %s %s %s"):format(bench.ours, provider, site.url, quoted(list)))
  local function floor_of(reads)
    local command = ("%s %s %s %s %d %s"):format(bench.floor, quoted(list), quoted(site.ca_file), http, COUNT, reads)
    return ready and counts(command, scratch, #operations)
  end
  local ours = ("%s run %s %s %s %s %d"):format(bench.ours, provider, site.url, quoted(site.ca_file), http, COUNT)
  local floor, bare = floor_of "read", floor_of "skip"
  local own = floor and bare and counts(ours, scratch, #operations, true)
  if not own then return report:row(provider) end
  local ratios, bare_ratios = {}, {}
  for i, one in ipairs(operations) do
    ratios[i], bare_ratios[i] = own[i] / floor[i], own[i] / bare[i]
    if bench.is_told then
      print(("    %-44s %9.0f %9.0f %6.2f x %9.0f %6.2f x"):format(one.name, own[i], floor[i], ratios[i], bare[i], bare_ratios[i]))
    end
  end
  report:row(provider, measure.median(own), measure.median(ratios),
    ("%d operations, %s, together %.2f; against C that reads nothing %.2f"):format(
      #operations, ends_of(operations, ratios), sum(own) / sum(floor), measure.median(bare_ratios)))
end

--- Measures them.
---@param bench { site: fun(): table, folder: string, ours: string, floor: string, report: table, is_told: boolean,
---  is_wanted: fun(word: string): boolean }
return function(bench)
  for _, http in ipairs { "1.1", "2" } do
    if bench.is_wanted(http) then
      local goals = {}
      for i, provider in ipairs(witnesses.providers) do goals[i] = { row = provider, most = MOST } end
      bench.report:section(("Instructions of every operation, median, HTTP/%s"):format(http), "", goals)
      for _, provider in ipairs(witnesses.providers) do provider_row(bench, provider, http, bench.report) end
      bench.report:judge()
    end
  end
end
