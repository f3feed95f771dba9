/** Metrics of a running engine: those that it counts, those of the configuration, and where they go. */
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import uwsgi

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    name, _, call = environ["PATH_INFO"][1:].partition("/")
    said = getattr(uwsgi, name)(*[int(one) if one.isdigit() else one for one in call.split("/")])
    return [repr(said).encode()]
`;

const engines: EngineProcess[] = [];

async function start(ini: string, files: Record<string, string> = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.start({
    ini: `wsgi-file = app.py\nmaster = true\nenable-metrics = true\n${ini}`,
    files: { 'app.py': APP, ...files },
  });
  engines.push(engine);
  return engine;
}

async function valueOf(engine: EngineProcess, name: string): Promise<number | undefined> {
  return (await engine.stats()).metrics?.[name]?.value;
}

async function call(engine: EngineProcess, path: string): Promise<string> {
  return (await engine.get(path)).body;
}

async function pageOf(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = get({ socketPath, path: '/metrics' }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      incoming.on('end', () => resolve(text));
    });
    outgoing.on('error', reject);
  });
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describe('metrics', () => {
  it('are counted by the engine and by the application, and survive a reload', async () => {
    const engine = await start(`
metric = sales
metric = name=level,type=gauge,oid=7.7.1,initial_value=12
metric = name=same,alias=level
metric = name=twice,collector=multiplier,children=sales,arg1n=2`);
    expect(await call(engine, '/metric_inc/sales/5')).toBe('True');
    expect(await call(engine, '/metric_inc/sales')).toBe('True');
    expect(await call(engine, '/metric_get/sales')).toBe('6');
    expect(await call(engine, '/metric_get/level')).toBe('12');
    // As on uWSGI: those that the server counts can not be changed.
    expect(await call(engine, '/metric_inc/worker.1.requests')).toBe('None');
    expect(await call(engine, '/metric_get/none')).toBe('0');
    await waitFor('the collector', async () => (await valueOf(engine, 'twice')) === 12);
    await waitFor('the count of requests', async () => Number(await call(engine, '/metric_get/worker.1.requests')) > 5);
    const { metrics } = await engine.stats();
    expect(Object.keys(metrics ?? {}).slice(-4)).toEqual(['sales', 'level', 'same', 'twice']);
    expect(metrics?.['sales']).toEqual({ type: 0, oid: '', value: 6 });
    expect(metrics?.['same']).toEqual({ type: 3, oid: '7.7.1', value: 12 });
    expect(metrics?.['worker.1.core.0.requests']?.oid).toBe('3.1.2.0.1');
    engine.signal('SIGHUP');
    await waitFor('the reload', async () => (await engine.stats()).reeve?.last_reload?.status === 'done');
    expect(await call(engine, '/metric_inc/sales')).toBe('True');
    expect(await call(engine, '/metric_get/sales')).toBe('7');
  });

  it('raise alarms when they reach their value, and begin anew then if they should', async () => {
    const engine = await start(`
metric = sales
metric-threshold = key=sales,value=10,alarm=keep,rate=60,msg=sales are high,reset=3
metric-threshold = key=worker.1.requests,value=1,alarm=keep,rate=60
alarm = keep cmd:echo "$(cat)" >> kept`);
    await call(engine, '/metric_set/sales/10');
    await waitFor('both alarms', () => engine.read('kept').split('\n').length === 3);
    expect(engine.read('kept').split('\n').sort()).toEqual([
      '',
      'sales are high',
      'the metric worker.1.requests has reached 1',
    ]);
    await waitFor('the reset', async () => (await valueOf(engine, 'sales')) === 3);
  });

  it('have files, from which they go on after a restart', async () => {
    const ini = `
metric = sales
metric = name=load,type=gauge,collector=file,arg1=load.txt,arg1n=1
metrics-dir = {FOLDER}/values
metrics-dir-restore = true
metrics-no-cores = true`;
    const engine = await start(ini, { 'load.txt': '1 42 3\n' });
    await call(engine, '/metric_set/sales/8');
    await waitFor('the files', () => engine.read('values/sales') === '8\n' && engine.read('values/load') === '42\n');
    expect(engine.read('values/core.idle_workers')).toBe('1\n');
    expect(existsSync(engine.path('values/worker.1.core.0.requests'))).toBe(false);
    const again = await EngineProcess.start({
      ini: `wsgi-file = app.py\nmaster = true\nenable-metrics = true\n${ini.replace('{FOLDER}', engine.folder)}`,
      files: { 'app.py': APP },
    });
    engines.push(again);
    expect(await call(again, '/metric_get/sales')).toBe('8');
  });

  it('are left out of the statistics, and yet sent: those that are to begin anew then', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    const received: string[] = [];
    socket.on('message', (bytes) => received.push(...bytes.toString().split('\n')));
    try {
      const engine = await start(`
stats-no-metrics = true
stats-pusher-default-freq = 1
metric = name=sales,reset_after_push=1
metric = name=level,type=gauge,initial_value=4
stats-push = statsd:127.0.0.1:${socket.address().port},app`);
      expect((await engine.stats()).metrics).toBeUndefined();
      await call(engine, '/metric_set/sales/5');
      await waitFor('the pushed metrics', () => received.includes('app.sales:5|c'));
      expect(received).toContain('app.level:4|g');
      expect(received).toContain('app.core.idle_workers:1|g');
      await waitFor('the reset', async () => (await call(engine, '/metric_get/sales')) === '0');
      // As many again are sent as so many: what was sent before is over.
      await call(engine, '/metric_set/sales/8');
      await waitFor('what came after it', () => received.includes('app.sales:8|c'));
    } finally {
      socket.close();
    }
  });

  it('of the configuration are on the page for Prometheus', async () => {
    const engine = await start(`
prometheus = {FOLDER}/prometheus.sock
metric = sales
metric = name=level,type=gauge,initial_value=4`);
    await call(engine, '/metric_inc/sales/3');
    const page = await waitFor('the page', async () => {
      const text = await pageOf(engine.path('prometheus.sock'));
      return text.includes('name="sales"} 3') && text;
    });
    expect(page).toContain('# TYPE reeve_metric_total counter');
    expect(page).toMatch(/reeve_metric\{stats_uri="[^"]*",name="level"\} 4\n/);
    expect(page).not.toContain('name="core.');
  });
});
