/** The stats address: the document of the real server key for key, whoever reads it and however slowly. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { STATS_HTTP_HEAD } from './api/format-stats.ts';
import { parseStats } from './api/parse-stats.ts';
import { PYTHON_APP } from './testing/apps.ts';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];

async function start(ini: string): Promise<EngineProcess> {
  const engine = await EngineProcess.start({
    ini: `wsgi-file = app.py\nmaster = true\n${ini}`,
    files: { 'app.py': PYTHON_APP },
  });
  engines.push(engine);
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

/** Keys in their order and types of values, as one line each; lists by their first element. */
function shape(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) {
    if (path.endsWith('.vars')) return [`${path} ${typeof value[0]}`];
    // Locks have one key each, and all of them count.
    return value.slice(0, path === '.locks' ? undefined : 1).flatMap((item) => shape(item, `${path}[]`));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => shape(item, `${path}.${key}`));
  }
  return [`${path} ${typeof value}`];
}

function recorded(name: string): string {
  return readFileSync(new URL(`./goldens/stats/${name}/stats.raw.json`, import.meta.url), 'utf8');
}

/** White space with all values taken out: how the document is laid out. */
function layout(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"(?=\s*[,\]}\n])/g, 'S').replace(/\b\d+\b/g, 'N');
}

async function busy(engine: EngineProcess): Promise<void> {
  await waitFor('a busy worker', async () => (await engine.stats()).workers.some((worker) => worker.status === 'busy'));
}

describe('the stats document', () => {
  it('has the keys, the types and the layout that uWSGI 2.0.21 gave for an idle server', async () => {
    const engine = await start('processes = 2\n');
    const text = await engine.statsText();
    const real = recorded('idle');
    expect(shape(JSON.parse(text))).toEqual(shape(JSON.parse(real)));
    expect(layout(text)).toBe(layout(real));
  });

  it('shows a running request as uWSGI does', async () => {
    const engine = await start('threads = 2\n');
    await engine.get('/');
    const running = engine.get('/sleep?1', { fresh: true });
    await busy(engine);
    const text = await engine.statsText();
    expect(shape(JSON.parse(text))).toEqual(shape(JSON.parse(recorded('threads-tcp'))));
    const worker = await engine.worker(1);
    expect(worker).toMatchObject({ requests: 1, delta_requests: 1, status: 'busy', signals: 0 });
    expect(worker.apps).toMatchObject([{ id: 0, requests: 2, exceptions: 0 }]);
    const core = worker.cores.find((one) => one.in_request === 1);
    expect(core?.vars).toEqual(expect.arrayContaining(['REQUEST_METHOD=GET', 'REQUEST_URI=/sleep?1', '']));
    expect(core?.vars.at(-1)).toBe('');
    expect(Math.abs((core?.req_info.request_start ?? 0) - Date.now() / 1000)).toBeLessThan(5);
    expect((await running).status).toBe(200);
  });

  it('counts on over respawns and begins anew with a reload', async () => {
    const engine = await start('memory-report = true\n');
    for (let i = 0; i < 3; i++) await engine.get('/');
    const before = await engine.worker(1);
    expect(before).toMatchObject({ requests: 3, delta_requests: 3, respawn_count: 1 });
    expect(before.rss).toBeGreaterThan(1_000_000);
    expect(before.vsz).toBeGreaterThanOrEqual(before.rss);
    expect(before.tx).toBeGreaterThan(100);
    process.kill(before.pid, 'SIGKILL');
    const after = await waitFor('the new worker', async () => {
      const worker = await engine.worker(1);
      return worker.pid !== before.pid && worker.accepting === 1 ? worker : null;
    });
    expect(after).toMatchObject({ requests: 3, delta_requests: 0, respawn_count: 2, tx: before.tx });
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    expect(await engine.worker(1)).toMatchObject({ requests: 0, respawn_count: 1, tx: 0 });
  });

  it('comes minified behind an HTTP head, over TCP, when asked for so', async () => {
    const port = await freePort();
    const engine = await start(`stats-http = true\nstats-minified = true\nstats = 127.0.0.1:${port}\n`);
    const text = await engine.statsText();
    expect(text.startsWith(STATS_HTTP_HEAD)).toBe(true);
    expect(shape(JSON.parse(text.slice(STATS_HTTP_HEAD.length)))).toEqual(
      shape(JSON.parse(recorded('minified-http').slice(STATS_HTTP_HEAD.length))),
    );
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(parseStats(await answer.text()).status).toBe('stats');
  });

  it('is not held up by an HTTP client that sends nothing', async () => {
    const engine = await start('stats-http = true\n');
    const silent = connect(engine.path('stats.sock'));
    silent.on('error', () => silent.destroy());
    await waitFor('the silent client', () => !silent.connecting);
    expect((await engine.get('/')).status).toBe(200);
    expect((await engine.stats()).workers[0]?.requests).toBe(1);
    silent.destroy();
  });

  it('is not held up by readers that never read, nor are requests', async () => {
    const engine = await start('processes = 2\n');
    const readers = Array.from({ length: 100 }, () => connect(engine.path('stats.sock')).pause());
    for (const reader of readers) reader.on('error', () => reader.destroy());
    await waitFor('the crowd', () => readers.every((reader) => !reader.connecting));
    expect((await engine.get('/')).status).toBe(200);
    for (const reader of readers) reader.destroy();
    await waitFor('the document', async () => engine.stats().catch(() => null));
  });
});

