#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests of the inbox's page in Chromium: `make web`. Where Chromium or Node is missing, or its two development packages can't be
# had, it says so and skips; it never runs in CI. Arguments: test files (default: all).
cd "$(dirname "$0")/.." || exit 2

skip() {
  echo "make web: skipped: $1"
  exit 0
}

if [ -n "${CI-}" ]; then skip "this is CI"; fi
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
if [ -z "$CHROMIUM" ]; then skip "there is no Chromium (sh tools/deps.sh web)"; fi
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then skip "there is no Node.js with npm (sh tools/deps.sh web)"; fi
case $(node --version) in v1[0-9].*) skip "Node.js 20 or newer is needed" ;; esac

modules=$PWD/${BUILD:-build}/web
mkdir -p "$modules/pictures"
if ! cmp -s spec/web/package-lock.json "$modules/installed"; then
  cp spec/web/package.json spec/web/package-lock.json "$modules/"
  if ! npm ci --prefix "$modules" --ignore-scripts --no-audit --no-fund >"$modules/npm.log" 2>&1; then
    skip "npm could not fetch playwright-core and axe-core; see $modules/npm.log"
  fi
  cp spec/web/package-lock.json "$modules/installed"
fi

export CHROMIUM WEB_MODULES="$modules" WEB_PICTURES="$modules/pictures"
if [ $# = 0 ]; then set -- spec/web/*.test.mjs; fi
exec node --test --test-concurrency=1 "$@"
