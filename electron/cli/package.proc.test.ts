import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../core/testing/free-port.ts';
import { processesOf, type Running, run, signalGroup, testEnv } from './testing/running.ts';

/*
 * The real build, laid out as electron-builder.yml lays out the package (a checkout without sources and without
 * node_modules), run through its launcher. Only Electron itself is left out.
 */
const projectRoot = join(import.meta.dirname, '..', '..');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'reeve package ')));
const packed = join(folder, 'resources', 'reeve');
const launcher = join(packed, 'resources', 'bin', 'reeve');
const started: Running[] = [];

beforeAll(() => {
  execFileSync(process.execPath, [join(projectRoot, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], {
    cwd: projectRoot,
    env: { ...process.env, REEVE_BUILD_FOLDER: join(packed, 'out') },
    stdio: 'pipe',
  });
  cpSync(join(projectRoot, 'resources'), join(packed, 'resources'), { recursive: true });
  cpSync(join(projectRoot, 'package.json'), join(packed, 'package.json'));
}, 120_000);

afterEach(async () => {
  for (const running of started.splice(0)) {
    if (running.process.exitCode === null && running.process.signalCode === null) signalGroup(running, 'SIGINT');
    await running.ended;
  }
  await vi.waitFor(() => expect(processesOf(folder)).toEqual([]), { timeout: 40_000 });
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(args: string[], data = 'data'): Running {
  const running = run(launcher, args, { env: { REEVE_DATA: join(folder, data), HOME: folder } });
  started.push(running);
  return running;
}

const linkOf = async (running: Running): Promise<string> => running.says(/http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/);

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('the build', () => {
  it('needs nothing but Node, and Electron for the window', () => {
    const imported = new Set<string>();
    for (const name of readdirSync(join(packed, 'out/main'))) {
      const code = readFileSync(join(packed, 'out/main', name), 'utf8');
      for (const [, specifier = ''] of code.matchAll(/^(?:import|export)[^'"`\n]*? from ["']([^"']+)["']/gm)) {
        if (!/^(node:|\.\/)/.test(specifier)) imported.add(`${name}: ${specifier}`);
      }
    }
    const electron = [...imported].filter((line) => line.endsWith(': electron'));
    expect(electron).toEqual(['main.js: electron']);
    // `ws` names Node's modules without the prefix.
    const others = [...imported].filter((line) => !electron.includes(line)).map((line) => line.split(': ')[1] ?? '');
    const modules = spawnSync(process.execPath, ['-p', 'require("node:module").builtinModules.join()'], {
      encoding: 'utf8',
    });
    expect(others.filter((name) => !modules.stdout.trim().split(',').includes(name))).toEqual([]);
  });

  it('has the entries that the package names', () => {
    for (const name of [
      'main/main.js',
      'main/cli.js',
      'main/engine-process.js',
      'main/gateway-thread.js',
      'renderer/index.html',
    ]) {
      expect(existsSync(join(packed, 'out', name)), name).toBe(true);
    }
  });

  it('has a preload script that a sandboxed page can load', () => {
    const code = readFileSync(join(packed, 'out/preload/preload.cjs'), 'utf8');
    expect([...code.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name)).toEqual(['electron']);
    expect(code).not.toMatch(/^import /m);
  });
});

describe('the packaged commands', () => {
  it('run without the sources', () => {
    const version = spawnSync(launcher, ['--version'], { env: testEnv({}), encoding: 'utf8' });
    expect(version).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^reeve \d/) });
    const ini = join(packed, 'resources/samples/hello-python/uwsgi.ini');
    const check = spawnSync(launcher, ['check', ini], { env: testEnv({}), encoding: 'utf8' });
    expect(check.stderr).toBe('');
    expect(check.status).toBe(0);
  });

  it('serve the sample on the engine, with its workers in Python', async () => {
    const sample = join(folder, 'sample');
    cpSync(join(packed, 'resources/samples/hello-python'), sample, { recursive: true });
    const port = await freePort();
    const args = ['engine', '--http-socket', `127.0.0.1:${port}`, '--wsgi-file', 'app.py', '--master'];
    const engine = run(launcher, args, { cwd: sample });
    started.push(engine);
    await engine.says(/spawned worker 1/);
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page).toContain('Worker 1 answered');
    signalGroup(engine, 'SIGINT');
    expect(await engine.ended).toBe(0);
  });

  it('have the clients of an emperor that asks databases and brokers', async () => {
    const [pg, amqp] = [await freePort(), await freePort()];
    const places = [`pg://host=127.0.0.1 port=${pg} user=x;SELECT 1`, `amqp://127.0.0.1:${amqp}`];
    const engine = run(launcher, ['engine', ...places.flatMap((place) => ['--emperor', place])], { cwd: folder });
    started.push(engine);
    await engine.says(new RegExp(`pg://.*: .*ECONNREFUSED.*:${pg}; its vassals stay`));
    await engine.says(new RegExp(`amqp://.*: .*ECONNREFUSED.*:${amqp}; its vassals stay`));
    signalGroup(engine, 'SIGINT');
    expect(await engine.ended).toBe(0);
  });
});

describe('reeve serve', () => {
  it('prints a link that answers, and ends with everything it started when it is told to', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const serve = start(['serve', '--no-open']);
      const page = await fetch(await linkOf(serve));
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toContain(`default-src 'none'`);
      expect(await page.text()).toContain('<div id="root">');
      await vi.waitFor(() => expect(processesOf(join(folder, 'data', 'samples'))).not.toEqual([]), { timeout: 40_000 });
      const beforeMs = performance.now();
      signalGroup(serve, signal);
      expect(await serve.ended).toBe(0);
      expect(performance.now() - beforeMs).toBeLessThan(10_000);
      expect(processesOf(folder)).toEqual([]);
    }
  });

  it('does not start twice on one data folder: the second prints a link to the first', async () => {
    const first = start(['serve', '--no-open']);
    const link = await linkOf(first);
    const second = start(['serve', '--no-open']);
    const secondLink = await linkOf(second);
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain('Reeve runs already');
    expect(new URL(secondLink).origin).toBe(new URL(link).origin);
    expect(secondLink).not.toBe(link);
    const { origin } = new URL(secondLink);
    const body = JSON.stringify({ token: secondLink.split('#token=')[1] });
    expect((await fetch(`${origin}/session`, { method: 'POST', headers: { origin }, body })).status).toBe(200);
    expect(await first.says(/For another browser: http\S+/)).toContain(origin);
    signalGroup(first, 'SIGINT');
    expect(await first.ended).toBe(0);
  });

  it('starts beside another one on a data folder of its own, on another port', async () => {
    const first = start(['serve', '--no-open'], 'data');
    const second = start(['serve', '--no-open'], 'data2');
    const ports = new Set([new URL(await linkOf(first)).port, new URL(await linkOf(second)).port]);
    expect(ports.size).toBe(2);
  });

  it('starts again after it was killed, and ends the server that outlived it', async () => {
    const first = start(['serve', '--no-open'], 'killed');
    await linkOf(first);
    await vi.waitFor(() => expect(processesOf(join(folder, 'killed', 'samples'))).not.toEqual([]), { timeout: 40_000 });
    first.process.kill('SIGKILL');
    await first.ended;
    const second = start(['serve', '--no-open'], 'killed');
    expect((await fetch(await linkOf(second))).status).toBe(200);
    signalGroup(second, 'SIGINT');
    expect(await second.ended).toBe(0);
  });

  it('takes no port that is in use', async () => {
    const other = createServer();
    const port = await listen(other);
    const serve = start(['serve', '--no-open', '--port', String(port)], 'port');
    expect(await serve.ended).toBe(1);
    expect(serve.output()).toContain(`Port ${port} on 127.0.0.1 is in use`);
    other.close();
  });

  it('says which folder it can not use', async () => {
    writeFileSync(join(folder, 'a file'), '');
    const serve = start(['serve', '--no-open'], 'a file/data');
    expect(await serve.ended).toBe(1);
    expect(serve.output()).toContain('REEVE_DATA');
    mkdirSync(join(folder, 'locked'));
    writeFileSync(join(folder, 'locked', 'reeve.lock'), 'this is no lock'.repeat(100));
    const broken = start(['serve', '--no-open'], 'locked');
    expect(await broken.ended).toBe(1);
    expect(broken.output()).toContain('reeve.lock');
  });

  it('warns when it lets other machines in', async () => {
    const serve = start(['serve', '--no-open', '--host', '0.0.0.0'], 'open');
    await linkOf(serve);
    await serve.says(/Warning: other machines can reach this console/);
  });
});
