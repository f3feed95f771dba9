"""What the modules behind `uwsgi` (reeve_uwsgi_*.py) share: this process's part in the instance, the connection to
the master, the request that each thread serves, and how values become what uWSGI's functions return.
"""

import threading

# What uWSGI's functions take for a number of seconds.
MAX_SECONDS = 0x7FFFFFFF


class State:
    """Of this process. It changes when the zygote's fork becomes a worker, a mule or a spooler."""

    def __init__(self):
        self.boot = None
        # The connection to the master (reeve_control.py); None: nobody to talk to (tests without a master).
        self.control = None
        # `zygote`, `worker`, `mule` or `spooler`.
        self.role = "zygote"
        # Number of the worker; 0 in every other process, as in uWSGI.
        self.wid = 0
        # The exchange of each thread that serves (reeve_wsgi.py); a request's functions are for its own thread.
        self.exchanges = {}
        # Where one thread runs several requests: gives the exchange of the one that calls, or None.
        self.find = None

    def enter(self, boot, control):
        """The process is what its boot record says from here on."""
        self.boot = boot
        self.control = control
        self.role = boot["role"]
        self.wid = boot["wid"] if boot["role"] == "worker" else 0


state = State()


def serving_exchange():
    """The exchange of the request that this thread serves, or None."""
    if state.find is not None:
        return state.find()
    exchanges = state.exchanges
    exchange = exchanges.get(threading.get_ident())
    if exchange is None and len(exchanges) == 1:
        # A thread of the application's own in a worker that serves one request at a time.
        (exchange,) = exchanges.values()
    return None if exchange is None or exchange.environ is None else exchange


def need_exchange(function):
    """The exchange of the request that this thread serves. @raises RuntimeError when it serves none"""
    exchange = serving_exchange()
    if exchange is None:
        raise RuntimeError("uwsgi.%s() can only be called by the thread that serves a request" % function)
    return exchange


def need_control(function):
    """The connection to the master. @raises RuntimeError while the application is loaded before the workers are forked"""
    if state.control is None or state.role == "zygote":
        raise RuntimeError("uwsgi.%s() can only be called in a worker, a mule or a spooler" % function)
    return state.control


def ask(what, before):
    """Asks the master; `before` is the answer as long as there are no workers, or when the master does not answer."""
    answer = None if state.control is None else state.control.ask(what)
    return before if answer is None else answer


def as_bytes(value):
    """str or anything bytes-like."""
    return value.encode("utf-8") if isinstance(value, str) else bytes(memoryview(value))


def in_bytes(value):
    """What JSON brought, as uWSGI gives it: texts are bytes, lists are tuples."""
    if isinstance(value, dict):
        return {key: in_bytes(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(in_bytes(item) for item in value)
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value


def as_number(text):
    """The number of an option or a header; 0 for anything else."""
    try:
        return int(text or 0)
    except (TypeError, ValueError):
        return 0
