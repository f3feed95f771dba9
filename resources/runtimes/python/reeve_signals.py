"""What signals do to a worker, as far as the application has not set handlers of its own.

SIGHUP has it replaced when its requests are answered, as in uWSGI. SIGUSR1 and SIGTSTP, which would end or stop the
process, do nothing. SIGUSR2 (the stacks of all threads to the log) is registered by reeve_runtime.py.
"""

import signal
import threading


def install(control):
    """To be called in the main thread."""

    def replace(*_):
        # In a thread of its own: the interrupted code may hold the lock of the connection.
        threading.Thread(target=control.send, args=({"type": "worn"},), daemon=True).start()

    _handle("SIGHUP", replace)
    _handle("SIGUSR1", _nothing)
    _handle("SIGTSTP", _nothing)


def install_companion(role):
    """A mule or a spooler leaves what it does and ends; a spooler ignores SIGHUP, as in uWSGI. In the main thread."""

    def leave(*_):
        raise SystemExit(0)

    if role == "spooler":
        _handle("SIGHUP", _nothing)
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        # Python's own handler of SIGINT is no handler of the application's.
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, leave)
    _handle("SIGUSR1", _nothing)
    _handle("SIGTSTP", _nothing)


def _nothing(*_):
    """Not SIG_IGN: that would be inherited by the programs the application starts."""


def _handle(name, handler):
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) == signal.SIG_DFL:
        signal.signal(number, handler)
