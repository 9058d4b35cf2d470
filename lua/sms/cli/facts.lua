-- SPDX-License-Identifier: MIT
-- The command line as data. Parser, help, completion, sms(1), docs/reference/cli.md and the spec of the examples are generated from it.
--
-- A command: `summary`; `arguments` { name, description, optional?, many?, … }; `options` { name, placeholder of the value or false,
-- description, many?, required?, default?, … }; `examples` { line, description, status = exit status (0), stays = runs until it is
-- stopped }; or `commands`, in the order of `order`. An argument or option may have `choices`, and a `type` of `sms.cli.values`.

local PROVIDERS = require "sms.providers"

local json = { "--json", false, "Print JSON, one object per line." }
local provider = { "--provider", "NAME", "Provider.", choices = PROVIDERS, noun = "a provider" }
local region = { "--region", "CC", "Country that national numbers belong to, an ISO 3166 code.", type = "region" }
local yes = { "--yes", false, "Send without asking." }
local seconds = { "--seconds", "S", "Exit after this many seconds.", type = "seconds" }
local until_eof = { "--until-eof", false, "Exit when standard input ends." }
local sandbox_url = { "--url", "URL", "URL of the sandbox; default: LUA_SMS_SANDBOX, then http://127.0.0.1:8025.", type = "url" }

local function with(option, changes)
  local out = {}
  for key, value in pairs(option) do out[key] = value end
  for key, value in pairs(changes) do out[key] = value end
  return out
end

-- The options of a command, followed by those of every command that calls a provider.
local function account(options)
  for _, option in ipairs {
    { "--profile", "NAME", "Profile to use instead of the default one.", type = "name" },
    with(provider, { [3] = "Provider, with credentials from its environment variables, instead of a profile." }),
    json,
    { "--timeout", "S", "Time limit of each call in seconds, including retries.", type = "positive" },
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
  arguments = { { "text", "The text; standard input when absent or -.", optional = true } },
  options = account {
    { "--to", "NUMBER", "Recipient; may be repeated. National numbers need --region.", many = true, required = true },
    { "--from", "SENDER", "Sender, where the provider takes one." },
    region,
    { "--at", "TIME", "Send later: 2030-12-01T09:00:00Z, or +2h from now (s, m, h, d).", type = "time" },
    { "--reference", "ID", "Your own id for this text; generated when absent." },
    { "--media", "FILE", "Attach a file, where the provider takes one; may be repeated.", many = true },
    { "--max-segments", "N", "Refuse a text that needs more segments.", type = "above_zero" },
    { "--optimise", false, "Replace characters where that saves a segment." },
    { "--wait", "S", "Wait up to this many seconds for the final state, where the provider has a look-up.", type = "seconds" },
    { "--dry-run", false, "Check everything and show what would be sent; send nothing." },
    yes,
  },
  examples = {
    { "sms send --to +27825551234 'Open until 10 tonight.'", "Send with the default profile." },
    { "sms send --provider zipwhip --to 2065550123 --region US < note.txt", "The text from a file, the credentials from the environment." },
    { "echo 'Table 4 is ready.' | sms send --to '082 555 1234' --region ZA --json", "The text from a pipe; the receipt as JSON." },
    { "sms send --to +27825551234 --to +27825551235 --dry-run 'Closed today.'", "Show what would be sent and how many segments it needs." },
  },
}

require "sms.cli.facts_outbox"(commands, { account = account, json = json, region = region, yes = yes })

commands.status = {
  summary = "Look up the state of messages.",
  arguments = {
    { "id", "Id of a text as printed by `sms send`; without one, ids or JSON lines are read from standard input.", many = true },
  },
  options = account {
    { "--name", "NAME", "All texts of this run.", type = "name" },
    { "--outbox", "URL", "Outbox of the run; default: the run's own file." },
    { "--settle", false, "Resolve rows of unknown outcome from the provider's history: those of --name, or JSON lines." },
  },
  examples = {
    { "sms send --to +27825551234 --json 'Doors at 7.' | sms status", "The state of the texts just sent." },
    { "sms status 999999", "An unknown id is an error.", status = 1 },
  },
}

commands.balance = {
  summary = "Print the account's balance, where the provider offers it.",
  options = account { { "--below", "N", "Exit with 1 if the balance is lower.", type = "number" } },
  examples = {
    { "sms balance", "The balance of the default profile." },
    { "sms balance --below 1000000", "For cron: exits with 1 if the balance is too low.", status = 1 },
  },
}

