-- SPDX-License-Identifier: MIT
-- The commands of the outbox as data: `run`, `work`, `watch`, `outbox`; see `facts.lua`.

local address = { "--outbox", "URL", "The outbox: sqlite:FILE or postgresql://…; without it a file of the run's own in the state folder." }
local progress = {
  "--progress", "WHEN", "How progress is shown: auto is a line on a terminal, and a line a minute elsewhere.", default = "auto",
  choices = { "auto", "line", "lines", "json", "none" }, noun = "a way to show progress",
}
local web = { "--web", false, "Show the run as a page with charts; the address is on standard error." }
local port = { "--port", "N", "The page's port; any free one when absent.", default = "0", type = "port" }
local name = { "name", "Name of the run.", type = "name" }
local keys = { "--key", "KEY", "Only this row, by its key or number; again for more.", many = true }
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
      { "--name", "NAME", "Name of the run, that of the file when absent; the same name continues it.", type = "name" },
      { "--text", "TEXT", "Template with {columns} of the rows." },
      { "--text-file", "FILE", "The same from a file." },
      { "--from", "SENDER", "Sender, where the provider takes one." },
      shared.region,
      { "--rate", "N", "At most so many texts a second.", type = "positive_number" },
      { "--parallel", "N", "At most so many in flight.", default = "50", type = "above_zero" },
      { "--limit", "N", "Stop after so many texts; the next run goes on.", type = "above_zero" },
      { "--plan", false, "Write the plan, show it, send nothing." },
      { "--apply", "DIGEST", "Send exactly the plan with this digest." },
      { "--skip-bad", false, "Send to the good rows although there are bad ones." },
      { "--rejected", "FILE", "Put the rows that can't be read into this file, with the reasons." },
      { "--out", "FILE", "One line for each row at the end: outcome, id, error; CSV, or JSON lines as .jsonl." },
      web, port, progress, shared.yes, address,
    },
    examples = {
      { "sms run guests.csv --name june --text 'Hi {name}, see you at 10.' --plan", "Who gets what, and what it costs." },
      { "sms run --name june --apply 2-2-6a2c3f0b8d9e4f01", "Only the plan that was reviewed; the digest differs.", status = 2 },
      { "sms run --name june --yes --rate 50 --out june.csv", "Send it; stopped, the same command continues." },
      { "sms run guests.csv --name july --text 'Hi {nme}' --yes", "A misspelt column sends nothing.", status = 2 },
    },
  }

  commands.work = {
    summary = "Work an outbox: send what is ready, as one of any number of workers.",
    options = account {
      needed,
      { "--routes", "FILE", "Lua that returns clients by route; without it the account is the route of its own name." },
      { "--in-flight", "N", "At most so many in flight.", default = "50", type = "above_zero" },
      { "--drain", false, "End when nothing is left." },
      { "--run", "NAME", "Only this run; again for more.", many = true, type = "name" },
      progress,
    },
    examples = { { "sms work --outbox sqlite:shop.db --drain", "Send what is ready, then end." } },
  }

  commands.watch = {
    summary = "Watch a run of this or another process: progress, or a page with charts.",
    arguments = { { "name", "Name of the run; none is the newest.", optional = true, type = "name" } },
    options = {
      { "--once", false, "Print the state once and end." },
      { "--pause", false, "Pause the run: what is in flight ends, workers wait." },
      { "--resume", false, "Let it go on." },
      { "--stop", false, "End the run after what is in flight; its workers end with 5, and sms run continues it." },
      web, port, progress, address, json,
    },
    examples = {
      { "sms watch june --once", "Where it stands." },
      { "sms watch june --stop", "A run that is over can't be stopped.", status = 1 },
      { "sms watch june --web", "The page, until Ctrl-C.", stays = true },
    },
  }

  commands.outbox = {
    summary = "Look after an outbox and its runs.",
    order = {
      "init", "doctor", "status", "rows", "pause", "resume", "cancel", "move", "rescue", "reconcile", "retry", "export", "optout", "prune",
      "forget", "adopt",
    },
    commands = {
      init = {
        summary = "Make the tables, or bring them to this version.", options = { needed },
        examples = { { "sms outbox init --outbox sqlite:shop.db", "A new file, for its owner alone." } },
      },
      doctor = {
        summary = "Say what is noteworthy; exit with 1 when something is.", options = { needed },
        examples = { { "sms outbox doctor --outbox sqlite:shop.db", "All is well." } },
      },
      status = {
        summary = "Where a run stands, or all of them.", arguments = { { "name", "Name of the run.", optional = true, type = "name" } },
        options = { address, json }, examples = { { "sms outbox status june", "Counts and reasons." } },
      },
      rows = {
        summary = "Print the rows of a run.", arguments = { name },
        options = {
          { "--state", "STATE", "Only rows in this state.", noun = "a state",
            choices = { "ready", "sending", "accepted", "not_sent", "unknown", "cancelled" } },
          address, json,
        },
        examples = { { "sms outbox rows june --state accepted", "Who got it." } },
      },
      pause = {
        summary = "Hold a run back.", arguments = { name }, options = { { "--reason", "WORDS", "Why." }, address },
        examples = { { "sms outbox pause june", "A run that is over can't be paused.", status = 1 } },
      },
      resume = {
        summary = "Let a run or a route go on.", arguments = { { "name", "Name of the run.", optional = true, type = "name" } },
        options = { { "--route", "NAME", "The route instead of a run." }, address },
        examples = { { "sms outbox resume --route house --outbox sqlite:shop.db", "After wrong credentials were corrected." } },
      },
      cancel = {
        summary = "Take rows back that are not under way.", arguments = { name }, options = { keys, address },
        examples = { { "sms outbox cancel june --key +27825559999", "No such row is waiting." } },
      },
      move = {
        summary = "Move ready rows to another time.", arguments = { name },
        options = { { "--at", "TIME", "When: 2030-12-01T09:00:00Z, or +2h from now.", type = "time", required = true }, keys, address },
        examples = { { "sms outbox move june --at +2h", "What is left." } },
      },
      rescue = {
        summary = "Settle what dead workers left: their rows become unknown.", options = { needed },
        examples = { { "sms outbox rescue --outbox sqlite:shop.db", "How many rows." } },
      },
      reconcile = {
        summary = "Settle unknown rows from the provider's history.", arguments = { name },
        options = account {
          { "--settle", "S", "Seconds after which absence from the history counts.", default = "60", type = "seconds" },
          address,
        },
        examples = { { "sms outbox reconcile june", "Their outcomes, from the history." } },
      },
      retry = {
        summary = "Let rows go again: those proven not sent, or unknown ones as often as you accept.", arguments = { name },
        options = {
          { "--state", "STATE", "Which rows.", default = "not_sent", choices = { "not_sent", "unknown" }, noun = "a state" },
          { "--reason", "REASON", "Only rows with this reason." },
          { "--accept-duplicates", "N", "How many people may get an unknown text twice; all unknown rows must be accepted.",
            type = "count" },
          address,
        },
        examples = { { "sms outbox retry june", "Then sms run --name june." } },
      },
      export = {
        summary = "Write the rows of a run into a file: CSV, or JSON lines as .jsonl.",
        arguments = { name, { "file", "The file." } }, options = { address },
        examples = { { "sms outbox export june june.jsonl", "One line for each row." } },
      },
      optout = {
        summary = "Enter a number that gets no more texts, or list them.",
        arguments = { { "number", "The number; none lists all.", optional = true } },
        options = { shared.region, { "--reason", "WORDS", "Why." }, { "--remove", false, "Take it out again." }, needed },
        examples = { { "sms outbox optout +27825559999 --reason asked --outbox sqlite:shop.db", "No run sends to it." } },
      },
      prune = {
        summary = "Delete finished runs.",
        options = { { "--older", "SPAN", "Made so long ago: 90d, 12h, 30m.", type = "span", required = true }, needed },
        examples = { { "sms outbox prune --older 90d --outbox sqlite:shop.db", "How many rows." } },
      },
      forget = {
        summary = "Empty texts and numbers of settled rows; the outcome stays.",
        options = { { "--older", "SPAN", "Settled so long ago: 30d.", type = "span", required = true }, needed },
        examples = { { "sms outbox forget --older 30d --outbox sqlite:shop.db", "How many rows." } },
      },
      adopt = {
        summary = "Take over a copy of an outbox, such as a restored backup.",
        options = {
          { "--lost", "SPAN", "How much of the original's work it may lack; 0s is nothing.", type = "span", required = true },
          needed,
        },
        examples = { { "sms outbox adopt --lost 0s --outbox sqlite:shop.db", "How many rows became unknown." } },
      },
    },
  }
end
