-- SPDX-License-Identifier: MIT
-- Walks the pages of a list operation lazily, one item at a time.

local webhook = require "sms.webhook"

local pages = {}

local styles = {}

-- `start` = how many items to skip, `limit` = most items in a page. A short page is the last one only where the server has
-- shown that it gives as many as asked; else one more request settles it.
function styles.offset(args, size, first)
  local limit = args.limit
  if limit and size < limit and first >= limit then return nil end
  args.start = (args.start or 0) + size
  return args
end

-- `page` counts from 1 up to the `totalPages` (or `pages`) that the answer tells; without such a figure the next page is asked.
function styles.page(args, _, _, page)
  local total = page and tonumber(page.totalPages or page.pages)
  local at = args.page or 1
  if total and at >= total then return nil end
  args.page = at + 1
  return args
end

--- An iterator over all items.
---@param call fun(args: table): table?, table  one page: its items and the response, or nil and an error value
---@param style string                        how pages follow one another: a key of `styles`
---@param args table?
---@return fun(): any item; raises the error value when a page fails
function pages.each(call, style, args)
  local next_args, items, at, seen, first = {}, {}, 0, {}, nil
  for key, value in pairs(args or {}) do next_args[key] = value end
  local function turn()
    local page, second = call(next_args)
    if not page then error(second, 0) end
    first = first or #page
    local line = webhook.line(page)
    if #page == 0 or seen[line] then -- a server that repeats itself must not loop us
      items, next_args = {}, nil
    else
      seen[line], items = true, page
      next_args = styles[style](next_args, #page, first, second.page)
    end
    at = 0
  end
  return function()
    if at >= #items and next_args then turn() end
    at = at + 1
    return items[at]
  end
end

return pages
