# SPDX-License-Identifier: MIT
"""The same work on Python's aiohttp, FLIGHT requests at once: py_aiohttp.py JOB URL CA HTTP COUNT [FLIGHT]. HTTP/1.1 only."""
import asyncio
import ssl
import sys
import time

import aiohttp

from work import KEY, WARM, body_of, path_of, read_answer, report

job, base_url, ca_file, _, count = sys.argv[1:6]
flight = int(sys.argv[6]) if len(sys.argv) > 6 else 1
url = base_url + path_of(job)
headers = {} if job == "send" else {"apikey": KEY}


async def call(session, number):
    body = body_of(job, number)
    async with session.request("GET" if body is None else "POST", url, json=body) as response:
        return read_answer(response.status, await response.json())


async def worker(session, numbers, errors):
    for number in numbers:
        if await call(session, number) is None:
            errors.append(number)


async def calls(session, total, errors):
    numbers = iter(range(total))
    await asyncio.gather(*(worker(session, numbers, errors) for _ in range(flight)))


async def main():
    context = ssl.create_default_context(cafile=ca_file)
    connector = aiohttp.TCPConnector(ssl=context, limit=flight)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        errors = []
        await calls(session, WARM + flight, errors)
        cpu, wall = time.process_time(), time.monotonic()
        await calls(session, int(count), errors)
        report(time.process_time() - cpu, time.monotonic() - wall, len(errors))


asyncio.run(main())
