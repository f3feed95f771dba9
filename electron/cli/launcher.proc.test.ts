import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '..', '..', 'resources', 'bin', 'reeve');

let folder = '';
/** A checkout or package with nothing in it but the launcher. Blanks in the path, as on many Macs. */
let root = '';
/** The only folder on PATH: what the launcher needs of the system, and no Node unless a test puts one there. */
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve launcher '));
  root = join(folder, 'my reeve');
  path = join(folder, 'path');
  mkdirSync(join(root, 'resources', 'bin'), { recursive: true });
  mkdirSync(path);
  copyFileSync(launcher, join(root, 'resources', 'bin', 'reeve'));
  chmodSync(join(root, 'resources', 'bin', 'reeve'), 0o755);
  for (const tool of ['dirname', 'readlink']) symlinkSync(whereIs(tool), join(path, tool));
});
afterEach(() => rmSync(folder, { recursive: true }));

function whereIs(tool: string): string {
  const found = (process.env['PATH'] ?? '').split(delimiter).find((place) => existsSync(join(place, tool)));
  if (found === undefined) throw new Error(`${tool} is not on PATH`);
  return join(found, tool);
}

/** A program that says its name and its arguments, one a line; as a Node it has a version. */
function fakeProgram(file: string, version = ''): void {
  mkdirSync(join(file, '..'), { recursive: true });
  const script = `#!/bin/sh\nif [ "$1" = --version ]; then echo "${version}"; exit; fi\nprintf '%s\\n' "$0" "$@"\n`;
  writeFileSync(file, script, { mode: 0o755 });
}

function fakeCheckout(): void {
  mkdirSync(join(root, 'electron', 'cli'), { recursive: true });
  writeFileSync(join(root, 'electron', 'cli', 'main.ts'), '');
}

function run(command: string, args: string[] = [], cwd = '/') {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: { PATH: path }, encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n'), stderr };
}

const QUIET = '--disable-warning=ExperimentalWarning';

describe('the launcher', () => {
  it('runs on the Node of the system when it is new enough and hands every argument on as it is', () => {
    fakeCheckout();
    fakeProgram(join(path, 'node'), 'v22.18.0');
    const { lines, status } = run(join(root, 'resources/bin/reeve'), ['engine', '--set', 'a=b c', '*', '']);
    expect(status).toBe(0);
    expect(lines.slice(0, 3)).toEqual([join(path, 'node'), QUIET, join(root, 'electron/cli/main.ts')]);
    expect(lines.slice(3)).toEqual(['engine', '--set', 'a=b c', '*']);
  });

  it.each(['v22.17.1', 'v20.19.4', 'v9.99.0', 'v21.99.0', 'garbage', ''])(
    'runs on the Node that npm brought along when the system has "%s"',
    (version) => {
      fakeCheckout();
      fakeProgram(join(path, 'node'), version);
      fakeProgram(join(root, 'node_modules/.bin/node'), 'v24.9.0');
      expect(run(join(root, 'resources/bin/reeve')).lines[0]).toBe(join(root, 'node_modules/.bin/node'));
    },
  );

  it.each(['v22.18.0', 'v22.20.1', 'v23.0.0', 'v24.9.0', 'v100.0.0', 'v26.0.0-nightly20260101'])(
    'takes the %s of the system',
    (version) => {
      fakeCheckout();
      fakeProgram(join(path, 'node'), version);
      expect(run(join(root, 'resources/bin/reeve')).lines[0]).toBe(join(path, 'node'));
    },
  );

  it('says what is missing and how to get it when there is no Node at all', () => {
    fakeCheckout();
    const { status, lines, stderr } = run(join(root, 'resources/bin/reeve'));
    expect(status).toBe(1);
    expect(lines).toEqual(['']);
    expect(stderr).toContain('no Node.js 22.18 or newer');
    expect(stderr).toContain('npm ci');
  });

  it('runs the bundled commands in the package', () => {
    fakeProgram(join(path, 'node'), 'v24.9.0');
    const { lines } = run(join(root, 'resources/bin/reeve'), ['stats', ':1717']);
    expect(lines).toEqual([join(path, 'node'), QUIET, join(root, 'out/main/cli.js'), 'stats', ':1717']);
  });

  it.each(['MacOS/Reeve', 'reeve'])('lets the application %s run them where there is no Node', (application) => {
    // The package keeps its folder in Contents/Resources (macOS) or resources (Linux), beside the application.
    const inner = join(folder, 'Contents', 'Resources', 'reeve');
    mkdirSync(join(inner, 'resources', 'bin'), { recursive: true });
    copyFileSync(launcher, join(inner, 'resources/bin/reeve'));
    fakeProgram(join(folder, 'Contents', application));
    const { lines } = run(join(inner, 'resources/bin/reeve'), ['serve', '--no-open']);
    expect(lines.slice(1)).toEqual(['--cli', 'serve', '--no-open']);
  });

  it('finds its checkout through links, relative and absolute ones, from any folder', () => {
    fakeCheckout();
    fakeProgram(join(path, 'node'), 'v24.9.0');
    mkdirSync(join(folder, 'bin'));
    symlinkSync('../my reeve/resources/bin/reeve', join(folder, 'bin', 'relative'));
    symlinkSync(join(folder, 'bin', 'relative'), join(folder, 'bin', 'absolute'));
    symlinkSync('my reeve', join(folder, 'linked'));
    for (const [command, cwd] of [
      [join(folder, 'bin', 'relative'), '/'],
      [join(folder, 'bin', 'absolute'), '/'],
      ['./bin/absolute', folder],
      ['./linked/resources/bin/reeve', folder],
    ] as const) {
      expect(run(command, [], cwd).lines[2]).toBe(join(root, 'electron/cli/main.ts'));
    }
  });
});

const real = (...args: string[]) => spawnSync(launcher, args, { cwd: '/', encoding: 'utf8' });

describe('the commands through the launcher', () => {
  it('print results on the standard output and errors on the error output', () => {
    expect(real('--version')).toMatchObject({ status: 0, stderr: '' });
    const wrong = real('sevre');
    expect(wrong.status).toBe(2);
    expect(wrong.stdout).toBe('');
    expect(wrong.stderr).toContain('Did you mean `reeve serve`?');
  });

  it('survive a reader that has seen enough', () => {
    const { status, stderr } = spawnSync('sh', ['-c', '"$1" help | true', 'sh', launcher], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe('as the first process of a container', () => {
  const canUnshare = process.getuid?.() === 0 && spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

  it('it buries what others leave behind, hands on signals and the exit code', ({ skip }) => {
    skip(!canUnshare, 'needs root and unshare(1)');
    fakeCheckout();
    const script = `#!/bin/sh
if [ "$1" = --version ]; then echo v24.0.0; exit; fi
trap 'echo "signal through $PPID"; exit 7' TERM
(/bin/sleep 0.05 &)
while grep -qs '(sleep)' /proc/[0-9]*/stat; do :; done
echo nothing left
kill -s TERM $PPID
while :; do /bin/sleep 0.05; done
`;
    writeFileSync(join(path, 'node'), script, { mode: 0o755 });
    symlinkSync(whereIs('grep'), join(path, 'grep'));
    const args = ['--pid', '--fork', '--mount-proc', '--kill-child', join(root, 'resources', 'bin', 'reeve')];
    const { status, stdout } = spawnSync(whereIs('unshare'), args, {
      env: { PATH: path },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect({ status, lines: stdout.trimEnd().split('\n') }).toEqual({
      status: 7,
      lines: ['nothing left', 'signal through 1'],
    });
  });
});
