-- SPDX-License-Identifier: MIT
-- Figures of one `make bench`; ratios are to the first row of their section.

return {
  sections = {
    {
      goals = { { measured = 1.13075, most = 1.2, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 125487 },
        { name = "lua-sms", ratio = 1.13075, value = 141895 },
        { name = "Lua-cURLv3 by hand", ratio = 1.08599, value = 136278 },
        { name = "lua-http by hand", ratio = 3.46412, value = 434704 },
      },
      title = "Instructions of campaigns:create, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.10551, most = 1.2, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 115122 }, { name = "lua-sms", ratio = 1.10551, value = 127268 } },
      title = "Instructions of campaigns:list, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.23301, most = 1.25, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 127275 }, { name = "lua-sms", ratio = 1.23301, value = 156931 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.30983, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 107234 },
        { name = "lua-sms", ratio = 1.30983, value = 140458 },
        { name = "Lua-cURLv3 by hand", ratio = 0.995903, value = 106794 },
        { name = "lua-http by hand", ratio = 3.71331, value = 398192 },
      },
      title = "Instructions of client:send, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.09309, most = 1.17, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 165895 },
        { name = "lua-sms", ratio = 1.09309, value = 181339 },
        { name = "Lua-cURLv3 by hand", ratio = 1.05152, value = 174442 },
      },
      title = "Instructions of campaigns:create, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.07873, most = 1.17, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 134360 }, { name = "lua-sms", ratio = 1.07873, value = 144938 } },
      title = "Instructions of campaigns:list, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.19454, most = 1.2, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 157618 }, { name = "lua-sms", ratio = 1.19454, value = 188281 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.2331, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 145038 },
        { name = "lua-sms", ratio = 1.2331, value = 178846 },
        { name = "Lua-cURLv3 by hand", ratio = 0.995081, value = 144325 },
      },
      title = "Instructions of client:send, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.15309, most = 1.25, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 43.1678 },
        { name = "lua-sms", ratio = 1.15309, value = 49.3648 },
        { name = "Lua-cURLv3", ratio = 1.36342, value = 58.614 },
        { name = "lua-http", ratio = 2.77629, value = 113.123 },
        { name = "pycurl", ratio = 1.1833, value = 51.8186 },
        { name = "undici", ratio = 23.4939, value = 997.673 },
        { name = "fetch", ratio = 46.0762, value = 1957.91 },
        { name = "aiohttp", ratio = 7.48118, value = 314.003 },
        { name = "requests", ratio = 12.7814, value = 533.144 },
        { name = "httpx", ratio = 21.6282, value = 934.35 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/1.1",
      unit = "us",
    },
    {
      goals = { { measured = 1.13331, most = 1.25, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 63.6044 },
        { name = "lua-sms", ratio = 1.13331, value = 72.6386 },
        { name = "Lua-cURLv3", ratio = 1.24573, value = 79.341 },
        { name = "pycurl", ratio = 1.12584, value = 71.8267 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/2",
      unit = "us",
    },
    {
      goals = { { measured = 1.01328, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.54596 },
        { name = "lua-sms", ratio = 1.01328, value = 0.55546 },
        { name = "undici", ratio = 1.14471, value = 0.641226 },
        { name = "fetch", ratio = 1.64242, value = 0.912622 },
        { name = "aiohttp", ratio = 1.02974, value = 0.560383 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/1.1: time",
      unit = "s",
    },
    {
      goals = { { measured = 0.998998, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.587124 },
        { name = "lua-sms", ratio = 0.998998, value = 0.586536 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/2: time",
      unit = "s",
    },
    {
      goals = {
        { measured = 1.01568, most = 1.3, reached = true, row = "lua-sms" },
        { least = 10, measured = 14.7841, over = "lua-sms", reached = true, row = "Lua-cURLv3" },
        { least = 10, measured = 15.7631, over = "lua-sms", reached = true, row = "requests" },
      },
      rows = {
        { name = "C", ratio = 1, value = 0.139683 },
        { name = "lua-sms", ratio = 1.01568, value = 0.096868 },
        { name = "Lua-cURLv3", ratio = 15.1301, value = 1.43211 },
        { name = "requests", ratio = 15.4354, value = 1.52694 },
      },
      title = "64 new TLS connections with the system's CA bundle: CPU",
      unit = "s",
    },
    {
      goals = { { measured = 1.13546, most = 1.79, reached = true, row = "require \"sms\"" } },
      rows = {
        { name = "lua5.4 alone", ratio = 1, value = 4.8205 },
        { name = "require \"sms\"", ratio = 1.13546, value = 5.47346 },
        { name = "and a client made", ratio = 10.8838, value = 47.0293 },
        { name = "require \"cURL\"", ratio = 7.26677, value = 31.239 },
      },
      title = "Start of a process",
      unit = "ms",
    },
    {
      goals = { { measured = 1.11095, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.181134 },
        { name = "lua-sms", ratio = 1.11095, value = 0.194825 },
      },
      title = "200 MB upload: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.3867, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.91797, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.4688 },
        { name = "lua-sms", value = 14.3867 },
        { name = "more than C", value = 2.91797 },
      },
      title = "200 MB upload: peak memory",
      unit = "MiB",
    },
    {
      goals = { { measured = 0.94885, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.384173 },
        { name = "lua-sms", ratio = 0.94885, value = 0.370152 },
      },
      title = "200 MB download: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.3008, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.96875, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.332 },
        { name = "lua-sms", value = 14.3008 },
        { name = "more than C", value = 2.96875 },
      },
      title = "200 MB download: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        {
          measured = 0.0117188,
          most = 0.5,
          plain = true,
          reached = true,
          row = "grown by requests 1,001 to 10,000",
        },
        {
          measured = 11.0039,
          most = 32,
          plain = true,
          reached = true,
          row = "peak with 1,000,000 rows of parallel",
        },
      },
      rows = {
        { name = "grown by requests 1,001 to 10,000", value = 0.0117188 },
        { name = "peak with 1,000,000 rows of parallel", value = 11.0039 },
      },
      title = "Memory kept",
      unit = "MiB",
    },
    {
      goals = { { least = 40000, measured = 57893.8, plain = true, reached = true, row = "client:webhook" } },
      rows = {
        { name = "lua-cjson alone", ratio = 1, value = 117870 },
        { name = "client:webhook", ratio = 0.491165, value = 57893.8 },
      },
      title = "Webhooks: batches of 3 reports, 1,453 bytes",
      unit = "/s",
    },
    {
      goals = {
        { measured = 0.842719, most = 1.5, reached = true, row = "sms.text.count" },
        { measured = 1.72874, most = 2.5, reached = true, row = "sms.text.analyse" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 2.24976e-07 },
        { name = "sms.text.count", ratio = 0.842719, value = 1.9199e-07 },
        { name = "sms.text.analyse", ratio = 1.72874, value = 3.9128e-07 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: CPU of one",
      unit = "s",
    },
    {
      goals = {
        {
          least = 500,
          measured = 2261.19,
          over = "sms-segments-calculator",
          reached = true,
          row = "sms.text.count",
        },
        { least = 15, measured = 83.6131, over = "split-sms", reached = true, row = "sms.text.count" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 4.67274e+06 },
        { name = "sms.text.count", ratio = 1.06701, value = 4.98587e+06 },
        { name = "sms.text.analyse", ratio = 0.56983, value = 2.66267e+06 },
        { name = "sms-segments-calculator", ratio = 0.00047188, value = 2204.97 },
        { name = "split-sms", ratio = 0.0127613, value = 59630.3 },
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
    seconds = 329,
    ["sms-segments-calculator"] = "1.3.0",
    ["split-sms"] = "0.1.7",
    undici = "6.29.1",
    valgrind = "valgrind-3.19.0",
  },
}
