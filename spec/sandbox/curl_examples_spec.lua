-- SPDX-License-Identifier: MIT
-- The providers' own curl examples, word for word, run against the sandbox: only the host, the credentials, the folder of the file and
-- the id of what was made before are replaced. Each response has what the document shows: every field, of the same type.

local json = require "sms.json"
local server = require "sms.sandbox.server"

-- { title of the section, command, what the document answers, values that hold here too, what the id in the path stands for }
local MESSAGEWHIZ = {
  {
    "Create a Recipient List (import a file)",
    [[curl --location --request POST 'https://sms.messagewhiz.com/api/3/RecipientList?truncate=true' \
--header 'apikey: <apikey>' \
--form 'doc=@FOLDER/ numbers_9.csv' \
--form 'mapping={"0":"phone_number", "1":"first_name"}' \
--form 'name=FirstRecipientList']],
    [[{"inserted": 4, "total": 4, "wrong": 0, "duplicate": 0, "recipient_list_id": 267628}]],
    { inserted = 4, total = 4, wrong = 0, duplicate = 0 }, makes = { "recipient list", "recipient_list_id" },
  },
  {
    "Preview a Recipient List",
    [[curl --location --request POST 'https://sms.messagewhiz.com/api/3/recipientList/1/preview' \
--header 'apikey: <apikey>' \
--form 'doc=@FOLDER/ numbers_9.csv']],
    [=[{"data": [["phone_number", "first_name"], ["6593333311", "Anthony"]], "isAllNum": [true, false],
      "isExceedLength50": [false, false], "isExceedLength255": [false, false], "isExceedLength5000": [false, false]}]=],
    {},
  },
  {
    "Modify a Recipient List (import a file)",
    [[curl --location --request PUT 'https://sms.messagewhiz.com/api/3/recipientList/267891' \
--header 'apikey: <apikey>' \
--form 'doc=@FOLDER/RecipientList.csv' \
--form 'mapping={"0":"phone_number", "1":"first_name", "2":"last_name"}' \
--form 'name=NewList']],
    [[{"inserted": 4, "total": 4, "wrong": 0, "duplicate": 0, "recipient_list_id": 267891}]],
    { inserted = 4, total = 4, wrong = 0, duplicate = 0 }, of = { "267891", "recipient list" },
  },
  {
    "Create a Unsubscribe List (import a file)",
    [[curl --location --request POST 'https://sms.messagewhiz.com/api/3/UnsubscribeList?truncate=true' \
--header 'apikey: <apikey>' \
--form 'doc=@FOLDER/ numbers_9.csv' \
--form 'mapping={"0":"phone_number", "1":"first_name"}' \
--form 'name=FirstRecipientList']],
    [[{"enabled": true, "id": 123, "name": "FirstRecipientList", "company_id": 1, "unsubscribers_amount": 10, "user_id": 1}]],
    { enabled = true, name = "FirstRecipientList", unsubscribers_amount = 4 }, makes = { "unsubscribe list", "id" },
  },
  {
    "Preview an Unsubscribe List",
    [[curl --location --request POST 'https://sms.messagewhiz.com/api/3/unsubscribeList/preview/4' \
--header 'apikey: <apikey>' \
--form 'doc=@FOLDER/ numbers_9.csv']],
    [=[{"data": [["phone_number"], ["6593333311"]], "isAllNum": [true], "isExceedLength50": [false], "isExceedLength255": [false],
      "isExceedLength5000": [false]}]=],
    {},
  },
  {
    "Modify an Unsubscribe List (import a file)",
    [[curl --location --request PUT 'https://sms.messagewhiz.com/api/3/UnsubscribeList/21534' \
--header 'apikey: <apikey>' \
--form 'mapping={"0":"phone_number"}' \
--form 'doc=@FOLDER/UnsubscribeList.csv']],
    [[{"enabled": true, "id": 21534, "name": "FirstUnsubscribeList", "company_id": 3182, "unsubscribers_amount": 4, "user_id": 3191}]],
    { enabled = true, unsubscribers_amount = 4 }, of = { "21534", "unsubscribe list" },
  },
  {
    "Create a Link List (import a file)",
    [[curl --location --request POST 'https://sms.messagewhiz.com/api/3/LinkList' \
--header 'apikey: <apikey>' \
--form 'doc=@FOLDER/linkList.csv' \
--form 'mapping={"0":"name", "1":"url"}' \
--form 'name=FirstLinkList']],
    [[{"id": 7077, "name": "FirstLinkList", "enabled": true}]],
    { name = "FirstLinkList", enabled = true }, makes = { "link list", "id" },
  },
  {
    "Modify a Link List (import a file)", -- its response is not shown
    [[curl --location --request PUT 'https://sms.messagewhiz.com/api/3/LinkList/6941' \
--header 'apikey: <apikey>' \
--form 'doc=@FOLDER/SecondLinkList.csv' \
--form 'mapping={"0":"name", "1":"url"}' \
--form 'name=NewList']],
    nil, {}, of = { "6941", "link list" },
  },
}

