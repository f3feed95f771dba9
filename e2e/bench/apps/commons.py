"""Cache and locks from within a worker: each path times its calls one by one and answers with microseconds."""

import json
import time

import uwsgi

SMALL = b"x" * 100
LARGE = b"x" * 1000000


def get_small():
    return uwsgi.cache_get("small")


def update_small():
    return uwsgi.cache_update("small", SMALL)


def get_large():
    return uwsgi.cache_get("large")


def lock_unlock():
    uwsgi.lock()
    uwsgi.unlock()


CALLS = {"/get": get_small, "/update": update_small, "/get-1mb": get_large, "/lock": lock_unlock}


def application(environ, start_response):
    call = CALLS.get(environ["PATH_INFO"])
    start_response("200 OK", [("Content-Type", "application/json")])
    if call is None:
        return [b"{}"]
    uwsgi.cache_update("small", SMALL)
    uwsgi.cache_update("large", LARGE)
    times = []
    end = time.perf_counter_ns() + int(float(environ["QUERY_STRING"]) * 1e9)
    now = time.perf_counter_ns()
    while now < end:
        call()
        after = time.perf_counter_ns()
        times.append(after - now)
        now = after
    times.sort()
    half, most = times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000
    return [json.dumps({"count": len(times), "medianMicros": half, "p99Micros": most}).encode()]
