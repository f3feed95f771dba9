"""The zygote: holds the loaded applications, forks the other processes from it and tells the master how they ended."""

import gc
import os
import select
import signal
import socket
import sys
import traceback

import reeve_process

# As they are before the application patches them (gevent does): nothing here waits for anything but these.
_fork, _waitpid, _poll, _signal = os.fork, os.waitpid, select.poll, signal.signal


class Zygote:
    """`become(boot)` is called in each fork, with the boot record of the process to be; it does not return."""

    def __init__(self, boot, control, become):
        self.boot = boot
        self.control = control
        self.become = become
        self.children = {}  # pid -> spawn id
        self.leaving = False
        self.wakeup_read, self.wakeup_write = socket.socketpair()

    def run(self):
        """Forks and reaps until the master says `exit` and all children have ended; does not return."""
        # Only now: the application may have set its own handler while it was imported.
        for end in (self.wakeup_read, self.wakeup_write):
            end.setblocking(False)
        signal.set_wakeup_fd(self.wakeup_write.fileno(), warn_on_full_buffer=False)
        _signal(signal.SIGCHLD, lambda *_: None)
        gc.collect()
        gc.freeze()  # keeps the collector from touching, and so copying, pages that all of them share
        poll = _poll()
        poll.register(self.control.sock, select.POLLIN)
        poll.register(self.wakeup_read, select.POLLIN)
        while not (self.leaving and not self.children):
            for fd, _ in poll.poll():
                if fd == self.wakeup_read.fileno():
                    self._drain_wakeup()
                    self._reap()
                else:
                    self._obey()
        os._exit(0)

    def _drain_wakeup(self):
        try:
            while self.wakeup_read.recv(4096):
                pass
        except BlockingIOError:
            return

    def _obey(self):
        messages = self.control.receive()
        if messages is None:
            os._exit(0)
        for message in messages:
            if message["type"] == "fork":
                self._fork(message)
            elif message["type"] == "exit":
                self.leaving = True
            elif message["type"] == "reopen-log":
                reeve_process.reopen_log(message["path"])

    def _fork(self, message):
        spawn_id = message["spawnId"]
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            pid = _fork()
        except OSError as error:
            self.control.send({"type": "fork-failed", "spawnId": spawn_id, "message": str(error)})
            return
        if pid == 0:
            self._leave_family(message)
        self.children[pid] = spawn_id
        self.control.send({"type": "forked", "spawnId": spawn_id, "pid": pid})

    def _leave_family(self, message):
        try:
            signal.set_wakeup_fd(-1)
            _signal(signal.SIGCHLD, signal.SIG_DFL)
            if "gevent" in sys.modules:
                sys.modules["gevent"].reinit()
            for sock in (self.wakeup_read, self.wakeup_write, self.control.sock):
                sock.close()
            keys = ("role", "processes", "spawnId", "wid", "number", "isFirst")
            self.become(dict(self.boot, **{key: message[key] for key in keys}))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def _reap(self):
        # By pid, so that processes the application started at import stay its own.
        for pid in list(self.children):
            try:
                reaped, status = _waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                reaped, status = pid, 0
            if reaped == 0:
                continue
            is_signal = os.WIFSIGNALED(status)
            self.control.send(
                {
                    "type": "exited",
                    "spawnId": self.children.pop(pid),
                    "pid": pid,
                    "code": None if is_signal else os.WEXITSTATUS(status),
                    "signal": os.WTERMSIG(status) if is_signal else None,
                }
            )