commands.call = {
  summary = "Call any operation of a provider, as the reference pages list them.",
  arguments = {
    { "operation", "RESOURCE.OPERATION; RESOURCE alone lists its operations, none lists all.", optional = true },
    { "fields", "NAME=VALUE is a string, NAME:=JSON any other value, NAME=@FILE the contents of a file.", many = true },
  },
  options = account {
    { "--all", false, "Fetch all pages." },
    { "--out", "FILE", "Write the response to this file." },
    { "--dry-run", false, "Show the request with credentials masked; send nothing." },
    { "--yes", false, "Don't ask before a call that sends a text." },
  },
  examples = {
    { "sms call --provider messagewhiz", "List all operations with their descriptions." },
    { "sms call --provider messagewhiz campaigns.list limit:=10", "One page of campaigns, one JSON object per line." },
    { "sms call --provider messagewhiz campaigns.create name=spring", "A string argument." },
    { "sms call contacts.list --all", "Fetch all pages." },
    { "sms call sms.send recipientNumber=+27825551234 message=hi --dry-run", "Show the request; send nothing." },
  },
}

commands.count = {
  summary = "Count the segments of a text: encoding, where each one ends, which characters cost.",
  arguments = { { "file", "File with the text; standard input when absent or -.", optional = true } },
  options = {
    { "--text", "TEXT", "The text, instead of a file." },
    with(provider, { [3] = "Also check the limits of this provider." }),
    { "--language", "NAME", "Use the national shift tables of this language where they save a segment; any tries all.", type = "language" },
    { "--reference", "BITS", "Bits of the concatenation reference, 8 or 16.", default = "8", choices = { "8", "16" } },
    { "--graphemes", false, "Don't split emoji or combined letters between segments." },
    { "--lines", false, "Count each line as a separate text; print the total and the longest ones." },
    with(json, { [3] = "Print JSON." }),
  },
  examples = {
    { "sms count --text 'Hi there'", "Count one text." },
    { "printf 'Hi there' | sms count --json", "The text from a pipe, the result as JSON." },
    { "sms count --lines note.txt", "Count each line as a separate text." },
  },
}

commands.number = {
  summary = "Check phone numbers: E.164, or the reason why not.",
  arguments = { { "number", "Number in any spelling; without one, each line of standard input is a number.", many = true } },
  options = { region, json },
  examples = {
    { "sms number --region ZA '082 555 1234'", "Print the international format, country and kind." },
    { "sms number 0825551234", "A national number without a region is an error.", status = 1 },
  },
}

commands.code = {
  summary = "Say what a provider's code means, and whether to try again.",
  arguments = {
    { "provider", "The provider.", choices = PROVIDERS, noun = "a provider" },
    { "code", "The code." },
  },
  options = { { "--kind", "KIND", "Kind of the code: send, delivery or http.", choices = { "send", "delivery", "http" } }, json },
  examples = {
    { "sms code websms 4001", "A code from a response." },
    { "sms code zipwhip 6 --kind delivery", "A code from a delivery report." },
    { "sms code zipwhip -- -1234", "A code that begins with a minus sign." },
  },
}

commands.providers = {
  summary = "List the providers and what each can do.",
  options = { json },
  examples = { { "sms providers", "Print one line for each provider." } },
}

commands.listen = {
  summary = "Receive a provider's webhooks: one JSON line for each event. LUA_SMS_WEBHOOK_SECRET holds the shared secret.",
  options = {
    with(provider, { [3] = "Provider that sends the webhooks.", required = true }),
    { "--port", "N", "Port on 127.0.0.1 to listen on; 0 picks a free one.", default = "8026", type = "port" },
    { "--path", "/PATH", "Path to listen on.", default = "/", type = "path" },
    { "--type", "TYPE", "Only events of this type: delivery, inbound, click, optout or unknown; may be repeated.", many = true,
      type = "event_types" },
    { "--forward-to", "URL", "Forward each request unchanged and return the response.", type = "url" },
    { "--outbox", "URL", "Also record the events in this outbox: delivery reports on their rows, opt-outs in its list." },
    seconds, until_eof,
  },
  examples = {
    { "sms listen --provider zoomconnect --port 0", "Print each event.", stays = true },
    { "sms listen --provider zipwhip --port 0 --type inbound --forward-to http://127.0.0.1:3000/hook",
      "Forward inbound texts to a local program.", stays = true },
  },
}

