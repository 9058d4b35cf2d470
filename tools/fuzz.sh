# SPDX-License-Identifier: MIT
# Fuzzes the core with libFuzzer under the address and undefined-behaviour sanitizers: fuzz.sh SECONDS [NAME]... runs spec/c/fuzz_NAME.c for
# so long each, from the root of the checkout. It begins with spec/c/corpus/NAME and what earlier runs found (build/fuzz/NAME.found);
# an input that fails is left in build/fuzz, to become spec/regress/NN-story_spec.lua.
set -eu

seconds=$1
shift
names=${*:-json wire text request lua}
out=${BUILD:-build}/fuzz
include=${LUA_INCDIR:-/usr/include/lua5.4}
mkdir -p "$out"

command -v clang >/dev/null || { echo "clang is missing. Debian, Ubuntu: apt-get install clang" >&2; exit 1; }
echo 'int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n) { return d && n > 9 ? 0 : 0; }' >"$out/try.c"
clang -fsanitize=fuzzer,address -o "$out/try" "$out/try.c" 2>"$out/try.log" || {
  echo "clang cannot link a fuzzer: its run-time library is missing. Debian, Ubuntu: apt-get install libclang-rt-dev" >&2
  cat "$out/try.log" >&2
  exit 1
}

core=$(ls csrc/base/*.c csrc/text/*.c csrc/http/*.c csrc/lua/*.c csrc/names/*.c)
for name in $names; do
  echo "fuzz $name: $seconds s"
  clang -std=c99 -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I"$include" \
    -o "$out/$name" "spec/c/fuzz_$name.c" $core csrc/httpd/form.c -Wl,-E ${LUA_LIBRARY:--llua5.4} -lcurl
  mkdir -p "$out/$name.found" "spec/c/corpus/$name"
  # A Lua state keeps memory from one input to the next; looking for leaks after each of them would take all the time.
  leaks=1
  if [ "$name" = lua ]; then leaks=0; fi
  env LUA_PATH='lua/?.lua;lua/?/init.lua;;' "$out/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1500 -print_final_stats=1 -detect_leaks=$leaks \
    -artifact_prefix="$out/$name-" "$out/$name.found" "spec/c/corpus/$name" >"$out/$name.log" 2>&1 || {
    grep -a -E 'raised:|ERROR|runtime error|SUMMARY|Test unit|Base64' "$out/$name.log" >&2
    echo "fuzz $name failed; all of it: $out/$name.log" >&2
    exit 1
  }
  sed -n 's/^stat::number_of_executed_units: */  inputs /p; s/^stat::new_units_added: */  new in the corpus /p' "$out/$name.log"
done
