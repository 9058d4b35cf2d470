-- SPDX-License-Identifier: MIT
-- Short URLs of the sandboxed MessageWhiz: /t/… fires a trigger, /l/… is a link,
-- /u/… unsubscribes the recipient who opens it.

local short_links = {}
short_links.__index = short_links

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

function short_links.new(state)
  return setmetatable({ state = state, by_code = {}, links = {} }, short_links)
end

--- Creates a short URL.
---@param base string  where the provider is served: "http://host:port/messagewhiz"
---@param kind "t"|"l"|"u"
---@param entry table  what the address stands for
---@return string
function short_links:make(base, kind, entry)
  local code
  repeat code = self.state.random:word(6, ALPHABET) until not self.by_code[code]
  entry.kind, entry.address = kind, ("%s/%s/%s"):format(base, kind, code)
  self.by_code[code] = entry
  return entry.address
end

--- Creates a short URL for a link in one recipient's text; its clicks are counted.
---@param entry table  `url`, `to`, and `link`, `list` where they are of the account's own
---@return table entry
function short_links:link(base, entry)
  entry.clicks = 0
  self:make(base, "l", entry)
  self.links[#self.links + 1] = entry
  return entry
end

--- The target of a short URL's path, or nil.
function short_links:find(path)
  local kind, code = path:match("^/([tlu])/(%w+)$")
  local entry = self.by_code[code]
  return entry and entry.kind == kind and entry or nil
end

return short_links
