"""Entry of every Python process of the engine: the zygote and fresh workers.

Reads one JSON line (RuntimeBoot in engine/master/control.ts) from standard input, connects to the master's control
socket, loads the WSGI application and then either forks workers on request (zygote) or serves (worker).
Request handling is reeve_serve.py; what applications see as the module `uwsgi` is reeve_uwsgi.py.
Python 3.8 or newer, standard library only.
"""

import faulthandler
import gc
import importlib
import importlib.machinery
import importlib.util
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
import traceback

import reeve_process
import reeve_serve
import reeve_uwsgi

LOAD_FAILED_EXIT_CODE = 22  # uWSGI's code for an application that can not be loaded


class Control:
    """The connection to the master: `u32le length | UTF-8 JSON` both ways. Sending is safe from any thread."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.sock = self._connect(endpoint)
        self._lock = threading.Lock()

    @staticmethod
    def _connect(endpoint):
        if hasattr(socket, "AF_UNIX") and endpoint.startswith("/"):
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            sock.connect(endpoint)
            return sock
        host, _, port = endpoint.rpartition(":")
        return socket.create_connection((host, int(port)))

    def send(self, message):
        payload = json.dumps(message).encode()
        with self._lock:
            self.sock.sendall(struct.pack("<I", len(payload)) + payload)

    def receive(self):
        """The next message; None when the master has gone."""
        header = self._exactly(4)
        payload = self._exactly(struct.unpack("<I", header)[0]) if header else None
        return json.loads(payload) if payload else None

    def _exactly(self, size):
        parts = []
        while size > 0:
            try:
                part = self.sock.recv(size)
            except OSError:
                return None
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


# ---------------------------------------------------------------------------------------------- loading


class AppNotFound(Exception):
    """The module was imported but holds nothing to call under that name."""


def load_app(setting, options):
    """Imports what `wsgi-file` or `module` names and returns its callable; raises whatever the import raises."""
    if setting["language"] == "none":
        raise AppNotFound("no application is configured; name one with 'wsgi-file' or 'module'")
    name = setting["callable"] or "application"
    source = setting["module"] or _as_written(options) or setting["wsgiFile"]
    if setting["module"]:
        module_name, _, named = setting["module"].partition(":")
        module = importlib.import_module(module_name)
        name = named or name
    else:
        module = _import_file(setting["wsgiFile"], source)
    is_factory = name.endswith("()")
    found = getattr(module, name[:-2] if is_factory else name, None)
    if found is None:
        raise AppNotFound(
            "'%s' is not defined in %s; name the WSGI callable with the option 'callable'"
            % (name, source)
        )
    app = found() if is_factory else found
    if not callable(app):
        raise AppNotFound("'%s' in %s is a %s, which can not be called" % (name, source, type(app).__name__))
    return app


def _as_written(options):
    """The value of `wsgi-file`; the setting itself is an absolute path."""
    written = [value for key, value in options if key in ("wsgi-file", "file")]
    return written[-1] if written else None


def _import_file(path, written):
    # uWSGI's name for such a module: pickles and log lines of applications contain it.
    name = "uwsgi_file_" + os.path.splitext(written)[0].replace("/", "_").replace(".", "_")
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def prepare_paths(boot):
    """Working directory and sys.path as uWSGI has them: `pythonpath` in front, then `.` and the empty entry."""
    if boot["chdir"]:
        os.chdir(boot["chdir"])
    own_folder = os.path.dirname(os.path.abspath(__file__))
    rest = [entry for entry in sys.path if entry not in (own_folder, "", ".")]
    sys.path[:] = [*reversed(boot["app"].get("pythonpath", ())), ".", "", *rest]
    sys.argv[:] = ["uwsgi"]


def load_and_report(boot, control):
    """Loads the application and tells the master. Returns it, or None when it failed and may not be missing."""
    started = time.monotonic()
    try:
        prepare_paths(boot)
        app = load_app(boot["app"], boot["options"])
    except BaseException as error:
        text = "".join(traceback.format_exception_only(type(error), error)).strip()
        if isinstance(error, AppNotFound):
            sys.stderr.write("*** %s\n" % error)
            text = str(error)
        else:
            traceback.print_exception(type(error), error, _own_frames_cut(error.__traceback__))
        sys.stderr.flush()
        if boot["needApp"]:
            control.send({"type": "load-failed", "text": text})
            return None
        app = reeve_uwsgi.missing_app
    finally:
        sys.stdout.flush()
    apps = []
    if app is not reeve_uwsgi.missing_app:
        seconds = time.monotonic() - started
        apps.append({"id": 0, "modifier1": 0, "mountpoint": "", "startupSeconds": seconds, "chdir": ""})
    control.send({"type": "loaded", "apps": apps, "runtime": "Python %d.%d.%d" % sys.version_info[:3]})
    return app


def _own_frames_cut(trace):
    """The traceback from the application's first frame on; nothing when there is none (a file that is not there, say)."""
    inner = trace
    while inner is not None:
        name = inner.tb_frame.f_code.co_filename
        if name != __file__ and "importlib" not in name:
            return inner
        inner = inner.tb_next
    return None


