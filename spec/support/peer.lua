-- SPDX-License-Identifier: MIT
-- A raw loopback peer for specs of the core: a script per connection says what to answer and when to end or reset, and
-- every request that arrived is kept. It runs in this process on luv's loop, in turns with the pool under test.

local patience = require "spec.support.patience"
local uv = require "spec.support.uv"

local peer = {}

local Connection = {}
Connection.__index = Connection

local Peer = {}
Peer.__index = Peer

--- Waits until more bytes arrived. Returns false when the other side has ended.
function Connection:more()
  if self.ended then return false end
  coroutine.yield()
  return true
end

--- Exactly n bytes, or nil when the other side ends before.
---@param n integer
---@return string?
function Connection:read(n)
  while #self.input < n do
    if not self:more() then return nil end
  end
  local bytes = self.input:sub(1, n)
  self.input = self.input:sub(n + 1)
  return bytes
end

--- All up to and with a mark, or nil.
---@param mark string plain text
---@return string?
function Connection:read_to(mark)
  local from = 1
  while true do
    local _, stop = self.input:find(mark, from, true)
    if stop then return self:read(stop) end
    from = math.max(1, #self.input - #mark)
    if not self:more() then return nil end
  end
end

local function parse_head(head)
  local method, target = head:match("^(%S+) (%S+) HTTP/1%.[01]\r\n")
  local headers = {}
  for name, value in head:gmatch("\r\n([^:\r\n]+):[ \t]*([^\r\n]*)") do headers[name:lower()] = value end
  return { method = method, target = target, head = head, headers = headers }
end

function Connection:read_chunks()
  local chunks = {}
  while true do
    local size = tonumber((self:read_to("\r\n") or ""):match("^%x+"), 16)
    if not size then return nil end
    local chunk = self:read(size)
    if not chunk or not self:read(2) then return nil end
    if size == 0 then return table.concat(chunks) end
    chunks[#chunks + 1] = chunk
  end
end

--- Reads one whole request and notes it in `peer.arrived`. nil when the other side ends before.
---@return { method: string, target: string, head: string, headers: table<string, string>, body: string }?
function Connection:request()
  local head = self:read_to("\r\n\r\n")
  if not head then return nil end
  local request = parse_head(head)
  if request.headers["transfer-encoding"] == "chunked" then
    request.body = self:read_chunks()
  else
    request.body = self:read(tonumber(request.headers["content-length"] or "0"))
  end
  if not request.body then return nil end
  request.connection = self.number
  table.insert(self.peer.arrived, request)
  return request
end

--- Sends bytes; the kernel and luv take as much as there is.
---@param bytes string
function Connection:write(bytes)
  if not self.closed then self.socket:write(bytes) end
end

--- Sends a whole response with its Content-Length.
---@param status integer
---@param body string?
---@param headers string? complete lines, each with its CR LF
function Connection:answer(status, body, headers)
  body = body or ""
  self:write(("HTTP/1.1 %d Said\r\nContent-Length: %d\r\n%s\r\n%s"):format(status, #body, headers or "", body))
end

function Connection:finish(how)
  if self.closed then return end
  self.closed = true
  if how == "reset" then self.socket:close_reset() else self.socket:close() end
end

--- Ends the connection in order.
function Connection:fin() self:finish("fin") end

--- Ends the connection by a TCP reset.
function Connection:reset() self:finish("reset") end

--- Does nothing more for this long, or for good.
---@param seconds number?
function Connection:pause(seconds)
  local timer
  if seconds then
    timer = uv.new_timer()
    timer:start(math.ceil(seconds * 1000), 0, function()
      timer:close()
      timer = nil
      self:resume()
    end)
  end
  repeat coroutine.yield() until seconds and not timer
end

function Connection:resume()
  if coroutine.status(self.script) ~= "suspended" then return end
  local good, failure = coroutine.resume(self.script)
  if not good then self.peer.failure = debug.traceback(self.script, failure) end
end

local function accept(self)
  local socket = uv.new_tcp()
  assert(self.listener:accept(socket))
  socket:nodelay(true)
  self.connections = self.connections + 1
  local connection = setmetatable({ peer = self, socket = socket, input = "", number = self.connections }, Connection)
  self.open[connection] = true
  connection.script = coroutine.create(function() self.script(connection, connection.number) end)
  socket:read_start(function(failure, bytes)
    if failure or not bytes then connection.ended = true else connection.input = connection.input .. bytes end
    connection:resume()
  end)
end

--- Listens on a free port of 127.0.0.1. `script(connection, number)` runs as a coroutine for each connection.
---@param script fun(connection: table, number: integer)
function peer.listen(script)
  local self = setmetatable({ script = script, arrived = {}, connections = 0, open = {} }, Peer)
  self.listener = uv.new_tcp()
  assert(self.listener:bind("127.0.0.1", 0))
  assert(self.listener:listen(64, function(failure) if not failure then accept(self) end end))
  self.port = self.listener:getsockname().port
  self.url = "http://127.0.0.1:" .. self.port
  return self
end

--- A peer that answers every request of every connection by `fn(request)` -> status, body, headers.
---@param fn (fun(request: table): integer, string?, string?)?
function peer.server(fn)
  fn = fn or function(request) return 200, request.body end
  return peer.listen(function(connection)
    for request in function() return connection:request() end do connection:answer(fn(request)) end
    connection:fin()
  end)
end

--- Is a program: listens, prints its port, and ends when its standard input does.
---@param script fun(connection: table, number: integer)
function peer.serve(script)
  print(peer.listen(script).port)
  io.stdout:flush()
  local input = uv.new_pipe()
  input:open(0)
  input:read_start(function(_, data) if not data then os.exit(0, false) end end)
  uv.run()
end

--- One turn: whatever is ready happens now.
function Peer:turn()
  uv.run("nowait")
  if self.failure then error(self.failure, 0) end
end

--- Turns the pool and the peer until `ready()` or the time is over; returns whether it became ready.
---@param pool table
---@param ready fun(): boolean?
---@param seconds number? `patience.MOST`
function Peer:drive(pool, ready, seconds)
  local last = uv.hrtime() + (seconds or patience.MOST) * 1e9
  repeat
    pool:step(0.001)
    self:turn()
    if ready() then return true end
  until uv.hrtime() > last
  return false
end

--- Brings a transfer to its end and returns its result.
---@param pool table
---@param transfer table
---@param seconds number? `patience.MOST`
function Peer:finish(pool, transfer, seconds)
  local done = self:drive(pool, function() return transfer:done() end, seconds)
  if not done then error("the transfer did not end in time", 2) end
  return transfer:result()
end

--- Closes everything and waits until luv has let go of it.
function Peer:close()
  for connection in pairs(self.open) do connection:finish() end
  if not self.listener:is_closing() then self.listener:close() end
  for _ = 1, 3 do uv.run("nowait") end
end

--- A port of 127.0.0.1 where nobody listens.
---@return integer
function peer.free_port()
  local socket = uv.new_tcp()
  assert(socket:bind("127.0.0.1", 0))
  local port = socket:getsockname().port
  socket:close()
  uv.run("nowait")
  return port
end

return peer
