-- SPDX-License-Identifier: MIT
-- The reference of functions: `sms`, clients, tasks, and the modules that a script loads by name, from the annotations of their stubs.

local annotations = require "tools.annotations"
local columns = require "tools.columns"
local files = require "tools.files"
local links = require "tools.links"
local options = require "tools.public_options"
local output = require "tools.output"
local public = require "tools.public"
local stubs = require "tools.stubs"

local modules = {}

local add, cell = output.add, output.cell

local PAGE = "modules"

-- What each module is for.
local ABOUT = {
  busted = "Assertions for tests of an application with Busted, see [test your application](../how-to/test-your-application.md).",
  cassette = "Records the exchanges of a client, and replays them in tests.",
  dates = "Reads and writes times, RFC 3339 and the providers' own formats.",
  error = "Error values, as the second result of a call that failed.",
  json = "Reads and writes JSON with exact integers.",
  listener = "Receives webhooks without a separate web server, see [receive webhooks](../how-to/receive-behind-nginx.md).",
  log = "Log lines from `on_event`, see [logging, metrics and tracing](../how-to/watch.md).",
  metrics = "Prometheus metrics, see [logging, metrics and tracing](../how-to/watch.md).",
  outbox = "Durable, resumable sending, see [the outbox](../outbox.md) and [its reference](outbox.md).",
  number = "Phone numbers: parsing and validation, see [phone numbers](../numbers.md).",
  rows = "", -- `sms.rows` is its one function
  sandbox = "The simulated providers, in process, see [the sandbox over HTTP](sandbox.md).",
  ["sandbox.server"] = "The sandbox over HTTP.",
  secret = "References to secrets, for the options of a client.",
  text = "Encoding and segments of texts, see [how texts are counted](../text.md).",
  webhook = "Webhook parsing, shared by `client:webhook` and the listener.",
  ["loop.luv"] = "Client calls in luv's event loop, see [event loops](../how-to/event-loops.md).",
  ["loop.cqueues"] = "Client calls in cqueues, see [event loops](../how-to/event-loops.md).",
  ["loop.copas"] = "Client calls in copas, see [event loops](../how-to/event-loops.md).",
}

local function sentence(text)
  if text == "" then return "" end
  return text:sub(1, 1):upper() .. text:sub(2) .. (text:find "[.:;!?`)]$" and "" or ".")
end

local function add_parameters(out, block)
  if #block.params == 0 then return end
  add(out, "| argument | type | | meaning |")
  add(out, "|---|---|---|---|")
  for _, param in ipairs(block.params) do
    local optional = param.optional or param.type:sub(-1) == "?" or param.name == "..."
    add(out, "| `%s` | %s | %s | %s |", param.name, links.type(param.type:gsub("%?$", ""), PAGE), optional and "" or "always",
      cell(sentence(param.words)))
  end
  add(out, "")
end

local function add_results(out, block)
  for _, result in ipairs(block.returns) do
    local name, words = result.name and (" *%s*"):format(result.name) or "", result.words
    add(out, "- →%s %s%s", name, links.type(result.type, PAGE):gsub("\\|", "|"), words ~= "" and ": " .. words or "")
  end
  if #block.returns > 0 then add(out, "") end
end

