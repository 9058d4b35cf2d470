# SPDX-License-Identifier: MIT
# Prepares a release: release.sh VERSION [strict]. Writes the versioned rockspecs, the source rocks and their SHA-256 sums to
# $BUILD/release; installs the source rocks, as a registry would hand them out, into a tree that has nothing else, and runs the demo
# from there. Publishes nothing, tags nothing, changes no file of the checkout: what is not committed yet (version, changelog, tag) is
# put into a copy, and listed at the end; with `strict` such a list is a failure.
set -eu

here=$(pwd)
lua=${LUA:-lua5.4}
given=$(sed -n 's/^return "\(.*\)"$/\1/p' lua/sms/version.lua)
version=${1:-$given}
number=$($lua -e 'io.write(_VERSION:match("%d+%.%d+"))')
out=$here/${BUILD:-build}/release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=
missing=
wrong() { wrong="$wrong
  $*"; }
missing() { missing="$missing
  $*"; }

echo "$version" | grep -Eq '^[0-9]+\.[0-9]+\.[0-9]+$' || { echo "VERSION has the form 1.2.3, not '$version'" >&2; exit 1; }
git rev-parse --verify -q HEAD >/dev/null || { echo "not a git checkout" >&2; exit 1; }

# ---- the texts ----

[ "$given" = "$version" ] || missing "lua/sms/version.lua: \"$version\" instead of \"$given\""
heading=$(sed -n 's/^## //p' CHANGELOG.md | head -n 1)
dated=$(sed -n "s/^## \($version ([0-9-]*)\)$/\1/p" CHANGELOG.md)
if [ -n "$dated" ] && [ "$dated" != "$heading" ]; then wrong "CHANGELOG.md: '$dated' is not the first entry"; fi
if [ -z "$dated" ]; then
  case "$heading" in
    *" (unreleased)") missing "CHANGELOG.md: the heading '$version (date)' instead of '$heading'" ;;
    *) missing "CHANGELOG.md: an entry '$version (date)'; the first one is '$heading'" ;;
  esac
fi
if grep -q 'example\.org' tools/rocks.lua; then missing "tools/rocks.lua: the address of the repository, and the maintainer's"; fi
${MAKE:-make} --no-print-directory docs-check >"$work/log" 2>&1 || wrong "generated files are not up to date: $(tail -n 20 "$work/log")"

# ---- the commit ----

[ -z "$(git status --porcelain)" ] || missing "uncommitted changes (they are not in the rocks)"
tag=$(git rev-parse --verify -q "refs/tags/v$version^{commit}" || true)
if [ -z "$tag" ]; then missing "the tag: git tag -a v$version -m 'lua-sms $version'"
elif [ "$tag" != "$(git rev-parse HEAD)" ]; then wrong "the tag v$version is on another commit; the version has been released"
fi

# ---- a copy as it will be ----

mkdir -p "$work/home" "$work/away" "$out"
rm -f "$out"/*
git clone -q --no-tags . "$work/copy"
cd "$work/copy"
sed -i "s/^return \".*\"$/return \"$version\"/" lua/sms/version.lua
if [ -z "$dated" ]; then sed -i "0,/^## .*/s//## $version ($(date -u +%Y-%m-%d))/" CHANGELOG.md; fi
git -c user.name=release -c user.email=release@localhost commit -q --allow-empty -a -m "Release $version"
git tag "v$version"
$lua tools/rockspecs.lua --release "$version" "$out"

# LuaRocks fetches the address of the rockspecs; here that is the copy.
home=$(sed -n 's/^  home = "\(.*\)",$/\1/p' tools/rocks.lua)
clean() { env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 "$@"; }
clean git config --global "url.file://$work/copy.insteadOf" "$home.git"
clean git config --global advice.detachedHead false

# ---- the rocks, by way of a registry's files ----

cd "$out"
for rockspec in *.rockspec; do
  clean luarocks --lua-version "$number" lint "$rockspec" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  echo "luarocks pack $rockspec"
  clean luarocks --lua-version "$number" pack "$rockspec" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
done
sha256sum -- *.rockspec *.src.rock >SHA256SUMS

tree=$work/tree
share=$tree/share/lua/$number lib=$tree/lib/lua/$number
cd "$work/away"
# What the registry would bring along: from there where it can be reached, else the files that this machine has, in the same places.
for name in lua-cjson argparse; do
  if clean luarocks --lua-version "$number" --tree "$tree" install "$name" >"$work/log" 2>&1; then
    echo "$name: from the registry"
  else
    echo "$name: the registry has none for us; that of this machine"
    mkdir -p "$share/cjson" "$lib"
    $lua - "$share" "$lib" "$name" <<'LUA'
local share, lib, rock = table.unpack(arg)
local function copy(module, path, to)
  local from <close> = assert(io.open(assert(package.searchpath(module, path)), "rb"))
  local into <close> = assert(io.open(to, "wb"))
  assert(into:write(from:read("a")))
end
if rock == "argparse" then copy("argparse", package.path, share .. "/argparse.lua") else copy("cjson", package.cpath, lib .. "/cjson.so") end
LUA
  fi
done
for rock in "$out"/*.src.rock; do
  echo "luarocks install $(basename "$rock")"
  clean luarocks --lua-version "$number" --tree "$tree" install --deps-mode=none "$rock" >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; exit 1; }
done
rm -rf "$work/copy"
# No `;;`: nothing but the tree.
installed() { clean LUA_PATH="$share/?.lua;$share/?/init.lua" LUA_CPATH="$lib/?.so" "$@"; }
got=$(installed "$lua" -e 'io.write(require("sms").version)')
[ "$got" = "$version" ] || wrong "the installed rock says version $got"
said=$(installed "$tree/bin/sms" --version)
[ "$said" = "sms $version" ] || wrong "the installed command says '$said'"
for example in first_broadcast four_providers; do
  installed "$lua" "$(find "$tree" -path "*/examples/$example.lua" | head -n 1)" >"$work/$example.out" 2>&1 ||
    wrong "examples/$example.lua fails in the installed tree: $(tail -n 3 "$work/$example.out")"
  tail -n 1 "$work/$example.out"
done

cd "$here"
if [ -n "$wrong" ]; then
  echo "$version cannot be released:$wrong" >&2
  exit 1
fi
echo "lua-sms $version: rockspecs, source rocks and SHA256SUMS are in ${BUILD:-build}/release; they install into a clean tree and the demo works"
if [ -n "$missing" ]; then
  echo "before a release:$missing"
  if [ "${2-}" = strict ]; then exit 1; fi
fi
