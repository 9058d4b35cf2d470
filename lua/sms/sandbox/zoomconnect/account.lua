-- SPDX-License-Identifier: MIT
-- The account of the sandboxed ZoomConnect: credits, users of the team, statistics.

local json = require "sms.json"
local fields = require "sms.sandbox.zoomconnect.fields"
local fail = fields.fail

local account = {}
local handlers = {}
account.handlers = handlers

--- Credits that a new account has.
account.CREDITS = 1000

local function show_user(user)
  return {
    userId = math.tointeger(user.id), emailAddress = user.emailAddress, firstName = user.firstName, lastName = user.lastName,
    contactNumber = user.contactNumber, company = user.company or json.null, creditBalance = user.creditBalance,
  }
end

--- The first user, whose credentials give access to the account.
function account.open(self)
  self.owner = self.store:add("users", {
    emailAddress = self.email, firstName = "Sandbox", lastName = "Owner", contactNumber = "+27820000000", company = "Sandbox",
    creditBalance = account.CREDITS,
  })
end

handlers["account.balance"] = function(self)
  return { creditBalance = self.owner.creditBalance, links = json.array {} }
end

local function user_of(self, email)
  for _, user in ipairs(self.store.users.order) do
    if user.emailAddress:lower() == email:lower() then return user end
  end
end

local function member(self, body, name)
  local email = fields.text(body, name, true)
  return user_of(self, email) or fail(404, ("%s: no user of the team has the address %s"):format(name, email))
end

-- The documents differ on the response; the newer one specifies a user: here the one that received the credits.
handlers["account.transfer"] = function(self, call)
  local body = fields.body(call.request)
  local from, to = member(self, body, "transferFromEmailAddress"), member(self, body, "transferToEmailAddress")
  local count = fields.integer(body, "numberOfCreditsToTransfer", 1) or fail(400, "numberOfCreditsToTransfer is required")
  if from.creditBalance < count then fail(400, "not enough credits to transfer") end
  from.creditBalance, to.creditBalance = from.creditBalance - count, to.creditBalance + count
  return show_user(to)
end

handlers["account.find_user"] = function(self, call)
  local user = user_of(self, fields.text(call.query, "searchEmail", true))
  return { webServiceUserList = json.array { user and show_user(user) } }
end

-- `creditBalance` and `userId` are in the guide's sample; a new user has no credits and a generated id.
handlers["account.create_user"] = function(self, call)
  local body, user = fields.body(call.request), { creditBalance = 0 }
  for _, name in ipairs { "firstName", "lastName", "emailAddress", "contactNumber", "password" } do
    user[name] = fields.text(body, name, true)
  end
  if not user.emailAddress:find("^[^%s@]+@[^%s@]+$") then fail(400, "emailAddress is not an email address") end
  if user_of(self, user.emailAddress) then fail(400, "emailAddress is taken") end
  user.company = fields.text(body, "company")
  return show_user(self.store:add("users", user)), 201
end

handlers["account.get_user"] = function(self, call)
  return show_user(self.store:find("users", call.path.id))
end

-- Only these can be changed; other fields of the class are ignored.
handlers["account.update_user"] = function(self, call)
  local user, body = self.store:find("users", call.path.id), fields.body(call.request)
  for _, name in ipairs { "firstName", "lastName", "contactNumber", "password" } do
    local value = fields.text(body, name)
    if value and value ~= "" then user[name] = value end
  end
  return show_user(user)
end

---------------------------------------------------------------- statistics

local COUNTERS = {
  SENT = "sent", DELIVERED = "delivered", FAILED = "failed", FAILED_REFUNDED = "failedRefunded", FAILED_OPTOUT = "failedOptout",
}

local function new_counts()
  return { total = 0, sent = 0, delivered = 0, failed = 0, failedRefunded = 0, failedOptout = 0 }
end

local function add(counts, message, worth)
  local name = COUNTERS[message.status]
  if not name then return end
  counts.total, counts[name] = counts.total + worth, counts[name] + worth
end

local function counted(message, filter)
  if message.type ~= "OUTBOUND" or not message.sent then return false end
  if message.sent < (filter.from or message.sent) or message.sent >= (filter.to or math.huge) then return false end
  if filter.campaign and message.campaign ~= filter.campaign then return false end
  return filter.all or message.status ~= "FAILED_REFUNDED" and message.status ~= "FAILED_OPTOUT"
end

-- Counts by campaign, in the order in which campaigns first appear. All messages are the owner's.
local function owner_statistics(self, filter)
  local total, campaigns, by_name = new_counts(), json.array {}, {}
  for _, message in ipairs(self.store.messages.order) do
    if counted(message, filter) then
      local name, worth = message.campaign or "", filter.credits and message.cost or 1
      if not by_name[name] then
        by_name[name] = { campaign = name, statistics = new_counts() }
        campaigns[#campaigns + 1] = by_name[name]
      end
      add(total, message, worth)
      add(by_name[name].statistics, message, worth)
    end
  end
  return total, campaigns
end

handlers["account.statistics"] = function(self, call)
  local query, users = call.query, json.array {}
  local to = fields.day(query, "to", true)
  local filter = {
    from = fields.day(query, "from", true), to = to and to + 86400, campaign = query.campaign,
    all = fields.flag(query, "includeRefundedAndOptout"), credits = fields.flag(query, "calculateCreditValue"),
  }
  local wanted = query.userEmailAddress and member(self, query, "userEmailAddress")
  local grand = new_counts()
  for _, user in ipairs(self.store.users.order) do
    if not wanted or wanted == user then
      local total, campaigns = new_counts(), json.array {}
      if user == self.owner then total, campaigns = owner_statistics(self, filter) end
      users[#users + 1] = { user = show_user(user), total = total, campaigns = campaigns }
      for name, count in pairs(total) do grand[name] = grand[name] + count end
    end
  end
  return {
    from = query.from or json.null, to = query.to or json.null, showingCreditValue = filter.credits or false, grandTotal = grand,
    users = users,
  }
end

return account
