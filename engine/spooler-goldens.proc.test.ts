/**
 * Spool files, what functions get of them and what becomes of them, as recorded from uWSGI 2.0.21 (engine/goldens/spool):
 * one engine puts all tasks in, others run them.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';
import { CONSUMER, PRODUCER, parseRuns, type Run } from './testing/spool-apps.ts';

interface Call {
  style: string;
  vars: [string, string][];
  options?: [string, string][];
  returns?: string;
}

interface Expected {
  returned?: string;
  /** Bytes of the answer to a packet. */
  reply?: number[];
  error?: string;
  enqueueLog?: string[];
  files: string[];
  mode?: string;
  mtime?: number | string;
  callbacks?: { env: Record<string, string>; types: Record<string, [string, string]> }[];
  after?: string[];
  log?: string[];
}

interface Case {
  name: string;
  call: Call;
  expected: Expected;
  bytes: Buffer | null;
}

const GOLDENS = join(import.meta.dirname, 'goldens/spool');
/** Better on purpose: keyword arguments work. */
const KEYWORDS = 'kwargs';
const BY_HAND = `uwsgi_spoolfile_on_${hostname()}_1_1_1_1_1`;
const FOLDERS = 'spooler = {FOLDER}/q\n';

const cases = readdirSync(GOLDENS).map((name): Case => {
  const at = (file: string): string => join(GOLDENS, name, file);
  const file = ['file.bin', 'input.bin'].map(at).find((path) => existsSync(path));
  const call: Call = JSON.parse(readFileSync(at('call.json'), 'utf8'));
  const expected: Expected = JSON.parse(readFileSync(at('expected.json'), 'utf8'));
  return { name, call, expected, bytes: file === undefined ? null : readFileSync(file) };
});

interface Enqueued {
  answer: { returned?: string; error?: string; reply?: number[] };
  log: string;
  files: string[];
  bytes: Buffer;
  mode: string;
  mtimeSeconds: number;
}

/** What became of a task: its runs, the lines of the log that name it. */
interface Outcome {
  runs: Run[];
  log: string[];
  left: string[];
}

const enqueued = new Map<string, Enqueued>();
const outcomes = new Map<string, Outcome>();
const consumers: EngineProcess[] = [];
let producer: EngineProcess;

beforeAll(async () => {
  producer = await EngineProcess.start({
    ini: `wsgi-file = app.py
spooler-external = {FOLDER}/q
spooler-external = {FOLDER}/q2
uwsgi-socket = {FOLDER}/uwsgi.sock
uwsgi-modifiers = spooler
`,
    files: { 'app.py': PRODUCER },
  });
  for (const one of cases) await enqueue(one);
  for (const returns of new Set(cases.map(outcomeOf))) {
    const those = cases.filter((one) => outcomeOf(one) === returns);
    await consume(
      those.filter((one) => !isOrdered(one)),
      returns,
      '',
    );
    await consume(those.filter(isOrdered), returns, 'spooler-ordered = true\n');
  }
}, 120_000);

afterAll(async () => {
  for (const consumer of consumers) await consumer.dispose();
  await producer.dispose();
});

function isOrdered({ call }: Case): boolean {
  return call.options?.some(([key]) => key === 'spooler-ordered') === true;
}

function outcomeOf({ call }: Case): string {
  return call.returns ?? 'ok';
}

async function enqueue({ name, call, bytes }: Case): Promise<void> {
  const folder = producer.path('q');
  if (call.style === 'file') writeFileSync(join(folder, BY_HAND), bytes ?? '');
  const before = producer.log.length;
  const answer = await put(call);
  // The line is on its way when the caller has its answer.
  if (call.style !== 'file') for (const file of filesOf(folder)) await producer.seen(file.slice(file.lastIndexOf('/')));
  const log = producer.log.slice(before);
  const kept = producer.path(`kept-${name}`);
  // The next case starts with an empty folder.
  renameSync(folder, kept);
  mkdirSync(folder);
  const files = filesOf(kept);
  const path = join(kept, (files[0] ?? '').slice(2));
  const { mode, mtimeMs } = statSync(path);
  enqueued.set(name, {
    answer,
    log,
    files,
    bytes: readFileSync(path),
    mode: (mode & 0o777).toString(8),
    mtimeSeconds: mtimeMs / 1000,
  });
}

async function put(call: Call): Promise<Enqueued['answer']> {
  if (call.style === 'file') return {};
  if (call.style === 'packet') return { reply: [...(await sendPacket(call.vars))] };
  const answer: Enqueued['answer'] = JSON.parse(await post(JSON.stringify(call)));
  return answer;
}

/** With modifier 17; gives the answer. */
async function sendPacket(vars: Call['vars']): Promise<Buffer> {
  const texts = vars.flat().map((text) => Buffer.from(text, 'latin1'));
  const block = Buffer.concat(texts.flatMap((text) => [Buffer.from(Uint16Array.of(text.length).buffer), text]));
  const head = Buffer.alloc(4);
  head.writeUInt8(17, 0);
  head.writeUInt16LE(block.length, 1);
  return new Promise((resolve, reject) => {
    const socket = connect(producer.path('uwsgi.sock'), () => socket.write(Buffer.concat([head, block])));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks)));
    socket.on('error', reject);
  });
}

