"""Decorators over the module `uwsgi`: tasks of the spooler, functions of mules and farms, handlers of signals, timers and
crons, remote calls. The names, and what they write into spool files, are those of uWSGI's module of this name, so that
both servers can run each other's tasks.

An application that brings a module of this name itself gets its own.
"""

import functools
import pickle
import sys
import threading
import traceback

import uwsgi

if uwsgi.masterpid() == 0:
    raise Exception("you have to enable the uWSGI master process to use this module")

# name of a task's function -> the function
spooler_functions = {}
# name of a function that a mule runs -> the function
mule_functions = {}
# called in each new process, in this order
postfork_chain = []

_SPOOL_KEYS = ("spooler", "priority", "at", "body")
_MULE_SERVICE = "uwsgi_mulefunc"


# ---------------------------------------------------------------------------------------------- processes


def postfork_chain_hook():
    """Runs what `postfork` and its kin have registered."""
    for function in postfork_chain:
        function()


class postfork:
    """`@postfork`: the function runs in each new process; `@postfork(2)`: in worker 2."""

    def __init__(self, f):
        self.wid = 0
        self.f = None
        if callable(f):
            self.f = f
        else:
            self.wid = f
        if self.f is not None:
            postfork_chain.append(self)

    def __call__(self, *args, **kwargs):
        if self.f is None:
            self.f = args[0]
            postfork_chain.append(self)
            return self.f
        if self.wid in (0, uwsgi.worker_id()):
            return self.f(*args, **kwargs)
        return None


# ---------------------------------------------------------------------------------------------- spooler


def manage_spool_request(vars):
    """The callback of the spooler: runs the function that a task names."""
    task = {_text(key): value for key, value in vars.items()}
    name = _text(task["ud_spool_func"])
    function = spooler_functions.get(name)
    if function is None:
        raise LookupError("the task's function '%s' is not loaded in the spooler (see `spooler-import`)" % name)
    if "args" in task:
        result = function(*pickle.loads(task["args"]), **pickle.loads(task["kwargs"]))
    else:
        result = function({key: _text(value) for key, value in task.items()})
    return result if "ud_spool_ret" not in task else int(task["ud_spool_ret"])


def _text(value):
    """As text where it is text."""
    try:
        return value.decode("utf-8") if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return value


def _data(value):
    """A value as spool files hold it. Numbers are written in digits."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value).encode()
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise ValueError("spooler callable dictionary must contains only bytes")


class _spoolraw:
    """A task's function: calling it, or its `spool`, puts a task into the spooler."""

    # What the callback returns whatever the function does; None: what the function returns.
    result = None

    def __init__(self, f, pass_arguments):
        if not hasattr(uwsgi, "spool"):
            raise Exception("you have to enable the uWSGI spooler to use @%s decorator" % type(self).__name__)
        self.f = f
        self.pass_arguments = pass_arguments
        self.base_dict = {"ud_spool_func": f.__name__}
        if self.result is not None:
            self.base_dict["ud_spool_ret"] = str(self.result)
        spooler_functions[f.__name__] = f
        functools.update_wrapper(self, f)

    def spool(self, *args, **kwargs):
        """Puts a task into the spooler; returns the path of its file."""
        task = dict(self.base_dict)
        if self.pass_arguments:
            task.update({key: kwargs.pop(key) for key in _SPOOL_KEYS if key in kwargs})
            task["args"] = pickle.dumps(args)
            task["kwargs"] = pickle.dumps(kwargs)
        else:
            task.update({_text(key): value for key, value in dict(args[0] if args else ()).items()})
            task.update(kwargs)
        return uwsgi.spool({key.encode("utf-8"): _data(value) for key, value in task.items()})

    __call__ = spool


class _spool(_spoolraw):
    """The task is over when the function returns, whatever it returns."""

    result = getattr(uwsgi, "SPOOL_OK", -2)


class _spoolforever(_spoolraw):
    """The task is run again and again."""

    result = getattr(uwsgi, "SPOOL_RETRY", -1)


