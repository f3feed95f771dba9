"""The hub of gevent for a worker whose requests are greenlets (reeve_greenlets.py): the application may patch the
standard library or not.
"""

import gevent
import gevent.event
import gevent.local
import gevent.monkey
import gevent.socket
import reeve_commons
import reeve_greenlets


class _Request(gevent.Greenlet):
    """The greenlet of a request."""

    exchange = None


class Hub:
    """gevent's, of the only thread that serves."""

    name = b"gevent"
    Event = gevent.event.Event
    current = staticmethod(gevent.getcurrent)

    def __init__(self):
        self._hub = self.io = self.run_callback = None

    def begin(self):
        gevent.reinit()
        self._hub = gevent.get_hub()
        self.io = self._hub.loop.io
        self.run_callback = self._hub.loop.run_callback

    def run(self, over):
        over.wait()

    def spawn(self, exchange, function, *arguments):
        greenlet = _Request(function, *arguments)
        greenlet.exchange = exchange
        greenlet.start()
        return greenlet

    def turn(self):
        gevent.sleep(0)

    def throw(self, greenlet, error):
        greenlet.kill(error, block=False)

    def exchange(self):
        return getattr(gevent.getcurrent(), "exchange", None)

    def forget(self, greenlet):
        """Nothing is kept for it."""

    def closes(self, descriptor):
        """gevent sees by itself."""

    def join(self):
        self._hub.join()

    def share_commons(self):
        """Whoever waits for a lock lets the others go on; threads of the application wait as threads do."""
        thread = gevent.monkey.get_original("_thread", "get_ident")
        of_hub = thread()

        def wait(descriptor):
            if thread() == of_hub:
                gevent.socket.wait_read(descriptor)

        reeve_commons.use_greenlets(gevent.monkey.get_original("_thread", "_local")(), gevent.local.local(), wait)


def worker(boot, apps, control):
    """The worker on this hub."""
    return reeve_greenlets.Worker(boot, apps, control, Hub())


def prepare(boot, moment):
    """Patches the standard library as the options say, at the moment `early` or `app`."""
    if boot["loop"]["patch"] == moment:
        gevent.monkey.patch_all()
