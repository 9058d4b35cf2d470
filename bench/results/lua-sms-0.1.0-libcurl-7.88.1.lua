-- SPDX-License-Identifier: MIT
-- Figures of one `make bench`; ratios are to the first row of their section.

return {
  sections = {
    {
      goals = { { measured = 1.21514, most = 1.2, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 123651 },
        { name = "lua-sms", ratio = 1.21514, value = 150254 },
        { name = "Lua-cURLv3 by hand", ratio = 1.10316, value = 136408 },
        { name = "lua-http by hand", ratio = 3.55119, value = 439109 },
      },
      title = "Instructions of campaigns:create, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.16736, most = 1.2, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 115038 }, { name = "lua-sms", ratio = 1.16736, value = 134291 } },
      title = "Instructions of campaigns:list, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.29699, most = 1.25, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 127244 }, { name = "lua-sms", ratio = 1.29699, value = 165033 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.34585, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 107280 },
        { name = "lua-sms", ratio = 1.34585, value = 144384 },
        { name = "Lua-cURLv3 by hand", ratio = 0.994076, value = 106645 },
        { name = "lua-http by hand", ratio = 3.70861, value = 397860 },
      },
      title = "Instructions of client:send, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.14607, most = 1.17, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 165865 },
        { name = "lua-sms", ratio = 1.14607, value = 190092 },
        { name = "Lua-cURLv3 by hand", ratio = 1.05244, value = 174562 },
      },
      title = "Instructions of campaigns:create, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.14838, most = 1.17, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 134706 }, { name = "lua-sms", ratio = 1.14838, value = 154694 } },
      title = "Instructions of campaigns:list, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.24697, most = 1.2, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 157732 }, { name = "lua-sms", ratio = 1.24697, value = 196686 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.25917, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 145114 },
        { name = "lua-sms", ratio = 1.25917, value = 182723 },
        { name = "Lua-cURLv3 by hand", ratio = 0.995056, value = 144396 },
      },
      title = "Instructions of client:send, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.27548, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 37.3898 },
        { name = "lua-sms", ratio = 1.27548, value = 47.986 },
        { name = "Lua-cURLv3", ratio = 1.40198, value = 52.037 },
        { name = "lua-http", ratio = 2.79157, value = 104.407 },
        { name = "pycurl", ratio = 1.17821, value = 44.0497 },
        { name = "undici", ratio = 25.1915, value = 955.567 },
        { name = "fetch", ratio = 48.3407, value = 1771 },
        { name = "aiohttp", ratio = 8.023, value = 298.192 },
        { name = "requests", ratio = 13.6293, value = 506.371 },
        { name = "httpx", ratio = 24.0319, value = 894.762 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/1.1",
      unit = "us",
    },
    {
      goals = { { measured = 1.19776, most = 1.25, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 67.1303 },
        { name = "lua-sms", ratio = 1.19776, value = 76.8933 },
        { name = "Lua-cURLv3", ratio = 1.25551, value = 82.649 },
        { name = "pycurl", ratio = 1.1875, value = 77.0669 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/2",
      unit = "us",
    },
    {
      goals = { { measured = 1.01201, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.545419 },
        { name = "lua-sms", ratio = 1.01201, value = 0.553264 },
        { name = "undici", ratio = 1.16932, value = 0.633659 },
        { name = "fetch", ratio = 1.43015, value = 0.781867 },
        { name = "aiohttp", ratio = 1.01516, value = 0.55549 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/1.1: time",
      unit = "s",
    },
    {
      goals = { { measured = 1.01052, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.578887 },
        { name = "lua-sms", ratio = 1.01052, value = 0.586138 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/2: time",
      unit = "s",
    },
    {
      goals = {
        { measured = 1.03282, most = 1.3, reached = true, row = "lua-sms" },
        { least = 10, measured = 15.3876, over = "lua-sms", reached = true, row = "Lua-cURLv3" },
        { least = 10, measured = 15.6896, over = "lua-sms", reached = true, row = "requests" },
      },
      rows = {
        { name = "C", ratio = 1, value = 0.0950331 },
        { name = "lua-sms", ratio = 1.03282, value = 0.098152 },
        { name = "Lua-cURLv3", ratio = 15.8926, value = 1.51032 },
        { name = "requests", ratio = 16.2045, value = 1.53996 },
      },
      title = "64 new TLS connections with the system's CA bundle: CPU",
      unit = "s",
    },
    {
      goals = { { measured = 1.057, most = 1.79, reached = true, row = "require \"sms\"" } },
      rows = {
        { name = "lua5.4 alone", ratio = 1, value = 4.67781 },
        { name = "require \"sms\"", ratio = 1.057, value = 4.68216 },
        { name = "and a client made", ratio = 9.78318, value = 45.4523 },
        { name = "require \"cURL\"", ratio = 6.57471, value = 31.0202 },
      },
      title = "Start of a process",
      unit = "ms",
    },
    {
      goals = { { measured = 1.02706, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.191391 },
        { name = "lua-sms", ratio = 1.02706, value = 0.184298 },
      },
      title = "200 MB upload: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.4609, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 3, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.4609 },
        { name = "lua-sms", value = 14.4609 },
        { name = "more than C", value = 3 },
      },
      title = "200 MB upload: peak memory",
      unit = "MiB",
    },
    {
      goals = { { measured = 0.960284, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.395008 },
        { name = "lua-sms", ratio = 0.960284, value = 0.388355 },
      },
      title = "200 MB download: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.332, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 3, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.332 },
        { name = "lua-sms", value = 14.332 },
        { name = "more than C", value = 3 },
      },
      title = "200 MB download: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        {
          measured = 0.0429688,
          most = 0.5,
          plain = true,
          reached = true,
          row = "grown by requests 1,001 to 10,000",
        },
        {
          measured = 11.2305,
          most = 32,
          plain = true,
          reached = true,
          row = "peak with 1,000,000 rows of parallel",
        },
      },
      rows = {
        { name = "grown by requests 1,001 to 10,000", value = 0.0429688 },
        { name = "peak with 1,000,000 rows of parallel", value = 11.2305 },
      },
      title = "Memory kept",
      unit = "MiB",
    },
    {
      goals = { { least = 40000, measured = 57879.9, plain = true, reached = true, row = "client:webhook" } },
      rows = {
        { name = "lua-cjson alone", ratio = 1, value = 117383 },
        { name = "client:webhook", ratio = 0.493085, value = 57879.9 },
      },
      title = "Webhooks: batches of 3 reports, 1,453 bytes",
      unit = "/s",
    },
    {
      goals = {
        { measured = 0.881311, most = 1.5, reached = true, row = "sms.text.count" },
        { measured = 2.11525, most = 2.5, reached = true, row = "sms.text.analyse" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 2.82957e-07 },
        { name = "sms.text.count", ratio = 0.881311, value = 2.46497e-07 },
        { name = "sms.text.analyse", ratio = 2.11525, value = 6.04217e-07 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: CPU of one",
      unit = "s",
    },
    {
      goals = {
        {
          least = 500,
          measured = 2700.08,
          over = "sms-segments-calculator",
          reached = true,
          row = "sms.text.count",
        },
        { least = 15, measured = 68.0108, over = "split-sms", reached = true, row = "sms.text.count" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 3.35126e+06 },
        { name = "sms.text.count", ratio = 1.11066, value = 3.72213e+06 },
        { name = "sms.text.analyse", ratio = 0.477434, value = 1.60001e+06 },
        { name = "sms-segments-calculator", ratio = 0.000411345, value = 1378.53 },
        { name = "split-sms", ratio = 0.0163307, value = 54728.5 },
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
    seconds = 313,
    ["sms-segments-calculator"] = "1.3.0",
    ["split-sms"] = "0.1.7",
    undici = "6.29.1",
    valgrind = "valgrind-3.19.0",
  },
}
