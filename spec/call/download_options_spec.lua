-- SPDX-License-Identifier: MIT
-- `stream` and `to_file` hand a response on unread. A call that reads its response refuses them, above all one that sends: what was not
-- read proves nothing. A custom transport keeps them, and `max_body`, as the network does.

local kinds = require "spec.support.kinds_of_call"
local sms = require "sms"

local function client(provider, options)
  local sent = { count = 0 }
  local all = { transport = function()
    sent.count = sent.count + 1
    return { status = 200, headers = { ["content-type"] = "text/csv" }, body = '"phone_number"\n"4412"\n' }
  end }
  for _, fields in ipairs { kinds.options[provider], options or {} } do
    for name, value in pairs(fields) do all[name] = value end
  end
  return sms[provider](all), sent
end

local NAMES = { stream = true, to_file = os.tmpname() }
os.remove(NAMES.to_file)

describe("stream and to_file", function()
  it("are refused by every call that reads its response, before it is made", function()
    for _, provider in ipairs(sms.providers) do
      local made, sent = client(provider)
      local message, calls = kinds.message(provider, "x"), {}
      for name, send in pairs(kinds.sends(provider)) do
        calls[name] = function(options) return send(made, "x", options) end
      end
      local others = kinds.others[provider]
      calls.post = others.post and function(options) return others.post(made, options) end
      function calls.many(options) return made:send_many({ message }, options) end
      function calls.each(options) return made:send_each({ message }, options) end
      function calls.refused(options) return made:send({ to = "n/a", text = "x" }, options) end
      function calls.status(options) return made:status({ id = 1, broadcast_id = 1 }, options) end
      function calls.balance(options) return made:balance(options) end
      function calls.reconcile(options) return made:reconcile({}, options) end
      function calls.failover(options) return sms.failover { made }:send(message, options) end
      for name, call in pairs(calls) do
        for option, value in pairs(NAMES) do
          local ok, words = pcall(call, { [option] = value })
          local where = ("%s %s %s: %s"):format(provider, name, option, tostring(words))
          assert.is_false(ok, where)
          local wanted = ("option '%s' is for downloads: this call reads its response"):format(option)
          assert.is_not_nil(tostring(words):find(wanted, 1, true), where)
        end
      end
      assert.equal(0, sent.count)
    end
    assert.is_nil(io.open(NAMES.to_file))
  end)

  it("hand on what is only looked up", function()
    local made, sent = client "messagewhiz"
    local answer = assert(made.campaigns:list({}, { stream = true }))
    assert.equal('"phone_number"\n"4412"\n', answer())
    assert.equal(1, sent.count)
  end)

  it("are for one of them at a time", function()
    local made, sent = client "messagewhiz"
    for _, call in ipairs {
      function() return made.recipient_lists:download({ id = 1 }, NAMES) end, function() return made:request({ path = "/x" }, NAMES) end,
    } do
      local ok, words = pcall(call)
      assert.is_false(ok)
      assert.matches("only one of the options 'stream' and 'to_file' can be given", words)
    end
    assert.equal(0, sent.count)
  end)
end)

describe("a custom transport", function()
  it("gives a streamed response as a function", function()
    local made = client "messagewhiz"
    for _, answer in ipairs {
      (assert(made.recipient_lists:download({ id = 1 }, { stream = true }))), (assert(made:request({ path = "/x" }, { stream = true }))),
    } do
      local pieces = {}
      for piece in answer do pieces[#pieces + 1] = piece end
      assert.same({ '"phone_number"\n"4412"\n' }, pieces)
      assert.is_nil(answer())
      assert.same({ 22, 22 }, { answer:progress() })
      answer:close()
    end
  end)

  it("keeps to max_body", function()
    for _, options in ipairs { { nil, { max_body = 21 } }, { { max_body = 21 } } } do
      local made = client("messagewhiz", options[1])
      local result, err = made.recipient_lists:download({ id = 1 }, options[2])
      assert.same({ "nil", "too_large", "unknown", 200, 1 }, { type(result), err.kind, err.outcome, err.status, err.attempts })
      assert.is_string((made.recipient_lists:download({ id = 1 }, { max_body = 22 })))
    end
  end)
end)
