"""CGI scripts as an application of the Python worker: which script a request is for, and what it is told.

Follows RFC 3875 and uWSGI's CGI plugin; the setting is CgiApp in engine/config/cgi-app.ts. Links are followed before it is
asked whether a script is where it may be, and no path leads out of its folder. How a script is run is in
reeve_cgi_script.py.
"""

import os
import signal
import stat
import sys

import reeve_apps
import reeve_serve
from reeve_cgi_script import Script, bury, kill_all

# What a script gets of the worker's own environment, beside what `env` of the configuration names.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")
_MOST_REDIRECTS = 10
_NAMES = {301: "Moved Permanently", 403: "Forbidden", 404: "Not Found"}


class Refused(Exception):
    """There is no script to run: the status to answer with."""

    def __init__(self, status, location=None, reason=None):
        super().__init__(status)
        self.status = status
        self.location = location
        self.reason = reason


class Found:
    """A script, and the variables that name it. All bytes."""

    def __init__(self, path, root, name, path_info, helper):
        self.path = path
        self.root = root
        self.name = name
        self.path_info = path_info
        self.helper = helper


def load_apps(setting):
    """The application, when all that the configuration names is there."""
    apps = reeve_apps.Apps()
    for mount in setting["mounts"]:
        if not os.path.exists(mount["target"]):
            apps.failures.append("'%s', which 'cgi' names, is not there" % mount["target"])
            sys.stderr.write("*** %s ***\n" % apps.failures[-1])
            sys.stderr.flush()
    if not apps.failures:
        apps.add("", Cgi(setting), 0.0)
    return apps


class Worker(reeve_serve.Worker):
    """Harakiri ends it by SIGABRT, and its scripts with it."""

    def _exchange(self, core):
        if core == 0:
            signal.signal(signal.SIGABRT, self._abort)
            signal.signal(signal.SIGCHLD, bury)
        return super()._exchange(core)

    @staticmethod
    def _abort(number, _frame):
        kill_all()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


