/** Rules about the processes: the master, workers and threads, the number that follows the load, engines of concurrency. */
import { isOn } from '../values.ts';
import { hasMaster } from './brings-master.ts';
import type { Finding, Rule } from './rule.ts';
import { APPLICATIONS, type RuleConfig } from './rule-config.ts';

const HEAD = '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmodule = shop\nneed-app = true\n';
const MASTER = `${HEAD}master = true\n`;

const CHEAPER_ALGORITHMS = /^(spare|backlog|manual|busyness|backlog2)$/;

export const processRules: readonly Rule[] = [
  {
    code: 'harakiri-without-master',
    severity: 'warning',
    title: 'Each harakiri ends a worker for good',
    why: "Without a master uWSGI's worker kills itself when a request takes too long, and nobody starts another one: with the last worker the server is gone.",
    todo: 'Add master = true.',
    example: `${HEAD}harakiri = 30\n`,
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('harakiri');
      if (item === null || config.number('harakiri') === 0 || hasMaster(config)) return [];
      const what = 'the first request that takes too long ends the worker, and nothing starts another one.';
      const isEngine = config.target.server === 'engine';
      const message = isEngine
        ? `On uWSGI, without a master, ${what} The engine has its master anyway. Add master = true.`
        : `Without a master ${what} Add master = true.`;
      const fix = config.fix.add(item, 'master', 'true');
      return [{ item, message, severity: isEngine ? 'info' : 'warning', fix }];
    },
  },
  {
    code: 'replacement-without-master',
    severity: 'warning',
    title: 'A worker that is replaced ends for good',
    why: 'These options end a worker and leave it to the master to start the next one. Without a master the last worker takes the server with it, with exit code 0 at that.',
    todo: 'Add master = true.',
    example: `${HEAD}max-requests = 5000\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      if (hasMaster(config)) return [];
      return ['max-requests', 'reload-on-rss', 'reload-on-as', 'reload-on-exception'].flatMap((name): Finding[] => {
        const item = config.last(name);
        const isUsed = name === 'reload-on-exception' ? config.isOn(name) : config.number(name) !== 0;
        if (item === null || !isUsed) return [];
        const message = `'${item.key}' ends workers, and without a master nothing starts them again. Add master = true.`;
        return [{ item, message, fix: config.fix.add(item, 'master', 'true') }];
      });
    },
  },
  {
    code: 'workers-without-master',
    severity: 'warning',
    title: 'Workers that die stay dead',
    why: 'The master starts dead workers again and reloads the others; without one, each crash makes the server smaller.',
    todo: 'Add master = true.',
    example: `${HEAD}processes = 4\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('processes');
      if (item === null || (config.number('processes') ?? 1) < 2 || hasMaster(config)) return [];
      const message =
        'Without a master a worker that dies is not started again, and nothing can be reloaded. Add master = true.';
      return [{ item, message, fix: config.fix.add(item, 'master', 'true') }];
    },
  },
  {
    code: 'cheaper-not-below-processes',
    severity: 'error',
    title: "'cheaper' is not below 'processes'",
    why: "'cheaper' is the smallest number of workers and 'processes' the largest; uWSGI refuses to start when they do not leave room.",
    todo: "Raise 'processes' or lower 'cheaper'.",
    example: `${MASTER}processes = 2\ncheaper = 2\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('cheaper');
      const least = config.number('cheaper');
      const most = config.has('processes') ? config.number('processes') : 1;
      if (item === null || least === null || most === null || least === 0 || least < most) return [];
      const message = `uWSGI does not start: 'cheaper = ${least}' must be lower than processes, which is ${most}. Raise processes, or lower cheaper.`;
      const processes = config.last('processes');
      return [{ item, part: 'value', message, ...(processes === null ? {} : { related: [processes] }) }];
    },
  },
  {
    code: 'cheaper-initial-range',
    severity: 'warning',
    title: "'cheaper-initial' is out of range",
    why: "uWSGI starts no more workers than 'processes' and no less than 'cheaper', whatever is asked for.",
    todo: 'Choose a number between the two.',
    example: `${MASTER}processes = 4\ncheaper = 2\ncheaper-initial = 9\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('cheaper-initial');
      const [initial, least, most] = [
        config.number('cheaper-initial'),
        config.number('cheaper'),
        config.number('processes'),
      ];
      if (item === null || initial === null || least === null || most === null || least >= most) return [];
      const bounded = Math.min(most, Math.max(least, initial));
      if (bounded === initial || initial === 0) return [];
      const message = `'cheaper-initial = ${initial}' is not between cheaper (${least}) and processes (${most}); uWSGI starts ${bounded}.`;
      return [{ item, part: 'value', message, fix: config.fix.setValue(item, String(bounded)) }];
    },
  },
  {
    code: 'cheaper-details-alone',
    severity: 'warning',
    title: "Details of 'cheaper' without 'cheaper'",
    why: "Without 'cheaper' all workers run all the time, and its other options do nothing.",
    todo: "Add 'cheaper' with the smallest number of workers, or remove the line.",
    example: `${MASTER}processes = 4\ncheaper-step = 2\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      if (config.has('cheaper')) return [];
      return ['cheaper-initial', 'cheaper-step', 'cheaper-overload', 'cheaper-algo', 'cheaper-rss-limit-soft'].flatMap(
        (name): Finding[] => {
          const item = config.last(name);
          if (item === null) return [];
          const message = `'${item.key}' does nothing without 'cheaper'. Add cheaper with the smallest number of workers, or remove the line.`;
          return [{ item, message, fix: config.fix.remove(item) }];
        },
      );
    },
  },
  {
    code: 'cheaper-algorithm-unknown',
    severity: 'warning',
    title: 'No such algorithm',
    why: "uWSGI falls back to 'spare' when it does not know the name; 'spare2' is in no release of 2.0.",
    todo: 'Write spare, backlog, busyness or manual.',
    example: `${MASTER}processes = 4\ncheaper = 2\ncheaper-algo = spare2\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('cheaper-algo');
      if (item === null || CHEAPER_ALGORITHMS.test(item.value) || /[$%]\(/.test(item.value)) return [];
      const message = `uWSGI 2.0 has no algorithm '${item.value}' and takes 'spare'. Write spare, backlog, busyness or manual.`;
      return [{ item, part: 'value', message, fix: config.fix.setValue(item, 'spare') }];
    },
  },
  {
    code: 'cheaper-memory-unseen',
    severity: 'error',
    title: 'The memory limits of cheaper see no memory',
    why: "'cheaper-rss-limit-soft' adds up what workers report, and workers report it only with 'memory-report': uWSGI does not start without it.",
    todo: 'Add memory-report = true.',
    example: `${MASTER}processes = 4\ncheaper = 2\ncheaper-rss-limit-soft = 2147483648\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('cheaper-rss-limit-soft');
      if (item === null || config.number('cheaper-rss-limit-soft') === 0 || measuresMemory(config)) return [];
      const message = `uWSGI does not start: '${item.key}' adds up the memory that workers report, and they report none. Add memory-report = true.`;
      return [{ item, message, fix: config.fix.add(item, 'memory-report', 'true') }];
    },
  },
  {
    code: 'cheaper-memory-order',
    severity: 'error',
    title: "'cheaper-rss-limit-hard' is not above 'cheaper-rss-limit-soft'",
    why: 'The soft limit starts no more workers, the hard one stops some: uWSGI does not start when the hard one is not the higher, or the soft one is missing.',
    todo: "Set 'cheaper-rss-limit-soft' below 'cheaper-rss-limit-hard'.",
    example: `${MASTER}processes = 4\ncheaper = 2\nmemory-report = true\ncheaper-rss-limit-hard = 2147483648\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('cheaper-rss-limit-hard');
      const other = config.last('cheaper-rss-limit-soft');
      const hard = config.number('cheaper-rss-limit-hard') ?? 0;
      const soft = other === null ? 0 : config.number('cheaper-rss-limit-soft');
      if (item === null || hard === 0 || soft === null || (soft > 0 && soft < hard)) return [];
      const what = soft === 0 ? 'needs cheaper-rss-limit-soft beside it' : `has to be above the soft limit, ${soft}`;
      const message = `uWSGI does not start: '${item.key}' ${what}. Set cheaper-rss-limit-soft below ${hard}.`;
      return [{ item, part: 'value', message, ...(other === null ? {} : { related: [other] }) }];
    },
  },
  {
    code: 'gevent-with-threads',
    severity: 'warning',
    title: 'gevent and threads together',
    why: "uWSGI then has room for as many requests as 'threads' says while gevent runs its own number of them: under load workers crash (segmentation fault), one after the other.",
    todo: "Remove 'threads'; more greenlets ('gevent = N') do the same work.",
    example: `${MASTER}gevent = 100\ngevent-monkey-patch = true\nthreads = 4\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('threads');
      const gevent = config.last('gevent');
      if (item === null || gevent === null || (config.number('threads') ?? 0) < 2) return [];
      const message = "Workers crash under load when 'threads' stands beside 'gevent'. Remove this line.";
      return [{ item, message, fix: config.fix.remove(item), related: [gevent] }];
    },
  },
  {
    code: 'gevent-unpatched',
    severity: 'info',
    title: 'gevent without its patches',
    why: 'Sockets and sleeps of the standard library block the whole worker unless gevent has replaced them.',
    todo: 'Add gevent-monkey-patch = true, unless the application patches itself.',
    example: `${MASTER}gevent = 100\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('gevent');
      if (item === null || config.has('gevent-monkey-patch', 'gevent-early-monkey-patch')) return [];
      const message =
        'One blocking call stops all requests of the worker. Add gevent-monkey-patch = true, unless the application patches itself.';
      return [{ item, message, fix: config.fix.add(item, 'gevent-monkey-patch', 'true') }];
    },
  },
  {
    code: 'async-without-engine',
    severity: 'warning',
    title: "'async' without anything that switches",
    why: "'async = N' makes room for requests, but without an engine (ugreen, greenlet, gevent) nothing switches between them: a plain application serves one after the other, and one that gives way fails.",
    todo: "Use 'gevent = N' or 'threads = N'; 'ugreen = true' helps applications that give way by uWSGI's own calls.",
    example: `${MASTER}async = 10\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('async');
      const hasEngine = config.has(
        'ugreen',
        'greenlet',
        'gevent',
        'asyncio',
        'asgi',
        'tornado',
        'loop',
        'fiber',
        'coroae',
        'stackless',
      );
      if (item === null || hasEngine || (config.number('async') ?? 0) < 2) return [];
      const message =
        "'async' needs an engine that switches between requests. Use gevent or threads; ugreen is for applications that give way themselves.";
      return [{ item, message }];
    },
  },
  {
    code: 'many-workers',
    severity: 'info',
    title: 'Many more processes than processors',
    why: 'Each process takes memory and the processors switch between them; threads or gevent serve waiting requests for less.',
    todo: 'Begin with two to four processes for each processor, and measure.',
    example: `${MASTER}processes = 64\n`,
    check: (config) => {
      const item = config.last('processes');
      const processes = config.number('processes') ?? 1;
      const { cpus } = config.host;
      if (item === null || processes <= 16 || processes <= 8 * cpus) return [];
      const message = `${processes} processes share ${cpus} processors here. Begin with ${2 * cpus} to ${4 * cpus}, add threads, and measure.`;
      return [{ item, part: 'value', message }];
    },
  },
  {
    code: 'no-thunder-lock',
    severity: 'info',
    title: 'All idle workers wake for each connection',
    why: 'The kernel wakes every process that waits at a socket and one gets the connection; with many workers and threads the others cost time.',
    todo: 'Add thunder-lock = true.',
    example: `${MASTER}processes = 16\nthreads = 2\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('processes');
      if (item === null || config.has('thunder-lock') || (config.number('processes') ?? 1) < 8) return [];
      if ((config.number('threads') ?? 1) < 2) return [];
      const message = 'Each connection wakes all idle workers. Add thunder-lock = true.';
      return [{ item, message, fix: config.fix.add(item, 'thunder-lock', 'true') }];
    },
  },
  {
    code: 'harakiri-with-threads',
    severity: 'info',
    title: 'Harakiri takes all threads of a worker',
    why: 'uWSGI keeps one deadline for each worker: a slow request takes the requests of the other threads with it, and one that ends meanwhile clears the deadline, so that a stuck one may stay for ever.',
    todo: 'Keep harakiri as the last resort and give slow calls timeouts of their own.',
    example: `${MASTER}threads = 4\nharakiri = 30\npost-buffering = 65536\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('harakiri');
      if (item === null || (config.number('threads') ?? 1) < 2 || config.number('harakiri') === 0) return [];
      const message =
        'Harakiri ends the worker with all its threads: requests beside the slow one are lost. Give slow calls timeouts of their own.';
      return [{ item, message }];
    },
  },
  {
    code: 'threads-switched-off',
    severity: 'info',
    title: "'enable-threads = false' beside 'threads'",
    why: "'threads' switches Python's threads on, whatever this line says.",
    todo: 'Remove one of the two lines.',
    example: `${MASTER}threads = 4\nenable-threads = false\n`,
    check: (config) => {
      const item = config.last('enable-threads');
      if (item === null || isOn(item.value) || (config.number('threads') ?? 1) < 2) return [];
      const message = "'threads' switches threads on all the same. Remove this line.";
      return [{ item, message, fix: config.fix.remove(item) }];
    },
  },
  {
    code: 'no-need-app',
    severity: 'info',
    title: 'A broken application starts all the same',
    why: 'When the application can not be loaded, the server starts without it and answers each request with an error; a service manager sees nothing wrong.',
    todo: 'Add need-app = true.',
    example: '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmodule = shop\n',
    aboutAbsence: true,
    check: (config) => {
      const item = APPLICATIONS.map((name) => config.last(name)).find((found) => found !== null);
      if (item === undefined || item === null || config.has('need-app', 'lazy-apps', 'lazy')) return [];
      const message = 'When the application can not be loaded, the server starts without it. Add need-app = true.';
      return [{ item, message, fix: config.fix.add(item, 'need-app', 'true') }];
    },
  },
  {
    code: 'farm-without-mule',
    severity: 'error',
    title: 'A farm names a mule that is not there',
    why: "The numbers are those of the mules in the order of 'mule' and 'mules'; uWSGI does not start when there is no such mule (\"invalid mule id\").",
    todo: "Raise 'mules', or correct the numbers.",
    example: `${MASTER}mules = 2\nfarm = mail:1,3\n`,
    server: 'uwsgi',
    check: (config) => {
      const mules =
        config.all('mule').length +
        config.all('mules').reduce((sum, { value }) => sum + (Number.parseInt(value, 10) || 0), 0);
      return config.all('farm').flatMap((item): Finding[] => {
        const numbers = (item.value.split(':')[1] ?? '').split(',').map(Number);
        const missing = numbers.find((number) => number > mules);
        if (missing === undefined) return [];
        return [
          {
            item,
            part: 'value',
            message: `uWSGI does not start: there is no mule ${missing}, this file has ${mules}. Raise mules, or correct the number.`,
          },
        ];
      });
    },
  },
];

/** True when workers look at their memory at the end of a request. */
function measuresMemory(config: RuleConfig): boolean {
  return (
    config.isOn('memory-report') ||
    config.has('reload-on-rss', 'reload-on-as', 'evil-reload-on-rss', 'evil-reload-on-as')
  );
}
