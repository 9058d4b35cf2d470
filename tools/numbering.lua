-- SPDX-License-Identifier: MIT
-- Regular expressions of numbering plans (literals, \d, [sets], groups, |, ?, {m,n}, $) in two other forms: automata over digits that
-- many of them share, and lists of Lua patterns.

local numbering = {}

---------------------------------------------------------------- parsing

-- An item is { set = "0123", from, to }, { group = alternatives, capture = boolean, from, to } or { last = true }.
local parse_alternatives

local function expand_set(text)
  local out = text:gsub("(%d)%-(%d)", function(a, b)
    local digits = ""
    for digit = a, b do digits = digits .. math.tointeger(digit) end
    return digits
  end)
  return (out:gsub("\\d", "0123456789"))
end

local function parse_item(pattern, at)
  local head = pattern:sub(at, at)
  local item
  if head == "(" then
    local capture = pattern:sub(at, at + 2) ~= "(?:"
    item = { capture = capture }
    item.group, at = parse_alternatives(pattern, at + (capture and 1 or 3))
    at = at + 1
  elseif head == "[" then
    local close = pattern:find("]", at, true)
    item, at = { set = expand_set(pattern:sub(at + 1, close - 1)) }, close + 1
  elseif head == "$" then
    return { last = true }, at + 1
  elseif pattern:sub(at, at + 1) == "\\d" then
    item, at = { set = "0123456789" }, at + 2
  else
    item, at = { set = pattern:match("^%d", at) or error("pattern: " .. pattern) }, at + 1
  end
  item.from, item.to = 1, 1
  local from, to, next_at = pattern:match("^{(%d+),?(%d*)}()", at)
  if from then
    item.from, item.to, at = tonumber(from), tonumber(to ~= "" and to or from), next_at
  elseif pattern:sub(at, at) == "?" then
    item.from, at = 0, at + 1
  end
  return item, at
end

function parse_alternatives(pattern, at)
  local alternatives, items = {}, {}
  while at <= #pattern and pattern:sub(at, at) ~= ")" do
    if pattern:sub(at, at) == "|" then
      alternatives[#alternatives + 1], items, at = items, {}, at + 1
    else
      items[#items + 1], at = parse_item(pattern, at)
    end
  end
  alternatives[#alternatives + 1] = items
  return alternatives, at
end

local function parse(text)
  return (parse_alternatives(text, 1))
end

---------------------------------------------------------------- automata

-- A nondeterministic automaton: state → { digits → next states, eps = next states, mark }.
local function new_state(nfa)
  nfa[#nfa + 1] = { eps = {}, steps = {} }
  return #nfa
end

local add_group

local function add_once(nfa, item, from)
  if item.group then return add_group(nfa, item.group, from) end
  local to = new_state(nfa)
  table.insert(nfa[from].steps, { set = item.set, to = to })
  return to
end

local function add_item(nfa, item, from)
  for _ = 1, item.from do from = add_once(nfa, item, from) end
  local ends = { from }
  for _ = item.from + 1, item.to do
    from = add_once(nfa, item, from)
    ends[#ends + 1] = from
  end
  if #ends == 1 then return from end
  local last = new_state(nfa)
  for _, state in ipairs(ends) do table.insert(nfa[state].eps, last) end
  return last
end

function add_group(nfa, alternatives, from)
  local last = new_state(nfa)
  for _, items in ipairs(alternatives) do
    local at = new_state(nfa)
    table.insert(nfa[from].eps, at)
    for _, item in ipairs(items) do at = add_item(nfa, item, at) end
    table.insert(nfa[at].eps, last)
  end
  return last
end

-- The states that are reached without a digit, sorted.
local function closure(nfa, set)
  local seen, out, stack = {}, {}, set
  while #stack > 0 do
    local state = table.remove(stack)
    if not seen[state] then
      seen[state] = true
      out[#out + 1] = state
      for _, other in ipairs(nfa[state].eps) do stack[#stack + 1] = other end
    end
  end
  table.sort(out)
  return out
end

local function step(nfa, states, digit)
  local out = {}
  for _, state in ipairs(states) do
    for _, one in ipairs(nfa[state].steps) do
      if one.set:find(digit, 1, true) then out[#out + 1] = one.to end
    end
  end
  return #out > 0 and closure(nfa, out) or nil
end

local ANY = "0123456789"

--- The smallest automaton without loops for marked patterns.
---@param patterns { text: string, mark: string, prefix: boolean? }[]  `prefix`: what begins with the pattern has the mark as well
---@param longest integer  digits
---@param label fun(marks: table<string, boolean>, size: integer): string?
---@return { label: string?, [string]: integer }[] nodes  digit → index of a node that comes before it; the last one is where to begin
function numbering.automaton(patterns, longest, label)
  local nfa = {}
  local start = new_state(nfa)
  for _, pattern in ipairs(patterns) do
    local last = add_group(nfa, parse(pattern.text), start)
    nfa[last].mark = pattern.mark
    if pattern.prefix then table.insert(nfa[last].steps, { set = ANY, to = last }) end
  end
  local nodes, by_shape, memo = {}, {}, {}
  local function build(states, size)
    local key = size .. ":" .. table.concat(states, ",")
    if memo[key] ~= nil then return memo[key] end
    local marks, node, shape = {}, {}, {}
    for _, state in ipairs(states) do
      if nfa[state].mark then marks[nfa[state].mark] = true end
    end
    node.label = label(marks, size)
    shape[1] = node.label or ""
    for digit in ANY:gmatch "." do
      local after = size < longest and step(nfa, states, digit)
      node[digit] = after and build(after, size + 1) or nil
      shape[#shape + 1] = node[digit] or ""
    end
    local text = table.concat(shape, ",")
    local found = by_shape[text]
    if not found and (next(node)) then
      nodes[#nodes + 1] = node
      found = #nodes
      by_shape[text] = found
    end
    memo[key] = found or false
    return found
  end
  build(closure(nfa, { start }), 0)
  return nodes
end

---------------------------------------------------------------- Lua patterns

local function lua_set(set)
  if set == ANY then return "%d" end
  if #set == 1 then return set end
  return "[" .. set .. "]"
end

-- All that items[i…] may be as Lua patterns, in the order in which a regular expression tries them.
local function expand(alternatives, continue)
  local out = {}
  local function walk(items, i, head)
    local item = items[i]
    if not item then
      out[#out + 1] = head
    elseif item.last then
      walk(items, i + 1, head .. "$")
    else
      local function times(count, text)
        if count == 0 then return walk(items, i + 1, text) end
        if not item.group then return times(count - 1, text .. lua_set(item.set)) end
        for _, inner in ipairs(expand(item.group)) do
          times(count - 1, text .. (item.capture and "(" .. inner .. ")" or inner))
        end
      end
      for count = item.to, item.from, -1 do times(count, head) end
    end
  end
  for _, items in ipairs(alternatives) do walk(items, 1, "") end
  return continue and continue(out) or out
end

--- A regular expression → Lua patterns, the one that is tried first in front.
---@param text string
---@return string[]
function numbering.patterns(text)
  return expand(parse(text))
end

return numbering
