"""Threads of a worker that watch it: `py-autoreload` (has a module's file changed?) and `py-tracebacker` (where does
every thread stand?). Imported only when one of them is configured.
"""

import atexit
import os
import socket
import stat
import sys
import threading
import time
import traceback

import reeve_apps
import reeve_uwsgi

_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__))
_OWN_THREADS = "reeve-"
# Frames of the threading module in front of a thread's own function.
_BOOTSTRAP_FRAMES = 4


def start(setting, wid, control):
    """Starts what the configuration asks for. Worker 1 watches the modules for all."""
    if setting["autoReloadSeconds"] and wid == 1:
        watch = ModuleWatch(setting["autoReloadIgnore"])
        interval = setting["autoReloadSeconds"]
        _thread("reeve-autoreload", lambda: _reload_loop(watch, interval, control))
    if setting["tracebacker"]:
        _serve_tracebacks("%s%d" % (setting["tracebacker"], wid), wid)


def _thread(name, run):
    threading.Thread(target=run, name=name, daemon=True).start()


# ---------------------------------------------------------------------------------------------- autoreload


class ModuleWatch:
    """Modification times of all imported modules' files, and of those in which an import has failed."""

    def __init__(self, ignored):
        self._ignored = set(ignored)
        self._seen = dict(reeve_apps.failed_files)

    def changed(self):
        """The first file that was modified since the last look; None: none was."""
        found = None
        modules = [(name, getattr(module, "__file__", None)) for name, module in list(sys.modules.items())]
        for name, path in modules + [("", path) for path in reeve_apps.failed_files]:
            if not path or name in self._ignored:
                continue
            path = path[:-1] if path.endswith((".pyc", ".pyo")) else path
            try:
                modified = os.stat(path).st_mtime_ns
            except (OSError, ValueError):
                continue  # being written anew, or not a file at all
            if self._seen.setdefault(path, modified) != modified:
                self._seen[path] = modified
                found = path
        return found


def _reload_loop(watch, interval, control):
    watch.changed()
    while True:
        time.sleep(interval)
        path = watch.changed()
        if path is None:
            continue
        sys.stderr.write("[uwsgi-python-reloader] module/file %s has been modified\n" % path)
        try:
            control.send({"type": "reload-requested"})
        except OSError:
            return  # the master has gone


# ---------------------------------------------------------------------------------------------- tracebacker


def _serve_tracebacks(path, wid):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_socket(path)  # a former worker's
        server.bind(path)
        server.listen(8)
    except OSError as error:
        sys.stderr.write("python tracebacker for worker %d can not listen on %s: %s\n" % (wid, path, error))
        server.close()
        return
    inode = os.stat(path).st_ino
    atexit.register(lambda: _remove_socket(path, inode))
    sys.stderr.write("python tracebacker for worker %d available on %s\n" % (wid, path))
    _thread("reeve-tracebacker", lambda: _answer_loop(server))


def _remove_socket(path, inode=None):
    """Removes a socket, with `inode` only that one: another worker may have taken the place meanwhile."""
    try:
        found = os.lstat(path)
        if stat.S_ISSOCK(found.st_mode) and inode in (None, found.st_ino):
            os.unlink(path)
    except FileNotFoundError:
        return


def _answer_loop(server):
    while True:
        client, _ = server.accept()
        try:
            client.settimeout(5)
            client.sendall(describe_threads().encode("utf-8", "backslashreplace"))
        except OSError:
            pass  # whoever asked has left
        finally:
            client.close()


def describe_threads():
    """The stacks of all threads that run application code, in uWSGI's form."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    lines = ["*** uWSGI Python tracebacker output ***\n\n"]
    for ident, frame in sys._current_frames().items():
        name = names.get(ident, str(ident))
        if name.startswith(_OWN_THREADS) or reeve_uwsgi.is_idle(ident):
            continue
        for entry in _application_part(traceback.extract_stack(frame)):
            lines.append(
                "thread_id = %s filename = %s lineno = %d function = %s line = %s\n"
                % (name, entry.filename, entry.lineno, entry.name, entry.line)
            )
        lines.append("\n")
    return "".join(lines)


def _application_part(entries):
    """What is left of a stack when the engine's own outer frames (and those that started its thread) are cut off."""
    is_own = [os.path.dirname(entry.filename) == _OWN_FOLDER for entry in entries]
    if True not in is_own[:_BOOTSTRAP_FRAMES]:
        return entries
    start = is_own.index(True)
    while start < len(entries) and is_own[start]:
        start += 1
    return entries[start:]