def spool_decorate(f=None, pass_arguments=False, _class=_spoolraw):
    """Decorates a task's function, with or without arguments of the decorator."""
    if f is None:
        return functools.partial(spool_decorate, pass_arguments=pass_arguments, _class=_class)
    return _class(f, pass_arguments)


def spool(f=None, pass_arguments=False):
    """`@spool`: a task that is over when the function returns. It gets a dictionary, or with `pass_arguments` the arguments."""
    return spool_decorate(f, pass_arguments, _spool)


def spoolraw(f=None, pass_arguments=False):
    """`@spoolraw`: the function returns SPOOL_OK, SPOOL_RETRY or SPOOL_IGNORE."""
    return spool_decorate(f, pass_arguments, _spoolraw)


def spoolforever(f=None, pass_arguments=False):
    """`@spoolforever`: the task stays and runs again."""
    return spool_decorate(f, pass_arguments, _spoolforever)


# ---------------------------------------------------------------------------------------------- mules


class mulefunc:
    """`@mulefunc`: calls run in the first free mule; `@mulefunc(2)`: in mule 2, `@mulefunc('farm')`: in a farm."""

    def __init__(self, f):
        self.mule = 0
        self.fname = None
        if callable(f):
            self._register(f)
        else:
            self.mule = f

    def _register(self, f):
        self.fname = f.__name__
        mule_functions[self.fname] = f

    def real_call(self, *args, **kwargs):
        """Sends the call to the mule."""
        message = {"service": _MULE_SERVICE, "func": self.fname, "args": args, "kwargs": kwargs}
        uwsgi.mule_msg(pickle.dumps(message), self.mule)

    def __call__(self, *args, **kwargs):
        if self.fname is None:
            self._register(args[0])
            return functools.update_wrapper(functools.partial(self.real_call), args[0])
        return self.real_call(*args, **kwargs)


def mule_msg_dispatcher(message):
    """What a mule without a program of its own does with a message."""
    call = pickle.loads(message)
    if call["service"] == _MULE_SERVICE:
        return mule_functions[call["func"]](*call["args"], **call["kwargs"])
    return None


class mule_brain:
    """Runs a function in one mule, once."""

    def __init__(self, f, num):
        self.f = f
        self.num = num

    def __call__(self):
        if uwsgi.mule_id() == self.num:
            self.run()

    def run(self):
        """An exception ends the mule, which is started again."""
        try:
            self.f()
        except BaseException:
            traceback.print_exc()
            sys.exit(1)


class mule_brainloop(mule_brain):
    """Runs a function in one mule, again and again."""

    def run(self):
        while True:
            super().run()


class mule:
    """`@mule(1)`: the function is what mule 1 does."""

    brain = mule_brain

    def __init__(self, num):
        self.num = num

    def __call__(self, f):
        postfork_chain.append(self.brain(f, self.num))
        return f


class muleloop(mule):
    """`@muleloop(1)`: mule 1 runs the function again and again."""

    brain = mule_brainloop


class mulemsg_loop:
    """Hands the messages of one mule to a function."""

    def __init__(self, f, num):
        self.f = f
        self.num = num

    def __call__(self):
        while uwsgi.mule_id() == self.num:
            message = uwsgi.mule_get_msg()
            if message:
                self.f(message)


class mulemsg(mule):
    """`@mulemsg(1)`: the function gets the messages of mule 1."""

    brain = mulemsg_loop


class farm_loop:
    """Hands the messages of a farm to a function, in each of its mules."""

    def __init__(self, f, farm):
        self.f = f
        self.farm = farm

    def __call__(self):
        if uwsgi.mule_id() == 0 or (self.farm and not uwsgi.in_farm(self.farm)):
            return
        while True:
            message = uwsgi.farm_get_msg()
            if message:
                self.f(message)


class farm:
    """`@farm('name')`: the function gets the messages of the farm."""

    def __init__(self, name=None, **_kwargs):
        self.name = name

    def __call__(self, f):
        postfork_chain.append(farm_loop(f, self.name))
        return f


