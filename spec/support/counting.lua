-- SPDX-License-Identifier: MIT
-- A loopback server in a process of its own that takes texts as websms does and keeps a book of them: each reference it was sent, as
-- often as it came. It answers after as many milliseconds as a text "wait 500" says; one "held 7" so many milliseconds after
-- `GET /release/7/MS`; one "before 3" when so many are held. `GET /book` gives the book, and how many texts at most were in flight at once
-- since it was asked the last time. Ends when its standard input does.

local patience = require "spec.support.patience"
local peer = require "spec.support.peer"
local uv = require "spec.support.uv"

local counting = {}

local JSON = "Content-Type: application/json\r\n"

local book, released = {}, {}
local in_flight, most, held_now = 0, 0, 0

local function take(connection, request)
  local reference = request.body:match('"clientMessageId":"([^"]*)"') or "?"
  book[#book + 1] = reference
  in_flight = in_flight + 1
  most = math.max(most, in_flight)
  local function said(words) return request.body:match(words .. " (%d+)") end
  local ms, held, before, size = said "wait", said "held", said "before", said "pad"
  if ms then connection:pause(tonumber(ms) / 1000) end
  if held then
    held_now = held_now + 1
    while not released[held] and not connection.ended do connection:pause(0.005) end
    held_now = held_now - 1
  end
  while before and held_now < tonumber(before) and not connection.ended do connection:pause(0.005) end
  in_flight = in_flight - 1
  connection:answer(200, ('{"statusCode":2000,"statusMessage":"OK%s","transferId":"t%d","clientMessageId":"%s"}'):format(
    (" "):rep(tonumber(size or 0)), #book, reference), JSON)
end

local function response(connection, request)
  local held, ms = request.target:match "^/release/(%d+)/(%d+)"
  if request.target == "/book" then
    connection:answer(200, ('{"statusCode":2000,"book":["%s"],"most":%d}'):format(table.concat(book, '","'), most), JSON)
    most = 0
  elseif held then
    connection:answer(200, '{"statusCode":2000}', JSON)
    connection:pause(tonumber(ms) / 1000)
    released[held] = true
  else
    take(connection, request)
  end
end

local function script(connection)
  for request in function() return connection:request() end do response(connection, request) end
  connection:fin()
end

--- Starts a program in a process of its own, its output in `read()`.
---@param args string[]  of lua5.4
---@return table
function counting.program(args)
  local input, output, errors = uv.new_pipe(), uv.new_pipe(), uv.new_pipe()
  local self = { gone = false, text = "" }
  local process = assert(uv.spawn(os.getenv "LUA" or "lua5.4", {
    args = args, stdio = { input, output, errors },
    env = { "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath, "PATH=" .. os.getenv "PATH" },
  }, function(code) self.gone, self.code = true, code end))
  for _, pipe in ipairs { output, errors } do
    pipe:read_start(function(_, data) self.text = self.text .. (data or "") end)
  end
  for _, handle in ipairs { process, input, output, errors } do handle:unref() end
  function self.wait(done, seconds)
    local tick, last = uv.new_timer(), uv.hrtime() + (seconds or patience.MOST) * 1e9
    tick:start(5, 5, function() end)
    process:ref()
    while not done() and uv.hrtime() < last do uv.run "once" end
    process:unref()
    tick:close()
    return done()
  end
  function self.interrupt() process:kill "sigint" end
  function self.stop()
    input:close()
    if not self.wait(function() return self.gone end) then process:kill "sigkill" end
    self.wait(function() return self.gone end)
    for _, handle in ipairs { process, output, errors } do handle:close() end
    uv.run "nowait"
  end
  return self
end

--- Starts the server.
---@return { url: string, stop: fun(), taken: fun(client: table), release: fun(client: table, held: integer, seconds: number) }
function counting.spawn()
  local program = counting.program { "spec/support/counting.lua" }
  assert(program.wait(function() return program.gone or program.text:find "\n" end) and not program.gone, program.text)
  return {
    url = "http://127.0.0.1:" .. program.text:match "%d+", stop = program.stop,
    -- How often each reference was taken, how many there were, and how many at most were in flight at once since this was asked the last
    -- time; asked by a client of the server.
    taken = function(client)
      local counts, said = {}, assert(client:request { method = "GET", path = "/book" })
      for _, reference in ipairs(said.book) do counts[reference] = (counts[reference] or 0) + 1 end
      return counts, #said.book, said.most
    end,
    -- Lets what is held under a number go, some seconds later.
    release = function(client, held, seconds)
      assert(client:request { method = "GET", path = ("/release/%d/%d"):format(held, seconds * 1000) })
    end,
  }
end

if arg and arg[0] == "spec/support/counting.lua" then peer.serve(script) end

return counting
