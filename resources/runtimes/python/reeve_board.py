"""A worker's own part of the scoreboard when it accepts connections itself: a file that it writes through mmap and
that the master reads (engine/master/worker-boards.ts). One row for each core:

  fields  16 float64, as SlotField in engine/scoreboard.ts; apps  32 x 2 float64, as there
  head    the uwsgi message of the request that runs, without its body
"""

import mmap
import os
import time

from reeve_frames import EXCEPTION

FIELDS = 16
APPS_SHOWN = 32
VARS_OFFSET = (FIELDS + APPS_SHOWN * 2) * 8
ROW_BYTES = 17 * 4096

# Indexes of SlotField.
_ID, _START, _DEADLINE, _REQUESTS, _EXCEPTIONS, _RUNNING, _AVERAGE, _TX, _WRITE_ERRORS, _READ_ERRORS, _VARS = range(11)


def make_rows(path, cores):
    """The file, and a row for each core."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(fd, cores * ROW_BYTES)
        area = mmap.mmap(fd, cores * ROW_BYTES)
    finally:
        os.close(fd)
    return [Row(area, core * ROW_BYTES) for core in range(cores)]


class Row:
    """What one core shows. A request's number is written last at its begin and cleared first at its end."""

    __slots__ = ("_area", "_fields", "_vars")

    def __init__(self, area, start):
        self._area = area
        self._fields = memoryview(area)[start : start + VARS_OFFSET].cast("d")
        self._vars = start + VARS_OFFSET

    def begin(self, number, head, harakiri_seconds):
        """A request begins; returns when, in milliseconds of the epoch."""
        fields = self._fields
        size = len(head)
        self._area[self._vars : self._vars + size] = head
        now = time.time() * 1000
        fields[_START] = now
        fields[_DEADLINE] = now + harakiri_seconds * 1000 if harakiri_seconds else 0
        fields[_VARS] = size
        fields[_ID] = number
        return now

    def end(self, flags, app, micros, sent, is_cut):
        """The request that runs is over."""
        fields = self._fields
        fields[_ID] = 0
        fields[_DEADLINE] = 0
        fields[_VARS] = 0
        fields[_REQUESTS] += 1
        fields[_RUNNING] += micros
        fields[_AVERAGE] = (fields[_AVERAGE] + micros) // 2
        fields[_TX] += sent
        if is_cut:
            fields[_WRITE_ERRORS] += 1
        has_raised = flags & EXCEPTION
        if has_raised:
            fields[_EXCEPTIONS] += 1
        if 0 < app < APPS_SHOWN:
            fields[FIELDS + app * 2] += 1
            if has_raised:
                fields[FIELDS + app * 2 + 1] += 1

    def set_deadline(self, seconds):
        """Harakiri is due in so many seconds from now; 0: never."""
        self._fields[_DEADLINE] = time.time() * 1000 + seconds * 1000 if seconds else 0
