/** The Python application of the gateway's process tests: each path does one thing that a test wants to see. */

/**
 * `/id?N` notes N in the file `ran` when it begins; `/wait?NAME` notes `NAME`, then waits until the file NAME exists.
 * Both show what ran, and how often. `/spin?NAME` waits without ever letting go of the interpreter.
 */
export const TEST_APP = `
import hashlib, os, signal, sys, time

def note(text):
    fd = os.open("ran", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.write(fd, (text + "\\n").encode())
    os.close(fd)

def stream(parts, delay=0):
    for part in parts:
        yield part
        if delay:
            time.sleep(delay)

def broken_stream():
    yield b"first part\\n"
    raise ValueError("late")

def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    def answer(body, headers=(), status="200 OK"):
        start_response(status, [("Content-Type", "text/plain"), *headers])
        return [body if isinstance(body, bytes) else str(body).encode()]
    if path == "/id":
        note(query)
        return answer(query)
    if path == "/wait":
        note(query)
        while not os.path.exists(query):
            time.sleep(0.002)
        return answer(query)
    if path == "/spin":
        note(query)
        while not os.path.exists(query):
            pass
        return answer(query)
    if path == "/pid":
        return answer(os.getpid())
    if path == "/die":
        note("die")
        os.kill(os.getpid(), signal.SIGKILL)
    if path == "/die-late":
        write = start_response("200 OK", [])
        write(b"some")
        os.kill(os.getpid(), signal.SIGKILL)
    if path == "/raise":
        raise ValueError("asked for")
    if path == "/raise-late":
        start_response("200 OK", [])
        return broken_stream()
    if path == "/inject":
        return answer("", [("X-A", "b\\r\\nSet-Cookie: c")])
    if path == "/two-lengths":
        return answer("abc", [("Content-Length", "3"), ("Content-Length", query)])
    if path == "/hop":
        return answer("hop", [("Connection", "close"), ("Transfer-Encoding", "chunked"), ("X-A", "b")])
    if path == "/body":
        digest, size, lines = hashlib.sha1(), 0, environ["wsgi.input"]
        while True:
            part = lines.read(65536)
            if not part:
                break
            digest.update(part)
            size += len(part)
        return answer("%d %s" % (size, digest.hexdigest()))
    if path == "/lines":
        return answer(repr(list(environ["wsgi.input"])))
    if path == "/big":
        return answer(b"x" * int(query))
    if path == "/stream":
        start_response("200 OK", [])
        return stream([b"a" * int(query)] * 4)
    if path == "/short":
        return answer("abc", [("Content-Length", "10")])
    if path == "/long":
        return answer("more than five", [("Content-Length", "5")])
    if path == "/file":
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](open("app.py", "rb"), 100)
    if path == "/status":
        return answer("", [], query.replace("_", " "))
    if path == "/vars":
        return answer("\\n".join("%s=%s" % (k, v) for k, v in sorted(environ.items()) if isinstance(v, str)))
    return answer("hello")
`;
