"""A spooler: runs the tasks of its folder, one after the other, with the function that the application has put into
`uwsgi.spooler`. Files and locks are those of uWSGI (reeve_spool_file.py).

A task is deleted when its function returns SPOOL_OK. One that fails is put off, each time for longer, and moved to
the folder `failed` in the end (reeve_spool_failures.py), so that it never stands in the way of others.
"""

import os
import stat
import sys
import time
import traceback

import reeve_apps
import reeve_spool_board
import reeve_spool_file
import reeve_uwsgi
from reeve_spool_failures import Failures

OK, RETRY, IGNORE = -2, -1, 0
# A folder is looked at anew at the latest then, although there are tasks of the last look left.
LOOK_SECONDS = 2
# And no more often than so many times as long as a look takes.
LOOK_SHARE = 20
# A draft of a file that is so old and nobody's was left by a writer that was killed.
DRAFT_SECONDS = 3600

_current = None


def run(companion):
    """Runs the spooler; it ends when this returns."""
    global _current
    _current = Spooler(companion)
    reeve_uwsgi.begin_process()
    _current.run()


def current():
    """The spooler that this process is, or None."""
    return _current


class Spooler:
    """One process of one folder."""

    def __init__(self, companion):
        boot = companion.boot
        number = boot["number"]
        self.companion = companion
        self.setting = boot["spooler"]
        self.folder = companion.setting["folder"]
        self.board = reeve_spool_board.Board(reeve_spool_board.path_of(boot, number), self.setting["frequencySeconds"])
        self.failures = Failures(self.folder, self.setting, self.log)
        self._fifo = _open_fifo(reeve_spool_board.fifo_of(boot, number))
        self._label = "[spooler %s pid: %d] " % (self.folder, os.getpid())
        self._done = 0
        # Tasks that this process can do nothing about: path -> when it tries again.
        self._not_before = {}
        self._complaints = set()
        # The descriptor and path of the task that runs.
        self.running = None

    def run(self):
        """Returns when the master has asked it to end, or it has had enough."""
        try:
            os.setpriority(os.PRIO_PROCESS, 0, 19)
        except OSError:
            pass  # it runs at the priority it has
        _handle_wake(self.companion)
        self._account_for_death()
        for source in self.setting["imports"]:
            reeve_apps.import_aside(source, None)
        self.failures.sweep()
        try:
            while not self._is_over():
                self.companion.runner.run_pending()
                self._drain()
                wait = self._pass()
                if wait > 0 and not self._is_over():
                    self.companion.wait(wait, also=(self._fifo,))
        finally:
            self._leave()

    def limit(self, seconds):
        """The running task may take so long from now on; 0: as long as it likes."""
        if self.running is not None:
            self.board.limit(time.time() + seconds if seconds else 0)

    def log(self, text):
        """A line that tells whose it is."""
        write_line(self._label + text)

    def _account_for_death(self):
        task = self.board.task
        self.board.end(False)
        if not task:
            return
        path = os.path.join(self.folder, task)
        reason = "the process that ran it died"
        descriptor = self._take(path)
        if descriptor is None:
            # Another process of the folder has it already.
            self.failures.count(path, reason)
            return
        try:
            self._fail(path, descriptor, reason)
        finally:
            os.close(descriptor)

    def _is_over(self):
        if self.companion.leaving:
            return True
        most = self.setting["maxTasks"]
        return bool(most) and self._done >= most

    def _leave(self):
        most = self.setting["maxTasks"]
        if not self.companion.leaving and most and self._done >= most:
            self.log("maximum number of tasks reached (%d) recycling ..." % most)
        # A wake that came too late for this process is for the next one.
        _write_fifo(self._fifo)

    def _drain(self):
        try:
            while os.read(self._fifo, 4096):
                pass
        except BlockingIOError:
            return

    # One look at the folder

    def _pass(self):
        """Looks at the folder and runs what is due. Seconds to wait until the next look; 0: at once."""
        started = time.time()
        try:
            tasks, next_due = self._look(started)
        except OSError as error:
            self._complain("the folder can not be read: %s" % error.strerror)
            _make_folder(self.folder)
            return max(1, self.board.frequency)
        took = time.time() - started
        for path in tasks:
            self.companion.runner.run_pending()
            self._run_task(path)
            if self._is_over() or time.time() - started > max(LOOK_SECONDS, LOOK_SHARE * took):
                return 0
        now = time.time()
        return max(0.001, min(now + max(1, self.board.frequency), next_due) - now)

    def _look(self, now):
        """Paths of the tasks that are due, in order, and the time when the next one is, at most far away."""
        found = []
        later = 0
        next_due = oldest = float("inf")
        is_ordered = self.setting["isOrdered"]
        folders = [self.folder]
        # Numbered folders are added on the way; they come before what has no priority.
        for folder in folders:
            rank = float("inf") if folder is self.folder else int(os.path.basename(folder))
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = entry.name
                    if not name.startswith(reeve_spool_file.PREFIX):
                        if is_ordered and folder is self.folder and _is_priority(entry):
                            folders.append(entry.path)
                        elif name.startswith("." + reeve_spool_file.PREFIX):
                            _remove_old_draft(entry, now)
                        continue
                    due = self._due(entry, now)
                    if due is None:
                        continue
                    if due > now:
                        later += 1
                        next_due = min(next_due, due)
                    else:
                        oldest = min(oldest, due)
                        key = reeve_spool_file.natural_key(name) if is_ordered else due
                        found.append((rank, key, entry.path))
        found.sort()
        self.board.looked(later, oldest if found else 0)
        if not found:
            self._not_before = {path: due for path, due in self._not_before.items() if due > now}
        return [path for _, _, path in found], next_due

    def _due(self, entry, now):
        """When it may run; None: it is no file, or gone."""
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        held_off = self._not_before.get(entry.path, 0)
        return held_off if held_off > now else status.st_mtime

    # One task

    def _run_task(self, path):
        descriptor = self._take(path)
        if descriptor is None:
            return
        self.running = (descriptor, path)
        try:
            self._run_held(path, descriptor)
        finally:
            self.running = None
            os.close(descriptor)

    def _take(self, path):
        try:
            return reeve_spool_file.take(path, time.time())
        except OSError as error:
            self._set_aside(path)
            self._complain("%s can not be opened and locked (%s): is it this user's?" % (path, error.strerror))
            return None

    def _run_held(self, path, descriptor):
        name = os.path.basename(path)
        data = reeve_spool_file.read(descriptor)
        if len(data) < 4:
            # Made by a writer that has not locked it yet; or never ended.
            self._set_aside(path)
            return
        try:
            environment = reeve_spool_file.environment(name, data)
        except reeve_spool_file.Broken as error:
            self.board.failed()
            if not self.failures.give_up_broken(path, descriptor, str(error)):
                self._set_aside(path)
            return
        is_loud = not self.setting["isQuiet"]
        if is_loud:
            self.log("managing request %s ..." % name)
        started = time.time()
        if not self._enter(path):
            return
        self.board.begin(os.path.relpath(path, self.folder), started, self.setting["harakiriSeconds"])
        try:
            outcome = call(environment)
        except Exception as error:
            self.board.end(False)
            _print_exception(error)
            self._fail(path, descriptor, _one_line(error))
            return
        is_done = outcome is None or (isinstance(outcome, int) and outcome == OK)
        self.board.end(is_done)
        if not is_done:
            self._keep(path, descriptor, outcome)
            return
        self._done += 1
        self._remove(path, descriptor)
        if is_loud:
            self.log("done with task %s after %d seconds" % (name, time.time() - started))

    def _enter(self, path):
        """A task runs in `spooler-chdir`, or in the folder itself."""
        try:
            os.chdir(self.setting["chdir"] or self.folder)
            return True
        except OSError as error:
            self._set_aside(path)
            self._complain("the folder of 'spooler-chdir' can not be entered: %s" % error)
            return False

    def _remove(self, path, descriptor):
        try:
            os.unlink(path)
        except OSError as error:
            # It must not run again: not in this process, and in no other when it can be emptied.
            self._not_before[path] = float("inf")
            self._complain("%s is done and can not be removed (%s)" % (path, error.strerror))
            try:
                os.truncate(descriptor, 0)
            except OSError as second:
                self._complain("nor can it be emptied (%s): it runs again in the next process" % second.strerror)
        self.failures.forget(path)

    def _keep(self, path, descriptor, outcome):
        """It said that it wants to run again, or nobody wanted it."""
        if not isinstance(outcome, bool) and outcome == IGNORE:
            write_line("unable to find the spooler function, have you loaded it into the spooler process ?")
        elif isinstance(outcome, bool) or outcome != RETRY:
            self._complain("a task returned %.60r; SPOOL_OK, SPOOL_RETRY and SPOOL_IGNORE are known" % (outcome,))
        self.board.failed()
        if not self.failures.put_off(descriptor, self.board.frequency):
            self._set_aside(path)

    def _fail(self, path, descriptor, reason):
        self.board.failed()
        if not self.failures.failed(path, descriptor, reason):
            self._set_aside(path)

    def _set_aside(self, path):
        self._not_before[path] = time.time() + max(1, self.board.frequency)

    def _complain(self, text):
        """Once."""
        if text not in self._complaints:
            self._complaints.add(text)
            self.log(text)


