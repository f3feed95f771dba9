/**
 * A core without servers: answers every method of the contract from `fake-world.ts` and sends its events once a second.
 * It is a `Client`, so stores and pages run on it unchanged. For tests and for `?fake` during development only.
 */
import {
  type EventName,
  type EventPayload,
  events,
  type MethodName,
  type Params,
  type Result,
} from '../../electron/contract/api.ts';
import type { LogLine } from '../../electron/contract/logs-model.ts';
import {
  type ConfigFile,
  DEFAULT_SETTINGS,
  type FileVersion,
  SAMPLE_COLUMNS,
  type Settings,
} from '../../electron/contract/model.ts';
import type { ReloadRun } from '../../electron/contract/reload-model.ts';
import { ToldRows } from '../../electron/contract/tick-changes.ts';
import { RpcError } from '../../electron/rpc/errors.ts';
import type { Client } from '../client.ts';
import { fakeBackground } from './fake-background.ts';
import { fakeDesk } from './fake-desk.ts';
import { fakeEmperor } from './fake-emperor.ts';
import { createFakeHosts } from './fake-hosts.ts';
import { FAKE_INI } from './fake-ini.ts';
import { fakePlan, fakeRun, stepFakeRun } from './fake-reload.ts';
import { createFakeRolling } from './fake-rolling.ts';
import { createFakeWorld, type FakeServer } from './fake-world.ts';

type Handlers = { [M in MethodName]: (params: Params<M>) => Result<M> };
type Listeners = { [E in EventName]?: Set<(payload: EventPayload<E>) => void> };

const LOCAL_SERVER = { machine: 'local', role: 'server', emperorPid: null, unit: null, pidfile: null } as const;

export interface FakeCore extends Client {
  /** One step of a second, as the timer does. */
  tick(): void;
  emit<E extends EventName>(event: E, payload: EventPayload<E>): void;
  setAttached(attached: boolean): void;
  dispose(): void;
}

