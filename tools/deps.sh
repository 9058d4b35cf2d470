# SPDX-License-Identifier: MIT
# Installs the Debian packages that building, testing and checking use and that are not there yet. Does nothing, and needs no
# network, when all are. Elsewhere than on Debian it names what is needed and stops; `make test DEPS=skip` trusts you then.
# Arguments are further packages that a command needs.

# build
packages="gcc libc6-dev make lua5.4 liblua5.4-dev libcurl4-openssl-dev libmicrohttpd-dev"
# run and test
packages="$packages lua-cjson lua-argparse lua-busted lua-luv lua-cqueues curl ca-certificates openssl nginx-light"
# check
packages="$packages lua-check clang clang-format valgrind universal-ctags luarocks binutils"
packages="$packages $*"

if [ "${DEPS-}" = skip ]; then exit 0; fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "make deps installs on Debian and its relatives only. Install what provides these Debian packages, then say DEPS=skip:" >&2
  echo "  $packages" >&2
  exit 1
fi

missing=
for package in $packages; do
  case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" in
    *" ok installed") ;;
    *) missing="$missing $package" ;;
  esac
done
if [ -z "$missing" ]; then exit 0; fi

if [ "$(id -u)" = 0 ]; then
  root=
elif command -v sudo >/dev/null; then
  root=sudo
else
  echo "missing packages; as root: apt-get install$missing" >&2
  exit 1
fi

echo "installing:$missing"
# The update may fail where the lists are there already; the installation then tells.
$root apt-get update || true
exec $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
