-- SPDX-License-Identifier: MIT
-- The command line as data: parser, help, completion, sms(1), docs/reference/cli.md and the spec of the examples are made from it.
--
-- A command: `summary`; `arguments` { name, sentence, optional?, many?, … }; `options` { name, value's word or false, sentence, many?,
-- required?, default?, … }; `examples` { line, what it does, status = exit status (0), stays = runs until it is stopped }; or
-- `commands`, in the order of `order`. An argument or option may have `choices`, and a `type` of `sms.cli.values`.

local PROVIDERS = require "sms.providers"

local json = { "--json", false, "Print JSON, one object a line." }
local provider = { "--provider", "NAME", "Whose.", choices = PROVIDERS, noun = "a provider" }
local region = { "--region", "CC", "Country that national numbers belong to, an ISO 3166 code.", type = "region" }
local yes = { "--yes", false, "Don't ask before sending." }
local seconds = { "--seconds", "S", "End after so many seconds.", type = "seconds" }
local until_eof = { "--until-eof", false, "End when standard input ends." }
local sandbox_url = { "--url", "URL", "Where the sandbox is; LUA_SMS_SANDBOX or http://127.0.0.1:8025 when absent.", type = "url" }

local function with(option, changes)
  local out = {}
  for key, value in pairs(option) do out[key] = value end
  for key, value in pairs(changes) do out[key] = value end
  return out
end