# ---------------------------------------------------------------------------------------------- zygote


class Zygote:
    """Holds the loaded application, forks workers from it and tells the master how they ended."""

    def __init__(self, boot, control, app):
        self.boot = boot
        self.control = control
        self.app = app
        self.children = {}  # pid -> spawn id
        self.leaving = False
        self.wakeup_read, self.wakeup_write = socket.socketpair()

    def run(self):
        # Only now: the application may have set its own handler while it was imported.
        for end in (self.wakeup_read, self.wakeup_write):
            end.setblocking(False)
        signal.set_wakeup_fd(self.wakeup_write.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        gc.collect()
        gc.freeze()  # keeps the collector from touching, and so copying, pages that all workers share
        poll = select.poll()
        poll.register(self.control.sock, select.POLLIN)
        poll.register(self.wakeup_read, select.POLLIN)
        while not (self.leaving and not self.children):
            for fd, _ in poll.poll():
                if fd == self.wakeup_read.fileno():
                    self._drain_wakeup()
                    self._reap()
                else:
                    self._obey(self.control.receive())
        os._exit(0)

    def _drain_wakeup(self):
        try:
            while self.wakeup_read.recv(4096):
                pass
        except BlockingIOError:
            return

    def _obey(self, message):
        if message is None:
            os._exit(0)
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
            pid = os.fork()
        except OSError as error:
            self.control.send({"type": "fork-failed", "spawnId": spawn_id, "message": str(error)})
            return
        if pid == 0:
            self._become_worker(message)
        self.children[pid] = spawn_id
        self.control.send({"type": "forked", "spawnId": spawn_id, "pid": pid})

    def _become_worker(self, message):
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for sock in (self.wakeup_read, self.wakeup_write, self.control.sock):
                sock.close()
            boot = dict(self.boot, processes=message["processes"], spawnId=message["spawnId"], wid=message["wid"])
            control = Control(self.boot["controlEndpoint"])
            say_hello(control, boot, "worker")
            run_worker(boot, control, self.app)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def _reap(self):
        # By pid, so that processes the application started at import stay its own.
        for pid in list(self.children):
            try:
                reaped, status = os.waitpid(pid, os.WNOHANG)
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


# ---------------------------------------------------------------------------------------------- entry


def say_hello(control, boot, role):
    control.send(
        {
            "type": "hello",
            "role": role,
            "token": boot["token"],
            "generation": boot["generation"],
            "spawnId": boot["spawnId"],
            "pid": os.getpid(),
        }
    )


def run_worker(boot, control, app):
    """Serves until the master says otherwise; does not return."""
    reeve_uwsgi.enter_worker(boot, control)
    if hasattr(faulthandler, "register"):
        # uWSGI's signal for "where do you stand": the stacks of all threads to the log.
        faulthandler.register(signal.SIGUSR2, file=sys.__stderr__, all_threads=True)
    if boot["autoProcname"]:
        reeve_process.set_title("%sreeve worker %d" % (boot["procnamePrefix"], boot["wid"]))
    reeve_serve.serve(boot, boot["spawnId"], boot["wid"], app, control.sock)


def main():
    boot = json.loads(sys.stdin.readline())
    reeve_process.detach_stdin()
    reeve_process.die_with_parent()
    sys.stdout.reconfigure(line_buffering=True)
    control = Control(boot["controlEndpoint"])
    say_hello(control, boot, boot["role"])
    if boot["autoProcname"] and boot["role"] == "zygote":
        reeve_process.set_title(boot["procnamePrefix"] + "reeve zygote")
    reeve_uwsgi.install(boot)
    app = load_and_report(boot, control)
    if app is None:
        sys.stdout.flush()
        os._exit(LOAD_FAILED_EXIT_CODE)
    if boot["role"] == "zygote":
        Zygote(boot, control, app).run()
    else:
        run_worker(boot, control, app)


if __name__ == "__main__":
    main()
