-- SPDX-License-Identifier: MIT
-- Figures of one `make bench`; ratios are to the first row of their section.

return {
  sections = {
    {
      goals = {
        {
          measured = 1.75916,
          most = 1.2,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 124451,
        },
        {
          name = "lua-sms",
          ratio = 1.75916,
          value = 218930,
        },
        {
          name = "Lua-cURLv3 by hand",
          ratio = 1.08595,
          value = 135148,
        },
      },
      title = "Instructions of campaigns:create, HTTP/1.1",
      unit = "",
    },
    {
      goals = {
        {
          measured = 1.78156,
          most = 1.2,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 113337,
        },
        {
          name = "lua-sms",
          ratio = 1.78156,
          value = 201917,
        },
      },
      title = "Instructions of campaigns:list, HTTP/1.1",
      unit = "",
    },
    {
      goals = {
        {
          measured = 2.11745,
          most = 1.25,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 125151,
        },
        {
          name = "lua-sms",
          ratio = 2.11745,
          value = 265001,
        },
      },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/1.1",
      unit = "",
    },
    {
      goals = {
        {
          measured = 2.73575,
          most = 1.35,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 106255,
        },
        {
          name = "lua-sms",
          ratio = 2.73575,
          value = 290688,
        },
        {
          name = "Lua-cURLv3 by hand",
          ratio = 1.00093,
          value = 106354,
        },
      },
      title = "Instructions of client:send, HTTP/1.1",
      unit = "",
    },
    {
      goals = {
        {
          measured = 1.58634,
          most = 1.17,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 164365,
        },
        {
          name = "lua-sms",
          ratio = 1.58634,
          value = 260739,
        },
        {
          name = "Lua-cURLv3 by hand",
          ratio = 1.05217,
          value = 172940,
        },
      },
      title = "Instructions of campaigns:create, HTTP/2",
      unit = "",
    },
    {
      goals = {
        {
          measured = 1.64984,
          most = 1.17,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 134696,
        },
        {
          name = "lua-sms",
          ratio = 1.64984,
          value = 222226,
        },
      },
      title = "Instructions of campaigns:list, HTTP/2",
      unit = "",
    },
    {
      goals = {
        {
          measured = 1.80867,
          most = 1.2,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 159996,
        },
        {
          name = "lua-sms",
          ratio = 1.80867,
          value = 289378,
        },
      },
      title = "Instructions of campaigns:create, 64 in flight, HTTP/2",
      unit = "",
    },
    {
      goals = {
        {
          measured = 2.29968,
          most = 1.35,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 142608,
        },
        {
          name = "lua-sms",
          ratio = 2.29968,
          value = 327952,
        },
        {
          name = "Lua-cURLv3 by hand",
          ratio = 1.00249,
          value = 142963,
        },
      },
      title = "Instructions of client:send, HTTP/2",
      unit = "",
    },
    {
      goals = {
        {
          measured = 1.8413,
          most = 1.25,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 33.429,
        },
        {
          name = "lua-sms",
          ratio = 1.8413,
          value = 63.554,
        },
        {
          name = "Lua-cURLv3",
          ratio = 1.43143,
          value = 49.848,
        },
        {
          name = "pycurl",
          ratio = 1.27178,
          value = 44.1761,
        },
        {
          name = "undici",
          ratio = 20.6332,
          value = 783.71,
        },
        {
          name = "fetch",
          ratio = 56.8475,
          value = 1916.08,
        },
        {
          name = "aiohttp",
          ratio = 8.46004,
          value = 282.317,
        },
        {
          name = "requests",
          ratio = 19.7925,
          value = 635.784,
        },
        {
          name = "httpx",
          ratio = 32.9412,
          value = 1048.05,
        },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/1.1",
      unit = "us",
    },
    {
      goals = {
        {
          measured = 1.67905,
          most = 1.25,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 55.1363,
        },
        {
          name = "lua-sms",
          ratio = 1.67905,
          value = 93.0167,
        },
        {
          name = "Lua-cURLv3",
          ratio = 1.36366,
          value = 74.614,
        },
        {
          name = "pycurl",
          ratio = 1.27212,
          value = 69.8859,
        },
      },
      title = "CPU of campaigns:create, one after the other, HTTP/2",
      unit = "us",
    },
    {
      goals = {
        {
          measured = 2.26789,
          most = 1.1,
          reached = false,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 0.629685,
        },
        {
          name = "lua-sms",
          ratio = 2.26789,
          value = 1.42806,
        },
        {
          name = "undici",
          ratio = 1.63297,
          value = 1.02826,
        },
        {
          name = "fetch",
          ratio = 3.45797,
          value = 2.23963,
        },
        {
          name = "aiohttp",
          ratio = 1.18522,
          value = 0.792816,
        },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/1.1: time",
      unit = "s",
    },
    {
      goals = {
        {
          measured = 1.06318,
          most = 1.1,
          reached = true,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 0.578799,
        },
        {
          name = "lua-sms",
          ratio = 1.06318,
          value = 0.604416,
        },
      },
      title = "1,000 requests, 100 in flight, the server waits 50 ms, HTTP/2: time",
      unit = "s",
    },
    {
      goals = {
        {
          measured = 1.29209,
          most = 1.3,
          reached = true,
          row = "lua-sms",
        },
        {
          least = 10,
          over = "lua-sms",
          row = "Lua-cURLv3",
        },
        {
          least = 10,
          over = "lua-sms",
          row = "requests",
        },
      },
      rows = {
        {
          name = "C",
          note = "320 errors",
          ratio = 1,
          value = 0.0284942,
        },
        {
          name = "lua-sms",
          note = "320 errors",
          ratio = 1.29209,
          value = 0.036385,
        },
        {
          name = "Lua-cURLv3",
          note = "5 errors",
        },
        {
          name = "requests",
          note = "5 errors",
        },
      },
      title = "64 new TLS connections with the system's CA bundle: CPU",
      unit = "s",
    },
    {
      goals = {
        {
          measured = 7.27403,
          most = 10,
          plain = true,
          reached = true,
          row = "require \"sms\"",
        },
      },
      rows = {
        {
          name = "lua5.4 alone",
          ratio = 1,
          value = 6.42568,
        },
        {
          name = "require \"sms\"",
          ratio = 1.09522,
          value = 7.27403,
        },
        {
          name = "and a client made",
          ratio = 7.43479,
          value = 47.7736,
        },
        {
          name = "require \"cURL\"",
          ratio = 7.13802,
          value = 46.5021,
        },
      },
      title = "Start of a process",
      unit = "ms",
    },
    {
      goals = {
        {
          measured = 1.03077,
          most = 1.15,
          reached = true,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 0.167907,
        },
        {
          name = "lua-sms",
          ratio = 1.03077,
          value = 0.183112,
        },
      },
      title = "200 MB upload: CPU",
      unit = "s",
    },
    {
      goals = {
        {
          measured = 14.2227,
          most = 16,
          plain = true,
          reached = true,
          row = "lua-sms",
        },
        {
          measured = 2.71484,
          most = 4,
          plain = true,
          reached = true,
          row = "more than C",
        },
      },
      rows = {
        {
          name = "C",
          value = 11.5078,
        },
        {
          name = "lua-sms",
          value = 14.2227,
        },
        {
          name = "more than C",
          value = 2.71484,
        },
      },
      title = "200 MB upload: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        {
          measured = 0.993627,
          most = 1.15,
          reached = true,
          row = "lua-sms",
        },
      },
      rows = {
        {
          name = "C",
          ratio = 1,
          value = 0.430896,
        },
        {
          name = "lua-sms",
          ratio = 0.993627,
          value = 0.42146,
        },
      },
      title = "200 MB download: CPU",
      unit = "s",
    },
    {
      goals = {
        {
          measured = 14.1445,
          most = 16,
          plain = true,
          reached = true,
          row = "lua-sms",
        },
        {
          measured = 2.75,
          most = 4,
          plain = true,
          reached = true,
          row = "more than C",
        },
      },
      rows = {
        {
          name = "C",
          value = 11.3945,
        },
        {
          name = "lua-sms",
          value = 14.1445,
        },
        {
          name = "more than C",
          value = 2.75,
        },
      },
      title = "200 MB download: peak memory",
      unit = "MiB",
    },
    {
      goals = {
        {
          measured = 0,
          most = 0.5,
          plain = true,
          reached = true,
          row = "grown by requests 1,001 to 10,000",
        },
        {
          measured = 11.8633,
          most = 32,
          plain = true,
          reached = true,
          row = "peak with 1,000,000 rows of parallel",
        },
      },
      rows = {
        {
          name = "grown by requests 1,001 to 10,000",
          value = 0,
        },
        {
          name = "peak with 1,000,000 rows of parallel",
          value = 11.8633,
        },
      },
      title = "Memory kept",
      unit = "MiB",
    },
    {
      goals = {
        {
          least = 40000,
          measured = 23438.7,
          plain = true,
          reached = false,
          row = "client:webhook",
        },
      },
      rows = {
        {
          name = "lua-cjson alone",
          ratio = 1,
          value = 68839.7,
        },
        {
          name = "client:webhook",
          ratio = 0.340483,
          value = 23438.7,
        },
      },
      title = "Webhooks: batches of 3 reports, 1,453 bytes",
      unit = "/s",
    },
    {
      goals = {
        {
          measured = 1.07443,
          most = 1.5,
          reached = true,
          row = "sms.text.count",
        },
        {
          measured = 3.0704,
          most = 2.5,
          reached = false,
          row = "sms.text.analyse",
        },
      },
      rows = {
        {
          name = "C, counting only",
          ratio = 1,
          value = 2.83444e-07,
        },
        {
          name = "sms.text.count",
          ratio = 1.07443,
          value = 3.10583e-07,
        },
        {
          name = "sms.text.analyse",
          ratio = 3.0704,
          value = 7.70287e-07,
        },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: CPU of one",
      unit = "s",
    },
    {
      goals = {
        {
          least = 500,
          measured = 4021.5,
          over = "sms-segments-calculator",
          reached = true,
          row = "sms.text.count",
        },
        {
          least = 15,
          measured = 225.319,
          over = "split-sms",
          reached = true,
          row = "sms.text.count",
        },
      },
      rows = {
        {
          name = "C, counting only",
          ratio = 1,
          value = 4.4221e+06,
        },
        {
          name = "sms.text.count",
          ratio = 1.0419,
          value = 4.60737e+06,
        },
        {
          name = "sms.text.analyse",
          ratio = 0.292937,
          value = 1.2954e+06,
        },
        {
          name = "sms-segments-calculator",
          ratio = 0.000259082,
          value = 1145.68,
        },
        {
          name = "split-sms",
          ratio = 0.0046241,
          value = 20448.2,
        },
      },
      title = "Mixed texts, 30 of 100 in UCS-2: a second",
      unit = "/s",
    },
  },
  skipped = {
    "lua-http: not installed",
  },
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
    openssl = "OpenSSL 3.0.19 27 Jan 2026 (Library: OpenSSL 3.0.19 27 Jan 2026)",
    processor = "x86_64",
    pycurl = "PycURL/7.45.2 libcurl/7.88.1 GnuTLS/3.7.9 zlib/1.2.13 brotli/1.0.9 zstd/1.5.4 libidn2/2.3.3 libpsl/0.21.2 (+libidn2/2.3.3) libssh2/1.10.0 nghttp2/1.52.0 librtmp/2.3 OpenLDAP/2.5.13",
    requests = "2.34.2",
    seconds = 596,
    ["sms-segments-calculator"] = "1.3.0",
    ["split-sms"] = "0.1.7",
    undici = "6.29.1",
    valgrind = "valgrind-3.19.0",
  },
}
