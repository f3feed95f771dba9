"""What a spooler process tells of itself, in a small file of the engine's run folder that the master, the workers and
its own successor read (engine/master/spool-boards.ts): so a task costs no message.

    u32 magic | u32 pid | u64 tasks | u64 attempts | u64 failures | u64 started ms | u64 deadline ms |
    u32 frequency seconds | u32 tasks that were not due at the last look | u64 since when the oldest other was due, ms |
    u16 n | n bytes: the task that runs, from its folder on

It is made by the first process of its number in a generation; one that finds a task in it knows in which task the one
before has died. Anybody may write the frequency.
"""

import mmap
import os
import struct

SIZE = 512
_MAGIC = 0x31505352  # RSP1
_FIELDS = struct.Struct("<IIQQQQQIIQ")
_NAME_AT = _FIELDS.size
_PID_AT, _TASKS_AT, _ATTEMPTS_AT, _FAILURES_AT, _STARTED_AT, _DEADLINE_AT, _FREQUENCY_AT = 4, 8, 16, 24, 32, 40, 48
_LATER_AT, _OLDEST_AT = 52, 56
_U16 = struct.Struct("<H")
_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")


def path_of(boot, number):
    """Where the board of a spooler process is."""
    return os.path.join(os.path.dirname(boot["controlEndpoint"]), "spooler-%d-%d" % (boot["generation"], number))


def fifo_of(boot, number):
    """What is written to by who has put a task into the process's folder."""
    return os.path.join(os.path.dirname(boot["controlEndpoint"]), "spool-%d" % number)


def pid_of(path):
    """The pid on a board; 0: there is none."""
    try:
        with open(path, "rb") as file:
            return _U32.unpack_from(file.read(SIZE), _PID_AT)[0]
    except (OSError, struct.error):
        return 0


def set_frequency(path, seconds):
    """False: there is no such board."""
    try:
        descriptor = os.open(path, os.O_WRONLY)
    except OSError:
        return False
    os.pwrite(descriptor, _U32.pack(seconds), _FREQUENCY_AT)
    os.close(descriptor)
    return True


class Board:
    """The process's own."""

    def __init__(self, path, frequency):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        is_new = os.fstat(descriptor).st_size < SIZE
        if is_new:
            os.truncate(descriptor, SIZE)
        self._map = mmap.mmap(descriptor, SIZE)
        os.close(descriptor)
        if is_new:
            _U32.pack_into(self._map, 0, _MAGIC)
            _U32.pack_into(self._map, _FREQUENCY_AT, frequency)
        _U32.pack_into(self._map, _PID_AT, os.getpid())

    @property
    def frequency(self):
        return _U32.unpack_from(self._map, _FREQUENCY_AT)[0]

    @property
    def task(self):
        """What runs; of a process that has died: what ran. Empty: nothing."""
        if not _U64.unpack_from(self._map, _STARTED_AT)[0]:
            return ""
        (size,) = _U16.unpack_from(self._map, _NAME_AT)
        return os.fsdecode(self._map[_NAME_AT + 2 : _NAME_AT + 2 + size])

    def begin(self, task, now, seconds):
        """A task is about to run; `seconds`: how long it may, 0 for ever."""
        name = os.fsencode(task)[: SIZE - _NAME_AT - 2]
        _U16.pack_into(self._map, _NAME_AT, len(name))
        self._map[_NAME_AT + 2 : _NAME_AT + 2 + len(name)] = name
        self._count(_ATTEMPTS_AT)
        self.limit(now + seconds if seconds else 0)
        _U64.pack_into(self._map, _STARTED_AT, int(now * 1000))

    def limit(self, deadline):
        """The running task is killed at this time (epoch seconds); 0: never."""
        _U64.pack_into(self._map, _DEADLINE_AT, int(deadline * 1000))

    def end(self, is_done):
        """It has ended; `is_done`: for good."""
        _U64.pack_into(self._map, _DEADLINE_AT, 0)
        _U64.pack_into(self._map, _STARTED_AT, 0)
        if is_done:
            self._count(_TASKS_AT)

    def looked(self, later, oldest):
        """What a look at the folder has found; `oldest`: epoch seconds, 0 when nothing is due."""
        _U32.pack_into(self._map, _LATER_AT, later)
        _U64.pack_into(self._map, _OLDEST_AT, int(oldest * 1000))

    def failed(self):
        self._count(_FAILURES_AT)

    def _count(self, at):
        _U64.pack_into(self._map, at, _U64.unpack_from(self._map, at)[0] + 1)
