"""ASGI's lifespan protocol: each application is told of the begin and the end of its worker.

With `asgi-lifespan = auto` an application that knows nothing of it (it raises at the scope) is left alone.
Specification: https://asgi.readthedocs.io/en/latest/specs/lifespan.html.
"""

import asyncio
import sys
import traceback

from reeve_apps import own_frames_cut
from reeve_asgi_scope import ASGI


class LifespanFailed(Exception):
    """An application has refused to start; its traceback is in the log."""


class Lifespan:
    """Of one application."""

    def __init__(self, app, state, is_needed):
        self._app = app
        self._state = state
        self._is_needed = is_needed
        self._events = asyncio.Queue()
        self._started = asyncio.Event()
        self._stopped = asyncio.Event()
        self._task = None
        self._failure = None
        self._is_supported = True

    async def startup(self):
        """@raises LifespanFailed when the application can not start"""
        self._task = asyncio.ensure_future(self._run())
        self._events.put_nowait({"type": "lifespan.startup"})
        await self._started.wait()
        if self._failure is not None:
            raise LifespanFailed(self._failure)

    async def shutdown(self):
        """Tells the application that the worker ends, and waits until it has cleaned up."""
        if self._task is None or self._task.done() or not self._is_supported:
            return
        self._events.put_nowait({"type": "lifespan.shutdown"})
        await self._stopped.wait()

    async def _run(self):
        scope = {"type": "lifespan", "asgi": ASGI, "state": self._state}
        try:
            await self._app(scope, self._events.get, self._send)
        except BaseException as error:
            if self._started.is_set() or self._is_needed:
                self._report(error)
            elif self._failure is None:
                self._is_supported = False
        else:
            if not self._started.is_set() and self._is_needed:
                self._failure = "the application ended its lifespan without a startup"
        finally:
            self._started.set()
            self._stopped.set()

    async def _send(self, message):
        kind = message["type"]
        if kind == "lifespan.startup.complete":
            self._started.set()
        elif kind == "lifespan.startup.failed":
            # Frameworks put a whole traceback here.
            text = message.get("message", "").strip()
            sys.stderr.write("%s\n*** the lifespan startup of the application has failed ***\n" % text)
            sys.stderr.flush()
            self._failure = "lifespan.startup.failed: %s" % text.rpartition("\n")[2]
            self._started.set()
        elif kind == "lifespan.shutdown.complete":
            self._stopped.set()
        elif kind == "lifespan.shutdown.failed":
            sys.stderr.write("*** lifespan.shutdown.failed: %s ***\n" % message.get("message", "").strip())
            sys.stderr.flush()
            self._stopped.set()
        else:
            raise RuntimeError("%r can not be sent in a lifespan" % (kind,))

    def _report(self, error):
        traceback.print_exception(type(error), error, own_frames_cut(error.__traceback__), file=sys.stderr)
        sys.stderr.flush()
        if not self._started.is_set():
            self._failure = "".join(traceback.format_exception_only(type(error), error)).strip()
