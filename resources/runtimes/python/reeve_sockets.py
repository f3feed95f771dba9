"""Files of unix sockets, for the processes that hold sockets open (reeve_keeper.py, reeve_door_keeper.py)."""

import errno
import os
import socket
import stat


def remove_stale(path):
    """A socket file on which nobody answers is in the way; anything else is not ours."""
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
        except OSError:
            return  # in use, or not allowed: binding says so


def remove_own(path, inode):
    """Removes the file of a socket that was bound here, if it is still that file. `path` may be None."""
    try:
        if path is not None and os.stat(path).st_ino == inode:
            os.unlink(path)
    except OSError:
        return  # it is not there any more, or not ours to remove


def error_name(error):
    """`EADDRINUSE`; names that can not be resolved count as EADDRNOTAVAIL."""
    return errno.errorcode.get(error.errno, "EIO") if error.errno and error.errno > 0 else "EADDRNOTAVAIL"