commands.trigger = {
  summary = "Trigger a provider's callback, in the provider's format.",
  arguments = {
    { "event", "delivered, undelivered, expired, rejected, failed or reply.", noun = "an event",
      choices = { "delivered", "undelivered", "expired", "rejected", "failed", "reply" } },
  },
  options = {
    with(provider, { [3] = "Provider of the callback.", required = true }),
    { "--forward-to", "URL", "Post it to this URL, with the secret from LUA_SMS_WEBHOOK_SECRET; needs no running sandbox.",
      type = "url" },
    { "--to", "NUMBER", "Number of the phone." },
    { "--text", "TEXT", "Text of a reply." },
    { "--twice", false, "Post it twice, as providers sometimes do." },
    { "--print", false, "Print it; post nothing." },
    with(sandbox_url, { [3] = "Trigger it in the sandbox running at this URL (default: LUA_SMS_SANDBOX), for its newest text." }),
  },
  examples = {
    { "sms trigger delivered --provider zipwhip --forward-to http://127.0.0.1:3000/hook", "Post a delivery report to a local program." },
    { "sms trigger reply --provider zoomconnect --text STOP --print", "Print a reply as the provider posts it." },
  },
}

commands.sandbox = {
  summary = "Simulate the SMS providers on this machine: http://127.0.0.1:PORT/messagewhiz and so on. Nothing is sent.",
  options = {
    { "--port", "N", "Port to listen on; 0 picks a free one.", default = "8025", type = "port" },
    { "--host", "ADDRESS", "Loopback address to listen on; default: localhost, which is 127.0.0.1 and ::1.", type = "loopback" },
    { "--webhook", "URL", "URL to which all providers post their reports.", type = "url" },
    { "--delivery", "S", "Seconds until a text reaches its final state; it is marked sent after a third of that.", default = "3",
      type = "seconds" },
    { "--keep", "N", "Number of texts that the inbox keeps; older ones are dropped.", default = "100000", type = "above_zero" },
    { "--open", false, "Open the inbox in a browser." },
    { "--quiet", false, "Don't report webhooks that fail." },
    seconds,
    { "--seed", "N", "Seed of generated values: the same seed and requests give the same responses.", default = "1", type = "integer" },
    until_eof,
  },
  examples = { { "sms sandbox --port 0 --webhook http://127.0.0.1:3000/hook", "Post delivery reports to a local program.", stays = true } },
}

commands.config = {
  summary = "Manage profiles: named accounts, with their secrets in files or environment variables.",
  order = { "list", "add", "use", "remove", "path" },
  commands = {
    list = {
      summary = "List profiles, with secrets masked.", options = { json },
      examples = { { "sms config list", "The default profile is marked with *." } },
    },
    add = {
      summary = "Add a profile. Secrets are prompted for, or read from standard input, one per line.",
      arguments = { { "name", "Name of the profile.", type = "name" } },
      options = {
        with(provider, { required = true }),
        { "--set", "NAME=VALUE", "An option that is not a secret; may be repeated.", many = true, type = "setting" },
        { "--secret-file", "NAME=PATH", "A secret that is read from a file; may be repeated.", many = true, type = "setting" },
        { "--secret-env", "NAME=VARIABLE", "A secret that is read from an environment variable; may be repeated.", many = true,
          type = "setting" },
        { "--replace", false, "Replace an existing profile of that name." },
      },
      examples = {
        { "sms config add shop --provider messagewhiz < key.txt", "Read the secret from a file." },
        { "sms config add desk --provider zipwhip --secret-env session=DESK_SESSION --set region=US",
          "Leave the secret in the environment." },
      },
    },
    use = {
      summary = "Make a profile the default.", arguments = { { "name", "Name of the profile.", type = "name" } },
      examples = { { "sms config use house", "Use this profile by default." } },
    },
    remove = {
      summary = "Remove a profile and the secret files stored with it.",
      arguments = { { "name", "Name of the profile.", type = "name" } },
      examples = { { "sms config remove old", "Remove one profile." } },
    },
    path = { summary = "Print the path of the profiles.", examples = { { "sms config path", "Print the folder." } } },
  },
}

commands.doctor = {
  summary = "Check this installation, the network and the credentials; each problem with its solution.",
  options = {
    { "--profile", "NAME", "Check only this profile.", type = "name" },
    { "--offline", false, "Skip checks that need the network." },
    { "--webhook", "URL", "Post to this public URL and check that the request arrives here.", type = "url" },
    { "--port", "N", "Local port to which the URL leads.", default = "8026", type = "port" },
    with(json, { [3] = "Print JSON, one object per check." }),
  },
  examples = { { "sms doctor --offline", "Check versions and profiles." } },
}

