"""When a worker has had enough: `max-requests`, `reload-on-rss/-as`, `reload-on-exception*` (RecyclingSettings in
engine/config/settings.ts). The worker says so with a flag on an answer; the master replaces it.
"""

import os
import sys
import threading
import time

from reeve_frames import RETIRING, WORN

_PAGE_BYTES = os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else 4096


class Recycling:
    """Asked at the end of each request; `active` is false as long as there is nothing to ask."""

    def __init__(self, boot):
        settings = boot["recycling"]
        self._pid = os.getpid()
        self._at_once = boot["retirement"] == "at-once"
        most = settings["maxRequests"]
        self._max_requests = most + settings["maxRequestsDelta"] * (boot["wid"] - 1) if most else 0
        self._old_enough = time.monotonic() + settings["minLifetimeSeconds"]
        self._rss_bytes = settings["onRssBytes"]
        self._as_bytes = settings["onAsBytes"]
        self._on_exception = settings["onException"]
        self._types = set(settings["onExceptionTypes"])
        self._values = set(settings["onExceptionValues"])
        self._reprs = set(settings["onExceptionReprs"])
        self._statm = _open_statm() if self._rss_bytes or self._as_bytes else -1
        self._served = 0
        self._lock = threading.Lock()
        self._flags = 0
        self.monitors_exceptions = bool(self._on_exception or self._types or self._values or self._reprs)
        self.active = bool(self._max_requests or self._statm >= 0)
        # The worker takes no more requests after this one.
        self.retiring = False

    def end_flags(self):
        """Flags for the answer that is about to be sent."""
        with self._lock:
            self._served += 1
            if not self._flags:
                reason = self._reason()
                if reason:
                    self._give_up(reason, self._at_once)
            return self._flags

    def exception_raised(self, error):
        """The application raised: is it an exception that the configuration watches?"""
        name = type(error).__name__
        full_name = "%s.%s" % (type(error).__module__, name)
        text = str(error)
        is_watched = (
            self._on_exception
            or name in self._types
            or full_name in self._types
            or text in self._values
            or "%s: %s" % (name, text) in self._reprs
            or "%s: %s" % (full_name, text) in self._reprs
        )
        if not is_watched:
            return
        with self._lock:
            self.active = True
            if not self.retiring:
                # Whatever the exception broke: nothing more is served by this process.
                self._give_up("exception %s" % name, True)

    def _reason(self):
        if not self._max_requests and self._statm < 0:
            return None
        if time.monotonic() < self._old_enough:
            return None
        if self._max_requests and self._served >= self._max_requests:
            return "max requests reached (%d >= %d)" % (self._served, self._max_requests)
        if self._statm >= 0:
            address_space, resident = os.pread(self._statm, 64, 0).split(b" ", 2)[:2]
            address_space, resident = int(address_space) * _PAGE_BYTES, int(resident) * _PAGE_BYTES
            if self._rss_bytes and resident >= self._rss_bytes:
                return "memory limit reached (rss %d >= %d)" % (resident, self._rss_bytes)
            if self._as_bytes and address_space >= self._as_bytes:
                return "memory limit reached (address space %d >= %d)" % (address_space, self._as_bytes)
        return None

    def _give_up(self, reason, at_once):
        self._flags = RETIRING if at_once else WORN
        self.retiring = at_once
        sys.stderr.write("...The work of process %d is done (%s). Seeya!\n" % (self._pid, reason))
        sys.stderr.flush()


def _open_statm():
    """The kernel's figures on this process, or -1 where there are none."""
    try:
        return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, AttributeError):
        return -1