-- A function, by the name under which a script calls it.
local function add_function(out, block, name, arguments)
  local shown = {}
  for argument in arguments:gmatch "[%w_.]+" do
    local optional = argument == "self"
    for _, param in ipairs(block.params) do optional = optional or param.name == argument and param.optional end
    shown[#shown + 1] = argument .. (optional and "?" or "")
  end
  add(out, "### `%s`", name)
  add(out, "")
  if arguments then add(out, "`%s(%s)`", name, table.concat(shown, ", ")) end
  add(out, "")
  add(out, "%s", block.words)
  add(out, "")
  add_parameters(out, block)
  add_results(out, block)
end

local function add_fields(out, fields)
  add(out, "| name | type | | meaning |")
  add(out, "|---|---|---|---|")
  for _, field in ipairs(fields) do
    add(out, "| `%s` | %s | %s | %s |", field.name, links.type(field.type, PAGE), field.optional and "" or "always",
      cell(sentence(field.words)))
  end
  add(out, "")
end

local function add_class(out, block)
  add(out, "### `%s`", block.class)
  add(out, "")
  if block.words ~= "" then
    add(out, "%s", block.words)
    add(out, "")
  end
  add_fields(out, block.fields)
end

-- A value with a type: a function as a field, or data.
local function add_value(out, block, name)
  local words, type_text = block.words, block.type
  add(out, "### `%s`", name)
  add(out, "")
  local arguments, result = type_text:match "^fun(%b()):?%s*(.*)$"
  add(out, "`%s%s`", name, arguments and arguments .. (result ~= "" and " → " .. result or "") or ": " .. type_text)
  add(out, "")
  add(out, "%s", words)
  add(out, "")
end

-- Everything of a stub, functions under `prefix`: `sms.text`, or a word for an object.
local function add_stub(out, text, prefix, skip)
  for _, block in ipairs(annotations.read(text)) do
    local mark, name, arguments = block.below:match "^function [%a]+([.:])([%w_]+)(%b())"
    local value = block.below:match "^[%a]+%.([%w_]+) = nil"
    if block.class and not (skip and skip[block.class]) and #block.fields > 0 then add_class(out, block)
    elseif name and not name:find "^__" then add_function(out, block, prefix .. mark .. name, arguments)
    elseif value then add_value(out, block, prefix .. "." .. value) end
  end
end

-- The parts of the stub of `sms` itself, by class.
local function parts_of_face()
  local out, class = {}, nil
  for _, block in ipairs(annotations.read(assert(files.read "library/sms/init.lua"))) do
    class = block.class or class
    if class then
      out[class] = out[class] or {}
      table.insert(out[class], block)
    end
  end
  return out
end

local OBJECTS = { ["sms.Client"] = "client", ["sms.Task"] = "task", ["sms.Failover"] = "group", sms = "sms" }

local function add_object(out, blocks, class)
  for _, block in ipairs(blocks) do
    local name, arguments = block.below:match "^function %a+[.:]([%w_]+)(%b())"
    if name then add_function(out, block, OBJECTS[class] .. (class == "sms" and "." or ":") .. name, arguments)
    elseif class == "sms" or #block.fields > 1 then
      add_fields(out, block.fields)
    end
  end
end

local function add_section(out, section)
  add(out, "## %s", section.title)
  add(out, "")
  add(out, "%s", section.about)
  add(out, "")
  columns.add(out, public.fields(section), PAGE, section.title:find "^Options" ~= nil)
end

local function add_module(out, name)
  add(out, "## `sms.%s`", name)
  add(out, "")
  add(out, "%s", assert(ABOUT[name], "tools/modules.lua says nothing about sms." .. name))
  if not require("sms").has(name) then
    add(out, "")
    add(out, "`require \"sms.%s\"` loads it.", name)
  end
  add(out, "")
  add_stub(out, stubs.module(name), "sms." .. name, { ["sms." .. name] = true, ["sms.Error"] = true })
end

local function add_contents(out)
  add(out, "| | |")
  add(out, "|---|---|")
  add(out, "| [`sms`](#sms) | clients from options or the environment, tasks, failover, status codes |")
  add(out, "| [a client](#a-client), [a task](#a-task), [a failover group](#a-failover-group) | methods |")
  for _, name in ipairs(stubs.modules) do
    local about = ABOUT[name]:gsub(", see .*", ""):gsub("%.$", "")
    if about ~= "" then add(out, "| [`sms.%s`](#%s) | %s |", name, links.anchor("sms." .. name), about) end
  end
  add(out, "| [options](#what-clientstatus-returns) | of functions, and what they return |")
  add(out, "")
end

--- The page of functions and modules.
---@return string
function modules.page()
  local out, parts = {
    "<!-- SPDX-License-Identifier: MIT -->",
    "<!-- Generated by tools/docs.lua from the annotations of lua/sms; edit those, then run `make docs`. -->",
    "# Functions and modules", "",
    "Options, messages, receipts, events and errors are in [the message API](api.md); the outbox has [its own page](outbox.md). "
      .. "*always*: an argument that must be given, a field that is never absent.", "",
  }, parts_of_face()
  add_contents(out)
  for _, entry in ipairs { { "sms", "`sms`" }, { "sms.Client", "A client" }, { "sms.Task", "A task" },
    { "sms.Failover", "A failover group" }, { "sms.Status", "`sms.Status`" } } do
    add(out, "## %s", entry[2])
    add(out, "")
    if parts[entry[1]][1].words ~= "" then
      add(out, "%s", parts[entry[1]][1].words)
      add(out, "")
    end
    add_object(out, parts[entry[1]], entry[1])
  end
  for _, name in ipairs(stubs.modules) do
    if ABOUT[name] ~= "" then add_module(out, name) end
  end
  for _, section in ipairs(options.tables) do add_section(out, section) end
  while out[#out] == "" do out[#out] = nil end
  return table.concat(out, "\n"):gsub("\n\n\n+", "\n\n") .. "\n"
end

return modules
