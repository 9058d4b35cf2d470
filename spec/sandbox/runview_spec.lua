-- SPDX-License-Identifier: MIT
-- The view of a run without a browser: its routes over functions that stand for a store, and the server that goes beside a program.

local guard = require "sms.sandbox.guard"
local json = require "sms.json"
local patience = require "spec.support.patience"
local runview = require "sms.sandbox.runview"
local server = require "sms.sandbox.server"

local function snapshot()
  return { name = "june", state = "running", now = 1.5, accepted = 3, held = {}, reasons = json.array {},
    series = { from = 0, step = 1, accepted = { 1, 0, 2 }, p50 = { 5, false, 7 }, p95 = { 9, false, 9 } } }
end

describe("the view of a run", function()
  local view, clock, asked, source

  before_each(function()
    clock, asked = 100, {}
    source = {
      now = function() return clock end,
      snapshot = function()
        asked.snapshot = (asked.snapshot or 0) + 1
        return snapshot()
      end,
      rows = function(filter)
        asked.filter = filter
        return { { id = 1300000000000000001, to = "+27825551234", text = "caf\xE9", state = "unknown", reason = "network", index = 1 } }
      end,
      act = function(what)
        asked.act = what
        return what ~= "stop" or nil, { message = "the run 'june' is done, not active" }
      end,
    }
    view = runview.new(source)
  end)

  local function get(path, method)
    local target, query = path:match "^([^?]*)%??(.*)$"
    return view:handle { method = method or "GET", path = target, query = query, headers = {} }
  end

  it("leads to its page, whose files are those of the inbox", function()
    assert.same({ 302, "/run/" }, { get("/").status, get("/run").headers.location })
    local page = get "/run/"
    assert.equal(200, page.status)
    assert.matches("run%.js", page.body)
    assert.matches("^default%-src 'none'; script%-src 'self'; style%-src 'self'", page.headers["content-security-policy"])
    for path, kind in pairs { ["style.css"] = "text/css", ["vendor/uplot/uPlot.iife.min.js"] = "text/javascript",
      ["chart.js"] = "text/javascript", ["vendor/lit-html/lit-html.js"] = "text/javascript", ["icon.svg"] = "image/svg" } do
      local file = get("/run/" .. path)
      assert.equal(200, file.status, path)
      assert.equal(1, file.headers["content-type"]:find(kind, 1, true), path)
    end
    for _, path in ipairs { "/run/../init.lua", "/run/vendor/VERSIONS", "/run//etc/passwd", "/run/x.js", "/inbox/", "/else" } do
      assert.equal(404, get(path).status, path)
    end
    assert.equal(405, get("/run/", "POST").status)
  end)

  it("gives the snapshot, a step without responses as null, and asks for it at most twice a second", function()
    local response = get "/run/api/snapshot"
    assert.equal("application/json", response.headers["content-type"])
    assert.matches('"p50":%[5,null,7%]', response.body)
    for _ = 1, 50 do get "/run/api/snapshot" end
    assert.equal(1, asked.snapshot)
    clock = clock + 0.49
    assert.is_nil(view:changes())
    assert.equal(1, asked.snapshot)
    clock = clock + 0.02
    assert.matches('"accepted":3', view:changes())
    assert.equal(2, asked.snapshot)
  end)

  it("tells nothing where only the time has changed", function()
    clock = clock + 1
    assert.is_string(view:changes())
    source.snapshot = function()
      local out = snapshot()
      out.now = 99.25
      return out
    end
    clock = clock + 1
    assert.is_nil(view:changes())
    source.snapshot = function()
      local out = snapshot()
      out.accepted = 4
      return out
    end
    clock = clock + 1
    assert.matches('"accepted":4', view:changes())
  end)

  it("a stream begins with the snapshot", function()
    local response = get "/run/api/events"
    assert.is_true(response.stream)
    assert.equal("text/event-stream", response.headers["content-type"])
    assert.matches('^retry: 1000\n\ndata: {.*}\n\n$', response.body)
  end)

  it("gives rows by state and reason, ids as strings, and no bytes that are no text", function()
    local response = get "/run/api/rows?state=unknown&reason=network&limit=1&after=7"
    assert.same({ state = "unknown", reason = "network", limit = 1, after = 7 }, asked.filter)
    local value = json.decode(response.body)
    assert.same({ "1300000000000000001", "caf?", true }, { value.rows[1].id, value.rows[1].text, value.more })
    for _, query in ipairs { "state=gone", "", "state=unknown&limit=0", "state=unknown&limit=101", "state=unknown&after=-1",
      "state=unknown&after=x" } do
      local wrong = get("/run/api/rows?" .. query)
      assert.equal(400, wrong.status, query)
      assert.is_string(json.decode(wrong.body).error)
    end
  end)

  it("pauses, resumes and stops by the store, and says why not", function()
    for _, what in ipairs { "pause", "resume" } do
      assert.equal(200, get("/run/api/" .. what, "POST").status)
      assert.equal(what, asked.act)
      assert.equal(405, get("/run/api/" .. what).status)
    end
    local refused = get("/run/api/stop", "POST")
    assert.same({ 409, "the run 'june' is done, not active" }, { refused.status, json.decode(refused.body).error })
    assert.equal(404, get("/run/api/drop", "POST").status)
    assert.equal(405, get("/run/api/snapshot", "POST").status)
  end)

  it("a store that fails is an answer, and the next look is right again", function()
    source.snapshot = function() return nil, "no connection" end
    local response = get "/run/api/snapshot"
    assert.same({ 503, "no connection" }, { response.status, json.decode(response.body).error })
    clock = clock + 1
    assert.is_nil(view:changes())
    source.snapshot = function() return { name = "\xFF\xFE", series = { p50 = {}, p95 = {} } } end
    clock = clock + 1
    assert.is_nil(view:changes())
    source.snapshot = snapshot
    clock = clock + 1
    assert.equal(200, get("/run/api/snapshot").status)
  end)

  it("is open to links, its API is not", function()
    local function visit(path, mode)
      return guard.refusal({ host = "127.0.0.1:1", ["sec-fetch-site"] = "cross-site", ["sec-fetch-mode"] = mode or "navigate",
        ["sec-fetch-dest"] = mode and "empty" or "document" }, { method = "GET", path = path })
    end
    assert.is_nil(visit "/run/")
    assert.is_nil(visit "/run")
    assert.equal(403, visit "/run/api/snapshot")
    assert.equal(403, visit("/run/", "cors"))
    assert.equal(421, (guard.refusal({ host = "evil.example" }, { method = "GET", path = "/run/" })))
  end)

  it("is served beside a program that turns it", function()
    local attached <close> = assert(server.attach { sandbox = view, log = function() end })
    local file = os.tmpname()
    local url = ("http://127.0.0.1:%d/run/api/"):format(attached.port)
    local pipe = assert(io.popen(("(curl -s %ssnapshot; curl -s -m 300 -N %sevents) >%s; echo done"):format(url, url, file)))
    local ends = os.time() + patience.MOST
    local function seen()
      local text <close> = assert(io.open(file))
      return text:read "a"
    end
    while not seen():find "\ndata: {" and os.time() < ends do
      attached:turn()
      os.execute "sleep 0.02"
    end
    attached:close()
    attached:close()
    assert.equal("done\n", pipe:read "a")
    pipe:close()
    assert.matches('^{.*}retry: 1000\n\ndata: {', seen())
    os.remove(file)
  end)
end)
