/** Privileges: given up after everything is open and before the application is loaded; what must stay usable afterwards. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';
import { whyNoOtherUser } from './testing/other-user.ts';

const engines: EngineProcess[] = [];
const APP = `
import os
LOADED_BY = os.getuid()
def application(environ, start_response):
    start_response("200 OK", [])
    return [("%d %d %d %s" % (LOADED_BY, os.getuid(), os.getgid(), sorted(os.getgroups()))).encode()]
`;
const NOBODY = 65_534;
const WWW_DATA = 33;

/** In many containers every port may be used by everybody. */
function arePortsPrivileged(): boolean {
  return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'latin1')) > 83;
}

function needRoot(skip: (isSkipped: boolean, reason: string) => void): void {
  const reason = whyNoOtherUser();
  skip(reason !== null, reason ?? '');
}

async function launch(ini: string): Promise<EngineProcess> {
  const engine = await EngineProcess.launch({ ini: `wsgi-file = app.py\n${ini}`, files: { 'app.py': APP } });
  chmodSync(engine.folder, 0o755);
  engines.push(engine);
  return engine;
}

async function start(ini: string): Promise<EngineProcess> {
  const engine = await launch(ini);
  await engine.seen('Reeve is ready');
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describe('uid and gid', () => {
  it('are taken before the application is loaded, and everything stays usable', async ({ skip }) => {
    needRoot(skip);
    const engine = await launch(
      'master = true\nprocesses = 2\nuid = nobody\ngid = www-data\nadd-gid = 100\nsocket = {FOLDER}/u.sock\n' +
        'master-fifo = {FOLDER}/fifo\npidfile = {FOLDER}/one.pid\nlogto = {FOLDER}/engine.log\n' +
        'req-logger = file:{FOLDER}/requests.log\nchmod-socket = 660',
    );
    await waitFor('the start', () => engine.read('engine.log').includes('Reeve is ready'));
    expect((await engine.get('/')).body).toBe(`${NOBODY} ${NOBODY} ${WWW_DATA} [${WWW_DATA}, 100]`);
    for (const name of ['u.sock', 'stats.sock', 'fifo', 'engine.log', 'requests.log']) {
      const { uid, gid, mode } = lstatSync(engine.path(name));
      expect({ name, uid, gid }).toEqual({ name, uid: NOBODY, gid: WWW_DATA });
      if (name.endsWith('.sock')) expect(mode & 0o777).toBe(0o660);
    }
    // What root's own tools trust stays root's.
    expect(lstatSync(engine.path('one.pid')).uid).toBe(0);
    expect(await engine.stats()).toMatchObject({ uid: NOBODY, gid: WWW_DATA });
    expect((await engine.worker(1)).pid).toBeGreaterThan(0);

    engine.write('fifo', 'r');
    await waitFor('the end of the reload', () => engine.read('engine.log').includes('reload done'));
    expect((await engine.get('/')).status).toBe(200);
  });

  it('without a group mean the group of the user', async ({ skip }) => {
    needRoot(skip);
    const engine = await start('uid = www-data');
    expect((await engine.get('/')).body).toBe(`${WWW_DATA} ${WWW_DATA} ${WWW_DATA} [${WWW_DATA}]`);
    expect(engine.log).toContain(`setgid() to ${WWW_DATA}\n`);
    expect(engine.log).not.toContain('running Reeve as root');
  });

  it('that the system does not know end the start before anything is done', async ({ skip }) => {
    needRoot(skip);
    const engine = await launch('uid = no-such-user\nhook-asap = exec:touch {FOLDER}/done');
    expect(await engine.exited).toBe(1);
    expect(engine.log).toMatch(/\.ini:\d+: There is no user 'no-such-user'\./);
    expect(existsSync(engine.path('done'))).toBe(false);
  });

  it('can not change at a reload', async ({ skip }) => {
    needRoot(skip);
    const engine = await start('master = true\nuid = nobody');
    engine.writeIni('wsgi-file = app.py\nmaster = true\nuid = www-data');
    engine.signal('SIGHUP');
    await engine.seen('which only a start can follow');
    expect((await engine.get('/')).status).toBe(200);
  });

  it('leave no right to more low ports', async ({ skip }) => {
    needRoot(skip);
    skip(!arePortsPrivileged(), 'here everybody may use every port');
    const engine = await start('master = true\nuid = nobody');
    engine.writeIni('wsgi-file = app.py\nmaster = true\nuid = nobody\nhttp-socket = 127.0.0.1:83');
    engine.signal('SIGHUP');
    await engine.seen('The address 127.0.0.1:83 may not be used by this user.');
    expect((await engine.get('/')).status).toBe(200);
  });

  it('leave large bodies and a rotated log to the user', async ({ skip }) => {
    needRoot(skip);
    const engine = await launch('uid = nobody\nlogto = {FOLDER}/engine.log\nmaster-fifo = {FOLDER}/fifo');
    await waitFor('the start', () => engine.read('engine.log').includes('Reeve is ready'));
    const body = 'x'.repeat(4 * 1024 * 1024);
    const answer = await fetch(`http://127.0.0.1:${engine.port}/`, { method: 'POST', body });
    expect(answer.status).toBe(200);

    chmodSync(engine.folder, 0o777);
    renameSync(engine.path('engine.log'), engine.path('engine.log.1'));
    engine.write('fifo', 'l');
    await waitFor('a new log', () => existsSync(engine.path('engine.log')));
    expect(lstatSync(engine.path('engine.log')).uid).toBe(NOBODY);
  });

  it('do not keep an end from being orderly where files can not be removed any more', async ({ skip }) => {
    needRoot(skip);
    const engine = await start(
      'uid = nobody\nvacuum = true\nmaster-fifo = {FOLDER}/fifo\nsocket = {FOLDER}/u.sock\npidfile = {FOLDER}/one.pid',
    );
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    expect(engine.log).toContain('goodbye from Reeve.');
  });
});

describe('a user who can not read the engine', () => {
  it('is told so', async ({ skip }) => {
    needRoot(skip);
    const hidden = mkdtempSync(join(tmpdir(), 'reeve-hidden-'));
    cpSync(join(import.meta.dirname, '../engine'), join(hidden, 'engine'), {
      recursive: true,
      filter: (path) => !path.includes('goldens'),
    });
    mkdirSync(join(hidden, 'resources', 'runtimes'), { recursive: true });
    writeFileSync(join(hidden, 'app.ini'), '[uwsgi]\nhttp-socket = u.sock\nuid = nobody\n');
    const run = spawnSync(process.execPath, [join(hidden, 'engine/main.ts'), 'app.ini'], {
      cwd: hidden,
      encoding: 'utf8',
    });
    rmSync(hidden, { recursive: true });
    expect(run.stderr).toContain(`The user of 'uid' can not read ${hidden}/resources/runtimes`);
    expect(run.status).toBe(1);
  });
});

describe('an engine of root', () => {
  it('says so', async ({ skip }) => {
    needRoot(skip);
    const engine = await start('');
    expect(engine.log).toContain('*** WARNING: you are running Reeve as root !!! (use the --uid flag) ***');
  });
});
