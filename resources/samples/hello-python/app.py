"""A small WSGI application to try Reeve with. It needs nothing but Python.

    /            a page that says which worker answered
    /logo.svg    a static file
    /slow?s=N    keeps its worker busy for N seconds (at most 600): watch it on the Requests page
    /error       raises an exception: watch the counter and the log
"""

import html
import os
import platform
import time
from urllib.parse import parse_qs

HERE = os.path.dirname(os.path.abspath(__file__))
LOADED_AT = time.time()

with open(os.path.join(HERE, "page.html"), encoding="utf-8") as page_file:
    PAGE = page_file.read()
with open(os.path.join(HERE, "logo.svg"), "rb") as logo_file:
    LOGO = logo_file.read()


def application(environ, start_response):
    path = environ.get("PATH_INFO", "/")
    if path == "/":
        return answer(start_response, "200 OK", "text/html; charset=utf-8", page(environ))
    if path == "/logo.svg":
        return answer(start_response, "200 OK", "image/svg+xml", LOGO)
    if path == "/slow":
        seconds = slow_seconds(environ.get("QUERY_STRING", ""))
        time.sleep(seconds)
        return answer(start_response, "200 OK", "text/plain; charset=utf-8", "Slept for %g s.\n" % seconds)
    if path == "/error":
        raise RuntimeError("raised on purpose by /error of the sample application")
    return answer(start_response, "404 Not Found", "text/plain; charset=utf-8", "There is no %s here.\n" % path)


def page(environ):
    values = {
        "worker": worker_id(),
        "pid": os.getpid(),
        "runtime": "Python %s" % platform.python_version(),
        "address": environ.get("HTTP_HOST", "") or environ.get("SERVER_NAME", ""),
        "age": "%.0f s" % (time.time() - LOADED_AT),
        "file": os.path.join(HERE, "app.py"),
    }
    text = PAGE
    for name, value in values.items():
        text = text.replace("{{%s}}" % name, html.escape(str(value)))
    return text


def worker_id():
    """The number of this worker, as the server says it."""
    try:
        import uwsgi
    except ImportError:
        return "?"
    return uwsgi.worker_id()


def slow_seconds(query):
    """`s` of the query string, 5 when it is missing or no number."""
    try:
        return min(600.0, max(0.0, float(parse_qs(query).get("s", ["5"])[0])))
    except ValueError:
        return 5.0


def answer(start_response, status, content_type, body):
    data = body.encode("utf-8") if isinstance(body, str) else body
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(data)))])
    return [data]
