-- SPDX-License-Identifier: MIT
-- An iterator of the numbers from 1 on.

---@param last integer
---@return fun(): integer?
return function(last)
  local at = 0
  return function()
    at = at + 1
    return at <= last and at or nil
  end
end
