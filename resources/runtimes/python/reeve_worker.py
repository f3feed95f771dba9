"""What workers have in common, whatever serves in them (reeve_serve.py, reeve_greenlets.py, reeve_asgi_worker.py): how
they begin, how they greet a gateway, and what they obey the master in, as mules and spoolers do.
"""

import faulthandler
import signal
import sys

import reeve_handlers
import reeve_process
import reeve_signals
from reeve_control import connect
from reeve_frames import encode_hello


def runner_of(boot, control):
    """Runs this worker's handlers. One that ends itself has the worker replaced; its requests are answered before."""
    runner = reeve_handlers.Runner(control, "worker %d" % boot["wid"])
    runner.leave = lambda: control.send({"type": "worn"})
    return runner


def begin(control, runner, kick):
    """Signals, handlers and stacks of crashes are as in a worker from here on. To be called in the main thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    reeve_signals.install(control)
    reeve_handlers.use(runner).kick = kick
    faulthandler.enable(file=sys.__stderr__, all_threads=True)


def greet(boot, endpoint, core):
    """Connects to a gateway as this core of the worker; the socket."""
    sock = connect(endpoint)
    sock.sendall(encode_hello(boot["spawnId"], core, bytes.fromhex(boot["token"])))
    return sock


def obey(message, control, runner):
    """Carries out what the master wants of any process of an application; False: it is something else."""
    kind = message["type"]
    if kind == "reopen-log":
        reeve_process.reopen_log(message["path"])
    elif kind == "answer":
        control.answered(message)
    elif kind == "signal":
        runner.add(message["number"])
    else:
        return False
    return True
