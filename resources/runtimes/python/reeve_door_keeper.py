"""Waits at the sockets of vassals that start at their first connection.

Started by engine/emperor/door-keeper.ts. `keep`: standard input carries one JSON object a line, `path` and `token` first,
standard output the answers; the end of standard input is the end of the emperor. `fetch`: becomes the command that
follows, with the socket as its standard input; what it asks for comes by its own standard input. The sockets stay bound
here, so that no connection is refused while a vassal comes or goes.
"""

import array
import hmac
import json
import os
import select
import socket
import sys

import reeve_sockets


class DoorKeeper:
    def __init__(self, boot):
        self.token = boot["token"].encode()
        self.sockets = {}  # key -> socket
        self.waiting = {}  # descriptor -> key, of those whose next connection is of interest
        self.paths = {}  # key -> (path, its inode)
        self.poll = select.poll()
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(boot["path"])
        # Vassals of other users fetch their sockets, too; the token is what they show.
        os.chmod(boot["path"], 0o666)
        self.server.listen(256)
        self._input = b""

    def run(self):
        self.poll.register(0, select.POLLIN)
        self.poll.register(self.server, select.POLLIN)
        while True:
            for fd, _ in self.poll.poll():
                if fd == 0:
                    data = os.read(0, 65536)
                    if not data:
                        return self._leave()
                    *lines, self._input = (self._input + data).split(b"\n")
                    for line in lines:
                        self._obey(json.loads(line))
                elif fd == self.server.fileno():
                    self._hand_out()
                elif fd in self.waiting:
                    self.poll.unregister(fd)
                    self._say({"type": "wanted", "key": self.waiting.pop(fd)})

    def _obey(self, message):
        key = message["key"]
        if message["type"] == "release":
            return self._release(key)
        try:
            if key not in self.sockets:
                self._bind(key, message["address"], message["mode"])
        except OSError as error:
            text = "%s: %s" % (reeve_sockets.error_name(error), error.strerror)
            return self._say({"type": "not-held", "key": key, "message": text})
        self._say({"type": "held", "key": key})
        fd = self.sockets[key].fileno()
        self.waiting[fd] = key
        self.poll.register(fd, select.POLLIN)

    def _bind(self, key, address, mode):
        path = None
        if address["type"] == "tcp":
            family, _, _, _, where = socket.getaddrinfo(
                address["host"] or "0.0.0.0", address["port"], type=socket.SOCK_STREAM
            )[0]
            sock = socket.socket(family)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Accepted connections inherit it.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            sock = socket.socket(socket.AF_UNIX)
            where = path = address.get("path")
            if path is None:
                where = "\0" + address["name"]
            else:
                reeve_sockets.remove_stale(path)
        try:
            sock.bind(where)
            sock.listen(1024)
            if path is not None:
                self.paths[key] = path, os.stat(path).st_ino
                if mode is not None:
                    os.chmod(path, mode)
        except OSError:
            sock.close()
            reeve_sockets.remove_own(*self.paths.pop(key, (None, 0)))
            raise
        sock.setblocking(False)
        self.sockets[key] = sock

    def _release(self, key):
        sock = self.sockets.pop(key, None)
        if sock is None:
            return
        if self.waiting.pop(sock.fileno(), None) is not None:
            self.poll.unregister(sock)
        sock.close()
        reeve_sockets.remove_own(*self.paths.pop(key, (None, 0)))

    def _hand_out(self):
        connection, _ = self.server.accept()
        with connection:
            connection.settimeout(1)
            try:
                token, _, key = connection.recv(4096).partition(b"\n")
                sock = self.sockets.get(key.decode())
                if sock is None or not hmac.compare_digest(token, self.token):
                    return
                rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [sock.fileno()]))
                connection.sendmsg([b"\0"], [rights])
            except (OSError, UnicodeDecodeError):
                pass  # it sees an answer without a socket

    def _leave(self):
        for key in list(self.sockets):
            self._release(key)

    def _say(self, message):
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def fetch(boot, command):
    """Becomes the command, with the socket as its standard input."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(boot["path"])
        connection.sendall(boot["token"].encode() + b"\n" + boot["key"].encode())
        _, ancillary, _, _ = connection.recvmsg(1, socket.CMSG_SPACE(4))
    fds = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[:4])
    if not fds:
        sys.exit("[emperor] the socket of this vassal is not there any more")
    os.dup2(fds[0], 0)
    # Python gives descriptors away only when it is told to: the pipes of the emperor are the command's.
    for name in ("UWSGI_EMPEROR_FD", "UWSGI_EMPEROR_FD_CONFIG"):
        if name in os.environ:
            os.set_inheritable(int(os.environ[name]), True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    if sys.argv[1] == "fetch":
        fetch(json.loads(sys.stdin.buffer.read()), sys.argv[2:])
    else:
        # Unbuffered: what follows the first line is for the keeper.
        DoorKeeper(json.loads(open(0, "rb", buffering=0, closefd=False).readline())).run()