-- The options of a command, and those of every command that talks to a provider.
local function account(options)
  for _, option in ipairs {
    { "--profile", "NAME", "Profile to use, instead of the default one.", type = "name" },
    with(provider, { [3] = "Provider, with credentials from its environment variables, instead of a profile." }),
    json,
    { "--timeout", "S", "Seconds for each call, all attempts together.", type = "positive" },
  } do
    options[#options + 1] = option
  end
  return options
end

local facts = {
  name = "sms",
  summary = "Send and manage SMS over several providers.",
  date = "2026-11-30", -- of the last change, for the manual page
  order = {
    "send", "run", "work", "watch", "outbox", "status", "balance", "call", "count", "number", "code", "providers", "listen", "trigger",
    "sandbox", "inbox", "config", "doctor", "completion", "man",
  },
  commands = {},
}

local commands = facts.commands

commands.send = {
  summary = "Send one text to one or more numbers.",
  arguments = { { "text", "The text; - or none is standard input.", optional = true } },
  options = account {
    { "--to", "NUMBER", "Who gets it; again for more. National numbers need --region.", many = true, required = true },
    { "--from", "SENDER", "Sender, where the provider takes one." },
    region,
    { "--at", "TIME", "Send later: 2030-12-01T09:00:00Z, or +2h from now (s, m, h, d).", type = "time" },
    { "--reference", "ID", "Your own id for this text; made when absent." },
    { "--media", "FILE", "Attach a file, where the provider takes one; again for more.", many = true },
    { "--max-segments", "N", "Refuse a text of more segments.", type = "above_zero" },
    { "--optimise", false, "Make the swaps that save a segment." },
    { "--wait", "S", "Wait so many seconds for the final state, where the provider can be asked.", type = "seconds" },
    { "--dry-run", false, "Check everything, say what would be sent, send nothing." },
    yes,
  },
  examples = {
    { "sms send --to +27825551234 'Open until 10 tonight.'", "Send with the default profile." },
    { "sms send --provider zipwhip --to 2065550123 --region US < note.txt", "A text from a file, credentials from the environment." },
    { "echo 'Table 4 is ready.' | sms send --to '082 555 1234' --region ZA --json", "From a pipe; the receipt as JSON." },
    { "sms send --to +27825551234 --to +27825551235 --dry-run 'Closed today.'", "What would be sent, and what it costs in segments." },
  },
}

require "sms.cli.facts_outbox"(commands, { account = account, json = json, region = region, yes = yes })

commands.status = {
  summary = "Look up the state of messages.",
  arguments = { { "id", "Id of a text as `sms send` printed it; none reads ids or JSON lines from standard input.", many = true } },
  options = account {
    { "--name", "NAME", "All texts of this run.", type = "name" },
    { "--outbox", "URL", "The outbox of the run, where it isn't a file of its own." },
    { "--settle", false, "Settle rows of unknown outcome from the provider's history: those of --name, or JSON lines." },
  },
  examples = {
    { "sms send --to +27825551234 --json 'Doors at 7.' | sms status", "The state of the texts just sent." },
    { "sms status 999999", "An unknown id is an error.", status = 1 },
  },
}

commands.balance = {
  summary = "Print the account's balance, where the provider offers it.",
  options = account { { "--below", "N", "Exit with 1 when it is less.", type = "number" } },
  examples = {
    { "sms balance", "The balance of the default profile." },
    { "sms balance --below 1000000", "For cron: 1 is too little.", status = 1 },
  },
}

commands.call = {
  summary = "Call any operation of a provider, as the reference pages list them.",
  arguments = {
    { "operation", "RESOURCE.OPERATION; none lists them, RESOURCE alone lists its own.", optional = true },
    { "fields", "NAME=VALUE is a text, NAME:=JSON anything else, NAME=@FILE what a file holds.", many = true },
  },
  options = account {
    { "--all", false, "Walk all pages." },
    { "--out", "FILE", "Put the response into this file." },
    { "--dry-run", false, "Show the request, credentials masked, and send nothing." },
    { "--yes", false, "Don't ask before a call that sends a text." },
  },
  examples = {
    { "sms call --provider messagewhiz", "All operations, with their sentences." },
    { "sms call --provider messagewhiz campaigns.list limit:=10", "One page of campaigns, one JSON object a line." },
    { "sms call --provider messagewhiz campaigns.create name=spring", "A text stays a text." },
    { "sms call contacts.list --all", "All pages." },
    { "sms call sms.send recipientNumber=+27825551234 message=hi --dry-run", "What would be sent." },
  },
}

commands.count = {
  summary = "Count the segments of a text: encoding, where each one ends, which characters cost.",
  arguments = { { "file", "File that holds the text; - or none is standard input.", optional = true } },
  options = {
    { "--text", "TEXT", "The text itself, instead of a file." },
    with(provider, { [3] = "Check the provider's own limits too." }),
    { "--language", "NAME", "Use a language's shift tables where they save a segment; any tries all.", type = "language" },
    { "--reference", "BITS", "Bits of the concatenation reference, 8 or 16.", default = "8", choices = { "8", "16" } },
    { "--graphemes", false, "Keep emoji and letters with their marks whole." },
    { "--lines", false, "Each line is a text of its own: the sum, and the worst ones." },
    with(json, { [3] = "Print JSON." }),
  },
  examples = {
    { "sms count --text 'Hi there'", "One text." },
    { "printf 'Hi there' | sms count --json", "From a pipe, as JSON." },
    { "sms count --lines note.txt", "Each line is a text." },
  },
}

commands.number = {
  summary = "Check phone numbers: E.164, or the reason why not.",
  arguments = { { "number", "Number as it is written; without one, each line of standard input is a number.", many = true } },
  options = { region, json },
  examples = {
    { "sms number --region ZA '082 555 1234'", "International form, country and kind." },
    { "sms number 0825551234", "Without a country it is none.", status = 1 },
  },
}

commands.code = {
  summary = "Say what a provider's code means, and whether to try again.",
  arguments = {
    { "provider", "Whose.", choices = PROVIDERS, noun = "a provider" },
    { "code", "The code." },
  },
  options = { { "--kind", "KIND", "What the code is of: send, delivery or http.", choices = { "send", "delivery", "http" } }, json },
  examples = { { "sms code websms 4001", "What the code of a response means." }, { "sms code zipwhip 6 --kind delivery", "Of a report." } },
}

commands.providers = {
  summary = "List the providers and what each can do.",
  options = { json },
  examples = { { "sms providers", "One line each." } },
}

commands.listen = {
  summary = "Receive a provider's webhooks: one JSON line for each event. The shared secret is in LUA_SMS_WEBHOOK_SECRET.",
  options = {
    with(provider, { [3] = "Whose webhooks.", required = true }),
    { "--port", "N", "Port of 127.0.0.1 to listen on; 0 is any free one.", default = "8026", type = "port" },
    { "--path", "/PATH", "Path that is listened to.", default = "/", type = "path" },
    { "--type", "TYPE", "Only events of this type: delivery, inbound, click, optout or unknown; again for more.", many = true,
      type = "event_types" },
    { "--forward-to", "URL", "Hand each request on as it came, and the response back.", type = "url" },
    { "--outbox", "URL", "Give the events to this outbox, too: reports join their rows, replies to stop are kept." },
    seconds, until_eof,
  },
  examples = {
    { "sms listen --provider zoomconnect --port 0", "Print what comes.", stays = true },
    { "sms listen --provider zipwhip --port 0 --type inbound --forward-to http://127.0.0.1:3000/hook", "Hand on what comes.",
      stays = true },
  },
}

commands.trigger = {
  summary = "Make a provider's callback happen, shaped as the provider's.",
  arguments = {
    { "event", "delivered, undelivered, expired, rejected, failed or reply.", noun = "an event",
      choices = { "delivered", "undelivered", "expired", "rejected", "failed", "reply" } },
  },
  options = {
    with(provider, { [3] = "Whose callback.", required = true }),
    { "--forward-to", "URL", "Post it there, with the secret of LUA_SMS_WEBHOOK_SECRET; no sandbox needs to run.",
      type = "url" },
    { "--to", "NUMBER", "Whose phone." },
    { "--text", "TEXT", "Text of a reply." },
    { "--twice", false, "Post it twice, as providers do." },
    { "--print", false, "Print it, post nothing." },
    with(sandbox_url, { [3] = "Make it happen in the sandbox that runs there, or at LUA_SMS_SANDBOX: to its newest text." }),
  },
  examples = {
    { "sms trigger delivered --provider zipwhip --forward-to http://127.0.0.1:3000/hook", "A report to a program of yours." },
    { "sms trigger reply --provider zoomconnect --text STOP --print", "What a reply looks like." },
  },
}

commands.sandbox = {
  summary = "Play the SMS providers on this machine: http://127.0.0.1:PORT/messagewhiz and so on. Nothing is sent.",
  options = {
    { "--port", "N", "Port to listen on; 0 is any free one.", default = "8025", type = "port" },
    { "--host", "ADDRESS", "Loopback address to listen on; localhost (the default) is 127.0.0.1 and ::1.", type = "loopback" },
    { "--webhook", "URL", "Where all providers post their reports.", type = "url" },
    { "--delivery", "S", "Seconds until a text has its final state; it is sent after a third of them.", default = "3", type = "seconds" },
    { "--keep", "N", "Texts that the inbox keeps; the oldest are dropped.", default = "100000", type = "above_zero" },
    { "--open", false, "Open the inbox in a browser." },
    { "--quiet", false, "Say nothing of webhooks that fail." },
    seconds,
    { "--seed", "N", "Same seed and requests, same answers.", default = "1", type = "integer" },
    until_eof,
  },
  examples = { { "sms sandbox --port 0 --webhook http://127.0.0.1:3000/hook", "Reports go to a program of yours.", stays = true } },
}

commands.config = {
  summary = "Manage profiles: accounts by name, with their secrets in files or variables.",
  order = { "list", "add", "use", "remove", "path" },
  commands = {
    list = {
      summary = "List profiles, secrets masked.", options = { json },
      examples = { { "sms config list", "The default one has a *." } },
    },
    add = {
      summary = "Add a profile; secrets are asked for, or read from standard input, one a line.",
      arguments = { { "name", "Name of the profile.", type = "name" } },
      options = {
        with(provider, { required = true }),
        { "--set", "NAME=VALUE", "An option that is no secret; again for more.", many = true, type = "setting" },
        { "--secret-file", "NAME=PATH", "A secret that stays in a file.", many = true, type = "setting" },
        { "--secret-env", "NAME=VARIABLE", "A secret that stays in the environment.", many = true, type = "setting" },
        { "--replace", false, "Take the place of a profile of that name." },
      },
      examples = {
        { "sms config add shop --provider messagewhiz < key.txt", "The secret comes from a file." },
        { "sms config add desk --provider zipwhip --secret-env session=DESK_SESSION --set region=US", "It stays in the environment." },
      },
    },
    use = {
      summary = "Make a profile the default.", arguments = { { "name", "Name of the profile.", type = "name" } },
      examples = { { "sms config use house", "From now on." } },
    },
    remove = {
      summary = "Remove a profile, and its secrets that are kept beside it.",
      arguments = { { "name", "Name of the profile.", type = "name" } },
      examples = { { "sms config remove old", "Gone." } },
    },
    path = { summary = "Print where the files are.", examples = { { "sms config path", "The folder." } } },
  },
}

commands.doctor = {
  summary = "Check this installation, the network and the credentials; each problem with its cure.",
  options = {
    { "--profile", "NAME", "Only this profile.", type = "name" },
    { "--offline", false, "Nothing that needs the network." },
    { "--webhook", "URL", "Post to this public address and see whether it arrives here.", type = "url" },
    { "--port", "N", "Port that the address leads to.", default = "8026", type = "port" },
    with(json, { [3] = "Print JSON, one object a check." }),
  },
  examples = { { "sms doctor --offline", "Versions and profiles." } },
}

local filters = {
  { "--to", "NUMBER", "Only texts to this number." },
  { "--from", "SENDER", "Only texts from this sender." },
  { "--text", "WORDS", "Only texts that hold these words." },
}

local function filtered(options)
  local out = { filters[1], filters[2], filters[3] }
  for _, option in ipairs(options) do out[#out + 1] = option end
  return out
end

commands.inbox = {
  summary = "Look into a running sandbox, for people and for tests.",
  order = { "list", "wait", "reply", "fault", "clear", "open" },
  commands = {
    list = {
      summary = "List texts, newest first.",
      options = filtered { { "--limit", "N", "At most so many.", default = "50", type = "above_zero" },
        { "--follow", false, "Go on with those that come." }, sandbox_url, json },
      examples = { { "sms inbox list --to +27825551234", "Texts to one number." } },
    },
    wait = {
      summary = "Wait for a text and print it; exit with 1 when none comes.",
      options = filtered {
        { "--after", "N", "Only texts after this number, as `list` prints it.", type = "count" },
        { "--code", "N", "Print only the code of so many digits in it.", type = "above_zero" },
        { "--timeout", "S", "Give up after so many seconds.", default = "10", type = "seconds" },
        sandbox_url, json,
      },
      examples = { { "sms inbox wait --to +27825550000 --code 6 --timeout 0.2", "A code that was never sent.", status = 1 } },
    },
    reply = {
      summary = "Answer as a phone.",
      arguments = { { "text", "What is written." } },
      options = {
        { "--as", "NUMBER", "Whose phone.", required = true },
        with(provider, { [3] = "Whose line.", required = true }),
        sandbox_url,
      },
      examples = { { "sms inbox reply --as +27825551234 --provider zoomconnect 'Yes please'", "A recipient replies." } },
    },
    fault = {
      summary = "Plan a fault; none lists what is planned, clear forgets it.",
      arguments = { { "fault", "Name of the fault, such as 429=2 or accept-then-hang.", optional = true } },
      options = {
        with(provider, { [3] = "For this one only." }),
        { "--times", "N", "For so many requests.", type = "above_zero" },
        sandbox_url,
      },
      examples = { { "sms inbox fault 503 --provider websms --times 1", "The next call fails." }, { "sms inbox fault clear", "No more." } },
    },
    clear = { summary = "Forget all texts.", options = { sandbox_url }, examples = { { "sms inbox clear", "An empty inbox." } } },
    open = {
      summary = "Open the page in a browser.", options = { sandbox_url },
      examples = { { "BROWSER=true sms inbox open", "The page." } },
    },
  },
}

commands.completion = {
  summary = "Print a completion script.",
  arguments = { { "shell", "bash, zsh or fish.", choices = { "bash", "zsh", "fish" }, noun = "a shell" } },
  examples = { { "sms completion bash", "For ~/.local/share/bash-completion/completions/sms." } },
}

commands.man = {
  summary = "Print the manual page.",
  options = { { "--markdown", false, "As Markdown." } },
  examples = { { "sms man | head -n 1", "The page; man -l shows it." } },
}

--- The meaning of each exit status.
facts.exits = {
  { 0, "done; all texts accepted" },
  { 1, "not done, or no text accepted, all proven not sent" },
  { 2, "wrong usage, configuration or input; nothing was tried" },
  { 3, "at least one outcome is unknown: check before sending again" },
  { 4, "some accepted, the others proven not sent" },
  { 5, "stopped before the end; the same command continues" },
}

--- Environment variables that are read.
facts.variables = {
  { "MESSAGEWHIZ_APIKEY, ZOOMCONNECT_EMAIL and _TOKEN, WEBSMS_TOKEN, ZIPWHIP_SESSION (or _USERNAME and _PASSWORD)",
    "credentials; each provider also has _URL" },
  { "LUA_SMS_PROFILE", "the profile to use" },
  { "LUA_SMS_CONFIG", "the folder of the profiles; XDG_CONFIG_HOME/lua-sms when absent" },
  { "LUA_SMS_SANDBOX", "the address of a running sandbox" },
  { "LUA_SMS_WEBHOOK_SECRET", "the shared secret of `sms listen` and `sms doctor --webhook`" },
  { "NO_COLOR, CLICOLOR_FORCE, TERM", "no colour, colour everywhere; a dumb terminal has none" },
  { "BROWSER", "the program that opens a page" },
}

return facts
