"""`uwsgi` in asynchronous mode: what a request waits for, and how it gives way meanwhile (`async = N`, `asyncio = N`).

`async_sleep`, `wait_fd_read` and `wait_fd_write` say what is waited for; the next `suspend()`, or the next piece that
the application yields, waits until the first of it has come. Elsewhere nothing waits, as in uWSGI.
"""

import errno
import socket

# The hub of this process (reeve_asyncio.py), or None.
_mode = {"hub": None}
# (descriptor, kind) -> the Wait that watches it: there can be one only, as in uWSGI.
_watched = {}
_READ, _WRITE = 1, 2


class Wait:
    """What one greenlet waits for."""

    def __init__(self, hub):
        self._hub = hub
        self._watchers = {}
        self._parking = None
        self._until = None
        self._has_come = False
        self.ready = -1

    def is_pending(self):
        return bool(self._watchers) or self._until is not None or self._has_come

    def add_seconds(self, seconds):
        if seconds > 0:
            until = self._hub.loop.time() + seconds
            self._until = until if self._until is None else min(until, self._until)

    def watch(self, descriptor, kind):
        key = (descriptor, kind)
        if key in self._watchers:
            return
        if key in _watched:
            raise _no_wait(descriptor, "another request waits for it")
        if not self.is_pending():
            self.ready = -1
        watcher = self._hub.io(descriptor, kind)
        try:
            watcher.start(lambda: self._came(descriptor))
        except (OSError, ValueError, RuntimeError) as error:
            raise _no_wait(descriptor, error) from None
        self._watchers[key] = watcher
        _watched[key] = self

    def _came(self, descriptor):
        self.forget()
        self.ready = descriptor
        self._has_come = True
        if self._parking is not None:
            self._parking.wake()

    def pause(self):
        """Gives way until the first of it has come."""
        parking = self._parking = self._hub.parking()
        seconds = None if self._until is None else self._until - self._hub.loop.time()
        if self._has_come:
            parking.wake()
        else:
            self.ready = -1
        try:
            parking.wait(seconds, until_woken=False)
        finally:
            self._parking = None
            self.forget()
            self._has_come = False

    def forget(self):
        """Nothing is waited for any more."""
        self._until = None
        watchers, self._watchers = self._watchers, {}
        for key, watcher in watchers.items():
            del _watched[key]
            watcher.stop()


def use(hub):
    """Requests of this process take turns in this hub."""
    _mode["hub"] = hub


def forget(request):
    """This greenlet's request is over."""
    wait = getattr(request, "reeve_wait", None)
    if wait is not None:
        wait.forget()


def pause():
    """Behind a piece of an answer: waits for what was named, or lets the others have a turn."""
    hub = _mode["hub"]
    if hub is None or not hub.can_wait():
        return
    wait = getattr(hub.current(), "reeve_wait", None)
    if wait is not None and wait.is_pending():
        wait.pause()
    else:
        hub.turn()


def _wait():
    """The Wait of the greenlet that calls; None where nobody can wait."""
    hub = _mode["hub"]
    if hub is None or not hub.can_wait():
        return None
    current = hub.current()
    wait = getattr(current, "reeve_wait", None)
    if wait is None:
        wait = current.reeve_wait = Wait(hub)
    return wait


def _no_wait(descriptor, reason):
    """uWSGI's words first."""
    return OSError("unable to fd %d to the event queue: %s" % (descriptor, reason))


def _watch(function, descriptor, kind, timeout):
    wait = _wait()
    if wait is None:
        reason = "a request waits by it only with 'async = N' or 'asyncio = N'"
        if _mode["hub"] is not None:
            reason = "only a request can wait, no coroutine, callback or thread of its own"
        raise _no_wait(descriptor, "uwsgi.%s(): %s" % (function, reason))
    wait.watch(descriptor, kind)
    wait.add_seconds(timeout)
    return b""


def async_sleep(seconds):
    """With `async` or `asyncio` the longest pause at the next suspend() or piece of the answer; elsewhere none."""
    seconds = float(seconds)
    wait = _wait()
    if wait is not None:
        wait.add_seconds(seconds)
    return b""


def wait_fd_read(fd, timeout=0):
    """The next suspend() or piece of the answer waits until `fd` can be read, or for so many seconds."""
    return _watch("wait_fd_read", fd, _READ, timeout)


def wait_fd_write(fd, timeout=0):
    """The next suspend() or piece of the answer waits until `fd` can be written, or for so many seconds."""
    return _watch("wait_fd_write", fd, _WRITE, timeout)


def ready_fd():
    """The descriptor that has ended the last pause; -1 when its time was over, and elsewhere."""
    wait = _wait()
    return -1 if wait is None else wait.ready


def suspend():
    """Gives way until what was named has come. With nothing named: a turn, or with `asyncio` until a switch back."""
    wait = _wait()
    if wait is None:
        return True
    hub = _mode["hub"]
    if hub.is_asyncio and not wait.is_pending():
        hub.greenlet.switch()
    else:
        pause()
    return True


def green_schedule():
    """As suspend()."""
    return suspend()


def async_connect(server):
    """Begins to connect to `host:port` or a unix socket; returns the descriptor (wait_fd_write waits), or -1."""
    host, _, port = server.rpartition(":")
    is_unix = not port.isdigit()
    try:
        family, address = (
            (socket.AF_UNIX, server)
            if is_unix
            else socket.getaddrinfo(host.strip("[]") or "127.0.0.1", int(port), type=socket.SOCK_STREAM)[0][::4]
        )
        connection = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return -1
    connection.setblocking(False)
    code = connection.connect_ex(address)
    if code not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK):
        connection.close()
        return -1
    return connection.detach()


FUNCTIONS = (async_sleep, wait_fd_read, wait_fd_write, ready_fd, suspend, green_schedule, async_connect)
