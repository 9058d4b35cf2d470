-- SPDX-License-Identifier: MIT
-- Runs in the interpreter of spec/c/secret_image.c: uses a secret in one way, lets go of everything, and prints how often the secret
-- stood in memory while it was used, and how often it does afterwards. Usage: secret_image.lua WAY BACKWARDS FILE [BASE_URL]. It is
-- given the secret backwards and reads it from FILE, so that this program itself doesn't hold it.

local way, backwards, path, base_url = arg[1], arg[2], arg[3], arg[4]
local core = require "sms.core"
local sms = require "sms"

local count = rawget(_G, "image_count")

local function clean_up()
  for _ = 1, 3 do collectgarbage() end
end

-- Every scheme, on an endpoint with configured handles, and in requests that are built and never sent. Of an address, and so of a
-- secret in its query, libcurl makes copies of its own.
local function in_the_core()
  local text = assert(core.secret_file(path))
  local auth = core.auth {
    { scheme = "header", name = "X-Key", value = text }, { scheme = "basic", user = "user", value = text },
    { scheme = way == "query" and "query" or "json", name = "key", value = text },
  }
  local endpoint = core.endpoint { base_url = "http://127.0.0.1:1", auth = auth, headers = { ["X-Other"] = text } }
  local pool = core.pool()
  local transfer = assert(pool:start(endpoint, "POST", "/x", "{}", 60))
  clean_up()
  local during = count(backwards)
  transfer:cancel()
  transfer:close()
  pool:close()
  endpoint:close()
  auth:close()
  return during
end

local function reference()
  return way == "env" and sms.secret.env "SMS_IMAGE_SECRET" or sms.secret.file(path)
end

local kept

-- A client that asks and is refused; the error stays.
local function in_a_client()
  local pool = core.pool()
  local client = sms.messagewhiz { apikey = reference(), base_url = base_url, pool = pool, retries = 0, webhook_secret = reference() }
  clean_up()
  local during = count(backwards)
  local _, err = client.campaigns:list()
  local _, sent = client:send { to = "447700900123", text = "hello", from = "Shop" }
  client:webhook { method = "POST", headers = {}, query = "secret=wrong", body = "{}" }
  kept = { err, sent }
  assert(err.status == 401 and sent.status == 401, tostring(err) .. tostring(sent))
  pool:close()
  return during
end

-- In a coroutine of its own: a stack keeps what stood in places that it doesn't use any more.
local during = coroutine.wrap((way == "core" or way == "query") and in_the_core or in_a_client)()
clean_up()
print(during, count(backwards), #tostring(kept))
