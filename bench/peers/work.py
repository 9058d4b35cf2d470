# SPDX-License-Identifier: MIT
"""What the Python peers share: the bodies they send, how they read a response, how they are measured."""
import time

KEY = "sandbox-key-of-the-bench"
WARM = 10


def path_of(job):
    if job == "send":
        return "/sms"
    return "/wait/api/3/campaign" if job == "wait" else "/api/3/campaign"


def body_of(job, number):
    if job == "send":
        return {"api_key": KEY, "from": "sender", "to": "26058766%d" % (10 + number % 90),
                "text": "Your table is ready, number %d" % number}
    if job == "create":
        return {"name": "spring %d" % number, "start_date": "2020-07-31T14:25:49.614Z"}
    return None


def read_answer(status, value):
    if status != 200:
        return None
    if "message_id" in value:
        return len(value["message_id"])
    result = value["result"]
    campaign = result[0] if isinstance(result, list) else result
    return campaign["id"] + len(campaign["name"])


def report(cpu, wall, errors):
    print("cpu", cpu)
    print("wall", wall)
    print("errors", errors)


def measured(call, count, warm=True):
    for number in range(WARM if warm else 0):
        call(number)
    errors = 0
    cpu, wall = time.process_time(), time.monotonic()
    for number in range(count):
        if call(number) is None:
            errors += 1
    report(time.process_time() - cpu, time.monotonic() - wall, errors)
