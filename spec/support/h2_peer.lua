-- SPDX-License-Identifier: MIT
-- A raw HTTP/2 peer without TLS (RFC 9113), for what no good server does on demand: refused streams, GOAWAY, sudden ends. Each
-- request is one HEADERS frame; what to do with it is up to the spec.

local peer = require "spec.support.peer"

local h2 = {}

local PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
local DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
local END_STREAM, ACK, END_HEADERS = 1, 1, 4

--- Error codes of RFC 9113 section 7.
h2.NO_ERROR, h2.REFUSED_STREAM, h2.ENHANCE_YOUR_CALM = 0, 7, 11

local function frame(kind, flags, stream, payload)
  return string.pack(">I3BBI4", #payload, kind, flags, stream) .. payload
end

local Session = {}
Session.__index = Session

--- Answers a stream with 200 and no body, or with a body.
---@param stream integer
---@param body string?
function Session:answer(stream, body)
  self.connection:write(frame(HEADERS, END_HEADERS | (body and 0 or END_STREAM), stream, "\x88")) -- HPACK: `:status 200`
  if body then self.connection:write(frame(DATA, END_STREAM, stream, body)) end
end

--- Ends a stream with an error code.
---@param stream integer
---@param code integer
function Session:reset(stream, code)
  self.connection:write(frame(RST_STREAM, 0, stream, string.pack(">I4", code)))
end

--- Announces the end: streams above `last` have not been looked at.
---@param last integer
---@param code integer
function Session:goaway(last, code)
  self.connection:write(frame(GOAWAY, 0, 0, string.pack(">I4I4", last, code)))
end

local function read_frame(connection)
  local head = connection:read(9)
  if not head then return nil end
  local length, kind, flags, stream = string.unpack(">I3BBI4", head)
  return kind, flags, stream, connection:read(length)
end

--- Listens. `on_request(session, stream, connection)` is called for each request that arrived whole; `peer.requests` counts them.
---@param on_request fun(session: table, stream: integer, connection: integer)
---@return table peer
function h2.listen(on_request)
  local self
  self = peer.listen(function(connection, number)
    if connection:read(#PREFACE) ~= PREFACE then return connection:reset() end
    local session = setmetatable({ connection = connection }, Session)
    connection:write(frame(SETTINGS, 0, 0, ""))
    for kind, flags, stream, payload in read_frame, connection do
      if kind == SETTINGS and flags & ACK == 0 then connection:write(frame(SETTINGS, ACK, 0, "")) end
      if kind == PING and flags & ACK == 0 then connection:write(frame(PING, ACK, 0, payload)) end
      if (kind == HEADERS or kind == DATA) and flags & END_STREAM ~= 0 then
        self.requests = self.requests + 1
        on_request(session, stream, number)
      end
    end
    connection:fin()
  end)
  self.requests = 0
  return self
end

return h2
