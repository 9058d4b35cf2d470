-- SPDX-License-Identifier: MIT
-- A PostgreSQL cluster of a test's own, in a folder of its own: socket only, unprivileged user, ended with the test. Nothing of the
-- machine's
-- own servers is touched.

local uv = require "luv"

local postgres = {}

local Cluster = {}
Cluster.__index = Cluster

local function lines(command)
  local pipe <close> = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read "a"
  local ok = pipe:close()
  return ok, text
end

-- The newest server there is, or nil.
local function programs()
  local _, text = lines "ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1"
  local folder = text:match "^(/%S+)"
  if folder and uv.fs_stat(folder .. "/initdb") then return folder end
end

-- initdb refuses to run as root; the package's own user takes its place.
local function as_server()
  if uv.getuid() ~= 0 then return "" end
  return "setpriv --reuid=postgres --regid=postgres --clear-groups "
end

--- Why there can be no cluster, or nil.
---@return string? reason
function postgres.absent()
  if os.getenv "CI" then return "no database server is started in CI" end
  if not programs() then return "PostgreSQL is not installed (Debian: apt-get install postgresql)" end
  if not pcall(require, "dbd.postgresql") then return "LuaDBI for PostgreSQL is not installed (Debian: lua-dbi-postgresql)" end
  if uv.getuid() == 0 and not lines("id postgres") then return "there is no user 'postgres' to run the server as" end
end

local function run(self, command)
  local ok, text = lines(("cd / && %s%s/%s"):format(as_server(), self.programs, command))
  return ok, text
end

--- Starts the server.
function Cluster:start()
  local ok, text = run(self, ("pg_ctl -D %s/data -l %s/log -w -t 60 -o \"-k %s -c listen_addresses='' %s\" start"):format(
    self.folder, self.folder, self.folder, self.settings))
  assert(ok, text)
  return self
end

--- Stops it: "fast", or "immediate" as in a crash.
function Cluster:stop(mode)
  return run(self, ("pg_ctl -D %s/data -m %s -w -t 60 stop"):format(self.folder, mode or "fast"))
end

--- The address of a database of the cluster, made anew and empty.
---@return string
function Cluster:database()
  self.databases = self.databases + 1
  local name = "test" .. self.databases
  local ok, text = run(self, ("createdb -h %s -U %s %s"):format(self.folder, self.user, name))
  assert(ok, text)
  return ("postgresql://%s@/%s?host=%s"):format(self.user, name, self.folder)
end

--- Ends the server and removes all of it.
function Cluster:close()
  if self.closed then return end
  self.closed = true
  self:stop "immediate"
  os.execute("rm -rf " .. self.folder)
end

Cluster.__close = Cluster.close

--- Makes a cluster and starts it.
---@param options? { durable: boolean? }  durable: with fsync, as in production
---@return table cluster
function postgres.new(options)
  local folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/sms-pg-XXXXXX"))
  local self = setmetatable({ folder = folder, programs = programs(), databases = 0, user = "postgres" }, Cluster)
  self.settings = options and options.durable and "" or "-c fsync=off"
  if uv.getuid() == 0 then
    assert(os.execute("chown postgres " .. folder))
    assert(uv.fs_chmod(folder, 448)) -- 0700
  end
  local ok, text = run(self, ("initdb -D %s/data -U %s -A trust --no-sync -E UTF8 --locale=C"):format(folder, self.user))
  assert(ok, text)
  return self:start()
end

return postgres
