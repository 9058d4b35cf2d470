#!/bin/sh
# SPDX-License-Identifier: MIT
# The stages of `make check`. A stage that fails does not keep the others from running. The last line holds the counts of
# `make test` as Busted gave them; the exit status is that of all stages.
cd "$(dirname "$0")/.." || exit 2
logs=${BUILD:-build}/ci
mkdir -p "$logs"
failed=

# stage NAME: runs `make NAME`, keeps its output, remembers a failure.
stage() {
  echo "== make $1"
  start=$(date +%s)
  { ${MAKE:-make} --no-print-directory "$1" 2>&1; echo $? >"$logs/$1.status"; } | tee "$logs/$1.log"
  if [ "$(cat "$logs/$1.status")" != 0 ]; then failed="$failed $1"; fi
  echo "== make $1: $(($(date +%s) - start)) s"
}

for name in ${STAGES:-lint test rock web torture}; do stage "$name"; done

# Busted's summary: "12 successes / 0 failures / 0 errors / 1 pending : 0.5 seconds". Without one the tests did not end.
counts=$(sed -n 's|^\([0-9]*\) success[a-z]* / \([0-9]*\) failure[a-z]* / \([0-9]*\) error[a-z]* / .*|\1 \2 \3|p' "$logs/test.log" | tail -n 1)
set -- ${counts:-0 0 1}
if [ -n "$failed" ]; then echo "failed:$failed"; fi
echo "$1 passed, $(($2 + $3)) failed"
if [ -n "$failed" ] || [ "$(($2 + $3))" != 0 ]; then exit 1; fi