async function post(body: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${producer.port}/`, { method: 'POST', body });
  return answer.text();
}

/** Runs the tasks of some cases in one engine, and waits until it has been through all of them. */
async function consume(those: readonly Case[], returns: string, options: string): Promise<void> {
  if (those.length === 0) return;
  const application = CONSUMER.replace('b"ok"', `b"${returns}"`);
  const consumer = await EngineProcess.launch({
    ini: `wsgi-file = app.py\n${FOLDERS}${options}`,
    files: { 'app.py': `${application}\ndef application(environ, start_response):\n    return []\n` },
  });
  consumers.push(consumer);
  mkdirSync(consumer.path('q'));
  for (const { name } of those) merge(producer.path(`kept-${name}`), consumer.path('q'));
  const runs = (): Run[] => parseRuns(consumer.read('ran.jsonl'));
  const isRun = ({ name, expected }: Case): boolean => name === KEYWORDS || (expected.callbacks ?? []).length > 0;
  const expectedRuns = those.filter(isRun).length;
  await consumer.seen('Reeve is ready');
  await waitFor('all tasks to be run', () => runs().length >= expectedRuns);
  const isOver = async (): Promise<boolean> => (await consumer.stats()).spoolers?.[0]?.running === 0;
  await waitFor('the last task to be over', isOver);
  // Another look finds nothing new.
  const pid = (await consumer.stats()).spoolers?.[0]?.pid ?? 0;
  process.kill(pid, 'SIGUSR1');
  for (const { name } of those) {
    const own = (enqueued.get(name)?.files ?? []).map((file) => file.slice(file.lastIndexOf('/') + 1));
    const isOwn = (text: string): boolean => own.some((file) => text.includes(file));
    outcomes.set(name, {
      runs: runs().filter(({ env }) => isOwn(env['spooler_task_name'] ?? '')),
      log: consumer.log.split('\n').filter((line) => isOwn(line) || line.startsWith('unable to find the spooler')),
      left: filesOf(consumer.path('q')).filter(isOwn),
    });
  }
}

function merge(from: string, to: string): void {
  for (const file of filesOf(from)) {
    const inside = file.slice(2);
    const target = join(to, inside);
    mkdirSync(join(target, '..'), { recursive: true });
    renameSync(join(from, inside), target);
  }
}

/** Relative to where the folder is, with `q` for its own name. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.attempts'))
    .map((entry) => `q/${relative(folder, join(entry.parentPath, entry.name))}`)
    .toSorted();
}

/** With the tokens of the recording. */
function tokens(text: string): string {
  return text
    .replaceAll(
      /uwsgi_spoolfile_on_.*?_\d+_\d+_\d+_\d+_\d+/g,
      'uwsgi_spoolfile_on_{HOST}_{PID}_{COUNTER}_{RAND}_{EPOCH}_{MICROS}',
    )
    .replaceAll(/\/tmp\/reeve-test-\w+/g, '{DIR}')
    .replace(/pid: \d+/, 'pid: {PID}')
    .replace(/after \d+ seconds/, 'after {N} seconds');
}

describe.each(cases.filter(({ name }) => name !== KEYWORDS))('the case $name', ({ name, call, expected, bytes }) => {
  test('is put in as by uWSGI', ({ skip }) => {
    skip(call.style === 'file', 'its file was written by hand');
    const made = enqueued.get(name);
    expect(made?.answer.reply).toEqual(expected.reply);
    if (expected.returned !== undefined) expect(tokens(made?.answer.returned ?? '')).toBe(expected.returned);
    expect(made?.files.map(tokens)).toEqual(expected.files);
    const lines = made?.log.split('\n').filter((line) => line.startsWith('[spooler] '));
    expect(lines?.map(tokens)).toEqual(expected.enqueueLog);
  });

  test('gives the function the same environment, once', () => {
    const runs = outcomes.get(name)?.runs ?? [];
    const found = runs.map(({ env, types }) => ({
      env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, tokens(value)])),
      types,
    }));
    expect(found).toEqual(expected.callbacks);
    // Their order, too.
    expect(found.map(({ env }) => Object.keys(env))).toEqual(expected.callbacks?.map(({ env }) => Object.keys(env)));
  });

  test('is kept or deleted as by uWSGI, with the same lines in the log', () => {
    const outcome = outcomes.get(name);
    expect(outcome?.left.map(tokens)).toEqual(expected.after);
    expect([...new Set(outcome?.log.map(tokens))].toSorted()).toEqual(expected.log?.toSorted());
  });

  test('has the bytes, the mode and the time of the recording', ({ skip }) => {
    skip(expected.mode === undefined, 'its file was written by hand');
    const made = enqueued.get(name);
    expect(made?.bytes).toEqual(bytes);
    expect(made?.mode).toBe(expected.mode);
    if (typeof expected.mtime === 'number') expect(made?.mtimeSeconds).toBe(expected.mtime);
    else expect(Math.abs((made?.mtimeSeconds ?? 0) - Date.now() / 1000)).toBeLessThan(600);
  });
});

test('keyword arguments, which uWSGI refuses in Python 3, put a task in', () => {
  expect(outcomes.get(KEYWORDS)?.runs.map(({ env }) => [env['task'], env['n']])).toEqual([['mail', '7']]);
});
