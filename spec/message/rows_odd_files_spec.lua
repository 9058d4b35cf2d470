-- SPDX-License-Identifier: MIT
-- `sms.rows` on files that were cut, pasted together, or written by programs with habits of their own.

local sms = require "sms"
local written = require "spec.support.written"

local file_with, read_all = written.file, written.bytes

-- Each row in one word: its name, or why it is of no use.
local function told(list)
  local out = {}
  for row in list do out[#out + 1] = row.ok and row.vars.name or row.reason end
  return out
end

local function rows(text, options, name) return assert(sms.rows(file_with(text, name), options)) end

-- What a call raises, at the line of the script.
local function raised(path, options)
  local ok, words = pcall(function() local _ = sms.rows(path, options) end)
  assert.is_false(ok)
  return words
end

describe("sms.rows", function()
  after_each(written.remove)

  it("keeps the accents of a file in UTF-8 that was cut or has a byte of another encoding; that line is malformed", function()
    for _, last in ipairs { "Jos\xC3", "Jos\xE9\n", "\xE2\x82\n" } do
      local list = rows("to,name\n+27825551234,José\n+27825551235,Zoë\n+27825551236," .. last)
      assert.same({ "utf-8", { "José", "Zoë", "malformed" } }, { list.encoding, told(list) })
    end
    assert.same({ "José", "Zoë" }, told(rows "to,name\n+27825551234,Jos\xE9\n+27825551235,Zo\xEB\n"))
    local cells = ("+27825551235,Zoë\n"):rep(20000)
    assert.equal("utf-8", rows("to,name\n" .. cells .. "+27825551234,Jos\xE9\n" .. cells).encoding)
    assert.same({ "malformed", "Zoë" }, told(rows('{"to":"+27825551234","name":"Jos\xE9"}\n{"to":"+27825551235","name":"Zoë"}\n')))
  end)

  it("takes blank cells beyond the columns as what they are; one that holds something is malformed", function()
    assert.same({ "A", "B", "malformed" }, told(rows "to,name\n+27825551234,A,\n+27825551235,B,, ,\n+27825551236,C,,x\n"))
  end)

  it("reads names behind a second mark, with blanks that don't break, and with blanks behind their quotes", function()
    for _, header in ipairs { "\u{FEFF}\u{FEFF}to,name", "to\u{A0},\u{A0}name", '\u{FEFF}"to" ,"name"  ' } do
      local list = rows(header .. '\n"+27825551234" ,"A" \n')
      assert.same({ { "to", "name" }, { "A" } }, { list.columns, told(list) })
    end
    assert.equal("Mobile Number", rows("Mobile\u{A0}Number,name\n+27825551234,A\n").number)
    assert.same({ "malformed", "B" }, told(rows 'to,name\n"+27825551234" x,A\n+27825551235,B\n'))
  end)

  it("counts a line of JSON that is too long as one row", function()
    local long = '{"to":"+27825551234","name":"' .. ("y"):rep(2000000) .. '"}\n'
    local list = rows(long .. '{"to":"+27825551235","name":"B"}\n' .. long, nil, ".jsonl")
    assert.same({ "malformed", "B", "malformed" }, told(list))
  end)

  it("says what is wrong with other JSON, and with an object that has two numbers", function()
    for _, text in ipairs { '[{"to":"+27825551234"},\n{"to":"+27825551235"}]', "[]", ' [\n {"to":"+27825551234"}]' } do
      assert.matches("is a JSON array", select(2, sms.rows(file_with(text))).message)
    end
    local list = rows '{"to":"+27825551234","phone":"+27825551235"}\n'
    assert.matches("'phone' and 'to' may both contain the number", list().error.message)
  end)

  it("tells rows apart by the number itself, however it is written; by nothing that has no text of its own", function()
    local list = rows("to,name\n082 555 1234,A\n+27825551234,B\n", { key = "to", region = "ZA" })
    assert.same({ "+27825551234", "+27825551234" }, { list().key, list().key })
    list = rows('{"to":"+27825551234","id":{"a":1}}\n{"to":"+27825551234","id":17,"name":"B"}\n', { key = "id" })
    assert.same({ "no_key", "B" }, told(list))
  end)

  it("a file that can't be read is not an empty one", function()
    assert.matches("^/tmp: Is a directory", select(2, sms.rows "/tmp").message)
    local handle = assert(io.open(file_with("to,name\n" .. ("+27825551234,A\n"):rep(20000))))
    local broken = setmetatable({}, { __index = handle })
    assert.equal("file", io.type(handle))
    local source, n = require "sms.rows.source", 0
    function broken.read(_, count)
      n = n + 1
      if n > 7 then return nil, "Input/output error", 5 end -- the file was scanned once
      return handle:read(count)
    end
    function broken.seek(_, ...) return handle:seek(...) end
    local read = source.open(broken)
    assert.is_string(read())
    local ok, err = pcall(function()
      repeat until not read()
    end)
    assert.same({ false, "Input/output error" }, { ok, err.message })
    handle:close()
  end)

  it("begins the file of the rejected rows at once, and tells when it can't be written", function()
    local rejects = file_with "of a former list\n"
    assert.same({ "A" }, told(rows("to,name\n+27825551234,A\n", { rejected = rejects })))
    assert.equal("to,name,reason\r\n", read_all(rejects))
    local path = file_with "to,name\n12,A\n"
    local list, err = sms.rows(path, { rejected = "/nonexistent/x.csv" })
    assert.same({ nil, "rejected" }, { list, err.field })
    assert.matches("rows_odd_files_spec.lua:%d+: .*'rejected' must not be the input file", raised(path, { rejected = path }))
    local other = path .. ".link"
    assert(os.execute(("ln -s '%s' '%s'"):format(path, other)))
    assert.matches("'rejected' must not be the input file", raised(path, { rejected = other }))
    os.remove(other)
    assert.is_not_nil(assert(sms.rows(path))())
    assert.equal("to,name\n12,A\n", read_all(path))
    local ok
    ok, err = pcall(function() told(assert(sms.rows(path, { rejected = "/dev/full" }))) end)
    assert.same({ false, "rejected" }, { ok, err.field })
    told(rows('{"to":"12\xE9"}\n{"to":"é"}\n', { rejected = rejects }))
    assert.matches('12%?', read_all(rejects))
  end)

  it("raises a region or columns that are none at the script's line", function()
    local path = file_with "to,name\n12,A\n"
    assert.matches("rows_odd_files_spec.lua:%d+: .*'XX' is not an ISO 3166 code", raised(path, { region = "XX" }))
    assert.matches("'columns%[2%]' must be a string, got a number", raised(path, { columns = { "to", 2 } }))
    assert.matches("'columns%[1%]' must be a string", raised(path, { columns = {} }))
  end)
end)
