/**
 * Invented servers that move: figures, workers, requests and events of a few instances, one step a second.
 * For component tests and for looking at pages without a core (`npx vite`, then `?fake`); never part of the product's build.
 * Everything comes from a seeded generator, so that two runs show the same pictures.
 */
import type {
  Instance,
  InstanceEvent,
  RequestRow,
  SampleRow,
  WorkerRow,
  WorkerStatus,
} from '../../electron/contract/model.ts';

export interface FakeServer {
  instance: Instance;
  workers: WorkerRow[];
  requests: RequestRow[];
  rows: SampleRow[];
  states: string[];
  events: InstanceEvent[];
  /** Events of the last step. */
  fresh: InstanceEvent[];
  ratePerSec: number;
  /** false: polls bring nothing. */
  answers: boolean;
}

export interface FakeWorld {
  servers: Map<string, FakeServer>;
  step(atMs: number): void;
  random: () => number;
}

const HISTORY_S = 900;
const PATHS = ['GET /', 'GET /cart', 'GET /cart/mini', 'POST /cart/coupon', 'GET /logo.svg', 'POST /cart/checkout'];
const STATE_LETTERS: Record<WorkerStatus, string> = {
  idle: 'i',
  busy: 'b',
  cheap: 'c',
  pause: 'p',
  sig: 's',
  down: 'd',
};

/** `historyS`: seconds of the past that are there at once. */
export function createFakeWorld(nowMs: number, historyS: number = HISTORY_S): FakeWorld {
  const random = seeded(20_26);
  const servers = new Map<string, FakeServer>();
  const add = (server: FakeServer) => servers.set(server.instance.id, server);

  add(
    fakeServer('hello', 'local', 4, 4, {
      kind: 'engine',
      sample: true,
      runtime: 'Python 3.11.2',
      version: '0.1.0',
      harakiriMs: 30_000,
    }),
  );
  add(
    fakeServer('checkout', 'prod-eu', 16, 86, {
      harakiriMs: 60_000,
      configPath: '/srv/checkout/uwsgi.ini',
      lastReloadAtMs: nowMs - 13 * 60_000,
    }),
  );
  const names = [
    'catalog',
    'cart',
    'search',
    'auth',
    'sessions',
    'pricing',
    'media',
    'account',
    'cms',
    'webhooks',
    'geo',
    'tax',
    'thumbs',
    'feeds',
  ];
  names.forEach((name, index) =>
    add(fakeServer(name, 'prod-eu', 4 + ((index * 4) % 16), Math.round(400 / (index + 1)))),
  );
  add(fakeServer('reports', 'jobs', 4, 3.1));
  add(fakeServer('invoices', 'jobs', 4, 6.9));
  const behindGateway: Partial<Instance> = {
    machine: 'web-11.iad',
    hostName: 'web-11.iad',
    via: ['us-gw', 'bastion.iad'],
    statsAddress: 'ssh://web-11.iad/run/uwsgi/ledger.stats',
  };
  for (const name of ['ledger', 'payouts', 'exports']) {
    add({ ...fakeServer(name, 'jobs', 2, 12, behindGateway), answers: false });
  }
  for (let s = historyS - 1; s >= 0; s -= 1) step(nowMs - s * 1000);

  function step(atMs: number): void {
    for (const server of servers.values()) stepServer(server, atMs, random);
  }
  return { servers, step, random };
}

function fakeServer(
  name: string,
  group: string,
  workers: number,
  ratePerSec: number,
  part: Partial<Instance> = {},
): FakeServer {
  const instance: Instance = {
    id: name,
    name,
    group,
    kind: 'attached',
    statsAddress: '127.0.0.1:9191',
    machine: 'local',
    hostName: 'laptop',
    via: [],
    tags: group === 'local' ? [] : [group],
    readOnly: false,
    health: { level: 'ok', word: 'serving', sentence: null },
    link: { status: 'attached', reason: null, code: null, nextTryAtMs: null, lastAnswerAtMs: null, tries: [] },
    engine:
      part.kind === 'engine' ? { status: 'running', pid: 5120, error: null, startedAtMs: Date.now() - 46_000 } : null,
    figures: null,
    version: '2.0.31',
    masterPid: 18_204,
    runtime: null,
    cwd: `/srv/${name}`,
    upSinceMs: Date.now() - 6.2 * 86_400_000,
    url: part.kind === 'engine' ? 'http://127.0.0.1:8080/' : null,
    configPath: `/srv/${name}/uwsgi.ini`,
    sample: false,
    harakiriMs: null,
    lastReloadAtMs: Date.now() - 2 * 86_400_000,
    emperor: null,
    sections: [],
    ...part,
  };
  const rows = Array.from({ length: workers }, (_, index) => fakeWorker(index + 1, name));
  return {
    instance,
    workers: rows,
    requests: [],
    rows: [],
    states: [],
    events: [],
    fresh: [],
    ratePerSec,
    answers: true,
  };
}

