"""Hooks of the process that loads the application and of each worker (engine/config/hooks.ts says what they may be).

A hook that fails ends the process: the start or the reload is given up, a worker is started again later.
"""

import os
import sys

# A shell beside the command reads from a pipe on which nothing is ever said: when the other end, this process, is gone,
# it kills the command's process group.
_TIED = """exec 3<&0 </dev/null
(trap '' 1 2 3 10 12 15; read _ <&3; kill -9 -$$) &
exec 3<&-
"$0" -c "$1"
code=$?
kill -9 $!
exit $code"""

def run(boot, *phases):
    """Runs the hooks of these moments, in this order."""
    for phase in phases:
        for hook_phase, action, argument, text in boot["system"]["hooks"]:
            if hook_phase != phase:
                continue
            print('running "%s" (%s)...' % (text, phase.replace("-app", " app")), file=sys.stderr)
            reason = _attempt(boot, action, argument)
            if reason:
                print('FATAL hook failed: "%s" (%s) %s' % (text, phase, reason), file=sys.stderr)
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(1)


def accepting(boot):
    """The moments of a worker that is about to serve."""
    first = boot["isFirst"]
    run(boot, "accepting", *(["accepting-once"] if first else []))
    if boot["wid"] == 1:
        run(boot, "accepting1", *(["accepting1-once"] if first else []))


def bind_to_cpus(boot):
    """`cpu-affinity`: so many CPUs for this worker, going on where the one before stopped."""
    count = boot["system"]["cpuAffinity"]
    if not count or not hasattr(os, "sched_setaffinity"):
        return
    cpus = sorted(os.sched_getaffinity(0))
    first = (boot["wid"] - 1) * count
    chosen = [cpus[(first + offset) % len(cpus)] for offset in range(count)]
    print("mapping worker %d to CPUs: %s" % (boot["wid"], " ".join(map(str, chosen))), file=sys.stderr)
    try:
        os.sched_setaffinity(0, chosen)
    except OSError as error:
        print("*** worker %d can not be bound to these CPUs: %s ***" % (boot["wid"], error), file=sys.stderr)


def _attempt(boot, action, argument):
    """None: done. Otherwise why not."""
    try:
        if action in ("exec", "safeexec"):
            code = _execute(boot["system"]["shell"], argument)
            if code == 0:
                return None
            reason = "exited with code %d" % code if code > 0 else "was killed by signal %d" % -code
            if action == "exec":
                return reason
            print('command "%s" %s' % (argument, reason), file=sys.stderr)
        else:
            _act(action, argument)
    except OSError as error:
        return str(error)
    return None


def _execute(shell, command):
    """Waits for the command and gives its exit code. It ends with this process, however that ends."""
    import subprocess  # only when there is a command to run: it costs memory

    if os.name != "posix":
        return subprocess.call([shell, "-c", command], stdin=subprocess.DEVNULL)
    script = [shell, "-c", _TIED, shell, command]
    with subprocess.Popen(script, stdin=subprocess.PIPE, start_new_session=True) as child:
        return child.wait()


def _act(action, argument):
    name, _, rest = argument.partition(" ")
    if action in ("print", "log"):
        print(argument, file=sys.stderr)
    elif action == "alarm":
        import reeve_uwsgi_clock  # it is rare

        reeve_uwsgi_clock.alarm(name, rest)
    elif action == "exit":
        sys.stdout.flush()
        os._exit(int(argument or 0))
    elif action == "putenv":
        key, _, value = argument.partition("=")
        os.environ[key] = value
    elif action in ("chdir", "cd"):
        os.chdir(argument)
    elif action == "mkdir":
        os.mkdir(argument)
    elif action == "unlink":
        os.unlink(argument)
    elif action in ("creat", "create"):
        open(argument, "w").close()
    elif action == "chmod":
        os.chmod(name, int(rest, 8))
    else:
        mode = "w" if action.startswith("write") else "a"
        with open(name, mode) as file:
            file.write(rest + ("\n" if action.endswith("n") else ""))
