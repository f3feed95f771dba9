"""Entry of every Python process of the engine: the zygote, and what is started fresh.

Reads one JSON line (RuntimeBoot in engine/master/control.ts) from standard input, connects to the master's control
socket, loads the WSGI applications (reeve_apps.py) and then forks the others on request (reeve_zygote.py) or serves
(reeve_serve.py). Mules and spoolers that are started fresh have no application (reeve_companion.py). What applications
see as the module `uwsgi` is reeve_uwsgi.py.
Python 3.8 or newer, standard library only.
"""

import faulthandler
import importlib
import json
import os
import signal
import sys
import threading

import reeve_apps
import reeve_companion
import reeve_hooks
import reeve_process
import reeve_serve
import reeve_uwsgi
import reeve_watch
from reeve_control import Control
from reeve_zygote import Zygote

LOAD_FAILED_EXIT_CODE = 22  # uWSGI's code for an application that can not be loaded
# Loops whose requests are greenlets, and the module of each.
GREENLET_HUBS = {"gevent": "reeve_gevent", "greenlet": "reeve_asyncio"}


def main():
    """Runs the process; does not return."""
    boot = json.loads(sys.stdin.readline())
    reeve_process.detach_stdin()
    # Also with PYTHONUNBUFFERED, which would write each word of a print by itself, between those of other processes.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, write_through=False)
    control = Control(boot["controlEndpoint"])
    say_hello(control, boot)
    reeve_process.end_with_master(boot["controlEndpoint"], boot["token"])
    title = boot["system"]["titles"]["zygote"]
    if title and boot["role"] == "zygote":
        reeve_process.set_title(title)
    reeve_uwsgi.install(boot, control)
    reeve_companion.prepare(boot)
    if boot["role"] not in ("zygote", "worker"):
        run_companion(boot, control)
    try:
        worker_type(boot)
    except ImportError as error:
        text = "'%s' is not installed for %s: %s" % (error.name or boot["loop"]["type"], sys.executable, error)
        control.send({"type": "load-failed", "text": text})
        os._exit(LOAD_FAILED_EXIT_CODE)
    apps = load_and_report(boot, control)
    if apps is None:
        sys.stdout.flush()
        os._exit(LOAD_FAILED_EXIT_CODE)
    if boot["role"] == "worker":
        run_worker(boot, control, apps)

    def become(own_boot):
        own_control = Control(boot["controlEndpoint"])
        say_hello(own_control, own_boot)
        reeve_process.end_with_master(boot["controlEndpoint"], boot["token"])
        if own_boot["role"] == "worker":
            run_worker(own_boot, own_control, apps)
        else:
            reeve_companion.run(own_boot, own_control, apps)

    Zygote(boot, control, become).run()


def run_companion(boot, control):
    """A mule or a spooler without the application (lazy-apps); does not return."""
    if not enter_folder(boot["chdir"], "chdir", control):
        os._exit(LOAD_FAILED_EXIT_CODE)
    reeve_apps.prepare(boot)
    if not enter_folder(boot["system"]["chdir2"], "chdir2", control):
        os._exit(LOAD_FAILED_EXIT_CODE)
    reeve_companion.run(boot, control, None)


def say_hello(control, boot):
    """The first message on every connection to the master."""
    keys = ("role", "token", "generation", "spawnId")
    control.send({"type": "hello", "pid": os.getpid(), **{key: boot[key] for key in keys}})


def load_and_report(boot, control):
    """Loads the applications and tells the master. None: it can not serve, which the master has been told."""
    if not enter_folder(boot["chdir"], "chdir", control):
        return None
    prepare_loop(boot, "early")
    reeve_apps.prepare(boot)
    reeve_hooks.run(boot, "pre-app")
    setting = boot["app"]
    prepare_loop(boot, "app")
    is_cgi = setting["language"] == "cgi"
    apps = sys.modules["reeve_cgi"].load_apps(setting) if is_cgi else reeve_apps.load_apps(setting)
    sys.stdout.flush()
    configured = len(setting.get("mounts", ())) + (setting.get("main") is not None)
    if len(apps.all) < min(boot["needApps"], max(1, configured)):
        control.send({"type": "load-failed", "text": "; ".join(apps.failures)})
        return None
    reeve_hooks.run(boot, "post-app")
    if not enter_folder(boot["system"]["chdir2"], "chdir2", control):
        return None
    same = {"modifier1": 9 if is_cgi else 0, "chdir": ""}
    loaded = [
        {"id": app.number, "mountpoint": app.mountpoint, "startupSeconds": app.seconds, **same} for app in apps.all
    ]
    runtime = "%sPython %d.%d.%d" % ("CGI, " if is_cgi else "", *sys.version_info[:3])
    control.send({"type": "loaded", "apps": loaded, "runtime": runtime})
    return apps


def prepare_loop(boot, moment):
    """What the loop does in a process that loads the application, before all of it (`early`) or just before (`app`)."""
    hub = GREENLET_HUBS.get(boot["loop"]["type"])
    if hub is not None:
        sys.modules[hub].prepare(boot, moment)


def enter_folder(path, option, control):
    """False: it can not be entered, and the master has been told."""
    try:
        if path:
            os.chdir(path)
        return True
    except OSError as error:
        control.send({"type": "load-failed", "text": "the folder of '%s' can not be entered: %s" % (option, error)})
        return False


def run_worker(boot, control, apps):
    """Serves until the master says otherwise; does not return."""
    # uWSGI's names of the threads that serve: applications log them.
    threading.current_thread().name = "uWSGIWorker%dCore0" % boot["wid"]
    setting = boot["app"]
    if setting.get("threadStackBytes"):
        threading.stack_size(setting["threadStackBytes"])
    reeve_uwsgi.enter_process(boot, control)
    reeve_uwsgi.begin_process()
    if hasattr(faulthandler, "register"):
        # uWSGI's signal for "where do you stand": the stacks of all threads to the log.
        faulthandler.register(signal.SIGUSR2, file=sys.__stderr__, all_threads=True)
    title = boot["system"]["titles"]["worker"]
    if title:
        reeve_process.set_title(title.replace("{number}", str(boot["wid"])))
    reeve_hooks.bind_to_cpus(boot)
    reeve_hooks.run(boot, "post-fork")
    if setting.get("tracebacker") or (setting.get("autoReloadSeconds") and boot["wid"] == 1):
        reeve_watch.start(setting, boot["wid"], control)
    reeve_hooks.accepting(boot)
    worker_type(boot)(boot, apps, control).run()


def worker_type(boot):
    """The kind of worker; its module is loaded before the application can change where modules are found."""
    if boot["app"]["language"] == "cgi":
        import reeve_cgi

        return reeve_cgi.Worker
    loop = boot["loop"]["type"]
    if loop == "asyncio":
        import reeve_asgi_worker

        return reeve_asgi_worker.Worker
    if loop in GREENLET_HUBS:
        return importlib.import_module(GREENLET_HUBS[loop]).worker
    if not boot["direct"]:
        return reeve_serve.Worker
    import reeve_acceptor

    return reeve_acceptor.Acceptor


if __name__ == "__main__":
    main()
