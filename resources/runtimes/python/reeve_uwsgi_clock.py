"""`uwsgi` about alarms."""

from reeve_uwsgi_state import as_bytes, state


def alarm(name, message):
    """Raises an alarm of the configuration (`alarm = NAME ...`) with this text."""
    if state.control is None:
        raise RuntimeError("uwsgi.alarm() can not be called before the application is loaded")
    state.control.send({"type": "alarm", "name": _text(name), "text": _text(message)})


def _text(value):
    return as_bytes(value).decode("utf-8", "replace")


FUNCTIONS = (alarm,)
