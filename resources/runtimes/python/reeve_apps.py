"""The WSGI applications of a process: how they are found and loaded, and which of them a request is for.

Loading follows uWSGI 2.0: aliases, `shared-import`, `import`, then the main application (`module`, `wsgi-file`,
`eval` or `paste`), then one for each `mount`. The setting is PythonApp in engine/config/settings.ts.
"""

import importlib
import os
import sys
import time
import traceback
import types

NO_APP = 0xFFFF  # the number that stands for "no application" in frames
_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__))
# Flags of code objects as in `inspect`, whose import takes as long as starting a small application.
_VARIADIC = 0x04 | 0x08
_COROUTINE = 0x80
_NAMING_OPTIONS = (
    "'wsgi-file' or 'module' (Python), 'asgi', 'rack' (Ruby), 'psgi' (Perl), 'php-docroot', 'cgi' or 'js-app'"
)


# Files in which loading has failed, which no imported module names, and when they were modified (reeve_watch.py).
failed_files = {}


class AppNotFound(Exception):
    """The configuration names no application, or its module holds nothing to call under that name."""


class App:
    """One loaded application."""

    __slots__ = ("number", "mountpoint", "call", "seconds")

    def __init__(self, number, mountpoint, call, seconds):
        self.number = number
        self.mountpoint = mountpoint
        self.call = call
        self.seconds = seconds


class Apps:
    """All applications of the process, and why some of them could not be loaded."""

    def __init__(self, manage_script_name=False, has_default=True):
        self.all = []
        self.failures = []
        self._manage = manage_script_name
        self._has_default = has_default
        self._by_mountpoint = {}
        self._mountpoints = []

    def add(self, mountpoint, call, seconds):
        app = App(len(self.all), mountpoint, call, seconds)
        self.all.append(app)
        # A host's name, which only UWSGI_APPID can choose, stands as it is; environ values are latin-1.
        key = mountpoint.rstrip("/").encode("utf-8", "surrogateescape").decode("latin-1")
        self._by_mountpoint.setdefault(key, app)
        if key.startswith("/"):
            self._mountpoints = sorted({key, *self._mountpoints}, key=len, reverse=True)

    @property
    def only(self):
        """The application, when every request is for the same one."""
        if len(self.all) != 1 or not self._has_default or self._manage:
            return None
        return self.all[0].call

    def choose(self, environ):
        """The number and the callable of the application a request is for, `(NO_APP, None)` when there is none.

        As uWSGI: with `manage-script-name` the longest mountpoint in front of PATH_INFO moves to SCRIPT_NAME,
        whatever the front server said; then UWSGI_APPID or SCRIPT_NAME names the application, exactly. Otherwise
        it is the first one that was loaded, unless `no-default-app` is set.
        """
        if self._manage:
            path = environ.get("PATH_INFO", "")
            for point in self._mountpoints:
                if path.startswith(point) and path[len(point) : len(point) + 1] in ("", "/"):
                    environ["SCRIPT_NAME"] = point
                    environ["PATH_INFO"] = path[len(point) :]
                    break
            else:
                environ.setdefault("SCRIPT_NAME", "")
        app = self._by_mountpoint.get(environ.get("UWSGI_APPID") or environ.get("SCRIPT_NAME", ""))
        if app is None:
            if not self._has_default or not self.all:
                return NO_APP, None
            app = self.all[0]
        return app.number, app.call


def prepare(boot):
    """`sys.path` and `sys.argv` as uWSGI has them, then aliases and imports."""
    setting = boot["app"]
    rest = [entry for entry in sys.path if entry not in (_OWN_FOLDER, "", ".")]
    sys.path[:] = [*reversed(setting.get("pythonpath", ())), ".", "", *rest]
    sys.argv[:] = ["uwsgi", *setting.get("argv", ())]
    if setting.get("executable"):
        sys.executable = setting["executable"]
    for name, source in setting.get("moduleAliases", ()):
        import_aside(source, name)
    for source in (*setting.get("sharedImports", ()), *setting.get("imports", ())):
        import_aside(source, None)
    for name, source in setting.get("postModuleAliases", ()):
        import_aside(source, name)


def load_apps(setting):
    """Loads what can be loaded; tracebacks go to the log, and the last line of each to `failures`."""
    apps = Apps(setting.get("manageScriptName", False), setting.get("hasDefaultApp", True))
    sources = [("", setting["main"])] if setting.get("main") else []
    sources += [(mount["mountpoint"], mount["source"]) for mount in setting.get("mounts", ())]
    if not sources:
        apps.failures.append("no application is configured; name one with %s" % _NAMING_OPTIONS)
        _write("*** %s\n" % apps.failures[0])
    for mountpoint, source in sources:
        started = time.monotonic()
        try:
            call = _load(source, setting["callable"])
        except BaseException as error:  # also SystemExit: a script that ends itself is an application that fails
            apps.failures.append(_report(error))
            if mountpoint:
                _write("*** The application at mountpoint '%s' can not be loaded: see above. ***\n" % mountpoint)
        else:
            apps.add(mountpoint, call, time.monotonic() - started)
            _warn_of_interface(call, setting.get("interface") == "asgi")
    return apps


