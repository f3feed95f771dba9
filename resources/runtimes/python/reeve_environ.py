"""What the environ of every request has beside the request's own variables (PEP 3333; values as in uWSGI 2.0)."""

import sys


class FileWrapper:
    """`wsgi.file_wrapper`: yields blocks of a file-like object, from where it stands to its end."""

    def __init__(self, filelike, blksize=65536):
        self.filelike = filelike
        # Frameworks ask for blocks of 4 or 8 KB, which would be as many frames.
        self.blksize = max(65536, blksize)
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self):
        return self

    def __next__(self):
        block = self.filelike.read(self.blksize)
        if block:
            return block
        raise StopIteration


def base_environ(core, threads, processes, has_file_wrapper):
    """The keys that are the same for every request of a core; values as uWSGI 2.0 gives them."""
    uwsgi = sys.modules["uwsgi"]
    environ = {
        "wsgi.version": (1, 0),
        "wsgi.errors": sys.stderr,
        "wsgi.run_once": False,
        "wsgi.multithread": threads > 1,
        "wsgi.multiprocess": processes > 1,
        "uwsgi.version": uwsgi.version,
        "uwsgi.node": uwsgi.hostname,
    }
    if has_file_wrapper:
        environ["wsgi.file_wrapper"] = FileWrapper
    if threads > 1:
        environ["uwsgi.core"] = core
    return environ
