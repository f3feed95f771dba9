/** Notes about how many workers and threads there are; see option-notes.ts for their form. */
export const workersNotes = `
processes
  Each worker serves one request at a time, 'threads' of them with threads; memory grows with every worker. One to
  four for each CPU is usual, more where requests mostly wait for a database. When all are busy for long while the
  CPU is idle there are too few; the listen queue shows it.
threads
  Requests that a worker serves side by side: cheap for thread-safe applications that wait, of little use for ones that
  compute, as Python and Ruby run one thread at a time. A number is needed: 'true' counts as 0. On uWSGI the threads of
  a worker share one 'harakiri' deadline, and when it kills, all their requests die; Ruby needs 'rbthreads' beside it.
  The engine refuses it for Perl and PHP, where a worker runs one request at a time.
enable-threads
  Without it, and without 'threads', threads that the application starts itself do not run on uWSGI before 2.0.27:
  background work of Sentry, New Relic or OpenTelemetry stands still in silence. It costs next to nothing; set it.
cheaper
  Number of workers that stay when there is little to do; it must be below 'processes', or uWSGI does not start. Saves
  memory on machines with several applications; on one that does nothing else, a fixed number is simpler. 'cheaper-algo'
  says when workers come and go.
cheaper-initial
  Workers at the start, 'cheaper' of them without it. Raise it where a deploy happens under load, as new workers come
  only step by step.
cheaper-algo
  'spare' adds workers when all are busy, 'backlog' when connections queue, 'busyness' by the share of time workers are
  busy and needs the plugin cheaper_busyness; 'manual' leaves it to the FIFO. For a name it does not know uWSGI takes
  spare without a word. 'spare2' is in no 2.0 release, whatever articles say.
cheaper-step
  Workers added at once. With heavy traffic and slow starts use a tenth to a quarter of 'processes'; all at once means a
  burst of imports just when the machine is busy.
cheaper-overload
  For spare the cycles all workers must have been busy, for busyness the seconds of a window, for backlog the length of
  the queue: a value that suits one algorithm does not suit another. Small values make the number of workers jump.
cheaper-rss-limit-soft
  Total memory of all workers above which no more are started. It is in bytes, and without
  'memory-report' uWSGI does not start. It does not shrink what is there; 'cheaper-rss-limit-hard' does.
cheaper-rss-limit-hard
  Stops workers, never below 'cheaper', while all together have more memory than this. uWSGI
  does not start without a lower 'cheaper-rss-limit-soft' beside it. Pages that workers share count for each of them, so the sum looks larger than it is.
cheaper-busyness-max
  Above this average share of busy time workers are added. Lower values keep more in reserve for bursts; 50 to 70 is
  usual. Needs the plugin cheaper_busyness on uWSGI.
cheaper-busyness-min
  Below this average workers may be stopped, after 'cheaper-busyness-multiplier' windows in a row. Keep it well below
  'cheaper-busyness-max', or workers come and go all the time.
cheaper-busyness-multiplier
  Quiet windows before a worker is stopped; a window is 'cheaper-overload' seconds. Larger values ride out pauses between
  bursts.
cheaper-busyness-penalty
  Added to 'cheaper-busyness-multiplier' each time a worker was stopped too early, so that a load which swings settles on
  more workers. It wears off when the load stays quiet.
cheaper-busyness-backlog-alert
  An emergency brake: with more connections than this in the queue workers start at once, without waiting for a window
  to end. TCP sockets only on Linux, as the kernel tells no queue of unix sockets.
cheaper-busyness-backlog-nonzero
  Starts workers when the queue was not empty for so long, even if it is short. Lower it for applications that must
  answer quickly.
cheap
  Starts without workers and makes them at the first connection, which waits for the application to load. With 'idle' it
  suits applications that are hardly used, such as vassals of an emperor on demand.
idle
  Ends all workers after this time without a request and brings them back with the next one, which waits. Together with
  'cheap' and 'die-on-idle' it keeps many seldom-used applications on one machine.
die-on-idle
  Ends the server instead when 'idle' is over. Meant for vassals on demand of an emperor or for socket activation by
  systemd, which start it again; on its own the server just stays away.
check-interval
  Length of the master's cycle. Longer saves wakeups and makes everything that is looked at once a cycle slower:
  harakiri, touched files, 'cheaper', cron. There is hardly a reason to change it.
forkbomb-delay
  When workers die as fast as they are started the master waits for this long. Do not set it to 0 to get workers back
  sooner: an application that fails at import would then use a whole CPU.
no-threads-wait
  Ends workers without waiting for their threads at a reload or stop. Requests in other threads are cut; use it only
  when threads that never end hold every reload for 'worker-reload-mercy'.
`;
