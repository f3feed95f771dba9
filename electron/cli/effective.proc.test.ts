/**
 * `reeve check --effective` side by side with the real `uwsgi --show-config`: the recorded inputs and generated ones must
 * give the same list, the same messages and the same exit code. More of the latter:
 * REEVE_EFFECTIVE_RUNS=5000 REEVE_EFFECTIVE_SEED=7 npx vitest run electron/cli/effective.proc.test.ts
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { encodeText } from '../../engine/config/text-bytes.ts';
import { type ConfigCase, checkGenerated, ONCE_DIFFERENT } from './effective-cases.ts';
import { runEffective } from './effective-command.ts';

const UWSGI = spawnSync('sh', ['-c', 'command -v uwsgi'], { encoding: 'utf8' }).stdout.trim();
const RUNS = Number(process.env['REEVE_EFFECTIVE_RUNS'] ?? 200);
const SEED = Number(process.env['REEVE_EFFECTIVE_SEED'] ?? 20_210);
const GOLDENS = join(import.meta.dirname, '../../engine/goldens/ini');

/** Stops uWSGI right behind its list: there is no such clock, and in the background its log stays here until then. */
const STOP = ['--daemonize2', '/dev/null', '--clock', 'config-stop'];
const STOP_LINES = 'daemonize2 = /dev/null\nclock = config-stop\n';

/** `%V`: that of a release here, often longer in a package. */
const BINARY = realpathSync(UWSGI);
const VERSION = spawnSync(UWSGI, ['--version'], { encoding: 'utf8' }).stdout.trim();

interface Answer {
  /** From the empty line before `;uWSGI instance configuration` to that behind `;end of configuration`. */
  list: string | null;
  log: string[];
  out: string;
  accepted: boolean;
}

let root = '';
let cwd = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'reeve-effective-')));
  cwd = join(root, 'run', 'case');
  mkdirSync(cwd, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function environment(extra: Record<string, string>): Record<string, string> {
  return { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: cwd, TZ: 'UTC', ...extra };
}

function askUwsgi(argv: readonly string[], env: Record<string, string>): Answer | null {
  const done = spawnSync(UWSGI, ['--show-config', ...STOP, ...argv], {
    cwd,
    env,
    input: '',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const text = withoutDates(withoutFacts(done.stderr.toString('latin1')));
  if (done.signal !== null || text.includes('Segmentation Fault')) return null;
  const from = text.indexOf('\n;uWSGI instance configuration\n');
  const end = ';end of configuration\n\n';
  const to = text.indexOf(end, from);
  const list = from === -1 || to === -1 ? null : text.slice(from, to + end.length).replace(STOP_LINES, '');
  const log = text.slice(0, from === -1 ? undefined : from);
  return { list, log: logLines(log), out: done.stdout.toString('latin1'), accepted: list !== null };
}

/** `%V`, `%b`, `%t`, `%T`: facts of the program and of the moment. */
function withoutFacts(text: string): string {
  return text
    .replaceAll(VERSION, '2.0.21')
    .replaceAll(BINARY, process.execPath)
    .replaceAll(/\b1[789]\d{8,14}\b/g, '{TIME}');
}

/** `log-date` puts the time before each line of the list, too. */
function withoutDates(text: string): string {
  const date = /^(.+)show-config = true$/m.exec(text)?.[1];
  if (date === undefined) return text;
  const pattern = date
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\d+/g, '\\d+')
    .replaceAll(/[A-Z][a-z]{2}/g, '\\w{3}');
  return text.replaceAll(new RegExp(`^${pattern}\n?`, 'gm'), '');
}

function bytes(text: string): string {
  return Buffer.from(encodeText(text)).toString('latin1');
}

function askReeve(argv: readonly string[], env: Record<string, string>): Answer {
  const out: string[] = [];
  const err: string[] = [];
  const code = runEffective(['--effective', ...argv], {
    out: (line) => out.push(`${bytes(line)}\n`),
    err: (line) => err.push(bytes(line)),
    env,
    cwd,
  });
  const list = code === 0 ? (out.pop() ?? null) : null;
  return {
    list: list === null ? null : withoutFacts(list),
    log: logLines(err.join('\n')),
    out: out.join(''),
    accepted: code === 0,
  };
}

/** Places in uWSGI's source vary, and the names that an ambiguous one could mean depend on what was built in. */
function logLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\S*uwsgi: /, 'uwsgi: ').replace(/ \[core\/\w+\.c line \d+\]$/, ''))
    .map((line) => line.replace(/( is ambiguous); possibilities:.*/, '$1'))
    .filter((line) => line !== '');
}

