"""The WSGI application of most rows: one path for each kind of work."""

import json
import os
import time

HELLO = b"Hello, world\n"
RECORD = {
    "items": [
        {"id": number, "name": "Item number %d" % number, "price": number * 1.5, "tags": ["new", "sale"]}
        for number in range(12)
    ]
}
STREAM_BLOCK = b"x" * 65536
STREAM_BLOCKS = 800  # 50 MiB


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/json":
        body = json.dumps(RECORD).encode()
        return answer(start_response, body, "application/json")
    if path == "/slow":
        time.sleep(1)
    elif path == "/stream":
        start_response("200 OK", [("Content-Length", str(len(STREAM_BLOCK) * STREAM_BLOCKS))])
        return (STREAM_BLOCK for _ in range(STREAM_BLOCKS))
    elif path == "/pid":
        return answer(start_response, str(os.getpid()).encode())
    return answer(start_response, HELLO)


def answer(start_response, body, kind="text/plain"):
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
