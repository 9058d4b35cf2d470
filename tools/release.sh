# SPDX-License-Identifier: MIT
# Whether this commit could be released: version, changelog heading, rockspecs and tag agree, nothing is left uncommitted, and both rocks
# install from a tarball of the commit and work. Publishes nothing and tags nothing. What a release still needs is listed at the end;
# `sh tools/release.sh strict` fails on it.
set -eu

here=$(pwd)
version=$(sed -n 's/^return "\(.*\)"$/\1/p' lua/sms/version.lua)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=
missing=
wrong() { wrong="$wrong
  $*"; }
missing() { missing="$missing
  $*"; }

echo "$version" | grep -Eq '^[0-9]+\.[0-9]+\.[0-9]+$' || wrong "lua/sms/version.lua has no version of the form 1.2.3: '$version'"

# ---- the texts ----

heading=$(sed -n 's/^## //p' CHANGELOG.md | head -n 1)
case "$heading" in
  "$version ("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]")") ;;
  "$version (unreleased)") missing "CHANGELOG.md: the date instead of (unreleased)" ;;
  *) wrong "CHANGELOG.md begins with '$heading', not with '$version (date)'" ;;
esac
for rockspec in *.rockspec; do
  inside=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$rockspec")
  package=$(sed -n 's/^package = "\(.*\)"$/\1/p' "$rockspec")
  [ "$rockspec" = "$package-$inside.rockspec" ] || wrong "$rockspec says $package $inside"
  case "$inside" in
    scm-1 | "$version-"[0-9]*) ;;
    *) wrong "$rockspec is of another version than $version" ;;
  esac
done

# ---- the commit ----

git rev-parse --verify -q HEAD >/dev/null || { echo "not a git checkout" >&2; exit 1; }
[ -z "$(git status --porcelain)" ] || missing "uncommitted changes (they are not in the tarball)"
tag=$(git rev-parse --verify -q "refs/tags/v$version^{commit}" || true)
if [ -z "$tag" ]; then missing "the tag: git tag -a v$version -m 'lua-sms $version'"
elif [ "$tag" != "$(git rev-parse HEAD)" ]; then wrong "the tag v$version is on another commit; the version has been released"
fi

# ---- the tarball ----

archive=$work/lua-sms-$version.tar.gz
git archive --format=tar.gz --prefix="lua-sms-$version/" -o "$archive" HEAD
mkdir "$work/home" "$work/away"
clean() { env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 "$@"; }
cd "$work/away"
for package in lua-sms lua-sms-sandbox; do
  rockspec=$package-$version-1.rockspec
  tar -xzOf "$archive" "lua-sms-$version/$package-scm-1.rockspec" | sed "s|^version = .*|version = \"$version-1\"|
    s|^source = .*|source = { url = \"file://$archive\", dir = \"lua-sms-$version\" }|" >"$rockspec"
  echo "luarocks install $rockspec, from $(basename "$archive")"
  clean luarocks --lua-version 5.4 install --deps-mode=none --tree "$work/tree" "$rockspec" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
done
rm "$archive"
installed() {
  clean LUA_PATH="$work/tree/share/lua/5.4/?.lua;$work/tree/share/lua/5.4/?/init.lua;;" LUA_CPATH="$work/tree/lib/lua/5.4/?.so;;" "$@"
}
got=$(installed lua5.4 -e '
  local sms = require "sms"
  local mw = sms.messagewhiz { apikey = "sandbox-key", transport = require("sms.sandbox").new() }
  assert(assert(mw:send { to = "27725550100", from = "me", text = "release" }).outcome == "accepted")
  assert(require("sms.httpd").listen { port = 0 }):close()
  io.write(sms.version)')
[ "$got" = "$version" ] || wrong "the installed rock says version $got"
said=$(installed "$work/tree/bin/sms" --version)
[ "$said" = "sms $version" ] || wrong "the installed command says '$said'"

cd "$here"
if [ -n "$wrong" ]; then
  echo "$version cannot be released:$wrong" >&2
  exit 1
fi
echo "lua-sms $version: version, changelog, rockspecs and tag agree; both rocks install from the tarball and work"
if [ -n "$missing" ]; then
  echo "before a release:$missing"
  if [ "${1-}" = strict ]; then exit 1; fi
fi
