-- SPDX-License-Identifier: MIT
-- Zipwhip contacts as facts.

return {
  "Contacts are the people a line exchanges texts with, known by their numbers.",
  save = {
    "POST /contact/save", "Create the contact of a number, or change it.", result = "zipwhip.ContactCard", repeatable = true,
    source = "Saving Contacts with the Zipwhip API",
    form = {
      mobileNumber = "zipwhip.Number?", address = "zipwhip.Address?", firstName = "string?", lastName = "string?", email = "string?",
      notes = "zipwhip.Notes?", city = "string?", state = "string?", zipcode = "string?", loc = "string?", phoneKey = "string?",
      businessName = "string?", jobTitle = "string?", addressLine1 = "string?", addressLine2 = "string?", country = "string?",
      custom1 = "string?", custom2 = "string?",
    },
    any_of = { { "mobileNumber", "address" } },
  },
  list = {
    "POST /contact/list", "One page of contacts; the first page is 1.", result = "zipwhip.ContactCard[]", pages = "page", repeatable = true,
    source = "contact (public clients)",
    form = { page = "zipwhip.Page?", pageSize = "zipwhip.Limit?" },
  },
  get = {
    "POST /contact/get", "One contact, by its id, number or address.", result = "zipwhip.ContactCard", repeatable = true,
    source = "contact (public clients)",
    form = { id = "sms.Id?", mobileNumber = "zipwhip.Number?", address = "zipwhip.Address?" },
    one_of = { { "id", "mobileNumber", "address" } },
  },
  delete = {
    "POST /contact/delete", "Remove contacts.", result = "boolean", repeatable = true, source = "contact (public clients)",
    form = { contact = "sms.Id|zipwhip.Ids" },
  },
}
