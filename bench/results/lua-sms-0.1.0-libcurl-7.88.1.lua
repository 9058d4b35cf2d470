-- SPDX-License-Identifier: MIT
-- Figures of one `make bench`; ratios are to the first row of their section.

return {
  sections = {
    {
      goals = { { measured = 1.8586, most = 1.2, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 125561 },
        { name = "lua-sms", ratio = 1.8586, value = 233367 },
        { name = "Lua-cURLv3 by hand", ratio = 1.08736, value = 136530 },
        { name = "lua-http by hand", ratio = 3.46205, value = 434698 },
      },
      title = "Instructions of campaigns:create, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.90164, most = 1.2, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 114861 }, { name = "lua-sms", ratio = 1.90164, value = 218425 } },
      title = "Instructions of campaigns:list, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 2.12007, most = 1.25, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 126706 }, { name = "lua-sms", ratio = 2.12007, value = 268626 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 2.75492, most = 1.35, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 106171 },
        { name = "lua-sms", ratio = 2.75492, value = 292493 },
        { name = "Lua-cURLv3 by hand", ratio = 1.00625, value = 106835 },
        { name = "lua-http by hand", ratio = 3.71208, value = 394116 },
      },
      title = "Instructions of client:send, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.64551, most = 1.17, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 165954 },
        { name = "lua-sms", ratio = 1.64551, value = 273080 },
        { name = "Lua-cURLv3 by hand", ratio = 1.05069, value = 174366 },
      },
      title = "Instructions of campaigns:create, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.7764, most = 1.17, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 134675 }, { name = "lua-sms", ratio = 1.7764, value = 239237 } },
      title = "Instructions of campaigns:list, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.90004, most = 1.2, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 157774 }, { name = "lua-sms", ratio = 1.90004, value = 299776 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 2.29712, most = 1.35, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 145084 },
        { name = "lua-sms", ratio = 2.29712, value = 333275 },
        { name = "Lua-cURLv3 by hand", ratio = 0.99053, value = 143710 },
      },
      title = "Instructions of client:send, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.6377, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 43.7434 },
        { name = "lua-sms", ratio = 1.6377, value = 75.018 },
        { name = "Lua-cURLv3", ratio = 1.38533, value = 60.303 },
        { name = "lua-http", ratio = 2.53912, value = 112.297 },
        { name = "pycurl", ratio = 1.19337, value = 52.2022 },
        { name = "undici", ratio = 23.5276, value = 1085.61 },
        { name = "fetch", ratio = 45.3003, value = 2061.59 },
        { name = "aiohttp", ratio = 7.95462, value = 347.962 },
        { name = "requests", ratio = 12.978, value = 602.183 },
        { name = "httpx", ratio = 24.5111, value = 1029.32 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/1.1",
      unit = "us",
    },
    {
      goals = { { measured = 1.5011, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 60.6729 },
        { name = "lua-sms", ratio = 1.5011, value = 91.076 },
        { name = "Lua-cURLv3", ratio = 1.27401, value = 76.25 },
        { name = "pycurl", ratio = 1.1693, value = 74.4616 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/2",
      unit = "us",
    },
    {
      goals = { { measured = 1.01569, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.546511 },
        { name = "lua-sms", ratio = 1.01569, value = 0.55439 },
        { name = "undici", ratio = 1.17288, value = 0.644973 },
        { name = "fetch", ratio = 1.61573, value = 0.89148 },
        { name = "aiohttp", ratio = 1.02582, value = 0.56126 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/1.1: time",
      unit = "s",
    },
    {
      goals = { { measured = 1.0151, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.576286 },
        { name = "lua-sms", ratio = 1.0151, value = 0.577177 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/2: time",
      unit = "s",
    },
    {
      goals = {
        { measured = 1.16076, most = 1.3, reached = true, row = "lua-sms" },
        { least = 10, measured = 13.5706, over = "lua-sms", reached = true, row = "Lua-cURLv3" },
        { least = 10, measured = 14.5905, over = "lua-sms", reached = true, row = "requests" },
      },
      rows = {
        { name = "C", ratio = 1, value = 0.0953005 },
        { name = "lua-sms", ratio = 1.16076, value = 0.109477 },
        { name = "Lua-cURLv3", ratio = 15.548, value = 1.48567 },
        { name = "requests", ratio = 16.7609, value = 1.59733 },
      },
      title = "64 new TLS connections with the system's CA bundle: CPU",
      unit = "s",
    },
    {
      goals = { { measured = 1.10843, most = 1.79, reached = true, row = "require \"sms\"" } },
      rows = {
        { name = "lua5.4 alone", ratio = 1, value = 3.72733 },
        { name = "require \"sms\"", ratio = 1.10843, value = 4.07844 },
        { name = "and a client made", ratio = 10.3464, value = 39.2012 },
        { name = "require \"cURL\"", ratio = 7.1517, value = 27.4029 },
      },
      title = "Start of a process",
      unit = "ms",
    },
    {
      goals = { { measured = 1.02175, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.19837 },
        { name = "lua-sms", ratio = 1.02175, value = 0.204519 },
      },
      title = "200 MB upload: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.2422, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.68359, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.5586 },
        { name = "lua-sms", value = 14.2422 },
        { name = "more than C", value = 2.68359 },
      },
      title = "200 MB upload: peak memory",
      unit = "MiB",
    },
    {
      goals = { { measured = 0.891625, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.428578 },
        { name = "lua-sms", ratio = 0.891625, value = 0.386138 },
      },
      title = "200 MB download: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.1875, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.80469, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.3828 },
        { name = "lua-sms", value = 14.1875 },
        { name = "more than C", value = 2.80469 },
      },
      title = "200 MB download: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        { measured = 0, most = 0.5, plain = true, reached = true, row = "grown by requests 1,001 to 10,000" },
        {
          measured = 11.9219,
          most = 32,
          plain = true,
          reached = true,
          row = "peak with 1,000,000 rows of parallel",
        },
      },
      rows = {
        { name = "grown by requests 1,001 to 10,000", value = 0 },
        { name = "peak with 1,000,000 rows of parallel", value = 11.9219 },
      },
      title = "Memory kept",
      unit = "MiB",
    },
    {
      goals = { { least = 40000, measured = 36817.4, plain = true, reached = false, row = "client:webhook" } },
      rows = {
        { name = "lua-cjson alone", ratio = 1, value = 113440 },
        { name = "client:webhook", ratio = 0.324553, value = 36817.4 },
      },
      title = "Webhooks: batches of 3 reports, 1,453 bytes",
      unit = "/s",
    },
    {
      goals = {
        { measured = 0.988967, most = 1.5, reached = true, row = "sms.text.count" },
        { measured = 2.66693, most = 2.5, reached = false, row = "sms.text.analyse" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 2.32046e-07 },
        { name = "sms.text.count", ratio = 0.988967, value = 2.28987e-07 },
        { name = "sms.text.analyse", ratio = 2.66693, value = 6.21083e-07 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: CPU of one",
      unit = "s",
    },
    {
      goals = {
        {
          least = 500,
          measured = 2459.56,
          over = "sms-segments-calculator",
          reached = true,
          row = "sms.text.count",
        },
        { least = 15, measured = 166.577, over = "split-sms", reached = true, row = "sms.text.count" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 4.29667e+06 },
        { name = "sms.text.count", ratio = 0.978701, value = 4.20516e+06 },
        { name = "sms.text.analyse", ratio = 0.371383, value = 1.59571e+06 },
        { name = "sms-segments-calculator", ratio = 0.000397918, value = 1709.72 },
        { name = "split-sms", ratio = 0.00587538, value = 25244.6 },
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
    seconds = 354,
    ["sms-segments-calculator"] = "1.3.0",
    ["split-sms"] = "0.1.7",
    undici = "6.29.1",
    valgrind = "valgrind-3.19.0",
  },
}
