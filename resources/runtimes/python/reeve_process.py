"""What a Python process of the engine does to itself: standard streams, title, end with its master.

Everything here that is Linux only is best effort: without it the engine works, `ps` is less telling and a runtime
notices the end of its master by its control connection alone.
"""

import os
import select
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


def detach_stdin():
    """Standard input has carried the boot line; from here on it is empty, for the application too."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def reopen_log(path):
    """Points standard output and error at the file anew (after it was rotated)."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def die_with_parent(parent):
    """A runtime that is busy importing does not read its control connection: the kernel ends it with the master.

    The setting is not inherited by forks, so workers outlive their zygote.
    """
    if sys.platform != "linux":
        return
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL.value)
    if os.getppid() != parent and not _exists(parent):  # the master had ended before
        os._exit(0)


def _exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # not ours to signal, so it is there
    return True


def end_with_master(endpoint, token):
    """A forked worker ends with the master whatever it is busy with, even in C code that never lets go of the GIL.

    A connection on which nothing is ever said: when its other end is gone, the kernel sends SIGKILL (F_SETSIG of
    fcntl(2), Linux only). The socket is returned by nobody and stays open until then.
    """
    if sys.platform != "linux":
        return
    import fcntl

    from reeve_control import Control

    control = Control(endpoint)
    control.send({"type": "lifeline", "token": token})
    lifeline = control.sock.detach()
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL.value)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)
    if poll.poll(0):  # it had ended before
        os._exit(0)


def set_title(title):
    """`ps` shows the title: its first 15 bytes as the command's name, and as the command line if it has room."""
    data = title.encode()
    _prctl(_PR_SET_NAME, data[:15] + b"\0")
    try:
        with open("/proc/self/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
        start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end, fields 48 and 49 of proc(5)
    except (OSError, IndexError, ValueError):
        return
    size = end - start
    if start <= 0 or size <= 1:
        return
    import ctypes

    ctypes.memmove(start, data[: size - 1].ljust(size, b"\0"), size)


def _prctl(option, value):
    if sys.platform != "linux":
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return
