-- SPDX-License-Identifier: MIT
-- The editor stub of the module itself, library/sms/init.lua: the methods of a client, of a task and of a failover group, and the
-- functions of `sms`, with the words and types that stand above them in the code.

local annotations = require "tools.annotations"
local files = require "tools.files"
local output = require "tools.output"

local face = {}

local add = output.add

-- What the annotations of the code call `table`, in the editor's words.
local SHARPER = {
  { "@param spec table", "@param spec sms.RequestSpec" },
  { "@param request table", "@param request sms.WebhookRequest" },
  { "@return table answer `{ status, headers, body }`", "@return sms.WebhookResponse answer" },
  { "^(%-%-%-@return )table$", "%1table<string, any>" },
  { "@param options%? table  per%-call options; `parallel`: .*", "@param options? sms.SendManyOptions" },
  { "@param options%? table  as `send_many`, but.*", "@param options? sms.SendEachOptions" },
  { "@return fun%(%): table%? rows receipts", "@return fun(): (sms.Receipt|sms.Row)? rows receipts" },
  { "@param options%? table", "@param options? sms.CallOptions" },
  { "@return table response_or_error%s*", "@return sms.Response|sms.Error response  the error after a failure; " },
  { "@param given table", "@param message sms.Message" },
  { "@param messages table%[%]|fun%(%): table%?", "@param messages sms.Message[]|fun(): sms.Message?" },
  { "@return table%? receipt", "@return sms.Receipt? receipt" },
  { "@return table%[%] rows receipts", "@return (sms.Receipt|sms.Row)[] rows receipts" },
  { "@param receipt table", "@param receipt sms.Receipt|sms.Row" },
  { "@param rows table%[%]", "@param rows (sms.Receipt|sms.Row)[]" },
  { "@return table%[%]%? rows", "@return (sms.Receipt|sms.Row)[]? rows" },
  { "@return table%[%]%? events", "@return sms.Event[]? events" },
  { "@return table%? status .*", "@return sms.DeliveryStatus? status" },
  { "@return table task .*", "@return sms.Task task" },
  { "@return table self", "@return sms.Task self" },
  { "@return table group", "@return sms.Failover group" },
  { "@param settings table", "@param settings sms.FailoverSettings" },
  { "@return table%? rows", "@return sms.Rows? rows" },
  { "@param options%? { ordered: boolean%?, rest: table%? }.*", "@param options? sms.ParallelOptions" },
}

-- Functions of `sms` whose words stand elsewhere: file, name there, arguments here.
local ELSEWHERE = {
  { "from_env", "lua/sms/init.lua", "local function from_env", "name, options" },
  { "has", "lua/sms/init.lua", "function sms.has", "name" },
  { "failover", "lua/sms/failover.lua", "function failover.new", "settings" },
  { "rows", "lua/sms/rows.lua", "function rows.open", "file, options" },
  { "run", "lua/sms/task/init.lua", "function scheduler.run", "fn, ..." },
  { "task", "lua/sms/task/init.lua", "function scheduler.task", "fn, ..." },
  { "sleep", "lua/sms/task/init.lua", "function scheduler.pause", "seconds" },
  { "parallel", "lua/sms/task/parallel.lua", "function parallel.each", "n, items, fn, options" },
  { "wrap", "lua/sms/task/coroutines.lua", "function wrapped.wrap", "fn" },
}

