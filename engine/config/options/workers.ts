/**
 * How many workers and threads there are, and when: the number that follows the load (`cheaper`), none while nobody
 * asks (`cheap`, `idle`), and how fast dying workers come back.
 */
import { CHEAPER_ALGORITHMS } from '../cheaper-settings.ts';
import type { LoopDraft } from '../loop-settings.ts';
import { isFlagWord, isOn, wholeNumber } from '../values.ts';
import { FLAG_EXPECTED, flag, number, type OptionSection, type Reader, readFlag, readNumber } from './section.ts';

export const workersOptions: OptionSection = {
  data: `
processes | int | works | 1 | Worker processes. | unit=workers
threads | int | works | 1 | Threads of each worker; each one serves a request at a time. | unit=threads
enable-threads | flag | works | false | Lets the application start its own threads.
no-threads-wait | flag | none: a worker that ends never waits for threads without a request | | Does not wait for threads at a stop or reload.
cheaper | int | works | 0 | Smallest number of workers kept running when there is little to do; 'processes' is the largest. | unit=workers
cheaper-initial | int | works | | Workers at the start when 'cheaper' is set. | unit=workers
cheaper-step | int | works | 1 | Workers added at a time when 'cheaper' is set. | unit=workers
cheaper-overload | int | works | 3 | How long it takes until 'cheaper' acts: cycles (spare), seconds of a window (busyness), waiting requests (backlog).
cheaper-algo | string | works | spare | How 'cheaper' decides: spare, backlog, busyness or manual. | choices=spare,backlog,busyness,manual
cheaper-algo-list | flag | works | | Lists the algorithms of 'cheaper-algo' in the log.
cheaper-rss-limit-soft | bytes | works | | No more workers are started while all together have this much memory.
cheaper-rss-limit-hard | bytes | works | | Workers are stopped while all together have this much memory; needs 'cheaper-rss-limit-soft'.
cheaper-busyness-max | int | works | 50 | Average busyness in percent above which workers are added. | unit=percent
cheaper-busyness-min | int | works | 25 | Average busyness in percent below which a window counts as idle. | unit=percent
cheaper-busyness-multiplier | int | works | 10 | Idle windows before a worker is stopped. | unit=windows
cheaper-busyness-penalty | int | works | 2 | Added to the multiplier when a worker is needed again soon after one was stopped. | unit=windows
cheaper-busyness-verbose | flag | works | false | Logs what the algorithm busyness sees and does.
cheaper-busyness-backlog-alert | int | works | 33 | More waiting requests than this start workers at once. | unit=requests
cheaper-busyness-backlog-multiplier | int | works | 3 | Idle windows before a worker that a backlog has started is stopped. | unit=windows
cheaper-busyness-backlog-step | int | works | 1 | Workers that a backlog starts at a time. | unit=workers
cheaper-busyness-backlog-nonzero | seconds | works | 60 | Requests that wait for this long without a break start workers at once.
cheap | flag | works | false | Starts workers with the first request.
idle | seconds | works | 0 | Stops all workers after this time without a request; the next one brings them back.
die-on-idle | flag | works | false | Stops the server when 'idle' is over.
check-interval | seconds | works | 1 | Length of the master's cycle, in which 'cheaper', 'idle' and touched files are looked at.
forkbomb-delay | seconds | works | 2 | Longest wait before a worker that dies at its start is started again.
async | int | works | 1 | Requests one worker runs at a time in asynchronous mode. | unit=requests
gevent | int | works | | Greenlets of each worker, with gevent. | unit=greenlets
gevent-monkey-patch | flag | works | false | Patches the standard library for gevent when the application is loaded.
gevent-early-monkey-patch | flag | works | false | Patches the standard library for gevent before anything is loaded.
gevent-wait-for-hub | flag | works | false | Waits for gevent's hub at the end of a worker.
asyncio | int | works | | Coroutines of each worker, with asyncio. | unit=coroutines
greenlet | flag | works | false | Runs the requests of 'async' in greenlets.
ugreen | flag | works | false | Runs the requests of 'async' in green threads of uWSGI's own.
ugreen-stacksize | int | none: stacks of greenlets grow as they need | | Kilobytes of stack of each of uWSGI's green threads. | unit=KiB
loop | string | works | | Event loop that runs requests: asyncio or uvloop (ASGI), or gevent. | choices=asyncio,uvloop,gevent
loop-list | flag | none: there is one loop, and it can not be chosen | | Lists the event loops in the log.
worker-exec | path | no | | Program that runs in place of each worker.
worker-exec2 | path | no | | Program that runs in place of each worker, after its hooks.
refork | flag | none: workers come from a process of their own that is forked as the configured user | | Forks the master again after it has changed its user. | effect=restart
refork-as-root | flag | none: workers come from a process of their own | | Forks the master again before it changes its user. | effect=restart
refork-post-jail | flag | none: the engine has no jails | | Forks the master again in its jail. | effect=restart
`,
  readers: {
    processes: number('processes', 1),
    threads: number('threads', 1),
    'enable-threads': flag('enableThreads'),
    cheaper: readNumber(({ cheaper }, value) => (cheaper.least = value)),
    'cheaper-initial': readNumber(({ cheaper }, value) => (cheaper.initial = value)),
    'cheaper-step': readNumber(({ cheaper }, value) => (cheaper.step = value), 1),
    'cheaper-overload': readNumber(({ cheaper }, value) => (cheaper.overload = value), 1),
    'cheaper-algo': readAlgorithm(),
    'cheaper-algo-list': flag('listCheaperAlgorithms'),
    'cheaper-rss-limit-soft': readNumber(({ cheaper }, value) => (cheaper.rssSoftLimitBytes = value)),
    'cheaper-rss-limit-hard': readNumber(({ cheaper }, value) => (cheaper.rssHardLimitBytes = value)),
    'cheaper-busyness-max': readPercent(({ cheaper }, value) => (cheaper.busyness.maxPercent = value)),
    'cheaper-busyness-min': readPercent(({ cheaper }, value) => (cheaper.busyness.minPercent = value)),
    'cheaper-busyness-multiplier': readNumber(({ cheaper }, value) => (cheaper.busyness.multiplier = value), 1),
    'cheaper-busyness-penalty': readNumber(({ cheaper }, value) => (cheaper.busyness.penalty = value)),
    'cheaper-busyness-verbose': readFlag(({ cheaper }, value) => (cheaper.busyness.verbose = value)),
    'cheaper-busyness-backlog-alert': readNumber(({ cheaper }, value) => (cheaper.busyness.backlogAlert = value)),
    'cheaper-busyness-backlog-multiplier': readNumber(
      ({ cheaper }, value) => (cheaper.busyness.backlogMultiplier = value),
      1,
    ),
    'cheaper-busyness-backlog-step': readNumber(({ cheaper }, value) => (cheaper.busyness.backlogStep = value), 1),
    'cheaper-busyness-backlog-nonzero': readNumber(
      ({ cheaper }, value) => (cheaper.busyness.backlogNonzeroSeconds = value),
    ),
    async: readCores(null),
    asyncio: readCores('asyncio'),
    gevent: readCores('gevent'),
    greenlet: readLoopFlag((loop, value) => {
      if (value) loop.suspendEngine = 'greenlet';
    }),
    ugreen: readLoopFlag((loop, value) => {
      if (value) loop.suspendEngine = 'ugreen';
    }),
    'gevent-monkey-patch': readLoopFlag((loop, value) => {
      if (loop.patch !== 'early') loop.patch = value ? 'app' : 'none';
    }),
    'gevent-early-monkey-patch': readLoopFlag((loop, value) => {
      if (value) loop.patch = 'early';
    }),
    'gevent-wait-for-hub': readLoopFlag((loop, value) => (loop.waitsForHub = value)),
    loop: (draft, value) => {
      const name = LOOPS.find((one) => one === value);
      if (name === undefined) return `is none of ${LOOPS.join(', ')}.`;
      draft.loop.engine = { name, option: 'loop' };
      return null;
    },
    cheap: readFlag(({ sleep }, value) => (sleep.startsAsleep = value)),
    idle: readNumber(({ sleep }, value) => (sleep.idleSeconds = value)),
    'die-on-idle': readFlag(({ sleep }, value) => (sleep.stopsWhenIdle = value)),
    'check-interval': number('checkIntervalSeconds', 1),
    'forkbomb-delay': number('forkbombDelaySeconds'),
  },
};

