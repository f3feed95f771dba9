/** What becomes of daemons and crons at a reload and at the end, on a real uWSGI and on the engine: the same. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning, waitFor } from './testing/engine-process.ts';

const ENGINE = [process.execPath, fileURLToPath(new URL('main.ts', import.meta.url))];

/** Notes each start; with `background` it leaves a process behind, whose pid is in the pidfile. */
const DAEMON = `#!/bin/sh
echo "$1 $$" >> notes
[ "$1" = background ] && { setsid sleep 300 > /dev/null 2>&1 < /dev/null & echo $! > smart.pid; exit 0; }
exec sleep 300
`;

const INI = `[uwsgi]
plugins = python3
master = true
socket = app.sock
wsgi-file = app.py
attach-daemon = sh d.sh plain
attach-daemon2 = cmd=sh d.sh two,stop_signal=15
smart-attach-daemon = smart.pid sh d.sh background
cron = -1 -1 -1 -1 -1 echo "cron $$" >> notes; exec sleep 300
`;

let folder: string;
let server: ChildProcess | null = null;
const seen: number[] = [];

beforeEach((context) => {
  context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed');
  folder = mkdtempSync(join(tmpdir(), 'reeve-daemons-'));
  writeFileSync(join(folder, 'app.py'), 'def application(environ, start_response):\n    return []\n');
  writeFileSync(join(folder, 'd.sh'), DAEMON);
  chmodSync(join(folder, 'd.sh'), 0o755);
  writeFileSync(join(folder, 'u.ini'), INI);
});

afterEach(async () => {
  if (server?.exitCode === null && server.signalCode === null) {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }
  server = null;
  for (const pid of seen.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Pids of a daemon's starts, in order. */
function startsOf(name: string): number[] {
  const path = join(folder, 'notes');
  const notes = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return notes.filter((note) => note.startsWith(`${name} `)).map((note) => Number(note.slice(name.length + 1)));
}

async function livesOn([program = '', ...words]: readonly string[]): Promise<Record<string, boolean | number>> {
  server = spawn(program, [...words, 'u.ini'], { cwd: folder, stdio: 'ignore' });
  const smartPid = (): number => {
    const path = join(folder, 'smart.pid');
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  };
  await waitFor(
    'all of them',
    () => ['plain', 'two', 'cron'].every((name) => startsOf(name).length > 0) && smartPid() > 0,
  );
  const [plain = 0] = startsOf('plain');
  const [two = 0] = startsOf('two');
  const [cron = 0] = startsOf('cron');
  const smart = smartPid();
  seen.push(plain, two, cron, smart);
  server.kill('SIGHUP');
  await waitFor('their new starts', () => startsOf('plain').length > 1 && startsOf('two').length > 1);
  seen.push(...startsOf('plain'), ...startsOf('two'), ...startsOf('cron'));
  const afterReload = { 'old plain': isRunning(plain), 'old two': isRunning(two), cron: isRunning(cron) };
  const [, again = 0] = startsOf('plain');
  const exited = once(server, 'exit');
  server.kill('SIGINT');
  await exited;
  await waitFor('the end of the new one', () => !isRunning(again));
  return {
    ...afterReload,
    'starts of the smart one': startsOf('background').length,
    'same smart one': smartPid() === smart,
    'smart one at the end': isRunning(smart),
    'cron at the end': isRunning(cron),
  };
}

describe('daemons and crons through a reload and the end', () => {
  const expected = {
    'old plain': false,
    'old two': false,
    cron: true,
    'starts of the smart one': 1,
    'same smart one': true,
    'smart one at the end': true,
    'cron at the end': true,
  };

  it('live so on a real uWSGI', async () => {
    expect(await livesOn(['uwsgi'])).toEqual(expected);
  });

  it('live so on the engine', async () => {
    expect(await livesOn(ENGINE)).toEqual(expected);
  });
});

function hasUwsgi(): boolean {
  try {
    execFileSync('uwsgi', ['--plugins', 'python3', '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
