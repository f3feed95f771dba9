"""Files that the gateway sends in the worker's place (FILE in engine/gateway/frames.ts): which answers are one.

An answer is a file when it is `wsgi.file_wrapper` (or `uwsgi.sendfile`) around a file that this process has opened by a
name which still leads to it. What is read through another object (gzip, a pipe, a temporary file without a name) is not.
"""

import io
import os
import stat
import threading

from reeve_frames import encode_file

# Smaller ones are with the gateway sooner than its answer would be here.
_LEAST_BYTES = 128 * 1024
_KINDS = (io.BufferedReader, io.FileIO, io.BufferedRandom)
# The gateway is at something else, or gone: the worker sends the file itself.
_PATIENCE_SECONDS = 5


class Offers:
    """What one line's gateway says about the file that was offered on it."""

    def __init__(self):
        self._answered = threading.Event()
        self._id = -1
        self._is_taken = False

    def answered(self, request_id, is_taken):
        """Called by the control thread."""
        if request_id == self._id:
            self._is_taken = is_taken
            self._answered.set()

    def offer(self, sock, request_id, file, length):
        """True: the gateway has the file open and sends it. `length`: what the application says it has, or -1."""
        described = describe(file, length)
        if described is None:
            return False
        self._answered.clear()
        self._is_taken = False
        self._id = request_id
        sock.sendall(encode_file(request_id, *described))
        self._answered.wait(_PATIENCE_SECONDS)
        self._id = -1
        return self._is_taken


def describe(file, length):
    """(device, inode, first byte, bytes, path) of what is left to read in an open file; None: it is no such file."""
    if type(file) not in _KINDS or file.closed:
        return None
    try:
        if type(file) is io.BufferedRandom:
            file.flush()
        opened = os.fstat(file.fileno())
        start = file.tell()
        size = opened.st_size - start
        if not stat.S_ISREG(opened.st_mode) or size < _LEAST_BYTES:
            return None
        path = os.path.abspath(os.fsencode(file.name)) if isinstance(file.name, (str, bytes)) else None
        if path is None:
            return None
        named = os.stat(path)
    except (OSError, ValueError):
        return None
    if (named.st_dev, named.st_ino) != (opened.st_dev, opened.st_ino):
        return None
    return opened.st_dev, opened.st_ino, start, size if length < 0 else min(length, size), path
