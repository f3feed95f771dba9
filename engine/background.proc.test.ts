/** `daemonize`, pidfiles and what the command line can ask of a running engine. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allowedCpus } from './master/runtime-launch.ts';
import { descendants, freePort, isRunning, waitFor } from './testing/engine-process.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const APP = 'def application(e, s):\n    s("200 OK", [])\n    return [b"ok"]\n';
let folder = '';
let port = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));
  port = await freePort();
  writeFileSync(join(folder, 'app.py'), APP);
});

afterEach(async () => {
  const pid = pidIn('one.pid');
  if (pid !== null && isRunning(pid)) {
    const family = [pid, ...descendants(pid)];
    process.kill(pid, 'SIGINT');
    await waitFor('the end of all its processes', () => family.every((one) => !isRunning(one)));
  }
  rmSync(folder, { recursive: true, force: true });
});

function pidIn(name: string): number | null {
  try {
    return Number(readFileSync(join(folder, name), 'utf8'));
  } catch {
    // Not written yet, or removed.
    return null;
  }
}

function writeIni(lines: string): void {
  writeFileSync(
    join(folder, 'app.ini'),
    `[uwsgi]\nhttp-socket = 127.0.0.1:${port}\nsocket = u.sock\nwsgi-file = app.py\npidfile = one.pid\n${lines}\n`,
  );
}

interface Ended {
  code: number | null;
  output: string;
}

async function run(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

async function isAnswering(): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    (answer) => answer.ok,
    () => false,
  );
}

describe('daemonize', () => {
  it('comes back when the server answers; it can be reloaded, paused and stopped by its pidfile', async () => {
    writeIni('daemonize = app.log\nmaster = true\nsafe-pidfile = two.pid\nvacuum = true');
    const started = await run('app.ini');
    expect(started.code).toBe(0);
    expect(await isAnswering()).toBe(true);
    const pid = pidIn('one.pid');
    expect(pid).not.toBeNull();
    expect(pidIn('two.pid')).toBe(pid);
    // In a session of its own, with everybody allowed to connect, as uWSGI's.
    expect(readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[5]).toBe(String(pid));
    expect(statSync(join(folder, 'u.sock')).mode & 0o777).toBe(0o666);

    const log = (): string => readFileSync(join(folder, 'app.log'), 'utf8');
    expect((await run('--reload', 'one.pid')).code).toBe(0);
    await waitFor('the reload', () => log().includes('reload done'));
    expect((await run('--pause', 'one.pid')).code).toBe(0);
    await waitFor('the pause', () => log().includes('pause'));
    expect((await run('--resume', 'one.pid')).code).toBe(0);
    expect((await run('--stop', 'one.pid')).code).toBe(0);
    await waitFor('the end', () => log().includes('goodbye from Reeve.'));
    await waitFor('the removal of the pidfiles', () => pidIn('one.pid') === null && pidIn('two.pid') === null);
  });

  it('shows in the terminal why a start has failed, with its exit code', async () => {
    writeIni('daemonize = app.log\nneed-app = true');
    writeFileSync(join(folder, 'app.py'), 'raise RuntimeError("not today")');
    const failed = await run('app.ini');
    expect(failed.code).toBe(22);
    expect(failed.output).toContain('RuntimeError: not today');
    expect(readFileSync(join(folder, 'app.log'), 'utf8')).toContain('RuntimeError: not today');

    writeIni('daemonize = app.log\nprocesses = many');
    const wrong = await run('app.ini');
    expect(wrong.code).toBe(78);
    expect(wrong.output).toContain('app.ini:7');

    writeIni('daemonize = no/such/folder/app.log');
    const unwritable = await run('app.ini');
    expect(unwritable.code).toBe(1);
    expect(unwritable.output).toContain('no/such/folder/app.log can not be opened');
  });
});

describe('the command line', () => {
  it('says what is wrong with a pidfile', async () => {
    writeFileSync(join(folder, 'old.pid'), '4000000\n');
    writeFileSync(join(folder, 'odd.pid'), 'odd\n');
    expect(await run('--stop', 'none.pid')).toMatchObject({ code: 1, output: expect.stringContaining('no such file') });
    expect(await run('--stop', 'old.pid')).toMatchObject({ code: 1, output: expect.stringContaining('does not run') });
    expect(await run('--reload', 'odd.pid')).toMatchObject({
      code: 1,
      output: expect.stringContaining('holds no pid'),
    });
  });

  it('reads what a server says, and shows versions and options', async () => {
    writeIni('daemonize = app.log\nstats = st.sock');
    expect((await run('app.ini')).code).toBe(0);
    const stats = await run('--connect-and-read', join(folder, 'st.sock'));
    expect(stats).toMatchObject({ code: 0, output: expect.stringContaining('"listen_queue"') });
    expect((await run('--connect-and-read', join(folder, 'nothing.sock'))).code).toBe(1);
    expect((await run('--version')).output).toMatch(/^reeve-\d/);
    expect((await run('--help')).output).toMatch(/-p, --processes VALUE +\S/);
  });
});

describe('processes', () => {
  it('have the mask, the priority, the limits, the names and the environment that the file says', async () => {
    writeFileSync(
      join(folder, 'app.py'),
      [
        'import os, resource',
        'def application(environ, start_response):',
        '    start_response("200 OK", [])',
        '    mask = os.umask(0o22); os.umask(mask)',
        '    limit = resource.getrlimit(resource.RLIMIT_AS)[0] >> 20',
        '    seen = [oct(mask), os.nice(0), limit, os.getcwd(), sorted(os.sched_getaffinity(0))]',
        '    names = [os.environ.get(name, "-") for name in ("ONE", "TWO", "THREE", "PATH_GONE")]',
        '    return [repr(seen + names).encode()]',
      ].join('\n'),
    );
    execFileSync('sh', ['-c', 'mkdir env && echo from-file > env/TWO && : > env/PATH_GONE'], { cwd: folder });
    writeIni(
      'daemonize = app.log\numask = 027\nprio = 3\nlimit-as = 4000\nchdir2 = /usr\ncpu-affinity = 1\n' +
        'env = ONE=1\nenv = THREE=3\nunenv = THREE\nenv = PATH_GONE=x\nenvdir = env\n' +
        'auto-procname = true\nprocname-prefix = shop-\nprocname-append = -x',
    );
    expect((await run('app.ini')).code).toBe(0);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    const [cpu] = allowedCpus();
    expect(await answer.text()).toBe(`['0o27', 3, 4000, '/usr', [${cpu}], '1', 'from-file', '-', '-']`);
    const pid = pidIn('one.pid') ?? 0;
    const names = [pid, ...descendants(pid)].map((one) => readFileSync(`/proc/${one}/comm`, 'utf8').trim());
    expect(names.sort()).toEqual(['shop-reeve mast', 'shop-reeve work', 'shop-reeve zygo']);
    expect(statSync(join(folder, 'one.pid')).mode & 0o777).toBe(0o640);
  });

  it('tell the service manager how they are', async () => {
    const socket = join(folder, 'notify.sock');
    const listener = spawn(
      'python3',
      [
        '-u',
        '-c',
        'import socket, sys\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint("up")\n' +
          'while True: print(s.recv(4096).decode().replace("\\n", " "))',
        socket,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let heard = '';
    listener.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    await waitFor('the listener', () => heard.includes('up'));
    writeIni('master = true');
    const engine = spawn(process.execPath, [MAIN, 'app.ini'], {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, NOTIFY_SOCKET: socket },
    });
    try {
      await waitFor('READY', () => heard.includes('READY=1'));
      expect(heard).toContain(`MAINPID=${engine.pid}`);
      engine.kill('SIGHUP');
      await waitFor('RELOADING', () => heard.includes('RELOADING=1'));
      await waitFor('READY again', () => heard.split('READY=1').length === 3);
      engine.kill('SIGINT');
      await waitFor('STOPPING', () => heard.includes('STOPPING=1'));
    } finally {
      engine.kill('SIGINT');
      listener.kill();
    }
  });
});
