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
# The page of the inbox is there, whole, as the installed command serves it.
installed sh -s "$tree" <<'SH'
set -eu
(sleep 5) | "$1/bin/sms" sandbox --port 0 --until-eof >url &
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s url ] || sleep 0.2; done
base=$(head -n 1 url)
web=$1/share/lua/5.4/sms/sandbox/web
(cd "$web" && find . -type f ! -name LICENSE ! -name VERSIONS) | while read -r file; do
  curl -sf "$base/inbox/$file" | cmp -s - "$web/$file" || { echo "the installed inbox does not serve $file"; exit 1; }
done
grep -v '^#' "$web/vendor/VERSIONS" | while read -r _ _ _ file hash; do echo "$hash  $web/vendor/$file"; done | sha256sum --quiet -c -
echo "the installed inbox serves its page"
SH
installed "$tree/bin/sms" --help >/dev/null
example=$(find "$tree" -path '*/examples/first_broadcast.lua' | head -n 1)
installed lua5.4 "$example" | tail -n 1
