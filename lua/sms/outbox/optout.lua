-- SPDX-License-Identifier: MIT
-- The opt-out list: checked when rows are claimed, fed by replies and by provider codes.

local number = require "sms.number"
local words = require "sms.outbox.words"

local optout = {}

--- Opt-out and opt-in keywords, normalised as by `sms.outbox.words` (lower case, no accents). A reply counts if its first sentence, or
--- all of it, is a keyword with no more than polite words: "STOP", "Stop. Thank you", "opt out please"; not "stop by my office
--- tomorrow".
---@type table<string, true>
optout.STOP = {}
optout.START = {}

for word in ([[stop stopall unsubscribe cancel end quit optout revoke
  stopp abmelden abbestellen arret stopper desabonner parar baja alto cancelar annulla disiscrivi sair afmelden
  avsluta afmeld lopeta staak iptal dur odhlasit zrusit wypisz rezygnuje leiratkozas dezabonare berhenti huy td
  стоп отписка отписаться отказ відписка στοπ διαγραφη הסר עצור توقف الغاء ايقاف 停止 退订 退訂 取消 配信停止 ストップ 중지 수신거부 रोकें หยุด ยกเลิก]])
  :gmatch("%S+") do optout.STOP[word] = true end
for word in ("start unstop subscribe yes optin anmelden begin старт"):gmatch("%S+") do optout.START[word] = true end

-- Polite words, ignored beside a keyword.
local POLITE = {}
for word in ([[please thanks thank you u thx pls all texts text messages message sms me now bitte danke merci svp por favor gracias grazie
  obrigado dankie tack tak kiitos it this the sending no more from спасибо пожалуйста ευχαριστω شكرا תודה]]):gmatch("%S+") do
  POLITE[word] = true
end

-- Maximum bytes of a reply that is classified as a whole: longer than one segment in any alphabet.
local MAX_READ = 640

local function words_of(text)
  local joined = text:gsub("[oO][pP][tT][%s-]+[oO][uU][tT]", "optout"):gsub("[oO][pP][tT][%s-]+[iI][nN]", "optin")
  return words.of(joined)
end

local function meaning_of(text)
  if #text > MAX_READ then return nil end
  local found = words_of(text)
  local kind = optout.STOP[found[1]] and "stop" or optout.START[found[1]] and "start" or nil
  local first = 1
  while not kind and found[first] and POLITE[found[first]] do
    first = first + 1
    kind = optout.STOP[found[first]] and "stop" or nil
  end
  if not kind then return nil end
  for i = first + 1, #found do
    if not POLITE[found[i]] and not optout.STOP[found[i]] and not optout.START[found[i]] then return nil end
  end
  return kind
end

-- Patterns of sentence ends, in the scripts of the keywords.
local ENDS = { "[.!?\r\n]", "。", "！", "？", "؟", "।" }

local function first_sentence(text)
  local stop = #text + 1
  for _, mark in ipairs(ENDS) do stop = math.min(stop, text:find(mark) or stop) end
  return text:sub(1, stop - 1)
end

--- Classifies a reply. Its first sentence is enough to opt out, but not to opt in again.
---@param text string?
---@return "stop"|"start"|nil
function optout.meaning(text)
  if type(text) ~= "string" then return nil end
  local own = text:match("^[%s%p]*(.*)$")
  if meaning_of(first_sentence(own)) == "stop" then return "stop" end
  return meaning_of(own)
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

local HEARD = [[insert into sms.optout (number, sender, reason, at) values (?, '', ?, :at(?)) on conflict (number, sender)
  do update set at = case when excluded.at > optout.at then excluded.at else optout.at end]]

-- Providers report times in whole seconds.
local TAKE_BACK = "delete from sms.optout where number = ? and at < :at(?)"

--- Handles a reply. A late one does not override an opt-out that happened after it.
---@param happened integer  milliseconds since 1970
function optout.hear(db, event, happened)
  local meaning, from = optout.meaning(event.text), e164(event.from)
  if not meaning or not from then return end
  if meaning == "stop" then
    db:run(HEARD, from, "reply: " .. event.text:sub(1, 40):gsub("[%c\x80-\xFF]", "?"), happened)
  else
    db:run(TAKE_BACK, from, happened + 1000)
  end
end

--- Iterates over all entries, ordered by number.
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
