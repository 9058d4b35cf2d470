-- SPDX-License-Identifier: MIT
-- Figures of one `make bench`; ratios are to the first row of their section.

return {
  sections = {
    {
      goals = { { measured = 1.18872, most = 1.2, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 125531 },
        { name = "lua-sms", ratio = 1.18872, value = 149221 },
        { name = "Lua-cURLv3 by hand", ratio = 1.0845, value = 136138 },
        { name = "lua-http by hand", ratio = 3.48858, value = 437924 },
      },
      title = "Instructions of campaigns:create, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.17054, most = 1.2, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 115097 }, { name = "lua-sms", ratio = 1.17054, value = 134727 } },
      title = "Instructions of campaigns:list, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.29897, most = 1.25, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 126985 }, { name = "lua-sms", ratio = 1.29897, value = 164949 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.3365, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 107193 },
        { name = "lua-sms", ratio = 1.3365, value = 143264 },
        { name = "Lua-cURLv3 by hand", ratio = 0.995355, value = 106695 },
        { name = "lua-http by hand", ratio = 3.67336, value = 393757 },
      },
      title = "Instructions of client:send, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.14425, most = 1.17, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 165880 },
        { name = "lua-sms", ratio = 1.14425, value = 189808 },
        { name = "Lua-cURLv3 by hand", ratio = 1.05707, value = 175348 },
      },
      title = "Instructions of campaigns:create, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.15455, most = 1.17, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 134763 }, { name = "lua-sms", ratio = 1.15455, value = 155591 } },
      title = "Instructions of campaigns:list, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.24538, most = 1.2, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 157772 }, { name = "lua-sms", ratio = 1.24538, value = 196487 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.25902, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 145149 },
        { name = "lua-sms", ratio = 1.25902, value = 182746 },
        { name = "Lua-cURLv3 by hand", ratio = 0.992905, value = 144119 },
      },
      title = "Instructions of client:send, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.29067, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 42.7044 },
        { name = "lua-sms", ratio = 1.29067, value = 53.8187 },
        { name = "Lua-cURLv3", ratio = 1.34629, value = 57.156 },
        { name = "lua-http", ratio = 2.76782, value = 116.597 },
        { name = "pycurl", ratio = 1.15226, value = 49.5393 },
        { name = "undici", ratio = 24.0217, value = 977.757 },
        { name = "fetch", ratio = 44.2966, value = 1898.9 },
        { name = "aiohttp", ratio = 7.36339, value = 313.485 },
        { name = "requests", ratio = 12.52, value = 540.916 },
        { name = "httpx", ratio = 21.6885, value = 937.677 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/1.1",
      unit = "us",
    },
    {
      goals = { { measured = 1.17561, most = 1.25, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 57.7475 },
        { name = "lua-sms", ratio = 1.17561, value = 68.7547 },
        { name = "Lua-cURLv3", ratio = 1.27568, value = 74.805 },
        { name = "pycurl", ratio = 1.17131, value = 67.8336 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/2",
      unit = "us",
    },
    {
      goals = { { measured = 1.0326, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.545179 },
        { name = "lua-sms", ratio = 1.0326, value = 0.559593 },
        { name = "undici", ratio = 1.20355, value = 0.652234 },
        { name = "fetch", ratio = 1.70488, value = 0.918956 },
        { name = "aiohttp", ratio = 1.02455, value = 0.557181 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/1.1: time",
      unit = "s",
    },
    {
      goals = { { measured = 1.00993, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.583999 },
        { name = "lua-sms", ratio = 1.00993, value = 0.595984 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/2: time",
      unit = "s",
    },
    {
      goals = {
        { measured = 1.17285, most = 1.3, reached = true, row = "lua-sms" },
        { least = 10, measured = 13.3285, over = "lua-sms", reached = true, row = "Lua-cURLv3" },
        { least = 10, measured = 14.7101, over = "lua-sms", reached = true, row = "requests" },
      },
      rows = {
        { name = "C", ratio = 1, value = 0.0986799 },
        { name = "lua-sms", ratio = 1.17285, value = 0.114357 },
        { name = "Lua-cURLv3", ratio = 15.1068, value = 1.52421 },
        { name = "requests", ratio = 17.047, value = 1.6822 },
      },
      title = "64 new TLS connections with the system's CA bundle: CPU",
      unit = "s",
    },
    {
      goals = { { measured = 1.11889, most = 1.79, reached = true, row = "require \"sms\"" } },
      rows = {
        { name = "lua5.4 alone", ratio = 1, value = 3.77525 },
        { name = "require \"sms\"", ratio = 1.11889, value = 4.21696 },
        { name = "and a client made", ratio = 10.4833, value = 39.9076 },
        { name = "require \"cURL\"", ratio = 6.97816, value = 27.1253 },
      },
      title = "Start of a process",
      unit = "ms",
    },
    {
      goals = { { measured = 1.00185, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.198438 },
        { name = "lua-sms", ratio = 1.00185, value = 0.202233 },
      },
      title = "200 MB upload: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.2812, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.74219, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.5391 },
        { name = "lua-sms", value = 14.2812 },
        { name = "more than C", value = 2.74219 },
      },
      title = "200 MB upload: peak memory",
      unit = "MiB",
    },
    {
      goals = { { measured = 0.908777, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.413459 },
        { name = "lua-sms", ratio = 0.908777, value = 0.367938 },
      },
      title = "200 MB download: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.2969, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.96875, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.3281 },
        { name = "lua-sms", value = 14.2969 },
        { name = "more than C", value = 2.96875 },
      },
      title = "200 MB download: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        {
          measured = 0.0273438,
          most = 0.5,
          plain = true,
          reached = true,
          row = "grown by requests 1,001 to 10,000",
        },
        {
          measured = 11.1836,
          most = 32,
          plain = true,
          reached = true,
          row = "peak with 1,000,000 rows of parallel",
        },
      },
      rows = {
        { name = "grown by requests 1,001 to 10,000", value = 0.0273438 },
        { name = "peak with 1,000,000 rows of parallel", value = 11.1836 },
      },
      title = "Memory kept",
      unit = "MiB",
    },
    {
      goals = { { least = 40000, measured = 49829.3, plain = true, reached = true, row = "client:webhook" } },
      rows = {
        { name = "lua-cjson alone", ratio = 1, value = 109739 },
        { name = "client:webhook", ratio = 0.454072, value = 49829.3 },
      },
      title = "Webhooks: batches of 3 reports, 1,453 bytes",
      unit = "/s",
    },
    {
      goals = {
        { measured = 0.853807, most = 1.5, reached = true, row = "sms.text.count" },
        { measured = 1.72407, most = 2.5, reached = true, row = "sms.text.analyse" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 2.22366e-07 },
        { name = "sms.text.count", ratio = 0.853807, value = 1.90523e-07 },
        { name = "sms.text.analyse", ratio = 1.72407, value = 3.79043e-07 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: CPU of one",
      unit = "s",
    },
    {
      goals = {
        {
          least = 500,
          measured = 2479.48,
          over = "sms-segments-calculator",
          reached = true,
          row = "sms.text.count",
        },
        { least = 15, measured = 85.1503, over = "split-sms", reached = true, row = "sms.text.count" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 4.45548e+06 },
        { name = "sms.text.count", ratio = 1.19011, value = 5.30251e+06 },
        { name = "sms.text.analyse", ratio = 0.609661, value = 2.71633e+06 },
        { name = "sms-segments-calculator", ratio = 0.000479984, value = 2138.56 },
        { name = "split-sms", ratio = 0.0139766, value = 62272.3 },
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
    seconds = 299,
    ["sms-segments-calculator"] = "1.3.0",
    ["split-sms"] = "0.1.7",
    undici = "6.29.1",
    valgrind = "valgrind-3.19.0",
  },
}
