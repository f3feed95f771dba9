"""One run of a CGI script (RFC 3875): its process, its answer while it comes, and its end.

The script has the whole body as its standard input, from a file, so that neither waits for the other; what it writes to
standard error is in the log. It has a process group of its own, which is killed when nobody waits for it any more: the
client has gone, it was silent for too long, its worker has ended.
"""

try:
    import fcntl
except ImportError:
    fcntl = None  # Windows
import os
import select
import signal
import subprocess
import sys
import tempfile
import time

from reeve_uwsgi_state import serving_exchange
from reeve_wsgi import ClientGone

_READ_BYTES = 65536
_MAX_HEAD_BYTES = 256 * 1024
# How often it is asked whether the client has gone, while the script says nothing.
_LOOK_SECONDS = 0.5
# One that has closed its output has this long to end, to show how it does.
_END_SECONDS = 0.5
_STATUS_NAMES = {200: "OK", 302: "Found"}

_running = set()
# Scripts that have answered and run on.
_leftovers = []


def kill_all():
    """Ends every script of this process, which ends itself."""
    for script in list(_running):
        script.log("is ended with its worker")
        script.kill()


def bury(_number=None, _frame=None):
    """Takes note of scripts that have ended since. Also the handler of SIGCHLD: none stays a zombie."""
    _leftovers[:] = [process for process in _leftovers if process.poll() is None]


