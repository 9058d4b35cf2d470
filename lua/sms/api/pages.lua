-- SPDX-License-Identifier: MIT
-- Iterates over the items of a list operation, fetching pages as needed.

local core = require "sms.core"
local failure = require "sms.error"

local pages = {}

local styles = {}

-- `start`: number of items to skip; `limit`: maximum items of a page. A short page is the last one only if the server has returned
-- full pages before; otherwise one more request is made.
function styles.offset(args, size, first)
  local limit = args.limit
  if limit and size < limit and first >= limit then return nil end
  args.start = (args.start or 0) + size
  return args
end

-- `page` counts from 1 to the `totalPages` (or `pages`) of the response; without these, the next page is requested.
function styles.page(args, _, _, page)
  local total = page and tonumber(page.totalPages or page.pages)
  local at = args.page or 1
  if total and at >= total then return nil end
  args.page = at + 1
  return args
end

-- Whether all items have been returned, by a total in the response.
local function is_whole(page, given)
  local total = page and tonumber(page.total or page.totalElements)
  return total ~= nil and given >= total
end

-- A server that repeats a page must not cause an endless loop. Its list may be incomplete.
local function repeats(whose, given)
  return failure.new {
    kind = "decode", provider = whose.provider, operation = whose.operation, retryable = false,
    message = ("the server repeated a page: iteration ended after %d items, and there may be more"):format(given),
    evidence = "the server returned a page that it had returned before",
  }
end

--- An iterator over all items. Of received pages it keeps only digests.
---@param call fun(args: table): table?, table  one page: its items and the response, or nil and an error value
---@param style string                        how pages follow one another: a key of `styles`
---@param args table?
---@param whose { provider: string, operation: string }  for errors
---@return fun(): any item; raises the error value when a page fails, and one of kind `decode` after the last item when the server
---  repeats a page that it gave before, unless a total beside the list says that all has come
function pages.each(call, style, args, whose)
  local next_args, items, at, seen, given, first = {}, {}, 0, {}, 0, nil
  for key, value in pairs(args or {}) do next_args[key] = value end
  local function turn()
    local page, second = call(next_args)
    items, at = {}, 0
    if not page then error(second, 0) end
    first = first or #page
    local digest = #page > 0 and core.digest(page)
    if digest and seen[digest] and not is_whole(second.page, given) then
      next_args = nil
      error(repeats(whose, given), 0)
    elseif not digest or seen[digest] then
      next_args = nil
    else
      seen[digest], items, given = true, page, given + #page
      next_args = styles[style](next_args, #page, first, second.page)
    end
  end
  return function()
    if at >= #items and next_args then turn() end
    at = at + 1
    return items[at]
  end
end

return pages
