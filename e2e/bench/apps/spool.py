# /put?N puts N tasks in; the task does nothing.
import uwsgi


def nothing(env):
    return uwsgi.SPOOL_OK


uwsgi.spooler = nothing


def application(environ, start_response):
    count = int(environ["QUERY_STRING"] or 0)
    for number in range(count):
        uwsgi.spool({b"task": b"nothing", b"number": b"%d" % number})
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d" % count]
