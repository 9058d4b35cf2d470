-- SPDX-License-Identifier: MIT
-- The counting server of the outbox's trial: takes texts as ZoomConnect does, writes down each one that it took before it answers, and
-- breaks things. It is not the sandbox and shares no code with it. `lua5.4 trials/outbox_server.lua BOOKS LATENCY_MS FAULTS`; prints its
-- port; ends with its standard input. BOOKS gets a line a text: recipient, reference.

local cjson = require "cjson"
local uv = require "luv"

local books = assert(io.open(arg[1], "ab"))
books:setvbuf "no"
local latency, faults = math.tointeger(tonumber(arg[2])), arg[3] == "on"
local taken = 0

math.randomseed(os.time(), uv.hrtime() & 0xFFFFFF)

local function count(text)
  books:write(text.recipientNumber, " ", text.dataField or "", "\n")
  taken = taken + 1
end

local function reply(socket, status, body, more)
  if socket:is_closing() then return end
  socket:write(("HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s"):format(status, #body, more or "",
    body))
end

local function close(socket)
  if not socket:is_closing() then socket:close() end
end

local function later(ms, fn)
  local timer = uv.new_timer()
  timer:start(ms, 0, function()
    timer:close()
    fn()
  end)
end

local function accept(socket, text)
  count(text)
  local body = ('{"messageId":"m%d","error":null}'):format(taken)
  later(latency // 2 + math.random(0, latency), function() reply(socket, 200, body) end)
end

-- What may go wrong, with its share of a thousand requests. Those with `count` take the text; nothing is heard of it.
local FAULTS = {
  { 10, function(socket) close(socket) end },                                              -- reset before anything
  { 10, function(socket, text) count(text) close(socket) end },                            -- taken, then reset
  { 10, function(socket, text) count(text) reply(socket, 500, "{}") end },                 -- taken, then an error
  { 5, function(socket, text) count(text) later(3000, function() close(socket) end) end }, -- taken, then silence
  { 10, function(socket) reply(socket, 429, "{}", "Retry-After: 0\r\n") end },
  { 5, function(socket, text) count(text) reply(socket, 200, "<html>") end },              -- taken, then a page
}

local function handle(socket, body)
  local text = cjson.decode(body)
  local dice = faults and math.random(1000) or 1001
  for _, fault in ipairs(FAULTS) do
    dice = dice - fault[1]
    if dice <= 0 then return fault[2](socket, text) end
  end
  accept(socket, text)
end

local function serve(socket)
  local input = ""
  socket:read_start(function(err, data)
    if err or not data then return close(socket) end
    input = input .. data
    while true do
      local head, at = input:match "^(.-\r\n\r\n)()"
      local size = head and tonumber(head:lower():match "\r\ncontent%-length: *(%d+)")
      if not size or #input < at - 1 + size then return end
      local body = input:sub(at, at - 1 + size)
      input = input:sub(at + size)
      handle(socket, body)
    end
  end)
end

local server = uv.new_tcp()
assert(server:bind("127.0.0.1", 0))
server:listen(512, function()
  local socket = uv.new_tcp()
  server:accept(socket)
  serve(socket)
end)
print(server:getsockname().port)
io.stdout:flush()

local input = uv.new_pipe()
input:open(0)
input:read_start(function(_, data)
  if not data then os.exit(0) end
end)
uv.run()
