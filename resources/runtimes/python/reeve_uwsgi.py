"""The module `uwsgi` as applications import it: the part of it that the engine has so far.

Anything else raises an AttributeError that names the function, so that `hasattr(uwsgi, ...)` works as it should
and a missing function is seen where it is used. Functions about the present request
act on the Exchange (reeve_wsgi.py) of the thread that calls them.
"""

import os
import socket
import sys
import threading
import time
import traceback
import types

VERSION = b"reeve-0.1.0"
_VERSION_INFO = (0, 1, 0, 0, b"reeve")

_state = {"boot": None, "control": None, "wid": 0}
# The exchange of each thread that serves; a request's functions are for its own thread.
_exchanges = {}


def install(boot):
    """Makes `import uwsgi` work; to be called before the application is loaded."""
    # A worker that loads the application itself has its number while it does (lazy-apps).
    _state.update(boot=boot, wid=boot["wid"])
    module = types.ModuleType("uwsgi", "The engine's application interface, the part of uWSGI's that it has.")
    module.__getattr__ = _computed
    options = _options(boot["options"])
    module.version = VERSION
    module.version_info = _VERSION_INFO
    module.hostname = socket.gethostname().encode()
    module.opt = options
    module.numproc = boot["processes"]
    module.cores = boot["threads"]
    module.has_threads = int(boot["threads"] > 1 or boot["enableThreads"])
    module.buffer_size = _number(options.get("buffer-size")) or 65536
    module.started_on = boot["startedOn"]
    module.is_a_reload = boot["isReload"]
    module.loop = None
    module.unbit = None
    module.applications = None
    for function in _FUNCTIONS:
        setattr(module, function.__name__, function)
    sys.modules["uwsgi"] = module


def enter_worker(boot, control):
    """The process is a worker from here on."""
    _state.update(boot=boot, control=control, wid=boot["wid"])
    module = sys.modules["uwsgi"]
    module.numproc = boot["processes"]
    _run_hook("post_fork_hook")


def leave_worker():
    """The process is about to end: what the application assigned to `uwsgi.atexit` runs."""
    _run_hook("atexit")


def _run_hook(name):
    """As in uWSGI a hook that fails is written to the log and changes nothing."""
    hook = sys.modules["uwsgi"].__dict__.get(name)
    if not callable(hook):
        return
    try:
        hook()
    except Exception:
        traceback.print_exc()


def serve_in_this_thread(exchange):
    """Functions about the request are for this exchange when this thread calls them."""
    _exchanges[threading.get_ident()] = exchange


def is_idle(thread):
    """The thread of this ident serves requests, and none now."""
    exchange = _exchanges.get(thread)
    return exchange is not None and exchange.environ is None


def _exchange(function):
    exchange = _exchanges.get(threading.get_ident())
    if exchange is None and len(_exchanges) == 1:
        (exchange,) = _exchanges.values()
    if exchange is None or exchange.environ is None:
        raise RuntimeError("uwsgi.%s() can only be called by the thread that serves a request" % function)
    return exchange


# ---------------------------------------------------------------------------------------------- the server


def worker_id():
    """Number of this worker, from 1; 0 while the application is loaded before the workers are forked."""
    return _state["wid"]


def masterpid():
    """Process id of the master."""
    return _state["boot"]["masterPid"]


def log(message):
    """Writes a line to the log."""
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
    os.write(2, (text.rstrip("\n") + "\n").encode("utf-8", "backslashreplace"))
    return True


def reload():
    """Reloads the whole instance gracefully."""
    _worker_control("reload").send({"type": "reload-requested"})
    return True


def stop():
    """Stops the whole instance."""
    _worker_control("stop").send({"type": "stop-requested"})
    return True


def workers():
    """What the stats document says about each worker, as a tuple of dicts; texts are bytes."""
    return tuple(_in_bytes(worker) for worker in _ask("workers", []))


def total_requests():
    """Requests that all workers have served."""
    return _ask("total-requests", 0)


def listen_queue(number=0):
    """Requests that wait for a worker."""
    return _ask("listen-queue", 0)


