-- SPDX-License-Identifier: MIT
-- Writes what is made from the facts: the editor types in library/sms, the reference pages of the providers and of the command line,
-- the error catalogue.
-- `lua5.4 tools/docs.lua [--check]`, from the checkout, with the built tree on the path.

package.path = "./?.lua;" .. package.path

local api = require "tools.reference_api"
local failure = require "sms.error"
local facts = require "tools.facts"
local generated = require "tools.generated"
local luals = require "tools.luals"
local modules = require "tools.modules"
local options = require "tools.public_options"
local public = require "tools.public"
local reference = require "tools.reference"
local stubs = require "tools.stubs"

local kept = {}

local function write(path, text)
  kept[path] = true
  generated.write(path, text)
end

local function write_provider(provider)
  local folder = "library/sms/" .. provider.name
  write(folder .. "/client.lua", luals.client(provider))
  write(folder .. "/types.lua", luals.types(("lua/sms/%s/types.lua"):format(provider.name), provider))
  for _, resource in ipairs(provider.resources) do
    write(("%s/%s.lua"):format(folder, resource.name), luals.resource(provider, resource))
  end
  write(("docs/reference/%s.md"):format(provider.name), reference.page(provider))
end

local providers = facts.providers()
write("library/sms/init.lua", require("tools.face").text(providers))
write("library/sms/types.lua", luals.types("lua/sms/api/common_types.lua", facts.common))
write("library/sms/options.lua", luals.public { public.tables, options.tables })
for _, name in ipairs(stubs.modules) do
  write(("library/sms/%s.lua"):format((name:gsub("%.", "/"))), stubs.module(name))
end
write("library/sms/outbox/types.lua", luals.outbox())
write("docs/reference/api.md", api.message())
write("docs/reference/modules.md", modules.page())
write("docs/reference/sandbox.md", api.sandbox())
write("docs/reference/outbox.md", api.outbox())
for _, provider in ipairs(providers) do write_provider(provider) end
write("docs/reference/cli.md", require("sms.cli.manual").markdown(require "sms.cli.facts"))
generated.only("library/sms", kept)
generated.only("docs/reference", kept)
generated.between("docs/errors.md", "kinds", reference.errors(failure.kinds))
generated.between("docs/errors.md", "codes", require("tools.errors").codes())
generated.finish("make docs")
