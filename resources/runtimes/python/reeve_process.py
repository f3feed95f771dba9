"""What a Python process of the engine does to itself: standard streams, title, end with its master.

Everything here that is Linux only is best effort: without it the engine works, `ps` is less telling and a runtime
notices the end of its master by its control connection alone.
"""

import os
import select
import signal
import sys

# As it is before the application patches it (gevent does).
_poll = getattr(select, "poll", None)

# The descriptor whose end is the end of the master.
_lifeline = -1


def detach_stdin():
    """Standard input has carried the boot line; from here on it is empty, for the application too."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def reopen_log(path):
    """Points standard output and error at the file anew (after it was rotated)."""
    try:
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    except OSError:
        return  # this user may not open it: what is open goes on
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def end_with_master(endpoint, token):
    """The process ends with the master whatever it is busy with, even in C code that never lets go of the GIL.

    A connection on which nothing is ever said: when its other end is gone, the kernel sends SIGKILL (F_SETSIG of
    fcntl(2), Linux only). A forked worker takes one of its own and lets go of the zygote's.
    """
    global _lifeline
    if sys.platform != "linux":
        return
    import fcntl

    from reeve_control import Control

    control = Control(endpoint)
    control.send({"type": "lifeline", "token": token})
    if _lifeline >= 0:
        os.close(_lifeline)
    _lifeline = control.sock.detach()
    fcntl.fcntl(_lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(_lifeline, fcntl.F_SETSIG, signal.SIGKILL.value)
    fcntl.fcntl(_lifeline, fcntl.F_SETFL, fcntl.fcntl(_lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    poll = _poll()
    poll.register(_lifeline, select.POLLIN)
    if poll.poll(0):  # it had ended before
        os._exit(0)


def set_title(title):
    """`ps` shows the title: its first 15 bytes as the command's name, and as the command line if it has room."""
    data = title.encode()
    try:
        with open("/proc/self/comm", "wb", buffering=0) as comm:
            comm.write(data[:15])
        with open("/proc/self/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
        start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end, fields 48 and 49 of proc(5)
        size = end - start
        if start <= 0 or size <= 1:
            return
        # Its own memory by this file: ctypes would cost each process half a megabyte.
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(start)
            memory.write(data[: size - 1].ljust(size, b"\0"))
    except (OSError, IndexError, ValueError):
        return
