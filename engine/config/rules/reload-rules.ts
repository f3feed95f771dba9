/** Rules about reloads and the replacement of workers: what is touched, how long workers get, when they are worn. */
import { isNewerThan } from '../target-options.ts';
import { isOn, plainPath } from '../values.ts';
import type { Finding, Rule } from './rule.ts';
import { FRONT_SOCKETS, isOpen, type RuleConfig } from './rule-config.ts';

const HEAD = '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmodule = shop\nneed-app = true\nmaster = true\n';

const DEFAULT_MERCY = 60;
const DEFAULT_MIN_LIFETIME = 10;
/** More megabytes than any machine has: the number counts bytes. */
const NO_MACHINE_HAS = 16_000_000;
const MEBIBYTE = 1024 * 1024;

export const reloadRules: readonly Rule[] = [
  {
    code: 'chain-reload-without-lazy',
    severity: 'warning',
    title: 'A chain reload that loads no new code',
    why: 'A chain reload replaces workers one by one. Unless each worker loads the application itself, the new ones are copies of the master, with the code it had at the start.',
    todo: 'Add lazy-apps = true.',
    example: `${HEAD}touch-chain-reload = /srv/shop/reload\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => findOldCode(config, 'touch-chain-reload', 'Add lazy-apps = true.'),
  },
  {
    code: 'workers-reload-without-lazy',
    severity: 'info',
    title: 'A reload of the workers that loads no new code',
    why: 'touch-workers-reload replaces the workers and not the master; without lazy-apps they are copies of it, with the code it had at the start.',
    todo: "Add lazy-apps = true, or use 'touch-reload'.",
    example: `${HEAD}touch-workers-reload = /srv/shop/reload\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => findOldCode(config, 'touch-workers-reload', 'Add lazy-apps = true, or use touch-reload.'),
  },
  {
    code: 'touch-reload-of-this-file',
    severity: 'info',
    title: 'Saving this file reloads the server',
    why: 'The file that is watched is one that is edited: each save takes effect at once, the unfinished ones too.',
    todo: 'Watch a file of its own and touch it when the change is complete.',
    example: `${HEAD}touch-reload = %p\n`,
    check: (config) =>
      ['touch-reload', 'touch-workers-reload', 'touch-chain-reload', 'fs-reload', 'fs-brutal-reload']
        .flatMap((name) => config.all(name))
        .flatMap((item): Finding[] => {
          if (isOpen(item.value) || !config.resolved.files.includes(config.path(item.value))) return [];
          const message = `Saving ${item.value} reloads the server at once, with changes that are not complete, too. Watch a file of its own if that is not wanted.`;
          return [{ item, part: 'value', message }];
        }),
  },
  {
    code: 'touch-reload-of-folder',
    severity: 'warning',
    title: 'A folder is watched, and not what is in it',
    why: "'touch-reload' looks at the time of the folder: it changes when files come and go, and not when one is edited.",
    todo: "Watch a file, or use 'py-autoreload' in development.",
    example: `${HEAD}touch-reload = /srv\n`,
    check: (config) =>
      ['touch-reload', 'touch-workers-reload', 'touch-chain-reload']
        .flatMap((name) => config.all(name))
        .flatMap((item): Finding[] => {
          if (item.value === '' || isOpen(item.value) || config.host.kindOf(config.path(item.value)) !== 'folder')
            return [];
          const message = `${plainPath(item.value)} is a folder: its time changes when files come and go, and not when one is edited. Watch a file.`;
          return [{ item, part: 'value', message }];
        }),
  },
  {
    code: 'max-requests-at-once',
    severity: 'info',
    title: 'All workers are replaced at the same moment',
    why: "Requests are spread evenly, so all workers reach 'max-requests' together; while they start again nobody answers.",
    todo: "Add 'max-requests-delta' (uWSGI 2.0.29 and newer).",
    example: `${HEAD}processes = 4\nmax-requests = 1000\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('max-requests');
      const requests = config.number('max-requests') ?? 0;
      if (item === null || requests === 0 || (config.number('processes') ?? 1) < 2) return [];
      if (config.has('max-requests-delta') || !knows(config, 'max-requests-delta', '2.0.29')) return [];
      const delta = String(Math.max(1, Math.round(requests / 10)));
      const message = `All workers reach ${requests} requests at the same time. Add max-requests-delta = ${delta} (uWSGI 2.0.29).`;
      return [{ item, message, fix: config.fix.add(item, 'max-requests-delta', delta) }];
    },
  },
  {
    code: 'max-requests-low',
    severity: 'info',
    title: 'Workers live for a few requests only',
    why: 'Each replacement loads the application again; after a few requests that is most of the work.',
    todo: 'Write some thousands, or remove the line.',
    example: `${HEAD}max-requests = 10\n`,
    check: (config) => {
      const item = config.last('max-requests');
      const requests = config.number('max-requests') ?? 0;
      if (item === null || requests < 1 || requests >= 100) return [];
      const message = `A worker is replaced after ${requests} requests, and each new one loads the application. Write some thousands.`;
      return [{ item, part: 'value', message }];
    },
  },
  {
    code: 'lifetime-order',
    severity: 'error',
    title: "'max-worker-lifetime' is not above 'min-worker-lifetime'",
    why: `uWSGI refuses to start; 'min-worker-lifetime' is ${DEFAULT_MIN_LIFETIME} seconds unless set.`,
    todo: "Raise 'max-worker-lifetime'.",
    example: `${HEAD}max-worker-lifetime = 5\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('max-worker-lifetime');
      const most = config.number('max-worker-lifetime') ?? 0;
      const least = config.has('min-worker-lifetime') ? config.number('min-worker-lifetime') : DEFAULT_MIN_LIFETIME;
      if (item === null || least === null || most === 0 || least < most) return [];
      const message = `uWSGI does not start: ${most} seconds are not more than 'min-worker-lifetime', which is ${least}. Raise it.`;
      return [{ item, part: 'value', message }];
    },
  },
  {
    code: 'mercy-below-harakiri',
    severity: 'info',
    title: 'A reload cuts requests that harakiri would let finish',
    why: "At a reload a worker gets 'worker-reload-mercy' seconds (60 unless set) for its request, and is killed then, however long 'harakiri' is.",
    todo: "Set 'worker-reload-mercy' to at least 'harakiri'.",
    example: `${HEAD}harakiri = 120\npost-buffering = 65536\nworker-reload-mercy = 10\n`,
    check: (config) => {
      const harakiri = config.number('harakiri') ?? 0;
      const written = config.last('worker-reload-mercy');
      const mercy = written === null ? DEFAULT_MERCY : config.number('worker-reload-mercy');
      const item = written ?? config.last('harakiri');
      if (item === null || mercy === null || harakiri <= mercy) return [];
      const message = `At a reload requests are killed after ${mercy} seconds ('worker-reload-mercy'), while 'harakiri = ${harakiri}' lets them run. Set worker-reload-mercy = ${harakiri}.`;
      const fix =
        written === null
          ? config.fix.add(item, 'worker-reload-mercy', String(harakiri))
          : config.fix.setValue(written, String(harakiri));
      return [{ item, part: 'value', message, fix }];
    },
  },
  {
    code: 'memory-limit-in-bytes',
    severity: 'warning',
    title: 'A limit in megabytes is written in bytes',
    why: 'These options count megabytes: the limit is a million times too high and never reached.',
    todo: 'Write the number of megabytes.',
    example: `${HEAD}reload-on-rss = 209715200\n`,
    check: (config) =>
      ['reload-on-rss', 'reload-on-as', 'evil-reload-on-rss', 'evil-reload-on-as', 'limit-as'].flatMap(
        (name): Finding[] => {
          const item = config.last(name);
          const megabytes = config.number(name) ?? 0;
          if (item === null || megabytes < NO_MACHINE_HAS) return [];
          const meant = String(Math.max(1, Math.round(megabytes / MEBIBYTE)));
          const message = `'${item.key}' counts megabytes; ${item.value} looks like bytes. Write ${meant}.`;
          return [{ item, part: 'value', message, fix: config.fix.setValue(item, meant) }];
        },
      ),
  },
  {
    code: 'memory-limit-low',
    severity: 'warning',
    title: 'The memory limit is below what an empty worker has',
    why: 'A Python worker has some 20 MB before the application is loaded: it is replaced after every request.',
    todo: "Look at the workers' memory under load and write half as much again.",
    example: `${HEAD}reload-on-rss = 10\n`,
    check: (config) =>
      ['reload-on-rss', 'evil-reload-on-rss'].flatMap((name): Finding[] => {
        const item = config.last(name);
        const megabytes = config.number(name) ?? 0;
        if (item === null || megabytes < 1 || megabytes >= 20) return [];
        const message = `A worker has more than ${megabytes} MB as soon as the application is loaded, and is replaced after each request. Write a number above what it has under load.`;
        return [{ item, part: 'value', message }];
      }),
  },
  {
    code: 'memory-limit-unseen',
    severity: 'info',
    title: 'Memory is limited and not reported',
    why: "'reload-on-rss' looks at the memory for itself; the log and older monitors show none without 'memory-report', so nobody sees why workers are replaced.",
    todo: 'Add memory-report = true.',
    example: `${HEAD}reload-on-rss = 300\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('reload-on-rss') ?? config.last('reload-on-as');
      if (item === null || config.has('memory-report') || config.isOn('disable-logging')) return [];
      const message = `'${item.key}' replaces workers, and the log does not show their memory. Add memory-report = true to see why.`;
      return [{ item, message, fix: config.fix.add(item, 'memory-report', 'true') }];
    },
  },
  {
    code: 'evil-before-graceful',
    severity: 'warning',
    title: 'Workers are killed before they are replaced',
    why: "'evil-reload-on-rss' kills a worker with what it runs; when it is not higher than 'reload-on-rss' the gentle way never comes.",
    todo: "Set 'evil-reload-on-rss' clearly higher than 'reload-on-rss'.",
    example: `${HEAD}reload-on-rss = 300\nmemory-report = true\nevil-reload-on-rss = 200\n`,
    check: (config) =>
      ['rss', 'as'].flatMap((kind): Finding[] => {
        const item = config.last(`evil-reload-on-${kind}`);
        const evil = config.number(`evil-reload-on-${kind}`) ?? 0;
        const gentle = config.number(`reload-on-${kind}`) ?? 0;
        const other = config.last(`reload-on-${kind}`);
        if (item === null || other === null || evil === 0 || gentle === 0 || evil > gentle) return [];
        const message = `Workers are killed with what they run at ${evil} MB, before 'reload-on-${kind}' replaces them at ${gentle} MB. Write more than that.`;
        return [{ item, part: 'value', message, related: [other] }];
      }),
  },
  {
    code: 'address-space-limit-order',
    severity: 'warning',
    title: 'Memory ends before the worker is replaced',
    why: "'limit-as' makes every further allocation fail; a worker that is to be replaced at a higher 'reload-on-as' fails in the middle of requests first.",
    todo: "Set 'limit-as' clearly higher than 'reload-on-as'.",
    example: `${HEAD}reload-on-as = 512\nmemory-report = true\nlimit-as = 256\n`,
    check: (config) => {
      const item = config.last('limit-as');
      const limit = config.number('limit-as') ?? 0;
      const other = config.last('reload-on-as');
      if (item === null || other === null || limit === 0 || limit > (config.number('reload-on-as') ?? 0)) return [];
      const message = `Allocations fail at ${limit} MB, before 'reload-on-as = ${other.value}' replaces the worker. Write more than that.`;
      return [{ item, part: 'value', message, related: [other] }];
    },
  },
  {
    code: 'autoreload-in-production',
    severity: 'info',
    title: "'py-autoreload' is for development",
    why: 'It looks at every loaded module again and again, and reloads in the middle of a deployment, when half of the files are new.',
    todo: "Remove it where visitors come, and use 'touch-reload'.",
    example:
      '[uwsgi]\nsocket = /run/shop.sock\nvacuum = true\nmodule = shop\nneed-app = true\nmaster = true\nprocesses = 4\npy-autoreload = 2\n',
    check: (config) => {
      const item = config.last('py-autoreload');
      const isServing = config.has(...FRONT_SOCKETS) || (config.number('processes') ?? 1) > 2;
      if (item === null || config.number('py-autoreload') === 0 || !isServing) return [];
      const message =
        'It is for development: it reloads in the middle of a deployment. Use touch-reload where visitors come.';
      return [{ item, message, fix: config.fix.remove(item) }];
    },
  },
  {
    code: 'no-vacuum',
    severity: 'info',
    title: 'Sockets stay behind',
    why: 'uWSGI leaves its unix sockets in the file system at the end; a web server then finds a socket that nobody answers instead of none.',
    todo: 'Add vacuum = true.',
    example: '[uwsgi]\nsocket = /run/shop.sock\nmodule = shop\nneed-app = true\n',
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      const unix = config.listeners([...FRONT_SOCKETS, 'http-socket']).find(({ address }) => address.type === 'unix');
      if (unix === undefined || config.has('vacuum')) return [];
      const message = 'The socket stays in the file system when the server has ended. Add vacuum = true.';
      return [{ item: unix.item, message, fix: config.fix.add(unix.item, 'vacuum', 'true') }];
    },
  },
  {
    code: 'lazy-apps-memory',
    severity: 'info',
    title: 'Each of many workers has the application for itself',
    why: "With 'lazy-apps' nothing of the application's memory is shared: it is there once for each worker.",
    todo: 'Keep it when connections or threads must not be inherited or for chain reloads, and count its memory times the workers.',
    example: `${HEAD}processes = 16\nlazy-apps = true\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('lazy-apps');
      const processes = config.number('processes') ?? 1;
      if (item === null || !isOn(item.value) || processes < 12) return [];
      const message = `The application is in memory ${processes} times, as nothing of it is shared with 'lazy-apps'.`;
      return [{ item, message }];
    },
  },
];

/** A reload of workers that are copies of the master. */
function findOldCode(config: RuleConfig, option: string, todo: string): Finding[] {
  const item = config.last(option);
  if (item === null || config.isOn('lazy-apps') || config.isOn('lazy')) return [];
  const message = `The new workers run the old code: they are copies of the master. ${todo}`;
  return [{ item, message, fix: config.fix.add(item, 'lazy-apps', 'true') }];
}

/** False when it is known that the target lacks an option that came with this release. */
function knows({ target }: RuleConfig, option: string, release: string): boolean {
  if (target.server === 'engine') return true;
  if (target.options !== null) return target.options.has(option);
  return !isNewerThan({ since: release }, target.version);
}
