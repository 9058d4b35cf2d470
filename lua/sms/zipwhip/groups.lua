-- SPDX-License-Identifier: MIT
-- Zipwhip groups as facts: several numbers behind one address (`device:/…`), which is also how a group is named.

return {
  "Groups are lists of numbers that one address reaches.",
  list = {
    "POST /group/list", "The line's groups.", result = "zipwhip.GroupEntry[]", repeatable = true, source = "group (public clients)",
    form = {},
  },
  members = {
    "POST /group/members", "The members of a group.", result = "zipwhip.ContactCard[]", repeatable = true,
    source = "group (public clients)",
    form = { group = "zipwhip.Address" },
  },
  get = {
    "POST /group/get", "A group and the number of its members.", result = "zipwhip.GroupInfo", repeatable = true,
    source = "group (public clients)",
    form = { address = "zipwhip.Address" },
  },
  save = {
    "POST /group/save", "Create a group; the response has its address.", result = "zipwhip.ContactCard", source = "group (public clients)",
    form = { type = "string?", advertisement = "string?", name = "string?", member = "sms.Id|zipwhip.Ids?" },
    default = { type = "Group" },
  },
  add_member = {
    "POST /group/addMember", "Add a number to a group.", result = "zipwhip.ContactCard", source = "group (public clients)",
    form = {
      group = "zipwhip.Address", mobileNumber = "zipwhip.Number", firstName = "string?", lastName = "string?", phoneKey = "string?",
      notes = "zipwhip.Notes?",
    },
  },
  remove_member = {
    "POST /group/removeMember", "Take a member out of a group.", result = "boolean", repeatable = true, source = "group (public clients)",
    form = { group = "zipwhip.Address", member = "sms.Id" },
  },
  delete = {
    "POST /group/delete", "Remove a group.", result = "boolean", repeatable = true, source = "group (public clients)",
    form = { address = "zipwhip.Address" },
  },
}
