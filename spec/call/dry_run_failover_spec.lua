-- SPDX-License-Identifier: MIT
-- A dry run of `failover:send` shows the request of the provider whose turn it is, and changes neither breakers nor turns.

local sms = require "sms"

local MESSAGE, DRY = { to = "+436641234567", text = "hi" }, { dry_run = true }

local function group(settings, status)
  local sent = { count = 0 }
  local function transport()
    sent.count = sent.count + 1
    return { status = status or 503, body = "" }
  end
  settings[1] = sms.messagewhiz { apikey = "key-of-mine", from = "Me", transport = transport, retries = 0 }
  settings[2] = sms.websms { token = "token-of-mine", transport = transport, retries = 0 }
  return sms.failover(settings), sent
end

describe("a dry run of a failover group", function()
  it("leaves a breaker as it is", function()
    local made, sent = group { breaker = { failures = 2, reset = 0.01 } }
    assert.is_nil(made:send(MESSAGE))
    for _ = 1, 3 do assert.equal("https://sms.messagewhiz.com/sms", made:send(MESSAGE, DRY).url) end
    assert.is_nil(made:send(MESSAGE))
    assert.equal("open", made:states().messagewhiz)
    sms.sleep(0.02)
    assert.equal("https://sms.messagewhiz.com/sms", made:send(MESSAGE, DRY).url)
    assert.same({ "half_open", 2 }, { made:states().messagewhiz, sent.count })
  end)

  it("takes no turn", function()
    local made = group { strategy = "round_robin" }
    for _ = 1, 3 do assert.matches("messagewhiz", made:send(MESSAGE, DRY).url) end
    assert.is_nil(made:send(MESSAGE))
    for _ = 1, 3 do assert.matches("websms", made:send(MESSAGE, DRY).url) end
  end)

  it("goes on where a provider can't take the message, in a task, too", function()
    local made, sent = group {}
    local shown = sms.run(function() return made:send({ to = MESSAGE.to, text = "hi", flash = true }, DRY) end)
    assert.matches("websms", shown.url)
    assert.equal(0, sent.count)
  end)
end)
