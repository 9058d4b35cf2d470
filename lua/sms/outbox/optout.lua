-- SPDX-License-Identifier: MIT
-- The opt-out list: checked when rows are claimed, fed by replies and by provider codes.

local number = require "sms.number"

local optout = {}

--- Opt-out and opt-in keywords in lower case. A reply counts if its first word is one, or all
--- of its words are: "STOP", "Stop. Thank you", "opt out please"; "stop by my office tomorrow" doesn't count.
---@type table<string, true>
optout.STOP = {}
optout.START = {}

for word in ([[stop stopall unsubscribe cancel end quit optout revoke
  stopp abmelden abbestellen arret arrêt stopper désabonner desabonner parar baja alto cancelar annulla disiscrivi sair afmelden
  avsluta afmeld lopeta staak]]):gmatch("%S+") do optout.STOP[word] = true end
for word in ("start unstop subscribe yes optin anmelden begin"):gmatch("%S+") do optout.START[word] = true end

-- Words that are ignored beside a keyword.
local POLITE = {}
for word in ([[please thanks thank you u thx pls all texts text messages message sms me now bitte danke merci svp por favor gracias grazie
  obrigado dankie tack tak kiitos it this the sending no more from]]):gmatch("%S+") do POLITE[word] = true end

local function words_of(text)
  local out = {}
  for word in text:lower():gsub("opt[%s-]+out", "optout"):gsub("opt[%s-]+in", "optin"):gmatch("[%w\x80-\xFF]+") do out[#out + 1] = word end
  return out
end

--- Classifies a reply.
---@param text string?
---@return "stop"|"start"|nil
function optout.meaning(text)
  if type(text) ~= "string" or #text > 320 then return nil end
  local words = words_of(text)
  local kind = optout.STOP[words[1]] and "stop" or optout.START[words[1]] and "start" or nil
  local first = 1
  while not kind and words[first] and POLITE[words[first]] do
    first = first + 1
    kind = optout.STOP[words[first]] and "stop" or nil
  end
  if not kind then return nil end
  for i = first + 1, #words do
    if not POLITE[words[i]] and not optout.STOP[words[i]] and not optout.START[words[i]] then return nil end
  end
  return kind
end

local function e164(text, region)
  if type(text) ~= "string" then return nil end
  local ok, found = pcall(number.e164, text, region)
  if ok and found then return found end
  ok, found = pcall(number.e164, "+" .. text:gsub("^%+", ""))
  return ok and found or nil
end

--- Adds a number.
---@param fields { reason: string?, sender: string? }
---@return boolean new
function optout.add(db, to, fields)
  return db:run([[insert into sms.optout (number, sender, reason, at) values (?, ?, ?, :now)
    on conflict (number, sender) do nothing]], to, fields.sender or "", fields.reason) > 0
end

--- Removes a number.
---@return boolean there
function optout.remove(db, to, sender)
  return db:run("delete from sms.optout where number = ? and (sender = ? or ? = '*')", to, sender or "", sender or "*") > 0
end

--- Handles a reply.
function optout.hear(db, event)
  local meaning, from = optout.meaning(event.text), e164(event.from)
  if not meaning or not from then return end
  if meaning == "stop" then optout.add(db, from, { reason = "reply: " .. event.text:sub(1, 40):gsub("[%c\x80-\xFF]", "?") })
  else optout.remove(db, from) end
end

--- All entries, by number.
---@return fun(): table?  `{ number, sender, reason, time }`
function optout.each(db)
  local rows, at, last = {}, 0, { "", "" }
  return function()
    at = at + 1
    if not rows[at] then
      rows, at = db:again(function()
        return db:all([[select number, sender, reason, :ms(at) from sms.optout where (number, sender) > (?, ?)
          order by number, sender limit 500]], last[1], last[2])
      end), 1
      if not rows[1] then return nil end
      last = { rows[#rows][1], rows[#rows][2] }
    end
    local row = rows[at]
    return { number = row[1], sender = row[2], reason = row[3], time = math.tointeger(tonumber(row[4])) // 1000 }
  end
end

return optout
