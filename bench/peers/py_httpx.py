# SPDX-License-Identifier: MIT
"""The same work on Python's httpx: py_httpx.py JOB URL CA HTTP COUNT."""
import sys

import httpx

from work import KEY, body_of, measured, path_of, read_answer

job, base_url, ca_file, http, count = sys.argv[1:6]
url = base_url + path_of(job)
headers = {} if job == "send" else {"apikey": KEY}
client = httpx.Client(verify=ca_file, http2=http == "2", trust_env=False, headers=headers)


def call(number):
    body = body_of(job, number)
    response = client.get(url) if body is None else client.post(url, json=body)
    return read_answer(response.status_code, response.json())


measured(call, int(count))
