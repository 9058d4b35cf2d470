-- SPDX-License-Identifier: MIT
-- Reads LuaCATS annotations: the words and types that stand above functions and classes.

local annotations = {}

--- Splits a text into the type expression that stands at its beginning and what follows. An expression goes on over blanks inside of
--- brackets, behind `,`, `:` and `|`, and before these.
---@param text string
---@return string type
---@return string rest
function annotations.split(text)
  local depth, at = 0, 1
  while at <= #text do
    local char = text:sub(at, at)
    if char:find "[%(<{%[]" then depth = depth + 1 elseif char:find "[%)>}%]]" then depth = depth - 1 end
    local before, after = text:sub(at - 1, at - 1), text:match("^%s+(%S)", at)
    if char == " " and depth == 0 and not before:find "[,:|]" and not (after and after:find "[,:|]") then break end
    at = at + 1
  end
  return text:sub(1, at - 1), text:sub(at):match "^%s*(.-)%s*$"
end

local readers = {}

function readers.param(block, rest)
  local name, mark, text = rest:match "^([%w_.]+)(%??)%s+(.*)$"
  local type_text, words = annotations.split(text)
  block.params[#block.params + 1] = { name = name, optional = mark == "?", type = type_text, words = words }
  return block.params[#block.params]
end

readers["return"] = function(block, rest)
  local type_text, words = annotations.split(rest)
  if words:find "^%.%.%." then type_text, words = type_text .. " ...", words:match "^%.%.%.%s*(.*)$" end
  local name, more = words:match "^([%a_][%w_]*)%f[^%w_]%s*(.*)$"
  block.returns[#block.returns + 1] = { type = type_text, name = name, words = name and more or words }
  return block.returns[#block.returns]
end

function readers.field(block, rest)
  local name, text = rest:match "^(%[?[%w_.]+%]?%??)%s+(.*)$"
  local type_text, words = annotations.split(text)
  local optional = name:sub(-1) == "?" or type_text:sub(-1) == "?"
  block.fields[#block.fields + 1] = {
    name = name:gsub("%?$", ""), optional = optional, type = type_text:gsub("%?$", ""), words = words,
  }
  return block.fields[#block.fields]
end

function readers.class(block, rest)
  block.class, block.parent = rest:match "^([%w_.]+):?%s*(.-)$"
  return nil
end

function readers.type(block, rest)
  block.type = rest
  return nil
end

--- Reads a block of annotations.
---@param lines string[]  each begins with `---`
---@return table block `{ words, params, returns, fields, class?, type? }`: words are one text; each parameter, result and field is
---  `{ name, type, words, optional }`
function annotations.block(lines)
  local block, words, last = { params = {}, returns = {}, fields = {} }, {}, nil
  for _, line in ipairs(lines) do
    local tag, rest = line:match "^%-%-%-@(%l+)%s+(.*)$"
    if readers[tag] then
      last = readers[tag](block, rest)
    elseif not tag then
      local text = line:match "^%-%-%-%s*(.-)%s*$"
      if last then last.words = last.words .. " " .. text else words[#words + 1] = text end
    end
  end
  block.words = table.concat(words, "\n")
  return block
end

--- The blocks of an annotated source, each with the line of code below it, in order.
---@param source string
---@return table[] blocks  of `annotations.block`, with `below` and `lines`
function annotations.read(source)
  local out, lines = {}, {}
  for raw in (source .. "\n"):gmatch "([^\n]*)\n" do
    local line = raw:match "^%s*(.*)$"
    if line:find "^%-%-%-" and not line:find "^%-%-%-%-" then
      lines[#lines + 1] = line
    elseif #lines > 0 then
      local block = annotations.block(lines)
      block.below, block.lines = line, lines
      out[#out + 1] = block
      lines = {}
    end
  end
  return out
end

--- The fields of a class, as sections of `tools/public.lua` have them.
---@param source string
---@param name string
---@return table<string, { [1]: string, [2]: string }>
function annotations.class(source, name)
  for _, block in ipairs(annotations.read(source)) do
    if block.class == name then
      local out = {}
      for _, field in ipairs(block.fields) do
        assert(field.words ~= "", ("%s.%s has no words"):format(name, field.name))
        out[field.name] = { field.type .. (field.optional and "?" or ""), field.words:sub(1, 1):upper() .. field.words:sub(2) .. "." }
      end
      return out
    end
  end
  error("no class " .. name)
end

return annotations
