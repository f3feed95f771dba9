"""The hub of asyncio for a worker whose requests are greenlets (reeve_greenlets.py): `asyncio = N`, and `async = N` for
applications that give way by uWSGI's own calls (reeve_uwsgi_async.py).

The process's main greenlet runs the event loop and is the parent of all requests: a request gives way with
`greenlet.getcurrent().parent.switch()`, and whoever has its greenlet continues it with `switch()`.
"""

import asyncio
import os
import selectors
import threading

import greenlet
import reeve_commons
import reeve_greenlets
import reeve_uwsgi_async
import reeve_wsgi

_thread_of = threading.get_ident


class _Request(greenlet.greenlet):
    """The greenlet of a request."""

    exchange = None


class Parking:
    """Where a greenlet waits until it is woken."""

    def __init__(self, hub):
        self._hub = hub
        self._greenlet = greenlet.getcurrent()
        self._handle = None

    def wake(self):
        """It goes on in the next turn of the loop."""
        if self._handle is None:
            self._handle = self._hub.loop.call_soon(self._greenlet.switch)

    def wait(self, seconds=None, until_woken=True):
        """Gives way. The application can switch to a greenlet of its own accord: `until_woken` waits on then."""
        timer = None if seconds is None else self._hub.loop.call_later(max(0, seconds), self.wake)
        try:
            self._hub.greenlet.switch()
            while until_woken and self._handle is None:
                self._hub.greenlet.switch()
        finally:
            if timer is not None:
                timer.cancel()
            if self._handle is not None:
                self._handle.cancel()


class _Event:
    """As threading.Event, for greenlets of one hub."""

    def __init__(self, hub):
        self._hub = hub
        self._is_set = False
        self._waiting = []

    def set(self):
        self._is_set = True
        waiting, self._waiting = self._waiting, []
        for parking in waiting:
            parking.wake()

    def clear(self):
        self._is_set = False

    def is_set(self):
        return self._is_set

    def wait(self, seconds=None):
        if self._is_set:
            return True
        if greenlet.getcurrent() is self._hub.greenlet:
            # A coroutine asks the master: nothing else can go on until it has answered.
            while not self._is_set:
                self._hub.hear()
            return True
        parking = Parking(self._hub)
        self._waiting.append(parking)
        try:
            parking.wait(seconds)
        finally:
            if parking in self._waiting:
                self._waiting.remove(parking)
        return self._is_set


class _Watcher:
    """Of one descriptor, for reading (1) or writing (2)."""

    def __init__(self, loop, descriptor, kind):
        self._descriptor = descriptor
        self._add = loop.add_reader if kind == 1 else loop.add_writer
        self._remove = loop.remove_reader if kind == 1 else loop.remove_writer

    def start(self, callback):
        self._add(self._descriptor, callback)

    def stop(self):
        self._remove(self._descriptor)


class _Selector(selectors.DefaultSelector):
    def renew(self):
        """What the system keeps for it is shared with the process that this one was forked from."""
        keys = list(self.get_map().values())
        self.__init__()
        for key in keys:
            self.register(key.fileobj, key.events, key.data)


class _Loop(asyncio.SelectorEventLoop):
    """The application may take hold of it while it is loaded: each process that is forked then makes it its own."""

    def __init__(self):
        self._own_selector = _Selector()
        super().__init__(self._own_selector)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def _after_fork(self):
        if not self.is_running():
            self._own_selector.renew()
            self._close_self_pipe()
            self._make_self_pipe()


class _GreenletLocal:
    """As threading.local, for greenlets."""

    def __getattr__(self, name):
        return getattr(greenlet.getcurrent(), "reeve_" + name)

    def __setattr__(self, name, value):
        setattr(greenlet.getcurrent(), "reeve_" + name, value)