/** What options say while they take effect is no part of the language. */
const OPTION_LINES =
  /^(\[uwsgi-static\]|\[log-encoder\]|unsetenv\(\)|open\("\S+_plugin\.so"\)|!!! UNABLE to load uWSGI plugin|limiting )/;

/** Why two answers need not be compared in full; null: they must be the same. */
function excuse(ours: Answer, theirs: Answer | null): string | null {
  const said = ours.log.join('\n');
  if (theirs === null) return 'uWSGI crashed or did not end';
  if (/ (YAML|JSON|XML) is broken at column /.test(said) && !theirs.accepted) return 'a syntax error in our own words';
  if (/ YAML is broken at column /.test(said)) return 'uWSGI looks at tokens of YAML, not at its grammar';
  if (theirs.list === null && /^(logto|log-syslog|logger) = /m.test(ours.list ?? ''))
    return 'uWSGI sends its log elsewhere';
  if (/grows without end|repeats itself|includes itself/.test(said)) return 'it has no end';
  return null;
}

/** False when there was an excuse. */
function expectSame(argv: readonly string[], env: Record<string, string>): boolean {
  const ours = askReeve(argv, env);
  const theirs = askUwsgi(argv, env);
  if (excuse(ours, theirs) !== null || theirs === null) return false;
  const log = theirs.log.filter((line) => !OPTION_LINES.test(line));
  expect(ours).toEqual({ ...theirs, log });
  return true;
}

function write({ files }: Pick<ConfigCase, 'files'>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
}

function readJson<Schema extends z.ZodType>(path: string, schema: Schema, otherwise: unknown): z.output<Schema> {
  return schema.parse(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : otherwise);
}

describe('reeve check --effective and uwsgi --show-config', () => {
  test('say the same of generated configurations', { timeout: 60_000 + RUNS * 100 }, () => {
    let compared = 0;
    const check = (made: ConfigCase): void => {
      write(made);
      if (expectSame(made.argv, environment(made.env))) compared++;
    };
    checkGenerated(check, { runs: RUNS, seed: SEED });
    expect(compared).toBeGreaterThan(RUNS / 2);
  });

  test.for(ONCE_DIFFERENT)('say the same of %j', (files) => {
    write({ files });
    expect(expectSame(Object.keys(files).slice(0, 1), environment({}))).toBe(true);
  });

  const caseSchema = z.object({
    cwd: z.string().optional(),
    symlinks: z.record(z.string(), z.string()).optional(),
    stdin: z.string().optional(),
  });

  test.for(readdirSync(GOLDENS))('say the same of the recorded input %s', (name) => {
    const folder = join(GOLDENS, name);
    const { symlinks = {}, cwd: start = '.' } = readJson(join(folder, 'case.json'), caseSchema, {});
    cpSync(folder, cwd, { recursive: true });
    for (const [link, target] of Object.entries(symlinks)) symlinkSync(target, join(cwd, link));
    const argv = readJson(join(folder, 'argv.json'), z.array(z.string()), ['uwsgi.ini']);
    const env = environment(readJson(join(folder, 'env.json'), z.record(z.string(), z.string()), {}));
    const home = cwd;
    cwd = join(home, start);
    expectSame(
      argv.map((word) => word.replaceAll('{DIR}', home)),
      env,
    );
  });
});