const LOOPS = ['asyncio', 'uvloop', 'gevent'] as const;

/** A number of requests at a time, and what is to run them. */
function readCores(name: 'asyncio' | 'gevent' | null): Reader {
  return ({ loop }, value) => {
    const cores = wholeNumber(value);
    if (cores === null || cores < 1) return 'needs a whole number from 1 up, without a unit.';
    loop.cores = cores;
    // 'loop = uvloop' is one of asyncio's loops.
    if (name !== null && !(name === 'asyncio' && loop.engine?.name === 'uvloop')) loop.engine = { name, option: name };
    return null;
  };
}

function readLoopFlag(use: (loop: LoopDraft, value: boolean) => unknown): Reader {
  return ({ loop }, value) => {
    if (!isFlagWord(value)) return FLAG_EXPECTED;
    use(loop, isOn(value));
    return null;
  };
}

/** uWSGI takes `spare` for every name that it does not know, and goes on. */
function readAlgorithm(): Reader {
  return ({ settings }, value) => {
    const found = CHEAPER_ALGORITHMS.find((name) => name === value);
    if (found !== undefined) {
      settings.cheaper.algorithm = found;
      return null;
    }
    if (value === '') return 'needs a value.';
    if (value === 'spare2') return 'is in no release of uWSGI 2.0, which uses spare in its place: write spare.';
    if (value === 'backlog2') return 'is an example in the sources of uWSGI that is not supported: write backlog.';
    return `is none of ${CHEAPER_ALGORITHMS.join(', ')}. uWSGI uses spare in its place: write spare.`;
  };
}

function readPercent(use: Parameters<typeof readNumber>[0]): Reader {
  const read = readNumber(use);
  return (draft, value, origin) =>
    Number(value) > 100 ? 'needs a percentage, from 0 to 100.' : read(draft, value, origin);
}
