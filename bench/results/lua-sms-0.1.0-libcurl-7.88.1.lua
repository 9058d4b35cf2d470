-- SPDX-License-Identifier: MIT
-- Figures of one `make bench`; ratios are to the first row of their section.

return {
  sections = {
    {
      goals = { { measured = 1.1312, most = 1.2, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 125632 },
        { name = "lua-sms", ratio = 1.1312, value = 142115 },
        { name = "Lua-cURLv3 by hand", ratio = 1.08534, value = 136353 },
        { name = "lua-http by hand", ratio = 3.47401, value = 436446 },
      },
      title = "Instructions of campaigns:create, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.10644, most = 1.2, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 115050 }, { name = "lua-sms", ratio = 1.10644, value = 127296 } },
      title = "Instructions of campaigns:list, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.24335, most = 1.25, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 127016 }, { name = "lua-sms", ratio = 1.24335, value = 157924 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.3133, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 107071 },
        { name = "lua-sms", ratio = 1.3133, value = 140617 },
        { name = "Lua-cURLv3 by hand", ratio = 0.990485, value = 106052 },
        { name = "lua-http by hand", ratio = 3.65676, value = 391534 },
      },
      title = "Instructions of client:send, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.1036, most = 1.17, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 164230 },
        { name = "lua-sms", ratio = 1.1036, value = 181244 },
        { name = "Lua-cURLv3 by hand", ratio = 1.06824, value = 175437 },
      },
      title = "Instructions of campaigns:create, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.07492, most = 1.17, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 134647 }, { name = "lua-sms", ratio = 1.07492, value = 144734 } },
      title = "Instructions of campaigns:list, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.197, most = 1.2, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 157744 }, { name = "lua-sms", ratio = 1.197, value = 188819 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.21854, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 145154 },
        { name = "lua-sms", ratio = 1.21854, value = 176876 },
        { name = "Lua-cURLv3 by hand", ratio = 0.993186, value = 144165 },
      },
      title = "Instructions of client:send, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.28149, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 41.6813 },
        { name = "lua-sms", ratio = 1.28149, value = 52.178 },
        { name = "Lua-cURLv3", ratio = 1.42055, value = 60.304 },
        { name = "lua-http", ratio = 3.03382, value = 122.933 },
        { name = "pycurl", ratio = 1.20341, value = 49.8889 },
        { name = "undici", ratio = 23.1527, value = 980.68 },
        { name = "fetch", ratio = 46.8803, value = 1911.63 },
        { name = "aiohttp", ratio = 7.2594, value = 301.767 },
        { name = "requests", ratio = 13.0794, value = 532.547 },
        { name = "httpx", ratio = 22.1502, value = 914.708 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/1.1",
      unit = "us",
    },
    {
      goals = { { measured = 1.17114, most = 1.25, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 73.6952 },
        { name = "lua-sms", ratio = 1.17114, value = 87.2707 },
        { name = "Lua-cURLv3", ratio = 1.31595, value = 101.667 },
        { name = "pycurl", ratio = 1.72451, value = 118.994 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/2",
      unit = "us",
    },
    {
      goals = { { measured = 1.01142, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.562252 },
        { name = "lua-sms", ratio = 1.01142, value = 0.56562 },
        { name = "undici", ratio = 1.22242, value = 0.659626 },
        { name = "fetch", ratio = 1.72998, value = 0.967996 },
        { name = "aiohttp", ratio = 1.00899, value = 0.56519 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/1.1: time",
      unit = "s",
    },
    {
      goals = { { measured = 1.00867, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.592046 },
        { name = "lua-sms", ratio = 1.00867, value = 0.588379 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/2: time",
      unit = "s",
    },
    {
      goals = {
        { measured = 1.27399, most = 1.3, reached = true, row = "lua-sms" },
        { least = 10, measured = 16.5022, over = "lua-sms", reached = true, row = "Lua-cURLv3" },
        { least = 10, measured = 15.3133, over = "lua-sms", reached = true, row = "requests" },
      },
      rows = {
        { name = "C", ratio = 1, value = 0.0989434 },
        { name = "lua-sms", ratio = 1.27399, value = 0.119864 },
        { name = "Lua-cURLv3", ratio = 19.9836, value = 1.97802 },
        { name = "requests", ratio = 18.5512, value = 1.83552 },
      },
      title = "64 new TLS connections with the system's CA bundle: CPU",
      unit = "s",
    },
    {
      goals = { { measured = 1.10119, most = 1.79, reached = true, row = "require \"sms\"" } },
      rows = {
        { name = "lua5.4 alone", ratio = 1, value = 3.71843 },
        { name = "require \"sms\"", ratio = 1.10119, value = 4.12655 },
        { name = "and a client made", ratio = 10.6798, value = 39.8899 },
        { name = "require \"cURL\"", ratio = 7.31926, value = 27.7023 },
      },
      title = "Start of a process",
      unit = "ms",
    },
    {
      goals = { { measured = 1.0168, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.18531 },
        { name = "lua-sms", ratio = 1.0168, value = 0.191726 },
      },
      title = "200 MB upload: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.3984, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.99609, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.4023 },
        { name = "lua-sms", value = 14.3984 },
        { name = "more than C", value = 2.99609 },
      },
      title = "200 MB upload: peak memory",
      unit = "MiB",
    },
    {
      goals = { { measured = 0.936554, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.358598 },
        { name = "lua-sms", ratio = 0.936554, value = 0.335949 },
      },
      title = "200 MB download: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.293, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.89453, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.3984 },
        { name = "lua-sms", value = 14.293 },
        { name = "more than C", value = 2.89453 },
      },
      title = "200 MB download: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        {
          measured = 0.0078125,
          most = 0.5,
          plain = true,
          reached = true,
          row = "grown by requests 1,001 to 10,000",
        },
        {
          measured = 11.0898,
          most = 32,
          plain = true,
          reached = true,
          row = "peak with 1,000,000 rows of parallel",
        },
      },
      rows = {
        { name = "grown by requests 1,001 to 10,000", value = 0.0078125 },
        { name = "peak with 1,000,000 rows of parallel", value = 11.0898 },
      },
      title = "Memory kept",
      unit = "MiB",
    },
    {
      goals = { { least = 40000, measured = 58435.1, plain = true, reached = true, row = "client:webhook" } },
      rows = {
        { name = "lua-cjson alone", ratio = 1, value = 119716 },
        { name = "client:webhook", ratio = 0.488114, value = 58435.1 },
      },
      title = "Webhooks: batches of 3 reports, 1,453 bytes",
      unit = "/s",
    },
    {
      goals = {
        { measured = 0.822955, most = 1.5, reached = true, row = "sms.text.count" },
        { measured = 1.65443, most = 2.5, reached = true, row = "sms.text.analyse" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 2.21727e-07 },
        { name = "sms.text.count", ratio = 0.822955, value = 1.80593e-07 },
        { name = "sms.text.analyse", ratio = 1.65443, value = 3.6504e-07 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: CPU of one",
      unit = "s",
    },
    {
      goals = {
        {
          least = 500,
          measured = 2304.05,
          over = "sms-segments-calculator",
          reached = true,
          row = "sms.text.count",
        },
        { least = 15, measured = 91.9431, over = "split-sms", reached = true, row = "sms.text.count" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 4.5001e+06 },
        { name = "sms.text.count", ratio = 1.2274, value = 5.52344e+06 },
        { name = "sms.text.analyse", ratio = 0.595172, value = 2.67833e+06 },
        { name = "sms-segments-calculator", ratio = 0.000532716, value = 2397.28 },
        { name = "split-sms", ratio = 0.0133496, value = 60074.5 },
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
    seconds = 348,
    ["sms-segments-calculator"] = "1.3.0",
    ["split-sms"] = "0.1.7",
    undici = "6.29.1",
    valgrind = "valgrind-3.19.0",
  },
}