-- What stands in C, and values.
local HEAD = [[
---The meaning of a status code.
---@class sms.Status
---@field code integer|string
---@field name string
---@field text string
---@field state string  a status value common to all providers
---@field final boolean  no later report will change it
---@field provider_retry boolean  the provider says that the same request may succeed later
---@field retryable boolean  the former name of `provider_retry`

---@class sms.CassetteOptions
---@field mode? "replay"|"record"|"auto"  Default: "replay".
---@field repeats? boolean  a request that has been used up gets its last response again
---@field texts? boolean  message texts are hidden in the file, too

---The library: `local sms = require "sms"`. Its parts are loaded on first use.
---@class sms
---@field version string  version of the library
---@field _VERSION string  `lua-sms` and the version
---@field providers string[]  names of the providers
---@field core table  the C module; its contents may change with any version
---@field text sms.text  encoding and segments of texts
---@field names { of: fun(code_point: integer): string }  Unicode name of a character, such as `GRINNING FACE`; `U+E000` if it has none
---@field number sms.number  parses phone numbers
---@field webhook sms.webhook  parses webhooks
---@field secret sms.secret  secrets by reference
---@field listener sms.listener  receives webhooks
---@field cassette fun(path: string, options?: sms.CassetteOptions): sms.cassette  records exchanges in a file, or replays them
---@field log sms.log  log lines of calls
---@field metrics sms.metrics  metrics of calls
---@field dates sms.dates  reads and writes times
---@field json sms.json  JSON with exact integers
---@field outbox sms.outbox  durable, resumable sending; a separate rock, raises an error if it is not installed
---@field error sms.error  error values
local sms = {}

--- The meaning of a provider's code. An undocumented code has the state `unknown`.
---@param provider string
---@param kind "send"|"delivery"|"http"  of a refusal or acceptance; of a delivery report; of HTTP
---@param code integer|string
---@return sms.Status
function sms.status(provider, kind, code) end

--- A connection pool for the option `pool` of one or several clients. Clients without the option share a pool.
---@param options? sms.PoolOptions
---@return sms.Pool
function sms.pool(options) end

]]

local function sharpened(line)
  for _, pair in ipairs(SHARPER) do line = line:gsub(pair[1], pair[2]) end
  return (line:gsub(";%s*$", ""))
end

-- The lines above each declaration of a file that matches, and what the pattern captures there.
local function declarations(path, pattern, each)
  for _, block in ipairs(annotations.read(assert(files.read(path)))) do
    local signature = block.below:match(pattern)
    if signature then each(block.lines, signature) end
  end
end

local function add_methods(out, class, words, path, variable)
  local name = class:match "[^.]+$"
  add(out, "---" .. words)
  add(out, "---@class " .. class)
  if class == "sms.Client" then add(out, "---@field provider string  name of the provider") end
  add(out, "local %s = {}", name)
  add(out, "")
  declarations(path, "^function " .. variable .. ":(%l[%w_]*%b())", function(lines, signature)
    for _, line in ipairs(lines) do
      if not line:find "^%-%-%-%s%s%s+`duplicates`" then add(out, "%s", sharpened(line)) end
    end
    add(out, "function %s:%s end", name, (signature:gsub("%f[%w]given%f[%W]", "message")))
    add(out, "")
  end)
end

local function add_functions(out)
  for _, entry in ipairs(ELSEWHERE) do
    local name, path, declared, arguments = table.unpack(entry)
    local before = #out
    declarations(path, "^(" .. declared:gsub("%.", "%%.") .. ")%(", function(lines)
      for _, line in ipairs(lines) do
        if not line:find "@param level" then
          if name == "rows" then line = line:gsub("@param options%? table.*", "@param options? sms.RowsOptions") end
          if not (name == "rows" and line:find "^%-%-%-%s%s") then add(out, "%s", sharpened(line)) end
        end
      end
    end)
    assert(#out > before, path .. " has no " .. declared)
    add(out, "function sms.%s(%s) end", name, arguments)
    add(out, "")
  end
end

--- The file of the module itself.
---@param providers table[]  see `tools/facts.lua`
---@return string
function face.text(providers)
  local out = {
    "-- SPDX-License-Identifier: MIT",
    "-- Generated by tools/docs.lua from the annotations of lua/sms and from tools/face.lua; edit those, then run `make docs`.",
    "---@meta sms", "",
  }
  add_methods(out, "sms.Client", "Methods of every client, in addition to its resources.", "lua/sms/client.lua", "Client")
  add_methods(out, "sms.Task", "A task: a coroutine that yields in client calls.", "lua/sms/task/init.lua", "Task")
  add_methods(out, "sms.Failover", "A group of clients with circuit breakers, used like one client.", "lua/sms/failover.lua", "Methods")
  add(out, "%s", (HEAD:gsub("\n$", "")))
  for _, provider in ipairs(providers) do
    add(out, "--- A client of %s.", provider.adapter.title)
    add(out, "---@param options %s.Options", provider.name)
    add(out, "---@return %s.Client", provider.name)
    add(out, "function sms.%s(options) end", provider.name)
    add(out, "")
  end
  add_functions(out)
  add(out, "return sms")
  return table.concat(out, "\n") .. "\n"
end

return face
