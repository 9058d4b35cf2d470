-- SPDX-License-Identifier: MIT
-- The version of lua-sms. The only place where it is edited; spec/house/house_spec.lua compares every copy with it.
return "0.1.0"
