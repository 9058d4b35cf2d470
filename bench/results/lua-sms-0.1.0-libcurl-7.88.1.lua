-- SPDX-License-Identifier: MIT
-- Figures of one `make bench`; ratios are to the first row of their section.

return {
  sections = {
    {
      goals = { { measured = 1.88823, most = 1.2, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 125455 },
        { name = "lua-sms", ratio = 1.88823, value = 236889 },
        { name = "Lua-cURLv3 by hand", ratio = 1.08826, value = 136528 },
        { name = "lua-http by hand", ratio = 3.49069, value = 437925 },
      },
      title = "Instructions of campaigns:create, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.94683, most = 1.2, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 115127 }, { name = "lua-sms", ratio = 1.94683, value = 224132 } },
      title = "Instructions of campaigns:list, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 2.16115, most = 1.25, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 127642 }, { name = "lua-sms", ratio = 2.16115, value = 275854 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 2.74972, most = 1.35, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 107270 },
        { name = "lua-sms", ratio = 2.74972, value = 294964 },
        { name = "Lua-cURLv3 by hand", ratio = 0.994971, value = 106731 },
        { name = "lua-http by hand", ratio = 3.67791, value = 394530 },
      },
      title = "Instructions of client:send, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.67459, most = 1.17, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 165847 },
        { name = "lua-sms", ratio = 1.67459, value = 277725 },
        { name = "Lua-cURLv3 by hand", ratio = 1.05233, value = 174525 },
      },
      title = "Instructions of campaigns:create, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.81558, most = 1.17, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 134706 }, { name = "lua-sms", ratio = 1.81558, value = 244569 } },
      title = "Instructions of campaigns:list, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.9484, most = 1.2, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 157826 }, { name = "lua-sms", ratio = 1.9484, value = 307510 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 2.29167, most = 1.35, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 145152 },
        { name = "lua-sms", ratio = 2.29167, value = 332641 },
        { name = "Lua-cURLv3 by hand", ratio = 0.993182, value = 144163 },
      },
      title = "Instructions of client:send, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.59041, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 41.693 },
        { name = "lua-sms", ratio = 1.59041, value = 64.0733 },
        { name = "Lua-cURLv3", ratio = 1.34289, value = 53.171 },
        { name = "lua-http", ratio = 2.61902, value = 102.17 },
        { name = "pycurl", ratio = 1.15577, value = 45.4379 },
        { name = "undici", ratio = 22.5762, value = 914.83 },
        { name = "fetch", ratio = 45.6295, value = 1812.87 },
        { name = "aiohttp", ratio = 8.02497, value = 300.876 },
        { name = "requests", ratio = 12.3948, value = 521.399 },
        { name = "httpx", ratio = 21.1843, value = 883.239 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/1.1",
      unit = "us",
    },
    {
      goals = { { measured = 1.45116, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 65.4622 },
        { name = "lua-sms", ratio = 1.45116, value = 92.7287 },
        { name = "Lua-cURLv3", ratio = 1.25663, value = 82.262 },
        { name = "pycurl", ratio = 1.14117, value = 73.5635 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/2",
      unit = "us",
    },
    {
      goals = { { measured = 1.02096, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.547884 },
        { name = "lua-sms", ratio = 1.02096, value = 0.558866 },
        { name = "undici", ratio = 1.16544, value = 0.640245 },
        { name = "fetch", ratio = 1.63137, value = 0.892054 },
        { name = "aiohttp", ratio = 0.999282, value = 0.548199 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/1.1: time",
      unit = "s",
    },
    {
      goals = { { measured = 0.961043, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.583436 },
        { name = "lua-sms", ratio = 0.961043, value = 0.57272 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/2: time",
      unit = "s",
    },
    {
      goals = {
        { measured = 1.01311, most = 1.3, reached = true, row = "lua-sms" },
        { least = 10, measured = 14.3434, over = "lua-sms", reached = true, row = "Lua-cURLv3" },
        { least = 10, measured = 22.3523, over = "lua-sms", reached = true, row = "requests" },
      },
      rows = {
        { name = "C", ratio = 1, value = 0.107671 },
        { name = "lua-sms", ratio = 1.01311, value = 0.109398 },
        { name = "Lua-cURLv3", ratio = 15.5282, value = 1.56913 },
        { name = "requests", ratio = 19.0879, value = 2.44529 },
      },
      title = "64 new TLS connections with the system's CA bundle: CPU",
      unit = "s",
    },
    {
      goals = { { measured = 1.13708, most = 1.79, reached = true, row = "require \"sms\"" } },
      rows = {
        { name = "lua5.4 alone", ratio = 1, value = 4.24312 },
        { name = "require \"sms\"", ratio = 1.13708, value = 4.88123 },
        { name = "and a client made", ratio = 9.85973, value = 42.6571 },
        { name = "require \"cURL\"", ratio = 6.9636, value = 28.7523 },
      },
      title = "Start of a process",
      unit = "ms",
    },
    {
      goals = { { measured = 0.975231, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.19948 },
        { name = "lua-sms", note = "9 errors", ratio = 0.975231, value = 0.193938 },
      },
      title = "200 MB upload: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.2539, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.80078, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.4531 },
        { name = "lua-sms", value = 14.2539 },
        { name = "more than C", value = 2.80078 },
      },
      title = "200 MB upload: peak memory",
      unit = "MiB",
    },
    {
      goals = { { measured = 1.05442, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.443052 },
        { name = "lua-sms", ratio = 1.05442, value = 0.480908 },
      },
      title = "200 MB download: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.1367, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.76562, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.3711 },
        { name = "lua-sms", value = 14.1367 },
        { name = "more than C", value = 2.76562 },
      },
      title = "200 MB download: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        { measured = 0, most = 0.5, plain = true, reached = true, row = "grown by requests 1,001 to 10,000" },
        {
          measured = 12.0391,
          most = 32,
          plain = true,
          reached = true,
          row = "peak with 1,000,000 rows of parallel",
        },
      },
      rows = {
        { name = "grown by requests 1,001 to 10,000", value = 0 },
        { name = "peak with 1,000,000 rows of parallel", value = 12.0391 },
      },
      title = "Memory kept",
      unit = "MiB",
    },
    {
      goals = { { least = 40000, measured = 37846.2, plain = true, reached = false, row = "client:webhook" } },
      rows = {
        { name = "lua-cjson alone", ratio = 1, value = 113547 },
        { name = "client:webhook", ratio = 0.333307, value = 37846.2 },
      },
      title = "Webhooks: batches of 3 reports, 1,453 bytes",
      unit = "/s",
    },
    {
      goals = {
        { measured = 1.07264, most = 1.5, reached = true, row = "sms.text.count" },
        { measured = 2.88416, most = 2.5, reached = false, row = "sms.text.analyse" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 2.54985e-07 },
        { name = "sms.text.count", ratio = 1.07264, value = 2.94233e-07 },
        { name = "sms.text.analyse", ratio = 2.88416, value = 7.05493e-07 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: CPU of one",
      unit = "s",
    },
    {
      goals = {
        {
          least = 500,
          measured = 2990.59,
          over = "sms-segments-calculator",
          reached = true,
          row = "sms.text.count",
        },
        { least = 15, measured = 209.046, over = "split-sms", reached = true, row = "sms.text.count" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 4.1827e+06 },
        { name = "sms.text.count", ratio = 1.01369, value = 4.23998e+06 },
        { name = "sms.text.analyse", ratio = 0.348842, value = 1.4591e+06 },
        { name = "sms-segments-calculator", ratio = 0.000338962, value = 1417.78 },
        { name = "split-sms", ratio = 0.00484915, value = 20282.5 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: a second",
      unit = "/s",
    },
  },
  skipped = {},
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
    ["lua-http"] = "0.4",
    ["lua-sms"] = "0.1.0",
    nginx = "1.22.1",
    openssl = "OpenSSL 3.0.19",
    processor = "x86_64",
    pycurl = "PycURL/7.45.2",
    requests = "2.34.2",
    seconds = 317,
    ["sms-segments-calculator"] = "1.3.0",
    ["split-sms"] = "0.1.7",
    undici = "6.29.1",
    valgrind = "valgrind-3.19.0",
  },
}