function fakeWorker(wid: number, name: string): WorkerRow {
  return {
    wid,
    pid: 18_900 + wid,
    status: name === 'checkout' && wid === 16 ? 'cheap' : 'idle',
    signal: null,
    accepting: true,
    requests: 4000 + wid * 13,
    deltaRequests: 4000,
    reqPerSec: 0,
    avgRtMs: null,
    rssBytes: (140 + wid * 4) * 1024 ** 2,
    vszBytes: 612 * 1024 ** 2,
    exceptions: wid % 5 === 0 ? 2 : 0,
    harakiri: 0,
    respawns: 1,
    signalsQueued: 0,
    txBytes: 10_000_000 * wid,
    runningMs: 780_000 + wid * 2000,
    spawnedAtMs: Date.now() - 780_000,
    elapsedMs: null,
    nowServing: null,
    coreCount: 1,
    cores: [
      {
        id: 0,
        busy: false,
        requests: 4000,
        staticRequests: 0,
        routedRequests: 0,
        offloadedRequests: 12,
        writeErrors: 0,
        readErrors: 0,
      },
    ],
    apps: [{ id: 0, mountpoint: '/', chdir: `/srv/${name}`, startupMs: 5800, requests: 4000, exceptions: 0 }],
  };
}

function stepServer(server: FakeServer, atMs: number, random: () => number): void {
  const { instance } = server;
  const isGap = instance.id === 'checkout' && atMs % 600_000 < 24_000;
  server.fresh = [];
  if (!server.answers || isGap) {
    server.rows.push(gapRow(atMs));
    server.states.push('');
    trim(server);
    loseLink(server, atMs);
    return;
  }
  const wave = 1 + 0.25 * Math.sin(atMs / 60_000) + 0.1 * (random() - 0.5);
  const rate = server.ratePerSec * wave;
  const avgRtMs = 30 + 6 * Math.sin(atMs / 45_000) + 4 * random();
  for (const worker of server.workers) stepWorker(server, worker, rate, avgRtMs, atMs, random);
  server.requests = server.workers.flatMap((worker) => requestOf(server, worker, atMs));
  if (random() < 0.004)
    server.fresh.push(
      fakeEvent(
        atMs,
        'exception',
        'Exception in worker 11',
        'decimal.InvalidOperation, POST /cart/coupon, 500 to the client',
      ),
    );
  if (random() < 0.001)
    server.fresh.push(
      fakeEvent(
        atMs,
        'harakiri',
        'Harakiri, worker 12, pid 18911',
        'POST /cart/checkout after 60 s; back as pid 20377 in 2.8 s',
      ),
    );
  if (instance.id === 'checkout' && Math.floor(atMs / 1000) % 420 === 0) {
    server.fresh.push(fakeEvent(atMs - 9000, 'config', 'uwsgi.ini saved', 'processes 12 to 16'));
    server.fresh.push(
      fakeEvent(atMs, 'reload', 'Chain reload, done in 31 s', '12 of 12 workers new, 4 cheap, 0 requests lost'),
    );
  }
  server.events.push(...server.fresh);
  const count = (status: WorkerStatus) => server.workers.filter((worker) => worker.status === status).length;
  const longest = Math.max(0, ...server.workers.map((worker) => worker.elapsedMs ?? 0));
  const queue = random() < 0.04 ? Math.round(random() * 30) : Math.round(random() * 2);
  const rss = server.workers.reduce((sum, worker) => sum + (worker.rssBytes ?? 0), 0);
  const largest = Math.max(0, ...server.workers.map((worker) => worker.rssBytes ?? 0));
  server.rows.push([
    atMs,
    rate,
    avgRtMs,
    Math.min(600, 90 + 40 * random() + longest / 90),
    count('busy'),
    count('idle'),
    count('cheap'),
    count('pause'),
    count('sig'),
    count('down'),
    queue,
    rss,
    largest,
    rate * 50_000,
    server.fresh.filter(({ type }) => type === 'exception').length,
    server.fresh.filter(({ type }) => type === 'harakiri').length,
  ]);
  server.states.push(
    server.workers.map((worker) => ((worker.elapsedMs ?? 0) > 10_000 ? 'l' : STATE_LETTERS[worker.status])).join(''),
  );
  trim(server);
  server.instance = {
    ...instance,
    health: healthOf(server),
    link: { ...instance.link, lastAnswerAtMs: atMs },
    figures: {
      atMs,
      reqPerSec: rate,
      avgRtMs,
      busy: count('busy'),
      workers: server.workers.length,
      listenQueue: queue,
      listenMax: 100,
      listenQueueErrors: 0,
      rssBytes: rss,
      rssLargestBytes: largest,
      txBytesPerSec: rate * 50_000,
      txBytesTotal: 1.9 * 1024 ** 4,
      exceptionsPerMin: 0.2,
      exceptionsTotal: server.events.filter(({ type }) => type === 'exception').length,
      harakiriTotal: server.events.filter(({ type }) => type === 'harakiri').length,
      harakiriLastHour: server.events.filter(({ type }) => type === 'harakiri').length,
      requestsTotal: server.workers.reduce((sum, worker) => sum + worker.requests, 0),
      staticPerSec: 0,
      staticTotal: 0,
      routedPerSec: 0,
      routedTotal: 0,
      websockets: 0,
    },
  };
}

