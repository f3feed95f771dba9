"""The module `uwsgi` as applications import it: the part of it that the engine has so far.

Anything else raises an AttributeError that names the function, so that `hasattr(uwsgi, ...)` works as it should
and a missing function is seen where it is used.
"""

import os
import socket
import sys
import types

VERSION = b"reeve-0.1.0"

_state = {"wid": 0, "control": None}


def install(boot):
    """Makes `import uwsgi` work; to be called before the application is loaded."""
    module = types.ModuleType("uwsgi", "The engine's application interface, the part of uWSGI's that it has.")
    module.__getattr__ = _missing
    options = dict(_options(boot["options"]))
    module.version = VERSION
    module.hostname = socket.gethostname().encode()
    module.opt = options
    module.numproc = boot["processes"]
    module.cores = boot["threads"]
    module.has_threads = int(boot["threads"] > 1 or boot["enableThreads"])
    module.buffer_size = int(options.get("buffer-size", b"0") or 0) or 65536
    module.worker_id = lambda: _state["wid"]
    module.masterpid = lambda: boot["masterPid"]
    module.log = _log
    module.reload = _reload
    sys.modules["uwsgi"] = module


def enter_worker(boot, control):
    """The process is a worker from here on."""
    _state["wid"] = boot["wid"]
    _state["control"] = control
    sys.modules["uwsgi"].numproc = boot["processes"]


def missing_app(environ, start_response):
    """Answers when no application could be loaded, as uWSGI does."""
    sys.stderr.write("--- no python application found, check the lines of the start in this log ---\n")
    start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
    return [b"Internal Server Error"]


def _options(pairs):
    """Repeated options become lists, as in uWSGI's `opt`; values are bytes."""
    merged = {}
    for key, value in pairs:
        value = value.encode("utf-8", "surrogateescape")
        if key not in merged:
            merged[key] = value
        elif isinstance(merged[key], list):
            merged[key].append(value)
        else:
            merged[key] = [merged[key], value]
    return merged.items()


def _missing(name):
    raise AttributeError("uwsgi.%s is not available: the engine does not have this function" % name)


def _log(message):
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
    os.write(2, (text.rstrip("\n") + "\n").encode("utf-8", "backslashreplace"))
    return True


def _reload():
    control = _state["control"]
    if control is None:
        raise RuntimeError("uwsgi.reload() can only be called in a worker")
    control.send({"type": "reload-requested"})
    return True
