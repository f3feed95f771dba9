/** Notes about work in the background; see option-notes.ts for their form. */
export const backgroundNotes = `
spooler
  Tasks are files in this folder, written with uwsgi.spool and run one after another by a process of its own; they
  survive restarts. uWSGI makes the folder when it is missing; the user of 'uid' must be able to write in it. The
  function that runs tasks must be loaded in that process: by the application, or with 'lazy-apps' by
  'spooler-import'. Whoever can write into the folder can run code through the decorators, which unpickle arguments.
spooler-processes
  More processes run tasks of the same folder at once; file locks keep a task from running twice. Tasks must then bear
  running beside each other. It counts for each folder.
spooler-frequency
  How often an idle spooler looks for tasks that are due later or failed before. New tasks of the same instance wake
  it at once, those that another program or instance writes wait for the next look.
spooler-ordered
  Without it tasks run in any order, and those with a priority are never run at all: they lie in a subfolder that is
  not looked into. With it folders named by numbers come in order. Set it whenever the code uses priority.
spooler-harakiri
  Kills a task that takes longer; its file stays, so that it is tried again: for ever by uWSGI, 'spooler-max-attempts'
  times by the engine. Make tasks safe to repeat, and set it well above the slowest one.
spooler-max-attempts
  The engine's own. A task whose function raises or whose process dies is tried again after 'spooler-retry-delay', and
  after this many runs its file goes to the folder 'failed' in the spooler's; move it back to try again. SPOOL_RETRY is
  no failure and goes on for ever. With 0 everything is tried again every 'spooler-frequency', as uWSGI does.
spooler-retry-delay
  The engine's own. The second pause is twice as long, and so on up to an hour. The file's time of modification says
  when a task is due, which uWSGI on the same folder respects as well.
spooler-max-tasks
  Replaces the process after so many tasks, against memory that leaks. The task at hand is finished first.
spooler-external
  For instances that only hand in tasks: they write into the folder and start no spooler. The instance that has it as
  'spooler' runs them, and finds them at its next look, 'spooler-frequency' seconds later at most.
mule
  A process beside the workers that never answers requests: with a script, 'module:function()' or 'function()' it runs
  that, without one it waits for signals and for messages of uwsgi.mule_msg, which go to uwsgi.mule_msg_hook. It has the
  application loaded, except with 'lazy-apps'. Messages wait in the engine's memory through crashes and reloads of the
  mules and are lost at a restart; what must not be lost belongs into a 'spooler'.
mules
  So many mules without a script, for messages and signals. 'farm' puts some of them behind one name, so that each
  message goes to one that is free.
farm
  NAME:1,2 lets mules 1 and 2 take messages from one queue, as workers do with requests. The numbers are those of the
  mules in the order of 'mule' and 'mules'.
mule-msg-size
  Bytes of messages that may wait for one mule or farm, 64 more for each; one message always has room. When it is full,
  uwsgi.mule_msg gives False, as on uWSGI, and the log says so.
mule-harakiri
  Limits how long a mule may take for a message or a signal, as 'harakiri' does for requests. A mule with an endless
  script that asks for no messages is never overdue.
cron
  Minute, hour, day, month, weekday and then the command; -1 stands for any and -N for every N-th, so '-10 -1 -1 -1
  -1' is every ten minutes, and 7 is Sunday. The master runs it, in the server's time zone, and its output goes to the
  log. It starts again although the run before is not done: 'unique-cron' waits. A command goes on through
  a reload and when the server ends.
cron2
  As 'cron' with names for what is rarely set: 'minute=30,hour=2,unique=1,harakiri=600 COMMAND'. What is left out
  means any, so leaving out minute= runs it every minute of that hour.
unique-cron
  The form to prefer for anything that may take longer than its interval: a second run never starts beside the first.
  Together with 'cron-harakiri' one that hangs does not block it for ever.
cron-harakiri
  Kills the command of a cron and what it has started when it takes longer. Without it a command that hangs stays, and
  with 'unique-cron' it is then the last one that ran.
signal-timer
  Raises a signal of uWSGI's own framework, a number from 0 to 255, for which the application must have registered a
  function. In Python the decorator @timer does both. At most 64 timers are possible.
signal-rbtimer
  The same as 'signal-timer' here, counted among the timers of uwsgi.add_rb_timer. On uWSGI it needs no descriptor of
  its own for each timer.
signal-bufsize
  How many signals may wait for one process, and as many for processes that are not there at the moment. What is beyond
  that is dropped, and the log says so.
signal
  Runs no server: it tells the instance at this address, for example 'uwsgi --signal 127.0.0.1:3031,5'. That instance has
  to allow it, by 'uwsgi-modifiers' here and by the plugin signal on uWSGI.
attach-daemon
  For programs that the application needs beside it, such as a Celery worker or a cache. They must stay in the
  foreground: one that goes into the background is started again and again. They get the server's environment and
  output, and are stopped with it.
attach-control-daemon
  As 'attach-daemon', for a program without which the server makes no sense: when it ends, everything ends. Useful in
  a container, where the container is then restarted.
attach-daemon2
  The form with options: 'cmd=COMMAND,pidfile=FILE,freq=10,uid=www-data' and more. stop_signal= matters for programs
  that end cleanly with another signal than SIGTERM. Commas within the command end it, so put such commands into a
  script.
smart-attach-daemon
  For programs that outlive reloads of the server: the pidfile says whether one runs, and it is not started then. The
  program must go into the background and write the pidfile itself. When it can not, take 'smart-attach-daemon2'.
smart-attach-daemon2
  As 'smart-attach-daemon' for programs that stay in the foreground: the server writes the pidfile itself. They go on
  through a reload and are found again by it.
legion-cron
  Runs on one machine of several, the one that is lord of the legion at that moment, so that a nightly job runs once.
  It needs 'legion' set up on all of them.
`;