class Hub:
    """Of the only thread that serves. `is_asyncio`: the loop is the application's, too."""

    current = staticmethod(greenlet.getcurrent)

    def __init__(self, is_asyncio):
        self.is_asyncio = is_asyncio
        self.name = b"asyncio" if is_asyncio else None
        self.loop = None
        self.greenlet = None
        self.hear = None
        self._thread = 0

    def begin(self):
        self._thread = _thread_of()
        self.greenlet = greenlet.getcurrent()
        self.loop = _prepared["loop"] or asyncio.SelectorEventLoop()
        if self.is_asyncio:
            # From 3.12 on a fork forgets it.
            asyncio.set_event_loop(self.loop)
        self.run_callback = self.loop.call_soon
        reeve_uwsgi_async.use(self)

    def run(self, over):
        self.spawn(None, self._stop_after, over)
        if not self.is_asyncio:
            # The application does not run in a loop, as far as it can see: Django refuses to use a database in one.
            self.loop.call_soon(asyncio._set_running_loop, None)
        while not over.is_set():
            self.loop.run_forever()

    def _stop_after(self, over):
        over.wait()
        self.loop.stop()

    def Event(self):
        """For greenlets; a thread of the application's own waits as threads do."""
        return _Event(self) if _thread_of() == self._thread else threading.Event()

    def io(self, descriptor, kind):
        return _Watcher(self.loop, descriptor, kind)

    def spawn(self, exchange, function, *arguments):
        request = _Request(function, self.greenlet)
        request.exchange = exchange
        self.loop.call_soon(request.switch, *arguments)
        return request

    def can_wait(self):
        """False for the application's coroutines and callbacks, and for its threads."""
        return _thread_of() == self._thread and greenlet.getcurrent() is not self.greenlet

    def parking(self):
        return Parking(self)

    def turn(self):
        parking = Parking(self)
        parking.wake()
        parking.wait()

    def throw(self, request, error):
        def end():
            # It may have ended by itself meanwhile.
            if not request.dead:
                request.throw(error)

        self.loop.call_soon(end)

    def exchange(self):
        """Also of a greenlet that the application has made in a request."""
        found = greenlet.getcurrent()
        while found is not None:
            exchange = getattr(found, "exchange", None)
            if exchange is not None:
                return exchange
            found = found.parent
        return None

    def forget(self, request):
        reeve_uwsgi_async.forget(request)
        # What it has locked is free.
        request.__dict__.pop("reeve_held", None)

    def closes(self, descriptor):
        """Otherwise the loop would take the next one of this number for the same and not watch it."""
        self.loop.remove_reader(descriptor)
        self.loop.remove_writer(descriptor)

    def share_commons(self):
        """Whoever waits for a lock lets the others go on; threads of the application wait as threads do."""

        def wait(descriptor):
            if self.can_wait():
                parking = Parking(self)
                self.loop.add_reader(descriptor, parking.wake)
                try:
                    parking.wait()
                finally:
                    self.loop.remove_reader(descriptor)

        reeve_commons.use_greenlets(threading.local(), _GreenletLocal(), wait)


class _Exchange(reeve_wsgi.Exchange):
    """Gives way behind each piece of an answer that the application makes bit by bit."""

    def _stream(self, result):
        super()._stream(_Pieces(result))


class _Pieces:
    def __init__(self, result):
        self._result = result
        self.close = getattr(result, "close", lambda: None)

    def __iter__(self):
        for piece in self._result:
            yield piece
            reeve_uwsgi_async.pause()


def worker(boot, apps, control):
    """The worker on this hub."""
    hub = Hub(boot["loop"]["isAsyncio"])
    made = reeve_greenlets.Worker(boot, apps, control, hub, _Exchange)
    hub.hear = made.hear_master
    return made


_prepared = {"loop": None}


def prepare(boot, moment):
    """Before the application is loaded: it may ask for the loop already then."""
    if moment == "early" and boot["loop"]["isAsyncio"]:
        _prepared["loop"] = _Loop()
        asyncio.set_event_loop(_prepared["loop"])
