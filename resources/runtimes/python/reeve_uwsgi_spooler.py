"""`uwsgi` about the spooler: tasks are put into a folder as files (reeve_spool_file.py) and run by another process.

Other than uWSGI's functions these take keyword arguments in Python 3, numbers for `at` and `priority`, and a folder by
its number; they refuse what uWSGI would write and never run.
"""

import os
import socket
import sys
import time

from reeve_uwsgi_state import MAX_SECONDS, as_bytes, state

SPOOL_OK, SPOOL_RETRY, SPOOL_IGNORE = -2, -1, 0
# Keys that say where and when a task is run; they are stored with the others.
_WHERE = (b"spooler", b"priority", b"at")

# Number of a process -> descriptor of what wakes it.
_wakers = {}
_warned = set()


def spool(task=None, /, **more):
    """Puts a task into a folder; returns the path of its file.

    `task`: a dict of bytes. Keys with a meaning, as keyword arguments too: `spooler` (a folder, or its number from 0),
    `at` (epoch seconds), `priority` (a number; for `spooler-ordered`), `body` (what is larger than 64 KiB).
    @raises ValueError when the task can not be written
    """
    return enqueue(*_task_of(task, more))


def send_to_spooler(task=None, /, **more):
    """As spool."""
    return spool(task, **more)


