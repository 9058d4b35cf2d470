#!/bin/sh
# SPDX-License-Identifier: MIT
# Demo and tests on other Debians: machines.sh [SUITE]..., bookworm and trixie where none is named. Each gets a root of its own in
# $BUILD/machines, made by debootstrap at the first run (some minutes, about 1 GB) and kept. Needs root. Prints a row a suite, for
# docs/trials.md; the whole output is in $BUILD/machines/SUITE.log. No service is started; the tests listen on loopback only.
#   MIRROR  where Debian is fetched from; default: what debootstrap takes
#   SPEC    the specs to run; default: all
#   STEPS   demo and test, or one of them; none: only the root is made
set -eu

machines=$(pwd)/${BUILD:-build}/machines
suites=${*:-bookworm trixie}
steps=${STEPS-demo test}

[ "$(id -u)" = 0 ] || { echo "make machines needs root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing. Debian, Ubuntu: apt-get install debootstrap" >&2; exit 1; }
mkdir -p "$machines"

# inside ROOT COMMAND: runs a shell command there, with mounts that end with it.
inside() {
  unshare --mount --fork -- sh -c '
    mount --make-rprivate /
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      DEBIAN_FRONTEND=noninteractive sh -c "$2"' sh "$1" "$2"
}

prepare() {
  suite=$1 root=$machines/$1
  if [ ! -e "$root/ready" ]; then
    rm -rf "$root"
    debootstrap --variant=minbase --include=ca-certificates,make,procps "$suite" "$root" ${MIRROR-}
    # Nothing that a package brings along is started.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    touch "$root/ready"
  fi
  cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
  rm -rf "$root/src"
  mkdir "$root/src"
  git ls-files -z | xargs -0 tar c | tar x -C "$root/src"
  inside "$root" 'cd /src && sh tools/deps.sh test'
}

version() { inside "$machines/$1" "dpkg-query -W -f='\${Version}' $2 2>/dev/null" | sed 's/^[0-9]*://; s/[-+].*//'; }

status=0
for suite in $suites; do
  echo "== $suite" >&2
  prepare "$suite" >"$machines/$suite.log" 2>&1 || { tail -n 20 "$machines/$suite.log" >&2; status=1; continue; }
  demo=- counts=-
  case " $steps " in *" demo "*)
    demo=passed
    inside "$machines/$suite" 'cd /src && make demo DEPS=skip' >>"$machines/$suite.log" 2>&1 || { demo=failed; status=1; } ;;
  esac
  case " $steps " in *" test "*)
    inside "$machines/$suite" "cd /src && make test DEPS=skip ${SPEC:+SPEC='$SPEC'}" >>"$machines/$suite.log" 2>&1 || status=1
    counts=$(grep -E '^[0-9]+ success' "$machines/$suite.log" | tail -n 1) ;;
  esac
  echo "| $suite | $(version "$suite" lua5.4) | $(version "$suite" libcurl4-openssl-dev) | $(version "$suite" libmicrohttpd-dev) |" \
    "$(version "$suite" lua-luv) | $demo | $counts |"
done
exit $status
