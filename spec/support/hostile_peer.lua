-- SPDX-License-Identifier: MIT
-- What a malicious or broken server may answer, as rows for spec/hostile/hostile_peer_spec.lua: what it does, and what the caller
-- must be told.

local rows = {}

local OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
local FINE = '{"errorCode":0,"result":[]}'

--- Sends one chunk after the other and holds no more than one of them, until the other side has enough.
---@param connection table
---@param chunk string
---@param times integer
local function pour(connection, chunk, times)
  for _ = 1, times do
    if connection.spent then return end
    local done, broken = false, nil
    connection.socket:write(chunk, function(failure)
      done, broken = true, failure
      connection:resume()
    end)
    repeat coroutine.yield() until done
    if broken or connection.closed then return end
  end
end
rows.pour = pour

local function with_length(body, more)
  return OK .. (more or "") .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
end
rows.with_length = with_length

local function chunk(text)
  return ("%x\r\n%s\r\n"):format(#text, text)
end

-- Answers by these bytes, then ends or stays silent.
local function says(bytes, stays)
  return function(connection)
    connection:write(bytes)
    if stays then connection:pause() end
    connection:fin()
  end
end

-- One byte after the other.
local function drips(bytes, head)
  return function(connection)
    if head then connection:write(head) end
    for at = 1, #bytes do
      if connection.spent then return end
      connection:write(bytes:sub(at, at))
      connection:pause(0.02)
    end
    connection:fin()
  end
end

local function pours(head, piece, times)
  return function(connection)
    connection:write(head)
    pour(connection, piece, times)
    connection:pause()
  end
end

local LINE = "X-Filler: " .. ("y"):rep(1000) .. "\r\n"
local MEGABYTE = ("z"):rep(1 << 20)
local ENDLESS = 1 << 20 -- chunks: more than any test has the time for
local CHUNKED = OK .. "Transfer-Encoding: chunked\r\n\r\n"

--- { name, what the peer does once it has the request, kind, more? }. `kind` nil: a response. `more`: options of the client under
--- `options`, the HTTP status where one is told, `kinds` where libraries differ.
rows.list = {
  { "a header line of 1 MB", says(OK .. "X: " .. MEGABYTE .. "\r\n\r\n{}", true), "too_large" },
  { "a header name of 1 MB", says(OK .. MEGABYTE .. ": x\r\n\r\n{}", true), "too_large" },
  { "300 KB of header lines", says(OK .. LINE:rep(300) .. "\r\n{}", true), "too_large" },
  { "1,100 short header lines", says(OK .. ("a:b\r\n"):rep(1100) .. "\r\n{}", true), "too_large" },
  { "endless header lines", pours(OK, LINE:rep(60), ENDLESS), "too_large" },
  { "an endless header line", pours(OK .. "X: ", ("y"):rep(1 << 16), ENDLESS), "too_large" },
  { "endless 100 responses", pours("", ("HTTP/1.1 100 Continue\r\n\r\n"):rep(2000), ENDLESS), "too_large" },
  { "endless 103 responses with fields", pours("", ("HTTP/1.1 103 Early Hints\r\n" .. LINE .. "\r\n"):rep(60), ENDLESS), "too_large" },
  { "100 and 102 before the response", says(("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 P\r\nX-Request-Id: old\r\n\r\n"):rep(10) ..
    with_length(FINE)), nil },
  { "101 unasked", says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\njunk", true), "timeout",
    options = { timeout = 0.5 }, kinds = { network = true, decode = true, server = true } },
  { "NUL in a header value", says(OK .. "X: a\0b\r\nContent-Length: 2\r\n\r\n{}"), "network" },
  { "NUL in a header name", says(OK .. "X\0Y: b\r\nContent-Length: 2\r\n\r\n{}"), "network" },
  { "control bytes in a header", says(with_length(FINE, "X-Request-Id: a\1\27[31m\127b\r\n")), nil },
  { "a bare CR in a header", says(with_length(FINE, "X: a\rSet-Cookie: b\r\n")), nil },
  { "a folded header", says(with_length(FINE, "X-Request-Id: a\r\n b\r\n\tc\r\n")), nil },
  { "a line without a colon", says(with_length(FINE, "nonsense\r\n")), nil, kinds = { network = true } },
  { "no status line: HTTP/0.9", says("{}"), "network" },
  { "an HTML page as HTTP/0.9", says("<html>" .. ("x"):rep(100000)), "network" },
  { "HTTP/9.9", says("HTTP/9.9 200 OK\r\n\r\n{}"), "network" },
  { "a status of four digits", says("HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}"), "network",
    kinds = { network = true, decode = true } },
  { "status 0", says("HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\n{}"), "server", kinds = { network = true, server = true } },
  { "status 999", says("HTTP/1.1 999 OK\r\nContent-Length: 2\r\n\r\n{}"), "server", status = 999 },
  { "nothing at all", says(""), "network" },
  { "half a status line", says("HTTP/1.1 2"), "network" },
  { "half a header", says(OK .. "Content-Le"), "network", kinds = { network = true, decode = true } },

  { "an endless chunked body", pours(CHUNKED, chunk(("z"):rep(1 << 16)), ENDLESS), "too_large", status = 200 },
  { "an endless body until the end of the connection", pours(OK .. "\r\n", ("z"):rep(1 << 16), ENDLESS), "too_large", status = 200 },
  { "an endless body of one-byte chunks", pours(CHUNKED, ("1\r\nz\r\n"):rep(10000), ENDLESS), "too_large", status = 200 },
  { "an endless chunk extension", pours(CHUNKED .. "5;x=", ("y"):rep(1 << 16), ENDLESS), "timeout", options = { timeout = 1 } },
  { "endless trailers", pours(CHUNKED .. "0\r\n", LINE:rep(60), ENDLESS), "too_large", kinds = { too_large = true, network = true } },
  { "a chunk size past 64 bits", says(CHUNKED .. "FFFFFFFFFFFFFFFFF\r\n{}"), "network" },
  { "a chunk size of -1", says(CHUNKED .. "-1\r\n{}\r\n0\r\n\r\n"), "network" },
  { "a chunk without its end", says(CHUNKED .. "2\r\n{}XX0\r\n\r\n"), "network" },
  { "chunks that break off", says(CHUNKED .. chunk '{"errorCode":0,'), "network" },
  { "chunked and a length", says(OK .. "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" .. chunk(FINE) .. "0\r\n\r\n"), nil },
  { "an unknown transfer encoding", says(with_length(FINE, "Transfer-Encoding: evil\r\n")), nil, kinds = { decode = true } },

  { "a length that is too short", says(OK .. "Content-Length: 5\r\n\r\n" .. FINE), "decode" },
  { "a length that is too long", says(OK .. "Content-Length: 5000\r\n\r\n" .. FINE), "network", status = 200 },
  { "a length that is too long, and silence", says(OK .. "Content-Length: 5000\r\n\r\n" .. FINE, true), "timeout",
    options = { timeout = 0.5 }, status = 200 },
  { "two lengths, short and right", says(with_length(FINE, "Content-Length: 5\r\n")), nil,
    kinds = { network = true, decode = true } },
  { "two lengths, right and short", says(OK .. "Content-Length: " .. #FINE .. "\r\nContent-Length: 5\r\n\r\n" .. FINE), "decode",
    kinds = { network = true, decode = true } },
  { "a negative length", says(OK .. "Content-Length: -5\r\n\r\n" .. FINE), nil, kinds = { network = true, decode = true } },
  { "a length past 64 bits", says(OK .. "Content-Length: 99999999999999999999\r\n\r\n" .. FINE), nil,
    kinds = { network = true, too_large = true } },
  { "a length that is no number", says(OK .. "Content-Length: many\r\n\r\n" .. FINE), nil, kinds = { network = true } },
  { "204 with a body", says("HTTP/1.1 204 No Content\r\nContent-Length: 27\r\n\r\n" .. FINE), "decode" },
  { "304 unasked", says("HTTP/1.1 304 Not Modified\r\n\r\n"), "server", status = 304 },

  { "gzip that is none", says(with_length(FINE, "Content-Encoding: gzip\r\n")), "decode" },
  { "an encoding that nobody asked for", says(with_length(FINE, "Content-Encoding: br\r\n")), "decode" },
  { "thirty encodings", says(with_length(FINE, "Content-Encoding: " .. ("gzip, "):rep(29) .. "gzip\r\n")), "decode" },

  { "an empty 200", says(with_length ""), "decode" },
  { "a page of HTML", says(with_length "<!DOCTYPE html><h1>Log in"), "decode" },
  { "half JSON", says(with_length '{"errorCode":0,"result":[{"id":1'), "decode" },
  { "NUL in JSON", says(with_length '{"errorCode":0\0}'), "decode" },
  { "NUL in a string of JSON", says(with_length '{"errorCode":0,"result":[{"name":"a\0b"}]}'), "decode" },
  { "control bytes in a string of JSON", says(with_length '{"errorCode":0,"result":[{"name":"a\1b"}]}'), nil, kinds = { decode = true } },
  { "JSON 10,000 deep", says(with_length(("["):rep(10000) .. ("]"):rep(10000))), "decode" },
  { "objects 10,000 deep", says(with_length(('{"a":'):rep(10000) .. "1" .. ("}"):rep(10000))), "decode" },
  { "JSON with something behind it", says(with_length(FINE .. "{}")), "decode" },
  { "UTF-16", says(with_length "\xff\xfe{\0}\0"), "decode" },
  { "a number past all numbers", says(with_length '{"errorCode":1e999}'), "decode" },
  { "NaN and Infinity", says(with_length '{"errorCode":NaN,"result":[Infinity]}'), "decode" },
  { "equal keys, the last one bad", says(with_length '{"errorCode":0,"result":[],"errorCode":7,"errorMessage":"no"}'), "rejected" },
  { "equal keys, the last one good", says(with_length '{"errorCode":7,"result":[],"errorCode":0}'), nil },
  { "text that is not UTF-8", says(with_length '{"errorCode":0,"result":[{"name":"\xff\xc0\xaf"}]}'), nil },
  { "words of an error that are not UTF-8", says(with_length '{"errorCode":7,"errorMessage":"\xff\27[2J\\r\\nX\\u0000"}'), "rejected" },

  { "a slow drip of the header", drips(OK .. LINE), "timeout", options = { timeout = 0.5 } },
  { "a slow drip of the body", drips((" "):rep(1000), OK .. "\r\n"), "timeout", options = { timeout = 0.5 }, status = 200 },
  { "silence", function(connection) connection:pause() end, "timeout", options = { timeout = 0.5 } },
  { "silence within the body, past the stall time", says(OK .. "Content-Length: 50\r\n\r\n{", true), "timeout",
    options = { timeout = 240, stall_timeout = 1 }, status = 200 },
  { "a reset", function(connection) connection:reset() end, "network" },
}

for _, status in ipairs { 300, 301, 302, 303, 305, 307, 308 } do
  for _, place in ipairs { "http://%s/stolen", "//%s/stolen", "https://%s/stolen", "file:///etc/passwd", "gopher://%s/x", "/x", "" } do
    table.insert(rows.list, {
      ("%d to '%s'"):format(status, place), function(connection, other)
        connection:write(("HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"):format(status, (place:gsub("%%s", other))))
        connection:fin()
      end, "server", status = status,
    })
  end
end

return rows
