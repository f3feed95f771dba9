"""`uwsgi` about signals of its framework, and about the timers and file monitors that raise them.

Handlers are this process's (reeve_handlers.py); who handles what, timers and monitors are the master's
(engine/master/signal-desk.ts).
"""

import reeve_handlers
from reeve_uwsgi_state import as_bytes, state


def register_signal(number, target, handler):
    """Has the handler called in the target's process when the signal is raised. Only where applications are loaded."""
    number = _number(number)
    if state.control is None or state.role not in ("zygote", "worker"):
        raise ValueError("unable to register signal: mules and spoolers have what the application has registered")
    if state.role == "zygote" and number in reeve_handlers.registered:
        raise ValueError("unable to register signal: %d is registered already" % number)
    text = as_bytes(target).decode("utf-8", "replace")
    reeve_handlers.registered[number] = handler
    state.control.send({"type": "register-signal", "number": number, "target": text})


def signal(number, node=None):
    """Raises a signal, here or at the address of another instance."""
    number = _number(number)
    if node is not None:
        return _raise_at(as_bytes(node).decode("utf-8"), number)
    _send("signal", {"type": "raise-signal", "number": number})


def signal_wait(number=None):
    """Waits for this signal, or for any, and runs its handler."""
    runner = _runner("signal_wait")
    runner.wait(None if number is None else _number(number))
    return b""


def signal_received():
    """Number of the signal that signal_wait has ended with."""
    return 0 if reeve_handlers.current is None else reeve_handlers.current.received


def signal_registered(number):
    """True when the signal has a handler, otherwise None."""
    return True if _number(number) in reeve_handlers.registered else None


def add_timer(number, seconds):
    """Raises the signal every so many seconds."""
    _add_timer("timer", number, seconds, 0)


def add_rb_timer(number, seconds, iterations=0):
    """Raises the signal every so many seconds, so many times; 0: for ever."""
    _add_timer("rbtimer", number, seconds, iterations)


def add_cron(number, minute, hour, day, month, week):
    """Raises the signal at these times: -1 is any, -N every Nth, 7 is Sunday as well as 0."""
    time = [_whole(field) for field in (minute, hour, day, month, week)]
    _send("add_cron", {"type": "add-cron", "number": _number(number), "time": time})
    return True


def add_file_monitor(number, path):
    """Raises the signal when the file changes, or what is in the folder."""
    import os

    text = os.path.abspath(os.fsdecode(path))
    _send("add_file_monitor", {"type": "add-file-monitor", "number": _number(number), "path": text})


FUNCTIONS = (
    *(register_signal, signal, signal_wait, signal_received, signal_registered),
    *(add_timer, add_rb_timer, add_cron, add_file_monitor),
)


def _add_timer(kind, number, seconds, iterations):
    seconds, iterations = _whole(seconds), _whole(iterations)
    message = {"type": "add-timer", "kind": kind, "number": _number(number)}
    _send("add_" + kind, {**message, "seconds": max(1, seconds), "iterations": max(0, iterations)})


def _number(value):
    # uWSGI keeps a signal in one byte.
    return _whole(value) & 0xFF


def _whole(value):
    return value.__index__() if hasattr(value, "__index__") else _not_whole(value)


def _not_whole(value):
    raise TypeError("'%s' object cannot be interpreted as an integer" % type(value).__name__)


def _send(function, message):
    if state.control is None:
        raise RuntimeError("uwsgi.%s() needs the engine's master" % function)
    state.control.send(message)


def _runner(function):
    if reeve_handlers.current is None:
        raise RuntimeError("uwsgi.%s() can only be called in a worker, a mule or a spooler" % function)
    return reeve_handlers.current


def _raise_at(address, number):
    """uWSGI's packet with modifier 110; the number of the signal is in its second modifier."""
    from reeve_control import connect

    with connect(address) as sock:
        sock.settimeout(4)
        sock.sendall(bytes((110, 0, 0, number)))
        answer = sock.recv(4)
    if len(answer) < 4 or answer[3] != 1:
        raise OSError("unable to deliver signal %d to node %s" % (number, address))