local filters = {
  { "--to", "NUMBER", "Only texts to this number." },
  { "--from", "SENDER", "Only texts from this sender." },
  { "--text", "WORDS", "Only texts that contain these words." },
}

local function filtered(options)
  local out = { filters[1], filters[2], filters[3] }
  for _, option in ipairs(options) do out[#out + 1] = option end
  return out
end

commands.inbox = {
  summary = "Read and control the inbox of a running sandbox.",
  order = { "list", "wait", "reply", "fault", "clear", "open" },
  commands = {
    list = {
      summary = "List texts, newest first.",
      options = filtered { { "--limit", "N", "Maximum number of texts.", default = "50", type = "above_zero" },
        { "--follow", false, "Keep printing new texts as they arrive." }, sandbox_url, json },
      examples = { { "sms inbox list --to +27825551234", "List texts to one number." } },
    },
    wait = {
      summary = "Wait for a text and print it; exit with 1 if none arrives.",
      options = filtered {
        { "--after", "N", "Only texts after this number, as `list` prints it.", type = "count" },
        { "--code", "N", "Print only the code with this many digits in the text.", type = "above_zero" },
        { "--timeout", "S", "Give up after this many seconds.", default = "10", type = "seconds" },
        sandbox_url, json,
      },
      examples = { { "sms inbox wait --to +27825550000 --code 6 --timeout 0.2", "No code arrives: exits with 1.", status = 1 } },
    },
    reply = {
      summary = "Reply as a phone.",
      arguments = { { "text", "Text of the reply." } },
      options = {
        { "--as", "NUMBER", "Number of the phone.", required = true },
        with(provider, { [3] = "Provider of the number that is replied to.", required = true }),
        sandbox_url,
      },
      examples = { { "sms inbox reply --as +27825551234 --provider zoomconnect 'Yes please'", "Reply as a recipient." } },
    },
    fault = {
      summary = "Plan a fault; without an argument, list the planned faults; clear removes them.",
      arguments = { { "fault", "Name of the fault, such as 429=2 or accept-then-hang.", optional = true } },
      options = {
        with(provider, { [3] = "Only for this provider." }),
        { "--times", "N", "Number of requests that fail.", type = "above_zero" },
        sandbox_url,
      },
      examples = {
        { "sms inbox fault 503 --provider websms --times 1", "The next call fails with 503." },
        { "sms inbox fault clear", "Remove all planned faults." },
      },
    },
    clear = { summary = "Delete all texts.", options = { sandbox_url }, examples = { { "sms inbox clear", "Empty the inbox." } } },
    open = {
      summary = "Open the page in a browser.", options = { sandbox_url },
      examples = { { "BROWSER=true sms inbox open", "Open the page." } },
    },
  },
}

commands.completion = {
  summary = "Print a completion script.",
  arguments = { { "shell", "bash, zsh or fish.", choices = { "bash", "zsh", "fish" }, noun = "a shell" } },
  examples = { { "sms completion bash", "Save it as ~/.local/share/bash-completion/completions/sms." } },
}

commands.man = {
  summary = "Print the manual page.",
  options = { { "--markdown", false, "As Markdown." } },
  examples = { { "sms man | head -n 1", "The page; man -l shows it." } },
}

--- The meaning of each exit status.
facts.exits = {
  { 0, "done; all texts accepted" },
  { 1, "failed, or no text accepted and all proven not sent" },
  { 2, "wrong usage, configuration or input; nothing was attempted" },
  { 3, "at least one outcome is unknown: check before sending again" },
  { 4, "some accepted, the rest proven not sent" },
  { 5, "stopped before the end; the same command continues" },
}

--- Environment variables that the commands read.
facts.variables = {
  { "MESSAGEWHIZ_APIKEY, ZOOMCONNECT_EMAIL and _TOKEN, WEBSMS_TOKEN, ZIPWHIP_SESSION (or _USERNAME and _PASSWORD)",
    "credentials; each provider also has _URL" },
  { "LUA_SMS_PROFILE", "the profile to use" },
  { "LUA_SMS_CONFIG", "the folder of the profiles; XDG_CONFIG_HOME/lua-sms when absent" },
  { "LUA_SMS_SANDBOX", "the address of a running sandbox" },
  { "LUA_SMS_WEBHOOK_SECRET", "the shared secret of `sms listen`, `sms trigger` and `sms doctor --webhook`" },
  { "NO_COLOR, CLICOLOR_FORCE, TERM", "disable colour, force colour; a dumb terminal has none" },
  { "BROWSER", "the program that opens a page" },
}

return facts
