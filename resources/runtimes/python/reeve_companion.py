"""A process beside the workers: a mule (reeve_mule.py) or a spooler (reeve_spooler.py).

Its main thread runs what the role's module has as `run(companion)`; a control thread listens to the master and hands
on what it says: `leaving` is set and the main thread woken. A main thread that waits does so in `Companion.wait`; one
that is in code of the application finishes what it does, or is interrupted by `interrupt`.
"""

import atexit
import faulthandler
import importlib
import os
import select
import signal
import sys
import threading
import traceback

import reeve_handlers
import reeve_hooks
import reeve_process
import reeve_signals
import reeve_uwsgi
import reeve_worker


# The modules of the roles that this instance has.
_modules = {}


def prepare(boot):
    """Loads what the companions need, before the application can change where modules are found."""
    for role in {one["role"] for one in boot["companions"]}:
        _modules[role] = importlib.import_module("reeve_" + role)


def run(boot, control, apps):
    """Runs the process; does not return. `apps`: those of the zygote; None when it was started without."""
    Companion(boot, control, apps).run()


class Companion:
    """What a mule and a spooler have in common."""

    def __init__(self, boot, control, apps):
        self.boot = boot
        self.control = control
        self.apps = apps
        role, number = boot["role"], boot["number"]
        #: Its entry of engine/config/companion-settings.ts.
        self.setting = next(one for one in boot["companions"] if (one["role"], one["number"]) == (role, number))
        #: The master has asked it to end: what is being done is finished, nothing else is begun.
        self.leaving = False
        #: Called in the control thread when the master asks it to end, after `leaving` was set.
        self.on_leave = None
        #: Signals (uwsgi.signal) that wait to be handled by the main thread: it calls `run_pending` when it is woken.
        self.runner = reeve_handlers.use(reeve_handlers.Runner(control, "%s %d" % (role, number)))
        self.runner.kick = self.wake
        #: Messages of the master that are of no concern here: type -> function(message), called in the control thread.
        self.handlers = {}
        self._main = threading.get_ident()
        self._wake_read, self._wake_write = os.pipe()
        for end in (self._wake_read, self._wake_write):
            os.set_blocking(end, False)

    def run(self):
        """Does not return."""
        boot = self.boot
        role = boot["role"]
        threading.current_thread().name = "uWSGI%s%d" % (role.capitalize(), boot["number"])
        reeve_uwsgi.enter_process(boot, self.control)
        if hasattr(faulthandler, "register"):
            faulthandler.register(signal.SIGUSR2, file=sys.__stderr__, all_threads=True)
        faulthandler.enable(file=sys.__stderr__, all_threads=True)
        title = boot["system"]["titles"][role]
        if title:
            reeve_process.set_title(title.replace("{number}", str(boot["number"])))
        if hasattr(signal, "SIGPIPE"):
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        reeve_signals.install_companion(role)
        reeve_hooks.run(boot, "post-fork")
        threading.Thread(target=self._listen, name="reeve-control", daemon=True).start()
        code = 0
        try:
            _modules[role].run(self)
        except SystemExit as end:
            code = _exit_code(end)
        except BaseException:
            traceback.print_exc()
            code = 1
        self._exit(code)

    def wait(self, seconds=None, also=()):
        """Waits until it is woken, one of the descriptors `also` can be read, or the time is up. Gives those."""
        poll = select.poll()
        poll.register(self._wake_read, select.POLLIN)
        for descriptor in also:
            poll.register(descriptor, select.POLLIN)
        ready = [fd for fd, _ in poll.poll(None if seconds is None else max(0, int(seconds * 1000 + 0.999)))]
        if self._wake_read in ready:
            ready.remove(self._wake_read)
            self._drain()
        return ready

    def wake(self):
        """Ends a `wait` of the main thread; from any thread, and from a handler of a signal of the system."""
        try:
            os.write(self._wake_write, b"w")
        except BlockingIOError:
            pass  # it is full: the main thread will wake

    def interrupt(self):
        """Has the main thread leave whatever it does, by SystemExit (reeve_signals.py)."""
        signal.pthread_kill(self._main, signal.SIGTERM)

    def _drain(self):
        try:
            while os.read(self._wake_read, 4096):
                pass
        except BlockingIOError:
            return

    # The control thread

    def _listen(self):
        self.control.listener = threading.get_ident()
        while True:
            messages = self.control.receive()
            if messages is None:
                os._exit(0)
            for message in messages:
                self._obey(message)

    def _obey(self, message):
        if reeve_worker.obey(message, self.control, self.runner):
            return
        kind = message["type"]
        if kind == "exit":
            self.leaving = True
            self.wake()
            if self.on_leave is not None:
                self.on_leave()
        elif kind in self.handlers:
            self.handlers[kind](message)

    def _exit(self, code):
        """Ends the process as Python would, without waiting for threads of the application."""
        # What is told to end ends; a second SystemExit would only cut its farewell.
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        try:
            reeve_uwsgi.leave_process()
            atexit._run_exitfuncs()
        finally:
            try:
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)


def _exit_code(end):
    """As Python does it at the end of a program."""
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF
    print(end.code, file=sys.stderr)
    return 1
