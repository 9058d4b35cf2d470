-- SPDX-License-Identifier: MIT
-- What Zipwhip's client refuses before the network: bytes of text, number, size and kind of files; and the types it gives to parts.

local limits = require "sms.zipwhip.limits"
local sms = require "sms"

local PNG, JPEG, GIF = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "\xFF\xD8\xFF\xE0\0\16JFIF", "GIF89a\1\0\1\0"

local function client(options)
  local seen = {}
  local settings = { session = "a:1", transport = function(request)
    seen[#seen + 1] = request
    return { status = 200, headers = {}, body = [[{"success":true,"response":{"id":1,"status":"queued"}}]] }
  end }
  for name, value in pairs(options or {}) do settings[name] = value end
  return sms.zipwhip(settings), seen
end

-- The complaint about a media message; "" when it goes out.
local function complaint(options, args)
  local zw, seen = client(options)
  args.to = args.to or "2065550123"
  local ok, result, err = pcall(zw.messages.send_media, zw.messages, args)
  assert.equal(ok and result and 1 or 0, #seen)
  return not ok and result or result and "" or err.message
end

local function text(bytes, name)
  return { data = ("x"):rep(bytes), name = name or "a.txt" }
end

describe("the kind of a file", function()
  it("is told by its first bytes, not by its name", function()
    for data, kind in pairs {
      [PNG] = "image/png", [JPEG] = "image/jpeg", [GIF] = "image/gif", ["GIF87a"] = "image/gif", ["Grüße\r\n"] = "text/plain",
      ["\u{FEFF}a\tb"] = "text/plain", [("é"):rep(400)] = "text/plain",
    } do
      local zw, seen = client()
      local name = kind == "text/plain" and "x.txt" or "x.bin"
      assert(zw.messages:send_media { to = "2065550123", files = { { data = data, name = name, type = "application/pdf" } } })
      for _, part in ipairs(seen[1].parts) do
        if part.filename then assert.same({ "file1", name, kind }, { part.name, part.filename, part.type }) end
      end
    end
    for _, data in ipairs { "", "%PDF-1.7\n", "BM\0\0", "PK\3\4", "\0\0\0\x18ftypmp42", "{\\rtf1 x}", "RIFF\0\0\0\0WEBP",
      "<!DOCTYPE html><title>404 Not Found</title>", "\r\n <HTML>", "\u{FEFF}<?xml version='1.0'?><Error/>", "caf\xe9", "a\27[2J",
      "a\127", "a\u{85}b", "a\12b", ("x"):rep(600) .. "\xFF", ("x"):rep(600) .. "\0" } do
      assert.is_nil(limits.sniff(data:sub(1, 512), data), data)
      for _, name in ipairs { "a.png", "a.txt", "a" } do
        local message = complaint({}, { files = { text(1), { data = data, name = name } } })
        assert.matches("files%[2%]' is not a JPEG, PNG, GIF or plain text", message)
      end
    end
    assert.equal("text/plain", limits.sniff(("x"):rep(511) .. "\xC3")) -- the rest of a large file has not been read
  end)

  it("is not that of a picture which is called one and holds other bytes", function()
    for _, name in ipairs { "photo.jpg", "photo.JPEG", "a.b.png", "a.gif" } do
      assert.matches("has the extension %.%w+, but its content is plain text", complaint({}, { files = { text(5, name) } }))
    end
    assert.equal("", complaint({}, { files = { { data = PNG, name = "photo.jpg" } } })) -- a picture, and told which
  end)

  it("is not plain text where the name says that it is a document of another kind", function()
    for _, name in ipairs { "a.pdf", "movie.MP4", "table.csv" } do
      assert.matches("files%[1%]' is plain text with the extension %.%w+; use %.txt", complaint({}, { files = { text(5, name) } }))
    end
    for _, name in ipairs { "a.TXT", "LICENSE", "a.b.txt" } do assert.equal("", complaint({}, { files = { text(5, name) } })) end
  end)

  it("is told of files that come in pieces; these are gathered, within the limit", function()
    local function pieces(...)
      local list, at = { ... }, 0
      return function()
        at = at + 1
        return list[at]
      end
    end
    local zw, seen = client()
    for _, size in ipairs { 7, false } do
      assert(zw.messages:send_media {
        to = "2065550123", files = { { chunks = pieces("GIF", "89a", "x"), name = "a.gif", size = size or nil } },
      })
      for _, part in ipairs(seen[#seen].parts) do
        if part.filename then assert.same({ "a.gif", "image/gif", "GIF89ax" }, { part.filename, part.type, part.data }) end
      end
    end
    local endless = function() return ("x"):rep(100000) end
    assert.matches("files%[1%]' has more than 614400 bytes", complaint({}, { files = { { chunks = endless, name = "a.txt" } } }))
    assert.matches("has 3 bytes, but its size is 4", complaint({}, { files = { { chunks = pieces "abc", name = "a.txt", size = 4 } } }))
    assert.matches("as strings, not a number", complaint({}, { files = { { chunks = pieces(1), name = "a.txt" } } }))
    assert.matches("is not a JPEG", complaint({}, { files = { { chunks = pieces "%PDF-1.7", name = "a.txt" } } }))
    local given = pieces "abc"
    assert.matches("'to' is a Lua number", complaint({}, { to = 2065550123, files = { { chunks = given, name = "a.txt" } } }))
    assert.equal("abc", given())
  end)

  it("is told of files on disk, too; what can't be read is the world's failure", function()
    local path = os.tmpname()
    local handle = assert(io.open(path, "wb"))
    handle:write(PNG)
    handle:close()
    local zw, seen = client()
    assert(zw.messages:send_media { to = "2065550123", files = { { path = path } } })
    assert.equal("image/png", seen[1].parts[2].type or seen[1].parts[1].type)
    assert.matches("the maximum is 10", complaint({ max_bytes = 10 }, { files = { { path = path } } }))
    os.remove(path)
    local result, err = zw.messages:send_media { to = "2065550123", files = { { path = path } } }
    assert.is_nil(result)
    assert.same({ "invalid", "not_sent" }, { err.kind, err.outcome })
    assert.equal(1, #seen)
  end)

  it("leaves the caller's table alone", function()
    local file = { data = GIF, name = "a.gif" }
    local args = { to = "2065550123", files = { file } }
    assert(client().messages:send_media(args))
    assert.same({ { data = GIF, name = "a.gif" } }, args.files)
    assert.equal(file, args.files[1])
  end)
end)

describe("the limits of a media message", function()
  it("are two files and 614,400 bytes with the text", function()
    assert.equal("", complaint({}, { body = ("x"):rep(600), files = { text(307000), text(306800) } }))
    assert.matches("614401 bytes, the maximum is 614400", complaint({}, { body = ("x"):rep(600), files = { text(307000), text(306801) } }))
    assert.matches("holds 3 files, the maximum is 2", complaint({}, { files = { text(1), text(1), text(1) } }))
    assert.matches("an empty list", complaint({}, { files = {} }))
    assert.is_nil(complaint({}, { files = { { data = 5, name = "a.txt" } } }):find("empty list", 1, true))
    assert.matches("'body' or 'files' or 'key'", complaint({}, {}))
    assert.equal("", complaint({}, { body = "x" }))
    assert.equal("", complaint({}, { key = "k" }))
  end)

  it("are told together", function()
    local message = complaint({}, { body = ("x"):rep(601), files = { text(1), text(1), text(700000), { data = "", name = "e" } } })
    for _, word in ipairs { "'body' has 601 bytes", "files%[4%]'", "holds 4 files", "the maximum is 614400" } do
      assert.matches(word, message)
    end
  end)

  it("move with the client's options", function()
    assert.equal("", complaint({ max_files = 3, max_bytes = 1000000 }, { files = { text(1), text(1), text(700000) } }))
    assert.matches("the maximum is 1", complaint({ max_files = 1 }, { files = { text(1), text(1) } }))
    assert.equal("", complaint({ max_text_bytes = 700 }, { body = ("x"):rep(700) }))
    assert.matches("701 bytes, the maximum is 700", complaint({ max_text_bytes = 700 }, { body = ("x"):rep(701) }))
  end)
end)

describe("the limits of a text", function()
  local function problem(args, options)
    local zw, seen = client(options)
    args.contacts = args.contacts or "2065550123"
    local ok, result, err = pcall(zw.messages.send, zw.messages, args)
    assert.equal(ok and result and 1 or 0, #seen)
    return not ok and result or result and "" or err.message
  end

  it("count bytes, and name the way out", function()
    assert.equal("", problem { body = ("é"):rep(300) })
    assert.matches("602 bytes, the maximum is 600; a longer text can be sent as a .txt file", problem { body = ("é"):rep(301) })
    assert.matches("'body'", problem { body = "" })
    assert.equal("", problem({ body = ("x"):rep(700) }, { max_text_bytes = 700 }))
  end)

  it("are 1 to 50 contacts that a phone can be told from", function()
    local many = {}
    for i = 1, 50 do many[i] = ("20655502%02d"):format(i) end
    assert.equal("", problem { body = "x", contacts = many })
    many[51] = "2065550123"
    for _, bad in ipairs { {}, many, "", "206-555-0123", "+0123", "12065550123", "tel:2065550123", 2065550123, { 2065550123 }, { "x" } } do
      assert.matches("'contacts", problem { body = "x", contacts = bad })
    end
    for _, good in ipairs { "ptn:/2065550123", "device:/2065550100/1", "+447700900123", { "2065550123", "ptn:/+12065550123" } } do
      assert.equal("", problem { body = "x", contacts = good })
    end
  end)
end)