def call(environment):
    """Runs the application's function; IGNORE when there is none."""
    function = sys.modules["uwsgi"].__dict__.get("spooler")
    return function(environment) if callable(function) else IGNORE


def write_line(text):
    """In one piece, and at once."""
    try:
        os.write(2, (text + "\n").encode("utf-8", "surrogateescape"))
    except OSError:
        pass  # nowhere to complain


def _print_exception(error):
    sys.stdout.flush()
    traceback.print_exception(type(error), error, reeve_apps.own_frames_cut(error.__traceback__))
    sys.stderr.flush()


def _one_line(error):
    return " ".join("".join(traceback.format_exception_only(type(error), error)).split())


def _is_priority(entry):
    return entry.name.isdigit() and entry.name.isascii() and entry.is_dir(follow_symlinks=False)


def _open_fifo(path):
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        pass  # the process before has made it
    return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)


def _write_fifo(descriptor):
    try:
        os.write(descriptor, b"w")
    except OSError:
        pass  # it is full: that wakes as well


def _make_folder(path):
    try:
        os.makedirs(path, exist_ok=True)
    except OSError:
        return


def _remove_old_draft(entry, now):
    try:
        if now - entry.stat(follow_symlinks=False).st_mtime < DRAFT_SECONDS:
            return
        descriptor = reeve_spool_file.take(entry.path, now)
        if descriptor is not None:
            os.unlink(entry.path)
            os.close(descriptor)
    except OSError:
        return


def _handle_wake(companion):
    """SIGUSR1 wakes, as in uWSGI."""
    import signal

    signal.signal(signal.SIGUSR1, lambda *_: companion.wake())
