-- SPDX-License-Identifier: MIT
-- The commands of the outbox as data: `run`, `work`, `watch`, `outbox`; see `facts.lua`.

local address = { "--outbox", "URL", "The outbox: sqlite:FILE or postgresql://…; default: a file for each run in the state folder." }
local progress = {
  "--progress", "WHEN", "How to show progress: auto is a single line on a terminal and a line per minute elsewhere.", default = "auto",
  choices = { "auto", "line", "lines", "json", "none" }, noun = "a way to show progress",
}
local web = { "--web", false, "Serve a page with charts of the run; its URL is printed on standard error." }
local port = { "--port", "N", "Port of the page; 0 picks a free one.", default = "0", type = "port" }
local name = { "name", "Name of the run.", type = "name" }
local keys = { "--key", "KEY", "Only this row, by its key or number; may be repeated.", many = true }
local needed = { "--outbox", "URL", "The outbox: sqlite:FILE or postgresql://….", required = true }

--- Adds the commands.
---@param commands table
---@param shared { account: fun(options: table[]): table[], json: table, region: table, yes: table }
return function(commands, shared)
  local json, account = shared.json, shared.account

  commands.run = {
    summary = "Send to a list: plan, review, apply; run it again to continue.",
    arguments = { { "rows", "CSV or JSON lines with a column of numbers; - is standard input.", optional = true } },
    options = account {
      { "--name", "NAME", "Name of the run; default: the name of the file. The same name continues the run.", type = "name" },
      { "--text", "TEXT", "Template; {column} stands for a column of the rows." },
      { "--text-file", "FILE", "Read the template from a file." },
      { "--from", "SENDER", "Sender, where the provider takes one." },
      shared.region,
      { "--rate", "N", "Maximum number of texts per second.", type = "positive_number" },
      { "--parallel", "N", "Maximum number of requests in flight.", default = "50", type = "above_zero" },
      { "--limit", "N", "Stop after this many texts; the next run continues.", type = "above_zero" },
      { "--plan", false, "Write and show the plan; send nothing." },
      { "--apply", "DIGEST", "Send exactly the plan with this digest." },
      { "--skip-bad", false, "Send to valid rows even if others are invalid." },
      { "--rejected", "FILE", "Write the rows that can't be read to this file, with the reasons." },
      { "--out", "FILE", "Write outcome, id and error of each row to this file at the end; CSV, or JSON lines if it ends in .jsonl." },
      web, port, progress, shared.yes, address,
    },
    examples = {
      { "sms run guests.csv --name june --text 'Hi {name}, see you at 10.' --plan", "Show who would get which text, and the cost." },
      { "sms run --name june --apply 2-2-6a2c3f0b8d9e4f01", "Send only the reviewed plan; here the digest differs.", status = 2 },
      { "sms run --name june --yes --rate 50 --out june.csv", "Send; if stopped, the same command continues." },
      { "sms run guests.csv --name july --text 'Hi {nme}' --yes", "A misspelt column: nothing is sent.", status = 2 },
    },
  }

  commands.work = {
    summary = "Run a worker: send what is ready, alongside any number of other workers.",
    options = account {
      needed,
      { "--routes", "FILE", "Lua file that returns a table of clients by route; default: the account, as the route of its name." },
      { "--in-flight", "N", "Maximum number of requests in flight.", default = "50", type = "above_zero" },
      { "--drain", false, "Exit when nothing is left." },
      { "--run", "NAME", "Only this run; may be repeated.", many = true, type = "name" },
      progress,
    },
    examples = { { "sms work --outbox sqlite:shop.db --drain", "Send what is ready, then exit." } },
  }

  commands.watch = {
    summary = "Watch a run of this or another process: progress, or a page with charts.",
    arguments = { { "name", "Name of the run; default: the newest.", optional = true, type = "name" } },
    options = {
      { "--once", false, "Print the state once and exit." },
      { "--pause", false, "Pause the run: requests in flight finish, workers wait." },
      { "--resume", false, "Resume the run." },
      { "--stop", false, "Stop the run once requests in flight have finished; its workers exit with 5, and sms run continues it." },
      web, port, progress, address, json,
    },
    examples = {
      { "sms watch june --once", "Print the progress once." },
      { "sms watch june --stop", "A finished run can't be stopped.", status = 1 },
      { "sms watch june --web", "Serve the page until Ctrl-C.", stays = true },
    },
  }

  commands.outbox = {
    summary = "Manage an outbox and its runs.",
    order = {
      "init", "doctor", "status", "rows", "pause", "resume", "cancel", "move", "rescue", "reconcile", "retry", "export", "optout", "prune",
      "forget", "adopt",
    },
    commands = {
      init = {
        summary = "Create the tables, or migrate them to this version.", options = { needed },
        examples = { { "sms outbox init --outbox sqlite:shop.db", "Create a file that only its owner can read." } },
      },
      doctor = {
        summary = "Report problems; exit with 1 if there are any.", options = { needed },
        examples = { { "sms outbox doctor --outbox sqlite:shop.db", "No problems." } },
      },
      status = {
        summary = "Show the progress of a run, or of all runs.",
        arguments = { { "name", "Name of the run.", optional = true, type = "name" } },
        options = { address, json }, examples = { { "sms outbox status june", "Show counts and reasons." } },
      },
      rows = {
        summary = "Print the rows of a run.", arguments = { name },
        options = {
          { "--state", "STATE", "Only rows in this state.", noun = "a state",
            choices = { "ready", "sending", "accepted", "not_sent", "unknown", "cancelled" } },
          address, json,
        },
        examples = { { "sms outbox rows june --state accepted", "List the accepted rows." } },
      },
      pause = {
        summary = "Pause a run.", arguments = { name }, options = { { "--reason", "TEXT", "Reason to record." }, address },
        examples = { { "sms outbox pause june", "A finished run can't be paused.", status = 1 } },
      },
      resume = {
        summary = "Resume a run or a route.", arguments = { { "name", "Name of the run.", optional = true, type = "name" } },
        options = { { "--route", "NAME", "Resume this route instead of a run." }, address },
        examples = { { "sms outbox resume --route house --outbox sqlite:shop.db", "Resume after correcting wrong credentials." } },
      },
      cancel = {
        summary = "Cancel rows that have not been sent yet.", arguments = { name }, options = { keys, address },
        examples = { { "sms outbox cancel june --key +27825559999", "No such row is waiting." } },
      },
      move = {
        summary = "Move ready rows to another time.", arguments = { name },
        options = { { "--at", "TIME", "New time: 2030-12-01T09:00:00Z, or +2h from now.", type = "time", required = true }, keys, address },
        examples = { { "sms outbox move june --at +2h", "Postpone the remaining rows." } },
      },
      rescue = {
        summary = "Mark the rows of dead workers as unknown.", options = { needed },
        examples = { { "sms outbox rescue --outbox sqlite:shop.db", "Print the number of rows." } },
      },
      reconcile = {
        summary = "Resolve unknown rows from the provider's history.", arguments = { name },
        options = account {
          { "--settle", "S", "Seconds after which absence from the history counts as not sent.", default = "60", type = "seconds" },
          address,
        },
        examples = { { "sms outbox reconcile june", "Resolve unknown rows." } },
      },
      retry = {
        summary = "Queue rows again: those proven not sent, or unknown ones whose duplicates you accept.", arguments = { name },
        options = {
          { "--state", "STATE", "State of the rows.", default = "not_sent", choices = { "not_sent", "unknown" }, noun = "a state" },
          { "--reason", "REASON", "Only rows with this reason." },
          { "--accept-duplicates", "N", "Number of unknown rows, each of which may reach its recipient twice; must equal their count.",
            type = "count" },
          address,
        },
        examples = { { "sms outbox retry june", "Then continue with sms run --name june." } },
      },
      export = {
        summary = "Write the rows of a run to a file: CSV, or JSON lines if it ends in .jsonl.",
        arguments = { name, { "file", "The file." } }, options = { address },
        examples = { { "sms outbox export june june.jsonl", "Write one line per row." } },
      },
      optout = {
        summary = "Opt a number out, or list the opt-outs.",
        arguments = { { "number", "The number; without one, list all.", optional = true } },
        options = { shared.region, { "--reason", "TEXT", "Reason to record." }, { "--remove", false, "Remove the opt-out." }, needed },
        examples = { { "sms outbox optout +27825559999 --reason asked --outbox sqlite:shop.db", "No run sends to this number any more." } },
      },
      prune = {
        summary = "Delete finished runs.",
        options = { { "--older", "SPAN", "Minimum age: 90d, 12h, 30m.", type = "span", required = true }, needed },
        examples = { { "sms outbox prune --older 90d --outbox sqlite:shop.db", "Print the number of rows." } },
      },
      forget = {
        summary = "Erase texts and numbers of settled rows; outcomes are kept.",
        options = { { "--older", "SPAN", "Minimum time since the row was settled: 30d.", type = "span", required = true }, needed },
        examples = { { "sms outbox forget --older 30d --outbox sqlite:shop.db", "Print the number of rows." } },
      },
      adopt = {
        summary = "Take over a copy of an outbox, such as a restored backup.",
        options = {
          { "--lost", "SPAN", "Time by which the copy may be behind the original; 0s if it is complete.", type = "span", required = true },
          needed,
        },
        examples = { { "sms outbox adopt --lost 0s --outbox sqlite:shop.db", "Print how many rows became unknown." } },
      },
    },
  }
end
