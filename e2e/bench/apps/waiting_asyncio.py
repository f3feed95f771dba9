"""As waiting.py, for uWSGI's mode `asyncio`: a callback of the loop wakes the request."""

import asyncio

import greenlet


def application(environ, start_response):
    me = greenlet.getcurrent()
    asyncio.get_event_loop().call_later(0.02, me.switch)
    me.parent.switch()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"done\n"]
