#!/bin/sh
# SPDX-License-Identifier: MIT
# Where the headers and the library of an interpreter are: `lua.sh headers LUA` prints the folder of its lua.h, `lua.sh library LUA` what
# a program with Lua inside is linked with, `lua.sh number LUA` its version, e.g. 5.4. LUA is a name on the path, or a path.
what=$1
lua=$(command -v "$2") || exit 0
number=$("$lua" -e 'io.write(_VERSION:match("%d+%.%d+"))' 2>/dev/null)
minor=${number#5.}
names="lua$number lua-$number lua5$minor lua"
# The interpreter's own prefix, as it is called and as it is; then the usual ones.
prefixes="$(dirname "$(dirname "$lua")") $(dirname "$(dirname "$(readlink -f "$lua" 2>/dev/null || echo "$lua")")") /usr/local /usr"

is_its_header() {
  grep -Eq "define[[:space:]]+LUA_VERSION_NUM[[:space:]]+50$minor|define[[:space:]]+LUA_VERSION_MINOR_N[[:space:]]+$minor\$" "$1" 2>/dev/null
}

headers() {
  for prefix in $prefixes; do
    for folder in $(printf "$prefix/include/%s " $names) "$prefix/include"; do
      if is_its_header "$folder/lua.h"; then
        echo "$folder"
        return
      fi
    done
  done
}

# A library of the interpreter's own prefix, else the name that Debian gives it.
library() {
  for prefix in $prefixes; do
    for name in $names; do
      for file in "$prefix/lib/lib$name.so" "$prefix/lib/lib$name.a" "$prefix/lib/lib$name.dylib"; do
        if [ "$prefix" != /usr ] && [ -e "$file" ]; then
          # A program must pass on what modules need of a static one.
          echo "-L$prefix/lib -l$name -lm -ldl -Wl,-E"
          return
        fi
      done
    done
  done
  echo "-llua$number"
}

case $what in
  headers) headers ;;
  library) library ;;
  number) echo "$number" ;;
  *) echo "usage: lua.sh headers|library|number LUA" >&2; exit 2 ;;
esac
