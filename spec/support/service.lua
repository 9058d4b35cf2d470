-- SPDX-License-Identifier: MIT
-- A loopback service in a process of its own, for specs of many, of long and of slow calls. Run as a program it prints its port:
-- /wait/MS answers after so many milliseconds, /held/N when /release/N has come, /down/N (or /things/N/download) gives N bytes, /up counts
-- what comes, /cut/N breaks off after N of 2 N, anything else answers at once; answers are JSON but those of /down and /cut, and tell the
-- connection, and how many requests of /wait and /held had come. Ends when its standard input does.

local patience = require "spec.support.patience"
local uv = require "spec.support.uv"
local peer = require "spec.support.peer"

local service = {}

local PIECE = ("0123456789abcdef"):rep(4096)

local function send_bytes(connection, count)
  while count > 0 and not connection.ended do
    connection.socket:write(#PIECE <= count and PIECE or PIECE:sub(1, count))
    count = count - #PIECE
    while connection.socket:get_write_queue_size() > 1 << 20 do connection:pause(0.001) end
  end
end

-- Counts a body of any length without keeping it: by its Content-Length, or chunk by chunk.
local function count_body(connection, head)
  local size = tonumber(head:match("\r\n[Cc]ontent%-[Ll]ength: *(%d+)"))
  local total = 0
  local function skip(count)
    while count > 0 do
      if connection.input == "" and not connection:more() then return false end
      local taken = math.min(count, #connection.input)
      connection.input = connection.input:sub(taken + 1)
      count, total = count - taken, total + taken
    end
    return true
  end
  if size then return skip(size) and total end
  while head:lower():find("\r\ntransfer%-encoding: *chunked") do
    local line = connection:read_to("\r\n")
    local count = line and tonumber(line:match("^%x+"), 16)
    if not count or not skip(count) or not connection:read(2) then return nil end
    if count == 0 then return total end
  end
  return total
end

local begun, released = 0, {}

local function wait(connection, verb, number)
  begun = begun + 1
  if verb == "wait" then return connection:pause(number / 1000) end
  while not released[number] and not connection.ended do connection:pause(0.005) end
end

local JSON = "Content-Type: application/json\r\n"

local function response(connection, path, body)
  local verb, number = path:match("^/(%a+)/?(%d*)")
  number = tonumber(number)
  if verb == "wait" or verb == "held" then wait(connection, verb, number) end
  if verb == "release" then released[number] = true end
  if verb ~= "down" and verb ~= "cut" then
    return connection:answer(200, ('{"id":"%s","name":"n","enabled":true,"bytes":%d,"connection":%d,"begun":%d}'):format(path,
      body, connection.number, begun), JSON)
  end
  connection:write(("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"):format(verb == "cut" and 2 * number or number))
  send_bytes(connection, number)
  if verb == "cut" then connection.cut = true end
end

local function script(connection)
  while not connection.cut do
    local head = connection:read_to("\r\n\r\n")
    if not head then break end
    local body = count_body(connection, head)
    if not body then break end
    response(connection, head:match("^%S+ (%S+)"):gsub("^/things/(%d+)/download", "/down/%1"):gsub("^/things", ""), body)
  end
  connection:fin()
end

--- Starts the service, or another program that prints its ports and ends when its standard input does.
---@param program? string
---@return { url: string, said: string, stop: fun() }
function service.spawn(program)
  local input, output = uv.new_pipe(), uv.new_pipe()
  local gone, said = false, nil
  local process = assert(uv.spawn(os.getenv "LUA" or "lua5.4", {
    args = { program or "spec/support/service.lua" }, stdio = { input, output, 2 },
    env = { "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath, "PATH=" .. os.getenv "PATH" },
  }, function() gone = true end))
  output:read_start(function(_, data) said = said or data end)
  local last = uv.hrtime() + patience.MOST * 1e9
  while not said and not gone and uv.hrtime() < last do uv.run "once" end
  assert(said, "the service did not start")
  for _, handle in ipairs { process, input, output } do handle:unref() end -- a loop under test ends without them
  return {
    url = "http://127.0.0.1:" .. said:match "%d+",
    said = said,
    stop = function()
      process:ref()
      input:close()
      output:close()
      while not gone do uv.run "once" end
      process:close()
      uv.run "nowait"
    end,
  }
end

--- How many requests of /wait and /held have come to the service; asked by a client of it.
---@param client table
---@return integer
function service.begun(client)
  return assert(client:request { method = "GET", path = "/begun" }).begun
end

if arg and arg[0] == "spec/support/service.lua" then peer.serve(script) end

return service
