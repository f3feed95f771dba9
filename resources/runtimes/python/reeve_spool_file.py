"""uWSGI's spool files, to the byte: names, content, locks, and the ways of a file through its folder.

A task is a file `uwsgi_spoolfile_on_HOST_PID_COUNTER_RAND_EPOCH_MICROS`, mode 0600:

    u8 17 | u16le size of the variables | u8 0 | variables: (u16le n, key, u16le n, value)* | body, up to the end

A time of modification in the future means that the task is not to run before. Who writes or runs a task holds an
fcntl write lock on the whole file, as uWSGI does, so that both servers can share a folder. Other than uWSGI's, a file
gets its name when it is complete: a writer that is killed leaves no half task.
"""

import errno
import fcntl
import itertools
import os
import re
import struct

PREFIX = "uwsgi_spoolfile_on_"
FAILED_FOLDER = "failed"
MODIFIER = 17
MOST_VARS_BYTES = 0xFFFF
_HEAD = struct.Struct("<BHB")
_SIZE = struct.Struct("<H")
_OPEN = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LOCK = fcntl.LOCK_EX | fcntl.LOCK_NB
_counter = itertools.count(1)
_digits = re.compile(r"(\d+)")


class Broken(ValueError):
    """The bytes are no task."""


def pack(pairs, body=b""):
    """The bytes of a file. @raises ValueError when the variables are too large"""
    parts = []
    for key, value in pairs:
        if len(key) > MOST_VARS_BYTES or len(value) > MOST_VARS_BYTES:
            raise ValueError(_too_large(max(len(key), len(value))))
        parts += (_SIZE.pack(len(key)), key, _SIZE.pack(len(value)), value)
    block = b"".join(parts)
    if len(block) > MOST_VARS_BYTES:
        raise ValueError(_too_large(len(block)))
    return b"%b%b%b" % (_HEAD.pack(MODIFIER, len(block), 0), block, body)


def unpack(data):
    """The variables as pairs, and the body. As in uWSGI the modifier is not looked at. @raises Broken"""
    if len(data) < _HEAD.size:
        raise Broken("it has %d bytes, fewer than a head" % len(data))
    end = _HEAD.size + _HEAD.unpack_from(data)[1]
    if end > len(data):
        raise Broken("its variables would be %d bytes, and %d are there" % (end - 4, len(data) - 4))
    pairs = []
    at = _HEAD.size
    while at < end:
        words = []
        for _ in range(2):
            start = at + 2
            if start > end:
                raise Broken("a length at offset %d is cut off" % at)
            at = start + (data[at] | data[at + 1] << 8)
            if at > end:
                raise Broken("the text at offset %d goes beyond the variables" % start)
            words.append(data[start:at])
        pairs.append(words)
    return pairs, data[end:]


def environment(name, data):
    """What the function that runs tasks gets: the types of keys and values are uWSGI's. @raises Broken"""
    pairs, body = unpack(data)
    found = {"spooler_task_name": os.fsencode(name)}
    for key, value in pairs:
        found[key] = value
    if body:
        found["body"] = body
    return found


def new_name(hostname, micros):
    """A name that no other file has."""
    rand = int.from_bytes(os.urandom(4), "little") >> 1
    seconds, rest = divmod(micros, 1_000_000)
    return "%s%s_%d_%d_%d_%d_%d" % (PREFIX, hostname, os.getpid(), next(_counter), rand, seconds, rest)


def write(folder, name, data, at=None):
    """Makes the file, complete and under its lock. `at`: epoch seconds. @raises OSError, and nothing is left then"""
    path = os.path.join(folder, name)
    draft = os.path.join(folder, "." + name)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if at is not None:
            os.utime(descriptor, (at, at))
        os.rename(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
    finally:
        os.close(descriptor)
    return path


def take(path, now):
    """Opens and locks a task that is due. None: another has it, or it is gone or put off. @raises OSError"""
    try:
        descriptor = os.open(path, _OPEN)
    except FileNotFoundError:
        return None
    try:
        fcntl.lockf(descriptor, _LOCK)
        held = os.fstat(descriptor)
        there = os.stat(path, follow_symlinks=False)
        if there.st_ino == held.st_ino and there.st_mtime <= now:
            return descriptor
    except OSError as error:
        if not isinstance(error, FileNotFoundError) and error.errno not in (errno.EAGAIN, errno.EACCES):
            os.close(descriptor)
            raise
    os.close(descriptor)
    return None


def read(descriptor):
    """The whole file. Not by a file object: closing that would give the lock away."""
    size = os.fstat(descriptor).st_size
    data = os.pread(descriptor, size, 0)
    while len(data) < size:
        more = os.pread(descriptor, size - len(data), len(data))
        if not more:
            break
        data += more
    return data


def natural_key(name):
    """Sorts as `spooler-ordered` does: numbers within names by their value."""
    return [int(part) if index % 2 else part for index, part in enumerate(_digits.split(name))]


def _too_large(size):
    return "the variables of a task are at most %d bytes and these are %d: put what is large into body" % (
        MOST_VARS_BYTES,
        size,
    )
