# SPDX-License-Identifier: MIT
"""The same work on Python's requests: py_requests.py JOB URL CA HTTP COUNT [FLIGHT]."""
import sys

import requests

from work import KEY, body_of, measured, path_of, read_answer

job, base_url, ca_file, _, count = sys.argv[1:6]
url = base_url + path_of(job)


def session():
    made = requests.Session()
    made.trust_env = False
    made.verify = ca_file
    if job != "send":
        made.headers["apikey"] = KEY
    return made


shared = session()


def call(number):
    used = session() if job == "connect" else shared
    response = used.get(url) if body_of(job, number) is None else used.post(url, json=body_of(job, number))
    if job == "connect":
        used.close()
    return read_answer(response.status_code, response.json())


measured(call, int(count), warm=job != "connect")