local ZIPWHIP_LOGIN = [[curl -X POST \
  https://api.zipwhip.com/user/login \
  -d username=5556661234 \
  -d password=mypassword]]

-- The host is not in the document: it shows an empty address.
local ZIPWHIP_CONTACT = [[curl --location --request POST '' \
                      --header 'Content-Type: application/x-www-form-urlencoded' \
                      --data-urlencode 'session={{session}}' \
                      --data-urlencode 'mobileNumber={{mobileNumber}}' \
                      --data-urlencode 'firstName={{firstName}}' \
                      --data-urlencode 'lastName={{lastName}}' \
                      --data-urlencode 'email={{email}}' \
                      --data-urlencode 'notes={{notes}}']]

local FILES = {
  [" numbers_9.csv"] = "6593333311,Anthony\n6593333322,Bob\n6593333333,Jonathan\n6593333344,Alex\n",
  ["RecipientList.csv"] = "6593333311,Anthony,A\n6593333322,Bob,B\n6593333333,Jonathan,C\n6593333344,Alex,D\n",
  ["UnsubscribeList.csv"] = "380502327265\n380502222233\n380643333322\n380643333323\n",
  ["linkList.csv"] = "one,https://example.org/1\ntwo,https://example.org/2\n",
  ["SecondLinkList.csv"] = "three,https://example.org/3\n",
}

local function replace(text, from, to)
  local at, till = text:find(from, 1, true)
  assert(at, from .. " is not in the example")
  return text:sub(1, at - 1) .. to .. text:sub(till + 1)
end

-- What the shown value has is there, of the same type; of a list, each item is like the first that is shown.
local function alike(shown, got, path)
  assert.are.equal(type(shown), type(got), path)
  if type(shown) ~= "table" then return end
  if #shown > 0 then
    assert.is_true(#got > 0, path .. " is empty")
    for i, item in ipairs(got) do alike(shown[1], item, ("%s[%d]"):format(path, i)) end
    return
  end
  for name, value in pairs(shown) do alike(value, got[name], path .. "." .. name) end
end

describe("the documents' curl examples", function()
  local sandbox, folder
  local made = {}

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir '" .. folder .. "'"))
    for name, content in pairs(FILES) do
      local file <close> = assert(io.open(folder .. "/" .. name, "wb"))
      file:write(content)
    end
    sandbox = assert(server.spawn {})
  end)

  teardown(function()
    if sandbox then sandbox.stop() end
    assert(os.execute("rm -r '" .. folder .. "'"))
  end)

  local function run(command)
    local pipe <close> = assert(io.popen("env -u http_proxy -u all_proxy " .. command .. " --silent --show-error --max-time 20 2>&1"))
    local output = pipe:read "a"
    local response, message = json.decode(output)
    return assert(response, (message or "nothing") .. ": " .. output)
  end

  for _, example in ipairs(MESSAGEWHIZ) do
    local title, original, document, values = table.unpack(example, 1, 4)
    it("of MessageWhiz: " .. title, function()
      local command = replace(original, "https://sms.messagewhiz.com", sandbox.url .. "/messagewhiz")
      command = replace(command, "<apikey>", "sandbox-key")
      command = replace(command, "FOLDER", folder)
      if example.of then command = replace(command, example.of[1], tostring(assert(made[example.of[2]]))) end
      local response = run(command)
      alike({ errorCode = 0, errorMessage = "", errorType = "", executionTime = 0.03 }, response, "answer")
      assert.are.equal(0, response.errorCode, response.errorMessage)
      if document then alike(json.decode(document), response.result, "result") end
      for name, value in pairs(values) do assert.are.equal(value, response.result[name], name) end
      if example.makes then made[example.makes[1]] = response.result[example.makes[2]] end
    end)
  end

  it("of Zipwhip: logging in, then saving a contact", function()
    local login = replace(ZIPWHIP_LOGIN, "https://api.zipwhip.com", sandbox.url .. "/zipwhip")
    login = replace(replace(login, "5556661234", "2065550100"), "mypassword", "sandbox-password")
    local response = run(login)
    assert.is_true(response.success)
    assert.are.equal("string", type(response.response))
    local save = replace(ZIPWHIP_CONTACT, "POST ''", "POST '" .. sandbox.url .. "/zipwhip/contact/save'")
    save = replace(save, "{{session}}", response.response)
    local given = { mobileNumber = "2065550199", firstName = "Ada", lastName = "King", email = "ada@example.org", notes = "first" }
    for name, value in pairs(given) do save = replace(save, "{{" .. name .. "}}", value) end
    local contact = run(save)
    assert.is_true(contact.success)
    alike({
      id = 12345678901, version = 300, lastUpdated = "2020-01-08T00:10:29+00:00", dateCreated = "2018-08-31T22:01:37+00:00",
      deviceId = 123456789, firstName = "", lastName = "", email = "", mobileNumber = "", address = "ptn:/1234567890", notes = "",
    }, contact.response, "response")
    assert.are.same({ "Ada", "King", "first" }, { contact.response.firstName, contact.response.lastName, contact.response.notes })
  end)
end)
