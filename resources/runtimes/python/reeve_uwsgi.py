"""The module `uwsgi` as applications import it: put together from the modules of its topics.

A topic's module has a tuple FUNCTIONS and, where it has attributes besides, `values(boot)` that returns them as a dict;
it is added to _TOPICS here. Every process of the engine imports all of them: what is rare is imported by the function
that needs it. What they share is reeve_uwsgi_state.py; what the engine can not do is reeve_uwsgi_refused.py. A name
that is not there raises an AttributeError that says so, which is how `hasattr(uwsgi, ...)` works as it should.
"""

import atexit
import importlib.machinery
import os
import socket
import sys
import threading
import traceback
import types

import reeve_uwsgi_async
import reeve_uwsgi_clock
import reeve_commons
import reeve_uwsgi_commons
import reeve_uwsgi_exchange
import reeve_uwsgi_metrics
import reeve_uwsgi_queue
import reeve_uwsgi_misc
import reeve_uwsgi_refused
import reeve_uwsgi_rpc
import reeve_uwsgi_mules
import reeve_uwsgi_server
import reeve_uwsgi_signals
import reeve_uwsgi_spooler
import reeve_uwsgi_websocket
from reeve_uwsgi_state import as_number, serving_exchange, state

VERSION = b"reeve-0.1.0"
_VERSION_INFO = (0, 1, 0, 0, b"reeve")

_TOPICS = (
    reeve_uwsgi_clock,
    reeve_uwsgi_mules,
    reeve_uwsgi_server,
    reeve_uwsgi_signals,
    reeve_uwsgi_exchange,
    reeve_uwsgi_websocket,
    reeve_uwsgi_commons,
    reeve_uwsgi_queue,
    reeve_uwsgi_metrics,
    reeve_uwsgi_rpc,
    reeve_uwsgi_spooler,
    reeve_uwsgi_misc,
    reeve_uwsgi_async,
)


class _OwnModules:
    """Finds `uwsgidecorators`, and the engine's own modules, whose folder is not in the application's path; asked last."""

    _folder = os.path.dirname(os.path.abspath(__file__))

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name == "uwsgidecorators" or name.startswith("reeve_"):
            return importlib.machinery.PathFinder.find_spec(name, [cls._folder])
        return None


def install(boot, control=None):
    """Makes `import uwsgi` work; to be called before the application is loaded."""
    state.enter(boot, control)
    reeve_commons.install(boot["commons"], boot["token"])
    sys.meta_path.append(_OwnModules)
    module = types.ModuleType("uwsgi", "The engine's application interface, after uWSGI's.")
    module.__getattr__ = _computed
    options = _options(boot["options"])
    module.version = VERSION
    module.version_info = _VERSION_INFO
    module.hostname = socket.gethostname().encode()
    module.opt = options
    module.numproc = boot["processes"]
    module.cores = boot["threads"]
    module.has_threads = int(boot["threads"] > 1 or boot["enableThreads"])
    module.buffer_size = as_number(options.get("buffer-size")) or 65536
    module.started_on = boot["startedOn"]
    module.is_a_reload = boot["isReload"]
    module.loop = None
    module.unbit = None
    module.applications = None
    for topic in _TOPICS:
        for function in topic.FUNCTIONS:
            setattr(module, function.__name__, function)
        for name, value in topic.values(boot).items() if hasattr(topic, "values") else ():
            setattr(module, name, value)
    for name, refusal in reeve_uwsgi_refused.refusals(module.__dict__).items():
        setattr(module, name, refusal)
    sys.modules["uwsgi"] = module


def enter_process(boot, control):
    """The process is a worker, a mule or a spooler from here on."""
    state.enter(boot, control)
    sys.modules["uwsgi"].numproc = boot["processes"]


def begin_process():
    """The process is able to do what `uwsgi` offers: what the application assigned to `uwsgi.post_fork_hook` runs.

    It may never return: that is how a mule of `uwsgidecorators` works.
    """
    _run_hook("post_fork_hook")


def leave_process():
    """The process is about to end: what the application assigned to `uwsgi.atexit` runs."""
    _run_hook("atexit")


def _run_hook(name):
    """As in uWSGI a hook that fails is written to the log and changes nothing."""
    hook = sys.modules["uwsgi"].__dict__.get(name)
    if not callable(hook):
        return
    try:
        hook()
    except Exception:
        traceback.print_exc()


def serve_in_this_thread(exchange):
    """Functions about the request are for this exchange when this thread calls them."""
    state.exchanges[threading.get_ident()] = exchange


def find_exchange(find):
    """Of a worker that runs its requests in one thread: `find` gives the exchange of the one that calls, or None."""
    state.find = find


def end_process():
    """Runs the exit handlers and ends the process as Python would, without waiting for its threads."""
    try:
        leave_process()
        atexit._run_exitfuncs()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(0)


def is_idle(thread):
    """The thread of this ident serves requests, and none now."""
    exchange = state.exchanges.get(thread)
    return exchange is not None and exchange.environ is None


def _computed(name):
    """Attributes that depend on the request, and those that are not there."""
    if name in ("env", "start_response"):
        exchange = serving_exchange()
        if exchange is None:
            raise AttributeError("uwsgi.%s is there only while a request is served" % name)
        return exchange.environ if name == "env" else exchange.start_response
    reason = reeve_uwsgi_refused.ABSENT.get(name, "the engine does not have it")
    raise AttributeError("uwsgi.%s is not available: %s" % (name, reason))


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
    return merged