class Tie:
    """Has a script end with this process, however that ends.

    A pipe on which nothing is ever said: the script has the end that is read, and when the other end is gone the kernel
    kills its process group (F_SETSIG of fcntl(2), Linux only).
    """

    _F_SETSIG = 10

    def __init__(self):
        self.script_end, self._own_end = os.pipe()

    def bind(self, group):
        """From here on."""
        fcntl.fcntl(self.script_end, fcntl.F_SETOWN, -group)
        fcntl.fcntl(self.script_end, self._F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(self.script_end, fcntl.F_SETFL, os.O_ASYNC)

    def release(self):
        """What it has started may run on."""
        fcntl.fcntl(self.script_end, fcntl.F_SETFL, 0)
        os.close(self.script_end)
        os.close(self._own_end)


class Failed(Exception):
    """The script has not answered: the status that the client gets, and what the log says."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Script:
    """An iterable for WSGI, once `begin` has read the head."""

    def __init__(self, found, variables, body, timeout, kills):
        self.status = ""
        self.headers = []
        self._found = found
        self._timeout = timeout
        self._kills = kills
        self._rest = b""
        self._is_done = False
        self._variables = variables
        self._body = body
        self._process = None
        self._tie = None
        self._output = -1
        self._poll = select.poll()

    def _start(self):
        found = self._found
        command = [found.path] if found.helper is None else [found.helper, found.path]
        source = _as_file(self._body)
        self._tie = Tie() if self._kills and sys.platform.startswith("linux") else None
        try:
            self._process = subprocess.Popen(
                command,
                stdin=source,
                stdout=subprocess.PIPE,
                cwd=os.path.dirname(found.path),
                env=self._variables,
                start_new_session=True,
                pass_fds=() if self._tie is None else (self._tie.script_end,),
                bufsize=0,
            )
        except OSError as error:
            self._let_go()
            # Its first line names no program, the helper is not there, too many processes.
            if isinstance(error, FileNotFoundError) and os.path.exists(command[0]):
                raise Failed(500, "can not be started: the program that its first line names is not there") from None
            raise Failed(500, "can not be started: %s" % error) from None
        finally:
            if hasattr(source, "close"):
                source.close()
        if self._tie is not None:
            self._tie.bind(self._process.pid)
        self._output = self._process.stdout.fileno()
        self._poll.register(self._output, select.POLLIN)
        _running.add(self)

    def begin(self):
        """Starts it and reads the head. Returns where the script wants the request to go instead, or None."""
        try:
            self._start()
            head = self._read_head()
            self.status, self.headers, location = parse_head(head, self._found.path)
            if location is not None and not self._has_body():
                self.close()
                return location
        except Failed as failed:
            self.log(failed)
            self.kill()
            self.close()
            self.status = "%d %s" % (failed.status, "Gateway Timeout" if failed.status == 504 else "Internal Server Error")
            self.headers = [("Content-Type", "text/plain")]
            self._rest = self.status.partition(" ")[2].encode()
            self._is_done = True
        except BaseException:
            self.kill()
            self.close()
            raise
        return None

    def __iter__(self):
        return self

    def __next__(self):
        if self._rest:
            rest, self._rest = self._rest, b""
            return rest
        if self._is_done:
            raise StopIteration
        try:
            data = self._read()
        except Failed as failed:
            self.log(failed)
            self.kill()
            # The answer can not be completed, which is all that the rest of the worker has to know.
            raise ClientGone(str(failed)) from None
        if not data:
            self._is_done = True
            self._check_end()
            raise StopIteration
        return data

    def _check_end(self):
        """An answer without a length looks whole wherever it ends: one that a signal has ended is cut."""
        if any(name.lower() == "content-length" for name, _ in self.headers):
            return
        ending = self._ending()
        if ending.startswith("signal"):
            self.log("has ended (%s) in the middle of its answer" % ending)
            raise ClientGone("the script has ended")

    def close(self):
        """The answer is complete, or nobody wants the rest of it."""
        process = self._process
        if process is None:
            return
        self._process = None
        _running.discard(self)
        if not self._is_done and self._kills:
            _kill_group(process)
        self._let_go()
        process.stdout.close()
        # Its end is a moment behind that of its output: not waited for here.
        _leftovers.append(process)
        bury()

    def _let_go(self):
        if self._tie is not None:
            self._tie.release()
            self._tie = None

    def kill(self):
        """Nobody waits for it any more."""
        if self._process is not None and self._kills:
            _kill_group(self._process)

    def log(self, what):
        """A line about it."""
        sys.stderr.write("*** CGI script %s %s ***\n" % (os.fsdecode(self._found.path), what))
        sys.stderr.flush()

    def _has_body(self):
        if not self._rest and not self._is_done:
            self._rest = self._read()
            self._is_done = not self._rest
        return bool(self._rest)

    def _read_head(self):
        data = b""
        while True:
            end = head_end(data)
            if end >= 0:
                self._rest = data[end:]
                return data[:end]
            if len(data) > _MAX_HEAD_BYTES:
                raise Failed(500, "has sent a head of more than %d bytes" % _MAX_HEAD_BYTES)
            more = self._read()
            if not more:
                self._is_done = True
                raise Failed(500, "has ended (%s) without a whole head" % self._ending())
            data += more

    def _ending(self):
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return "its output"
        return "signal %d" % -code if code < 0 else "code %d" % code

    def _read(self):
        """What comes next; b"" at the end."""
        until = time.monotonic() + self._timeout
        while True:
            left = until - time.monotonic()
            if self._poll.poll(max(0, min(left, _LOOK_SECONDS)) * 1000):
                return os.read(self._output, _READ_BYTES)
            if left <= 0:
                raise Failed(504, "has said nothing for %d seconds and is ended" % self._timeout)
            exchange = serving_exchange()
            if exchange is not None and exchange.is_abandoned():
                raise ClientGone("the client has gone")


def head_end(data):
    """Where the body begins; -1: the head is not complete. Lines end with CRLF or LF."""
    at = data.find(b"\n")
    while at >= 0:
        if at == 0 or data[at - 1 : at] == b"\n" or (data[at - 1 : at] == b"\r" and (at == 1 or data[at - 2 : at - 1] == b"\n")):
            return at + 1
        at = data.find(b"\n", at + 1)
    return -1


def parse_head(head, path):
    """Status line, headers, and the path of a local redirect (RFC 3875 section 6.2) or None. @raises Failed"""
    status = None
    headers = []
    location = None
    lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    if os.path.basename(path).startswith(b"nph-") and lines[0].startswith("HTTP/"):
        status = lines.pop(0).partition(" ")[2].strip()
    for line in lines:
        if not line:
            continue
        name, colon, value = line.partition(":")
        name, value = name.rstrip(), value.strip()
        if not colon or not name:
            raise Failed(500, "has sent a line that is no header: %r" % line[:100])
        if name.lower() == "status":
            status = value
            continue
        if name.lower() == "location":
            location = value
        headers.append((name, value))
    is_local = location is not None and location.startswith("/") and not location.startswith("//")
    redirect = location if is_local and status is None and len(headers) == 1 else None
    if status is None:
        status = "200 OK" if location is None else "302 Found"
    code, _, reason = status.partition(" ")
    if len(code) != 3 or not code.isdigit() or not "200" <= code <= "999":
        raise Failed(500, "has sent the status %r" % status[:100])
    return "%s %s" % (code, reason or _STATUS_NAMES.get(int(code), "Unknown")), headers, redirect


def _as_file(body):
    """The request's body as what a process can read: a real file."""
    if body is None:
        return subprocess.DEVNULL
    if hasattr(body, "fileno") and not hasattr(body, "getbuffer"):
        return open(os.dup(body.fileno()), "rb", buffering=0)
    data = body.read()
    if not data:
        return subprocess.DEVNULL
    # In memory where that is possible.
    if hasattr(os, "memfd_create"):
        source = open(os.memfd_create("body"), "r+b", buffering=0)
    else:
        source = tempfile.TemporaryFile(buffering=0)
    view = memoryview(data)
    while view:
        view = view[source.write(view) :]
    source.seek(0)
    return source


def _kill_group(process):
    # The number of one whose end was seen may be another's by now.
    if process.returncode is not None:
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
