"""Where an ASGI worker stands, as text for the log: a task that is given up, a loop that does not turn."""

import os
import sys
import threading
import traceback

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def describe_task(task):
    """Where a task waits: the whole chain of its coroutines, as a traceback shows it."""
    frames = []
    waits = task.get_coro()
    while waits is not None:
        frame = _attribute(waits, "cr_frame", "gi_frame", "ag_frame")
        if frame is None:
            break
        frames.append((frame, frame.f_lineno))
        waits = _attribute(waits, "cr_await", "gi_yieldfrom", "ag_await")
    shown = [pair for pair in frames if not _is_own(pair[0])] or frames
    return "".join(traceback.format_list(traceback.StackSummary.extract(iter(shown))))


def _attribute(thing, *names):
    for name in names:
        if hasattr(thing, name):
            return getattr(thing, name)
    return None


def _is_own(frame):
    return os.path.dirname(frame.f_code.co_filename) == _FOLDER


def main_stack():
    """What the main thread, in which the loop runs, is at."""
    frame = sys._current_frames().get(threading.main_thread().ident)
    shown = [entry for entry in traceback.extract_stack(frame) if os.path.dirname(entry.filename) != _FOLDER]
    # The loop's own frames and those of the interpreter's start say nothing.
    shown = [entry for entry in shown if "/asyncio/" not in entry.filename] or shown
    return "".join(traceback.format_list(shown))