/** `autoTick`: moves by itself once a second. */
export function createFakeCore({ autoTick = true, nowMs = Date.now(), historyS = 900 } = {}): FakeCore {
  const world = createFakeWorld(nowMs, historyS);
  const listeners: Listeners = {};
  const attachment = new Set<(attached: boolean) => void>();
  const watched = new Map<string, { seq: number; told: ToldRows }>();
  const configs = new Map<string, string>();
  const runs = new Map<string, ReloadRun>();
  let settings: Settings = { ...DEFAULT_SETTINGS };
  let seq = 0;
  let logSeq = 0;
  let isAttached = true;
  let clockMs = nowMs;
  const rolling = createFakeRolling(
    (id) => serverOf(id).instance,
    () => clockMs,
  );
  const hosts = createFakeHosts({
    onQuestions: (questions) => emit('ssh.questions', { questions }),
    onHosts: (changed) => emit('hosts.changed', { hosts: changed }),
  });
  const log: LogLine[] = [];
  for (let index = 0; index < 60; index += 1) log.push(logLine(nowMs - (60 - index) * 1000));

  function logLine(atMs: number): LogLine {
    logSeq += 1;
    const texts: [string, LogLine['level']][] = [
      ['engine 0.1.0, master pid 5120, 4 workers wanted', 'info'],
      ['GET /          200  3 ms  812 B   worker 1', 'request'],
      ['GET /logo.svg  200  1 ms  1.4 KiB worker 2', 'request'],
      ['worker 3 is slow to accept', 'warning'],
    ];
    const [text, level] = texts[logSeq % texts.length] ?? ['', 'info'];
    return { seq: logSeq, atMs, text, hasSecrets: false, level, pid: null, wid: null, request: null };
  }

  function emit<E extends EventName>(event: E, payload: EventPayload<E>): void {
    for (const listener of listeners[event] ?? []) listener(payload);
  }

  function totals() {
    const all = [...world.servers.values()];
    const up = all.filter((server) => server.answers).length;
    return { up, down: all.length - up, pollLagMs: 1, bytesPerSec: 3100, enginesRunning: 1, recordedMs: 900_000 };
  }

  function serverOf(instanceId: string): FakeServer {
    const server = world.servers.get(instanceId);
    if (!server)
      throw failed(
        'instance-unknown',
        `There is no instance ${instanceId}.`,
        'It may have been removed; go back to the fleet.',
      );
    return server;
  }

  function tick(): void {
    clockMs += 1000;
    world.step(clockMs);
    seq += 1;
    const instances = [...world.servers.values()].map((server) => server.instance);
    emit('instances.changed', { seq, changed: instances, figures: [], removed: [], status: totals() });
    for (const [instanceId, watch] of watched) {
      watch.seq += 1;
      const server = serverOf(instanceId);
      const row = server.rows.at(-1) ?? null;
      emit('tick', {
        instanceId,
        seq: watch.seq,
        atMs: clockMs,
        row: row?.[1] === null ? null : row,
        states: server.states.at(-1) ?? '',
        ...structuredClone(watch.told.changes(server)),
        events: server.fresh,
      });
    }
    const line = logLine(clockMs);
    log.push(line);
    emit('log.lines', { instanceId: 'hello', source: 'engine', lines: [line] });
    for (const run of runs.values()) {
      if (run.phase === 'finished') continue;
      const next = stepFakeRun(run, clockMs, world.random);
      runs.set(run.id, next);
      emit('reload.changed', next);
    }
    for (const run of rolling.step(clockMs)) emit('rolling.changed', run);
    const moved = hosts.step(clockMs);
    if (moved.length > 0) emit('hosts.changed', { hosts: moved });
  }

  const handlers: Handlers = {
    'app.info': () => ({
      version: '0.1.0',
      platform: 'linux',
      hostname: 'localhost',
      capabilities: { pickFile: 'browse', windowControls: false, notifications: false, secrets: 'none' },
      sshHosts: 9,
    }),
    'settings.get': () => settings,
    'settings.set': (part) => {
      settings = { ...settings, ...definedOnly(part) };
      emit('settings.changed', settings);
      return settings;
    },
    'instances.list': () => ({
      seq,
      instances: [...world.servers.values()].map((server) => server.instance),
      status: totals(),
    }),
    'instances.attach': ({ statsAddress }) => {
      throw failed(
        'stats-refused',
        `Nothing listens on ${statsAddress}.`,
        'Check that the server runs and has this stats address.',
      );
    },
    'instances.rename': ({ instanceId, name }) => {
      const server = serverOf(instanceId);
      server.instance = { ...server.instance, name };
      return server.instance;
    },
    'instances.remove': ({ instanceId }) => {
      world.servers.delete(instanceId);
      seq += 1;
      emit('instances.changed', { seq, changed: [], figures: [], removed: [instanceId], status: totals() });
      return {};
    },
    'instances.tag': ({ instanceIds, add, remove }) => {
      const changed = instanceIds.map((id) => {
        const server = serverOf(id);
        const tags = [...new Set([...server.instance.tags.filter((tag) => !remove.includes(tag)), ...add])];
        server.instance = { ...server.instance, tags, group: tags[0] ?? server.instance.hostName };
        return server.instance;
      });
      seq += 1;
      emit('instances.changed', { seq, changed, figures: [], removed: [], status: totals() });
      return {};
    },
    'instances.discover': ({ machine }) => {
      if (machine !== undefined && machine !== 'local') return hosts.discover(machine);
      return [
        {
          ...LOCAL_SERVER,
          pid: 812,
          command: 'uwsgi --ini /srv/blog/uwsgi.ini',
          user: 'www-data',
          cwd: '/srv/blog',
          configPath: '/srv/blog/uwsgi.ini',
          statsAddress: '127.0.0.1:1717',
          masterFifo: '/run/blog.fifo',
          instanceId: null,
          missing: null,
        },
        {
          ...LOCAL_SERVER,
          pid: 944,
          command: 'uwsgi --http :9000 --wsgi-file old.py',
          user: 'www-data',
          cwd: '/srv/old',
          configPath: null,
          statsAddress: null,
          masterFifo: null,
          instanceId: null,
          missing: 'It has no stats server. Add `stats = 127.0.0.1:9192` and restart it.',
        },
        {
          ...LOCAL_SERVER,
          pid: 5120,
          command: 'reeve engine hello/uwsgi.ini',
          user: 'me',
          cwd: '/home/me/hello',
          configPath: '/home/me/hello/uwsgi.ini',
          statsAddress: '127.0.0.1:9191',
          masterFifo: null,
          instanceId: 'hello',
          missing: null,
        },
      ];
    },
    'instances.retry': () => ({}),
    'instances.pause': () => ({}),
    'instances.watch': ({ instanceId }) => {
      const server = serverOf(instanceId);
      watched.set(instanceId, { seq: 0, told: new ToldRows(serverOf(instanceId)) });
      return {
        instance: server.instance,
        seq: 0,
        history: {
          columns: SAMPLE_COLUMNS.map((_, column) => server.rows.map((row) => row[column] ?? null)),
          states: [...server.states],
          events: [...server.events],
        },
        workers: structuredClone(server.workers),
        requests: server.requests,
      };
    },
    'instances.unwatch': ({ instanceId }) => {
      watched.delete(instanceId);
      return {};
    },
    'project.look': ({ path }) => ({
      folder: path,
      fileName: 'app.ini',
      applications: [
        {
          title: 'a Rack application',
          file: 'config.ru',
          preset: 'ruby-laptop',
          answers: { file: 'config.ru' },
          folders: {},
        },
      ],
      remarks: [],
      ports: { http: 8000, stats: 9191 },
    }),
    'project.write': ({ folder, name }) => ({ path: `${folder}/${name}` }),
    'engine.inspect': ({ path }) => ({
      path: path.endsWith('.ini') ? path : `${path}/uwsgi.ini`,
      candidates: [`${path}/uwsgi.ini`, `${path}/staging.ini`],
      commands: [
        {
          file: `${path}/uwsgi.ini`,
          line: 9,
          option: 'exec-pre-app',
          value: './manage.py migrate',
          why: 'runs a command before the application is loaded',
        },
      ],
      listeners: ['127.0.0.1:8080'],
      app: 'app.py',
      statsAddress: '127.0.0.1:9191',
      diagnostics: [],
      digest: 'd1',
      trusted: false,
    }),
    'engine.run': () => serverOf('hello').instance,
    'engine.start': ({ instanceId }) => setEngine(instanceId, 'running'),
    'engine.stop': ({ instanceId }) => setEngine(instanceId, 'stopped'),
    'engine.restart': ({ instanceId }) => setEngine(instanceId, 'running'),
    'engine.sample': () => serverOf('hello').instance,
    'sample.load': ({ on }) => {
      settings = { ...settings, sampleLoad: on };
      return settings;
    },
    'sample.slow': ({ seconds }) => ({ url: `http://127.0.0.1:8080/slow?s=${seconds}` }),
    'log.read': ({ instanceId, most }) => (instanceId === 'hello' ? log.slice(-most) : []),
    'log.sources': ({ instanceId }) => fakeLogSources(instanceId === 'hello'),
    'log.follow': ({ instanceId, most }) => ({
      source: instanceId === 'hello' ? 'engine' : 'file:/var/log/uwsgi/app.log',
      lines: instanceId === 'hello' ? log.slice(-most) : [],
      state: { status: 'following', reason: null, hint: null, bytesPerSec: 0 },
    }),
    'log.unfollow': () => ({}),
    'log.reveal': () => ({ untilMs: clockMs + 60_000, lines: [] }),
    'requests.reveal': () => ({ untilMs: clockMs + 60_000, requests: [] }),
    'audit.list': () => ({ entries: [] }),
    ...fakeBackground,
    ...fakeEmperor,
    'emperor.open': ({ instanceId }) => serverOf(instanceId).instance,
    'config.read': ({ instanceId }) => configFile(instanceId),
    'config.check': () => [],
    'config.target': () => ({ server: 'engine', version: '0.1.0', binary: 'known', missing: [], extra: [] }),
    'config.context': () => ({
      startFolder: '/srv/hello',
      chdir: '/srv/hello',
      magic: { d: '/srv/hello/', n: 'uwsgi', h: 'localhost' },
      environment: [{ name: 'HOME', value: '/root' }],
      values: [],
      files: [],
      problem: null,
    }),
    'config.paths': () => ({ folder: '/srv/hello', entries: [{ name: 'app.py', kind: 'file' }], isCut: false }),
    'config.peek': ({ value }) => ({ path: value, text: '[uwsgi]\n', section: null }),
    ...fakeDesk(
      (instanceId) => configs.get(instanceId) ?? FAKE_INI,
      () => clockMs,
    ),
    'config.save': ({ instanceId, text }) => {
      configs.set(instanceId, text);
      return { status: 'saved', file: configFile(instanceId), reloadsOnSave: false };
    },
    ...rolling.handlers,
    ...hosts.handlers,
    'fleet.sparks': () => ({ sparks: [] }),
    'fleet.preview': () => ({ rows: [], errors: [{ line: 1, text: 'The fake core imports nothing.' }] }),
    'fleet.import': ({ rows }) => ({ added: rows.length, refused: [] }),
    'fleet.export': ({ format }) => ({ fileName: `reeve-fleet.${format}`, text: '' }),
    'reload.plan': ({ instanceId }) => fakePlan(instanceId, clockMs),
    'reload.start': ({ instanceId, method }) => {
      const chosen = fakePlan(instanceId, clockMs).methods.find(({ id }) => id === method);
      if (!chosen)
        throw failed('reload-method', `There is no way to reload called ${method}.`, 'Choose one of the list.');
      const run = fakeRun(`run-${runs.size + 1}`, serverOf(instanceId), chosen, clockMs);
      runs.set(run.id, run);
      return run;
    },
    'reload.get': ({ reloadId }) => {
      const run = runs.get(reloadId);
      if (!run)
        throw failed('reload-unknown', 'This report is not kept any more.', 'The last 20 of an instance are kept.');
      return run;
    },
    'reload.stopWatching': ({ reloadId }) => handlers['reload.get']({ reloadId }),
    'config.figures': () => ({ atMs: null, windowMs: 0, figures: [] }),
    'rehearse.start': () => {
      throw new RpcError({ code: 'config-none', message: 'The fake core rehearses nothing.', hint: null });
    },
    'rehearse.newest': () => ({ rehearsal: null }),
    'rehearse.cancel': () => ({}),
    'reload.list': ({ instanceId }) => [...runs.values()].filter((run) => run.instanceId === instanceId),
    'files.pick': () => ({ path: null }),
    'files.list': ({ path }) => {
      const here = path || '/home/me';
      return {
        path: here,
        parent: here === '/' ? null : here.slice(0, here.lastIndexOf('/')) || '/',
        entries: [
          ...['blog', 'checkout', 'hello'].map((name) => ({ name, path: `${here}/${name}`, kind: 'folder' as const })),
          { name: 'uwsgi.ini', path: `${here}/uwsgi.ini`, kind: 'config' },
        ],
      };
    },
    'shell.openUrl': () => ({}),
  };

  function setEngine(instanceId: string, status: 'running' | 'stopped') {
    const server = serverOf(instanceId);
    server.answers = status === 'running';
    const health =
      status === 'running'
        ? { level: 'ok' as const, word: 'running', sentence: null }
        : { level: 'off' as const, word: 'stopped', sentence: null };
    server.instance = {
      ...server.instance,
      health,
      engine: { status, pid: status === 'running' ? 5120 : null, error: null, startedAtMs: clockMs },
    };
    return server.instance;
  }

  function configFile(instanceId: string): ConfigFile {
    const text = configs.get(instanceId) ?? FAKE_INI;
    const version: FileVersion = { sha256: String(text.length), mtimeMs: clockMs, sizeBytes: text.length };
    return {
      path: serverOf(instanceId).instance.configPath ?? '',
      text,
      version,
      writable: true,
      readAtMs: clockMs,
      diagnostics: [],
    };
  }

  const timer = autoTick ? setInterval(tick, 1000) : undefined;

  return {
    get attached() {
      return isAttached;
    },
    async call(method, params) {
      await Promise.resolve();
      return handlers[method](params);
    },
    on(event, listener) {
      addListener(listeners, event, listener);
      return () => {
        listeners[event]?.delete(listener);
      };
    },
    onAttachment(listener) {
      attachment.add(listener);
      return () => attachment.delete(listener);
    },
    tick,
    emit,
    setAttached(attached) {
      isAttached = attached;
      for (const listener of attachment) listener(attached);
    },
    dispose: () => clearInterval(timer),
  };
}

function addListener<E extends EventName>(
  listeners: Listeners,
  event: E,
  listener: (payload: EventPayload<E>) => void,
): void {
  if (!(event in events)) throw new Error(`There is no event ${event}.`);
  const set: Set<(payload: EventPayload<E>) => void> = listeners[event] ?? new Set();
  set.add(listener);
  Object.assign(listeners, { [event]: set });
}

function definedOnly(part: Partial<Record<keyof Settings, unknown>>): Partial<Settings> {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
}

function failed(code: string, message: string, hint: string): RpcError {
  return new RpcError({ code, message, hint });
}

function fakeLogSources(isEngine: boolean): Result<'log.sources'> {
  const source = isEngine
    ? { id: 'engine', type: 'engine' as const, title: 'Output of the bundled engine', origin: 'started by Reeve' }
    : {
        id: 'file:/var/log/uwsgi/app.log',
        type: 'file' as const,
        title: '/var/log/uwsgi/app.log',
        origin: 'logto = /var/log/uwsgi/app.log',
      };
  return { sources: [{ ...source, content: 'all', whyNot: null }], preferred: source.id, advice: null };
}
