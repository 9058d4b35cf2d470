-- SPDX-License-Identifier: MIT
-- How long specs wait, in seconds. They pass on a machine that is busy with other work and stands still for some seconds at a time: what
-- is told apart by the clock is far apart, and what must get somewhere before its time is over gets as much time as this machine needs.

local patience = {}

--- What ends as it was told to, or comes as it must, has done so within this time on any machine; a spec waits no longer for it, and ends
--- as soon as it is there. For telling that from what would go on until `FAR` or for ever, never for telling short times apart.
patience.MOST = 60

--- For every other limit that the same thing has: it is not by this one that a spec sees it end.
patience.FAR = 300

--- Limits for what has to get somewhere before it is ended by its time: the first one, then longer ones up to `FAR`, for a machine that
--- stood still meanwhile. Leave the loop by what can be seen from outside to have got there, and check what is claimed in each round.
---@param first number
---@return fun(): number?
function patience.limits(first)
  local limit
  return function()
    limit = limit and 4 * limit or first
    return limit <= patience.FAR and limit or nil
  end
end

return patience