class Cgi:
    """The WSGI application."""

    def __init__(self, setting):
        self.timeout = setting["timeoutSeconds"]
        self.kills = not setting["leavesOnError"]
        self._from_docroot = setting["fromDocroot"]
        mounts = [(os.fsencode(mount["mountpoint"]), os.fsencode(mount["target"])) for mount in setting["mounts"]]
        # The longest mountpoint first; one without stands for all the rest.
        self._mounts = sorted(mounts, key=lambda mount: len(mount[0]), reverse=True)
        self._index = [os.fsencode(name) for name in setting["index"]]
        self._extensions = tuple(os.fsencode(name) for name in setting["allowedExtensions"])
        self._safe = [os.fsencode(path) for path in setting["safe"]]
        self._helpers = [(os.fsencode(end), os.fsencode(program)) for end, program in setting["helpers"]]
        unset = set(setting["unset"])
        self._unset = {os.fsencode(name) for name in unset}
        inherited = [name for name in (*_INHERITED, *setting["env"]) if name in os.environ and name not in unset]
        self._base = {os.fsencode(name): os.fsencode(os.environ[name]) for name in inherited}
        self._base[b"GATEWAY_INTERFACE"] = b"CGI/1.1"
        self._base[b"SERVER_SOFTWARE"] = b"uWSGI"
        # PHP's own check that it is called by a server.
        self._base[b"REDIRECT_STATUS"] = b"200"

    def __call__(self, environ, start_response):
        variables = {
            key.encode("latin-1"): value.encode("latin-1")
            for key, value in environ.items()
            # A client's header must not become the proxy of what the script fetches (CVE-2016-5385).
            if type(value) is str and "." not in key and key != "HTTP_PROXY"
        }
        if environ.get("wsgi.url_scheme") == "https":
            variables[b"HTTPS"] = b"on"
        body = environ["wsgi.input"]
        try:
            for _ in range(_MOST_REDIRECTS):
                found = self._find(variables)
                script = Script(found, self._variables_of(found, variables), body, self.timeout, self.kills)
                location = script.begin()
                if location is None:
                    return _answer(script, start_response)
                body = None
                variables = _redirected(variables, location)
            raise Refused(500, reason="scripts redirect each other without an end")
        except Refused as refused:
            return _refuse(refused, start_response)

    def _variables_of(self, found, variables):
        """The script's environment (RFC 3875 section 4.1)."""
        whole = {**self._base, **variables}
        whole[b"DOCUMENT_ROOT"] = found.root
        whole[b"SCRIPT_FILENAME"] = found.path
        whole[b"SCRIPT_NAME"] = found.name
        whole.pop(b"PATH_INFO", None)
        if found.path_info:
            whole[b"PATH_INFO"] = found.path_info
            whole[b"PATH_TRANSLATED"] = found.root + found.path_info
        for name in self._unset:
            whole.pop(name, None)
        return whole

    # Which script

    def _find(self, variables):
        path = variables.get(b"PATH_INFO", b"") or b"/"
        if b"\0" in path:
            raise Refused(404)
        # Dot segments are gone unless they were written with percent signs.
        if b".." in path.split(b"/"):
            raise Refused(403, reason="%s has '..' in it" % _text(path))
        if self._from_docroot:
            mountpoint, target = b"", variables.get(b"DOCUMENT_ROOT", b"")
        else:
            mountpoint, target = self._mount_of(path)
        root = _real(target) if target else None
        if root is None:
            raise Refused(404)
        rest = path[len(mountpoint) :]
        if not os.path.isdir(root):
            return self._permitted(root, os.path.dirname(root), mountpoint, rest)
        return self._below(root, mountpoint, rest, variables.get(b"QUERY_STRING", b""))

    def _mount_of(self, path):
        for mountpoint, target in self._mounts:
            if path.startswith(mountpoint) and path[len(mountpoint) : len(mountpoint) + 1] in (b"", b"/"):
                return mountpoint, target
            if not mountpoint:
                return mountpoint, target
        raise Refused(404)

    def _below(self, root, mountpoint, path, query):
        """The first part of the path that is no folder is the script; the rest is its PATH_INFO."""
        end = 0
        while True:
            slash = path.find(b"/", end + 1)
            end = len(path) if slash < 0 else slash
            kind = _kind(root + path[:end])
            if kind is None:
                raise Refused(404)
            if kind == "file":
                return self._checked(root, mountpoint, path[:end], path[end:])
            if not path[end:].strip(b"/"):
                break
        if not path.endswith(b"/"):
            # Two slashes in front would name another host.
            location = b"/" + (mountpoint + path).lstrip(b"/") + b"/"
            raise Refused(301, _quote(location) + ("?" + query.decode("latin-1") if query else ""))
        for name in self._index:
            if _kind(root + path + name) == "file":
                return self._checked(root, mountpoint, path + name, b"")
        raise Refused(404)

    def _checked(self, root, mountpoint, path, path_info):
        real = _real(root + path)
        if real is None:
            raise Refused(404)
        roots = [root, *(one for one in map(_real, self._safe) if one is not None)]
        if not any(real == one or real.startswith(one.rstrip(b"/") + b"/") for one in roots):
            raise Refused(403, reason="%s is outside of %s" % (_text(real), _text(root)))
        return self._permitted(real, root, mountpoint + path, path_info)

    def _permitted(self, real, root, name, path_info):
        if self._extensions and not real.endswith(self._extensions):
            raise Refused(403, reason="%s does not end with an allowed extension" % _text(real))
        helper = next((program for end, program in self._helpers if real.endswith(end)), None)
        if helper is None and not os.access(real, os.X_OK):
            raise Refused(403, reason="%s is not executable" % _text(real))
        return Found(real, root, name, path_info, helper)


def _answer(script, start_response):
    try:
        start_response(script.status, script.headers)
    except (AssertionError, TypeError, ValueError) as error:
        script.log("has sent a head that is no answer: %s" % error)
        script.close()
        raise Refused(500) from None
    return script


def _redirected(variables, location):
    """The request that a script's `Location: /path` asks for instead (RFC 3875 section 6.2.2)."""
    path, _, query = location.partition("?")
    kept = {key: value for key, value in variables.items() if key not in (b"CONTENT_LENGTH", b"CONTENT_TYPE")}
    kept[b"REQUEST_METHOD"] = b"HEAD" if variables.get(b"REQUEST_METHOD") == b"HEAD" else b"GET"
    kept[b"QUERY_STRING"] = query.encode("latin-1")
    kept[b"PATH_INFO"] = _unquote(path)
    return kept


def _refuse(refused, start_response):
    if refused.reason is not None:
        sys.stderr.write("CGI security error: %s\n" % refused.reason)
        sys.stderr.flush()
    name = _NAMES.get(refused.status, "Internal Server Error")
    headers = [("Location", refused.location)] if refused.location else [("Content-Type", "text/plain")]
    start_response("%d %s" % (refused.status, name), headers)
    return [b"" if refused.location else name.encode()]


def _real(path):
    """None: there is nothing, or nothing that can be reached."""
    try:
        return os.path.realpath(path) if os.path.exists(path) else None
    except (OSError, ValueError):
        return None


def _kind(path):
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else None


def _text(path):
    """For a line of the log."""
    return "".join(char if char.isprintable() else "?" for char in path.decode("utf-8", "replace"))


def _quote(path):
    from urllib.parse import quote

    return quote(path, safe="/.~!$'()*,:@-_")


def _unquote(path):
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(path.encode("latin-1"))
