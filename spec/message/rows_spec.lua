-- SPDX-License-Identifier: MIT
-- `sms.rows`: recipients from comma separated values and JSON lines, in the encodings and shapes that people's programs write.

local sms = require "sms"
local written = require "spec.support.written"

local file_with, read_all = written.file, written.bytes

-- Each row in one word: its number, or why it has none.
local function told(list)
  local out = {}
  for row in list do out[#out + 1] = row.ok and row.to or row.reason end
  return out
end

describe("sms.rows", function()
  after_each(written.remove)

  it("reads numbers and variables by the names of the first line", function()
    local list = assert(sms.rows(file_with "name,phone,town\nThandi,+27825551234,Durban\nPieter,+27 82 555 1235,\n"))
    local first, second = list(), list()
    assert.same({ 1, 2, true, "+27825551234" }, { first.index, first.line, first.ok, first.to })
    assert.same({ name = "Thandi", town = "Durban" }, first.vars)
    assert.same({ "+27825551235", { name = "Pieter", town = "" } }, { second.to, second.vars })
    assert.is_nil(list())
    assert.is_nil(list())
    assert.same({ "csv", "utf-8", ",", "phone", { read = 2, rejected = 0, reasons = {} } },
      { list.format, list.encoding, list.delimiter, list.number, list.counts })
  end)

  it("finds the delimiter by itself", function()
    for delimiter, text in pairs {
      [","] = "phone,name\n+27825551234,A\n", [";"] = "phone;name\n+27825551234;A,B\n", ["\t"] = "phone\tname\n+27825551234\tA;B,C\n",
    } do
      local list = assert(sms.rows(file_with(text)))
      assert.equal(delimiter, list.delimiter)
      assert.equal("+27825551234", list().to)
    end
    assert.equal(";", assert(sms.rows(file_with '"a,b,c";phone\nx;+27825551234\n')).delimiter)
  end)

  it("reads quotes, line ends within them, and the line ends of any system", function()
    local text = 'phone,note\r\n+27825551234,"two\r\nlines, and ""quotes"""\r\n\r\n+27825551235,x\r+27825551236,y'
    local list = assert(sms.rows(file_with(text)))
    local first, second, third = list(), list(), list()
    assert.equal('two\r\nlines, and "quotes"', first.vars.note)
    assert.same({ 2, 5, 6 }, { first.line, second.line, third.line })
    assert.same({ "x", "y" }, { second.vars.note, third.vars.note })
  end)

  it("is the same whatever the places where the file is cut in pieces", function()
    local cells = {}
    for i = 1, 9000 do cells[i] = ('+2782555%04d,"ä ""%d""\r\nend",€\r\n'):format(i, i) end
    local list, count = assert(sms.rows(file_with("phone,a,b\r\n" .. table.concat(cells)))), 0
    for row in list do
      count = count + 1
      assert.same({ ("+2782555%04d"):format(count), ('ä "%d"\r\nend'):format(count), "€", 2 * count },
        { row.to, row.vars.a, row.vars.b, row.line })
    end
    assert.equal(9000, count)
  end)

  it("knows a byte order mark, UTF-16 and windows-1252", function()
    local function wide(text, format)
      local out = {}
      for _, code in utf8.codes(text) do
        if code > 0xFFFF then
          code = code - 0x10000
          out[#out + 1] = string.pack(format, 0xD800 + (code >> 10)) .. string.pack(format, 0xDC00 + (code & 0x3FF))
        else
          out[#out + 1] = string.pack(format, code)
        end
      end
      return table.concat(out)
    end
    local text = "phone;name\r\n+27825551234;Müller 😀\r\n"
    for encoding, bytes in pairs {
      ["utf-8"] = "\xEF\xBB\xBF" .. text, ["utf-16le"] = "\xFF\xFE" .. wide(text, "<I2"), ["utf-16be"] = "\xFE\xFF" .. wide(text, ">I2"),
    } do
      local list = assert(sms.rows(file_with(bytes)))
      assert.same({ encoding, "phone", "Müller 😀" }, { list.encoding, list.columns[1], list().vars.name })
    end
    assert.equal("utf-16le", assert(sms.rows(file_with(wide(text, "<I2")))).encoding)
    local list = assert(sms.rows(file_with "phone;name\r\n+27825551234;M\xFCller \x80\r\n"))
    assert.same({ "windows-1252", "Müller €" }, { list.encoding, list().vars.name })
    local long = "phone;name\n" .. ("+27825551234;x\n"):rep(20000) .. "+27825551234;M\xFCller\n"
    list = assert(sms.rows(file_with(long)))
    assert.equal("windows-1252", list.encoding)
  end)

  it("gives each row a verdict, and writes what is rejected with its reason", function()
    local rejects = file_with ""
    local path = file_with('phone;name\n+27825551234;A\nabc;B\n;C\n4,36641E+11;D\n+27825551235;E;F\n"+27825551236"x;G\n+27825551237;H\n')
    local list = assert(sms.rows(path, { rejected = rejects }))
    assert.same({ "+27825551234", "invalid", "no_number", "invalid", "malformed", "malformed", "+27825551237" }, told(list))
    assert.same({ read = 7, rejected = 5, reasons = { invalid = 2, no_number = 1, malformed = 2 } }, list.counts)
    local again = assert(sms.rows(rejects))
    assert.same({ "phone", "name", "reason" }, again.columns)
    assert.matches("^phone;name;reason\r\nabc;B;row 2: ", read_all(rejects))
    assert.matches("rounded; its digits are lost", read_all(rejects))
  end)

  it("needs no header where the first line has a number, and takes the names from the options", function()
    local path = file_with "Thandi,082 555 1234\nPieter,082 555 1235\n"
    local list = assert(sms.rows(path, { region = "ZA" }))
    local first = list()
    assert.same({ "+27825551234", { column1 = "Thandi" }, 1 }, { first.to, first.vars, first.line })
    list = assert(sms.rows(path, { region = "ZA", columns = { "name", "cell" } }))
    first = list()
    assert.same({ "+27825551234", { name = "Thandi" } }, { first.to, first.vars })
    list = assert(sms.rows(file_with "Kunde,Rufnummer\nA,+27825551234\n", { number = "Rufnummer" }))
    assert.same({ "+27825551234" }, told(list))
  end)

  it("reads JSON lines", function()
    local text = '{"to":"+27825551234","name":"A","n":3}\n\n{"name":"B"}\n[1]\n{"to":5}\n{"to":"+27825551235"'
    local list = assert(sms.rows(file_with(text, ".jsonl")))
    local first = list()
    assert.same({ "+27825551234", { name = "A", n = 3 }, 1 }, { first.to, first.vars, first.line })
    assert.same({ "no_number", "malformed", "invalid", "malformed" }, told(list))
    assert.equal("jsonl", list.format)
  end)

  it("tells rows apart by a column", function()
    local list = assert(sms.rows(file_with "phone,order\n+27825551234,a-1\n+27825551234,\n", { key = "order" }))
    assert.equal("a-1", list().key)
    assert.equal("no_key", list().reason)
  end)

  it("says what is wrong with a file", function()
    for text, words in pairs {
      [""] = "the file is empty", ["name,town\nA,B\n"] = "no column name is that of a phone number %(name, town%)",
      ["phone,mobile\n+27825551234,+27825551235\n"] = "'phone' and 'mobile' may both", ["phone,a,a\n"] = "two columns are named 'a'",
      ['phone,"a\n'] = "unterminated quote",
    } do
      local list, err = sms.rows(file_with(text))
      assert.is_nil(list)
      assert.same({ "invalid", "not_sent", "file" }, { err.kind, err.outcome, err.field })
      assert.matches(words, err.message)
    end
    assert.matches("No such file", select(2, sms.rows("/nonexistent/x.csv")).message)
    assert.matches("no column 'phon', did you mean 'phone'", select(2, sms.rows(file_with "phone,a\n", { number = "phon" })).message)
    assert.matches("no column 'oder', did you mean 'order'", select(2, sms.rows(file_with "phone,order\n", { key = "oder" })).message)
  end)

  it("raises mistakes of the script at its line", function()
    local function words(...)
      local args = table.pack(...)
      local ok, message = pcall(function() local _ = sms.rows(table.unpack(args, 1, args.n)) end)
      assert.is_false(ok)
      assert.matches("rows_spec%.lua:%d+: sms%.rows: ", message)
      return message
    end
    assert.matches("a path or an open file", words(5))
    assert.matches("a path or an open file", words())
    assert.matches("unknown option 'numbr', did you mean 'number'", words("x", { numbr = "a" }))
    assert.matches("option 'header' must be a boolean", words("x", { header = "yes" }))
    assert.matches("option 'delimiter' must be one of", words("x", { delimiter = "|" }))
  end)

  it("keeps memory flat over many rows", function()
    local line = '+27825551234,"Thandi of the long name",Durban\n'
    local path = file_with("phone,name,town\n" .. line:rep(50000))
    local list, count, before, most = assert(sms.rows(path)), 0, nil, 0
    for _ in list do
      count = count + 1
      if count % 10000 == 0 then
        collectgarbage()
        local now = collectgarbage("count") * 1024
        before = before or now
        most = math.max(most, now - before)
      end
    end
    assert.equal(50000, count)
    assert.is_true(most < 1024 * 1024, most)
  end)
end)
