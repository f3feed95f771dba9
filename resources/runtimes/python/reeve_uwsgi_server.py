"""`uwsgi` about the server as a whole and this process: numbers, log, reload, memory."""

import os
import time

from reeve_uwsgi_state import as_bytes, ask, in_bytes, need_control, state


def worker_id():
    """Number of this worker, from 1; 0 while the application is loaded before the workers are forked."""
    return state.wid


def masterpid():
    """Process id of the master."""
    return state.boot["masterPid"]


def log(message):
    """Writes a line to the log."""
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
    os.write(2, (text.rstrip("\n") + "\n").encode("utf-8", "backslashreplace"))
    return True


def reload():
    """Reloads the whole instance gracefully."""
    need_control("reload").send({"type": "reload-requested"})
    return True


def stop():
    """Stops the whole instance."""
    need_control("stop").send({"type": "stop-requested"})
    return True


def workers():
    """What the stats document says about each worker, as a tuple of dicts; texts are bytes."""
    return tuple(in_bytes(worker) for worker in ask("workers", []))


def total_requests():
    """Requests that all workers have served."""
    return ask("total-requests", 0)


def listen_queue(number=0):
    """Requests that wait for a worker, whatever socket they came from. @raises ValueError for a socket that is not there"""
    if not 0 <= number < max(1, _socket_count()):
        raise ValueError("unable to find socket %d" % number)
    return ask("listen-queue", 0)


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

    reeve_process.set_title(as_bytes(name).decode("utf-8", "replace"))


def ready():
    """Whether the worker serves; once the application is loaded it does."""
    return True


def accepting(*_):
    """uWSGI's sign that a worker may be sent requests; the engine sees by itself when one can serve."""


def _socket_count():
    return sum(1 for key, _ in state.boot["options"] if key.endswith("socket"))


FUNCTIONS = (
    *(worker_id, masterpid, log, reload, stop, workers, total_requests, listen_queue, mem, logsize, micros),
    *(setprocname, ready, accepting),
)
