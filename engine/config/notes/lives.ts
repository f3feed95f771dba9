/** Notes about when a worker ends and another takes its place; see option-notes.ts for their form. */
export const livesNotes = `
harakiri
  The last resort against requests that hang; set it above the slowest request that is meant to work, and below the web
  server's timeout, so that the log names the request. uWSGI kills the whole worker with all its threads' requests, and
  the client gets an empty answer. Set 'master': without it each harakiri ends a worker for good. It is a plain number: '30s' counts as 30 by luck, '1m' as 1.
harakiri-verbose
  Adds where the kernel last saw the worker to the log, which tells a hanging database from a busy loop. For a Python
  traceback add 'py-tracebacker'.
harakiri-graceful-timeout
  Sends 'harakiri-graceful-signal' first and kills after this time, so that the application can write down what it was
  doing. Since 2.0.22: older releases know nothing of it, and ignore the line without 'strict'.
harakiri-graceful-signal
  Signal of the first try, with 'harakiri-graceful-timeout'. Workers end at SIGTERM by themselves; for a handler of the
  application's own take one that uWSGI does not use.
harakiri-queue-threshold
  Spares slow requests as long as few others wait. A worker that hangs for good then stays until there is load, which
  looks like a random outage; leave it out unless slow requests are normal.
harakiri-no-arh
  Harakiri no longer counts the time of 'after-request-hook'. Work that takes long after an answer is better done by the
  spooler.
max-requests
  A cure for applications that leak memory. All workers reach it at about the same time under an even load: spread it
  with 'max-requests-delta', or have 'lazy-apps' off so that a new worker is there quickly. A worker younger than
  'min-worker-lifetime' is spared.
max-requests-delta
  Gives each worker a different limit, so that they do not all restart at once. Since 2.0.29: older releases ignore the
  line in silence; there 'max-worker-lifetime-delta' does the same by time.
min-worker-lifetime
  Keeps 'max-requests' and 'reload-on-rss' from replacing workers all the time when the limit is too low. If it takes
  effect often, the limit is the problem.
max-worker-lifetime
  Replaces workers by age whatever they did, for caches that grow with time. A worker finishes its request first. All
  were started together, so add 'max-worker-lifetime-delta'.
max-worker-lifetime-delta
  Adds this time for each further worker, so that they are not all replaced in the same second. With 8 workers and 60,
  the last is replaced seven minutes after the first.
reload-on-rss
  Looks at a worker's memory after each request and replaces it above this many megabytes, with the request done. Pages
  that are shared after the fork count in full. A single huge request is not stopped by it; 'evil-reload-on-rss' and
  'limit-as' do that.
reload-on-as
  As 'reload-on-rss' for the address space, which counts memory that was only reserved: threads, mapped files and some
  allocators reserve gigabytes. Prefer 'reload-on-rss'.
evil-reload-on-rss
  The master kills a worker above this, in the middle of its request. uWSGI looks at the memory every
  'mem-collector-freq' seconds, so that a request which never ends is seen too; a short peak between two looks is not.
  Use it above 'reload-on-rss', as the second line.
evil-reload-on-as
  As 'evil-reload-on-rss' for the address space. A worker that maps a large file may be killed for it.
reload-on-exception
  Replaces a worker after every exception that the application lets through. A client that can cause one keeps the
  server busy starting workers; narrow it with 'reload-on-exception-type'.
reload-on-exception-type
  For exceptions after which a worker is of no use, such as a broken database connection that never heals. It compares
  the class's own name, without its module.
worker-reload-mercy
  How long a worker may finish its requests at a reload or stop, before it is killed. Below 'harakiri' it cuts requests
  that would have been allowed; far above it, a hanging request holds every deploy. systemd's TimeoutStopSec should be
  longer than it.
reload-mercy
  How long an emperor waits for its vassals when it stops. Workers of an ordinary server go by 'worker-reload-mercy'.
mule-reload-mercy
  How long a mule may take to end at a reload. A mule in the middle of a long task is killed after it, so let tasks be
  done again or end early.
`;