# ---------------------------------------------------------------------------------------------- signals and time


def get_free_signal():
    """A signal's number that has no handler yet."""
    for number in range(256):
        if not uwsgi.signal_registered(number):
            return number
    raise Exception("No free uwsgi signal available")


class _handler:
    """Registers the function for a signal, which `begin` then has raised."""

    def __init__(self, signum=None, target=""):
        self.num = get_free_signal() if signum is None else signum
        self.target = target

    def begin(self):
        """A plain signal is raised by the application."""

    def __call__(self, f):
        uwsgi.register_signal(self.num, self.target, f)
        self.begin()
        return f


class signal(_handler):
    """`@signal(17, target='workers')`: the function handles the signal."""

    def __init__(self, num, target="", **_kwargs):
        super().__init__(num, target)


class timer(_handler):
    """`@timer(10)`: the function runs every ten seconds."""

    def __init__(self, secs, signum=None, target="", **_kwargs):
        super().__init__(signum, target)
        self.secs = secs

    def begin(self):
        uwsgi.add_timer(self.num, self.secs)


class rbtimer(timer):
    """`@rbtimer(10)`: as `timer`, without a timer of the kernel."""

    def begin(self):
        uwsgi.add_rb_timer(self.num, self.secs)


class cron(_handler):
    """`@cron(30, 4, -1, -1, -1)`: the function runs at half past four."""

    def __init__(self, minute, hour, day, month, dayweek, signum=None, target="", **_kwargs):
        super().__init__(signum, target)
        self.minute = minute
        self.hour = hour
        self.day = day
        self.month = month
        self.dayweek = dayweek

    def begin(self):
        uwsgi.add_cron(self.num, self.minute, self.hour, self.day, self.month, self.dayweek)


class filemon(_handler):
    """`@filemon('/tmp/x')`: the function runs when the file or folder changes."""

    def __init__(self, fsobj, signum=None, target="", **_kwargs):
        super().__init__(signum, target)
        self.fsobj = fsobj

    def begin(self):
        uwsgi.add_file_monitor(self.num, self.fsobj)


# ---------------------------------------------------------------------------------------------- the rest


class rpc:
    """`@rpc('name')`: the function can be called remotely."""

    def __init__(self, name):
        self.name = name

    def __call__(self, f):
        uwsgi.register_rpc(self.name, f)
        return f


class lock:
    """`@lock`: one call at a time in the whole instance."""

    def __init__(self, f):
        self.f = f
        functools.update_wrapper(self, f)

    def __call__(self, *args, **kwargs):
        uwsgi.lock()
        try:
            return self.f(*args, **kwargs)
        finally:
            uwsgi.unlock()


class thread:
    """`@thread`: each call runs in a thread of its own."""

    def __init__(self, f):
        self.f = f
        functools.update_wrapper(self, f)

    def __call__(self, *args, **kwargs):
        threading.Thread(target=self.f, args=args, kwargs=kwargs, daemon=True).start()
        return self.f


class harakiri:
    """`@harakiri(30)`: the process is given up when a call takes longer than 30 seconds."""

    def __init__(self, seconds):
        self.s = seconds

    def __call__(self, f):
        @functools.wraps(f)
        def limited(*args, **kwargs):
            uwsgi.set_user_harakiri(self.s)
            try:
                return f(*args, **kwargs)
            finally:
                uwsgi.set_user_harakiri(0)

        return limited


class erlang:
    """uWSGI's link to Erlang, which its releases do not have any more, and the engine neither."""

    def __init__(self, name):
        raise NotImplementedError("uwsgidecorators.erlang(%r) is not possible here: the engine has no link to Erlang" % name)


if hasattr(uwsgi, "spool"):
    uwsgi.spooler = manage_spool_request
uwsgi.mule_msg_hook = mule_msg_dispatcher
uwsgi.post_fork_hook = postfork_chain_hook