/** The samples of a page of metrics: name with labels, and value. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

describe('what is sent elsewhere', () => {
  it('is a page for Prometheus whose counters go on over a reload', async () => {
    const port = await freePort();
    const engine = await start(`prometheus = 127.0.0.1:${port}\n`);
    const scrape = async (): Promise<Map<string, number>> => {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      return samplesOf(await answer.text());
    };
    const labels = `{stats_uri="unix://${engine.path('stats.sock')}",worker_id="1"}`;
    for (let i = 0; i < 3; i++) await engine.get('/');
    expect((await scrape()).get(`uwsgi_worker_requests_total${labels}`)).toBe(3);
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    await engine.get('/');
    const after = await scrape();
    expect(after.get(`uwsgi_worker_requests_total${labels}`)).toBe(4);
    expect([...after].find(([name]) => name.startsWith('reeve_last_reload_success'))?.[1]).toBe(1);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('is appended to a file and sent to statsd, counters as what was added', async () => {
    const receiver = createSocket('udp4');
    const received: string[] = [];
    receiver.on('message', (message) => received.push(...message.toString().trim().split('\n')));
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    const push = `stats-push = file:path={FOLDER}/pushed,separator=;\nstats-push = statsd:127.0.0.1:${receiver.address().port},app\n`;
    const engine = await start(`${push}stats-pusher-default-freq = 1\n`);
    for (let i = 0; i < 5; i++) await engine.get('/');
    await waitFor('two documents', () => engine.read('pushed').split(';').length > 2);
    expect(parseStats(engine.read('pushed').split(';')[0] ?? '').status).toBe('stats');
    const added = (): number => {
      const counts = received.map((line) => /^app\.worker\.1\.requests:(\d+)\|c$/.exec(line)?.[1]);
      return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
    };
    await waitFor('all requests', () => added() === 5);
    expect(received.filter((line) => !/^app\.[\w.]+:\d+\|[cg]$/.test(line))).toEqual([]);
    receiver.close();
  });

  it('tells a reload that failed, behind the keys that uWSGI has', async () => {
    const engine = await start('memory-report = 2\n');
    engine.write('app.py', 'import no_such_module\n');
    engine.signal('SIGHUP');
    const document = await waitFor('the failure', async () => {
      const found = await engine.statsText();
      return found.includes('"failed"') ? JSON.parse(found) : null;
    });
    expect(Object.keys(document).at(-1)).toBe('reeve');
    expect(document.reeve).toMatchObject({ generation: 1, last_reload: { kind: 'graceful', status: 'failed' } });
    expect(document.reeve.last_reload.reason).toContain('no_such_module');
    const { rss, pss, uss } = document.workers[0];
    expect(pss).toBeGreaterThan(0);
    expect(uss).toBeLessThanOrEqual(pss);
    expect(pss).toBeLessThanOrEqual(rss * 1.5);
  });
});