def mem():
    """Resident memory and address space of this process, in bytes."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            address_space, resident = statm.read().split()[:2]
    except OSError:
        return (0, 0)
    page = os.sysconf("SC_PAGESIZE")
    return (int(resident) * page, int(address_space) * page)


def logsize():
    """Bytes in the log file; 0 when the log is no file."""
    import stat

    log_file = os.fstat(2)
    return log_file.st_size if stat.S_ISREG(log_file.st_mode) else 0


def micros():
    """The time in microseconds since the epoch."""
    return time.time_ns() // 1000


def setprocname(name):
    """Gives this process another name in `ps`."""
    import reeve_process

    reeve_process.set_title(name.decode("utf-8", "replace") if isinstance(name, bytes) else name)


def ready():
    """Whether the worker serves; once the application is loaded it does."""
    return True


def accepting():
    """uWSGI's sign that a worker may be sent requests; the engine sees by itself when one can serve."""


# ---------------------------------------------------------------------------------------------- the request


def request_id():
    """How many requests this core has served before the present one."""
    return _exchange("request_id").served


def set_logvar(name, value):
    """Sets a variable for this request's line in the log: `%(name)` in `log-format`."""
    _exchange("set_logvar").set_logvar(_bytes(name), _bytes(value))


def get_logvar(name):
    """A variable set by set_logvar, or None."""
    return _exchange("get_logvar").logvars.get(_bytes(name))


def add_var(name, value):
    """Adds a variable to the request as the log sees it: `%(var.NAME)` in `log-format`."""
    _exchange("add_var").set_logvar(b"var." + _bytes(name), _bytes(value))
    return True


def log_this_request():
    """Has the request logged even though request logging is off."""
    _exchange("log_this_request").log_this_request()


def set_user_harakiri(seconds):
    """Gives the present request up after so many seconds from now; 0 takes that back."""
    _exchange("set_user_harakiri").set_deadline(max(0, int(seconds)))


def disconnect():
    """Ends the answer here: the client has it all, the application runs on."""
    _exchange("disconnect").disconnect()


def chunked_read(timeout=0):
    """The next piece of the request's body, empty at its end. The whole body is here before the application runs."""
    return _exchange("chunked_read").environ["wsgi.input"].read(65536)


def chunked_read_nb():
    """As chunked_read: there is never anything to wait for."""
    return _exchange("chunked_read_nb").environ["wsgi.input"].read(65536)


def cl():
    """Content-Length of the request."""
    return _number(_exchange("cl").environ.get("CONTENT_LENGTH"))


def connection_fd():
    """Refused: a worker has no socket of the client's."""
    raise OSError("uwsgi.connection_fd() is not possible here: the client's connection belongs to the gateway")


_FUNCTIONS = (
    *(worker_id, masterpid, log, reload, stop, workers, total_requests, listen_queue, mem, logsize, micros),
    *(setprocname, ready, accepting, request_id, set_logvar, get_logvar, add_var, log_this_request),
    *(set_user_harakiri, disconnect, chunked_read, chunked_read_nb, cl, connection_fd),
)


# ---------------------------------------------------------------------------------------------- helpers


def _computed(name):
    """Attributes that depend on the request, and those that are not there."""
    if name in ("env", "start_response"):
        exchange = _exchanges.get(threading.get_ident())
        if exchange is None or exchange.environ is None:
            raise AttributeError("uwsgi.%s is there only while a request is served" % name)
        return exchange.environ if name == "env" else exchange.start_response
    raise AttributeError("uwsgi.%s is not available: the engine does not have this function" % name)


def _worker_control(function):
    if _state["control"] is None:
        raise RuntimeError("uwsgi.%s() can only be called in a worker" % function)
    return _state["control"]


def _ask(what, before):
    """Asks the master; `before` is the answer as long as there are no workers, or when the master does not answer."""
    control = _state["control"]
    answer = None if control is None else control.ask(what)
    return before if answer is None else answer


def _in_bytes(value):
    if isinstance(value, dict):
        return {key: _in_bytes(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_in_bytes(item) for item in value)
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value


def _bytes(value):
    return value.encode("utf-8") if isinstance(value, str) else bytes(memoryview(value))


def _number(text):
    try:
        return int(text or 0)
    except (TypeError, ValueError):
        return 0


def _options(pairs):
    """Repeated options become lists, as in uWSGI's `opt`; values are bytes."""
    merged = {}
    for key, value in pairs:
        value = value.encode("utf-8", "surrogateescape")
        if key not in merged:
            merged[key] = value
        elif isinstance(merged[key], list):
            merged[key].append(value)
        else:
            merged[key] = [merged[key], value]
    return merged
