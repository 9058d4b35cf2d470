-- SPDX-License-Identifier: MIT
-- Figures of one `make bench`; ratios are to the first row of their section.

return {
  sections = {
    {
      goals = { { measured = 1.75688, most = 1.2, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 125535 },
        { name = "lua-sms", ratio = 1.75688, value = 220549 },
        { name = "Lua-cURLv3 by hand", ratio = 1.08205, value = 135835 },
      },
      title = "Instructions of campaigns:create, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.77606, most = 1.2, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 115004 }, { name = "lua-sms", ratio = 1.77606, value = 204254 } },
      title = "Instructions of campaigns:list, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 2.02838, most = 1.25, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 126453 }, { name = "lua-sms", ratio = 2.02838, value = 256496 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 2.71882, most = 1.35, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 106912 },
        { name = "lua-sms", ratio = 2.71882, value = 290675 },
        { name = "Lua-cURLv3 by hand", ratio = 0.986027, value = 105418 },
      },
      title = "Instructions of client:send, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.58534, most = 1.17, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 163359 },
        { name = "lua-sms", ratio = 1.58534, value = 258980 },
        { name = "Lua-cURLv3 by hand", ratio = 1.06913, value = 174652 },
      },
      title = "Instructions of campaigns:create, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.66422, most = 1.17, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 133612 }, { name = "lua-sms", ratio = 1.66422, value = 222360 } },
      title = "Instructions of campaigns:list, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.80369, most = 1.2, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 160243 }, { name = "lua-sms", ratio = 1.80369, value = 289028 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 2.28757, most = 1.35, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 144162 },
        { name = "lua-sms", ratio = 2.28757, value = 329780 },
        { name = "Lua-cURLv3 by hand", ratio = 0.994715, value = 143400 },
      },
      title = "Instructions of client:send, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.84006, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 39.4155 },
        { name = "lua-sms", ratio = 1.84006, value = 69.072 },
        { name = "Lua-cURLv3", ratio = 1.51204, value = 57.083 },
        { name = "pycurl", ratio = 1.37138, value = 68.608 },
        { name = "undici", ratio = 27.5545, value = 1061.83 },
        { name = "fetch", ratio = 62.2004, value = 2472.6 },
        { name = "aiohttp", ratio = 13.1626, value = 468.279 },
        { name = "requests", ratio = 18.2364, value = 825.137 },
        { name = "httpx", ratio = 35.4634, value = 1226.88 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/1.1",
      unit = "us",
    },
    {
      goals = { { measured = 1.82255, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 81.064 },
        { name = "lua-sms", ratio = 1.82255, value = 176.407 },
        { name = "Lua-cURLv3", ratio = 1.59807, value = 122.803 },
        { name = "pycurl", ratio = 1.1642, value = 89.9077 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/2",
      unit = "us",
    },
    {
      goals = { { measured = 1.00442, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.597282 },
        { name = "lua-sms", ratio = 1.00442, value = 0.601713 },
        { name = "undici", ratio = 1.34052, value = 0.814927 },
        { name = "fetch", ratio = 2.47803, value = 1.48343 },
        { name = "aiohttp", ratio = 1.02644, value = 0.597032 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/1.1: time",
      unit = "s",
    },
    {
      goals = { { measured = 1.00515, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.581769 },
        { name = "lua-sms", ratio = 1.00515, value = 0.593547 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/2: time",
      unit = "s",
    },
    {
      goals = {
        { measured = 1.04605, most = 1.3, reached = true, row = "lua-sms" },
        { least = 10, measured = 12.4219, over = "lua-sms", reached = true, row = "Lua-cURLv3" },
        { least = 10, measured = 16.2509, over = "lua-sms", reached = true, row = "requests" },
      },
      rows = {
        { name = "C", ratio = 1, value = 0.152395 },
        { name = "lua-sms", ratio = 1.04605, value = 0.151178 },
        { name = "Lua-cURLv3", ratio = 12.0576, value = 1.87792 },
        { name = "requests", ratio = 17.3174, value = 2.45678 },
      },
      title = "64 new TLS connections with the system's CA bundle: CPU",
      unit = "s",
    },
    {
      goals = { { measured = 0.990617, most = 1.79, reached = true, row = "require \"sms\"" } },
      rows = {
        { name = "lua5.4 alone", ratio = 1, value = 9.23298 },
        { name = "require \"sms\"", ratio = 0.990617, value = 8.30556 },
        { name = "and a client made", ratio = 7.42246, value = 66.8619 },
        { name = "require \"cURL\"", ratio = 6.83132, value = 59.8535 },
      },
      title = "Start of a process",
      unit = "ms",
    },
    {
      goals = { { measured = 1.00663, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.169384 },
        { name = "lua-sms", ratio = 1.00663, value = 0.173891 },
      },
      title = "200 MB upload: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.2148, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.9375, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.2773 },
        { name = "lua-sms", value = 14.2148 },
        { name = "more than C", value = 2.9375 },
      },
      title = "200 MB upload: peak memory",
      unit = "MiB",
    },
    {
      goals = { { measured = 1.08923, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.569473 },
        { name = "lua-sms", ratio = 1.08923, value = 0.594028 },
      },
      title = "200 MB download: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.168, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.8125, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.3555 },
        { name = "lua-sms", value = 14.168 },
        { name = "more than C", value = 2.8125 },
      },
      title = "200 MB download: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        { measured = 0, most = 0.5, plain = true, reached = true, row = "grown by requests 1,001 to 10,000" },
        {
          measured = 12.0156,
          most = 32,
          plain = true,
          reached = true,
          row = "peak with 1,000,000 rows of parallel",
        },
      },
      rows = {
        { name = "grown by requests 1,001 to 10,000", value = 0 },
        { name = "peak with 1,000,000 rows of parallel", value = 12.0156 },
      },
      title = "Memory kept",
      unit = "MiB",
    },
    {
      goals = { { least = 40000, measured = 35015.3, plain = true, reached = false, row = "client:webhook" } },
      rows = {
        { name = "lua-cjson alone", ratio = 1, value = 108997 },
        { name = "client:webhook", ratio = 0.321251, value = 35015.3 },
      },
      title = "Webhooks: batches of 3 reports, 1,453 bytes",
      unit = "/s",
    },
    {
      goals = {
        { measured = 1.06603, most = 1.5, reached = true, row = "sms.text.count" },
        { measured = 2.85883, most = 2.5, reached = false, row = "sms.text.analyse" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 2.65056e-07 },
        { name = "sms.text.count", ratio = 1.06603, value = 2.83947e-07 },
        { name = "sms.text.analyse", ratio = 2.85883, value = 6.97863e-07 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: CPU of one",
      unit = "s",
    },
    {
      goals = {
        {
          least = 500,
          measured = 2806.68,
          over = "sms-segments-calculator",
          reached = true,
          row = "sms.text.count",
        },
        { least = 15, measured = 168.536, over = "split-sms", reached = true, row = "sms.text.count" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 3.95376e+06 },
        { name = "sms.text.count", ratio = 0.912554, value = 3.60802e+06 },
        { name = "sms.text.analyse", ratio = 0.280578, value = 1.10934e+06 },
        { name = "sms-segments-calculator", ratio = 0.000325137, value = 1285.51 },
        { name = "split-sms", ratio = 0.00541459, value = 21408 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: a second",
      unit = "/s",
    },
  },
  skipped = { "lua-http: not installed" },
  versions = {
    ["Lua-cURLv3"] = "0.3.13",
    aiohttp = "3.8.4",
    cc = "cc (Debian 12.2.0-14+deb12u1) 12.2.0",
    date = "2026-11-30",
    fetch = "v20.20.2",
    httpx = "0.23.3",
    libcurl = "libcurl 7.88.1",
    lua = "Lua 5.4",
    ["lua-cjson"] = "2.1.0",
    ["lua-sms"] = "0.1.0",
    nginx = "1.22.1",
    openssl = "OpenSSL 3.0.19",
    processor = "x86_64",
    pycurl = "PycURL/7.45.2",
    requests = "2.34.2",
    seconds = 455,
    ["sms-segments-calculator"] = "1.3.0",
    ["split-sms"] = "0.1.7",
    undici = "6.29.1",
    valgrind = "valgrind-3.19.0",
  },
}
