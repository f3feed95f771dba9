/**
 * One folder, two servers: the engine and a real uWSGI put tasks in and run them at the same time, each task exactly
 * once; and each alone runs what the other has put in.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { parseRuns, type Run, SPOOL_APP } from './testing/spool-apps.ts';
import { whyNoUwsgi } from './testing/uwsgi-process.ts';

const TASKS_OF_EACH = 150;
const DECORATED = `
import uwsgi
from uwsgidecorators import spool, spoolraw

${SPOOL_APP.replace('uwsgi.spooler = run', '')}


def as_bytes(value):
    return value.encode() if isinstance(value, str) else value


@spool(pass_arguments=True)
def add(first, second, by=1):
    run({"spooler_task_name": b"add", b"sum": str((first + second) * by).encode()})


@spool
def plain_task(arguments):
    run({"spooler_task_name": b"plain", b"who": as_bytes(arguments["who"])})
    return uwsgi.SPOOL_OK


@spoolraw
def raw(arguments):
    run({"spooler_task_name": b"raw", b"who": as_bytes(arguments["who"])})
    return uwsgi.SPOOL_OK


def put(environ):
    where = encoded(dict(parse_qsl(environ["QUERY_STRING"]))["folder"])
    add.spool(2, 3, by=4, spooler=where)
    plain_task.spool({b"who": b"ann", b"spooler": where})
    return raw.spool({b"who": b"bob", b"spooler": where})
`;

const DECORATORS = join(import.meta.dirname, '../resources/runtimes/python/uwsgidecorators.py');

function hasDecorators(): boolean {
  const find = "import importlib.util, sys; sys.exit(importlib.util.find_spec('uwsgidecorators') is None)";
  return spawnSync('/usr/bin/python3', ['-c', find]).status === 0;
}

const disposals: (() => Promise<void>)[] = [];

beforeEach(({ skip }) => {
  const reason = whyNoUwsgi();
  skip(reason !== null, reason ?? '');
});

afterEach(async () => {
  for (const dispose of disposals.splice(0).toReversed()) await dispose();
});

async function startEngine(options: string, app = SPOOL_APP): Promise<EngineProcess> {
  const engine = await EngineProcess.start({ ini: `wsgi-file = app.py\n${options}`, files: { 'app.py': app } });
  disposals.push(() => engine.dispose());
  return engine;
}

/** A uWSGI in the folder of an engine, with the same application. Gives its address. */
async function startUwsgi(engine: EngineProcess, options: readonly string[]): Promise<string> {
  const folder = engine.path('uwsgi');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'app.py'), engine.read('app.py'));
  // Debian has uWSGI's own module in a package; without it uWSGI gets the engine's.
  if (!hasDecorators()) copyFileSync(DECORATORS, join(folder, 'uwsgidecorators.py'));
  const port = await freePort();
  const fixed = ['--plugin', 'python3', '--master', '--die-on-term', '--http-socket', `127.0.0.1:${port}`];
  const child = spawn('uwsgi', [...fixed, '--wsgi-file', 'app.py', '--disable-logging', ...options], { cwd: folder });
  const exited = once(child, 'exit');
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  disposals.push(async () => {
    child.kill('SIGINT');
    await exited;
  });
  await waitFor(`uWSGI to start`, () => log.includes('spawned uWSGI worker 1'));
  return `http://127.0.0.1:${port}`;
}

async function put(address: string, query: string): Promise<string> {
  const answer: { returned?: string; error?: string } = JSON.parse(await (await fetch(`${address}/?${query}`)).text());
  if (answer.returned === undefined) throw new Error(answer.error);
  return answer.returned.slice(answer.returned.lastIndexOf('/') + 1);
}

function runsAt(engine: EngineProcess, path: string): Run[] {
  return parseRuns(engine.read(path));
}

function namesOf(runs: readonly Run[]): string[] {
  return runs.map(({ env }) => env['spooler_task_name'] ?? '');
}

function resultsOf(runs: readonly Run[]): string[] {
  const results = runs.map(({ env }) => `${env['spooler_task_name']} ${env['sum'] ?? env['who']}`);
  return results.toSorted();
}

async function emptied(engine: EngineProcess): Promise<void> {
  const left = (): string[] => readdirSync(engine.path('q')).filter((name) => name.startsWith('uwsgi_spoolfile'));
  await waitFor(
    `all tasks to be done\n${engine.log}`,
    () => existsSync(engine.path('q')) && left().length === 0,
    40_000,
  );
}

test('both at once run each task exactly once, whoever has put it in', async () => {
  const engine = await startEngine('spooler = {FOLDER}/q\nspooler-quiet = true\n');
  const uwsgi = await startUwsgi(engine, ['--spooler', engine.path('q'), '--spooler-quiet']);
  const own = `http://127.0.0.1:${engine.port}`;
  const names: { byEngine: string[]; byUwsgi: string[] } = { byEngine: [], byUwsgi: [] };
  for (let number = 0; number < TASKS_OF_EACH; number++) {
    names.byEngine.push(await put(own, `n=${number}&do=sleep&for=0.01`));
    names.byUwsgi.push(await put(uwsgi, `n=${number}&do=sleep&for=0.01`));
  }
  await emptied(engine);
  const [byEngine, byUwsgi] = [namesOf(runsAt(engine, 'ran.jsonl')), namesOf(runsAt(engine, 'uwsgi/ran.jsonl'))];
  expect([...byEngine, ...byUwsgi].toSorted()).toEqual([...names.byEngine, ...names.byUwsgi].toSorted());
  // Each has run what the other has put in.
  expect(byEngine.some((name) => names.byUwsgi.includes(name))).toBe(true);
  expect(byUwsgi.some((name) => names.byEngine.includes(name))).toBe(true);
});

test('each alone runs what the other has put in, decorated functions with their arguments too', async () => {
  const expected = ['add 20', 'plain ann', 'raw bob'];
  // Tasks of uWSGI, run by the engine. With an external folder alone its decorators do not work.
  const engine = await startEngine('spooler = {FOLDER}/q\nspooler-frequency = 1\n', DECORATED);
  const external = await startUwsgi(engine, ['--spooler', 'own', '--spooler-external', engine.path('q')]);
  await put(external, `folder=${engine.path('q')}`);
  await waitFor(`three runs\n${engine.log}`, () => runsAt(engine, 'ran.jsonl').length === 3);
  await emptied(engine);
  expect(resultsOf(runsAt(engine, 'ran.jsonl'))).toEqual(expected);

  // Tasks of the engine, run by uWSGI.
  const producer = await startEngine('spooler = {FOLDER}/own\nspooler-external = {FOLDER}/q\n', DECORATED);
  await startUwsgi(producer, ['--spooler', producer.path('q'), '--spooler-frequency', '1']);
  await put(`http://127.0.0.1:${producer.port}`, `folder=${producer.path('q')}`);
  await waitFor('three runs', () => runsAt(producer, 'uwsgi/ran.jsonl').length === 3);
  await emptied(producer);
  expect(resultsOf(runsAt(producer, 'uwsgi/ran.jsonl'))).toEqual(expected);
});
