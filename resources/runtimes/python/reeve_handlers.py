"""Handlers of uWSGI's signals (uwsgi.register_signal): what this process has registered, and their runs here.

The master picks the process that handles a signal and tells it over the control connection; `Runner.add` takes that in
the control thread. Handlers run in the main thread as long as it serves alone: while it waits for a request, or when
the present one is answered, so never beside one. Nothing of this costs a request more than two assignments.
"""

import signal
import sys
import threading
import traceback
from collections import deque

# number -> handler; forks have what the zygote had.
registered = {}
# The Runner of this process, once it is a worker, a mule or a spooler.
current = None

# Sent by the control thread to the main thread, which waits for a request: a handler is to run.
_KICK = signal.SIGRTMIN + 6 if hasattr(signal, "SIGRTMIN") else getattr(signal, "SIGUSR1", None)
# A kick that comes just before the main thread waits is not seen by it: then another one follows.
KICK_SECONDS = 0.02


class Runner:
    """Of a worker, a mule or a spooler. `kick` has the main thread call `run_pending` as soon as it can."""

    def __init__(self, control, who):
        self.control = control
        self.who = who
        self.pending = deque()
        #: What the main thread looks at before it waits: the same, unless handlers have a thread of their own.
        self.due = self.pending
        #: The main thread waits for something to do: a handler may run now.
        self.is_waiting = False
        #: The number of the signal that `wait` ended with.
        self.received = 0
        self.kick = None
        #: Called around each run; `begin` gives False when none may run any more.
        self.begin = lambda: True
        self.end = lambda: None
        #: Called when a handler has raised SystemExit; None: the process ends by it.
        self.leave = None
        self._is_running = False
        self._arrived = threading.Condition()

    def add(self, number):
        """In the control thread: the master wants this signal handled here."""
        with self._arrived:
            self.pending.append(number)
            self._arrived.notify_all()
        self.kick()

    def kick_again(self):
        """Called by the control thread before it waits: for how long it may, in seconds; None: as long as it likes."""
        if not self.due or not self.is_waiting or self._is_running:
            return None if not self.due else KICK_SECONDS
        self.kick()
        return KICK_SECONDS

    def run_pending(self):
        """Handles what has come. Called again while it runs, it leaves the rest to the first call."""
        while self.pending and not self._is_running:
            self._is_running = True
            try:
                while self.pending:
                    if not self.begin():
                        return
                    try:
                        self._run(self.pending.popleft())
                    finally:
                        self.end()
            finally:
                self._is_running = False

    def wait(self, number=None):
        """Waits for this signal, or for any, and handles what comes meanwhile. Gives the number of the last one."""
        while True:
            with self._arrived:
                while not self.pending:
                    # Not for ever: only so does the main thread see the system's signals.
                    self._arrived.wait(1)
                found = self.pending.popleft()
            self._run(found)
            self.received = found
            if number is None or found == number:
                return found

    def _run(self, number):
        self.control.send({"type": "signal-begun", "number": number})
        try:
            handler = registered.get(number)
            if handler is None:
                raise LookupError("no handler is registered for it here")
            handler(number)
        except Exception as error:
            if not isinstance(error, LookupError) or registered.get(number) is not None:
                traceback.print_exc()
            sys.stderr.write("error managing signal %d on %s\n" % (number, self.who))
            sys.stderr.flush()
        except SystemExit:
            if self.leave is None:
                raise
            self.leave()
        finally:
            self.control.send({"type": "signal-done", "number": number})


def use(runner):
    """This process handles signals from here on."""
    global current
    current = runner
    return runner


def kick_main_thread(runner):
    """For a worker whose main thread serves alone. To be called in the main thread."""
    main = threading.get_ident()
    if _KICK is None:
        return run_in_thread(runner)

    def kicked(*_):
        if runner.is_waiting:
            runner.run_pending()

    signal.signal(_KICK, kicked)
    return lambda: signal.pthread_kill(main, _KICK)


def run_in_thread(runner):
    """For a worker that serves several requests at a time: handlers have a thread of their own, made when needed."""
    arrived = threading.Event()
    started = []
    runner.due = ()

    def loop():
        while True:
            arrived.wait()
            arrived.clear()
            runner.run_pending()

    def kick():
        if not started:
            started.append(threading.Thread(target=loop, name="reeve-signals", daemon=True))
            started[0].start()
        arrived.set()

    return kick