def _warn_of_interface(call, is_asgi):
    """Says so when this is without doubt an application of the other kind; what can not be seen is not judged."""
    function = call if isinstance(call, (types.FunctionType, types.MethodType)) else getattr(type(call), "__call__", None)
    code = getattr(function, "__code__", None)
    if not isinstance(code, types.CodeType):
        return
    bound = 0 if isinstance(call, types.FunctionType) else 1
    is_coroutine = bool(code.co_flags & _COROUTINE)
    if is_coroutine and not is_asgi:
        _write("*** This is an ASGI application: name it with 'asgi' in place of 'module' or 'wsgi-file'. ***\n")
    if is_asgi and not is_coroutine and not code.co_flags & _VARIADIC and code.co_argcount - bound == 2:
        _write("*** This is a WSGI application: name it with 'module' in place of 'asgi'. ***\n")


def _load(source, default_name):
    """The callable that a configured source (AppSource in settings.ts) stands for."""
    name = default_name
    if source["type"] == "file":
        module = _import_file("uwsgi_file_" + _name_of(source["written"]), source["path"])
        where = source["written"]
    elif source["type"] == "eval":
        module = types.ModuleType("uwsgi_eval_config")
        exec(compile(source["code"], "<eval>", "exec"), module.__dict__)
        where = "the code of 'eval'"
    elif source["type"] == "paste":
        return _load_paste(source)
    else:
        where = source["name"]
        module_name, _, named = where.partition(":")
        module = importlib.import_module(module_name)
        name = named or name
    return _named(module, name, where)


def _named(module, name, where):
    is_factory = name.endswith("()")
    found = getattr(module, name[:-2] if is_factory else name, None)
    if found is None:
        hint = "name the WSGI callable with the option 'callable'"
        raise AppNotFound("'%s' is not defined in %s; %s" % (name, where, hint))
    app = found() if is_factory else found
    if not callable(app):
        raise AppNotFound("'%s' in %s is a %s, which can not be called" % (name, where, type(app).__name__))
    return app


def _load_paste(source):
    try:
        from paste.deploy import loadapp
    except ImportError as error:
        raise AppNotFound("'paste' needs the package PasteDeploy, which can not be imported: %s" % error) from error
    if source["logging"]:
        from logging.config import fileConfig

        path = source["uri"].partition(":")[2].partition("#")[0]
        fileConfig(path, {"__file__": path, "here": os.path.dirname(path)}, disable_existing_loggers=False)
    return loadapp(source["uri"])


def import_aside(source, alias):
    """`import` and the aliases: a failure is written to the log and changes nothing else, as in uWSGI."""
    try:
        if source.endswith(".py") or "/" in source:
            _import_file(alias or _name_of(source), source)
        else:
            module = importlib.import_module(source)
            if alias:
                sys.modules[alias] = module
    except BaseException as error:  # an application's module may do anything
        _report(error)


def _name_of(path):
    # uWSGI's names: pickles and log lines of applications contain them.
    return os.path.splitext(path)[0].replace("/", "_").replace(".", "_")


def _import_file(name, path):
    from importlib.machinery import SourceFileLoader
    from importlib.util import module_from_spec, spec_from_loader

    loader = SourceFileLoader(name, path)
    module = module_from_spec(spec_from_loader(name, loader))
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _report(error):
    """Writes why something could not be loaded; returns it in one line."""
    if isinstance(error, AppNotFound):
        _write("*** %s\n" % error)
        return str(error)
    trace = own_frames_cut(error.__traceback__)
    _note_files([frame.f_code.co_filename for frame, _ in traceback.walk_tb(trace)])
    if isinstance(error, SyntaxError):
        _note_files([error.filename or ""])
    traceback.print_exception(type(error), error, trace)
    sys.stderr.flush()
    return "".join(traceback.format_exception_only(type(error), error)).strip()


def _note_files(paths):
    for path in paths:
        try:
            failed_files[path] = os.stat(path).st_mtime_ns
        except (OSError, ValueError):
            continue  # `<string>`, say


def _write(text):
    sys.stderr.write(text)
    sys.stderr.flush()


def own_frames_cut(trace):
    """The traceback from the application's first frame on; None when there is none (the file is not there, say)."""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if os.path.dirname(name) != _OWN_FOLDER and "importlib" not in name:
            return trace
        trace = trace.tb_next
    return None
