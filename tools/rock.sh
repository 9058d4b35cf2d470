# SPDX-License-Identifier: MIT
# Builds the rocks from a copy of the checkout into a temporary tree with LuaRocks, then uses what was installed from an
# empty directory, with nothing of the checkout on the module paths.
set -eu

here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/source" "$work/away" "$work/home"
tree=$work/tree

for part in *.rockspec LICENSE README.md CHANGELOG.md csrc lua bin library docs examples LICENSES; do cp -R "$here/$part" "$work/source/"; done

# No configuration and no paths of the user's: HOME is empty.
clean() { env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 "$@"; }

cd "$work/source"
for rock in lua-sms lua-sms-cli lua-sms-sandbox lua-sms-outbox; do
  echo "luarocks make $rock-scm-1.rockspec"
  clean luarocks --lua-version 5.4 make --deps-mode=none --tree "$tree" "$rock-scm-1.rockspec" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
done
rm -rf "$work/source"

# The default places are there for lua-cjson and argparse, which Debian installs; they hold no `sms`.
cd "$work/away"
installed() {
  clean LUA_PATH="$tree/share/lua/5.4/?.lua;$tree/share/lua/5.4/?/init.lua;;" LUA_CPATH="$tree/lib/lua/5.4/?.so;;" "$@"
}
installed lua5.4 - "$tree" <<'LUA'
local tree = arg[1]
for _, name in ipairs { "sms", "sms.client", "sms.messagewhiz.campaigns", "sms.sandbox", "sms.outbox" } do
  local path = assert(package.searchpath(name, package.path))
  assert(path:sub(1, #tree) == tree, name .. " comes from " .. path)
end
for _, name in ipairs { "sms.core", "sms.names", "sms.httpd" } do
  local path = assert(package.searchpath(name, package.cpath))
  assert(path:sub(1, #tree) == tree, name .. " comes from " .. path)
end
local sms = require "sms"
assert(sms.text.analyse("\u{2019}").forcing[1].name == "RIGHT SINGLE QUOTATION MARK")
local mw = sms.messagewhiz { apikey = "sandbox-key", transport = require("sms.sandbox").new():transport("messagewhiz") }
local campaign = assert(mw.campaigns:create { name = "rock" })
assert(campaign.name == "rock" and math.type(campaign.id) == "integer")
print("the rocks work: lua-sms " .. sms.version)
LUA
installed "$tree/bin/sms" --help >/dev/null
example=$(find "$tree" -path '*/examples/first_broadcast.lua' | head -n 1)
installed lua5.4 "$example" | tail -n 1
