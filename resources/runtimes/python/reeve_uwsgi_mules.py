"""`uwsgi` about mules and farms."""

import sys

import reeve_commons
from reeve_uwsgi_state import as_bytes, state


def mule_id():
    """Number of this mule; 0 in any other process."""
    return state.boot["number"] if state.role == "mule" else 0


def mule_msg(message, mule=0):
    """Puts a message into the queue of a mule; 0: of whichever is free. False when there is no such mule or no room."""
    from reeve_mule import mailbox_of

    content = as_bytes(message)
    if isinstance(mule, str) or not hasattr(mule, "__index__"):
        raise ValueError("invalid mule")
    count = len(_mules())
    number = mule.__index__()
    if not count:
        raise ValueError("no mules")
    if number < 0 or number > count:
        return False
    return _push(mailbox_of(number), content)


def mule_get_msg(signals=True, farms=True, timeout=-1, buffer_size=65536):
    """Waits for a message to this mule and gives it as bytes; handlers of signals run meanwhile."""
    mule = _mule("mule messages")
    message = mule.get_message(signals, farms, None if timeout is None or timeout < 0 else timeout)
    return b"" if message is None else message[:buffer_size]


def farm_msg(farm, message):
    """Puts a message into the queue of a farm: one of its mules takes it."""
    content = as_bytes(message)
    name = as_bytes(farm).decode("utf-8", "replace")
    if name in _farms():
        _push("farm " + name, content)


def farm_get_msg():
    """Waits for a message to one of this mule's farms."""
    return _mule("farm messages").farm_message()


def in_farm(farm):
    """True when this mule is in the farm, otherwise None."""
    name = as_bytes(farm).decode("utf-8", "replace")
    is_member = any(one["number"] == mule_id() and name in one["farms"] for one in _mules())
    return True if is_member else None


FUNCTIONS = (mule_id, mule_msg, mule_get_msg, farm_msg, farm_get_msg, in_farm)


def _push(mailbox, content):
    if reeve_commons.push(mailbox, content):
        return True
    sys.stderr.write("*** MULE MSG QUEUE IS FULL: %s (you can tune it with mule-msg-size) ***\n" % mailbox)
    return False


def _mules():
    return [one for one in state.boot["companions"] if one["role"] == "mule"]


def _farms():
    return {name for one in _mules() for name in one["farms"]}


def _mule(what):
    if state.role != "mule":
        raise ValueError("you can receive %s only in a mule !!!" % what)
    import reeve_mule

    return reeve_mule.current