function stepWorker(
  server: FakeServer,
  worker: WorkerRow,
  rate: number,
  avgRtMs: number,
  atMs: number,
  random: () => number,
): void {
  if (worker.status === 'cheap') return;
  const isStuck = server.instance.id === 'checkout' && (worker.wid === 7 || worker.wid === 12);
  const isBusy = isStuck || random() < (server.instance.id === 'reports' ? 1 : 0.45);
  const served = Math.round((rate / server.workers.length) * (0.6 + 0.8 * random()));
  worker.status = isBusy ? 'busy' : worker.wid === 3 && server.instance.id === 'checkout' ? 'sig' : 'idle';
  worker.signal = worker.status === 'sig' ? 17 : null;
  worker.elapsedMs = isBusy ? (isStuck ? (atMs + worker.wid * 3000) % 58_000 : 5 + random() * 300) : null;
  worker.nowServing = isBusy ? (isStuck ? 'POST /cart/checkout' : (PATHS[Math.floor(random() * 5)] ?? 'GET /')) : null;
  worker.requests += isStuck ? 0 : served;
  worker.reqPerSec = isStuck ? 0 : served;
  worker.avgRtMs = avgRtMs;
  worker.rssBytes = (worker.rssBytes ?? 0) + Math.round(random() * 40_000);
  for (const core of worker.cores) core.busy = isBusy;
}

function requestOf(server: FakeServer, worker: WorkerRow, atMs: number): RequestRow[] {
  if (worker.nowServing === null || worker.elapsedMs === null) return [];
  const [method = 'GET', path = '/'] = worker.nowServing.split(' ');
  const limit = server.instance.harakiriMs;
  return [
    {
      wid: worker.wid,
      core: 0,
      pid: worker.pid,
      method,
      path,
      vars: [
        ['REQUEST_METHOD', method],
        ['PATH_INFO', path],
        ['QUERY_STRING', 'hidden'],
        ['HTTP_HOST', '127.0.0.1:8080'],
        ['HTTP_COOKIE', 'hidden'],
        ['REMOTE_ADDR', '198.51.100.24'],
      ],
      remoteAddr: '198.51.100.24',
      startedAtMs: atMs - worker.elapsedMs,
      elapsedMs: worker.elapsedMs,
      leftMs: limit === null ? null : limit - worker.elapsedMs,
    },
  ];
}

function healthOf(server: FakeServer): Instance['health'] {
  if (server.instance.id === 'reports')
    return {
      level: 'crit',
      word: 'queue full',
      sentence: 'All 4 workers busy for 6 m 10 s. Listen queue full, 212 connections dropped in 5 min.',
    };
  const stuck = server.workers.filter((worker) => (worker.elapsedMs ?? 0) > 10_000);
  const [first] = stuck;
  if (!first) return { level: 'ok', word: server.instance.kind === 'engine' ? 'running' : 'serving', sentence: null };
  const word = stuck.length === 1 ? '1 stuck request' : `${stuck.length} stuck requests`;
  const seconds = Math.round((first.elapsedMs ?? 0) / 1000);
  return {
    level: 'warn',
    word,
    sentence: `Worker ${first.wid} has been in ${first.nowServing} for ${seconds} s. Harakiri kills it in ${60 - seconds} s.`,
  };
}

function loseLink(server: FakeServer, atMs: number): void {
  if (server.answers) return;
  const clock = Math.floor(atMs / 1000) % 20;
  server.instance = {
    ...server.instance,
    health: { level: 'lost', word: 'link lost', sentence: null },
    link: {
      status: 'waiting',
      code: 'stats-refused',
      reason: 'Nothing listens on 127.0.0.1:9191. Check that the server runs and that its stats address is the same.',
      nextTryAtMs: atMs + (20 - clock) * 1000,
      lastAnswerAtMs: atMs - 68_000,
      tries: [
        { atMs: atMs - 68_000, ok: true, text: 'Last answer from the stats socket' },
        { atMs: atMs - 63_000, ok: false, text: 'Connection refused' },
        { atMs: atMs - 40_000, ok: false, text: 'Try 2: connection refused' },
      ],
    },
  };
}

function fakeEvent(atMs: number, type: InstanceEvent['type'], title: string, detail: string): InstanceEvent {
  return { atMs, type, title, detail, reloadId: null };
}

function gapRow(atMs: number): SampleRow {
  return [atMs, ...Array.from({ length: 15 }, () => null)];
}

function trim(server: FakeServer): void {
  if (server.rows.length <= HISTORY_S) return;
  server.rows.shift();
  server.states.shift();
}

/** Mulberry32: small, good enough for pictures, the same every time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
