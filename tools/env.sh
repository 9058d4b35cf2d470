# SPDX-License-Identifier: MIT
# Prints the shell lines behind `eval "$(make -s env)"`: env.sh CHECKOUT BUILD.
# The tree comes first, then what the user has. Running it twice changes nothing. Where LUA_PATH_5_4 (or 5_5) is set, that Lua
# ignores LUA_PATH, so the tree is put there as well. The command `sms` is put on PATH.

quote() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }

# put NAME TREE: the tree in front of what NAME holds; an empty end of the list becomes `;;`, Lua's default places.
put() {
  eval "rest=\${$1-}"
  case "$rest" in
    "$2;"*) rest=${rest#"$2;"} ;;
    ";;") rest= ;;
  esac
  printf 'export %s=%s\n' "$1" "$(quote "$2;${rest:-;}")"
}

lua="$1/lua/?.lua;$1/lua/?/init.lua"
c="$2/lib/?.so"
put LUA_PATH "$lua"
put LUA_CPATH "$c"
for version in 5_4 5_5; do
  eval "path=\${LUA_PATH_$version+set} cpath=\${LUA_CPATH_$version+set}"
  if [ -n "$path" ]; then put "LUA_PATH_$version" "$lua"; fi
  if [ -n "$cpath" ]; then put "LUA_CPATH_$version" "$c"; fi
done
case ":$PATH:" in
  *":$2/bin:"*) ;;
  *) printf 'export PATH=%s:"$PATH"\n' "$(quote "$2/bin")" ;;
esac
