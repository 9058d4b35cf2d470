# SPDX-License-Identifier: MIT
"""The same work by hand on pycurl and json: py_pycurl.py JOB URL CA HTTP COUNT. One handle, set up once."""
import io
import json
import sys

import pycurl

from work import KEY, body_of, measured, path_of, read_answer

job, base_url, ca_file, http, count = sys.argv[1:6]
easy = pycurl.Curl()
easy.setopt(pycurl.URL, base_url + path_of(job))
easy.setopt(pycurl.CAINFO, ca_file)
easy.setopt(pycurl.TIMEOUT, 30)
easy.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS if http == "2" else pycurl.CURL_HTTP_VERSION_1_1)
headers = [] if job == "send" else ["apikey: " + KEY]
if job in ("create", "send"):
    headers.append("Content-Type: application/json")
easy.setopt(pycurl.HTTPHEADER, headers)


def call(number):
    body, buffer = body_of(job, number), io.BytesIO()
    if body is not None:
        easy.setopt(pycurl.POSTFIELDS, json.dumps(body))
    easy.setopt(pycurl.WRITEDATA, buffer)
    easy.perform()
    return read_answer(easy.getinfo(pycurl.RESPONSE_CODE), json.loads(buffer.getvalue()))


measured(call, int(count))
