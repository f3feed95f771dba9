"""A mule: a process beside the workers, with a script or a function of its own, or waiting for messages and signals.

Messages are kept by the commons (reeve_commons.py), in a mailbox for each mule and farm and one for whichever mule is
free. What a mule has not taken is there for its successor.
"""

import importlib
import os
import runpy
import socket
import struct
import sys
import time
import traceback

import reeve_commons
import reeve_uwsgi

# The Mule that this process is; None in all others.
current = None

ANY = "mules"
# Seconds after which a pull is said anew: the commons may have been started again meanwhile.
_PULL_SECONDS = 3600


def run(companion):
    """Runs the mule; it ends when this returns."""
    global current
    current = Mule(companion)
    reeve_uwsgi.begin_process()
    current.run()


def mailbox_of(number):
    """The mailbox of a mule; 0: of any."""
    return "mule %d" % number if number else ANY


class Mule:
    """What it runs, and how it waits."""

    def __init__(self, companion):
        self.companion = companion
        self.number = companion.setting["number"]
        self.farms = companion.setting["farms"]
        self.runner = companion.runner
        self._has_asked = False
        self._has_task = False
        companion.on_leave = self._leave

    def run(self):
        """Runs the script or function, or takes messages until it is to end."""
        command = self.companion.setting["command"]
        if not command:
            return self._loop()
        if command.endswith(")") or (":" in command and not os.path.exists(command)):
            function = _find_function(command)
            if function is not None:
                return function()
            # As uWSGI it is a mule without a function then.
            text = "*** mule %d: there is no function %s: it waits for messages ***\n"
            sys.stderr.write(text % (self.number, command))
            return self._loop()
        try:
            runpy.run_path(command, run_name="__main__")
        except FileNotFoundError as error:
            if error.filename != command:
                raise
            sys.exit("*** mule %d: there is no file %s ***" % (self.number, os.path.abspath(command)))

    def get_message(self, signals=True, farms=True, timeout=None):
        """The next message, or None when the time is over. With `signals` handlers run meanwhile."""
        self._end_task()
        self._has_asked = True
        mailboxes = [mailbox_of(self.number), ANY, *("farm " + name for name in self.farms if farms)]
        message = self._pull(mailboxes, signals, timeout)
        if message is not None:
            self._has_task = True
            self.companion.control.send({"type": "task-begun"})
        return message

    def farm_message(self):
        """The next message for one of its farms."""
        self._end_task()
        self._has_asked = True
        return self._pull(["farm " + name for name in self.farms], False, None)

    def _loop(self):
        while True:
            message = self.get_message()
            if message is None:
                continue
            hook = getattr(sys.modules["uwsgi"], "mule_msg_hook", None)
            if not callable(hook):
                sys.stderr.write("*** mule %d received a %d bytes message ***\n" % (self.number, len(message)))
                continue
            try:
                hook(message)
            except Exception:
                traceback.print_exc()

    def _pull(self, mailboxes, signals, timeout):
        """Waits for what comes first: a message, a signal, the end. One request waits through all the signals."""
        deadline = None if timeout is None else time.monotonic() + max(0, timeout)
        while True:
            left = _PULL_SECONDS if deadline is None else max(0, deadline - time.monotonic())
            connection = reeve_commons.take()
            try:
                names = b"".join(reeve_commons.text(one.encode()) for one in mailboxes)
                fields = struct.pack("<IB", int(left * 1000), len(mailboxes)) + names
                found = self._answer(connection, fields, signals)
            except ConnectionError:
                connection.close()
                time.sleep(0.05)  # the commons are being started again
                continue
            except BaseException:
                connection.close()
                raise
            reeve_commons.give_back(connection)
            if found is not None:
                return found
            if deadline is not None and time.monotonic() >= deadline:
                return None

    def _answer(self, connection, fields, signals):
        sock = connection.sock
        connection.send(reeve_commons.MESSAGE_PULL, fields)
        while True:
            if self.companion.leaving:
                self._part(connection)
            if signals:
                self.runner.run_pending()
            if sock.fileno() in self.companion.wait(also=(sock.fileno(),)):
                status, value = connection.receive()
                return value[1:] if status == reeve_commons.DONE else None

    def _part(self, connection):
        """It is to end: takes the request back, and ends unless a message was on its way already."""
        connection.sock.shutdown(socket.SHUT_WR)
        try:
            status, value = connection.receive()
        except ConnectionError:
            sys.exit(0)
        if status != reeve_commons.DONE:
            sys.exit(0)
        # It is this mule's: put back for its successor.
        reeve_commons.push(mailbox_of(self.number), value[1:])
        sys.exit(0)

    def _end_task(self):
        if self._has_task:
            self._has_task = False
            self.companion.control.send({"type": "task-done"})

    def _leave(self):
        """In the control thread. A script that asks for no messages would never notice."""
        if not self._has_asked and self.companion.setting["command"]:
            self.companion.interrupt()


def _find_function(command):
    """`module:function()`, `module:function`, or `function()` of the application's module."""
    name = command.rstrip("() ")
    module_name, _, function_name = name.rpartition(":")
    if not module_name:
        module_name, _, function_name = name.rpartition(".")
    if module_name:
        function = getattr(importlib.import_module(module_name), function_name, None)
        return function if callable(function) else None
    return _find_loaded(function_name)


def _find_loaded(name):
    """A function of the application: in `__main__`, or in the module that uWSGI gives a file that it has loaded."""
    for module in ("__main__", *(one for one in sys.modules if one.startswith("uwsgi_file_")), *sys.modules):
        function = getattr(sys.modules.get(module), name, None)
        if callable(function) and getattr(function, "__module__", module) == module:
            return function
    return None
