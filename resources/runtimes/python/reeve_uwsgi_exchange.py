"""`uwsgi` about the present request: its log line, its deadline, its body, its connection."""

import operator
import sys

from reeve_uwsgi_state import MAX_SECONDS, as_bytes, as_number, need_exchange, state


def request_id():
    """How many requests this core has served before the present one."""
    return need_exchange("request_id").served


def set_logvar(name, value):
    """Sets a variable for this request's line in the log: `%(name)` in `log-format`."""
    need_exchange("set_logvar").set_logvar(as_bytes(name), as_bytes(value))


def get_logvar(name):
    """A variable set by set_logvar, or None."""
    return need_exchange("get_logvar").logvars.get(as_bytes(name))


def add_var(name, value):
    """Adds a variable to the request as the log sees it: `%(var.NAME)` in `log-format`."""
    need_exchange("add_var").set_logvar(b"var." + as_bytes(name), as_bytes(value))
    return True


def log_this_request(*_):
    """Has the request logged even though request logging is off."""
    need_exchange("log_this_request").log_this_request()


def set_user_harakiri(seconds):
    """Gives the present request, or task of the spooler, up after so many seconds from now; 0 takes that back."""
    seconds = max(0, operator.index(seconds))
    if seconds > MAX_SECONDS:
        raise OverflowError("so many seconds are too many: %d" % seconds)
    spooler = sys.modules.get("reeve_spooler") if state.role == "spooler" else None
    if spooler is not None:
        return spooler.current().limit(seconds)
    return need_exchange("set_user_harakiri").set_deadline(seconds)


def disconnect():
    """Ends the answer here: the client has it all, the application runs on."""
    need_exchange("disconnect").disconnect()


def chunked_read(timeout=0):
    """The next piece of the request's body, empty at its end. The whole body is here before the application runs."""
    return need_exchange("chunked_read").environ["wsgi.input"].read(65536)


def chunked_read_nb():
    """As chunked_read: there is never anything to wait for."""
    return need_exchange("chunked_read_nb").environ["wsgi.input"].read(65536)


def cl(*_):
    """Content-Length of the request."""
    return as_number(need_exchange("cl").environ.get("CONTENT_LENGTH"))


FUNCTIONS = (
    *(request_id, set_logvar, get_logvar, add_var, log_this_request, set_user_harakiri),
    *(disconnect, chunked_read, chunked_read_nb, cl),
)
