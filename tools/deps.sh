# SPDX-License-Identifier: MIT
# Installs what is needed and not there yet: deps.sh [SET] [PACKAGE]... on Debian and its relatives. Does nothing, and needs no network,
# when all is there. It says first what will be installed and how large that is, waits while another program holds apt's lock, and starts
# no service. Elsewhere it names the packages of that system and stops; DEPS=skip trusts that all is there.
# SET: run (build, demo), test (run and the specs), check (test and what CI runs besides; the default), web (run and what `make web` uses).
#   LUA  the interpreter; default: lua5.4

lua=${LUA:-lua5.4}
set=check
case "${1-}" in
  run | test | check | web)
    set=$1
    shift
    ;;
esac

run="gcc libc6-dev make lua5.4 liblua5.4-dev libcurl4-openssl-dev libmicrohttpd-dev lua-cjson lua-argparse lua-dbi-sqlite3"
test="lua-busted lua-luv lua-cqueues curl ca-certificates openssl nginx-light binutils"
# Node.js that came from elsewhere brings its npm, and bears no other beside it.
web=chromium
if ! command -v npm >/dev/null; then web="$web nodejs npm"; fi
check="lua-check clang clang-format valgrind universal-ctags luarocks"
packages=$run
if [ "$set" = test ] || [ "$set" = check ]; then packages="$packages $test"; fi
if [ "$set" = check ]; then packages="$packages $check"; fi
if [ "$set" = web ]; then packages="$packages $web"; fi
packages="$packages $*"

if [ "${DEPS-}" = skip ]; then exit 0; fi

# ---- other systems ----

# of SYSTEM: its packages for the set.
of() {
  case $1 in
    fedora)
      echo "gcc make lua lua-devel libcurl-devel libmicrohttpd-devel lua-cjson lua-argparse luarocks   # luarocks install luadbi-sqlite3"
      if [ "$set" = test ] || [ "$set" = check ]; then echo "lua-luv curl openssl nginx binutils   # luarocks install busted cqueues"; fi
      if [ "$set" = check ]; then echo "clang clang-tools-extra valgrind ctags   # luarocks install luacheck"; fi
      if [ "$set" = web ]; then echo "chromium nodejs npm"; fi
      ;;
    alpine)
      echo "build-base lua5.4 lua5.4-dev curl-dev libmicrohttpd-dev lua5.4-cjson lua5.4-argparse luarocks5.4 sqlite-dev   # luarocks-5.4 install luadbi-sqlite3"
      if [ "$set" = test ] || [ "$set" = check ]; then echo "lua5.4-busted lua5.4-luv lua5.4-cqueues curl openssl nginx binutils"; fi
      if [ "$set" = check ]; then echo "clang clang-extra-tools valgrind ctags   # luarocks-5.4 install luacheck"; fi
      if [ "$set" = web ]; then echo "chromium nodejs npm"; fi
      ;;
    arch)
      echo "base-devel lua curl libmicrohttpd lua-cjson lua-argparse luarocks   # luarocks install luadbi-sqlite3"
      if [ "$set" = test ] || [ "$set" = check ]; then echo "busted lua-luv openssl nginx   # luarocks install cqueues"; fi
      if [ "$set" = check ]; then echo "luacheck clang valgrind ctags"; fi
      if [ "$set" = web ]; then echo "chromium nodejs npm"; fi
      ;;
    macos)
      echo "lua curl libmicrohttpd luarocks   # luarocks install lua-cjson; luarocks install argparse; luarocks install luadbi-sqlite3"
      if [ "$set" = test ] || [ "$set" = check ]; then echo "openssl nginx   # luarocks install busted; luarocks install luv; luarocks install cqueues"; fi
      if [ "$set" = check ]; then echo "llvm clang-format universal-ctags   # luarocks install luacheck; valgrind is not to be had"; fi
      if [ "$set" = web ]; then echo "node   # and any Chromium; CHROMIUM says where"; fi
      ;;
  esac
}

# say INSTALLER SYSTEM: what to do there.
say() {
  echo "make deps installs on Debian and its relatives only. Here (versions of names may differ):" >&2
  of "$2" | while read -r line; do echo "  $1 $line" >&2; done
  case $2 in
    macos) echo "Then: make demo LUA=lua DEPS=skip (compiled against the headers of macOS, not yet run there)" >&2 ;;
    fedora | arch) echo "Then: make demo LUA=lua DEPS=skip" >&2 ;;
    *) echo "Then: make demo DEPS=skip" >&2 ;;
  esac
  exit 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  if command -v dnf >/dev/null; then say "dnf install" fedora
  elif command -v apk >/dev/null; then say "apk add" alpine
  elif command -v pacman >/dev/null; then say "pacman -S" arch
  elif command -v brew >/dev/null; then say "brew install" macos
  fi
  echo "make deps installs on Debian and its relatives only. Install what provides these Debian packages, then say DEPS=skip:" >&2
  echo "  $packages" >&2
  exit 1
fi

# ---- what is missing ----

# A module that the interpreter loads is there, however it was installed.
loads() { "$lua" -e "require '$1'" >/dev/null 2>&1; }

is_there() {
  case "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)" in *" ok installed") return 0 ;; esac
  case $1 in
    lua-cjson) loads cjson ;;
    lua-argparse) loads argparse ;;
    lua-luv) loads luv ;;
    lua-cqueues) loads cqueues ;;
    lua-busted) loads busted && command -v busted >/dev/null ;;
    lua-check) command -v luacheck >/dev/null ;;
    nginx-light) command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] ;;
    curl | openssl | make | gcc | clang | valgrind | luarocks) command -v "$1" >/dev/null ;;
    *) return 1 ;;
  esac
}

missing=
for package in $packages; do
  is_there "$package" || missing="$missing $package"
done

# A package of Debian is for its own Lua: another interpreter may not find what it brings.
complain_of() {
  echo "$lua can't load '$1', though $2 is installed: it is for another Lua. luarocks --lua-version $("$lua" -e 'io.write(_VERSION:match("%d+%.%d+"))') install $1" >&2
}

if [ -z "$missing" ]; then
  if command -v "$lua" >/dev/null && ! loads cjson; then
    complain_of lua-cjson lua-cjson
    exit 1
  fi
  exit 0
fi

if [ "$(id -u)" = 0 ]; then
  root=
elif command -v sudo >/dev/null; then
  root=sudo
else
  echo "missing packages; as root: apt-get install$missing" >&2
  exit 1
fi

# ---- installing ----

# Another program may be at work, on a fresh machine often an upgrade of its own.
apt="env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"
echo "missing:$missing"
# The update may fail where the lists are there already; the installation then tells.
$root $apt -q update || true
$apt -s --no-install-recommends install $missing 2>/dev/null | awk '/^Inst /{ n++ } END { if (n) printf "to be installed: %d packages with what they need\n", n }'
$apt --assume-no --no-install-recommends install $missing 2>/dev/null | grep -E '^(Need to get|After this operation)' || true

# Packages that bring a service would start it; a policy of its own keeps them from that while they are installed.
policy=/usr/sbin/policy-rc.d
kept=
case "$missing" in *nginx*)
  if [ ! -e "$policy" ]; then
    $root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy" && kept=yes
  fi
  ;;
esac
$root $apt install -y --no-install-recommends $missing
status=$?
if [ -n "$kept" ]; then $root rm -f "$policy"; fi
exit $status
