"""Holds the listening sockets of an engine whose workers accept connections themselves (`worker-accept`).

Started by engine/master/socket-keeper.ts. Standard input carries one JSON object a line, `path` and `token` first,
standard output the answers; the end of standard input is the end of the engine. Runtimes connect to a unix socket in
the run folder, send the engine's token and get the sockets by SCM_RIGHTS. The sockets stand through reloads and crashes
of workers.
"""

import array
import hmac
import json
import os
import select
import socket
import sys

import reeve_sockets


class Keeper:
    """`boot`: `path` where runtimes fetch sockets, `token` they show."""

    def __init__(self, boot):
        self.token = boot["token"].encode()
        self.sockets = {}  # listener id -> socket
        self.paths = {}  # listener id -> (path, its inode)
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(boot["path"])
        self.server.listen(256)
        self._input = b""

    def run(self):
        poll = select.poll()
        poll.register(0, select.POLLIN)
        poll.register(self.server, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == 0:
                    data = os.read(0, 65536)
                    if not data:
                        return self._leave()
                    *lines, self._input = (self._input + data).split(b"\n")
                    for line in lines:
                        self._obey(json.loads(line))
                else:
                    self._hand_out()

    def _obey(self, message):
        number = message.get("listenerId")
        if message["type"] == "listen":
            if number in self.sockets:
                return
            try:
                port = self._listen(message)
            except OSError as error:
                name = reeve_sockets.error_name(error)
                text = "%s: %s" % (name, error.strerror)
                return self._say({"type": "listen-failed", "listenerId": number, "code": name, "message": text})
            self._say({"type": "listening", "listenerId": number, "port": port})
        elif message["type"] == "unlisten":
            self._close(number)
        elif message["type"] == "become":
            # An engine that root has not started is this user already.
            if os.getuid() == 0:
                os.setgroups(message["groups"])
                os.setgid(message["gid"])
                os.setuid(message["uid"])
            self._say({"type": "became"})

    def _listen(self, message):
        number, address, binding = message["listenerId"], message["address"], message["binding"]
        path = None
        if address["type"] == "tcp":
            host = address["host"] or "0.0.0.0"
            family, _, _, _, where = socket.getaddrinfo(host, address["port"], type=socket.SOCK_STREAM)[0]
            sock = socket.socket(family)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Accepted connections inherit both.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, message["keepAlive"])
        else:
            sock = socket.socket(socket.AF_UNIX)
            where = path = address.get("path")
            if path is None:
                where = "\0" + address["name"]
            else:
                reeve_sockets.remove_stale(path)
        try:
            sock.bind(where)
            if path is not None:
                self.paths[number] = path, os.stat(path).st_ino
                if binding["mode"] is not None:
                    os.chmod(path, binding["mode"])
                if binding["owner"] is not None:
                    os.chown(path, binding["owner"]["uid"], binding["owner"]["gid"])
            sock.listen(binding["backlog"])
            sock.setblocking(False)
        except OSError:
            sock.close()
            reeve_sockets.remove_own(*self.paths.pop(number, (None, 0)))
            raise
        self.sockets[number] = sock
        return sock.getsockname()[1] if address["type"] == "tcp" else 0

    def _hand_out(self):
        connection = self.server.accept()[0]
        with connection:
            # A runtime says its token at once; nothing else may hold up the engine.
            connection.settimeout(1)
            try:
                token = connection.recv(len(self.token), socket.MSG_WAITALL)
                if hmac.compare_digest(token, self.token):
                    fds = array.array("i", [sock.fileno() for sock in self.sockets.values()])
                    connection.sendmsg([b"s"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)] if fds else [])
            except OSError:
                return  # it has gone: its own process says so

    def _close(self, number):
        sock = self.sockets.pop(number, None)
        if sock is not None:
            reeve_sockets.remove_own(*self.paths.pop(number, (None, 0)))
            # Runtimes hold it too: this ends it for all of them.
            sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _leave(self):
        for number in list(self.sockets):
            self._close(number)
        os._exit(0)

    @staticmethod
    def _say(message):
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def fetch(path, token):
    """The listening sockets, for a runtime."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(token.encode())
        _, ancillary, _, _ = connection.recvmsg(1, socket.CMSG_SPACE(4 * 253))
    fds = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    # Programs that the application starts shall not have them: what arrives this way is inherited.
    for fd in fds:
        os.set_inheritable(fd, False)
    return [socket.socket(fileno=fd) for fd in fds]


if __name__ == "__main__":
    # Unbuffered: what follows the first line is for the keeper.
    Keeper(json.loads(open(0, "rb", buffering=0, closefd=False).readline())).run()
