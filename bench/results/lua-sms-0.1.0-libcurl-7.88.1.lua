-- SPDX-License-Identifier: MIT
-- Figures of one `make bench`; ratios are to the first row of their section.

return {
  sections = {
    {
      goals = { { measured = 1.18204, most = 1.2, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 125722 },
        { name = "lua-sms", ratio = 1.18204, value = 148608 },
        { name = "Lua-cURLv3 by hand", ratio = 1.08276, value = 136127 },
        { name = "lua-http by hand", ratio = 3.45805, value = 434751 },
      },
      title = "Instructions of campaigns:create, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.16025, most = 1.2, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 114816 }, { name = "lua-sms", ratio = 1.16025, value = 133215 } },
      title = "Instructions of campaigns:list, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.29452, most = 1.25, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 127611 }, { name = "lua-sms", ratio = 1.29452, value = 165195 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.33378, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 107012 },
        { name = "lua-sms", ratio = 1.33378, value = 142730 },
        { name = "Lua-cURLv3 by hand", ratio = 0.98967, value = 105906 },
        { name = "lua-http by hand", ratio = 3.68556, value = 394398 },
      },
      title = "Instructions of client:send, HTTP/1.1",
      unit = "",
    },
    {
      goals = { { measured = 1.13293, most = 1.17, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 165954 },
        { name = "lua-sms", ratio = 1.13293, value = 188014 },
        { name = "Lua-cURLv3 by hand", ratio = 1.05089, value = 174399 },
      },
      title = "Instructions of campaigns:create, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.14892, most = 1.17, reached = true, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 134723 }, { name = "lua-sms", ratio = 1.14892, value = 154786 } },
      title = "Instructions of campaigns:list, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.24394, most = 1.2, reached = false, row = "lua-sms" } },
      rows = { { name = "C", ratio = 1, value = 157715 }, { name = "lua-sms", ratio = 1.24394, value = 196188 } },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.25313, most = 1.35, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 145094 },
        { name = "lua-sms", ratio = 1.25313, value = 181822 },
        { name = "Lua-cURLv3 by hand", ratio = 0.991299, value = 143831 },
      },
      title = "Instructions of client:send, HTTP/2",
      unit = "",
    },
    {
      goals = { { measured = 1.28363, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 42.5278 },
        { name = "lua-sms", ratio = 1.28363, value = 65.8753 },
        { name = "Lua-cURLv3", ratio = 1.36665, value = 60.8 },
        { name = "lua-http", ratio = 2.82858, value = 115.89 },
        { name = "pycurl", ratio = 1.44571, value = 67.7612 },
        { name = "undici", ratio = 22.7904, value = 1013.9 },
        { name = "fetch", ratio = 44.7742, value = 1985.3 },
        { name = "aiohttp", ratio = 9.16437, value = 398.741 },
        { name = "requests", ratio = 15.9233, value = 741.142 },
        { name = "httpx", ratio = 24.6335, value = 978.069 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/1.1",
      unit = "us",
    },
    {
      goals = { { measured = 1.25799, most = 1.25, reached = false, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 77.9397 },
        { name = "lua-sms", ratio = 1.25799, value = 97.0007 },
        { name = "Lua-cURLv3", ratio = 1.13161, value = 88.197 },
        { name = "pycurl", ratio = 1.26415, value = 116.312 },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/2",
      unit = "us",
    },
    {
      goals = { { measured = 1.01052, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.555241 },
        { name = "lua-sms", ratio = 1.01052, value = 0.559776 },
        { name = "undici", ratio = 1.17726, value = 0.659621 },
        { name = "fetch", ratio = 1.68441, value = 0.929711 },
        { name = "aiohttp", ratio = 1.00365, value = 0.553006 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/1.1: time",
      unit = "s",
    },
    {
      goals = { { measured = 1.02849, most = 1.1, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.580342 },
        { name = "lua-sms", ratio = 1.02849, value = 0.596877 },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/2: time",
      unit = "s",
    },
    {
      goals = {
        { measured = 1.05314, most = 1.3, reached = true, row = "lua-sms" },
        { least = 10, measured = 23.4059, over = "lua-sms", reached = true, row = "Lua-cURLv3" },
        { least = 10, measured = 25.0905, over = "lua-sms", reached = true, row = "requests" },
      },
      rows = {
        { name = "C", ratio = 1, value = 0.0949003 },
        { name = "lua-sms", ratio = 1.05314, value = 0.101797 },
        { name = "Lua-cURLv3", ratio = 17.1125, value = 2.38265 },
        { name = "requests", ratio = 18.8113, value = 2.55414 },
      },
      title = "64 new TLS connections with the system's CA bundle: CPU",
      unit = "s",
    },
    {
      goals = { { measured = 1.07878, most = 1.79, reached = true, row = "require \"sms\"" } },
      rows = {
        { name = "lua5.4 alone", ratio = 1, value = 5.5738 },
        { name = "require \"sms\"", ratio = 1.07878, value = 5.94473 },
        { name = "and a client made", ratio = 9.72491, value = 54.513 },
        { name = "require \"cURL\"", ratio = 6.56698, value = 37.3651 },
      },
      title = "Start of a process",
      unit = "ms",
    },
    {
      goals = { { measured = 1.02022, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.271962 },
        { name = "lua-sms", ratio = 1.02022, value = 0.276618 },
      },
      title = "200 MB upload: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.3594, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 2.87109, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.4883 },
        { name = "lua-sms", value = 14.3594 },
        { name = "more than C", value = 2.87109 },
      },
      title = "200 MB upload: peak memory",
      unit = "MiB",
    },
    {
      goals = { { measured = 0.936184, most = 1.15, reached = true, row = "lua-sms" } },
      rows = {
        { name = "C", ratio = 1, value = 0.424782 },
        { name = "lua-sms", ratio = 0.936184, value = 0.373769 },
      },
      title = "200 MB download: CPU",
      unit = "s",
    },
    {
      goals = {
        { measured = 14.3867, most = 16, plain = true, reached = true, row = "lua-sms" },
        { measured = 3.00391, most = 4, plain = true, reached = true, row = "more than C" },
      },
      rows = {
        { name = "C", value = 11.3828 },
        { name = "lua-sms", value = 14.3867 },
        { name = "more than C", value = 3.00391 },
      },
      title = "200 MB download: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        {
          measured = 0.03125,
          most = 0.5,
          plain = true,
          reached = true,
          row = "grown by requests 1,001 to 10,000",
        },
        {
          measured = 11.1719,
          most = 32,
          plain = true,
          reached = true,
          row = "peak with 1,000,000 rows of parallel",
        },
      },
      rows = {
        { name = "grown by requests 1,001 to 10,000", value = 0.03125 },
        { name = "peak with 1,000,000 rows of parallel", value = 11.1719 },
      },
      title = "Memory kept",
      unit = "MiB",
    },
    {
      goals = { { least = 40000, measured = 52130.4, plain = true, reached = true, row = "client:webhook" } },
      rows = {
        { name = "lua-cjson alone", ratio = 1, value = 107417 },
        { name = "client:webhook", ratio = 0.485308, value = 52130.4 },
      },
      title = "Webhooks: batches of 3 reports, 1,453 bytes",
      unit = "/s",
    },
    {
      goals = {
        { measured = 0.860973, most = 1.5, reached = true, row = "sms.text.count" },
        { measured = 1.72258, most = 2.5, reached = true, row = "sms.text.analyse" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 2.28267e-07 },
        { name = "sms.text.count", ratio = 0.860973, value = 1.9729e-07 },
        { name = "sms.text.analyse", ratio = 1.72258, value = 3.9852e-07 },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: CPU of one",
      unit = "s",
    },
    {
      goals = {
        {
          least = 500,
          measured = 2220.63,
          over = "sms-segments-calculator",
          reached = true,
          row = "sms.text.count",
        },
        { least = 15, measured = 94.5058, over = "split-sms", reached = true, row = "sms.text.count" },
      },
      rows = {
        { name = "C, counting only", ratio = 1, value = 4.23674e+06 },
        { name = "sms.text.count", ratio = 1.17891, value = 4.99476e+06 },
        { name = "sms.text.analyse", ratio = 0.571152, value = 2.41982e+06 },
        { name = "sms-segments-calculator", ratio = 0.000530893, value = 2249.26 },
        { name = "split-sms", ratio = 0.0124745, value = 52851.3 },
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
    seconds = 396,
    ["sms-segments-calculator"] = "1.3.0",
    ["split-sms"] = "0.1.7",
    undici = "6.29.1",
    valgrind = "valgrind-3.19.0",
  },
}
