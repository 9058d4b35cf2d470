#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs spec files, one Busted process each, several at once, the longest first; then, one after the other, the specs tagged #alone.
# Arguments: spec files or folders. Prints a line a file, then what failed and what was skipped, then the sum of Busted's closing
# lines in Busted's own form. Exit status: 0 when all passed.
#   BUSTED   the command that runs a spec file; default: busted --lua=lua5.4
#   JOBS     processes at once; default: 2 for each core, since most of them wait for time-outs and other processes half of their time
#   LIMIT    seconds after which a spec file is ended; default: 480
#   BUILD    logs and the times of the last run go to $BUILD/test
set -u
BUSTED=${BUSTED:-busted --lua=lua5.4} logs=${BUILD:-build}/test
jobs=${JOBS:-$(($(getconf _NPROCESSORS_ONLN) * 2))}
# Busted as a script in Lua is given to the interpreter at once; on its own it begins in another one, and starts this one then.
case $BUSTED in
  'busted --lua='*)
    script=$(command -v busted)
    if head -n 1 "$script" 2>/dev/null | grep -q '^#!.*lua'; then BUSTED="${BUSTED#busted --lua=} $script --ignore-lua"; fi
    ;;
esac
LIMIT=${LIMIT:-480}
export BUSTED LIMIT logs

# One file: runs in a separate process, started by xargs. Arguments: `shared` or `alone`, the file.
if [ "${1-}" = --one ]; then
  pass=$2 file=$3
  name=$(echo "$file" | tr / %)-$pass
  case $pass in alone) tags=--tags=alone ;; *) tags=--exclude-tags=alone ;; esac
  start=$(date +%s%N) limited=
  if command -v timeout >/dev/null; then limited="timeout -k 5 $LIMIT"; fi
  SMS_LAST_TEST="$logs/$name.last" $limited $BUSTED --helper=spec/support/helper.lua $tags "$file" \
    >"$logs/$name.log" 2>&1 </dev/null
  status=$?
  took=$((($(date +%s%N) - start) / 1000000))
  echo "$took $file" >"$logs/$name.time"
  line=$(grep -E '^[0-9]+ success(es)? / ' "$logs/$name.log" | tail -n 1)
  if [ $status -ne 0 ]; then echo bad >"$logs/$name.bad"; fi
  # Busted's status is the number of what failed; any other end is an error of its own.
  if [ -z "$line" ] || [ $status -ne 0 ] && [ "$(echo "$line" | awk '{ print $4 + $7 }')" = 0 ]; then
    why=
    if [ $status -gt 128 ]; then why=" (signal $((status - 128)))"; fi
    if [ -n "$limited" ] && [ $status = 124 ]; then why=" (still running after $LIMIT s)"; fi
    line="ended with status $status$why, last test: $(cat "$logs/$name.last" 2>/dev/null || echo none)"
    printf '\n%s: %s\n0 successes / 0 failures / 1 error / 0 pending : 0 seconds\n' "$file" "$line" >>"$logs/$name.log"
    echo bad >"$logs/$name.bad"
  fi
  echo x >>"$logs/done"
  printf '%4d/%s  %5d.%d s  %s: %s\n' $(($(wc -c <"$logs/done") / 2)) "$total" \
    $((took / 1000)) $((took % 1000 / 100)) "$file" "${line%% : *}"
  exit 0
fi

mkdir -p "$logs"
# The times of the last run; where there was none, the committed order of the slow ones.
cat "$logs"/*.time 2>/dev/null >"$logs/times" || true
rm -f "$logs"/*.log "$logs"/*.bad "$logs"/*.last "$logs"/*.time "$logs/done"

find "$@" -type f -name '*_spec.lua' | sort -u >"$logs/files"
if ! [ -s "$logs/files" ]; then
  echo "no spec file in: $*" >&2
  exit 1
fi
awk -v times="$logs/times" -v slow=spec/support/slow.txt '
  BEGIN {
    while ((getline line < times) > 0) { split(line, word, " "); if (word[1] > took[word[2]]) took[word[2]] = word[1] }
    rank = 100000
    while ((getline line < slow) > 0) if (!(line in took)) took[line] = rank--
  }
  { print took[$0] + 0, $0 }' "$logs/files" | sort -rn | cut -d' ' -f2 >"$logs/order"
xargs grep -l '#alone' <"$logs/order" >"$logs/alone" || true
total=$(cat "$logs/order" "$logs/alone" | wc -l)
export total

start=$(date +%s%N)
xargs -n 1 -P "$jobs" sh "$0" --one shared <"$logs/order"
xargs -r -n 1 sh "$0" --one alone <"$logs/alone"
seconds=$(awk -v ns=$(($(date +%s%N) - start)) 'BEGIN { printf "%.1f", ns / 1e9 }')

# What failed, with all that it printed, and the names of what was skipped.
for bad in "$logs"/*.bad; do
  if [ -e "$bad" ]; then printf '\n== %s\n' "$(basename "${bad%.bad}" | tr % /)"; cat "${bad%.bad}.log"; fi
done
for log in "$logs"/*.log; do
  if ! [ -e "${log%.log}.bad" ]; then grep -h -A 2 '^Pending' "$log"; fi
done
echo
cat "$logs"/*.log | awk -v seconds="$seconds" '
  /^[0-9]+ success(es)? \/ / { passed += $1; failed += $4; wrong += $7; pending += $10 }
  END {
    printf "%d successes / %d failures / %d errors / %d pending : %s seconds\n", passed, failed, wrong, pending, seconds
    exit failed + wrong > 0
  }'