def enqueue(pairs, body):
    """Writes the file of a task, as its variables say, and wakes who runs it; returns its path. @raises ValueError"""
    import reeve_spool_file

    wanted = dict(pairs)
    folder = _folder_of(wanted.get(b"spooler"))
    priority = _priority_of(wanted.get(b"priority"), folder)
    at = _time_of(wanted.get(b"at"))
    data = reeve_spool_file.pack(pairs, body)
    place = os.path.join(folder, priority) if priority else folder
    name = reeve_spool_file.new_name(socket.gethostname(), time.time_ns() // 1000)
    try:
        if priority:
            os.makedirs(place, exist_ok=True)
        path = reeve_spool_file.write(place, name, data, at)
    except OSError as error:
        raise ValueError("unable to spool job: %s (%s)" % (error.strerror, place)) from error
    if not state.boot["spooler"]["isQuiet"]:
        _log("[spooler] written %d bytes to file %s" % (len(data), path))
    _wake(folder)
    return os.fsencode(path)


def spool_packet(pairs, body=b""):
    """A packet with modifier 17: variables as pairs of bytes. False: it was not written, and the log says why."""
    try:
        enqueue(pairs, body)
    except ValueError as error:
        _log("*** a task that came as a packet is refused: %s ***" % error)
        return False
    return True


def spooler_jobs():
    """Paths of the tasks in all folders."""
    from reeve_spool_file import PREFIX

    found = []
    for folder in _folders():
        try:
            found += [os.fsencode(os.path.join(folder, name)) for name in os.listdir(folder) if name.startswith(PREFIX)]
        except OSError as error:
            _log("*** the tasks of %s can not be listed: %s ***" % (folder, error.strerror))
    return found


def spooler_get_task(path):
    """What the function that runs tasks would get of the file, or None."""
    import reeve_spool_file

    path = os.fsdecode(path)
    try:
        data = _held(path)
        if data is None:
            with open(path, "rb") as file:
                data = file.read()
        return reeve_spool_file.environment(path, data)
    except (OSError, reeve_spool_file.Broken):
        return None


def spooler_pid():
    """Process id of the first spooler; 0 when there is none."""
    return (spooler_pids() or [0])[0]


def spooler_pids():
    """Process ids of all spoolers."""
    import reeve_spool_board

    boot = state.boot
    return [reeve_spool_board.pid_of(reeve_spool_board.path_of(boot, number)) for number, _ in _processes()]


def set_spooler_frequency(seconds):
    """How often the folders are looked at, until the next reload."""
    import reeve_spool_board

    if not isinstance(seconds, int):
        raise TypeError("'%s' object cannot be interpreted as an integer" % type(seconds).__name__)
    if seconds < 0:
        raise ValueError("the frequency of the spooler is a number of seconds, not %d" % seconds)
    if seconds > MAX_SECONDS:
        raise OverflowError("so many seconds are too many: %d" % seconds)
    for number, folder in _processes():
        reeve_spool_board.set_frequency(reeve_spool_board.path_of(state.boot, number), seconds)
        _wake(folder)
    return True


def i_am_the_spooler():
    """True in a spooler, None elsewhere."""
    return True if state.role == "spooler" else None


FUNCTIONS = (
    *(spool, send_to_spooler, spooler_jobs, spooler_get_task, spooler_pid, spooler_pids),
    *(set_spooler_frequency, i_am_the_spooler),
)


def values(boot):
    """Attributes of the module."""
    return {
        "SPOOL_OK": SPOOL_OK,
        "SPOOL_RETRY": SPOOL_RETRY,
        "SPOOL_IGNORE": SPOOL_IGNORE,
        "spoolers": tuple(os.fsencode(one["path"]) for one in boot["spooler"]["folders"]),
    }


# ---------------------------------------------------------------------------------------------- helpers


def _task_of(task, more):
    """The variables as pairs, in order, and the body."""
    if task is None and more:
        task = {}
    if not isinstance(task, dict):
        raise ValueError("The argument of spooler callable must be a dictionary")
    pairs = []
    body = b""
    named = {name.encode(): as_bytes(value) if isinstance(value, str) else value for name, value in more.items()}
    for key, value in {**task, **named}.items():
        if key in _WHERE and isinstance(value, (int, float)) and not isinstance(value, bool):
            value = b"%d" % value
        if not isinstance(key, bytes) or not isinstance(value, bytes):
            raise ValueError("spooler callable dictionary must contains only bytes")
        if key == b"body":
            body = value
        else:
            pairs.append((key, value))
    return pairs, body


def _folders():
    return [one["path"] for one in state.boot["spooler"]["folders"]]


def _processes():
    """Number and folder of each process."""
    return [(one["number"], one["folder"]) for one in state.boot["companions"] if one["role"] == "spooler"]


def _folder_of(wanted):
    folders = _folders()
    if not folders:
        raise ValueError("unable to spool job: there is no folder for tasks; add 'spooler' or 'spooler-external'")
    if wanted is None:
        return folders[0]
    text = os.fsdecode(wanted)
    if text.isdigit() and int(text) < len(folders):
        return folders[int(text)]
    base = state.boot["chdir"] or os.getcwd()
    for path in (text, os.path.normpath(os.path.join(base, text))):
        if path in folders:
            return path
    raise ValueError("unable to spool job: %s is none of the folders %s" % (text, ", ".join(folders)))


def _priority_of(wanted, folder):
    if not wanted:
        return ""
    text = wanted.decode("latin-1")
    if not (text.isdigit() and text.isascii() and len(text) <= 6):
        raise ValueError("unable to spool job: the priority is a number from 0 to 999999, not %r" % text)
    if not state.boot["spooler"]["isOrdered"] and folder not in _warned:
        _warned.add(folder)
        text_of = "*** tasks with a priority are never run without 'spooler-ordered': they stay in %s/%s ***"
        _log(text_of % (folder, text))
    return text


def _time_of(wanted):
    if wanted is None:
        return None
    try:
        # A fraction is dropped, as by uWSGI.
        return int(float(wanted))
    except (ValueError, OverflowError):
        raise ValueError("unable to spool job: 'at' is a time in seconds, not %r" % wanted) from None


def _held(path):
    """The content of the task that runs in this process: to open and close its file would give its lock away."""
    spooler = sys.modules.get("reeve_spooler")
    current = spooler.current() if spooler else None
    running = current.running if current else None
    if running is None or os.path.realpath(running[1]) != os.path.realpath(path):
        return None
    import reeve_spool_file

    return reeve_spool_file.read(running[0])


def _wake(folder):
    """The processes of the folder look into it now. One that is not there looks when it starts."""
    import reeve_spool_board

    for number, its_folder in _processes():
        if its_folder != folder:
            continue
        try:
            if number not in _wakers:
                path = reeve_spool_board.fifo_of(state.boot, number)
                _wakers[number] = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            os.write(_wakers[number], b"w")
        except BlockingIOError:
            pass  # it is full: that wakes as well
        except OSError:
            # Nobody reads there: it is between two processes.
            descriptor = _wakers.pop(number, None)
            if descriptor is not None:
                os.close(descriptor)


def _log(text):
    try:
        os.write(2, (text + "\n").encode("utf-8", "surrogateescape"))
    except OSError:
        pass  # nowhere to complain
