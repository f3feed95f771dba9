"""Names of uWSGI's module that the engine can not serve: they are there, and whoever calls one is told why and what to do.

What is missing in most builds of uWSGI is not there at all, as `hasattr` finds; what asks for it reads the reason in the
AttributeError.
"""

_AREA = "the engine has no shared areas: use the cache, or a file with mmap"

REASONS = {
    "offload": "answers are sent by the gateway already: return a file with wsgi.file_wrapper",
    "route": "routes have been run before the application is called: write a rule with `route`",
    "set_warning_message": "pings are answered by the gateway, which has no warning to add",
    "SymbolsImporter": "the engine has no modules inside its program: name folders with `pythonpath`",
    "SymbolsZipImporter": "the engine has no modules inside its program: name the zip file with `pythonpath`",
    "ZipImporter": "Python imports from zip files itself: name the file with `pythonpath`",
    **{
        "sharedarea_" + name: _AREA
        for name in (
            "read write read8 read16 read32 read64 readbyte readlong write8 write16 write32 write64 writebyte writelong "
            "inc8 inc16 inc32 inc64 inclong dec8 dec16 dec32 dec64 declong rlock wlock unlock wait memoryview object"
        ).split()
    },
}

# Missing for `hasattr`.
ABSENT = {"websocket_send_from_sharedarea": _AREA}


def refusals(names):
    """Functions that raise NotImplementedError, for those of REASONS that are not in `names`."""
    return {name: _refusal(name) for name in REASONS if name not in names}


def _refusal(name):
    def refused(*_arguments, **_keywords):
        raise NotImplementedError("uwsgi.%s is not possible here: %s" % (name, REASONS[name]))

    refused.__name__ = refused.__qualname__ = name
    refused.__doc__ = "Refused: %s." % REASONS[name]
    return refused
