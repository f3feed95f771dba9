import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileCacheFolder } from '../../engine/compile-cache.ts';
import { type Running, run, signalGroup } from './testing/running.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
const launcher = join(projectRoot, 'resources', 'bin', 'reeve');
const started: Running[] = [];
let folder = '';

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'reeve-commands-')));
  cpSync(join(projectRoot, 'resources/samples/hello-python'), folder, { recursive: true });
});
afterEach(async () => {
  for (const running of started.splice(0)) {
    if (running.process.exitCode === null && running.process.signalCode === null) signalGroup(running, 'SIGINT');
    await running.ended;
  }
  rmSync(folder, { recursive: true });
});

function start(file: string, args: string[]): Running {
  const running = run(file, args, { cwd: folder });
  started.push(running);
  return running;
}

/** A server of the sample whose stats and FIFO are in the test's folder. */
const OPTIONS = ['--socket', 'app.sock', '--wsgi-file', 'app.py', '--master', '--processes', '2', '--need-app'];
const CONTROL = ['--stats', 'app.stats', '--master-fifo', 'app.fifo', '--memory-report'];

async function startUwsgi(options: string[] = ['--plugin', 'python3', ...OPTIONS, ...CONTROL]): Promise<Running> {
  const server = start('uwsgi', options);
  await server.says(
    /spawned uWSGI worker 2[\s\S]*Stats server enabled|Stats server enabled[\s\S]*spawned uWSGI worker 2/,
  );
  return server;
}

async function startEngine(): Promise<Running> {
  const server = start(launcher, ['engine', ...OPTIONS, ...CONTROL]);
  await server.says(/spawned worker 2/);
  await server.says(/spawned worker 1/);
  return server;
}

async function reeve(...args: string[]): Promise<{ code: number | string; output: string }> {
  const running = run(launcher, args, { cwd: folder });
  const code = await running.ended;
  return { code, output: running.output() };
}

const stats = (): string => join(folder, 'app.stats');

describe.each([
  ['a uWSGI of Debian', startUwsgi],
  ['the bundled engine', startEngine],
])('the commands on %s', (_name, startServer) => {
  it('read its statistics as a table and as JSON', async () => {
    const server = await startServer();
    const table = await reeve('stats', stats());
    expect(table.code).toBe(0);
    expect((await reeve('stats', './app.stats')).code).toBe(0);
    expect((await reeve('stats', 'app.stats')).code).toBe(0);
    expect(table.output).toContain(`master pid ${server.process.pid}`);
    expect(table.output.match(/^ +[12] +\d+ +idle /gm)).toHaveLength(2);
    const json = await reeve('stats', stats(), '--json');
    expect(json.code).toBe(0);
    const report: unknown = JSON.parse(json.output);
    expect(report).toMatchObject({ address: stats(), masterPid: server.process.pid, workers: [{ id: 1 }, { id: 2 }] });
    expect(json.output.split('\n')).toHaveLength(2);
  });

  it('reload it with proof', async () => {
    await startServer();
    const { code, output } = await reeve('reload', stats());
    expect(output).toMatch(/Worker 1 is new, pid \d+/);
    expect(output).toContain('All 2 workers are new.');
    expect(code).toBe(0);
  });
});

describe('reeve reload', () => {
  it('does nothing and exits 1 when the new configuration could not be read', async () => {
    const file = join(folder, 'app.ini');
    const lines = ['plugin = python3', 'socket = app.sock', 'wsgi-file = app.py', 'master = true', 'processes = 2'];
    writeFileSync(file, ['[uwsgi]', ...lines, 'stats = app.stats', 'master-fifo = app.fifo', ''].join('\n'));
    await startUwsgi(['--ini', file]);
    const before: unknown = JSON.parse((await reeve('stats', stats(), '--json')).output);
    appendFileSync(file, 'ini = gone.ini\n');
    const { code, output } = await reeve('reload', stats());
    expect(code).toBe(1);
    expect(output).toContain('reeve: Not reloaded: Configuration parses: no.');
    expect(output).toContain('Nothing was done.');
    expect(JSON.parse((await reeve('stats', stats(), '--json')).output)).toEqual(before);
  });
});

describe('reeve stats', () => {
  it('says what is wrong with an address, and exits 1', async () => {
    const { code, output } = await reeve('stats', join(folder, 'nothing.stats'));
    expect(code).toBe(1);
    expect(output).toMatch(/^reeve: There is no socket .*nothing\.stats\.\n/);
    const web = createServer((_request, response) => response.end('hello'));
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    const address = web.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const asked = await reeve('stats', `127.0.0.1:${address.port}`);
    expect(asked.code).toBe(1);
    expect(asked.output).toContain('web server');
    web.closeAllConnections();
    web.close();
  });
});

it('the engine says its version as uWSGI does, whatever else is asked for', async () => {
  expect(await reeve('engine', '--version')).toEqual({ code: 0, output: 'reeve-0.1.0\n' });
  expect(await reeve('engine', '--master', '--version', 'gone.ini')).toEqual({ code: 0, output: 'reeve-0.1.0\n' });
});

it('keeps its compiled code for the next start, where the engine keeps its own', () => {
  const tell = `import { getCompileCacheDir } from 'node:module';
    process.on('exit', () => console.error(getCompileCacheDir()));`;
  const args = [
    '--import',
    `data:text/javascript,${encodeURIComponent(tell)}`,
    join(projectRoot, 'electron/cli/main.ts'),
  ];
  const { stderr } = spawnSync(process.execPath, [...args, '--version'], { encoding: 'utf8' });
  expect(stderr).toContain(`${compileCacheFolder()}`);
});
