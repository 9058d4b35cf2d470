-- SPDX-License-Identifier: MIT
-- Access control: programs on this machine may use the sandbox, pages of other sites in a local browser may not. Such a page can
-- post forms anywhere, and can read responses if its host name resolves to 127.0.0.1 (DNS rebinding).

local guard = {}

-- "127.0.0.1:8025" -> "127.0.0.1"; "[::1]:8025" -> "[::1]".
local function name_of(host)
  return host:match("^(%[[%x:]+%])$") or host:match("^(%[[%x:]+%]):%d+$") or host:match("^([%w.-]+)$") or host:match("^([%w.-]+):%d+$")
end

local function is_octet(text)
  return text ~= nil and #text <= 3 and tonumber(text) <= 255
end

local function is_loopback(host)
  local name = (name_of(host) or ""):lower()
  local a, b, c = name:match("^127%.(%d+)%.(%d+)%.(%d+)$")
  return name == "localhost" or name == "[::1]" or name:find("^%[0*:0*:0*:0*:0*:0*:0*:0*1%]$") ~= nil
    or (is_octet(a) and is_octet(b) and is_octet(c))
end

-- An origin omits a default port (RFC 6454 section 6.1).
local function origin_of(host)
  return "http://" .. host:lower():gsub(":80$", "")
end

-- Targets of links on other sites: the page, its files, and short URLs, which cannot be guessed.
local function is_open(path)
  if path == "/" or path == "/inbox" or path == "/run" then return true end
  local page = path:match("^/inbox/([%w%-_./]*)$") or path:match("^/run/([%w%-_./]*)$")
  if page then return not page:find("^api/") end
  return path:find("^/messagewhiz/[tlu]/%w%w%w%w%w%w$") ~= nil
end

-- A followed link or a typed address (W3C Fetch Metadata).
local function is_visit(headers, request)
  return request ~= nil and request.method == "GET" and headers["sec-fetch-mode"] == "navigate" and headers["sec-fetch-dest"] == "document"
    and is_open(request.path)
end

--- Why a request is refused, whatever its path; nil if it is allowed. `Host` must be a loopback name; `Origin`, if present, must be
--- the server's own; `Sec-Fetch-Site` (W3C Fetch Metadata), if present, must be `same-origin` or `none`;
--- but links to the inbox and to short URLs may be followed from anywhere.
---@param headers table<string, string>  by names in lower case
---@param request? { method: string, path: string }
---@return integer|nil status  421 (RFC 9110 section 15.5.20) or 403
---@return string|nil problem
function guard.refusal(headers, request)
  local host, origin, site = headers.host or "", headers.origin, headers["sec-fetch-site"]
  if not is_loopback(host) then return 421, "the sandbox is for this machine only: use localhost, 127.0.0.1 or [::1] in the address" end
  if origin and origin:lower() ~= origin_of(host) then return 403, "the sandbox takes no requests from pages of other sites (Origin)" end
  if site and site ~= "same-origin" and site ~= "none" and not is_visit(headers, request) then
    return 403, "the sandbox takes no requests from pages of other sites (Sec-Fetch-Site)"
  end
end

return guard
